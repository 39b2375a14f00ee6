/* Tasks: where tokens and targets come from.
 *
 * The batch of step n is a function of (task, seed, n) alone: no state moves on, so that both
 * stacks, a restart and a second run see the same batches. A task is read-only once open and may be
 * used by several threads. */
#ifndef LNSCOPE_TRAIN_TASK_H
#define LNSCOPE_TRAIN_TASK_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum task_kind { TASK_GRAMMAR, TASK_COPY, TASK_REPEAT, TASK_TEXT, TASKS };

/* What `lnscope list tasks` prints and the views draw as reference lines. Entropies are in nats per
 * predicted token; NAN where not known. */
struct task_info {
    const char *name;
    const char *summary;      /* one line */
    int vocab;                /* V; 0 for `text` before a file is opened */
    double unigram_entropy;   /* the best that is possible without context ("no context") */
    double entropy_rate;      /* the best that is possible with unlimited context */
    bool validation;          /* has held-out data */
};

extern const char *const task_names[TASKS + 1];

/* What is known of a task without opening it. */
struct task_info task_describe(enum task_kind kind);

struct task; /* opaque: the kinds differ in what they hold */

/* Opens a task; `text` is the file of TASK_TEXT and unused otherwise. NULL with a reason for a file
 * that is empty, unreadable, a directory, or too short for `context` tokens. Close with
 * task_close(). */
struct task *task_open(enum task_kind kind, const char *text, int context, struct error *error);
void task_close(struct task *task);

enum task_kind task_kind_of(const struct task *task);
struct task_info task_info(const struct task *task);

/* Fills tokens[batch * context] and targets[batch * context], row by row (one row, one sequence),
 * with values in 0..V-1; a target of -1 is not predicted. At least one target of a batch is. */
void task_batch(const struct task *task, uint64_t seed, int64_t step, int batch, int context,
                int32_t *tokens, int32_t *targets);

/* The same from held-out data, for a task that has it; `index` counts the batches. */
void task_validation(const struct task *task, uint64_t index, int batch, int context,
                     int32_t *tokens, int32_t *targets);

/* A printable form of a token for the screen, such as "e", "␣", "⏎" or "17"; UTF-8, static or owned
 * by the task. */
const char *task_symbol(const struct task *task, int token);

#endif
