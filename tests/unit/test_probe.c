/* The probe: every number against a block opened up (core/trace.h), against the same computed here
 * in double precision, and against what is known without computing. And that nobody notices it: the
 * bits of a step do not depend on it, and its own do not depend on threads. */
#include "core/blas.h"
#include "core/kernels.h"
#include "core/probe.h"
#include "core/sublayer.h"
#include "core/tensors.h"
#include "core/trace.h"
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
#define TOLERANCE    (sizeof(real) == sizeof(float) ? 2e-5 : 1e-11)

/* Each kind of branch and of attention. */
static const struct model_config configs[] = {
    {SMALL_MODEL, .heads = 4, .bias = true},
    {SMALL_MODEL, .heads = 4, .bias = true, .placement = PLACEMENT_POST,
     .mask = MASK_BIDIRECTIONAL},
    {SMALL_MODEL, .heads = 4, .bias = true, .tied = true, .window = 3, .window_every = 2},
    {SMALL_MODEL, .heads = 6, .norm = NORM_RMSNORM, .activation = ACTIVATION_SWIGLU, .kv_heads = 2,
     .positions = POSITIONS_ROTARY, .window = 4, .qk_norm = true},
    {SMALL_MODEL, .heads = 4, .activation = ACTIVATION_SWIGLU, .kv_heads = 1, .parallel = true,
     .positions = POSITIONS_ROTARY},
    {SMALL_MODEL, .heads = 4, .activation = ACTIVATION_SWIGLU, .kv_rank = 7, .experts = 5,
     .experts_used = 2, .positions = POSITIONS_SINUSOIDAL, .placement = PLACEMENT_PERI},
    {SMALL_MODEL, .heads = 4, .bias = true, .kv_rank = 7, .experts = 3, .parallel = true,
     .positions = POSITIONS_NONE, .placement = PLACEMENT_B2T},
    {SMALL_MODEL, .heads = 4, .bias = true, .parallel = true, .placement = PLACEMENT_RESIDUAL},
    {SMALL_MODEL, .heads = 4, .bias = true, .experts = 4, .placement = PLACEMENT_ADMIN},
    {SMALL_MODEL, .heads = 4, .bias = true, .placement = PLACEMENT_REZERO},
    {SMALL_MODEL, .heads = 4, .bias = true, .patch = 6, .mask = MASK_BIDIRECTIONAL, .window = 3},
};

/* A model whose weights are none of their initial values: no bias is 0, no gain 1. */
static void open_model(struct model *model, const struct model_config *config)
{
    small_model_open(model, config);
    small_model_stir(model, 0.2);
}

static void assert_near(double value, double expected, double tolerance, const char *what, int l)
{
    if (isnan(expected) ? !isnan(value) : !(fabs(value - expected) <= tolerance * fabs(expected)))
        fail_msg("%s %d: %.9g, expected %.9g", what, l, value, expected);
}

static double squares(const real *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* Sum over the rows of one over the standard deviation, or the root mean square. */
static double inverse_sigmas(const real *x, int rows, const struct model_config *c)
{
    const enum norm norm = c->norm;
    const int D = c->width;
    double sum = 0;
    if (x == NULL || (norm != NORM_LAYERNORM && norm != NORM_RMSNORM))
        return (double)NAN;
    for (int row = 0; row < rows; row++) {
        double mean = 0, square = 0;
        for (int i = 0; i < D && norm == NORM_LAYERNORM; i++)
            mean += (double)x[row * D + i] / D;
        for (int i = 0; i < D; i++)
            square += pow((double)x[row * D + i] - mean, 2) / D;
        sum += 1 / sqrt(square + config_norm_eps(c));
    }
    return sum;
}

/* ---- against a block opened up ----------------------------------------------------------------*/

static const enum trace_point traced[FLOW_POINTS] = {
    [FLOW_X] = TRACE_X,           [FLOW_NORM_IN] = TRACE_NORM_IN,
    [FLOW_BRANCH] = TRACE_BRANCH, [FLOW_NORM_BRANCH] = TRACE_NORM_BRANCH,
    [FLOW_SUM] = TRACE_SUM,       [FLOW_OUT] = TRACE_OUTPUT,
};

static void compare_flow(const struct flow_sums *flow, const struct trace_tensor *trace,
                         const struct model *model, const struct sublayer *sublayer, int block)
{
    const int rows = model->config.context, D = model->config.width;
    const size_t numbers = (size_t)rows * (size_t)D;
    char what[80];
    for (int point = 0; point < FLOW_POINTS; point++) {
        const struct trace_tensor *of = &trace[traced[point]];
        const double nothing = (double)NAN;
        snprintf(what, sizeof what, "%s, %s, sublayer %d, point %d, block",
                 placement_table[model->config.placement].name, norm_table[model->config.norm].name,
                 (int)sublayer->kind, point);
        assert_near(flow->square[point], of->value ? squares(of->value, numbers) : nothing,
                    TOLERANCE, what, block);
        assert_near(flow->dsquare[point], of->dvalue ? squares(of->dvalue, numbers) : nothing,
                    20 * TOLERANCE, what, block);
    }
    const real *const normed[FLOW_NORMS] = {
        [FLOW_NIN] = sublayer->in.present ? trace[TRACE_X].value : NULL,
        [FLOW_NBRANCH] = sublayer->branch.present ? trace[TRACE_BRANCH].value : NULL,
        [FLOW_NOUT] = sublayer->out.present ? trace[TRACE_SUM].value : NULL,
    };
    for (int norm = 0; norm < FLOW_NORMS; norm++)
        assert_near(flow->rstd[norm], inverse_sigmas(normed[norm], rows, &model->config), TOLERANCE,
                    "1/sigma", block);
}

static real *copy_of(const real *x, size_t count)
{
    real *copy = malloc(count * sizeof *copy);
    memcpy(copy, x, count * sizeof *copy);
    return copy;
}

/* Block `block` of the model as the first of a smaller one, which is what a trace opens. */
static void compare_block(const struct model *model, const struct probe *probe, int block)
{
    static const bool both[SUBLAYERS_PER_BLOCK] = {true, true};
    const struct model_config *c = &model->config;
    const size_t numbers = (size_t)c->context * (size_t)c->width;
    real *x = copy_of(model->activations.stream[block], numbers);
    real *dy = copy_of(model->activations.second_stream ? model->gradients.dhead_input
                                                        : model->gradients.dstream[block + 1],
                       numbers);
    const int sublayers = config_sublayers(c);
    struct sublayer sublayer[SUBLAYERS_PER_BLOCK];
    struct model part = *model;
    struct trace trace;
    for (int kind = 0; kind < sublayers; kind++) {
        sublayer[kind] = model->parameters.sublayer[block * sublayers + kind];
        sublayer[kind].block = 0;
    }
    part.probe = NULL;
    part.parameters.sublayer = sublayer;
    part.activations.sublayer += block * sublayers;
    part.activations.stream += block;
    part.gradients.dstream += block;
    trace_open(&trace, &part, both, x, dy);
    for (int kind = 0; kind < FLOW_SUBLAYERS; kind++)
        compare_flow(&probe->sum[block + 1].flow[kind], trace.point[kind], model, &sublayer[kind],
                     block + 1);
    trace_close(&trace);
    free(x);
    free(dy);
}

static void compare_placement(enum placement placement, enum norm norm, bool gain_offset)
{
    /* The gradients of a second stream come from its end: a trace has them for the last block. */
    const int layers = placement_table[placement].beside == BESIDE_SUM ? 1 : 5;
    const struct model_config config = {SMALL_MODEL,  .heads = 4,
                                        .bias = true, .placement = placement,
                                        .norm = norm, .gain_offset = gain_offset};
    struct model model;
    struct model_config one = config;
    struct probe probe;
    one.layers = layers;
    one.batch = 1;
    open_model(&model, &one);
    probe_open(&probe, &model);
    model.probe = &probe;
    model_step(&model, NULL);
    for (int block = layers - 1; block >= 0; block--)
        compare_block(&model, &probe, block);
    probe_close(&probe);
    model_close(&model);
}

static void every_placement_is_as_traced(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++)
        for (int norm = 0; norm < NORMS; norm++)
            compare_placement((enum placement)placement, (enum norm)norm, norm == NORM_RMSNORM);
}

/* ---- against double precision -----------------------------------------------------------------*/

/* What f must have been for the sublayer to have summed up to what it did, before Nbranch. */
static double branch_squares(const struct model *model, int index)
{
    const struct parameters *p = &model->parameters;
    const struct sublayer *s = &p->sublayer[index];
    const struct sublayer_activations *a = &model->activations.sublayer[index];
    const int N = model->config.batch * model->config.context, D = model->config.width;
    const real *sum = s->out.present ? a->sum : a->y;
    const real *skips = weight_of(p, s->skip_tensor);
    const double scale = s->scale_tensor < 0 ? 1 : (double)weight_of(p, s->scale_tensor)[0];
    double square = 0;
    if (s->branch.present)
        return squares(a->f, (size_t)(N * D));
    for (int i = 0; i < N * D; i++) {
        const double skip = (double)(skips ? skips[i % D] : s->skip);
        double f = (double)sum[i] - skip * (double)a->x[i];
        if (s->adds_block_input)
            f -= (double)a->block_input[i];
        square += f * f / (scale * scale);
    }
    return square;
}

static void compare_values(const struct model *model, const struct probe *probe, int l, int kind)
{
    const struct model_config *c = &model->config;
    const struct flow_sums *flow = &probe->sum[l].flow[kind];
    const int index = (l - 1) * config_sublayers(c) + kind, N = c->batch * c->context;
    const struct sublayer *s = &model->parameters.sublayer[index];
    const struct sublayer_activations *a = &model->activations.sublayer[index];
    const size_t numbers = (size_t)N * (size_t)c->width;
    const double nothing = (double)NAN;
    assert_near(flow->square[FLOW_X], squares(a->x, numbers), TOLERANCE, "x", l);
    assert_near(flow->square[FLOW_NORM_IN], s->in.present ? squares(a->in.out, numbers) : nothing,
                TOLERANCE, "Nin", l);
    assert_near(flow->square[FLOW_BRANCH], branch_squares(model, index), 10 * TOLERANCE, "f", l);
    assert_near(flow->square[FLOW_NORM_BRANCH],
                s->branch.present ? squares(a->branch.out, numbers) : nothing, TOLERANCE, "Nbranch",
                l);
    assert_near(flow->square[FLOW_SUM], squares(s->out.present ? a->sum : a->y, numbers), TOLERANCE,
                "sum", l);
    assert_near(flow->square[FLOW_OUT], squares(a->y, numbers), TOLERANCE, "y", l);
    assert_near(flow->rstd[FLOW_NIN], inverse_sigmas(s->in.present ? a->x : NULL, N, c), TOLERANCE,
                "1/sigma of Nin", l);
    assert_near(flow->rstd[FLOW_NBRANCH], inverse_sigmas(s->branch.present ? a->f : NULL, N, c),
                TOLERANCE, "1/sigma of Nbranch", l);
    assert_near(flow->rstd[FLOW_NOUT], inverse_sigmas(s->out.present ? a->sum : NULL, N, c),
                TOLERANCE, "1/sigma of Nout", l);
}

/* What of the gradients is left after a step: all at the ends of blocks, and those inside the first
 * two blocks. */
static void compare_gradients(const struct model *model, const struct probe *probe, int l)
{
    const struct flow_sums *flow = probe->sum[l].flow;
    const struct flow_sums *last = &flow[config_sublayers(&model->config) - 1];
    const struct block_gradients *left = gradients_of_block(&model->gradients, l - 1);
    const size_t numbers =
        (size_t)(model->config.batch * model->config.context) * (size_t)model->config.width;
    assert_near(flow[0].dsquare[FLOW_X], squares(model->gradients.dstream[l - 1], numbers),
                TOLERANCE, "dx", l);
    assert_near(last->dsquare[FLOW_OUT], squares(model->gradients.dstream[l], numbers), TOLERANCE,
                "dy", l);
    if (l > 2)
        return;
    for (int kind = 0; kind < config_sublayers(&model->config); kind++) {
        const struct sublayer *s =
            &model->parameters.sublayer[(l - 1) * config_sublayers(&model->config) + kind];
        const real *dy = kind + 1 < config_sublayers(&model->config) ? left->dmiddle
                                                                     : model->gradients.dstream[l];
        const real *dsum = s->out.present ? left->sublayer[kind].dsum : dy;
        const real *joined = left->sublayer[kind].djoined ? left->sublayer[kind].djoined : dsum;
        assert_near(flow[kind].dsquare[FLOW_OUT], squares(dy, numbers), TOLERANCE, "dy", l);
        assert_near(flow[kind].dsquare[FLOW_SUM], squares(dsum, numbers), TOLERANCE, "dsum", l);
        assert_near(flow[kind].dsquare[FLOW_BRANCH],
                    squares(s->branch.present ? left->sublayer[kind].df : joined, numbers),
                    TOLERANCE, "df", l);
        assert_near(flow[kind].dsquare[FLOW_NORM_BRANCH],
                    s->branch.present ? squares(joined, numbers) : (double)NAN, TOLERANCE,
                    "dNbranch", l);
    }
}

static double cosine(const real *a, const real *b, int D)
{
    double product = 0;
    for (int i = 0; i < D; i++)
        product += (double)a[i] * (double)b[i];
    return product / sqrt(squares(a, (size_t)D) * squares(b, (size_t)D));
}

static void compare_stream(const struct model *model, const struct probe *probe, int l)
{
    const struct model_config *c = &model->config;
    const int T = c->context, D = c->width, N = c->batch * T;
    const real *x = model_stream(model, l), *before = l > 0 ? model_stream(model, l - 1) : NULL;
    double cosines = before ? 0 : (double)NAN, change = cosines, similarity = 0;
    for (int i = 0; before && i < N * D; i++)
        change += pow((double)x[i] - (double)before[i], 2);
    for (int row = 0; row < N; row++) {
        if (before)
            cosines += cosine(x + row * D, before + row * D, D);
        for (int other = row / T * T; other < row / T * T + T; other++)
            if (other != row)
                similarity += cosine(x + row * D, x + other * D, D) / (T * (T - 1));
    }
    assert_near(probe->sum[l].cosine, cosines, TOLERANCE, "cosine", l);
    assert_near(probe->sum[l].change, change, TOLERANCE, "change", l);
    if (fabs(probe->sum[l].similarity - similarity) > TOLERANCE * c->batch)
        fail_msg("similarity %d: %.9g, expected %.9g", l, probe->sum[l].similarity, similarity);
}

/* How many keys a query sees. */
static int keys_seen(const struct model_config *c, int block, int query)
{
    const int window = config_window(c, block);
    int count = 0;
    for (int key = 0; key < c->context; key++)
        count += (c->mask == MASK_BIDIRECTIONAL || key <= query) &&
                 (window == 0 || abs(query - key) < window);
    return count;
}

static void compare_entropy(const struct model *model, const struct probe *probe, int block)
{
    const struct model_config *c = &model->config;
    const int T = c->context;
    double sum = 0;
    int queries = 0;
    for (int query = 0; query < T; query++)
        queries += keys_seen(c, block, query) > 1;
    for (int i = 0; i < c->batch * c->heads * T; i++) {
        const int query = i % T, seen = keys_seen(c, block, query);
        double entropy = 0;
        for (int key = 0; key < T; key++) {
            const double p = (double)model_attention(model, block, i / T / c->heads,
                                                     i / T % c->heads, query, key);
            entropy -= p > 0 ? p * log(p) : 0;
        }
        if (seen > 1)
            sum += entropy / log(seen) / queries;
    }
    assert_near(probe->sum[block + 1].entropy, queries > 0 ? sum : (double)NAN, TOLERANCE,
                "entropy", block + 1);
}

static void every_branch_is_as_computed_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(configs); i++) {
        struct model model;
        struct probe probe;
        open_model(&model, &configs[i]);
        probe_open(&probe, &model);
        model.probe = &probe;
        model_step(&model, NULL);
        compare_stream(&model, &probe, 0);
        for (int l = 1; l <= configs[i].layers; l++) {
            compare_stream(&model, &probe, l);
            compare_entropy(&model, &probe, l - 1);
            compare_gradients(&model, &probe, l);
            for (int kind = 0; kind < config_sublayers(&model.config); kind++)
                compare_values(&model, &probe, l, kind);
            for (int kind = config_sublayers(&model.config); kind < FLOW_SUBLAYERS; kind++)
                assert_true(isnan(probe.sum[l].flow[kind].square[FLOW_X]));
        }
        probe_close(&probe);
        model_close(&model);
    }
}

/* ---- what is known without computing ----------------------------------------------------------*/

static void measure(struct probe *probe, struct model *model)
{
    probe_open(probe, model);
    model->probe = probe;
    model_step(model, NULL);
}

/* One token over and over, without positions: attention has nothing to tell apart. */
static void equal_tokens_are_similar_and_attended_evenly(void **state)
{
    (void)state;
    const struct model_config config = {SMALL_MODEL, .heads = 4, .bias = true,
                                        .positions = POSITIONS_NONE};
    struct model model;
    struct probe probe;
    open_model(&model, &config);
    for (int row = 0; row < config.batch * config.context; row++)
        model.batch.tokens[row] = 4;
    measure(&probe, &model);
    for (int l = 0; l <= config.layers; l++)
        assert_near(probe.sum[l].similarity / config.batch, 1, TOLERANCE, "similarity", l);
    for (int l = 1; l <= config.layers; l++)
        assert_near(probe.sum[l].entropy / (config.batch * config.heads), 1, TOLERANCE, "entropy",
                    l);
    probe_close(&probe);
    model_close(&model);
}

/* ReZero as it starts: y = x. */
static void a_block_that_does_nothing_changes_nothing(void **state)
{
    (void)state;
    const struct model_config config = {SMALL_MODEL, .heads = 4, .placement = PLACEMENT_REZERO};
    struct model model;
    struct probe probe;
    open_model(&model, &config);
    for (int block = 0; block < config.layers; block++) {
        const int alpha = tensors_find(&model.parameters, "alpha", block);
        model.parameters.weight[model.parameters.tensor[alpha].offset] = 0;
    }
    measure(&probe, &model);
    for (int l = 1; l <= config.layers; l++) {
        assert_near(probe.sum[l].cosine / (config.batch * config.context), 1, TOLERANCE, "cosine",
                    l);
        assert_true(probe.sum[l].change == 0);
        assert_true(probe.sum[l].flow[FLOW_ATTENTION].square[FLOW_BRANCH] > 0);
        assert_true(probe.sum[l].flow[FLOW_ATTENTION].dsquare[FLOW_BRANCH] == 0);
    }
    probe_close(&probe);
    model_close(&model);
}

static void what_does_not_exist_is_no_number(void **state)
{
    (void)state;
    const struct model_config near = {SMALL_MODEL, .heads = 4, .window = 1};
    struct model_config brief = near;
    struct model model;
    struct probe probe;
    brief.window = 0;
    brief.context = 1;
    open_model(&model, &near);
    measure(&probe, &model);
    assert_true(isnan(probe.sum[1].entropy)); /* every query sees itself alone */
    assert_true(isnan(probe.sum[0].cosine) && isnan(probe.sum[0].change));
    assert_true(isfinite(probe.sum[0].similarity));
    probe_close(&probe);
    model_close(&model);
    open_model(&model, &brief);
    measure(&probe, &model);
    assert_true(isnan(probe.sum[0].similarity) && isnan(probe.sum[1].similarity));
    assert_true(isnan(probe.sum[1].entropy));
    assert_true(isfinite(probe.sum[1].cosine));
    probe_close(&probe);
    model_close(&model);
}

/* ---- nobody notices ---------------------------------------------------------------------------*/

static void a_step_has_the_same_bits_with_and_without(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(configs); i++)
        for (int placement = 0; placement < PLACEMENTS; placement++) {
            struct model with, without;
            struct probe probe;
            struct model_config config = configs[i];
            config.placement = (enum placement)placement;
            open_model(&with, &config);
            open_model(&without, &config);
            measure(&probe, &with);
            model_step(&without, NULL);
            assert_true(isfinite(with.loss) && with.loss == without.loss);
            assert_memory_equal(with.gradients.dweight, without.gradients.dweight,
                                with.parameters.count * sizeof(real));
            assert_memory_equal(with.gradients.dstream_square, without.gradients.dstream_square,
                                (size_t)(config.layers + 1) * sizeof(double));
            probe_close(&probe);
            model_close(&with);
            model_close(&without);
        }
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    for (int threads = 2; threads <= 4; threads += 2) {
        struct team *team = team_open(threads);
        const struct parallel parallel = team_parallel(team);
        for (size_t i = 0; i < COUNT(configs); i++) {
            struct model one, many;
            struct probe of_one, of_many;
            open_model(&one, &configs[i]);
            open_model(&many, &configs[i]);
            measure(&of_one, &one);
            probe_open(&of_many, &many);
            many.probe = &of_many;
            for (int time = 0; time < 2; time++) {
                model_step(&many, &parallel);
                assert_memory_equal(of_one.sum, of_many.sum,
                                    (size_t)(configs[i].layers + 1) * sizeof *of_one.sum);
            }
            probe_close(&of_one);
            probe_close(&of_many);
            model_close(&one);
            model_close(&many);
        }
        team_close(team);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_placement_is_as_traced),
        cmocka_unit_test(every_branch_is_as_computed_again),
        cmocka_unit_test(equal_tokens_are_similar_and_attended_evenly),
        cmocka_unit_test(a_block_that_does_nothing_changes_nothing),
        cmocka_unit_test(what_does_not_exist_is_no_number),
        cmocka_unit_test(a_step_has_the_same_bits_with_and_without),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    blas_open();
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
