/* The verdict of a stack: what became of it, judged by its smoothed loss alone.
 *
 * One struct follows one stack: it is fed every step and asked at any time. It is a plain value: a
 * copy of it is what it takes to go back to that step. It knows neither runs nor settings. */
#ifndef LNSCOPE_SESSION_VERDICT_H
#define LNSCOPE_SESSION_VERDICT_H

#include "session/smoothed.h"

#include <stdbool.h>
#include <stdint.h>

enum verdict_kind {
    VERDICT_NONE, /* nothing can be said yet */
    VERDICT_LEARNS,
    VERDICT_SLOW,
    VERDICT_STUCK,
    VERDICT_DIVERGED,
    VERDICTS
};

struct verdict_row {
    const char *name; /* as in rows: "learns"; "" of VERDICT_NONE */
    char letter;      /* as on a map, told apart without colour; ' ' of VERDICT_NONE */
    const char *help; /* one line */
};

extern const struct verdict_row verdict_table[VERDICTS];

/* The smoothed loss as a part of the loss without context: a stack learns that is at most at the
 * first, and is stuck that is at least at the second. */
extern const double verdict_learns, verdict_stuck;

/* A stack that learns is also so far below what the token at hand tells alone, as a part of that.
 */
extern const double verdict_below_token;

/* While a run goes on there is no verdict in its first steps, nor so soon after its warmup. */
enum { VERDICT_STEPS = 50 };

struct verdict {
    double unit;  /* loss without context, nats; NAN until the first loss takes its place */
    double token; /* loss from the token at hand alone; NAN: it tells nothing */
    struct smoothed loss;
    int64_t step;       /* that was fed last; 0: none */
    int64_t learn_step; /* the first at which the smoothed loss said `learns`; 0: not yet */
    int64_t fault_step; /* the first at which a number was not finite; 0: all were */
};

/* What a task is known to be worth, in nats: without_context (struct task_info.unigram_entropy),
 * where NAN or not above 0, is replaced by the first loss; current_token (the same struct) is NAN
 * or not above 0 where it tells nothing. */
struct verdict verdict_open(double without_context, double current_token);

/* The part of the loss without context from which on a stack learns: verdict_learns, or less where
 * the token at hand tells as much. */
double verdict_learns_at(const struct verdict *verdict);

/* The next step: its loss, and whether all its numbers were finite. Steps go up; where some are
 * left out (thinned rows) the past weighs so much less. Once a number was not finite losses no
 * longer count: the smoothed loss stays as it was. */
void verdict_feed(struct verdict *verdict, int64_t step, double loss, bool finite);

/* The smoothed loss, in nats, and as a part of the loss without context; NAN before the first. */
double verdict_loss(const struct verdict *verdict);
double verdict_part(const struct verdict *verdict);

/* Of a run that is over after the step fed last. VERDICT_NONE only where nothing was fed. */
enum verdict_kind verdict_at_end(const struct verdict *verdict);

/* Of a run that goes on, with a warmup of so many steps: VERDICT_NONE before step VERDICT_STEPS,
 * during the warmup, and for VERDICT_STEPS steps after it (a stack that learns well under a warmup
 * of 100 is at 0.88 at step 115). What diverged has diverged: that is said at once. */
enum verdict_kind verdict_now(const struct verdict *verdict, int64_t warmup);

#endif
