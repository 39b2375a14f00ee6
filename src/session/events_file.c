/* See events_file.h. Goes through a table of what recognising knows; believes nothing that it
 * reads. */
#include "session/events_file.h"

#include "base/memory.h"
#include "base/names.h"
#include "train/settings.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64, KIND_TEXT = 24, RATES = 3, SHOWN = 40 };

/* What may be in a file. */
static const int64_t total_most = INT64_C(1) << 40;
static const int64_t held_most = INT64_C(1) << 30;

/* What an array of struct event_watch is. */
enum watch_type {
    TYPE_RING,   /* doubles, all finite */
    TYPE_NUMBER, /* a double: finite, or not a number */
    TYPE_STEPS,  /* int64_t, up to the newest step */
    TYPE_BITS,   /* one of a step each, in a uint64_t */
    TYPE_FLAGS,  /* bools, one per kind */
    TYPE_HELD,   /* ints, one per kind, up to the newest step */
    TYPE_TENSORS /* the same, one per tensor of the blocks */
};

static const struct watch_row {
    const char *name;
    size_t offset;
    enum watch_type type;
    int count; /* 0: as the type says */
} watch_rows[] = {
#define WATCH(member) .name = #member, .offset = offsetof(struct event_watch, member)
    {WATCH(said), TYPE_FLAGS, 0},
    {WATCH(held), TYPE_HELD, 0},
    {WATCH(small), TYPE_TENSORS, 0},
    {WATCH(large), TYPE_TENSORS, 0},
    {WATCH(steps), TYPE_STEPS, 1},
    {WATCH(grad_norm), TYPE_RING, EVENT_MEDIAN},
    {WATCH(smooth), TYPE_RING, EVENT_LOSSES},
    {WATCH(first_loss), TYPE_NUMBER, 1},
    {WATCH(valid), TYPE_NUMBER, 1},
    {WATCH(valid_least), TYPE_NUMBER, 1},
    {WATCH(train_then), TYPE_NUMBER, 1},
    {WATCH(clipped), TYPE_BITS, 1},
#undef WATCH
};
enum { WATCH_ROWS = sizeof watch_rows / sizeof watch_rows[0] };
_Static_assert(offsetof(struct event_watch, clipped) + sizeof(uint64_t) ==
                   sizeof(struct event_watch),
               "`clipped` is the last of a watch; another member needs a row above");

static enum safetensors_type type_of(const struct watch_row *row)
{
    switch (row->type) {
    case TYPE_RING:
    case TYPE_NUMBER:
        return SAFETENSORS_F64;
    case TYPE_STEPS:
    case TYPE_BITS:
        return SAFETENSORS_I64;
    case TYPE_FLAGS:
    case TYPE_HELD:
    case TYPE_TENSORS:
        break;
    }
    return SAFETENSORS_I32;
}

/* The numbers of a row, in a file that knows so many kinds. */
static int count_of(const struct watch_row *row, int kinds, int tensors)
{
    if (row->count > 0)
        return row->count;
    return row->type != TYPE_TENSORS ? kinds : tensors < EVENT_TENSORS ? tensors : EVENT_TENSORS;
}

static const char *watch_name(char name[NAME_SIZE], enum side side, const struct watch_row *row)
{
    snprintf(name, NAME_SIZE, "events.watch.%s.%s", stack_names[side], row->name);
    return name;
}

/* ---- writing ---- */

static void *add_array(struct safetensors *set, const char *name, enum safetensors_type type,
                       int count)
{
    void *numbers = memory_new((size_t)count + 1, safetensors_types[type].size);
    safetensors_take(set, name, type, 1, (const int64_t[]){count}, numbers);
    return numbers;
}

/* Rows of characters, all zero. */
static char *add_texts(struct safetensors *set, const char *name, int count, int width)
{
    char *rows = memory_new((size_t)count + 1, (size_t)width);
    safetensors_take(set, name, SAFETENSORS_U8, 2, (const int64_t[]){count, width}, rows);
    return rows;
}

/* "PREFIX.WHAT" */
static const char *list_name(char name[NAME_SIZE], const char *prefix, const char *what)
{
    snprintf(name, NAME_SIZE, "%s.%s", prefix, what);
    return name;
}

void events_write_list(const char *prefix, const struct event *event, int count,
                       struct safetensors *set)
{
    char name[NAME_SIZE];
    int64_t *step = add_array(set, list_name(name, prefix, "step"), SAFETENSORS_I64, count);
    int32_t *side = add_array(set, list_name(name, prefix, "side"), SAFETENSORS_I32, count);
    int32_t *layer = add_array(set, list_name(name, prefix, "layer"), SAFETENSORS_I32, count);
    char *kind = add_texts(set, list_name(name, prefix, "kind"), count, KIND_TEXT);
    char *text = add_texts(set, list_name(name, prefix, "text"), count, EVENT_TEXT);
    for (int i = 0; i < count; i++, event++) {
        step[i] = event->step;
        side[i] = event->side;
        layer[i] = event->layer;
        snprintf(kind + i * KIND_TEXT, KIND_TEXT, "%s", event_table[event->kind].name);
        snprintf(text + i * EVENT_TEXT, EVENT_TEXT, "%s", event->text);
    }
}

static void add_watch(const struct event_watch *watch, enum side side, int tensors,
                      struct safetensors *set)
{
    char name[NAME_SIZE];
    for (int i = 0; i < WATCH_ROWS; i++) {
        const struct watch_row *row = &watch_rows[i];
        const enum safetensors_type type = type_of(row);
        const int count = count_of(row, EVENT_KINDS, tensors);
        const char *from = (const char *)watch + row->offset;
        void *numbers = add_array(set, watch_name(name, side, row), type, count);
        if (row->type != TYPE_FLAGS)
            memcpy(numbers, from, (size_t)count * safetensors_types[type].size);
        for (int k = 0; k < count && row->type == TYPE_FLAGS; k++)
            ((int32_t *)numbers)[k] = ((const bool *)from)[k];
    }
}

void events_write(const struct events *events, const struct history *history,
                  struct safetensors *set)
{
    events_write_list("events", events->event, events->count, set);
    *(int64_t *)add_array(set, "events.total", SAFETENSORS_I64, 1) = events->total;
    int32_t *rate = add_array(set, "events.rate", SAFETENSORS_I32, RATES);
    rate[0] = events->warming;
    rate[1] = events->falling;
    rate[2] = events->fallen;
    char *kind = add_texts(set, "events.watch.kind", EVENT_KINDS, KIND_TEXT);
    for (int i = 0; i < EVENT_KINDS; i++)
        snprintf(kind + i * KIND_TEXT, KIND_TEXT, "%s", event_table[i].name);
    for (enum side side = LEFT; side < SIDES; side++)
        add_watch(&events->watch[side], side, history_last(history, side)->tensors, set);
}

/* ---- reading ---- */

static const void *need(const struct safetensors_file *file, const char *name,
                        enum safetensors_type type, int count, struct error *error)
{
    const struct safetensors_tensor *tensor =
        safetensors_need(file, name, type, 1, (const int64_t[]){count}, error);
    return tensor ? tensor->data : NULL;
}

static const char *need_texts(const struct safetensors_file *file, const char *name, int count,
                              int width, struct error *error)
{
    const struct safetensors_tensor *tensor =
        safetensors_need(file, name, SAFETENSORS_U8, 2, (const int64_t[]){count, width}, error);
    return tensor ? tensor->data : NULL;
}

/* The number of rows of a table that may have up to `most`; more are none. */
static int rows_in(const struct safetensors_file *file, const char *name, int most)
{
    const struct safetensors_tensor *tensor = safetensors_find(file, name);
    return tensor && tensor->dims > 0 && tensor->shape[0] <= (size_t)most ? (int)tensor->shape[0]
                                                                          : 0;
}

/* Does a row of characters end within its width, and is it all printable? */
static bool is_text(const char *row, int width)
{
    char shown[EVENT_TEXT + 5];
    if (!memchr(row, '\0', (size_t)width))
        return false;
    names_printable(shown, sizeof shown, row);
    return strcmp(shown, row) == 0;
}

/* -1 with a reason where the row is the name of no kind. */
static int find_kind(const char *row, struct error *error)
{
    char name[KIND_TEXT + 1], shown[SHOWN];
    if (is_text(row, KIND_TEXT))
        for (int kind = 0; kind < EVENT_KINDS; kind++)
            if (strcmp(event_table[kind].name, row) == 0 ||
                (event_table[kind].was && strcmp(event_table[kind].was, row) == 0))
                return kind;
    snprintf(name, sizeof name, "%.*s", KIND_TEXT, row);
    names_printable(shown, sizeof shown, name);
    error_set(error, "it has events of a kind '%s', which this program does not know", shown);
    return -1;
}

int events_read_list(const char *prefix, struct event event[EVENTS_MAX],
                     const struct safetensors_file *file, int layers, int64_t newest,
                     struct error *error)
{
    char name[5][NAME_SIZE];
    const int count = rows_in(file, list_name(name[0], prefix, "step"), EVENTS_MAX);
    const int64_t *step = need(file, name[0], SAFETENSORS_I64, count, error);
    const int32_t *side =
        step ? need(file, list_name(name[1], prefix, "side"), SAFETENSORS_I32, count, error) : NULL;
    const int32_t *layer =
        side ? need(file, list_name(name[2], prefix, "layer"), SAFETENSORS_I32, count, error)
             : NULL;
    const char *kinds =
        layer ? need_texts(file, list_name(name[3], prefix, "kind"), count, KIND_TEXT, error)
              : NULL;
    const char *texts =
        kinds ? need_texts(file, list_name(name[4], prefix, "text"), count, EVENT_TEXT, error)
              : NULL;
    for (int i = 0; texts && i < count; i++) {
        const char *text = texts + i * EVENT_TEXT;
        const int kind = find_kind(kinds + i * KIND_TEXT, error);
        if (kind < 0)
            return -1;
        /* A change acts on the step behind the newest. */
        if (step[i] < (i > 0 ? step[i - 1] : 0) || step[i] > newest + 1 || side[i] < -1 ||
            side[i] >= SIDES || layer[i] < -1 || layer[i] > layers || !is_text(text, EVENT_TEXT)) {
            error_set(error, "event %d of it cannot be", i + 1);
            return -1;
        }
        event[i] = (struct event){
            .step = step[i], .side = side[i], .layer = layer[i], .kind = (enum event_kind)kind};
        snprintf(event[i].text, sizeof event[i].text, "%s", text);
    }
    return texts ? count : -1;
}

/* Number i of a row, put where it belongs; false for one that cannot be. */
static bool put_number(const struct watch_row *row, const void *numbers, int i, int64_t newest,
                       void *to)
{
    const double *number = numbers;
    const int64_t *wide = numbers;
    const int32_t *whole = numbers;
    switch (row->type) {
    case TYPE_RING:
    case TYPE_NUMBER:
        *(double *)to = number[i];
        return row->type == TYPE_RING ? isfinite(number[i]) : !isinf(number[i]);
    case TYPE_STEPS:
        *(int64_t *)to = wide[i];
        return wide[i] >= 0 && wide[i] <= newest;
    case TYPE_BITS:
        *(uint64_t *)to = (uint64_t)wide[i];
        return wide[i] >= 0 && wide[i] >> event_table[EVENT_CLIPPING].steps == 0;
    case TYPE_FLAGS:
        *(bool *)to = whole[i] != 0;
        return whole[i] == 0 || whole[i] == 1;
    case TYPE_HELD:
    case TYPE_TENSORS:
        *(int *)to = whole[i];
        return whole[i] >= 0 && whole[i] <= newest && whole[i] <= held_most;
    }
    return false;
}

/* What `said` and `held` of a file are about. */
struct kinds {
    int count, kind[EVENT_KINDS];
};

static bool read_kinds(struct kinds *kinds, const struct safetensors_file *file,
                       struct error *error)
{
    kinds->count = rows_in(file, "events.watch.kind", EVENT_KINDS);
    const char *rows = need_texts(file, "events.watch.kind", kinds->count, KIND_TEXT, error);
    if (!rows)
        return false;
    for (int i = 0; i < kinds->count; i++) {
        kinds->kind[i] = find_kind(rows + i * KIND_TEXT, error);
        if (kinds->kind[i] < 0)
            return false;
    }
    return true;
}

/* One row of what recognising knows of a stack. */
static bool read_row(struct event_watch *watch, const struct watch_row *row, const void *numbers,
                     int count, const struct kinds *kinds, int64_t newest)
{
    const bool by_kind = row->type == TYPE_FLAGS || row->type == TYPE_HELD;
    const size_t size =
        row->type == TYPE_FLAGS ? sizeof(bool) : safetensors_types[type_of(row)].size;
    for (int i = 0; i < count; i++) {
        const size_t at = (size_t)(by_kind ? kinds->kind[i] : i);
        if (!put_number(row, numbers, i, newest, (char *)watch + row->offset + at * size))
            return false;
    }
    return true;
}

static bool read_watches(struct events *events, const struct safetensors_file *file,
                         const struct snapshot *const shape[SIDES], int64_t newest,
                         struct error *error)
{
    struct kinds kinds;
    char name[NAME_SIZE];
    if (!read_kinds(&kinds, file, error))
        return false;
    for (enum side side = LEFT; side < SIDES; side++)
        for (int r = 0; r < WATCH_ROWS; r++) {
            const struct watch_row *row = &watch_rows[r];
            const int count = count_of(row, kinds.count, newest > 0 ? shape[side]->tensors : 0);
            const void *numbers =
                need(file, watch_name(name, side, row), type_of(row), count, error);
            if (!numbers)
                return false;
            if (!read_row(&events->watch[side], row, numbers, count, &kinds, newest))
                return error_set(error, "its %s cannot be", name);
        }
    return true;
}

bool events_read(struct events *events, const struct safetensors_file *file,
                 const struct snapshot *const shape[SIDES], int64_t step, struct error *error)
{
    const int layers =
        shape[LEFT]->layers > shape[RIGHT]->layers ? shape[LEFT]->layers : shape[RIGHT]->layers;
    const int count = events_read_list("events", events->event, file, layers, step, error);
    if (count < 0)
        return false;
    events->count = count;
    const int64_t *total = need(file, "events.total", SAFETENSORS_I64, 1, error);
    const int32_t *rate = total ? need(file, "events.rate", SAFETENSORS_I32, RATES, error) : NULL;
    if (!rate)
        return false;
    if (*total < events->count || *total > total_most)
        return error_set(error, "its events.total cannot be");
    for (int i = 0; i < RATES; i++)
        if (rate[i] != 0 && rate[i] != 1)
            return error_set(error, "its events.rate cannot be");
    events->total = *total;
    events->lost =
        events->count == EVENTS_MAX ? events->event[0].step : 0; /* as far as one knows */
    events->warming = rate[0] == 1;
    events->falling = rate[1] == 1;
    events->fallen = rate[2] == 1;
    return read_watches(events, file, shape, step, error);
}
