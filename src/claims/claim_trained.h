/* The claims about what training does. */
#ifndef LNSCOPE_CLAIMS_CLAIM_TRAINED_H
#define LNSCOPE_CLAIMS_CLAIM_TRAINED_H

#include "claims/claim_lab.h"

void claim_warmup_needed(struct claim_lab *lab);
void claim_warmup_length(struct claim_lab *lab);
void claim_warmup_sgd(struct claim_lab *lab);
void claim_vanish_in_training(struct claim_lab *lab);
void claim_depth_limit(struct claim_lab *lab);
void claim_not_only_vanishing(struct claim_lab *lab);
void claim_deepnorm_trains(struct claim_lab *lab);
void claim_model_update(struct claim_lab *lab);
void claim_pre_collapse(struct claim_lab *lab);
void claim_rmsnorm_faster(struct claim_lab *lab);
void claim_post_shallow(struct claim_lab *lab);
void claim_swap(struct claim_lab *lab);

#endif
