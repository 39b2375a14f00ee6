/* See runs.h. Owns the records and what belongs to them. */
#include "session/runs.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

void run_log_add(struct run_log *log, int64_t step, const struct settings *settings)
{
    while (log->count > 0 && log->entry[log->count - 1].step >= step)
        log->count--;
    if (log->count == log->room) {
        log->room = log->room > 0 ? 2 * log->room : 4;
        log->entry = memory_resize(log->entry, (size_t)log->room, sizeof *log->entry);
    }
    log->entry[log->count++] = (struct settings_entry){step, *settings};
}

struct run_log run_log_copy(const struct run_log *log)
{
    struct run_log copy = {0};
    for (int i = 0; i < log->count; i++)
        run_log_add(&copy, log->entry[i].step, &log->entry[i].settings);
    return copy;
}

void run_rest_free(struct run_rest *rest)
{
    if (!rest)
        return;
    pair_state_free(rest->state);
    history_close(&rest->history);
    free(rest);
}

void run_record_close(struct run_record *record)
{
    free(record->log.entry);
    free(record->event);
    for (int side = 0; side < SIDES; side++)
        history_close_curves(&record->curves[side]);
    run_rest_free(record->rest);
    *record = (struct run_record){0};
}

static size_t rest_bytes(const struct run_rest *rest)
{
    return rest ? sizeof *rest + history_bytes(&rest->history) +
                      (rest->state ? rest->state->bytes : 0)
                : 0;
}

static size_t record_bytes(const struct run_record *record)
{
    return sizeof *record + (size_t)record->log.room * sizeof *record->log.entry +
           (size_t)record->events * sizeof *record->event +
           (size_t)record->points * history_point_bytes() + rest_bytes(record->rest);
}

const struct settings *run_first(const struct run_record *record)
{
    return &record->log.entry[0].settings;
}

const struct settings *run_last(const struct run_record *record)
{
    return &record->log.entry[record->log.count - 1].settings;
}

bool run_can_be_redone(const struct run_record *record)
{
    return record->log.count > 0 && record->log.entry[0].step == 1;
}

/* ---- memory ---- */

void runs_open(struct runs *runs)
{
    *runs = (struct runs){.limit = HISTORY_BYTES};
}

static void drop(struct runs *runs, int at)
{
    run_record_close(runs->record[at]);
    free(runs->record[at]);
    runs->count--;
    memmove(&runs->record[at], &runs->record[at + 1],
            (size_t)(runs->count - at) * sizeof runs->record[0]);
}

void runs_close(struct runs *runs)
{
    while (runs->count > 0)
        drop(runs, runs->count - 1);
    run_record_close(&runs->now);
}

size_t runs_bytes(const struct runs *runs)
{
    size_t bytes = 0;
    for (int i = 0; i < runs->count; i++)
        bytes += record_bytes(runs->record[i]);
    return bytes;
}

/* The oldest record that is not pinned, with a rest or without one; -1: there is none. */
static int oldest(const struct runs *runs, bool with_rest)
{
    for (int i = 0; i < runs->count; i++)
        if (runs->record[i]->number != runs->pinned && runs->record[i]->number != runs->held &&
            (!with_rest || runs->record[i]->rest))
            return i;
    return -1;
}

/* First the oldest runs lose what it takes to go on with them, and then they go. */
static struct runs_dropped make_room(struct runs *runs)
{
    struct runs_dropped dropped = {0};
    int at;
    while (runs_bytes(runs) > runs->limit && (at = oldest(runs, true)) >= 0) {
        run_rest_free(runs->record[at]->rest);
        runs->record[at]->rest = NULL;
        dropped.rests++;
        dropped.rest = runs->record[at]->number;
    }
    while ((runs_bytes(runs) > runs->limit || runs->count == RUNS_MAX) &&
           (at = oldest(runs, false)) >= 0) {
        dropped.records++;
        dropped.record = runs->record[at]->number;
        drop(runs, at);
    }
    return dropped;
}

struct runs_dropped runs_limit(struct runs *runs, size_t bytes)
{
    runs->limit = bytes;
    return make_room(runs);
}

/* ---- the run under way ---- */

void runs_begin(struct runs *runs, const struct settings *settings, const char *name,
                double without_context, double current_token)
{
    struct run_record *now = &runs->now;
    const int again = name[0] && now->step == 0 ? now->number : 0;
    run_record_close(now);
    now->number = again > 0 ? again : ++runs->numbers;
    snprintf(now->name, sizeof now->name, "%s", name);
    run_log_add(&now->log, 1, settings);
    now->by_first = !(without_context > 0);
    for (int side = 0; side < SIDES; side++) {
        now->verdict[side] = verdict_open(without_context, current_token);
        now->ratio_least[side] = (double)NAN;
    }
}

void runs_change(struct runs *runs, int64_t step, const struct settings *settings)
{
    runs->now.saved = false;
    run_log_add(&runs->now.log, step, settings);
}

static void note_ratio(struct run_record *now, int side, double ratio, int64_t step)
{
    if (isfinite(ratio) && !(ratio >= now->ratio_least[side])) {
        now->ratio_least[side] = ratio;
        now->ratio_step[side] = step;
    }
}

void runs_step(struct runs *runs, const struct snapshot *left, const struct snapshot *right)
{
    const struct snapshot *const snapshot[SIDES] = {left, right};
    struct run_record *now = &runs->now;
    now->step = left->step > 0 ? left->step : right->step;
    now->saved = false;
    for (int side = 0; side < SIDES; side++) {
        if (snapshot[side]->step == 0) /* it was not measured */
            continue;
        verdict_feed(&now->verdict[side], now->step, snapshot_scalar(snapshot[side], QUANTITY_LOSS),
                     snapshot[side]->finite);
        note_ratio(now, side, snapshot_scalar(snapshot[side], QUANTITY_RATIO), now->step);
        now->doubtful[side] = now->by_first && runs_doubtful((double)NAN, snapshot[side]);
    }
}

/* From the points that the history has kept. */
static void find_ratios(struct run_record *now, const struct history *history)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        now->ratio_least[side] = (double)NAN;
        for (int i = 0; i < history->count; i++)
            note_ratio(now, (int)side, history_value(history, side, QUANTITY_RATIO, i),
                       history_step(history, i));
    }
}

/* A verdict smooths as the history does: what that has gone back to is the verdict's as well. */
static void rewind_verdict(struct verdict *verdict, int64_t step, const struct history *history,
                           enum side side)
{
    verdict->step = step;
    verdict->loss = history->sums[side].loss;
    if (verdict->learn_step > step)
        verdict->learn_step = 0;
    if (verdict->fault_step > step)
        verdict->fault_step = 0;
}

void runs_branch(struct runs *runs, int64_t step, const struct settings *settings,
                 const struct history *history)
{
    struct run_record *now = &runs->now;
    bool again = false;
    now->number = ++runs->numbers;
    now->step = step;
    now->saved = false;
    run_log_add(&now->log, step + 1, settings);
    for (enum side side = LEFT; side < SIDES; side++) {
        rewind_verdict(&now->verdict[side], step, history, side);
        again = again || now->ratio_step[side] > step;
    }
    if (again)
        find_ratios(now, history);
}

void runs_follow(struct runs *runs, const struct settings *settings, double without_context,
                 double current_token, const struct history *history)
{
    struct run_record *now = &runs->now;
    runs_begin(runs, settings, "", without_context, current_token);
    now->step = history_newest(history);
    now->log.entry[0].step = now->step + 1; /* what it began with is not known */
    for (enum side side = LEFT; side < SIDES; side++) {
        for (int i = 0; i < history->count; i++) {
            const double loss = history_value(history, side, QUANTITY_LOSS, i);
            verdict_feed(&now->verdict[side], history_step(history, i), loss, isfinite(loss));
        }
        now->verdict[side].step = now->step;
        now->verdict[side].loss = history->sums[side].loss;
        now->verdict[side].fault_step = history_last(history, side)->fault.step;
    }
    find_ratios(now, history);
}

/* Every so many'th point, so that there are few. */
static void thin_curves(struct run_record *record, const struct history *history)
{
    const int every = (history->count + RUN_POINTS - 1) / RUN_POINTS;
    record->stride = history->stride * (every > 0 ? every : 1);
    record->points = every > 0 ? history->count / every : 0;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct history_curves *curves = &record->curves[side];
        history_open_curves(curves, record->points > 0 ? record->points : 1);
        for (int q = 0; q < QUANTITIES; q++)
            for (int i = 0; curves->value[q] && i < record->points; i++)
                curves->value[q][i] = history->curves[side].value[q][(i + 1) * every - 1];
        if (history->moments.gaps && record->points > 0)
            history_open_steps(curves, record->points);
        for (int i = 0; curves->step && i < record->points; i++)
            curves->step[i] = history->curves[side].step[(i + 1) * every - 1];
    }
}

int runs_keep(struct runs *runs, const struct history *history, const struct events *events,
              struct run_rest *rest, struct runs_dropped *dropped)
{
    const struct run_record *now = &runs->now;
    *dropped = (struct runs_dropped){0};
    if (now->step == 0) {
        run_rest_free(rest);
        return 0;
    }
    struct run_record *record = memory_new(1, sizeof *record);
    *record = *now;
    record->log = run_log_copy(&now->log);
    thin_curves(record, history);
    record->events = events->count;
    record->event = memory_new((size_t)events->count + 1, sizeof *record->event);
    memcpy(record->event, events->event, (size_t)events->count * sizeof *record->event);
    record->rest = rest;
    if (runs->count == RUNS_MAX) /* all pinned but one cannot be */
        *dropped = make_room(runs);
    runs->record[runs->count++] = record;
    const struct runs_dropped more = make_room(runs);
    dropped->rests += more.rests;
    dropped->rest = more.rests > 0 ? more.rest : dropped->rest;
    dropped->records += more.records;
    dropped->record = more.records > 0 ? more.record : dropped->record;
    return now->number;
}

/* ---- the records ---- */

static int find(const struct runs *runs, int number)
{
    int at = runs->count - 1;
    while (at >= 0 && runs->record[at]->number != number)
        at--;
    return at;
}

struct run_record *runs_find(struct runs *runs, int number)
{
    const int at = find(runs, number);
    return at >= 0                                    ? runs->record[at]
           : number > 0 && number == runs->now.number ? &runs->now
                                                      : NULL;
}

const struct run_record *runs_at(const struct runs *runs, int number)
{
    const int at = find(runs, number);
    return at >= 0                                    ? runs->record[at]
           : number > 0 && number == runs->now.number ? &runs->now
                                                      : NULL;
}

/* What only a run that has ended has. */
static void forget_end(struct run_record *record)
{
    free(record->event);
    record->event = NULL;
    record->events = record->points = 0;
    for (int side = 0; side < SIDES; side++) {
        history_close_curves(&record->curves[side]);
    }
}

struct run_rest *runs_take(struct runs *runs, int number)
{
    const int at = find(runs, number);
    if (at < 0 || !runs->record[at]->rest)
        return NULL;
    struct run_record *record = runs->record[at];
    struct run_rest *rest = record->rest;
    record->rest = NULL;
    forget_end(record);
    run_record_close(&runs->now);
    runs->now = *record;
    runs->now.overlaid = false;
    *record = (struct run_record){0};
    drop(runs, at);
    if (runs->pinned == number)
        runs->pinned = 0;
    return rest;
}

void runs_remove(struct runs *runs, int number)
{
    const int at = find(runs, number);
    if (at >= 0)
        drop(runs, at);
    if (runs->pinned == number)
        runs->pinned = 0;
}

void runs_replace(struct runs *runs, int number)
{
    runs_remove(runs, number);
    runs->now.number = number;
}

void runs_rewind(struct runs *runs, int number)
{
    for (int at = runs->count - 1; at >= 0; at--)
        if (runs->record[at]->number >= number)
            runs_remove(runs, runs->record[at]->number);
    run_record_close(&runs->now);
    runs->numbers = number - 1;
}

bool runs_overlay(struct runs *runs, int number)
{
    struct run_record *record = runs_find(runs, number);
    int others = 0, first = -1;
    if (!record || record == &runs->now)
        return false;
    record->overlaid = !record->overlaid;
    for (int i = 0; i < runs->count; i++)
        if (runs->record[i]->overlaid && runs->record[i] != record) {
            first = first < 0 ? i : first;
            others++;
        }
    if (record->overlaid && others == RUNS_OVERLAID)
        runs->record[first]->overlaid = false;
    return record->overlaid;
}

int runs_overlaid(const struct runs *runs, const struct run_record *out[RUNS_SHOWN])
{
    int count = 0;
    for (int i = runs->count - 1; i >= 0 && count < RUNS_SHOWN; i--) {
        const struct run_record *record = runs->record[i];
        const bool before = i == runs->count - 1 && runs->now.number > 0 &&
                            run_last(record)->task == run_last(&runs->now)->task;
        if (before || record->overlaid || record->number == runs->pinned)
            out[count++] = record;
    }
    return count;
}

/* A preset is what it brings along, and the file of the text task is one only of that. */
static bool has_column(const struct runs *runs, const struct setting_row *row)
{
    bool text = run_first(&runs->now)->task == TASK_TEXT;
    for (int i = 0; i < runs->count; i++)
        text = text || run_first(runs->record[i])->task == TASK_TEXT;
    return row->scope != SCOPE_PROGRAM && row->choices != &preset_names &&
           (row->kind != SETTING_STRING || text);
}

int runs_columns(const struct runs *runs, const struct setting_row *out[SETTINGS_MAX])
{
    int count = 0;
    for (int i = 0; i < setting_count && runs->now.number > 0; i++) {
        char now[SETTING_TEXT], then[SETTING_TEXT];
        bool differs = false;
        if (!has_column(runs, &setting_table[i]))
            continue;
        setting_get(run_first(&runs->now), &setting_table[i], now, sizeof now);
        setting_get(run_last(&runs->now), &setting_table[i], then, sizeof then);
        differs = strcmp(now, then) != 0;
        for (int r = 0; r < runs->count && !differs; r++) {
            setting_get(run_first(runs->record[r]), &setting_table[i], then, sizeof then);
            differs = strcmp(now, then) != 0;
            setting_get(run_last(runs->record[r]), &setting_table[i], then, sizeof then);
            differs = differs || strcmp(now, then) != 0;
        }
        if (differs)
            out[count++] = &setting_table[i];
    }
    return count;
}

void run_value(const struct run_record *record, const struct setting_row *row, const char *arrow,
               char *out, size_t size)
{
    char first[SETTING_TEXT], last[SETTING_TEXT];
    setting_get(run_first(record), row, first, sizeof first);
    setting_get(run_last(record), row, last, sizeof last);
    snprintf(out, size, "%s%s%s", first, strcmp(first, last) != 0 ? arrow : "",
             strcmp(first, last) != 0 ? last : "");
}

/* What a setting of a run is called beside the run under way: what it began with where the other
 * began with something else, and otherwise also what became of it. "" where they are the same. */
static void different_value(const struct run_record *now, const struct run_record *record,
                            const struct setting_row *row, char out[RUN_VALUE])
{
    char other[SETTING_TEXT], its[SETTING_TEXT];
    setting_get(run_first(now), row, other, sizeof other);
    setting_get(run_first(record), row, its, sizeof its);
    if (strcmp(other, its) == 0) {
        run_value(now, row, "→", other, sizeof other);
        run_value(record, row, "→", its, sizeof its);
    }
    snprintf(out, RUN_VALUE, "%.*s", RUN_VALUE - 1, strcmp(other, its) != 0 ? its : "");
}

void runs_difference(const struct runs *runs, const struct run_record *record,
                     char out[RUN_DIFFERENCE])
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < setting_count && used < RUN_DIFFERENCE - 1; i++) {
        const struct setting_row *row = &setting_table[i];
        char value[RUN_VALUE] = "";
        if (has_column(runs, row))
            different_value(&runs->now, record, row, value);
        if (value[0])
            used += (size_t)snprintf(out + used, RUN_DIFFERENCE - used, "%s%s %s", used ? ", " : "",
                                     row->name, value);
    }
    if (!out[0] && record->name[0])
        snprintf(out, RUN_DIFFERENCE, "%s", record->name);
    else if (!out[0])
        snprintf(out, RUN_DIFFERENCE, "run %d", record->number);
}

enum verdict_kind runs_verdict(const struct runs *runs, const struct run_record *record,
                               enum side side)
{
    const int64_t of_others = record->warmup[side];
    const enum verdict_kind kind =
        record == &runs->now
            ? verdict_now(&record->verdict[side],
                          of_others > 0 ? of_others : settings_warmup(run_last(record)))
            : verdict_at_end(&record->verdict[side]);
    return kind == VERDICT_LEARNS && record->doubtful[side] ? VERDICT_NONE : kind;
}

bool runs_doubtful(double without_context, const struct snapshot *snapshot)
{
    return !(without_context > 0) &&
           snapshot_scalar(snapshot, QUANTITY_RATIO) < event_table[EVENT_VANISHED].limit;
}

void runs_join(struct runs *runs, struct runs *from)
{
    const int behind = runs->count > 0 ? runs->numbers : 0;
    run_record_close(&runs->now);
    runs->now = from->now;
    runs->now.number += behind;
    from->now = (struct run_record){0};
    for (int i = 0; i < from->count; i++) {
        if (runs->count == RUNS_MAX)
            make_room(runs);
        from->record[i]->number += behind;
        runs->record[runs->count++] = from->record[i];
    }
    if (from->pinned > 0)
        runs->pinned = from->pinned + behind;
    runs->numbers = behind + from->numbers;
    from->count = from->numbers = from->pinned = 0;
}

/* ---- what is in a file ---- */

int runs_unsaved(const struct runs *runs)
{
    int count = runs->now.step > RUN_LONG && !runs->now.saved;
    for (int i = 0; i < runs->count; i++)
        count += runs->record[i]->step > RUN_LONG && !runs->record[i]->saved;
    return count;
}

void runs_note_saved(struct runs *runs)
{
    runs->now.saved = true;
    for (int i = 0; i < runs->count; i++)
        runs->record[i]->saved = true;
}
