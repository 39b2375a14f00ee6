/* The claims about what differs from layer to layer, at init and in training: measured by what the
 * snapshots of a run have. */
#ifndef LNSCOPE_CLAIMS_CLAIM_LAYERS_H
#define LNSCOPE_CLAIMS_CLAIM_LAYERS_H

#include "claims/trial.h"

void claim_gradient_by_layer(struct trial *trial);
void claim_token_similarity(struct trial *trial);
void claim_norms_are_the_decay(struct trial *trial);
void claim_adam_levels(struct trial *trial);
void claim_mix_flatter(struct trial *trial);
void claim_residual_neither(struct trial *trial);
void claim_peri_trained(struct trial *trial);

#endif
