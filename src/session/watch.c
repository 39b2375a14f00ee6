/* See watch.h. Owns which rows belong together. */
#include "session/watch.h"

#include <string.h>
#include <time.h>

/* Seconds for which an input without new rows holds the other one up, at first and at most. */
static const double patience_least = 5, patience_most = 600;
/* Seconds for which the row of a stack with a name waits for that of a second stack beside it: the
 * first row of a run, which both may need a while for, and any other. One that was there before is
 * waited for as long as its file may still be written. */
static const double beside_first = 2, beside_later = 0.25;

/* ---- inputs ----------------------------------------------------------------------------------*/

/* Nothing has come of this run. */
static void forget_run(struct watching *watching)
{
    for (int side = 0; side < SIDES; side++) {
        watch_stack_clear(&watching->stack[side]);
        watching->filled[side] = false;
        watching->last[side] = -1;
        watching->input[side].first = watching->input[side].missed = -1;
        watching->snapshot[side] = NULL;
    }
    watching->newest = watching->held = -1;
}

bool watching_open(struct watching *watching, const char *const path[], int paths,
                   const struct watch_map *map, double now, struct error *error)
{
    *watching = (struct watching){.map = *map};
    for (int i = 0; i < paths; i++) {
        struct watch_input *input = &watching->input[i];
        if (!source_open(&input->source, path[i], error)) {
            watching_close(watching);
            return false;
        }
        watch_reader_open(&input->reader, &watching->map, &watching->names);
        input->start_line = 1;
        input->since = now;
        input->patience = patience_least;
        watching->inputs++;
    }
    forget_run(watching);
    return true;
}

void watching_close(struct watching *watching)
{
    for (int i = 0; i < watching->inputs; i++) {
        source_close(&watching->input[i].source);
        watch_reader_close(&watching->input[i].reader);
        watch_row_close(&watching->input[i].row);
    }
    for (int side = 0; side < SIDES; side++)
        watch_stack_clear(&watching->stack[side]);
    watch_names_close(&watching->names);
    *watching = (struct watching){.inputs = 0};
}

double watching_progress(const struct watching *watching)
{
    double taken = 0, size = 0;
    for (int i = 0; i < watching->inputs; i++) {
        const struct watch_source *source = &watching->input[i].source;
        if (!source->can_seek)
            continue;
        taken += (double)source->offset; /* the rest of a line may wait for its end */
        size += (double)source->size;
    }
    return size > taken ? taken / size : 1;
}

/* Notes that a line is no row, or that its row cannot be taken. */
static void note_bad(struct watching *watching, int i, const struct error *why)
{
    watching->bad[i].count++;
    watching->bad[i].line = watching->input[i].source.line;
    watching->bad[i].last = *why;
}

static void refuse_row(struct watching *watching, int i, const struct error *why)
{
    note_bad(watching, i, why);
    watching->input[i].has_row = false;
}

/* Who counts steps from 0 calls the first one so, which has the number 1 here; a row that is called
 * 1 then is left out. */
static void count_from_one(struct watch_input *input)
{
    input->from_zero = input->row.step == 0 || (input->row.step == 1 && input->from_zero);
    if (input->from_zero && input->row.step == 1)
        input->has_row = false;
    else if (input->from_zero)
        input->row.step = 1;
}

/* Reads on to the next row: WATCHING_STEP when one is there, WATCHING_RUN when another file
 * begins. */
static enum watching_news pull(struct watching *watching, int i, double now)
{
    struct watch_input *input = &watching->input[i];
    while (!input->has_row) {
        struct error error;
        const char *text;
        size_t size;
        bool more;
        switch (source_next(&input->source, &text, &size, &more)) {
        case SOURCE_NOTHING:
            return more ? WATCHING_BUSY : WATCHING_NOTHING;
        case SOURCE_ANEW:
            watch_reader_begin(&input->reader);
            watching->bad[i] = (struct watch_bad){.count = 0};
            input->start = 0;
            input->start_line = 1;
            input->run[0] = input->stack[0] = '\0';
            return WATCHING_RUN;
        case SOURCE_TOO_LONG:
            error_set(&error, "a line of more than %d MB: shorter ones", SOURCE_LINE_MOST >> 20);
            note_bad(watching, i, &error);
            break;
        case SOURCE_LINE:
            switch (watch_read(&input->reader, text, size, &input->row, &error)) {
            case WATCH_NO_ROW:
                break;
            case WATCH_BAD:
                note_bad(watching, i, &error);
                break;
            case WATCH_ROW:
                input->has_row = true;
                input->since = now;
                count_from_one(input);
                break;
            }
            break;
        }
    }
    return WATCHING_STEP;
}

/* ---- runs ------------------------------------------------------------------------------------*/

/* A run begins with the row that input i has. Others are read again from where theirs began, as far
 * as that can be done. */
static enum watching_news begin_run(struct watching *watching, int i, double now)
{
    forget_run(watching);
    watching->begun = true;
    for (int other = 0; other < watching->inputs; other++) {
        struct watch_input *input = &watching->input[other];
        input->since = now;
        if (other == i || !input->source.can_seek || input->source.line == 0)
            continue;
        source_seek(&input->source, input->start, input->start_line);
        input->has_row = false;
    }
    return WATCHING_RUN;
}

/* The newest run of input i begins at the row that it has. */
static enum watching_news begin_run_here(struct watching *watching, int i, double now)
{
    struct watch_input *input = &watching->input[i];
    input->start = input->source.line_start;
    input->start_line = input->source.line;
    memcpy(input->run, input->row.run, sizeof input->run);
    return begin_run(watching, i, now);
}

/* Whether the row belongs to another run than the rows before it, by its name. */
static bool has_other_run(struct watch_input *input)
{
    if (!input->run[0])
        memcpy(input->run, input->row.run, sizeof input->run);
    return input->row.run[0] && strcmp(input->row.run, input->run) != 0;
}

/* Takes the row of input i over as that of a stack. */
static bool take_row(struct watching *watching, int i, enum side side)
{
    struct watch_input *input = &watching->input[i];
    struct error error;
    if (!watch_stack_take(&watching->stack[side], &input->row, &error)) {
        refuse_row(watching, i, &error);
        return false;
    }
    input->has_row = false;
    watching->last[side] = input->row.step;
    watching->filled[side] = true;
    if (input->first < 0)
        input->first = input->row.step;
    return true;
}

/* Hands out the rows that have come of a step. */
static enum watching_news hand_out(struct watching *watching, int64_t step)
{
    for (int side = 0; side < SIDES; side++) {
        watching->snapshot[side] = watching->filled[side] ? watching->stack[side].room : NULL;
        watching->filled[side] = false;
    }
    watching->step = watching->newest = step;
    watching->held = -1;
    return WATCHING_STEP;
}

/* ---- one input -------------------------------------------------------------------------------*/

/* The stack that rows call so: one that was called so before, or else the one of this name, or a
 * free one; SIDES: there are two others. */
static enum side side_of(const struct watching *watching, const char *name)
{
    const struct watch_stack *stack = watching->stack;
    for (int side = 0; side < SIDES; side++)
        if (stack[side].is_there && strcmp(stack[side].name, name) == 0)
            return (enum side)side;
    for (int side = 0; side < SIDES; side++)
        if (!stack[side].is_there && strcmp(stack_names[side], name) == 0)
            return (enum side)side;
    for (int side = 0; side < SIDES; side++)
        if (!stack[side].is_there)
            return (enum side)side;
    return SIDES;
}

/* Whether all rows of the held step have come. A stack with a name may have a second one beside it,
 * in the first step or in any later one. */
static bool is_whole(const struct watching *watching)
{
    const struct watch_stack *stack = watching->stack;
    if (stack[LEFT].is_there && stack[RIGHT].is_there)
        return watching->filled[LEFT] && watching->filled[RIGHT];
    const enum side only = stack[LEFT].is_there ? LEFT : RIGHT;
    return stack[only].name[0] == '\0';
}

/* Whether nothing was written to a source for so many seconds, or nothing more can be. */
static bool is_silent(const struct watch_source *source, double seconds)
{
    return source->is_over ||
           (source->written != 0 && difftime(time(NULL), source->written) > seconds);
}

/* The held step when no row comes behind it: a stack that may be alone has waited long enough, or
 * its file is not written any more. */
static enum watching_news give_up_beside(struct watching *watching, double now)
{
    const struct watch_input *input = &watching->input[0];
    const double patience = watching->newest < 0 ? beside_first : beside_later;
    const bool both = watching->stack[LEFT].is_there && watching->stack[RIGHT].is_there;
    if (watching->held < 0 ||
        ((both || now - input->since < patience) && !is_silent(&input->source, patience_most)))
        return WATCHING_NOTHING;
    return hand_out(watching, watching->held);
}

/* The row is not behind that of its stack before: the run begins anew, or goes back. */
static enum watching_news go_back(struct watching *watching, enum side side, double now)
{
    const int64_t step = watching->input[0].row.step;
    struct error error;
    if (step == watching->last[side]) {
        error_set(&error, "a second row of step %lld: one", (long long)step);
        refuse_row(watching, 0, &error);
        return WATCHING_BUSY;
    }
    if (step <= watching->input[0].first)
        return begin_run_here(watching, 0, now);
    for (int i = 0; i < SIDES; i++) {
        watching->filled[i] = false;
        if (watching->last[i] >= step)
            watching->last[i] = step - 1;
    }
    watching->held = -1;
    watching->step = step;
    watching->newest = step - 1;
    return WATCHING_BACK;
}

/* A row that comes when later ones, or the other stack's of its step, have been handed out. Where
 * it is the first of its stack, it says that there are two from now on. */
static enum watching_news come_behind(struct watching *watching, enum side side)
{
    struct watch_input *input = &watching->input[0];
    const int64_t step = input->row.step, held = watching->held;
    struct error error;
    error_set(&error, "a row of step %lld behind one of step %lld: in the order of steps",
              (long long)step, (long long)(held >= 0 ? held : watching->newest));
    if (!watching->stack[side].is_there && step == watching->newest && take_row(watching, 0, side))
        watching->filled[side] = false; /* it is not shown */
    refuse_row(watching, 0, &error);
    return WATCHING_BUSY;
}

static enum watching_news next_of_one(struct watching *watching, double now)
{
    struct watch_input *input = &watching->input[0];
    struct error error;
    const enum watching_news news = pull(watching, 0, now);
    if (news == WATCHING_NOTHING)
        return give_up_beside(watching, now);
    if (news != WATCHING_STEP)
        return news == WATCHING_RUN ? begin_run(watching, 0, now) : news;
    if (!watching->begun || has_other_run(input))
        return begin_run_here(watching, 0, now);
    const int64_t step = input->row.step, held = watching->held;
    const enum side side = side_of(watching, input->row.stack);
    if (side == SIDES) {
        error_set(&error, "a third stack, '%s': two of them", input->row.stack);
        refuse_row(watching, 0, &error);
        return WATCHING_BUSY;
    }
    if (step <= watching->last[side])
        return go_back(watching, side, now);
    if (held >= 0 && step > held)
        return hand_out(watching, held);
    if (step < held || step <= watching->newest)
        return come_behind(watching, side);
    if (!take_row(watching, 0, side))
        return WATCHING_BUSY;
    watching->held = step;
    return is_whole(watching) ? hand_out(watching, step) : WATCHING_BUSY;
}

/* ---- two inputs ------------------------------------------------------------------------------*/

/* Of an input with two stacks, that of its own side is taken; rows of the other one are passed
 * over. */
static bool is_of_stack(struct watching *watching, int i)
{
    struct watch_input *input = &watching->input[i];
    if (!input->stack[0])
        memcpy(input->stack, input->row.stack, sizeof input->stack);
    return strcmp(input->row.stack, input->stack) == 0;
}

/* The row came when later ones had been shown. From files all is read again, and next time the
 * other one waits longer. */
static enum watching_news come_late(struct watching *watching, int i, double now)
{
    struct watch_input *input = &watching->input[i];
    struct error error;
    if (watching->input[LEFT].source.can_seek && watching->input[RIGHT].source.can_seek) {
        input->patience = input->patience < patience_most / 2 ? 2 * input->patience : patience_most;
        source_seek(&input->source, input->start, input->start_line);
        input->has_row = false;
        return begin_run(watching, i, now);
    }
    error_set(&error, "a row of step %lld came when step %lld was shown: in time",
              (long long)input->row.step, (long long)watching->newest);
    refuse_row(watching, i, &error);
    return WATCHING_BUSY;
}

/* What the row of input i changes before it can be put beside that of the other one;
 * WATCHING_STEP: nothing. */
static enum watching_news look_at_row(struct watching *watching, int i, double now)
{
    struct watch_input *input = &watching->input[i];
    const int64_t step = input->row.step;
    struct error error;
    if (!watching->begun || has_other_run(input))
        return begin_run_here(watching, i, now);
    if (!is_of_stack(watching, i)) {
        if (strcmp(input->row.stack, stack_names[i]) == 0) {
            memcpy(input->stack, input->row.stack, sizeof input->stack);
            return begin_run_here(watching, i, now);
        }
        input->has_row = false;
        return WATCHING_BUSY;
    }
    if (step <= watching->last[i] && step <= input->first && step != watching->last[i])
        return begin_run_here(watching, i, now);
    if (step > watching->last[i] && step <= input->missed)
        return come_late(watching, i, now);
    if (step > watching->last[i])
        return WATCHING_STEP;
    error_set(&error, "a row of step %lld behind one of step %lld: in the order of steps",
              (long long)step, (long long)watching->last[i]);
    refuse_row(watching, i, &error);
    return WATCHING_BUSY;
}

/* Whether an input without rows holds the other one up no longer: nothing was written for a while,
 * or nothing more can be. */
static bool is_given_up(const struct watch_input *input, double now)
{
    return now - input->since > input->patience || is_silent(&input->source, input->patience);
}

static enum watching_news next_of_two(struct watching *watching, double now)
{
    bool busy = false;
    for (int i = 0; i < watching->inputs; i++) {
        enum watching_news news = pull(watching, i, now);
        if (news == WATCHING_RUN)
            return begin_run(watching, i, now);
        if (news == WATCHING_STEP)
            news = look_at_row(watching, i, now);
        if (news == WATCHING_RUN)
            return news;
        busy = busy || news == WATCHING_BUSY;
    }
    if (busy)
        return WATCHING_BUSY;
    const struct watch_input *left = &watching->input[LEFT], *right = &watching->input[RIGHT];
    if (!left->has_row && !right->has_row)
        return WATCHING_NOTHING;
    if ((!left->has_row && !is_given_up(left, now)) ||
        (!right->has_row && !is_given_up(right, now)))
        return WATCHING_NOTHING;
    const int64_t step = !right->has_row || (left->has_row && left->row.step < right->row.step)
                             ? left->row.step
                             : right->row.step;
    bool taken = false;
    for (int i = 0; i < watching->inputs; i++) {
        struct watch_input *input = &watching->input[i];
        if (!input->has_row) {
            input->missed = step;
        } else if (input->row.step == step) {
            watching->last[i] = step; /* also where the row cannot be taken */
            taken = take_row(watching, i, (enum side)i) || taken;
        }
    }
    return taken ? hand_out(watching, step) : WATCHING_BUSY;
}

enum watching_news watching_next(struct watching *watching, double now)
{
    return watching->inputs == 1 ? next_of_one(watching, now) : next_of_two(watching, now);
}
