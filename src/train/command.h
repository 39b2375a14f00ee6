/* Commands to a trainer, as values of their own; and a queue of them.
 *
 * Knows no threads: the trainer has the queue under its mutex. */
#ifndef LNSCOPE_TRAIN_COMMAND_H
#define LNSCOPE_TRAIN_COMMAND_H

#include "train/redo.h"
#include "train/state.h"

enum command_kind {
    COMMAND_RUN,
    COMMAND_PAUSE,
    COMMAND_STEP,
    COMMAND_RESTART,
    COMMAND_APPLY,
    COMMAND_SWITCH,
    COMMAND_BRANCH,
    COMMAND_SAVE,
    COMMAND_LOAD,
    COMMAND_REDO
};

struct command {
    struct command *next; /* private: in the queue */
    enum command_kind kind;
    struct settings settings; /* of COMMAND_APPLY, COMMAND_BRANCH */
    enum side side;           /* of COMMAND_SWITCH */
    enum placement placement;
    int64_t step;             /* of COMMAND_BRANCH */
    bool as_then;             /* the same, under the settings of that step instead */
    struct pair_state *state; /* of COMMAND_LOAD */
    struct redo redo;         /* of COMMAND_REDO */
};

/* Does what the command changes leave another run behind than the one that is done again? */
bool command_ends_redo(enum command_kind kind);

/* The oldest first. All zero is an empty one. */
struct command_queue {
    struct command *oldest, *newest;
};

/* Puts in a copy, which takes over the state and the log; takes the oldest out, to be freed with
 * free() once it is carried out; NULL: there is none. */
void command_put(struct command_queue *queue, const struct command *like);
struct command *command_take(struct command_queue *queue);

/* Frees all that were not carried out, with what they hold. */
void command_clear(struct command_queue *queue);

#endif
