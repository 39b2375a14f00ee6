/* See claim_table.h. */
#include "claims/claim_table.h"

#include "claims/claim_rows.h"

#include <string.h>

int claim_count(void)
{
    return claim_rows_initial_count + claim_rows_trained_count;
}

const struct claim_row *claim_at(int index)
{
    return index < claim_rows_initial_count ? &claim_rows_initial[index]
                                            : &claim_rows_trained[index - claim_rows_initial_count];
}

int claim_find(const char *id)
{
    for (int i = 0; i < claim_count(); i++)
        if (strcmp(claim_at(i)->id, id) == 0)
            return i;
    return -1;
}
