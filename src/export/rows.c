/* See rows.h. Knows no files: a caller that wants whole rows hands in a stream in memory. */
#include "export/rows.h"

#include "base/json.h"
#include "train/settings.h"

#include <inttypes.h>
#include <math.h>

enum { DIGITS = 9 }; /* restore a float */

/* Where a quantity stands in a row: scalars in front of `finite` in CSV, all in front of it in
 * JSONL, and what only tasks with held-out data have at the end. */
enum part { PART_SCALARS, PART_ARRAYS, PART_HELD_OUT };

static bool is_in(enum quantity quantity, enum quantity_rows rows, enum part part)
{
    const struct quantity_row *row = &quantity_table[quantity];
    const enum part its = row->when == WHEN_VALIDATION ? PART_HELD_OUT
                          : row->shape == SHAPE_SCALAR ? PART_SCALARS
                                                       : PART_ARRAYS;
    return row->rows & rows && its == part;
}

/* ---- CSV ---- */

/* The names of a part's columns for a stack of `layers` blocks. */
static void write_names(FILE *out, int layers, enum part part)
{
    for (int q = 0; q < QUANTITIES; q++) {
        const struct quantity_row *row = &quantity_table[q];
        if (!is_in((enum quantity)q, IN_CSV, part))
            continue;
        if (row->shape == SHAPE_SCALAR)
            fprintf(out, ",%s", row->name);
        else
            for (int l = 0; l < quantity_length((enum quantity)q, layers); l++)
                fprintf(out, ",%s_%d", row->name, l);
    }
}

void rows_header(FILE *out, enum row_format format, int layers, bool validation)
{
    if (format != ROWS_CSV)
        return;
    fputs("step,stack,placement,norm", out);
    write_names(out, layers, PART_SCALARS);
    fputs(",finite", out);
    write_names(out, layers, PART_ARRAYS);
    if (validation)
        write_names(out, layers, PART_HELD_OUT);
    fputc('\n', out);
}

static void write_field(FILE *out, double value)
{
    fputc(',', out);
    if (isfinite(value))
        json_number(out, value, DIGITS);
}

static void write_fields(FILE *out, const struct snapshot *snapshot, enum part part)
{
    for (int i = 0; i < QUANTITIES; i++) {
        const enum quantity q = (enum quantity)i;
        if (!is_in(q, IN_CSV, part))
            continue;
        if (quantity_table[q].shape == SHAPE_SCALAR)
            write_field(out, snapshot_scalar(snapshot, q));
        else
            for (int l = 0; l < quantity_length(q, snapshot->layers); l++)
                write_field(out, (double)snapshot_array(snapshot, q, 0)[l]);
    }
}

static void write_csv(FILE *out, enum side side, const struct snapshot *snapshot, bool validation)
{
    fprintf(out, "%" PRId64 ",%s,%s,%s", snapshot->step, stack_names[side],
            placement_table[snapshot->placement].name, norm_table[snapshot->norm].name);
    write_fields(out, snapshot, PART_SCALARS);
    fputs(snapshot->finite ? ",true" : ",false", out);
    write_fields(out, snapshot, PART_ARRAYS);
    if (validation)
        write_fields(out, snapshot, PART_HELD_OUT);
    fputc('\n', out);
}

/* ---- JSONL ---- */

static void write_array(FILE *out, const float *value, int count)
{
    fputc('[', out);
    for (int i = 0; i < count; i++) {
        fputs(i ? "," : "", out);
        json_number(out, (double)value[i], DIGITS);
    }
    fputc(']', out);
}

/* A number, an array, or an object of arrays by their names. */
static void write_quantity(FILE *out, const struct snapshot *snapshot, enum quantity quantity)
{
    const int length = quantity_length(quantity, snapshot->layers);
    const int arrays = snapshot_arrays(snapshot, quantity);
    fprintf(out, ",\"%s\":", quantity_table[quantity].name);
    if (quantity_table[quantity].shape == SHAPE_SCALAR) {
        json_number(out, snapshot_scalar(snapshot, quantity), DIGITS);
        return;
    }
    if (!quantity_is_named(quantity)) {
        write_array(out, snapshot_array(snapshot, quantity, 0), length);
        return;
    }
    fputc('{', out);
    for (int i = 0; i < arrays; i++) {
        fprintf(out, "%s\"%s\":", i ? "," : "", snapshot_array_name(snapshot, quantity, i));
        write_array(out, snapshot_array(snapshot, quantity, i), length);
    }
    fputc('}', out);
}

static void write_part(FILE *out, const struct snapshot *snapshot, enum part part)
{
    for (int q = 0; q < QUANTITIES; q++)
        if (is_in((enum quantity)q, IN_JSONL, part))
            write_quantity(out, snapshot, (enum quantity)q);
}

static void write_jsonl(FILE *out, enum side side, const struct snapshot *snapshot, bool validation)
{
    fprintf(out, "{\"step\":%" PRId64 ",\"stack\":\"%s\",\"placement\":\"%s\",\"norm\":\"%s\"",
            snapshot->step, stack_names[side], placement_table[snapshot->placement].name,
            norm_table[snapshot->norm].name);
    write_part(out, snapshot, PART_SCALARS);
    write_part(out, snapshot, PART_ARRAYS);
    fprintf(out, ",\"finite\":%s", snapshot->finite ? "true" : "false");
    if (validation)
        write_part(out, snapshot, PART_HELD_OUT);
    fputs("}\n", out);
}

void rows_write(FILE *out, enum row_format format, enum side side, const struct snapshot *snapshot,
                bool validation)
{
    if (format == ROWS_CSV)
        write_csv(out, side, snapshot, validation);
    else
        write_jsonl(out, side, snapshot, validation);
}
