/* A run that is done again from its first step: its settings and their changes, each put in force
 * before the step that it acts on, so that the run comes out with the same bits. */
#ifndef LNSCOPE_TRAIN_REDO_H
#define LNSCOPE_TRAIN_REDO_H

#include "train/states.h"

/* A copy of a log; all zero: nothing is done again. */
struct redo {
    int entries, next;            /* of the log, and the first that is not in force yet */
    struct settings_entry *entry; /* [entries], steps rising, the first acts on step 1; owned */
    int64_t last;                 /* the step up to which the run is done again */
};

/* `entries` at least 1. */
struct redo redo_open(const struct settings_entry *entry, int entries, int64_t last);
void redo_close(struct redo *redo);

/* Is there a step to be done again behind the one that the pair has done? */
bool redo_goes_on(const struct redo *redo, const struct pair *pair);

/* Puts in force what acts on the pair's next step; *changed tells whether there was something.
 * False with a reason when there is no memory for another placement. */
bool redo_change(struct redo *redo, struct pair *pair, bool *changed, struct error *error);

#endif
