/* The claims about stacks that are not yet trained. */
#ifndef LNSCOPE_CLAIMS_CLAIM_INITIAL_H
#define LNSCOPE_CLAIMS_CLAIM_INITIAL_H

#include "claims/claim_lab.h"

void claim_top_post(struct claim_lab *lab);
void claim_top_pre(struct claim_lab *lab);
void claim_hidden(struct claim_lab *lab);
void claim_growth(struct claim_lab *lab);
void claim_lns_variance(struct claim_lab *lab);
void claim_peri_linear(struct claim_lab *lab);
void claim_deepnorm_level(struct claim_lab *lab);
void claim_branch_qk_norm(struct claim_lab *lab);
void claim_amplification(struct claim_lab *lab);
void claim_same_parameters(struct claim_lab *lab);

#endif
