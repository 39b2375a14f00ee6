/* What rows say of one stack: its shape, as far as they have told, and the newest row as a
 * snapshot.
 */
#ifndef LNSCOPE_SESSION_WATCH_STACK_H
#define LNSCOPE_SESSION_WATCH_STACK_H

#include "session/watch_row.h"
#include "train/snapshot.h"

/* Kinds of parameter tensors of a stack, at most; others are passed over. */
enum { WATCH_TENSORS = 64 };

struct watch_stack {
    bool is_there;                                /* there was a row of it in this run */
    char name[WATCH_TEXT];                        /* what its rows call the stack; "": nothing */
    char placement[WATCH_TEXT], norm[WATCH_TEXT]; /* likewise, also in words that are not ours */
    int placement_row, norm_row;                  /* in our tables; -1: not there */
    char run[WATCH_TEXT], title[WATCH_TEXT];
    int layers; /* 0: no row has told yet */
    int tensors;
    const char *tensor[WATCH_TENSORS];
    bool left_out;         /* it has more kinds of tensors */
    bool has[QUANTITIES];  /* there was a number of it */
    struct snapshot *room; /* owned: the newest row; NULL: none yet */
};

/* Forgets all of it: another run begins. */
void watch_stack_clear(struct watch_stack *stack);

/* Takes a row over into `room`, which becomes larger where the row has more than those before. What
 * it does not have is NAN; `ratio` follows from `stream_grad`. False with a reason, and all as it
 * was, where it is a row of another model. */
bool watch_stack_take(struct watch_stack *stack, const struct watch_row *row, struct error *error);

#endif
