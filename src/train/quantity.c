/* See quantity.h. */
#include "train/quantity.h"

#include <stddef.h>

const char *const quantity_shape_names[] = {
    [SHAPE_SCALAR] = "scalar",
    [SHAPE_LAYERS] = "layers",
    [SHAPE_BLOCKS] = "blocks",
    [SHAPE_TENSORS] = "tensors",
};

const char *const quantity_when_names[] = {
    [WHEN_STEP] = "step",
    [WHEN_VALIDATION] = "validation",
    [WHEN_DETAIL] = "detail",
    [WHEN_HISTORY] = "history",
};

const char *const quantity_view_names[] = {
    [SHOWN_NOWHERE] = "",      [SHOWN_CURVES] = "curves",   [SHOWN_TENSORS] = "tensors",
    [SHOWN_STREAM] = "stream", [SHOWN_ANATOMY] = "anatomy",
};

const enum quantity quantity_flow_rms[] = {
    [FLOW_ATTENTION] = QUANTITY_ATTENTION_RMS, [FLOW_FEED_FORWARD] = QUANTITY_FFN_RMS};
const enum quantity quantity_flow_grad[] = {
    [FLOW_ATTENTION] = QUANTITY_ATTENTION_GRAD, [FLOW_FEED_FORWARD] = QUANTITY_FFN_GRAD};
const enum quantity quantity_flow_rstd[] = {
    [FLOW_ATTENTION] = QUANTITY_ATTENTION_RSTD, [FLOW_FEED_FORWARD] = QUANTITY_FFN_RSTD};

static const char *const points[FLOW_POINTS + 1] = {
    [FLOW_X] = "x",           [FLOW_NORM_IN] = "norm_in",
    [FLOW_BRANCH] = "branch", [FLOW_NORM_BRANCH] = "norm_branch",
    [FLOW_SUM] = "sum",       [FLOW_OUT] = "out",
};
static const char *const norms[FLOW_NORMS + 1] = {
    [FLOW_NIN] = "norm_in", [FLOW_NBRANCH] = "norm_branch", [FLOW_NOUT] = "norm_out"};

/* What the six rows of the flow through the sublayers share; see core/probe.h for the points. A
 * block with one sublayer (parallel) has only the first, in which "branch" is the sum of attention
 * and feed-forward network; NAN where the placement has no such point or norm. */
#define OF_FLOW(name_, parts_)                                                                     \
    .name = name_, .shape = SHAPE_BLOCKS, .unit = "", .part = parts_, .when = WHEN_DETAIL,         \
    .view = SHOWN_ANATOMY

const struct quantity_row quantity_table[QUANTITIES] = {
    [QUANTITY_LOSS] = {.name = "loss",
                       .unit = "nats",
                       .shape = SHAPE_SCALAR,
                       .rows = IN_CSV | IN_JSONL,
                       .curve = true,
                       .view = SHOWN_CURVES,
                       .place = 1,
                       .axis = AXIS_LINEAR,
                       .label = "loss",
                       .title = {"loss, nats per predicted token", "loss, nats per token",
                                 "loss, nats", "loss"},
                       .help = "cross-entropy per predicted token of this step's batch, before its "
                               "update"},
    [QUANTITY_LR] = {.name = "lr",
                     .unit = "",
                     .shape = SHAPE_SCALAR,
                     .rows = IN_CSV | IN_JSONL,
                     .curve = true,
                     .help = "the learning rate of this step's update"},
    [QUANTITY_GRAD_NORM] = {.name = "grad_norm",
                            .unit = "",
                            .shape = SHAPE_SCALAR,
                            .rows = IN_CSV | IN_JSONL,
                            .curve = true,
                            .view = SHOWN_CURVES,
                            .place = 3,
                            .label = "gradient norm",
                            .title = {"gradient norm, L2 over all parameters, before clipping",
                                      "gradient norm, all parameters", "gradient norm", "gradient"},
                            .note = {"the length of the gradient of all trained numbers of a stack",
                                     "of all trained numbers of a stack", "of a whole stack"},
                            .term = "gradient norm",
                            .help = "L2 norm of the gradient of all parameters, before clipping"},
    [QUANTITY_CLIP] = {.name = "clip",
                       .unit = "",
                       .shape = SHAPE_SCALAR,
                       .rows = IN_CSV | IN_JSONL,
                       .help = "the factor by which clipping scaled the gradient; 1: not at all"},
    [QUANTITY_RATIO] = {.name = "ratio",
                        .unit = "",
                        .shape = SHAPE_SCALAR,
                        .rows = IN_CSV | IN_JSONL,
                        .curve = true,
                        .view = SHOWN_CURVES,
                        .place = 2,
                        .label = "ratio",
                        .title = {"ratio: stream gradient at x_0 over that at x_L",
                                  "ratio of stream gradients", "ratio"},
                        .note = {"below 1 the gradient vanishes on its way down, above 1 it grows",
                                 "below 1: it vanishes on its way down", "below 1: it vanishes"},
                        .help = "the stream gradient at x_0 over that at x_L"},
    [QUANTITY_STREAM_GRAD] =
        {.name = "stream_grad",
         .unit = "",
         .shape = SHAPE_LAYERS,
         .rows = IN_CSV | IN_JSONL,
         /* Of `residual` x_l is the Post-LN stream, and the gradient at l > 0 what flows through it
          * alone; x_0 is the start of both streams. */
         .help = "L2 norm of dLoss/dx_l over the whole batch of this step; the loss is the mean "
                 "over the predicted tokens"},
    [QUANTITY_STREAM_RMS] = {.name = "stream_rms",
                             .unit = "",
                             .shape = SHAPE_LAYERS,
                             .rows = IN_JSONL,
                             .view = SHOWN_STREAM,
                             .label = "RMS of x_l",
                             .title = {"RMS of x_l over batch, tokens, width",
                                       "RMS of x_l over the batch", "RMS of x_l"},
                             .note = {"RMS: a norm at the end of each block holds the stream at "
                                      "one size; without one it is a plain sum, and grows with "
                                      "every block."},
                             .term = "RMS of x_l",
                             .help = "root mean square of the stream over batch, tokens and width, "
                                     "on a logarithmic axis that both stacks share"},
    [QUANTITY_PARAM_GRAD] = {.name = "param_grad",
                             .former = "grad",
                             .unit = "",
                             .shape = SHAPE_TENSORS,
                             .rows = IN_JSONL,
                             .view = SHOWN_TENSORS,
                             .label = "gradient",
                             .title = {"parameter gradient, L2 norm of dLoss/dW of each tensor",
                                       "parameter gradient, L2 of dLoss/dW", "parameter gradient"},
                             .note = {"L2 norm over the tensor, before clipping, of this step's "
                                      "batch",
                                      "L2 norm over the tensor"},
                             .key = "L2 norm, the same for both",
                             .help = "L2 norm of dLoss/dW of one tensor in block b1 ... bL, before "
                                     "clipping"},
    [QUANTITY_UPDATE_RATIO] =
        {.name = "update_ratio",
         .unit = "",
         .shape = SHAPE_TENSORS,
         .rows = IN_JSONL,
         .view = SHOWN_TENSORS,
         .label = "update over weight",
         .title = {"update over weight, L2 norms of W_new - W_old and of W_old",
                   "update over weight, L2 norms", "update over weight"},
         .note = {"L2 norms over the tensor, of this step's update; -- where W_old is 0",
                  "L2 norms over the tensor"},
         .key = "ratio; 1e-3 is a usual update",
         .mark = 1e-3,
         .term = "update over weight",
         .help = "L2 norm of what a step changed in a tensor over the L2 norm of what it was; 1e-3 "
                 "is a usual value, marked in the key"},
    [QUANTITY_WEIGHT] = {.name = "weight",
                         .unit = "",
                         .shape = SHAPE_TENSORS,
                         .view = SHOWN_TENSORS,
                         .label = "weight",
                         .title = {"weight, L2 norm of W of each tensor, before this step's update",
                                   "weight, L2 norm of W of each tensor", "weight, L2 norm"},
                         .note = {"L2 norm over the tensor, before this step's update",
                                  "L2 norm over the tensor"},
                         .key = "L2 norm, the same for both",
                         .term = "weight",
                         .help = "L2 norm of a tensor before the step's update: which tensors "
                                 "grow, and which decay"},
    [QUANTITY_VALID_LOSS] = {.name = "valid_loss",
                             .unit = "nats",
                             .shape = SHAPE_SCALAR,
                             .when = WHEN_VALIDATION,
                             .rows = IN_CSV | IN_JSONL,
                             .curve = true,
                             .help = "the loss over held-out data, before this step's update"},
    [QUANTITY_SMOOTH_LOSS] = {.name = "smooth_loss",
                              .former = "smooth",
                              .unit = "nats",
                              .shape = SHAPE_SCALAR,
                              .when = WHEN_HISTORY,
                              .curve = true,
                              .help = "exponential mean of the loss, 0.95 a step, debiased; it "
                                      "stands still where the loss is not finite"},
    [QUANTITY_SMOOTH_SUM] = {.name = "smooth_sum",
                             .former = "sum",
                             .unit = "nats",
                             .shape = SHAPE_SCALAR,
                             .when = WHEN_HISTORY,
                             .help = "the sum of losses by which smooth_loss goes on"},
    [QUANTITY_SMOOTH_WEIGHT] = {.name = "smooth_weight",
                                .former = "weight",
                                .unit = "",
                                .shape = SHAPE_SCALAR,
                                .when = WHEN_HISTORY,
                                .help = "the sum of their weights: smooth_loss is the quotient"},
    [QUANTITY_HELD_OUT] = {.name = "held_out",
                           .former = "valid",
                           .unit = "nats",
                           .shape = SHAPE_SCALAR,
                           .when = WHEN_HISTORY,
                           .help = "the newest valid_loss up to this step"},
    [QUANTITY_HELD_OUT_STEP] = {.name = "held_out_step",
                                .former = "valid_step",
                                .unit = "steps",
                                .shape = SHAPE_SCALAR,
                                .when = WHEN_HISTORY,
                                .help = "the step in which held_out was measured"},
    [QUANTITY_COSINE] = {.name = "cosine",
                         .unit = "",
                         .shape = SHAPE_LAYERS,
                         .when = WHEN_DETAIL,
                         .view = SHOWN_STREAM,
                         .axis = AXIS_PART,
                         .first = 1,
                         .label = "cosine between neighbouring layers",
                         .title = {"cosine between x_l and x_(l-1), mean over tokens",
                                   "cosine of x_l and x_(l-1), mean", "cosine x_l, x_(l-1)",
                                   "cosine"},
                         .note = {"Collapse: a cosine of 1 says that a block no longer turns the "
                                  "stream. Where late layers come near it they could be left out."},
                         .term = "cosine",
                         .help = "between x_l and x_(l-1) of the same token, mean over batch and "
                                 "tokens. 1: the block no longer turns the stream"},
    /* NAN where sequences have one token */
    [QUANTITY_SIMILARITY] = {.name = "similarity",
                             .unit = "",
                             .shape = SHAPE_LAYERS,
                             .when = WHEN_DETAIL,
                             .view = SHOWN_STREAM,
                             .axis = AXIS_PART,
                             .label = "similarity between tokens",
                             .title = {"similarity: mean cosine of two tokens in x_l",
                                       "similarity of two tokens in x_l", "token similarity",
                                       "similarity"},
                             .note = {"Collapse: a similarity of 1 says that all tokens of a "
                                      "sequence have become one vector; nothing tells them apart."},
                             .term = "similarity",
                             .help = "mean cosine of two different tokens of a sequence in x_l. 1: "
                                     "all tokens have become the same vector, which is called "
                                     "representation collapse"},
    /* over those queries that see more than one key; NAN where there are none */
    [QUANTITY_ENTROPY] = {.name = "entropy",
                          .unit = "",
                          .shape = SHAPE_BLOCKS,
                          .when = WHEN_DETAIL,
                          .view = SHOWN_STREAM,
                          .axis = AXIS_PART,
                          .label = "attention entropy",
                          .title = {"attention entropy, as part of that of even attention",
                                    "attention entropy, part of even", "attention entropy",
                                    "entropy"},
                          .note = {"1: attention looks at all keys alike and selects nothing; 0: "
                                   "at one key alone. Where the tokens have collapsed it goes to "
                                   "1."},
                          .term = "entropy",
                          .help = "of the attention probabilities, mean over batch, heads and "
                                  "queries, as part of that of even attention. 1: all keys alike; "
                                  "0: one key alone"},
    [QUANTITY_SHARE] = {.name = "share",
                        .unit = "",
                        .shape = SHAPE_BLOCKS,
                        .when = WHEN_DETAIL,
                        .view = SHOWN_STREAM,
                        .axis = AXIS_LINEAR,
                        .label = "share of the branches",
                        .title = {"share of a block: |x_l - x_(l-1)| over |x_(l-1)|, L2",
                                  "share: |x_l - x_(l-1)| / |x_(l-1)|", "share of the block",
                                  "share"},
                        .note = {"What a block adds to the stream, over what was there. Towards 0: "
                                 "what the block computes hardly counts."},
                        .term = "share",
                        .help = "L2 norm of what a block adds to the stream over that of the "
                                "stream before it"},
    [QUANTITY_ATTENTION_RMS] = {OF_FLOW("attention.rms", points), .term = "RMS",
                                .help = "root mean square of the signal over batch, tokens and "
                                        "width, at that point of the way up"},
    /* Where more than one way leads on from a point, of all of them: of `residual` "branch" has
     * that of both streams, of `b2t` "x" of a block that of its way to the block's last norm. */
    [QUANTITY_ATTENTION_GRAD] = {OF_FLOW("attention.grad", points), .term = "grad",
                                 .help = "L2 norm of the loss's gradient with respect to the "
                                         "signal at that point, over the whole batch; it comes "
                                         "from above"},
    /* With the norm's epsilon, without a factor of its result as `lns` has one; of RMSNorm sigma is
     * the root mean square. */
    [QUANTITY_ATTENTION_RSTD] = {OF_FLOW("attention.rstd", norms), .term = "1/σ",
                                 .help = "what a norm multiplies its input by, mean over batch and "
                                         "tokens (1/sd without UTF-8). DyT has none"},
    [QUANTITY_FFN_RMS] = {OF_FLOW("ffn.rms", points), .help = "as attention.rms"},
    [QUANTITY_FFN_GRAD] = {OF_FLOW("ffn.grad", points), .help = "as attention.grad"},
    [QUANTITY_FFN_RSTD] = {OF_FLOW("ffn.rstd", norms), .help = "as attention.rstd"},
};

int quantity_parts(enum quantity quantity)
{
    const char *const *part = quantity_table[quantity].part;
    int parts = 0;
    while (part && part[parts])
        parts++;
    return part ? parts : 1;
}

bool quantity_is_named(enum quantity quantity)
{
    return quantity_table[quantity].shape == SHAPE_TENSORS || quantity_table[quantity].part;
}

int quantity_length(enum quantity quantity, int layers)
{
    switch (quantity_table[quantity].shape) {
    case SHAPE_SCALAR:
        return 1;
    case SHAPE_LAYERS:
        return layers + 1;
    case SHAPE_BLOCKS:
    case SHAPE_TENSORS:
        break;
    }
    return layers;
}

int quantity_count(enum quantity_view view)
{
    int count = 0;
    for (int q = 0; q < QUANTITIES; q++)
        count += quantity_table[q].view == view;
    return count;
}

/* Rising in the order of a view: those with a place, then the others as in the table. */
static int rank(enum quantity quantity)
{
    const int place = quantity_table[quantity].place;
    return place > 0 ? place : QUANTITIES + (int)quantity;
}

int quantity_number(enum quantity quantity)
{
    int before = 0;
    for (int q = 0; q < QUANTITIES; q++)
        before += quantity_table[q].view == quantity_table[quantity].view &&
                  rank((enum quantity)q) < rank(quantity);
    return before;
}

enum quantity quantity_at(enum quantity_view view, int n)
{
    int q = 0;
    while (quantity_table[q].view != view || quantity_number((enum quantity)q) != n)
        q++;
    return (enum quantity)q;
}

enum quantity quantity_step(enum quantity quantity, int by)
{
    const enum quantity_view view = quantity_table[quantity].view;
    return quantity_at(view, (quantity_number(quantity) + by) % quantity_count(view));
}
