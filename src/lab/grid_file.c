/* The header of a file of rows: grid_header(), grid_read() and grid_is_same() of grid.h. */
#include "base/json.h"
#include "base/json_read.h"
#include "base/memory.h"
#include "base/names.h"
#include "lab/grid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LAB_VERSION = 1, KEY = 32, SHOWN = 64 };

/* ---- writing ---------------------------------------------------------------------------------*/

/* As it would be typed; a number is a number of JSON as well. */
static void write_value(const struct setting_row *row, const char *text, FILE *out)
{
    const bool number = row->kind == SETTING_INTEGER || row->kind == SETTING_REAL;
    if (number && strspn(text, "0123456789.e+-") == strlen(text))
        fputs(text, out);
    else
        json_string(out, text);
}

void grid_write_value(const struct grid_axis *axis, int value, FILE *out)
{
    write_value(axis->row, axis->value[value], out);
}

static bool is_axis(const struct grid *grid, const char *name)
{
    for (int i = 0; i < grid->axes; i++)
        if (strcmp(grid->axis[i].name, name) == 0)
            return true;
    return false;
}

/* Whether the header has the setting: what numbers depend on and is not said elsewhere. */
static bool is_in_header(const struct grid *grid, const struct setting_row *row)
{
    return row->scope != SCOPE_PROGRAM && strcmp(row->name, "seed") != 0 &&
           !is_axis(grid, row->name) &&
           (row->kind != SETTING_STRING || grid->settings.task == TASK_TEXT);
}

static void get_setting(const struct grid *grid, const struct setting_row *row,
                        char out[SETTING_TEXT])
{
    setting_get(&grid->settings, row, out, SETTING_TEXT);
    if (row->zero && strcmp(out, row->zero) == 0)
        strcpy(out, "0");
}

static void write_header(const struct grid *grid, FILE *out)
{
    const char *comma = "";
    char value[SETTING_TEXT];
    fprintf(out, "{\"lnscope_lab\":%d,\"grid\":[", LAB_VERSION);
    for (int i = 0; i < grid->axes; i++) {
        fputs(i ? ",{\"name\":" : "{\"name\":", out);
        json_string(out, grid->axis[i].name);
        fputs(",\"values\":[", out);
        for (int j = 0; j < grid->axis[i].values; j++) {
            fputs(j ? "," : "", out);
            grid_write_value(&grid->axis[i], j, out);
        }
        fputs("]}", out);
    }
    fprintf(out, "],\"seeds\":[%" PRId64 ",%" PRId64 "],\"stacks\":\"%s\",\"settings\":{",
            grid->first_seed, grid->first_seed + grid->seeds - 1,
            names_at(&grid_stacks_names, (int)grid->stacks));
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        if (!is_in_header(grid, row))
            continue;
        get_setting(grid, row, value);
        fprintf(out, "%s\"%s\":", comma, row->name);
        write_value(row, value, out);
        comma = ",";
    }
    fputs("}}\n", out);
}

char *grid_header(const struct grid *grid, size_t *size)
{
    char *text = NULL;
    size_t length;
    FILE *out = memory_stream_open(&text, &length);
    if (!out)
        die("out of memory for the header of a lab");
    write_header(grid, out);
    if (!memory_stream_close(out, &text))
        die("out of memory for the header of a lab");
    if (size)
        *size = length;
    return text;
}

/* ---- reading ---------------------------------------------------------------------------------*/

/* A number or a string, as text. */
static bool read_value(struct json_reader *reader, char out[SETTING_TEXT])
{
    double number;
    if (json_read_peek(reader) == JSON_STRING)
        return json_read_string(reader, out, SETTING_TEXT);
    if (json_read_peek(reader) != JSON_NUMBER)
        return json_read_refuse(reader, "no number or text: a value of a setting");
    if (!json_read_number(reader, &number))
        return false;
    snprintf(out, SETTING_TEXT, "%.17g", number);
    return true;
}

/* An axis in the making. */
struct axis_text {
    char name[KEY];
    char *value[GRID_VALUES];
    int values;
};

static void read_axis(struct json_reader *reader, struct axis_text *axis)
{
    char key[KEY], value[SETTING_TEXT];
    json_read_object(reader);
    while (json_read_key(reader, key, sizeof key)) {
        if (strcmp(key, "name") == 0) {
            json_read_string(reader, axis->name, sizeof axis->name);
        } else if (strcmp(key, "values") == 0) {
            json_read_array(reader);
            while (json_read_item(reader) && read_value(reader, value))
                if (axis->values < GRID_VALUES)
                    axis->value[axis->values++] = memory_copy_string(value);
                else
                    json_read_refuse(reader, "one value too many: fewer");
        } else {
            json_read_refuse(reader, "an unknown key: name or values");
        }
    }
}

static void read_axes(struct json_reader *reader, struct grid *grid)
{
    struct axis_text *axis = memory_new(1, sizeof *axis);
    struct error error;
    json_read_array(reader);
    while (json_read_item(reader)) {
        *axis = (struct axis_text){.name = ""};
        read_axis(reader, axis);
        if (axis->values == 0)
            json_read_refuse(reader, "an axis without values: at least one");
        else if (!grid_add_axis(grid, axis->name, (const char *const *)axis->value, axis->values,
                                &error))
            json_read_refuse(reader, error.text);
        for (int i = 0; i < axis->values; i++)
            free(axis->value[i]);
    }
    free(axis);
}

static void read_seeds(struct json_reader *reader, struct grid *grid)
{
    int64_t seed[2] = {0};
    int count = 0;
    json_read_array(reader);
    while (json_read_item(reader)) {
        json_read_integer(reader, &seed[count < 2 ? count : 1]);
        count++;
    }
    if (count != 2 || seed[0] < 0 || seed[1] < seed[0] || seed[1] - seed[0] >= GRID_TRIALS) {
        json_read_refuse(reader, "no seeds: the first and the last");
        return;
    }
    grid->first_seed = seed[0];
    grid->seeds = (int)(seed[1] - seed[0]) + 1;
}

static void read_stacks(struct json_reader *reader, struct grid *grid)
{
    char text[KEY];
    struct error error;
    if (!json_read_string(reader, text, sizeof text))
        return;
    const int stacks = names_find(&grid_stacks_names, "stacks", text, &error);
    if (stacks < 0)
        json_read_refuse(reader, error.text);
    else
        grid->stacks = (enum grid_stacks)stacks;
}

static void read_settings(struct json_reader *reader, struct settings *settings)
{
    char key[KEY], value[SETTING_TEXT];
    struct error error;
    json_read_object(reader);
    while (json_read_key(reader, key, sizeof key))
        if (read_value(reader, value) && !setting_set(settings, key, value, &error))
            json_read_refuse(reader, error.text);
}

/* All but the settings, which the axes are checked against, so that they are read before. */
static void read_member(struct json_reader *reader, const char *key, struct grid *grid,
                        int64_t *version)
{
    if (strcmp(key, "lnscope_lab") == 0)
        json_read_integer(reader, version);
    else if (strcmp(key, "grid") == 0)
        read_axes(reader, grid);
    else if (strcmp(key, "seeds") == 0)
        read_seeds(reader, grid);
    else if (strcmp(key, "stacks") == 0)
        read_stacks(reader, grid);
    else if (strcmp(key, "settings") == 0)
        json_read_skip(reader);
    else
        json_read_refuse(reader, *version ? "an unknown key: a lab of this version"
                                          : "no header of a lab: one begins with lnscope_lab");
}

/* The settings of a header; whatever else is in it is read afterwards. */
static bool find_settings(const char *line, size_t size, struct settings *settings,
                          struct error *error)
{
    struct json_reader reader;
    char key[KEY];
    json_read_open(&reader, line, size);
    json_read_object(&reader);
    while (json_read_key(&reader, key, sizeof key))
        if (strcmp(key, "settings") == 0)
            read_settings(&reader, settings);
        else
            json_read_skip(&reader);
    return json_read_close(&reader, error);
}

bool grid_read(struct grid *grid, const char *line, size_t size, struct error *error)
{
    struct settings settings = settings_default();
    struct json_reader reader;
    char key[KEY];
    int64_t version = 0;
    if (!find_settings(line, size, &settings, error))
        return false;
    grid_open(grid, &settings);
    json_read_open(&reader, line, size);
    json_read_object(&reader);
    while (json_read_key(&reader, key, sizeof key))
        read_member(&reader, key, grid, &version);
    bool good = json_read_close(&reader, error);
    if (good && version != LAB_VERSION)
        good = error_set(error, "it is no header of a lab: {\"lnscope_lab\":%d,...}", LAB_VERSION);
    size_t length;
    char *text = grid_header(grid, &length);
    if (good && (length != size + 1 || memcmp(text, line, size) != 0))
        good = error_set(error, "it is not as this program writes it: the file as it was written");
    free(text);
    if (!good)
        grid_close(grid);
    return good;
}

/* ---- comparing -------------------------------------------------------------------------------*/

/* "warmup, lr"; "no axes". */
static void list_axes(const struct grid *grid, char out[SHOWN])
{
    size_t used = (size_t)snprintf(out, SHOWN, "%s", grid->axes ? "" : "no axes");
    for (int i = 0; i < grid->axes && used < SHOWN; i++)
        used +=
            (size_t)snprintf(out + used, SHOWN - used, "%s%s", i ? ", " : "", grid->axis[i].name);
}

static bool axes_are_same(const struct grid *grid, const struct grid *other, const char *where,
                          struct error *error)
{
    char here[SHOWN], there[SHOWN];
    bool same = grid->axes == other->axes;
    for (int i = 0; same && i < grid->axes; i++)
        same = strcmp(grid->axis[i].name, other->axis[i].name) == 0;
    list_axes(grid, here);
    list_axes(other, there);
    if (!same)
        return error_set(error, "the axes of %s are %s, not %s: the same ones", where, there, here);
    for (int i = 0; i < grid->axes; i++) {
        const struct grid_axis *mine = &grid->axis[i], *its = &other->axis[i];
        for (int j = 0; j < mine->values || j < its->values; j++) {
            names_printable(here, sizeof here, j < mine->values ? mine->value[j] : "none");
            names_printable(there, sizeof there, j < its->values ? its->value[j] : "none");
            if (strcmp(here, there) != 0)
                return error_set(error, "value %d of %s is %s in %s, not %s: the same values",
                                 j + 1, mine->name, there, where, here);
        }
    }
    return true;
}

bool grid_is_same(const struct grid *grid, const struct grid *other, const char *where,
                  struct error *error)
{
    if (!axes_are_same(grid, other, where, error))
        return false;
    if (grid->first_seed != other->first_seed || grid->seeds != other->seeds)
        return error_set(error,
                         "the seeds of %s are %" PRId64 "..%" PRId64 ", not %" PRId64 "..%" PRId64
                         ": the same ones",
                         where, other->first_seed, other->first_seed + other->seeds - 1,
                         grid->first_seed, grid->first_seed + grid->seeds - 1);
    if (grid->stacks != other->stacks)
        return error_set(error, "the stacks of %s are %s, not %s: the same ones", where,
                         names_at(&grid_stacks_names, (int)other->stacks),
                         names_at(&grid_stacks_names, (int)grid->stacks));
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char mine[SETTING_TEXT], its[SETTING_TEXT], here[SHOWN], there[SHOWN];
        if (!is_in_header(grid, row) && !is_in_header(other, row))
            continue;
        get_setting(grid, row, mine);
        get_setting(other, row, its);
        names_printable(here, sizeof here, mine);
        names_printable(there, sizeof there, its);
        if (strcmp(mine, its) != 0)
            return error_set(error, "%s is %s in %s, not %s: the same settings", row->name, there,
                             where, here);
    }
    return true;
}
