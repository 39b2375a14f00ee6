/* The norms of a stack, each at its site.
 *
 * A site is before or behind a branch, behind the sum, or before the output projection. norm_table
 * (placement.h) has the formulas, kernels.h the loops. */
#ifndef LNSCOPE_CORE_NORM_H
#define LNSCOPE_CORE_NORM_H

#include "core/config.h"
#include "core/real.h"

#include <stdbool.h>

struct parameters;
struct pass;

/* One norm of a sublayer (or the final one), where the placement has it. With NORM_NONE a site has
 * no tensors, and is there only where the placement scales what a norm would give (lns). */
struct norm_site {
    bool present;
    int gain, bias, alpha; /* tensors; -1: none */
    real offset, scale;    /* of the gain and of the result; see struct norm_rows */
};

/* Input, output and statistics of a norm; its backward pass reads them. */
struct norm_activations {
    const real *x;     /* [N][D] what is normalised */
    real *out;         /* [N][D] */
    real *mean, *rstd; /* [N]; RMSNorm has no mean, DyT and NORM_NONE neither */
};

/* The site whose tensors are called `name`, of a block or (-1) outside, whose result is multiplied
 * by `scale`; present where it is wanted. */
struct norm_site norm_site_find(const struct parameters *parameters,
                                const struct model_config *config, const char *name, int block,
                                bool wanted, double scale);

/* Takes mean and rstd from the arena where the site needs them. */
void norm_carve(struct norm_activations *activations, const struct norm_site *site,
                const struct model_config *config, struct arena *arena);

/* For the shard's rows of whole arrays: out = norm(x), and
 * dx = skip + (gradient through the norm of dy); skip may be NULL (0) or dx. The gradients of gain,
 * bias and alpha are added to the shard's partial ones. */
void norm_forward(const struct pass *pass, const struct norm_site *site,
                  struct norm_activations *activations);
void norm_backward(const struct pass *pass, const struct norm_site *site,
                   const struct norm_activations *activations, const real *dy, const real *skip,
                   real *dx);

#endif
