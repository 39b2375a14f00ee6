/* Rows of one file or two that grow while they are watched: from bytes to snapshots, and then in
 * the program, on a screen of its own.
 *
 * The first byte says how many files there are and whether names are mapped, the second one how
 * much of each is there at first. */
#include "fuzz/fuzz.h"

#include "app/app_state.h"
#include "screen/virtual.h"

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
        fuzz_must(watching->step > *newest);
        *newest = watching->step;
        fuzz_must(watching->snapshot[LEFT] || watching->snapshot[RIGHT]);
        for (int side = 0; side < SIDES; side++) {
            const struct snapshot *snapshot = watching->snapshot[side];
            fuzz_must(!snapshot || (snapshot->step == *newest && watching->stack[side].is_there));
            fuzz_must(!snapshot || snapshot->layers <= WATCH_LAYERS);
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

/* The files, and how much of each is there at first. */
struct input {
    int files;
    const uint8_t *bytes[SIDES];
    size_t size, first;
    const char *path[SIDES];
};

static void put_first(struct input *input)
{
    for (int i = 0; i < input->files; i++)
        input->path[i] = fuzz_file(i, input->bytes[i], input->first);
}

static void put_rest(const struct input *input)
{
    for (int i = 0; i < input->files; i++)
        fuzz_file_add(i, input->bytes[i] + input->first, input->size - input->first);
}

/* False where a file is refused as a whole: it is compressed, or a session. */
static bool watch(struct input *input, const struct watch_map *map)
{
    struct watching watching;
    struct error error;
    int64_t newest = 0;
    put_first(input);
    if (!watching_open(&watching, input->path, input->files, map, 0, &error)) {
        fuzz_must_say(&error);
        return false;
    }
    take_all(&watching, 0, &newest);
    put_rest(input);
    for (double now = 1; now < 1e6; now *= 30)
        take_all(&watching, now, &newest);
    watching_close(&watching);
    return true;
}

/* Every view, the moments from the newest back to the first, and the values that keys go through.
 */
static void show(struct input *input, const struct watch_map *map)
{
    static const char keys[] = "1v[2z[3v4vv5zz6v7[8/a\r9[0PgGf[H?";
    static struct virtual_screen screen;
    struct app_start start = {.settings = settings_default()};
    struct error error;
    put_first(input);
    start.watch.paths = input->files;
    start.watch.map = *map;
    for (int i = 0; i < input->files; i++)
        start.watch.path[i] = input->path[i];
    virtual_open(&screen, 30, 100, 0);
    struct app *app = app_open(&start, &screen.clock, &error);
    fuzz_must(app && app_show(app, &start, &screen.surface, &error));
    put_rest(input);
    for (const char *key = keys; *key && app_goes_on(app); key++) {
        virtual_press(&screen, screen.clock.seconds, *key);
        app_turn(app);
        app_turn(app);
    }
    app_free(app);
    virtual_close(&screen);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct watch_map map = {.count = 0};
    struct error error;
    if (size < 2)
        return 0;
    struct input input = {.files = 1 + (bytes[0] & 1)};
    if (bytes[0] & 2) {
        fuzz_must(watch_map_add(&map, "g/{l}=stream_grad", &error));
        fuzz_must(watch_map_add(&map, "p/{tensor}/{l}=param_grad", &error));
    }
    input.size = (size - 2) / (size_t)input.files;
    input.first = input.size * bytes[1] / 256;
    for (int i = 0; i < input.files; i++)
        input.bytes[i] = bytes + 2 + (size_t)i * input.size;
    if (watch(&input, &map))
        show(&input, &map);
    return 0;
}
