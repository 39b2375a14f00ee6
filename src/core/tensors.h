/* The table of parameter tensors, and their initial values. */
#ifndef LNSCOPE_CORE_TENSORS_H
#define LNSCOPE_CORE_TENSORS_H

#include "core/config.h"
#include "core/parameters.h"

/* Fills the table of tensors with those that a model of these settings has, and says how many
 * numbers they are: every member of *parameters up to tensors_of_block; the others become 0. The
 * caller frees parameters->tensor. */
void tensors_list(struct parameters *parameters, const struct model_config *config);

/* The index of the tensor of this kind and block; -1 when there is none. */
int tensors_find(const struct parameters *parameters, const char *kind, int block);

/* Gives every tensor its initial weights: a function of (seed, name, shape, init) alone. */
void tensors_init(struct parameters *parameters, const struct model_config *config);

#endif
