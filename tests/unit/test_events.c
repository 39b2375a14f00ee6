/* Events, on made-up steps: each kind once, at the right step and layer, and not on noise; and on
 * real ones, that neither threads nor speed change what is said. */
#include "session/events.h"

#include "train/trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { L = 6 };

static const double unigram = 3;

/* The step that is made up: tests change what they are about. */
static struct snapshot *now[SIDES];
static struct history history;
static struct events events;
static struct settings settings;

static void set(enum side side, enum quantity quantity, double value)
{
    snapshot_set(now[side], quantity, value);
}

/* A gradient that falls in a straight line on a log axis from 1 at x_L to `ratio` at x_0. */
static void slope(enum side side, double ratio)
{
    for (int l = 0; l <= L; l++)
        snapshot_room(now[side], QUANTITY_STREAM_GRAD, 0)[l] = (float)pow(ratio, 1 - (double)l / L);
    set(side, QUANTITY_RATIO, ratio);
}

static void updates(enum side side, int tensor, double ratio)
{
    for (int l = 0; l < L; l++)
        snapshot_room(now[side], QUANTITY_UPDATE_RATIO, tensor)[l] = (float)ratio;
}

static int set_up(void **state)
{
    static const char *const names[] = {"ln1.weight", "attn.qkv.weight", "attn.qkv.bias",
                                        "attn.q_norm.weight", "ffn.up.weight"};
    enum { NAMES = sizeof names / sizeof names[0] };
    (void)state;
    settings = settings_default();
    history_open(&history);
    history_set_unit(&history, unigram, NAN);
    events = (struct events){0};
    events_clear(&events);
    for (enum side side = LEFT; side < SIDES; side++) {
        now[side] = snapshot_new(L, NAMES, names);
        now[side]->finite = true;
        set(side, QUANTITY_LOSS, 5);
        set(side, QUANTITY_LR, settings.lr);
        set(side, QUANTITY_GRAD_NORM, 1);
        set(side, QUANTITY_CLIP, 1);
        slope(side, 1);
        for (int t = 0; t < NAMES; t++)
            updates(side, t, 2e-3);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    history_close(&history);
    for (int side = 0; side < SIDES; side++)
        snapshot_free(now[side]);
    return 0;
}

static int64_t step(void)
{
    for (int side = 0; side < SIDES; side++)
        now[side]->step++;
    history_add(&history, now[LEFT], now[RIGHT]);
    events_step(&events, &history, &settings);
    return now[LEFT]->step;
}

static int64_t steps(int count)
{
    while (count-- > 1)
        step();
    return step();
}

static int count_of(enum event_kind kind)
{
    int count = 0;
    for (int i = 0; i < events.count; i++)
        count += events.event[i].kind == kind;
    return count;
}

static const struct event *newest(void)
{
    assert_true(events.count > 0);
    return &events.event[events.count - 1];
}

/* The newest event is this one. */
static void assert_event(enum event_kind kind, int64_t at, int side, int layer, const char *text)
{
    const struct event *event = newest();
    assert_string_equal(event->text, text);
    assert_int_equal(event->kind, kind);
    assert_int_equal(event->step, at);
    assert_int_equal(event->side, side);
    assert_int_equal(event->layer, layer);
}

/* Between -1 and 1. */
static double wobble(int64_t at)
{
    return sin((double)at * 12.9898) * cos((double)at * 4.1414);
}

/* ---- the stream gradient ---- */

static void vanishing_is_said_once(void **state)
{
    (void)state;
    steps(9);
    slope(RIGHT, 9e-4);
    assert_int_equal(step(), 10);
    assert_int_equal(events.count, 1); /* not "weak" as well */
    assert_event(EVENT_VANISHED, 10, RIGHT, 0, "vanished: gradient at x_0 below 1e-3 of x_6");
    for (int i = 0; i < 200; i++) {
        slope(RIGHT, pow(10, -3 + 0.9 * wobble(i)));
        step();
    }
    assert_int_equal(events.count, 1);
}

static void what_has_recovered_can_vanish_again(void **state)
{
    (void)state;
    slope(RIGHT, 5e-4);
    step();
    slope(RIGHT, 2e-2);
    steps(9);
    slope(RIGHT, 5e-3);
    steps(5);
    slope(RIGHT, 2e-2);
    steps(9);
    assert_int_equal(events.count, 1);
    int64_t at = step();
    assert_event(EVENT_RECOVERED, at, RIGHT, 0,
                 "recovered: gradient at x_0 back above 0.01 of x_6");
    slope(RIGHT, 5e-4);
    at = step();
    assert_event(EVENT_VANISHED, at, RIGHT, 0, "vanished: gradient at x_0 below 1e-3 of x_6");
    slope(RIGHT, 0.5);
    at = steps(10);
    assert_int_equal(count_of(EVENT_RECOVERED), 2); /* from weak as well, which is more */
    assert_event(EVENT_RECOVERED, at, RIGHT, 0, "recovered: gradient at x_0 back above 0.3 of x_6");
}

static void weak_comes_before_vanished(void **state)
{
    (void)state;
    for (double ratio = 1; ratio > 1e-5; ratio *= 0.9) {
        slope(LEFT, ratio);
        step();
    }
    assert_int_equal(count_of(EVENT_WEAK), 1);
    assert_int_equal(count_of(EVENT_VANISHED), 1);
    assert_int_equal(events.event[0].kind, EVENT_WEAK);
    assert_int_equal(events.event[0].step, 23); /* 0.9^22 < 0.1 */
    assert_string_equal(events.event[0].text, "weak: gradient at x_0 below 0.1 of x_6");
    assert_int_equal(events.event[1].kind, EVENT_VANISHED);
    assert_int_equal(events.event[1].step, 67); /* 0.9^66 < 1e-3 */
}

static void the_first_layer_is_named(void **state)
{
    (void)state;
    steps(3);
    snapshot_room(now[LEFT], QUANTITY_STREAM_GRAD, 0)[2] = 5e-4F;
    snapshot_room(now[LEFT], QUANTITY_STREAM_GRAD, 0)[4] = 5e-4F;
    int64_t at = step();
    assert_event(EVENT_VANISHED_INSIDE, at, LEFT, 2,
                 "vanished: gradient below 1e-3 of x_6, first at x_2");
    steps(20);
    slope(LEFT, 5e-4);
    at = steps(20);
    assert_int_equal(events.count, 2);
    assert_event(EVENT_VANISHED, at - 19, LEFT, 0, "vanished: gradient at x_0 below 1e-3 of x_6");
}

static void half_the_blocks(void **state)
{
    (void)state;
    slope(RIGHT, 9e-6); /* x_3 is at 3e-3 */
    steps(10);
    assert_int_equal(count_of(EVENT_VANISHED_HALF), 0);
    slope(RIGHT, 9e-7);
    int64_t at = steps(10);
    assert_event(EVENT_VANISHED_HALF, at - 9, RIGHT, 3,
                 "vanished: x_0 to x_3 (lower half) below 1e-3 of x_6");
    slope(RIGHT, 9e-6);
    steps(10);
    slope(RIGHT, 9e-7);
    steps(10);
    assert_int_equal(count_of(EVENT_VANISHED_HALF), 1);
}

static void exploding_is_the_other_way(void **state)
{
    (void)state;
    steps(4);
    slope(LEFT, 2e3);
    int64_t at = step();
    assert_event(EVENT_EXPLODED, at, LEFT, 0, "exploded: gradient at x_0 above 1e3 times x_6");
    slope(LEFT, 5e2);
    steps(20);
    slope(LEFT, 2e3);
    steps(2);
    assert_int_equal(events.count, 1);
    slope(LEFT, 90);
    at = steps(10);
    assert_event(EVENT_RECOVERED, at, LEFT, 0,
                 "recovered: gradient at x_0 back below 100 times x_6");
}

/* ---- the gradient of all parameters ---- */

static void jumps_of_the_norm(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        set(LEFT, QUANTITY_GRAD_NORM, exp(wobble(i))); /* up to 2.7 */
        step();
    }
    assert_int_equal(events.count, 0);
    for (int i = 0; i < 40; i++) {
        set(LEFT, QUANTITY_GRAD_NORM, 1);
        step();
    }
    set(LEFT, QUANTITY_GRAD_NORM, 14);
    int64_t at = step();
    assert_event(EVENT_JUMP, at, LEFT, -1, "gradient norm jumped to 14 times its median");
    set(LEFT, QUANTITY_GRAD_NORM, 8);
    steps(5);
    set(LEFT, QUANTITY_GRAD_NORM, 20);
    step();
    assert_int_equal(events.count, 1);
    set(LEFT, QUANTITY_GRAD_NORM, 1);
    step();
    set(LEFT, QUANTITY_GRAD_NORM, 20);
    step();
    assert_int_equal(events.count, 2);
}

static void clipping_in_most_steps(void **state)
{
    (void)state;
    set(LEFT, QUANTITY_CLIP, 0.5);
    steps(49);
    assert_int_equal(events.count, 0); /* there are no 50 steps yet */
    step();
    assert_event(EVENT_CLIPPING, 50, LEFT, -1,
                 "gradient clipped in more than 50 % of the last 50 steps");
    events_clear(&events);
    set(LEFT, QUANTITY_CLIP, 1);
    for (int i = 0; i < 100; i++) { /* every other step: not more than half */
        set(RIGHT, QUANTITY_CLIP, i % 2 ? 0.5 : 1);
        step();
    }
    assert_int_equal(events.count, 0);
    set(RIGHT, QUANTITY_CLIP, 0.5);
    int64_t at = step();
    assert_event(EVENT_CLIPPING, at, RIGHT, -1,
                 "gradient clipped in more than 50 % of the last 50 steps");
    steps(100);
    set(RIGHT, QUANTITY_CLIP, 1);
    steps(40);
    set(RIGHT, QUANTITY_CLIP, 0.5);
    steps(40);
    assert_int_equal(events.count, 1);
    set(RIGHT, QUANTITY_CLIP, 1);
    steps(50);
    set(RIGHT, QUANTITY_CLIP, 0.5);
    steps(26);
    assert_int_equal(events.count, 2);
}

static void a_fault_is_said_in_words(void **state)
{
    static const struct {
        struct fault fault;
        int layer;
        const char *text;
    } cases[] = {
        {{FAULT_STREAM, 5, 4, FAULT_ATTENTION}, 5, "block 5 attention"},
        {{FAULT_STREAM, 5, 4, FAULT_FEED_FORWARD}, 5, "block 5 feed-forward"},
        {{FAULT_STREAM, 2, 4, FAULT_WHOLE}, 2, "block 2"},
        {{FAULT_STREAM, 0, 4, FAULT_WHOLE}, 0, "the embedding"},
        {{FAULT_LOSS, 0, 4, FAULT_WHOLE}, -1, "the loss"},
        {{FAULT_GRADIENT, 3, 4, FAULT_WHOLE}, 3, "the gradient of x_3"},
        {{FAULT_PARAMETER, 1, 4, FAULT_ATTENTION}, 1, "a parameter gradient of block 1 attention"},
        {{FAULT_PARAMETER, 0, 4, FAULT_WHOLE}, -1, "a parameter gradient outside the blocks"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[EVENT_TEXT];
        tear_down(state);
        set_up(state);
        steps(3);
        now[RIGHT]->fault = cases[i].fault;
        now[RIGHT]->finite = false;
        set(RIGHT, QUANTITY_LOSS, NAN);
        set(RIGHT, QUANTITY_GRAD_NORM, NAN);
        slope(RIGHT, NAN);
        steps(30);
        snprintf(text, sizeof text, "diverged: not finite from here on, first in %s",
                 cases[i].text);
        assert_int_equal(events.count, 1);
        assert_event(EVENT_DIVERGED, 4, RIGHT, cases[i].layer, text);
    }
}

/* ---- which comes first ---- */

static void what_tells_the_story_comes_before_details(void **state)
{
    (void)state;
    assert_null(events_headline(&events, events.count));
    steps(1);
    events_note(&events, 1, LEFT, EVENT_SMALL_UPDATE, "");
    assert_ptr_equal(events_headline(&events, events.count),
                     &events.event[0]); /* there is no other */
    events_note(&events, 2, LEFT, EVENT_VANISHED, "");
    events_note(&events, 2, LEFT, EVENT_LARGE_UPDATE, "");
    events_note(&events, 3, LEFT, EVENT_CLIPPING, "");
    assert_int_equal(events.event[1].kind, EVENT_LARGE_UPDATE); /* of one step the story is last */
    assert_int_equal(events.event[2].kind, EVENT_VANISHED);
    assert_ptr_equal(events_headline(&events, events.count), &events.event[2]);
    assert_ptr_equal(events_headline(&events, 2), &events.event[1]); /* as of an earlier moment */
    events_note(&events, 4, -1, EVENT_CHANGE, "warmup 50");
    assert_int_equal(events_headline(&events, events.count)->kind, EVENT_CHANGE);
}

static void details_go_first_when_the_list_is_full(void **state)
{
    (void)state;
    events_note(&events, 1, LEFT, EVENT_VANISHED, "");
    events_note(&events, 2, LEFT, EVENT_SMALL_UPDATE, "");
    for (int i = 3; i <= EVENTS_MAX + 1; i++)
        events_note(&events, i, LEFT, EVENT_LEARNING, "");
    assert_int_equal(events.count, EVENTS_MAX);
    assert_int_equal(events.event[0].kind, EVENT_VANISHED);
    assert_int_equal(events.event[1].kind, EVENT_LEARNING);
}

/* ---- the loss ---- */

static void the_unigram_entropy_is_passed(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) { /* around the level, within 3 % */
        set(LEFT, QUANTITY_LOSS, unigram * (1 + 0.02 * wobble(i)));
        step();
    }
    assert_int_equal(count_of(EVENT_LEARNING), 0);
    assert_int_equal(events.count, 1);
    assert_event(EVENT_NO_CONTEXT, 50, LEFT, -1, "stuck at the loss without context for 50 steps");
    set(LEFT, QUANTITY_LOSS, 2.8);
    int before = events.count;
    int64_t at = 0;
    while (events.count == before)
        at = step();
    assert_event(EVENT_LEARNING, at, LEFT, -1, "begins to learn: loss below no context, 3");
    assert_true(history_smooth(&history, LEFT) < 0.97 * unigram);
    for (int i = 0; i < 60; i++) {
        set(LEFT, QUANTITY_LOSS, unigram * (1 + 0.02 * wobble(i)));
        step();
    }
    assert_int_equal(count_of(EVENT_LEARNING), 1);
    assert_int_equal(count_of(EVENT_NO_CONTEXT), 2);
    set(LEFT, QUANTITY_LOSS, 3.2); /* less than a spike */
    steps(60);
    assert_event(EVENT_UNLEARNED, newest()->step, LEFT, -1,
                 "unlearned: loss above no context again, 3");
    assert_int_equal(count_of(EVENT_UNLEARNED), 1);
}

/* Where the token at hand tells something, that alone is not learning. */
static void the_token_at_hand_is_passed(void **state)
{
    (void)state;
    history_set_unit(&history, unigram, 2);
    set(LEFT, QUANTITY_LOSS, 2.02);
    steps(200);
    assert_true(event_level(history_smooth(&history, LEFT), unigram) == LEVEL_BELOW);
    assert_int_equal(count_of(EVENT_LEARNING), 0);
    set(LEFT, QUANTITY_LOSS, 1.8);
    steps(100);
    assert_int_equal(count_of(EVENT_LEARNING), 1);
    bool said = false;
    for (int i = 0; i < events.count; i++)
        said = said || strcmp(events.event[i].text,
                              "begins to learn: loss below the current token alone, 2") == 0;
    assert_true(said);
}

static void without_an_entropy_there_is_no_level(void **state)
{
    (void)state;
    history_set_unit(&history, NAN, NAN);
    for (int i = 0; i < 200; i++) {
        set(LEFT, QUANTITY_LOSS, 5 * pow(0.97, i));
        step();
    }
    assert_int_equal(events.count, 0);
}

static void who_was_where_first(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        set(LEFT, QUANTITY_LOSS, unigram * pow(0.98, i));
        set(RIGHT, QUANTITY_LOSS, unigram * pow(0.985, i));
        step();
    }
    static const double levels[] = {0.5, 0.25, 0.1, 0.05, 0.02};
    int found = 0, followed = 0;
    for (int i = 0; i < events.count; i++) {
        const struct event *event = &events.event[i];
        char text[EVENT_TEXT];
        if (event->kind == EVENT_RACE) {
            assert_int_equal(event->side, LEFT);
            snprintf(text, sizeof text, "first below %g of the loss without context: %.3g",
                     levels[found], levels[found] * unigram);
            assert_string_equal(event->text, text);
            found++;
        } else if (event->kind == EVENT_FOLLOWED) {
            assert_int_equal(event->side, RIGHT);
            int level = followed++ == 0 ? 3 : 6; /* 0.5 and 0.25 of history_levels */
            int64_t first = history_reached(&history, LEFT, level);
            if (followed <= 2) {
                assert_int_equal(event->step, history_reached(&history, RIGHT, level));
                snprintf(text, sizeof text, "below %g of the loss without context, %d steps later",
                         history_levels[level], (int)(event->step - first));
                assert_string_equal(event->text, text);
            }
        }
    }
    assert_int_equal(found, 5);
    assert_true(followed >= 3);
}

static void both_in_one_step_are_one_event(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        for (enum side side = LEFT; side < SIDES; side++)
            set(side, QUANTITY_LOSS, unigram * pow(0.97, i));
        step();
    }
    assert_int_equal(count_of(EVENT_RACE), 1);
    assert_int_equal(count_of(EVENT_FOLLOWED), 0);
    assert_int_equal(newest()->side, -1);
}

static void spikes_are_said_once(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        set(LEFT, QUANTITY_LOSS, 1 + 0.3 * wobble(i));
        step();
    }
    assert_int_equal(count_of(EVENT_SPIKE), 0);
    set(LEFT, QUANTITY_LOSS, 4);
    while (count_of(EVENT_SPIKE) == 0)
        step();
    assert_true(now[LEFT]->step <= 206); /* 0.3 more takes a smoothed loss three steps */
    steps(100);                          /* stays high: that is no other spike */
    set(LEFT, QUANTITY_LOSS, 1);
    steps(200);
    assert_int_equal(count_of(EVENT_SPIKE), 1);
    set(LEFT, QUANTITY_LOSS, 4);
    steps(10);
    assert_int_equal(count_of(EVENT_SPIKE), 2);
    assert_event(EVENT_SPIKE, newest()->step, LEFT, -1,
                 "loss rose by more than 10 % of no context, from 1");
}

static void overfitting(void **state)
{
    (void)state;
    for (int i = 0; i < 400; i++) {
        set(LEFT, QUANTITY_LOSS, 4 - 0.005 * i);
        double valid = i < 200 ? 4.1 - 0.005 * i : 3.1 + 0.002 * (i - 200);
        set(LEFT, QUANTITY_VALID_LOSS, i % 10 == 0 ? valid : NAN);
        set(RIGHT, QUANTITY_LOSS, 3.5); /* the same, but it no longer learns */
        set(RIGHT, QUANTITY_VALID_LOSS, i % 10 == 0 ? valid : NAN);
        step();
    }
    assert_int_equal(count_of(EVENT_OVERFIT), 1);
    const struct event *event = NULL;
    for (int i = 0; i < events.count; i++)
        if (events.event[i].kind == EVENT_OVERFIT)
            event = &events.event[i];
    assert_int_equal(event->side, LEFT);
    assert_int_equal(event->step, 241); /* 3.14, 3.16, 3.18: the third above 1 % more than 3.1 */
    assert_string_equal(event->text,
                        "held-out loss rises, from 3.1 to 3.18, while the training loss falls");
}

/* ---- the weights ---- */

static void updates_of_matrices_only(void **state)
{
    (void)state;
    enum { GAIN, QKV, BIAS, QK_NORM, UP };
    updates(LEFT, GAIN, 1e-7);
    updates(LEFT, BIAS, 0.7);
    updates(LEFT, QK_NORM, 0.7);
    for (int i = 0; i < 100; i++) { /* never 20 steps below, or 3 above */
        updates(RIGHT, UP, i % 19 == 0 ? 2e-3 : 5e-5);
        updates(RIGHT, QKV, i % 3 == 0 ? 2e-3 : 0.2);
        step();
    }
    assert_int_equal(events.count, 0);
    updates(RIGHT, QKV, 2e-3);
    updates(RIGHT, UP, 5e-5);
    snapshot_room(now[RIGHT], QUANTITY_UPDATE_RATIO, UP)[3] = 1e-6F;
    steps(15);
    assert_int_equal(events.count, 0);
    steps(50);
    assert_int_equal(events.count, 1);
    assert_event(EVENT_SMALL_UPDATE, newest()->step, RIGHT, 4,
                 "ffn.up.weight of block 4: updates below 1e-4 of it");
    updates(RIGHT, UP, 5e-4); /* not back yet */
    steps(5);
    updates(RIGHT, UP, 5e-5);
    steps(30);
    assert_int_equal(events.count, 1);
    updates(RIGHT, UP, 0.2);
    snapshot_room(now[RIGHT], QUANTITY_UPDATE_RATIO, UP)[0] = 0.4F;
    int64_t at = steps(3);
    assert_event(EVENT_LARGE_UPDATE, at, RIGHT, 1,
                 "ffn.up.weight of block 1: updates above 0.1 of it");
}

static void a_low_rate_makes_no_small_updates(void **state)
{
    (void)state;
    settings.warmup = 100;
    for (int i = 1; i <= 100; i++) {
        set(LEFT, QUANTITY_LR, settings.lr * i / 100);
        updates(LEFT, 1, i < 50 ? 1e-5 : 2e-3);
        step();
    }
    assert_int_equal(count_of(EVENT_SMALL_UPDATE), 0);
}

/* ---- the learning rate ---- */

static void the_rate_has_its_course(void **state)
{
    (void)state;
    settings.warmup = 25;
    settings.steps = 100;
    settings.schedule = SCHEDULE_COSINE;
    steps(24);
    assert_int_equal(events.count, 0);
    step();
    assert_event(EVENT_WARMUP_ENDED, 25, -1, -1, "warmup ended: lr 3e-3");
    step();
    assert_event(EVENT_DECAY_BEGAN, 26, -1, -1, "learning rate begins to fall: schedule cosine");
    steps(73);
    assert_int_equal(events.count, 2);
    step();
    assert_event(EVENT_DECAY_ENDED, 100, -1, -1,
                 "learning rate has come down to 0: nothing changes any more");
    steps(20);
    assert_int_equal(events.count, 3);
}

static void the_rate_falls_to_its_floor(void **state)
{
    (void)state;
    settings.steps = 40;
    settings.schedule = SCHEDULE_LINEAR;
    settings.min_lr_percent = 10;
    steps(39);
    assert_int_equal(events.count, 1);
    step();
    assert_event(EVENT_DECAY_ENDED, 40, -1, -1, "learning rate has come down to 3e-4");
}

/* A share of the steps: 25 of 100. */
static void a_warmup_by_share_ends(void **state)
{
    (void)state;
    settings.warmup_percent = 25;
    settings.steps = 100;
    steps(24);
    assert_int_equal(events.count, 0);
    step();
    assert_event(EVENT_WARMUP_ENDED, 25, -1, -1, "warmup ended: lr 3e-3");
}

static void without_warmup_none_ends(void **state)
{
    (void)state;
    steps(50);
    assert_int_equal(events.count, 0);
    settings.warmup = 25; /* too late */
    steps(50);
    assert_int_equal(events.count, 0);
}

/* ---- the list ---- */

static void a_healthy_run_is_silent(void **state)
{
    (void)state;
    for (int i = 0; i < 600; i++) {
        for (enum side side = LEFT; side < SIDES; side++) {
            double noise = wobble(2 * i + (int)side);
            slope(side, 3 * exp(noise));
            set(side, QUANTITY_LOSS, 3.5 + 0.4 * noise);
            set(side, QUANTITY_GRAD_NORM, exp(noise));
            updates(side, 1, 5e-3 * exp(noise));
        }
        step();
    }
    assert_int_equal(events.count, 0);
}

static void notes_stand_where_they_belong(void **state)
{
    (void)state;
    slope(LEFT, 5e-4);
    steps(10);
    slope(RIGHT, 5e-4);
    steps(10);
    events_note(&events, 5, -1, EVENT_MARK, "here");
    events_note(&events, 21, -1, EVENT_CHANGE, "warmup 0→25");
    assert_int_equal(events.count, 4);
    assert_int_equal(events.event[1].kind, EVENT_MARK);
    assert_string_equal(events.event[1].text, "mark: here");
    assert_event(EVENT_CHANGE, 21, -1, -1, "changed: warmup 0→25");
    events_forget(&events, 21, EVENT_CHANGE);
    events_note(&events, 21, -1, EVENT_CHANGE, "warmup 0→50");
    assert_int_equal(events.count, 4);
    assert_int_equal(events.total, 5); /* it only rises */
    assert_event(EVENT_CHANGE, 21, -1, -1, "changed: warmup 0→50");
    events_clear(&events);
    assert_int_equal(events.count, 0);
    assert_int_equal(events.total, 5);
}

static void the_oldest_goes(void **state)
{
    (void)state;
    char text[32];
    for (int i = 0; i < EVENTS_MAX + 10; i++) {
        snprintf(text, sizeof text, "%d", i);
        events_note(&events, i, -1, EVENT_MARK, text);
    }
    assert_int_equal(events.count, EVENTS_MAX);
    assert_int_equal(events.total, EVENTS_MAX + 10);
    assert_string_equal(events.event[0].text, "mark: 10");
    assert_int_equal(newest()->step, EVENTS_MAX + 9);
}

/* What the user did and divergence stay while what happens again and again goes. */
static void a_flood_leaves_what_matters(void **state)
{
    (void)state;
    events_note(&events, 1, -1, EVENT_MARK, "here");
    events_note(&events, 2, LEFT, EVENT_DIVERGED, "");
    for (int step = 3; step <= 600; step++)
        events_note(&events, step, LEFT, EVENT_SPIKE, "");
    assert_int_equal(events.count, EVENTS_MAX);
    assert_int_equal(events.event[0].kind, EVENT_MARK);
    assert_int_equal(events.event[1].kind, EVENT_DIVERGED);
    assert_int_equal(events.lost, 600 - EVENTS_MAX + 2);
    assert_int_equal(events.event[2].step, events.lost + 1);
    assert_int_equal(newest()->number, 600);
    events_truncate(&events, &history, &settings, 50);
    assert_int_equal(events.count, 2);
    assert_int_equal(events.lost, 50); /* nor is it known what happened by then */
    events_clear(&events);
    assert_int_equal(events.lost, 0);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char text[3 * EVENT_TEXT];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    events_note(&events, 1, -1, EVENT_MARK, text);
    assert_int_equal(strlen(newest()->text), EVENT_TEXT - 1);
    memcpy(text + EVENT_TEXT - (int)strlen("mark: ") - 3, "\xE2\x86\x92", 3); /* an arrow, cut */
    text[1] = '\t'; /* and what would move the cursor */
    events_note(&events, 2, -1, EVENT_MARK, text);
    assert_int_equal(strlen(newest()->text), EVENT_TEXT - 3);
    assert_memory_equal(newest()->text, "mark: x?xx", 10);
}

static void blind_texts_are_known(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        const char *text;
        bool tells;
    } cases[] = {
        {EVENT_CHANGE, "warmup 0→25", false},
        {EVENT_CHANGE, "right post→pre", true},
        {EVENT_RESTART, "seed 1, norm rmsnorm", false},
        {EVENT_RESTART, "seed 1, norm layernorm/rmsnorm", true},
        {EVENT_RESTART, "seed 1, preset gpt2", true},
        {EVENT_SWITCH, "pre, no longer as post", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        events_note(&events, 1, -1, cases[i].kind, cases[i].text);
        assert_int_equal(event_tells(newest()), cases[i].tells);
    }
}

/* Something of everything, as a function of the step alone. */
static void story(int64_t at)
{
    double s = (double)at;
    settings.warmup = 30;
    for (enum side side = LEFT; side < SIDES; side++) {
        slope(side, side == LEFT ? pow(10, -4 * sin(s / 60)) : pow(10, -5 * sin(s / 90)));
        set(side, QUANTITY_LOSS, unigram * (side == LEFT ? exp(-s / 150) : 1 + 0.6 * sin(s / 70)));
        set(side, QUANTITY_GRAD_NORM, at % 70 == 0 ? 20 : 1);
        set(side, QUANTITY_CLIP, sin(s / 50) > 0 ? 0.5 : 1);
        set(side, QUANTITY_VALID_LOSS,
            at % 10 ? NAN : 3 + sin(s / 40) / 2 + (side == LEFT ? 0.01 : 0));
        updates(side, 1, sin(s / 45) > 0 ? 2e-5 : 2e-3);
    }
}

static void train_story(struct history *into, int64_t from, int64_t to, bool look)
{
    for (int64_t at = from; at <= to; at++) {
        story(at);
        now[LEFT]->step = now[RIGHT]->step = at;
        history_add(into, now[LEFT], now[RIGHT]);
        if (look)
            events_step(&events, into, &settings);
    }
}

/* The events without their numbers, which only rise. */
static void copy_events(struct event copy[EVENTS_MAX])
{
    memcpy(copy, events.event, sizeof events.event);
    for (int i = 0; i < events.count; i++)
        copy[i].number = 0;
}

static void assert_events(const struct event expected[EVENTS_MAX], int count)
{
    static struct event copy[EVENTS_MAX];
    assert_int_equal(events.count, count);
    copy_events(copy);
    assert_memory_equal(expected, copy, (size_t)count * sizeof copy[0]);
}

/* Back to a step and on from there is as if nothing had happened. */
static void truncated_events_are_recognised_again(void **state)
{
    static struct event whole[EVENTS_MAX];
    static struct history branch;
    (void)state;
    train_story(&history, 1, 400, true);
    int count = events.count;
    assert_true(count > 20);
    copy_events(whole);
    for (int64_t cut = 0; cut <= 400; cut += 7) {
        int64_t total = events.total;
        events_truncate(&events, &history, &settings, cut);
        assert_int_equal(events.total, total);
        assert_true(events.count == 0 || newest()->step <= cut);
        history_open(&branch);
        history_set_unit(&branch, unigram, NAN);
        train_story(&branch, 1, cut, false);
        train_story(&branch, cut + 1, 400, true);
        assert_events(whole, count);
        history_close(&branch);
    }
}

static void every_kind_is_in_the_table(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_KINDS; i++) {
        const struct event_row *row = &event_table[i];
        char help[EVENT_HELP];
        assert_true(row->name && row->sentence && row->help);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(row->name, event_table[j].name);
        event_help((enum event_kind)i, help);
        assert_null(strpbrk(help, "{}"));
        assert_null(strstr(help, "nan"));
        assert_true(strlen(help) < EVENT_HELP - 1);
        /* a threshold that is not said is not one */
        assert_true(isnan(row->again) || strstr(row->help, "again") || strstr(row->help, "below"));
        events_note(&events, i, -1, (enum event_kind)i, "text");
        assert_null(strpbrk(newest()->text, "{}"));
    }
}

static void levels_are_three_percent_wide(void **state)
{
    (void)state;
    assert_int_equal(event_level(3.2, 3), LEVEL_ABOVE);
    assert_int_equal(event_level(3.08, 3), LEVEL_AT);
    assert_int_equal(event_level(2.92, 3), LEVEL_AT);
    assert_int_equal(event_level(2.9, 3), LEVEL_BELOW);
    assert_int_equal(event_level(NAN, 3), LEVEL_UNKNOWN);
    assert_int_equal(event_level(3, NAN), LEVEL_UNKNOWN);
}

/* ---- real runs ---- */

/* What is said of a small run, on so many threads and at such a speed. */
static void real_run(int threads, double speed)
{
    struct error error;
    struct settings small = settings_default();
    small.width = 16;
    small.heads = 2;
    small.ffn = 32;
    small.context = 16;
    small.batch = 8;
    small.lr = 1e-2;
    small.warmup = 10;
    small.steps = 120;
    small.threads = threads;
    small.speed = speed;
    struct trainer *trainer = trainer_start(&small, true, NULL, &error);
    assert_non_null(trainer);
    history_clear(&history);
    events_clear(&events);
    for (bool ended = false; !ended;) {
        assert_true(trainer_wait(trainer, 60));
        const struct update *update;
        while ((update = trainer_take(trainer))) {
            ended = ended || update->kind == UPDATE_END;
            if (update->kind == UPDATE_RESTART)
                history_set_unit(&history, update->run->task.unigram_entropy,
                                 update->run->task.current_token);
            if (update->kind != UPDATE_STEP)
                continue;
            history_add(&history, update->snapshot[LEFT], update->snapshot[RIGHT]);
            events_step(&events, &history, &small);
        }
    }
    trainer_stop(trainer);
}

static void threads_and_speed_change_nothing(void **state)
{
    static struct event first[EVENTS_MAX];
    (void)state;
    real_run(1, 0);
    int count = events.count;
    assert_true(count >= 3); /* the warmup ends, Post-LN vanishes, Pre-LN learns */
    copy_events(first);
    real_run(4, 0);
    assert_events(first, count);
    real_run(2, 300);
    assert_events(first, count);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vanishing_is_said_once),
        TEST(what_has_recovered_can_vanish_again),
        TEST(weak_comes_before_vanished),
        TEST(the_first_layer_is_named),
        TEST(half_the_blocks),
        TEST(exploding_is_the_other_way),
        TEST(jumps_of_the_norm),
        TEST(clipping_in_most_steps),
        TEST(a_fault_is_said_in_words),
        TEST(what_tells_the_story_comes_before_details),
        TEST(details_go_first_when_the_list_is_full),
        TEST(the_unigram_entropy_is_passed),
        TEST(the_token_at_hand_is_passed),
        TEST(without_an_entropy_there_is_no_level),
        TEST(who_was_where_first),
        TEST(both_in_one_step_are_one_event),
        TEST(spikes_are_said_once),
        TEST(overfitting),
        TEST(updates_of_matrices_only),
        TEST(a_low_rate_makes_no_small_updates),
        TEST(the_rate_has_its_course),
        TEST(the_rate_falls_to_its_floor),
        TEST(a_warmup_by_share_ends),
        TEST(without_warmup_none_ends),
        TEST(a_healthy_run_is_silent),
        TEST(notes_stand_where_they_belong),
        TEST(the_oldest_goes),
        TEST(a_flood_leaves_what_matters),
        TEST(long_texts_are_cut),
        TEST(blind_texts_are_known),
        TEST(truncated_events_are_recognised_again),
        TEST(every_kind_is_in_the_table),
        TEST(levels_are_three_percent_wide),
        TEST(threads_and_speed_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
