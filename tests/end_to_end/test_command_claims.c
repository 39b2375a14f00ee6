/* `lnscope claims` from outside: what it prints, refuses, and how it stops. Only claims that take
 * no time are measured here.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "claims/claims.h"
#include "support/process.h"
#include "support/texts.h"

#include <cJSON.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char program[4096], output_file[64], error_file[64];

static int make_files(void **state)
{
    (void)state;
    strcpy(output_file, "/tmp/lnscope-test-XXXXXX");
    strcpy(error_file, "/tmp/lnscope-test-XXXXXX");
    const int output = mkstemp(output_file), errors = mkstemp(error_file);
    close(output);
    close(errors);
    return output < 0 || errors < 0 ? -1 : 0;
}

static int remove_files(void **state)
{
    (void)state;
    return unlink(output_file) || unlink(error_file) ? -1 : 0;
}

/* Starts `lnscope claims` and the words of `command`, which are separated by single spaces.
 * Standard output goes to the file, or to the pipe where that is NULL. */
static struct process start(const char *command, const char *output)
{
    char words[512];
    snprintf(words, sizeof words, "claims%s%s", *command ? " " : "", command);
    return process_start_command(&(struct process_start){.output = output, .errors = error_file},
                                 program, words);
}

static int run(const char *command, const char *output)
{
    struct process process = start(command, output);
    return process_finish(&process);
}

/* Runs to the end, with this status; returns what it wrote, which the caller frees. */
static char *run_to(int expected, const char *command)
{
    const int status = run(command, output_file);
    char *errors = text_of_file(error_file);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("lnscope claims %s: status %#x, standard error: %s", command, (unsigned)status,
                 errors);
    if (expected == 0)
        assert_string_equal(errors, "");
    free(errors);
    return text_of_file(output_file);
}

/* Fails with status 2 and these words, in one line, and prints nothing. */
static void is_wrong(const char *command, const char *words)
{
    char *output = run_to(2, command), *errors = text_of_file(error_file);
    assert_error_line(errors, words, command);
    assert_string_equal(output, "");
    free(output);
    free(errors);
}

/* The same with status 1, whatever it prints. */
static void is_failed(const char *command, const char *words)
{
    char *output = run_to(1, command), *errors = text_of_file(error_file);
    assert_error_line(errors, words, command);
    free(output);
    free(errors);
}

static void wrong_claims_are_refused(void **state)
{
    (void)state;
    is_wrong("swpa", "claim 'swpa': did you mean swap?");
    is_wrong("same-params lns-varianc", "claim 'lns-varianc': did you mean lns-variance?");
    is_wrong("\033[2J", "claim '?[2J'");
    is_wrong("same-params --quick", "--quick with claims by name");
    is_wrong("same-params --format csv", "format 'csv': one of text, jsonl");
    is_wrong("same-params --seeds 0", "seeds '0': a whole number from 1 up");
    is_wrong("same-params --seeds 33", "seeds 33: a whole number from 1 to 32");
    is_wrong("same-params --threads 1000", "threads '1000': a whole number from 1 to ");
    is_wrong("same-params --layers 3", "option '--layers' is not for lnscope claims");
    is_wrong("same-params --resume", "--resume has no rows to keep: it goes with -o FILE");
    is_wrong("same-params --force", "--force has nothing to replace: it goes with -o FILE");
    is_wrong("same-params -o -", "-o '-': a file; ");
    is_wrong("--quikc", "did you mean --quick? (");
}

static void help_names_every_claim(void **state)
{
    char *help = run_to(0, "--help");
    (void)state;
    for (int i = 0; i < claim_count(); i++)
        assert_non_null(strstr(help, claim_at(i)->id));
    assert_non_null(strstr(help, "--quick"));
    assert_non_null(strstr(help, "--threads"));
    assert_null(strstr(help, "--layers N"));
    free(help);
}

/* In the order asked for, once each, with all that a reader needs. */
static void claims_are_printed(void **state)
{
    char *text = run_to(0, "lns-variance same-params lns-variance --seeds 2");
    (void)state;
    const char *first = strstr(text, "lns-variance: holds (2 of 2 seeds pass, ");
    const char *second = strstr(text, "same-params: holds (2 of 2 seeds pass, ");
    assert_true(first == text && second > first);
    assert_null(strstr(second, "lns-variance:"));
    assert_non_null(strstr(text, "setting   --task grammar --layers 48 --left lns --right pre\n"));
    assert_non_null(strstr(text, "source    LayerNorm Scaling, Sun 2025\n"));
    assert_non_null(strstr(text, "accepted"));
    assert_non_null(strstr(text, "at most 0.25"));
    assert_non_null(strstr(text, "can fail  where block l's scale is dropped (--norm none)\n"));
    assert_non_null(strstr(text, "recorded  holds: lns : pre is "));
    assert_non_null(strstr(text, "parameters, pre                    -  not judged         49984"));
    assert_non_null(strstr(text, "exactly 1              1        0   2/2\n"));
    assert_non_null(strstr(text, "\n  same-params           holds: pre : post is 1 (accepted "
                                 "exactly 1); 2 of 2 seeds pass\n"));
    assert_non_null(strstr(text, "\n2 of 2 claims hold here ("));
    free(text);
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

static void jsonl_has_a_claim_a_line(void **state)
{
    char *text = run_to(0, "lns-variance same-params --seeds 2 --format jsonl"), *rest = text;
    static const char *const ids[] = {"lns-variance", "same-params"};
    (void)state;
    for (int line = 0; line < 2; line++) {
        const size_t length = strcspn(rest, "\n");
        cJSON *object = cJSON_ParseWithLength(rest, length);
        assert_true(cJSON_IsObject(object) && rest[length] == '\n');
        assert_string_equal(text_of(object, "id"), ids[line]);
        assert_string_equal(text_of(object, "verdict"), "holds");
        assert_true(text_of(object, "source")[0] && text_of(object, "claim")[0]);
        assert_true(text_of(object, "setting")[0] && text_of(object, "what")[0]);
        assert_true(number_of(object, "seeds") == 2 && number_of(object, "seconds") >= 0);
        const cJSON *expected = cJSON_GetObjectItem(object, "expected");
        const cJSON *measured = cJSON_GetObjectItem(object, "measured"), *quantity;
        assert_int_equal(cJSON_GetArraySize(expected), cJSON_GetArraySize(measured));
        cJSON_ArrayForEach(quantity, measured)
        {
            const cJSON *value = cJSON_GetObjectItem(quantity, "values");
            assert_non_null(cJSON_GetObjectItem(expected, quantity->string));
            assert_int_equal(cJSON_GetArraySize(value), 2);
            const double sum = value->child->valuedouble + value->child->next->valuedouble;
            assert_true(number_of(quantity, "mean") * 2 - sum < 1e-6 * sum);
            assert_true(number_of(quantity, "spread") >= 0);
            assert_true(cJSON_IsTrue(cJSON_GetObjectItem(quantity, "within")));
        }
        cJSON_Delete(object);
        rest += length + 1;
    }
    assert_string_equal(rest, "");
    free(text);
}

/* What is kept in a file is not measured again, and a verdict that is worse than the recorded one
 * is an error: here of a file in which the numbers were changed. */
static void a_file_is_gone_on_with(void **state)
{
    char command[256], path[80], *bytes, *number;
    (void)state;
    snprintf(path, sizeof path, "%s.jsonl", output_file);
    snprintf(command, sizeof command, "same-params lns-variance --seeds 1 -o %s", path);
    free(run_to(0, command));
    is_failed(command, "exists: name another file, or allow it with --force");
    snprintf(command, sizeof command, "lns-variance --seeds 2 -o %s --resume", path);
    free(run_to(0, command));
    bytes = text_of_file(path);
    assert_int_equal(count_in(bytes, "\n"), 2); /* what was not asked for stays */
    assert_non_null(strstr(bytes, "\"seeds\":2,"));
    number = strstr(bytes, "\"lns : pre\":{\"mean\"");
    number = number ? strstr(number, "\"values\":[0.0") : NULL;
    assert_non_null(number);
    number[strlen("\"values\":[")] = '9';
    text_to_file(path, bytes);
    free(bytes);
    is_failed(command, "verdicts that are worse than those recorded, claims that held: "
                       "lns-variance");
    assert_int_equal(unlink(path), 0);
}

static void an_interrupt_stops_it(void **state)
{
    (void)state;
    /* Many seconds of work behind one claim that is printed at once. */
    struct process process = start("same-params depth-limit --format jsonl", NULL);
    char *first = process_read(&process, 1);
    assert_true(*first);
    assert_int_equal(kill(process.id, SIGINT), 0);
    char *rest = process_read(&process, -1);
    const int status = process_finish(&process);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    assert_int_equal(first[strlen(first) - 1], '\n');
    assert_null(strstr(first, "depth-limit"));
    assert_string_equal(rest, "");
    free(first);
    free(rest);
}

static void a_closed_pipe_ends_it_quietly(void **state)
{
    (void)state;
    const int status = run("same-params depth-limit", NULL); /* nobody reads it */
    char *errors = text_of_file(error_file);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_string_equal(errors, "");
    free(errors);
}

static void claims_that_cannot_be_written_are_told(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    const int status = run("same-params", "/dev/full");
    char *errors = text_of_file(error_file);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_non_null(strstr(errors, "cannot write standard output"));
    free(errors);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_files, remove_files)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_claims_are_refused),
        TEST(help_names_every_claim),
        TEST(claims_are_printed),
        TEST(jsonl_has_a_claim_a_line),
        TEST(a_file_is_gone_on_with),
        TEST(an_interrupt_stops_it),
        TEST(a_closed_pipe_ends_it_quietly),
        TEST(claims_that_cannot_be_written_are_told),
    };
    const char *path = getenv("LNSCOPE");
    if (!realpath(path && *path ? path : "build/lnscope", program)) {
        perror(path ? path : "build/lnscope");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
