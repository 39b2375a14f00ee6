/* The help while it is open, and searching, in it and in the log. See app_state.h; draws nothing.
 */
#include "app/app_state.h"

#include "base/names.h"
#include "controls/commands.h"
#include "views/help.h"
#include "views/views.h"

#include <stdio.h>
#include <string.h>

/* ---- the help ---- */

static int columns(const struct app *app)
{
    return app->canvas.cols;
}

static void scroll_to(struct app *app, int line)
{
    const int most = view_help_scroll_max(&app->scene, app->canvas.rows, app->canvas.cols);
    app->scene.look.help.scroll = scene_clamp(line, most);
}

void act_help(struct app *app, int argument)
{
    (void)argument;
    app->scene.look.help = (struct help_look){.open = true};
    app_share(app);
    scroll_to(app, view_help_part(&app->scene, columns(app)));
}

void app_help_session(struct app *app)
{
    if (app->scene.look.blind) {
        app_say(app, ROLE_TEXT, "share would tell which stack is which: %s reveals it",
                key_table[ACTION_BLIND].label);
        return;
    }
    act_help(app, 0);
    scroll_to(app, view_help_session(&app->scene, columns(app)));
}

/* The part of another view. */
static void show_part(struct app *app, enum view view)
{
    struct scene then = app->scene;
    then.look.view = view;
    then.look.projector = false;
    scroll_to(app, view_help_part(&then, columns(app)));
}

/* Has the help these words? */
static bool has_words(const struct app *app, const char *words)
{
    struct scene then = app->scene;
    snprintf(then.look.help.search.text, sizeof then.look.help.search.text, "%s", words);
    return view_help_matches(&then, columns(app)) > 0;
}

/* That the help has no such words, and which commands and settings in it are near. */
static void say_unknown(struct app *app, const char *words)
{
    struct verb verb[VERBS_MAX];
    struct names_near near = {.typed = words};
    char meant[NAMES_NEAR_TEXT];
    const int verbs = verb_list(verb);
    for (int i = 0; i < verbs; i++) {
        struct names_near alone = {.typed = words};
        names_near_add(&alone, verb[i].name);
        if (alone.count > 0 && has_words(app, verb[i].name))
            names_near_add(&near, verb[i].name);
    }
    names_near_text(&near, "", meant);
    app_say(app, ROLE_WARN, "'%s' is not in the help%s%s", words, *meant ? ": " : "", meant);
}

/* To a match, from the last one on to the first again. */
static void show_match(struct app *app, int match)
{
    struct search_look *search = &app->scene.look.help.search;
    const int matches = view_help_matches(&app->scene, columns(app));
    if (matches == 0) {
        say_unknown(app, search->text);
        search->text[0] = '\0';
        return;
    }
    search->at = (match + matches) % matches;
    scroll_to(app, view_help_match(&app->scene, columns(app), search->at));
}

/* To the first match that is not above the window. */
static void search_help(struct app *app)
{
    struct help_look *help = &app->scene.look.help;
    int match = 0, line;
    while ((line = view_help_match(&app->scene, columns(app), match)) >= 0 && line < help->scroll)
        match++;
    show_match(app, line < 0 ? 0 : match);
}

void app_help_words(struct app *app, const char *words)
{
    act_help(app, 0);
    app->scene.look.help.scroll = 0;
    app_search(app, words);
}

/* What moves in it; false: the key does not. */
static bool move(struct app *app, int code)
{
    struct help_look *help = &app->scene.look.help;
    const int action = key_action(code), page = app->canvas.rows > 6 ? app->canvas.rows - 6 : 1;
    if (action == ACTION_SCROLL_UP)
        scroll_to(app, help->scroll - 1);
    else if (action == ACTION_SCROLL_DOWN || code == KEY_CODE_ENTER)
        scroll_to(app, help->scroll + 1);
    else if (code == KEY_CODE_PAGE_UP)
        scroll_to(app, help->scroll - page);
    else if (code == KEY_CODE_PAGE_DOWN || code == KEY_CODE_SPACE)
        scroll_to(app, help->scroll + page);
    else if (code == KEY_CODE_HOME || action == ACTION_GRADIENT)
        scroll_to(app, 0);
    else if (code == KEY_CODE_END || action == ACTION_TENSOR)
        scroll_to(app, view_help_lines(&app->scene, columns(app)));
    else if (action == ACTION_NEXT_VIEW || action == ACTION_PREVIOUS_VIEW)
        scroll_to(app, view_help_section(&app->scene, columns(app), help->scroll,
                                         action == ACTION_NEXT_VIEW ? 1 : -1));
    else if (view_of_key(code) >= 0)
        show_part(app, (enum view)view_of_key(code));
    else
        return false;
    return true;
}

void app_help_key(struct app *app, int code)
{
    const int action = key_action(code);
    if (action == ACTION_HELP || action == ACTION_QUIT || code == KEY_CODE_ESCAPE)
        app->scene.look.help.open = false;
    else if (action == ACTION_REDRAW || action == ACTION_SEARCH)
        app_act(app, (enum action)action);
    else if (!move(app, code))
        app_say(app, ROLE_TEXT, "the help is open: ?, Escape or q leaves it");
}

/* ---- searching ---- */

/* What is searched now, of the view where the help is closed; NULL: it cannot be. */
static struct search_look *searched(struct app *app)
{
    struct scene_look *look = &app->scene.look;
    if (look->help.open)
        return &look->help.search;
    return view_shown(&app->scene)->act[ACT_SEARCH] ? &look->log.search : NULL;
}

void act_search(struct app *app, int argument)
{
    (void)argument;
    if (searched(app))
        app_open_search(app);
    else
        app_act_in_view(app, ACT_SEARCH, 0); /* which says where one can */
}

void app_search(struct app *app, const char *words)
{
    struct search_look *search = searched(app);
    if (!search)
        return;
    if (*words) /* else what is searched for is as before */
        names_printable(search->text, sizeof search->text, words);
    if (!search->text[0])
        return;
    if (app->scene.look.help.open)
        search_help(app);
    else
        app_act_in_view(app, ACT_SEARCH, 0);
}

bool app_search_key(struct app *app, int code)
{
    struct search_look *search = searched(app);
    const int key = key_latin(code), by = key == 'n' ? 1 : -1;
    if (!search || !search->text[0])
        return false;
    if (code == KEY_CODE_ESCAPE && !app->scene.look.help.open)
        search->text[0] = '\0';
    else if (key != 'n' && key != 'N')
        return false;
    else if (app->scene.look.help.open)
        show_match(app, search->at + by);
    else
        app_act_in_view(app, ACT_SEARCH, by);
    return true;
}
