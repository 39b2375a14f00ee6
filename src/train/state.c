/* See state.h. Copies numbers; knows no files and no threads. */
#include "train/state.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the weights and both moments. */
static size_t numbers_bytes(size_t parameters)
{
    return 3 * parameters * sizeof(real);
}

size_t pair_state_bytes(const struct pair *pair)
{
    size_t bytes = sizeof(struct pair_state);
    for (int side = 0; side < SIDES; side++) {
        const struct run *run = &pair->run[side];
        bytes += memory_large_size(numbers_bytes(run->model.parameters.count));
        for (int i = 0; i < run->stash.tensors; i++)
            bytes += 3 * run->stash.tensor[i].count * sizeof(real);
    }
    return bytes;
}

size_t pair_state_bytes_for(const struct settings *settings, int vocab)
{
    size_t bytes = sizeof(struct pair_state);
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct model_config config = run_model_config(settings, side, vocab);
        bytes += memory_large_size(numbers_bytes(model_parameters(&config)));
    }
    return bytes;
}

/* False when there is no memory. */
static bool copy_stash(struct stashed_norm *to, const struct stashed_norm *from)
{
    *to = (struct stashed_norm){0};
    for (int i = 0; i < from->tensors; i++) {
        const size_t bytes = 3 * from->tensor[i].count * sizeof(real);
        real *numbers = malloc(bytes);
        if (!numbers) {
            run_drop_stash(to);
            return false;
        }
        memcpy(numbers, from->tensor[i].numbers, bytes);
        to->tensor[i] = from->tensor[i];
        to->tensor[i].numbers = numbers;
        to->tensors++;
    }
    return true;
}

/* What the state has from before is reused, or freed. */
static bool take_run(struct run_state *state, const struct run *run)
{
    const size_t n = run->model.parameters.count;
    real *numbers = state->weight;
    if (numbers && state->parameters != n) {
        free(numbers);
        numbers = NULL;
    }
    run_drop_stash(&state->stash);
    *state = (struct run_state){
        .placement = run->model.config.placement,
        .optimizer = run->optimizer.kind,
        .updates = run->optimizer.updates,
        .fault = run->fault,
        .parameters = n,
        .weight = numbers ? numbers : memory_large(numbers_bytes(n)),
    };
    if (!state->weight || !copy_stash(&state->stash, &run->stash))
        return false;
    state->first = state->weight + n;
    state->second = state->first + n;
    memcpy(state->weight, run->model.parameters.weight, n * sizeof(real));
    memcpy(state->first, run->optimizer.first, n * sizeof(real));
    memcpy(state->second, run->optimizer.second, n * sizeof(real));
    return true;
}

struct take_phase {
    const struct pair *pair;
    struct pair_state *state;
    bool taken[SIDES];
};

static void take_task(void *argument, int side)
{
    struct take_phase *phase = argument;
    phase->taken[side] = take_run(&phase->state->run[side], &phase->pair->run[side]);
}

struct pair_state *pair_state_take(struct pair *pair)
{
    struct pair_state *state = calloc(1, sizeof *state);
    return state ? pair_state_retake(state, pair) : NULL;
}

struct pair_state *pair_state_retake(struct pair_state *state, struct pair *pair)
{
    state->settings = pair->settings;
    state->step = pair->run[LEFT].step;
    state->vocab = pair->run[LEFT].model.config.vocab;
    state->bytes = pair_state_bytes(pair);
    struct take_phase phase = {.pair = pair, .state = state};
    pair_sides(pair, take_task, &phase);
    if (!phase.taken[LEFT] || !phase.taken[RIGHT]) {
        pair_state_free(state);
        return NULL;
    }
    return state;
}

void pair_state_free(struct pair_state *state)
{
    for (int side = 0; state && side < SIDES; side++) {
        free(state->run[side].weight);
        run_drop_stash(&state->run[side].stash);
    }
    free(state);
}

static void put_run(struct run *run, const struct run_state *state, struct stashed_norm *stash)
{
    const size_t bytes = state->parameters * sizeof(real);
    memcpy(run->model.parameters.weight, state->weight, bytes);
    memcpy(run->optimizer.first, state->first, bytes);
    memcpy(run->optimizer.second, state->second, bytes);
    run->optimizer.kind = state->optimizer;
    run->optimizer.updates = state->updates;
    run->fault = state->fault;
    snapshot_clear(run->snapshot);
    run_drop_stash(&run->stash);
    run->stash = *stash;
}

/* Both stacks to these placements; false when there is no memory on the way. */
static bool switch_both(struct pair *pair, const enum placement placement[SIDES],
                        struct error *error)
{
    for (enum side side = LEFT; side < SIDES; side++)
        if (pair->run[side].model.config.placement != placement[side] &&
            !pair_switch(pair, side, placement[side], error))
            return false;
    return true;
}

static bool copy_both(struct stashed_norm stash[SIDES], const struct pair_state *state,
                      struct error *error)
{
    for (int side = 0; side < SIDES; side++)
        if (!copy_stash(&stash[side], &state->run[side].stash)) {
            while (side-- > 0)
                run_drop_stash(&stash[side]);
            return error_set(error, "no memory to go back to this state: a smaller model needs "
                                    "less");
        }
    return true;
}

static bool has_parameters_of(const struct pair *pair, const struct pair_state *state,
                              struct error *error)
{
    for (int side = 0; side < SIDES; side++)
        if (pair->run[side].model.parameters.count != state->run[side].parameters)
            return error_set(error, "the %s stack of this state has other parameters",
                             stack_names[side]);
    return true;
}

bool pair_state_put(struct pair *pair, const struct pair_state *state, struct error *error)
{
    const enum placement was[SIDES] = {pair->run[LEFT].model.config.placement,
                                       pair->run[RIGHT].model.config.placement};
    const enum placement then[SIDES] = {state->run[LEFT].placement, state->run[RIGHT].placement};
    struct stashed_norm stash[SIDES];
    if (!switch_both(pair, then, error) || !has_parameters_of(pair, state, error) ||
        !copy_both(stash, state, error)) {
        switch_both(pair, was, NULL);
        return false;
    }
    for (int side = 0; side < SIDES; side++) {
        put_run(&pair->run[side], &state->run[side], &stash[side]);
        pair->run[side].step = state->step;
    }
    pair_set(pair, &state->settings);
    return true;
}
