/* What a fuzzer calls with whatever it comes to: rows of one file or two that grow while they are
 * watched, from bytes to snapshots. `make fuzz-watch` runs it; what it finds is kept in
 * tests/fuzz/watch, which test_watch_fuzzed reads.
 *
 * The first byte says how many files there are and whether names are mapped, the second one how
 * much of each is there at first. */
#include "session/watch.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int file[SIDES];
static char path[SIDES][64];

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void remove_files(void)
{
    for (int i = 0; i < SIDES; i++)
        unlink(path[i]);
}

static void open_files(void)
{
    if (path[0][0])
        return;
    for (int i = 0; i < SIDES; i++) {
        snprintf(path[i], sizeof path[i], "/tmp/lnscope-fuzz-XXXXXX");
        file[i] = mkstemp(path[i]);
        must(file[i] >= 0);
    }
    atexit(remove_files);
}

static void put(int i, const uint8_t *bytes, size_t size)
{
    must(write(file[i], bytes, size) == (ssize_t)size);
}

/* Takes what there is; the steps of a run rise. */
static void take_all(struct watching *watching, double now, int64_t *newest)
{
    enum watching_news news;
    while ((news = watching_next(watching, now)) != WATCHING_NOTHING) {
        if (news == WATCHING_RUN)
            *newest = 0;
        if (news == WATCHING_BACK)
            *newest = watching->step - 1;
        if (news != WATCHING_STEP)
            continue;
        must(watching->step > *newest);
        *newest = watching->step;
        must(watching->snapshot[LEFT] || watching->snapshot[RIGHT]);
        for (int side = 0; side < SIDES; side++) {
            const struct snapshot *snapshot = watching->snapshot[side];
            must(!snapshot || (snapshot->step == *newest && watching->stack[side].is_there));
            must(!snapshot || snapshot->layers <= WATCH_LAYERS);
            for (int i = 0; snapshot && i < QUANTITIES; i++) {
                const enum quantity q = (enum quantity)i;
                if (quantity_table[q].shape == SHAPE_SCALAR)
                    (void)snapshot_scalar(snapshot, q);
                else if (snapshot_arrays(snapshot, q) > 0)
                    (void)snapshot_array(snapshot, q, snapshot_arrays(snapshot, q) - 1);
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct watch_map map = {.count = 0};
    struct watching watching;
    struct error error;
    int64_t newest = 0;
    if (size < 2)
        return 0;
    open_files();
    const int files = 1 + (bytes[0] & 1);
    if (bytes[0] & 2) {
        must(watch_map_add(&map, "g/{l}=stream_grad", &error));
        must(watch_map_add(&map, "p/{tensor}/{l}=param_grad", &error));
    }
    const size_t part = (size - 2) / (size_t)files, first = part * bytes[1] / 256;
    for (int i = 0; i < files; i++) {
        must(ftruncate(file[i], 0) == 0 && lseek(file[i], 0, SEEK_SET) == 0);
        put(i, bytes + 2 + (size_t)i * part, first);
    }
    const char *const paths[] = {path[0], path[1]};
    must(watching_open(&watching, paths, files, &map, 0, &error));
    take_all(&watching, 0, &newest);
    for (int i = 0; i < files; i++)
        put(i, bytes + 2 + (size_t)i * part + first, part - first);
    for (double now = 1; now < 1e6; now *= 30)
        take_all(&watching, now, &newest);
    watching_close(&watching);
    return 0;
}
