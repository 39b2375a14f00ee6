/* Keys that change settings: the values that they go through, and how a change is sent and said.
 * See app_state.h; draws nothing. */
#include "app/app_state.h"

#include "base/file.h"
#include "controls/commands.h"
#include "train/presets.h"
#include "train/settings_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void app_list_changes(const struct settings *before, const struct settings *after,
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
        if (row->choices == &preset_names) { /* which is all of what it brings along */
            snprintf(out, size, "%s %.64s", row->name, is);
            return;
        }
        append(out, size, "%s%s ", *out ? ", " : "", row->name);
        const char *unit = setting_unit(row, is);
        if (row->scope != SCOPE_OPTIMIZER || strcmp(unit, row->name) == 0)
            unit = "";
        if (arrow)
            append(out, size, "%s%s%s", was, arrow, is);
        else
            append(out, size, "%s%s%s", is, *unit ? " " : "", unit);
        if (!arrow && row->at_zero && strcmp(is, "0") == 0)
            append(out, size, " (%s)", row->at_zero);
    }
}

const char *app_told(const struct app *app, const char *changes)
{
    return app->scene.look.blind && event_text_tells(changes) ? "hidden while blind" : changes;
}

/* The values that two keys move a setting along, in rising order. */
struct ladder {
    const char *setting;
    const char *const *values; /* ended by NULL */
    enum action lower, higher; /* the keys */
};

static double number_of(const char *text)
{
    return strcmp(text, "unlimited") == 0 ? (double)INFINITY : strtod(text, NULL);
}

/* The next value in that direction, also from a value between two; NULL at the end. */
static const char *next_value(const char *const *values, int direction, double from)
{
    double slack = isfinite(from) ? 1e-6 * fabs(from) : 0;
    const char *found = NULL;
    for (const char *const *value = values; *value; value++) {
        double number = number_of(*value);
        if (direction < 0 && number < from - slack)
            found = *value;
        if (direction > 0 && number > from + slack)
            return *value;
    }
    return found;
}

/* Sends the settings to the trainer; what they change is said when it has carried them out. */
void app_command(struct app *app, const struct settings *settings)
{
    char changes[MESSAGE_SIZE];
    int scope = settings_difference(&app->wanted, settings);
    if (scope == SCOPE_MODEL)
        app_undo_end(app, &app->wanted);
    else if (scope >= 0)
        app_undo_settings(app, &app->wanted, scope);
    app_list_changes(&app->wanted, settings, NULL, changes, sizeof changes);
    if (*changes)
        app_say(app, ROLE_TEXT, "%s ...", app_told(app, changes));
    app->wanted = *settings;
    settings_copy(&app->present, &app->wanted, SCOPE_PROGRAM);
    if (*changes) /* else all is said at once */
        app_ask(app);
    app->feed->apply(app->feed, &app->wanted);
    if (scope == SCOPE_MODEL && app->scene.data.ended)
        trainer_run(app->trainer);
}

/* What is not said by the trainer: settings of the program, and what changes nothing in the run. */
static void say_set(struct app *app, const char *name, const struct settings *before)
{
    struct verb setting;
    char value[SETTING_TEXT];
    const char *what = "";
    const int scope = settings_difference(before, &app->wanted);
    if (scope == SCOPE_MODEL || scope == SCOPE_OPTIMIZER || !command_setting(name, &setting, NULL))
        return;
    if (scope < 0 && setting.setting->kind == SETTING_STRING && app->wanted.task != TASK_TEXT)
        what = ": kept for the task text";
    else if (scope < 0)
        what = ": as it was";
    if (command_value(&app->wanted, &setting, app->scene.look.blind, value, sizeof value))
        app_say(app, ROLE_TEXT, "%s %.300s%s", name, value, what);
}

/* Whether a text that is named before its task can be read; the trainer reads one in use. */
static bool check_text(const struct settings *before, const struct settings *next,
                       struct error *error)
{
    return next->task == TASK_TEXT || !*next->text || strcmp(next->text, before->text) == 0 ||
           file_can_be_read(next->text, error);
}

/* Is a setting, and a change of this scope that it brings, about a training? */
static bool is_of_training(const char *name, int scope)
{
    struct verb setting;
    return scope == SCOPE_MODEL || scope == SCOPE_OPTIMIZER ||
           (command_setting(name, &setting, NULL) && setting.setting->trains);
}

bool app_set(struct app *app, const char *name, const char *value)
{
    struct error error;
    const struct settings before = app->wanted;
    struct settings next = app->wanted;
    if (!setting_set(&next, name, value, &error) || !settings_check(&next, &error) ||
        !check_text(&before, &next, &error)) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return false;
    }
    if (is_of_training(name, settings_difference(&before, &next)) && !app_can_train(app, name))
        return false;
    app_command(app, &next);
    say_set(app, name, &before);
    return true;
}

/* Along a ladder, 1 up or -1 down. */
static void climb(struct app *app, const struct ladder *ladder, int direction)
{
    char present[SETTING_TEXT];
    const struct setting_row *row = setting_find(ladder->setting, NULL);
    setting_get(&app->wanted, row, present, sizeof present);
    /* a share of the steps, the warmup, counts as the steps that it is */
    const double from = row->share_of ? (double)settings_warmup(&app->wanted) : number_of(present);
    const char *value = next_value(ladder->values, direction, from);
    if (value)
        app_set(app, row->name, value);
    else
        app_say(app, ROLE_TEXT, "%s %s: %s goes no further", row->name, present,
                key_table[direction > 0 ? ladder->higher : ladder->lower].label);
}

/* On to the next choice of a setting of the program, round and round. */
static void choose_next(struct app *app, const char *setting)
{
    char present[SETTING_TEXT];
    const struct setting_row *row = setting_find(setting, NULL);
    setting_get(&app->wanted, row, present, sizeof present);
    const int at = names_find(row->choices, row->name, present, NULL);
    app_set(app, row->name, names_at(row->choices, (at + 1) % row->choices->count));
}

/* ---- the keys ---- */

void act_speed(struct app *app, int direction)
{
    static const char *const values[] = {"1",  "2",   "5",   "10",        "15", "30",
                                         "60", "120", "250", "unlimited", NULL};
    static const struct ladder ladder = {"speed", values, ACTION_SLOWER, ACTION_FASTER};
    climb(app, &ladder, direction);
}

void act_warmup(struct app *app, int direction)
{
    static const char *const values[] = {"0", "25", "50", "100", "200", "400", "800", NULL};
    static const struct ladder ladder = {"warmup", values, ACTION_WARMUP_SHORTER,
                                         ACTION_WARMUP_LONGER};
    climb(app, &ladder, direction);
}

void act_lr(struct app *app, int direction)
{
    static const char *const values[] = {
        "1e-5", "2e-5", "3e-5", "5e-5", "1e-4", "2e-4", "3e-4", "5e-4", "1e-3", "2e-3", "3e-3",
        "5e-3", "1e-2", "2e-2", "3e-2", "5e-2", "0.1",  "0.2",  "0.3",  "0.5",  "1",    NULL};
    static const struct ladder ladder = {"lr", values, ACTION_LR_DOWN, ACTION_LR_UP};
    climb(app, &ladder, direction);
}

void act_layers(struct app *app, int direction)
{
    static const char *const values[] = {"2", "4", "6", "8", "12", "18", "24", "36", "48", NULL};
    static const struct ladder ladder = {"layers", values, ACTION_SHALLOWER, ACTION_DEEPER};
    climb(app, &ladder, direction);
}

void act_clip(struct app *app, int argument)
{
    static const char *const values[] = {"0", "0.1", "0.25", "0.5", "1", "5", NULL};
    (void)argument;
    app_choose_value(app, ACTION_CLIP, "clip", values);
}

void act_norm(struct app *app, int argument)
{
    (void)argument;
    app_choose_setting(app, ACTION_NORM, "norm");
}

void act_task(struct app *app, int argument)
{
    (void)argument;
    app_choose_setting(app, ACTION_TASK, "task");
}

void act_preset(struct app *app, int argument)
{
    (void)argument;
    app_choose_setting(app, ACTION_PRESET, "preset");
}

void act_theme(struct app *app, int argument)
{
    (void)argument;
    choose_next(app, "theme");
}

void act_hide(struct app *app, int argument)
{
    (void)argument;
    choose_next(app, "hide");
    if (app->wanted.hide)
        app_say_more(app, "%s shows header and footer again", key_table[ACTION_HIDE].label);
}

void act_placement(struct app *app, int side)
{
    const bool left = side == LEFT;
    app_choose_setting(app, left ? ACTION_LEFT_NEXT : ACTION_RIGHT_NEXT, left ? "left" : "right");
}

void act_switch(struct app *app, int side)
{
    app_choose_switch(app, side == LEFT ? ACTION_SWITCH_LEFT : ACTION_SWITCH_RIGHT,
                      (enum side)side);
}

bool app_switch(struct app *app, enum side side, enum placement placement)
{
    const enum placement now = app->wanted.stack[side].placement;
    char what[SETTING_TEXT + 8];
    snprintf(what, sizeof what, "%s %s", stack_names[side], placement_table[placement].name);
    if (placement == now) {
        app_say(app, ROLE_TEXT, "%s: as it was", app_told(app, what));
        return true;
    }
    if (!run_settings_can_switch(&app->wanted, side, placement)) {
        app_say(app, ROLE_BAD,
                "%s cannot go on as %s, whose tensors are others: set %s restarts it",
                app_told(app, stack_names[side]), placement_table[placement].name, what);
        return false;
    }
    app_say(app, ROLE_TEXT, "%s ...", app_told(app, what));
    app_undo_switch(app, side, now);
    app->wanted.stack[side].placement = placement;
    app_ask(app);
    trainer_switch(app->trainer, side, placement);
    return true;
}

void act_reseed(struct app *app, int argument)
{
    (void)argument;
    char value[32];
    struct error error;
    struct settings next = app->wanted;
    snprintf(value, sizeof value, "%llu", (unsigned long long)next.seed + 1);
    if (setting_set(&next, "seed", value, &error))
        app_command(app, &next);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}
