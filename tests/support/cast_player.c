/* See cast_player.h. */
#include "support/cast_player.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>
#include <cmocka.h>

#include "support/range.h"
#include <vterm.h>

static char *screen_text(VTerm *vterm)
{
    VTermScreen *screen = vterm_obtain_screen(vterm);
    int rows, cols;
    vterm_get_size(vterm, &rows, &cols);
    char *text =
             memory_new((size_t)rows * ((size_t)cols * 4 * VTERM_MAX_CHARS_PER_CELL + 1) + 1, 1),
         *end = text;
    for (int row = 0; row < rows; row++) {
        char *last = end;
        for (int col = 0; col < cols; col++) {
            VTermScreenCell cell;
            assert_true(vterm_screen_get_cell(screen, (VTermPos){.row = row, .col = col}, &cell));
            if (cell.chars[0] == (uint32_t)-1) /* the right half of a wide one */
                continue;
            end += utf8_put(end, cell.chars[0] ? cell.chars[0] : ' ');
            for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[0] && cell.chars[i]; i++)
                end += utf8_put(end, cell.chars[i]);
            if (cell.chars[0] && cell.chars[0] != ' ')
                last = end;
        }
        end = last;
        *end++ = '\n';
    }
    *end = '\0';
    return text;
}

static unsigned rgb_of(VTerm *vterm, VTermColor colour)
{
    vterm_screen_convert_color_to_rgb(vterm_obtain_screen(vterm), &colour);
    return (unsigned)(colour.rgb.red << 16 | colour.rgb.green << 8 | colour.rgb.blue);
}

/* The colour of a cell; CAST_OWN for that of the terminal. */
static int colour_of(VTerm *vterm, VTermColor colour)
{
    const bool own = VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour);
    return own ? CAST_OWN : (int)rgb_of(vterm, colour);
}

static void take_picture(struct cast_picture *picture, VTerm *vterm)
{
    vterm_get_size(vterm, &picture->rows, &picture->cols);
    const size_t count = (size_t)picture->rows * (size_t)picture->cols;
    picture->text = screen_text(vterm);
    picture->ink = memory_new(count, sizeof *picture->ink);
    picture->back = memory_new(count, sizeof *picture->back);
    for (size_t i = 0; i < count; i++) {
        const VTermPos at = {.row = (int)i / picture->cols, .col = (int)i % picture->cols};
        VTermScreenCell cell;
        vterm_screen_get_cell(vterm_obtain_screen(vterm), at, &cell);
        picture->ink[i] = colour_of(vterm, cell.attrs.reverse ? cell.bg : cell.fg);
        picture->back[i] = colour_of(vterm, cell.attrs.reverse ? cell.fg : cell.bg);
    }
}

static VTerm *open_player(struct cast_played *played, const cJSON *header)
{
    assert_non_null(header);
    played->version = cJSON_GetObjectItem(header, "version")->valueint;
    assert_between(played->version, 2, 3);
    const cJSON *term = played->version == 3 ? cJSON_GetObjectItem(header, "term") : header;
    const cJSON *rows = cJSON_GetObjectItem(term, played->version == 3 ? "rows" : "height");
    const cJSON *cols = cJSON_GetObjectItem(term, played->version == 3 ? "cols" : "width");
    const cJSON *theme = cJSON_GetObjectItem(term, "theme");
    assert_true(rows && cols && theme && cJSON_GetObjectItem(theme, "palette"));
    VTerm *vterm = vterm_new(rows->valueint, cols->valueint);
    vterm_set_utf8(vterm, 1);
    vterm_screen_reset(vterm_obtain_screen(vterm), 1);
    return vterm;
}

/* The picture so far is the last one until there is another. */
static void keep_picture(struct cast_played *played, VTerm *vterm)
{
    VTermScreenCell corner;
    free(played->screen);
    played->screen = screen_text(vterm);
    vterm_screen_get_cell(vterm_obtain_screen(vterm), (VTermPos){0, 0}, &corner);
    played->ink[0] = rgb_of(vterm, corner.fg);
    played->ink[1] = rgb_of(vterm, corner.bg);
}

static void play_event(struct cast_played *played, VTerm *vterm, const cJSON *event)
{
    assert_int_equal(cJSON_GetArraySize(event), 3);
    double seconds = cJSON_GetArrayItem(event, 0)->valuedouble;
    const char *kind = cJSON_GetArrayItem(event, 1)->valuestring;
    const char *data = cJSON_GetArrayItem(event, 2)->valuestring;
    if (played->version == 3)
        seconds += played->seconds; /* of the event before */
    assert_true(seconds >= played->seconds);
    assert_false(played->exited);
    played->seconds = seconds;
    played->events++;
    if (strcmp(kind, "o") == 0) {
        keep_picture(played, vterm); /* before the last one, which is the end */
        vterm_input_write(vterm, data, strlen(data));
    } else if (strcmp(kind, "r") == 0) {
        int rows, cols;
        assert_int_equal(sscanf(data, "%dx%d", &cols, &rows), 2);
        vterm_set_size(vterm, rows, cols);
        played->resizes++;
    } else if (strcmp(kind, "x") == 0) {
        assert_int_equal(played->version, 3);
        played->exited = true;
    } else {
        assert_string_equal(kind, "m");
        if (played->markers < CAST_MARKERS) {
            snprintf(played->marker[played->markers], sizeof played->marker[0], "%s", data);
            take_picture(&played->picture[played->markers], vterm);
        }
        played->markers++;
    }
}

void cast_play(struct cast_played *played, const char *path)
{
    char *text, *line, *next;
    size_t size;
    struct error error;
    VTermPos cursor;
    *played = (struct cast_played){0};
    if (!file_read(path, (size_t)1 << 28, &text, &size, &error))
        fail_msg("%s", error.text);
    cJSON *header = cJSON_ParseWithOpts(text, (const char **)&line, 0);
    VTerm *vterm = open_player(played, header);
    cJSON_Delete(header);
    for (line += strspn(line, "\n"); *line; line = next) {
        cJSON *event = cJSON_ParseWithOpts(line, (const char **)&next, 0);
        assert_non_null(event);
        assert_int_equal(*next++, '\n');
        play_event(played, vterm, event);
        cJSON_Delete(event);
    }
    vterm_get_size(vterm, &played->rows, &played->cols);
    played->after = screen_text(vterm);
    vterm_state_get_cursorpos(vterm_obtain_state(vterm), &cursor);
    played->cursor_row = cursor.row, played->cursor_col = cursor.col;
    vterm_free(vterm);
    free(text);
}

void cast_played_close(struct cast_played *played)
{
    free(played->screen);
    free(played->after);
    for (int i = 0; i < CAST_MARKERS; i++) {
        free(played->picture[i].text);
        free(played->picture[i].ink);
        free(played->picture[i].back);
    }
    *played = (struct cast_played){0};
}
