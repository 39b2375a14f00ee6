/* See gif.h. A picture is written when it is known how long it lasts: owns the one that is shown
 * and the one that waits for that. */
#include "export/gif.h"

#if defined(HAVE_CAIRO) && defined(HAVE_GIFLIB)

#include "base/memory.h"

#include <gif_lib.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLOURS = 256,
    CLEAR = 0, /* the number of no colour: what is below stays */
    BUCKETS = 1024,
    SIDE_MAX = 65535,
    SHORTEST = 2,   /* hundredths of a second */
    LONGEST = 65535 /* the same */
};

/* Colours and their numbers, from 1 on. */
struct palette {
    int count; /* CLEAR included */
    uint32_t colour[COLOURS];
    bool overflow;       /* there were more */
    int bucket[BUCKETS]; /* the newest colour of a hash; CLEAR: none */
    int next[COLOURS];   /* the one before of the same hash */
};

struct gif {
    GifFileType *file;
    int width, height;
    bool loop;
    struct palette first; /* of the first picture, for all that have no other colours */
    struct palette own;   /* of the picture under way */
    uint32_t *shown;      /* [height][width], as a player has it */
    uint32_t *waiting;    /* the same, not written yet */
    bool begun;           /* there is a picture */
    long written;         /* hundredths of a second */
    GifByteType *line;    /* [width] */
};

/* ---- colours ---- */

static int hash(uint32_t colour)
{
    return (int)((colour * 2654435761u) >> 22);
}

static int find_colour(const struct palette *palette, uint32_t colour)
{
    int at = palette->bucket[hash(colour)];
    while (at != CLEAR && palette->colour[at] != colour)
        at = palette->next[at];
    return at;
}

static void add_colour(struct palette *palette, uint32_t colour)
{
    const int bucket = hash(colour);
    if (find_colour(palette, colour) != CLEAR)
        return;
    if (palette->count == COLOURS) {
        palette->overflow = true;
        return;
    }
    palette->colour[palette->count] = colour;
    palette->next[palette->count] = palette->bucket[bucket];
    palette->bucket[bucket] = palette->count++;
}

static long distance(uint32_t one, uint32_t other)
{
    long sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        const long by = (long)(one >> shift & 255) - (long)(other >> shift & 255);
        sum += by * by;
    }
    return sum;
}

/* The number of a colour, or of the nearest one where there was no room for it. */
static int number_of(const struct palette *palette, uint32_t colour)
{
    const int found = find_colour(palette, colour);
    int best = 1;
    if (found != CLEAR)
        return found;
    for (int i = 2; i < palette->count; i++)
        if (distance(palette->colour[i], colour) < distance(palette->colour[best], colour))
            best = i;
    return best;
}

/* The table of a palette as giflib has it; to be freed by GifFreeMapObject(). */
static ColorMapObject *make_map(const struct palette *palette)
{
    int size = 2;
    while (size < palette->count)
        size *= 2;
    ColorMapObject *map = GifMakeMapObject(size, NULL);
    for (int i = 1; map && i < palette->count; i++) {
        const uint32_t colour = palette->colour[i];
        map->Colors[i] = (GifColorType){(GifByteType)(colour >> 16), (GifByteType)(colour >> 8),
                                        (GifByteType)colour};
    }
    return map;
}

/* ---- pictures ---- */

static bool is_broken(const struct gif *gif, struct error *error)
{
    const char *reason = GifErrorString(gif->file->Error);
    return error_set(error, "cannot write the GIF (%s): a disk with room for it",
                     reason ? reason : "unknown error");
}

/* Where the waiting picture differs from the one that is shown; no rows where it does not. */
static struct rect find_difference(const struct gif *gif)
{
    int top = gif->height, bottom = 0, left = gif->width, right = 0;
    for (int y = 0; y < gif->height; y++) {
        const uint32_t *was = gif->shown + (size_t)y * (size_t)gif->width;
        const uint32_t *now = gif->waiting + (size_t)y * (size_t)gif->width;
        if (memcmp(was, now, (size_t)gif->width * sizeof *now) == 0)
            continue;
        int first = 0, last = gif->width - 1;
        while (was[first] == now[first])
            first++;
        while (was[last] == now[last])
            last--;
        top = y < top ? y : top;
        bottom = y + 1;
        left = first < left ? first : left;
        right = last + 1 > right ? last + 1 : right;
    }
    return bottom == 0 ? (struct rect){0} : (struct rect){top, left, bottom - top, right - left};
}

/* How often a colour is there. */
struct usage {
    uint32_t colour;
    long pixels;
};

static int by_colour(const void *one, const void *other)
{
    const uint32_t a = ((const struct usage *)one)->colour;
    const uint32_t b = ((const struct usage *)other)->colour;
    return a < b ? -1 : a > b;
}

static int by_pixels(const void *one, const void *other)
{
    const struct usage *a = one, *b = other;
    return a->pixels != b->pixels ? (a->pixels > b->pixels ? -1 : 1) : by_colour(a, b);
}

/* The colours that most of the pixels have, where there are too many. */
static void take_most_used(struct usage *usage, size_t count, struct palette *palette)
{
    size_t colours = 0;
    qsort(usage, count, sizeof *usage, by_colour);
    for (size_t i = 0; i < count; i++) {
        if (colours > 0 && usage[colours - 1].colour == usage[i].colour)
            usage[colours - 1].pixels++;
        else
            usage[colours++] = usage[i];
    }
    qsort(usage, colours, sizeof *usage, by_pixels);
    *palette = (struct palette){.count = 1};
    for (size_t i = 0; i < colours; i++)
        add_colour(palette, usage[i].colour);
}

/* The colours of what differs inside the area. */
static void take_colours(const struct gif *gif, struct rect area, bool all, struct palette *palette)
{
    struct usage *usage = NULL;
    size_t count = 0;
    *palette = (struct palette){.count = 1};
    for (int pass = 0; pass < 2; pass++) {
        for (int y = area.row; y < area.row + area.rows; y++)
            for (int x = area.col; x < area.col + area.cols; x++) {
                const size_t at = (size_t)y * (size_t)gif->width + (size_t)x;
                if (!all && gif->waiting[at] == gif->shown[at])
                    continue;
                if (usage)
                    usage[count++] = (struct usage){.colour = gif->waiting[at], .pixels = 1};
                else
                    add_colour(palette, gif->waiting[at]);
            }
        if (!palette->overflow || usage)
            break;
        usage = memory_new((size_t)area.rows * (size_t)area.cols, sizeof *usage);
    }
    if (usage)
        take_most_used(usage, count, palette);
    free(usage);
}

static bool has_all(const struct palette *palette, const struct palette *other)
{
    for (int i = 1; i < other->count; i++)
        if (find_colour(palette, other->colour[i]) == CLEAR)
            return false;
    return !other->overflow;
}

/* The head of the file, when the first picture is there. */
static bool write_head(struct gif *gif)
{
    static const GifByteType once_more[] = {1, 0, 0}; /* for ever */
    take_colours(gif, (struct rect){0, 0, gif->height, gif->width}, true, &gif->first);
    ColorMapObject *map = make_map(&gif->first);
    bool good = map && EGifPutScreenDesc(gif->file, gif->width, gif->height, 8, 0, map) == GIF_OK;
    GifFreeMapObject(map);
    if (good && gif->loop)
        good = EGifPutExtensionLeader(gif->file, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
               EGifPutExtensionBlock(gif->file, 11, "NETSCAPE2.0") == GIF_OK &&
               EGifPutExtensionBlock(gif->file, sizeof once_more, once_more) == GIF_OK &&
               EGifPutExtensionTrailer(gif->file) == GIF_OK;
    return good;
}

static bool write_lines(struct gif *gif, struct rect area, bool all, const struct palette *palette)
{
    for (int y = area.row; y < area.row + area.rows; y++) {
        for (int x = 0; x < area.cols; x++) {
            const size_t at = (size_t)y * (size_t)gif->width + (size_t)(area.col + x);
            const bool clear = !all && gif->waiting[at] == gif->shown[at];
            gif->line[x] = (GifByteType)(clear ? CLEAR : number_of(palette, gif->waiting[at]));
        }
        if (EGifPutLine(gif->file, gif->line, area.cols) != GIF_OK)
            return false;
    }
    return true;
}

/* What differs, for so many hundredths of a second; with `all` the whole picture. */
static bool write_picture(struct gif *gif, bool all, int delay)
{
    const GraphicsControlBlock control = {
        .DisposalMode = DISPOSE_DO_NOT, .DelayTime = delay, .TransparentColor = CLEAR};
    const struct palette *palette = &gif->first;
    struct rect area = all ? (struct rect){0, 0, gif->height, gif->width} : find_difference(gif);
    GifByteType block[4];
    ColorMapObject *map = NULL;
    if (area.rows == 0) /* it only lasts longer */
        area = (struct rect){0, 0, 1, 1};
    take_colours(gif, area, all, &gif->own);
    if (!has_all(&gif->first, &gif->own)) {
        palette = &gif->own;
        map = make_map(palette);
        if (!map)
            return false;
    }
    /* giflib 5.2 forgets the table of the picture before where this one has none. */
    GifFreeMapObject(gif->file->Image.ColorMap);
    gif->file->Image.ColorMap = NULL;
    EGifGCBToExtension(&control, block);
    bool good =
        EGifPutExtension(gif->file, GRAPHICS_EXT_FUNC_CODE, sizeof block, block) == GIF_OK &&
        EGifPutImageDesc(gif->file, area.col, area.row, area.cols, area.rows, false, map) ==
            GIF_OK &&
        write_lines(gif, area, all, palette);
    GifFreeMapObject(map);
    memcpy(gif->shown, gif->waiting, (size_t)gif->width * (size_t)gif->height * sizeof *gif->shown);
    return good;
}

/* Writes the picture that waits, which ends now. */
static bool write_waiting(struct gif *gif, long now, struct error *error)
{
    const bool all = gif->file->SHeight == 0; /* nothing is written yet */
    bool good = !all || write_head(gif);
    for (bool first = true; good && gif->written < now; first = false) {
        const long left = now - gif->written;
        const int delay = (int)(left > LONGEST ? LONGEST : left);
        good = write_picture(gif, all && first, delay);
        gif->written += delay;
    }
    return good || is_broken(gif, error);
}

static int write_bytes(GifFileType *file, const GifByteType *bytes, int count)
{
    return (int)fwrite(bytes, 1, (size_t)count, file->UserData);
}

struct gif *gif_open(FILE *out, const struct pixels *pixels, bool loop, struct error *error)
{
    const int width = pixels_width(pixels), height = pixels_height(pixels);
    int reason = 0;
    if (width > SIDE_MAX || height > SIDE_MAX) {
        error_set(error, "a picture of %d x %d pixels: a GIF has at most %d on a side", width,
                  height, SIDE_MAX);
        return NULL;
    }
    GifFileType *file = EGifOpen(out, write_bytes, &reason);
    if (!file) {
        error_set(error, "cannot begin a GIF (%s): a disk with room for it",
                  GifErrorString(reason));
        return NULL;
    }
    EGifSetGifVersion(file, true);
    const size_t count = (size_t)width * (size_t)height;
    struct gif *gif = memory_new(1, sizeof *gif);
    gif->file = file;
    gif->width = width;
    gif->height = height;
    gif->loop = loop;
    gif->shown = memory_new(count, sizeof *gif->shown);
    gif->waiting = memory_new(count, sizeof *gif->waiting);
    gif->line = memory_new((size_t)width, 1);
    return gif;
}

bool gif_frame(struct gif *gif, const struct pixels *pixels, double seconds, struct error *error)
{
    const size_t bytes = (size_t)gif->width * (size_t)gif->height * sizeof *gif->waiting;
    const long now = lround(100 * seconds);
    if (gif->begun && memcmp(gif->waiting, pixels_picture(pixels), bytes) == 0)
        return true;
    if (gif->begun && now - gif->written >= SHORTEST && !write_waiting(gif, now, error))
        return false;
    memcpy(gif->waiting, pixels_picture(pixels), bytes);
    gif->begun = true;
    return true;
}

bool gif_close(struct gif *gif, double seconds, struct error *error)
{
    const long now = lround(100 * seconds), least = gif->written + SHORTEST;
    bool good = !gif->begun || write_waiting(gif, now > least ? now : least, error);
    int reason = 0;
    if (EGifCloseFile(gif->file, &reason) != GIF_OK && good)
        good = error_set(error, "cannot finish the GIF (%s): a disk with room for it",
                         GifErrorString(reason));
    free(gif->shown);
    free(gif->waiting);
    free(gif->line);
    free(gif);
    return good;
}

#endif
