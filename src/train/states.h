/* Saved states of the run under way, and the log of its settings: what it takes to go back to any
 * of its steps and to do the later ones again, with the same bits.
 *
 * States are kept within a budget of memory: that of the start (step 0), and those at the steps
 * that are multiples of a spacing. When the budget is used up every second one is dropped and the
 * spacing doubles. A step in between is reached by redoing those from the state before it. The memory
 * of a dropped one is that of the next: once the budget was used up nothing grows or shrinks. */
#ifndef LNSCOPE_TRAIN_STATES_H
#define LNSCOPE_TRAIN_STATES_H

#include "train/state.h"

enum {
    STATES_SPACING =
        64,          /* at first: a state is mostly new pages, which can take two steps' time */
    STATES_LEAST = 2 /* so many are kept whatever the budget */
};

/* The memory that states may take, unless states_limit() says otherwise: 256 MB. */
#define STATES_BYTES ((size_t)256 << 20)

/* Settings in force from a step on. */
struct settings_entry {
    int64_t step; /* the first that they act on */
    struct settings settings;
};

struct states {
    size_t limit, used; /* bytes */
    int64_t spacing;
    int count, room;
    struct pair_state **state; /* [room], in rising order of their steps */
    int spares;                /* dropped ones, whose memory is not counted in `used` */
    struct pair_state **spare; /* [room] */
    int entries, entry_room;
    struct settings_entry *entry; /* [entry_room], in the order of the changes */
};

void states_open(struct states *states);
void states_close(struct states *states);

/* At most so many bytes for the states, but at least room for STATES_LEAST; what no longer fits is
 * dropped at once. */
void states_limit(struct states *states, size_t bytes);

/* A run begins, or goes on from elsewhere: forgets all, and keeps the state that the pair is in as
 * that of the start, for good. */
void states_restart(struct states *states, struct pair *pair);

/* To be called after every step, or after most: keeps the state where it is one to keep. False where
 * it is none. */
bool states_step(struct states *states, struct pair *pair);

/* To be called after every change of the optimizer's settings and every switch of a placement:
 * notes the settings of the pair as those of the next step. */
void states_change(struct states *states, const struct pair *pair);

/* Puts the pair back to the newest state before `step`, so that one step at least is to be redone;
 * for step 0 to the state of the start. What follows is forgotten by states_cut() only. Settings of
 * the program stay as they are. False with a reason when there is none, or no memory. */
bool states_back(const struct states *states, struct pair *pair, int64_t step, struct error *error);

/* Settings of a run, placements included, put in force for the pair's next step; those of the
 * program stay as they are. False with a reason when there is no memory for another placement. */
bool states_put_settings(struct pair *pair, const struct settings *settings, struct error *error);

/* Does the pair's next step again as it was done the first time: under the settings of the log.
 * What it measures is in the runs' snapshots. */
bool states_redo(const struct states *states, struct pair *pair, struct error *error);

/* Forgets the states and the settings of later steps: the run goes on from `step`. */
void states_cut(struct states *states, int64_t step);

/* The most that states may take within a limit, when one of them takes so many bytes. */
size_t states_most(size_t limit, size_t state_bytes);

#endif
