/* See runs_csv.h. */
#include "export/runs_csv.h"

#include "base/file.h"
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { DIGITS = 9 };

bool runs_csv_is(const char *path)
{
    return file_ends_in(path, ".csv");
}

/* In quotes where it holds what separates fields (RFC 4180). */
static void write_text(FILE *out, const char *text)
{
    fputc(',', out);
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void write_number(FILE *out, double value)
{
    fputc(',', out);
    if (isfinite(value))
        json_number(out, value, DIGITS);
}

static void write_run(FILE *out, const struct runs *runs, const struct run_record *record,
                      const struct setting_row *const column[], int columns)
{
    fprintf(out, "%d,%" PRId64 ",%s", record->number, record->step,
            record == &runs->now ? "true" : "false");
    for (int i = 0; i < columns; i++) {
        char value[2 * SETTING_TEXT];
        run_value(record, column[i], "->", value, sizeof value);
        write_text(out, value);
    }
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct verdict *verdict = &record->verdict[side];
        write_text(out, verdict_table[runs_verdict(runs, record, side)].name);
        write_number(out, verdict->learn_step > 0 ? (double)verdict->learn_step : (double)NAN);
        write_number(out, verdict_loss(verdict));
        write_number(out, record->ratio_least[side]);
    }
    fputc('\n', out);
}

bool runs_csv_write(const char *path, bool force, const struct runs *runs, struct error *error)
{
    const struct setting_row *column[SETTINGS_MAX];
    const int columns = runs_columns(runs, column);
    struct file file;
    if (!file_create(&file, path, force, error))
        return false;
    fputs("run,steps,now", file.stream);
    for (int i = 0; i < columns; i++)
        write_text(file.stream, column[i]->name);
    for (enum side side = LEFT; side < SIDES; side++)
        fprintf(file.stream, ",%s_verdict,%s_learn_step,%s_loss,%s_ratio_min", stack_names[side],
                stack_names[side], stack_names[side], stack_names[side]);
    fputc('\n', file.stream);
    for (int i = 0; i < runs->count; i++)
        write_run(file.stream, runs, runs->record[i], column, columns);
    if (runs->now.number > 0)
        write_run(file.stream, runs, &runs->now, column, columns);
    return file_commit(&file, error);
}
