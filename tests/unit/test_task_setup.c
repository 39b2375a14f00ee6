/* What tasks can be made of: sums modulo any number, a part of which is held out, sequences of any
 * vocabulary; and what can be known from the token at hand and its place, by listing all there is.
 */
#include "tasks/task.h"

#include "base/memory.h"
#include "support/drawn.h"
#include "support/texts.h"
#include "tasks/task_sequences.h"
#include "train/settings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/range.h"

static struct task *open_setup(const struct task_setup *setup)
{
    struct error error;
    struct task *task = task_open(setup, &error);
    if (!task)
        fail_msg("%s", error.text);
    return task;
}

/* ---- sums ------------------------------------------------------------------------------------*/

enum { ROWS = 4000, QUESTION = 4 };

/* Counts the sums a + b of a batch in seen[p * p]; each is asked for rightly. */
static void count_sums(const int32_t *tokens, const int32_t *targets, int p, int *seen)
{
    for (int row = 0; row < ROWS; row++) {
        const int32_t *token = tokens + row * QUESTION;
        assert_between(token[0], 0, p - 1);
        assert_between(token[2], 0, p - 1);
        assert_int_equal(token[1], p);
        assert_int_equal(token[3], p + 1);
        assert_int_equal(targets[row * QUESTION + 3], (token[0] + token[2]) % p);
        seen[token[0] * p + token[2]]++;
    }
}

/* Every sum is in the one part or in the other, whatever the seed, in the share that was asked for.
 */
static void sums_are_trained_on_or_held_out(void **state)
{
    (void)state;
    static int32_t tokens[ROWS * QUESTION], targets[ROWS * QUESTION];
    static const struct {
        int modulus, training;
        double fraction;
    } split[] = {{2, 2, 0.5}, {7, 14, 0.3}, {10, 29, 0.29}, {13, 168, 0.999}, {17, 86, 0.3}};
    for (size_t i = 0; i < sizeof split / sizeof *split; i++) {
        const int p = split[i].modulus, sums = p * p;
        struct task *task = open_setup(&(struct task_setup){.kind = TASK_MODULAR,
                                                            .context = QUESTION,
                                                            .modulus = p,
                                                            .train_fraction = split[i].fraction});
        int trained[17 * 17] = {0}, held_out[17 * 17] = {0}, training = 0;
        assert_true(task_info(task).validation);
        assert_int_equal(task_info(task).vocab, p + 2);
        assert_within(task_info(task).unigram_entropy, log(p), 1e-12);
        for (uint64_t n = 0; n < 3; n++) {
            task_batch(task, n, 1, ROWS, QUESTION, tokens, targets);
            count_sums(tokens, targets, p, trained);
            task_validation(task, n, ROWS, QUESTION, tokens, targets);
            count_sums(tokens, targets, p, held_out);
        }
        for (int sum = 0; sum < sums; sum++) {
            assert_true((trained[sum] > 0) != (held_out[sum] > 0));
            training += trained[sum] > 0;
        }
        assert_int_equal(training, split[i].training);
        const double mean = 3.0 * ROWS / training;
        for (int sum = 0; sum < sums; sum++)
            if (trained[sum] > 0)
                assert_within(trained[sum], mean, far * sqrt(mean));
        task_close(task);
    }
}

/* Runs of before the sums could be split have to come out as they were: the digest is theirs. */
static void all_sums_are_drawn_as_ever(void **state)
{
    (void)state;
    int32_t tokens[64], targets[64];
    struct task *task =
        open_setup(&(struct task_setup){.kind = TASK_MODULAR, .context = 32, .train_fraction = 1});
    assert_false(task_info(task).validation);
    task_batch(task, 1, 1, 2, 32, tokens, targets);
    assert_int_equal(digest(tokens, 64), 0xDF2BA687413AE75Cu);
    task_close(task);
}

static void a_part_of_no_sums_is_refused(void **state)
{
    (void)state;
    struct error error;
    assert_null(task_open(
        &(struct task_setup){
            .kind = TASK_MODULAR, .context = QUESTION, .modulus = 3, .train_fraction = 0.1},
        &error));
    assert_string_equal(error.text, "a train-fraction of 0.1 leaves none of the 9 sums modulo 3: "
                                    "0.12 or more");
}

/* ---- sequences -------------------------------------------------------------------------------*/

static void sequences_have_the_vocabulary_that_is_chosen(void **state)
{
    (void)state;
    static const enum task_kind kinds[] = {TASK_COPY, TASK_REPEAT, TASK_REVERSE, TASK_SORT};
    static const int vocabs[] = {2, 5, 256};
    enum { BATCH = 512, CONTEXT = 16 };
    static int32_t tokens[BATCH * CONTEXT], targets[BATCH * CONTEXT];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (size_t v = 0; v < sizeof vocabs / sizeof *vocabs; v++) {
            const int vocab = vocabs[v];
            char last[16];
            int count[256] = {0};
            struct task *task = open_setup(
                &(struct task_setup){.kind = kinds[i], .context = CONTEXT, .vocab = vocab});
            assert_int_equal(task_info(task).vocab, vocab);
            assert_within(task_info(task).unigram_entropy, log(vocab), 1e-12);
            task_batch(task, 1, 1, BATCH, CONTEXT, tokens, targets);
            for (int row = 0; row < BATCH; row++) {
                for (int t = 0; t < CONTEXT; t++)
                    assert_between(tokens[row * CONTEXT + t], 0, vocab - 1);
                for (int t = 0; t < CONTEXT / 2; t++)
                    count[tokens[row * CONTEXT + t]]++;
            }
            const double mean = BATCH * CONTEXT / 2.0 / vocab;
            for (int c = 0; c < vocab; c++)
                assert_within(count[c], mean, far * sqrt(mean));
            snprintf(last, sizeof last, "%d", vocab - 1);
            assert_string_equal(task_symbol(task, vocab - 1), last);
            task_close(task);
        }
    }
}

/* ---- the token at hand -----------------------------------------------------------------------*/

enum { V = 3, LONGEST = 9 };

static int ascending(const void *a, const void *b)
{
    return *(const int32_t *)a - *(const int32_t *)b;
}

/* The entropy of the answer given the token at hand and its place, over all first halves of V
 * tokens, each as likely as another; the second half is in order, or backwards. */
static double by_listing(int context, bool sorted)
{
    const int n = context - context / 2, predicted = context / 2;
    static int count[LONGEST][V][V];
    int halves = 1;
    double entropy = 0;
    memset(count, 0, sizeof count);
    for (int i = 0; i < n; i++)
        halves *= V;
    for (int half = 0; half < halves; half++) {
        int32_t token[2 * LONGEST];
        for (int i = 0, rest = half; i < n; i++, rest /= V)
            token[i] = rest % V;
        for (int i = 0; i < n; i++)
            token[n + i] = token[n - 1 - i];
        if (sorted) {
            memcpy(token + n, token, (size_t)n * sizeof *token);
            qsort(token + n, (size_t)n, sizeof *token, ascending);
        }
        for (int i = 0; i < predicted; i++)
            count[i][token[n - 1 + i]][token[n + i]]++;
    }
    for (int i = 0; i < predicted; i++)
        for (int a = 0; a < V; a++)
            for (int b = 0; b < V; b++)
                if (count[i][a][b] > 0)
                    entropy -= (double)count[i][a][b] / halves / predicted *
                               log((double)count[i][a][b] /
                                   (count[i][a][0] + count[i][a][1] + count[i][a][2]));
    return entropy;
}

static void the_token_at_hand_tells_what_listing_finds(void **state)
{
    (void)state;
    for (int context = 2; context <= LONGEST; context++) {
        assert_within(sequence_sort_current(V, context), by_listing(context, true), 1e-12);
        assert_within(sequence_reverse_current(V, context), by_listing(context, false), 1e-12);
    }
    /* Large ones keep to what is possible. */
    const double large = sequence_sort_current(256, 1024);
    assert_true(large > 0 && large < log(256));
}

/* What an independent audit has measured; and where the token at hand tells nothing, or all. */
static void tasks_know_what_the_token_at_hand_tells(void **state)
{
    (void)state;
    static const struct {
        enum task_kind kind;
        int context;
        double loss; /* NAN: nothing is said */
    } known[] = {
        {TASK_GRAMMAR, 32, 2.4186}, {TASK_MASKED, 32, 2.853},
        {TASK_COPY, 32, NAN},       {TASK_REPEAT, 32, NAN},
        {TASK_MODULAR, 32, NAN},    {TASK_SHAPES, 17, NAN},
        {TASK_REVERSE, 2, NAN},     {TASK_REVERSE, 8, 0.75 * 3.465736},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct task *task =
            open_setup(&(struct task_setup){.kind = known[i].kind, .context = known[i].context});
        const double loss = task_info(task).current_token;
        assert_int_equal(isnan(loss), isnan(known[i].loss));
        if (!isnan(loss))
            assert_within(loss, known[i].loss, 5e-4);
        assert_int_equal(task_info(task).estimated, known[i].kind == TASK_GRAMMAR);
        task_close(task);
    }
}

/* In "aabb" over and over each byte is as likely as the other, whatever came before; in "aaab" a b
 * comes behind every third a. */
static void pairs_of_a_file_are_counted(void **state)
{
    (void)state;
    char path[] = "/tmp/lnscope_test_setup_XXXXXX", bytes[4000];
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    for (int i = 0; i < 4000; i++)
        bytes[i] = "aaab"[i % 4];
    assert_int_equal(write(descriptor, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    close(descriptor);
    struct task *task =
        open_setup(&(struct task_setup){.kind = TASK_TEXT, .text = path, .context = 8});
    unlink(path);
    const double third = -log(1 / 3.0) / 3 - 2 * log(2 / 3.0) / 3;
    assert_within(task_info(task).current_token, 0.75 * third, 1e-3);
    assert_true(isnan(task_bound(task, 8, NULL, NULL).loss));
    task_close(task);
}

/* ---- bounds and settings ---------------------------------------------------------------------*/

static bool at_once(void *asked)
{
    ++*(int *)asked;
    return true;
}

static void a_bound_is_given_up_when_asked_to(void **state)
{
    (void)state;
    int asked = 0;
    struct task *task = open_setup(&(struct task_setup){.kind = TASK_GRAMMAR, .context = 32});
    assert_true(isnan(task_bound(task, 32, at_once, &asked).loss));
    assert_true(asked > 0);
    const struct task_bound bound = task_bound(task, 32, NULL, NULL);
    assert_within(bound.loss, 0.319, 3 * 0.002);
    assert_true(bound.error > 0 && bound.error <= 0.005);
    task_close(task);
    task = open_setup(&(struct task_setup){.kind = TASK_COPY, .context = 32});
    const struct task_bound exact = task_bound(task, 32, NULL, NULL);
    assert_true(exact.loss == 0 && exact.error == 0);
    task_close(task);
}

/* What a task does not read changes nothing in a run that learns it. */
static void settings_count_where_their_task_is_learned(void **state)
{
    (void)state;
    struct error error;
    struct settings before = settings_default(), after = before;
    assert_true(setting_set(&after, "modulus", "97", &error));
    assert_true(setting_set(&after, "train-fraction", "0.3", &error));
    assert_true(setting_set(&after, "vocab", "8", &error));
    assert_int_equal(settings_difference(&before, &after), -1);
    before.task = after.task = TASK_MODULAR;
    assert_int_equal(settings_difference(&before, &after), SCOPE_MODEL);
    before.task = after.task = TASK_SORT;
    assert_int_equal(settings_difference(&before, &after), SCOPE_MODEL);
    const struct task_setup one = settings_task(&before), two = settings_task(&after);
    assert_false(task_setup_same(&one, &two));
    assert_true(task_setup_same(&one, &(struct task_setup){.kind = TASK_SORT, .context = 32}));
    assert_false(setting_set(&after, "train-fraction", "0", &error));
    assert_contains(error.text, "above 0 and up to 1");
    assert_false(setting_set(&after, "modulus", "255", &error));
    assert_contains(error.text, "from 2 to 254");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_trained_on_or_held_out),
        cmocka_unit_test(all_sums_are_drawn_as_ever),
        cmocka_unit_test(a_part_of_no_sums_is_refused),
        cmocka_unit_test(sequences_have_the_vocabulary_that_is_chosen),
        cmocka_unit_test(the_token_at_hand_tells_what_listing_finds),
        cmocka_unit_test(tasks_know_what_the_token_at_hand_tells),
        cmocka_unit_test(pairs_of_a_file_are_counted),
        cmocka_unit_test(a_bound_is_given_up_when_asked_to),
        cmocka_unit_test(settings_count_where_their_task_is_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
