/* See verdict.h. */
#include "session/verdict.h"

#include <math.h>

const double verdict_learns = 0.75, verdict_stuck = 0.9, verdict_below_token = 0.97;

const struct verdict_row verdict_table[VERDICTS] = {
    [VERDICT_NONE] = {.name = "", .letter = ' ', .help = "it is too early to say"},
    [VERDICT_LEARNS] = {.name = "learns",
                        .letter = 'L',
                        .help = "the smoothed loss is at most 0.75 of the loss without context, "
                                "and at most 0.97 of what the token at hand tells alone"},
    [VERDICT_SLOW] = {.name = "slow",
                      .letter = 's',
                      .help = "the smoothed loss is between that and 0.9 of the loss without "
                              "context"},
    [VERDICT_STUCK] = {.name = "stuck",
                       .letter = 'S',
                       .help = "the smoothed loss is at least 0.9 of the loss without context"},
    [VERDICT_DIVERGED] = {.name = "diverged",
                          .letter = 'D',
                          .help = "a number is not finite: the stack computes no more"},
};

struct verdict verdict_open(double without_context, double current_token)
{
    return (struct verdict){
        .unit = without_context > 0 ? without_context : (double)NAN,
        .token = current_token > 0 ? current_token : (double)NAN,
    };
}

double verdict_learns_at(const struct verdict *verdict)
{
    const double token = verdict_below_token * verdict->token / verdict->unit;
    return token > 0 && token < verdict_learns ? token : verdict_learns;
}

void verdict_feed(struct verdict *verdict, int64_t step, double loss, bool finite)
{
    const int64_t steps = verdict->loss.weight > 0 ? step - verdict->step : 1;
    verdict->step = step;
    if (verdict->fault_step > 0)
        return;
    if (!finite || !isfinite(loss)) {
        verdict->fault_step = step;
        return;
    }
    if (isnan(verdict->unit))
        verdict->unit = loss;
    smoothed_add(&verdict->loss, loss, steps);
    if (verdict->learn_step == 0 && verdict_part(verdict) <= verdict_learns_at(verdict))
        verdict->learn_step = step;
}

double verdict_loss(const struct verdict *verdict)
{
    return smoothed_loss(&verdict->loss);
}

double verdict_part(const struct verdict *verdict)
{
    return verdict_loss(verdict) / verdict->unit;
}

enum verdict_kind verdict_at_end(const struct verdict *verdict)
{
    const double part = verdict_part(verdict);
    if (verdict->fault_step > 0)
        return VERDICT_DIVERGED;
    if (isnan(part))
        return VERDICT_NONE;
    return part <= verdict_learns_at(verdict) ? VERDICT_LEARNS
           : part >= verdict_stuck            ? VERDICT_STUCK
                                              : VERDICT_SLOW;
}

enum verdict_kind verdict_now(const struct verdict *verdict, int64_t warmup)
{
    const int64_t first = warmup > 0 ? warmup + VERDICT_STEPS + 1 : VERDICT_STEPS;
    if (verdict->fault_step == 0 && verdict->step < first)
        return VERDICT_NONE;
    return verdict_at_end(verdict);
}
