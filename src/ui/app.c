/* See app.h. Owns what the screen shows and the settings as the user has commanded them: takes
 * updates from the trainer, draws when something has changed, turns keys into commands. It never
 * waits for a step; must not know curses, or how anything is drawn. */
#include "ui/app.h"

#include "base/clock.h"
#include "base/memory.h"
#include "train/history.h"
#include "train/presets.h"
#include "train/trainer.h"
#include "ui/keys.h"
#include "ui/navigate.h"
#include "ui/scene.h"
#include "ui/terminal.h"
#include "ui/views.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEYS_PER_FRAME = 64,    /* keys taken before the screen is drawn again */
    UPDATES_PER_TURN = 256, /* updates taken before keys are looked at again */
    MESSAGE_SIZE = 512
};

static const double turn_seconds = 0.02; /* how often the trainer is asked for updates, at least */
static const double rate_seconds = 0.5;  /* how often the steps per second are read */
static const double message_seconds = 8; /* how long an answer is shown */

struct app {
    struct trainer *trainer;
    struct update *update;   /* the one being taken; too large for the stack */
    struct settings wanted;  /* as commanded: what the next key goes on from */
    struct settings present; /* of the run under way; those of the program as commanded */
    struct task_info task;
    struct history history;
    struct scene scene;
    struct canvas canvas;
    app_export *export_screen;
    char message[MESSAGE_SIZE];
    double message_until;
    struct settings mark_before; /* the settings before the newest mark on the curves, ... */
    int64_t mark_step;           /* ... which acts from this step on; 0: there is none */
    const char *tensor;          /* the name of the parameter that the bars show; NULL: the first */
    double next_rate, next_frame;
    bool begun;   /* the run under way has been announced */
    bool changed; /* what is shown is no longer what is */
    bool urgent;  /* draw it at once */
    bool quit;
};

/* ---- messages ---- */

__attribute__((format(printf, 3, 4))) static void say(struct app *app, enum role role,
                                                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(app->message, sizeof app->message, format, arguments);
    va_end(arguments);
    app->scene.message_role = role;
    app->message_until = clock_seconds() + message_seconds;
    app->changed = true;
}

static void say_nothing(struct app *app)
{
    app->message[0] = '\0';
    app->changed = true;
}

/* Appends to a string in `size` bytes, cutting what does not fit. */
__attribute__((format(printf, 3, 4))) static void append(char *out, size_t size, const char *format,
                                                         ...)
{
    size_t used = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out + used, size - used, format, arguments);
    va_end(arguments);
}

/* The settings of the run in which the two differ: "warmup 100 steps, lr 0.001", or, with an arrow
 * to stand between the old value and the new, "warmup 0→100, lr 0.003→0.001". */
static void list_changes(const struct settings *before, const struct settings *after,
                         const char *arrow, char *out, size_t size)
{
    out[0] = '\0';
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char was[SETTING_TEXT], is[SETTING_TEXT];
        setting_get(before, row, was, sizeof was);
        setting_get(after, row, is, sizeof is);
        if (row->scope == SCOPE_PROGRAM || strcmp(was, is) == 0)
            continue;
        if (row->choices == preset_names) { /* which is all of what it brings along */
            snprintf(out, size, "%s %.64s", row->name, is);
            return;
        }
        append(out, size, "%s%s ", *out ? ", " : "", row->name);
        bool unit =
            row->scope == SCOPE_OPTIMIZER && *row->unit && strcmp(row->unit, row->name) != 0;
        if (arrow)
            append(out, size, "%s%s%s", was, arrow, is);
        else
            append(out, size, "%s%s%s", is, unit ? " " : "", unit ? row->unit : "");
    }
}

/* ---- updates ---- */

static void copy_program_settings(struct settings *to, const struct settings *from)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        if (row->scope == SCOPE_PROGRAM)
            memcpy((char *)to + row->offset, (const char *)from + row->offset, row->size);
    }
}

static void take_settings(struct app *app, const struct settings *settings)
{
    app->present = *settings;
    copy_program_settings(&app->present, &app->wanted);
}

/* The row of the parameter that was chosen, which moves when a norm comes or goes. */
static void find_tensor(struct app *app)
{
    const struct snapshot *last = &app->history.last[LEFT];
    app->scene.tensor = 0;
    for (int i = 0; app->tensor && i < last->tensors; i++)
        if (strcmp(last->tensor[i].name, app->tensor) == 0)
            app->scene.tensor = i;
}

static void fit_axis(struct app *app)
{
    double least, most;
    view_bar_range(&app->scene, &least, &most);
    axis_update(&app->scene.axis, least, most);
}

static void take_step(struct app *app, const struct update *update)
{
    history_add(&app->history, update->snapshot);
    find_tensor(app);
    fit_axis(app);
}

static void take_restart(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    list_changes(&app->present, &update->settings, NULL, changes, sizeof changes);
    if (app->begun)
        say(app, ROLE_TEXT, "%s%srestarted from seed %llu", changes, *changes ? ": " : "",
            (unsigned long long)update->settings.seed);
    if (app->present.layers != update->settings.layers)
        app->scene.bar_scroll = 0;
    app->begun = true;
    take_settings(app, &update->settings);
    app->task = update->task;
    memcpy(app->scene.parameters, update->parameters, sizeof app->scene.parameters);
    memcpy(app->scene.omega, update->omega, sizeof app->scene.omega);
    app->scene.ended = false;
    app->mark_step = 0;
    history_clear(&app->history);
    history_set_unit(&app->history, update->task.unigram_entropy);
    navigate_restart(&app->scene);
    axis_reset(&app->scene.axis);
}

/* Several changes before one step make one mark. */
static void mark_change(struct app *app, const struct update *update)
{
    char text[MARK_TEXT];
    if (app->mark_step == update->step && app->history.marks > 0)
        app->history.marks--;
    else
        app->mark_before = app->present;
    app->mark_step = 0;
    list_changes(&app->mark_before, &update->settings, app->scene.ascii ? "->" : "→", text,
                 sizeof text);
    if (*text) {
        history_add_mark(&app->history, update->step, text);
        app->mark_step = update->step;
    }
}

/* Is all that has changed a warmup that is over either way, so that no rate will differ? */
static bool is_too_late(const struct settings *before, const struct settings *after, int64_t step)
{
    struct settings same = *before;
    same.warmup = after->warmup;
    return settings_difference(&same, after) < 0 && after->schedule == SCHEDULE_CONSTANT &&
           before->warmup <= step && after->warmup <= step;
}

static void take_change(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    list_changes(&app->present, &update->settings, NULL, changes, sizeof changes);
    if (!*changes)
        return;
    if (is_too_late(&app->present, &update->settings, update->step))
        say(app, ROLE_TEXT, "%s: over by step %lld, r restarts with it", changes,
            (long long)update->step);
    else
        say(app, ROLE_TEXT, "%s: from step %lld on", changes, (long long)update->step);
    mark_change(app, update);
    take_settings(app, &update->settings);
}

static void take_update(struct app *app, const struct update *update)
{
    switch (update->kind) {
    case UPDATE_STEP:
        take_step(app, update);
        break;
    case UPDATE_RESTART:
        take_restart(app, update);
        break;
    case UPDATE_CHANGE:
        take_change(app, update);
        break;
    case UPDATE_END:
        app->scene.ended = true;
        break;
    case UPDATE_FAILED:
        say(app, ROLE_BAD, "%s", update->error.text);
        copy_program_settings(&app->present, &app->wanted);
        app->wanted = app->present;
        break;
    }
    app->changed = true;
}

static void take_updates(struct app *app)
{
    for (int i = 0; i < UPDATES_PER_TURN && trainer_take(app->trainer, app->update); i++)
        take_update(app, app->update);
}

/* What moves without an update: the rate, the state, a message that has been shown long enough. */
static void look_around(struct app *app)
{
    double now = clock_seconds();
    bool running = trainer_running(app->trainer);
    if (running != app->scene.running || now >= app->next_rate) {
        double rate = running ? trainer_rate(app->trainer) : (double)NAN;
        bool same = rate == app->scene.rate || (isnan(rate) && isnan(app->scene.rate));
        app->changed |= running != app->scene.running || !same;
        app->scene.running = running;
        app->scene.rate = rate;
        app->next_rate = now + rate_seconds;
    }
    if (app->message[0] && now >= app->message_until)
        say_nothing(app);
}

/* ---- keys that change settings ---- */

/* The values that a key moves a setting along, in rising order; or, without them, the choices of
 * the setting, in a circle. */
struct setting_key {
    const char *setting;
    const char *const *values; /* ended by NULL */
    int direction;             /* 1 or -1; 0: upwards, and from the end back to the start */
};

static const char *const warmup_values[] = {"0", "25", "50", "100", "200", "400", "800", NULL};
static const char *const layers_values[] = {"2", "4", "6", "8", "12", "18", "24", "36", "48", NULL};
static const char *const clip_values[] = {"0", "0.1", "0.25", "0.5", "1", "5", NULL};
static const char *const speed_values[] = {"1",  "2",   "5",   "10",        "15", "30",
                                           "60", "120", "250", "unlimited", NULL};
static const char *const lr_values[] = {
    "1e-5", "2e-5", "3e-5", "5e-5", "1e-4", "2e-4", "3e-4", "5e-4", "1e-3", "2e-3", "3e-3",
    "5e-3", "1e-2", "2e-2", "3e-2", "5e-2", "0.1",  "0.2",  "0.3",  "0.5",  "1",    NULL};

static const struct setting_key setting_keys[ACTIONS] = {
    [ACTION_FASTER] = {.setting = "speed", .values = speed_values, .direction = 1},
    [ACTION_SLOWER] = {.setting = "speed", .values = speed_values, .direction = -1},
    [ACTION_WARMUP_LONGER] = {.setting = "warmup", .values = warmup_values, .direction = 1},
    [ACTION_WARMUP_SHORTER] = {.setting = "warmup", .values = warmup_values, .direction = -1},
    [ACTION_LR_UP] = {.setting = "lr", .values = lr_values, .direction = 1},
    [ACTION_LR_DOWN] = {.setting = "lr", .values = lr_values, .direction = -1},
    [ACTION_DEEPER] = {.setting = "layers", .values = layers_values, .direction = 1},
    [ACTION_SHALLOWER] = {.setting = "layers", .values = layers_values, .direction = -1},
    [ACTION_CLIP] = {.setting = "clip", .values = clip_values},
    [ACTION_NORM] = {.setting = "norm"},
    [ACTION_TASK] = {.setting = "task"},
    [ACTION_PRESET] = {.setting = "preset"},
    [ACTION_LEFT_NEXT] = {.setting = "left"},
    [ACTION_RIGHT_NEXT] = {.setting = "right"},
};

static double number_of(const char *text)
{
    return strcmp(text, "unlimited") == 0 ? (double)INFINITY : strtod(text, NULL);
}

/* The next value in that direction, also from a value between two; NULL at the end. */
static const char *next_value(const struct setting_key *key, const char *present)
{
    double from = number_of(present), slack = isfinite(from) ? 1e-6 * fabs(from) : 0;
    const char *found = NULL;
    for (const char *const *value = key->values; *value; value++) {
        double number = number_of(*value);
        if (key->direction < 0 && number < from - slack)
            found = *value;
        if (key->direction >= 0 && number > from + slack)
            return *value;
    }
    return found || key->direction ? found : key->values[0];
}

/* The next choice that goes with the other settings: the text task only where there is a file for
 * it, images only in a context that they fit in. */
static const char *next_choice(const struct settings *settings, const struct setting_row *row,
                               const char *present)
{
    int count = 0, at = 0;
    for (; row->choices[count]; count++)
        if (strcmp(row->choices[count], present) == 0)
            at = count;
    for (int i = 1; i < count; i++) {
        const char *choice = row->choices[(at + i) % count];
        struct settings next = *settings;
        if (setting_set(&next, row->name, choice, NULL) && settings_check(&next, NULL))
            return choice;
    }
    return row->choices[(at + 1) % count];
}

/* Sends the settings to the trainer; what they change is said when it has carried them out. */
static void command(struct app *app, const struct settings *settings)
{
    char changes[MESSAGE_SIZE];
    int scope = settings_difference(&app->wanted, settings);
    list_changes(&app->wanted, settings, NULL, changes, sizeof changes);
    if (*changes)
        say(app, ROLE_TEXT, "%s ...", changes);
    app->wanted = *settings;
    copy_program_settings(&app->present, &app->wanted);
    trainer_apply(app->trainer, &app->wanted);
    if (scope == SCOPE_MODEL && app->scene.ended)
        trainer_run(app->trainer);
}

static void change_setting(struct app *app, const struct setting_key *key, const char *label)
{
    struct error error;
    char present[SETTING_TEXT];
    struct settings next = app->wanted;
    const struct setting_row *row = setting_find(key->setting, NULL);
    setting_get(&app->wanted, row, present, sizeof present);
    const char *value =
        key->values ? next_value(key, present) : next_choice(&app->wanted, row, present);
    if (!value) {
        say(app, ROLE_TEXT, "%s %s: %s goes no further", row->name, present, label);
        return;
    }
    if (!setting_set(&next, row->name, value, &error) || !settings_check(&next, &error)) {
        say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    command(app, &next);
    if (row->scope == SCOPE_PROGRAM)
        say(app, ROLE_TEXT, "%s %s%s%s", row->name, value, isfinite(number_of(value)) ? " " : "",
            isfinite(number_of(value)) ? row->unit : "");
}

/* On to the next placement that has the same tensors, with the weights as they are. */
static void switch_placement(struct app *app, enum side side)
{
    struct settings next = app->wanted;
    const enum placement now = next.stack[side].placement;
    enum placement *to = &next.stack[side].placement;
    do
        *to = (enum placement)((*to + 1) % PLACEMENTS);
    while (*to != now && !run_settings_can_switch(&app->wanted, side, *to));
    if (*to == now) {
        say(app, ROLE_TEXT, "%s %s: no other placement has the same tensors; %s restarts with one",
            stack_names[side], placement_names[now],
            key_table[side == LEFT ? ACTION_LEFT_NEXT : ACTION_RIGHT_NEXT].label);
        return;
    }
    say(app, ROLE_TEXT, "%s %s ...", stack_names[side], placement_names[*to]);
    app->wanted = next;
    trainer_switch(app->trainer, side, *to);
}

static void reseed(struct app *app)
{
    char value[32];
    struct error error;
    struct settings next = app->wanted;
    snprintf(value, sizeof value, "%llu", (unsigned long long)next.seed + 1);
    if (setting_set(&next, "seed", value, &error))
        command(app, &next);
    else
        say(app, ROLE_BAD, "%s", error.text);
}

/* ---- the other keys ---- */

static void run_or_pause(struct app *app, bool one_step)
{
    if (app->scene.ended)
        say(app, ROLE_TEXT, "the run is over after %lld steps: r restarts it",
            (long long)app->present.steps);
    else if (one_step)
        trainer_step(app->trainer);
    else if (trainer_running(app->trainer))
        trainer_pause(app->trainer);
    else
        trainer_run(app->trainer);
}

static void restart(struct app *app)
{
    say(app, ROLE_TEXT, "restart ...");
    trainer_restart(app->trainer);
    if (app->scene.ended)
        trainer_run(app->trainer);
}

/* The stream or a parameter; `next` goes on to the next parameter. */
static void choose_gradient(struct app *app, bool next)
{
    struct scene *scene = &app->scene;
    const struct snapshot *last = &app->history.last[LEFT];
    if (next && scene->gradient == GRADIENT_PARAMETER && last->tensors > 0)
        scene->tensor = (scene->tensor + 1) % last->tensors;
    scene->gradient =
        next || scene->gradient == GRADIENT_STREAM ? GRADIENT_PARAMETER : GRADIENT_STREAM;
    bool known = scene->tensor < last->tensors;
    if (known)
        app->tensor = last->tensor[scene->tensor].name;
    say(app, ROLE_TEXT, "bars: gradient of %s",
        scene->gradient == GRADIENT_STREAM ? "the stream, dLoss/dx"
        : known                            ? app->tensor
                                           : "a parameter");
    axis_reset(&scene->axis);
    fit_axis(app);
}

static void freeze_axis(struct app *app)
{
    struct axis *axis = &app->scene.axis;
    axis->frozen = !axis->frozen;
    if (!axis->frozen)
        say(app, ROLE_TEXT, "axis: follows the bars");
    else if (axis->low < axis->high)
        say(app, ROLE_TEXT, "axis: frozen from 1e%d to 1e%d", axis->low, axis->high);
    else
        say(app, ROLE_TEXT, "axis: will be frozen as the first step leaves it");
}

static int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

/* The view, the moment, how it is looked at; false when the action is none of these. */
static bool look(struct app *app, enum action action)
{
    char said[MESSAGE_SIZE];
    if (!navigate(&app->scene, action, app->canvas.rows, app->canvas.cols, said, sizeof said))
        return false;
    if (*said)
        say(app, ROLE_TEXT, "%s", said);
    fit_axis(app);
    return true;
}

static void write_pictures(struct app *app)
{
    char message[MESSAGE_SIZE];
    struct error error;
    view_screen(&app->canvas, &app->scene); /* as it is now, without a message */
    if (app->export_screen(&app->canvas, (enum theme)app->present.theme, message, sizeof message,
                           &error))
        say(app, ROLE_GOOD, "%s", message);
    else
        say(app, ROLE_BAD, "%s", error.text);
}

static void act(struct app *app, enum action action)
{
    if (setting_keys[action].setting) {
        change_setting(app, &setting_keys[action], key_table[action].label);
        return;
    }
    if (look(app, action))
        return;
    switch (action) {
    case ACTION_PAUSE:
    case ACTION_STEP:
        run_or_pause(app, action == ACTION_STEP);
        break;
    case ACTION_RESTART:
        restart(app);
        break;
    case ACTION_RESEED:
        reseed(app);
        break;
    case ACTION_SWITCH_LEFT:
    case ACTION_SWITCH_RIGHT:
        switch_placement(app, action == ACTION_SWITCH_LEFT ? LEFT : RIGHT);
        break;
    case ACTION_GRADIENT:
    case ACTION_TENSOR:
        choose_gradient(app, action == ACTION_TENSOR);
        break;
    case ACTION_FREEZE:
        freeze_axis(app);
        break;
    case ACTION_EXPORT:
        write_pictures(app);
        break;
    case ACTION_REDRAW:
        terminal_redraw();
        break;
    case ACTION_HELP:
        app->scene.help = true;
        app->scene.help_scroll = 0;
        break;
    case ACTION_QUIT:
        app->quit = true;
        break;
    default: /* those of setting_keys and of look() */
        break;
    }
}

/* A key while the help is open. */
static void help_key(struct app *app, int code)
{
    int most = view_help_scroll_max(app->canvas.rows, app->canvas.cols);
    int page = app->canvas.rows > 6 ? app->canvas.rows - 6 : 1;
    int *scroll = &app->scene.help_scroll;
    int action = key_action(code);
    if (action == ACTION_HELP || action == ACTION_QUIT || code == KEY_CODE_ESCAPE)
        app->scene.help = false;
    else if (action == ACTION_SCROLL_UP)
        *scroll -= 1;
    else if (action == ACTION_SCROLL_DOWN)
        *scroll += 1;
    else if (code == KEY_CODE_PAGE_UP)
        *scroll -= page;
    else if (code == KEY_CODE_PAGE_DOWN || code == KEY_CODE_SPACE)
        *scroll += page;
    else if (code == KEY_CODE_HOME)
        *scroll = 0;
    else if (code == KEY_CODE_END)
        *scroll = most;
    else if (action == ACTION_REDRAW)
        terminal_redraw();
    else
        say(app, ROLE_TEXT, "the help is open: ?, Escape or q leaves it");
    *scroll = clamp(*scroll, most);
}

static void take_size(struct app *app)
{
    int rows, cols;
    terminal_size(&rows, &cols);
    canvas_resize(&app->canvas, rows, cols);
}

static void take_key(struct app *app, int code)
{
    char key[32];
    app->urgent = app->changed = true;
    if (code == KEY_CODE_RESIZE) {
        take_size(app);
        return;
    }
    say_nothing(app);
    int action = key_action(code);
    if (app->scene.help) {
        help_key(app, code);
    } else if (action >= 0) {
        act(app, (enum action)action);
    } else if (view_of_key(code) >= 0) {
        navigate_to(&app->scene, (enum view)view_of_key(code));
    } else {
        key_describe(code, key, sizeof key);
        say(app, ROLE_TEXT, "%s does nothing: ? shows the keys", key);
    }
}

/* ---- the loop ---- */

static void draw(struct app *app)
{
    view_screen(&app->canvas, &app->scene);
    terminal_paint(&app->canvas);
    app->changed = app->urgent = false;
    app->next_frame = clock_seconds() + 1.0 / app->present.fps;
}

static void turn(struct app *app)
{
    double seconds = fmin(turn_seconds, 1.0 / app->present.fps);
    if (app->changed)
        seconds = fmin(seconds, fmax(0, app->next_frame - clock_seconds()));
    int code = terminal_key(seconds);
    for (int keys = 1; code != KEY_CODE_NONE; keys++) {
        take_key(app, code);
        if (app->quit || keys == KEYS_PER_FRAME)
            break;
        code = terminal_key(0);
    }
    take_updates(app);
    look_around(app);
    if (!app->quit && app->changed && (app->urgent || clock_seconds() >= app->next_frame))
        draw(app);
}

static void open_scene(struct app *app)
{
    enum ascii_mode ascii = app->present.ascii;
    app->task = task_describe(app->present.task);
    app->scene = (struct scene){
        .settings = &app->present,
        .task = &app->task,
        .history = &app->history,
        .rate = NAN,
        .ascii = ascii == ASCII_ON || (ascii == ASCII_AUTO && !terminal_is_utf8()),
        .mono = !terminal_has_colours() || app->present.theme == THEME_MONO,
        .few_colours = !terminal_has_ramp(),
        .message = app->message,
        .message_role = ROLE_TEXT,
    };
    scene_set_defaults(&app->scene);
    canvas_open(&app->canvas, 1, 1);
    take_size(app);
}

int app_run(const struct settings *settings, app_export *export_screen, struct error *error)
{
    if (!terminal_check(settings->ascii == ASCII_OFF, error))
        return 1;
    struct app app = {.wanted = *settings, .present = *settings, .export_screen = export_screen};
    app.trainer = trainer_start(settings, false, error);
    if (!app.trainer)
        return 1;
    if (!terminal_open((enum theme)settings->theme, error)) {
        trainer_stop(app.trainer);
        return 1;
    }
    app.update = memory_new(1, sizeof *app.update);
    history_open(&app.history);
    open_scene(&app);
    trainer_wait(app.trainer, 0.2); /* the first picture shows the first run, if that is quick */
    take_updates(&app);
    draw(&app);
    trainer_run(app.trainer);
    while (!app.quit && !terminal_signal())
        turn(&app);

    int number = terminal_signal();
    terminal_close();
    if (number) { /* at once, without waiting for the step under way */
        signal(number, SIG_DFL);
        raise(number);
    }
    trainer_stop(app.trainer);
    history_close(&app.history);
    canvas_close(&app.canvas);
    free(app.update);
    return 0;
}
