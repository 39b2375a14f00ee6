/* The tables of placements and norms; see placement.h. */
#include "core/placement.h"

#include <stddef.h>

const struct placement_row placement_table[PLACEMENTS] = {
    [PLACEMENT_PRE] =
        {
            .name = "pre",
            .title = "Pre-LN",
            .formula = "x + f(N(x))",
            .source = "GPT-2 2019, Xiong 2020",
            .norm_in = true,
            .skip = 1,
            .scale = 1,
            .final_norm = true,
        },
    [PLACEMENT_POST] =
        {
            .name = "post",
            .title = "Post-LN",
            .formula = "N(x + f(x))",
            .source = "Vaswani 2017",
            .norm_out = true,
            .skip = 1,
            .scale = 1,
        },
    [PLACEMENT_NONE] =
        {
            .name = "none",
            .title = "No norm",
            .formula = "x + f(x)",
            .source = "no normalization (control)",
            .skip = 1,
            .scale = 1,
        },
};

const struct norm_row norm_table[NORMS] = {
    [NORM_LAYERNORM] =
        {
            .name = "layernorm",
            .title = "LayerNorm",
            .letters = "LN",
            .formula = "gain * (x - mean(x)) / sqrt(var(x) + 1e-5) + bias",
            .source = "Ba 2016",
            .gain = true,
            .bias = true,
        },
    [NORM_RMSNORM] =
        {
            .name = "rmsnorm",
            .title = "RMSNorm",
            .letters = "RMS",
            .formula = "gain * x / sqrt(mean(x^2) + 1e-5)",
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
};

const char *const placement_names[PLACEMENTS + 1] = {
    [PLACEMENT_PRE] = "pre", [PLACEMENT_POST] = "post", [PLACEMENT_NONE] = "none"};

const char *const norm_names[NORMS + 1] = {
    [NORM_LAYERNORM] = "layernorm", [NORM_RMSNORM] = "rmsnorm", [NORM_NONE] = "none"};
