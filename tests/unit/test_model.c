/* The model as a whole, for every placement: bits that do not depend on threads, initial values
 * that placements share, Admin's profile, and deep stacks. Whether its numbers are right is the
 * business of tests/gradient and tests/reference. */
#include "core/admin.h"
#include "core/blas.h"
#include "core/dropout.h"
#include "core/float_mode.h"
#include "core/kernels.h"
#include "core/optimizer.h"
#include "core/shard.h"
#include "core/sublayer.h"
#include "core/tensors.h"
#include "support/small_model.h"
#include "train/settings.h"
#include "train/team.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- threads ---- */

/* Two steps; everything that comes out of them, in one array that the caller frees. */
static real *train(const struct model_config *config, enum optimizer kind, int threads,
                   size_t *count)
{
    struct model model;
    struct optimizer_state state;
    struct team *team = team_open(threads);
    const struct parallel parallel = team_parallel(team);
    const struct optimizer_step step = {
        .kind = kind, .lr = 1e-2, .epsilon = 1e-8, .beta1 = 0.9, .beta2 = 0.99, .scale = 1};
    assert_true(model_open(&model, config));
    assert_true(optimizer_open(&state, &model));
    small_model_stir(&model, 0.1);
    for (uint64_t i = 0; i < 2; i++) {
        small_model_draw(&model, i);
        if (i == 0)
            admin_profile(&model, &parallel);
        model_step(&model, &parallel);
        optimizer_update(&state, &model, &step, &parallel);
    }
    const size_t P = model.parameters.count, L = (size_t)config->layers;
    real *out = memory_new(2 * P + 2 * L + 3, sizeof *out);
    memcpy(out, model.parameters.weight, P * sizeof *out);
    memcpy(out + P, model.gradients.dweight, P * sizeof *out);
    for (size_t l = 0; l <= L; l++) {
        out[2 * P + 2 * l] = (real)model.activations.stream_square[l];
        out[2 * P + 2 * l + 1] = (real)model.gradients.dstream_square[l];
    }
    out[2 * P + 2 * L + 2] = (real)model.loss;
    *count = 2 * P + 2 * L + 3;
    optimizer_close(&state);
    model_close(&model);
    team_close(team);
    return out;
}

static void check_threads(const struct model_config *config, enum optimizer kind)
{
    static const int teams[] = {2, 4};
    size_t count;
    real *alone = train(config, kind, 1, &count);
    for (size_t i = 0; i < count; i++)
        assert_true(isfinite((double)alone[i]));
    for (size_t t = 0; t < sizeof teams / sizeof *teams; t++) {
        real *together = train(config, kind, teams[t], &count);
        if (memcmp(alone, together, count * sizeof *alone) != 0)
            fail_msg("%s, %s: %d threads give other bits than one",
                     placement_table[config->placement].name, norm_table[config->norm].name,
                     teams[t]);
        free(together);
    }
    free(alone);
}

/* All that a block can have. */
static void add_everything(struct model_config *config)
{
    config->activation = ACTIVATION_SWIGLU;
    config->qk_norm = true;
    config->kv_rank = 5;
    config->experts = 3;
    config->experts_used = 2;
}

static void bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    const unsigned mode = float_mode_flush();
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        for (int norm = 0; norm < NORMS; norm++) {
            struct model_config config = small_model((enum placement)placement, (enum norm)norm);
            check_threads(&config, OPTIMIZER_ADAMW);
            if (norm != NORM_LAYERNORM)
                continue;
            config.dropout = 0.2;
            check_threads(&config, OPTIMIZER_ADAMW);
            config.parallel = true;
            check_threads(&config, OPTIMIZER_ADAMW);
            add_everything(&config);
            check_threads(&config, OPTIMIZER_ADAMW);
            check_threads(&config, OPTIMIZER_MUON);
        }
    }
    float_mode_restore(mode);
}

/* ---- dropout ---- */

/* x_0 of a step beside that of model_loss(), which drops nothing: 0 or 4/3 of it. */
static void dropout_drops_its_share_and_scales_the_rest(void **state)
{
    (void)state;
    struct model model, without;
    struct model_config config = small_model(PLACEMENT_PRE, NORM_LAYERNORM);
    small_model_open(&without, &config);
    config.dropout = 0.25;
    small_model_open(&model, &config);
    const size_t count = (size_t)(config.batch * config.context * config.width);
    real *whole = memory_new(count, sizeof *whole);
    assert_true(model_loss(&model, NULL) == model_loss(&without, NULL));
    memcpy(whole, model_stream(&model, 0), count * sizeof *whole);
    model.dice = dropout_dice(1, 7);
    model_step(&model, NULL);
    size_t dropped = 0;
    for (size_t i = 0; i < count; i++) {
        const double x = (double)model_stream(&model, 0)[i], expected = (double)whole[i] / 0.75;
        assert_true(x == 0 || fabs(x - expected) <= 1e-6 * fabs(expected));
        dropped += x == 0;
    }
    assert_true(fabs((double)dropped / (double)count - 0.25) < 0.05); /* four deviations */
    assert_true(model_loss(&model, NULL) == model_loss(&without, NULL));
    free(whole);
    model_close(&model);
    model_close(&without);
}

/* The same dice the same loss, others another; and each site has its own. */
static void dice_are_those_of_seed_and_step(void **state)
{
    (void)state;
    struct model model;
    struct model_config config = small_model(PLACEMENT_PRE, NORM_LAYERNORM);
    double loss[4];
    const uint64_t dice[] = {dropout_dice(1, 7), dropout_dice(1, 8), dropout_dice(2, 7),
                             dropout_dice(1, 7)};
    config.dropout = 0.25;
    small_model_open(&model, &config);
    for (int i = 0; i < 4; i++) {
        model.dice = dice[i];
        model_step(&model, NULL);
        loss[i] = model.loss;
    }
    assert_true(loss[0] == loss[3]);
    assert_true(loss[0] != loss[1] && loss[0] != loss[2] && loss[1] != loss[2]);
    model_close(&model);
}

/* ---- predictions ---- */

/* -log of the probability of a token by the logits of model_predict(). */
static double predicted_loss(const struct model *model, int sequence, int place, int token)
{
    const real *logit = model_logits(model, sequence, place);
    double top = (double)logit[0], sum = 0;
    for (int v = 1; v < model->config.vocab; v++)
        top = fmax(top, (double)logit[v]);
    for (int v = 0; v < model->config.vocab; v++)
        sum += exp((double)logit[v] - top);
    return top + log(sum) - (double)logit[token];
}

static void check_prediction(const struct model_config *config)
{
    struct model model;
    const int T = config->context;
    assert_true(model_open(&model, config));
    small_model_stir(&model, 0.1);
    small_model_draw(&model, 0);
    for (int row = 0; row < config->batch * T; row++)
        model.batch.targets[row] = -1;
    for (int i = 0; i < config_shards(config); i++) {
        const int place = (3 * i + 1) % T, row = i * T + place, token = (i + 2) % config->vocab;
        model.batch.targets[row] = token;
        const double loss = model_loss(&model, NULL);
        model.batch.targets[row] = -1;
        model_predict(&model, i + 1, 0, T, NULL);
        if (!(fabs(predicted_loss(&model, i, place, token) - loss) < 1e-4 * (1 + loss)))
            fail_msg("%s, %s: the prediction of sequence %d is %g, that of the batch %g",
                     placement_table[config->placement].name, norm_table[config->norm].name, i,
                     predicted_loss(&model, i, place, token), loss);
    }
    model_close(&model);
}

/* After a pass over tokens that differ from `from` on, the places from there, one or two at a time.
 */
static void check_going_on(const struct model_config *config)
{
    struct model whole, part;
    const int T = config->context, from = 2;
    assert_true(model_open(&whole, config) && model_open(&part, config));
    small_model_stir(&whole, 0.1);
    small_model_stir(&part, 0.1);
    small_model_draw(&whole, 0);
    small_model_draw(&part, 1);
    model_predict(&whole, 2, 0, T, NULL);
    memcpy(part.batch.tokens, whole.batch.tokens, (size_t)from * sizeof *part.batch.tokens);
    memcpy(part.batch.tokens + T, whole.batch.tokens + T, (size_t)from * sizeof *part.batch.tokens);
    model_predict(&part, 2, 0, T, NULL);
    memcpy(part.batch.tokens, whole.batch.tokens, 2 * (size_t)T * sizeof *part.batch.tokens);
    for (int place = from, count; place < T; place += count) {
        count = place % 2 && place + 2 <= T ? 2 : 1;
        model_predict(&part, 2, place, count, NULL);
    }
    for (int sequence = 0; sequence < 2; sequence++)
        for (int place = 0; place < T; place++)
            for (int v = 0; v < config->vocab; v++) {
                const double a = (double)model_logits(&whole, sequence, place)[v];
                const double b = (double)model_logits(&part, sequence, place)[v];
                if (!(fabs(a - b) < 1e-4 * (1 + fabs(a))))
                    fail_msg("%s, positions %s: %g at place %d, and %g when gone on",
                             placement_table[config->placement].name,
                             positions_table[config->positions].name, a, place, b);
            }
    model_close(&whole);
    model_close(&part);
}

static void predictions_go_on_from_what_was_read(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct model_config config = small_model((enum placement)placement, NORM_LAYERNORM);
        config.positions = (enum positions)(placement % POSITIONS_KINDS);
        check_going_on(&config);
        config.parallel = true;
        config.positions = POSITIONS_ROTARY;
        add_everything(&config);
        check_going_on(&config);
    }
}

/* The loss after a step of that length along the gradient. */
static double loss_along(struct model *model, const real *start, double length)
{
    for (size_t i = 0; i < model->parameters.count; i++)
        model->parameters.weight[i] =
            (real)((double)start[i] + length * (double)model->gradients.dweight[i]);
    return model_loss(model, NULL);
}

/* Matrices of several panels, the last one narrow, in blocks enough for both places to be used
 * again: the loss grows along its gradient by the gradient's square, which is what is noted. */
static void check_wide(const struct model_config *config)
{
    struct model model;
    double noted = 0, square = 0;
    assert_true(model_open(&model, config));
    small_model_stir(&model, 0.1);
    small_model_draw(&model, 0);
    model_step(&model, NULL);
    for (int i = 0; i < model.parameters.tensors; i++) {
        const real *grad = model.gradients.dweight + model.parameters.tensor[i].offset;
        noted += model.gradients.dweight_square[i];
        for (size_t j = 0; j < tensor_size(&model.parameters.tensor[i]); j++)
            square += (double)grad[j] * (double)grad[j];
    }
    real *start = malloc(model.parameters.count * sizeof *start);
    memcpy(start, model.parameters.weight, model.parameters.count * sizeof *start);
    const double length = 0.0005 / sqrt(square);
    const double slope =
        (loss_along(&model, start, length) - loss_along(&model, start, -length)) / (2 * length);
    if (!(fabs(noted / square - 1) < 1e-5 && fabs(slope / square - 1) < 2e-3))
        fail_msg("%s: squares of %g, noted as %g, and a slope of %g",
                 placement_table[config->placement].name, square, noted, slope);
    free(start);
    model_close(&model);
}

static void wide_blocks_have_their_gradients(void **state)
{
    (void)state;
    static const enum placement placements[] = {PLACEMENT_PRE, PLACEMENT_POST, PLACEMENT_RESIDUAL};
    for (int i = 0; i < 6; i++) {
        struct model_config config = small_model(placements[i / 2], NORM_LAYERNORM);
        config.width = 144;
        config.ffn = i % 2 ? 150 : 200;
        config.activation = i % 2 ? ACTIVATION_SWIGLU : ACTIVATION_GELU;
        check_prediction(&config);
        check_wide(&config);
    }
}

/* Of every placement and of all that a block can have: with the logits of a whole batch. */
static void predictions_are_those_of_the_batch(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct model_config config = small_model((enum placement)placement, NORM_LAYERNORM);
        check_prediction(&config);
        config.batch = 2;
        check_prediction(&config);
        config.parallel = true;
        add_everything(&config);
        check_prediction(&config);
    }
}

/* ---- initial values ---- */

static const real *find(const struct model *model, const char *kind, int block)
{
    const int index = tensors_find(&model->parameters, kind, block);
    return index < 0 ? NULL : model->parameters.weight + model->parameters.tensor[index].offset;
}

/* The same values; in the blocks of a placement that rescales them, times L^-0.5. */
static void expect_same_values(const struct model *model, const struct tensor *tensor,
                               const real *expected)
{
    const real *found = model->parameters.weight + tensor->offset;
    const struct placement_row *row = &placement_table[model->config.placement];
    if (!row->rescaled || tensor->block < 0 || tensor->vector) {
        assert_memory_equal(found, expected, tensor_size(tensor) * sizeof *expected);
        return;
    }
    const double scale = 1 / sqrt(model->config.layers);
    for (size_t i = 0; i < tensor_size(tensor); i++)
        assert_true(fabs((double)found[i] - scale * (double)expected[i]) <=
                    1e-6 * fabs((double)expected[i]));
}

static void placements_share_their_initial_values(void **state)
{
    (void)state;
    for (int init = 0; init < INITS; init++) {
        struct model first;
        struct model_config config = small_model(PLACEMENT_PERI, NORM_LAYERNORM);
        config.init = (enum init)init;
        assert_true(model_open(&first, &config));
        for (int placement = 0; placement < PLACEMENTS; placement++) {
            struct model second;
            int shared = 0;
            if (placement == PLACEMENT_DEEPNORM && init != INIT_DEEPNORM)
                continue; /* the beta of its own is its point */
            config.placement = (enum placement)placement;
            assert_true(model_open(&second, &config));
            for (int i = 0; i < second.parameters.tensors; i++) {
                const struct tensor *tensor = &second.parameters.tensor[i];
                const real *other = find(&first, tensor->kind, tensor->block);
                if (!other)
                    continue;
                shared++;
                expect_same_values(&second, tensor, other);
            }
            assert_true(shared >= 3 + 8 * config.layers); /* embeddings, head, and all branches */
            model_close(&second);
        }
        model_close(&first);
    }
}

/* Norms behind branches that start with gain 0 add nothing: every x_l is x_0. */
static void gains_behind_branches_can_start_at_zero(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct model model;
        struct model_config config =
            small_model(i / 2 ? PLACEMENT_PERI : PLACEMENT_BRANCH, NORM_LAYERNORM);
        const size_t numbers = (size_t)config.batch * (size_t)config.context * (size_t)config.width;
        config.branch_zero = true;
        config.gain_offset = i % 2;
        assert_true(model_open(&model, &config));
        assert_true(find(&model, "ln2_branch.weight", 0)[0] == (config.gain_offset ? -1 : 0));
        assert_true(find(&model, "ln_f.weight", -1)[0] == (config.gain_offset ? 0 : 1));
        memset(model.batch.tokens, 0, (size_t)(config.batch * config.context) * sizeof(int32_t));
        memset(model.batch.targets, 0, (size_t)(config.batch * config.context) * sizeof(int32_t));
        model_step(&model, NULL);
        assert_memory_equal(model_stream(&model, config.layers), model_stream(&model, 0),
                            numbers * sizeof(real));
        model_close(&model);
    }
}

/* Root mean square of part of a tensor. */
static double rms(const real *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum / (double)count);
}

static void expect_rms(enum init init, const real *values, size_t count, double expected)
{
    const double found = rms(values, count);
    if (!(fabs(found - expected) <= 0.03 * expected))
        fail_msg("%s: %g, expected %g", init_table[init].name, found, expected);
}

/* Of wide matrices, within what chance allows; uniform values have a limit besides. */
static void inits_spread_as_they_say(void **state)
{
    (void)state;
    const int D = 96, F = 320, L = 4;
    const double glorot_square = sqrt(2.0 / (D + D)), glorot = sqrt(2.0 / (D + F));
    const double head = 1 / sqrt(D), beta = pow(8.0 * L, -0.25);
    const struct {
        enum init init;
        double embedding, head, query, value, up, down;
        bool uniform;
    } rows[] = {
        {INIT_XAVIER, 1, head, glorot_square, glorot_square, glorot, glorot, true},
        {INIT_XAVIER_NORMAL, 1, head, glorot_square, glorot_square, glorot, glorot, false},
        {INIT_DEEPNORM, 1, head, glorot_square, beta * glorot_square, beta * glorot, beta * glorot,
         true},
        {INIT_GPT2, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02 / sqrt(2 * L), false},
        {INIT_SMALL, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, false},
        {INIT_UNIT, 1, head, head, head, head, 1 / sqrt(F), false},
        {INIT_NANOGPT, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02 / sqrt(2 * L), false},
        {INIT_VIT, 1, 0, glorot_square, glorot_square, glorot, glorot, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct model model;
        struct model_config config = small_model(PLACEMENT_PRE, NORM_LAYERNORM);
        config.init = rows[i].init;
        config.layers = L;
        config.width = D;
        config.ffn = F;
        config.vocab = 100;
        assert_true(model_open(&model, &config));
        const size_t square = (size_t)(D * D);
        const real *qkv = find(&model, "attn.qkv.weight", 2);
        const real *up = find(&model, "ffn.up.weight", 0);
        const enum init init = config.init;
        expect_rms(init, find(&model, "wte.weight", -1), (size_t)(100 * D), rows[i].embedding);
        expect_rms(init, find(&model, "head.weight", -1), (size_t)(100 * D), rows[i].head);
        expect_rms(init, qkv, square, rows[i].query);
        expect_rms(init, qkv + square, square, rows[i].query);
        expect_rms(init, qkv + 2 * square, square, rows[i].value);
        expect_rms(init, up, (size_t)(D * F), rows[i].up);
        expect_rms(init, find(&model, "ffn.down.weight", 3), (size_t)(D * F), rows[i].down);
        const double limit = rows[i].up * sqrt(3) * 1.000001; /* of uniform values */
        int beyond = 0;
        for (size_t j = 0; j < (size_t)(D * F); j++)
            beyond += fabs((double)up[j]) > limit;
        assert_true((beyond == 0) == rows[i].uniform);
        model_close(&model);
    }
}

/* Where the inits of families differ from each other outside the blocks. */
static void positions_and_classes_start_as_published(void **state)
{
    (void)state;
    static const struct {
        enum init init;
        double position, class_token;
    } rows[] = {{INIT_XAVIER, 1, 1},
                {INIT_GPT2, 0.01, 0.02},
                {INIT_NANOGPT, 0.02, 0.02},
                {INIT_SMALL, 0.02, 0.02},
                {INIT_VIT, 0.02, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct model model;
        struct model_config config = small_model(PLACEMENT_PRE, NORM_LAYERNORM);
        config.init = rows[i].init;
        config.patch = 16;
        config.mask = MASK_BIDIRECTIONAL;
        config.width = 1024;
        config.context = 8;
        config.layers = 1;
        assert_true(model_open(&model, &config));
        expect_rms(config.init, find(&model, "wpe.weight", -1), 8 * 1024, rows[i].position);
        const double class_token = rms(find(&model, "class.weight", -1), 1024);
        assert_true(fabs(class_token - rows[i].class_token) <= 0.1 * rows[i].class_token);
        if (config.init == INIT_VIT)
            expect_rms(config.init, find(&model, "patch.weight", -1), 16 * 1024, 0.25);
        model_close(&model);
    }
}

/* DeepNorm as a placement scales V, the attention output and the feed-forward weights by beta,
 * whatever the init; and nothing twice. */
static void deepnorm_brings_its_beta_along(void **state)
{
    (void)state;
    static const enum init inits[] = {INIT_GPT2, INIT_DEEPNORM};
    for (int i = 0; i < 2; i++) {
        struct model plain, deep;
        struct model_config config = small_model(PLACEMENT_POST, NORM_LAYERNORM);
        const double beta = i == 0 ? placement_beta(config.layers) : 1;
        config.init = inits[i];
        assert_true(model_open(&plain, &config));
        config.placement = PLACEMENT_DEEPNORM;
        assert_true(model_open(&deep, &config));
        assert_int_equal(plain.parameters.tensors, deep.parameters.tensors);
        for (int t = 0; t < plain.parameters.tensors; t++) {
            const struct tensor *tensor = &plain.parameters.tensor[t];
            const bool qkv = strcmp(tensor->kind, "attn.qkv.weight") == 0;
            const size_t from = qkv ? tensor_size(tensor) / 3 * 2 : 0;
            for (size_t j = 0; j < tensor_size(tensor); j++) {
                const bool scaled = tensor->block >= 0 && !tensor->vector && j >= from;
                const double factor = scaled ? beta : 1;
                const double a = (double)plain.parameters.weight[tensor->offset + j];
                const double b = (double)deep.parameters.weight[tensor->offset + j];
                assert_true(fabs(b - factor * a) <= 2e-7 * fabs(a));
            }
        }
        model_close(&plain);
        model_close(&deep);
    }
}

/* A gain stored as 1 + w starts where a gain does. */
static void an_offset_gain_starts_alike(void **state)
{
    (void)state;
    for (int norm = 0; norm < NORMS; norm++) {
        double loss[2];
        for (int offset = 0; offset < 2; offset++) {
            struct model model;
            struct model_config config = small_model(PLACEMENT_PERI, (enum norm)norm);
            config.gain_offset = offset;
            assert_true(model_open(&model, &config));
            small_model_draw(&model, 0);
            model_step(&model, NULL);
            loss[offset] = model.loss;
            model_close(&model);
        }
        assert_true(fabs(loss[1] / loss[0] - 1) < 1e-6);
    }
}

/* ---- the table of placements ---- */

static void mix_is_post_then_pre(void **state)
{
    (void)state;
    static const struct {
        int layers, post;
    } rows[] = {{1, 1}, {2, 1}, {4, 1}, {7, 1}, {8, 2}, {12, 3}, {128, 32}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int block = 0; block < rows[i].layers; block++)
            assert_int_equal(placement_of_block(PLACEMENT_MIX, block, rows[i].layers),
                             block < rows[i].post ? PLACEMENT_POST : PLACEMENT_PRE);
    for (int placement = 0; placement < PLACEMENTS; placement++)
        if (placement != PLACEMENT_MIX)
            assert_int_equal(placement_of_block((enum placement)placement, 3, 8), placement);
}

/* A final norm where the stream leaves the last block un-normalised and norms are wanted at all;
 * every row says what the help prints; a snapshot has room for the tensors of a block. */
static void every_row_is_whole(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        const struct placement_row *row = &placement_table[placement];
        const bool norms = row->norm_in || row->norm_branch || row->norm_out;
        assert_string_equal(row->name, placement_table[placement].name);
        assert_true(row->title && row->formula && row->source && row->note);
        assert_true(strlen(row->formula) < 48 && !strchr(row->note, '\n'));
        if (row->beside == BESIDE_NOTHING && !row->by_block)
            assert_int_equal(row->final_norm, norms && !row->norm_out);
        for (int norm = 0; norm < NORMS; norm++) {
            struct model model;
            struct model_config config = small_model((enum placement)placement, (enum norm)norm);
            add_everything(&config);
            assert_true(model_open(&model, &config));
            assert_int_equal(tensors_find(&model.parameters, "ln_f.weight", -1) >= 0,
                             row->final_norm && norm != NORM_NONE);
            model_close(&model);
        }
    }
}

/* ---- Admin ---- */

static double variance_of(const double *x, size_t count)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < count; i++) {
        sum += x[i];
        square += x[i] * x[i];
    }
    return square / (double)count - sum / (double)count * (sum / (double)count);
}

/* omega^2 is the variance of x_0 and all branches so far, at omega = 1; the first is 1. */
static void admin_profiles_the_branches(void **state)
{
    (void)state;
    struct model model, plain;
    struct model_config config = small_model(PLACEMENT_ADMIN, NORM_LAYERNORM);
    const size_t count = (size_t)(config.batch * config.context * config.width);
    assert_true(model_open(&model, &config));
    small_model_draw(&model, 0);
    admin_profile(&model, NULL);

    /* with omega = 1 Admin is Post-LN, whose forward pass gives the branches */
    config.placement = PLACEMENT_POST;
    assert_true(model_open(&plain, &config));
    small_model_draw(&plain, 0);
    model_loss(&plain, NULL);
    double *values = memory_new(count, sizeof *values), sum, last = 0;
    for (size_t i = 0; i < count; i++)
        values[i] = (double)model_stream(&plain, 0)[i];
    sum = variance_of(values, count);
    for (int s = 0; s < 2 * config.layers; s++) {
        const struct sublayer_activations *sublayer = &plain.activations.sublayer[s];
        const real *omega = find(&model, s % 2 ? "ffn.omega" : "attn.omega", s / 2);
        const double expected = s == 0 ? 1 : sqrt(sum);
        for (int i = 0; i < config.width; i++)
            assert_true(fabs((double)omega[i] / expected - 1) < 1e-5);
        assert_true(expected > last);
        last = expected;
        for (size_t i = 0; i < count; i++)
            values[i] = (double)sublayer->sum[i] - (double)sublayer->x[i];
        sum += variance_of(values, count);
    }
    free(values);
    model_close(&plain);
    model_close(&model);
}

/* ---- depth ---- */

static void deep_stacks_run_in_linear_memory(void **state)
{
    (void)state;
    const unsigned mode = float_mode_flush();
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct model_config config = small_model((enum placement)placement, NORM_LAYERNORM);
        size_t bytes[3];
        config.width = 32;
        config.heads = 4;
        config.ffn = 64;
        for (int i = 0; i < 3; i++) {
            config.layers = 32 << i;
            bytes[i] = model_bytes(&config) + optimizer_bytes(&config);
        }
        assert_int_equal(bytes[2] - bytes[1], 2 * (bytes[1] - bytes[0]));

        struct model model;
        struct optimizer_state optimizer;
        const struct optimizer_step step = {.kind = OPTIMIZER_ADAMW,
                                            .lr = 1e-4,
                                            .epsilon = 1e-8,
                                            .beta1 = 0.9,
                                            .beta2 = 0.99,
                                            .scale = 1};
        const bool bounded = placement != PLACEMENT_NONE; /* which overflows in single precision */
        assert_int_equal(config.layers, LAYERS_MAX);
        assert_true(model_open(&model, &config));
        assert_true(optimizer_open(&optimizer, &model));
        for (uint64_t i = 0; i < 2; i++) {
            small_model_draw(&model, i);
            model_step(&model, NULL);
            if (!bounded)
                continue;
            optimizer_update(&optimizer, &model, &step, NULL);
            assert_true(isfinite(model.loss) && model.loss > 0);
            for (int l = 0; l <= LAYERS_MAX; l++)
                assert_true(isfinite(model.activations.stream_square[l]) &&
                            model.activations.stream_square[l] > 0 &&
                            isfinite(model.gradients.dstream_square[l]));
        }
        optimizer_close(&optimizer);
        model_close(&model);
    }
    float_mode_restore(mode);
}

/* ---- memory of Muon ---- */

#ifdef __GLIBC__
static struct {
    const struct model *model;
    size_t bytes[256]; /* that were allocated for each tensor; 0: none */
} seen;

/* In place of Muon: changes nothing, and sees what it would work in. */
static struct update_sums see_scratch(const struct update_rows *rows)
{
    const struct parameters *parameters = &seen.model->parameters;
    int i = 0;
    while (rows->weight < parameters->weight + parameters->tensor[i].offset ||
           rows->weight >= parameters->weight + parameters->tensor[i].offset +
                               tensor_size(&parameters->tensor[i]))
        i++;
    seen.bytes[i] = malloc_usable_size(rows->scratch);
    return (struct update_sums){0};
}

static int larger_first(const void *a, const void *b)
{
    const size_t one = *(const size_t *)a, other = *(const size_t *)b;
    return (one < other) - (one > other);
}

/* The bytes that are counted are those that are allocated, but for what malloc() rounds up. */
static void the_scratch_of_muon_is_counted(void **state)
{
    enum { ROUNDED = 32 };
    struct model_config config = small_model(PLACEMENT_PRE, NORM_LAYERNORM);
    const struct optimizer_step step = {.kind = OPTIMIZER_MUON, .scale = 1};
    struct model model;
    struct optimizer_state optimizer;
    (void)state;
    config.ffn = 100;
    small_model_open(&model, &config);
    struct kernels kernels = *model.kernels;
    kernels.update[OPTIMIZER_MUON] = see_scratch;
    model.kernels = &kernels;
    assert_true(optimizer_open(&optimizer, &model));
    assert_true(model.parameters.tensors <= 256);
    seen.model = &model;
    memset(seen.bytes, 0, sizeof seen.bytes);
    optimizer_update(&optimizer, &model, &step, NULL);
    qsort(seen.bytes, 256, sizeof *seen.bytes, larger_first);
    size_t sum = 0;
    for (int threads = 1; threads <= 256; threads++) {
        const size_t counted = optimizer_scratch_bytes(&config, OPTIMIZER_MUON, threads);
        sum += seen.bytes[threads - 1];
        assert_true(counted <= sum && sum <= counted + ROUNDED * (size_t)threads);
    }
    assert_int_not_equal(seen.bytes[4 * config.layers - 1], 0); /* qkv, out, up, down */
    assert_int_equal(seen.bytes[4 * config.layers], 0);
    assert_int_equal(optimizer_scratch_bytes(&config, OPTIMIZER_ADAMW, 2), 0);
    optimizer_close(&optimizer);
    model_close(&model);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef __GLIBC__
        cmocka_unit_test(the_scratch_of_muon_is_counted),
#endif
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(dropout_drops_its_share_and_scales_the_rest),
        cmocka_unit_test(dice_are_those_of_seed_and_step),
        cmocka_unit_test(predictions_are_those_of_the_batch),
        cmocka_unit_test(predictions_go_on_from_what_was_read),
        cmocka_unit_test(wide_blocks_have_their_gradients),
        cmocka_unit_test(placements_share_their_initial_values),
        cmocka_unit_test(gains_behind_branches_can_start_at_zero),
        cmocka_unit_test(inits_spread_as_they_say),
        cmocka_unit_test(positions_and_classes_start_as_published),
        cmocka_unit_test(deepnorm_brings_its_beta_along),
        cmocka_unit_test(an_offset_gain_starts_alike),
        cmocka_unit_test(mix_is_post_then_pre),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(admin_profiles_the_branches),
        cmocka_unit_test(deep_stacks_run_in_linear_memory),
    };
    blas_open();
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
