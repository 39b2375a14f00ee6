/* Every quantity of the table, computed once more by plain loops from what a real step has left:
 * the weights before and after it, their gradients, the streams and theirs, the probabilities of
 * attention. A row of the table without its own comparison here fails. */
#include "core/kernels.h"
#include "core/tensors.h"
#include "core/trace.h"
#include "session/history.h"
#include "support/small_run.h"
#include "support/snapshots.h"
#include "train/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 3 }; /* the last of them is looked at */

/* A run of STEPS steps, and its weights before the last of them. */
struct subject {
    struct small_run of;
    real *before;
};

/* Which rows of the table have been compared. */
static bool compared[QUANTITIES];

static void open_subject(struct subject *subject, const char *const (*values)[2], int count)
{
    small_run_open(&subject->of, values, count);
    subject->of.run.watch = WATCH_DETAIL;
    subject->before = NULL;
    for (int step = 1; step <= STEPS; step++) {
        free(subject->before);
        subject->before = small_run_weights(&subject->of.run);
        run_step(&subject->of.run);
    }
}

static void close_subject(struct subject *subject)
{
    free(subject->before);
    small_run_close(&subject->of);
}

/* ---- comparing ---- */

/* A number of the snapshot is this one; NAN where that is. */
static void expect(const struct run *run, enum quantity quantity, int i, int index, double expected)
{
    const double value = number_of(run->snapshot, quantity, i, index);
    const double tolerance = 1e-5 + 2e-5 * fabs(expected);
    if (isnan(expected) ? !isnan(value) : !(fabs(value - expected) <= tolerance))
        fail_msg("%s[%d][%d]: %.9g, expected %.9g", quantity_table[quantity].name, i, index, value,
                 expected);
    compared[quantity] = true;
}

static double norm_of(const real *x, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++)
        square += (double)x[i] * (double)x[i];
    return sqrt(square);
}

/* |a - b|, L2 */
static double distance(const real *a, const real *b, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++)
        square += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sqrt(square);
}

static double cosine(const real *a, const real *b, int D)
{
    double product = 0;
    for (int i = 0; i < D; i++)
        product += (double)a[i] * (double)b[i];
    return product / norm_of(a, (size_t)D) / norm_of(b, (size_t)D);
}

/* N D, the numbers of a stream. */
static size_t numbers(const struct model *model)
{
    const struct model_config *c = &model->config;
    return (size_t)c->batch * (size_t)c->context * (size_t)c->width;
}

/* ---- the quantities ---- */

/* Cross-entropy of the last forward pass, in nats per predicted token: from what the output
 * projection read and these weights. */
static double loss_of(const struct model *model, const real *weight)
{
    const struct model_config *c = &model->config;
    const real *head =
        weight +
        model->parameters.tensor[tensors_find(&model->parameters, "head.weight", -1)].offset;
    double loss = 0;
    int predicted = 0;
    for (int row = 0; row < c->batch * c->context; row++) {
        const real *x = model_output(model) + row * c->width;
        double sum = 0, right = 0;
        if (model->batch.targets[row] < 0)
            continue;
        for (int token = 0; token < c->vocab; token++) {
            double logit = 0;
            for (int i = 0; i < c->width; i++)
                logit += (double)x[i] * (double)head[token * c->width + i];
            sum += exp(logit);
            right = token == model->batch.targets[row] ? logit : right;
        }
        loss += log(sum) - right;
        predicted++;
    }
    return loss / predicted;
}

static void compare_scalars(const struct subject *subject)
{
    const struct settings *settings = &subject->of.run.settings;
    const struct model *model = &subject->of.run.model;
    const size_t count = numbers(model);
    const double norm = norm_of(model->gradients.dweight, model->parameters.count);
    const double first = norm_of(model_dstream(model, 0), count);
    const double last = norm_of(model_dstream(model, model->config.layers), count);
    expect(&subject->of.run, QUANTITY_LOSS, 0, 0, loss_of(model, subject->before));
    expect(&subject->of.run, QUANTITY_LR, 0, 0, settings->lr * STEPS / settings->warmup);
    expect(&subject->of.run, QUANTITY_GRAD_NORM, 0, 0, norm);
    assert_true(norm > settings->clip);
    expect(&subject->of.run, QUANTITY_CLIP, 0, 0, settings->clip / norm);
    expect(&subject->of.run, QUANTITY_RATIO, 0, 0, first / last);
}

static void compare_tensors(const struct subject *subject)
{
    const struct model *model = &subject->of.run.model;
    int found = 0;
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        const size_t at = tensor->offset, count = tensor_size(tensor);
        const int l = tensor->block, t = snapshot_find(subject->of.run.snapshot, tensor->kind);
        assert_int_equal(t >= 0, l >= 0);
        if (l < 0)
            continue;
        const double was = norm_of(subject->before + at, count);
        const double moved = distance(model->parameters.weight + at, subject->before + at, count);
        expect(&subject->of.run, QUANTITY_PARAM_GRAD, t, l,
               norm_of(model->gradients.dweight + at, count));
        expect(&subject->of.run, QUANTITY_WEIGHT, t, l, was);
        expect(&subject->of.run, QUANTITY_UPDATE_RATIO, t, l, was > 0 ? moved / was : (double)NAN);
        found++;
    }
    assert_int_equal(found, model->config.layers * subject->of.run.snapshot->tensors);
}

static void compare_stream(const struct subject *subject, int l)
{
    const struct model *model = &subject->of.run.model;
    const int T = model->config.context, D = model->config.width, N = model->config.batch * T;
    const real *x = model_stream(model, l), *before = l > 0 ? model_stream(model, l - 1) : NULL;
    const size_t count = numbers(model);
    double turned = before ? 0 : (double)NAN, similar = 0;
    for (int row = 0; row < N; row++) {
        turned += before ? cosine(x + row * D, before + row * D, D) / N : 0;
        for (int other = row / T * T; other < row / T * T + T; other++)
            similar += other == row ? 0 : cosine(x + row * D, x + other * D, D) / (T - 1) / N;
    }
    expect(&subject->of.run, QUANTITY_STREAM_GRAD, 0, l, norm_of(model_dstream(model, l), count));
    expect(&subject->of.run, QUANTITY_STREAM_RMS, 0, l, norm_of(x, count) / sqrt((double)count));
    expect(&subject->of.run, QUANTITY_COSINE, 0, l, turned);
    expect(&subject->of.run, QUANTITY_SIMILARITY, 0, l, similar);
    if (before)
        expect(&subject->of.run, QUANTITY_SHARE, 0, l - 1,
               distance(x, before, count) / norm_of(before, count));
}

/* A query sees the keys up to its own; the first sees only one, and has no entropy. */
static void compare_entropy(const struct subject *subject, int block)
{
    const struct model *model = &subject->of.run.model;
    const struct model_config *c = &model->config;
    const int T = c->context;
    double sum = 0;
    for (int b = 0; b < c->batch; b++)
        for (int head = 0; head < c->heads; head++)
            for (int query = 1; query < T; query++) {
                double entropy = 0;
                for (int key = 0; key <= query; key++) {
                    const double p = (double)model_attention(model, block, b, head, query, key);
                    entropy -= p > 0 ? p * log(p) : 0;
                }
                sum += entropy / log(query + 1);
            }
    expect(&subject->of.run, QUANTITY_ENTROPY, 0, block, sum / (c->batch * c->heads * (T - 1)));
}

/* The same once more over the held-out batches, with the weights of a first step. */
static void compare_held_out(const struct subject *subject)
{
    struct run first;
    double loss = 0;
    assert_true(run_open(&first, &subject->of.run.settings, LEFT, subject->of.task, NULL));
    struct model *model = &first.model;
    for (int i = 0; i < RUN_VALIDATION_BATCHES; i++) {
        task_validation(first.task, (uint64_t)i, model->config.batch, model->config.context,
                        model->batch.tokens, model->batch.targets);
        model_loss(model, NULL);
        loss += loss_of(model, model->parameters.weight) / RUN_VALIDATION_BATCHES;
    }
    run_step(&first);
    expect(&first, QUANTITY_VALID_LOSS, 0, 0, loss);
    run_step(&first);
    expect(&first, QUANTITY_VALID_LOSS, 0, 0, (double)NAN);
    run_close(&first);
}

/* ---- inside the blocks ---- */

/* Mean over the rows of one over the standard deviation. */
static double inverse_sigma(const real *x, int rows, int D)
{
    double sum = 0;
    for (int row = 0; row < rows; row++) {
        double mean = 0, square = 0;
        for (int i = 0; i < D; i++)
            mean += (double)x[row * D + i] / D;
        for (int i = 0; i < D; i++)
            square += ((double)x[row * D + i] - mean) * ((double)x[row * D + i] - mean) / D;
        sum += 1 / sqrt(square + NORM_EPSILON) / rows;
    }
    return sum;
}

static void compare_flow(const struct subject *subject, int sublayer,
                         const struct trace_tensor *trace)
{
    static const enum trace_point at[FLOW_POINTS] = {
        [FLOW_X] = TRACE_X,           [FLOW_NORM_IN] = TRACE_NORM_IN,
        [FLOW_BRANCH] = TRACE_BRANCH, [FLOW_NORM_BRANCH] = TRACE_NORM_BRANCH,
        [FLOW_SUM] = TRACE_SUM,       [FLOW_OUT] = TRACE_OUTPUT,
    };
    /* What goes into a norm, and what comes out of it. */
    static const enum trace_point norm[FLOW_NORMS][2] = {
        [FLOW_NIN] = {TRACE_X, TRACE_NORM_IN},
        [FLOW_NBRANCH] = {TRACE_BRANCH, TRACE_NORM_BRANCH},
        [FLOW_NOUT] = {TRACE_SUM, TRACE_OUTPUT},
    };
    const struct model_config *c = &subject->of.run.model.config;
    const size_t count = numbers(&subject->of.run.model);
    const struct placement_row *row = &placement_table[c->placement];
    const bool has[FLOW_NORMS] = {row->norm_in, row->norm_branch, row->norm_out};
    for (int point = 0; point < FLOW_POINTS; point++) {
        const struct trace_tensor *of = &trace[at[point]];
        expect(&subject->of.run, quantity_flow_rms[sublayer], point, 0,
               of->value ? norm_of(of->value, count) / sqrt((double)count) : (double)NAN);
        expect(&subject->of.run, quantity_flow_grad[sublayer], point, 0,
               of->dvalue ? norm_of(of->dvalue, count) : (double)NAN);
    }
    for (int n = 0; n < FLOW_NORMS; n++)
        expect(&subject->of.run, quantity_flow_rstd[sublayer], n, 0,
               has[n] ? inverse_sigma(trace[norm[n][0]].value, c->context, c->width) : (double)NAN);
}

/* The first block opened up, with the weights that the step began with. */
static void compare_inside(const char *placement)
{
    static const bool both[SUBLAYERS_PER_BLOCK] = {true, true};
    const char *const values[][2] = {{"left", placement}, {"layers", "2"},  {"width", "16"},
                                     {"heads", "2"},      {"ffn", "24"},    {"context", "7"},
                                     {"batch", "1"},      {"task", "copy"}, {"lr", "1e-2"}};
    struct subject subject;
    struct trace trace;
    open_subject(&subject, values, (int)(sizeof values / sizeof values[0]));
    struct model *model = &subject.of.run.model;
    const size_t bytes = numbers(model) * sizeof(real);
    real *x = malloc(bytes), *dy = malloc(bytes);
    memcpy(x, model_stream(model, 0), bytes);
    memcpy(dy, model_dstream(model, 1), bytes);
    memcpy(model->parameters.weight, subject.before, model->parameters.count * sizeof(real));
    trace_open(&trace, model, both, x, dy);
    for (int i = 0; i < FLOW_SUBLAYERS; i++)
        compare_flow(&subject, i, trace.point[i]);
    trace_close(&trace);
    free(x);
    free(dy);
    close_subject(&subject);
}

/* ---- what the history adds ---- */

/* Of a run that is long enough for a second held-out loss. */
static void compare_history(void)
{
    struct small_run small;
    struct history history;
    double sum = 0, weight = 0, held_out = (double)NAN, held_out_step = (double)NAN;
    small_run_open(&small, NULL, 0);
    history_open(&history);
    for (int step = 1; step <= RUN_VALIDATION_STEPS + 3; step++) {
        run_step(&small.run);
        history_add(&history, small.run.snapshot, small.run.snapshot);
        const double valid = snapshot_scalar(small.run.snapshot, QUANTITY_VALID_LOSS);
        sum = 0.95 * sum + 0.05 * snapshot_scalar(small.run.snapshot, QUANTITY_LOSS);
        weight = 0.95 * weight + 0.05;
        held_out = isfinite(valid) ? valid : held_out;
        held_out_step = isfinite(valid) ? step : held_out_step;
        const struct run kept = {.snapshot = snapshot_copy(history_last(&history, RIGHT))};
        expect(&kept, QUANTITY_SMOOTH_LOSS, 0, 0, sum / weight);
        expect(&kept, QUANTITY_SMOOTH_SUM, 0, 0, sum);
        expect(&kept, QUANTITY_SMOOTH_WEIGHT, 0, 0, weight);
        expect(&kept, QUANTITY_HELD_OUT, 0, 0, held_out);
        expect(&kept, QUANTITY_HELD_OUT_STEP, 0, 0, held_out_step);
        snapshot_free(kept.snapshot);
    }
    assert_true(held_out_step == RUN_VALIDATION_STEPS + 1);
    history_close(&history);
    small_run_close(&small);
}

/* ---- all of them ---- */

static void every_quantity_is_what_the_table_says(void **state)
{
    static const char *const values[][2] = {
        {"left", "peri"}, {"layers", "3"}, {"width", "16"},  {"heads", "2"},   {"ffn", "24"},
        {"context", "8"}, {"batch", "3"},  {"task", "text"}, {"warmup", "10"}, {"clip", "0.1"}};
    struct subject subject;
    (void)state;
    memset(compared, 0, sizeof compared);
    open_subject(&subject, values, (int)(sizeof values / sizeof values[0]));
    compare_scalars(&subject);
    compare_tensors(&subject);
    for (int l = 0; l <= subject.of.run.model.config.layers; l++)
        compare_stream(&subject, l);
    for (int block = 0; block < subject.of.run.model.config.layers; block++)
        compare_entropy(&subject, block);
    compare_held_out(&subject);
    compare_history();
    close_subject(&subject);
    compare_inside("pre");
    compare_inside("post");
    compare_inside("peri");
    for (int q = 0; q < QUANTITIES; q++)
        if (!compared[q])
            fail_msg("%s is compared with nothing", quantity_table[q].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_quantity_is_what_the_table_says),
    };
    return cmocka_run_group_tests_name("measure", tests, small_run_write_text,
                                       small_run_remove_text);
}
