/* See update.h. */
#include "train/update.h"

#include "base/memory.h"
#include "train/pair.h"

#include <stdio.h>
#include <stdlib.h>

static struct update_run *describe_run(const struct pair *pair)
{
    struct update_run *run = memory_new(1, sizeof *run);
    run->settings = pair->settings;
    run->task = task_info(pair->task);
    task_symbols(pair->task, &run->symbols);
    snprintf(run->doubt, sizeof run->doubt, "%s", task_doubt(pair->task));
    for (int side = 0; side < SIDES; side++)
        run->parameters[side] = (int64_t)pair->run[side].model.parameters.trained;
    return run;
}

struct update *update_new(enum update_kind kind, const struct pair *pair)
{
    struct update *update = memory_new(1, sizeof *update);
    update->kind = kind;
    update->step = pair->run[LEFT].step;
    if (kind != UPDATE_STEP && kind != UPDATE_SAMPLE && kind != UPDATE_ATTENTION)
        update->run = describe_run(pair);
    return update;
}

void update_add_snapshots(struct update *update, const struct pair *pair)
{
    for (int side = 0; side < SIDES; side++)
        update->snapshot[side] = snapshot_copy(pair->run[side].snapshot);
}

void update_free(struct update *update)
{
    if (!update)
        return;
    for (int side = 0; side < SIDES; side++) {
        snapshot_free(update->snapshot[side]);
        attention_maps_free(update->attention[side]);
    }
    free(update->sample);
    free(update->run);
    pair_state_free(update->state);
    pair_state_free(update->ended);
    free(update);
}

void update_put(struct update_queue *queue, struct update *update)
{
    update->next = NULL;
    if (queue->newest)
        queue->newest->next = update;
    else
        queue->oldest = update;
    queue->newest = update;
    queue->count++;
}

struct update *update_take(struct update_queue *queue)
{
    struct update *update = queue->oldest;
    if (!update)
        return NULL;
    queue->oldest = update->next;
    if (!queue->oldest)
        queue->newest = NULL;
    queue->count--;
    return update;
}
