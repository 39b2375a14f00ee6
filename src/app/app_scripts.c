/* The scripts that there are: a list to choose from, and one that is begun while the program runs.
 * See app_state.h; draws nothing. */
#include "app/app_state.h"

#include "base/memory.h"
#include "base/names.h"
#include "script/length.h"
#include "train/settings_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a script begins with: all that the program was started with, or nothing but what it looks
 * like. */
static struct script_setup setup_of(const struct app *app)
{
    struct script_setup setup = {.settings = settings_default()};
    if (app->setup)
        setup = *app->setup;
    settings_copy(&setup.settings, &app->wanted, SCOPE_PROGRAM);
    return setup;
}

/* ---- the list ---- */

static const char *heading_of(const struct script_builtin *builtin)
{
    const bool first = builtin == script_builtins;
    if (!first && strcmp(builtin->folder, builtin[-1].folder) == 0)
        return NULL;
    return strcmp(builtin->folder, "lessons") == 0 ? "Lessons" : "Demos";
}

/* What the list says of one; false where the script cannot be read under these settings. */
static bool add_script(struct scene_script *line, const struct script_builtin *builtin,
                       const struct script_setup *setup)
{
    struct script script;
    char length[16];
    if (!script_open(&script, builtin->name, setup, &(struct error){.text = ""}))
        return false;
    script_print_length(script_seconds(&script, setup), length);
    *line = (struct scene_script){.name = builtin->name,
                                  .summary = memory_copy_string(script.summary),
                                  .length = memory_copy_string(length),
                                  .heading = heading_of(builtin)};
    script_close(&script);
    return true;
}

void app_scripts_close(struct app *app)
{
    struct scene_scripts *scripts = &app->scene.scripts;
    for (int i = 0; i < scripts->count; i++) {
        free((char *)scripts->script[i].summary);
        free((char *)scripts->script[i].length);
    }
    free((struct scene_script *)scripts->script);
    *scripts = (struct scene_scripts){0};
    app->changed = true;
}

static void open_list(struct app *app)
{
    const struct script_setup setup = setup_of(app);
    struct scene_script *line = NULL;
    int count = 0;
    for (const struct script_builtin *builtin = script_builtins; builtin->name; builtin++) {
        line = memory_resize(line, (size_t)count + 1, sizeof *line);
        count += add_script(&line[count], builtin, &setup);
    }
    if (count == 0)
        app_say(app, ROLE_TEXT, "no script goes with these settings");
    app->scene.scripts = (struct scene_scripts){.open = count > 0, .count = count, .script = line};
    app->changed = true;
}

void act_play(struct app *app, int argument)
{
    (void)argument;
    open_list(app);
}

bool app_scripts_key(struct app *app, int code)
{
    struct scene_scripts *scripts = &app->scene.scripts;
    const int action = key_action(code);
    if (!scripts->open || code == KEY_CODE_RESIZE || action == ACTION_REDRAW)
        return false;
    app->urgent = app->changed = true;
    if (action == ACTION_SCROLL_UP)
        scripts->chosen--;
    else if (action == ACTION_SCROLL_DOWN)
        scripts->chosen++;
    else if (code == KEY_CODE_HOME)
        scripts->chosen = 0;
    else if (code == KEY_CODE_END)
        scripts->chosen = scripts->count - 1;
    scripts->chosen = scene_clamp(scripts->chosen, scripts->count - 1);
    if (code == KEY_CODE_ENTER) {
        const char *name = scripts->script[scripts->chosen].name; /* which stays */
        app_scripts_close(app);
        app_play_script(app, name);
    } else if (code == KEY_CODE_ESCAPE || action == ACTION_QUIT || action == ACTION_PLAY) {
        app_scripts_close(app);
    }
    return true;
}

/* ---- a script is begun ---- */

/* A run of its own, before its first step. */
static void begin_anew(struct app *app, const struct settings *settings)
{
    trainer_pause(app->trainer);
    app->scene.look.cursor = 0;
    const bool restarts = settings_difference(&app->wanted, settings) == SCOPE_MODEL;
    app_command(app, settings);
    if (!restarts)
        act_restart(app, 0);
    trainer_pause(app->trainer);
}

void app_play_script(struct app *app, const char *source)
{
    struct script *script = memory_new(1, sizeof *script);
    struct settings settings;
    struct error error;
    app->play_setup = setup_of(app);
    if (strcmp(source, "-") == 0)
        error_set(&error, "the keyboard is standard input: a file, or the name of a script");
    else if (script_open(script, source, &app->play_setup, &error) &&
             script_begin(&app->play_setup, script, &settings, &error)) {
        const struct app_script played = {.script = script, .setup = &app->play_setup};
        app_play_close(app);
        begin_anew(app, &settings);
        app_play_open(app, &played, script);
        return;
    }
    app_say(app, ROLE_BAD, "%s", error.text);
    script_close(script);
    free(script);
}
