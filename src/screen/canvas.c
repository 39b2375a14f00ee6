/* See canvas.h. Owns the cells; must not know what they are painted on. */
#include "screen/canvas.h"

#include "base/memory.h"

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

void canvas_close(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

void canvas_clear(struct canvas *canvas)
{
    canvas_fill(canvas, canvas_whole(canvas), ' ', ROLE_TEXT);
}

struct rect canvas_whole(const struct canvas *canvas)
{
    return (struct rect){0, 0, canvas->rows, canvas->cols};
}

/* Code points that are not exactly one column wide, in rising order: combining marks, invisible
 * ones, and the wide ranges of Unicode 15 (East Asian Width W and F, rounded to whole blocks). */
static bool one_column(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } other[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x0483, 0x0489},
        {0x0591, 0x05C7},   {0x0600, 0x061C}, {0x064B, 0x065F}, {0x06D6, 0x06ED}, {0x0700, 0x1CFF},
        {0x1100, 0x11FF},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x2028, 0x202E},
        {0x2060, 0x206F},   {0x20D0, 0x20FF}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23F3},
        {0x25FD, 0x25FE},   {0x2600, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B55}, {0x2CEF, 0x2CF1},
        {0x2DE0, 0x2DFF},   {0x2E80, 0xA4CF}, {0xA66F, 0xA67D}, {0xA802, 0xABFF}, {0xAC00, 0xDFFF},
        {0xF900, 0xFAFF},   {0xFB1E, 0xFB1E}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFF60}, {0xFFE0, 0xFFFC},
        {0xFFFE, 0x10FFFF},
    };
    for (size_t i = 0; i < sizeof other / sizeof other[0] && code >= other[i].first; i++)
        if (code <= other[i].last)
            return false;
    return true;
}

void canvas_put_on(struct canvas *canvas, int row, int col, uint32_t glyph, enum role role,
                   enum role back)
{
    if (row < 0 || row >= canvas->rows || col < 0 || col >= canvas->cols)
        return;
    struct cell *cell = &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
    cell->glyph = one_column(glyph) ? glyph : '?';
    cell->role = (uint8_t)role;
    cell->back = (uint8_t)back;
}

void canvas_put(struct canvas *canvas, int row, int col, uint32_t glyph, enum role role)
{
    canvas_put_on(canvas, row, col, glyph, role, (enum role)BACK_OWN);
}

int canvas_text(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                const char *text)
{
    bool visible = row >= 0 && row < area.rows;
    int end = col;
    for (uint32_t glyph; col < area.cols && (glyph = utf8_next(&text)) != 0; col++) {
        if (!visible || col < 0)
            continue;
        canvas_put(canvas, area.row + row, area.col + col, glyph, role);
        end = col + 1;
    }
    return end;
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

void canvas_fill(struct canvas *canvas, struct rect area, uint32_t glyph, enum role role)
{
    for (int row = area.row; row < area.row + area.rows; row++)
        for (int col = area.col; col < area.col + area.cols; col++)
            canvas_put(canvas, row, col, glyph, role);
}

int canvas_columns(const char *text)
{
    int columns = 0;
    while (utf8_next(&text) != 0)
        columns++;
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
    size_t most = (size_t)canvas->rows * ((size_t)canvas->cols * 4 + 1) + 1;
    char *text = memory_new(most, 1), *out = text;
    for (int row = 0; row < canvas->rows; row++) {
        char *end = out; /* behind the last cell that is not blank */
        for (int col = 0; col < canvas->cols; col++) {
            uint32_t glyph =
                plain_glyph(&canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col]);
            out += utf8_put(out, glyph);
            if (glyph != ' ')
                end = out;
        }
        out = end;
        *out++ = '\n';
    }
    *out = '\0';
    return text;
}
