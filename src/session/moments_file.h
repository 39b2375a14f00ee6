/* Snapshots in a safetensors file, many of them one below the other, and back.
 *
 *   PREFIX.step, placement, ...       [snapshots], the header of each
 *   PREFIX.loss, ...                  [snapshots], of each quantity of SHAPE_SCALAR
 *   PREFIX.stream_grad, ...           [snapshots, L + 1] or [snapshots, L], of the others
 *   PREFIX.attention.rms.branch       the same, of a part
 *   PREFIX.block.NAME.param_grad      the same, of one tensor of the blocks
 *
 * Choices (placements, norms, faults) are their numbers, steps are doubles. A quantity that a file
 * does not have was not measured: it is NAN. Of files of version 1 the former names of quantities
 * are read as well. */
#ifndef LNSCOPE_SESSION_MOMENTS_FILE_H
#define LNSCOPE_SESSION_MOMENTS_FILE_H

#include "base/safetensors_read.h"
#include "session/moments.h"

/* The bytes of a name in these files, with what stands in front of it. */
enum { MOMENTS_NAME = 128 };

/* Adds all moments, where there are any, copied. */
void moments_write(const struct moments *moments, struct safetensors *set);

/* Fills moments in which nothing is kept, for stacks of these shapes whose newest step is `newest`,
 * thinned where they are more than the limit allows. False with a reason. */
bool moments_read(struct moments *moments, const struct safetensors_file *file,
                  const struct snapshot *const shape[SIDES], int64_t newest, struct error *error);

/* One snapshot, copied. */
void moments_write_one(const struct snapshot *snapshot, const char *prefix,
                       struct safetensors *set);

/* The snapshot of that prefix, of a step up to `newest`; *snapshot stays as it is where the file
 * has none. False with a reason. */
bool moments_read_one(struct snapshot **snapshot, const struct safetensors_file *file,
                      const char *prefix, const struct snapshot *shape, int64_t newest,
                      struct error *error);

#endif
