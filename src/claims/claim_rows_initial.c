/* The claims about stacks that are not trained yet, one row each. */
#include "claims/claim_initial.h"
#include "claims/claim_layers.h"
#include "claims/claim_rows.h"

/* The setting of Xiong 2020's theorems. */
#define THEOREM                                                                                    \
    "--task copy --ffn 64 --batch 1 --init xavier-normal --activation relu "                       \
    "--attention bidirectional"

#define TOP_GRADIENT                                                                               \
    "norm of the gradient of one token's loss by the last block's second feed-forward matrix, "    \
    "mean over 62 tokens"

const struct claim_row claim_rows_initial[] = {
    {
        .id = "xiong-top-post",
        .source = "Xiong 2020, theorem 1",
        .published = "theorem 1 bounds |dLoss/dW2 of the last block| by O(d sqrt(ln d)) in "
                     "Post-LN, whatever the depth",
        .claim = "Post-LN at init: the gradient at the top does not depend on the depth",
        .fails = "with W_Q and W_K as they are drawn, or where tokens correlate; it is said of the "
                 "top alone, and of initial weights",
        .setting = THEOREM,
        .varied = "right stack; layers 6, 12, 24, 48; W_Q = W_K = 0",
        .what = TOP_GRADIENT,
        .quantity = {REPORTED("L = 6"), REPORTED("L = 12"), REPORTED("L = 24"), REPORTED("L = 48"),
                     WITHIN("L = 48 : L = 6", 1, 0.8, 1.25)},
        .seeds = 8,
        .work = 50,
        .quick = true,
        .measure = claim_top_post,
    },
    {
        .id = "xiong-top-pre",
        .source = "Xiong 2020, theorem 1",
        .published =
            "theorem 1 bounds |dLoss/dW2 of the last block| by O(d sqrt(ln d / L)) in Pre-LN",
        .claim = "Pre-LN at init: the gradient at the top falls as 1/sqrt(L)",
        .fails = "the gradient of a batch's mean loss falls less, since tokens correlate",
        .setting = THEOREM,
        .varied = "left stack; layers 6, 12, 24, 48; W_Q = W_K = 0; the gradient of a batch's mean "
                  "loss, which falls less, at batch 16",
        .what = TOP_GRADIENT,
        .quantity = {REPORTED("L = 6"), REPORTED("L = 12"), REPORTED("L = 24"), REPORTED("L = 48"),
                     WITHIN("L = 48 : L = 6", 0.354, 0.25, 0.45), REPORTED("the same of a batch")},
        .seeds = 8,
        .work = 50,
        .quick = true,
        .measure = claim_top_pre,
    },
    {
        .id = "xiong-hidden",
        .source = "Xiong 2020, lemma 2",
        .published = "lemma 2: (1 + l/2) d <= E|x_l|^2 <= (1 + 3l/2) d in Pre-LN; d in Post-LN",
        .claim = "Pre-LN at init: l/2 <= (|x_l|^2 - |x_0|^2) / D <= 3l/2; Post-LN: |x_l|^2 = D",
        .fails = "with weights that are not Xavier Gaussian, F other than D, or sharp attention",
        .setting = THEOREM,
        .varied = "left stack at layers 6, 12, 24, 48; right stack at 48; W_Q = W_K = 0",
        .what = "|x_L|^2 / D, mean over the tokens, and what it grew by per block",
        .quantity = {REPORTED("pre, L = 6"), REPORTED("pre, L = 12"), REPORTED("pre, L = 24"),
                     REPORTED("pre, L = 48"), AT_LEAST("least growth of the four", UNKNOWN, 0.5),
                     AT_MOST("most growth of the four", UNKNOWN, 1.5),
                     WITHIN("post, L = 48", 1, 0.99, 1.01)},
        .seeds = 8,
        .work = 15,
        .quick = true,
        .measure = claim_hidden,
    },
    {
        .id = "amplification",
        .source = "Admin, Liu 2020, theorem 2 and corollaries",
        .published = "Var[F(x, W) - F(x, W*)] at init is O(N) in Post-LN and O(log N) in Pre-LN",
        .claim = "at init, noise on all weights moves the output by O(L) in Post-LN and by "
                 "O(log L) in Pre-LN",
        .fails = "the theorem takes branches as independent and linear in the noise; with GELU and "
                 "attention as it is drawn, which amplify small changes, it looks truer",
        .setting = "--task grammar --batch 4 --activation relu",
        .varied = "layers 6, 12, 24, 48; W_Q = W_K = 0; every weight of the blocks' matrices times "
                  "1 + 0.001 n, n normal",
        .what = "mean square of what the output (behind the last norm) changes by, divided by the "
                "noise's variance, mean over 16 draws; exponent p of a fit c L^p; growth from 24 "
                "to 48 blocks divided by that from 6 to 12: 1 for log L, 4^p for L^p, accepted up "
                "to halfway to the next of log L, L^0.5, L, L^1.5",
        .quantity = {REPORTED("post, L = 6"), REPORTED("post, L = 48"), REPORTED("post, exponent"),
                     WITHIN("post, growth", 4, 2.83, 5.66), REPORTED("pre, L = 6"),
                     REPORTED("pre, L = 48"), REPORTED("pre, exponent"),
                     WITHIN("pre, growth", 1, 0.5, 1.41)},
        .seeds = 3,
        .work = 250,
        .quick = true,
        .measure = claim_amplification,
    },
    {
        .id = "deepnorm-level",
        .source = "after DeepNet, Wang 2022",
        .published = "with alpha = (2L)^(1/4), beta = (8L)^(-1/4) a constant bounds the model "
                     "update; level gradients are inferred here",
        .claim = "DeepNorm at init: the first and the last block's gradients are equal",
        .fails =
            "it is said of the second feed-forward matrices; other tensors have their own scale",
        .setting = "--task grammar --right deepnorm",
        .varied = "right stack; layers 6 and 48",
        .what = "norm of the gradient of a block's second feed-forward matrix",
        .quantity = {REPORTED("L = 6, first"), REPORTED("L = 6, last"),
                     WITHIN("L = 6, first : last", 1, 0.8, 1.25), REPORTED("L = 48, first"),
                     REPORTED("L = 48, last"), WITHIN("L = 48, first : last", 1, 0.8, 1.25)},
        .seeds = 8,
        .work = 50,
        .quick = true,
        .measure = claim_deepnorm_level,
    },
    {
        .id = "pre-growth",
        .source = "Xiong 2020, lemma 2; Sun 2025",
        .published =
            "|x_l|^2 grows linearly at init (Xiong); deep blocks come close to the identity (Sun)",
        .claim = "Pre-LN at init: |x_l| grows as sqrt(l), and blocks turn the stream less and less",
        .fails = "after training, where it grows faster (peri-trained)",
        .setting = "--task grammar",
        .varied = "left stack; layers 6, 12, 24, 48",
        .what = "cosine of the last block's input and output, mean over the tokens; exponent p of "
                "a fit |x_L| = c L^p",
        .quantity = {WITHIN("cosine, L = 6", 0.917, 0.89, 0.97),
                     WITHIN("cosine, L = 12", 0.958, 0.94, 0.98),
                     WITHIN("cosine, L = 24", 0.979, 0.96, 0.99),
                     WITHIN("cosine, L = 48", 0.99, 0.98, 1), WITHIN("exponent", 0.5, 0.4, 0.6)},
        .seeds = 8,
        .work = 15,
        .quick = true,
        .measure = claim_growth,
    },
    {
        .id = "lns-variance",
        .source = "LayerNorm Scaling, Sun 2025",
        .published =
            "scaling the norms' outputs by 1/sqrt(l) holds the variance of Pre-LN's stream down",
        .claim = "scaling Pre-LN's norms by 1/sqrt(l) keeps the stream small",
        .fails = "where block l's scale is dropped (--norm none)",
        .setting = "--task grammar --layers 48 --left lns --right pre",
        .varied = "",
        .what = "|x_L|^2 / D at init, mean over the tokens",
        .quantity = {REPORTED("lns"), REPORTED("pre"), AT_MOST("lns : pre", UNKNOWN, 0.25)},
        .seeds = 8,
        .work = 15,
        .quick = true,
        .measure = claim_lns_variance,
    },
    {
        .id = "branch-needs-qknorm",
        .source = "OLMo 2, 2024; Swin v2, Liu 2021",
        .published = "OLMo 2 joins x + N(f(x)) with QK-norm; Swin v2 has it with gains that start "
                     "at 0 and cosine attention",
        .claim = "x + N(f(x)) at init: the first block's gradient explodes with depth, but for "
                 "QK-norm",
        .fails = "with gains that start at 0, as in Swin v2: then nothing can explode at init",
        .setting = "--task grammar --left branch --right branch --qk-norm off/on",
        .varied = "layers 6, 12, 24, 48",
        .what = "norm of the gradient of all parameters of the first block",
        .quantity = {REPORTED("L = 6"), REPORTED("L = 12"), REPORTED("L = 24"), REPORTED("L = 48"),
                     AT_LEAST("L = 48 : L = 6", UNKNOWN, 50),
                     WITHIN("the same with QK-norm", 1, 0.5, 2)},
        .seeds = 5,
        .work = 80,
        .quick = true,
        .measure = claim_branch_qk_norm,
    },
    {
        .id = "peri-linear",
        .source = "Peri-LN, Kim 2025",
        .published = "norms on both sides of a sublayer let the variance of the stream grow "
                     "linearly with depth",
        .claim = "Peri-LN at init: the stream's variance grows linearly with depth",
        .fails = "only of initial gains: training moves them (peri-trained)",
        .setting = "--task grammar --left peri",
        .varied = "left stack; layers 6, 12, 24, 48",
        .what = "|x_L|^2 / D, mean over the tokens; exponent p of a fit c L^p",
        .quantity = {REPORTED("L = 6"), REPORTED("L = 12"), REPORTED("L = 24"), REPORTED("L = 48"),
                     WITHIN("exponent", 1, 0.85, 1.15)},
        .seeds = 8,
        .work = 15,
        .quick = true,
        .measure = claim_peri_linear,
    },
    {
        .id = "gradient-by-layer",
        .source = "Xiong 2020, figure 3",
        .published = "W1 and W2 of 6 + 6 layers at init: gradients about the same in all Pre-LN "
                     "layers; in Post-LN they grow with the layer",
        .claim = "at init, Pre-LN's parameter gradients are level over the layers, and Post-LN's "
                 "rise to the output",
        .fails = "it is said of parameter gradients: stream gradients can slope the other way; "
                 "the slope depends on how sharp attention is",
        .setting = "--task grammar --layers 6 --activation relu",
        .varied = "left stack as pre and post, step 1",
        .what = "gradient of a block's second feed-forward matrix: slope of its natural logarithm "
                "per block; top block divided by the bottom one",
        .quantity = {REPORTED("pre, slope"), WITHIN("pre, top : bottom", 1, 0.67, 1.5),
                     REPORTED("post, slope"), AT_LEAST("post, top : bottom", UNKNOWN, 1.5)},
        .seeds = 8,
        .work = 5,
        .quick = true,
        .measure = claim_gradient_by_layer,
    },
    {
        .id = "token-similarity",
        .source = "Dong 2021; Noci 2022",
        .published = "attention alone takes tokens to rank 1 (Dong); Post-LN's align with depth "
                     "unless branches are scaled (Noci)",
        .claim = "at init tokens become more alike with depth, and faster in Post-LN than in "
                 "Pre-LN",
        .fails = "where branches are scaled down with depth (Noci), or attention is sharp",
        .setting = "--task grammar --layers 24",
        .varied = "left stack as pre and post, step 1",
        .what = "mean cosine of two different tokens of a sequence, in x_0 and in x_L; rise from "
                "one to the other",
        .quantity = {REPORTED("x_0"), REPORTED("pre, x_L"), REPORTED("post, x_L"),
                     AT_LEAST("pre, rise", UNKNOWN, 0.05),
                     AT_LEAST("rise, post : pre", UNKNOWN, 1.2)},
        .seeds = 8,
        .work = 10,
        .quick = true,
        .measure = claim_token_similarity,
    },
    {
        .id = "same-params",
        .source = "teaching material",
        .published = "Pre-LN and Post-LN have the same parameters in a block",
        .claim = "Pre-LN and Post-LN have the same parameters, and can be swapped in training",
        .fails = "where a placement has norms of its own",
        .setting = "--task copy --layers 2 --batch 4",
        .varied = "both stacks, a step under the own placement and one under the other's",
        .what = "number of parameters in a block; whether both swaps go through (1: yes)",
        .quantity = {REPORTED("parameters, pre"), REPORTED("parameters, post"),
                     WITHIN("pre : post", 1, 1, 1), WITHIN("swaps", 1, 1, 1)},
        .seeds = 1,
        .work = 1,
        .quick = true,
        .measure = claim_same_parameters,
    },
};

const int claim_rows_initial_count = (int)(sizeof claim_rows_initial / sizeof *claim_rows_initial);
