/* Grids: how axes are typed, how trials are numbered, what cannot be trained, and the header. */
#include "lab/grid.h"
#include "lab/grid_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct grid grid;
static struct error error;

static int open_grid(void **state)
{
    const struct settings settings = settings_default();
    (void)state;
    grid_open(&grid, &settings);
    grid.settings.steps = 600;
    return 0;
}

static int close_grid(void **state)
{
    (void)state;
    grid_close(&grid);
    return 0;
}

static void adds(const char *text)
{
    if (!grid_add(&grid, text, &error))
        fail_msg("%s: %s", text, error.text);
}

static void refuses(const char *text, const char *message)
{
    const int axes = grid.axes;
    assert_false(grid_add(&grid, text, &error));
    assert_string_equal(error.text, message);
    assert_int_equal(grid.axes, axes);
}

/* The values of an axis are these, separated by blanks. */
static void has_values(const char *text, const char *expected)
{
    char got[1024] = "";
    adds(text);
    const struct grid_axis *axis = &grid.axis[grid.axes - 1];
    for (int i = 0; i < axis->values; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? " " : "", axis->value[i]);
    assert_string_equal(got, expected);
    close_grid(NULL);
}

static void values_are_lists_and_ranges(void **state)
{
    (void)state;
    has_values("warmup=0,25,50", "0 25 50");
    has_values("warmup=0..10:5", "0 5 10");
    has_values("warmup=0..11:5", "0 5 10");
    has_values("warmup=0,25..400*2", "0 25 50 100 200 400");
    has_values("warmup=1..10*1.5", "1 2 3 5 8");
    has_values("lr=1e-3,3e-3,1e-2", "0.001 0.003 0.01");
    has_values("lr=1e-4..1e-2*10", "0.0001 0.001 0.01");
    has_values("lr=0.1..0.5:0.1", "0.1 0.2 0.3 0.4 0.5");
    has_values("lr=1e-3..8e-3*2", "0.001 0.002 0.004 0.008");
    has_values("right=post,deepnorm", "post deepnorm");
    has_values("window=none,8", "0 8");
    has_values("norm=layernorm,layernorm/rmsnorm", "layernorm layernorm/rmsnorm");
    has_values("right-norm=layernorm,rmsnorm", "layernorm rmsnorm");
    has_values("kv-heads=heads/2", "heads/2");
    has_values("preset=gpt2,llama", "gpt2 llama");
    has_values("text=../a..b:1.txt", "../a..b:1.txt");
}

static void what_is_typed_wrong_is_told(void **state)
{
    (void)state;
    refuses("warmup", "grid 'warmup': NAME=VALUES, such as warmup=0,25..400*2");
    refuses("=1", "grid '=1': NAME=VALUES, such as warmup=0,25..400*2");
    refuses("warmup=", "warmup has an empty value: values separated by single commas");
    refuses("warmup=1,,2", "warmup has an empty value: values separated by single commas");
    refuses("warmup=1,", "warmup has an empty value: values separated by single commas");
    refuses("warmup=1..5", "range '1..5': FROM..TO:STEP, or FROM..TO*FACTOR");
    refuses("warmup=1..x:2", "range '1..x:2': FROM..TO:STEP, or FROM..TO*FACTOR");
    refuses("lr=1..2*nan", "range '1..2*nan': FROM..TO:STEP, or FROM..TO*FACTOR");
    refuses("warmup=5..1:1", "range '5..1:1': it goes down: FROM is the smaller one");
    refuses("warmup=1..5:0", "range '1..5:0': a STEP above 0");
    refuses("warmup=1..5:0.5", "range '1..5:0.5': whole numbers");
    refuses("warmup=0..5*2", "range '0..5*2': FROM above 0 and a FACTOR above 1");
    refuses("lr=1..5*1", "range '1..5*1': FROM above 0 and a FACTOR above 1");
    refuses("lr=1..2:1e-9", "an axis of more than 1000 values: fewer values, or a larger step");
    refuses("warmup=1..2*1.0000000001", "a range whose values hardly differ: a larger FACTOR");
    refuses("warmup=-5",
            "warmup '-5': a whole number from 0 to 1000000000, or a share of the steps: 10%");
    refuses("lr=1e-3,0.001", "axis lr has 0.001 twice: each value once");
    refuses("seed=1,2", "an axis of seeds: a range of them stands for itself, --seeds 1..5");
    refuses("theme=dark", "an axis of theme, which changes no number: a setting of the model or of "
                          "its training");
    assert_false(grid_add(&grid, "warmpu=1", &error));
    assert_non_null(strstr(error.text, "setting 'warmpu': did you mean warmup?"));
    adds("warmup=1");
    refuses("warmup=2", "two axes of warmup: all its values in one");
    for (int i = 1; i < GRID_AXES; i++) {
        static const char *const more[] = {"lr=1",     "beta1=0", "beta2=0", "clip=1",
                                           "layers=2", "width=8", "heads=1", "ffn=8"};
        adds(more[i - 1]);
    }
    refuses("ffn=8", "axis ffn is one too many: at most 8 axes");
}

static void seeds_are(const char *text, int64_t first, int count)
{
    assert_true(grid_set_seeds(&grid, text, &error));
    assert_int_equal(grid.first_seed, first);
    assert_int_equal(grid.seeds, count);
}

static void seeds_are_a_range(void **state)
{
    static const char *const wrong[] = {"",     "0",     "3..1",    "1..", "..3",
                                        "a..b", "-1..2", "1..2..3", "1.5", "99999999999999999999"};
    (void)state;
    seeds_are("1..5", 1, 5);
    seeds_are("0..0", 0, 1);
    seeds_are("3", 1, 3);
    seeds_are("9223372036854775806..9223372036854775807", INT64_MAX - 1, 2);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(grid_set_seeds(&grid, wrong[i], &error));
        assert_non_null(strstr(error.text, "A..B with whole numbers"));
    }
    assert_false(grid_set_seeds(&grid, "0..1000000", &error));
    assert_int_equal(grid.seeds, 2);
}

/* The last axis varies fastest, then the seed, then left before right. */
static void trials_have_their_order(void **state)
{
    int trial = 0;
    (void)state;
    adds("warmup=0,25");
    adds("lr=1e-3,3e-3,1e-2");
    assert_true(grid_set_seeds(&grid, "4..5", &error));
    assert_int_equal(grid_trials(&grid), 24);
    for (int warmup = 0; warmup < 2; warmup++)
        for (int lr = 0; lr < 3; lr++)
            for (int seed = 4; seed <= 5; seed++)
                for (int side = LEFT; side < SIDES; side++, trial++) {
                    const struct grid_place place = grid_place(&grid, trial);
                    assert_int_equal(place.value[0], warmup);
                    assert_int_equal(place.value[1], lr);
                    assert_int_equal(place.cell, warmup * 3 + lr);
                    assert_int_equal(place.seed, seed);
                    assert_int_equal(place.side, side);
                    assert_int_equal(place.run, trial / 2);
                    assert_int_equal(grid_trial(&grid, place.run, place.side), trial);
                }
    const struct settings settings = grid_settings(&grid, 23);
    assert_int_equal(settings.warmup, 25);
    assert_true(settings.lr == 1e-2);
    assert_int_equal(settings.seed, 5);
    assert_int_equal(grid_trial(&grid, 12, LEFT), -1);
    char name[GRID_PLACE];
    grid_name_cell(&grid, 5, name);
    assert_string_equal(name, "warmup=25 lr=0.01");
}

static void one_stack_has_one_trial_a_run(void **state)
{
    (void)state;
    adds("warmup=0,25");
    grid.stacks = GRID_RIGHT;
    assert_int_equal(grid_trials(&grid), 2);
    assert_int_equal(grid_place(&grid, 1).side, RIGHT);
    assert_int_equal(grid_trial(&grid, 1, RIGHT), 1);
    assert_int_equal(grid_trial(&grid, 1, LEFT), -1);
}

static char notes[2048];

static void note(void *argument, const char *text)
{
    assert_ptr_equal(argument, &grid);
    snprintf(notes + strlen(notes), sizeof notes - strlen(notes), "%s\n", text);
}

static void check_says(int workers, const char *message)
{
    notes[0] = '\0';
    const bool good = grid_check(&grid, workers, note, &grid, &error);
    if (!message) {
        if (!good)
            fail_msg("%s", error.text);
        return;
    }
    assert_false(good);
    if (!strstr(error.text, message))
        fail_msg("\"%s\" does not say \"%s\"", error.text, message);
}

static void cells_that_cannot_be_trained_are_named(void **state)
{
    (void)state;
    adds("lr=1e-3,3e-3");
    check_says(1, NULL);
    assert_string_equal(notes, "");
    grid.settings.steps = 0;
    check_says(1, "a grid of runs without an end: set steps, to 600");
    grid.settings.steps = 600;
    adds("width=64,60");
    adds("heads=4,8");
    check_says(1, "cell lr=0.001 width=60 heads=8: width 60 cannot be divided by 8 heads: heads 6");
    grid_close(&grid);
    adds("context=32,64");
    adds("task=grammar,shapes");
    check_says(1, "cell context=32 task=shapes: ");
    grid_close(&grid);
    adds("layers=6,128");
    grid.settings.width = 1024;
    grid.settings.ffn = 8192;
    grid.settings.batch = grid.settings.context = 1024;
    check_says(1, "both stacks need ");
}

/* One stack fits, but not as many as are asked for. */
static void memory_counts_all_that_is_trained_at_a_time(void **state)
{
    (void)state;
    adds("lr=1e-3,3e-3");
    adds("layers=6,24");
    assert_true(grid_set_seeds(&grid, "1..100000", &error));
    check_says(1, NULL);
    check_says(100000, "cell lr=0.001 layers=24: a stack needs 0.");
    assert_non_null(strstr(error.text, " at a time more than this machine has: set threads to "));
}

static void a_grid_has_a_largest_size(void **state)
{
    (void)state;
    adds("warmup=0..999:1");
    adds("lr=1e-3..1:1e-3");
    grid.stacks = GRID_LEFT;
    check_says(1, NULL);
    assert_true(grid_set_seeds(&grid, "1..2", &error));
    check_says(1, "a grid of more than 1000000 trainings");
    adds("beta1=0..0.99:1e-3");
    adds("beta2=0..0.99:1e-3");
    adds("clip=1..1000:1");
    check_says(1, "a grid of more than 1000000 trainings");
}

static void what_is_odd_is_told(void **state)
{
    (void)state;
    adds("warmup=0,560,600,800,900");
    adds("right=post,deepnorm");
    check_says(1, NULL);
    assert_string_equal(
        notes, "4 of 10 cells: the warmup is longer than the run (warmup=800 right=post: warmup "
               "800, 600 steps)\n"
               "4 of 10 cells: the run ends so soon after its warmup that a verdict says little "
               "(warmup=560 right=post: warmup 560, 600 steps)\n"
               "axis right changes nothing in the left stack, which is trained 2 times the same: "
               "stacks right is the other alone\n");
    grid.stacks = GRID_RIGHT;
    check_says(1, NULL);
    assert_null(strstr(notes, "axis right"));
    grid.stacks = GRID_LEFT;
    check_says(1, NULL);
    assert_non_null(strstr(notes, "axis right"));
    grid_close(&grid);
    adds("lr=1e-3");
    grid.settings.steps = 20;
    check_says(1, NULL);
    assert_string_equal(notes, "1 of 1 cells: the run is so short that a verdict says little "
                               "(lr=0.001: warmup 0, 20 steps)\n");
}

/* What is written is read, and is the same again. */
static void the_header_makes_the_grid_again(void **state)
{
    struct grid other;
    size_t size;
    (void)state;
    grid.settings.task = TASK_TEXT;
    strcpy(grid.settings.text, "a \"text\".txt");
    adds("preset=gpt2,llama");
    adds("right-norm=layernorm,rmsnorm");
    adds("kv-heads=heads,heads/2");
    adds("lr=1e-5,3e-3");
    assert_true(grid_set_seeds(&grid, "9..12", &error));
    grid.stacks = GRID_LEFT;
    char *text = grid_header(&grid, &size);
    assert_true(text[size - 1] == '\n' && strchr(text, '\n') == text + size - 1);
    assert_non_null(strstr(text, "{\"lnscope_lab\":1,\"grid\":[{\"name\":\"preset\",\"values\":["
                                 "\"gpt2\",\"llama\"]},"));
    assert_non_null(strstr(text, "{\"name\":\"kv-heads\",\"values\":[0,\"heads/2\"]}"));
    assert_non_null(strstr(text, "{\"name\":\"lr\",\"values\":[1e-05,0.003]}"));
    assert_non_null(strstr(text, "],\"seeds\":[9,12],\"stacks\":\"left\",\"settings\":{"));
    assert_non_null(strstr(text, "\"text\":\"a \\\"text\\\".txt\""));
    assert_null(strstr(text, "\"seed\""));
    assert_null(strstr(text, "\"threads\""));
    if (!grid_read(&other, text, size - 1, &error))
        fail_msg("%s", error.text);
    assert_true(grid_is_same(&grid, &other, "it", &error));
    char *again = grid_header(&other, NULL);
    assert_string_equal(text, again);
    free(again);
    free(text);
    grid_close(&other);
}

/* The header with `before` replaced by `after` (NULL: cut off there) is refused. */
static void header_is_refused(const char *before, const char *after, const char *message)
{
    char changed[8192];
    size_t size;
    struct grid other;
    char *text = grid_header(&grid, &size);
    const char *at = strstr(text, before);
    assert_non_null(at);
    text[size - 1] = '\0';
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, after ? after : "",
             after ? at + strlen(before) : "");
    free(text);
    assert_false(grid_read(&other, changed, strlen(changed), &error));
    if (!strstr(error.text, message))
        fail_msg("\"%s\" does not say \"%s\"", error.text, message);
}

static void a_wrong_header_is_refused(void **state)
{
    (void)state;
    adds("warmup=0,25");
    header_is_refused("{\"lnscope_lab\":1", NULL, "the end: an object");
    header_is_refused("\"lnscope_lab\":1,", "\"step\":1,", "no header of a lab");
    header_is_refused("\"lnscope_lab\":1", "\"lnscope_lab\":2", "it is no header of a lab");
    header_is_refused("warmup", "warmpu", "setting 'warmpu': did you mean warmup?");
    header_is_refused("[0,25]", "[0,0]", "axis warmup has 0 twice");
    header_is_refused("[0,25]", "[]", "an axis without values");
    header_is_refused("[0,25]", "[0,true]", "no number or text");
    header_is_refused("\"seeds\":[1,1]", "\"seeds\":[2,1]", "no seeds: the first and the last");
    header_is_refused("\"seeds\":[1,1]", "\"seeds\":[1,1,1]", "no seeds: the first and the last");
    header_is_refused("\"both\"", "\"all\"", "stacks 'all': one of left, right, both");
    header_is_refused("\"width\":64", "\"width\":4", "width '4': a whole number from 8 to 1024");
    header_is_refused("\"width\":64", "\"width\": 64", "it is not as this program writes it");
    header_is_refused("\"steps\":600", "\"steps\":600.0", "it is not as this program writes it");
    header_is_refused("\"seeds\"", "\"more\":1,\"seeds\"", "an unknown key");
    header_is_refused("\"steps\":600}}", NULL, "the end: a key");
}

static void differs(struct grid *other, const char *message)
{
    assert_false(grid_is_same(&grid, other, "a.jsonl", &error));
    assert_string_equal(error.text, message);
    grid_close(other);
    grid_open(other, &grid.settings);
    assert_true(grid_add(other, "warmup=0,25", &error));
}

static void what_differs_is_named(void **state)
{
    struct grid other;
    (void)state;
    adds("warmup=0,25");
    grid_open(&other, &grid.settings);
    differs(&other, "the axes of a.jsonl are no axes, not warmup: the same ones");
    assert_true(grid_is_same(&grid, &other, "a.jsonl", &error));
    assert_true(grid_add(&other, "lr=1", &error));
    differs(&other, "the axes of a.jsonl are warmup, lr, not warmup: the same ones");
    other.settings.layers = 12;
    differs(&other, "layers is 12 in a.jsonl, not 6: the same settings");
    other.settings.threads = 12;
    assert_true(grid_is_same(&grid, &other, "a.jsonl", &error));
    other.seeds = 3;
    differs(&other, "the seeds of a.jsonl are 1..3, not 1..1: the same ones");
    other.stacks = GRID_LEFT;
    differs(&other, "the stacks of a.jsonl are left, not both: the same ones");
    grid_close(&other);
    assert_true(grid_add(&other, "warmup=0,25,50", &error));
    differs(&other, "value 3 of warmup is 50 in a.jsonl, not none: the same values");
    grid_close(&other);
}

#define GRID_TEST(test) cmocka_unit_test_setup_teardown(test, open_grid, close_grid)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRID_TEST(values_are_lists_and_ranges),
        GRID_TEST(what_is_typed_wrong_is_told),
        GRID_TEST(seeds_are_a_range),
        GRID_TEST(trials_have_their_order),
        GRID_TEST(one_stack_has_one_trial_a_run),
        GRID_TEST(cells_that_cannot_be_trained_are_named),
        GRID_TEST(memory_counts_all_that_is_trained_at_a_time),
        GRID_TEST(a_grid_has_a_largest_size),
        GRID_TEST(what_is_odd_is_told),
        GRID_TEST(the_header_makes_the_grid_again),
        GRID_TEST(a_wrong_header_is_refused),
        GRID_TEST(what_differs_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
