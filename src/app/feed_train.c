/* The feed of a training: the trainer, by its functions. See feed.h. */
#include "app/feed.h"

#include "base/memory.h"

#include <stdlib.h>

static void start(struct feed *feed)
{
    trainer_run(feed->trainer);
}

static struct update *take(struct feed *feed)
{
    return trainer_take(feed->trainer);
}

static bool wait_for(struct feed *feed, double seconds)
{
    return trainer_wait(feed->trainer, seconds);
}

/* The trainer waits for the app where its queue is full. */
static bool busy(struct feed *feed)
{
    (void)feed;
    return false;
}

static bool running(struct feed *feed)
{
    return trainer_running(feed->trainer);
}

static double rate(struct feed *feed)
{
    return trainer_rate(feed->trainer);
}

static void measure(struct feed *feed, unsigned watch)
{
    trainer_watch(feed->trainer, watch);
}

static void apply(struct feed *feed, const struct settings *settings)
{
    trainer_apply(feed->trainer, settings);
}

static void close_feed(struct feed *feed)
{
    trainer_stop(feed->trainer);
    free(feed);
}

struct feed *feed_train(struct trainer *trainer)
{
    struct feed *feed = memory_new(1, sizeof *feed);
    *feed = (struct feed){.trainer = trainer,
                          .start = start,
                          .take = take,
                          .wait = wait_for,
                          .busy = busy,
                          .running = running,
                          .rate = rate,
                          .measure = measure,
                          .apply = apply,
                          .close = close_feed};
    return feed;
}
