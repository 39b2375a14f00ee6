/* See caption.h. */
#include "views/caption.h"

#include "screen/text.h"

#include <stdio.h>
#include <string.h>

enum {
    MARGIN = 3,   /* columns in front of a caption */
    OVER_MOST = 4 /* rows of a caption that lies over the view */
};

/* Between two answers; a line that is too long is broken at the last one that it has. */
static const char between_answers[] = "   ";

void caption_question(char out[CAPTION_TEXT], const char *question, const char *const choice[],
                      const int votes[], int choices)
{
    size_t used = (size_t)snprintf(out, CAPTION_TEXT, "%s\n", question);
    int voted = 0;
    for (int i = 0; i < choices; i++)
        voted += votes[i];
    for (int i = 0; i < choices && used < CAPTION_TEXT; i++) {
        used += (size_t)snprintf(out + used, CAPTION_TEXT - used, "%s%d %s",
                                 i > 0 ? between_answers : "", i + 1, choice[i]);
        if (voted > 0 && used < CAPTION_TEXT)
            used += (size_t)snprintf(out + used, CAPTION_TEXT - used, ": %d", votes[i]);
    }
}

/* Ends a line at the last answer that it holds whole; *rest is behind the line, in its paragraph.
 */
static int whole_answers(const char *line, int length, const char **rest)
{
    const int blanks = (int)sizeof between_answers - 1;
    for (int at = length; **rest && at > 0; at--)
        if (strncmp(line + at, between_answers, (size_t)blanks) == 0) {
            *rest = line + at + blanks;
            return at;
        }
    return length;
}

/* Takes a line of so many columns off a caption; *length bytes of it. NULL at its end. */
static const char *next_line(const char **rest, int columns, int *length)
{
    char paragraph[CAPTION_TEXT];
    const char *line = *rest, *left = paragraph;
    if (!*line)
        return NULL;
    const size_t whole = strcspn(line, "\n");
    const size_t size = whole < sizeof paragraph ? whole : sizeof paragraph - 1;
    memcpy(paragraph, line, size);
    paragraph[size] = '\0';
    *length = size > 0 ? (int)text_line(&left, columns) : 0;
    *length = whole_answers(paragraph, *length, &left);
    *rest = line + (left - paragraph);
    if (left == paragraph + size)
        *rest = line + whole + (line[whole] == '\n');
    return line;
}

static int rows_of(const char *caption, int columns)
{
    int rows = 0, length;
    while (caption && next_line(&caption, columns, &length))
        rows++;
    return rows;
}

static int columns_of(const struct rect *body)
{
    return body->cols > MARGIN + 2 ? body->cols - MARGIN - 2 : 1;
}

/* Rows of a body that the view does not need: it can do with those of the smallest screen. */
static int spare_rows(const struct layout_screen *screen)
{
    const struct layout_screen least =
        screen->header.rows > 0 ? layout_screen(LAYOUT_ROWS_MIN, LAYOUT_COLUMNS_MIN)
                                : layout_screen_bare(LAYOUT_ROWS_MIN, LAYOUT_COLUMNS_MIN);
    const int spare = screen->body.rows - least.body.rows;
    return spare > 0 ? spare : 0;
}

void caption_make_room(struct layout_screen *screen, const struct scene *scene)
{
    const struct scene_lecture *lecture = &scene->lecture;
    struct rect *body = &screen->body;
    if (lecture->head && spare_rows(screen) > 0) {
        body->row++;
        body->rows--;
    }
    int needs = 0;
    for (int i = 0; i < lecture->alls; i++) {
        const int rows = rows_of(lecture->all[i], columns_of(body));
        needs = rows > needs ? rows : needs;
    }
    const int spare = spare_rows(screen);
    body->rows -= needs < spare ? needs : spare;
}

/* Title and progress, in the row above the body where there is one. */
static void draw_head(struct canvas *canvas, struct rect row, const struct scene_lecture *lecture)
{
    int end = row.cols - 1;
    canvas_fill(canvas, row, ' ', ROLE_TEXT);
    if (lecture->progress && *lecture->progress)
        end = canvas_print_right(canvas, row, 0, end, ROLE_DIM, "%s", lecture->progress) - 2;
    const struct rect left = {row.row, row.col, 1, end > 0 ? end : 0};
    if (lecture->title)
        canvas_text(canvas, left, 0, 1, ROLE_TITLE, lecture->title);
}

/* A line of a text in a row of the area; false when there is none left. */
static bool draw_line(struct canvas *canvas, struct rect area, int row, const char **rest,
                      enum role role)
{
    int length;
    const char *line = *rest ? next_line(rest, columns_of(&area), &length) : NULL;
    if (!line)
        return false;
    const bool cut = row + 1 == area.rows && **rest;
    canvas_print(canvas, area, row, MARGIN, role, "%.*s%s", cut && length > 3 ? length - 3 : length,
                 line, cut ? "..." : "");
    return true;
}

/* The caption, and below it what was measured. */
static void draw_text(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct scene_lecture *lecture = &scene->lecture;
    const char *caption = lecture->caption, *result = lecture->result;
    canvas_fill(canvas, area, ' ', ROLE_TEXT);
    for (int row = 0; row < area.rows; row++) {
        const bool first = row == 0 && lecture->question;
        if (!draw_line(canvas, area, row, &caption, first ? ROLE_TITLE : ROLE_TEXT) &&
            !draw_line(canvas, area, row, &result, lecture->holds ? ROLE_GOOD : ROLE_BAD))
            break;
        canvas_put(canvas, area.row + row, area.col + 1, scene->terminal.ascii ? '|' : 0x258C,
                   ROLE_MARK);
    }
}

/* Is a bar pointed at that stands in the lower half of its panel? */
static bool points_low(const struct scene *scene)
{
    return scene->lecture.focus && 2 * scene->lecture.layer < scene->data.settings->layers;
}

void caption_draw(struct canvas *canvas, const struct layout_screen *screen,
                  const struct scene *scene)
{
    const struct scene_lecture *lecture = &scene->lecture;
    const struct rect body = screen->body;
    const int above = screen->header.rows > 0 ? screen->header.row + screen->header.rows : 0;
    const int past = screen->header.rows > 0 ? screen->footer.row : canvas->rows;
    if (lecture->head && body.row > above)
        draw_head(canvas, (struct rect){above, body.col, 1, body.cols}, lecture);
    const int needs =
        rows_of(lecture->caption, columns_of(&body)) + rows_of(lecture->result, columns_of(&body));
    if (needs == 0)
        return;
    int rows = past - body.row - body.rows, row;
    const bool over = rows < needs; /* the view, which has no rows to spare */
    if (over)
        rows = rows > OVER_MOST || needs <= OVER_MOST ? needs : OVER_MOST;
    rows = rows < past - body.row ? rows : past - body.row;
    row = over && points_low(scene) ? body.row : past - rows;
    draw_text(canvas, (struct rect){row, body.col, rows, body.cols}, scene);
}
