/* Feeds: where the app has from what it shows, a training of its own or the rows of one that others
 * do. Either hands out updates (train/update.h), one after the other; what comes of them is the
 * app's. Which one it is nobody has to ask: what drives a training goes to the feed's trainer,
 * and where there is none the app says so in one place (app_can_train()). */
#ifndef LNSCOPE_APP_FEED_H
#define LNSCOPE_APP_FEED_H

#include "session/watch.h"
#include "train/trainer.h"

struct clock;

/* Its functions, each called with the feed itself. None of them waits but `wait`. */
struct feed {
    struct trainer *trainer;         /* NULL: there is nothing to drive */
    const struct watching *watching; /* the rows; NULL: it trains itself */

    /* Begins, as the trainer that had been paused. */
    void (*start)(struct feed *feed);
    /* The oldest update that was not taken yet, good until the next call; NULL: none for now. */
    struct update *(*take)(struct feed *feed);
    /* Waits at most so long for an update; whether there is one. */
    bool (*wait)(struct feed *feed, double seconds);
    /* Is there so much to be taken that nobody should wait before the next call? */
    bool (*busy)(struct feed *feed);
    /* Do updates come? And how many steps a second; NAN: not known yet. */
    bool (*running)(struct feed *feed);
    double (*rate)(struct feed *feed);
    /* What else to measure from now on (trainer_watch()). */
    void (*measure)(struct feed *feed, unsigned watch);
    /* Settings that passed settings_check(). */
    void (*apply)(struct feed *feed, const struct settings *settings);
    /* Ends and frees it. */
    void (*close)(struct feed *feed);
};

/* A training. The feed stops the trainer when it is closed. */
struct feed *feed_train(struct trainer *trainer);

/* What is watched: one path or two, "-" for standard input, and names of keys and columns that are
 * not ours. */
struct feed_watch {
    int paths; /* 0: nothing is watched */
    const char *path[SIDES];
    struct watch_map map;
};

/* Rows of what others train. Runs are announced as UPDATE_RESTART, under `settings`, the first of
 * them before there is a row. `clock` as in trainer_start(). NULL with a reason for what can never
 * be read. */
struct feed *feed_watch(const struct feed_watch *what, const struct settings *settings,
                        const struct clock *clock, struct error *error);

#endif
