/* Everything measured in one step of one stack: a plain value, as large as its layers and tensors.
 *
 * It is one block of memory, a header and behind it the names of the tensors and the numbers of
 * every row of the table of quantities. It holds no pointers into itself: a copy of its `bytes`
 * bytes is a snapshot. A number that is not measured is NAN. */
#ifndef LNSCOPE_TRAIN_SNAPSHOT_H
#define LNSCOPE_TRAIN_SNAPSHOT_H

#include "core/placement.h"
#include "train/quantity.h"
#include "train/side.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a stack stopped being finite. */
enum fault_place {
    FAULT_NONE,
    FAULT_STREAM,   /* forward: x_l, the output of block `layer` (0: the embedding) */
    FAULT_LOSS,     /* forward: the streams are finite, the loss is not */
    FAULT_GRADIENT, /* backward: dLoss/dx_l, l = `layer` */
    FAULT_PARAMETER /* backward: a parameter gradient of block `layer` (0: outside the blocks) */
};

/* ... and in which part of the block, where that is known: of FAULT_STREAM and FAULT_PARAMETER. */
enum fault_part { FAULT_WHOLE, FAULT_ATTENTION, FAULT_FEED_FORWARD };

struct fault {
    enum fault_place place;
    int layer;
    int64_t step;
    enum fault_part part;
};

struct snapshot {
    size_t bytes; /* of all of it, what lies behind the header included */
    int64_t step; /* 1 is the first step; 0: nothing measured yet */
    enum placement placement;
    enum norm norm;
    int layers;         /* L */
    int tensors;        /* kinds of parameter tensors in its blocks */
    bool finite;        /* every number of this step is finite */
    bool detailed;      /* the quantities of WHEN_DETAIL were measured */
    struct fault fault; /* the first place, in the order of computation, that was not; kept in all
                           later snapshots of the run: a diverged stack computes no more */
    /* Private: in bytes from the beginning; 0: it has none. */
    uint32_t names, numbers[QUANTITIES];
};

/* One without numbers, of step 0, for whoever asks for what was never measured. */
extern const struct snapshot snapshot_none;

/* A snapshot of step 0, all numbers NAN, for a stack of `layers` blocks with these kinds of
 * tensors, such as "attn.qkv.weight"; the strings have to outlive it and its copies. Dies when
 * there is no memory. Free with snapshot_free(). */
struct snapshot *snapshot_new(int layers, int tensors, const char *const *name);
struct snapshot *snapshot_copy(const struct snapshot *from);
void snapshot_free(const struct snapshot *snapshot);

/* Copies into room of the same shape. */
void snapshot_assign(struct snapshot *to, const struct snapshot *from);

/* Copies into room of another shape, as far as that has it; the rest is NAN. Arrays are copied
 * where both have as many layers, those of tensors by their names. */
void snapshot_fit(struct snapshot *to, const struct snapshot *from);

/* Step 0, all numbers NAN; the shape stays. */
void snapshot_clear(struct snapshot *snapshot);

/* The same layers and tensors? */
bool snapshot_alike(const struct snapshot *a, const struct snapshot *b);

/* A quantity of SHAPE_SCALAR; NAN also where the snapshot has none. */
double snapshot_scalar(const struct snapshot *snapshot, enum quantity quantity);
void snapshot_set(struct snapshot *snapshot, enum quantity quantity, double value);

/* Array i of a quantity of another shape: its part i (0 where it is one), or its tensor i. Of
 * quantity_length() numbers; NULL where the snapshot has none. */
const float *snapshot_array(const struct snapshot *snapshot, enum quantity quantity, int i);
float *snapshot_room(struct snapshot *snapshot, enum quantity quantity, int i);

/* How many arrays there are, and the name of array i: of the part or the tensor, NULL where the
 * quantity is one. */
int snapshot_arrays(const struct snapshot *snapshot, enum quantity quantity);
const char *snapshot_array_name(const struct snapshot *snapshot, enum quantity quantity, int i);

/* Tensor i of its blocks, and the number of the tensor of that name; -1: there is none. */
const char *snapshot_tensor(const struct snapshot *snapshot, int i);
int snapshot_find(const struct snapshot *snapshot, const char *tensor);

#endif
