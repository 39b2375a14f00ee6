/* See screen.h. */
#include "views/screen.h"

#include "screen/text.h"
#include "views/caption.h"
#include "views/header.h"
#include "views/help.h"
#include "views/prompt_line.h"
#include "views/script_list.h"
#include "views/views.h"

#include <stdio.h>
#include <string.h>

/* Says what it has and what it needs, in the middle, with the words that fit. */
static void draw_too_small(struct canvas *canvas)
{
    char has[64], needs[64], both[64], brief[64];
    snprintf(has, sizeof has, "this terminal: %d x %d", canvas->cols, canvas->rows);
    snprintf(needs, sizeof needs, "lnscope needs: %d x %d", LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
    snprintf(both, sizeof both, "%dx%d, needs %dx%d", canvas->cols, canvas->rows,
             LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
    snprintf(brief, sizeof brief, "%dx%d", LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
    struct rect area = canvas_whole(canvas);
    const char *lines[2] = {has, needs};
    int count = 2;
    if (area.rows < 2 || area.cols < canvas_columns(needs)) {
        lines[0] = area.cols < canvas_columns(both) ? brief : both;
        count = 1;
    }
    for (int i = 0; i < count; i++) {
        int col = (area.cols - canvas_columns(lines[i])) / 2;
        canvas_text(canvas, area, (area.rows - count) / 2 + i, col > 0 ? col : 0,
                    i + 1 == count ? ROLE_TITLE : ROLE_TEXT, lines[i]);
    }
}

/* Says in the middle what the rows would have to have for the view to show something. */
static void draw_lacking(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct view_row *view = view_shown(scene);
    char text[128], needs[256] = "";
    size_t used = 0;
    const int count = view->shows == SHOWN_NOWHERE ? 0 : quantity_count(view->shows);
    snprintf(text, sizeof text, "%s: %s", view_names[scene->look.view], scene_not_there);
    for (int i = 0; i < count && used < sizeof needs; i++)
        used += (size_t)snprintf(needs + used, sizeof needs - used, "%s%s", i > 0 ? ", " : "",
                                 quantity_table[quantity_at(view->shows, i)].name);
    const char *rest = needs;
    for (int row = area.rows / 2 - 1; row < area.rows; row++) {
        const bool first = row == area.rows / 2 - 1;
        const char *line = first ? text : rest;
        const int length = first ? (int)strlen(text) : (int)text_line(&rest, area.cols - 2);
        const int col = (area.cols - length) / 2;
        if (length == 0)
            break;
        canvas_print(canvas, area, row, col > 0 ? col : 0, first ? ROLE_WARN : ROLE_DIM, "%.*s",
                     length, line);
    }
}

/* What came in with a mark or a message is not ASCII by itself. */
static void make_ascii(struct canvas *canvas)
{
    for (int i = 0; i < canvas->rows * canvas->cols; i++) {
        struct cell *cell = &canvas->cells[i];
        uint32_t *glyph = &cell->glyph;
        memset(cell->mark, 0, sizeof cell->mark);
        if (*glyph > '~')
            *glyph = *glyph == 0x2192 ? '>' : *glyph == 0x00D7 ? 'x' : '?'; /* arrow, times */
    }
}

void view_screen(struct canvas *canvas, const struct scene *scene)
{
    canvas_clear(canvas);
    struct layout_screen screen = view_layout(scene, canvas->rows, canvas->cols);
    if (screen.too_small) {
        draw_too_small(canvas);
        return;
    }
    const bool bare = screen.header.rows == 0;
    if (!bare)
        view_header(canvas, screen.header, scene);
    if (scene->look.help.open)
        view_help(canvas, screen.body, scene);
    else if (scene->scripts.open)
        script_list_draw(canvas, screen.body, &scene->scripts);
    else if (view_lacks(scene))
        draw_lacking(canvas, screen.body, scene);
    else
        view_shown(scene)->draw(canvas, screen.body, scene);
    if (!scene->look.help.open)
        caption_draw(canvas, &screen, scene);
    if (!bare || scene->prompt || (scene->message && scene->message[0]))
        view_footer(canvas, screen.footer, scene);
    if (scene->prompt)
        view_prompt(canvas, scene);
    if (scene->terminal.ascii)
        make_ascii(canvas);
}
