/* Presets: each row can be set, gives what it names, and trains. */
#include "train/presets.h"

#include "train/pair.h"
#include "train/settings_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void set(struct settings *settings, const char *name, const char *value)
{
    struct error error;
    if (!setting_set(settings, name, value, &error))
        fail_msg("%s = %s: %s", name, value, error.text);
}

static struct settings with_preset(const char *name, const char *preset)
{
    struct settings settings = settings_default();
    set(&settings, name, preset);
    return settings;
}

/* The value of a setting in one stack; `placement` is that of the stack. */
static const char *value_of(const struct settings *settings, const char *name, enum side side)
{
    static char value[SETTING_TEXT];
    if (strcmp(name, "placement") == 0)
        name = stack_names[side];
    const struct setting_row *row = setting_find(name, NULL);
    assert_non_null(row);
    setting_get_stack(settings, row, side, value, sizeof value);
    return value;
}

static void names_are_those_of_the_table(void **state)
{
    (void)state;
    assert_int_equal(preset_names.count, PRESETS);
    assert_string_equal(names_at(&preset_names, PRESET_NONE), "none");
    for (int i = PRESET_NONE + 1; i < PRESETS; i++) {
        const struct preset_row *row = &preset_table[i];
        assert_string_equal(names_at(&preset_names, i), row->name);
        assert_true(strlen(row->summary) > 0 && strlen(row->leaves_out) > 0);
        assert_null(strchr(row->summary, '\n'));
    }
}

static bool is_shared(const char *name)
{
    bool shared = false;
    for (int i = 0; i < PRESET_SHARED; i++)
        shared = shared || strcmp(preset_shared[i], name) == 0;
    return shared;
}

static void a_row_names_settings_of_the_stack_and_shared_ones(void **state)
{
    (void)state;
    for (int i = 0; i < PRESET_SHARED; i++)
        assert_false(setting_of_stack(setting_find(preset_shared[i], NULL)));
    for (int i = PRESET_NONE + 1; i < PRESETS; i++) {
        const struct preset_row *row = &preset_table[i];
        assert_true(preset_table[row->parent].parent != (enum preset)i);
        for (int pair = 0; pair < PRESET_VALUES && row->set[pair][0]; pair++) {
            const char *name = row->set[pair][0];
            if (strcmp(name, "placement") != 0 && !is_shared(name))
                assert_true(setting_find(name, NULL)->per_stack);
            for (int other = 0; other < pair; other++)
                assert_string_not_equal(row->set[other][0], name);
            /* what is the parent's already need not be said */
            const char *parents = preset_value(row->parent, name);
            assert_true(!parents || strcmp(parents, row->set[pair][1]) != 0);
        }
    }
}

/* What each family's code adds below the root of a norm: where the table of presets has it from. */
static void norms_have_the_epsilon_of_their_family(void **state)
{
    static const struct {
        const char *preset;
        double epsilon;
    } of[] = {
        {"transformer-2017", 1e-6},
        {"bert", 1e-12},
        {"gpt2", 1e-5},
        {"gpt3", 1e-5},
        {"llama", 1e-6},
        {"mistral", 1e-5},
        {"gemma", 1e-6},
        {"gemini", 1e-6},
        {"palm", 1e-5},
        {"deepseek", 1e-6},
        {"vit", 1e-6},
        {"olmo2", 1e-6},
        {"nanogpt", 1e-5},
        {"qwen3", 1e-6},
    };
    (void)state;
    assert_int_equal(sizeof of / sizeof of[0], PRESETS - 1);
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        struct settings settings = with_preset("right-preset", of[i].preset);
        assert_true(settings.stack[RIGHT].norm_eps == of[i].epsilon);
        assert_true(settings.stack[LEFT].norm_eps == 1e-5);
    }
    struct settings settings = with_preset("preset", "bert");
    set(&settings, "preset", "none");
    assert_true(settings.stack[LEFT].norm_eps == 1e-5);
}

/* Own values come before those of the parent, and there are no others. */
static void a_preset_is_like_its_parent_but_for_its_row(void **state)
{
    (void)state;
    assert_int_equal(preset_table[PRESET_MISTRAL].parent, PRESET_LLAMA);
    assert_string_equal(preset_value(PRESET_MISTRAL, "kv-heads"), "2");
    assert_string_equal(preset_value(PRESET_MISTRAL, "activation"), "swiglu");
    assert_string_equal(preset_value(PRESET_OLMO2, "placement"), "branch");
    assert_null(preset_value(PRESET_LLAMA, "kv-heads"));
    assert_null(preset_value(PRESET_NONE, "norm"));
    struct setting_pair pair[SETTINGS_MAX];
    assert_int_equal(settings_preset_pairs(PRESET_NONE, false, pair), 0);
    assert_int_equal(settings_preset_pairs(PRESET_MISTRAL, false, pair), 10);
    assert_string_equal(pair[0].name, "placement");
    assert_string_equal(pair[0].value, "pre");
    assert_int_equal(settings_preset_pairs(PRESET_MISTRAL, true, pair), PRESET_SHARED);
    assert_string_equal(pair[3].name, "lr"); /* which no row names: the default */
    assert_string_equal(pair[3].value, "3e-3");
}

/* All values of a row arrive as they are written, in both stacks; those that both share too. */
static void a_preset_sets_what_it_names(void **state)
{
    (void)state;
    for (int i = PRESET_NONE + 1; i < PRESETS; i++) {
        const struct preset_row *row = &preset_table[i];
        struct settings settings = with_preset("preset", row->name);
        struct error error;
        for (enum side side = LEFT; side < SIDES; side++) {
            for (int pair = 0; pair < PRESET_VALUES && row->set[pair][0]; pair++)
                if (!is_shared(row->set[pair][0]))
                    assert_string_equal(value_of(&settings, row->set[pair][0], side),
                                        row->set[pair][1]);
            assert_string_equal(value_of(&settings, "preset", side), row->name);
            assert_true(settings_preset_holds(&settings, side));
        }
        struct settings shared = settings_default();
        struct setting_pair pair[SETTINGS_MAX];
        const int pairs = settings_preset_pairs((enum preset)i, true, pair);
        for (int p = 0; p < pairs; p++)
            set(&shared, pair[p].name, pair[p].value);
        memcpy(shared.stack, settings.stack, sizeof shared.stack);
        assert_int_equal(settings_difference(&settings, &shared), -1);
        if (!settings_check(&settings, &error))
            fail_msg("%s: %s", row->name, error.text);
    }
}

/* No preset leaves anything of another behind. */
static void one_preset_after_another_is_that_preset(void **state)
{
    (void)state;
    for (int i = 0; i < PRESETS; i++)
        for (int j = 0; j < PRESETS; j++) {
            struct settings fresh = with_preset("preset", preset_table[j].name);
            struct settings after = with_preset("preset", preset_table[i].name);
            set(&after, "preset", preset_table[j].name);
            assert_int_equal(settings_difference(&fresh, &after), -1);
        }
    struct settings none = with_preset("preset", "none"), initial = settings_default();
    assert_int_equal(settings_difference(&none, &initial), -1);
}

static void a_preset_of_one_stack_leaves_the_rest(void **state)
{
    (void)state;
    for (int i = 1; i < PRESETS; i++) {
        struct settings settings = with_preset("right-preset", preset_table[i].name);
        struct settings both = with_preset("preset", preset_table[i].name);
        struct settings initial = settings_default();
        struct settings right = initial;
        right.stack[RIGHT] = settings.stack[RIGHT];
        assert_int_equal(settings_difference(&settings, &right), -1);
        memcpy(settings.stack, both.stack, sizeof both.stack);
        set(&settings, "left-preset", "none");
        set(&settings, "right-preset", "none");
        assert_int_equal(settings_difference(&settings, &initial), -1);
    }
    struct settings pair = with_preset("preset", "bert/gpt2");
    assert_int_equal(pair.stack[LEFT].placement, PLACEMENT_POST);
    assert_int_equal(pair.stack[RIGHT].placement, PLACEMENT_PRE);
    assert_int_equal(pair.task, TASK_GRAMMAR);
    assert_string_equal(value_of(&pair, "preset", RIGHT), "gpt2");
}

static void what_is_set_later_wins(void **state)
{
    struct settings settings = with_preset("layers", "12");
    (void)state;
    set(&settings, "norm", "dyt");
    set(&settings, "preset", "llama");
    assert_int_equal(settings.layers, 12); /* a size */
    assert_int_equal(settings.stack[RIGHT].norm, NORM_RMSNORM);
    set(&settings, "left", "pre");
    assert_true(settings_preset_holds(&settings, LEFT)); /* it was so */
    set(&settings, "right", "post");
    set(&settings, "warmup", "7");
    assert_int_equal(settings.stack[LEFT].placement, PLACEMENT_PRE);
    assert_int_equal(settings.stack[RIGHT].placement, PLACEMENT_POST);
    assert_int_equal(settings.stack[RIGHT].norm, NORM_RMSNORM);
    assert_int_equal(settings.warmup, 7);
    assert_true(settings_preset_holds(&settings, LEFT));
    assert_false(settings_preset_holds(&settings, RIGHT));
}

/* At a small size the loss stays finite and is lower after 40 steps, on the same batch sizes. */
static void every_preset_trains(void **state)
{
    static const char *const small[][2] = {{"layers", "2"}, {"width", "32"}, {"heads", "4"},
                                           {"ffn", "64"},   {"batch", "16"}, {"threads", "1"},
                                           {"warmup", "5"}};
    (void)state;
    for (int i = 1; i < PRESETS; i++) {
        struct settings settings = with_preset("preset", preset_table[i].name);
        struct pair pair;
        struct error error;
        double first = 0, last = 0;
        for (size_t j = 0; j < sizeof small / sizeof *small; j++)
            set(&settings, small[j][0], small[j][1]);
        if (!settings_check(&settings, &error) || !pair_open(&pair, &settings, &error))
            fail_msg("%s: %s", preset_table[i].name, error.text);
        for (int step = 1; step <= 40; step++) {
            const struct snapshot *left = pair.run[LEFT].snapshot;
            const struct snapshot *right = pair.run[RIGHT].snapshot;
            pair_step(&pair);
            const double loss = snapshot_scalar(left, QUANTITY_LOSS);
            assert_true(left->finite && right->finite);
            assert_true(loss == snapshot_scalar(right, QUANTITY_LOSS)); /* the same twice */
            first += step <= 5 ? loss / 5 : 0;
            last += step > 35 ? loss / 5 : 0;
        }
        if (!(last < first - 0.02))
            fail_msg("%s: the loss goes from %.3f to %.3f", preset_table[i].name, first, last);
        pair_close(&pair);
    }
}

/* What characterises the families is in the models that are built. */
static void presets_make_their_models(void **state)
{
    struct settings settings = with_preset("preset", "gpt3");
    struct model_config config = run_model_config(&settings, RIGHT, 33);
    (void)state;
    assert_true(config.window == 8 && config.window_every == 2 && config.tied);
    assert_int_equal(config.mask, MASK_CAUSAL);
    assert_int_equal(config.init, INIT_GPT2);
    settings = with_preset("preset", "transformer-2017");
    assert_true(settings.label_smoothing == 0.1 && settings.eps == 1e-9);
    settings = with_preset("preset", "bert");
    config = run_model_config(&settings, LEFT, 33);
    assert_int_equal(config.mask, MASK_BIDIRECTIONAL);
    assert_int_equal(config.placement, PLACEMENT_POST);
    assert_true(settings.label_smoothing == 0 && settings.eps == 1e-6);
    settings = with_preset("left-preset", "bert"); /* on the grammar it must not look ahead */
    config = run_model_config(&settings, LEFT, 33);
    assert_int_equal(config.mask, MASK_CAUSAL);
    settings = with_preset("preset", "gemma");
    config = run_model_config(&settings, LEFT, 33);
    assert_true(config.gain_offset && config.qk_norm && config.embedding_scale && !config.bias);
    assert_true(config.kv_heads == 1 && config.positions == POSITIONS_ROTARY);
    for (int block = 0; block < 12; block++)
        assert_int_equal(config_window(&config, block), block % 6 == 5 ? 0 : 8);
    assert_int_equal(config.placement, PLACEMENT_PERI);
    settings = with_preset("preset", "palm");
    config = run_model_config(&settings, LEFT, 33);
    assert_true(config.parallel && !config.norm_bias && config.norm == NORM_LAYERNORM);
    assert_true(config.tied && config.embedding_scale && config.init == INIT_UNIT);
    settings = with_preset("preset", "olmo2");
    config = run_model_config(&settings, LEFT, 33);
    assert_true(config.qk_norm && config.qk_joint && config.placement == PLACEMENT_BRANCH);
    settings = with_preset("preset", "qwen3");
    config = run_model_config(&settings, LEFT, 33);
    assert_true(config.qk_norm && !config.qk_joint && config.kv_heads == 2 && config.tied);
    settings = with_preset("preset", "nanogpt");
    config = run_model_config(&settings, LEFT, 33);
    assert_true(!config.bias && !config.norm_bias && config.tied && config.init == INIT_NANOGPT);
    assert_true(config.dropout == 0.2);
    assert_true(settings_min_lr(&settings) == 1e-4 && settings.beta2 == 0.99);
    settings = with_preset("preset", "deepseek");
    config = run_model_config(&settings, LEFT, 33);
    assert_true(config.kv_rank == 16 && config.kv_norm && config.experts == 4 &&
                config.experts_used == 2);
    settings = with_preset("preset", "vit");
    config = run_model_config(&settings, LEFT, 10);
    assert_true(config.patch == 16 && config.context == 17);
    assert_int_equal(config.mask, MASK_BIDIRECTIONAL);
    assert_int_equal(config.init, INIT_VIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms_have_the_epsilon_of_their_family),
        cmocka_unit_test(names_are_those_of_the_table),
        cmocka_unit_test(a_row_names_settings_of_the_stack_and_shared_ones),
        cmocka_unit_test(a_preset_is_like_its_parent_but_for_its_row),
        cmocka_unit_test(a_preset_sets_what_it_names),
        cmocka_unit_test(one_preset_after_another_is_that_preset),
        cmocka_unit_test(a_preset_of_one_stack_leaves_the_rest),
        cmocka_unit_test(what_is_set_later_wins),
        cmocka_unit_test(presets_make_their_models),
        cmocka_unit_test(every_preset_trains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
