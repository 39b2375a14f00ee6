/* What a history is made of, for its files and for nothing else (history.c, history_file.c). */
#ifndef LNSCOPE_SESSION_HISTORY_PARTS_H
#define LNSCOPE_SESSION_HISTORY_PARTS_H

#include "session/history.h"

/* What a moment keeps of a snapshot: `count` arrays there, one behind the other, and as many
 * pointers in the moment. A new measurement that is a row of these is kept, saved in sessions, and
 * found by the views, without another line. */
struct kept_arrays {
    const char *name;        /* in files: NAME, or with parts NAME.PART */
    const char *const *part; /* [count]; NULL: there is one array */
    size_t from, to;         /* offsets */
    int count;
    int extra; /* values of an array beyond one per block */
};

/* The tables, of struct moment and of struct moment_tensor, and their lengths. */
const struct kept_arrays *history_arrays(int *count);
const struct kept_arrays *history_tensor_arrays(int *count);

/* What the moments of one stack have. */
struct moment_shape {
    int layers, tensors;
    const char *name[BLOCK_TENSORS_MAX]; /* of the tensors; static */
};

/* Forgets all moments. Those that are then put in have these shapes, were kept at this spacing, and
 * the last of them will be that of the step `newest`. */
void history_begin_moments(struct history *history, const struct moment_shape shape[SIDES],
                           int64_t spacing, int64_t newest);

/* Puts in a copy of the moment of one step behind those of earlier ones; `recent` if it is one of
 * the newest steps, of which each is kept. Thins where there is no room. */
void history_put_moment(struct history *history, const struct moment moment[SIDES], bool recent);

/* How many of the moments are of the newest steps. */
int history_recent(const struct history *history);

#endif
