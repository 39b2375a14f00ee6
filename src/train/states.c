/* See states.h. Owns the copies; knows no threads. */
#include "train/states.h"

#include "base/memory.h"

#include <stdlib.h>

void states_open(struct states *states)
{
    *states = (struct states){.limit = STATES_BYTES, .spacing = STATES_SPACING};
}

/* Drops states[i] without closing the gap. */
static void drop(struct states *states, int i)
{
    states->used -= states->state[i]->bytes;
    states->spare[states->spares++] = states->state[i];
}

/* Frees spares until all that is left of them, and what is kept, takes at most so many bytes. */
static void free_spares(struct states *states, size_t most)
{
    size_t bytes = states->used;
    for (int i = 0; i < states->spares; i++)
        bytes += states->spare[i]->bytes;
    while (states->spares > 0 && bytes > most) {
        struct pair_state *spare = states->spare[--states->spares];
        bytes -= spare->bytes;
        pair_state_free(spare);
    }
}

static void forget(struct states *states)
{
    while (states->count > 0)
        drop(states, --states->count);
    states->entries = 0;
}

void states_close(struct states *states)
{
    forget(states);
    free_spares(states, 0);
    free(states->state);
    free(states->spare);
    free(states->entry);
    *states = (struct states){0};
}

/* Every second state goes: those at odd multiples of the spacing; but not that of the start. */
static void thin(struct states *states)
{
    int kept = 1;
    for (int i = 1; i < states->count; i++) {
        if (states->state[i]->step % (2 * states->spacing) == 0)
            states->state[kept++] = states->state[i];
        else
            drop(states, i);
    }
    states->count = kept;
    states->spacing *= 2;
}

/* Thins until `more` bytes fit; at least `least` states stay. */
static void make_room(struct states *states, size_t more, int least)
{
    while (states->used + more > states->limit && states->count > least)
        thin(states);
}

void states_limit(struct states *states, size_t bytes)
{
    states->limit = bytes;
    make_room(states, 0, STATES_LEAST);
    free_spares(states, bytes);
}

/* A state that there is no memory for is not kept: the one before it serves in its place. */
static void keep(struct states *states, struct pair *pair)
{
    struct pair_state *state = states->spares > 0
                                   ? pair_state_retake(states->spare[--states->spares], pair)
                                   : pair_state_take(pair);
    if (!state)
        return;
    if (states->count + states->spares == states->room) {
        states->room = states->room > 0 ? 2 * states->room : 16;
        states->state = memory_resize(states->state, (size_t)states->room, sizeof *states->state);
        states->spare = memory_resize(states->spare, (size_t)states->room, sizeof *states->spare);
    }
    states->state[states->count++] = state;
    states->used += state->bytes;
}

void states_restart(struct states *states, struct pair *pair)
{
    forget(states);
    if (states->spares > 0 && states->spare[0]->bytes != pair_state_bytes(pair))
        free_spares(states, 0); /* of another model */
    states->spacing = STATES_SPACING;
    keep(states, pair);
}

bool states_step(struct states *states, struct pair *pair)
{
    if (pair->run[LEFT].step % states->spacing != 0)
        return false;
    const size_t bytes = pair_state_bytes(pair);
    make_room(states, bytes, STATES_LEAST - 1);
    if (pair->run[LEFT].step % states->spacing != 0) /* of the new spacing */
        return false;
    /* The last spare becomes the new state; they differ in size where placements were switched. */
    const size_t last = states->spares > 0 ? states->spare[states->spares - 1]->bytes : 0;
    free_spares(states, states_most(states->limit, bytes) - bytes + last);
    keep(states, pair);
    return true;
}

void states_change(struct states *states, const struct pair *pair)
{
    if (states->entries == states->entry_room) {
        states->entry_room = states->entry_room > 0 ? 2 * states->entry_room : 16;
        states->entry =
            memory_resize(states->entry, (size_t)states->entry_room, sizeof *states->entry);
    }
    states->entry[states->entries++] =
        (struct settings_entry){pair->run[LEFT].step + 1, pair->settings};
}

/* Settings of the run from one place, those of the program from another. */
static void set_both(struct pair *pair, const struct settings *run, const struct settings *program)
{
    struct settings both = *run;
    settings_copy(&both, program, SCOPE_PROGRAM);
    pair_set(pair, &both);
}

bool states_back(const struct states *states, struct pair *pair, int64_t step, struct error *error)
{
    const struct settings now = pair->settings;
    int i = states->count - 1;
    while (i > 0 && states->state[i]->step >= step)
        i--;
    if (i < 0)
        return error_set(error, "no state was kept to go back to: a smaller model needs less "
                                "memory");
    const int64_t start = states->state[i]->step;
    if (start > 0 && start >= step)
        return error_set(error,
                         "this run was taken up again at step %lld: only later steps can be gone "
                         "back to",
                         (long long)start);
    if (!pair_state_put(pair, states->state[i], error))
        return false;
    set_both(pair, &states->state[i]->settings, &now);
    return true;
}

bool states_put_settings(struct pair *pair, const struct settings *settings, struct error *error)
{
    for (enum side side = LEFT; side < SIDES; side++)
        if (settings->stack[side].placement != pair->settings.stack[side].placement &&
            !pair_switch(pair, side, settings->stack[side].placement, error))
            return false;
    set_both(pair, settings, &pair->settings);
    return true;
}

bool states_redo(const struct states *states, struct pair *pair, struct error *error)
{
    const int64_t next = pair->run[LEFT].step + 1;
    for (int i = 0; i < states->entries; i++)
        if (states->entry[i].step == next &&
            !states_put_settings(pair, &states->entry[i].settings, error))
            return false;
    pair_step(pair);
    return true;
}

void states_cut(struct states *states, int64_t step)
{
    while (states->count > 1 && states->state[states->count - 1]->step > step)
        drop(states, --states->count);
    while (states->entries > 0 && states->entry[states->entries - 1].step > step)
        states->entries--;
    states->spacing = STATES_SPACING;
    if (states->count == 0)
        return;
    /* The spacing that a run of this length has, from its first state on. */
    const int64_t length = step - states->state[0]->step;
    const int64_t room = (int64_t)(states->limit / states->state[0]->bytes);
    while (length / states->spacing + 1 > (room > STATES_LEAST ? room : STATES_LEAST))
        states->spacing *= 2;
}

size_t states_most(size_t limit, size_t state_bytes)
{
    return STATES_LEAST * state_bytes > limit ? STATES_LEAST * state_bytes : limit;
}
