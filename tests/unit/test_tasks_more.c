/* The tasks whose sequences are made by a rule, masked text, and images: what they ask for, that
 * what is said of them is exact, and that a batch is a function of (seed, step, row) alone. */
#include "tasks/task.h"

#include "base/memory.h"
#include "core/blas.h"
#include "core/model.h"
#include "core/optimizer.h"
#include "support/drawn.h"
#include "tasks/task_grammar.h"
#include "tasks/task_sequences.h"
#include "tasks/task_shapes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/range.h"

extern const char asset_grammar[];

static const enum task_kind kinds[] = {TASK_REVERSE, TASK_SORT, TASK_MODULAR, TASK_MASKED,
                                       TASK_SHAPES};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- rules -----------------------------------------------------------------------------------*/

static int ascending(const void *a, const void *b)
{
    return *(const int32_t *)a - *(const int32_t *)b;
}

/* Both halves of every sequence, for every context up to 33; `rule` makes the second half. */
static void check_halves(enum task_kind kind,
                         void (*rule)(const int32_t *first, int half, int32_t *second))
{
    enum { ROWS = 16, MOST = 33 };
    static int32_t tokens[ROWS * MOST], targets[ROWS * MOST];
    for (int context = 2; context <= MOST; context++) {
        struct task *task = open_task(kind, "", context);
        const int half = (context + 1) / 2;
        task_batch(task, 1, 7, ROWS, context, tokens, targets);
        for (int row = 0; row < ROWS; row++) {
            const int32_t *token = tokens + row * context, *target = targets + row * context;
            int32_t second[MOST];
            rule(token, half, second);
            for (int t = 0; t < context; t++) {
                assert_between(token[t], 0, 31);
                if (t >= half)
                    assert_int_equal(token[t], second[t - half]);
                const bool asked = t + 1 >= half && t + 1 < context;
                assert_int_equal(target[t], asked ? token[t + 1] : -1);
            }
        }
        task_close(task);
    }
}

static void backwards(const int32_t *first, int half, int32_t *second)
{
    for (int i = 0; i < half; i++)
        second[i] = first[half - 1 - i];
}

static void in_order(const int32_t *first, int half, int32_t *second)
{
    memcpy(second, first, (size_t)half * sizeof *second);
    qsort(second, (size_t)half, sizeof *second, ascending);
}

static void reverse_asks_for_the_first_half_backwards(void **state)
{
    (void)state;
    check_halves(TASK_REVERSE, backwards);
}

static void sort_asks_for_the_first_half_in_order(void **state)
{
    (void)state;
    check_halves(TASK_SORT, in_order);
}

/* The least of two uniform tokens, by listing all pairs; and all of a half. */
static void the_entropy_of_sort_is_exact(void **state)
{
    (void)state;
    int count[32] = {0};
    double entropy = 0;
    for (int a = 0; a < 32; a++)
        for (int b = 0; b < 32; b++)
            count[a < b ? a : b]++;
    for (int v = 0; v < 32; v++)
        entropy -= count[v] / 1024.0 * log(count[v] / 1024.0);
    assert_within(sequence_sort_entropy(32, 3), entropy, 1e-12);
    assert_within(sequence_sort_entropy(32, 2), log(32), 1e-12);
    assert_within(sequence_sort_entropy(32, 32), log(32), 1e-12);
    struct task *task = open_task(TASK_SORT, "", 3);
    assert_true(task_info(task).unigram_entropy == sequence_sort_entropy(32, 3));
    task_close(task);
}

static void modular_asks_for_sums(void **state)
{
    (void)state;
    enum { ROWS = 400, MOST = 33, P = 31 };
    static int32_t tokens[ROWS * MOST], targets[ROWS * MOST];
    for (int context = 4; context <= MOST; context++) {
        struct task *task = open_task(TASK_MODULAR, "", context);
        int sums[P] = {0}, asked = 0;
        task_batch(task, 3, 1, ROWS, context, tokens, targets);
        for (int i = 0; i < ROWS * context; i++) {
            const int t = i % context;
            const bool is_sign = t % 5 == 1 || t % 5 == 3;
            assert_between(tokens[i], is_sign ? P : 0, is_sign ? P + 1 : P - 1);
            if (is_sign)
                assert_int_equal(tokens[i], t % 5 == 1 ? P : P + 1);
            if (t % 5 != 3) {
                assert_int_equal(targets[i], -1);
                continue;
            }
            assert_int_equal(targets[i], (tokens[i - 3] + tokens[i - 1]) % P);
            if (t + 1 < context)
                assert_int_equal(tokens[i + 1], targets[i]);
            sums[targets[i]]++;
            asked++;
        }
        for (int v = 0; v < P; v++)
            assert_within(sums[v], asked / (double)P, far * sqrt(asked / (double)P));
        task_close(task);
    }
}

/* ---- masked text -----------------------------------------------------------------------------*/

static void masking_is_that_of_bert(void **state)
{
    (void)state;
    enum { ROUNDS = 20000, CONTEXT = 40, CHOSEN = 6, VOCAB = 10, MASK = 10 };
    int at[CONTEXT] = {0}, masked = 0, kept = 0, other = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct rng rng = rng_stream(1, 2, (uint64_t)round);
        int32_t before[CONTEXT], tokens[CONTEXT], targets[CONTEXT];
        int chosen = 0;
        for (int t = 0; t < CONTEXT; t++)
            before[t] = tokens[t] = t * 7 % VOCAB;
        sequence_mask(&rng, VOCAB, MASK, CONTEXT, tokens, targets);
        for (int t = 0; t < CONTEXT; t++) {
            if (targets[t] < 0) {
                assert_int_equal(tokens[t], before[t]);
                continue;
            }
            assert_int_equal(targets[t], before[t]);
            assert_between(tokens[t], 0, MASK);
            at[t]++;
            chosen++;
            masked += tokens[t] == MASK;
            kept += tokens[t] == before[t];
            other += tokens[t] != MASK && tokens[t] != before[t];
        }
        assert_int_equal(chosen, CHOSEN);
    }
    const double all = (double)ROUNDS * CHOSEN;
    assert_within(masked / all, 0.8, far * sqrt(0.16 / all));
    /* a random token is the one that was there in one of ten cases */
    assert_within(kept / all, 0.11, far * sqrt(0.1 / all));
    assert_within(other / all, 0.09, far * sqrt(0.09 / all));
    for (int t = 0; t < CONTEXT; t++)
        assert_within(at[t], all / CONTEXT, far * sqrt(all / CONTEXT));
}

static void masked_text_is_that_of_the_grammar(void **state)
{
    (void)state;
    enum { ROWS = 4000, CONTEXT = 32, CHOSEN = 5 };
    static int32_t tokens[ROWS * CONTEXT], targets[ROWS * CONTEXT];
    struct grammar grammar;
    struct error error;
    assert_true(grammar_open(&grammar, asset_grammar, &error));
    struct task *task = open_task(TASK_MASKED, "", CONTEXT);
    const struct task_info info = task_info(task);
    int count[GRAMMAR_VOCAB] = {0}, masks = 0;
    assert_int_equal(info.vocab, grammar.vocab + 1);
    assert_true(info.unigram_entropy == grammar.unigram_entropy);
    assert_true(isnan(info.entropy_rate));
    task_batch(task, 1, 1, ROWS, CONTEXT, tokens, targets);
    for (int i = 0; i < ROWS * CONTEXT; i++) {
        assert_between(tokens[i], 0, grammar.vocab);
        masks += tokens[i] == grammar.vocab;
        if (targets[i] >= 0)
            count[targets[i]]++;
        if (tokens[i] == grammar.vocab)
            assert_between(targets[i], 0, grammar.vocab - 1);
    }
    const double all = (double)ROWS * CHOSEN;
    for (int c = 0; c < grammar.vocab; c++)
        assert_within(count[c] / all, grammar.frequency[c],
                      far * sqrt(grammar.frequency[c] / all) + 1 / all);
    assert_within(masks / all, 0.8, far * sqrt(0.16 / all));
    assert_string_equal(task_symbol(task, grammar.vocab), "_");
    assert_null(memchr(grammar.letter, '_', (size_t)grammar.vocab));
    task_close(task);
    grammar_close(&grammar);
}

static void something_is_masked_in_the_shortest_text(void **state)
{
    (void)state;
    struct task *task = open_task(TASK_MASKED, "", 2);
    int32_t tokens[200], targets[200];
    task_batch(task, 1, 1, 100, 2, tokens, targets);
    for (int row = 0; row < 100; row++)
        assert_int_equal((targets[2 * row] >= 0) + (targets[2 * row + 1] >= 0), 1);
    task_close(task);
}

/* ---- images ----------------------------------------------------------------------------------*/

enum { PIXELS = SHAPES_SIDE * SHAPES_SIDE };

static void patches_make_up_the_image(void **state)
{
    (void)state;
    static const int contexts[] = {2, 5, 17, 65, 257};
    real whole[2 * PIXELS];
    const struct rng rng = rng_stream(1, 2, 3);
    shapes_draw(rng, 2, whole);
    for (size_t c = 0; c < sizeof contexts / sizeof *contexts; c++) {
        const int context = contexts[c], P = shapes_patch(context);
        const int along = (int)lround(sqrt(context - 1)), side = SHAPES_SIDE / along;
        assert_int_equal(P * (context - 1), PIXELS);
        assert_int_equal(task_patch(TASK_SHAPES, context), P);
        real *all = memory_new((size_t)(context * P), sizeof *all);
        shapes_draw(rng, context, all);
        for (int i = 0; i < P; i++)
            assert_true(all[i] == 0);
        for (int row = 0; row < SHAPES_SIDE; row++)
            for (int col = 0; col < SHAPES_SIDE; col++) {
                const int patch = 1 + row / side * along + col / side;
                assert_true(all[patch * P + row % side * side + col % side] ==
                            whole[PIXELS + row * SHAPES_SIDE + col]);
            }
        free(all);
    }
}

static void contexts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct error error;
    for (int context = 2; context <= 300; context++) {
        const bool fits =
            context == 2 || context == 5 || context == 17 || context == 65 || context == 257;
        struct task *task =
            task_open(&(struct task_setup){.kind = TASK_SHAPES, .context = context}, &error);
        assert_true((task != NULL) == fits);
        assert_true((task_patch(TASK_SHAPES, context) > 0) == fits);
        assert_int_equal(task_patch(TASK_GRAMMAR, context), 0);
        task_close(task);
    }
    assert_null(task_open(&(struct task_setup){.kind = TASK_SHAPES, .context = 32}, &error));
    assert_string_equal(error.text, "the task 'shapes' does not fit in a context of 32: one of 5, "
                                    "17, 65, 257, the class token and the patches of an image of "
                                    "16 x 16 pixels");
    for (int context = 2; context < 4; context++)
        assert_null(
            task_open(&(struct task_setup){.kind = TASK_MODULAR, .context = context}, &error));
    assert_non_null(strstr(error.text, "'modular' does not fit in a context of 3: from 4 on"));
}

/* The class stands at the class token, and its image is the one that the patches show. */
static void classes_are_uniform_and_asked_for_once(void **state)
{
    (void)state;
    enum { ROWS = 5000, CONTEXT = 5 };
    static int32_t tokens[ROWS * CONTEXT], targets[ROWS * CONTEXT];
    struct task *task = open_task(TASK_SHAPES, "", CONTEXT);
    int count[SHAPES] = {0};
    task_batch(task, 1, 1, ROWS, CONTEXT, tokens, targets);
    for (int i = 0; i < ROWS * CONTEXT; i++) {
        assert_int_equal(tokens[i], 0);
        if (i % CONTEXT > 0) {
            assert_int_equal(targets[i], -1);
            continue;
        }
        assert_between(targets[i], 0, SHAPES - 1);
        count[targets[i]]++;
    }
    for (int shape = 0; shape < SHAPES; shape++) {
        assert_within(count[shape], ROWS / 10.0, far * sqrt(ROWS * 0.09));
        assert_string_equal(task_symbol(task, shape), shape_names[shape]);
    }
    assert_string_equal(task_symbol(task, SHAPES), "?");
    task_close(task);
}

/* Far from the shape there is the ground and noise; the brightest place lies on the shape, inside
 * the picture. How much of the picture a class covers is known up to its size. */
static void images_show_their_class(void **state)
{
    (void)state;
    enum { IMAGES = 2000 };
    /* share of the square around the shape that it covers */
    static const double covers[SHAPES] = {
        [SHAPE_DISC] = 0.7854, [SHAPE_RING] = 0.589,   [SHAPE_SQUARE] = 1,
        [SHAPE_FRAME] = 0.64,  [SHAPE_TRIANGLE] = 0.5, [SHAPE_DIAMOND] = 0.5,
        [SHAPE_PLUS] = 0.4375, [SHAPE_CROSS] = 0.5556, [SHAPE_BAR] = 0.3333,
        [SHAPE_CHECKER] = 0.5,
    };
    double light[SHAPES] = {0}, most = -9, least = 9;
    int count[SHAPES] = {0};
    for (int n = 0; n < IMAGES; n++) {
        const struct rng rng = rng_stream(8, 1, (uint64_t)n);
        real image[2 * PIXELS];
        const enum shape shape = shapes_class(rng);
        shapes_draw(rng, 2, image);
        for (int i = 0; i < PIXELS; i++) {
            light[shape] += (double)image[PIXELS + i] + 0.5;
            most = fmax(most, (double)image[PIXELS + i]);
            least = fmin(least, (double)image[PIXELS + i]);
        }
        count[shape]++;
    }
    assert_true(most < 1.5 && most > 0.6);
    assert_true(least > -1.5 && least < -0.7);
    for (int shape = 0; shape < SHAPES; shape++) {
        /* mean of (2 r)^2 for r uniform in 4 .. 7 pixels; mean brightness 0.625 */
        const double expected = covers[shape] * 4 * (49 + 28 + 16) / 3.0 * 0.625;
        assert_within(light[shape] / count[shape], expected, 0.15 * expected);
    }
}

/* Trains a small bidirectional stack on the images: patches and classes belong together. */
static void images_can_be_learned(void **state)
{
    (void)state;
    enum { STEPS = 250 };
    struct task *task = open_task(TASK_SHAPES, "", 17);
    const struct model_config config = {.placement = PLACEMENT_PRE,
                                        .norm_bias = true,
                                        .bias = true,
                                        .mask = MASK_BIDIRECTIONAL,
                                        .layers = 2,
                                        .width = 32,
                                        .heads = 2,
                                        .ffn = 64,
                                        .context = 17,
                                        .batch = 32,
                                        .vocab = task_info(task).vocab,
                                        .patch = task_info(task).patch,
                                        .seed = 1};
    const struct optimizer_step step = {.kind = OPTIMIZER_ADAMW,
                                        .lr = 3e-3,
                                        .epsilon = 1e-8,
                                        .beta1 = 0.9,
                                        .beta2 = 0.999,
                                        .scale = 1};
    struct model model;
    struct optimizer_state optimizer;
    struct error error;
    double mean = 0;
    if (!model_config_check(&config, &error))
        fail_msg("%s", error.text);
    assert_true(model_open(&model, &config));
    assert_true(optimizer_open(&optimizer, &model));
    for (int i = 0; i < STEPS; i++) {
        task_batch(task, 1, i, 32, 17, model.batch.tokens, model.batch.targets);
        task_patches(task, 1, i, 32, 17, model.batch.pixels);
        model_step(&model, NULL);
        optimizer_update(&optimizer, &model, &step, NULL);
        mean = i < STEPS - 50 ? 0 : mean + model.loss / 50;
    }
    assert_true(mean < 0.75 * task_info(task).unigram_entropy);
    optimizer_close(&optimizer);
    model_close(&model);
    task_close(task);
}

/* ---- all of them -----------------------------------------------------------------------------*/

static void batches_are_functions_of_seed_step_and_row(void **state)
{
    (void)state;
    enum { ROWS = 8, CONTEXT = 17, N = ROWS * CONTEXT };
    for (int i = 0; i < KINDS; i++) {
        struct task *task = open_task(kinds[i], "", CONTEXT);
        int32_t tokens[2][N], targets[2][N];
        task_batch(task, 1, 1, ROWS, CONTEXT, tokens[0], targets[0]);
        task_batch(task, 1, 1, ROWS, CONTEXT, tokens[1], targets[1]);
        assert_memory_equal(tokens[0], tokens[1], sizeof tokens[0]);
        assert_memory_equal(targets[0], targets[1], sizeof targets[0]);
        task_batch(task, 1, 1, 3, CONTEXT, tokens[1], targets[1]);
        assert_memory_equal(targets[0], targets[1], 3 * CONTEXT * sizeof **targets);
        task_batch(task, 1, 2, ROWS, CONTEXT, tokens[1], targets[1]);
        assert_memory_not_equal(targets[0], targets[1], sizeof targets[0]);
        task_batch(task, 2, 1, ROWS, CONTEXT, tokens[1], targets[1]);
        assert_memory_not_equal(targets[0], targets[1], sizeof targets[0]);
        for (int row = 0; row < ROWS; row++) {
            int asked = 0;
            for (int t = 0; t < CONTEXT; t++)
                asked += targets[0][row * CONTEXT + t] >= 0;
            assert_true(asked > 0);
        }
        task_close(task);
    }
}

static void patches_are_functions_of_seed_step_and_row(void **state)
{
    (void)state;
    enum { ROWS = 4, CONTEXT = 17, IMAGE = CONTEXT * 16 };
    struct task *task = open_task(TASK_SHAPES, "", CONTEXT);
    real one[ROWS * IMAGE], two[ROWS * IMAGE];
    assert_int_equal(task_info(task).patch, 16);
    task_patches(task, 1, 1, ROWS, CONTEXT, one);
    task_patches(task, 1, 1, 2, CONTEXT, two);
    assert_memory_equal(one, two, 2 * IMAGE * sizeof *one);
    assert_memory_not_equal(one, one + IMAGE, IMAGE * sizeof *one);
    task_patches(task, 1, 2, ROWS, CONTEXT, two);
    assert_memory_not_equal(one, two, IMAGE * sizeof *one);
    task_patches(task, 2, 1, ROWS, CONTEXT, two);
    assert_memory_not_equal(one, two, IMAGE * sizeof *one);
    task_close(task);
}

/* Where a task predicts ahead, a target is the next token; else some target is not. */
static void tasks_know_whether_they_predict_ahead(void **state)
{
    (void)state;
    enum { ROWS = 8, CONTEXT = 17, N = ROWS * CONTEXT };
    for (int kind = 0; kind < TASKS; kind++) {
        if (kind == TASK_TEXT)
            continue;
        struct task *task = open_task((enum task_kind)kind, "", CONTEXT);
        int32_t tokens[N], targets[N];
        bool ahead = true;
        task_batch(task, 1, 1, ROWS, CONTEXT, tokens, targets);
        for (int i = 0; i < N; i++)
            if (i % CONTEXT + 1 < CONTEXT && targets[i] >= 0)
                ahead = ahead && targets[i] == tokens[i + 1];
        assert_int_equal(task_predicts_ahead((enum task_kind)kind), ahead);
        task_close(task);
    }
    assert_true(task_predicts_ahead(TASK_TEXT));
}

static void they_are_described(void **state)
{
    (void)state;
    static const double unigram[KINDS] = {3.4657359027997265, 3.4657359027997265,
                                          3.4339872044851463, 0, 2.302585092994046};
    static const int vocab[KINDS] = {32, 32, 33, 0, 10};
    for (int i = 0; i < KINDS; i++) {
        const struct task_info info = task_describe(&(struct task_setup){.kind = kinds[i]});
        assert_string_equal(info.name, names_at(&task_names, (int)kinds[i]));
        assert_true(info.summary[0] && !info.validation);
        assert_int_equal(info.patch, kinds[i] == TASK_SHAPES ? 16 : 0);
        if (kinds[i] == TASK_MASKED)
            continue;
        assert_within(info.unigram_entropy, unigram[i], 1e-12);
        assert_int_equal(info.vocab, vocab[i]);
        if (kinds[i] == TASK_SHAPES)
            assert_true(isnan(info.entropy_rate));
        else
            assert_true(info.entropy_rate == 0);
    }
    struct task *task = open_task(TASK_MODULAR, "", 8);
    assert_string_equal(task_symbol(task, 30), "30");
    assert_string_equal(task_symbol(task, 31), "+");
    assert_string_equal(task_symbol(task, 32), "=");
    assert_string_equal(task_symbol(task, 33), "?");
    task_close(task);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reverse_asks_for_the_first_half_backwards),
        cmocka_unit_test(sort_asks_for_the_first_half_in_order),
        cmocka_unit_test(the_entropy_of_sort_is_exact),
        cmocka_unit_test(modular_asks_for_sums),
        cmocka_unit_test(masking_is_that_of_bert),
        cmocka_unit_test(masked_text_is_that_of_the_grammar),
        cmocka_unit_test(something_is_masked_in_the_shortest_text),
        cmocka_unit_test(patches_make_up_the_image),
        cmocka_unit_test(contexts_that_do_not_fit_are_refused),
        cmocka_unit_test(classes_are_uniform_and_asked_for_once),
        cmocka_unit_test(images_show_their_class),
        cmocka_unit_test(images_can_be_learned),
        cmocka_unit_test(batches_are_functions_of_seed_step_and_row),
        cmocka_unit_test(patches_are_functions_of_seed_step_and_row),
        cmocka_unit_test(tasks_know_whether_they_predict_ahead),
        cmocka_unit_test(they_are_described),
    };
    blas_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
