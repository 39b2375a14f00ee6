/* The table of claims: those about stacks that are not trained yet (claim_rows_initial.c), then
 * those about what training does (claim_rows_trained.c). */
#ifndef LNSCOPE_CLAIMS_CLAIM_TABLE_H
#define LNSCOPE_CLAIMS_CLAIM_TABLE_H

#include "claims/claim.h"

/* The most that there can be. */
enum { CLAIMS_MAX = 64 };

int claim_count(void);

/* A claim of the table, 0 <= index < claim_count(). */
const struct claim_row *claim_at(int index);

/* The index of the claim of that name; -1: there is none. */
int claim_find(const char *id);

#endif
