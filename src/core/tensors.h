/* The table of parameter tensors, and their initial values. */
#ifndef LNSCOPE_CORE_TENSORS_H
#define LNSCOPE_CORE_TENSORS_H

#include "core/model.h"

/* Fills model->tensor, tensors, parameters, trained, partials and where the panels lie from
 * model->config. The caller
 * frees model->tensor. */
void tensors_list(struct model *model);

/* The index of the tensor of this kind and block; -1 when the model has none. */
int tensors_find(const struct model *model, const char *kind, int block);

/* Gives every tensor of model->weight its initial value. */
void tensors_init(struct model *model);

#endif
