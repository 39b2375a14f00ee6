/* Saved sessions: from the bytes of a file to a session that is drawn, saved again, and trained on.
 *
 * What begins with 'R' is the file behind that letter. Anything else is edits of a session that was
 * saved here, one after another: 'H' of the header as text (where, how many bytes go, how many
 * come, these), anything else of eight bytes of the numbers (where, these). The length of the
 * header and numbers that are missing or too many are put right, so that an edit does not make it
 * another kind of file. */
#include "fuzz/fuzz.h"

#include "base/file.h"
#include "session/session.h"
#include "tasks/task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EDITS_MAX = 256,       /* bytes that all edits of a header can add */
    NUMBERS_MAX = 1 << 18, /* bytes of the numbers of a file */
    SAVED = 1,             /* the scratch file that is written by saving, which replaces it */
    WORK_MAX = 1 << 14     /* layers x width x tokens of a session that is trained on */
};

/* ---- the session that is edited ---- */

static struct {
    char *header;
    uint8_t *numbers;
    size_t length, size;
} base;

static struct settings small_settings(void)
{
    static const char *const values[][2] = {{"layers", "1"},  {"width", "8"},   {"heads", "1"},
                                            {"ffn", "8"},     {"context", "2"}, {"batch", "1"},
                                            {"task", "copy"}, {"threads", "1"}};
    struct settings settings = settings_default();
    struct error error;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        fuzz_must(setting_set(&settings, values[i][0], values[i][1], &error));
    return settings;
}

/* What of a session is saved besides the weights. */
struct rest {
    struct history history;
    struct events events;
    struct runs runs;
};

static void train_steps(struct pair *pair, struct rest *rest, int steps)
{
    const struct task_info task = task_info(pair->task);
    history_clear(&rest->history);
    history_set_unit(&rest->history, task.unigram_entropy, task.current_token);
    events_clear(&rest->events);
    runs_begin(&rest->runs, &pair->settings, "", task.unigram_entropy, task.current_token);
    for (int step = 1; step <= steps; step++) {
        const struct snapshot *left = pair->run[LEFT].snapshot, *right = pair->run[RIGHT].snapshot;
        pair_step(pair);
        history_add(&rest->history, left, right);
        events_step(&rest->events, &rest->history, &pair->settings);
        runs_step(&rest->runs, left, right);
    }
    history_add_mark(&rest->history, MARK_NAME, 2, "here");
}

/* A run that has ended, and one under way. */
static const char *save_small(void)
{
    static struct rest rest;
    static struct pair pair;
    struct runs_dropped dropped;
    struct error error;
    int64_t bytes;
    const struct settings settings = small_settings();
    const char *path = fuzz_file(SAVED, "", 0);
    history_open(&rest.history);
    runs_open(&rest.runs);
    fuzz_must(pair_open(&pair, &settings, &error));
    train_steps(&pair, &rest, 2);
    runs_keep(&rest.runs, &rest.history, &rest.events, NULL, &dropped);
    pair_close(&pair);
    fuzz_must(pair_open(&pair, &settings, &error));
    train_steps(&pair, &rest, 3);
    struct pair_state *state = pair_state_take(&pair);
    const struct session_parts parts = {state, &rest.history, &rest.events, &rest.runs};
    fuzz_must(session_write(path, true, &parts, &bytes, &error));
    pair_state_free(state);
    runs_close(&rest.runs);
    history_close(&rest.history);
    pair_close(&pair);
    return path;
}

/* Without its checksum, which would refuse all edits. */
static void open_base(void)
{
    struct error error;
    char *bytes;
    size_t size;
    fuzz_must(file_read(save_small(), (size_t)1 << 20, &bytes, &size, &error));
    for (int i = 7; i >= 0; i--)
        base.length = base.length << 8 | (uint8_t)bytes[i];
    base.header = fuzz_text((const uint8_t *)bytes + 8, base.length);
    base.size = size - 8 - base.length;
    base.numbers = (uint8_t *)fuzz_text((const uint8_t *)bytes + 8 + base.length, base.size);
    free(bytes);
    char *checksum = strstr(base.header, "\"checksum\"");
    char *next = strchr(checksum, ',');
    memset(checksum, ' ', (size_t)(next - checksum) + 1);
}

/* ---- edits ---- */

struct edits {
    const uint8_t *next, *end;
};

static size_t take_byte(struct edits *edits)
{
    return edits->next < edits->end ? *edits->next++ : 0;
}

/* A place before `size`. */
static size_t take_place(struct edits *edits, size_t size)
{
    const size_t high = take_byte(edits);
    return (high << 8 | take_byte(edits)) % size;
}

static void edit_header(struct edits *edits, char *header)
{
    const size_t length = strlen(header), at = take_place(edits, length);
    const size_t gone = take_byte(edits), behind = at + gone < length ? at + gone : length;
    size_t come = take_byte(edits);
    if (come > (size_t)(edits->end - edits->next))
        come = (size_t)(edits->end - edits->next);
    if (length - (behind - at) + come > base.length + EDITS_MAX)
        return;
    memmove(header + at + come, header + behind, length - behind + 1);
    memcpy(header + at, edits->next, come);
    edits->next += come;
}

static void edit_numbers(struct edits *edits, uint8_t *numbers)
{
    const size_t at = 8 * take_place(edits, NUMBERS_MAX / 8);
    for (size_t i = 0; i < 8 && edits->next < edits->end; i++)
        numbers[at + i] = (uint8_t)take_byte(edits);
}

/* The largest end of a tensor that the header names: "data_offsets":[BEGIN,END]. */
static size_t end_of_numbers(const char *header)
{
    static const char name[] = "\"data_offsets\":[";
    size_t end = 0;
    for (const char *at = header; (at = strstr(at, name)) != NULL;) {
        char *behind;
        at += sizeof name - 1;
        strtoul(at, &behind, 10);
        if (*behind != ',')
            continue;
        const unsigned long number = strtoul(behind + 1, NULL, 10);
        if (number > end && number <= NUMBERS_MAX)
            end = number;
    }
    return end;
}

/* Makes the file, and returns its path. */
static const char *make_file(const uint8_t *bytes, size_t size)
{
    static uint8_t numbers[NUMBERS_MAX];
    uint8_t prefix[8];
    if (size > 0 && bytes[0] == 'R')
        return fuzz_file(0, bytes + 1, size - 1);
    if (!base.header)
        open_base();
    char *header = calloc(base.length + EDITS_MAX + 1, 1);
    fuzz_must(header != NULL && base.size <= NUMBERS_MAX);
    memcpy(header, base.header, base.length);
    memset(numbers, 0, sizeof numbers);
    memcpy(numbers, base.numbers, base.size);
    for (struct edits edits = {bytes, bytes + size}; edits.next < edits.end && *header;)
        if (take_byte(&edits) == 'H')
            edit_header(&edits, header);
        else
            edit_numbers(&edits, numbers);
    const size_t length = strlen(header);
    for (int i = 0; i < 8; i++)
        prefix[i] = (uint8_t)((uint64_t)((length + 7) / 8 * 8) >> 8 * i);
    const char *path = fuzz_file(0, prefix, sizeof prefix);
    fuzz_file_add(0, header, length);
    fuzz_file_add(0, "        ", (8 - length % 8) % 8);
    fuzz_file_add(0, numbers, end_of_numbers(header));
    free(header);
    return path;
}

/* ---- what is done with it ---- */

/* With a moment that is kept, or the newest. */
static void draw(const struct saved_session *session, int moment)
{
    const struct settings *settings = &session->state->settings;
    const struct task_setup setup = settings_task(settings);
    const struct task_info task = task_describe(&setup);
    struct sample_history samples;
    static struct task_symbols symbols;
    sample_history_open(&samples);
    struct scene scene = {.data = {.settings = settings,
                                   .task = &task,
                                   .history = &session->history,
                                   .events = &session->events,
                                   .runs = &session->runs,
                                   .samples = &samples,
                                   .symbols = &symbols,
                                   .running = true,
                                   .rate = NAN},
                          .message = session->note};
    scene_set_defaults(&scene);
    if (moment >= 0 && moment < history_moments(&session->history))
        scene.look.cursor = history_moment_step(&session->history, moment);
    fuzz_draw(&scene);
    sample_history_close(&samples);
}

/* What was read can be saved, and is read again. */
static void save(const struct saved_session *session)
{
    const struct session_parts parts = {session->state, &session->history, &session->events,
                                        &session->runs};
    struct saved_session again;
    struct error error;
    int64_t bytes;
    const char *path = fuzz_file(SAVED, "", 0);
    fuzz_must(session_write(path, true, &parts, &bytes, &error));
    fuzz_must(session_read(path, "", &again, &error));
    session_close(&again);
}

static void train(struct saved_session *session)
{
    struct settings *settings = &session->state->settings;
    static struct pair pair;
    struct error error;
    const double work = (double)settings->layers * settings->width * settings->batch *
                        settings->context * (1 + settings->ffn / settings->width);
    if (work > WORK_MAX || session->state->step >= INT64_MAX / 2)
        return;
    settings->threads = 1;
    fuzz_must(pair_open(&pair, settings, &error));
    if (pair_state_put(&pair, session->state, &error)) {
        pair_step(&pair);
        history_add(&session->history, pair.run[LEFT].snapshot, pair.run[RIGHT].snapshot);
        events_step(&session->events, &session->history, settings);
        draw(session, -1);
    } else {
        fuzz_must_say(&error);
    }
    pair_close(&pair);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct saved_session session;
    struct error error;
    if (!session_read(make_file(bytes, size), "", &session, &error)) {
        fuzz_must(size > 0); /* what was saved can be read */
        fuzz_must_say(&error);
        return 0;
    }
    draw(&session, 0);
    save(&session);
    train(&session);
    session_close(&session);
    return 0;
}
