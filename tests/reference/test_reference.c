/* The core against PyTorch: the same weights and batch, the same loss, stream gradients, parameter
 * gradients, and ten steps of every optimizer. twin.py made the files; run from the top folder.
 *
 * Every set of kernels that this processor can run is compared. Errors are in the max norm,
 * max|a-b| / max|b| with b of the file. */
#include "base/memory.h"
#include "base/names.h"
#include "base/safetensors_read.h"
#include "core/blas.h"
#include "core/dropout.h"
#include "core/kernels.h"
#include "core/model.h"
#include "core/optimizer.h"
#include "core/placement.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "tests/reference/"

enum { DICE_SEED = 1 }; /* of dropout: Shape.SEED of twin.py */

#ifdef LNSCOPE_REAL_DOUBLE
static const double LOSS_TOLERANCE = 1e-9, GRADIENT_TOLERANCE = 1e-6;
static const double TRAINED_LOSS_TOLERANCE = 1e-9, TRAINED_WEIGHT_TOLERANCE = 1e-6;
#else
static const double LOSS_TOLERANCE = 1e-5, GRADIENT_TOLERANCE = 1e-4;
static const double TRAINED_LOSS_TOLERANCE = 1e-4, TRAINED_WEIGHT_TOLERANCE = 1e-4;
#endif

static const char *const gradient_cases[] = {
    "pre-layernorm-gelu",
    "pre-rmsnorm-relu",
    "pre-none-gelu",
    "post-layernorm-relu",
    "post-rmsnorm-gelu",
    "post-none-relu",
    "none-layernorm-gelu",
    "none-rmsnorm-relu",
    "none-none-gelu",
    "pre-dyt-gelu",
    "post-dyt-relu",
    "branch-layernorm-gelu",
    "branch-rmsnorm-relu",
    "peri-rmsnorm-gelu",
    "peri-dyt-relu",
    "deepnorm-layernorm-gelu",
    "admin-layernorm-relu",
    "admin-none-gelu",
    "lns-layernorm-gelu",
    "lns-rmsnorm-relu",
    "mix-layernorm-gelu",
    "rezero-none-gelu",
    "residual-layernorm-gelu",
    "residual-none-relu",
    "b2t-layernorm-relu",
    "b2t-none-gelu",
    "peri-rmsnorm-gelu-offset",
    "pre-layernorm-relu-unbiased",
    "lns-dyt-gelu-offset-unbiased",
    "transformer-2017",
    "bert",
    "gpt3",
    "llama",
    "mistral",
    "gemma",
    "palm",
    "deepseek",
    "vit",
    "olmo2",
    "low-rank-experts",
    "window-both-ways",
    "odd-heads",
    "lns-none-gelu",
    "qwen3",
    "joint-qk-norm",
    "dropout",
    "dropout-peri",
    "dropout-residual",
    "dropout-b2t",
    "dropout-rezero",
    "norm-eps",
    "norm-eps-rmsnorm",
    "norm-eps-1e-12",
};

static const char *const optimizer_cases[] = {
    "adamw", "adamw-clip",      "sgd",  "momentum",     "adam",        "radam", "lion", "dropout",
    "eps",   "label-smoothing", "muon", "muon-experts", "muon-kv-rank"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* The worst error of a comparison, and where it was. */
struct worst {
    double error;
    char where[TENSOR_NAME];
};

static void worst_add(struct worst *worst, double error, const char *where)
{
    if (isnan(error))
        error = INFINITY;
    if (error > worst->error) {
        worst->error = error;
        snprintf(worst->where, sizeof worst->where, "%s", where);
    }
}

static void open_file(struct safetensors_file *file, const char *name)
{
    char path[128];
    struct error error;
    snprintf(path, sizeof path, FOLDER "%s.safetensors", name);
    if (!safetensors_open(file, path, &error))
        fail_msg("%s", error.text);
}

static const struct safetensors_tensor *need(const struct safetensors_file *file,
                                             const char *prefix, const char *name)
{
    char full[2 * TENSOR_NAME];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const struct safetensors_tensor *tensor = safetensors_find(file, full);
    if (tensor == NULL)
        fail_msg("%s is missing", full);
    return tensor;
}

static const char *need_metadata(const struct safetensors_file *file, const char *key)
{
    const char *value = safetensors_value(file, key);
    if (value == NULL)
        fail_msg("%s is missing", key);
    return value;
}

static double number_of(const struct safetensors_file *file, const char *key)
{
    char *end;
    const char *text = need_metadata(file, key);
    const double value = strtod(text, &end);
    assert_true(end != text && *end == '\0');
    return value;
}

static int word_of(const struct safetensors_file *file, const char *key, const struct names *names)
{
    struct error error;
    const int index = names_find(names, key, need_metadata(file, key), &error);
    if (index < 0)
        fail_msg("%s", error.text);
    return index;
}

/* 0 or 1; `otherwise` where the file does not say. */
static bool flag_of(const struct safetensors_file *file, const char *key, bool otherwise)
{
    return safetensors_value(file, key) == NULL ? otherwise : number_of(file, key) != 0;
}

/* 0, or the first name, where the file does not say. */
static int count_of(const struct safetensors_file *file, const char *key)
{
    return safetensors_value(file, key) == NULL ? 0 : (int)number_of(file, key);
}

static unsigned choice_of(const struct safetensors_file *file, const char *key,
                          const struct names *names)
{
    return safetensors_value(file, key) == NULL ? 0 : (unsigned)word_of(file, key, names);
}

static struct model_config config_of(const struct safetensors_file *file)
{
    static const char *const words[] = {
        [MASK_CAUSAL] = "causal", [MASK_BIDIRECTIONAL] = "bidirectional"};
    const struct names masks = NAMES_OF_WORDS(words);
    return (struct model_config){
        .placement = (enum placement)word_of(file, "placement", &placement_names),
        .norm = (enum norm)word_of(file, "norm", &norm_names),
        .activation = (enum activation)word_of(file, "activation", &activation_names),
        .init = INIT_XAVIER,
        .norm_eps = safetensors_value(file, "norm-eps") ? number_of(file, "norm-eps") : 0,
        .norm_bias = flag_of(file, "norm-bias", true),
        .gain_offset = flag_of(file, "gain-offset", false),
        .layers = (int)number_of(file, "layers"),
        .width = (int)number_of(file, "width"),
        .heads = (int)number_of(file, "heads"),
        .ffn = (int)number_of(file, "ffn"),
        .context = (int)number_of(file, "context"),
        .batch = (int)number_of(file, "batch"),
        .vocab = (int)number_of(file, "vocab"),
        .seed = 1,
        .positions = choice_of(file, "positions", &positions_names),
        .mask = choice_of(file, "attention", &masks),
        .kv_heads = count_of(file, "kv-heads"),
        .kv_rank = count_of(file, "kv-rank"),
        .window = count_of(file, "window"),
        .window_every = count_of(file, "window-every"),
        .full_every = count_of(file, "full-every"),
        .qk_joint = flag_of(file, "qk-joint", false),
        .kv_norm = flag_of(file, "kv-norm", false),
        .qk_norm = flag_of(file, "qk-norm", false),
        .bias = flag_of(file, "bias", true),
        .tied = flag_of(file, "tied", false),
        .embedding_scale = flag_of(file, "embedding-scale", false),
        .parallel = flag_of(file, "parallel", false),
        .experts = count_of(file, "experts"),
        .experts_used = count_of(file, "experts-used"),
        .dropout = safetensors_value(file, "dropout") == NULL ? 0 : number_of(file, "dropout"),
        .patch = count_of(file, "patch")};
}

/* The model of a file, with its weights. Its tensors must be those of the file, in name and shape.
 */
static void open_model(struct model *model, const struct safetensors_file *file)
{
    const struct model_config config = config_of(file);
    assert_true(model_open(model, &config));
    int expected = 0;
    for (int i = 0; i < file->tensors; i++)
        expected += strncmp(file->tensor[i].name, "param.", 6) == 0;
    assert_int_equal(model->parameters.tensors, expected);

    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        char name[TENSOR_NAME];
        tensor_name(tensor, name);
        const struct safetensors_tensor *values = need(file, "param.", name);
        assert_int_equal(values->dims, tensor->vector ? 1 : 2);
        if (!tensor->vector)
            assert_int_equal(values->shape[0], tensor->rows);
        assert_int_equal(values->shape[values->dims - 1], tensor->cols);
        for (size_t j = 0; j < values->count; j++)
            model->parameters.weight[tensor->offset + j] = (real)safetensors_number(values, j);
    }
}

/* Puts batch `step` of the file's `tokens`, or the one of its `pixels`, and its `targets` into the
 * model. */
static void load_batch(struct model *model, const struct safetensors_file *file, int step)
{
    const size_t patch = (size_t)model->config.patch;
    const struct safetensors_tensor *inputs = need(file, "", patch > 0 ? "pixels" : "tokens");
    const struct safetensors_tensor *targets = need(file, "", "targets");
    const size_t rows = (size_t)model->config.batch * (size_t)model->config.context;
    assert_int_equal(inputs->type, patch > 0 ? SAFETENSORS_F32 : SAFETENSORS_I32);
    assert_int_equal(inputs->count, targets->count * (patch > 0 ? patch : 1));
    assert_true(((size_t)step + 1) * rows <= targets->count);
    for (size_t i = 0; i < rows; i++) {
        const size_t from = (size_t)step * rows + i;
        model->batch.targets[i] = (int32_t)safetensors_number(targets, from);
        if (patch == 0)
            model->batch.tokens[i] = (int32_t)safetensors_number(inputs, from);
    }
    for (size_t i = 0; i < rows * patch; i++)
        model->batch.pixels[i] = (real)safetensors_number(inputs, i);
}

/* max|a-b| / max|b|; infinite when a number is not finite or all of b is 0. */
static double error_of(const real *found, const struct safetensors_tensor *expected)
{
    double difference = 0, scale = 0;
    for (size_t i = 0; i < expected->count; i++) {
        const double b = safetensors_number(expected, i);
        if (!isfinite((double)found[i]))
            return INFINITY;
        difference = fmax(difference, fabs((double)found[i] - b));
        scale = fmax(scale, fabs(b));
    }
    return scale > 0 ? difference / scale : INFINITY;
}

static double square_of(const struct safetensors_tensor *tensor)
{
    double sum = 0;
    for (size_t i = 0; i < tensor->count; i++)
        sum += safetensors_number(tensor, i) * safetensors_number(tensor, i);
    return sum;
}

/* Every stream gradient and its measured square against the file. */
static void compare_streams(const struct model *model, const struct safetensors_file *file,
                            struct worst *worst, struct worst *squares)
{
    for (int layer = 0; layer <= model->config.layers; layer++) {
        char name[TENSOR_NAME];
        snprintf(name, sizeof name, "stream_grad.%d", layer);
        const struct safetensors_tensor *expected = need(file, "", name);
        const double square = square_of(expected);
        worst_add(worst, error_of(model_dstream(model, layer), expected), name);
        worst_add(squares, fabs(model->gradients.dstream_square[layer] - square) / square, name);
    }
}

static void compare_gradients(const struct model *model, const struct safetensors_file *file,
                              struct worst *worst, struct worst *squares)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        char name[TENSOR_NAME];
        tensor_name(tensor, name);
        const struct safetensors_tensor *expected = need(file, "grad.", name);
        const double square = square_of(expected);
        worst_add(worst, error_of(model->gradients.dweight + tensor->offset, expected), name);
        worst_add(squares, fabs(model->gradients.dweight_square[i] - square) / square, name);
    }
}

static void expect(const struct worst *worst, double tolerance)
{
    if (!(worst->error <= tolerance))
        fail_msg("%s: relative error %.3g above %.0e", worst->where, worst->error, tolerance);
}

static void check_gradients(const char *name, const struct kernels *kernels)
{
    struct safetensors_file file;
    struct model model;
    struct worst loss = {0}, gradient = {0}, stream = {0}, square = {0};
    open_file(&file, name);
    open_model(&model, &file);
    model.kernels = kernels;
    load_batch(&model, &file, 0);
    model.dice = dropout_dice(DICE_SEED, 1);

    const double expected = safetensors_number(need(&file, "", "loss"), 0);
    if (model.config.dropout == 0)
        worst_add(&loss, fabs(model_loss(&model, NULL) - expected) / expected, "model_loss()");
    /* twice: a step may leave nothing behind that the next one adds to */
    for (int time = 0; time < 2; time++) {
        model_step(&model, NULL);
        worst_add(&loss, fabs(model.loss - expected) / expected, "loss");
        compare_streams(&model, &file, &stream, &square);
        compare_gradients(&model, &file, &gradient, &square);
    }
    printf("  %-28s %-7s loss %7.1e  streams %7.1e  parameters %7.1e %s\n", name, kernels->name,
           loss.error, stream.error, gradient.error, gradient.where);
    model_close(&model);
    safetensors_file_close(&file);
    expect(&loss, LOSS_TOLERANCE);
    expect(&stream, GRADIENT_TOLERANCE);
    expect(&gradient, GRADIENT_TOLERANCE);
    expect(&square, 2 * GRADIENT_TOLERANCE);
}

static void gradients_equal_those_of_pytorch(void **state)
{
    (void)state;
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    assert_non_null(usable[0]);
    for (size_t i = 0; i < COUNT(gradient_cases); i++) {
        for (int k = 0; usable[k] != NULL; k++)
            check_gradients(gradient_cases[i], usable[k]);
    }
}

/* The biggest error of the weights against those that the file has after the last step. The bias of
 * the keys is left out: softmax does not depend on it, its gradient is rounding noise, and Adam
 * scales noise up to steps of the learning rate. */
static void compare_weights(const struct model *model, const struct safetensors_file *file,
                            struct worst *worst)
{
    const int D = model->config.width, KV = config_kv_width(&model->config);
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        char name[TENSOR_NAME];
        tensor_name(tensor, name);
        const struct safetensors_tensor *expected = need(file, "final.", name);
        const int queries = strcmp(tensor->kind, "attn.qkv.bias") == 0 ? D : 0;
        const bool keys = queries > 0 || strcmp(tensor->kind, "attn.kv_up.bias") == 0;
        double difference = 0, scale = 0;
        for (size_t j = 0; j < expected->count; j++) {
            const double a = (double)model->parameters.weight[tensor->offset + j];
            const double b = safetensors_number(expected, j);
            if (keys && (int)j >= queries && (int)j < queries + KV)
                continue;
            difference = isfinite(a) ? fmax(difference, fabs(a - b)) : INFINITY;
            scale = fmax(scale, fabs(b));
        }
        worst_add(worst, difference / scale, name);
    }
}

/* The factor by which a gradient of this norm is clipped, as torch.nn.utils.clip_grad_norm_ does.
 */
static double clip_factor(double limit, double norm)
{
    return limit > 0 ? fmin(1, limit / (norm + 1e-6)) : 1;
}

static void check_optimizer(const char *name, const struct kernels *kernels)
{
    struct safetensors_file file;
    struct model model;
    struct optimizer_state state;
    struct worst loss = {0}, norm = {0}, weight = {0};
    char full[TENSOR_NAME];
    snprintf(full, sizeof full, "optimizer-%s", name);
    open_file(&file, full);
    open_model(&model, &file);
    model.kernels = kernels;
    assert_true(optimizer_open(&state, &model));
    model.label_smoothing =
        safetensors_value(&file, "label-smoothing") ? number_of(&file, "label-smoothing") : 0;
    struct optimizer_step update = {
        .kind = (enum optimizer)word_of(&file, "optimizer", &optimizer_names),
        .lr = number_of(&file, "lr"),
        .decay = number_of(&file, "weight-decay"),
        .decay_vectors = flag_of(&file, "decay-all", false),
        .epsilon = number_of(&file, "epsilon"),
        .beta1 = number_of(&file, "beta1"),
        .beta2 = number_of(&file, "beta2")};

    const int steps = (int)number_of(&file, "steps");
    assert_true(steps >= 10);
    for (int step = 0; step < steps; step++) {
        load_batch(&model, &file, step);
        model.dice = dropout_dice(DICE_SEED, step + 1);
        model_step(&model, NULL);
        double square = 0;
        for (int i = 0; i < model.parameters.tensors; i++)
            square += model.gradients.dweight_square[i];
        const double expected = safetensors_number(need(&file, "", "losses"), (size_t)step);
        const double expected_norm =
            safetensors_number(need(&file, "", "grad_norms"), (size_t)step);
        worst_add(&loss, fabs(model.loss - expected) / expected, "loss");
        worst_add(&norm, fabs(sqrt(square) - expected_norm) / expected_norm, "gradient norm");
        update.scale = clip_factor(number_of(&file, "clip"), sqrt(square));
        optimizer_update(&state, &model, &update, NULL);
    }
    compare_weights(&model, &file, &weight);
    printf("  %-20s %-7s losses %7.1e  norms %7.1e  final weights %7.1e %s\n", full, kernels->name,
           loss.error, norm.error, weight.error, weight.where);
    optimizer_close(&state);
    model_close(&model);
    safetensors_file_close(&file);
    expect(&loss, TRAINED_LOSS_TOLERANCE);
    expect(&norm, GRADIENT_TOLERANCE);
    expect(&weight, TRAINED_WEIGHT_TOLERANCE);
}

static void ten_steps_equal_those_of_pytorch(void **state)
{
    (void)state;
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    for (size_t i = 0; i < COUNT(optimizer_cases); i++) {
        for (int k = 0; usable[k] != NULL; k++)
            check_optimizer(optimizer_cases[i], usable[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_equal_those_of_pytorch),
        cmocka_unit_test(ten_steps_equal_those_of_pytorch),
    };
    blas_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
