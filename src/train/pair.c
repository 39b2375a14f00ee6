/* See pair.h. */
#include "train/pair.h"

#include "base/system.h"

static void bind_threads(struct pair *pair)
{
    for (int side = 0; side < SIDES; side++)
        pair->run[side].parallel = pair->inner[side] ? &pair->parallel[side] : NULL;
}

static int threads_of(const struct settings *settings)
{
    return settings->threads > 0 ? settings->threads : system_cores();
}

/* Of all threads, those of one stack, with the one that asks; on a single one the stacks take
 * turns.
 */
static int share_of(int threads, enum side side)
{
    const int share = (threads + (side == LEFT)) / SIDES;
    return share > 1 ? share : 1;
}

static void open_threads(struct pair *pair)
{
    const int threads = threads_of(&pair->settings);
    pair->threads = threads;
    pair->sides = threads > 1 ? team_open(SIDES) : NULL;
    for (enum side side = LEFT; side < SIDES; side++) {
        const int share = share_of(threads, side);
        pair->inner[side] = share > 1 ? team_open(share) : NULL;
        if (pair->inner[side])
            pair->parallel[side] = team_parallel(pair->inner[side]);
    }
    bind_threads(pair);
}

static void close_threads(struct pair *pair)
{
    team_close(pair->sides);
    for (int side = 0; side < SIDES; side++)
        team_close(pair->inner[side]);
}

void pair_move(struct pair *to, const struct pair *from)
{
    *to = *from;
    bind_threads(to);
}

bool pair_open(struct pair *pair, const struct settings *settings, struct error *error)
{
    *pair = (struct pair){.settings = *settings};
    const struct task_setup task = settings_task(settings);
    pair->task = task_open(&task, error);
    if (!pair->task)
        return false;
    for (int side = 0; side < SIDES; side++) {
        if (!run_open(&pair->run[side], settings, (enum side)side, pair->task, error)) {
            while (side-- > 0)
                run_close(&pair->run[side]);
            task_close(pair->task);
            return false;
        }
    }
    for (int side = 0; side < SIDES; side++)
        sampler_open(&pair->sampler[side], &pair->run[side]);
    open_threads(pair);
    return true;
}

void pair_close(struct pair *pair)
{
    close_threads(pair);
    for (int side = 0; side < SIDES; side++) {
        sampler_close(&pair->sampler[side]);
        run_close(&pair->run[side]);
    }
    task_close(pair->task);
}

void pair_sides(struct pair *pair, void (*task)(void *argument, int side), void *argument)
{
    struct parallel sides;
    if (pair->sides)
        sides = team_parallel(pair->sides);
    parallel_run(pair->sides ? &sides : NULL, SIDES, task, argument);
}

static void step_task(void *argument, int side)
{
    struct pair *pair = argument;
    pair->run[side].watch = pair->watch;
    run_step(&pair->run[side]);
}

void pair_step(struct pair *pair)
{
    pair_sides(pair, step_task, pair);
}

int pair_sample_distance(const struct pair *pair, bool watched)
{
    return sampler_distance(&pair->sampler[LEFT], &pair->run[LEFT], watched);
}

void pair_begin_sample(struct pair *pair, bool watched)
{
    for (int side = 0; side < SIDES; side++)
        sampler_begin(&pair->sampler[side], &pair->run[side], watched);
}

struct sample_phase {
    struct pair *pair;
    bool more[SIDES];
};

static void sample_task(void *argument, int side)
{
    struct sample_phase *phase = argument;
    phase->more[side] = sampler_go_on(&phase->pair->sampler[side], &phase->pair->run[side]);
}

bool pair_go_on_sample(struct pair *pair)
{
    struct sample_phase phase = {.pair = pair};
    pair_sides(pair, sample_task, &phase);
    return phase.more[LEFT] || phase.more[RIGHT];
}

void pair_set(struct pair *pair, const struct settings *settings)
{
    bool threads = settings->threads != pair->settings.threads;
    pair->settings = *settings;
    for (int side = 0; side < SIDES; side++)
        run_set(&pair->run[side], settings);
    if (threads) {
        close_threads(pair);
        open_threads(pair);
    }
}

bool pair_switch(struct pair *pair, enum side side, enum placement placement, struct error *error)
{
    if (!run_switch(&pair->run[side], placement, error))
        return false;
    for (int other = 0; other < SIDES; other++)
        pair->run[other].settings.stack[side].placement = placement;
    pair->settings.stack[side].placement = placement;
    return true;
}

size_t pair_bytes(const struct settings *settings, int vocab)
{
    size_t bytes = 0;
    for (int side = 0; side < SIDES; side++)
        bytes += run_bytes(settings, (enum side)side, vocab);
    return bytes;
}

size_t pair_scratch_bytes(const struct settings *settings, int vocab)
{
    const int threads = threads_of(settings);
    size_t sum = 0, most = 0;
    for (enum side side = LEFT; side < SIDES; side++) {
        const size_t bytes = run_scratch_bytes(settings, side, vocab, share_of(threads, side));
        sum += bytes;
        most = bytes > most ? bytes : most;
    }
    return threads > 1 ? sum : most;
}
