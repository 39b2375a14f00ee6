/* See runs_file.h. Believes nothing that it reads. */
#include "session/runs_file.h"

#include "base/memory.h"
#include "session/events_file.h"
#include "session/numbers_file.h"
#include "session/tensor_file.h"
#include "train/settings_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 96, ABOUT = 5, VERDICT = 6, RATIO = 2, ENTRIES_MOST = 3000 };

/* Of a quantity at the points of the curves. */
static const char *curve_name(char name[NAME_SIZE], int k, enum side side, int quantity)
{
    snprintf(name, NAME_SIZE, "runs.%d.%s.curves.%s", k, stack_names[side],
             quantity_table[quantity].name);
    return name;
}

static const char *name_of(char name[NAME_SIZE], int k, const char *side, const char *what)
{
    snprintf(name, NAME_SIZE, "runs.%d.%s%s%s", k, side, *side ? "." : "", what);
    return name;
}

/* ---- writing ---- */

/* "STEP\nNAME=VALUE\n...", the file of the text task at the end, whatever is in its name. */
static char *entry_text(const struct settings_entry *entry)
{
    const struct settings initial = settings_default();
    char *text = NULL, value[SETTING_TEXT], usual[SETTING_TEXT];
    size_t size = 0;
    FILE *out = memory_stream_open(&text, &size);
    if (!out)
        die("out of memory for the settings of a run");
    fprintf(out, "%" PRId64 "\n", entry->step);
    for (int strings = 0; strings < 2; strings++)
        for (int i = 0; i < setting_count; i++) {
            const struct setting_row *row = &setting_table[i];
            setting_get(&entry->settings, row, value, sizeof value);
            setting_get(&initial, row, usual, sizeof usual);
            if (row->scope != SCOPE_PROGRAM && (row->kind == SETTING_STRING) == (strings == 1) &&
                strcmp(value, usual) != 0)
                fprintf(out, "%s=%s\n", row->name, value);
        }
    if (!memory_stream_close(out, &text))
        die("out of memory for the settings of a run");
    return text;
}

static void add_log(const struct run_log *log, int k, struct safetensors *set)
{
    char name[NAME_SIZE], what[32], count[16];
    snprintf(count, sizeof count, "%d", log->count);
    safetensors_metadata(set, name_of(name, k, "", "log"), count);
    for (int j = 0; j < log->count; j++) {
        char *text = entry_text(&log->entry[j]);
        snprintf(what, sizeof what, "log.%d", j);
        safetensors_metadata(set, name_of(name, k, "", what), text);
        free(text);
    }
}

static void add_curves(const struct run_record *record, int k, enum side side,
                       struct safetensors *set)
{
    char name[NAME_SIZE];
    for (int q = 0; q < QUANTITIES && record->points > 0; q++)
        if (record->curves[side].value[q])
            numbers_add(set, curve_name(name, k, side, q), record->points,
                        record->curves[side].value[q]);
}

static void add_record(const struct runs *runs, const struct run_record *record, int k,
                       struct safetensors *set)
{
    char name[NAME_SIZE];
    const double about[ABOUT] = {record->number, (double)record->step, (double)record->stride,
                                 record->overlaid, record->number == runs->pinned};
    numbers_add(set, name_of(name, k, "", "about"), ABOUT, about);
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct verdict *v = &record->verdict[side];
        const double verdict[VERDICT] = {
            v->unit,         v->loss.sum,           v->loss.weight,
            (double)v->step, (double)v->learn_step, (double)v->fault_step};
        const double ratio[RATIO] = {record->ratio_least[side], (double)record->ratio_step[side]};
        numbers_add(set, name_of(name, k, stack_names[side], "verdict"), VERDICT, verdict);
        numbers_add(set, name_of(name, k, stack_names[side], "token_loss"), 1, &v->token);
        numbers_add(set, name_of(name, k, stack_names[side], "ratio"), RATIO, ratio);
        add_curves(record, k, side, set);
    }
    add_log(&record->log, k, set);
    events_write_list(name_of(name, k, "", "events"), record->event, record->events, set);
}

/* The oldest that is written: a header has no room for any number of settings. */
static int first_written(const struct runs *runs)
{
    int first = runs->count, entries = runs->now.log.count;
    while (first > 0 && entries + runs->record[first - 1]->log.count + 1 <= ENTRIES_MOST)
        entries += runs->record[--first]->log.count + 1;
    return first;
}

void runs_write(const struct runs *runs, struct safetensors *set)
{
    char count[16];
    if (!runs || runs->now.number == 0)
        return;
    const int first = first_written(runs);
    snprintf(count, sizeof count, "%d", runs->count - first);
    safetensors_metadata(set, "runs", count);
    for (int i = first; i < runs->count; i++)
        add_record(runs, runs->record[i], i - first, set);
    add_record(runs, &runs->now, runs->count - first, set);
}

/* ---- reading ---- */

/* One setting of an entry, up to the end of its line, or, of a string, of the text. */
static bool read_setting(char **text, struct settings *settings, struct error *error)
{
    char *name = *text, *value = strchr(name, '=');
    if (!value)
        return error_set(error, "the settings of one of its runs cannot be read");
    *value++ = '\0';
    const struct setting_row *row = setting_find(name, error);
    const bool string = row && row->kind == SETTING_STRING;
    char *end = string && *value ? value + strlen(value) - 1 : strchr(value, '\n');
    if (row && (!end || *end != '\n'))
        return error_set(error, "the settings of one of its runs do not end");
    if (!row)
        return false;
    *end = '\0';
    *text = end + 1;
    return setting_set(settings, name, value, error);
}

static bool read_entry(const char *from, struct settings_entry *entry, struct error *error)
{
    char *copy = memory_copy_string(from), *text = copy;
    entry->step = strtoll(copy, &text, 10);
    entry->settings = settings_default();
    bool good = *text == '\n' && entry->step >= 1 && entry->step <= numbers_step_most;
    if (!good)
        error_set(error, "the settings of one of its runs have no step");
    else
        text++;
    while (good && *text)
        good = read_setting(&text, &entry->settings, error);
    free(copy);
    return good && settings_check(&entry->settings, error);
}

static bool read_log(struct run_record *record, const struct safetensors_file *file, int k,
                     struct error *error)
{
    char name[NAME_SIZE], what[32];
    int64_t count;
    if (!tensor_file_integer(file, name_of(name, k, "", "log"), 1, ENTRIES_MOST, &count, error))
        return false;
    for (int j = 0; j < count; j++) {
        struct settings_entry entry;
        snprintf(what, sizeof what, "log.%d", j);
        const char *text = safetensors_value(file, name_of(name, k, "", what));
        if (!text)
            return error_set(error, "it has no %s", name);
        if (!read_entry(text, &entry, error))
            return false;
        if (entry.step > record->step + 1 ||
            (j > 0 && entry.step <= record->log.entry[record->log.count - 1].step))
            return error_set(error, "the settings of its run %d are not in order", record->number);
        run_log_add(&record->log, entry.step, &entry.settings);
    }
    return true;
}

/* A quantity that the program did not know which wrote the file is not measured. */
static bool read_curves(struct run_record *record, const struct safetensors_file *file, int k,
                        enum side side, struct error *error)
{
    char name[NAME_SIZE];
    history_open_curves(&record->curves[side], record->points > 0 ? record->points : 1);
    for (int q = 0; q < QUANTITIES; q++) {
        double *value = record->curves[side].value[q];
        const double *column = NULL;
        curve_name(name, k, side, q);
        if (!value || record->points == 0)
            continue;
        if (safetensors_find(file, name) &&
            !(column = numbers_need(file, name, record->points, error)))
            return false;
        for (int i = 0; i < record->points; i++)
            value[i] = column && isfinite(column[i]) ? column[i] : (double)NAN;
    }
    return true;
}

static bool read_stack(struct run_record *record, const struct safetensors_file *file, int k,
                       enum side side, struct error *error)
{
    char name[NAME_SIZE];
    const double step = (double)record->step;
    const double *v =
        numbers_need(file, name_of(name, k, stack_names[side], "verdict"), VERDICT, error);
    const double *ratio =
        v ? numbers_need(file, name_of(name, k, stack_names[side], "ratio"), RATIO, error) : NULL;
    if (!ratio)
        return false;
    for (int i = 3; i < VERDICT; i++)
        if (!numbers_whole(v[i], 0, step))
            return error_set(error, "its %s cannot be", name);
    if (isinf(v[0]) || !isfinite(v[1]) || !(v[2] >= 0) || isinf(v[2]) || isinf(ratio[0]) ||
        !numbers_whole(ratio[1], 0, step))
        return error_set(error, "its %s cannot be", name);
    /* Files of before it was known have none. */
    const bool known = safetensors_find(file, name_of(name, k, stack_names[side], "token_loss"));
    const double *token = known ? numbers_need(file, name, 1, error) : NULL;
    if (known && !token)
        return false;
    record->verdict[side] = (struct verdict){.unit = v[0],
                                             .token = token && *token > 0 ? *token : (double)NAN,
                                             .loss = {.sum = v[1], .weight = v[2]},
                                             .step = (int64_t)v[3],
                                             .learn_step = (int64_t)v[4],
                                             .fault_step = (int64_t)v[5]};
    record->ratio_least[side] = ratio[0];
    record->ratio_step[side] = (int64_t)ratio[1];
    return read_curves(record, file, k, side, error);
}

/* How many points its curves have. */
static int points_of(const struct safetensors_file *file, int k)
{
    char name[NAME_SIZE];
    const struct safetensors_tensor *tensor =
        safetensors_find(file, curve_name(name, k, LEFT, QUANTITY_LOSS));
    return tensor && tensor->count <= RUN_POINTS ? (int)tensor->count : 0;
}

static bool read_events(struct run_record *record, const struct safetensors_file *file, int k,
                        struct error *error)
{
    char name[NAME_SIZE];
    record->event = memory_new(EVENTS_MAX, sizeof *record->event);
    record->events = events_read_list(name_of(name, k, "", "events"), record->event, file,
                                      LAYERS_MAX, record->step, error);
    return record->events >= 0;
}

static bool read_record(struct runs *runs, struct run_record *record,
                        const struct safetensors_file *file, int k, struct error *error)
{
    char name[NAME_SIZE];
    const double *about = numbers_need(file, name_of(name, k, "", "about"), ABOUT, error);
    if (!about)
        return false;
    if (!numbers_whole(about[0], 1, 1e9) || !numbers_whole(about[1], 0, 1e12) ||
        !numbers_whole(about[2], 0, 1e12) || !numbers_whole(about[3], 0, 1) ||
        !numbers_whole(about[4], 0, 1))
        return error_set(error, "its %s cannot be", name);
    record->number = (int)about[0];
    record->step = (int64_t)about[1];
    record->stride = (int64_t)about[2];
    record->overlaid = about[3] == 1;
    record->saved = true;
    record->points = record->stride > 0 ? points_of(file, k) : 0;
    if (runs_at(runs, record->number))
        return error_set(error, "it has two runs %d", record->number);
    if (about[4] == 1)
        runs->pinned = record->number;
    for (enum side side = LEFT; side < SIDES; side++)
        if (!read_stack(record, file, k, side, error))
            return false;
    return read_log(record, file, k, error) && read_events(record, file, k, error);
}

bool runs_read(struct runs *runs, const struct safetensors_file *file, int64_t step,
               struct error *error)
{
    int64_t count;
    if (!safetensors_value(file, "runs"))
        return true;
    if (!tensor_file_integer(file, "runs", 0, RUNS_MAX, &count, error))
        return false;
    for (int k = 0; k <= count; k++) {
        struct run_record *record = memory_new(1, sizeof *record);
        const bool good = read_record(runs, record, file, k, error);
        if (good && k < count) {
            runs->record[runs->count++] = record;
            runs->numbers = record->number > runs->numbers ? record->number : runs->numbers;
            continue;
        }
        if (good) {
            runs->now = *record;
            runs->numbers = record->number > runs->numbers ? record->number : runs->numbers;
        } else {
            run_record_close(record);
        }
        free(record);
        if (!good)
            return false;
    }
    return runs->now.step == step ||
           error_set(error, "its run under way is at step %" PRId64 ", its weights at %" PRId64,
                     runs->now.step, step);
}
