/* What the screen remembers of the current run: curves of both stacks, whole moments, marked
 * events.
 *
 * Curves: a fixed number of points. When they are full every second one is dropped and from then on
 * only every second step is kept, so that the whole run stays in view and memory does not grow.
 *
 * Moments: everything that was measured in a step, of both stacks, within a budget of memory. Kept
 * are each of the newest steps, and of those before them every one while there is room; when the
 * budget is used up every second of these goes, and so on. Which are kept follows from the numbers
 * of the steps alone: those that are multiples of history_spacing().
 *
 * Ghosts: where the run went back to an earlier step and on from there, the curves that it left. */
#ifndef LNSCOPE_SESSION_HISTORY_H
#define LNSCOPE_SESSION_HISTORY_H

#include "train/snapshot.h"

#include <stddef.h>

enum {
    HISTORY_POINTS = 16384,
    HISTORY_MARKS = 256,
    MARK_TEXT = 48,
    HISTORY_NEWEST = 512, /* so many of the newest steps are kept whole, each of them */
    HISTORY_LEVELS = 12,
    HISTORY_CHUNKS = 1024,
    HISTORY_GHOSTS = 3, /* so many of the newest are kept */
    GHOST_LEAD = 512    /* steps before the branch that a ghost keeps, to smooth it from there */
};

/* The memory that a history may take, unless history_limit() says otherwise: 256 MB. */
#define HISTORY_BYTES ((size_t)256 << 20)

/* Scalars of one step of one stack; NAN where not measured. */
struct history_point {
    double loss;
    double smooth;     /* exponential mean of the loss, debiased (history_smoothing) */
    double valid_loss; /* the newest held-out loss since the point before; NAN: none was measured */
    double ratio;
    double grad_norm;
    double lr;
};

/* A setting that was changed, or another event worth a line on the curves. */
enum mark_kind {
    MARK_CHANGE, /* of settings */
    MARK_NAME,   /* of a step, given by the user */
    MARK_BRANCH  /* the run went back to the step before, without a change */
};
struct history_mark {
    int64_t step; /* the first that it acts on, or the one that has this name */
    enum mark_kind kind;
    char text[MARK_TEXT];
};

/* The curves that a run left behind when it went back to a step. */
struct history_ghost {
    int64_t branch; /* the last step that it shares with what came after */
    int64_t first;  /* point i is step (first + i + 1) * stride of the history */
    int count;      /* 0: there is no ghost */
    struct history_point *point[SIDES]; /* [count] */
};

/* One tensor of the blocks in a moment. */
struct moment_tensor {
    const char *name;
    const float *grad;         /* [layers], as in struct tensor_snapshot */
    const float *update_ratio; /* [layers] */
    const float *weight;       /* [layers] */
};

/* struct detail of a moment. */
struct moment_flow {
    const float *rms[FLOW_POINTS], *grad[FLOW_POINTS], *rstd[FLOW_NORMS]; /* [layers] */
};
struct moment_detail {
    const float *cosine, *similarity; /* [layers + 1] */
    const float *entropy, *share;     /* [layers] */
    struct moment_flow flow[FLOW_SUBLAYERS];
};

/* What was measured in one step of one stack: a snapshot, but only with what is in use. The arrays
 * lie in the history (or in the snapshot it was made of) and are good until that changes. */
struct moment {
    int64_t step; /* 0: nothing measured yet */
    enum placement placement;
    enum norm norm;
    int layers, tensors;
    double loss;
    double smooth;      /* as in struct history_point */
    double valid;       /* the newest held-out loss up to this step; NAN: none yet */
    int64_t valid_step; /* where it was measured; 0: none yet */
    double sum, weight; /* of the exponential mean, of which `smooth` is the quotient */
    double lr;
    double grad_norm;
    double clip;
    double ratio;
    bool finite;
    struct fault fault;
    bool detailed;               /* `detail` was measured */
    const float *stream_grad;    /* [layers + 1] */
    const float *stream_rms;     /* [layers + 1] */
    struct moment_detail detail; /* NAN throughout where not measured */
    struct moment_tensor tensor[BLOCK_TENSORS_MAX];
};

/* Private: where moments are kept. A slot holds one step of both stacks; slots lie in chunks, which
 * are allocated as they are needed. */
struct moments {
    size_t limit;      /* bytes that chunks and lists may take */
    size_t slot_bytes; /* 0: nothing is kept yet */
    size_t side_offset[SIDES];
    int layers[SIDES], tensors[SIDES];
    const char *name[SIDES][BLOCK_TENSORS_MAX];
    int chunks, chunks_most, per_chunk; /* slots in a chunk */
    char *chunk[HISTORY_CHUNKS];
    int slots;       /* used at least once */
    int free;        /* the first free one of them, which holds the number of the next; -1: none */
    int64_t spacing; /* of the old steps */
    int64_t old_first; /* old[i] is step (old_first + i) * spacing */
    int old_count;
    int *old; /* [chunks * per_chunk] slots */
    int64_t newest;
    int recent_most, recent_count; /* the newest steps, one after the other */
    int recent[HISTORY_NEWEST];    /* slots; that of a step is at step % recent_most */
};

struct history {
    int64_t stride; /* point i is step (i + 1) * stride */
    int count;
    struct history_point *point[SIDES];  /* HISTORY_POINTS each */
    double smooth[SIDES], weight[SIDES]; /* sums of the exponential mean; see history_smooth() */
    double valid[SIDES];                 /* the newest held-out loss; NAN: none yet */
    int64_t valid_step[SIDES];           /* where it was measured; 0: none yet */
    double new_valid[SIDES];             /* the same, since the newest point */
    struct snapshot last[SIDES];         /* the newest snapshots; step 0: none yet */
    struct snapshot last_finite[SIDES];  /* the newest that were finite: what the bars keep */
    int marks;
    struct history_mark mark[HISTORY_MARKS]; /* in rising order of steps; the oldest goes when full
                                              */
    struct history_ghost ghost[HISTORY_GHOSTS]; /* the newest first */
    double level_unit;                          /* see history_levels; NAN: there are no levels */
    int64_t reached[SIDES][HISTORY_LEVELS];     /* see history_reached() */
    struct moments moments;
};

/* The weight of the past in the smoothed loss: 0.95 per step (a memory of some 20 steps). */
extern const double history_smoothing;

/* Falling levels of the smoothed loss, as parts of the unit that history_set_unit() was given. */
extern const double history_levels[HISTORY_LEVELS];

void history_open(struct history *history);
void history_close(struct history *history);

/* Forgets everything but the limit of memory: a new run begins. */
void history_clear(struct history *history);

/* At most so many bytes for all of it without the ghosts (those take at most 5 MB), but at least
 * what 16 moments need; what no longer fits is thinned at once. */
void history_limit(struct history *history, size_t bytes);

/* The bytes that it has allocated. */
size_t history_bytes(const struct history *history);

/* The loss that the levels of the race are parts of, the unigram entropy of the task; to be called
 * before the first step of a run. NAN, or never called: no levels. */
void history_set_unit(struct history *history, double unigram_entropy);

/* Adds the snapshots of one step of both stacks; both have the same step, one more than the last.
 */
void history_add(struct history *history, const struct snapshot snapshot[SIDES]);

/* What has to be known of a step to go back to it: to be asked for while its moment is kept. */
struct history_anchor {
    int64_t step; /* 0: before the first */
    struct {
        double sum, weight, valid;
        int64_t valid_step;
    } side[SIDES];
};
struct history_anchor history_anchor(const struct history *history, int64_t step);

/* Goes back to a step, whose snapshots are given: all is as it was then, but for what has been
 * thinned out since and the ghost that the dropped points become. What is added next comes out with
 * the same bits as it would have then. */
void history_truncate(struct history *history, const struct history_anchor *anchor,
                      const struct snapshot snapshot[SIDES]);

/* A mark goes behind those of its step and of earlier ones. */
void history_add_mark(struct history *history, enum mark_kind kind, int64_t step, const char *text);

/* The smoothed loss now, at full resolution; it stays as it was when the loss is no longer finite.
 * NAN before the first finite loss. */
double history_smooth(const struct history *history, enum side side);

/* The step of point i, and the point of one stack. */
int64_t history_step(const struct history *history, int i);
const struct history_point *history_at(const struct history *history, enum side side, int i);

/* The newest point whose step is at most `step`; -1: there is none. */
int history_find(const struct history *history, int64_t step);

/* The first step at which the smoothed loss of a stack was at most a level; 0: not yet. */
int64_t history_reached(const struct history *history, enum side side, int level);

/* How many moments are kept, and the step of moment i, 0 <= i < their number, in rising order. */
int history_moments(const struct history *history);
int64_t history_moment_step(const struct history *history, int i);

/* The number i of the kept moment nearest to `step` (the later of two); -1: none is kept. */
int history_moment_find(const struct history *history, int64_t step);

/* Of the steps before the newest ones every so many are kept: 1 means each. */
int64_t history_spacing(const struct history *history);

/* The kept moment nearest to `step`; one of step 0 where none is kept. */
struct moment history_moment(const struct history *history, enum side side, int64_t step);

/* The kept moment with details nearest to `step` at or before it; where there is none, the first
 * one behind; one of step 0 where none is kept. */
struct moment history_detailed(const struct history *history, enum side side, int64_t step);

/* A snapshot as a moment; `smooth` and `valid` are NAN. */
struct moment history_moment_of(const struct snapshot *snapshot);

#endif
