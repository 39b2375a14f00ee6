/* The feed of rows that others write: what session/watch.h says of them, as updates. See feed.h.
 * Owns the reader; must not know what is done with an update. */
#include "app/feed.h"

#include "base/clock.h"
#include "base/memory.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    NEWS_PER_TURN = 32 /* news without an update, such as a piece of a long row, that are passed
                        * over before others get a turn: 8 MB at most */
};

static const double rate_seconds = 2; /* over which the rate is taken */

struct watch_feed {
    struct feed feed;
    const struct clock *clock;
    struct watching watching;
    struct settings settings;
    struct update *last; /* that was handed out */
    bool announced;      /* that it watches */
    bool new_run;        /* a run has begun, of which there is no row yet */
    bool held;           /* the step of `watching` is still to be handed out */
    bool busy;
    int passed; /* news without an update since others had a turn */
    int64_t newest;
    bool rated;             /* the rate is taken: all that was there has been read */
    double rate, rate_from; /* since then, and then it was at this step */
    int64_t rate_step;
};

static struct watch_feed *feed_of(struct feed *feed)
{
    return (struct watch_feed *)((char *)feed - offsetof(struct watch_feed, feed));
}

/* ---- updates ---- */

/* What a run is called in the log and in the table of runs: by its own name, or by its file. */
static void name_run(const struct watching *watching, char out[UPDATE_NAME])
{
    const struct watch_stack *stack = watching->stack;
    const char *first = "", *second = "";
    for (int i = watching->inputs - 1; i >= 0; i--) {
        second = first;
        first = stack[i].run[0] ? stack[i].run : source_name(&watching->input[i].source);
    }
    if (watching->inputs == 1 && !stack[LEFT].run[0] && stack[RIGHT].run[0])
        first = stack[RIGHT].run;
    snprintf(out, UPDATE_NAME, "%.30s%s%.30s", first, second[0] ? ", " : "", second);
}

static struct update *new_run(const struct watch_feed *feed)
{
    static const struct task_info unknown = {.name = "rows",
                                             .summary = "",
                                             .unigram_entropy = NAN,
                                             .current_token = NAN,
                                             .entropy_rate = NAN};
    struct update *update = memory_new(1, sizeof *update);
    update->kind = UPDATE_RESTART;
    update->run = memory_new(1, sizeof *update->run);
    update->run->settings = feed->settings;
    update->run->task = unknown;
    update->run->gaps = true;
    name_run(&feed->watching, update->run->name);
    for (int side = 0; side < SIDES; side++) {
        const struct watch_stack *stack = &feed->watching.stack[side];
        struct stack_settings *is = &update->run->settings.stack[side];
        update->run->omega[side] = (struct omega){.first = NAN, .last = NAN};
        if (stack->placement_row >= 0)
            is->placement = (enum placement)stack->placement_row;
        if (stack->norm_row >= 0)
            is->norm = (enum norm)stack->norm_row;
    }
    return update;
}

/* A stack without a row in this step has a snapshot of step 0. */
static struct update *new_step(struct watch_feed *feed)
{
    const struct watching *watching = &feed->watching;
    struct update *update = memory_new(1, sizeof *update);
    update->kind = UPDATE_STEP;
    update->step = feed->newest = watching->step;
    for (int side = 0; side < SIDES; side++) {
        const struct watch_stack *stack = &watching->stack[side];
        update->snapshot[side] = watching->snapshot[side]
                                     ? snapshot_copy(watching->snapshot[side])
                                     : snapshot_new(stack->layers, stack->tensors, stack->tensor);
    }
    return update;
}

static struct update *step_back(const struct watch_feed *feed)
{
    struct update *update = memory_new(1, sizeof *update);
    update->kind = UPDATE_BACK;
    update->step = feed->watching.step;
    return update;
}

/* The next update; NULL: none for now, or others are to have a turn. */
static struct update *next_update(struct watch_feed *feed)
{
    const double now = clock_now(feed->clock);
    if (!feed->announced) {
        feed->announced = feed->busy = true;
        return new_run(feed);
    }
    if (feed->held) {
        feed->held = false;
        return new_step(feed);
    }
    feed->busy = true;
    while (feed->passed < NEWS_PER_TURN)
        switch (watching_next(&feed->watching, now)) {
        case WATCHING_NOTHING:
            feed->busy = false;
            feed->passed = 0;
            return NULL;
        case WATCHING_BUSY:
            feed->passed++;
            break;
        case WATCHING_RUN: /* announced with its first row, which has its name */
            feed->new_run = true;
            feed->newest = 0;
            break;
        case WATCHING_BACK:
            return step_back(feed);
        case WATCHING_STEP:
            if (!feed->new_run)
                return new_step(feed);
            feed->new_run = false;
            feed->held = true;
            return new_run(feed);
        }
    feed->passed = 0;
    return NULL;
}

static struct update *take(struct feed *feed)
{
    struct watch_feed *watch = feed_of(feed);
    update_free(watch->last);
    watch->last = next_update(watch);
    return watch->last;
}

/* ---- the feed ---- */

static void start(struct feed *feed)
{
    (void)feed; /* the others have started */
}

/* Nothing is answered. */
static bool wait_for(struct feed *feed, double seconds)
{
    (void)feed, (void)seconds;
    return false;
}

static bool busy(struct feed *feed)
{
    return feed_of(feed)->busy;
}

/* Until whoever writes standard input has closed it. */
static bool running(struct feed *feed)
{
    const struct watching *watching = &feed_of(feed)->watching;
    for (int i = 0; i < watching->inputs; i++)
        if (!watching->input[i].source.is_over)
            return true;
    return feed_of(feed)->busy;
}

static double rate(struct feed *feed)
{
    struct watch_feed *watch = feed_of(feed);
    const double now = clock_now(watch->clock);
    /* No row yet, or what was there is being read. */
    const bool reading = watch->newest == 0 || watch->busy || watch->newest < watch->rate_step;
    if (reading || !watch->rated) {
        watch->rate = NAN;
        watch->rated = !reading;
        watch->rate_from = now;
        watch->rate_step = watch->newest;
    } else if (now - watch->rate_from >= rate_seconds) {
        watch->rate = (double)(watch->newest - watch->rate_step) / (now - watch->rate_from);
        watch->rate_from = now;
        watch->rate_step = watch->newest;
    }
    return watch->rate;
}

static void measure(struct feed *feed, unsigned watch)
{
    (void)feed, (void)watch; /* rows have what they have */
}

static void apply(struct feed *feed, const struct settings *settings)
{
    feed_of(feed)->settings = *settings;
}

static void close_feed(struct feed *feed)
{
    struct watch_feed *watch = feed_of(feed);
    update_free(watch->last);
    watching_close(&watch->watching);
    free(watch);
}

struct feed *feed_watch(const struct feed_watch *what, const struct settings *settings,
                        const struct clock *clock, struct error *error)
{
    struct watch_feed *watch = memory_new(1, sizeof *watch);
    *watch = (struct watch_feed){
        .feed = {.watching = &watch->watching,
                 .start = start,
                 .take = take,
                 .wait = wait_for,
                 .busy = busy,
                 .running = running,
                 .rate = rate,
                 .measure = measure,
                 .apply = apply,
                 .close = close_feed},
        .clock = clock,
        .settings = *settings,
        .busy = true,
        .rate = NAN,
    };
    if (watching_open(&watch->watching, what->path, what->paths, &what->map, clock_now(clock),
                      error))
        return &watch->feed;
    free(watch);
    return NULL;
}
