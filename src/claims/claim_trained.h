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
void claim_rezero_trains(struct trial *trial);
void claim_radam_is_warmup(struct trial *trial);
void claim_pre_before_post(struct trial *trial);
void claim_qk_norm_rate(struct trial *trial);
void claim_dyt_equal(struct trial *trial);
void claim_lns_late_blocks(struct trial *trial);

/* The losses of both stacks as the setting has them, the right one first: of claims that the left
 * one trains where the right one does not. */
void claim_left_trains(struct trial *trial);

#endif
