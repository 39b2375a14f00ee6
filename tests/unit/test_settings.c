/* Settings: the defaults, what is accepted and what is refused, and with which words. */
#include "train/settings.h"
#include "train/settings_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct settings changed(const char *name, const char *value)
{
    struct settings settings = settings_default();
    struct error error = {.text = ""};
    if (!setting_set(&settings, name, value, &error))
        fail_msg("%s = %s: %s", name, value, error.text);
    return settings;
}

/* Refused, with these words, and nothing has changed. */
static void refused(const char *name, const char *value, const char *words)
{
    struct settings settings = settings_default(), before = settings;
    struct error error = {.text = ""};
    if (setting_set(&settings, name, value, &error))
        fail_msg("%s = '%s' was accepted", name, value);
    if (!strstr(error.text, words))
        fail_msg("%s = '%s': \"%s\" does not say \"%s\"", name, value, error.text, words);
    assert_memory_equal(&settings, &before, sizeof settings);
}

static void defaults_are_those_of_the_story(void **state)
{
    struct settings s = settings_default();
    (void)state;
    assert_int_equal(s.stack[LEFT].placement, PLACEMENT_PRE);
    assert_int_equal(s.stack[RIGHT].placement, PLACEMENT_POST);
    for (int side = 0; side < SIDES; side++) {
        const struct stack_settings *stack = &s.stack[side];
        assert_int_equal(stack->preset, 0);
        assert_int_equal(stack->norm, NORM_LAYERNORM);
        assert_true(stack->norm_bias && stack->bias);
        assert_false(stack->gain_offset || stack->qk_norm || stack->tied);
        assert_false(stack->embedding_scale || stack->parallel);
        assert_int_equal(stack->activation, ACTIVATION_GELU);
        assert_int_equal(stack->positions, POSITIONS_LEARNED);
        assert_int_equal(stack->attention, ATTENTION_AUTO);
        assert_true(stack->kv_heads == 0 && stack->kv_rank == 0);
        assert_true(stack->window == 0 && stack->window_every == 1);
        assert_true(stack->experts == 0 && stack->experts_used == 1);
        assert_int_equal(stack->init, INIT_XAVIER);
    }
    assert_int_equal(s.layers, 6);
    assert_int_equal(s.width, 64);
    assert_int_equal(s.heads, 4);
    assert_int_equal(s.ffn, 256);
    assert_int_equal(s.context, 32);
    assert_int_equal(s.batch, 16);
    assert_int_equal(s.task, TASK_GRAMMAR);
    assert_string_equal(s.text, "");
    assert_int_equal(s.optimizer, OPTIMIZER_ADAMW);
    assert_true(s.lr == 3e-3);
    assert_int_equal(s.warmup, 0);
    assert_int_equal(s.schedule, SCHEDULE_CONSTANT);
    assert_true(s.clip == 0 && s.weight_decay == 0 && s.beta1 == 0.9 && s.beta2 == 0.999);
    assert_int_equal(s.seed, 1);
    assert_int_equal(s.steps, 0);
    assert_int_equal(s.threads, 0);
    assert_int_equal(s.theme, 0);
    assert_int_equal(s.ascii, ASCII_AUTO);
    assert_int_equal(s.fps, 30);
    assert_true(s.speed == 15);
}

/* A row that pointed at another field would show here. */
static void every_row_writes_its_own_field(void **state)
{
    (void)state;
    assert_int_equal(changed("left", "none").stack[LEFT].placement, PLACEMENT_NONE);
    assert_int_equal(changed("right", "pre").stack[RIGHT].placement, PLACEMENT_PRE);
    assert_int_equal(changed("left", "none").stack[RIGHT].placement, PLACEMENT_POST);
    assert_int_equal(changed("layers", "128").layers, 128);
    assert_int_equal(changed("width", "8").width, 8);
    assert_int_equal(changed("heads", "1").heads, 1);
    assert_int_equal(changed("ffn", "8192").ffn, 8192);
    assert_int_equal(changed("context", "2").context, 2);
    assert_int_equal(changed("batch", "1024").batch, 1024);
    assert_int_equal(changed("task", "copy").task, TASK_COPY);
    assert_string_equal(changed("text", "a b.txt").text, "a b.txt");
    assert_int_equal(changed("optimizer", "momentum").optimizer, OPTIMIZER_MOMENTUM);
    assert_true(changed("lr", "3e-4").lr == 3e-4);
    assert_int_equal(changed("warmup", "1000000000").warmup, 1000000000);
    assert_true(changed("min-lr", "1e-4").min_lr == 1e-4);
    assert_true(changed("eps", "1e-6").eps == 1e-6 && settings_default().eps == 1e-8);
    assert_true(changed("label-smoothing", "0.1").label_smoothing == 0.1);
    assert_int_equal(changed("decay-on", "all").decay_on, DECAY_ON_ALL);
    assert_int_equal(changed("schedule", "inverse-sqrt").schedule, SCHEDULE_INVERSE_SQRT);
    assert_true(changed("clip", "0.25").clip == 0.25);
    assert_true(changed("weight-decay", ".1").weight_decay == 0.1);
    assert_true(changed("beta1", "0").beta1 == 0);
    assert_true(changed("beta2", "0.98").beta2 == 0.98);
    assert_true(changed("seed", "9223372036854775807").seed == 9223372036854775807u);
    assert_true(changed("steps", "1000000000000").steps == 1000000000000);
    assert_int_equal(changed("threads", "2").threads, 2);
    assert_int_equal(changed("theme", "light").theme, 2);
    assert_int_equal(changed("ascii", "off").ascii, ASCII_OFF);
    assert_false(changed("mouse", "off").mouse);
    assert_true(changed("hide", "on").hide);
    assert_int_equal(changed("fps", "120").fps, 120);
    assert_true(changed("speed", "0.1").speed == 0.1);
}

/* A setting of a stack, away from its default. */
struct stack_case {
    const char *name, *value;
    size_t offset; /* into struct stack_settings */
    int expected;
    bool narrow; /* a bool */
};

/* Set by a name and in a value of each form: what a stack then has. What is printed can be typed.
 */
static void check_forms(const struct stack_case *one)
{
    static const char *const forms[] = {"left-%s", "right-%s", "%s", "%s"};
    static const bool sets[][SIDES] = {{true, false}, {false, true}, {true, true}, {true, false}};
    const struct settings before = settings_default();
    const struct setting_row *row = setting_find(one->name, NULL);
    const size_t size = one->narrow ? sizeof(bool) : sizeof(int);
    char name[64], value[64], initial[64], printed[64], expected[64];
    assert_true(row->per_stack && setting_of_stack(row));
    setting_get(&before, row, initial, sizeof initial);
    for (int which = 0; which < 4; which++) { /* left, right, both, LEFT/RIGHT */
        snprintf(name, sizeof name, forms[which], one->name);
        snprintf(value, sizeof value, which < 3 ? "%s" : "%s/%s", one->value, initial);
        struct settings s = changed(name, value), again = before;
        for (int side = 0; side < SIDES; side++) {
            const char *was = (const char *)&before.stack[side] + one->offset;
            const char *is = (const char *)&s.stack[side] + one->offset;
            int found = 0;
            memcpy(&found, is, size);
            if (sets[which][side])
                assert_int_equal(found, one->expected);
            else
                assert_memory_equal(was, is, size);
        }
        setting_get(&s, row, printed, sizeof printed);
        snprintf(expected, sizeof expected, which == 2 ? "%s" : "%s/%s",
                 sets[which][LEFT] ? one->value : initial,
                 sets[which][RIGHT] ? one->value : initial);
        assert_string_equal(printed, expected);
        assert_true(setting_set(&again, one->name, printed, NULL));
        assert_int_equal(settings_difference(&again, &s), -1);
        assert_int_equal(settings_difference(&before, &s), SCOPE_MODEL);
    }
}

/* Of a stack: NAME sets both, left-NAME and right-NAME one, LEFT/RIGHT each its own. */
static void a_setting_of_the_stacks_sets_both_or_one(void **state)
{
    static const struct stack_case cases[] = {
        {"norm", "dyt", offsetof(struct stack_settings, norm), NORM_DYT, false},
        {"norm-bias", "off", offsetof(struct stack_settings, norm_bias), false, true},
        {"gain-offset", "on", offsetof(struct stack_settings, gain_offset), true, true},
        {"activation", "geglu", offsetof(struct stack_settings, activation), ACTIVATION_GEGLU,
         false},
        {"positions", "rotary", offsetof(struct stack_settings, positions), POSITIONS_ROTARY,
         false},
        {"attention", "bidirectional", offsetof(struct stack_settings, attention),
         ATTENTION_BIDIRECTIONAL, false},
        {"kv-heads", "2", offsetof(struct stack_settings, kv_heads), 2, false},
        {"kv-rank", "8", offsetof(struct stack_settings, kv_rank), 8, false},
        {"window", "16", offsetof(struct stack_settings, window), 16, false},
        {"window-every", "3", offsetof(struct stack_settings, window_every), 3, false},
        {"qk-norm", "on", offsetof(struct stack_settings, qk_norm), true, true},
        {"qk-joint", "on", offsetof(struct stack_settings, qk_joint), true, true},
        {"kv-norm", "on", offsetof(struct stack_settings, kv_norm), true, true},
        {"branch-zero", "on", offsetof(struct stack_settings, branch_zero), true, true},
        {"full-every", "3", offsetof(struct stack_settings, full_every), 3, false},
        {"bias", "off", offsetof(struct stack_settings, bias), false, true},
        {"tied", "on", offsetof(struct stack_settings, tied), true, true},
        {"embedding-scale", "on", offsetof(struct stack_settings, embedding_scale), true, true},
        {"parallel", "on", offsetof(struct stack_settings, parallel), true, true},
        {"experts", "4", offsetof(struct stack_settings, experts), 4, false},
        {"experts-used", "2", offsetof(struct stack_settings, experts_used), 2, false},
        {"init", "small", offsetof(struct stack_settings, init), INIT_SMALL, false},
    };
    int per_stack = 0;
    (void)state;
    for (int i = 0; i < setting_count; i++)
        per_stack += setting_table[i].per_stack;
    /* the preset, norm-eps and dropout are looked at elsewhere */
    assert_int_equal(per_stack, (int)(sizeof cases / sizeof *cases) + 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_forms(&cases[i]);
}

static void norm_eps_is_that_of_a_stack(void **state)
{
    (void)state;
    char value[SETTING_TEXT];
    struct settings s = changed("norm-eps", "1e-12/1e-6"), left = changed("left-norm-eps", "0.25");
    assert_true(s.stack[LEFT].norm_eps == 1e-12 && s.stack[RIGHT].norm_eps == 1e-6);
    assert_true(left.stack[LEFT].norm_eps == 0.25 && left.stack[RIGHT].norm_eps == 1e-5);
    setting_get(&left, setting_find("norm-eps", NULL), value, sizeof value);
    assert_string_equal(value, "0.25/1e-05");
    assert_true(setting_set(&s, "norm-eps", value, NULL));
    assert_int_equal(settings_difference(&s, &left), -1);
    assert_int_equal(settings_difference(&(struct settings){0}, &s), SCOPE_MODEL);
    refused("norm-eps", "0", "a number above 0 and up to 1");
    refused("norm-eps", "1e-6/1.5", "a number above 0 and up to 1");
}

static void dropout_is_that_of_a_stack(void **state)
{
    (void)state;
    char value[SETTING_TEXT];
    struct settings s = changed("dropout", "0.1"), right = changed("right-dropout", "0.25");
    assert_true(s.stack[LEFT].dropout == 0.1 && s.stack[RIGHT].dropout == 0.1);
    assert_true(right.stack[LEFT].dropout == 0 && right.stack[RIGHT].dropout == 0.25);
    setting_get(&right, setting_find("dropout", NULL), value, sizeof value);
    assert_string_equal(value, "0/0.25");
    assert_true(setting_set(&s, "dropout", value, NULL));
    assert_int_equal(settings_difference(&s, &right), -1);
    assert_int_equal(settings_difference(&s, &(struct settings){0}), SCOPE_MODEL);
    refused("dropout", "1", "a number of at least 0 and below 1");
    refused("dropout", "0.1/1", "a number of at least 0 and below 1");
}

static void names_of_one_stack_are_checked(void **state)
{
    (void)state;
    refused("left-norm", "rms",
            "left-norm 'rms': did you mean rmsnorm? (one of layernorm, rmsnorm");
    refused("norm", "layernorm/rms", "norm 'rms': did you mean rmsnorm? (one of ");
    refused("norm", "/", "norm '': one of ");
    refused("norm", "layernorm/rmsnorm/none", "norm 'rmsnorm/none'");
    refused("left-norm", "layernorm/rmsnorm", "left-norm 'layernorm/rmsnorm'");
    refused("left", "pre/post", "placement 'pre/post'");
    refused("layers", "6/8", "layers '6/8'");
    refused("right-nrom", "none", "setting 'right-nrom': did you mean right-norm?");
    refused("left-layers", "3", "setting 'left-layers': both stacks have the same layers");
    refused("qk-norm", "yes", "qk-norm 'yes': one of off, on");
    refused("experts", "1", "experts '1': a whole number from 2 to 64, or none");
    assert_null(setting_find("left-", NULL));
    assert_null(setting_find("left-left", NULL));
    assert_ptr_equal(setting_find("right-norm", NULL), setting_find("norm", NULL));
}

/* Written down in the order of the table, all settings come back. */
static void all_settings_can_be_written_down(void **state)
{
    static const char *const set[][2] = {
        {"preset", "bert"},          {"right-preset", "gemma"}, {"left", "deepnorm"},
        {"right-window", "7"},       {"left-qk-norm", "on"},    {"layers", "12"},
        {"activation", "relu/gelu"}, {"task", "copy"},          {"beta2", "0.97"},
        {"speed", "unlimited"},
    };
    struct settings s = settings_default(), again = s;
    (void)state;
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        assert_true(setting_set(&s, set[i][0], set[i][1], NULL));
    for (int i = 0; i < setting_count; i++) {
        char value[SETTING_TEXT];
        setting_get(&s, &setting_table[i], value, sizeof value);
        assert_true(setting_set(&again, setting_table[i].name, value, NULL));
    }
    assert_int_equal(settings_difference(&s, &again), -1);
    assert_int_equal(again.stack[LEFT].preset, s.stack[LEFT].preset);
}

static void words_stand_for_zero(void **state)
{
    (void)state;
    assert_true(changed("speed", "unlimited").speed == 0);
    assert_true(changed("speed", "0").speed == 0);
    assert_int_equal(changed("threads", "auto").threads, 0);
    refused("speed", "auto", "unlimited");
    refused("speed", "0.05", "a number from 0.1 to 1000000, or unlimited");
    refused("warmup", "auto", "a whole number from 0 to 1000000000");
    assert_int_equal(changed("kv-heads", "heads").stack[LEFT].kv_heads, 0);
    assert_int_equal(changed("kv-rank", "full").stack[LEFT].kv_rank, 0);
    assert_int_equal(changed("window", "none").stack[LEFT].window, 0);
    assert_int_equal(changed("experts", "none").stack[LEFT].experts, 0);
}

/* A value with % behind it, or a number: each takes the place of the other. */
static void shares_stand_for_what_they_are_shares_of(void **state)
{
    (void)state;
    char value[SETTING_TEXT];
    struct settings s = changed("warmup", "12.5%");
    assert_int_equal(settings_warmup(&s), 125); /* of SCHEDULE_STEPS */
    s.steps = 36;
    assert_int_equal(settings_warmup(&s), 5); /* the nearest to 4.5 */
    assert_int_equal(s.warmup, 0);
    setting_get(&s, setting_find("warmup", NULL), value, sizeof value);
    assert_string_equal(value, "12.5%");
    assert_string_equal(setting_unit(setting_find("warmup", NULL), value), "of the steps");
    assert_string_equal(setting_unit(setting_find("warmup", NULL), "7"), "steps");
    assert_string_equal(setting_unit(setting_find("text", NULL), "half of 10%"), ""); /* a name */
    assert_true(setting_set(&s, "warmup", "7", NULL));
    assert_int_equal(settings_warmup(&s), 7);
    setting_get(&s, setting_find("warmup", NULL), value, sizeof value);
    assert_string_equal(value, "7");

    s = changed("min-lr", "10%");
    s.lr = 2;
    assert_true(settings_min_lr(&s) == 0.2);
    assert_true(setting_set(&s, "min-lr", "0.5", NULL) && settings_min_lr(&s) == 0.5);
    assert_true(s.min_lr_percent == 0);
    s.schedule = SCHEDULE_LINEAR;
    s.steps = 10;
    assert_true(settings_lr(&s, 5) == 1.25 && settings_lr(&s, 10) == 0.5);

    struct settings a = settings_default(), b = changed("warmup", "0%");
    assert_int_equal(settings_difference(&a, &b), -1);
    b = changed("warmup", "10%");
    assert_int_equal(settings_difference(&a, &b), SCOPE_OPTIMIZER);
    settings_copy(&a, &b, SCOPE_OPTIMIZER);
    assert_int_equal(settings_difference(&a, &b), -1);
    static const char *const bad[] = {"101%", "-1%", "%", "10 %", "10%%", "ten%", "1e999%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused("warmup", bad[i], "or a share of the steps: 10%");
    refused("min-lr", "101%", "a number from 0 to 100, or a share of lr: 10%");
    refused("lr", "10%", "a number above 0");
}

static void limits_are_held(void **state)
{
    static const char *const bad[][2] = {
        {"layers", "0"},
        {"layers", "129"},
        {"width", "7"},
        {"width", "1025"},
        {"heads", "0"},
        {"ffn", "0"},
        {"ffn", "8193"},
        {"context", "1"},
        {"context", "1025"},
        {"batch", "0"},
        {"batch", "1025"},
        {"warmup", "-1"},
        {"warmup", "1000000001"},
        {"lr", "0"},
        {"lr", "-1"},
        {"lr", "100.1"},
        {"beta1", "1"},
        {"beta2", "1"},
        {"beta1", "-0.1"},
        {"clip", "-1"},
        {"weight-decay", "-1"},
        {"eps", "0"},
        {"label-smoothing", "1"},
        {"decay-on", "vectors"},
        {"seed", "-1"},
        {"seed", "9223372036854775808"},
        {"fps", "0"},
        {"fps", "121"},
        {"speed", "1000001"},
        {"speed", "-1"},
        {"steps", "-1"},
        {"threads", "-1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(bad[i][0], bad[i][1], bad[i][0]);
}

static void numbers_are_read_strictly(void **state)
{
    static const char *const integers[] = {
        "", " 6", "6 ", "6.0", "1e1", "0x6", "six", "+6", "99999999999999999999", "--6"};
    static const char *const reals[] = {"",   " 1",  "1 ", "nan", "inf",   "0x1p-3",
                                        "1e", "1,5", "-",  "1e-", "1.2.3", "1e999"};
    (void)state;
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        refused("layers", integers[i], "a whole number from 1 to 128");
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        refused("lr", reals[i], "a number above 0 and up to 100");
}

/* What the core would take for another number, as 0 or as the bound that is not allowed. */
static void numbers_are_those_of_the_core(void **state)
{
    (void)state;
#ifndef LNSCOPE_REAL_DOUBLE
    static const char *const tiny[] = {"1e-320", "1e-39", "1.17e-38"};
    for (size_t i = 0; i < sizeof tiny / sizeof *tiny; i++) {
        refused("clip", tiny[i], ": 0 in single precision: 1.18e-38 or more, or 0");
        refused("weight-decay", tiny[i], ": 0 in single precision: 1.18e-38 or more, or 0");
        refused("beta1", tiny[i], ": 0 in single precision: 1.18e-38 or more, or 0");
        refused("beta2", tiny[i], ": 0 in single precision: 1.18e-38 or more, or 0");
        refused("lr", tiny[i], ": 0 in single precision: 1.18e-38 or more");
    }
    refused("beta1", "0.99999999",
            "beta1 '0.99999999': 1 in single precision: at most 0.999999881");
    refused("beta2", "0.99999998", ": 1 in single precision");
#else
    refused("clip", "1e-320", "clip '1e-320': 0 in double precision: 2.23e-308 or more, or 0");
#endif
    struct settings settings = settings_default();
    assert_true(setting_set(&settings, "clip", "1.18e-38", NULL));
    assert_true(setting_set(&settings, "clip", "0e-400", NULL));
    assert_true(setting_set(&settings, "lr", "1.18e-38", NULL));
    assert_true(setting_set(&settings, "beta2", "0.9999999", NULL));
}

static void messages_say_what_would_be_right(void **state)
{
    (void)state;
    refused("layers", "200", "layers '200': a whole number from 1 to 128");
    refused("norm", "layrnorm",
            "norm 'layrnorm': did you mean layernorm? (one of layernorm, rmsnorm, none");
    refused("beta1", "1", "beta1 '1': a number of at least 0 and below 1");
    refused("seed", "x", "from 0 to 9223372036854775807");
    refused("lyers", "3", "setting 'lyers': did you mean layers?");
    refused("preset", "gpt", "preset 'gpt': did you mean gpt2 or gpt3? (one of none, ");
    refused("lr", "\033[31m", "lr '?[31m'");
}

static void a_text_name_must_fit(void **state)
{
    char name[SETTING_TEXT + 1];
    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[SETTING_TEXT] = '\0';
    refused("text", name, "at most 1023 bytes");
    name[SETTING_TEXT - 1] = '\0';
    assert_string_equal(changed("text", name).text, name);
}

/* What is written is what one would type. */
static void values_survive_writing_and_reading(void **state)
{
    static const char *const set[][2] = {
        {"lr", "0.0003"},           {"lr", "1e-05"},
        {"clip", "0.25"},           {"seed", "9223372036854775807"},
        {"left", "none"},           {"speed", "0.1"},
        {"speed", "unlimited"},     {"threads", "auto"},
        {"beta2", "0.9999999"},     {"text", "x y"},
        {"steps", "1000000000000"}, {"ascii", "on"},
        {"warmup", "0.3%"},         {"min-lr", "10%"},
        {"min-lr", "0.0001"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        struct settings settings = changed(set[i][0], set[i][1]);
        char value[SETTING_TEXT];
        setting_get(&settings, setting_find(set[i][0], NULL), value, sizeof value);
        assert_string_equal(value, set[i][1]);
    }
    for (int i = 0; i < setting_count; i++) {
        struct settings a = settings_default(), b = a;
        char value[SETTING_TEXT];
        setting_get(&a, &setting_table[i], value, sizeof value);
        assert_true(setting_set(&b, setting_table[i].name, value, NULL));
        assert_int_equal(settings_difference(&a, &b), -1);
    }
}

static int scope_of(const char *name, const char *value)
{
    struct settings a = settings_default(), b = changed(name, value);
    return settings_difference(&a, &b);
}

static void a_change_has_a_scope(void **state)
{
    struct settings a = settings_default(), b = changed("lr", "1");
    (void)state;
    assert_int_equal(settings_difference(&a, &a), -1);
    assert_int_equal(scope_of("layers", "7"), SCOPE_MODEL);
    assert_int_equal(scope_of("seed", "2"), SCOPE_MODEL);
    assert_int_equal(scope_of("warmup", "7"), SCOPE_OPTIMIZER);
    assert_int_equal(scope_of("steps", "7"), SCOPE_OPTIMIZER);
    assert_int_equal(scope_of("speed", "7"), SCOPE_PROGRAM);
    assert_int_equal(scope_of("threads", "7"), SCOPE_PROGRAM);
    assert_int_equal(scope_of("clip", "-0"), -1);
    assert_int_equal(scope_of("text", "file"), -1); /* another task is chosen */
    b.speed = 3;
    assert_int_equal(settings_difference(&a, &b), SCOPE_OPTIMIZER);
    b.batch = 3;
    assert_int_equal(settings_difference(&a, &b), SCOPE_MODEL);
    a.task = b.task = TASK_TEXT;
    b = a;
    strcpy(b.text, "file");
    assert_int_equal(settings_difference(&a, &b), SCOPE_MODEL);
}

static void check_says(const struct settings *settings, const char *words)
{
    struct error error = {.text = ""};
    if (settings_check(settings, &error))
        fail_msg("accepted, but: %s", words);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

static void settings_are_checked_together(void **state)
{
    struct settings s = settings_default();
    struct error error = {.text = ""};
    (void)state;
    assert_true(settings_check(&s, &error));
    s.heads = 5;
    check_says(&s, "width 64 cannot be divided by 5 heads: heads 4 or width 65");
    s.width = 1024;
    s.heads = 1000;
    check_says(&s, "heads 1024 or width 1000");
    s.width = 8;
    s.heads = 16;
    check_says(&s, "heads 8 is the most");
    s = settings_default();
    s.min_lr = 0.01;
    check_says(&s, "min-lr 0.01 with lr 0.003: at most lr, or a share of it: 10%");
    s.lr = 0.01;
    assert_true(settings_check(&s, &error));
    s = settings_default();
    s.task = TASK_TEXT;
    check_says(&s, "--text FILE");
    strcpy(s.text, "file");
    assert_true(settings_check(&s, &error));
}

/* Models that cannot be built, or would see the answer, say why, and in which stack. */
static void models_are_checked(void **state)
{
    static const struct {
        const char *set[3][2];
        const char *words; /* NULL: it is right */
    } cases[] = {
        {{{"kv-heads", "3"}}, "kv-heads 3 with 4 heads: a divisor"},
        {{{"right-kv-heads", "3"}}, "right stack: kv-heads 3 with 4 heads: a divisor"},
        {{{"left-kv-rank", "8"}, {"left-kv-heads", "1"}}, "left stack: kv-rank 8 with kv-heads 1"},
        {{{"kv-rank", "65"}}, "kv-rank 65: from 1 to the width, 64, or full"},
        {{{"experts", "2"}, {"experts-used", "3"}}, "experts-used 3"},
        {{{"heads", "64"}, {"positions", "rotary"}}, "at most 32 heads"},
        {{{"attention", "bidirectional"}},
         "attention 'bidirectional' sees the tokens that the task grammar asks for: causal"},
        {{{"attention", "causal/bidirectional"}, {"task", "repeat"}},
         "right stack: attention 'bidirectional' sees the tokens that the task repeat asks for"},
        {{{"attention", "bidirectional"}, {"task", "copy"}}, NULL},
        {{{"attention", "bidirectional"}, {"task", "masked"}}, NULL},
        {{{"attention", "causal"}, {"task", "masked"}}, NULL},
        {{{"task", "shapes"}}, "'shapes' does not fit in a context of 32: one of "},
        {{{"task", "shapes"}, {"context", "17"}}, NULL},
        {{{"task", "shapes"}, {"context", "17"}, {"left-attention", "causal"}},
         "left stack: images with causal attention"},
        {{{"task", "shapes"}, {"context", "17"}, {"tied", "on"}}, "images with tied embeddings"},
        {{{"left-preset", "bert"}, {"right-preset", "gpt2"}}, NULL},
        {{{"preset", "bert"}, {"right-preset", "gpt2"}}, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings s = settings_default();
        struct error error = {.text = ""};
        for (int set = 0; set < 3 && cases[i].set[set][0]; set++)
            assert_true(setting_set(&s, cases[i].set[set][0], cases[i].set[set][1], &error));
        if (cases[i].words)
            check_says(&s, cases[i].words);
        else if (!settings_check(&s, &error))
            fail_msg("case %zu: %s", i, error.text);
    }
}

static void memory_is_checked(void **state)
{
    struct settings s = settings_default();
    (void)state;
    s.layers = 128;
    s.batch = s.context = s.width = s.heads = 1024;
    s.ffn = 8192;
    check_says(&s, "lower ");
    check_says(&s, " GB of memory and this machine has ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_story),
        cmocka_unit_test(every_row_writes_its_own_field),
        cmocka_unit_test(a_setting_of_the_stacks_sets_both_or_one),
        cmocka_unit_test(norm_eps_is_that_of_a_stack),
        cmocka_unit_test(dropout_is_that_of_a_stack),
        cmocka_unit_test(names_of_one_stack_are_checked),
        cmocka_unit_test(all_settings_can_be_written_down),
        cmocka_unit_test(words_stand_for_zero),
        cmocka_unit_test(shares_stand_for_what_they_are_shares_of),
        cmocka_unit_test(limits_are_held),
        cmocka_unit_test(numbers_are_read_strictly),
        cmocka_unit_test(numbers_are_those_of_the_core),
        cmocka_unit_test(messages_say_what_would_be_right),
        cmocka_unit_test(a_text_name_must_fit),
        cmocka_unit_test(values_survive_writing_and_reading),
        cmocka_unit_test(a_change_has_a_scope),
        cmocka_unit_test(settings_are_checked_together),
        cmocka_unit_test(models_are_checked),
        cmocka_unit_test(memory_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
