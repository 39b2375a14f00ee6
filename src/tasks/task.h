/* Tasks: where tokens and targets come from.
 *
 * The batch of step n is a function of (task, seed, n) alone: no state moves on, so that both
 * stacks, a restart and a second run see the same batches. A task is read-only once open and may be
 * used by several threads. */
#ifndef LNSCOPE_TASKS_TASK_H
#define LNSCOPE_TASKS_TASK_H

#include "base/error.h"
#include "base/names.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum task_kind {
    TASK_GRAMMAR,
    TASK_COPY,
    TASK_REPEAT,
    TASK_TEXT,
    TASK_REVERSE,
    TASK_SORT,
    TASK_MODULAR,
    TASK_MASKED,
    TASK_SHAPES,
    TASKS
};

/* Which task, and what it is made of. */
struct task_setup {
    enum task_kind kind;
    const char *text;      /* the file of TASK_TEXT; NULL: none */
    int context;           /* T */
    int vocab;             /* tokens of the random sequences (copy, repeat, reverse, sort), 2 ..
                              TASK_SYMBOLS; 0: TASK_VOCAB */
    int modulus;           /* of TASK_MODULAR, 2 .. TASK_MODULUS_MAX; 0: TASK_MODULUS */
    double train_fraction; /* of the sums of TASK_MODULAR that are trained on, the others being held
                              out; 0 and 1: all */
};

enum { TASK_SYMBOLS = 256, TASK_SYMBOL_SIZE = 12 };
enum { TASK_VOCAB = 32, TASK_MODULUS = 31, TASK_MODULUS_MAX = TASK_SYMBOLS - 2 };

bool task_setup_same(const struct task_setup *a, const struct task_setup *b);

/* What `lnscope list tasks` prints and the views draw as reference lines. Entropies are in nats per
 * predicted token; NAN where not known. */
struct task_info {
    const char *name;
    const char *summary;    /* one line */
    int vocab;              /* V; 0 for `text` before a file is opened */
    int patch;              /* P: numbers at a position, for images; 0: tokens */
    double unigram_entropy; /* the lowest without looking at any token ("no context") */
    double current_token;   /* the lowest from the token at hand and its place alone, exactly; NAN
                               where they tell nothing, or nearly all */
    double entropy_rate;    /* the lowest with unlimited context */
    bool validation;        /* has held-out data */
    bool estimated;         /* task_bound() takes its time */
};

extern const struct names task_names;

/* What is known of a task without its file and its context, of which the least that fits is taken;
 * of one that cannot be opened, little. */
struct task_info task_describe(const struct task_setup *setup);

/* Is a target a token that stands further on in its sequence? Then only causal attention makes
 * sense, since any other sees the answer. */
bool task_predicts_ahead(enum task_kind kind);

/* Is it made for attention that sees both sides: masked tokens, images? */
bool task_sees_both_sides(enum task_kind kind);

/* What a stack can be asked to write, so that one sees what it has learned (train/sampler.h). */
enum task_writing {
    WRITING_NONE,    /* nothing: images have no text */
    WRITING_ON,      /* the text goes on from a prompt, and there is no one right way */
    WRITING_ANSWERS, /* the tokens that follow from those before them */
    WRITING_BESIDE,  /* an answer to every token of a question */
    WRITING_FILLED   /* the tokens in the places of masked ones */
};

enum task_writing task_writing(enum task_kind kind);

/* P, the numbers at a position of a task of images in this context: 0 for a task of tokens, and for
 * a context that does not fit (task_open() says why). */
int task_patch(enum task_kind kind, int context);

struct task; /* opaque: the kinds differ in what they hold */

/* Opens a task. NULL with a reason for a file that is empty, unreadable, a directory, or too short
 * for the context; for a context that does not fit: `modular` needs one whole question, and
 * `shapes` the class token and a square number of patches (see task_shapes.h); and for a share of
 * the sums that is none. Close with task_close(). */
struct task *task_open(const struct task_setup *setup, struct error *error);
void task_close(struct task *task);

/* The lowest mean loss that is possible in sequences of `context` tokens, nats per predicted token:
 * of `grammar` they start anywhere in its text, so that it lies above the entropy rate. */
struct task_bound {
    double loss;  /* NAN: not known */
    double error; /* its standard error; 0: exact */
};

/* Where it is estimated (struct task_info), that takes a tenth of a second, in short contexts more;
 * the same context gives the same bits. With `stopped` not NULL it is asked from time to time, and
 * gives up, with a NAN, once that is true. */
struct task_bound task_bound(const struct task *task, int context, bool (*stopped)(void *argument),
                             void *argument);

/* Bytes of the file that it holds; 0: none. */
size_t task_bytes(const struct task *task);

/* Why its file is likely to be the wrong one: it is compressed, or mostly not text. A line; "": it
 * has none, or nothing is wrong. Owned by the task. */
const char *task_doubt(const struct task *task);

enum task_kind task_kind_of(const struct task *task);
struct task_info task_info(const struct task *task);

/* Fills tokens[batch * context] and targets[batch * context], row by row (one row, one sequence),
 * with values in 0..V-1; a target of -1 is not predicted. At least one target of a row is. The
 * tokens of images are 0, and the class is the target of the class token, which stands first. */
void task_batch(const struct task *task, uint64_t seed, int64_t step, int batch, int context,
                int32_t *tokens, int32_t *targets);

/* The patches of the images of the same batch, patches[batch * context * P]; those of the class
 * tokens are 0. Only for a task with a patch. */
void task_patches(const struct task *task, uint64_t seed, int64_t step, int batch, int context,
                  real *patches);

/* A batch from held-out data, for a task that has it; `index` counts the batches. */
void task_validation(const struct task *task, uint64_t index, int batch, int context,
                     int32_t *tokens, int32_t *targets);

/* A batch from which samples are written, from held-out data where the task has it, and otherwise
 * from a stream of the seed that training does not use. The first rows do not depend on `batch`. */
void task_questions(const struct task *task, uint64_t seed, int batch, int context, int32_t *tokens,
                    int32_t *targets);

/* A printable form of a token or a class for the screen, such as "e", "␣", "⏎", "17" or "disc"; the
 * mask is "_". UTF-8, static or owned by the task. */
const char *task_symbol(const struct task *task, int token);

/* All of them as a plain value, for those who have no task. */
struct task_symbols {
    bool apart; /* they are words and numbers: a blank stands between two of them */
    bool bytes; /* they are bytes of a file, several of which can be one character */
    unsigned char byte[TASK_SYMBOLS];
    char text[TASK_SYMBOLS][TASK_SYMBOL_SIZE];
};
void task_symbols(const struct task *task, struct task_symbols *out);

#endif
