/* Keys that go through a list: it is shown with the choice marked, and what is chosen is carried
 * out once, when no key has come for a moment. See app_state.h. */
#include "app/app_state.h"

#include "train/settings_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double choose_seconds = 0.6;

/* ---- what there is to choose from ---- */

static void add(struct choose *choose, const char *value, bool present)
{
    if (choose->count == CHOOSE_MAX)
        return;
    if (present)
        choose->at = choose->first = choose->count;
    snprintf(choose->value[choose->count++], CHOOSE_TEXT, "%.*s", CHOOSE_TEXT - 1, value);
}

/* The choices of a setting that go with the others: the text task only where there is a file for
 * it, images only in a context that they fit in. */
static void add_choices(struct choose *choose, const struct settings *settings,
                        const struct setting_row *row)
{
    char present[SETTING_TEXT];
    setting_get(settings, row, present, sizeof present);
    choose->first = -1;
    for (int i = 0; i < row->choices->count; i++) {
        const char *name = names_at(row->choices, i);
        struct settings next = *settings;
        const bool is = strcmp(name, present) == 0;
        if (is || (setting_set(&next, row->name, name, NULL) && settings_check(&next, NULL)))
            add(choose, name, is);
    }
}

void app_choose_setting(struct app *app, enum action action, const char *setting)
{
    struct choose *choose = &app->choose;
    *choose = (struct choose){.action = action, .setting = setting_find(setting, NULL), .at = -1};
    add_choices(choose, &app->wanted, choose->setting);
    app_choose_next(app, 1);
}

void app_choose_value(struct app *app, enum action action, const char *setting,
                      const char *const *values)
{
    struct choose *choose = &app->choose;
    char present[SETTING_TEXT];
    *choose = (struct choose){.action = action, .setting = setting_find(setting, NULL)};
    setting_get(&app->wanted, choose->setting, present, sizeof present);
    const double now = strtod(present, NULL);
    choose->first = -1;
    for (int i = 0; values[i]; i++) {
        const double value = strtod(values[i], NULL);
        if (choose->first < 0 && now < value * (1 - 1e-6) - 1e-12)
            add(choose, present, true); /* between two */
        add(choose, values[i], choose->first < 0 && fabs(now - value) <= 1e-6 * fabs(value));
    }
    if (choose->first < 0)
        add(choose, present, true);
    app_choose_next(app, 1);
}

void app_choose_switch(struct app *app, enum action action, enum side side)
{
    struct choose *choose = &app->choose;
    *choose = (struct choose){.action = action, .side = side};
    for (enum placement to = 0; to < PLACEMENTS; to++) {
        const bool is = to == app->wanted.stack[side].placement;
        if (is || run_settings_can_switch(&app->wanted, side, to))
            add(choose, placement_table[to].name, is);
    }
    app_choose_next(app, 1);
}

/* ---- the list on the status line ---- */

/* Appends a value, the choice in brackets; false where it does not fit into so many columns. */
static bool append(char *out, size_t size, int columns, const char *value, bool chosen)
{
    char text[CHOOSE_TEXT + 4];
    const size_t used = strlen(out);
    const int width = snprintf(text, sizeof text, chosen ? " [%s]" : " %s", value);
    if (canvas_columns(out) + width > columns || used + (size_t)width >= size)
        return false;
    snprintf(out + used, size - used, "%s", text);
    return true;
}

/* As many values as fit, the choice among them. */
static void show(struct app *app)
{
    const struct choose *choose = &app->choose;
    const int columns = app->canvas.cols > 8 ? app->canvas.cols - 2 : 8;
    char line[MESSAGE_SIZE], what[64];
    if (choose->setting)
        snprintf(what, sizeof what, "%s:", choose->setting->name);
    else
        snprintf(what, sizeof what, "%s goes on as:", stack_names[choose->side]);
    if (app->scene.look.blind && event_text_tells(what)) {
        app_say(app, ROLE_TEXT, "hidden while blind: Enter carries it out, Escape leaves it");
    } else {
        for (int from = 0; from <= choose->at; from++) {
            bool seen = false;
            snprintf(line, sizeof line, "%s%s", what, from > 0 ? " ..." : "");
            for (int i = from; i < choose->count; i++) {
                if (!append(line, sizeof line, columns, choose->value[i], i == choose->at))
                    break;
                seen = seen || i == choose->at;
            }
            if (seen)
                break;
        }
        app_say(app, ROLE_TEXT, "%s", line);
    }
    app->message_until = (double)INFINITY;
}

void app_choose_next(struct app *app, int by)
{
    struct choose *choose = &app->choose;
    if (choose->count < 2) {
        choose->open = false;
        if (choose->setting)
            app_say(app, ROLE_TEXT, "%s: there is no other", choose->setting->name);
        else
            app_say(app, ROLE_TEXT,
                    "%s %s: no other placement has the same tensors; %s restarts with one",
                    stack_names[choose->side], app_told(app, choose->value[0]),
                    key_table[choose->side == LEFT ? ACTION_LEFT_NEXT : ACTION_RIGHT_NEXT].label);
        return;
    }
    choose->open = true;
    choose->at = (choose->at + by + choose->count) % choose->count;
    choose->until = app_now(app) + choose_seconds;
    show(app);
}

/* ---- carried out ---- */

static void carry_out(struct app *app)
{
    struct choose *choose = &app->choose;
    const char *value = choose->value[choose->at];
    choose->open = false;
    app_say_nothing(app);
    if (choose->at == choose->first)
        app_say(app, ROLE_TEXT, "%s: as it was",
                choose->setting ? choose->setting->name : stack_names[choose->side]);
    else if (choose->setting)
        app_set(app, choose->setting->name, value);
    else
        app_switch(app, choose->side,
                   (enum placement)names_find(&placement_names, "placement", value, NULL));
}

bool app_choose_key(struct app *app, int code)
{
    if (!app->choose.open)
        return false;
    if (key_action(code) == (int)app->choose.action) {
        app_choose_next(app, 1);
    } else if (code == KEY_CODE_BACKSPACE) {
        app_choose_next(app, -1);
    } else if (code == KEY_CODE_ENTER) {
        carry_out(app);
    } else if (code == KEY_CODE_ESCAPE) {
        app->choose.open = false;
        app_say(app, ROLE_TEXT, "all is as it was");
    } else {
        carry_out(app);
        return false;
    }
    return true;
}

void app_choose_wait(struct app *app)
{
    if (app->choose.open && app_now(app) >= app->choose.until)
        carry_out(app);
}
