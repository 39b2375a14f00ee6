/* The kernels as plain loops: what a transformer computes, layer by layer, to be read.
 *
 * Every forward stands beside its backward, which quotes the line that it differentiates; every
 * pointer has its shape, every formula its source. No vectors, no tiles, no packing, no BLAS: the
 * other tables of kernels compute the same, faster, and are tested against this one.
 * LNSCOPE_KERNELS=loops trains with it. Sums are taken in double precision and rounded once. */
#ifndef LNSCOPE_CORE_PLAIN_H
#define LNSCOPE_CORE_PLAIN_H

#include "core/kernels.h"

extern const struct kernels kernels_loops;

/* Its optimizers (plain_optimizer.c). */
struct update_sums plain_adamw(const struct update_rows *update);
struct update_sums plain_adam(const struct update_rows *update);
struct update_sums plain_radam(const struct update_rows *update);
struct update_sums plain_lion(const struct update_rows *update);
struct update_sums plain_sgd(const struct update_rows *update);
struct update_sums plain_momentum(const struct update_rows *update);
struct update_sums plain_muon(const struct update_rows *update);

#endif
