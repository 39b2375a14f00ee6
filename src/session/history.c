/* See history.h. Owns the points and the moments; must not know how they are drawn. */
#include "session/history_parts.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double history_smoothing = 0.95;

const double history_levels[HISTORY_LEVELS] = {0.9,  0.75, 0.6,  0.5, 0.4,  0.3,
                                               0.25, 0.2,  0.15, 0.1, 0.05, 0.02};

enum { MOMENTS_LEAST = 16, CHUNKS_ABOUT = 256 };

/* How files call the points of a flow and its norms. */
static const char *const point_names[FLOW_POINTS] = {"x",           "norm_in", "branch",
                                                     "norm_branch", "sum",     "out"};
static const char *const norm_site_names[FLOW_NORMS] = {"norm_in", "norm_branch", "norm_out"};

/* From a member of one structure to that of another which has the same place in it. */
#define KEPT(name, parts, from_struct, to_struct, member, count, extra)                            \
    {                                                                                              \
        name, parts, offsetof(struct from_struct, member), offsetof(struct to_struct, member),     \
            count, extra                                                                           \
    }
#define KEPT_ONE(name, member, extra) KEPT(name, NULL, snapshot, moment, member, 1, extra)
#define KEPT_TENSOR(member)           KEPT(#member, NULL, tensor_snapshot, moment_tensor, member, 1, 0)
#define KEPT_FLOW(name, which)                                                                     \
    KEPT(name ".rms", point_names, snapshot, moment, detail.flow[which].rms, FLOW_POINTS, 0),      \
        KEPT(name ".grad", point_names, snapshot, moment, detail.flow[which].grad, FLOW_POINTS,    \
             0),                                                                                   \
        KEPT(name ".rstd", norm_site_names, snapshot, moment, detail.flow[which].rstd, FLOW_NORMS, \
             0)

static const struct kept_arrays of_stack[] = {
    KEPT_ONE("stream_grad", stream_grad, 1), KEPT_ONE("stream_rms", stream_rms, 1),
    KEPT_ONE("cosine", detail.cosine, 1),    KEPT_ONE("similarity", detail.similarity, 1),
    KEPT_ONE("entropy", detail.entropy, 0),  KEPT_ONE("share", detail.share, 0),
    KEPT_FLOW("attention", FLOW_ATTENTION),  KEPT_FLOW("ffn", FLOW_FEED_FORWARD),
};

static const struct kept_arrays of_tensor[] = {
    KEPT_TENSOR(grad),
    KEPT_TENSOR(update_ratio),
    KEPT_TENSOR(weight),
};

enum {
    OF_STACK = sizeof of_stack / sizeof of_stack[0],
    OF_TENSOR = sizeof of_tensor / sizeof of_tensor[0],
    /* The scalars of a moment are all that stands before its first array. */
    SCALAR_BYTES = offsetof(struct moment, stream_grad)
};

/* ---- moments: pack and unpack ---- */

static size_t array_bytes(int layers, const struct kept_arrays *kept)
{
    return (size_t)(layers + kept->extra) * sizeof(float);
}

/* The bytes of one side of a slot, a multiple of what doubles are aligned to. */
static size_t side_bytes(int layers, int tensors)
{
    size_t bytes = SCALAR_BYTES;
    for (int i = 0; i < OF_STACK; i++)
        bytes += (size_t)of_stack[i].count * array_bytes(layers, &of_stack[i]);
    for (int i = 0; i < OF_TENSOR; i++)
        bytes += (size_t)(tensors * of_tensor[i].count) * array_bytes(layers, &of_tensor[i]);
    return (bytes + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

/* Where array i of a snapshot is, whose arrays have a fixed length. */
static const char *source(const void *snapshot, const struct kept_arrays *kept, int i)
{
    const size_t bytes = (size_t)(LAYERS_MAX + kept->extra) * sizeof(float);
    return (const char *)snapshot + kept->from + (size_t)i * bytes;
}

static void point(void *moment, const struct kept_arrays *kept, int i, const char *array)
{
    memcpy((char *)moment + kept->to + (size_t)i * sizeof(float *), &array, sizeof array);
}

static void point_at_source(void *moment, const struct kept_arrays *kept, const void *snapshot)
{
    for (int i = 0; i < kept->count; i++)
        point(moment, kept, i, source(snapshot, kept, i));
}

/* Each returns the end of what it has written or read. */

static char *pack_arrays(char *out, const struct kept_arrays *kept, int layers, const void *moment)
{
    const size_t bytes = array_bytes(layers, kept);
    for (int i = 0; i < kept->count; i++, out += bytes) {
        const float *array;
        memcpy(&array, (const char *)moment + kept->to + (size_t)i * sizeof array, sizeof array);
        memcpy(out, array, bytes);
    }
    return out;
}

static const char *unpack_arrays(const char *in, const struct kept_arrays *kept, int layers,
                                 void *moment)
{
    for (int i = 0; i < kept->count; i++, in += array_bytes(layers, kept))
        point(moment, kept, i, in);
    return in;
}

struct moment history_moment_of(const struct snapshot *snapshot)
{
    struct moment moment = {
        .step = snapshot->step,
        .placement = snapshot->placement,
        .norm = snapshot->norm,
        .layers = snapshot->layers,
        .tensors = snapshot->tensors,
        .loss = snapshot->loss,
        .smooth = NAN,
        .valid = NAN,
        .lr = snapshot->lr,
        .grad_norm = snapshot->grad_norm,
        .clip = snapshot->clip,
        .ratio = snapshot->ratio,
        .finite = snapshot->finite,
        .fault = snapshot->fault,
        .detailed = snapshot->detail.measured,
    };
    for (int i = 0; i < OF_STACK; i++)
        point_at_source(&moment, &of_stack[i], snapshot);
    for (int t = 0; t < snapshot->tensors; t++) {
        moment.tensor[t].name = snapshot->tensor[t].name;
        for (int i = 0; i < OF_TENSOR; i++)
            point_at_source(&moment.tensor[t], &of_tensor[i], &snapshot->tensor[t]);
    }
    return moment;
}

static void pack(char *out, const struct moment *moment)
{
    memcpy(out, moment, SCALAR_BYTES);
    out += SCALAR_BYTES;
    for (int i = 0; i < OF_STACK; i++)
        out = pack_arrays(out, &of_stack[i], moment->layers, moment);
    for (int t = 0; t < moment->tensors; t++)
        for (int i = 0; i < OF_TENSOR; i++)
            out = pack_arrays(out, &of_tensor[i], moment->layers, &moment->tensor[t]);
}

static struct moment unpack(const char *in, const char *const *name)
{
    struct moment moment = {0};
    memcpy(&moment, in, SCALAR_BYTES);
    in += SCALAR_BYTES;
    for (int i = 0; i < OF_STACK; i++)
        in = unpack_arrays(in, &of_stack[i], moment.layers, &moment);
    for (int t = 0; t < moment.tensors; t++) {
        moment.tensor[t].name = name[t];
        for (int i = 0; i < OF_TENSOR; i++)
            in = unpack_arrays(in, &of_tensor[i], moment.layers, &moment.tensor[t]);
    }
    return moment;
}

/* ---- moments: slots ---- */

static char *slot_at(const struct moments *moments, int slot)
{
    size_t place = (size_t)(slot % moments->per_chunk) * moments->slot_bytes;
    return moments->chunk[slot / moments->per_chunk] + place;
}

static void give_slot(struct moments *moments, int slot)
{
    memcpy(slot_at(moments, slot), &moments->free, sizeof moments->free);
    moments->free = slot;
}

/* A slot and its place in the list of old steps. */
static size_t slot_cost(const struct moments *moments)
{
    return moments->slot_bytes + sizeof(int);
}

/* Every second of the old steps goes: those at odd multiples of the spacing. */
static void thin_moments(struct moments *moments)
{
    int kept = 0;
    for (int i = 0; i < moments->old_count; i++) {
        if ((moments->old_first + i) % 2 == 0)
            moments->old[kept++] = moments->old[i];
        else
            give_slot(moments, moments->old[i]);
    }
    moments->old_first = (moments->old_first + 1) / 2;
    moments->old_count = kept;
    moments->spacing *= 2;
}

static int take_slot(struct moments *moments)
{
    if (moments->free < 0 && moments->slots == moments->chunks * moments->per_chunk &&
        moments->chunks < moments->chunks_most) {
        const size_t slots = (size_t)(moments->chunks + 1) * (size_t)moments->per_chunk;
        moments->chunk[moments->chunks++] =
            memory_new((size_t)moments->per_chunk, moments->slot_bytes);
        moments->old = memory_resize(moments->old, slots, sizeof *moments->old);
    }
    if (moments->free < 0 && moments->slots < moments->chunks * moments->per_chunk)
        return moments->slots++;
    while (moments->free < 0)
        thin_moments(moments);
    int slot = moments->free;
    memcpy(&moments->free, slot_at(moments, slot), sizeof moments->free);
    return slot;
}

/* The oldest of the newest steps becomes an old one, which stays only at a multiple of the spacing.
 */
static void age(struct moments *moments)
{
    int64_t step = moments->newest - moments->recent_count + 1;
    int slot = moments->recent[step % moments->recent_most];
    moments->recent_count--;
    if (step % moments->spacing != 0) {
        give_slot(moments, slot);
        return;
    }
    if (moments->old_count == 0)
        moments->old_first = step / moments->spacing;
    moments->old[moments->old_count++] = slot;
}

/* Frees all moments; the limit stays. */
static void drop_moments(struct moments *moments)
{
    for (int i = 0; i < moments->chunks; i++)
        free(moments->chunk[i]);
    free(moments->old);
    *moments = (struct moments){.limit = moments->limit, .spacing = 1, .free = -1};
}

/* Chunks and lists as the limit has them, for slots of the present size. */
static void divide(struct moments *moments)
{
    size_t cost = slot_cost(moments), about = moments->limit / CHUNKS_ABOUT / cost;
    moments->per_chunk = about > 0 ? (int)about : 1;
    size_t most = moments->limit / cost / (size_t)moments->per_chunk;
    size_t least = (MOMENTS_LEAST + (size_t)moments->per_chunk - 1) / (size_t)moments->per_chunk;
    most = most > HISTORY_CHUNKS ? HISTORY_CHUNKS : most < least ? least : most;
    moments->chunks_most = (int)most;
    int slots = moments->chunks_most * moments->per_chunk;
    moments->recent_most = slots / 4 < HISTORY_NEWEST ? slots / 4 : HISTORY_NEWEST;
}

/* Forgets all moments; the next ones have these shapes. */
static void shape_moments(struct moments *moments, const struct moment_shape shape[SIDES])
{
    drop_moments(moments);
    for (int side = 0; side < SIDES; side++) {
        moments->layers[side] = shape[side].layers;
        moments->tensors[side] = shape[side].tensors;
        memcpy(moments->name[side], shape[side].name, sizeof moments->name[side]);
        moments->side_offset[side] = moments->slot_bytes;
        moments->slot_bytes += side_bytes(shape[side].layers, shape[side].tensors);
    }
    divide(moments);
}

static void prepare(struct moments *moments, const struct snapshot snapshot[SIDES])
{
    struct moment_shape shape[SIDES] = {{0}};
    bool same = moments->slot_bytes > 0 && snapshot[LEFT].step == moments->newest + 1;
    for (int side = 0; side < SIDES && same; side++)
        same = moments->layers[side] == snapshot[side].layers &&
               moments->tensors[side] == snapshot[side].tensors;
    if (same)
        return;
    for (int side = 0; side < SIDES; side++) {
        shape[side].layers = snapshot[side].layers;
        shape[side].tensors = snapshot[side].tensors;
        for (int t = 0; t < snapshot[side].tensors; t++)
            shape[side].name[t] = snapshot[side].tensor[t].name;
    }
    shape_moments(moments, shape);
}

static void keep(struct history *history, const struct snapshot snapshot[SIDES])
{
    struct moments *moments = &history->moments;
    prepare(moments, snapshot);
    if (moments->recent_count == moments->recent_most)
        age(moments);
    int slot = take_slot(moments);
    moments->newest = snapshot[LEFT].step;
    moments->recent[moments->newest % moments->recent_most] = slot;
    moments->recent_count++;
    for (int side = 0; side < SIDES; side++) {
        struct moment moment = history_moment_of(&snapshot[side]);
        moment.smooth = history_smooth(history, (enum side)side);
        moment.valid = history->valid[side];
        moment.valid_step = history->valid_step[side];
        moment.sum = history->smooth[side];
        moment.weight = history->weight[side];
        pack(slot_at(moments, slot) + moments->side_offset[side], &moment);
    }
}

/* Forgets the moments from a step on: the next one is that of this step. */
static void drop_moments_from(struct moments *moments, int64_t step)
{
    for (; moments->recent_count > 0 && moments->newest >= step; moments->newest--) {
        give_slot(moments, moments->recent[moments->newest % moments->recent_most]);
        moments->recent_count--;
    }
    while (moments->old_count > 0 &&
           (moments->old_first + moments->old_count - 1) * moments->spacing >= step)
        give_slot(moments, moments->old[--moments->old_count]);
    moments->newest = step - 1;
}

static size_t point_bytes(void)
{
    return SIDES * HISTORY_POINTS * sizeof(struct history_point);
}

static size_t moments_limit(size_t bytes)
{
    return bytes > point_bytes() ? bytes - point_bytes() : 0;
}

/* A slot for the moment of a step behind those of earlier ones, up to `newest`; -1 where it is none
 * to keep. Thins where there is no room. */
static int settle(struct moments *moments, int64_t step, bool recent)
{
    recent = recent && step > moments->newest - moments->recent_most;
    if (!recent && step % moments->spacing != 0)
        return -1;
    int slot = take_slot(moments);
    if (recent) {
        moments->recent[step % moments->recent_most] = slot;
        moments->recent_count++;
    } else if (step % moments->spacing != 0) { /* take_slot() has thinned */
        give_slot(moments, slot);
        return -1;
    } else {
        if (moments->old_count == 0)
            moments->old_first = step / moments->spacing;
        moments->old[moments->old_count++] = slot;
    }
    return slot;
}

/* Moves all moments into slots divided anew, thinning them until they fit. */
static void repack(struct moments *moments)
{
    struct moments old = *moments;
    moments->chunks = moments->slots = moments->old_count = moments->recent_count = 0;
    moments->free = -1;
    moments->old = NULL;
    divide(moments);
    int64_t first = old.newest - old.recent_count + 1; /* of the newest steps */
    for (int i = 0; i < old.old_count + old.recent_count; i++) {
        bool recent = i >= old.old_count;
        int64_t step = recent ? first + i - old.old_count : (old.old_first + i) * old.spacing;
        int from = recent ? old.recent[step % old.recent_most] : old.old[i];
        int slot = settle(moments, step, recent);
        if (slot >= 0)
            memcpy(slot_at(moments, slot), slot_at(&old, from), moments->slot_bytes);
    }
    for (int i = 0; i < old.chunks; i++)
        free(old.chunk[i]);
    free(old.old);
}

void history_limit(struct history *history, size_t bytes)
{
    const size_t limit = moments_limit(bytes);
    if (limit == history->moments.limit)
        return;
    history->moments.limit = limit;
    if (history->moments.slot_bytes > 0)
        repack(&history->moments);
}

size_t history_bytes(const struct history *history)
{
    const struct moments *moments = &history->moments;
    size_t ghosts = 0;
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        ghosts += SIDES * (size_t)history->ghost[g].count * sizeof(struct history_point);
    return point_bytes() + ghosts +
           (size_t)(moments->chunks * moments->per_chunk) * slot_cost(moments);
}

/* ---- moments: from a file ---- */

const struct kept_arrays *history_arrays(int *count)
{
    *count = OF_STACK;
    return of_stack;
}

const struct kept_arrays *history_tensor_arrays(int *count)
{
    *count = OF_TENSOR;
    return of_tensor;
}

void history_begin_moments(struct history *history, const struct moment_shape shape[SIDES],
                           int64_t spacing, int64_t newest)
{
    shape_moments(&history->moments, shape);
    history->moments.spacing = spacing;
    history->moments.newest = newest;
}

void history_put_moment(struct history *history, const struct moment moment[SIDES], bool recent)
{
    struct moments *moments = &history->moments;
    int slot = settle(moments, moment[LEFT].step, recent);
    for (int side = 0; slot >= 0 && side < SIDES; side++)
        pack(slot_at(moments, slot) + moments->side_offset[side], &moment[side]);
}

int history_recent(const struct history *history)
{
    return history->moments.recent_count;
}

/* ---- moments: finding them ---- */

int history_moments(const struct history *history)
{
    return history->moments.old_count + history->moments.recent_count;
}

int64_t history_spacing(const struct history *history)
{
    return history->moments.spacing;
}

int64_t history_moment_step(const struct history *history, int i)
{
    const struct moments *moments = &history->moments;
    if (i < moments->old_count)
        return (moments->old_first + i) * moments->spacing;
    return moments->newest - moments->recent_count + 1 + i - moments->old_count;
}

int history_moment_find(const struct history *history, int64_t step)
{
    int low = 0, high = history_moments(history) - 1;
    while (low < high) { /* the first moment from `step` on */
        int middle = low + (high - low) / 2;
        if (history_moment_step(history, middle) < step)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && low <= high &&
        step - history_moment_step(history, low - 1) < history_moment_step(history, low) - step)
        low--;
    return high < 0 ? -1 : low;
}

/* Where moment i of a stack lies. */
static const char *moment_at(const struct history *history, enum side side, int i)
{
    const struct moments *moments = &history->moments;
    int slot = i < moments->old_count
                   ? moments->old[i]
                   : moments->recent[history_moment_step(history, i) % moments->recent_most];
    return slot_at(moments, slot) + moments->side_offset[side];
}

static struct moment nothing_kept(void)
{
    return (struct moment){.smooth = NAN, .valid = NAN, .loss = NAN};
}

struct moment history_moment(const struct history *history, enum side side, int64_t step)
{
    int i = history_moment_find(history, step);
    if (i < 0)
        return nothing_kept();
    return unpack(moment_at(history, side, i), history->moments.name[side]);
}

static bool is_detailed(const struct history *history, enum side side, int i)
{
    bool detailed;
    memcpy(&detailed, moment_at(history, side, i) + offsetof(struct moment, detailed),
           sizeof detailed);
    return detailed;
}

struct moment history_detailed(const struct history *history, enum side side, int64_t step)
{
    const int count = history_moments(history);
    int i = history_moment_find(history, step);
    if (i >= 0 && history_moment_step(history, i) > step)
        i--;
    while (i >= 0 && !is_detailed(history, side, i))
        i--;
    if (i < 0)
        for (i = 0; i < count && !is_detailed(history, side, i);)
            i++;
    if (i == count)
        return nothing_kept();
    return unpack(moment_at(history, side, i), history->moments.name[side]);
}

/* ---- points ---- */

void history_open(struct history *history)
{
    memset(history, 0, sizeof *history);
    for (int side = 0; side < SIDES; side++)
        history->point[side] = memory_new(HISTORY_POINTS, sizeof(struct history_point));
    history->moments.limit = moments_limit(HISTORY_BYTES);
    history_clear(history);
}

static void drop_ghost(struct history_ghost *ghost)
{
    for (int side = 0; side < SIDES; side++)
        free(ghost->point[side]);
    *ghost = (struct history_ghost){0};
}

void history_close(struct history *history)
{
    drop_moments(&history->moments);
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        drop_ghost(&history->ghost[g]);
    for (int side = 0; side < SIDES; side++)
        free(history->point[side]);
    memset(history, 0, sizeof *history);
}

void history_clear(struct history *history)
{
    struct history_point *left = history->point[LEFT], *right = history->point[RIGHT];
    drop_moments(&history->moments);
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        drop_ghost(&history->ghost[g]);
    struct moments moments = history->moments;
    memset(history, 0, sizeof *history);
    history->moments = moments;
    history->stride = 1;
    history->point[LEFT] = left;
    history->point[RIGHT] = right;
    for (int side = 0; side < SIDES; side++)
        history->valid[side] = history->new_valid[side] = NAN;
    history->level_unit = NAN;
}

/* As thin(): a ghost stands over the same steps as the points. */
static void thin_ghost(struct history_ghost *ghost)
{
    int kept = 0;
    for (int i = 0; i < ghost->count; i++)
        if ((ghost->first + i + 1) % 2 == 0) {
            for (int side = 0; side < SIDES; side++)
                ghost->point[side][kept] = ghost->point[side][i];
            kept++;
        }
    ghost->first /= 2;
    ghost->count = kept;
    if (kept == 0)
        drop_ghost(ghost);
}

/* Keeps every second point, those at the multiples of the doubled stride. */
static void thin(struct history *history)
{
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        thin_ghost(&history->ghost[g]);
    history->count /= 2;
    history->stride *= 2;
    for (int side = 0; side < SIDES; side++)
        for (int i = 0; i < history->count; i++) {
            double dropped = history->point[side][2 * i].valid_loss;
            history->point[side][i] = history->point[side][2 * i + 1];
            if (isnan(history->point[side][i].valid_loss))
                history->point[side][i].valid_loss = dropped;
        }
}

/* The exponential mean is divided by the sum of its weights, as Adam does with its moments (Kingma
 * 2015, section 3): otherwise it would start near 0. */
static double smooth(struct history *history, int side, double loss)
{
    if (isfinite(loss)) {
        double new = 1 - history_smoothing;
        history->smooth[side] = history_smoothing * history->smooth[side] + new *loss;
        history->weight[side] = history_smoothing * history->weight[side] + new;
    }
    return history->weight[side] > 0 ? history->smooth[side] / history->weight[side] : NAN;
}

static double finite_or_nan(double value)
{
    return isfinite(value) ? value : NAN;
}

static void race(struct history *history, int side, int64_t step, double loss)
{
    for (int level = 0; level < HISTORY_LEVELS; level++)
        if (history->reached[side][level] == 0 &&
            loss <= history_levels[level] * history->level_unit)
            history->reached[side][level] = step;
}

void history_set_unit(struct history *history, double unigram_entropy)
{
    history->level_unit = unigram_entropy;
}

int64_t history_reached(const struct history *history, enum side side, int level)
{
    return history->reached[side][level];
}

void history_add(struct history *history, const struct snapshot snapshot[SIDES])
{
    int64_t step = snapshot[LEFT].step;
    if (history->count == HISTORY_POINTS && step % history->stride == 0)
        thin(history);
    bool kept = step % history->stride == 0;
    for (int side = 0; side < SIDES; side++) {
        const struct snapshot *now = &snapshot[side];
        history->last[side] = *now;
        if (now->finite)
            history->last_finite[side] = *now;
        if (isfinite(now->valid_loss)) {
            history->valid[side] = history->new_valid[side] = now->valid_loss;
            history->valid_step[side] = step;
        }
        struct history_point point = {
            .loss = finite_or_nan(now->loss),
            .smooth = smooth(history, side, now->loss),
            .valid_loss = history->new_valid[side],
            .ratio = finite_or_nan(now->ratio),
            .grad_norm = finite_or_nan(now->grad_norm),
            .lr = finite_or_nan(now->lr),
        };
        if (isfinite(now->loss))
            race(history, side, step, point.smooth);
        if (kept) {
            history->point[side][history->count] = point;
            history->new_valid[side] = NAN;
        }
    }
    history->count += kept;
    keep(history, snapshot);
}

/* ---- back to a step ---- */

struct history_anchor history_anchor(const struct history *history, int64_t step)
{
    struct history_anchor anchor = {0};
    for (int side = 0; side < SIDES; side++) {
        const struct moment moment = step > 0 ? history_moment(history, (enum side)side, step)
                                              : (struct moment){.valid = NAN};
        anchor.step = moment.step;
        anchor.side[side].sum = moment.sum;
        anchor.side[side].weight = moment.weight;
        anchor.side[side].valid = moment.valid;
        anchor.side[side].valid_step = moment.valid_step;
    }
    return anchor;
}

/* The points after a step, and some before it, become the newest ghost. */
static void add_ghost(struct history *history, int64_t step)
{
    const int last = history->count - 1;
    if (last < 0 || history_step(history, last) <= step)
        return;
    const int from = history_find(history, step > GHOST_LEAD ? step - GHOST_LEAD : 0);
    struct history_ghost ghost = {.branch = step, .first = from < 0 ? 0 : from};
    ghost.count = history->count - (int)ghost.first;
    for (int side = 0; side < SIDES; side++) {
        ghost.point[side] = memory_new((size_t)ghost.count, sizeof(struct history_point));
        memcpy(ghost.point[side], history->point[side] + ghost.first,
               (size_t)ghost.count * sizeof(struct history_point));
    }
    drop_ghost(&history->ghost[HISTORY_GHOSTS - 1]);
    memmove(history->ghost + 1, history->ghost, (HISTORY_GHOSTS - 1) * sizeof history->ghost[0]);
    history->ghost[0] = ghost;
}

void history_truncate(struct history *history, const struct history_anchor *anchor,
                      const struct snapshot snapshot[SIDES])
{
    const int64_t step = anchor->step;
    add_ghost(history, step);
    if (step / history->stride < history->count)
        history->count = (int)(step / history->stride);
    while (history->marks > 0 && history->mark[history->marks - 1].step > step)
        history->marks--;
    for (int side = 0; side < SIDES; side++) {
        history->smooth[side] = anchor->side[side].sum;
        history->weight[side] = anchor->side[side].weight;
        history->valid[side] = anchor->side[side].valid;
        history->valid_step[side] = anchor->side[side].valid_step;
        history->new_valid[side] = anchor->side[side].valid_step > history->count * history->stride
                                       ? anchor->side[side].valid
                                       : NAN;
        history->last[side] = snapshot[side];
        if (step == 0 || snapshot[side].finite) /* otherwise the last finite step is before it */
            history->last_finite[side] = snapshot[side];
        for (int level = 0; level < HISTORY_LEVELS; level++)
            if (history->reached[side][level] > step)
                history->reached[side][level] = 0;
    }
    drop_moments_from(&history->moments, step > 0 ? step : 1);
    if (step > 0) /* also where it has been thinned out meanwhile */
        keep(history, snapshot);
}

/* ---- marks ---- */

void history_add_mark(struct history *history, enum mark_kind kind, int64_t step, const char *text)
{
    if (history->marks == HISTORY_MARKS) {
        history->marks--;
        memmove(history->mark, history->mark + 1, (size_t)history->marks * sizeof history->mark[0]);
    }
    int at = history->marks;
    while (at > 0 && history->mark[at - 1].step > step)
        at--;
    struct history_mark *mark = &history->mark[at];
    memmove(mark + 1, mark, (size_t)(history->marks++ - at) * sizeof *mark);
    mark->step = step;
    mark->kind = kind;
    snprintf(mark->text, sizeof mark->text, "%s", text);
    utf8_trim(mark->text);
}

double history_smooth(const struct history *history, enum side side)
{
    return history->weight[side] > 0 ? history->smooth[side] / history->weight[side] : NAN;
}

int64_t history_step(const struct history *history, int i)
{
    return (i + 1) * history->stride;
}

const struct history_point *history_at(const struct history *history, enum side side, int i)
{
    return &history->point[side][i];
}

int history_find(const struct history *history, int64_t step)
{
    int64_t i = step / history->stride - 1;
    return i < history->count ? (int)i : history->count - 1;
}
