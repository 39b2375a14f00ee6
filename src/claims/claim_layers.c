/* See claim_layers.h. */
#include "claims/claim_layers.h"

#include "claims/claim_statistics.h"

#include <math.h>

/* Trains up to a step, with all that can be measured; returns the snapshot of that step, an empty
 * one where the stack could not be opened. */
static const struct snapshot *snapshot_at(struct trial_stack *stack, int64_t step)
{
    if (!stack->task)
        return &snapshot_none;
    stack->run.watch = WATCH_DETAIL;
    trial_train(stack, step);
    return stack->run.snapshot;
}

/* A number of an array of a snapshot; NAN where there is none. */
static double number_at(const struct snapshot *snapshot, enum quantity quantity, int array, int i)
{
    const float *value = array < 0 ? NULL : snapshot_array(snapshot, quantity, array);
    return value ? (double)value[i] : (double)NAN;
}

/* The same of the second feed-forward matrix of a block. */
static double ffn_down_at(const struct snapshot *snapshot, enum quantity quantity, int block)
{
    return number_at(snapshot, quantity, snapshot_find(snapshot, "ffn.down.weight"), block);
}

/* Opens the left side of the claim's setting under a placement. */
static void open_placed(struct trial_stack *stack, struct trial *trial, const char *placement)
{
    struct settings settings = trial_settings(trial);
    trial_set(&settings, "left", placement);
    trial_open(stack, trial, &settings, LEFT);
}

/* ---- at init ---------------------------------------------------------------------------------*/

void claim_gradient_by_layer(struct trial *trial)
{
    static const char *const placements[] = {"pre", "post"};
    const int L = trial_settings(trial).layers;
    for (int i = 0; i < 2; i++) {
        double layer[LAYERS_MAX], logarithm[LAYERS_MAX];
        struct trial_stack stack;
        open_placed(&stack, trial, placements[i]);
        const struct snapshot *first = snapshot_at(&stack, 1);
        for (int block = 0; block < L; block++) {
            layer[block] = block;
            logarithm[block] = log(ffn_down_at(first, QUANTITY_PARAM_GRAD, block));
        }
        trial_close(&stack);
        trial_note(trial, statistics_slope(layer, logarithm, L));
        trial_note(trial, exp(logarithm[L - 1] - logarithm[0]));
    }
}

void claim_token_similarity(struct trial *trial)
{
    static const char *const placements[] = {"pre", "post"};
    const int L = trial_settings(trial).layers;
    double rise[2];
    for (int i = 0; i < 2; i++) {
        struct trial_stack stack;
        open_placed(&stack, trial, placements[i]);
        const struct snapshot *first = snapshot_at(&stack, 1);
        const double bottom = number_at(first, QUANTITY_SIMILARITY, 0, 0);
        rise[i] = number_at(first, QUANTITY_SIMILARITY, 0, L) - bottom;
        trial_close(&stack);
        if (i == 0)
            trial_note(trial, bottom);
        trial_note(trial, bottom + rise[i]);
    }
    trial_note(trial, rise[0]);
    trial_note(trial, rise[1] / rise[0]);
}

/* ---- Post-LN ---------------------------------------------------------------------------------*/

/* Decades by which all norms behind the sums scale a gradient on its way down, by their 1/sigma. */
static double norm_decades(const struct snapshot *snapshot)
{
    double sum = 0;
    for (int block = 0; block < snapshot->layers; block++)
        sum += log10(number_at(snapshot, QUANTITY_ATTENTION_RSTD, FLOW_NOUT, block)) +
               log10(number_at(snapshot, QUANTITY_FFN_RSTD, FLOW_NOUT, block));
    return sum;
}

void claim_norms_are_the_decay(struct trial *trial)
{
    const int64_t steps[] = {1, trial_settings(trial).steps};
    struct trial_stack stack;
    double norms = NAN, ratio = NAN;
    open_placed(&stack, trial, "post");
    for (int i = 0; i < 2; i++) {
        const struct snapshot *now = snapshot_at(&stack, steps[i]);
        norms = now->layers > 0 ? norm_decades(now) : (double)NAN;
        ratio = log10(snapshot_scalar(now, QUANTITY_RATIO));
        trial_note(trial, norms);
        trial_note(trial, ratio);
    }
    trial_note(trial, norms / ratio);
    trial_close(&stack);
}

/* Decades from the bottom block to the top one, of the second feed-forward matrix. */
static double decades(const struct snapshot *snapshot, enum quantity quantity)
{
    return log10(ffn_down_at(snapshot, quantity, snapshot->layers - 1) /
                 ffn_down_at(snapshot, quantity, 0));
}

void claim_adam_levels(struct trial *trial)
{
    static const int64_t steps[] = {20, 60};
    struct trial_stack stack;
    open_placed(&stack, trial, "post");
    for (int i = 0; i < 2; i++) {
        const struct snapshot *now = snapshot_at(&stack, steps[i]);
        trial_note(trial, decades(now, QUANTITY_PARAM_GRAD));
        trial_note(trial, decades(now, QUANTITY_UPDATE_RATIO));
    }
    trial_close(&stack);
}

/* ---- other placements ------------------------------------------------------------------------*/

/* How far the gradients of the blocks are from level: standard deviation over the blocks of the
 * natural logarithm of the gradient of their second feed-forward matrix. */
static double unevenness(const struct snapshot *snapshot)
{
    double logarithm[LAYERS_MAX] = {NAN};
    for (int block = 0; block < snapshot->layers; block++)
        logarithm[block] = log(ffn_down_at(snapshot, QUANTITY_PARAM_GRAD, block));
    return snapshot->layers > 0 ? statistics_spread(logarithm, snapshot->layers) : (double)NAN;
}

void claim_mix_flatter(struct trial *trial)
{
    static const char *const placements[] = {"pre", "post", "mix"};
    const int64_t steps = trial_settings(trial).steps;
    double uneven[3];
    for (int i = 0; i < 3; i++) {
        struct trial_stack stack;
        open_placed(&stack, trial, placements[i]);
        uneven[i] = unevenness(snapshot_at(&stack, steps));
        trial_close(&stack);
        trial_note(trial, uneven[i]);
    }
    trial_note(trial, uneven[2] / uneven[0]);
    trial_note(trial, uneven[2] / uneven[1]);
}

void claim_residual_neither(struct trial *trial)
{
    static const char *const placements[] = {"post", "pre", "residual"};
    const int64_t steps = trial_settings(trial).steps;
    double turn[3], loss = NAN;
    for (int i = 0; i < 3; i++) {
        struct trial_stack stack;
        open_placed(&stack, trial, placements[i]);
        trial_note(trial, snapshot_scalar(snapshot_at(&stack, 50), QUANTITY_RATIO));
        const struct snapshot *last = snapshot_at(&stack, steps);
        turn[i] = 1 - number_at(last, QUANTITY_COSINE, 0, last->layers);
        loss = trial_loss(&stack);
        trial_close(&stack);
    }
    trial_note(trial, turn[1]);
    trial_note(trial, turn[2]);
    trial_note(trial, turn[2] / turn[1]);
    trial_note(trial, loss);
}

/* Exponent p of a fit |x_l|^2 - |x_0|^2 = c l^p over the blocks. */
static double growth_exponent(const struct snapshot *snapshot)
{
    double layer[LAYERS_MAX], growth[LAYERS_MAX];
    const double bottom = number_at(snapshot, QUANTITY_STREAM_RMS, 0, 0);
    for (int l = 1; l <= snapshot->layers; l++) {
        const double rms = number_at(snapshot, QUANTITY_STREAM_RMS, 0, l);
        layer[l - 1] = l;
        growth[l - 1] = rms * rms - bottom * bottom;
    }
    return snapshot->layers > 0 ? statistics_exponent(layer, growth, snapshot->layers)
                                : (double)NAN;
}

void claim_peri_trained(struct trial *trial)
{
    static const char *const placements[] = {"pre", "peri"};
    const int64_t steps = trial_settings(trial).steps;
    for (int i = 0; i < 2; i++) {
        struct trial_stack stack;
        open_placed(&stack, trial, placements[i]);
        trial_note(trial, growth_exponent(snapshot_at(&stack, 1)));
        trial_note(trial, growth_exponent(snapshot_at(&stack, steps)));
        trial_close(&stack);
    }
}
