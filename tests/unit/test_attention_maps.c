/* Attention maps: what they are made of, their window, when a trainer measures them, and that the
 * training does not notice. */
#include "train/attention_maps.h"

#include "support/snapshots.h"
#include "train/pair.h"
#include "train/trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/range.h"

static struct settings small_settings(const char *context, const char *window, const char *mask)
{
    const char *const values[][2] = {
        {"layers", "2"},      {"width", "16"},    {"heads", "2"},        {"ffn", "32"},
        {"batch", "3"},       {"speed", "0"},     {"task", "copy"},      {"threads", "1"},
        {"context", context}, {"window", window}, {"window-every", "1"}, {"attention", mask}};
    struct settings settings = settings_default();
    struct error error;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!setting_set(&settings, values[i][0], values[i][1], &error))
            fail_msg("%s", error.text);
    return settings;
}

static struct attention_maps *maps_of(const struct pair *pair, int block, int sequence, int from)
{
    const struct attention_look look = {
        .on = true, .block = block, .sequence = sequence, .from = from};
    return attention_maps_of(&pair->run[RIGHT], &look);
}

/* What every query gives adds up to 1, and keys that it does not see get nothing. */
static void assert_rows(const struct attention_maps *maps, int window, bool causal)
{
    for (int head = 0; head < maps->heads; head++)
        for (int query = 0; query < maps->tokens; query++) {
            double sum = 0;
            int seen = 0;
            for (int key = 0; key < maps->tokens; key++) {
                const double share = attention_share(maps, head, query, key);
                const bool sees =
                    (key <= query || !causal) && key > query - window && key < query + window;
                assert_int_equal(isnan(share), !sees);
                if (sees) {
                    sum += share;
                    seen++;
                }
            }
            assert_true(fabs(sum / seen - 1) < 1e-5);
        }
}

static void a_query_gives_one_in_all(void **state)
{
    static const struct {
        const char *window, *mask;
        int reach;
        bool causal;
    } kinds[] = {{"0", "causal", 100, true},
                 {"3", "causal", 3, true},
                 {"0", "bidirectional", 100, false},
                 {"4", "bidirectional", 4, false}};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct settings settings = small_settings("9", kinds[i].window, kinds[i].mask);
        struct pair pair;
        struct error error;
        if (!pair_open(&pair, &settings, &error))
            fail_msg("%s", error.text);
        for (int step = 0; step < 3; step++)
            pair_step(&pair);
        for (int sequence = -1; sequence < 3; sequence++) {
            struct attention_maps *maps = maps_of(&pair, 1, sequence, 0);
            assert_int_equal(maps->step, 3);
            assert_int_equal(maps->count, 9);
            assert_rows(maps, kinds[i].reach, kinds[i].causal);
            attention_maps_free(maps);
        }
        pair_close(&pair);
    }
}

/* The entropies are those of the table of quantities, taken apart; the mean map is the mean. */
static void means_are_means(void **state)
{
    const struct settings settings = small_settings("8", "0", "causal");
    struct pair pair;
    struct error error;
    (void)state;
    assert_true(pair_open(&pair, &settings, &error));
    pair.watch = WATCH_DETAIL;
    for (int step = 0; step < 5; step++)
        pair_step(&pair);
    for (int block = 0; block < 2; block++) {
        struct attention_maps *mean = maps_of(&pair, block, -1, 0), *one[3];
        double entropy[2] = {0}, share = 0;
        for (int i = 0; i < 3; i++) {
            one[i] = maps_of(&pair, block, i, 0);
            share += attention_share(one[i], 1, 7, 2) / 3;
            for (int head = 0; head < 2; head++)
                entropy[head] += (double)one[i]->entropy[head] / 3;
        }
        assert_true(fabs(attention_share(mean, 1, 7, 2) - share) < 1e-5);
        for (int head = 0; head < 2; head++)
            assert_true(fabs((double)mean->entropy[head] - entropy[head]) < 1e-5);
        const double whole = number_of(pair.run[RIGHT].snapshot, QUANTITY_ENTROPY, 0, block);
        assert_true(fabs((entropy[0] + entropy[1]) / 2 - whole) < 1e-4);
        attention_maps_free(mean);
        for (int i = 0; i < 3; i++)
            attention_maps_free(one[i]);
    }
    pair_close(&pair);
}

/* Of a long context a window, which stays inside. */
static void a_long_context_has_a_window(void **state)
{
    const struct settings settings = small_settings("80", "0", "causal");
    struct pair pair;
    struct error error;
    (void)state;
    assert_true(pair_open(&pair, &settings, &error));
    pair_step(&pair);
    struct attention_maps *first = maps_of(&pair, 7, 9, 0), *last = maps_of(&pair, 0, 0, 1000);
    assert_int_equal(first->block, 1); /* the last there is */
    assert_int_equal(first->sequence, 2);
    assert_int_equal(first->count, ATTENTION_SIDE);
    assert_int_equal(last->from, 80 - ATTENTION_SIDE);
    assert_true(isnan(attention_share(last, 0, 10, 5)));
    assert_true(!isnan(attention_share(last, 0, 79, 20)));
    assert_true(isnan(attention_share(last, 0, 20, 79)));
    attention_maps_free(first);
    attention_maps_free(last);
    pair_close(&pair);
}

static const struct update *next(struct trainer *trainer)
{
    while (!trainer_wait(trainer, 5))
        ;
    return trainer_take(trainer);
}

/* Measured only while somebody looks, at once when another block is looked at; the steps are those
 * of a pair that nobody looks into. */
static void maps_come_while_one_looks(void **state)
{
    const struct settings settings = small_settings("8", "0", "causal");
    struct attention_look look = {.on = true, .block = 1, .sequence = -1};
    struct pair pair;
    struct error error;
    (void)state;
    assert_true(pair_open(&pair, &settings, &error));
    pair.watch = WATCH_SOME_DETAIL;
    struct trainer *trainer = trainer_start(&settings, false, NULL, &error);
    assert_non_null(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    trainer_look(trainer, &look);
    assert_false(trainer_wait(trainer, 0.05)); /* nothing was computed yet */
    for (int step = 1; step <= 12; step++) {
        const bool looks = step <= 6;
        if (step == 7) {
            look.on = false;
            trainer_look(trainer, &look);
        }
        trainer_step(trainer);
        const struct update *update = next(trainer);
        assert_int_equal(update->kind, UPDATE_STEP);
        pair_step(&pair);
        for (int side = 0; side < SIDES; side++)
            assert_same_snapshot(update->snapshot[side], pair.run[side].snapshot);
        if (!looks)
            continue;
        update = next(trainer);
        assert_int_equal(update->kind, UPDATE_ATTENTION);
        for (int side = 0; side < SIDES; side++)
            assert_int_equal(update->attention[side]->step, step);
        assert_int_equal(update->attention[LEFT]->block, 1);
    }
    assert_false(trainer_wait(trainer, 0.05));
    look = (struct attention_look){.on = true, .block = 0, .sequence = 2};
    trainer_look(trainer, &look); /* of the step that is done */
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_ATTENTION);
    assert_int_equal(update->attention[RIGHT]->block, 0);
    assert_int_equal(update->attention[RIGHT]->sequence, 2);
    trainer_restart(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    assert_false(trainer_wait(trainer, 0.05));
    trainer_stop(trainer);
    pair_close(&pair);
}

/* The maps of a step of the pair that nobody looks into, beside those of an update. */
static void assert_maps_of(const struct update *update, const struct pair *pair,
                           const struct attention_look *look)
{
    struct attention_look same = *look;
    same.step = 0;
    assert_int_equal(update->kind, UPDATE_ATTENTION);
    for (int side = 0; side < SIDES; side++) {
        struct attention_maps *maps = attention_maps_of(&pair->run[side], &same);
        const struct attention_maps *found = update->attention[side];
        const size_t cells = (size_t)(maps->heads * maps->count * maps->count);
        assert_non_null(found);
        assert_int_equal(found->step, pair->run[side].step);
        assert_int_equal(found->count, maps->count);
        assert_memory_equal(found->share, maps->share, cells * sizeof *maps->share);
        attention_maps_free(maps);
    }
}

/* Of steps of the past with the same bits, wherever states are kept, and what follows stays as it
 * is; where no state is kept it is said. */
static void maps_of_the_past_are_those_of_then(void **state)
{
    enum { PAST = 37, NEWEST = 70 };
    const struct settings settings = small_settings("8", "0", "causal");
    struct attention_look look = {.on = true, .block = 1, .sequence = -1, .step = PAST};
    struct pair pair, then;
    struct error error;
    (void)state;
    assert_true(pair_open(&pair, &settings, &error) && pair_open(&then, &settings, &error));
    pair.watch = WATCH_SOME_DETAIL;
    for (int step = 1; step <= PAST; step++)
        pair_step(&then);
    struct trainer *trainer = trainer_start(&settings, false, NULL, &error);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    for (int step = 1; step <= NEWEST; step++) {
        trainer_step(trainer);
        assert_int_equal(next(trainer)->kind, UPDATE_STEP);
        pair_step(&pair);
    }
    trainer_look(trainer, &look);
    assert_maps_of(next(trainer), &then, &look);
    assert_false(trainer_wait(trainer, 0.05)); /* once */
    look.step = 0;
    trainer_look(trainer, &look);
    assert_maps_of(next(trainer), &pair, &look); /* the newest, which is done again */
    look.step = 1;
    trainer_look(trainer, &look);
    assert_int_equal(next(trainer)->attention[LEFT]->step, 1);
    for (int step = NEWEST + 1; step <= NEWEST + 4; step++) {
        trainer_step(trainer);
        const struct update *update = next(trainer);
        pair_step(&pair);
        for (int side = 0; side < SIDES; side++)
            assert_same_snapshot(update->snapshot[side], pair.run[side].snapshot);
    }
    struct pair_state *kept = pair_state_take(&pair);
    trainer_load(trainer, kept);
    assert_int_equal(next(trainer)->kind, UPDATE_LOAD);
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_ATTENTION);
    assert_null(update->attention[LEFT]);
    assert_non_null(strstr(update->error.text, "taken up again at step 74"));
    trainer_stop(trainer);
    pair_close(&pair);
    pair_close(&then);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_gives_one_in_all),
        cmocka_unit_test(means_are_means),
        cmocka_unit_test(a_long_context_has_a_window),
        cmocka_unit_test(maps_come_while_one_looks),
        cmocka_unit_test(maps_of_the_past_are_those_of_then),
    };
    return cmocka_run_group_tests_name("attention maps", tests, NULL, NULL);
}
