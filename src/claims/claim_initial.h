/* The claims about stacks that are not yet trained. */
#ifndef LNSCOPE_CLAIMS_CLAIM_INITIAL_H
#define LNSCOPE_CLAIMS_CLAIM_INITIAL_H

#include "claims/trial.h"

void claim_top_post(struct trial *trial);
void claim_top_pre(struct trial *trial);
void claim_hidden(struct trial *trial);
void claim_growth(struct trial *trial);
void claim_lns_variance(struct trial *trial);
void claim_peri_linear(struct trial *trial);
void claim_deepnorm_level(struct trial *trial);
void claim_branch_qk_norm(struct trial *trial);
void claim_amplification(struct trial *trial);
void claim_same_parameters(struct trial *trial);

#endif
