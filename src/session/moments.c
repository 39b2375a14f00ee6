/* See moments.h. Knows slots and steps; must not know what is in a snapshot. */
#include "session/moments.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MOMENTS_LEAST = 16, CHUNKS_ABOUT = 256 };

/* ---- slots ---- */

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

/* Chunks and lists as the limit has them, for slots of the present size. */
static void divide(struct moments *moments)
{
    size_t cost = slot_cost(moments), about = moments->limit / CHUNKS_ABOUT / cost;
    moments->per_chunk = about > 0 ? (int)about : 1;
    size_t most = moments->limit / cost / (size_t)moments->per_chunk;
    size_t least = (MOMENTS_LEAST + (size_t)moments->per_chunk - 1) / (size_t)moments->per_chunk;
    most = most > MOMENTS_CHUNKS ? MOMENTS_CHUNKS : most < least ? least : most;
    moments->chunks_most = (int)most;
    int slots = moments->chunks_most * moments->per_chunk;
    moments->recent_most = slots / 4 < MOMENTS_NEWEST ? slots / 4 : MOMENTS_NEWEST;
}

static void drop_shape(struct moments *moments)
{
    for (int side = 0; side < SIDES; side++)
        snapshot_free(moments->shape[side]);
}

void moments_open(struct moments *moments, size_t limit)
{
    moments->limit = limit;
    moments_clear(moments);
}

void moments_clear(struct moments *moments)
{
    drop_shape(moments);
    for (int i = 0; i < moments->chunks; i++)
        free(moments->chunk[i]);
    free(moments->old);
    *moments =
        (struct moments){.limit = moments->limit, .gaps = moments->gaps, .spacing = 1, .free = -1};
}

/* The next moments are like these. */
static void set_shape(struct moments *moments, const struct snapshot *const like[SIDES])
{
    moments->slot_bytes = 0;
    for (int side = 0; side < SIDES; side++) {
        moments->shape[side] = snapshot_copy(like[side]);
        snapshot_clear(moments->shape[side]);
        moments->slot_bytes += like[side]->bytes;
    }
    divide(moments);
}

/* Forgets all moments; the next ones are like these. */
static void begin(struct moments *moments, const struct snapshot *const like[SIDES])
{
    moments_clear(moments);
    set_shape(moments, like);
}

static bool is_alike(const struct moments *moments, const struct snapshot *const snapshot[SIDES])
{
    for (int side = 0; side < SIDES; side++)
        if (!snapshot_alike(moments->shape[side], snapshot[side]))
            return false;
    return true;
}

/* The snapshot of a stack in a slot. */
static struct snapshot *snapshot_at(const struct moments *moments, enum side side, int slot)
{
    char *at = slot_at(moments, slot) + (side == RIGHT ? moments->shape[LEFT]->bytes : 0);
    return (struct snapshot *)(void *)at;
}

/* A copy of a snapshot, which may be of another shape. */
static void copy_into(struct moments *moments, enum side side, int slot,
                      const struct snapshot *from)
{
    struct snapshot *to = snapshot_at(moments, side, slot);
    if (snapshot_alike(moments->shape[side], from)) {
        snapshot_assign(to, from);
        return;
    }
    snapshot_assign(to, moments->shape[side]);
    snapshot_fit(to, from);
}

size_t moments_bytes(const struct moments *moments)
{
    return (size_t)(moments->chunks * moments->per_chunk) * slot_cost(moments);
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

/* Moves all moments into slots divided anew, thinning them until they fit; they get another shape,
 * unless `like` is NULL. */
static void repack(struct moments *moments, const struct snapshot *const like[SIDES])
{
    struct moments old = *moments;
    moments->chunks = moments->slots = moments->old_count = moments->recent_count = 0;
    moments->free = -1;
    moments->old = NULL;
    if (like)
        set_shape(moments, like);
    else
        divide(moments);
    int64_t first = old.newest - old.recent_count + 1; /* of the newest steps */
    for (int i = 0; i < old.old_count + old.recent_count; i++) {
        bool recent = i >= old.old_count;
        int64_t step = recent ? first + i - old.old_count : (old.old_first + i) * old.spacing;
        int from = recent ? old.recent[step % old.recent_most] : old.old[i];
        int slot = settle(moments, step, recent);
        for (enum side side = LEFT; slot >= 0 && side < SIDES; side++)
            copy_into(moments, side, slot, snapshot_at(&old, side, from));
    }
    for (int i = 0; i < old.chunks; i++)
        free(old.chunk[i]);
    free(old.old);
    if (like)
        drop_shape(&old);
}

/* ---- adding and forgetting ---- */

void moments_add(struct moments *moments, const struct snapshot *const snapshot[SIDES],
                 struct snapshot *kept[SIDES])
{
    const bool follows =
        moments->slot_bytes > 0 && (moments->gaps || snapshot[LEFT]->step == moments->newest + 1);
    const bool alike = follows && is_alike(moments, snapshot);
    if (follows && !alike && moments->gaps)
        repack(moments, snapshot);
    else if (!alike)
        begin(moments, snapshot);
    if (moments->recent_count == moments->recent_most)
        age(moments);
    int slot = take_slot(moments);
    moments->newest = moments->gaps ? moments->newest + 1 : snapshot[LEFT]->step;
    moments->recent[moments->newest % moments->recent_most] = slot;
    moments->recent_count++;
    for (enum side side = LEFT; side < SIDES; side++) {
        kept[side] = snapshot_at(moments, side, slot);
        snapshot_assign(kept[side], snapshot[side]);
    }
}

/* The number of the newest moment that is kept; 0: none is. */
static int64_t newest_kept(const struct moments *moments)
{
    return moments->recent_count > 0 ? moments->newest
           : moments->old_count > 0
               ? (moments->old_first + moments->old_count - 1) * moments->spacing
               : 0;
}

void moments_cut(struct moments *moments, int64_t step)
{
    for (; moments->recent_count > 0 && moments_step(moments, moments_count(moments) - 1) >= step;
         moments->newest--) {
        give_slot(moments, moments->recent[moments->newest % moments->recent_most]);
        moments->recent_count--;
    }
    while (moments->old_count > 0 && moments->recent_count == 0 &&
           moments_step(moments, moments->old_count - 1) >= step)
        give_slot(moments, moments->old[--moments->old_count]);
    moments->newest = moments->gaps ? newest_kept(moments) : step - 1;
}

void moments_copy(struct moments *to, const struct moments *from)
{
    const size_t slots = (size_t)from->chunks * (size_t)from->per_chunk;
    *to = *from;
    for (int i = 0; i < from->chunks; i++) {
        to->chunk[i] = memory_new((size_t)from->per_chunk, from->slot_bytes);
        memcpy(to->chunk[i], from->chunk[i], (size_t)from->per_chunk * from->slot_bytes);
    }
    if (from->old) {
        to->old = memory_new(slots > 0 ? slots : 1, sizeof *to->old);
        memcpy(to->old, from->old, slots * sizeof *to->old);
    }
    for (int side = 0; side < SIDES; side++)
        if (from->shape[side])
            to->shape[side] = snapshot_copy(from->shape[side]);
}

void moments_limit(struct moments *moments, size_t limit)
{
    if (limit == moments->limit)
        return;
    moments->limit = limit;
    if (moments->slot_bytes > 0)
        repack(moments, NULL);
}

void moments_begin(struct moments *moments, const struct snapshot *const shape[SIDES],
                   int64_t spacing, int64_t newest)
{
    begin(moments, shape);
    moments->spacing = spacing;
    moments->newest = newest;
}

void moments_put(struct moments *moments, const struct snapshot *const snapshot[SIDES], bool recent)
{
    int slot = settle(moments, snapshot[LEFT]->step, recent);
    for (enum side side = LEFT; slot >= 0 && side < SIDES; side++)
        snapshot_assign(snapshot_at(moments, side, slot), snapshot[side]);
}

/* ---- finding them ---- */

int moments_count(const struct moments *moments)
{
    return moments->old_count + moments->recent_count;
}

/* Which is its step, unless there are gaps. */
static int64_t number_of(const struct moments *moments, int i)
{
    if (i < moments->old_count)
        return (moments->old_first + i) * moments->spacing;
    return moments->newest - moments->recent_count + 1 + i - moments->old_count;
}

int64_t moments_step(const struct moments *moments, int i)
{
    if (!moments->gaps)
        return number_of(moments, i);
    const int64_t left = moments_at(moments, LEFT, i)->step;
    const int64_t right = moments_at(moments, RIGHT, i)->step;
    return left > right ? left : right;
}

int moments_find(const struct moments *moments, int64_t step)
{
    int low = 0, high = moments_count(moments) - 1;
    if (high >= 0 && moments_step(moments, high) <= step) /* the newest one: asked for most */
        return high;
    while (low < high) { /* the first moment from `step` on */
        int middle = low + (high - low) / 2;
        if (moments_step(moments, middle) < step)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && low <= high &&
        step - moments_step(moments, low - 1) < moments_step(moments, low) - step)
        low--;
    return high < 0 ? -1 : low;
}

const struct snapshot *moments_at(const struct moments *moments, enum side side, int i)
{
    int slot = i < moments->old_count
                   ? moments->old[i]
                   : moments->recent[number_of(moments, i) % moments->recent_most];
    return snapshot_at(moments, side, slot);
}
