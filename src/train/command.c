/* See command.h. */
#include "train/command.h"

#include "base/memory.h"

#include <stdlib.h>

bool command_ends_redo(enum command_kind kind)
{
    return kind != COMMAND_RUN && kind != COMMAND_PAUSE && kind != COMMAND_STEP &&
           kind != COMMAND_SAVE;
}

void command_put(struct command_queue *queue, const struct command *like)
{
    struct command *command = memory_new(1, sizeof *command);
    *command = *like;
    command->next = NULL;
    if (queue->newest)
        queue->newest->next = command;
    else
        queue->oldest = command;
    queue->newest = command;
}

struct command *command_take(struct command_queue *queue)
{
    struct command *command = queue->oldest;
    if (!command)
        return NULL;
    queue->oldest = command->next;
    if (!queue->oldest)
        queue->newest = NULL;
    return command;
}

void command_clear(struct command_queue *queue)
{
    struct command *command;
    while ((command = command_take(queue)) != NULL) {
        pair_state_free(command->state);
        redo_close(&command->redo);
        free(command);
    }
}
