/* See film.h. Owns the files under way, and what they share: the pixels, which are drawn once, and
 * the pictures of a fixed number per second, which are counted here. */
#include "export/film.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "export/animation.h"
#include "export/captions.h"
#include "export/export.h"
#include "export/frames.h"
#include "export/gif.h"
#include "export/pixels.h"
#include "export/video.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct film_row film_table[FILM_KINDS] = {
    [FILM_CAST] = {".cast", "asciicast, for asciinema and its player", ""},
    [FILM_SVG] = {".svg", "animated picture for web pages; with --at a still one", ""},
    [FILM_GIF] = {".gif", "animated picture in pixels", "cairo and giflib"},
    [FILM_MP4] = {".mp4", "video, H.264", "cairo, and the program ffmpeg"},
    [FILM_WEBM] = {".webm", "video, VP9", "cairo, and the program ffmpeg"},
    [FILM_PNG] = {".png", "the last picture, or that of --at", "cairo"},
    [FILM_TEXT] = {".txt", "the same as text", ""},
    [FILM_FRAMES] = {"/", "a folder of numbered PNGs, one for each frame", "cairo"},
};

/* One of the files. */
struct reel {
    enum film_kind kind;
    char *path;
    struct file file; /* all zero where the format has its own */
    struct cast *cast;
    struct animation *animation;
    struct gif *gif;
    struct video *video;
    struct frames *frames;
};

struct film {
    struct film_plan plan;
    int reels;
    struct reel reel[FILM_PATHS_MAX];
    struct captions *captions;
    struct canvas still; /* the newest canvas, or the one that was asked for */
    enum theme still_theme;
    bool has_still;
    struct pixels *fine;   /* for what has any number of colours; NULL: not needed */
    struct pixels *coarse; /* for what has 256 */
    bool begun, fresh;     /* there is a picture; it differs from the one that was counted last */
    long pictures;         /* counted so far */
};

/* A canvas and its time. */
struct shot {
    const struct canvas *canvas;
    enum theme theme;
    double seconds;
};

/* What a kind does; what is NULL it does not. */
struct reel_row {
    bool (*open)(struct film *film, struct reel *reel, struct error *error);
    /* for each canvas */
    bool (*frame)(struct film *film, struct reel *reel, const struct shot *shot,
                  struct error *error);
    /* a fixed number of times per second */
    bool (*picture)(struct film *film, struct reel *reel, struct error *error);
    /* at the end, before a `file` gets its name */
    bool (*finish)(struct film *film, struct reel *reel, double seconds, struct error *error);
    void (*discard)(struct reel *reel);
};

static bool open_file(struct film *film, struct reel *reel, struct error *error)
{
    return file_create(&reel->file, reel->path, film->plan.force, error);
}

/* ---- asciicast ---- */

static bool open_cast(struct film *film, struct reel *reel, struct error *error)
{
    const struct cast_plan plan = {.path = reel->path,
                                   .force = film->plan.force,
                                   .version = film->plan.version,
                                   .rows = film->plan.rows,
                                   .cols = film->plan.cols,
                                   .theme = film->plan.theme};
    reel->cast = cast_open(&plan, error);
    return reel->cast != NULL;
}

static bool frame_cast(struct film *film, struct reel *reel, const struct shot *shot,
                       struct error *error)
{
    (void)film, (void)error; /* which shows at the end */
    cast_frame(reel->cast, shot->canvas, shot->theme, shot->seconds);
    return true;
}

static bool finish_cast(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    struct cast *cast = reel->cast;
    (void)film;
    reel->cast = NULL;
    cast_until(cast, seconds);
    char *name;
    const bool whole = cast_close(cast, &name, error);
    free(name);
    return whole;
}

static void discard_cast(struct reel *reel)
{
    if (reel->cast)
        cast_discard(reel->cast);
}

/* ---- pictures: the last one, or the one that was asked for ---- */

static bool finish_still(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    (void)seconds;
    return export_write(reel->file.stream, reel->path, &film->still, film->still_theme,
                        film->plan.scale, error);
}

/* ---- animated SVG ---- */

static bool open_svg(struct film *film, struct reel *reel, struct error *error)
{
    const struct film_plan *plan = &film->plan;
    if (!open_file(film, reel, error))
        return false;
    if (!plan->still)
        reel->animation = animation_open(plan->rows, plan->cols, plan->loop);
    return true;
}

static bool frame_svg(struct film *film, struct reel *reel, const struct shot *shot,
                      struct error *error)
{
    (void)film, (void)error;
    if (reel->animation)
        animation_frame(reel->animation, shot->canvas, shot->theme, shot->seconds);
    return true;
}

static bool finish_svg(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    if (!reel->animation)
        return finish_still(film, reel, seconds, error);
    animation_close(reel->animation, seconds, reel->file.stream);
    reel->animation = NULL;
    return true;
}

static void discard_svg(struct reel *reel)
{
    if (reel->animation)
        animation_close(reel->animation, 0, NULL);
}

#ifdef HAVE_CAIRO

/* Opens pixels of so many shades where there are none yet. */
static bool need_pixels(struct film *film, struct pixels **pixels, int shades, struct error *error)
{
    const struct pixels_plan plan = {.rows = film->plan.rows,
                                     .cols = film->plan.cols,
                                     .scale = film->plan.scale,
                                     .shades = shades,
                                     .theme = film->plan.theme};
    if (!*pixels)
        *pixels = pixels_open(&plan, error);
    return *pixels != NULL;
}

/* ---- PNG ---- */

static bool open_png(struct film *film, struct reel *reel, struct error *error)
{
    return need_pixels(film, &film->fine, PIXELS_SHADES, error) && open_file(film, reel, error);
}

/* ---- GIF ---- */

#ifdef HAVE_GIFLIB

static bool open_gif(struct film *film, struct reel *reel, struct error *error)
{
    if (!need_pixels(film, &film->coarse, GIF_SHADES, error) || !open_file(film, reel, error))
        return false;
    reel->gif = gif_open(reel->file.stream, film->coarse, film->plan.loop, error);
    return reel->gif != NULL;
}

static bool frame_gif(struct film *film, struct reel *reel, const struct shot *shot,
                      struct error *error)
{
    return gif_frame(reel->gif, film->coarse, shot->seconds, error);
}

static bool finish_gif(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    struct gif *gif = reel->gif;
    (void)film;
    reel->gif = NULL;
    return gif_close(gif, seconds, error);
}

static void discard_gif(struct reel *reel)
{
    if (reel->gif)
        gif_close(reel->gif, 0, NULL);
}

#endif

/* ---- video ---- */

static bool open_video(struct film *film, struct reel *reel, struct error *error)
{
    if (!video_check(error) || !need_pixels(film, &film->fine, PIXELS_SHADES, error) ||
        !open_file(film, reel, error))
        return false;
    reel->video =
        video_open(reel->kind == FILM_MP4 ? VIDEO_MP4 : VIDEO_WEBM, &reel->file,
                   pixels_width(film->fine), pixels_height(film->fine), film->plan.fps, error);
    return reel->video != NULL;
}

static bool finish_video(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    struct video *video = reel->video;
    (void)film, (void)seconds;
    reel->video = NULL;
    return video_close(video, error);
}

static bool picture_video(struct film *film, struct reel *reel, struct error *error)
{
    return video_frame(reel->video, pixels_picture(film->fine)) ||
           (finish_video(film, reel, 0, error) &&
            error_set(error, "ffmpeg has ended too early: another format, as .gif or .svg"));
}

static void discard_video(struct reel *reel)
{
    if (reel->video)
        video_close(reel->video, NULL);
}

/* ---- numbered PNGs ---- */

static bool open_frames(struct film *film, struct reel *reel, struct error *error)
{
    if (!need_pixels(film, &film->fine, PIXELS_SHADES, error))
        return false;
    reel->frames = frames_open(reel->path, film->plan.force, error);
    return reel->frames != NULL;
}

static bool picture_frames(struct film *film, struct reel *reel, struct error *error)
{
    return frames_add(reel->frames, film->fine, !film->fresh, error);
}

static bool finish_frames(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    struct frames *frames = reel->frames;
    (void)film, (void)seconds;
    reel->frames = NULL;
    return frames_close(frames, error);
}

static void discard_frames(struct reel *reel)
{
    if (reel->frames)
        frames_discard(reel->frames);
}

#endif

/* A kind that cannot be opened needs what this build does not have. */
static const struct reel_row reel_table[FILM_KINDS] = {
    [FILM_CAST] = {.open = open_cast,
                   .frame = frame_cast,
                   .finish = finish_cast,
                   .discard = discard_cast},
    [FILM_SVG] = {.open = open_svg,
                  .frame = frame_svg,
                  .finish = finish_svg,
                  .discard = discard_svg},
    [FILM_TEXT] = {.open = open_file, .finish = finish_still},
#ifdef HAVE_CAIRO
#ifdef HAVE_GIFLIB
    [FILM_GIF] = {.open = open_gif,
                  .frame = frame_gif,
                  .finish = finish_gif,
                  .discard = discard_gif},
#endif
    [FILM_MP4] = {.open = open_video,
                  .picture = picture_video,
                  .finish = finish_video,
                  .discard = discard_video},
    [FILM_WEBM] = {.open = open_video,
                   .picture = picture_video,
                   .finish = finish_video,
                   .discard = discard_video},
    [FILM_PNG] = {.open = open_png, .finish = finish_still},
    [FILM_FRAMES] = {.open = open_frames,
                     .picture = picture_frames,
                     .finish = finish_frames,
                     .discard = discard_frames},
#endif
};

/* ---- opening ---- */

/* The endings of all files, ", " between them; of a folder there is none. */
static void list_endings(char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int kind = 0; kind < FILM_KINDS && used < size; kind++)
        if (kind != FILM_FRAMES)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     film_table[kind].ending);
}

int film_kind(const char *path, struct error *error)
{
    char shown[256], endings[128];
    names_printable(shown, sizeof shown, path);
    for (int kind = 0; kind < FILM_KINDS; kind++) {
        if (!file_ends_in(path, film_table[kind].ending))
            continue;
        if (reel_table[kind].open)
            return kind;
        error_set(error,
                  "%s needs %s, and this build was made without: name it .cast or .svg, or install "
                  "libcairo2-dev and libgif-dev and build again",
                  shown, film_table[kind].needs);
        return -1;
    }
    list_endings(endings, sizeof endings);
    error_set(error, "%s is no recording: name it %s, or as a folder, with a slash at its end",
              shown, endings);
    return -1;
}

/* Whether no file is named twice. */
static bool check_paths(const struct film_plan *plan, struct error *error)
{
    char shown[256];
    for (int i = 0; i < plan->paths; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(plan->path[i], plan->path[k]) == 0 ||
                file_is_same(plan->path[i], plan->path[k])) {
                names_printable(shown, sizeof shown, plan->path[i]);
                return error_set(error, "%s is named twice: once is enough", shown);
            }
    return true;
}

static bool add_reel(struct film *film, const char *path, struct error *error)
{
    struct reel *reel = &film->reel[film->reels];
    const int kind = film_kind(path, error);
    if (kind < 0)
        return false;
    *reel = (struct reel){.kind = (enum film_kind)kind, .path = memory_copy_string(path)};
    film->reels++;
    return reel_table[kind].open(film, reel, error);
}

struct film *film_open(const struct film_plan *plan, struct error *error)
{
    struct film *film = memory_new(1, sizeof *film);
    film->plan = *plan;
    canvas_open(&film->still, plan->rows, plan->cols);
    bool good = check_paths(plan, error);
    for (int i = 0; good && i < plan->paths; i++)
        good = film_kind(plan->path[i], error) >= 0; /* before any of them is begun */
    for (int i = 0; good && i < plan->paths; i++)
        good = add_reel(film, plan->path[i], error);
    if (good && plan->captions) {
        film->captions = captions_open(plan->captions, plan->force, error);
        good = film->captions != NULL;
    }
    if (good)
        return film;
    film_discard(film);
    return NULL;
}

const char *film_font(const struct film *film)
{
#ifdef HAVE_CAIRO
    const struct pixels *pixels = film->fine ? film->fine : film->coarse;
    return pixels ? pixels_font(pixels) : NULL;
#else
    (void)film;
    return NULL;
#endif
}

/* ---- recording ---- */

void film_still(struct film *film, const struct canvas *canvas, enum theme theme)
{
    canvas_copy(&film->still, canvas);
    film->still_theme = theme;
    film->has_still = true;
}

/* The pictures of a fixed number per second up to a time. */
static bool count_pictures(struct film *film, double seconds, struct error *error)
{
    const long until = lround(seconds * film->plan.fps);
    for (; film->begun && film->pictures < until; film->pictures++) {
        for (int i = 0; i < film->reels; i++) {
            const struct reel_row *row = &reel_table[film->reel[i].kind];
            if (row->picture && !row->picture(film, &film->reel[i], error))
                return false;
        }
        film->fresh = false;
    }
    return true;
}

static bool draw_pixels(struct film *film, const struct canvas *canvas, enum theme theme,
                        struct error *error)
{
#ifdef HAVE_CAIRO
    if (film->coarse && !pixels_draw(film->coarse, canvas, theme, error))
        return false;
    if (!film->fine)
        return true;
    if (!pixels_draw(film->fine, canvas, theme, error))
        return false;
    film->fresh = film->fresh || pixels_drawn(film->fine).rows > 0;
#else
    (void)film, (void)canvas, (void)theme, (void)error;
#endif
    return true;
}

bool film_frame(struct film *film, const struct canvas *canvas, enum theme theme, double seconds,
                struct error *error)
{
    const struct shot shot = {.canvas = canvas, .theme = theme, .seconds = seconds};
    if (!count_pictures(film, seconds, error))
        return false;
    if (!draw_pixels(film, canvas, theme, error))
        return false;
    film->begun = true;
    if (!film->plan.still)
        film_still(film, canvas, theme);
    for (int i = 0; i < film->reels; i++) {
        const struct reel_row *row = &reel_table[film->reel[i].kind];
        if (row->frame && !row->frame(film, &film->reel[i], &shot, error))
            return false;
    }
    return true;
}

void film_marker(struct film *film, const char *label, double seconds)
{
    for (int i = 0; i < film->reels; i++)
        if (film->reel[i].cast)
            cast_marker(film->reel[i].cast, label, seconds);
}

void film_caption(struct film *film, const char *text, double seconds)
{
    if (film->captions)
        captions_say(film->captions, text, seconds);
}

/* ---- the end ---- */

static void free_film(struct film *film)
{
    for (int i = 0; i < film->reels; i++)
        free(film->reel[i].path);
#ifdef HAVE_CAIRO
    pixels_close(film->fine);
    pixels_close(film->coarse);
#endif
    canvas_close(&film->still);
    free(film);
}

/* One file gets its name; false with a reason, and then it is not there. */
static bool finish_reel(struct film *film, struct reel *reel, double seconds, struct error *error)
{
    if (!reel_table[reel->kind].finish(film, reel, seconds, error)) {
        file_discard(&reel->file);
        return false;
    }
    return !reel->file.stream || file_commit(&reel->file, error);
}

bool film_close(struct film *film, double seconds, struct error *error)
{
    const double least = 1.0 / film->plan.fps;
    const double end = seconds > least ? seconds : least; /* one picture at least */
    struct error reason;
    if ((film->plan.still && !film->has_still) || !film->begun) {
        error_set(error, "nothing was recorded: a script with something to show");
        film_discard(film);
        return false;
    }
    if (!count_pictures(film, end, error)) {
        film_discard(film);
        return false;
    }
    bool good = true;
    for (int i = 0; i < film->reels; i++)
        if (!finish_reel(film, &film->reel[i], end, good ? error : &reason))
            good = false;
    if (film->captions && !captions_close(film->captions, end, good ? error : &reason))
        good = false;
    free_film(film);
    return good;
}

void film_discard(struct film *film)
{
    for (int i = 0; i < film->reels; i++) {
        struct reel *reel = &film->reel[i];
        if (reel_table[reel->kind].discard)
            reel_table[reel->kind].discard(reel);
        file_discard(&reel->file);
    }
    if (film->captions)
        captions_discard(film->captions);
    free_film(film);
}
