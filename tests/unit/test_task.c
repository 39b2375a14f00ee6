/* The tasks: that batches have the statistics that are drawn beside them, and which targets are
 * predicted; the reader of files. */
#include "tasks/task.h"

#include "base/memory.h"
#include "support/drawn.h"
#include "support/texts.h"
#include "tasks/task_grammar.h"
#include "tasks/task_text.h"

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

extern const char asset_grammar[];

/* ---- batches -------------------------------------------------------------------------------- */

/* Chi-square of the tokens at one place of many rows against the exact frequencies, as standard
 * deviations off its mean. Rows are independent, so that it is exact. */
static double misfit(const struct grammar *grammar, const int *count, double rows)
{
    double sum = 0;
    for (int c = 0; c < grammar->vocab; c++) {
        double expected = rows * grammar->frequency[c];
        sum += (count[c] - expected) * (count[c] - expected) / expected;
    }
    return (sum - (grammar->vocab - 1)) / sqrt(2.0 * (grammar->vocab - 1));
}

static void assert_stationary(const struct grammar *grammar, int rows)
{
    enum { CONTEXT = 24 };
    int count[CONTEXT][GRAMMAR_VOCAB] = {{0}};
    for (int row = 0; row < rows; row++) {
        struct grammar_text text;
        grammar_text_start(&text, grammar, rng_stream(1, 2, (uint64_t)row));
        for (int t = 0; t < CONTEXT; t++)
            count[t][grammar_text_next(&text)]++;
    }
    for (int t = 0; t < CONTEXT; t++)
        assert_within(misfit(grammar, count[t], rows), 0, 7);
}

static void the_text_is_stationary(void **state)
{
    (void)state;
    struct grammar grammar = open_grammar(asset_grammar);
    assert_stationary(&grammar, 40000);
    grammar_close(&grammar);
    grammar = open_grammar("rule s\n 9 a\n 1 bcbcbcbcbcbcbcbcbcbc\n");
    assert_stationary(&grammar, 40000);
    grammar_close(&grammar);
}

static void batches_have_the_exact_frequencies_at_each_place(void **state)
{
    (void)state;
    enum { ROWS = 1000, CONTEXT = 32, STEPS = 40 };
    struct task *task = open_task(TASK_GRAMMAR, "", CONTEXT);
    struct grammar grammar = open_grammar(asset_grammar);
    static int32_t tokens[ROWS * CONTEXT], targets[ROWS * CONTEXT];
    int first[GRAMMAR_VOCAB] = {0}, last[GRAMMAR_VOCAB] = {0};
    for (int step = 1; step <= STEPS; step++) {
        task_batch(task, 3, step, ROWS, CONTEXT, tokens, targets);
        for (int b = 0; b < ROWS; b++) {
            first[tokens[b * CONTEXT]]++;
            last[targets[b * CONTEXT + CONTEXT - 1]]++;
            for (int t = 1; t < CONTEXT; t++)
                assert_int_equal(targets[b * CONTEXT + t - 1], tokens[b * CONTEXT + t]);
        }
    }
    assert_within(misfit(&grammar, first, ROWS * STEPS), 0, 7);
    assert_within(misfit(&grammar, last, ROWS * STEPS), 0, 7);
    grammar_close(&grammar);
    task_close(task);
}

/* A batch is a function of task, seed and step; a row also of its number, but not of how many there
 * are. */
static void batches_repeat_and_differ(void **state)
{
    (void)state;
    enum { N = 16 * 32 };
    for (int kind = 0; kind < TASK_TEXT; kind++) {
        struct task *task = open_task((enum task_kind)kind, "", 32);
        int32_t one[N], targets[N], two[N], few[N / 4];
        task_batch(task, 1, 1, 16, 32, one, targets);
        task_batch(task, 1, 1, 16, 32, two, targets);
        assert_memory_equal(one, two, sizeof one);
        task_batch(task, 1, 1, 4, 32, few, targets);
        assert_memory_equal(one, few, sizeof few);
        assert_memory_not_equal(one, one + 32, 32 * sizeof *one);
        task_batch(task, 1, 2, 16, 32, two, targets);
        assert_memory_not_equal(one, two, 32 * sizeof *one);
        task_batch(task, 2, 1, 16, 32, two, targets);
        assert_memory_not_equal(one, two, 32 * sizeof *one);
        task_close(task);
    }
}

/* A run in one place must be the same as in another; the value comes from an independent
 * implementation in Python. */
static void batches_have_the_same_bits_everywhere(void **state)
{
    (void)state;
    int32_t tokens[64], targets[64];
    struct task *task = open_task(TASK_COPY, "", 32);
    task_batch(task, 1, 1, 2, 32, tokens, targets);
    assert_int_equal(digest(tokens, 64), 0x7A6E56FE71667749u);
    task_close(task);
}

static void copy_asks_for_the_previous_token(void **state)
{
    (void)state;
    enum { ROWS = 1024 };
    static const int contexts[] = {2, 3, 32};
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        static int32_t tokens[ROWS * 32], targets[ROWS * 32];
        int T = contexts[i], count[32] = {0};
        struct task *task = open_task(TASK_COPY, "", T);
        task_batch(task, 1, 1, ROWS, T, tokens, targets);
        for (int n = 0; n < ROWS * T; n++) {
            assert_between(tokens[n], 0, 31);
            count[tokens[n]]++;
            assert_int_equal(targets[n], n % T ? tokens[n - 1] : -1);
        }
        for (int c = 0; c < 32; c++)
            assert_within(count[c], ROWS * T / 32.0, far * sqrt(ROWS * T / 32.0));
        task_close(task);
    }
}

static void repeat_asks_for_what_the_first_half_determines(void **state)
{
    (void)state;
    for (int T = 2; T <= 33; T++) {
        int32_t tokens[8 * 33], targets[8 * 33];
        int half = (T + 1) / 2;
        struct task *task = open_task(TASK_REPEAT, "", T);
        task_batch(task, 1, 1, 8, T, tokens, targets);
        for (int b = 0; b < 8; b++) {
            int32_t *row = tokens + b * T, *target = targets + b * T;
            int predicted = 0;
            for (int t = 0; t < T; t++) {
                assert_between(row[t], 0, 31);
                if (t >= half)
                    assert_int_equal(row[t], row[t - half]);
                bool known = t + 1 >= half && t + 1 < T;
                assert_int_equal(target[t], known ? row[t + 1] : -1);
                predicted += known;
            }
            assert_int_equal(predicted, T / 2);
        }
        task_close(task);
    }
}

static void tasks_are_described(void **state)
{
    (void)state;
    for (int kind = 0; kind < TASK_TEXT; kind++) {
        struct task_info before = task_describe(&(struct task_setup){.kind = (enum task_kind)kind});
        struct task *task = open_task((enum task_kind)kind, "", 8);
        struct task_info info = task_info(task);
        assert_int_equal(task_kind_of(task), kind);
        assert_string_equal(info.name, names_at(&task_names, kind));
        assert_true(before.vocab == info.vocab);
        assert_true(before.unigram_entropy == info.unigram_entropy);
        assert_true(before.entropy_rate == info.entropy_rate);
        assert_false(info.validation);
        assert_true(info.entropy_rate < info.unigram_entropy);
        assert_true(strlen(info.summary) > 0);
        task_close(task);
    }
    assert_within(task_describe(&(struct task_setup){.kind = TASK_COPY}).unigram_entropy, log(32),
                  1e-15);
    assert_within(task_describe(&(struct task_setup){.kind = TASK_REPEAT}).unigram_entropy, log(32),
                  1e-15);
    assert_true(task_describe(&(struct task_setup){.kind = TASK_COPY}).entropy_rate == 0);
    assert_true(task_describe(&(struct task_setup){.kind = TASK_REPEAT}).entropy_rate == 0);
    struct task_info text = task_describe(&(struct task_setup){.kind = TASK_TEXT});
    assert_int_equal(text.vocab, 0);
    assert_true(isnan(text.unigram_entropy) && isnan(text.entropy_rate));
    assert_true(text.validation);
    task_close(NULL);
}

static void symbols_can_be_shown(void **state)
{
    (void)state;
    struct task *task = open_task(TASK_REPEAT, "", 8);
    assert_string_equal(task_symbol(task, 0), "0");
    assert_string_equal(task_symbol(task, 31), "31");
    assert_string_equal(task_symbol(task, 32), "?");
    assert_string_equal(task_symbol(task, -1), "?");
    task_close(task);
    task = open_task(TASK_GRAMMAR, "", 8);
    assert_string_equal(task_symbol(task, GRAMMAR_NEWLINE), "⏎");
    assert_string_equal(task_symbol(task, 1), "␣");
    assert_string_equal(task_symbol(task, task_info(task).vocab - 1), "z");
    task_close(task);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* A file of these bytes; the caller removes it and frees the name. */
static char *write_file(const void *bytes, size_t size)
{
    char *path = memory_copy_string("/tmp/lnscope_test_task_XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), (ssize_t)size);
    close(descriptor);
    return path;
}

static void remove_file(char *path)
{
    unlink(path);
    free(path);
}

static struct task *open_bytes(const void *bytes, size_t size, int context, struct error *error)
{
    char *path = write_file(bytes, size);
    struct task *task =
        task_open(&(struct task_setup){.kind = TASK_TEXT, .text = path, .context = context}, error);
    remove_file(path);
    return task;
}

static void unsuitable_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *message;
        size_t size;
    } wrong[] = {
        {"", "is empty: a text for a context of 4 needs 50 bytes", 0},
        {"abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabca",
         "has 49 bytes: a context of 4 needs 50,", 49},
        {"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "repeats one byte", 50},
        {"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzabcde", "repeats one byte", 50},
    };
    struct error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        error.text[0] = '\0';
        assert_null(open_bytes(wrong[i].bytes, wrong[i].size, 4, &error));
        assert_contains(error.text, wrong[i].message);
    }
    assert_null(task_open(&(struct task_setup){.kind = TASK_TEXT, .context = 4}, &error));
    assert_contains(error.text, "--text FILE");
    assert_null(
        task_open(&(struct task_setup){.kind = TASK_TEXT, .text = NULL, .context = 4}, &error));
    assert_contains(error.text, "--text FILE");
    assert_null(
        task_open(&(struct task_setup){.kind = TASK_TEXT, .text = "/tmp", .context = 4}, &error));
    assert_contains(error.text, "/tmp is a directory");
    assert_null(task_open(
        &(struct task_setup){.kind = TASK_TEXT, .text = "/nowhere/\x1b[2Jtext", .context = 4},
        &error));
    assert_contains(error.text, "cannot read /nowhere/?[2Jtext");
    assert_null(
        task_open(&(struct task_setup){.kind = TASK_TEXT, .text = "/nowhere", .context = 4}, NULL));
}

/* The shortest file that suits: 45 bytes to train on, and one held-out window. */
static void windows_stay_in_their_part(void **state)
{
    (void)state;
    enum { ROWS = 4100, T = 4 };
    unsigned char bytes[50];
    struct error error;
    for (int i = 0; i < 50; i++)
        bytes[i] = (unsigned char)(100 + i);
    struct task *task = open_bytes(bytes, sizeof bytes, T, &error);
    static int32_t tokens[ROWS * T], targets[ROWS * T];
    int start[41] = {0};
    assert_non_null(task);
    assert_int_equal(task_info(task).vocab, 50);
    task_batch(task, 1, 1, ROWS, T, tokens, targets);
    for (int b = 0; b < ROWS; b++) {
        assert_between(tokens[b * T], 0, 40);
        start[tokens[b * T]]++;
        for (int t = 0; t < T; t++) {
            assert_int_equal(tokens[b * T + t], tokens[b * T] + t);
            assert_int_equal(targets[b * T + t], tokens[b * T] + t + 1);
        }
    }
    for (int i = 0; i < 41; i++)
        assert_within(start[i], ROWS / 41.0, far * sqrt(ROWS / 41.0));
    task_validation(task, 0, 16, T, tokens, targets);
    for (int n = 0; n < 16 * T; n++) {
        assert_int_equal(tokens[n], 45 + n % T);
        assert_int_equal(targets[n], 46 + n % T);
    }
    task_close(task);
}

static void validation_goes_by_its_index(void **state)
{
    (void)state;
    char bytes[4000];
    struct error error;
    int32_t one[64], two[64], targets[64];
    for (int i = 0; i < 4000; i++)
        bytes[i] = (char)('a' + i * i % 23);
    struct task *task = open_bytes(bytes, sizeof bytes, 16, &error);
    task_validation(task, 0, 4, 16, one, targets);
    task_validation(task, 0, 4, 16, two, targets);
    assert_memory_equal(one, two, sizeof one);
    task_validation(task, 1, 4, 16, two, targets);
    assert_memory_not_equal(one, two, sizeof one);
    task_close(task);
}

static void any_bytes_are_a_text(void **state)
{
    (void)state;
    unsigned char bytes[2560];
    struct error error;
    for (int i = 0; i < 2560; i++)
        bytes[i] = (unsigned char)(i * 7);
    struct task *task = open_bytes(bytes, sizeof bytes, 8, &error);
    assert_non_null(task);
    assert_int_equal(task_info(task).vocab, 256);
    assert_within(task_info(task).unigram_entropy, log(256), 1e-12);
    assert_true(isnan(task_info(task).entropy_rate));
    assert_true(task_info(task).validation);
    assert_string_equal(task_symbol(task, 0), "\\x00");
    assert_string_equal(task_symbol(task, '\t'), "⇥");
    assert_string_equal(task_symbol(task, '\n'), "⏎");
    assert_string_equal(task_symbol(task, 0x1b), "\\x1B");
    assert_string_equal(task_symbol(task, ' '), "␣");
    assert_string_equal(task_symbol(task, '~'), "~");
    assert_string_equal(task_symbol(task, 0x7f), "\\x7F");
    assert_string_equal(task_symbol(task, 0xc3), "\\xC3");
    task_close(task);
}

static void an_end_of_line_is_one_token(void **state)
{
    (void)state;
    static const char text[] = "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\rseven\r\neight\n";
    struct error error;
    struct task *task = open_bytes(text, sizeof text - 1, 2, &error);
    assert_non_null(task);
    assert_int_equal(task_bytes(task), sizeof text - 1 - 6);
    assert_string_equal(task_symbol(task, 0), "⏎");
    assert_string_equal(task_symbol(task, 1), "\\x0D"); /* the one that stands alone */
    assert_string_equal(task_doubt(task), "");
    task_close(task);
}

static void files_that_are_no_text_are_doubted(void **state)
{
    (void)state;
    static const char utf16[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0\1\0\2\0\3\0",
                      gzip[] = "\x1F\x8B\x08";
    static const char utf8[] = "漢字とかな、日本の文。Привет, мир! שלום עולם\t\xFF\xFE";
    char packed[64] = "";
    struct error error;
    struct task *task = open_bytes(utf16, sizeof utf16, 2, &error);
    assert_contains(task_doubt(task), " is mostly not text: 41 % of its bytes are UTF-8");
    task_close(task);
    memcpy(packed, gzip, sizeof gzip);
    task = open_bytes(packed, sizeof packed, 2, &error);
    assert_contains(task_doubt(task), " is compressed (gzip): unpack it");
    task_close(task);
    task = open_bytes(utf8, sizeof utf8, 2, &error);
    assert_string_equal(task_doubt(task), "");
    task_close(task);
}

/* The entropy is that of the training part; the held-out part may have letters of its own. */
static void entropy_is_that_of_the_training_part(void **state)
{
    (void)state;
    char bytes[1000];
    struct error error;
    for (int i = 0; i < 1000; i++)
        bytes[i] = i >= 900 ? 'x' : i % 3 ? 'b' : 'a';
    struct task *task = open_bytes(bytes, sizeof bytes, 8, &error);
    assert_non_null(task);
    assert_int_equal(task_info(task).vocab, 3);
    assert_within(task_info(task).unigram_entropy, log(3) - 2.0 / 3 * log(2), 1e-12);
    assert_string_equal(task_symbol(task, 2), "x");
    task_close(task);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_stationary),
        cmocka_unit_test(batches_have_the_exact_frequencies_at_each_place),
        cmocka_unit_test(batches_repeat_and_differ),
        cmocka_unit_test(batches_have_the_same_bits_everywhere),
        cmocka_unit_test(copy_asks_for_the_previous_token),
        cmocka_unit_test(repeat_asks_for_what_the_first_half_determines),
        cmocka_unit_test(tasks_are_described),
        cmocka_unit_test(symbols_can_be_shown),
        cmocka_unit_test(unsuitable_files_are_refused),
        cmocka_unit_test(windows_stay_in_their_part),
        cmocka_unit_test(validation_goes_by_its_index),
        cmocka_unit_test(any_bytes_are_a_text),
        cmocka_unit_test(an_end_of_line_is_one_token),
        cmocka_unit_test(files_that_are_no_text_are_doubted),
        cmocka_unit_test(entropy_is_that_of_the_training_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
