/* Results of claims as rows: one line of JSON each, for machines, to go on with, and as what this
 * build is known to measure. */
#ifndef LNSCOPE_CLAIMS_CLAIM_FILE_H
#define LNSCOPE_CLAIMS_CLAIM_FILE_H

#include "base/error.h"
#include "claims/claim_table.h"

#include <stddef.h>
#include <stdio.h>

/* Writes a result with all that a reader needs: what is claimed, how it is measured, the ranges,
 * every seed's values, and the verdict. */
void claim_file_row(FILE *out, const struct claim_result *result);

/* Takes the rows of a text over into result[claim_count()], by the index of their claim, each
 * judged anew; what has no row keeps its place. A row that was measured in another way (another
 * setting or other quantities than the table has now) is no row of that claim: *other counts them.
 * False with a reason where a line is none that claim_file_row() writes. */
bool claim_file_read(const char *text, size_t size, struct claim_result *result, int *other,
                     struct error *error);

/* What was measured when this build was made, with all of the claim's seeds; NULL where nothing
 * was. It is read once, by the thread that asks first; the program has one that asks. */
const struct claim_result *claim_recorded(int index);

/* What is known of a claim, in plain words without a full stop: what is claimed, by whom, and what
 * is recorded of it. */
enum { CLAIM_KNOWN = 640 };
void claim_known_text(char out[CLAIM_KNOWN], int index);

/* The two parts of a list of what is known: 0, the claims that do not hold or were not measured; 1,
 * those that hold. */
extern const char *const claim_part_title[2];
int claim_part(int index);

#endif
