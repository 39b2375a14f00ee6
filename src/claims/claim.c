/* See claim.h. */
#include "claims/claim.h"

#include "claims/claim_statistics.h"

#include <math.h>
#include <stdio.h>

int claim_quantities(const struct claim_row *row)
{
    int count = 0;
    while (count < CLAIM_QUANTITIES && row->quantity[count].name)
        count++;
    return count;
}

/* ---- judgement -------------------------------------------------------------------------------*/

bool claim_judged(const struct claim_quantity *quantity)
{
    return isfinite(quantity->least) || isfinite(quantity->most);
}

bool claim_within(const struct claim_quantity *quantity, double value)
{
    return !claim_judged(quantity) || (value >= quantity->least && value <= quantity->most);
}

static bool seed_passes(const struct claim_result *result, int seed)
{
    for (int i = 0; i < claim_quantities(result->row); i++)
        if (!claim_within(&result->row->quantity[i], result->value[i][seed]))
            return false;
    return true;
}

void claim_judge(struct claim_result *result)
{
    result->holds = true;
    result->passes = 0;
    for (int i = 0; i < claim_quantities(result->row); i++) {
        const struct claim_quantity *quantity = &result->row->quantity[i];
        const double *value = result->value[i];
        result->mean[i] = statistics_mean(value, result->seeds);
        result->spread[i] = statistics_spread(value, result->seeds);
        result->within[i] = claim_within(quantity, result->mean[i]);
        result->holds = result->holds && result->within[i];
        result->pass[i] = 0;
        for (int seed = 0; seed < result->seeds; seed++)
            result->pass[i] += claim_within(quantity, value[seed]);
    }
    for (int seed = 0; seed < result->seeds; seed++)
        result->passes += seed_passes(result, seed);
}

bool claim_is_worse(const struct claim_result *result, const struct claim_result *recorded)
{
    return recorded->holds && !result->holds;
}

/* ---- words -----------------------------------------------------------------------------------*/

const char *claim_verdict(const struct claim_result *result)
{
    return result->holds ? "holds" : "does not hold here";
}

void claim_number_text(char out[CLAIM_NUMBER], double value)
{
    if (isnan(value))
        snprintf(out, CLAIM_NUMBER, "-");
    else
        snprintf(out, CLAIM_NUMBER, value == floor(value) && fabs(value) < 1e9 ? "%.0f" : "%.3g",
                 value);
}

void claim_range_text(char out[CLAIM_RANGE], const struct claim_quantity *quantity)
{
    if (quantity->least == quantity->most)
        snprintf(out, CLAIM_RANGE, "exactly %.3g", quantity->least);
    else if (isfinite(quantity->least) && isfinite(quantity->most))
        snprintf(out, CLAIM_RANGE, "%.3g to %.3g", quantity->least, quantity->most);
    else if (isfinite(quantity->least))
        snprintf(out, CLAIM_RANGE, "at least %.3g", quantity->least);
    else if (isfinite(quantity->most))
        snprintf(out, CLAIM_RANGE, "at most %.3g", quantity->most);
    else
        snprintf(out, CLAIM_RANGE, "not judged");
}

void claim_finding_text(char out[CLAIM_FINDING], const struct claim_result *result)
{
    const struct claim_quantity *quantity = result->row->quantity;
    char number[CLAIM_NUMBER], range[CLAIM_RANGE];
    int shown = -1;
    for (int i = claim_quantities(result->row) - 1; i >= 0; i--)
        if (claim_judged(&quantity[i]) && (result->holds || !result->within[i]))
            shown = i;
    claim_number_text(number, shown < 0 ? (double)NAN : result->mean[shown]);
    claim_range_text(range, &quantity[shown < 0 ? 0 : shown]);
    snprintf(out, CLAIM_FINDING, "%s: %s is %s (accepted %s); %d of %d seed%s %s",
             claim_verdict(result), quantity[shown < 0 ? 0 : shown].name, number, range,
             result->passes, result->seeds, result->seeds == 1 ? "" : "s",
             result->seeds == 1 ? "passes" : "pass");
}
