/* Samples: what is asked and written, that its probabilities are those of the model, that a run
 * does not notice, and how samples are kept over time. */
#include "train/sample.h"

#include "base/memory.h"
#include "train/pair.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct settings small_settings(enum task_kind task, int context)
{
    static const char *const values[][2] = {
        {"layers", "2"}, {"width", "16"}, {"heads", "2"},   {"ffn", "32"},
        {"batch", "5"},  {"speed", "0"},  {"threads", "1"},
    };
    struct settings settings = settings_default();
    struct error error;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(setting_set(&settings, values[i][0], values[i][1], &error));
    settings.task = task;
    settings.context = context;
    return settings;
}

static void open_pair(struct pair *pair, const struct settings *settings)
{
    struct error error;
    if (!pair_open(pair, settings, &error))
        fail_msg("%s", error.text);
}

static void train(struct pair *pair, int steps)
{
    for (int i = 0; i < steps; i++)
        pair_step(pair);
}

static void write_sample(struct pair *pair)
{
    pair_begin_sample(pair, true);
    while (pair_go_on_sample(pair))
        ;
}

/* ---- what is written ---- */

static void assert_same_text(const struct sample *a, const struct sample *b)
{
    assert_int_equal(a->texts, b->texts);
    for (int i = 0; i < a->texts; i++) {
        const struct sample_text *x = &a->text[i], *y = &b->text[i];
        assert_int_equal(x->count, y->count);
        assert_memory_equal(x->token, y->token, (size_t)x->count * sizeof *x->token);
        assert_memory_equal(x->probability, y->probability,
                            (size_t)x->count * sizeof *x->probability);
    }
}

static void threads_and_pauses_do_not_change_a_character(void **state)
{
    (void)state;
    static struct sample first[SIDES];
    for (int threads = 1; threads <= 8; threads *= 2) {
        struct settings settings = small_settings(TASK_GRAMMAR, 12);
        struct pair pair;
        settings.threads = threads;
        open_pair(&pair, &settings);
        train(&pair, 12);
        if (threads == 4) { /* one that was given up leaves nothing behind */
            pair_begin_sample(&pair, true);
            pair_go_on_sample(&pair);
        }
        write_sample(&pair);
        for (int side = 0; side < SIDES; side++) {
            if (threads == 1)
                first[side] = pair.sampler[side].sample;
            assert_int_equal(pair.sampler[side].sample.step, 12);
            assert_same_text(&pair.sampler[side].sample, &first[side]);
        }
        pair_close(&pair);
    }
}

/* Both stacks are asked the same, at every step, by another seed something else. */
static void the_prompt_is_the_same_for_both_stacks(void **state)
{
    (void)state;
    static struct sample begin[SIDES];
    struct settings settings = small_settings(TASK_GRAMMAR, 12);
    struct pair pair;
    enum { PROMPT = 6 };
    open_pair(&pair, &settings);
    write_sample(&pair);
    for (int side = 0; side < SIDES; side++)
        begin[side] = pair.sampler[side].sample;
    assert_int_equal(begin[LEFT].step, 0);
    assert_int_equal(begin[LEFT].texts, SAMPLE_TEXTS);
    train(&pair, 40);
    write_sample(&pair);
    for (int i = 0; i < SAMPLE_TEXTS; i++) {
        const struct sample_text *left = &pair.sampler[LEFT].sample.text[i];
        const struct sample_text *right = &pair.sampler[RIGHT].sample.text[i];
        assert_int_equal(left->count, SAMPLE_TOKENS);
        assert_memory_equal(left->token, right->token, PROMPT * sizeof *left->token);
        assert_memory_equal(left->token, begin[LEFT].text[i].token, PROMPT * sizeof *left->token);
        for (int t = 0; t < SAMPLE_TOKENS; t++)
            assert_int_equal(isnan((double)left->probability[t]), t < PROMPT);
    }
    /* training changes what is written, and the texts are not all the same one */
    assert_memory_not_equal(pair.sampler[LEFT].sample.text[0].token, begin[LEFT].text[0].token,
                            SAMPLE_TOKENS * sizeof(int16_t));
    assert_memory_not_equal(begin[LEFT].text[1].token, begin[LEFT].text[0].token,
                            PROMPT * sizeof(int16_t));
    pair_close(&pair);
    settings.seed = 2;
    open_pair(&pair, &settings);
    write_sample(&pair);
    assert_memory_not_equal(pair.sampler[LEFT].sample.text[0].token, begin[LEFT].text[0].token,
                            PROMPT * sizeof(int16_t));
    pair_close(&pair);
}

/* -log of the probability of a token at a place, by a pass over a whole batch with a target there
 * alone. */
static double loss_of(struct model *model, const int16_t *token, int count, int next)
{
    const int T = model->config.context, N = T * model->config.batch;
    for (int row = 0; row < N; row++) {
        model->batch.tokens[row] = row % 3;
        model->batch.targets[row] = -1;
    }
    for (int t = 0; t < count; t++)
        model->batch.tokens[T + t] = token[t]; /* the second sequence */
    model->batch.targets[T + count - 1] = next;
    return model_loss(model, NULL);
}

static void probabilities_are_those_of_the_model(void **state)
{
    (void)state;
    const struct settings settings = small_settings(TASK_GRAMMAR, 12);
    struct pair pair;
    open_pair(&pair, &settings);
    train(&pair, 30);
    write_sample(&pair);
    for (int side = 0; side < SIDES; side++) {
        struct model *model = &pair.run[side].model;
        const struct sample *sample = &pair.sampler[side].sample;
        const struct sample_text *text = &sample->text[2];
        const int T = model->config.context;
        for (int t = T / 2, from = 0; t < SAMPLE_TOKENS; t++) {
            from = t - from > T ? t - T / 2 : from; /* the full context goes on from its half */
            const double loss = loss_of(model, text->token + from, t - from, text->token[t]);
            assert_true(fabs(exp(-loss) - (double)text->probability[t]) < 1e-5);
        }
        /* The likeliest after the first prompt, from the likeliest down. */
        for (int i = 0; i < SAMPLE_GUESSES; i++) {
            const double p = (double)sample->guess[i].probability;
            const double loss =
                loss_of(model, sample->text[0].token, T / 2, sample->guess[i].token);
            assert_true(fabs(exp(-loss) - p) < 1e-5);
            assert_true(i == 0 || p <= (double)sample->guess[i - 1].probability);
        }
        double best = 0;
        for (int v = 0; v < model->config.vocab; v++)
            best = fmax(best, exp(-loss_of(model, sample->text[0].token, T / 2, v)));
        assert_true(fabs(best - (double)sample->guess[0].probability) < 1e-5);
    }
    pair_close(&pair);
}

/* The likeliest token is drawn as often as the stack says: over many seeds of an untrained one. */
static void tokens_are_drawn_from_the_probabilities(void **state)
{
    (void)state;
    double expected = 0, variance = 0;
    int met = 0;
    for (int seed = 1; seed <= 40; seed++) {
        struct settings settings = small_settings(TASK_GRAMMAR, 4);
        struct pair pair;
        settings.seed = (uint64_t)seed;
        open_pair(&pair, &settings);
        write_sample(&pair);
        const struct sample *sample = &pair.sampler[LEFT].sample;
        const double p = (double)sample->guess[0].probability;
        expected += p;
        variance += p * (1 - p);
        met += sample->text[0].token[2] == sample->guess[0].token;
        pair_close(&pair);
    }
    assert_true(fabs(met - expected) < 4 * sqrt(variance));
}

/* Stacks that know nothing at all write each token as often as any other, and both the same: the
 * dice are thrown anew at every place, for both at once. */
static void both_stacks_throw_the_same_dice(void **state)
{
    (void)state;
    const struct settings settings = small_settings(TASK_GRAMMAR, 12);
    struct pair pair;
    int count[TASK_SYMBOLS] = {0}, written = 0;
    double square = 0;
    open_pair(&pair, &settings);
    for (int side = 0; side < SIDES; side++) {
        struct model *model = &pair.run[side].model;
        const struct tensor *head = &model->parameters.tensor[model->parameters.head];
        memset(model->parameters.weight + head->offset, 0, tensor_size(head) * sizeof(real));
    }
    write_sample(&pair);
    assert_same_text(&pair.sampler[LEFT].sample, &pair.sampler[RIGHT].sample);
    const int V = pair.run[LEFT].model.config.vocab;
    for (int i = 0; i < SAMPLE_TEXTS; i++)
        for (int t = 6; t < SAMPLE_TOKENS; t++, written++) {
            const struct sample_text *text = &pair.sampler[LEFT].sample.text[i];
            assert_true(fabs((double)text->probability[t] * V - 1) < 1e-6);
            count[text->token[t]]++;
        }
    for (int v = 0; v < V; v++)
        square += pow(count[v] - (double)written / V, 2) * V / written;
    assert_true(square < V - 1 + 4 * sqrt(2 * (V - 1))); /* chi square */
    const struct sample_summary summary = sample_summarise(&pair.sampler[LEFT].sample);
    assert_int_equal(summary.written, written);
    assert_int_equal(summary.asked, 0);
    assert_true(fabs(summary.bits - log2(V)) < 1e-5);
    assert_true(fabs(summary.probability * V - 1) < 1e-5);
    pair_close(&pair);
}

/* ---- answers ---- */

/* What is right after these tokens of a text, by the task's own definition; -1: not asked. */
static int right_of(enum task_kind task, const struct sample_text *text, int at, int context)
{
    const int half = context - context / 2;
    const int16_t *token = text->token;
    switch (task) {
    case TASK_REPEAT:
        return at < half ? -1 : token[at - half];
    case TASK_REVERSE:
        return at < half ? -1 : token[2 * half - 1 - at];
    case TASK_SORT:
        if (at < half)
            return -1;
        for (int v = 0, below = 0;; v++) { /* the token with `at - half` of the half below it */
            for (int t = 0; t < half; t++)
                below += token[t] == v;
            if (below > at - half)
                return v;
        }
    case TASK_MODULAR:
        return at % 5 < 4 ? -1 : (token[at - 4] + token[at - 2]) % 31;
    case TASK_COPY: /* the question, and behind it the token before each */
        return at < context ? -1 : token[at - context];
    default:
        return -1;
    }
}

static void answers_are_compared_with_the_right_ones(void **state)
{
    (void)state;
    static const struct {
        enum task_kind task;
        int context, count, asked;
    } rows[] = {
        {TASK_REPEAT, 12, 12, 6}, {TASK_REPEAT, 13, 13, 6},  {TASK_REVERSE, 12, 12, 6},
        {TASK_SORT, 12, 12, 6},   {TASK_SORT, 2, 2, 1},      {TASK_MODULAR, 14, 15, 3},
        {TASK_MODULAR, 4, 5, 1},  {TASK_MODULAR, 12, 10, 2}, {TASK_COPY, 12, 23, 11},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct settings settings = small_settings(rows[i].task, rows[i].context);
        struct pair pair;
        open_pair(&pair, &settings);
        train(&pair, 3);
        write_sample(&pair);
        const struct sample *sample = &pair.sampler[RIGHT].sample;
        int right = 0;
        for (int x = 0; x < sample->texts; x++) {
            const struct sample_text *text = &sample->text[x];
            int asked = 0;
            assert_int_equal(text->count, rows[i].count);
            for (int t = 0; t < text->count; t++) {
                const int expected = right_of(rows[i].task, text, t, rows[i].context);
                assert_int_equal(isnan((double)text->probability[t]), expected < 0);
                assert_int_equal(text->right[t], expected);
                asked += expected >= 0;
                right += expected >= 0 && text->token[t] == expected;
            }
            assert_int_equal(asked, rows[i].asked);
        }
        const struct sample_summary summary = sample_summarise(sample);
        assert_int_equal(summary.asked, rows[i].asked * sample->texts);
        assert_int_equal(summary.written, summary.asked);
        assert_int_equal(summary.right, right);
        pair_close(&pair);
    }
}

/* The masked places, and no others, in the text that was masked. */
static void masked_places_are_filled_in(void **state)
{
    (void)state;
    enum { T = 20 };
    const struct settings settings = small_settings(TASK_MASKED, T);
    struct pair pair;
    int32_t tokens[5 * T], targets[5 * T];
    open_pair(&pair, &settings);
    task_questions(pair.task, settings.seed, 5, T, tokens, targets);
    write_sample(&pair);
    for (int i = 0; i < SAMPLE_TEXTS; i++) {
        const struct sample_text *text = &pair.sampler[LEFT].sample.text[i];
        assert_int_equal(text->count, T);
        for (int t = 0; t < T; t++) {
            assert_int_equal(text->right[t], targets[i * T + t]);
            assert_int_equal(isnan((double)text->probability[t]), targets[i * T + t] < 0);
            if (targets[i * T + t] < 0)
                assert_int_equal(text->token[t], tokens[i * T + t]);
        }
    }
    pair_close(&pair);
}

/* The questions are not those of training, and the first do not depend on how many there are. */
static void questions_are_no_batches(void **state)
{
    (void)state;
    enum { T = 16 };
    struct error error;
    struct task *task = task_open(&(struct task_setup){.kind = TASK_COPY, .context = T}, &error);
    int32_t question[2 * T], fewer[T], batch[2 * T], targets[2 * T];
    task_questions(task, 1, 2, T, question, targets);
    task_questions(task, 1, 1, T, fewer, targets);
    assert_memory_equal(question, fewer, sizeof fewer);
    for (int64_t step = 0; step < 1000; step++) {
        task_batch(task, 1, step, 2, T, batch, targets);
        assert_memory_not_equal(question, batch, sizeof fewer);
    }
    task_close(task);
}

/* A long question loses its beginning, and all that is kept fits. */
static void long_questions_are_cut_in_front(void **state)
{
    (void)state;
    enum { T = 300 };
    const struct settings settings = small_settings(TASK_REVERSE, T);
    struct pair pair;
    int32_t tokens[T], targets[T];
    open_pair(&pair, &settings);
    task_questions(pair.task, settings.seed, 1, T, tokens, targets);
    write_sample(&pair);
    const struct sample_text *text = &pair.sampler[LEFT].sample.text[0];
    assert_int_equal(text->count, SAMPLE_TOKENS);
    assert_int_equal(text->from, T / 2 - SAMPLE_TOKENS / 2);
    for (int t = 0; t < SAMPLE_TOKENS / 2; t++) {
        assert_int_equal(text->token[t], tokens[text->from + t]);
        assert_int_equal(text->right[SAMPLE_TOKENS / 2 + t], tokens[T / 2 - 1 - t]);
    }
    pair_close(&pair);
}

static void images_have_nothing_to_write(void **state)
{
    (void)state;
    const struct settings settings = small_settings(TASK_SHAPES, 17);
    struct pair pair;
    open_pair(&pair, &settings);
    assert_int_equal(pair_sample_distance(&pair, true), 0);
    pair_begin_sample(&pair, true);
    assert_false(pair_go_on_sample(&pair));
    assert_int_equal(pair.sampler[LEFT].sample.texts, 0);
    pair_close(&pair);
}

/* ---- the run ---- */

/* The same bits with and without samples between the steps. */
static void the_run_does_not_notice(void **state)
{
    (void)state;
    static const enum task_kind tasks[] = {TASK_GRAMMAR, TASK_MASKED, TASK_COPY, TASK_SORT};
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        struct settings settings = small_settings(tasks[i], 12);
        struct pair first, second;
        settings.stack[RIGHT].placement = PLACEMENT_ADMIN;
        settings.threads = 2;
        open_pair(&first, &settings);
        open_pair(&second, &settings);
        for (int step = 0; step < 10; step++) {
            write_sample(&second);
            pair_step(&first);
            pair_step(&second);
        }
        for (int side = 0; side < SIDES; side++) {
            const struct model *a = &first.run[side].model, *b = &second.run[side].model;
            assert_true(snapshot_scalar(first.run[side].snapshot, QUANTITY_LOSS) ==
                        snapshot_scalar(second.run[side].snapshot, QUANTITY_LOSS));
            assert_memory_equal(a->parameters.weight, b->parameters.weight,
                                a->parameters.count * sizeof *a->parameters.weight);
            assert_memory_equal(a->gradients.dweight, b->gradients.dweight,
                                a->parameters.count * sizeof *a->gradients.dweight);
            assert_memory_equal(first.run[side].optimizer.second, second.run[side].optimizer.second,
                                a->parameters.count * sizeof *a->parameters.weight);
        }
        pair_close(&first);
        pair_close(&second);
    }
}

static void a_lost_stack_writes_nothing(void **state)
{
    (void)state;
    const struct settings settings = small_settings(TASK_GRAMMAR, 12);
    struct pair pair;
    open_pair(&pair, &settings);
    train(&pair, 1);
    struct model *model = &pair.run[RIGHT].model;
    model->parameters.weight[model->parameters.tensor[model->parameters.head].offset] = (real)NAN;
    write_sample(&pair); /* before a step has found out */
    assert_false(pair.sampler[RIGHT].sample.finite);
    assert_int_equal(pair.sampler[RIGHT].sample.texts, 0);
    assert_true(pair.sampler[LEFT].sample.finite);
    assert_int_equal(pair.sampler[LEFT].sample.text[0].count, SAMPLE_TOKENS);
    train(&pair, 1);
    assert_true(pair.run[RIGHT].fault.place != FAULT_NONE);
    write_sample(&pair);
    assert_false(pair.sampler[RIGHT].sample.finite);
    assert_int_equal(pair.sampler[LEFT].sample.text[0].count, SAMPLE_TOKENS);
    pair_close(&pair);
}

/* ---- over time ---- */

static void add(struct sample_history *history, int64_t step)
{
    static struct sample sample[SIDES];
    sample[LEFT].step = sample[RIGHT].step = step;
    sample[RIGHT].texts = 1;
    sample_history_add(history, sample);
}

static int64_t step_at(const struct sample_history *history, int64_t step)
{
    const struct sample *sample = sample_history_at(history, LEFT, step);
    return sample ? sample->step : -1;
}

static void the_one_at_or_before_a_step_is_found(void **state)
{
    (void)state;
    struct sample_history history;
    sample_history_open(&history);
    assert_null(sample_history_at(&history, LEFT, INT64_MAX));
    for (int64_t step = 10; step <= 50; step += 10)
        add(&history, step);
    assert_int_equal(step_at(&history, 9), -1);
    assert_int_equal(step_at(&history, 10), 10);
    assert_int_equal(step_at(&history, 39), 30);
    assert_int_equal(step_at(&history, INT64_MAX), 50);
    assert_int_equal(sample_history_at(&history, RIGHT, 39)->texts, 1);
    add(&history, 50); /* again: it takes the place */
    assert_int_equal(history.count, 5);
    sample_history_truncate(&history, 40);
    assert_int_equal(step_at(&history, INT64_MAX), 40);
    add(&history, 35); /* the run has gone back */
    assert_int_equal(step_at(&history, INT64_MAX), 35);
    assert_int_equal(step_at(&history, 34), 30);
    sample_history_clear(&history);
    assert_null(sample_history_at(&history, LEFT, INT64_MAX));
    sample_history_close(&history);
}

/* However many there are, they are spread over the whole run, and the newest is there. */
static void full_memory_is_thinned_evenly(void **state)
{
    (void)state;
    struct sample_history history;
    sample_history_open(&history);
    for (int64_t step = 1; step <= 20000; step++) {
        add(&history, step);
        assert_true(history.count <= SAMPLE_HISTORY);
        assert_int_equal(step_at(&history, INT64_MAX), step);
    }
    assert_int_equal(step_at(&history, 1), 1);
    int64_t widest = 0;
    for (int i = 1; i + 1 < history.count; i++) {
        int64_t gap = history.pair[i].side[LEFT].step - history.pair[i - 1].side[LEFT].step;
        widest = gap > widest ? gap : widest;
    }
    assert_true(widest <= 2 * 20000 / (SAMPLE_HISTORY / 2));
    sample_history_close(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_pauses_do_not_change_a_character),
        cmocka_unit_test(the_prompt_is_the_same_for_both_stacks),
        cmocka_unit_test(probabilities_are_those_of_the_model),
        cmocka_unit_test(tokens_are_drawn_from_the_probabilities),
        cmocka_unit_test(both_stacks_throw_the_same_dice),
        cmocka_unit_test(answers_are_compared_with_the_right_ones),
        cmocka_unit_test(masked_places_are_filled_in),
        cmocka_unit_test(questions_are_no_batches),
        cmocka_unit_test(long_questions_are_cut_in_front),
        cmocka_unit_test(images_have_nothing_to_write),
        cmocka_unit_test(the_run_does_not_notice),
        cmocka_unit_test(a_lost_stack_writes_nothing),
        cmocka_unit_test(the_one_at_or_before_a_step_is_found),
        cmocka_unit_test(full_memory_is_thinned_evenly),
    };
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
