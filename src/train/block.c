/* See block.h. Owns the names and formulas of the tensors; what they are is core/trace's business.
 */
#include "train/block.h"

#include "base/memory.h"
#include "core/admin.h"
#include "core/blas.h"
#include "core/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const part_words[BLOCK_PARTS] = {
    [BLOCK_WHOLE] = "block", [BLOCK_ATTENTION] = "attention", [BLOCK_FFN] = "ffn"};
const struct names block_part_names = NAMES_OF_WORDS(part_words);

const char *const block_place_names[TRACE_PLACES] = {
    [TRACE_IN_ATTENTION] = "attention", [TRACE_IN_FEED_FORWARD] = "ffn", [TRACE_AT_END] = "end"};

/* ---- names and formulas ----------------------------------------------------------------------*/

/* The words from which the formulas of a place are put together. */
struct wording {
    const struct block *block;
    enum trace_place place;
    const struct sublayer *sublayer; /* NULL at the end */
    const char *letters;             /* of the norm; "" where there is none */
    char input[BLOCK_NAME];          /* of f: "LN(x)" or "x" */
};

static const char *norm_letters(const struct block *block)
{
    return norm_table[block->model.config.norm].letters;
}

/* "1e-5", where printf has "1e-05". */
static void write_epsilon(double epsilon, char *out, size_t size)
{
    snprintf(out, size, "%.15g", epsilon);
    char *zero = strstr(out, "e-0");
    if (zero)
        memmove(zero + 2, zero + 3, strlen(zero + 3) + 1);
}

/* The norm's formula with `argument` for its x, its epsilon as a number, and without the bias where
 * it has none. */
static void write_norm(const struct wording *words, const char *argument, bool by_depth, char *out)
{
    static const char bias[] = " + bias";
    static const char name[] = "norm-eps";
    const struct model_config *c = &words->block->model.config;
    char epsilon[32];
    size_t used = 0;
    write_epsilon(config_norm_eps(c), epsilon, sizeof epsilon);
    for (const char *in = norm_table[c->norm].formula; *in && used < BLOCK_FORMULA; in++) {
        if (!c->norm_bias && strcmp(in, bias) == 0)
            break;
        const bool named = strncmp(in, name, strlen(name)) == 0;
        const char *word = named ? epsilon : *in == 'x' ? argument : in;
        used +=
            (size_t)snprintf(out + used, BLOCK_FORMULA - used, "%.*s", word == in ? 1 : 99, word);
        in += named ? strlen(name) - 1 : 0;
    }
    if (by_depth && used < BLOCK_FORMULA)
        snprintf(out + used, BLOCK_FORMULA - used, ", divided by sqrt(l), l = 1");
}

/* "LN(x) W_q^T + b_q" */
static void write_product(const struct wording *words, const char *what, const char *matrix,
                          char *out)
{
    const size_t used = (size_t)snprintf(out, BLOCK_FORMULA, "%s W_%s^T", what, matrix);
    if (words->block->model.config.bias && used < BLOCK_FORMULA)
        snprintf(out + used, BLOCK_FORMULA - used, " + b_%s", matrix);
}

static void write_hidden(const struct wording *words, char *out)
{
    static const char *const formulas[ACTIVATIONS] = {
        [ACTIVATION_GELU] = "gelu(up)",
        [ACTIVATION_RELU] = "relu(up) = max(up, 0)",
        [ACTIVATION_SWIGLU] = "up * gate * sigmoid(gate)",
        [ACTIVATION_GEGLU] = "up * gelu(gate)",
    };
    snprintf(out, BLOCK_FORMULA, "%s", formulas[words->block->model.config.activation]);
}

/* The inside of the one equation: "a x + b branch". */
static void write_sum(const struct wording *words, char *out)
{
    const struct sublayer *s = words->sublayer;
    const struct model *model = &words->block->model;
    const char *letters = words->letters, *also = s->adds_block_input ? " + x_in" : "";
    char skip[BLOCK_NAME] = "x", branch[BLOCK_NAME] = "branch", where[2 * BLOCK_NAME] = "";
    if (s->branch.present)
        snprintf(branch, sizeof branch, "%s(branch)", letters);
    if (s->skip_tensor >= 0) {
        strcpy(skip, "w x");
        snprintf(where, sizeof where, ", w = %.4g in all numbers",
                 (double)model->parameters.weight[model->parameters.tensor[s->skip_tensor].offset]);
    } else if (s->skip != 1) {
        strcpy(skip, "a x");
        snprintf(where, sizeof where, ", a = %.4g", (double)s->skip);
    }
    if (s->scale_tensor >= 0)
        snprintf(
            where, sizeof where, ", a = %.4g at the start",
            (double)model->parameters.weight[model->parameters.tensor[s->scale_tensor].offset]);
    snprintf(out, BLOCK_FORMULA, "%s + %s%s%s%s", skip, s->scale_tensor >= 0 ? "a " : "", branch,
             also, where);
}

static void write_x(const struct wording *words, char *out)
{
    const bool whole = words->block->plan.part == BLOCK_WHOLE;
    const char *what = "the input";
    if (words->place == TRACE_AT_END)
        what = words->block->plan.part == BLOCK_ATTENTION ? "the output of attention"
                                                          : "the output of ffn";
    else if (words->place == TRACE_IN_FEED_FORWARD && whole)
        what = "the output of attention";
    snprintf(out, BLOCK_FORMULA, "%s", what);
}

/* The second stream, s = x_in + all branches so far. */
static void write_second(const struct wording *words, char *out)
{
    const char *what = "s + branch";
    if (words->place == TRACE_AT_END)
        what = "the second stream, which no norm touches";
    else if (words->place == TRACE_IN_ATTENTION || words->block->plan.part != BLOCK_WHOLE)
        what = "x + branch";
    snprintf(out, BLOCK_FORMULA, "%s", what);
}

/* Outputs are called `output`, sums `sum`, ... in every placement, so that blocks can be compared.
 */
static void write_output(const struct wording *words, char *out)
{
    const char *letters = words->letters;
    if (words->place == TRACE_AT_END)
        snprintf(out, BLOCK_FORMULA, letters[0] ? "x + %s(s)" : "x + %ss", letters);
    else if (words->sublayer->out.present)
        write_norm(words, "sum", false, out);
    else
        snprintf(out, BLOCK_FORMULA, "sum");
}

static void write_attention(const struct wording *words, char *out)
{
    const struct model_config *c = &words->block->model.config;
    const char *heads = c->heads > 1 ? ", head below head" : "";
    snprintf(out, BLOCK_FORMULA, "softmax(q k^T / sqrt(%d))%s%s", config_head_width(c), heads,
             c->mask == MASK_CAUSAL ? ", no later token seen" : "");
}

static const char *const point_names[TRACE_POINTS] = {
    [TRACE_X] = "x",
    [TRACE_QUERY] = "q",
    [TRACE_KEY] = "k",
    [TRACE_VALUE] = "v",
    [TRACE_UP] = "up",
    [TRACE_ATTENTION] = "attention",
    [TRACE_WEIGHTED] = "values",
    [TRACE_GATE] = "gate",
    [TRACE_HIDDEN] = "hidden",
    [TRACE_BRANCH] = "branch",
    [TRACE_SECOND] = "s",
    [TRACE_SUM] = "sum",
    [TRACE_OUTPUT] = "output",
    [TRACE_NORM_BRANCH] = NULL,
    [TRACE_NORM_IN] = NULL,
};

/* "q", or what is normalised in parentheses: "LN(x)" */
static void write_name(const struct wording *words, enum trace_point point, char *out)
{
    const char *argument = point == TRACE_NORM_BRANCH     ? "branch"
                           : words->place == TRACE_AT_END ? "s"
                                                          : "x";
    if (point_names[point])
        snprintf(out, BLOCK_NAME, "%s", point_names[point]);
    else if (!words->letters[0]) /* no norm, but what lns divides by */
        snprintf(out, BLOCK_NAME, "%s / sqrt(l)", argument);
    else
        snprintf(out, BLOCK_NAME, "%s(%s)", words->letters, argument);
}

static void write_formula(const struct wording *words, enum trace_point point, char *out)
{
    const bool at_end = words->place == TRACE_AT_END;
    const bool attention = words->place == TRACE_IN_ATTENTION;
    const bool by_depth = placement_table[words->block->model.config.placement].norm_by_depth;
    switch (point) {
    case TRACE_X:
        write_x(words, out);
        break;
    case TRACE_NORM_IN:
        write_norm(words, at_end ? "s" : "x", by_depth && !at_end, out);
        break;
    case TRACE_QUERY:
    case TRACE_KEY:
    case TRACE_VALUE:
    case TRACE_UP:
    case TRACE_GATE:
        write_product(words, words->input, point_names[point], out);
        break;
    case TRACE_ATTENTION:
        write_attention(words, out);
        break;
    case TRACE_WEIGHTED:
        snprintf(out, BLOCK_FORMULA, "attention v%s",
                 words->block->model.config.heads > 1 ? ", head beside head" : "");
        break;
    case TRACE_HIDDEN:
        write_hidden(words, out);
        break;
    case TRACE_BRANCH:
        write_product(words, attention ? "values" : "hidden", attention ? "proj" : "down", out);
        break;
    case TRACE_NORM_BRANCH:
        write_norm(words, "branch", false, out);
        break;
    case TRACE_SECOND:
        write_second(words, out);
        break;
    case TRACE_SUM:
        write_sum(words, out);
        break;
    case TRACE_OUTPUT:
        write_output(words, out);
        break;
    case TRACE_POINTS:
        break;
    }
}

static void write_part(const struct wording *words, enum trace_part part,
                       struct block_tensor *tensor)
{
    const struct sublayer *s = words->sublayer;
    const char *factor = s->skip_tensor >= 0 ? "w * " : s->skip != 1 ? "a * " : "";
    switch (part) {
    case TRACE_BY_SKIP:
        snprintf(tensor->name, BLOCK_NAME, "x by the skip");
        snprintf(tensor->formula, BLOCK_FORMULA, "%sgradient at sum", factor);
        break;
    case TRACE_BY_BRANCH:
        snprintf(tensor->name, BLOCK_NAME, "x by the branch");
        snprintf(tensor->formula, BLOCK_FORMULA, "%s, back through the branch",
                 s->beside == BESIDE_SUM ? "gradients at sum and s" : "gradient at sum");
        break;
    case TRACE_BY_BESIDE:
        snprintf(tensor->name, BLOCK_NAME, s->beside == BESIDE_SUM ? "x by s" : "x by x_in");
        snprintf(tensor->formula, BLOCK_FORMULA,
                 s->beside == BESIDE_SUM ? "gradient at s" : "gradient at the sum of ffn");
        break;
    case TRACE_PARTS:
        break;
    }
}

/* ---- the list of tensors ---------------------------------------------------------------------*/

static double norm_of(const real *x, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++)
        square += (double)x[i] * (double)x[i];
    return sqrt(square);
}

/* An earlier tensor that has the same numbers by its formula; -1: none. */
static int same_tensor(const struct block *block, enum trace_place place, enum trace_point point,
                       const struct sublayer *sublayer)
{
    const bool output = point == TRACE_OUTPUT && sublayer && !sublayer->out.present;
    const bool input = point == TRACE_X && block->tensors > 0;
    const bool second = point == TRACE_SECOND && place == TRACE_AT_END;
    for (int i = block->tensors - 1; i >= 0 && (output || input || second); i--) {
        const char *name = block->tensor[i].name;
        if (strcmp(name, output ? "sum" : input ? "output" : "s") == 0)
            return block->tensor[i].same >= 0 ? block->tensor[i].same : i;
    }
    return -1;
}

static void add_tensor(struct block *block, const struct wording *words, enum trace_point point)
{
    const struct trace_tensor *from = &block->trace.point[words->place][point];
    const size_t count = (size_t)from->rows * (size_t)from->cols;
    if (!from->value)
        return;
    const int same = same_tensor(block, words->place, point, words->sublayer);
    struct block_tensor *to = &block->tensor[block->tensors++];
    *to = (struct block_tensor){
        .place = words->place,
        .order = (int)point,
        .rows = from->rows,
        .cols = from->cols,
        .value = from->value,
        .grad = from->dvalue,
        .rms = norm_of(from->value, count) / sqrt((double)count),
        .grad_norm = norm_of(from->dvalue, count),
        .same = same,
    };
    write_name(words, point, to->name);
    write_formula(words, point, to->formula);
}

static void add_part(struct block *block, const struct wording *words, enum trace_part part)
{
    const int T = block->model.config.context, D = block->model.config.width;
    const real *grad = block->trace.part[words->place][part];
    if (!grad)
        return;
    struct block_tensor *to = &block->tensor[block->tensors++];
    *to = (struct block_tensor){
        .place = words->place,
        .order = TRACE_POINTS + (int)part,
        .rows = T,
        .cols = D,
        .grad = grad,
        .rms = NAN,
        .grad_norm = norm_of(grad, (size_t)T * (size_t)D),
        .same = -1,
    };
    write_part(words, part, to);
}

/* What f reads: "LN(x)", "(x / sqrt(l))" or "x". */
static void write_input(struct wording *words)
{
    const bool normed = words->sublayer->in.present;
    snprintf(words->input, sizeof words->input, "%s%s", normed ? words->letters : "",
             !normed             ? "x"
             : words->letters[0] ? "(x)"
                                 : "(x / sqrt(l))");
}

static void list_tensors(struct block *block)
{
    static const enum sublayer_kind kinds[] = {SUBLAYER_ATTENTION, SUBLAYER_FEED_FORWARD};
    for (int place = 0; place < TRACE_PLACES; place++) {
        struct wording words = {
            .block = block, .place = (enum trace_place)place, .letters = norm_letters(block)};
        if (place != TRACE_AT_END) {
            words.sublayer = &block->model.parameters.sublayer[kinds[place]];
            write_input(&words);
        }
        for (int point = 0; point < TRACE_POINTS; point++)
            add_tensor(block, &words, (enum trace_point)point);
        for (int part = 0; part < TRACE_PARTS; part++)
            add_part(block, &words, (enum trace_part)part);
    }
}

/* ---- the computation -------------------------------------------------------------------------*/

/* A model of one block whose vocabulary are the rows of the input, so that a pass over the tokens
 * 0 .. T-1 has that input as its x_0. */
static struct model_config whole_config(const struct block_plan *plan)
{
    struct model_config config = plan->model;
    config.layers = config.batch = 1;
    config.vocab = config.context;
    config.positions = POSITIONS_NONE;
    config.kv_rank = config.window = config.window_every = 0;
    config.experts = config.experts_used = config.patch = 0;
    config.qk_norm = config.tied = config.embedding_scale = config.parallel = false;
    return config;
}

static void fill_normal(uint64_t seed, const char *purpose, real *out, size_t count)
{
    struct rng rng = rng_stream(seed, rng_key(purpose), 0);
    for (size_t i = 0; i < count; i++)
        out[i] = (real)rng_normal(&rng);
}

/* The tokens 0 .. T-1 embedded as the input. */
static void embed(struct model *model, const real *input)
{
    const int T = model->config.context, D = model->config.width;
    real *table = model->parameters.weight +
                  model->parameters.tensor[model->parameters.token_embedding].offset;
    memcpy(table, input, (size_t)T * (size_t)D * sizeof *table);
    for (int t = 0; t < T; t++) {
        model->batch.tokens[t] = t;
        model->batch.targets[t] = 0;
    }
}

static void compute(struct block *block)
{
    const struct model_config *c = &block->model.config;
    const size_t count = (size_t)c->context * (size_t)c->width;
    const bool wanted[SUBLAYERS_PER_BLOCK] = {
        [SUBLAYER_ATTENTION] = block->plan.part != BLOCK_FFN,
        [SUBLAYER_FEED_FORWARD] = block->plan.part != BLOCK_ATTENTION,
    };
    real *input = memory_new(count, sizeof *input), *unit = memory_new(count, sizeof *unit);
    fill_normal(c->seed, "block input", input, count);
    for (size_t i = 0; i < count && block->plan.input; i++)
        input[i] = (real)block->plan.input[i];
    fill_normal(c->seed, "block gradient", unit, count);
    const double length = norm_of(unit, count);
    for (size_t i = 0; i < count; i++)
        unit[i] = (real)((double)unit[i] / length);
    embed(&block->model, input);
    admin_profile(&block->model, NULL);
    trace_open(&block->trace, &block->model, wanted, input, unit);
    free(input);
    free(unit);
}

bool block_check(const struct block_plan *plan, struct error *error)
{
    const struct model_config config = whole_config(plan);
    return model_config_check(&config, error);
}

bool block_open(struct block *block, const struct block_plan *plan, struct error *error)
{
    *block = (struct block){.plan = *plan};
    block->plan.model = whole_config(plan);
    if (!model_config_check(&block->plan.model, error))
        return false;
    blas_open();
    if (!model_open(&block->model, &block->plan.model))
        return error_set(error, "no memory for a block of %zu MB: a smaller width, ffn or context",
                         model_bytes(&block->plan.model) >> 20);
    compute(block);
    block->plan.input = NULL; /* it was the caller's */
    list_tensors(block);
    return true;
}

void block_close(struct block *block)
{
    trace_close(&block->trace);
    model_close(&block->model);
    *block = (struct block){0};
}
