/* Moments: the snapshots of both stacks in past steps, kept within a budget of memory. A part of
 * the history, which says when one is added and answers for them (history.h).
 *
 * Kept are each of the newest steps, and of those before them every one while there is room; when
 * the budget is used up every second of these goes, and so on. Which are kept follows from the
 * numbers of the steps alone: those that are multiples of the spacing.
 *
 * Where steps have gaps, as in the rows that others write, moments are numbered from 1 as they
 * come, and these numbers stand for the steps in all of the above.
 *
 * A slot holds the snapshots of one step of both stacks, as large as these are; slots lie in
 * chunks, which are allocated as they are needed. */
#ifndef LNSCOPE_SESSION_MOMENTS_H
#define LNSCOPE_SESSION_MOMENTS_H

#include "train/snapshot.h"

enum {
    MOMENTS_NEWEST = 512, /* so many of the newest steps are kept, each of them */
    MOMENTS_CHUNKS = 1024
};

struct moments {
    bool gaps;        /* steps have gaps; set while nothing is kept */
    int64_t spacing;  /* of the old steps, or numbers */
    int64_t newest;   /* the newest step, or number; 0: none yet */
    int recent_count; /* of the newest ones, each of which is kept, at most MOMENTS_NEWEST */
    /* An empty snapshot of either stack, which says what they have; NULL: nothing is kept yet. */
    struct snapshot *shape[SIDES];
    /* Private: */
    size_t limit; /* bytes that chunks and lists may take */
    size_t slot_bytes;
    int chunks, chunks_most, per_chunk; /* slots in a chunk */
    char *chunk[MOMENTS_CHUNKS];
    int slots; /* used at least once */
    int free;  /* the first free one of them, which holds the number of the next; -1: none */
    int64_t old_first; /* old[i] is step (old_first + i) * spacing */
    int old_count;
    int *old; /* [chunks * per_chunk] slots */
    int recent_most;
    int recent[MOMENTS_NEWEST]; /* slots; that of a step is at step % recent_most */
};

/* Nothing is kept, within so many bytes. The struct is all zero before. */
void moments_open(struct moments *moments, size_t limit);

/* Forgets and frees all moments; the limit stays. */
void moments_clear(struct moments *moments);

/* A copy that shares nothing with the other, to be cleared. */
void moments_copy(struct moments *to, const struct moments *from);

/* Another limit; what no longer fits is thinned. */
void moments_limit(struct moments *moments, size_t limit);

/* The bytes that slots take. */
size_t moments_bytes(const struct moments *moments);

/* Keeps a copy of the snapshots of the newest step, and gives back where they are: what follows
 * from all steps so far can still be added. Begins anew where the step does not follow on the
 * newest one, or the stacks have other shapes. With gaps any later step follows, a stack that was
 * not measured in it has a snapshot of step 0, and where a shape differs all that is kept gets it,
 * NAN where it had less. */
void moments_add(struct moments *moments, const struct snapshot *const snapshot[SIDES],
                 struct snapshot *kept[SIDES]);

/* Forgets the moments from a step on: the next one is that of this step. */
void moments_cut(struct moments *moments, int64_t step);

/* From a file. Forgets all moments; those that are then put in have these shapes, were kept at this
 * spacing, and the last of them will be that of the step `newest`. */
void moments_begin(struct moments *moments, const struct snapshot *const shape[SIDES],
                   int64_t spacing, int64_t newest);

/* Puts in a copy of the moment of one step behind those of earlier ones; `recent` if it is one of
 * the newest steps, of which each is kept. Thins where there is no room. */
void moments_put(struct moments *moments, const struct snapshot *const snapshot[SIDES],
                 bool recent);

/* How many are kept, the step of moment i in rising order, and the number of the kept moment
 * nearest to a step (the later of two); -1: none is kept. */
int moments_count(const struct moments *moments);
int64_t moments_step(const struct moments *moments, int i);
int moments_find(const struct moments *moments, int64_t step);

/* Moment i of a stack; good until one is added or forgotten. */
const struct snapshot *moments_at(const struct moments *moments, enum side side, int i);

#endif
