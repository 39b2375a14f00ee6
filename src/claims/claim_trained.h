/* The claims about what training does. */
#ifndef LNSCOPE_CLAIMS_CLAIM_TRAINED_H
#define LNSCOPE_CLAIMS_CLAIM_TRAINED_H

#include "claims/trial.h"

void claim_warmup_needed(struct trial *trial);
void claim_warmup_length(struct trial *trial);
void claim_warmup_sgd(struct trial *trial);
void claim_vanish_in_training(struct trial *trial);
void claim_depth_limit(struct trial *trial);
void claim_not_only_vanishing(struct trial *trial);
void claim_deepnorm_trains(struct trial *trial);
void claim_model_update(struct trial *trial);
void claim_pre_collapse(struct trial *trial);
void claim_rmsnorm_faster(struct trial *trial);
void claim_post_shallow(struct trial *trial);
void claim_swap(struct trial *trial);

#endif
