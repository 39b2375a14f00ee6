/* Snapshots made up and compared, for the tests of what works with them: the history, its files,
 * the trainer. */
#ifndef LNSCOPE_TESTS_SUPPORT_SNAPSHOTS_H
#define LNSCOPE_TESTS_SUPPORT_SNAPSHOTS_H

#include "train/snapshot.h"

/* Fails where they differ: in the header, the tensors, or a bit of a number of the table. */
void assert_same_snapshot(const struct snapshot *a, const struct snapshot *b);

/* A number of the snapshot: of array i of a quantity, or the scalar. */
double number_of(const struct snapshot *snapshot, enum quantity quantity, int i, int index);
void set_number(struct snapshot *snapshot, enum quantity quantity, int i, int index, double value);

/* How many arrays of how many numbers a quantity has; scalars count as one array of one. */
int arrays_of(const struct snapshot *snapshot, enum quantity quantity);
int length_of(const struct snapshot *snapshot, enum quantity quantity);

#endif
