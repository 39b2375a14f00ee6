/* `lnscope block` from outside: what it prints as text and as JSON, and what it refuses.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "support/folder.h"
#include "support/process.h"
#include "support/texts.h"

#include <cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { T = 4, D = 8, F = 16 };

static char *contents(const char *name)
{
    return text_of_file(folder_file(name));
}

static void write_input(const char *text)
{
    text_to_file(folder_file("input"), text);
}

/* Runs `lnscope block OPTIONS` in a terminal of so many columns; returns its exit status. The word
 * INPUT stands for the file of write_input(). */
static int run(const char *options, int columns)
{
    const char *named = getenv("LNSCOPE"), *input = strstr(options, "INPUT");
    char words[1024], width[32];
    const char *const environment[] = {width, NULL};
    snprintf(width, sizeof width, "COLUMNS=%d", columns);
    snprintf(words, sizeof words, "block%s%.*s%s%s%s", *options ? " " : "",
             input ? (int)(input - options) : (int)strlen(options), options,
             input ? folder_path : "", input ? "/input" : "", input ? input + 5 : "");
    struct process process =
        process_start_command(&(struct process_start){.environment = environment,
                                                      .output = folder_file("output"),
                                                      .errors = folder_file("errors")},
                              named ? named : "build/lnscope", words);
    const int status = process_finish(&process);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* What it prints when all is well; the caller frees it. */
static char *output_of(const char *options, int columns)
{
    int status = run(options, columns);
    char *errors = contents("errors");
    if (status != 0 || *errors)
        fail_msg("lnscope block %s: status %d, \"%s\"", options, status, errors);
    free(errors);
    return contents("output");
}

static void refuses(const char *options, const char *words)
{
    int status = run(options, 80);
    char *errors = contents("errors"), *output = contents("output");
    if (status != 2 || strncmp(errors, "lnscope: ", 9) != 0 || !strstr(errors, words) ||
        strchr(errors, '\n') != errors + strlen(errors) - 1 || *output)
        fail_msg("lnscope block %s: status %d, \"%s\" does not say \"%s\" in one line", options,
                 status, errors, words);
    free(errors);
    free(output);
}

static int longest_line(const char *text)
{
    int longest = 0;
    while (*text) {
        const int length = (int)strcspn(text, "\n");
        longest = length > longest ? length : longest;
        assert_true(length == 0 || text[length - 1] != ' ');
        text += length + (text[length] == '\n');
    }
    return longest;
}

/* The line that begins with these words; fails where there is none. */
static const char *line_of(const char *text, const char *words)
{
    const char *found = text;
    while ((found = strstr(found, words)) && found != text && found[-1] != '\n')
        found++;
    if (!found)
        fail_msg("no line begins with \"%s\"", words);
    return found;
}

static const char *next_line(const char *line)
{
    return line + strcspn(line, "\n") + 1;
}

/* ---- text ------------------------------------------------------------------------------------*/

static void two_blocks_stand_side_by_side_where_there_is_room(void **state)
{
    (void)state;
    char *narrow = output_of("", 80), *wide = output_of("", 160);
    assert_true(longest_line(narrow) <= 80);
    assert_true(longest_line(wide) > 80 && longest_line(wide) <= 160);
    const char *pre = line_of(narrow, "Pre-LN: x + f(LN(x))\n");
    const char *post = line_of(narrow, "Post-LN: LN(x + f(x))\n");
    assert_true(pre < post);
    assert_non_null(strstr(line_of(wide, "Pre-LN: x + f(LN(x))"), "| Post-LN: LN(x + f(x))\n"));
    line_of(wide, "attention  x by the skip");
    free(narrow);
    free(wide);
}

/* The four rows below a tensor's formula have their points below each other, and four digits. */
static void numbers_are_aligned_at_the_point(void **state)
{
    (void)state;
    char *text = output_of("--placement pre", 100);
    const char *row = next_line(next_line(line_of(text, "x   (rms ")));
    int points[D] = {0};
    for (int t = 0; t < T; t++, row = next_line(row)) {
        const int length = (int)strcspn(row, "\n");
        int point = 0, digits = 0;
        bool leading = true;
        for (int i = 0; i <= length; i++) {
            if (row[i] == '.') {
                if (t == 0)
                    points[point] = i;
                assert_int_equal(points[point], i);
                point++;
            } else if (row[i] >= '0' && row[i] <= '9') {
                leading = leading && row[i] == '0';
                digits += !leading;
            } else {
                assert_true(digits == 0 || digits == 4);
                digits = 0;
                leading = true;
            }
        }
        assert_int_equal(point, D);
    }
    free(text);
}

static void it_is_the_same_every_time(void **state)
{
    (void)state;
    char *one = output_of("--seed 3", 80), *two = output_of("--seed 3", 80);
    char *other = output_of("--seed 4", 80);
    assert_string_equal(one, two);
    assert_string_not_equal(one, other);
    free(one);
    free(two);
    free(other);
}

/* ---- JSON ------------------------------------------------------------------------------------*/

static cJSON *parse(const char *options)
{
    char *text = output_of(options, 80);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    free(text);
    return json;
}

static const cJSON *tensor_of(const cJSON *block, const char *sublayer, const char *name)
{
    const cJSON *tensor;
    cJSON_ArrayForEach(tensor, cJSON_GetObjectItem(block, "tensors"))
    {
        if (strcmp(cJSON_GetObjectItem(tensor, "sublayer")->valuestring, sublayer) == 0 &&
            strcmp(cJSON_GetObjectItem(tensor, "name")->valuestring, name) == 0)
            return tensor;
    }
    fail_msg("no tensor %s of %s", name, sublayer);
    return NULL;
}

/* Reads a matrix, whose shape must be this one. */
static void read_matrix(const cJSON *from, int rows, int cols, double *out)
{
    assert_int_equal(cJSON_GetArraySize(from), rows);
    for (int row = 0; row < rows; row++) {
        const cJSON *numbers = cJSON_GetArrayItem(from, row);
        assert_int_equal(cJSON_GetArraySize(numbers), cols);
        for (int col = 0; col < cols; col++)
            out[row * cols + col] = cJSON_GetArrayItem(numbers, col)->valuedouble;
    }
}

static void read_tensor(const cJSON *block, const char *name, const char *what, int cols,
                        double *out)
{
    const cJSON *tensor = tensor_of(block, "ffn", name);
    assert_true(strlen(cJSON_GetObjectItem(tensor, "formula")->valuestring) > 0);
    read_matrix(cJSON_GetObjectItem(tensor, what), T, cols, out);
}

static void assert_same(const double *got, const double *expected, int count)
{
    for (int i = 0; i < count; i++)
        if (!(fabs(got[i] - expected[i]) <= 1e-5))
            fail_msg("number %d is %g instead of %g", i, got[i], expected[i]);
}

/* y[T][out] = x[T][in] W^T */
static void multiply(const cJSON *block, const char *name, const double *x, int in, int out,
                     double *y)
{
    static double w[F * D];
    const cJSON *parameters = cJSON_GetObjectItem(block, "parameters");
    read_matrix(cJSON_GetObjectItem(parameters, name), out, in, w);
    for (int t = 0; t < T; t++) {
        for (int o = 0; o < out; o++) {
            y[t * out + o] = 0;
            for (int i = 0; i < in; i++)
                y[t * out + o] += x[t * in + i] * w[o * in + i];
        }
    }
}

static void normalize(const double *x, double *y)
{
    for (int t = 0; t < T; t++) {
        double mean = 0, square = 0;
        for (int i = 0; i < D; i++)
            mean += x[t * D + i] / D;
        for (int i = 0; i < D; i++)
            square += (x[t * D + i] - mean) * (x[t * D + i] - mean) / D;
        for (int i = 0; i < D; i++)
            y[t * D + i] = (x[t * D + i] - mean) / sqrt(square + 1e-5);
    }
}

/* The feed-forward sublayer again, from x and the parameters that are printed with it. */
static void check_sublayer(const cJSON *block, bool pre)
{
    double x[T * D], u[T * D], up[T * F], hidden[T * F], branch[T * D], sum[T * D], output[T * D];
    double got[T * F];
    read_tensor(block, "x", "value", D, x);
    memcpy(u, x, sizeof u);
    if (pre) {
        normalize(x, u);
        read_tensor(block, "LN(x)", "value", D, got);
        assert_same(got, u, T * D);
    }
    multiply(block, "ffn.up.weight", u, D, F, up);
    for (int i = 0; i < T * F; i++)
        hidden[i] = fmax(up[i], 0);
    multiply(block, "ffn.down.weight", hidden, F, D, branch);
    for (int i = 0; i < T * D; i++)
        sum[i] = x[i] + branch[i];
    memcpy(output, sum, sizeof output);
    if (!pre)
        normalize(sum, output);
    read_tensor(block, "hidden", "value", F, got);
    assert_same(got, hidden, T * F);
    read_tensor(block, "branch", "value", D, got);
    assert_same(got, branch, T * D);
    read_tensor(block, "sum", "value", D, got);
    assert_same(got, sum, T * D);
    read_tensor(block, "output", "value", D, got);
    assert_same(got, output, T * D);
}

static void json_can_be_computed_again(void **state)
{
    (void)state;
    cJSON *json = parse("--sublayer ffn --format json");
    const cJSON *blocks = cJSON_GetObjectItem(json, "blocks");
    assert_int_equal(cJSON_GetArraySize(blocks), 2);
    assert_int_equal(cJSON_GetObjectItem(json, "width")->valueint, D);
    assert_int_equal(cJSON_GetObjectItem(json, "ffn")->valueint, F);
    assert_int_equal(cJSON_GetObjectItem(json, "context")->valueint, T);
    for (int i = 0; i < 2; i++) {
        const cJSON *block = cJSON_GetArrayItem(blocks, i), *tensor;
        double grad[T * D], square = 0;
        assert_string_equal(cJSON_GetObjectItem(block, "placement")->valuestring,
                            i ? "post" : "pre");
        check_sublayer(block, i == 0);
        read_tensor(block, "output", "grad", D, grad);
        for (int j = 0; j < T * D; j++)
            square += grad[j] * grad[j];
        assert_true(fabs(square - 1) < 1e-5);
        cJSON_ArrayForEach(tensor, cJSON_GetObjectItem(block, "tensors"))
            assert_true(cJSON_GetObjectItem(tensor, "grad_norm")->valuedouble > 0);
    }
    cJSON_Delete(json);
}

static void every_placement_and_part_is_printed(void **state)
{
    (void)state;
    static const char *const placements[] = {"post", "pre",      "none",     "branch",
                                             "peri", "deepnorm", "admin",    "lns",
                                             "mix",  "rezero",   "residual", "b2t"};
    for (size_t i = 0; i < sizeof placements / sizeof *placements; i++) {
        char options[80];
        snprintf(options, sizeof options, "--placement %s --format json", placements[i]);
        cJSON *json = parse(options);
        const cJSON *blocks = cJSON_GetObjectItem(json, "blocks");
        assert_int_equal(cJSON_GetArraySize(blocks), 1);
        tensor_of(cJSON_GetArrayItem(blocks, 0), "attention", "attention");
        tensor_of(cJSON_GetArrayItem(blocks, 0), "ffn", "hidden");
        cJSON_Delete(json);
        snprintf(options, sizeof options, "--placement %s --sublayer attention", placements[i]);
        char *text = output_of(options, 80);
        assert_null(strstr(text, "hidden"));
        free(text);
    }
}

/* ---- inputs and errors -----------------------------------------------------------------------*/

static void an_input_file_sets_the_shape(void **state)
{
    (void)state;
    write_input("# two tokens\n1 2 3 4\n-1, -2, 3.5, 0\n");
    cJSON *json = parse("--placement post --format json --input INPUT");
    const cJSON *block = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "blocks"), 0);
    static const double expected[] = {1, 2, 3, 4, -1, -2, 3.5, 0};
    double x[8];
    read_matrix(cJSON_GetObjectItem(tensor_of(block, "attention", "x"), "value"), 2, 4, x);
    assert_memory_equal(x, expected, sizeof x);
    assert_int_equal(cJSON_GetObjectItem(json, "width")->valueint, 4);
    assert_int_equal(cJSON_GetObjectItem(json, "context")->valueint, 2);
    cJSON_Delete(json);
    refuses("--input INPUT --width 8", "has 4 numbers in a row and --width is 8");
    refuses("--input INPUT --context 3", "has 2 rows and --context is 3");
    refuses("--input INPUT --heads 3", "3 heads");
}

static void bad_inputs_are_refused(void **state)
{
    (void)state;
    refuses("--input /nonexistent", "cannot read /nonexistent");
    refuses("--input /", "is a directory");
    write_input("");
    refuses("--input INPUT", "no numbers");
    write_input("1 2\n3 four\n");
    refuses("--input INPUT", "line 2: 'four' is not a number");
    write_input("1 2\n3 4 5\n");
    refuses("--input INPUT", "line 2 has 3 numbers: 2");
    write_input("1 2\n3,,4\n");
    refuses("--input INPUT", "line 2: a comma");
}

static void wrong_usage_is_refused(void **state)
{
    (void)state;
    refuses("--placement prel", "placement 'prel': did you mean pre? (one of pre, ");
    refuses("--sublayer mlp", "sublayer 'mlp': one of block, attention, ffn");
    refuses("--format jsonl", "format 'jsonl': did you mean json? (one of text, json)");
    refuses("--norm batch", "norm 'batch': one of ");
    refuses("--lr 1", "option '--lr' is not for lnscope block");
    refuses("--width 9", "width 9 with 2 heads");
    refuses("--placement", "needs a value");
    refuses("more", "what is 'more' for");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_blocks_stand_side_by_side_where_there_is_room),
        cmocka_unit_test(numbers_are_aligned_at_the_point),
        cmocka_unit_test(it_is_the_same_every_time),
        cmocka_unit_test(json_can_be_computed_again),
        cmocka_unit_test(every_placement_and_part_is_printed),
        cmocka_unit_test(an_input_file_sets_the_shape),
        cmocka_unit_test(bad_inputs_are_refused),
        cmocka_unit_test(wrong_usage_is_refused),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_leave);
}
