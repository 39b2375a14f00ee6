/* See animation.h. The animation is SMIL: a `set` for each group, relative to the one animation
 * that gives the time; a browser looks at it only when the group comes and goes. */
#include "export/animation.h"

#include "base/error.h"
#include "base/memory.h"
#include "export/shapes.h"
#include "export/svg.h"

#include <stdlib.h>
#include <string.h>

/* When a frame covers all cells: so long after the last one that did, or behind so many. */
static const double whole_seconds = 3;
enum { GROUPS_MAX = 90 };

/* A frame that is visible until the next whole one. */
struct group {
    double seconds;
    char *text;
};

/* Neighbouring cells of one background. */
struct area {
    struct rect cells;
    uint32_t colour;
    bool written;
};

struct animation {
    struct canvas shown, next;
    enum theme page;  /* that of the first frame, on whose page all of it is drawn */
    enum theme theme; /* that of the frame under way */
    bool loop, begun;
    double whole_at; /* when the newest whole frame begins */
    int groups;
    struct group group[GROUPS_MAX]; /* that one, and those since */
    bool *changed;                  /* [rows][cols]: what the frame under way draws */
    bool used[THEMES][ROLES];       /* in any frame so far */
    int areas, areas_room;
    struct area *area;
    struct shapes shapes;
    FILE *body; /* the frames whose end is known, in memory */
    char *text;
    size_t size;
};

/* ---- what has changed ---- */

/* The canvas, cut or filled up to the size of the animation. */
static void fit(struct animation *animation, const struct canvas *canvas)
{
    struct canvas *next = &animation->next;
    const int rows = canvas->rows < next->rows ? canvas->rows : next->rows;
    const int cols = canvas->cols < next->cols ? canvas->cols : next->cols;
    canvas_clear(next);
    for (int row = 0; row < rows; row++)
        memcpy(next->cells + row * next->cols, canvas->cells + row * canvas->cols,
               (size_t)cols * sizeof *next->cells);
}

/* Marks the cells that differ from what is shown; how many there are. */
static int mark_changed(struct animation *animation)
{
    const int cells = animation->next.rows * animation->next.cols;
    int count = 0;
    for (int i = 0; i < cells; i++) {
        animation->changed[i] =
            !cell_is_same(&animation->next.cells[i], &animation->shown.cells[i]);
        count += animation->changed[i];
    }
    return count;
}

/* ---- backgrounds ---- */

static uint32_t background(const struct animation *animation, const struct cell *cell)
{
    const struct theme_row *theme = &theme_table[animation->theme];
    const int32_t back = shape_background(theme, cell);
    return back < 0 ? theme->page : (uint32_t)back;
}

/* Adds a run of a row, to the same run of the row above where there is one. */
static void add_area(struct animation *animation, struct rect cells, uint32_t colour)
{
    for (int i = animation->areas; i-- > 0;) {
        struct area *above = &animation->area[i];
        if (above->cells.row + above->cells.rows < cells.row)
            break;
        if (above->cells.row + above->cells.rows == cells.row && above->cells.col == cells.col &&
            above->cells.cols == cells.cols && above->colour == colour) {
            above->cells.rows++;
            return;
        }
    }
    if (animation->areas == animation->areas_room) {
        animation->areas_room = 2 * animation->areas_room + 256;
        animation->area =
            memory_resize(animation->area, (size_t)animation->areas_room, sizeof *animation->area);
    }
    animation->area[animation->areas++] = (struct area){.cells = cells, .colour = colour};
}

static void list_areas(struct animation *animation)
{
    const struct canvas *next = &animation->next;
    animation->areas = 0;
    for (int row = 0; row < next->rows; row++)
        for (int col = 0, count; col < next->cols; col += count) {
            const struct cell *cells = next->cells + row * next->cols + col;
            const bool *changed = animation->changed + row * next->cols + col;
            count = 1;
            if (!changed[0])
                continue;
            const uint32_t colour = background(animation, &cells[0]);
            while (col + count < next->cols && changed[count] &&
                   background(animation, &cells[count]) == colour)
                count++;
            add_area(animation, (struct rect){row, col, 1, count}, colour);
        }
}

/* All areas of one colour as one path. */
static void write_areas(struct animation *animation, FILE *out)
{
    list_areas(animation);
    for (int first = 0; first < animation->areas; first++) {
        if (animation->area[first].written)
            continue;
        const uint32_t colour = animation->area[first].colour;
        fprintf(out, "<path class=\"b\" fill=\"#%06x\" d=\"", (unsigned)colour);
        for (int i = first; i < animation->areas; i++) {
            struct area *area = &animation->area[i];
            if (area->written || area->colour != colour)
                continue;
            const int width = area->cells.cols * SHAPE_CELL_WIDTH;
            fprintf(out, "M%g %gh%dv%dh-%dz", shape_x(area->cells.col), shape_y(area->cells.row),
                    width, area->cells.rows * SHAPE_CELL_HEIGHT, width);
            area->written = true;
        }
        fputs("\"/>", out);
    }
}

/* ---- inks ---- */

/* The rectangles of one opacity as one path. */
static void write_rects(const struct animation *animation, double opacity, FILE *out)
{
    bool begun = false;
    for (int i = 0; i < animation->shapes.count; i++) {
        const struct shape *shape = &animation->shapes.shape[i];
        if (shape->kind != SHAPE_RECT || shape->opacity != opacity)
            continue;
        if (!begun && opacity < 1)
            fprintf(out, "<path fill-opacity=\"%g\" d=\"", opacity);
        else if (!begun)
            fputs("<path d=\"", out);
        begun = true;
        fprintf(out, "M%g %gh%gv%gh-%gz", shape->x, shape->y, shape->width, shape->height,
                shape->width);
    }
    if (begun)
        fputs("\"/>", out);
}

/* Dots are ends of lines without a length, which are round. */
static void write_dots(const struct animation *animation, FILE *out)
{
    bool begun = false;
    for (int i = 0; i < animation->shapes.count; i++) {
        const struct shape *shape = &animation->shapes.shape[i];
        if (shape->kind != SHAPE_DOT)
            continue;
        fprintf(out, "%sM%g %gh0", begun ? "" : "<path class=\"d\" d=\"", shape->x, shape->y);
        begun = true;
    }
    if (begun)
        fputs("\"/>", out);
}

static void write_words(const struct animation *animation, FILE *out)
{
    for (int i = 0; i < animation->shapes.count; i++) {
        const struct shape *shape = &animation->shapes.shape[i];
        if (shape->kind != SHAPE_WORD)
            continue;
        fprintf(out, "<text x=\"%g\" y=\"%g\"", shape->x, shape->y);
        if (shape->cells > 1 || shape->width > SHAPE_CELL_WIDTH)
            fprintf(out, " textLength=\"%g\"", shape->width);
        fputc('>', out);
        for (int cell = 0; cell < shape->cells; cell++)
            svg_letters(out, &shape->cell[cell]);
        fputs("</text>", out);
    }
}

/* The name of a look: "r3", and in another theme than that of the page "r3t1". */
static void write_class(const struct animation *animation, int theme, int role, FILE *out)
{
    fprintf(out, "r%d", role);
    if (theme != (int)animation->page)
        fprintf(out, "t%d", theme);
}

static void write_role(struct animation *animation, int role, FILE *out)
{
    static const double opacity[] = {1, 0.75, 0.5, 0.25};
    const struct canvas *next = &animation->next;
    shapes_clear(&animation->shapes);
    for (int row = 0; row < next->rows; row++)
        for (int col = 0, end; col < next->cols; col = end + 1) {
            const bool *changed = animation->changed + row * next->cols;
            for (end = col; end < next->cols && changed[end];)
                end++;
            shapes_add(&animation->shapes, next, row, col, end, role);
        }
    if (animation->shapes.count == 0)
        return;
    animation->used[animation->theme][role] = true;
    fputs("<g class=\"", out);
    write_class(animation, (int)animation->theme, role, out);
    fputs("\">", out);
    for (size_t i = 0; i < sizeof opacity / sizeof opacity[0]; i++)
        write_rects(animation, opacity[i], out);
    write_dots(animation, out);
    write_words(animation, out);
    fputs("</g>", out);
}

/* The page of the frame's theme over that of the first, where they differ: also around the cells.
 */
static void write_page(const struct animation *animation, FILE *out)
{
    const uint32_t page = theme_table[animation->theme].page;
    if (page == theme_table[animation->page].page)
        return;
    fprintf(out, "<rect class=\"b\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>",
            shape_picture_width(&animation->next), shape_picture_height(&animation->next),
            (unsigned)page);
}

/* Everything that is marked as changed. */
static void write_cells(struct animation *animation, FILE *out)
{
    const int cells = animation->next.rows * animation->next.cols;
    bool present[ROLES] = {false};
    for (int i = 0; i < cells; i++)
        if (animation->changed[i])
            present[animation->next.cells[i].role] = true;
    write_areas(animation, out);
    for (int role = 0; role < ROLES; role++)
        if (present[role])
            write_role(animation, role, out);
}

/* ---- frames ---- */

struct animation *animation_open(int rows, int cols, bool loop)
{
    struct animation *animation = memory_new(1, sizeof *animation);
    animation->loop = loop;
    canvas_open(&animation->shown, rows, cols);
    canvas_open(&animation->next, rows, cols);
    animation->changed = memory_new((size_t)rows * (size_t)cols + 1, sizeof(bool));
    animation->body = memory_stream_open(&animation->text, &animation->size);
    if (!animation->body)
        die("no memory for an animation");
    return animation;
}

/* The groups so far are hidden from a time on; negative: never. */
static void end_groups(struct animation *animation, double seconds)
{
    FILE *out = animation->body;
    for (int i = 0; i < animation->groups; i++) {
        const struct group *group = &animation->group[i];
        fprintf(out,
                "<g visibility=\"hidden\"><set attributeName=\"visibility\" to=\"visible\" "
                "begin=\"time.begin+%.6gs\"",
                group->seconds);
        if (seconds >= 0)
            fprintf(out, " dur=\"%.6gs\"", seconds - group->seconds);
        fprintf(out, "/>%s</g>\n", group->text);
        free(group->text);
    }
    animation->groups = 0;
}

static void add_group(struct animation *animation, bool whole, double seconds)
{
    struct group *group = &animation->group[animation->groups];
    size_t size;
    FILE *out = memory_stream_open(&group->text, &size);
    if (out && whole)
        write_page(animation, out);
    if (out)
        write_cells(animation, out);
    if (!out || !memory_stream_close(out, &group->text))
        die("no memory for a frame of an animation");
    group->seconds = seconds;
    animation->groups++;
}

void animation_frame(struct animation *animation, const struct canvas *canvas, enum theme theme,
                     double seconds)
{
    const int cells = animation->next.rows * animation->next.cols;
    fit(animation, canvas);
    const int changed = mark_changed(animation);
    const bool recoloured = animation->begun && theme != animation->theme;
    if (animation->begun && changed == 0 && !recoloured)
        return;
    const bool whole = !animation->begun || recoloured || animation->groups == GROUPS_MAX ||
                       2 * changed > cells || seconds - animation->whole_at >= whole_seconds;
    animation->theme = theme;
    if (!animation->begun)
        animation->page = theme;
    if (whole) {
        memset(animation->changed, true, (size_t)cells);
        end_groups(animation, seconds);
        animation->whole_at = seconds;
    }
    if (animation->begun) {
        add_group(animation, whole, seconds);
    } else { /* the first is always there, below all others */
        fputs("<g>", animation->body);
        write_cells(animation, animation->body);
        fputs("</g>\n", animation->body);
    }
    animation->begun = true;
    canvas_copy(&animation->shown, &animation->next);
}

/* ---- the document ---- */

static void write_look(const struct animation *animation, int theme, int role, FILE *out)
{
    const struct shape_look look = shape_look(&theme_table[theme], role);
    fputc('.', out);
    write_class(animation, theme, role, out);
    fprintf(out, "{fill:#%06x;color:#%06x", (unsigned)look.ink, (unsigned)look.ink);
    if (look.bold)
        fputs(";font-weight:bold", out);
    if (look.opacity < 1)
        fprintf(out, ";fill-opacity:%g;stroke-opacity:%g", look.opacity, look.opacity);
    fputc('}', out);
    if (!look.underline)
        return;
    fputc('.', out);
    write_class(animation, theme, role, out);
    fputs(" text{text-decoration:underline}", out);
}

static void write_style(const struct animation *animation, FILE *out)
{
    fputs("<style>.b{shape-rendering:crispEdges}"
          ".d{fill:none;stroke:currentColor;stroke-width:3;stroke-linecap:round}",
          out);
    for (int theme = 0; theme < THEMES; theme++)
        for (int role = 0; role < ROLES; role++)
            if (animation->used[theme][role])
                write_look(animation, theme, role, out);
    fputs("</style>\n", out);
}

static void write_document(const struct animation *animation, double seconds, FILE *out)
{
    svg_begin(out, &animation->shown, animation->page);
    write_style(animation, out);
    fprintf(out,
            "<rect width=\"0\" height=\"0\"><animate id=\"time\" attributeName=\"x\" to=\"1\" "
            "dur=\"%.6gs\" begin=\"0s%s\"/></rect>\n",
            seconds, animation->loop ? ";time.end" : "");
    fwrite(animation->text, 1, animation->size, out);
    fputs("</svg>\n", out);
}

void animation_close(struct animation *animation, double seconds, FILE *out)
{
    end_groups(animation, animation->loop ? seconds : -1);
    if (!memory_stream_close(animation->body, &animation->text))
        die("no memory for an animation");
    if (out)
        write_document(animation, seconds, out);
    canvas_close(&animation->shown);
    canvas_close(&animation->next);
    shapes_close(&animation->shapes);
    free(animation->changed);
    free(animation->area);
    free(animation->text);
    free(animation);
}
