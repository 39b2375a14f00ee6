/* Admin's profile of the streams (Liu 2020, Understanding the Difficulty of Training Transformers).
 */
#ifndef LNSCOPE_CORE_ADMIN_H
#define LNSCOPE_CORE_ADMIN_H

struct model;
struct parallel;

/* Gives omega its initial values from the batch in model->batch: one forward pass with
 * omega = 1 measures the variance of every branch, and then, for sublayers i = 1 .. 2L,
 *     omega_1 = 1,  omega_i^2 = Var[x_0] + sum over j < i of Var[f_j(x_{j-1})],
 * the variance that the stream would have reached before sublayer i had no norm set it back to 1.
 * Does nothing for a model whose placement has no omega. */
void admin_profile(struct model *model, const struct parallel *parallel);

#endif
