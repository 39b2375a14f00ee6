/* See session.h. Knows no threads and no screen. */
#include "session/session.h"

#include "base/file.h"
#include "base/names.h"
#include "core/tensors.h"
#include "session/events_file.h"
#include "session/history_file.h"
#include "session/numbers_file.h"
#include "session/runs_file.h"
#include "session/tensor_file.h"
#include "train/measure.h"
#include "train/settings_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The version of the format; earlier ones are read as well. Since 2 the moments have all
 * quantities, by the names of their table. A file without the key is no session. */
enum { SESSION_VERSION = 2, KEY_SIZE = 96, SHOWN = 200 };
static const char version_key[] = "session";

static const char *const fault_words[] = {[FAULT_NONE] = "none",
                                          [FAULT_STREAM] = "stream",
                                          [FAULT_LOSS] = "loss",
                                          [FAULT_GRADIENT] = "gradient",
                                          [FAULT_PARAMETER] = "parameter"};
static const char *const part_words[] = {[FAULT_WHOLE] = "whole",
                                         [FAULT_ATTENTION] = "attention",
                                         [FAULT_FEED_FORWARD] = "feed-forward"};
static const struct names fault_names = NAMES_OF_WORDS(fault_words);
static const struct names part_names = NAMES_OF_WORDS(part_words);

/* The three arrays of a state: how they are called, and in which order they are stashed. */
enum { ARRAYS = 3 };
static const char *const array_names[ARRAYS] = {"param", "optimizer.first", "optimizer.second"};

/* "left.WHAT" */
static const char *key_of(char key[KEY_SIZE], enum side side, const char *what)
{
    snprintf(key, KEY_SIZE, "%s.%s", stack_names[side], what);
    return key;
}

/* The table of tensors of one stack, to be freed with free(model->parameters.tensor). */
static void list_tensors(struct model *model, const struct settings *settings, enum side side,
                         int vocab)
{
    *model = (struct model){.config = run_model_config(settings, side, vocab)};
    tensors_list(&model->parameters, &model->config);
}

/* ---- writing ---- */

static void add_integer(struct safetensors *set, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    safetensors_metadata(set, key, text);
}

static void add_stash(struct safetensors *set, const struct stashed_norm *stash, enum side side)
{
    for (int i = 0; i < stash->tensors; i++)
        for (int a = 0; a < ARRAYS; a++) {
            char name[KEY_SIZE];
            const int64_t count = (int64_t)stash->tensor[i].count;
            snprintf(name, sizeof name, "%s.parked.%s.%s", stack_names[side], array_names[a],
                     stash->tensor[i].kind);
            safetensors_add(set, name, tensor_file_real, 1, &count,
                            stash->tensor[i].numbers + (size_t)a * stash->tensor[i].count);
        }
}

static void add_run(struct safetensors *set, const struct run_state *run, enum side side,
                    const struct model *model)
{
    char key[KEY_SIZE];
    const real *const array[ARRAYS] = {run->weight, run->first, run->second};
    for (int a = 0; a < ARRAYS; a++)
        tensor_file_add(set, key_of(key, side, array_names[a]), &model->parameters, array[a]);
    add_stash(set, &run->stash, side);
    safetensors_metadata(set, key_of(key, side, "optimizer"), optimizer_table[run->optimizer].name);
    add_integer(set, key_of(key, side, "updates"), run->updates);
    safetensors_metadata(set, key_of(key, side, "fault"), fault_words[run->fault.place]);
    add_integer(set, key_of(key, side, "fault.layer"), run->fault.layer);
    add_integer(set, key_of(key, side, "fault.step"), run->fault.step);
    safetensors_metadata(set, key_of(key, side, "fault.part"), part_words[run->fault.part]);
}

bool session_write(const char *path, bool force, const struct session_parts *parts, int64_t *bytes,
                   struct error *error)
{
    const struct pair_state *state = parts->state;
    const struct history *history = parts->history;
    struct safetensors set = {.sealed = true};
    struct file file = {0};
    if (history_newest(history) != state->step)
        return error_set(error,
                         "the history ends at step %" PRId64 ", the weights are of step %" PRId64
                         ": save them together",
                         history_newest(history), state->step);
    if (!file_create(&file, path, force, error))
        return false;
    add_integer(&set, version_key, SESSION_VERSION);
    safetensors_metadata(&set, "program", LNSCOPE_VERSION);
    safetensors_metadata(&set, "real", REAL_NAME);
    tensor_file_add_settings(&set, &state->settings, state->step);
    for (enum side side = LEFT; side < SIDES; side++) {
        struct model model;
        list_tensors(&model, &state->settings, side, state->vocab);
        add_run(&set, &state->run[side], side, &model);
        free(model.parameters.tensor);
    }
    history_write(history, &set);
    events_write(parts->events, history, &set);
    runs_write(parts->runs, &set);
    safetensors_write(&set, file.stream);
    safetensors_close(&set);
    *bytes = (int64_t)ftello(file.stream);
    return file_commit(&file, error);
}

/* ---- reading ---- */

/* Is it a session, and one for this program? */
static bool check_kind(const struct safetensors_file *file, struct error *error)
{
    const char *program = safetensors_value(file, "program"), *real_name;
    char shown[KEY_SIZE];
    int64_t version;
    if (!safetensors_value(file, version_key))
        return error_set(error, "it is no session of lnscope: name a file that :save has written");
    if (!tensor_file_integer(file, version_key, 1, INT32_MAX, &version, error))
        return false;
    names_printable(shown, sizeof shown, program ? program : "?");
    if (version > SESSION_VERSION)
        return error_set(error,
                         "its format %" PRId64 ", of lnscope %s, is newer than %d: a newer lnscope "
                         "reads it",
                         version, shown, SESSION_VERSION);
    real_name = safetensors_value(file, "real");
    if (real_name && strcmp(real_name, REAL_NAME) == 0)
        return true;
    names_printable(shown, sizeof shown, real_name ? real_name : "?");
    return error_set(error,
                     "it is in %s precision and this program in %s: a build with REAL=%s goes on "
                     "with it",
                     shown, REAL_NAME, shown);
}

static bool read_choice(const struct safetensors_file *file, const char *key,
                        const struct names *names, int *choice, struct error *error)
{
    const char *value = safetensors_value(file, key);
    *choice = names_find(names, key, value ? value : "", error);
    return *choice >= 0;
}

static bool read_fault(const struct safetensors_file *file, enum side side, int layers,
                       int64_t step, struct fault *fault, struct error *error)
{
    char key[KEY_SIZE];
    int place, part;
    int64_t layer;
    if (!read_choice(file, key_of(key, side, "fault"), &fault_names, &place, error) ||
        !tensor_file_integer(file, key_of(key, side, "fault.layer"), 0, layers, &layer, error) ||
        !tensor_file_integer(file, key_of(key, side, "fault.step"), 0, step, &fault->step, error) ||
        !read_choice(file, key_of(key, side, "fault.part"), &part_names, &part, error))
        return false;
    fault->place = (enum fault_place)place;
    fault->layer = (int)layer;
    fault->part = (enum fault_part)part;
    return true;
}

/* The final norm that the stack does without, where its placement was switched to one that has
 * none: the tensors of `with`, a model that has it, that `model` does not have. */
static bool read_stash(const struct safetensors_file *file, enum side side,
                       const struct model *model, const struct model *with,
                       struct stashed_norm *stash, struct error *error)
{
    char name[KEY_SIZE];
    for (int i = 0; i < with->parameters.tensors; i++) {
        const struct tensor *tensor = &with->parameters.tensor[i];
        const int64_t count = (int64_t)tensor_size(tensor);
        if (tensor->block >= 0 || tensors_find(&model->parameters, tensor->kind, -1) >= 0)
            continue;
        snprintf(name, sizeof name, "%s.parked.%s.%s", stack_names[side], array_names[0],
                 tensor->kind);
        if (stash->tensors == 0 && !safetensors_find(file, name))
            return true; /* it never had one */
        real *numbers = malloc(ARRAYS * (size_t)count * sizeof *numbers);
        if (!numbers)
            return error_set(error, "there is no memory for its final norm");
        stash->tensor[stash->tensors].kind = tensor->kind;
        stash->tensor[stash->tensors].count = (size_t)count;
        stash->tensor[stash->tensors++].numbers = numbers;
        for (int a = 0; a < ARRAYS; a++) {
            snprintf(name, sizeof name, "%s.parked.%s.%s", stack_names[side], array_names[a],
                     tensor->kind);
            const struct safetensors_tensor *from =
                safetensors_need(file, name, tensor_file_real, 1, &count, error);
            if (!from)
                return false;
            memcpy(numbers + a * count, from->data, (size_t)count * sizeof *numbers);
        }
    }
    return true;
}

static bool read_arrays(const struct safetensors_file *file, enum side side,
                        const struct model *model, struct run_state *run, struct error *error)
{
    char key[KEY_SIZE];
    const size_t n = model->parameters.count;
    run->parameters = n;
    run->weight = calloc(ARRAYS * n, sizeof *run->weight); /* padding is 0 */
    if (!run->weight)
        return error_set(error, "there is no memory for its %zu numbers", ARRAYS * n);
    run->first = run->weight + n;
    run->second = run->first + n;
    for (size_t a = 0; a < ARRAYS; a++)
        if (!tensor_file_read(file, key_of(key, side, array_names[a]), &model->parameters,
                              run->weight + a * n, error))
            return false;
    return true;
}

static bool read_run(const struct safetensors_file *file, enum side side,
                     const struct settings *settings, const struct model *model,
                     struct run_state *run, int64_t step, struct error *error)
{
    char key[KEY_SIZE];
    int optimizer;
    struct model with = {.config = model->config};
    run->placement = model->config.placement;
    if (!read_choice(file, key_of(key, side, "optimizer"), &optimizer_names, &optimizer, error) ||
        !tensor_file_integer(file, key_of(key, side, "updates"), 0, step, &run->updates, error) ||
        !read_fault(file, side, settings->layers, step, &run->fault, error) ||
        !read_arrays(file, side, model, run, error))
        return false;
    run->optimizer = (enum optimizer)optimizer;
    with.config.placement = PLACEMENT_PRE;
    tensors_list(&with.parameters, &with.config);
    const bool good = read_stash(file, side, model, &with, &run->stash, error);
    free(with.parameters.tensor);
    return good;
}

/* State, history and events, for settings that were checked. */
static bool read_numbers(const struct safetensors_file *file, struct saved_session *session,
                         struct error *error)
{
    struct pair_state *state = session->state;
    const struct snapshot *shape[SIDES] = {NULL};
    bool good = tensor_file_integer(file, "step", 0, numbers_step_most, &state->step, error);
    for (enum side side = LEFT; side < SIDES && good; side++) {
        struct model model;
        list_tensors(&model, &state->settings, side, state->vocab);
        shape[side] = measure_open(&model);
        good =
            read_run(file, side, &state->settings, &model, &state->run[side], state->step, error);
        free(model.parameters.tensor);
    }
    good = good && history_read(&session->history, file, shape, state->step, error) &&
           events_read(&session->events, file, shape, state->step, error) &&
           runs_read(&session->runs, file, state->step, error);
    for (int side = 0; side < SIDES; side++)
        snapshot_free(shape[side]);
    return good;
}

/* What is learned now has to be what was learned: its entropy tells. *current_token becomes what
 * the task knows of that. */
static bool check_task(struct pair_state *state, double entropy, double *current_token,
                       struct error *error)
{
    const struct settings *settings = &state->settings;
    const struct task_setup setup = settings_task(settings);
    struct task *task = task_open(&setup, error);
    if (!task)
        return false;
    const double now = task_info(task).unigram_entropy;
    state->vocab = task_info(task).vocab;
    *current_token = task_info(task).current_token;
    task_close(task);
    if ((isnan(now) && isnan(entropy)) || fabs(now - entropy) <= 1e-9 * fabs(now))
        return true;
    if (settings->task == TASK_TEXT)
        return error_set(error, "its text is no longer what it has learned: that text as it was");
    return error_set(error, "its task %s is not that of this program: the lnscope that wrote it",
                     names_at(&task_names, (int)settings->task));
}

/* Puts the text that the user has named in the place of the one that the session names. */
static bool choose_text(struct settings *settings, const char *text, struct error *error)
{
    char shown[SHOWN];
    names_printable(shown, sizeof shown, settings->text);
    if (settings->task == TASK_TEXT && settings->text[0] && !*text)
        return error_set(error,
                         "it has learned %s, and no text is opened that you have not named: name "
                         "it with --text FILE, or :text FILE",
                         shown);
    snprintf(settings->text, sizeof settings->text, "%s", settings->task == TASK_TEXT ? text : "");
    return true;
}

static bool read_file(const struct safetensors_file *file, const char *text,
                      struct saved_session *session, struct error *error)
{
    static const char *const others[] = {version_key,          "program", "real", "step", "runs",
                                         SAFETENSORS_CHECKSUM, NULL};
    struct settings *settings = &session->state->settings;
    struct error reason;
    const struct safetensors_tensor *unit = safetensors_find(file, "history.level_unit");
    const double entropy = unit && unit->count == 1 ? safetensors_number(unit, 0) : 0;
    if (!check_kind(file, error) ||
        !tensor_file_settings(file, others, settings, session->note, sizeof session->note, error) ||
        !choose_text(settings, text, error))
        return false;
    double current_token;
    if (!settings_check(settings, error) ||
        !check_task(session->state, entropy, &current_token, error))
        return false;
    session->state->bytes = pair_state_bytes_for(settings, session->state->vocab);
    if (!read_numbers(file, session, &reason))
        return error_set(error, "%.400s: name another file that :save has written", reason.text);
    history_set_token(&session->history, current_token);
    return true;
}

bool session_read(const char *path, const char *text, struct saved_session *session,
                  struct error *error)
{
    struct safetensors_file file;
    struct error reason;
    char shown[SHOWN];
    *session = (struct saved_session){.state = NULL};
    events_clear(&session->events);
    if (!safetensors_open(&file, path, error))
        return false;
    session->state = calloc(1, sizeof *session->state);
    history_open(&session->history);
    runs_open(&session->runs);
    bool good = session->state ? read_file(&file, text, session, &reason)
                               : error_set(&reason, "there is no memory for it");
    safetensors_file_close(&file);
    if (good)
        return true;
    session_close(session);
    names_printable(shown, sizeof shown, path);
    return error_set(error, "cannot load %s: %.300s", shown, reason.text);
}

void session_close(struct saved_session *session)
{
    pair_state_free(session->state);
    history_close(&session->history);
    runs_close(&session->runs);
    *session = (struct saved_session){.state = NULL};
}
