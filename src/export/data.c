/* See data.h. */
#include "export/data.h"

#include "base/file.h"
#include "base/json.h"
#include "export/rows.h"
#include "train/settings.h"

#include <inttypes.h>
#include <math.h>

enum { DIGITS = 9 };

bool data_is(const char *path)
{
    return file_ends_in(path, ".csv") || file_ends_in(path, ".jsonl");
}

/* Not what the history needs for itself alone. */
static bool is_told(enum quantity quantity)
{
    return quantity != QUANTITY_SMOOTH_SUM && quantity != QUANTITY_SMOOTH_WEIGHT &&
           quantity != QUANTITY_HELD_OUT_STEP;
}

/* ---- a line of the CSV ---- */

/* What all lines of a step and a stack begin with. */
struct lines {
    FILE *out;
    int64_t step;
    enum side side;
};

/* `part` NULL: the quantity is one; `layer` -1: it is a number of the whole step. */
static void write_line(const struct lines *lines, enum quantity quantity, const char *part,
                       int layer, double value)
{
    if (!isfinite(value))
        return;
    fprintf(lines->out, "%" PRId64 ",%s,%s", lines->step, stack_names[lines->side],
            quantity_table[quantity].name);
    if (part)
        fprintf(lines->out, ".%s", part);
    if (layer >= 0)
        fprintf(lines->out, ",%d,", layer);
    else
        fputs(",,", lines->out);
    json_number(lines->out, value, DIGITS);
    fputc('\n', lines->out);
}

static void write_arrays(const struct lines *lines, const struct snapshot *snapshot,
                         enum quantity quantity)
{
    const int first = quantity_table[quantity].shape == SHAPE_LAYERS ? 0 : 1;
    const int length = quantity_length(quantity, snapshot->layers);
    for (int i = 0; i < snapshot_arrays(snapshot, quantity); i++) {
        const float *value = snapshot_array(snapshot, quantity, i);
        for (int l = 0; value && l < length; l++)
            write_line(lines, quantity, snapshot_array_name(snapshot, quantity, i), first + l,
                       (double)value[l]);
    }
}

static void write_snapshot(FILE *out, enum side side, const struct snapshot *snapshot)
{
    const struct lines lines = {.out = out, .step = snapshot->step, .side = side};
    for (int i = 0; i < QUANTITIES; i++) {
        const enum quantity quantity = (enum quantity)i;
        if (!is_told(quantity))
            continue;
        if (quantity_table[quantity].shape == SHAPE_SCALAR)
            write_line(&lines, quantity, NULL, -1, snapshot_scalar(snapshot, quantity));
        else
            write_arrays(&lines, snapshot, quantity);
    }
}

/* A point of the curves, whose moment is not kept. */
static void write_point(FILE *out, const struct history *history, enum side side, int point)
{
    const struct lines lines = {.out = out, .step = history_step(history, point), .side = side};
    for (int i = 0; i < QUANTITIES; i++)
        if (quantity_table[i].curve && is_told((enum quantity)i))
            write_line(&lines, (enum quantity)i, NULL, -1,
                       history_value(history, side, (enum quantity)i, point));
}

/* ---- all of it ---- */

/* The kept moment of exactly this step; NULL where the stack was not measured in it. */
static const struct snapshot *moment_of(const struct history *history, enum side side, int64_t step)
{
    const struct snapshot *moment = history_moment(history, side, step);
    return moment->step == step ? moment : NULL;
}

/* Moments and points by their steps, of which some are both. Returns the number of steps. */
static int write_csv(FILE *out, const struct history *history)
{
    int steps = 0, point = 0;
    fputs("step,stack,quantity,layer,value\n", out);
    for (int i = 0; i <= history_moments(history); i++) {
        const bool is_moment = i < history_moments(history);
        const int64_t step = is_moment ? history_moment_step(history, i) : INT64_MAX;
        for (; point < history->count && history_step(history, point) < step; point++, steps++)
            for (enum side side = LEFT; side < SIDES; side++)
                write_point(out, history, side, point);
        if (point < history->count && history_step(history, point) == step)
            point++;
        for (enum side side = LEFT; is_moment && side < SIDES; side++)
            if (moment_of(history, side, step))
                write_snapshot(out, side, moment_of(history, side, step));
        steps += is_moment;
    }
    return steps;
}

static int write_jsonl(FILE *out, const struct history *history, bool validation)
{
    const int moments = history_moments(history);
    for (int i = 0; i < moments; i++)
        for (enum side side = LEFT; side < SIDES; side++) {
            const struct snapshot *moment =
                moment_of(history, side, history_moment_step(history, i));
            if (moment)
                rows_write(out, ROWS_JSONL, side, moment, validation);
        }
    return moments;
}

bool data_write(const char *path, bool force, const struct history *history, bool validation,
                int *steps, struct error *error)
{
    struct file file;
    if (history_newest(history) == 0)
        return error_set(error, "nothing is measured yet: a step first");
    if (!file_create(&file, path, force, error))
        return false;
    *steps = file_ends_in(path, ".csv") ? write_csv(file.stream, history)
                                        : write_jsonl(file.stream, history, validation);
    return file_commit(&file, error);
}
