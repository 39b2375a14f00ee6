/* See canvas.h. Owns the cells; must not know what they are painted on. */
#include "screen/canvas.h"

#include "base/columns.h"
#include "base/memory.h"
#include "screen/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRINT_MAX = 1024 };

const char canvas_density[] = ".:-=+*#%@";

bool rect_has(struct rect area, int row, int col)
{
    return row >= area.row && row < area.row + area.rows && col >= area.col &&
           col < area.col + area.cols;
}

void canvas_open(struct canvas *canvas, int rows, int cols)
{
    *canvas = (struct canvas){0};
    canvas_resize(canvas, rows, cols);
}

void canvas_resize(struct canvas *canvas, int rows, int cols)
{
    rows = rows > 0 ? rows : 0;
    cols = cols > 0 ? cols : 0;
    size_t count = (size_t)rows * (size_t)cols;
    canvas->cells = memory_resize(canvas->cells, count > 0 ? count : 1, sizeof(struct cell));
    canvas->rows = rows;
    canvas->cols = cols;
    canvas_clear(canvas);
}

void canvas_copy(struct canvas *canvas, const struct canvas *from)
{
    if (canvas->rows != from->rows || canvas->cols != from->cols)
        canvas_resize(canvas, from->rows, from->cols);
    memcpy(canvas->cells, from->cells,
           (size_t)from->rows * (size_t)from->cols * sizeof *from->cells);
}

void canvas_close(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

void canvas_clear(struct canvas *canvas)
{
    const size_t count = (size_t)canvas->rows * (size_t)canvas->cols;
    for (size_t i = 0; i < count; i++)
        canvas->cells[i] = (struct cell){.glyph = ' ', .role = ROLE_TEXT, .back = BACK_OWN};
}

struct rect canvas_whole(const struct canvas *canvas)
{
    return (struct rect){0, 0, canvas->rows, canvas->cols};
}

/* ---- cells ---- */

bool cell_is_same(const struct cell *a, const struct cell *b)
{
    return a->glyph == b->glyph && a->role == b->role && a->back == b->back &&
           a->mark[0] == b->mark[0] && a->mark[1] == b->mark[1];
}

bool cell_is_tail(const struct cell *cell)
{
    return cell->glyph & CELL_TAIL;
}

void cell_utf8(const struct cell *cell, char out[CELL_BYTES])
{
    *out = '\0';
    if (cell_is_tail(cell))
        return;
    out += utf8_put(out, cell->glyph);
    for (int i = 0; i < CELL_MARKS && cell->mark[i]; i++)
        out += utf8_put(out, cell->mark[i]);
}

/* The cell; NULL outside the canvas. */
static struct cell *cell_at(struct canvas *canvas, int row, int col)
{
    if (row < 0 || row >= canvas->rows || col < 0 || col >= canvas->cols)
        return NULL;
    return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

static void blank(struct cell *cell)
{
    cell->glyph = ' ';
    memset(cell->mark, 0, sizeof cell->mark);
}

/* The other half of a wide glyph that is about to be written over becomes blank. */
static void break_wide(struct canvas *canvas, int row, int col)
{
    struct cell *cell = cell_at(canvas, row, col), *next = cell_at(canvas, row, col + 1);
    if (cell_is_tail(cell))
        blank(cell_at(canvas, row, col - 1));
    else if (next && cell_is_tail(next))
        blank(next);
}

void canvas_put_on(struct canvas *canvas, int row, int col, uint32_t glyph, enum role role,
                   enum role back)
{
    struct cell *cell = cell_at(canvas, row, col);
    const int columns = columns_of(glyph);
    if (!cell)
        return;
    break_wide(canvas, row, col);
    struct cell *tail = columns == 2 ? cell_at(canvas, row, col + 1) : NULL;
    const bool drawn = columns == 1 || tail;
    *cell = (struct cell){drawn          ? glyph
                          : columns == 0 ? ' '
                                         : '?',
                          (uint8_t)role,
                          (uint8_t)back,
                          {columns == 0 ? glyph : 0}};
    if (!tail)
        return;
    break_wide(canvas, row, col + 1);
    *tail = *cell;
    tail->glyph |= CELL_TAIL;
}

/* Adds a mark to the glyph that ends in front of a column; what has no room for it stays as it is.
 */
static void put_mark(struct canvas *canvas, int row, int col, uint32_t mark)
{
    struct cell *cell = cell_at(canvas, row, col - 1);
    const int cells = cell && cell_is_tail(cell) ? 2 : 1;
    for (int i = 0; cell && i < CELL_MARKS; i++) {
        if (cell->mark[i])
            continue;
        for (int k = 0; k < cells; k++)
            cell[-k].mark[i] = mark;
        return;
    }
}

void canvas_put(struct canvas *canvas, int row, int col, uint32_t glyph, enum role role)
{
    canvas_put_on(canvas, row, col, glyph, role, (enum role)BACK_OWN);
}

int canvas_text_on(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                   enum role back, const char *text)
{
    const bool visible = row >= 0 && row < area.rows;
    const int first = col;
    int end = col;
    for (uint32_t glyph; (glyph = utf8_next(&text)) != 0;) {
        const int columns = columns_of(glyph);
        const bool mark = columns == 0 && col > first;
        const int wide = mark ? 0 : columns == 2 ? 2 : 1;
        if (col + wide > area.cols)
            break;
        if (visible && col >= 0 && mark)
            put_mark(canvas, area.row + row, area.col + col, glyph);
        else if (visible && col >= 0)
            canvas_put_on(canvas, area.row + row, area.col + col, glyph, role, back);
        col += wide;
        end = visible && col > 0 ? col : end;
    }
    return end;
}

int canvas_text(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                const char *text)
{
    return canvas_text_on(canvas, area, row, col, role, (enum role)BACK_OWN, text);
}

int canvas_print(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 const char *format, ...)
{
    char text[PRINT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return canvas_text(canvas, area, row, col, role, text);
}

int canvas_print_right(struct canvas *canvas, struct rect area, int row, int end, enum role role,
                       const char *format, ...)
{
    char text[PRINT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    int col = end - canvas_columns(text);
    canvas_text(canvas, area, row, col, role, text);
    return col;
}

int canvas_fit(struct canvas *canvas, struct rect area, int col, int end, enum role role,
               const char *const texts[])
{
    for (int i = 0; texts[i]; i++)
        if (canvas_columns(texts[i]) <= end - col)
            return canvas_text(canvas, area, 0, col, role, texts[i]);
    return col;
}

int canvas_words(struct canvas *canvas, struct rect area, enum role role, const char *text)
{
    int row = 0;
    for (; row < area.rows && *text; row++) {
        const char *line = text;
        const bool cut = row + 1 == area.rows && text_rows(text, area.cols) > 1;
        const int length = (int)text_line(&text, cut ? area.cols - 3 : area.cols);
        canvas_print(canvas, area, row, 0, role, "%.*s%s", length, line, cut ? "..." : "");
    }
    return row;
}

void canvas_fill(struct canvas *canvas, struct rect area, uint32_t glyph, enum role role)
{
    for (int row = area.row; row < area.row + area.rows; row++)
        for (int col = area.col; col < area.col + area.cols; col++)
            canvas_put(canvas, row, col, glyph, role);
}

int canvas_columns(const char *text)
{
    int columns = 0;
    for (uint32_t glyph; (glyph = utf8_next(&text)) != 0;) {
        const int own = columns_of(glyph);
        columns += own == 2 ? 2 : own != 0 || columns == 0;
    }
    return columns;
}

char canvas_letter(int step)
{
    const int letters = (int)strlen(canvas_density);
    return canvas_density[step < 0             ? 0
                          : step >= RAMP_STEPS ? letters - 1
                                               : step * letters / RAMP_STEPS];
}

static bool on_ramp(int role)
{
    return role >= ROLE_RAMP && role <= ROLE_RAMP_LAST;
}

/* What a cell is in a text without colours. */
static uint32_t plain_glyph(const struct cell *cell)
{
    const uint32_t upper_half = 0x2580, lower_half = 0x2584, full = 0x2588, left_half = 0x258C;
    int front = cell->role - ROLE_RAMP, back = cell->back - ROLE_RAMP;
    bool half = cell->glyph == upper_half || cell->glyph == lower_half || cell->glyph == left_half;
    if (cell->glyph == ' ' && on_ramp(cell->back))
        return (uint32_t)canvas_letter(back);
    if ((half || cell->glyph == full) && on_ramp(cell->role))
        return (uint32_t)canvas_letter(half && on_ramp(cell->back) ? (front + back) / 2 : front);
    return cell->glyph;
}

char *canvas_to_text(const struct canvas *canvas)
{
    size_t most = (size_t)canvas->rows * ((size_t)canvas->cols * CELL_BYTES + 1) + 1;
    char *text = memory_new(most, 1), *out = text;
    for (int row = 0; row < canvas->rows; row++) {
        char *end = out; /* behind the last cell that is not blank */
        for (int col = 0; col < canvas->cols; col++) {
            struct cell cell = canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
            cell.glyph = plain_glyph(&cell);
            cell_utf8(&cell, out);
            out += strlen(out);
            if (cell.glyph != ' ' || cell.mark[0])
                end = out;
        }
        out = end;
        *out++ = '\n';
    }
    *out = '\0';
    return text;
}
