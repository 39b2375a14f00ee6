/* Captions: room for the longest one is kept, and the view keeps the rows that it needs. */
#include "views/caption.h"

#include "support/fixture.h"
#include "views/screen.h"
#include "views/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char short_one[] = "Two words.";
static const char long_one[] =
    "The gradient is the answer to a question that every layer asks: in which direction, and how "
    "far, would the loss fall if this number were a little larger? What comes back to the first "
    "layer has gone through all of the others, and each has multiplied it by a factor of its own.";
static const char *const all[] = {short_one, long_one};

static struct scene_lecture lecture_of(const char *caption)
{
    return (struct scene_lecture){.head = true,
                                  .title = "A title",
                                  .progress = "step 2 of 5",
                                  .caption = caption,
                                  .all = all,
                                  .alls = 2};
}

static void the_picture_stands_still(void **state)
{
    struct scene scene = {.message = ""};
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= 60; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= 140; cols += 5) {
            scene.lecture = (struct scene_lecture){0};
            const struct layout_screen without = view_layout(&scene, rows, cols);
            scene.lecture = lecture_of(short_one);
            const struct layout_screen brief = view_layout(&scene, rows, cols);
            scene.lecture = lecture_of(long_one);
            const struct layout_screen full = view_layout(&scene, rows, cols);
            assert_memory_equal(&brief, &full, sizeof full);
            assert_true(full.body.rows >= 10 || full.body.rows == without.body.rows);
            assert_true(full.body.row + full.body.rows <= full.footer.row);
            if (without.body.rows < 10 + 1 + 8)
                continue;
            assert_int_equal(full.body.row, without.body.row + 1);
            assert_true(full.footer.row - full.body.row - full.body.rows >= 280 / cols);
        }
}

/* Words of the screen, with the wrapping taken out. */
static char *words_of(struct fixture *fixture, int rows, int cols)
{
    char *screen = fixture_screen(fixture, rows, cols), *words = calloc(1, strlen(screen) + 1);
    for (const char *line = screen; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *bar = strstr(line, "▌ ");
        if (!bar || bar > line + strcspn(line, "\n"))
            continue;
        bar += strlen("▌ ");
        strncat(words, bar, strcspn(bar, "\n"));
        strcat(words, " ");
    }
    free(screen);
    return words;
}

static void all_of_a_caption_is_there(void **state)
{
    static const int sizes[][2] = {{24, 80}, {36, 120}, {60, 200}, {30, 60}};
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    fixture_train(&fixture, 20);
    fixture.scene.lecture = lecture_of(long_one);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *words = words_of(&fixture, sizes[i][0], sizes[i][1]);
        assert_non_null(strstr(words, long_one));
        free(words);
    }
    fixture_close(&fixture);
}

/* Whatever is shown, on whatever screen. */
static void every_view_can_be_drawn(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    fixture_train(&fixture, 20);
    fixture.scene.lecture = lecture_of(long_one);
    fixture.scene.lecture.result = "holds: left.loss 1.23 < 2.00";
    for (int shown = 0; shown <= VIEWS + 1; shown++) {
        fixture.scene.look.view = shown < VIEWS ? (enum view)shown : VIEW_OVERVIEW;
        fixture.scene.look.projector = shown == VIEWS;
        fixture.scene.look.hide = shown > VIEWS;
        for (int rows = LAYOUT_ROWS_MIN; rows <= 40; rows++)
            for (int cols = LAYOUT_COLUMNS_MIN; cols <= 130; cols += 30)
                free(fixture_screen(&fixture, rows, cols));
    }
    fixture_close(&fixture);
}

static void a_question_has_its_answers(void **state)
{
    static const char *const choice[] = {"left", "right"};
    char text[CAPTION_TEXT];
    (void)state;
    caption_question(text, "Which?", choice, (const int[]){0, 0}, 2);
    assert_string_equal(text, "Which?\n1 left   2 right");
    caption_question(text, "Which?", choice, (const int[]){0, 3}, 2);
    assert_string_equal(text, "Which?\n1 left: 0   2 right: 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_stands_still),
        cmocka_unit_test(all_of_a_caption_is_there),
        cmocka_unit_test(every_view_can_be_drawn),
        cmocka_unit_test(a_question_has_its_answers),
    };
    return cmocka_run_group_tests_name("caption", tests, NULL, NULL);
}
