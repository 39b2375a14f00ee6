/* See cast.h. Owns the file and a copy of the last frame; knows cells and themes, no terminal. */
#include "export/cast.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A gap between two changed runs of a row that is not worth moving the cursor over. */
enum { GAP = 4 };

/* The longest label of a marker, in bytes; what is longer is cut. */
enum { MARKER = 256 };

struct cast {
    struct file file;
    struct canvas shown;
    enum theme theme;
    bool blank; /* nothing is shown yet: all has to be drawn */
    int role, back;
    enum cast_version version;
    double seconds; /* of the newest event */
    double written; /* the same, as the digits in the file add up to it */
    char *bytes;    /* of the frame under way */
    size_t count, room;
};

/* ---- the bytes of a frame ---- */

static void add(struct cast *cast, const char *text)
{
    size_t length = strlen(text);
    if (cast->count + length + 1 > cast->room) {
        cast->room = 2 * (cast->count + length + 1);
        cast->bytes = memory_resize(cast->bytes, cast->room, 1);
    }
    memcpy(cast->bytes + cast->count, text, length + 1);
    cast->count += length;
}

static void add_colour(struct cast *cast, int layer, int32_t rgb)
{
    char text[32];
    if (rgb < 0) /* the player's own, which the header says */
        return;
    snprintf(text, sizeof text, ";%d;2;%d;%d;%d", layer, (int)(rgb >> 16 & 255),
             (int)(rgb >> 8 & 255), (int)(rgb & 255));
    add(cast, text);
}

/* The look of a cell, from the plain one. */
static void add_look(struct cast *cast, const struct cell *cell)
{
    const struct theme_row *theme = &theme_table[cast->theme];
    const struct style *style = &theme->style[cell->role];
    if (cell->role == cast->role && cell->back == cast->back)
        return;
    add(cast, "\033[0");
    if (style->bold)
        add(cast, ";1");
    if (style->dim)
        add(cast, ";2");
    if (style->underline)
        add(cast, ";4");
    if (style->reverse)
        add(cast, ";7");
    add_colour(cast, 38, style->rgb);
    add_colour(cast, 48, cell->back == BACK_OWN ? style->back : theme->style[cell->back].rgb);
    add(cast, "m");
    cast->role = cell->role;
    cast->back = cell->back;
}

static void add_place(struct cast *cast, int row, int col)
{
    char text[32];
    snprintf(text, sizeof text, "\033[%d;%dH", row + 1, col + 1);
    add(cast, text);
}

/* The cells of a row that are not shown yet. */
static void add_row(struct cast *cast, const struct canvas *canvas, int row)
{
    const size_t first = (size_t)row * (size_t)canvas->cols;
    const struct cell *now = canvas->cells + first, *was = cast->shown.cells + first;
    int at = -1; /* the column of the cursor */
    for (int col = 0; col < canvas->cols; col++) {
        char text[CELL_BYTES];
        if (!cast->blank && cell_is_same(&now[col], &was[col]))
            continue;
        if (at < 0 || col - at > GAP) {
            add_place(cast, row, col);
            at = col;
        }
        for (; at <= col; at++) {
            add_look(cast, &now[at]);
            cell_utf8(&now[at], text);
            add(cast, text);
        }
    }
}

/* ---- events ---- */

/* The time of an event: since the beginning, or since the event before. Differences are those of
 * rounded times, so that they add up. */
static void write_time(struct cast *cast, double seconds)
{
    const double digits = 1e6;
    cast_until(cast, seconds);
    const double now = round(cast->seconds * digits) / digits;
    fprintf(cast->file.stream, "[%.6f", cast->version == CAST_V3 ? now - cast->written : now);
    cast->written = now;
}

static void write_event(struct cast *cast, const char *kind, const char *text, double seconds)
{
    write_time(cast, seconds);
    fprintf(cast->file.stream, ", \"%s\", ", kind);
    json_string(cast->file.stream, text);
    fputs("]\n", cast->file.stream);
}

/* The theme's page, its ink and the eight colours that it has for such terminals: a player shows
 * what has no colour of its own in these. */
static void write_theme(const struct cast *cast)
{
    static const int32_t palette[8] = {0x000000, 0xcc0000, 0x4e9a06, 0xc4a000,
                                       0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf};
    const struct theme_row *theme = &theme_table[cast->theme];
    FILE *out = cast->file.stream;
    fprintf(out, "\"theme\": {\"fg\": \"#%06x\", \"bg\": \"#%06x\", \"palette\": \"",
            (unsigned)theme->ink, (unsigned)theme->page);
    for (int i = 0; i < 8; i++)
        fprintf(out, "%s#%06x", i > 0 ? ":" : "", (unsigned)palette[i]);
    fputs("\"}", out);
}

static void write_header(struct cast *cast)
{
    FILE *out = cast->file.stream;
    const int rows = cast->shown.rows, cols = cast->shown.cols;
    if (cast->version == CAST_V3)
        fprintf(out,
                "{\"version\": 3, \"term\": {\"cols\": %d, \"rows\": %d, "
                "\"type\": \"xterm-256color\", ",
                cols, rows);
    else
        fprintf(out,
                "{\"version\": 2, \"width\": %d, \"height\": %d, \"title\": \"lnscope\", "
                "\"env\": {\"TERM\": \"xterm-256color\"}, ",
                cols, rows);
    write_theme(cast);
    fputs(cast->version == CAST_V3 ? "}, \"title\": \"lnscope\"}\n" : "}\n", out);
}

static char *free_path(void)
{
    static const char *const endings[] = {".cast", NULL};
    char path[FILE_NUMBERED];
    file_numbered(path, "lnscope", file_free_number("lnscope", endings), endings[0]);
    return memory_copy_string(path);
}

struct cast *cast_open(const struct cast_plan *plan, struct error *error)
{
    struct cast *cast = memory_new(1, sizeof *cast);
    char *name = plan->path ? memory_copy_string(plan->path) : free_path();
    bool open = file_create(&cast->file, name, plan->force, error);
    free(name);
    if (!open) {
        free(cast);
        return NULL;
    }
    file_keep_lines(&cast->file);
    cast->file.numbered = !plan->path;
    canvas_open(&cast->shown, plan->rows, plan->cols);
    cast->version = plan->version;
    cast->theme = plan->theme;
    cast->blank = true;
    write_header(cast);
    return cast;
}

const char *cast_path(const struct cast *cast)
{
    return cast->file.path;
}

double cast_seconds(const struct cast *cast)
{
    return cast->seconds;
}

static void change_size(struct cast *cast, const struct canvas *canvas, double seconds)
{
    char size[32];
    snprintf(size, sizeof size, "%dx%d", canvas->cols, canvas->rows);
    write_event(cast, "r", size, seconds);
    canvas_resize(&cast->shown, canvas->rows, canvas->cols);
    cast->blank = true;
}

void cast_frame(struct cast *cast, const struct canvas *canvas, enum theme theme, double seconds)
{
    if (canvas->rows != cast->shown.rows || canvas->cols != cast->shown.cols)
        change_size(cast, canvas, seconds);
    if (theme != cast->theme)
        cast->blank = true;
    cast->theme = theme;
    cast->count = 0;
    cast->role = cast->back = -1;
    if (cast->blank)
        add(cast, "\033[?25l\033[0m\033[2J");
    for (int row = 0; row < canvas->rows; row++)
        add_row(cast, canvas, row);
    if (cast->count > 0)
        write_event(cast, "o", cast->bytes, seconds);
    cast->blank = false;
    canvas_copy(&cast->shown, canvas);
}

void cast_marker(struct cast *cast, const char *label, double seconds)
{
    char shown[MARKER];
    names_printable(shown, sizeof shown, label);
    write_event(cast, "m", shown, seconds);
}

void cast_until(struct cast *cast, double seconds)
{
    if (seconds > cast->seconds)
        cast->seconds = seconds;
}

static void free_cast(struct cast *cast)
{
    canvas_close(&cast->shown);
    free(cast->bytes);
    free(cast);
}

bool cast_flush(struct cast *cast, struct error *error)
{
    return file_flush(&cast->file, error);
}

bool cast_close(struct cast *cast, char **name, struct error *error)
{
    /* A terminal that plays it goes on below the last picture, for which one that is no larger
     * moves it up by a row. */
    cast->count = 0;
    add(cast, "\033[0m");
    add_place(cast, cast->shown.rows - 1, 0);
    add(cast, "\r\n\033[?25h");
    write_event(cast, "o", cast->bytes, cast->seconds);
    if (cast->version == CAST_V3)
        write_event(cast, "x", "0", cast->seconds);
    bool whole = file_commit_as(&cast->file, name, error);
    free_cast(cast);
    return whole;
}

void cast_discard(struct cast *cast)
{
    file_discard(&cast->file);
    free_cast(cast);
}
