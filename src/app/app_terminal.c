/* The app on the terminal, in real time: opens and closes it, and passes on the signal that ended
 * the program. See app.h and app_state.h. */
#include "app/app_state.h"

#include "screen/terminal.h"

#include <signal.h>
#include <stdio.h>

/* ---- the surface ---- */

static void size(struct surface *surface, int *rows, int *cols)
{
    (void)surface;
    terminal_size(rows, cols);
}

static void style(struct surface *surface, enum theme theme, bool mouse)
{
    (void)surface;
    terminal_set_theme(theme);
    terminal_set_mouse(mouse);
}

static void paint(struct surface *surface, const struct canvas *canvas)
{
    (void)surface;
    terminal_paint(canvas);
}

static void redraw(struct surface *surface)
{
    (void)surface;
    terminal_redraw();
}

static int key(struct surface *surface, double seconds)
{
    (void)surface;
    return terminal_key(seconds);
}

static struct mouse mouse(struct surface *surface)
{
    (void)surface;
    return terminal_mouse();
}

static bool ended(struct surface *surface)
{
    (void)surface;
    return terminal_signal() != 0;
}

static struct surface surface_of_terminal(void)
{
    return (struct surface){.utf8 = terminal_draws_glyphs(),
                            .colours = terminal_has_colours(),
                            .ramp = terminal_has_ramp(),
                            .size = size,
                            .style = style,
                            .paint = paint,
                            .redraw = redraw,
                            .key = key,
                            .mouse = mouse,
                            .ended = ended};
}

/* ---- the program ---- */

int app_run(const struct app_start *start, struct error *error)
{
    if (!terminal_check(start->settings.ascii == ASCII_OFF, error))
        return 1;
    struct app *app = app_open(start, NULL, error);
    if (!app)
        return 1;
    if (!terminal_open((enum theme)start->settings.theme, error)) {
        app_free(app);
        return 1;
    }
    struct surface surface = surface_of_terminal();
    bool able = app_show(app, start, &surface, error);
    while (able && app_goes_on(app))
        app_turn(app);
    able = app_finish_save(app, error) && able;
    int number = terminal_signal();
    terminal_close();
    able = app_record_close(app, error) && able;
    able = app_tee_close(app, error) && able;
    able = app_handout_close(app, true, error) && able;
    if (number) { /* at once, without waiting for the step under way */
        if (!able)
            fprintf(stderr, "lnscope: %s\n", error->text);
        signal(number, SIG_DFL);
        raise(number);
    }
    const int failures = app_play_failures(app);
    app_free(app);
    if (able && failures > 0)
        able = error_set(error, "%d of what the script expects did not hold", failures);
    return able ? 0 : 1;
}
