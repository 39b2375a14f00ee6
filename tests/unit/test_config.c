/* Settings from the config file and the environment. */
#include "cli/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef HAVE_INIH

static void assert_wrong(const char *text, const char *reason)
{
    struct error error;
    struct settings settings = settings_default(), before = settings;
    assert_false(config_parse(&settings, "c", text, &error));
    if (!strstr(error.text, reason))
        fail_msg("'%s' has no '%s'", error.text, reason);
    assert_null(strchr(error.text, '\n'));
    assert_int_equal(settings_difference(&settings, &before), -1);
}

static void a_file_sets_settings(void **state)
{
    struct error error;
    struct settings settings = settings_default();
    (void)state;
    const char *text = "# a comment\n\nleft = post\nlr=1e-2   \n[settings]\n; another\n"
                       "norm = layernorm/rmsnorm\nleft-norm = none ; why not\ntheme = light\n";
    assert_true(config_parse(&settings, "c", text, &error));
    assert_int_equal(settings.stack[LEFT].placement, PLACEMENT_POST);
    assert_int_equal(settings.stack[LEFT].norm, NORM_NONE);
    assert_int_equal(settings.stack[RIGHT].norm, NORM_RMSNORM);
    assert_true(settings.lr == 1e-2);
    assert_true(config_parse(&settings, "c", "", &error));
    char indented[400] = "layers = 3\n  width = 32\n # a comment that is long: ";
    memset(indented + strlen(indented), 'x', sizeof indented - strlen(indented) - 1);
    assert_true(config_parse(&settings, "c", indented, &error));
    assert_true(settings.layers == 3 && settings.width == 32);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    char text[1000];
    (void)state;
    assert_wrong("left = post\n\nlayers = 0\n", "c:3: layers '0'");
    assert_wrong("left = post\nlerning-rate = 1\n", "c:2: ");
    assert_wrong("left = post\njust words\nlayers = 0\n", "c:2: not a setting");
    assert_wrong("layers = 0\njust words\n", "c:1: layers");
    assert_wrong("[keys]\nleft = post\n", "section [keys]");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text[1] = '=';
    text[3] = '\n';
    assert_wrong(text, "c:2: a line of more");
    assert_wrong("layers = 3\n  4\n", "c:2: not a setting"); /* it does not go on */
    assert_wrong("left = \033[2J\n", "c:1: placement '?[2J'");
}

/* What --print-config prints makes the same settings again, whatever they are. */
static void printed_settings_come_back(void **state)
{
    static const char *const changes[][2] = {{"seed", "7"},           {"preset", "gpt2"},
                                             {"right", "peri"},       {"left-norm", "none"},
                                             {"right-preset", "vit"}, {"text", "/tmp/a b.txt"},
                                             {"clip", "0.25"},        {"speed", "unlimited"}};
    struct settings settings = settings_default();
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *text = NULL;
        size_t size;
        struct error error;
        struct settings again = settings_default();
        FILE *out = open_memstream(&text, &size);
        assert_true(setting_set(&settings, changes[i][0], changes[i][1], &error));
        config_print(out, &settings);
        fclose(out);
        if (!config_parse(&again, "c", text, &error))
            fail_msg("%s", error.text);
        assert_int_equal(settings_difference(&settings, &again), -1);
        assert_string_equal(settings.text, again.text);
        free(text);
    }
}

/* A name that the file would cut short, or that would set something else, is a comment. */
static void what_a_file_cannot_hold_is_not_set(void **state)
{
    static const char *const names[] = {"a ;b", ";b", " a", "a ", "a\nlayers = 3", "\033[31m"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text = NULL;
        size_t size;
        struct error error;
        struct settings settings = settings_default(), again = settings;
        FILE *out = open_memstream(&text, &size);
        assert_true(setting_set(&settings, "text", names[i], &error));
        config_print(out, &settings);
        fclose(out);
        assert_non_null(strstr(text, "cannot stand in a config file"));
        assert_null(strchr(text, '\033'));
        assert_true(config_parse(&again, "c", text, &error));
        assert_string_equal(again.text, "");
        assert_int_equal(again.layers, settings.layers);
        free(text);
    }
}

/* The environment wins over the file, and a variable that is wrong is named. */
static void the_environment_comes_after_the_file(void **state)
{
    char folder[] = "/tmp/lnscope-\033[31m-XXXXXX", path[128]; /* a name that would steer */
    struct error error;
    struct settings settings = settings_default();
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("XDG_CONFIG_HOME", folder, 1);
    assert_true(config_apply(&settings, &error)); /* no file is fine */
    snprintf(path, sizeof path, "%s/lnscope", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/lnscope/config", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("layers = 4\nwarmup = 9\n", out);
    fclose(out);
    setenv("LNSCOPE_LAYERS", "3", 1);
    setenv("LNSCOPE_RIGHT_QK_NORM", "on", 1);
    setenv("LNSCOPE_WIDTH", "", 1);
    assert_true(config_apply(&settings, &error));
    assert_int_equal(settings.layers, 3);
    assert_int_equal(settings.warmup, 9);
    assert_true(settings.stack[RIGHT].qk_norm && !settings.stack[LEFT].qk_norm);
    setenv("LNSCOPE_LAYERS", "many", 1);
    assert_false(config_apply(&settings, &error));
    assert_non_null(strstr(error.text, "LNSCOPE_LAYERS"));
    unsetenv("LNSCOPE_LAYERS");
    unsetenv("LNSCOPE_RIGHT_QK_NORM");
    setenv("LNSCOPE_KERNELS", "loops", 1);
    setenv("LNSCOPE_NO_SETTING", "", 1);
    assert_true(config_apply(&settings, &error));
    unsetenv("LNSCOPE_KERNELS");
    setenv("LNSCOPE_NO_SETTING", "1", 1);
    assert_false(config_apply(&settings, &error));
    assert_non_null(strstr(error.text, "environment variable 'LNSCOPE_NO_SETTING': one of "
                                       "LNSCOPE_PRESET, LNSCOPE_LEFT_PRESET, "));
    unsetenv("LNSCOPE_NO_SETTING");
    setenv("LNSCOPE_WARMUPS", "3", 1);
    assert_false(config_apply(&settings, &error));
    assert_non_null(strstr(error.text, "did you mean LNSCOPE_WARMUP?"));
    unsetenv("LNSCOPE_WARMUPS");
    setenv("LNSCOPE_LEFT_LAYERS", "3", 1); /* both stacks have the same */
    assert_false(config_apply(&settings, &error));
    unsetenv("LNSCOPE_LEFT_LAYERS");
    out = fopen(path, "wb");
    assert_non_null(out);
    fwrite("a\0b", 1, 3, out);
    fclose(out);
    assert_false(config_apply(&settings, &error));
    assert_non_null(strstr(error.text, "not a text file"));
    assert_null(strchr(error.text, '\033'));
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(folder);
}

#endif

static void a_build_without_the_library_says_so(void **state)
{
    (void)state;
#ifndef HAVE_INIH
    struct error error;
    struct settings settings = settings_default();
    assert_false(config_parse(&settings, "c", "", &error));
    assert_non_null(strstr(error.text, "libinih-dev"));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef HAVE_INIH
        cmocka_unit_test(a_file_sets_settings),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(printed_settings_come_back),
        cmocka_unit_test(what_a_file_cannot_hold_is_not_set),
        cmocka_unit_test(the_environment_comes_after_the_file),
#endif
        cmocka_unit_test(a_build_without_the_library_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
