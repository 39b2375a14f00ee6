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
#include <vterm.h>

static char *screen_text(VTerm *vterm)
{
    VTermScreen *screen = vterm_obtain_screen(vterm);
    int rows, cols;
    vterm_get_size(vterm, &rows, &cols);
    char *text = memory_new((size_t)rows * ((size_t)cols * 4 + 1) + 1, 1), *end = text;
    for (int row = 0; row < rows; row++) {
        char *last = end;
        for (int col = 0; col < cols; col++) {
            VTermScreenCell cell;
            assert_true(vterm_screen_get_cell(screen, (VTermPos){.row = row, .col = col}, &cell));
            end += utf8_put(end, cell.chars[0] ? cell.chars[0] : ' ');
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

static VTerm *open_player(const cJSON *header)
{
    assert_non_null(header);
    assert_int_equal(cJSON_GetObjectItem(header, "version")->valueint, 2);
    VTerm *vterm = vterm_new(cJSON_GetObjectItem(header, "height")->valueint,
                             cJSON_GetObjectItem(header, "width")->valueint);
    vterm_set_utf8(vterm, 1);
    vterm_screen_reset(vterm_obtain_screen(vterm), 1);
    return vterm;
}

static void play_event(struct cast_played *played, VTerm *vterm, const cJSON *event)
{
    assert_int_equal(cJSON_GetArraySize(event), 3);
    double seconds = cJSON_GetArrayItem(event, 0)->valuedouble;
    const char *kind = cJSON_GetArrayItem(event, 1)->valuestring;
    const char *data = cJSON_GetArrayItem(event, 2)->valuestring;
    assert_true(seconds >= played->seconds);
    played->seconds = seconds;
    played->events++;
    if (strcmp(kind, "o") == 0) {
        vterm_input_write(vterm, data, strlen(data));
    } else if (strcmp(kind, "r") == 0) {
        int rows, cols;
        assert_int_equal(sscanf(data, "%dx%d", &cols, &rows), 2);
        vterm_set_size(vterm, rows, cols);
        played->resizes++;
    } else {
        assert_string_equal(kind, "m");
        if (played->markers < 16)
            snprintf(played->marker[played->markers], sizeof played->marker[0], "%s", data);
        played->markers++;
    }
}

void cast_play(struct cast_played *played, const char *path)
{
    char *text, *line, *next;
    size_t size;
    struct error error;
    VTermScreenCell corner;
    *played = (struct cast_played){0};
    if (!file_read(path, (size_t)1 << 28, &text, &size, &error))
        fail_msg("%s", error.text);
    cJSON *header = cJSON_ParseWithOpts(text, (const char **)&line, 0);
    VTerm *vterm = open_player(header);
    cJSON_Delete(header);
    for (line += strspn(line, "\n"); *line; line = next) {
        cJSON *event = cJSON_ParseWithOpts(line, (const char **)&next, 0);
        assert_non_null(event);
        assert_int_equal(*next++, '\n');
        play_event(played, vterm, event);
        cJSON_Delete(event);
    }
    vterm_get_size(vterm, &played->rows, &played->cols);
    played->screen = screen_text(vterm);
    vterm_screen_get_cell(vterm_obtain_screen(vterm), (VTermPos){0, 0}, &corner);
    played->ink[0] = rgb_of(vterm, corner.fg);
    played->ink[1] = rgb_of(vterm, corner.bg);
    vterm_free(vterm);
    free(text);
}

void cast_played_close(struct cast_played *played)
{
    free(played->screen);
    *played = (struct cast_played){0};
}
