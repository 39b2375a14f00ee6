/* Plays a script: says what is to be done next, and does nothing itself.
 *
 * A pure state machine: it is told what the program is at (a step, a time, what is measured) and
 * which keys were pressed, and answers with demands, one at a time. The caller carries a demand out
 * and asks again. A lesson on a terminal, a recording on a virtual clock and a test differ only in
 * who carries the demands out.
 *
 * A script is divided into steps: each ends where somebody is waited for, at a `wait` or an `ask`;
 * what stands behind the last of these is a step too. Going back leads to the end of the step
 * before, and from there on only a key leads further. */
#ifndef LNSCOPE_SCRIPT_PLAYER_H
#define LNSCOPE_SCRIPT_PLAYER_H

#include "script/script.h"

enum player_demand_kind {
    PLAYER_WAIT,  /* nothing now: ask again when time has passed, a step is done, a key came */
    PLAYER_DONE,  /* the script is over */
    PLAYER_SET,   /* the settings of `count` lines from `command` on, together */
    PLAYER_SPEED, /* one of these for each command of the same name */
    PLAYER_SWITCH,
    PLAYER_VIEW,
    PLAYER_KEY,
    PLAYER_RUN, /* begin to train, or go on, step by step: the player has to be asked after
                   each whether it is to pause. `step`: where it will at the latest; -1: not
                   known */
    PLAYER_PAUSE,
    PLAYER_RESTART,
    PLAYER_BRANCH,
    PLAYER_GOTO,
    PLAYER_TITLE,   /* `command` NULL, or its text "": none from now on */
    PLAYER_CAPTION, /* likewise; `command` may be an `answer`, to `question`;
                       `now.votes` has what the class said */
    PLAYER_FOCUS,   /* likewise */
    PLAYER_MARK,
    PLAYER_ASK,
    PLAYER_RESULT, /* `result`: of an `expect`, or of a `run` that ended too early */
    PLAYER_SNAPSHOT,
    PLAYER_PLACE,  /* remember how things are, as number `place`: it may be gone back to */
    PLAYER_BACK,   /* make things as they were at number `place`, which was at step `step` */
    PLAYER_RESULTS /* what was measured last there: the `count` from `result` on */
};

/* The number of the place where the keyboard was handed over. */
enum { PLAYER_HELD = -1 };

/* What became of an `expect`. */
enum { PLAYER_RESULT_TEXT = 256 };
struct player_result {
    const struct script_command *command;
    bool holds;
    int64_t step;
    char text[PLAYER_RESULT_TEXT];   /* "right.loss 2.97 > 2.66": what was measured, with bounds, */
    char values[PLAYER_RESULT_TEXT]; /* and without: "right.loss 2.97" */
};

struct player_demand {
    enum player_demand_kind kind;
    const struct script_command *command;  /* where it comes from; NULL: from no line */
    const struct script_command *question; /* PLAYER_CAPTION */
    int count;                             /* PLAYER_SET, PLAYER_RESULTS */
    int64_t step;                          /* PLAYER_RUN, PLAYER_BACK */
    int place;                             /* PLAYER_PLACE, PLAYER_BACK */
    const struct player_result *result;    /* PLAYER_RESULT, PLAYER_RESULTS; until the next call */
};

/* What the program is at. */
struct player_world {
    int64_t step;   /* steps done */
    bool ended;     /* the run has no further step: its last one is done, or nothing is finite */
    double seconds; /* on any clock; never falls */
    bool recording; /* nobody is at the keyboard */
    script_measure *measure;
    const void *data; /* for `measure` */
};

/* Where a step of the script ended: what the screen said, and in the middle of which command. */
struct player_place {
    int next; /* the command that waits there */
    int64_t step;
    const struct script_command *title, *caption, *focus, *chapter, *question;
    int results, fresh;        /* how many there were; the first of them since the last wait */
    int votes[SCRIPT_CHOICES]; /* of the newest question */
};

/* What is still to be said of a place that was gone back to; of a new one only the question. */
enum player_restoring {
    RESTORE_TITLE,
    RESTORE_CAPTION,
    RESTORE_FOCUS,
    RESTORE_RESULTS,
    RESTORE_QUESTION,
    RESTORE_NOTHING
};

enum player_phase { PLAYER_READY, PLAYER_RUNNING, PLAYER_WAITING, PLAYER_HOLDING };

struct player {
    const struct script *script;
    int next; /* command */
    enum player_phase phase;
    struct player_place now; /* what the screen says; `next`, `step`, `results`: no meaning */
    double since;            /* when it began to wait */
    bool by_key;             /* it waits for a key whatever the script says */
    bool go_on, go_back, take_back; /* keys that have not been acted on */
    int restoring;                  /* demands that are still to be made of a place */
    int places;
    struct player_place *place; /* [places]; */
    struct player_place held;
    enum player_phase held_phase;
    int results;
    struct player_result *result; /* [results] */
};

/* How long recordings wait where a person would be waited for, in seconds. */
extern const double player_pause;

/* Begins a script, which has to stay. */
void player_open(struct player *player, const struct script *script);
void player_close(struct player *player);

/* What is to be done now. */
struct player_demand player_next(struct player *player, const struct player_world *world);

/* A key: Space or Right goes on, Left goes back, 1, 2, ... vote. False when it means nothing here.
 */
bool player_key(struct player *player, int code);

/* The keyboard is handed over, at this moment, and given back: then PLAYER_BACK leads to where the
 * script was. In between there is nothing to be done. */
void player_hold(struct player *player, const struct player_world *world);
void player_resume(struct player *player);

/* The step of the script that is under way, from 1, and how many there are. */
int player_step(const struct player *player);
int player_steps(const struct script *script);

/* Does it wait with a question? */
bool player_is_asking(const struct player *player);

/* The chapter under way; "" before the first. */
const char *player_chapter(const struct player *player);

/* Writes what a condition measures, term by term: the texts of a result. */
void player_print_measured(const struct script_condition *condition, script_measure *measure,
                           const void *data, struct player_result *result);

/* How many results there are so far that do not hold. */
int player_failures(const struct player *player);

#endif
