/* Sessions: what is saved is all there is, so that a loaded one goes on with the same bits; and no
 * file, however damaged, does more than be refused. */
#include "session/session.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/safetensors_read.h"
#include "core/rng.h"
#include "session/dump.h"
#include "session/history_file.h"
#include "support/folder.h"
#include "support/small_run.h"
#include "support/snapshots.h"
#include "train/presets.h"
#include "train/settings_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/range.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- files ---- */

static char *contents(const char *path, size_t *size)
{
    char *bytes;
    struct error error;
    if (!file_read(path, (size_t)1 << 28, &bytes, size, &error))
        fail_msg("%s", error.text);
    return bytes;
}

static void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

/* ---- a session in training ---- */

struct live {
    struct pair pair;
    struct history history;
    struct events events;
};

/* Of the last step. */
static const struct snapshot *snapshot_of(const struct live *live, enum side side)
{
    return live->pair.run[side].snapshot;
}

static void set(struct settings *settings, const char *name, const char *value)
{
    struct error error;
    if (!setting_set(settings, name, value, &error))
        fail_msg("%s", error.text);
}

static struct live *open_live(const struct settings *settings)
{
    struct live *live = memory_new(1, sizeof *live);
    struct error error;
    if (!pair_open(&live->pair, settings, &error))
        fail_msg("%s", error.text);
    history_open(&live->history);
    history_set_unit(&live->history, task_info(live->pair.task).unigram_entropy,
                     task_info(live->pair.task).current_token);
    events_clear(&live->events);
    return live;
}

static void close_live(struct live *live)
{
    pair_close(&live->pair);
    history_close(&live->history);
    free(live);
}

static void train(struct live *live, int steps)
{
    for (int i = 0; i < steps; i++) {
        pair_step(&live->pair);
        history_add(&live->history, snapshot_of(live, LEFT), snapshot_of(live, RIGHT));
        events_step(&live->events, &live->history, &live->pair.settings);
    }
}

static void save(struct live *live, const char *path)
{
    struct pair_state *state = pair_state_take(&live->pair);
    const struct session_parts parts = {state, &live->history, &live->events, NULL};
    struct error error;
    int64_t bytes = 0;
    size_t size;
    assert_non_null(state);
    if (!session_write(path, true, &parts, &bytes, &error))
        fail_msg("%s", error.text);
    pair_state_free(state);
    free(contents(path, &size));
    assert_int_equal(size, bytes);
}

/* The text of a text task, as a user names it; empty: none is named. */
static char named_text[256];

/* A new pair that goes on from the file. */
static struct live *load(const char *path)
{
    struct live *live = memory_new(1, sizeof *live);
    struct saved_session session;
    struct error error;
    if (!session_read(path, named_text, &session, &error) ||
        !pair_open(&live->pair, &session.state->settings, &error) ||
        !pair_state_put(&live->pair, session.state, &error))
        fail_msg("%s", error.text);
    live->history = session.history;
    live->events = session.events;
    session.history = (struct history){0};
    session_close(&session);
    return live;
}

static void assert_same_bytes(const char *path, const char *other)
{
    size_t size, other_size;
    char *bytes = contents(path, &size), *other_bytes = contents(other, &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, other_bytes, size);
    free(bytes);
    free(other_bytes);
}

static void assert_same_curves(const struct history_curves a[SIDES],
                               const struct history_curves b[SIDES], int count)
{
    for (int side = 0; side < SIDES; side++)
        for (int q = 0; q < QUANTITIES; q++) {
            const size_t bytes = (size_t)count * sizeof(double);
            if (quantity_table[q].curve && count > 0)
                assert_memory_equal(a[side].value[q], b[side].value[q], bytes);
        }
}

static void assert_same_history(const struct history *a, const struct history *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->stride, b->stride);
    assert_same_curves(a->curves, b->curves, a->count);
    assert_memory_equal(a->sums, b->sums, sizeof a->sums);
    assert_memory_equal(a->new_held_out, b->new_held_out, sizeof a->new_held_out);
    assert_memory_equal(&a->level_unit, &b->level_unit, sizeof a->level_unit);
    assert_memory_equal(a->reached, b->reached, sizeof a->reached);
    assert_int_equal(a->marks, b->marks);
    for (int i = 0; i < a->marks; i++) {
        assert_int_equal(a->mark[i].step, b->mark[i].step);
        assert_int_equal(a->mark[i].kind, b->mark[i].kind);
        assert_string_equal(a->mark[i].text, b->mark[i].text);
    }
    for (int g = 0; g < HISTORY_GHOSTS; g++) {
        assert_int_equal(a->ghost[g].branch, b->ghost[g].branch);
        assert_int_equal(a->ghost[g].first, b->ghost[g].first);
        assert_int_equal(a->ghost[g].count, b->ghost[g].count);
        assert_same_curves(a->ghost[g].curves, b->ghost[g].curves, a->ghost[g].count);
    }
    assert_int_equal(a->moments.limit, b->moments.limit);
    assert_int_equal(history_spacing(a), history_spacing(b));
    assert_int_equal(history_moments(a), history_moments(b));
    for (int i = 0; i < history_moments(a); i++)
        for (enum side side = LEFT; side < SIDES; side++)
            assert_same_snapshot(history_moment(a, side, history_moment_step(a, i)),
                                 history_moment(b, side, history_moment_step(b, i)));
    assert_int_equal(history_newest(a), history_newest(b));
    for (enum side side = LEFT; side < SIDES; side++)
        assert_same_snapshot(history_last_finite(a, side), history_last_finite(b, side));
}

/* What was said, and what recognising knows. */
static void assert_same_events(const struct events *a, const struct events *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->total, b->total);
    for (int i = 0; i < a->count; i++) {
        assert_int_equal(a->event[i].step, b->event[i].step);
        assert_int_equal(a->event[i].side, b->event[i].side);
        assert_int_equal(a->event[i].layer, b->event[i].layer);
        assert_int_equal(a->event[i].kind, b->event[i].kind);
        assert_string_equal(a->event[i].text, b->event[i].text);
    }
    for (int side = 0; side < SIDES; side++) {
        const struct event_watch *left = &a->watch[side], *right = &b->watch[side];
        assert_memory_equal(left->said, right->said, sizeof left->said);
        assert_memory_equal(left->held, right->held, sizeof left->held);
        assert_memory_equal(left->small, right->small, sizeof left->small);
        assert_memory_equal(left->large, right->large, sizeof left->large);
        assert_int_equal(left->steps, right->steps);
        assert_memory_equal(left->grad_norm, right->grad_norm, sizeof left->grad_norm);
        assert_memory_equal(left->smooth, right->smooth, sizeof left->smooth);
        assert_memory_equal(&left->first_loss, &right->first_loss, sizeof left->first_loss);
        assert_memory_equal(&left->valid, &right->valid, sizeof left->valid);
        assert_memory_equal(&left->valid_least, &right->valid_least, sizeof left->valid_least);
        assert_memory_equal(&left->train_then, &right->train_then, sizeof left->train_then);
        assert_int_equal(left->clipped, right->clipped);
    }
    assert_int_equal(a->warming, b->warming);
    assert_int_equal(a->falling, b->falling);
    assert_int_equal(a->fallen, b->fallen);
}

/* Saves, loads, and trains both on: every step the same, and at the end the same file again, which
 * has weights, moments and all of the history. Returns the loaded one; the other stays. */
static struct live *continue_both(struct live *live, int steps)
{
    save(live, folder_file("saved"));
    struct live *other = load(folder_file("saved"));
    assert_same_history(&live->history, &other->history);
    assert_same_events(&live->events, &other->events);
    other->pair.watch = live->pair.watch;
    save(other, folder_file("again"));
    assert_same_bytes(folder_file("saved"), folder_file("again"));
    for (int i = 0; i < steps; i++) {
        train(live, 1);
        train(other, 1);
        for (enum side side = LEFT; side < SIDES; side++)
            assert_same_snapshot(snapshot_of(live, side), snapshot_of(other, side));
    }
    assert_same_history(&live->history, &other->history);
    assert_same_events(&live->events, &other->events);
    save(live, folder_file("went_on"));
    save(other, folder_file("loaded"));
    assert_same_bytes(folder_file("went_on"), folder_file("loaded"));
    return other;
}

static void check_settings(const struct settings *settings, int before, int after)
{
    struct live *live = open_live(settings);
    live->pair.watch = WATCH_SOME_DETAIL; /* with the first step, and the eighth */
    train(live, before);
    close_live(continue_both(live, after));
    close_live(live);
}

/* ---- what goes on ---- */

static void every_placement_goes_on(void **state)
{
    static const char *const norms[] = {"layernorm", "rmsnorm", "none", "dyt"};
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct settings settings = small_run_settings("15");
        set(&settings, "left", placement_table[placement].name);
        set(&settings, "right", placement_table[(placement + 1) % PLACEMENTS].name);
        set(&settings, "norm", norms[placement % (int)COUNT(norms)]);
        struct error error;
        if (settings_check(&settings, &error))
            check_settings(&settings, 3, 3);
    }
}

static void every_optimizer_goes_on_in_its_warmup(void **state)
{
    (void)state;
    for (int optimizer = 0; optimizer < OPTIMIZERS; optimizer++) {
        struct settings settings = small_run_settings("15");
        set(&settings, "optimizer", optimizer_table[optimizer].name);
        set(&settings, "warmup", "10");
        set(&settings, "schedule", "cosine");
        set(&settings, "steps", "20");
        set(&settings, "clip", "0.5");
        set(&settings, "weight-decay", "0.1");
        check_settings(&settings, 4, 8);
    }
}

static void every_preset_goes_on(void **state)
{
    (void)state;
    for (int preset = 1; preset < PRESETS; preset++) {
        struct settings settings = settings_default();
        set(&settings, "preset", preset_table[preset].name);
        set(&settings, "layers", "2");
        set(&settings, "width", "16");
        set(&settings, "ffn", "24");
        set(&settings, "batch", "2");
        set(&settings, "threads", "1");
        struct error error;
        if (!settings_check(&settings, &error))
            fail_msg("%s: %s", preset_table[preset].name, error.text);
        check_settings(&settings, 2, 2);
    }
}

static void a_session_before_its_first_step_goes_on(void **state)
{
    struct settings settings = small_run_settings("15");
    (void)state;
    check_settings(&settings, 0, 3);
}

static void a_text_goes_on_as_long_as_it_is_the_same(void **state)
{
    struct settings settings = small_run_settings("15");
    struct saved_session session;
    struct error error;
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "abcdefg hij\n"[i * i % 12];
    write_bytes(folder_file("it's a text"), text, sizeof text);
    set(&settings, "task", "text");
    set(&settings, "text", folder_file("it's a text"));
    snprintf(named_text, sizeof named_text, "%s", folder_file("it's a text"));
    check_settings(&settings, 3, 60); /* which validates at step 51 */
    /* Under another name as well, but never under the name that stands in the session. */
    write_bytes(folder_file("the same text"), text, sizeof text);
    snprintf(named_text, sizeof named_text, "%s", folder_file("the same text"));
    assert_true(session_read(folder_file("saved"), named_text, &session, &error));
    assert_string_equal(session.state->settings.text, named_text);
    session_close(&session);
    assert_false(session_read(folder_file("saved"), "", &session, &error));
    assert_non_null(
        strstr(error.text, "it's a text, and no text is opened that you have not named"));
    snprintf(named_text, sizeof named_text, "%s", folder_file("it's a text"));
    text[0] = 'x';
    write_bytes(folder_file("it's a text"), text, sizeof text);
    assert_false(session_read(folder_file("saved"), named_text, &session, &error));
    assert_non_null(strstr(error.text, "its text is no longer what it has learned"));
    unlink(folder_file("it's a text"));
    assert_false(session_read(folder_file("saved"), named_text, &session, &error));
    assert_non_null(strstr(error.text, "cannot read"));
    named_text[0] = '\0';
}

/* The final norm that a stack does without is kept, and comes back as it was. */
static void a_stashed_norm_comes_back(void **state)
{
    struct settings settings = small_run_settings("15");
    struct error error;
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 3);
    assert_true(pair_switch(&live->pair, LEFT, PLACEMENT_POST, &error));
    assert_true(live->pair.run[LEFT].stash.tensors > 0);
    train(live, 2);
    struct live *other = continue_both(live, 2);
    assert_int_equal(other->pair.run[LEFT].stash.tensors, live->pair.run[LEFT].stash.tensors);
    assert_true(pair_switch(&live->pair, LEFT, PLACEMENT_PRE, &error));
    assert_true(pair_switch(&other->pair, LEFT, PLACEMENT_PRE, &error));
    close_live(continue_both(live, 2));
    train(other, 2);
    for (enum side side = LEFT; side < SIDES; side++)
        assert_same_snapshot(snapshot_of(live, side), snapshot_of(other, side));
    close_live(other);
    close_live(live);
}

/* The moments are those of another optimizer until its first step. */
static void a_change_of_the_optimizer_goes_on(void **state)
{
    struct settings settings = small_run_settings("15");
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 3);
    set(&settings, "optimizer", "momentum");
    set(&settings, "lr", "0.1");
    pair_set(&live->pair, &settings);
    history_add_mark(&live->history, MARK_CHANGE, 4, "lr 0.003→0.1");
    close_live(continue_both(live, 3));
    close_live(live);
}

static void a_diverged_stack_stays_diverged(void **state)
{
    struct settings settings = small_run_settings("15");
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 3);
    live->pair.run[RIGHT].model.parameters.weight[0] = (real)NAN;
    for (size_t i = 0; i < live->pair.run[RIGHT].model.parameters.count; i++)
        live->pair.run[RIGHT].model.parameters.weight[i] = (real)NAN;
    train(live, 2);
    assert_int_equal(snapshot_of(live, RIGHT)->fault.step, 4);
    live->pair.run[RIGHT].fault.part = FAULT_FEED_FORWARD; /* and so it is in the steps to come */
    train(live, 1);
    struct live *other = continue_both(live, 2);
    assert_int_equal(snapshot_of(other, RIGHT)->fault.step, 4);
    assert_int_equal(snapshot_of(other, RIGHT)->fault.part, FAULT_FEED_FORWARD);
    assert_int_equal(history_last(&other->history, RIGHT)->fault.part, FAULT_FEED_FORWARD);
    assert_int_equal(history_last_finite(&other->history, RIGHT)->step, 3);
    assert_int_equal(history_last_finite(&other->history, LEFT)->step, 8);
    close_live(other);
    close_live(live);
}

/* Curves that a run left behind, names of steps. */
static void ghosts_and_marks_are_kept(void **state)
{
    static const char forty_seven[MARK_TEXT] = "a name as long as a mark can have it, of forty7";
    struct settings settings = small_run_settings("15");
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 5);
    const struct snapshot *left = snapshot_copy(snapshot_of(live, LEFT));
    const struct snapshot *right = snapshot_copy(snapshot_of(live, RIGHT));
    struct pair_state *there = pair_state_take(&live->pair);
    train(live, 4);
    const struct history_anchor anchor = history_anchor(&live->history, 5);
    history_truncate(&live->history, &anchor, left, right);
    events_truncate(&live->events, &live->history, &settings, 5);
    assert_true(pair_state_put(&live->pair, there, NULL));
    history_add_mark(&live->history, MARK_NAME, 4, "\"here\" ü");
    events_note(&live->events, 4, -1, EVENT_MARK, "\"here\" ü");
    history_add_mark(&live->history, MARK_NAME, 5, forty_seven);
    history_add_mark(&live->history, MARK_BRANCH, 6, "branch");
    struct live *other = continue_both(live, 4);
    assert_true(live->history.ghost[0].count > 0);
    assert_int_equal(other->history.ghost[0].count, live->history.ghost[0].count);
    assert_int_equal(other->history.marks, 3);
    assert_int_equal(other->history.mark[0].kind, MARK_NAME);
    assert_string_equal(other->history.mark[0].text, "\"here\" ü");
    assert_string_equal(other->history.mark[1].text, forty_seven);
    close_live(other);
    close_live(live);
    pair_state_free(there);
    snapshot_free(left);
    snapshot_free(right);
}

/* Saved at these steps of one run, loaded and trained to its end: what is said is the same, also
 * where few moments are kept. */
static void check_events(const struct settings *settings, bool thinned)
{
    enum { STEPS = 90, SAVES = 3 };
    static const int at[SAVES] = {1, 37, 70};
    static const char *const names[SAVES] = {"first", "second", "third"};
    const size_t least = 0; /* that is, 16 moments */
    struct live *live = open_live(settings);
    int before[SAVES];
    if (thinned)
        history_limit(&live->history, least);
    for (int i = 0; i < SAVES; i++) {
        train(live, at[i] - (int)live->pair.run[LEFT].step);
        save(live, folder_file(names[i]));
        before[i] = live->events.count;
    }
    train(live, STEPS - at[SAVES - 1]);
    assert_int_equal(history_moments(&live->history) < STEPS, thinned);
    assert_true(live->events.count > before[0]);
    for (int i = 0; i < SAVES; i++) {
        struct live *other = load(folder_file(names[i]));
        if (thinned)
            history_limit(&other->history, least);
        assert_int_equal(other->events.count, before[i]);
        train(other, STEPS - at[i]);
        assert_same_events(&live->events, &other->events);
        assert_same_history(&live->history, &other->history);
        close_live(other);
    }
    close_live(live);
}

static void events_go_on(void **state)
{
    struct settings settings = settings_default();
    (void)state;
    set(&settings, "layers", "4");
    set(&settings, "width", "16");
    set(&settings, "ffn", "32");
    set(&settings, "context", "16");
    set(&settings, "batch", "2");
    set(&settings, "threads", "1");
    for (int thinned = 0; thinned <= 1; thinned++) {
        set(&settings, "warmup", "0");
        check_events(&settings, thinned);
        set(&settings, "warmup", "40");
        check_events(&settings, thinned);
    }
}

/* All kinds, both ends of a step, and as many as there can be. */
static void a_full_log_is_kept(void **state)
{
    struct settings settings = small_run_settings("15");
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 2);
    for (int i = 0; i < EVENTS_MAX + 30; i++)
        events_note(&live->events, i * 3 / (EVENTS_MAX + 30), i % 3 - 1,
                    (enum event_kind)(i % EVENT_KINDS), "lr 0.003→0.1");
    events_note(&live->events, 3, -1, EVENT_CHANGE, "from the next step on");
    assert_int_equal(live->events.count, EVENTS_MAX);
    assert_true(live->events.total > EVENTS_MAX);
    close_live(continue_both(live, 2));
    close_live(live);
}

static void settings_come_back(void **state)
{
    struct settings settings = small_run_settings("15");
    (void)state;
    set(&settings, "left-norm", "rmsnorm");
    set(&settings, "lr", "0.0123456789");
    set(&settings, "theme", "light");
    struct live *live = open_live(&settings);
    train(live, 1);
    save(live, folder_file("saved"));
    struct live *other = load(folder_file("saved"));
    assert_int_equal(settings_difference(&settings, &other->pair.settings), -1);
    assert_int_equal(other->pair.run[LEFT].step, 1);
    close_live(other);
    close_live(live);
}

/* ---- the history alone ---- */

static struct snapshot *made_up(enum side side)
{
    static const char *const tensors[] = {"a", "b"};
    return snapshot_new(2 + (int)side, 1 + (int)side, tensors);
}

static void add_made_up(struct history *history, int64_t step)
{
    struct snapshot *snapshot[SIDES];
    for (enum side side = LEFT; side < SIDES; side++) {
        struct rng rng = rng_stream(5, (uint64_t)side, (uint64_t)step);
        struct snapshot *now = snapshot[side] = made_up(side);
        now->step = step;
        now->finite = step % 97 != 0;
        for (int q = 0; q < QUANTITIES; q++)
            for (int i = 0; i < arrays_of(now, (enum quantity)q); i++)
                for (int n = 0; n < length_of(now, (enum quantity)q); n++)
                    set_number(now, (enum quantity)q, i, n, rng_uniform(&rng));
        if (!now->finite)
            snapshot_set(now, QUANTITY_LOSS, NAN);
        if (step % 50 != 0)
            snapshot_set(now, QUANTITY_VALID_LOSS, NAN);
    }
    history_add(history, snapshot[LEFT], snapshot[RIGHT]);
    for (int side = 0; side < SIDES; side++)
        snapshot_free(snapshot[side]);
}

static char *history_bytes_of(const struct history *history, size_t *size)
{
    struct safetensors all = {0};
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, size);
    history_write(history, &all);
    safetensors_write(&all, out);
    assert_int_equal(fclose(out), 0);
    safetensors_close(&all);
    return bytes;
}

/* Past the length of the curves and the memory of the moments: thinning goes on as it would have.
 */
static void a_long_history_goes_on(void **state)
{
    static const int64_t lengths[] = {1, 15, 700, 4000, 17000, 40001};
    const struct snapshot *shape[SIDES] = {made_up(LEFT), made_up(RIGHT)};
    const size_t limit = ((size_t)2 << 20) + 1000000; /* some hundreds of moments */
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct history history, other;
        struct safetensors_file file;
        struct error error;
        size_t size, other_size;
        history_open(&history);
        history_limit(&history, limit);
        history_set_unit(&history, 1, NAN);
        for (int64_t step = 1; step <= lengths[i]; step++)
            add_made_up(&history, step);
        char *bytes = history_bytes_of(&history, &size);
        assert_true(safetensors_parse(&file, (unsigned char *)bytes, size, &error));
        free(bytes);
        history_open(&other);
        history_limit(&other, limit);
        if (!history_read(&other, &file, shape, lengths[i], &error))
            fail_msg("%s", error.text);
        safetensors_file_close(&file);
        for (int64_t step = lengths[i] + 1; step <= lengths[i] + 5000; step++) {
            add_made_up(&history, step);
            add_made_up(&other, step);
        }
        bytes = history_bytes_of(&history, &size);
        char *other_bytes = history_bytes_of(&other, &other_size);
        assert_int_equal(size, other_size);
        assert_memory_equal(bytes, other_bytes, size);
        free(bytes);
        free(other_bytes);
        history_close(&history);
        history_close(&other);
    }
    for (int side = 0; side < SIDES; side++)
        snapshot_free(shape[side]);
}

/* Into less memory: thinned, not refused. */
static void a_large_history_is_thinned(void **state)
{
    const struct snapshot *shape[SIDES] = {made_up(LEFT), made_up(RIGHT)};
    struct history history, other;
    struct safetensors_file file;
    struct error error;
    size_t size;
    (void)state;
    history_open(&history);
    for (int64_t step = 1; step <= 3000; step++)
        add_made_up(&history, step);
    assert_int_equal(history_moments(&history), 3000);
    char *bytes = history_bytes_of(&history, &size);
    assert_true(safetensors_parse(&file, (unsigned char *)bytes, size, &error));
    history_open(&other);
    history_limit(&other, ((size_t)2 << 20) + 400000);
    assert_true(history_read(&other, &file, shape, 3000, &error));
    const int kept = history_moments(&other);
    assert_true(kept > 16 && kept < 1000);
    assert_true(history_bytes(&other) <= ((size_t)2 << 20) + 400000);
    for (int i = 0; i < kept; i++) {
        const int64_t step = history_moment_step(&other, i);
        assert_same_snapshot(history_moment(&history, RIGHT, step),
                             history_moment(&other, RIGHT, step));
    }
    add_made_up(&other, 3001);
    safetensors_file_close(&file);
    free(bytes);
    history_close(&history);
    history_close(&other);
    for (int side = 0; side < SIDES; side++)
        snapshot_free(shape[side]);
}

/* ---- what is refused ---- */

static void expect_refused(const char *path, const char *reason)
{
    struct saved_session session;
    struct error error = {""};
    if (session_read(path, named_text, &session, &error))
        fail_msg("%s was loaded, not refused for '%s'", path, reason);
    if (!strstr(error.text, reason) || strchr(error.text, '\n'))
        fail_msg("'%s' is not about '%s'", error.text, reason);
}

static void other_files_are_refused(void **state)
{
    struct settings settings = small_run_settings("15");
    struct dump dump = {{NULL}};
    struct error error;
    (void)state;
    write_bytes(folder_file("empty"), "", 0);
    expect_refused(folder_file("empty"), "it has 0 bytes");
    write_bytes(folder_file("text"), "This is no session, but a text.\n", 32);
    expect_refused(folder_file("text"), "damaged or no safetensors file");
    expect_refused(folder_path, "is a directory: name a file");
    expect_refused(folder_file("nothing"), "cannot read");
    struct live *live = open_live(&settings);
    dump_before(&dump, &live->pair);
    train(live, 1);
    FILE *out = fopen(folder_file("dump"), "wb");
    assert_non_null(out);
    assert_true(dump_write(&dump, &live->pair, out, &error));
    assert_int_equal(fclose(out), 0);
    expect_refused(folder_file("dump"), "it is no session of lnscope: name a file");
    dump_close(&dump);
    close_live(live);
}

/* Replaces the one occurrence of a text in the file by another as long. */
static void patch(const char *path, const char *text, const char *other)
{
    size_t size, length = strlen(text), at = 0;
    char *bytes = contents(path, &size);
    assert_int_equal(strlen(other), length);
    while (at + length <= size && memcmp(bytes + at, text, length) != 0)
        at++;
    if (at + length > size)
        fail_msg("no '%s'", text);
    memcpy(bytes + at, other, length);
    write_bytes(path, bytes, size);
    free(bytes);
}

static void sessions_that_cannot_be_are_refused(void **state)
{
    static const char *const cases[][3] = {
        {"\"session\":\"2\"", "\"session\":\"3\"", "is newer than 2: a newer lnscope reads it"},
        {"\"real\":\"" REAL_NAME "\"", "\"real\":\"banana\"", "precision"},
        {"\"layers\":\"2\"", "\"layers\":\"x\"", "layers 'x': a whole number"},
        {"\"layers\":\"2\"", "\"layers\":\"3\"", "it has no tensor left.param.blocks.2"},
        {"\"left\":\"pre\"", "\"left\":\"xyz\"", "placement 'xyz': one of pre"},
        {"\"width\":\"16\"", "\"width\":\"24\"", "another type or shape"},
        {"\"heads\":\"2\"", "\"heads\":\"5\"", "heads"},
        {"\"step\":\"3\"", "\"step\":\"4\"", "history.points.left.loss has another"},
        {"\"step\":\"3\"", "\"step\":\"-\"", "its step is no whole number"},
        {"\"left.updates\":\"3\"", "\"left.updates\":\"9\"", "left.updates is no whole number"},
        {"\"left.optimizer\":\"adamw\"", "\"left.optimizer\":\"adamx\"", "did you mean adam"},
        {"\"left.fault\":\"none\"", "\"left.fault\":\"nine\"", "did you mean none?"},
        {"\"task\":\"copy\"", "\"task\":\"text\"", "the text task has no file"},
        {"\"left.param.wte.weight\"", "\"left.param.wtf.weight\"", "no tensor left.param.wte"},
        {"\"history.moments.left.norm\"", "\"history.moments.left.form\"",
         "no tensor history.moments.left.norm"},
        {"\"history.sums.left\"", "\"history.sums.lift\"", "no tensor history.sums.left"},
        {"\"history.stride\"", "\"history.stripe\"", "no tensor history.stride"},
    };
    struct settings settings = small_run_settings("15");
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 3);
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (strlen(cases[i][0]) !=
            strlen(cases[i][1])) /* "double" as long as "banana", not so "single" */
            continue;
        save(live, folder_file("patched"));
        patch(folder_file("patched"), cases[i][0], cases[i][1]);
        expect_refused(folder_file("patched"), "its checksum is not that of its content");
        patch(folder_file("patched"), "checksum", "no check"); /* so that the rest is looked at */
        expect_refused(folder_file("patched"), cases[i][2]);
    }
    close_live(live);
}

/* What a file does not have, as it is from before there was that quantity, was not measured; the
 * rest goes on. */
static void a_quantity_that_a_file_does_not_have_is_nan(void **state)
{
    struct settings settings = small_run_settings("15");
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 3);
    save(live, folder_file("patched"));
    patch(folder_file("patched"), "\"history.moments.left.lr\"", "\"history.moments.left.rl\"");
    patch(folder_file("patched"), "\"history.points.left.lr\"", "\"history.points.left.rl\"");
    patch(folder_file("patched"), "\"history.moments.right.stream_rms\"",
          "\"history.moments.right.stream_xyz\"");
    patch(folder_file("patched"), "checksum", "no check");
    struct live *other = load(folder_file("patched"));
    for (int64_t step = 1; step <= 3; step++) {
        const struct snapshot *left = history_moment(&other->history, LEFT, step);
        const struct snapshot *right = history_moment(&other->history, RIGHT, step);
        assert_true(isnan(snapshot_scalar(left, QUANTITY_LR)));
        assert_true(isfinite(snapshot_scalar(left, QUANTITY_LOSS)));
        assert_true(isnan(history_value(&other->history, LEFT, QUANTITY_LR, (int)step - 1)));
        assert_true(isfinite(snapshot_scalar(right, QUANTITY_LR)));
        for (int l = 0; l <= settings.layers; l++)
            assert_true(isnan(snapshot_array(right, QUANTITY_STREAM_RMS, 0)[l]));
    }
    train(other, 2);
    close_live(other);
    close_live(live);
}

/* ---- files of the version before ---- */

/* Near, as another machine may have computed it; NAN where that is. */
static void assert_near_number(const struct snapshot *a, const struct snapshot *b,
                               enum quantity quantity, int i, int n)
{
    const double x = number_of(a, quantity, i, n), y = number_of(b, quantity, i, n);
    if (isnan(x) ? !isnan(y) : !(fabs(x - y) <= 1e-3 * fabs(x) + 1e-6))
        fail_msg("%s of step %lld: %g, not %g", quantity_table[quantity].name, (long long)a->step,
                 y, x);
}

/* A session that a program wrote before there was a table of quantities: a mark, and nine steps,
 * which are made once more here and remembered. Every number is where it belongs, and the run goes
 * on. */
static void a_session_of_version_1_goes_on(void **state)
{
    static const char path[] = "tests/reference/session-1.safetensors";
    (void)state;
    struct live *old = load(path);
    struct live *live = open_live(&old->pair.settings);
    live->pair.watch = WATCH_SOME_DETAIL; /* as a trainer always does */
    assert_int_equal(history_moments(&old->history), 9);
    assert_string_equal(old->history.mark[0].text, "here");
    train(live, 9);
    for (int64_t step = 1; step <= 11; step++) {
        if (step > 9) {
            train(live, 1);
            train(old, 1);
        }
        for (enum side side = LEFT; side < SIDES; side++) {
            const struct snapshot *now = history_moment(&live->history, side, step);
            const struct snapshot *then = history_moment(&old->history, side, step);
            assert_int_equal(then->step, step);
            assert_int_equal(then->detailed, step > 9 ? 0 : now->detailed);
            for (int q = 0; q < QUANTITIES; q++)
                for (int i = 0; i < arrays_of(now, (enum quantity)q); i++)
                    for (int n = 0; n < length_of(now, (enum quantity)q); n++)
                        assert_near_number(now, then, (enum quantity)q, i, n);
        }
    }
    for (enum side side = LEFT; side < SIDES; side++)
        for (int i = 0; i < 11; i++)
            assert_true(fabs(history_value(&live->history, side, QUANTITY_SMOOTH_LOSS, i) -
                             history_value(&old->history, side, QUANTITY_SMOOTH_LOSS, i)) < 1e-3);
    save(old, folder_file("new")); /* and from now on in the format of today */
    close_live(load(folder_file("new")));
    close_live(old);
    close_live(live);
}

/* Nothing is overwritten, unless it may be; a history of another step is not saved. */
static void a_file_is_written_whole_or_not(void **state)
{
    struct settings settings = small_run_settings("15");
    struct error error;
    int64_t bytes;
    (void)state;
    struct live *live = open_live(&settings);
    train(live, 1);
    struct pair_state *there = pair_state_take(&live->pair);
    const struct session_parts parts = {there, &live->history, &live->events, NULL};
    write_bytes(folder_file("mine"), "mine", 4);
    assert_false(session_write(folder_file("mine"), false, &parts, &bytes, &error));
    assert_non_null(strstr(error.text, "exists"));
    assert_true(session_write(folder_file("mine"), true, &parts, &bytes, &error));
    assert_false(session_write("/nowhere/a", true, &parts, &bytes, &error));
    train(live, 1);
    assert_false(session_write(folder_file("late"), true, &parts, &bytes, &error));
    assert_non_null(strstr(error.text, "the history ends at step 2"));
    assert_int_equal(access(folder_file("late"), F_OK), -1);
    pair_state_free(there);
    close_live(live);
}

/* ---- damage ---- */

/* One variant of the bytes, as a function of its number: a byte turned, replaced by one that JSON
 * knows, left out, doubled, or the end cut off. Most of it in the header. */
static size_t damage(char *bytes, size_t size, size_t header, uint64_t number)
{
    static const char words[] = "{}[]\":,0123456789-eE.\\ \0n";
    struct rng rng = rng_stream(11, number, 0);
    const int kind = (int)(rng_uniform(&rng) * 6);
    const size_t within = rng_uniform(&rng) < 0.8 ? header : size;
    const size_t at = (size_t)(rng_uniform(&rng) * (double)within);
    switch (kind) {
    case 0:
        bytes[at] = (char)(bytes[at] ^ 1 << (int)(rng_uniform(&rng) * 8));
        return size;
    case 1:
    case 2:
        bytes[at] = words[(size_t)(rng_uniform(&rng) * (sizeof words - 1))];
        return size;
    case 3:
        memmove(bytes + at, bytes + at + 1, size - at - 1);
        return size - 1;
    case 4: /* two digits change places, and the like */
        if (at + 1 < size) {
            const char kept = bytes[at];
            bytes[at] = bytes[at + 1];
            bytes[at + 1] = kept;
        }
        return size;
    default:
        return at;
    }
}

/* What was loaded nevertheless has settings that pass the checks, and can be trained and drawn
 * from.
 */
static void use(struct saved_session *session)
{
    struct pair pair;
    struct error error;
    if (!settings_check(&session->state->settings, &error) ||
        !pair_open(&pair, &session->state->settings, &error))
        fail_msg("%s", error.text);
    if (!pair_state_put(&pair, session->state, &error))
        fail_msg("%s", error.text);
    pair_step(&pair);
    history_add(&session->history, pair.run[LEFT].snapshot, pair.run[RIGHT].snapshot);
    events_step(&session->events, &session->history, &session->state->settings);
    for (int i = 0; i < history_moments(&session->history); i++)
        history_moment(&session->history, LEFT, history_moment_step(&session->history, i));
    pair_close(&pair);
}

/* The bytes of a small session with something of everything. */
static char *small_session(size_t *size, size_t *header)
{
    struct settings settings = small_run_settings("15");
    set(&settings, "layers", "1");
    set(&settings, "width", "8");
    set(&settings, "heads", "1");
    set(&settings, "ffn", "4");
    set(&settings, "context", "4");
    set(&settings, "batch", "1");
    struct live *live = open_live(&settings);
    train(live, 3);
    history_add_mark(&live->history, MARK_CHANGE, 2, "lr");
    events_note(&live->events, 1, LEFT, EVENT_SWITCH, "post, no longer as pre");
    events_note(&live->events, 2, -1, EVENT_CHANGE, "lr 0.003→0.1");
    events_note(&live->events, 3, -1, EVENT_MARK, "here");
    save(live, folder_file("saved"));
    close_live(live);
    char *bytes = contents(folder_file("saved"), size);
    *header = 8;
    for (int i = 0; i < 4; i++)
        *header += (size_t)(unsigned char)bytes[i] << (8 * i);
    assert_true(*header < *size);
    return bytes;
}

/* Is this a reason as users get it? */
static void check_reason(const struct error *error)
{
    assert_true(error->text[0] != '\0' && strchr(error->text, ':') != NULL);
    for (const char *at = error->text; *at; at++)
        assert_true((unsigned char)*at >= ' ');
}

static void damage_is_refused_or_does_no_harm(void **state)
{
    enum { VARIANTS = 3000 };
    size_t size, header;
    int loaded = 0;
    (void)state;
    char *bytes = small_session(&size, &header);
    size_t name = 8;
    while (memcmp(bytes + name, "checksum", strlen("checksum")) != 0)
        name++;
    char *broken = memory_new(size, 1);
    for (int sealed = 1; sealed >= 0; sealed--) {
        for (uint64_t i = 0; i < (sealed ? VARIANTS / 10 : VARIANTS); i++) {
            struct saved_session session;
            struct error error = {""};
            memcpy(broken, bytes, size);
            const size_t length = damage(broken, size, header, i);
            write_bytes(folder_file("broken"), broken, length);
            if (session_read(folder_file("broken"), "", &session, &error)) {
                loaded += !sealed;
                /* Only the name of the checksum can be damaged without being seen. */
                if (sealed && memcmp(broken, bytes, length) != 0 &&
                    memcmp(broken + name, bytes + name, strlen("checksum")) == 0)
                    fail_msg("variant %d was loaded", (int)i);
                use(&session);
                session_close(&session);
            } else {
                check_reason(&error);
            }
        }
        /* Once more without its checksum, so that every check comes to its turn. */
        memcpy(bytes + name, "no check", strlen("no check"));
    }
    assert_true(loaded > VARIANTS / 50 && loaded < VARIANTS / 2);
    free(broken);
    free(bytes);
}

/* Makes the checksum right again. */
static void seal(char *bytes, size_t size)
{
    char digits[SAFETENSORS_CHECKSUM_DIGITS + 1];
    size_t at = 8;
    while (memcmp(bytes + at, SAFETENSORS_CHECKSUM, strlen(SAFETENSORS_CHECKSUM)) != 0)
        at++;
    at += strlen(SAFETENSORS_CHECKSUM "\":\"");
    memset(bytes + at, '0', SAFETENSORS_CHECKSUM_DIGITS);
    snprintf(digits, sizeof digits, "%016llx",
             (unsigned long long)safetensors_sum(SAFETENSORS_SUM, bytes + 8, size - 8));
    memcpy(bytes + at, digits, SAFETENSORS_CHECKSUM_DIGITS);
}

/* One number of the history or the events becomes another, as a function of the variant's. */
static void change_number(char *number, enum safetensors_type type, struct rng *rng)
{
    static const double reals[] = {0, -1, 0.5, 1, 2, 3, 4, 5, 512, 1e9, 1e18, 1e300, -1e300};
    static const int64_t wholes[] = {0,
                                     -1,
                                     1,
                                     2,
                                     3,
                                     4,
                                     5,
                                     63,
                                     512,
                                     1 << 20,
                                     INT32_MAX,
                                     INT32_MIN,
                                     (int64_t)1 << 40,
                                     INT64_MAX,
                                     INT64_MIN};
    const size_t choice = (size_t)(rng_uniform(rng) * 16);
    const double real_number = choice < COUNT(reals)       ? reals[choice]
                               : choice < COUNT(reals) + 2 ? (double)NAN
                                                           : (double)INFINITY;
    const int64_t wide = wholes[choice < COUNT(wholes) ? choice : 0];
    const float narrow = (float)real_number;
    const int32_t whole = (int32_t)wide;
    switch (type) {
    case SAFETENSORS_F64:
        memcpy(number, &real_number, sizeof real_number);
        break;
    case SAFETENSORS_I64:
        memcpy(number, &wide, sizeof wide);
        break;
    case SAFETENSORS_F32:
        memcpy(number, &narrow, sizeof narrow);
        break;
    case SAFETENSORS_I32:
        memcpy(number, &whole, sizeof whole);
        break;
    case SAFETENSORS_U8:
    case SAFETENSORS_TYPES:
        *number = (char)(rng_uniform(rng) * 256 - 128);
    }
}

/* What can be drawn of it: events are of stacks and layers that there are, their texts printable.
 */
static void check_events_of(const struct saved_session *session)
{
    const struct events *events = &session->events;
    int64_t before = 0;
    assert_between(events->count, 0, EVENTS_MAX);
    assert_true(events->total >= events->count);
    for (int i = 0; i < events->count; i++) {
        const struct event *event = &events->event[i];
        assert_true(event->step >= before && event->step <= session->state->step + 1);
        assert_true(event->side >= -1 && event->side < SIDES);
        assert_true(event->layer >= -1 && event->layer <= session->state->settings.layers);
        assert_between(event->kind, 0, EVENT_KINDS - 1);
        assert_non_null(memchr(event->text, '\0', sizeof event->text));
        for (const char *at = event->text; *at; at++)
            assert_true((unsigned char)*at >= ' ' && *at != 127);
        before = event->step;
    }
}

/* With a right checksum, so that nothing but the checks of the numbers stands in their way: in each
 * array of the history and the events some numbers that others would not have. */
static void numbers_that_cannot_be_are_refused_or_do_no_harm(void **state)
{
    enum { VARIANTS = 3000 };
    struct safetensors_file file;
    struct error error;
    size_t size, header;
    int loaded = 0, refused = 0, arrays = 0, of_events = 0;
    const struct safetensors_tensor *tensor[1000];
    (void)state;
    char *bytes = small_session(&size, &header), *broken = memory_new(size, 1);
    assert_true(safetensors_parse(&file, (unsigned char *)bytes, size, &error));
    for (int t = 0; t < file.tensors; t++) {
        const bool event = strncmp(file.tensor[t].name, "events.", 7) == 0;
        if ((event || strncmp(file.tensor[t].name, "history.", 8) == 0) && file.tensor[t].count > 0)
            tensor[arrays++] = &file.tensor[t];
        of_events += event;
    }
    assert_true(of_events > 30 && arrays > 150 && arrays < 1000);
    for (uint64_t i = 0; i < VARIANTS; i++) {
        struct saved_session session;
        struct rng rng = rng_stream(13, i, 0);
        const struct safetensors_tensor *chosen = tensor[i % (uint64_t)arrays];
        const size_t width = safetensors_types[chosen->type].size;
        const size_t number = (size_t)(rng_uniform(&rng) * (double)chosen->count);
        const size_t place = (size_t)((const unsigned char *)chosen->data - file.numbers);
        memcpy(broken, bytes, size);
        change_number(broken + header + place + number * width, chosen->type, &rng);
        seal(broken, size);
        write_bytes(folder_file("broken"), broken, size);
        if (session_read(folder_file("broken"), "", &session, &error)) {
            loaded++;
            check_events_of(&session);
            use(&session);
            session_close(&session);
        } else {
            refused++;
            check_reason(&error);
            assert_null(strstr(error.text, "checksum"));
        }
    }
    if (loaded < VARIANTS / 10 || refused < VARIANTS / 20) /* both have to be seen */
        fail_msg("%d were loaded, %d refused", loaded, refused);
    safetensors_file_close(&file);
    free(broken);
    free(bytes);
}

/* What the checks of the events are for, one by one. */
static void events_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *array;
        size_t index;
        int64_t number;
        const char *reason;
    } cases[] = {
        {"events.step", 2, 1, "event 3 of it cannot be"},
        {"events.step", 2, 5, "event 3 of it cannot be"},
        {"events.step", 0, -1, "event 1 of it cannot be"},
        {"events.side", 1, 2, "event 2 of it cannot be"},
        {"events.side", 1, -2, "event 2 of it cannot be"},
        {"events.layer", 1, 2, "event 2 of it cannot be"},
        {"events.kind", 0, 'x', "events of a kind 'xwitch'"},
        {"events.kind", 0, 27, "events of a kind '?witch'"},
        {"events.text", 0, 27, "event 1 of it cannot be"},
        {"events.text", 0, 0x80, "event 1 of it cannot be"},
        {"events.total", 0, 2, "its events.total cannot be"},
        {"events.rate", 1, 2, "its events.rate cannot be"},
        {"events.watch.kind", 0, 'x', "events of a kind"},
        {"events.watch.left.said", 0, 2, "its events.watch.left.said cannot be"},
        {"events.watch.left.held", 0, 4, "its events.watch.left.held cannot be"},
        {"events.watch.right.small", 0, -1, "its events.watch.right.small cannot be"},
        {"events.watch.right.steps", 0, 4, "its events.watch.right.steps cannot be"},
        {"events.watch.right.steps", 0, -1, "its events.watch.right.steps cannot be"},
        {"events.watch.left.clipped", 0, -1, "its events.watch.left.clipped cannot be"},
        {"events.watch.left.grad_norm", 0, (int64_t)0x7FF << 52, "left.grad_norm cannot be"},
        {"events.watch.left.valid", 0, (int64_t)0x7FF << 52, "left.valid cannot be"},
        {"history.moments.left.fault.part", 0, 3,
         "number 1 of fault.part in its history cannot be"},
    };
    struct safetensors_file file;
    struct error error;
    size_t size, header;
    (void)state;
    char *bytes = small_session(&size, &header), *broken = memory_new(size, 1);
    assert_true(safetensors_parse(&file, (unsigned char *)bytes, size, &error));
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct safetensors_tensor *chosen = safetensors_find(&file, cases[i].array);
        if (!chosen || cases[i].index >= chosen->count)
            fail_msg("no %s", cases[i].array);
        const size_t width = safetensors_types[chosen->type].size;
        const size_t place = (size_t)((const unsigned char *)chosen->data - file.numbers);
        memcpy(broken, bytes, size);
        for (size_t byte = 0; byte < width; byte++)
            broken[header + place + cases[i].index * width + byte] =
                (char)(cases[i].number >> (8 * byte));
        seal(broken, size);
        write_bytes(folder_file("broken"), broken, size);
        expect_refused(folder_file("broken"), cases[i].reason);
    }
    safetensors_file_close(&file);
    free(broken);
    free(bytes);
}

/* Of another version of the program. */
static void settings_that_are_missing_or_unknown_are_told(void **state)
{
    struct settings settings = small_run_settings("15");
    struct live *live = open_live(&settings);
    struct saved_session session;
    struct error error = {""};
    size_t size;
    (void)state;
    train(live, 2);
    save(live, folder_file("saved"));
    close_live(live);
    char *bytes = contents(folder_file("saved"), &size);
    char *key = bytes;
    while (memcmp(key, "\"clip\"", strlen("\"clip\"")) != 0)
        key++;
    memcpy(key, "\"clop\"", strlen("\"clop\""));
    seal(bytes, size);
    write_bytes(folder_file("other"), bytes, size);
    if (!session_read(folder_file("other"), "", &session, &error))
        fail_msg("%s", error.text);
    assert_string_equal(session.note, "it has no value, so that the default stands, for clip; "
                                      "settings that this lnscope does not know: clop");
    session_close(&session);
    assert_true(session_read(folder_file("saved"), "", &session, &error));
    assert_string_equal(session.note, "");
    session_close(&session);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_placement_goes_on),
        cmocka_unit_test(every_optimizer_goes_on_in_its_warmup),
        cmocka_unit_test(every_preset_goes_on),
        cmocka_unit_test(a_session_before_its_first_step_goes_on),
        cmocka_unit_test(a_text_goes_on_as_long_as_it_is_the_same),
        cmocka_unit_test(a_stashed_norm_comes_back),
        cmocka_unit_test(a_change_of_the_optimizer_goes_on),
        cmocka_unit_test(a_diverged_stack_stays_diverged),
        cmocka_unit_test(ghosts_and_marks_are_kept),
        cmocka_unit_test(events_go_on),
        cmocka_unit_test(a_full_log_is_kept),
        cmocka_unit_test(settings_come_back),
        cmocka_unit_test(a_long_history_goes_on),
        cmocka_unit_test(a_large_history_is_thinned),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(sessions_that_cannot_be_are_refused),
        cmocka_unit_test(a_quantity_that_a_file_does_not_have_is_nan),
        cmocka_unit_test(a_session_of_version_1_goes_on),
        cmocka_unit_test(a_file_is_written_whole_or_not),
        cmocka_unit_test(damage_is_refused_or_does_no_harm),
        cmocka_unit_test(numbers_that_cannot_be_are_refused_or_do_no_harm),
        cmocka_unit_test(settings_that_are_missing_or_unknown_are_told),
        cmocka_unit_test(events_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests_name("session", tests, folder_make, folder_leave);
}
