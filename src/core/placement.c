/* The tables of placements and norms; see placement.h. */
#include "core/placement.h"

#include <math.h>
#include <stddef.h>

const struct placement_row placement_table[PLACEMENTS] = {
    [PLACEMENT_PRE] =
        {
            .name = "pre",
            .title = "Pre-LN",
            .formula = "x + f(N(x))",
            .source = "GPT-2 2019, Xiong 2020",
            .note =
                "the stream is a plain sum, so gradients reach every block; it grows with depth",
            .differs = "",
            .norm_in = true,
            .final_norm = true,
        },
    [PLACEMENT_POST] =
        {
            .name = "post",
            .title = "Post-LN",
            .formula = "N(x + f(x))",
            .source = "Vaswani 2017",
            .note = "the stream is normalised after every sublayer; deep stacks need warmup",
            .differs = "",
            .norm_out = true,
        },
    [PLACEMENT_NONE] =
        {
            .name = "none",
            .title = "No norm",
            .formula = "x + f(x)",
            .source = "no normalization (control)",
            .note = "what happens without any norm",
            .differs = "",
        },
    [PLACEMENT_BRANCH] =
        {
            .name = "branch",
            .title = "Branch-LN",
            .formula = "x + N(f(x))",
            .source = "Swin v2 2021, OLMo 2 2024",
            .note = "only what a branch adds is normalised; deep stacks need QK-norm besides",
            .differs =
                "Swin v2 starts the gains of these norms at 0 (branch-zero on) and has cosine "
                "attention; OLMo 2 norms queries and keys besides (qk-norm, qk-joint)",
            .norm_branch = true,
            .final_norm = true,
        },
    [PLACEMENT_PERI] =
        {
            .name = "peri",
            .title = "Sandwich/Peri-LN",
            .formula = "x + N(f(N(x)))",
            .source = "CogView 2021, Peri-LN 2025, Gemma 2 2024",
            .note = "a norm before and one after the branch; the stream's variance grows linearly",
            .differs = "the paper leaves open a norm of the embedding besides; here is none",
            .norm_in = true,
            .norm_branch = true,
            .final_norm = true,
        },
    [PLACEMENT_DEEPNORM] =
        {
            .name = "deepnorm",
            .title = "DeepNorm",
            .formula = "N(a x + f(x))",
            .source = "DeepNet 2022",
            .note = "Post-LN with a = (2L)^(1/4); initial weights but those of Q and K times "
                    "(8L)^(-1/4)",
            .differs =
                "the paper's example draws weights from normal distributions (init xavier-normal)",
            .norm_out = true,
            .skip = SKIP_DEPTH,
        },
    [PLACEMENT_ADMIN] =
        {
            .name = "admin",
            .title = "Admin",
            .formula = "N(w x + f(x))",
            .source = "Liu 2020, Understanding the Difficulty",
            .note = "Post-LN with a trained vector w on the stream, profiled on the first batch",
            .differs = "as in the paper's text: all w are 1 while the batch passes; its code sets "
                       "each w on the way, so that the blocks above are profiled behind it",
            .norm_out = true,
            .skip = SKIP_VECTOR,
        },
    [PLACEMENT_LNS] =
        {
            .name = "lns",
            .title = "Scaled Pre-LN",
            .formula = "x + f(N(x) / sqrt(l))",
            .source = "Sun 2025, The Curse of Depth",
            .note = "LayerNorm Scaling: block l's norms, without norms its input, are divided by "
                    "sqrt(l)",
            .differs = "",
            .norm_in = true,
            .norm_by_depth = true,
            .final_norm = true,
        },
    [PLACEMENT_MIX] =
        {
            .name = "mix",
            .title = "Mix-LN",
            .formula = "N(x + f(x)), then x + f(N(x))",
            .source = "Li 2024, Mix-LN",
            .note = "Post-LN in the first quarter of the blocks (at least one), Pre-LN in the rest",
            .differs = "",
            .norm_in = true,
            .norm_out = true,
            .by_block = true,
            .final_norm = true,
        },
    [PLACEMENT_REZERO] =
        {
            .name = "rezero",
            .title = "ReZero",
            .formula = "x + a f(x)",
            .source = "Bachlechner 2020",
            .note = "no norm: a trained number a of each block, for both sublayers, 0 at the start",
            .differs = "",
            .scale = SCALE_LEARNED,
        },
    [PLACEMENT_RESIDUAL] =
        {
            .name = "residual",
            .title = "ResiDual",
            .formula = "N(x + f(x)), at the end + N(x_0 + sum f)",
            .source = "Xie 2023",
            .note =
                "Post-LN and, beside it, the plain sum of all branches; x_l is the Post-LN stream",
            .differs = "",
            .norm_out = true,
            .beside = BESIDE_SUM,
            .final_norm = true,
        },
    [PLACEMENT_B2T] =
        {
            .name = "b2t",
            .title = "B2T",
            .formula = "N(x + f(x)), the last one + block input",
            .source = "Takase 2022",
            .note = "Post-LN whose last norm of a block also receives the block's input; initial "
                    "weights of blocks times L^-0.5",
            .differs = "",
            .norm_out = true,
            .beside = BESIDE_INPUT,
            .rescaled = true,
        },
};

const struct norm_row norm_table[NORMS] = {
    [NORM_LAYERNORM] =
        {
            .name = "layernorm",
            .title = "LayerNorm",
            .letters = "LN",
            .formula = "gain * (x - mean(x)) / sqrt(var(x) + norm-eps) + bias",
            .source = "Ba 2016",
            .gain = true,
            .bias = true,
        },
    [NORM_RMSNORM] =
        {
            .name = "rmsnorm",
            .title = "RMSNorm",
            .letters = "RMS",
            .formula = "gain * x / sqrt(mean(x^2) + norm-eps)",
            .source = "Zhang 2019",
            .gain = true,
        },
    [NORM_NONE] =
        {
            .name = "none",
            .title = "no norm",
            .letters = "",
            .formula = "x",
            .source = "no normalization (control)",
        },
    [NORM_DYT] =
        {
            .name = "dyt",
            .title = "DyT",
            .letters = "DyT",
            .formula = "gain * tanh(alpha * x) + bias",
            .source = "Zhu 2025, Transformers without Normalization",
            .gain = true,
            .bias = true,
            .alpha = true,
        },
};

const struct names placement_names = NAMES_OF_ROWS(placement_table);
const struct names norm_names = NAMES_OF_ROWS(norm_table);

enum placement placement_of_block(enum placement placement, int block, int layers)
{
    if (placement != PLACEMENT_MIX)
        return placement;
    return block == 0 || block < layers / 4 ? PLACEMENT_POST : PLACEMENT_PRE;
}

double placement_skip(enum placement placement, int layers)
{
    return placement_table[placement].skip == SKIP_DEPTH ? placement_alpha(layers) : 1;
}

double placement_norm_scale(enum placement placement, int block)
{
    return placement_table[placement].norm_by_depth ? 1 / sqrt(block + 1) : 1;
}

double placement_alpha(int layers)
{
    return pow(2.0 * layers, 0.25);
}

double placement_beta(int layers)
{
    return pow(8.0 * layers, -0.25);
}

double placement_weight_scale(enum placement placement, int layers)
{
    return placement_table[placement].rescaled ? pow(layers, -0.5) : 1;
}
