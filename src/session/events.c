/* See events.h. Owns the table of the kinds, and recognises them; the list and its words are in
 * event_list.c. Must not know how an event is drawn. */
#include "session/events.h"

#include "session/event_list.h"
#include "train/schedule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE ((double)NAN)

const struct event_row event_table[EVENT_KINDS] = {
    [EVENT_WEAK] = {.name = "weak",
                    .tone = TONE_WARN,
                    .limit = 0.1,
                    .again = 0.3,
                    .sentence = "weak: gradient at x_0 below {limit} of x_{last}",
                    .help = "the ratio x_0/x_L is below {limit}, but not vanished; again after "
                            "it was above {again}"},
    [EVENT_VANISHED] = {.name = "vanished",
                        .tone = TONE_BAD,
                        .rank = RANK_STORY,
                        .limit = 1e-3,
                        .again = 1e-2,
                        .sentence = "vanished: gradient at x_0 below {limit} of x_{last}",
                        .help = "the ratio x_0/x_L is below {limit}; again after it was above "
                                "{again}"},
    [EVENT_VANISHED_INSIDE] = {.name = "vanished-inside",
                               .tone = TONE_BAD,
                               .rank = RANK_STORY,
                               .limit = 1e-3,
                               .again = NONE,
                               .sentence = "vanished: gradient below {limit} of x_{last}, first "
                                           "at x_{layer}",
                               .help = "the stream gradient of a layer is below {limit} of that at "
                                       "x_L before that of x_0 is; once until it has recovered"},
    [EVENT_VANISHED_HALF] = {.name = "vanished-below",
                             .was = "half-vanished",
                             .tone = TONE_BAD,
                             .rank = RANK_STORY,
                             .limit = 1e-3,
                             .again = NONE,
                             .sentence = "vanished: x_0 to x_{layer} (lower half) below {limit} "
                                         "of x_{last}",
                             .help = "the stream gradients of the lower half, from x_0 to the one "
                                     "in the middle, are all below {limit} of that at x_L; once "
                                     "until x_0 has recovered"},
    [EVENT_EXPLODED] = {.name = "exploded",
                        .tone = TONE_BAD,
                        .rank = RANK_STORY,
                        .limit = 1e3,
                        .again = 1e2,
                        .sentence = "exploded: gradient at x_0 above {limit} times x_{last}",
                        .help = "the ratio x_0/x_L is above {limit}; again after it was below "
                                "{again}"},
    [EVENT_RECOVERED] = {.name = "recovered",
                         .tone = TONE_GOOD,
                         .rank = RANK_STORY,
                         .limit = NONE,
                         .again = NONE,
                         .steps = 10,
                         .sentence = "recovered: gradient at x_0 back {text} x_{last}",
                         .help = "after it was weak, vanished or exploded: for {steps} steps the "
                                 "ratio x_0/x_L is on the good side of what is said there"},
    [EVENT_JUMP] = {.name = "gradient-jump",
                    .tone = TONE_WARN,
                    .limit = 10,
                    .again = 3,
                    .steps = EVENT_MEDIAN,
                    .sentence = "gradient norm jumped to {value} times its median",
                    .help = "the L2 norm of the whole gradient is above {limit} times its median "
                            "over the {steps} steps before; again after it was below {again} "
                            "times"},
    [EVENT_CLIPPING] = {.name = "clipping",
                        .tone = TONE_WARN,
                        .limit = 0.5,
                        .again = 0.1,
                        .steps = 50,
                        .sentence = "gradient clipped in more than {limit%} of the last {steps} "
                                    "steps",
                        .help = "clipping scaled the gradient down in more than {limit%} of the "
                                "last {steps} steps; again after it was less than {again%}"},
    [EVENT_DIVERGED] = {.name = "diverged",
                        .tone = TONE_BAD,
                        .rank = RANK_STORY,
                        .limit = NONE,
                        .again = NONE,
                        .sentence = "diverged: not finite from here on, first in {text}",
                        .help = "a number is not finite: the first place, in the order of "
                                "computation; the stack computes no more"},
    [EVENT_LEARNING] = {.name = "learning",
                        .tone = TONE_GOOD,
                        .rank = RANK_STORY,
                        .limit = 0.03,
                        .again = 0.03,
                        .sentence = "begins to learn: loss below {text}, {value}",
                        .help = "the smoothed loss is more than {limit%} below no context, and, "
                                "where the token at hand tells something, below what it tells "
                                "alone; again after it was more than {again%} above no context"},
    [EVENT_UNLEARNED] = {.name = "unlearned",
                         .tone = TONE_WARN,
                         .rank = RANK_STORY,
                         .limit = 0.03,
                         .again = NONE,
                         .sentence = "unlearned: loss above no context again, {value}",
                         .help = "after learning: the smoothed loss is more than {limit%} above no "
                                 "context"},
    [EVENT_NO_CONTEXT] = {.name = "no-context",
                          .tone = TONE_WARN,
                          .rank = RANK_STORY,
                          .limit = 0.03,
                          .again = 0.03,
                          .steps = 50,
                          .sentence = "stuck at the loss without context for {steps} steps",
                          .help = "the smoothed loss is within {limit%} of no context for {steps} "
                                  "steps; again after it was below that"},
    [EVENT_RACE] = {.name = "race",
                    .tone = TONE_GOOD,
                    .rank = RANK_CHANGE,
                    .limit = 0.5,
                    .again = NONE,
                    .sentence = "first below {value} of the loss without context: {from}",
                    .help = "the smoothed loss of a stack comes below half of the loss without "
                            "context, a quarter, and so on, before that of the other stack does"},
    [EVENT_FOLLOWED] = {.name = "followed",
                        .tone = TONE_GOOD,
                        .rank = RANK_CHANGE,
                        .limit = NONE,
                        .again = NONE,
                        .sentence = "below {value} of the loss without context, {count} steps "
                                    "later",
                        .help = "the other stack comes below the same part of the loss without "
                                "context, so many steps after the first"},
    [EVENT_SPIKE] = {.name = "spike",
                     .tone = TONE_WARN,
                     .rank = RANK_CHANGE,
                     .limit = 0.1,
                     .again = 0.05,
                     .steps = EVENT_LOSSES,
                     .sentence = "loss rose by more than {limit%} of no context, from {from}",
                     .help = "the smoothed loss is above its least over the {steps} steps before, "
                             "by more than {limit%} of no context (or of the first loss, where "
                             "that is not known); again after it was less than {again%}"},
    [EVENT_OVERFIT] = {.name = "overfit",
                       .tone = TONE_WARN,
                       .rank = RANK_CHANGE,
                       .limit = 0.01,
                       .again = NONE,
                       .steps = 3,
                       .sentence = "held-out loss rises, from {from} to {value}, while the "
                                   "training loss falls",
                       .help = "the held-out loss was more than {limit%} above its least in "
                               "{steps} measurements, with the smoothed training loss lower than "
                               "then; again after a new least"},
    [EVENT_LARGE_UPDATE] = {.name = "large-updates",
                            .tone = TONE_WARN,
                            .limit = 0.1,
                            .again = 0.03,
                            .steps = 3,
                            .sentence = "{text} of block {layer}: updates above {limit} of it",
                            .help = "update over weight of a matrix of a block is above {limit} "
                                    "for {steps} steps, and which is largest; again after all "
                                    "were below {again}"},
    [EVENT_SMALL_UPDATE] = {.name = "small-updates",
                            .tone = TONE_WARN,
                            .limit = 1e-4,
                            .again = 1e-3,
                            .steps = 20,
                            .sentence = "{text} of block {layer}: updates below {limit} of it",
                            .help = "update over weight of a matrix of a block is below {limit} "
                                    "for {steps} steps, and which is smallest; not while the "
                                    "learning rate is below half of lr; again after all were "
                                    "above {again}"},
    [EVENT_WARMUP_ENDED] = {.name = "warmup-ended",
                            .rank = RANK_CHANGE,
                            .limit = NONE,
                            .again = NONE,
                            .sentence = "warmup ended: lr {value}",
                            .help = "the first step at the full learning rate"},
    [EVENT_DECAY_BEGAN] = {.name = "decay-began",
                           .rank = RANK_CHANGE,
                           .limit = NONE,
                           .again = NONE,
                           .sentence = "learning rate begins to fall{text}",
                           .help = "the first step whose learning rate the schedule has lowered"},
    [EVENT_DECAY_ENDED] = {.name = "decay-ended",
                           .rank = RANK_CHANGE,
                           .limit = NONE,
                           .again = NONE,
                           .sentence = "learning rate has come down to {text}",
                           .help = "the first step whose learning rate is min-lr, or 0"},
    [EVENT_RATE] = {.name = "rate-change",
                    .rank = RANK_CHANGE,
                    .limit = 0.1,
                    .again = NONE,
                    .sentence = "learning rate changed from {from} to {value}",
                    .help = "in rows of others: the learning rate stood still, and from one row to "
                            "the next it is another by more than {limit%}"},
    [EVENT_CHANGE] = {.name = "change",
                      .rank = RANK_CHANGE,
                      .limit = NONE,
                      .again = NONE,
                      .sentence = "changed: {text}",
                      .help = "settings were changed, from what to what: the first step that they "
                              "act on"},
    [EVENT_SWITCH] = {.name = "switch",
                      .rank = RANK_CHANGE,
                      .limit = NONE,
                      .again = NONE,
                      .sentence = "goes on as {text}",
                      .help = "the placement of a stack was switched while it trains: the first "
                              "step under the new one"},
    [EVENT_BRANCH] = {.name = "branch",
                      .rank = RANK_CHANGE,
                      .limit = NONE,
                      .again = NONE,
                      .sentence = "branched off: {text}",
                      .help = "training went on from a step of the past"},
    [EVENT_MARK] = {.name = "mark",
                    .rank = RANK_CHANGE,
                    .limit = NONE,
                    .again = NONE,
                    .sentence = "mark: {text}",
                    .help = "a step was named"},
    [EVENT_RESTART] = {.name = "restart",
                       .rank = RANK_CHANGE,
                       .limit = NONE,
                       .again = NONE,
                       .sentence = "restarted: {text}",
                       .help = "both stacks began anew, and the log with them"},
    [EVENT_END] = {.name = "end",
                   .rank = RANK_CHANGE,
                   .limit = NONE,
                   .again = NONE,
                   .sentence = "the run is over",
                   .help = "the last step of the run is done"},
};

enum loss_level event_level(double loss, double unigram_entropy)
{
    double relative = loss / unigram_entropy - 1, width = event_table[EVENT_NO_CONTEXT].limit;
    if (!isfinite(relative))
        return LEVEL_UNKNOWN;
    return relative > width ? LEVEL_ABOVE : relative < -width ? LEVEL_BELOW : LEVEL_AT;
}

static void forget_watch(struct events *events)
{
    memset(events->watch, 0, sizeof events->watch);
    for (int side = 0; side < SIDES; side++) {
        struct event_watch *watch = &events->watch[side];
        watch->first_loss = watch->valid = watch->valid_least = NONE;
    }
    events->warming = events->falling = events->fallen = false;
    memset(events->rate, 0, sizeof events->rate);
}

void events_clear(struct events *events)
{
    events->count = 0;
    events->lost = 0;
    forget_watch(events);
}

/* ---- recognising ---- */

/* One step of one stack, looked at. */
struct look {
    struct events *events;
    const struct settings *settings; /* NULL: not known */
    const struct history *history;
    bool silent; /* only what the watch needs to know */
    enum side side;
    struct event_watch *watch;
    const struct snapshot *now;
};

static void say(const struct look *look, enum event_kind kind, struct event_facts facts)
{
    facts.last = look->now->layers;
    if (!look->silent)
        events_add(look->events, look->now->step, (int)look->side, kind, &facts);
}

/* The state with hysteresis of a kind: true where it begins. */
static bool begins(struct event_watch *watch, enum event_kind kind, bool beyond, bool back)
{
    bool before = watch->said[kind];
    watch->said[kind] = before ? !back : beyond;
    return !before && beyond;
}

/* ... which ends only after it has been back for so many steps: -1 where it ends. */
static int begins_or_ends(struct event_watch *watch, enum event_kind kind, bool beyond, bool back)
{
    int *held = &watch->held[kind];
    *held = watch->said[kind] && back ? *held + 1 : 0;
    bool over = *held >= event_table[EVENT_RECOVERED].steps;
    if (begins(watch, kind, beyond, over))
        return 1;
    return over ? -1 : 0;
}

/* 1 where the ratio goes beyond what a kind finds too large (`above`) or too small, -1 where it is
 * back for good. */
static int turn_of_ratio(const struct look *look, enum event_kind kind, bool above)
{
    const struct event_row *row = &event_table[kind];
    const double ratio = snapshot_scalar(look->now, QUANTITY_RATIO), sign = above ? 1 : -1;
    return begins_or_ends(look->watch, kind, sign * ratio > sign * row->limit,
                          sign * ratio < sign * row->again);
}

static void say_recovered(const struct look *look, enum event_kind from, bool above)
{
    char text[64], number[32];
    event_write_number(number, sizeof number, event_table[from].again);
    snprintf(text, sizeof text, above ? "below %s times" : "above %s of", number);
    say(look, EVENT_RECOVERED, (struct event_facts){.layer = 0, .text = text});
}

/* Of weak and vanished in one step the one is said that goes further. */
static void look_at_ratio(const struct look *look)
{
    const struct event_facts facts = {.layer = 0};
    int vanished = turn_of_ratio(look, EVENT_VANISHED, false);
    int weak = turn_of_ratio(look, EVENT_WEAK, false);
    int exploded = turn_of_ratio(look, EVENT_EXPLODED, true);
    if (vanished > 0)
        say(look, EVENT_VANISHED, facts);
    else if (weak > 0)
        say(look, EVENT_WEAK, facts);
    if (exploded > 0)
        say(look, EVENT_EXPLODED, facts);
    if (weak < 0)
        say_recovered(look, EVENT_WEAK, false);
    else if (vanished < 0)
        say_recovered(look, EVENT_VANISHED, false);
    if (exploded < 0)
        say_recovered(look, EVENT_EXPLODED, true);
}

/* Where in the stack the gradient vanishes, beyond what x_0 says. */
static void look_at_layers(const struct look *look)
{
    struct event_watch *watch = look->watch;
    const float *gradient = snapshot_array(look->now, QUANTITY_STREAM_GRAD, 0);
    const int last = look->now->layers, half = last / 2;
    double least = event_table[EVENT_VANISHED_INSIDE].limit * (double)gradient[last];
    int first = 1, below = 0;
    if (!isfinite(gradient[last])) /* it is not in the rows */
        return;
    while (first < last && (double)gradient[first] >= least)
        first++;
    while (below < last && (double)gradient[below] < least)
        below++;
    bool gone = watch->said[EVENT_VANISHED];
    if (begins(watch, EVENT_VANISHED_INSIDE, !gone && first < last,
               !gone &&
                   snapshot_scalar(look->now, QUANTITY_RATIO) > event_table[EVENT_VANISHED].again &&
                   first == last))
        say(look, EVENT_VANISHED_INSIDE, (struct event_facts){.layer = first});
    if (begins(watch, EVENT_VANISHED_HALF, half > 0 && below > half, !gone))
        say(look, EVENT_VANISHED_HALF, (struct event_facts){.layer = half});
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Beside the median of the steps before, from an eighth of the window on. */
static void look_at_norm(const struct look *look)
{
    struct event_watch *watch = look->watch;
    const struct event_row *row = &event_table[EVENT_JUMP];
    double sorted[EVENT_MEDIAN];
    int64_t most = watch->steps < EVENT_MEDIAN ? watch->steps : EVENT_MEDIAN, count = 0;
    for (int64_t i = 0; i < most; i++) /* rows need not have it */
        if (isfinite(watch->grad_norm[i]))
            sorted[count++] = watch->grad_norm[i];
    if (count >= EVENT_MEDIAN / 4) {
        qsort(sorted, (size_t)count, sizeof sorted[0], compare);
        double times = snapshot_scalar(look->now, QUANTITY_GRAD_NORM) / sorted[count / 2];
        if (begins(watch, EVENT_JUMP, times > row->limit, times < row->again))
            say(look, EVENT_JUMP, (struct event_facts){.layer = -1, .value = times});
    }
    watch->grad_norm[watch->steps % EVENT_MEDIAN] = snapshot_scalar(look->now, QUANTITY_GRAD_NORM);
}

static int count_bits(uint64_t bits)
{
    int count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static void look_at_clipping(const struct look *look)
{
    struct event_watch *watch = look->watch;
    const struct event_row *row = &event_table[EVENT_CLIPPING];
    const uint64_t window = (UINT64_C(1) << row->steps) - 1;
    watch->clipped =
        (watch->clipped << 1 | (snapshot_scalar(look->now, QUANTITY_CLIP) < 1)) & window;
    double share = (double)count_bits(watch->clipped) / row->steps;
    bool filled = watch->steps + 1 >= row->steps;
    if (begins(watch, EVENT_CLIPPING, filled && share > row->limit, share < row->again))
        say(look, EVENT_CLIPPING, (struct event_facts){.layer = -1});
}

/* "block 5 attention" */
static void name_part(char *out, size_t size, const struct fault *fault)
{
    static const char *const parts[] = {[FAULT_WHOLE] = "",
                                        [FAULT_ATTENTION] = " attention",
                                        [FAULT_FEED_FORWARD] = " feed-forward"};
    snprintf(out, size, "block %d%s", fault->layer, parts[fault->part]);
}

static void look_at_fault(const struct look *look)
{
    const struct fault *fault = &look->now->fault;
    char part[48], text[96];
    if (!begins(look->watch, EVENT_DIVERGED, true, false))
        return;
    name_part(part, sizeof part, fault);
    if (fault->place == FAULT_STREAM)
        snprintf(text, sizeof text, "%s", fault->layer > 0 ? part : "the embedding");
    else if (fault->place == FAULT_GRADIENT)
        snprintf(text, sizeof text, "the gradient of x_%d", fault->layer);
    else if (fault->place == FAULT_PARAMETER)
        snprintf(text, sizeof text, "a parameter gradient %s%s",
                 fault->layer > 0 ? "of " : "outside the blocks", fault->layer > 0 ? part : "");
    else
        snprintf(text, sizeof text, "the loss");
    bool has_layer = fault->place != FAULT_LOSS && fault->place != FAULT_PARAMETER;
    say(look, EVENT_DIVERGED,
        (struct event_facts){.layer = has_layer || fault->layer > 0 ? fault->layer : -1,
                             .text = text});
}

static void look_at_level(const struct look *look)
{
    struct event_watch *watch = look->watch;
    const double unigram = look->history->level_unit;
    const double loss = snapshot_scalar(look->now, QUANTITY_SMOOTH_LOSS);
    const double token = look->history->token_loss;
    const enum loss_level level = event_level(loss, unigram);
    const enum loss_level beside_token = event_level(loss, token);
    const bool alone = beside_token == LEVEL_UNKNOWN; /* there is nothing else to be below of */
    const struct event_facts facts = {.layer = -1, .value = unigram};
    const struct event_facts learning = {
        .layer = -1,
        .value = alone ? unigram : token,
        .text = alone ? "no context" : "the current token alone",
    };
    bool learnt = watch->said[EVENT_LEARNING];
    if (begins(watch, EVENT_LEARNING,
               level == LEVEL_BELOW && (alone || beside_token == LEVEL_BELOW),
               level == LEVEL_ABOVE))
        say(look, EVENT_LEARNING, learning);
    if (learnt && level == LEVEL_ABOVE)
        say(look, EVENT_UNLEARNED, facts);
    int *held = &watch->held[EVENT_NO_CONTEXT];
    *held = level == LEVEL_AT ? *held + 1 : 0;
    if (begins(watch, EVENT_NO_CONTEXT, *held >= event_table[EVENT_NO_CONTEXT].steps,
               level == LEVEL_BELOW))
        say(look, EVENT_NO_CONTEXT, facts);
}

/* The levels of the race, each at most half of the one before; both stacks in one step are one
 * event, of the left one's turn. */
static void look_at_race(const struct look *look)
{
    const struct history *history = look->history;
    const enum side other = look->side == LEFT ? RIGHT : LEFT;
    const int64_t step = look->now->step;
    double named = 1;
    for (int level = 0; level < HISTORY_LEVELS; level++) {
        const double part = history_levels[level];
        if (part > named * event_table[EVENT_RACE].limit)
            continue;
        named = part;
        if (history_reached(history, look->side, level) != step)
            continue;
        int64_t first = history_reached(history, other, level);
        struct event_facts facts = {
            .layer = -1, .value = part, .from = part * history->level_unit, .count = step - first};
        if (first > 0 && first < step)
            say(look, EVENT_FOLLOWED, facts);
        else if (first != step)
            say(look, EVENT_RACE, facts);
        else if (look->side == LEFT && !look->silent)
            events_add(look->events, step, -1, EVENT_RACE, &facts);
    }
}

static void look_at_spike(const struct look *look)
{
    struct event_watch *watch = look->watch;
    const struct event_row *row = &event_table[EVENT_SPIKE];
    const double now = snapshot_scalar(look->now, QUANTITY_SMOOTH_LOSS),
                 unit = look->history->level_unit;
    int64_t count = watch->steps < EVENT_LOSSES ? watch->steps : EVENT_LOSSES;
    double least = now;
    for (int64_t i = 0; i < count; i++)
        least = fmin(least, watch->smooth[i]);
    if (isnan(watch->first_loss))
        watch->first_loss = snapshot_scalar(look->now, QUANTITY_LOSS);
    double rise = (now - least) / (isfinite(unit) ? unit : watch->first_loss);
    if (begins(watch, EVENT_SPIKE, rise > row->limit, rise < row->again))
        say(look, EVENT_SPIKE, (struct event_facts){.layer = -1, .from = least});
    watch->smooth[watch->steps % EVENT_LOSSES] = now;
}

/* A held-out loss that differs from the one before was measured in this step. */
static void look_at_held_out(const struct look *look)
{
    struct event_watch *watch = look->watch;
    const struct event_row *row = &event_table[EVENT_OVERFIT];
    const double valid = snapshot_scalar(look->now, QUANTITY_HELD_OUT),
                 train = snapshot_scalar(look->now, QUANTITY_SMOOTH_LOSS);
    int *held = &watch->held[EVENT_OVERFIT];
    if (!isfinite(valid) || valid == watch->valid)
        return;
    watch->valid = valid;
    bool least = !(valid >= watch->valid_least);
    if (least) {
        watch->valid_least = valid;
        watch->train_then = train;
    }
    bool over = valid > watch->valid_least * (1 + row->limit) && train < watch->train_then;
    *held = over ? *held + 1 : 0;
    if (begins(watch, EVENT_OVERFIT, *held >= row->steps, least))
        say(look, EVENT_OVERFIT,
            (struct event_facts){.layer = -1, .from = watch->valid_least, .value = valid});
}

/* The matrices of a block; biases start at 0, and gains are no measure of a sublayer. */
static bool is_matrix(const char *name)
{
    const char *end = strrchr(name, '.');
    return strncmp(name, "ln", 2) != 0 && !strstr(name, "norm") && end &&
           strcmp(end, ".weight") == 0;
}

/* Is the learning rate below half of its height? In rows of others also while it still rises. */
static bool is_slow(const struct look *look)
{
    const struct rate_watch *rate = &look->events->rate[look->side];
    const double full = look->settings ? look->settings->lr : rate->most;
    return (!look->settings && rate->risen > 0 && !rate->warmed) ||
           snapshot_scalar(look->now, QUANTITY_LR) < full / 2;
}

/* How far the updates of the matrices go in one direction: large, or small. */
static void look_at_updates(const struct look *look, enum event_kind kind, int *held, double sign)
{
    const struct event_row *row = &event_table[kind];
    const bool slow = sign < 0 && is_slow(look);
    bool beyond = false, back = true;
    double most = 0; /* beyond the limit, of the tensors that are there for long enough */
    struct event_facts facts = {.layer = -1};
    for (int t = 0; t < look->now->tensors && t < EVENT_TENSORS; t++) {
        const char *name = snapshot_tensor(look->now, t);
        const float *updates = snapshot_array(look->now, QUANTITY_UPDATE_RATIO, t);
        int block = -1;
        double far = 0;
        for (int l = 0; l < look->now->layers && is_matrix(name); l++) {
            double ratio = (double)updates[l];
            back = back && !(sign * ratio > sign * row->again);
            double by = sign * log(ratio / row->limit);
            if (by > far) {
                far = by;
                block = l + 1;
            }
        }
        held[t] = block > 0 && !slow ? held[t] + 1 : 0;
        if (held[t] < row->steps || far <= most)
            continue;
        beyond = true;
        most = far;
        facts.layer = block;
        facts.text = name;
    }
    if (begins(look->watch, kind, beyond, back && !beyond))
        say(look, kind, facts);
}

static void look_at_stack(const struct look *look)
{
    if (look->now->fault.place != FAULT_NONE) {
        look_at_fault(look);
        return;
    }
    look_at_ratio(look);
    look_at_layers(look);
    look_at_norm(look);
    look_at_clipping(look);
    look_at_level(look);
    look_at_race(look);
    look_at_spike(look);
    look_at_held_out(look);
    look_at_updates(look, EVENT_LARGE_UPDATE, look->watch->large, 1);
    look_at_updates(look, EVENT_SMALL_UPDATE, look->watch->small, -1);
    look->watch->steps++;
}

static const char rate_of_nothing[] = "0: nothing changes any more";

/* What both stacks share. */
static void look_at_schedule(struct events *events, const struct settings *settings,
                             const struct snapshot *now, bool silent)
{
    const int64_t step = now->step;
    const double lr = settings_lr(settings, step);
    bool warming = step < settings_warmup(settings), falling = !warming && lr < settings->lr;
    bool fallen = falling && lr <= settings_min_lr(settings);
    char named[48], end[32];
    snprintf(named, sizeof named, ": schedule %s", schedule_table[settings->schedule].name);
    struct event_facts facts = {
        .layer = -1, .value = snapshot_scalar(now, QUANTITY_LR), .text = named};
    if (events->warming && !warming && !silent)
        events_add(events, step, -1, EVENT_WARMUP_ENDED, &facts);
    if (!events->falling && falling && !silent)
        events_add(events, step, -1, EVENT_DECAY_BEGAN, &facts);
    if (lr > 0)
        event_write_number(end, sizeof end, lr);
    facts.text = lr > 0 ? end : rate_of_nothing;
    if (!events->fallen && fallen && !silent)
        events_add(events, step, -1, EVENT_DECAY_ENDED, &facts);
    events->warming = warming;
    events->falling = falling;
    events->fallen = fallen;
}

static bool is_same_news(const struct rate_news *a, const struct rate_news *b)
{
    return a->turn == b->turn && a->step == b->step && a->value == b->value && a->from == b->from;
}

/* Adds what the rates of a stack, or of both (side -1), have done. What belongs to the row before
 * is there already where the run has gone back to behind that. */
static void add_news(struct events *events, int side, const struct rate_news *news)
{
    static const enum event_kind kinds[] = {[RATE_WARMED] = EVENT_WARMUP_ENDED,
                                            [RATE_FALLS] = EVENT_DECAY_BEGAN,
                                            [RATE_ZERO] = EVENT_DECAY_ENDED,
                                            [RATE_CHANGED] = EVENT_RATE};
    const enum event_kind kind = kinds[news->turn];
    for (int i = 0; i < events->count; i++) {
        const struct event *event = &events->event[i];
        if (event->kind == kind && event->step == news->step &&
            (event->side == side || event->side == -1))
            return;
    }
    events_add(events, news->step, side, kind,
               &(struct event_facts){.layer = -1,
                                     .value = news->value,
                                     .from = news->from,
                                     .text = news->turn == RATE_ZERO ? rate_of_nothing : ""});
}

/* The same for stacks whose settings are not known, each by its own rates. */
static void look_at_rates(struct events *events, const struct snapshot *const now[SIDES],
                          bool silent)
{
    struct rate_news news[SIDES][RATE_TURNS] = {{{.turn = RATE_NONE}}};
    for (int side = 0; side < SIDES; side++)
        if (now[side])
            rate_next(&events->rate[side], now[side]->step, snapshot_scalar(now[side], QUANTITY_LR),
                      event_table[EVENT_RATE].limit, news[side]);
    for (int i = 0; i < RATE_TURNS && !silent; i++) {
        const bool same = is_same_news(&news[LEFT][i], &news[RIGHT][i]);
        if (news[LEFT][i].turn != RATE_NONE)
            add_news(events, same ? -1 : LEFT, &news[LEFT][i]);
        if (news[RIGHT][i].turn != RATE_NONE && !same)
            add_news(events, RIGHT, &news[RIGHT][i]);
    }
}

static void look_at_moment(struct events *events, const struct history *history,
                           const struct settings *settings, int64_t step, bool silent)
{
    const struct snapshot *now[SIDES];
    for (enum side side = LEFT; side < SIDES; side++) {
        now[side] = history_moment(history, side, step);
        if (now[side]->step != step) /* it was not measured in this step */
            now[side] = NULL;
    }
    if (settings && now[LEFT])
        look_at_schedule(events, settings, now[LEFT], silent);
    else if (!settings)
        look_at_rates(events, now, silent);
    for (enum side side = LEFT; side < SIDES; side++)
        if (now[side])
            look_at_stack(&(struct look){.events = events,
                                         .settings = settings,
                                         .history = history,
                                         .silent = silent,
                                         .side = side,
                                         .watch = &events->watch[side],
                                         .now = now[side]});
}

void events_step(struct events *events, const struct history *history,
                 const struct settings *settings)
{
    look_at_moment(events, history, settings, history_newest(history), false);
}

void events_truncate(struct events *events, const struct history *history,
                     const struct settings *settings, int64_t step)
{
    while (events->count > 0 && events->event[events->count - 1].step > step)
        events->count--;
    events->lost = events->lost < step ? events->lost : step;
    forget_watch(events);
    for (int i = 0; i < history_moments(history) && history_moment_step(history, i) <= step; i++)
        look_at_moment(events, history, settings, history_moment_step(history, i), true);
}
