/* See script_list.h. */
#include "views/script_list.h"

enum {
    NAME_COLS = 34,
    LENGTH_COLS = 8,
    SUMMARY_COLS = 12, /* at least; otherwise it stands below the list alone */
    WORDS_ROWS = 3
};

/* The rows of the list up to one of its scripts, headings included. */
static int rows_before(const struct scene_scripts *scripts, int end)
{
    int rows = 0;
    for (int i = 0; i < end; i++)
        rows += scripts->script[i].heading ? 2 : 1;
    return rows;
}

static void draw_script(struct canvas *canvas, struct rect area, int row,
                        const struct scene_script *script, bool chosen)
{
    const enum role role = chosen ? ROLE_TAB : ROLE_TEXT;
    const struct rect name = {area.row, area.col, area.rows,
                              area.cols < NAME_COLS ? area.cols : NAME_COLS};
    canvas_print(canvas, name, row, 1, role, " %s ", script->name);
    canvas_print_right(canvas, area, row, NAME_COLS + LENGTH_COLS, ROLE_DIM, "%s", script->length);
    const int col = NAME_COLS + LENGTH_COLS + 2;
    const struct rect summary = {area.row + row, area.col + col, 1, area.cols - col - 1};
    if (summary.cols >= SUMMARY_COLS)
        canvas_words(canvas, summary, chosen ? ROLE_TEXT : ROLE_DIM, script->summary);
}

void script_list_draw(struct canvas *canvas, struct rect area, const struct scene_scripts *scripts)
{
    const int rows = area.rows - WORDS_ROWS - 2;
    const struct rect list = {area.row + 1, area.col, rows > 1 ? rows : 1, area.cols};
    const struct rect words = {list.row + list.rows + 1, area.col + 1, WORDS_ROWS, area.cols - 2};
    const int at = rows_before(scripts, scripts->chosen + 1) - 1;
    const int from = at < list.rows ? 0 : at - list.rows + 1;
    canvas_fit(
        canvas, area, 1, area.cols, ROLE_TITLE,
        (const char *const[]){"Lessons and demos: Up, Down and Enter play one, Escape leaves",
                              "Up, Down, Enter: plays, Escape: leaves", NULL});
    int row = -from;
    for (int i = 0; i < scripts->count; i++) {
        const struct scene_script *script = &scripts->script[i];
        if (script->heading && row++ >= 0 && row <= list.rows)
            canvas_text(canvas, list, row - 1, 1, ROLE_REFERENCE, script->heading);
        if (row >= 0 && row < list.rows)
            draw_script(canvas, list, row, script, i == scripts->chosen);
        row++;
    }
    canvas_words(canvas, words, ROLE_TEXT, scripts->script[scripts->chosen].summary);
}
