/* Trainings that other programs do, step by step, from the rows that they write.
 *
 * One input has the rows of one stack or of both; two inputs have one stack each, and are put side
 * by side by their steps. Rows are looked for when somebody asks; nothing here waits or draws. What
 * came is handed out as snapshots, NAN where the rows have nothing. */
#ifndef LNSCOPE_SESSION_WATCH_H
#define LNSCOPE_SESSION_WATCH_H

#include "session/watch_source.h"
#include "session/watch_stack.h"
#include "train/side.h"

/* Lines of an input that are no rows, and rows that cannot be taken. */
struct watch_bad {
    int64_t count;
    int64_t line;      /* the number of the newest */
    struct error last; /* and what is wrong with it */
};

/* Private: an input. */
struct watch_input {
    struct watch_source source;
    struct watch_reader reader;
    struct watch_row row;
    bool has_row;              /* `row` waits to be taken */
    bool from_zero;            /* its first step was 0, and is taken as 1 */
    int64_t start, start_line; /* where the newest run begins: a byte, and a line */
    int64_t first;             /* the first step of this run; -1: none yet */
    int64_t missed;            /* the newest that was shown without it; -1: none */
    double since, patience;    /* when the last row came, and how long the next is waited for */
    char run[WATCH_TEXT];      /* the name of the run; "": its rows have none */
    char stack[WATCH_TEXT];    /* of two inputs, the stack that is taken; likewise */
};

enum watching_news {
    WATCHING_NOTHING, /* no more for now */
    WATCHING_BUSY,    /* there is more to be read: ask again */
    WATCHING_RUN,     /* a new run begins: what came before is not of it */
    WATCHING_BACK,    /* the run goes on from before `step`: what came from there on is void */
    WATCHING_STEP     /* the snapshots of `step` */
};

struct watching {
    int inputs;
    struct watch_stack stack[SIDES];
    int64_t step;
    const struct snapshot *snapshot[SIDES]; /* good until the next call; NULL: the stack has no row
                                               of this step */
    struct watch_bad bad[SIDES];            /* of each input */
    /* Private: */
    struct watch_map map;
    struct watch_names names;
    struct watch_input input[SIDES];
    bool begun;          /* a run is on */
    int64_t newest;      /* its newest step that was handed out; -1: none yet */
    int64_t held;        /* a step of which not all rows may have come; -1: none */
    bool filled[SIDES];  /* which of its rows have */
    int64_t last[SIDES]; /* the newest step of either stack; -1: none yet */
};

/* Follows one or two paths; "-" is standard input. `map` is copied. `now` is the time in seconds,
 * by a clock of the caller's choice. False with a reason for what can never be read. */
bool watching_open(struct watching *watching, const char *const path[], int paths,
                   const struct watch_map *map, double now, struct error *error);
void watching_close(struct watching *watching);

/* What comes next. Takes about as long as reading a quarter of a megabyte of each input. */
enum watching_news watching_next(struct watching *watching, double now);

/* How much of what is there has been read, from 0 to 1. */
double watching_progress(const struct watching *watching);

#endif
