/* Completion in the shells themselves, as far as they are installed (bash has to be). */
#include "support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *program;

/* What a shell prints; the caller frees it. */
static char *output_of(const char *command)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    struct process process = process_start(&(struct process_start){.arguments = arguments});
    char *text = process_read(&process, -1);
    assert_int_equal(process_finish(&process), 0);
    return text;
}

/* The words that bash offers for the last of the words typed. */
static char *offered(const char *typed)
{
    char command[2048];
    snprintf(command, sizeof command,
             "bash -c 'source <(%s --completions bash); COMP_WORDS=(%s); "
             "COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _lnscope; echo \" ${COMPREPLY[*]} \"'",
             program, typed);
    return output_of(command);
}

static void assert_offers(const char *typed, const char *expected)
{
    char *words = offered(typed);
    if (strcmp(words, expected) != 0)
        fail_msg("%s: '%s' instead of '%s'", typed, words, expected);
    free(words);
}

static void bash_completes(void **state)
{
    (void)state;
    assert_offers("lnscope ru", " run \n");
    assert_offers("lnscope run --left po", " post \n");
    assert_offers("lnscope run --left-norm = rms", " rmsnorm \n");
    assert_offers("lnscope list the", " themes \n");
    assert_offers("lnscope claims depth", " depth-limit \n");
    assert_offers("lnscope block --subl", " --sublayer \n");
    assert_offers("lnscope run --subl", "  \n"); /* not of this command */
    assert_offers("lnscope --theme li", " light \n");
    assert_offers("lnscope run --dump Makefi", " Makefile \n");
}

static void assert_parses(const char *shell, const char *check)
{
    char command[512];
    snprintf(command, sizeof command, "command -v %s >/dev/null && echo here || echo none", shell);
    char *there = output_of(command);
    if (strcmp(there, "here\n") == 0) {
        snprintf(command, sizeof command,
                 "f=$(mktemp) && %s --completions %s > $f && %s $f && rm $f && echo fine", program,
                 shell, check);
        char *text = output_of(command);
        assert_string_equal(text, "fine\n");
        free(text);
    } else {
        printf("%s is not here: its completions were not checked\n", shell);
    }
    free(there);
}

static void the_scripts_are_valid(void **state)
{
    (void)state;
    assert_parses("bash", "bash -n");
    assert_parses("zsh", "zsh -n");
    assert_parses("fish", "fish -n");
}

static void other_shells_are_refused(void **state)
{
    char command[512];
    (void)state;
    snprintf(command, sizeof command, "%s --completions tcsh 2>&1; echo $?", program);
    char *text = output_of(command);
    assert_string_equal(text, "lnscope: shell 'tcsh': one of bash, zsh, fish\n2\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bash_completes),
        cmocka_unit_test(the_scripts_are_valid),
        cmocka_unit_test(other_shells_are_refused),
    };
    program = getenv("LNSCOPE") ? getenv("LNSCOPE") : "build/lnscope";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
