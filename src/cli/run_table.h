/* What `lnscope run` prints on a terminal: a short table of both stacks while they train, the step
 * under way in its last line, and at the end a verdict of each.
 *
 * It is fed every step and says what is to be printed; it knows neither runs nor what it is printed
 * on. Lines have at most RUN_TABLE_COLUMNS columns, all of them ASCII. */
#ifndef LNSCOPE_CLI_RUN_TABLE_H
#define LNSCOPE_CLI_RUN_TABLE_H

#include "session/verdict.h"
#include "train/settings.h"

#include <stdio.h>

enum { RUN_TABLE_COLUMNS = 76 };

struct run_table {
    const struct settings *settings;
    struct verdict verdict[SIDES];
    bool known;    /* the loss without context is; otherwise the first loss takes its place */
    int64_t every; /* a row each so many steps; 0: as many as make a short table */
    bool live;     /* the last line shows the step under way */
    double shown;  /* when it was last written, clock_seconds() */
};

/* What a step was like in one stack. */
struct run_table_stack {
    double loss;
    double ratio; /* stream gradient at x_0 over that at x_L */
    bool finite;
};

/* `without_context` and `current_token` are those of the task, in nats; NAN where not known. The
 * settings must outlive the table. */
struct run_table run_table_open(const struct settings *settings, double without_context,
                                double current_token, int64_t every, bool live);

void run_table_head(const struct run_table *table, FILE *out);

/* After each step, whose update had this learning rate: a row, the line of the step under way, or
 * nothing. */
void run_table_step(struct run_table *table, int64_t step, const struct run_table_stack now[SIDES],
                    double lr, bool last, FILE *out);

/* The verdicts; `over`: the run came to its last step, and was not stopped before. */
void run_table_end(const struct run_table *table, bool over, FILE *out);

#endif
