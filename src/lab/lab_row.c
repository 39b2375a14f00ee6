/* See lab_row.h. */
#include "lab/lab_row.h"

#include "base/json.h"
#include "base/json_read.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 9, KEY = 16 };

static const char *placement_of(const struct grid *grid, int trial)
{
    const struct settings settings = grid_settings(grid, trial);
    return names_at(&placement_names, (int)settings.stack[grid_place(grid, trial).side].placement);
}

static void write_number(FILE *out, const char *key, double value)
{
    fprintf(out, ",\"%s\":", key);
    json_number(out, value, DIGITS);
}

static void write_row(const struct grid *grid, int trial, const struct lab_row *row, FILE *out)
{
    const struct grid_place place = grid_place(grid, trial);
    fprintf(out, "{\"index\":%d,\"grid\":{", place.run);
    for (int i = 0; i < grid->axes; i++) {
        fputs(i ? "," : "", out);
        json_string(out, grid->axis[i].name);
        fputc(':', out);
        grid_write_value(&grid->axis[i], place.value[i], out);
    }
    fprintf(out, "},\"seed\":%" PRId64 ",\"stack\":\"%s\",\"placement\":\"%s\",\"steps\":%" PRId64,
            place.seed, stack_names[place.side], placement_of(grid, trial), row->steps);
    write_number(out, "loss", row->loss);
    write_number(out, "loss_part", row->loss_part);
    fprintf(out, ",\"verdict\":\"%s\"", verdict_table[row->verdict].name);
    if (row->learn_step > 0)
        fprintf(out, ",\"learn_step\":%" PRId64, row->learn_step);
    else
        fputs(",\"learn_step\":null", out);
    write_number(out, "ratio_min", row->ratio_min);
    write_number(out, "ratio", row->ratio);
    fprintf(out, ",\"finite\":%s}\n", row->finite ? "true" : "false");
}

char *lab_row_text(const struct grid *grid, int trial, const struct lab_row *row, size_t *size)
{
    char *text = NULL;
    size_t length;
    FILE *out = memory_stream_open(&text, &length);
    if (!out)
        die("out of memory for a row of a lab");
    write_row(grid, trial, row, out);
    if (!memory_stream_close(out, &text))
        die("out of memory for a row of a lab");
    if (size)
        *size = length;
    return text;
}

/* ---- reading ---------------------------------------------------------------------------------*/

static bool read_name(struct json_reader *reader, char out[KEY])
{
    return json_read_string(reader, out, KEY);
}

static enum side side_named(const char *name)
{
    for (enum side side = LEFT; side < SIDES; side++)
        if (strcmp(stack_names[side], name) == 0)
            return side;
    return SIDES;
}

static enum verdict_kind verdict_named(const char *name)
{
    for (int i = 0; i < VERDICTS; i++)
        if (strcmp(verdict_table[i].name, name) == 0)
            return (enum verdict_kind)i;
    return VERDICT_NONE;
}

/* What a line says of itself. */
struct line {
    int64_t index;
    char stack[KEY], verdict[KEY];
    struct lab_row row;
};

static void read_member(struct json_reader *reader, const char *key, struct line *line)
{
    struct lab_row *row = &line->row;
    double step;
    if (strcmp(key, "index") == 0)
        json_read_integer(reader, &line->index);
    else if (strcmp(key, "stack") == 0)
        read_name(reader, line->stack);
    else if (strcmp(key, "steps") == 0)
        json_read_integer(reader, &row->steps);
    else if (strcmp(key, "loss") == 0)
        json_read_number(reader, &row->loss);
    else if (strcmp(key, "loss_part") == 0)
        json_read_number(reader, &row->loss_part);
    else if (strcmp(key, "verdict") == 0)
        read_name(reader, line->verdict);
    else if (strcmp(key, "learn_step") == 0 && json_read_number(reader, &step))
        row->learn_step = step >= 1 && step < 1e15 ? (int64_t)step : 0;
    else if (strcmp(key, "ratio_min") == 0)
        json_read_number(reader, &row->ratio_min);
    else if (strcmp(key, "ratio") == 0)
        json_read_number(reader, &row->ratio);
    else if (strcmp(key, "finite") == 0)
        json_read_boolean(reader, &row->finite);
    else
        json_read_skip(reader); /* it follows from the rest, and is compared */
}

bool lab_row_read(const struct grid *grid, const char *text, size_t size, int *trial,
                  struct lab_row *row, struct error *error)
{
    struct line line = {.index = -1};
    struct json_reader reader;
    char key[KEY];
    json_read_open(&reader, text, size);
    json_read_object(&reader);
    while (json_read_key(&reader, key, sizeof key))
        read_member(&reader, key, &line);
    if (!json_read_close(&reader, error))
        return false;
    const enum side side = side_named(line.stack);
    const bool has_place = line.index >= 0 && line.index < GRID_TRIALS && side < SIDES;
    *trial = has_place ? grid_trial(grid, (int)line.index, side) : -1;
    if (*trial < 0)
        return error_set(error, "it is no row of the grid: index and stack of one");
    line.row.verdict = verdict_named(line.verdict);
    line.row.done = true;
    size_t length;
    char *written = lab_row_text(grid, *trial, &line.row, &length);
    const bool same = length == size + 1 && memcmp(written, text, size) == 0;
    free(written);
    if (!same)
        return error_set(error, "it is not as this program writes it: the row as it was written");
    *row = line.row;
    return true;
}

/* ---- CSV -------------------------------------------------------------------------------------*/

void lab_row_csv_header(const struct grid *grid, FILE *out)
{
    fputs("index,", out);
    for (int i = 0; i < grid->axes; i++)
        fprintf(out, "%s,", grid->axis[i].name);
    fputs("seed,stack,placement,steps,loss,loss_part,verdict,learn_step,ratio_min,ratio,finite\n",
          out);
}

static void csv_number(FILE *out, double value)
{
    if (isfinite(value))
        json_number(out, value, DIGITS);
    fputc(',', out);
}

/* Quoted where it has to be (RFC 4180). */
static void csv_text(FILE *out, const char *text)
{
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    fputs(quoted ? "\"" : "", out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputs(quoted ? "\"," : ",", out);
}

void lab_row_csv(const struct grid *grid, int trial, const struct lab_row *row, FILE *out)
{
    const struct grid_place place = grid_place(grid, trial);
    fprintf(out, "%d,", place.run);
    for (int i = 0; i < grid->axes; i++)
        csv_text(out, grid->axis[i].value[place.value[i]]);
    fprintf(out, "%" PRId64 ",%s,%s,%" PRId64 ",", place.seed, stack_names[place.side],
            placement_of(grid, trial), row->steps);
    csv_number(out, row->loss);
    csv_number(out, row->loss_part);
    fprintf(out, "%s,", verdict_table[row->verdict].name);
    if (row->learn_step > 0)
        fprintf(out, "%" PRId64, row->learn_step);
    fputc(',', out);
    csv_number(out, row->ratio_min);
    csv_number(out, row->ratio);
    fprintf(out, "%s\n", row->finite ? "true" : "false");
}
