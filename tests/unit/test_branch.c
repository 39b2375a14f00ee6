/* What the branch of a sublayer can be: kinds of attention, positions and feed-forward networks.
 * That their numbers are right is the business of tests/gradient and tests/reference; here is the
 * rest: bits that do not depend on threads, what attention sees, how experts are chosen, the
 * tensors, and which combinations are refused. */
#include "core/blas.h"
#include "core/kernels.h"
#include "core/rng.h"
#include "core/sublayer.h"
#include "core/tensors.h"
#include "session/events.h"
#include "support/small_model.h"
#include "train/team.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct model_config configs[] = {
    {SMALL_MODEL, .heads = 4, .bias = true},
    {SMALL_MODEL, .heads = 4, .bias = true, .tied = true, .window = 3, .window_every = 2},
    {SMALL_MODEL, .heads = 6, .norm = NORM_RMSNORM, .activation = ACTIVATION_SWIGLU, .kv_heads = 2,
     .positions = POSITIONS_ROTARY, .window = 4},
    {SMALL_MODEL, .heads = 4, .norm = NORM_RMSNORM, .activation = ACTIVATION_GEGLU, .kv_heads = 1,
     .positions = POSITIONS_ROTARY, .qk_norm = true, .tied = true, .embedding_scale = true},
    {SMALL_MODEL, .heads = 4, .activation = ACTIVATION_SWIGLU, .kv_heads = 1, .parallel = true,
     .positions = POSITIONS_ROTARY},
    {SMALL_MODEL, .heads = 4, .activation = ACTIVATION_SWIGLU, .kv_rank = 7, .experts = 5,
     .experts_used = 2, .positions = POSITIONS_SINUSOIDAL},
    {SMALL_MODEL, .heads = 4, .bias = true, .kv_rank = 7, .experts = 3, .parallel = true,
     .positions = POSITIONS_NONE, .placement = PLACEMENT_POST},
    {SMALL_MODEL, .heads = 4, .bias = true, .patch = 6, .mask = MASK_BIDIRECTIONAL},
};

/* ---- threads, memory --------------------------------------------------------------------------*/

/* A step on a team of three threads, twice, leaves the same gradients as one on none. */
static void bits_of_branches_do_not_depend_on_threads(void **state)
{
    (void)state;
    struct team *team = team_open(3);
    const struct parallel parallel = team_parallel(team);
    for (size_t i = 0; i < COUNT(configs); i++) {
        struct model one, three;
        small_model_open(&one, &configs[i]);
        small_model_open(&three, &configs[i]);
        model_step(&one, NULL);
        for (int time = 0; time < 2; time++) {
            model_step(&three, &parallel);
            assert_true(isfinite(one.loss) && one.loss == three.loss);
            assert_memory_equal(one.gradients.dweight, three.gradients.dweight,
                                one.parameters.count * sizeof(real));
            assert_memory_equal(one.gradients.dweight_square, three.gradients.dweight_square,
                                (size_t)one.parameters.tensors * sizeof(double));
            for (int l = 0; l <= configs[i].layers; l++)
                assert_true(one.gradients.dstream_square[l] == three.gradients.dstream_square[l]);
        }
        model_close(&one);
        model_close(&three);
    }
    team_close(team);
}

/* What is announced is what is taken, and the weights' gaps stay 0. */
static void memory_is_as_announced(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(configs); i++) {
        struct model model;
        small_model_open(&model, &configs[i]);
        assert_int_equal(model_bytes(&configs[i]), model.arena.used);
        assert_int_equal(model_parameters(&configs[i]), model.parameters.count);
        model_step(&model, NULL);
        size_t within = 0, nonzero = 0;
        for (int t = 0; t < model.parameters.tensors; t++)
            within += tensor_size(&model.parameters.tensor[t]);
        assert_int_equal(within, model.parameters.trained);
        for (int t = 0; t < model.parameters.tensors; t++) {
            const size_t end = t + 1 < model.parameters.tensors
                                   ? model.parameters.tensor[t + 1].offset
                                   : model.parameters.count;
            for (size_t j =
                     model.parameters.tensor[t].offset + tensor_size(&model.parameters.tensor[t]);
                 j < end; j++)
                nonzero += model.gradients.dweight[j] != 0;
        }
        assert_int_equal(nonzero, 0);
        model_close(&model);
    }
}

/* The snapshot has room for the kinds of tensors of the richest block. */
static void a_snapshot_holds_all_kinds_of_tensors(void **state)
{
    (void)state;
    int most = 0;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        for (int norm = 0; norm < NORMS; norm++) {
            const struct model_config config = {SMALL_MODEL,
                                                .heads = 4,
                                                .placement = (enum placement)placement,
                                                .norm = (enum norm)norm,
                                                .activation = ACTIVATION_SWIGLU,
                                                .bias = true,
                                                .kv_rank = 4,
                                                .qk_norm = true,
                                                .experts = 2};
            struct parameters parameters;
            int kinds = 0;
            tensors_list(&parameters, &config);
            for (int i = 0; i < parameters.tensors; i++)
                kinds += parameters.tensor[i].block == 0;
            free(parameters.tensor);
            most = kinds > most ? kinds : most;
        }
    }
    assert_true(most <= EVENT_TENSORS);
}

/* ---- attention --------------------------------------------------------------------------------*/

static bool sees(const struct model_config *c, int block, int query, int key)
{
    const bool windowed =
        c->window > 0 && (c->window_every < 2 || (block + 1) % c->window_every == 0);
    return (c->mask == MASK_BIDIRECTIONAL || key <= query) &&
           (!windowed || abs(query - key) < c->window);
}

static void attention_gives_all_to_the_keys_it_sees(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(configs); i++) {
        const struct model_config *c = &configs[i];
        const int T = c->context, rows = c->batch * c->heads * T;
        struct model model;
        small_model_open(&model, c);
        model_loss(&model, NULL);
        for (int row = 0; row < rows * c->layers; row++) {
            const int query = row % T, head = row / T % c->heads,
                      sequence = row / T / c->heads % c->batch, block = row / rows;
            double sum = 0;
            for (int key = 0; key < T; key++) {
                const real p = model_attention(&model, block, sequence, head, query, key);
                assert_true(sees(c, block, query, key) ? p > 0 : p == 0);
                sum += (double)p;
            }
            assert_true(fabs(sum - 1) < 1e-5);
        }
        model_close(&model);
    }
}

/* The largest change of x_L at a token (of the first sequence) when another token changes. */
static double influence(const struct model_config *config, int of, int on)
{
    struct model model;
    small_model_open(&model, config);
    const size_t D = (size_t)config->width, count = (size_t)(config->batch * config->context) * D;
    const real *x = model_stream(&model, config->layers);
    real *before = malloc(count * sizeof *before);
    double most = 0;
    model_loss(&model, NULL);
    memcpy(before, x, count * sizeof *before);
    model.batch.tokens[of] = (model.batch.tokens[of] + 1) % config->vocab;
    model_loss(&model, NULL);
    for (size_t i = 0; i < D; i++)
        most = fmax(most, fabs((double)(x[(size_t)on * D + i] - before[(size_t)on * D + i])));
    free(before);
    model_close(&model);
    return most;
}

static void windows_limit_what_a_token_depends_on(void **state)
{
    (void)state;
    const struct model_config near = {SMALL_MODEL, .heads = 4, .bias = true, .window = 3};
    struct model_config both = near, all = near;
    both.mask = MASK_BIDIRECTIONAL;
    all.window = 0;
    /* three layers of window 3 reach 6 tokens back */
    assert_true(influence(&near, 1, 7) > 0);
    assert_true(influence(&near, 0, 7) == 0);
    assert_true(influence(&near, 7, 6) == 0);
    assert_true(influence(&both, 7, 1) > 0);
    assert_true(influence(&both, 8, 1) == 0);
    assert_true(influence(&all, 0, 8) > 0);
    assert_true(influence(&all, 8, 0) == 0);
}

/* How much more a query of head 2 gives to a key than to the one before it, as a logarithm. */
static double odds_of(const struct model *model, int query, int key)
{
    return log((double)(model_attention(model, 0, 1, 2, query, key) /
                        model_attention(model, 0, 1, 2, query, key - 1)));
}

/* Rotation: the scores depend on the distance of tokens alone. A sequence of one token repeated has
 * the same score for every pair of the same distance, so that neighbours' odds are the same. */
static void rotary_scores_depend_on_distance(void **state)
{
    (void)state;
    const struct model_config config = {SMALL_MODEL, .heads = 4, .positions = POSITIONS_ROTARY};
    const int T = config.context;
    struct model model;
    small_model_open(&model, &config);
    for (int row = 0; row < config.batch * T; row++)
        model.batch.tokens[row] = 4;
    model_loss(&model, NULL);
    for (int query = 2; query < T; query++)
        for (int key = 2; key <= query; key++)
            assert_true(fabs(odds_of(&model, query, key) - odds_of(&model, query - 1, key - 1)) <
                        1e-4);
    model_close(&model);
}

/* ---- experts ----------------------------------------------------------------------------------*/

static void tokens_go_to_the_most_probable_experts(void **state)
{
    (void)state;
    const struct model_config config = {SMALL_MODEL, .heads = 4, .bias = true, .experts = 5,
                                        .experts_used = 2};
    const int N = config.batch * config.context, E = config.experts, k = config.experts_used;
    struct model model;
    small_model_open(&model, &config);
    model_loss(&model, NULL);
    for (int block = 0; block < config.layers; block++) {
        const struct experts_activations *x =
            &model.activations.sublayer[2 * block + 1].feed_forward.experts;
        int taken[512] = {0};
        for (int row = 0; row < N; row++) {
            const real *p = x->probability + row * E;
            const int32_t *chosen = x->chosen + row * k;
            double sum = 0;
            assert_true(chosen[0] != chosen[1]);
            for (int e = 0; e < E; e++) {
                sum += (double)p[e];
                if (e != chosen[0] && e != chosen[1])
                    assert_true(p[e] <= p[chosen[1]] && p[e] <= p[chosen[0]]);
            }
            assert_true(fabs(sum - 1) < 1e-5 && p[chosen[0]] >= p[chosen[1]]);
            for (int j = 0; j < k; j++) /* every choice has a slot of its own, with its row of u */
                assert_true(taken[x->slot[row * k + j]]++ == 0);
        }
        for (int slot = 0; slot < N * k; slot++)
            assert_int_equal(taken[slot], 1);
    }
    model_close(&model);
}

/* ---- initial values ---------------------------------------------------------------------------*/

static const struct tensor *find(const struct model *model, const char *kind)
{
    const int index = tensors_find(&model->parameters, kind, 1);
    if (index < 0)
        fail_msg("no tensor %s", kind);
    return &model->parameters.tensor[index];
}

static double deviation(const struct model *model, const char *kind)
{
    const struct tensor *tensor = find(model, kind);
    double square = 0;
    for (size_t i = 0; i < tensor_size(tensor); i++)
        square += (double)model->parameters.weight[tensor->offset + i] *
                  (double)model->parameters.weight[tensor->offset + i];
    return sqrt(square / (double)tensor_size(tensor));
}

static void assert_about(double value, double expected)
{
    if (!(fabs(value / expected - 1) < 0.1))
        fail_msg("%g, expected about %g", value, expected);
}

/* Matrices that share a tensor each start as one of their own. */
static void parts_of_tensors_start_as_matrices(void **state)
{
    (void)state;
    const struct model_config config = {SMALL_MODEL, .heads = 4, .activation = ACTIVATION_SWIGLU,
                                        .kv_rank = 16, .experts = 6};
    const struct model_config grouped = {SMALL_MODEL, .heads = 4, .kv_heads = 2};
    const struct model_config full = {SMALL_MODEL, .heads = 4};
    const double D = config.width, F = config.ffn, r = config.kv_rank;
    struct model model, other;
    small_model_open(&model, &config);
    assert_about(deviation(&model, "attn.q.weight"), sqrt(2 / (D + D)));
    assert_about(deviation(&model, "attn.kv_down.weight"), sqrt(2 / (D + r)));
    assert_about(deviation(&model, "attn.kv_up.weight"), sqrt(2 / (D + r)));
    assert_about(deviation(&model, "ffn.gate.weight"), sqrt(2 / (D + F)));
    assert_about(deviation(&model, "experts.up.weight"), sqrt(2 / (D + F)));
    assert_about(deviation(&model, "experts.down.weight"), sqrt(2 / (D + F)));
    model_close(&model);

    small_model_open(&model, &grouped);
    small_model_open(&other, &full);
    assert_about(deviation(&model, "attn.qkv.weight"), deviation(&other, "attn.qkv.weight"));
    assert_int_equal(find(&model, "attn.qkv.weight")->rows, 24 + 2 * 12);
    assert_memory_equal(model.parameters.weight + find(&model, "attn.qkv.weight")->offset,
                        other.parameters.weight + find(&other, "attn.qkv.weight")->offset,
                        24 * 24 * sizeof(real)); /* both have the same queries */
    model_close(&model);
    model_close(&other);
}

/* ---- what cannot be ---------------------------------------------------------------------------*/

static void expect_refusal(const struct model_config *config, const char *reason)
{
    struct error error = {""};
    if (model_config_check(config, &error))
        fail_msg("accepted, though: %s", reason);
    if (strstr(error.text, reason) == NULL)
        fail_msg("'%s', expected '%s'", error.text, reason);
}

static void impossible_models_are_refused(void **state)
{
    (void)state;
    const struct model_config good = {SMALL_MODEL, .heads = 4};
#define EXPECT(reason, ...)                                                                        \
    do {                                                                                           \
        struct model_config c = good;                                                              \
        __VA_ARGS__;                                                                               \
        expect_refusal(&c, reason);                                                                \
    } while (0)
    EXPECT("width 24 with 5 heads", c.heads = 5);
    EXPECT("kv-heads 3 with 4 heads", c.kv_heads = 3);
    EXPECT("kv-heads 8 with 4 heads", c.kv_heads = 8);
    EXPECT("kv-rank 25", c.kv_rank = 25);
    EXPECT("only one of the two", c.kv_rank = 5, c.kv_heads = 2);
    EXPECT("window -1", c.window = -1);
    EXPECT("rotary positions with heads 1 wide", c.heads = 24, c.positions = POSITIONS_ROTARY);
    EXPECT("qk-norm with heads 1 wide", c.heads = 24, c.qk_norm = true);
    EXPECT("experts 1", c.experts = 1);
    EXPECT("experts 65", c.experts = 65);
    EXPECT("experts-used 4", c.experts = 3, c.experts_used = 4);
    EXPECT("images with causal attention", c.patch = 4);
    EXPECT("images with tied", c.patch = 4, c.mask = MASK_BIDIRECTIONAL, c.tied = true);
    EXPECT("images with embedding-scale", c.patch = 4, c.mask = MASK_BIDIRECTIONAL,
           c.embedding_scale = true);
#undef EXPECT
    struct error error;
    struct model_config same = good;
    same.kv_rank = 5;
    same.kv_heads = 4;
    assert_true(model_config_check(&good, &error));
    assert_true(model_config_check(&same, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_of_branches_do_not_depend_on_threads),
        cmocka_unit_test(memory_is_as_announced),
        cmocka_unit_test(a_snapshot_holds_all_kinds_of_tensors),
        cmocka_unit_test(attention_gives_all_to_the_keys_it_sees),
        cmocka_unit_test(windows_limit_what_a_token_depends_on),
        cmocka_unit_test(rotary_scores_depend_on_distance),
        cmocka_unit_test(tokens_go_to_the_most_probable_experts),
        cmocka_unit_test(parts_of_tensors_start_as_matrices),
        cmocka_unit_test(impossible_models_are_refused),
    };
    blas_open();
    return cmocka_run_group_tests_name("branch", tests, NULL, NULL);
}
