/* See claim.h. */
#include "claims/claim.h"

#include "claims/claim_statistics.h"

#include <math.h>

int claim_quantities(const struct claim_row *row)
{
    int count = 0;
    while (count < CLAIM_QUANTITIES && row->quantity[count].name)
        count++;
    return count;
}

bool claim_within(const struct claim_quantity *quantity, double mean)
{
    const bool judged = isfinite(quantity->least) || isfinite(quantity->most);
    return !judged || (mean >= quantity->least && mean <= quantity->most);
}

void claim_judge(struct claim_result *result)
{
    result->holds = true;
    for (int i = 0; i < claim_quantities(result->row); i++) {
        const double *value = result->value[i];
        result->mean[i] = statistics_mean(value, result->seeds);
        result->spread[i] = statistics_spread(value, result->seeds);
        result->within[i] = claim_within(&result->row->quantity[i], result->mean[i]);
        result->holds = result->holds && result->within[i];
    }
}
