/* The map of a lab: what a cell says, where the border runs, the text and the picture. */
#include "export/lab_figure.h"
#include "lab/map.h"
#include "views/lab_map.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct grid grid;
static struct error error;

enum { TRIALS = 64 };
static struct lab_row row[TRIALS];

/* warmup x lr for the right stack, three seeds. */
static int open_grid(void **state)
{
    const struct settings settings = settings_default();
    (void)state;
    grid_open(&grid, &settings);
    grid.settings.steps = 600;
    grid.stacks = GRID_RIGHT;
    memset(row, 0, sizeof row);
    return grid_add(&grid, "warmup=0,100,25", &error) && grid_add(&grid, "lr=1e-3,3e-3", &error) &&
                   grid_set_seeds(&grid, "1..3", &error)
               ? 0
               : -1;
}

static int close_grid(void **state)
{
    (void)state;
    grid_close(&grid);
    return 0;
}

/* The verdicts of the seeds of a cell, by their letters. */
static void set_cell(int cell, const char *letters)
{
    for (int seed = 0; seed < grid.seeds && letters[seed]; seed++) {
        struct lab_row *one = &row[(cell * grid.seeds + seed) * grid_sides(&grid)];
        one->done = true;
        for (int i = 1; i < VERDICTS; i++)
            if (verdict_table[i].letter == letters[seed])
                one->verdict = (enum verdict_kind)i;
        one->finite = one->verdict != VERDICT_DIVERGED;
        one->loss_part = one->verdict == VERDICT_LEARNS  ? 0.25 + 0.01 * seed
                         : one->verdict == VERDICT_SLOW  ? 0.8
                         : one->verdict == VERDICT_STUCK ? 1
                                                         : (double)NAN;
    }
}

static void cell_says(const struct map *map, int at, int col, const char *verdict,
                      const char *seeds)
{
    char got[MAP_WORDS];
    map_cell_verdict(map, at, col, got);
    assert_string_equal(got, verdict);
    map_cell_seeds(map, at, col, got);
    assert_string_equal(got, seeds);
}

static void a_cell_stands_for_its_seeds(void **state)
{
    struct map map;
    (void)state;
    set_cell(0, "LLS");
    set_cell(1, "LSs");
    set_cell(2, "DLL");
    set_cell(3, "DDD");
    set_cell(4, "L");
    map_open(&map, &grid, row, RIGHT, 0);
    assert_int_equal(map.rows, 3);
    assert_int_equal(map.cols, 2);
    cell_says(&map, 0, 0, "L 0.50", "2/3 learn"); /* (0.25 + 0.26 + 1) / 3 */
    cell_says(&map, 0, 1, "S 0.68", "1/3 learn"); /* of three as frequent the worst */
    cell_says(&map, 1, 0, "L 0.27", "2/3 learn"); /* over those that are finite */
    cell_says(&map, 1, 1, "D", "0/3 learn");
    cell_says(&map, 2, 0, "L 0.25", "1/1 learn");
    cell_says(&map, 2, 1, "", "");
    assert_true(map_at(&map, 0, 0)->learns && !map_at(&map, 0, 1)->learns);
    assert_int_equal(map_at(&map, 2, 1)->verdict, VERDICT_NONE);
    assert_int_equal(map_grid_cell(&map, 2, 1), 5);
    map_close(&map);
}

/* The rows are 0, 100, 25, in the order in which they were named. */
static void the_smallest_value_that_learns_is_marked(void **state)
{
    struct map map;
    char text[MAP_SENTENCE];
    (void)state;
    set_cell(0, "SSS");
    set_cell(2, "LLL");
    set_cell(4, "LLS");
    set_cell(1, "SSS");
    set_cell(3, "sss");
    set_cell(5, "DDD");
    map_open(&map, &grid, row, RIGHT, 0);
    assert_true(map_at(&map, 2, 0)->smallest);
    assert_false(map_at(&map, 1, 0)->smallest || map_at(&map, 0, 0)->smallest);
    map_say(&map, 0, text);
    assert_string_equal(text,
                        "lr=0.001: warmup 25 is the smallest value that learns (2 of 3 seeds)");
    map_say(&map, 1, text);
    assert_string_equal(text, "lr=0.003: no value of warmup learns");
    map_close(&map);
    set_cell(2, "SSS");
    map_open(&map, &grid, row, RIGHT, 0);
    map_say(&map, 0, text);
    assert_string_equal(text, "lr=0.001: warmup 25 is the smallest value that learns (2 of 3 "
                              "seeds), but not 100");
    map_close(&map);
}

static void the_border_parts_what_learns(void **state)
{
    struct map map;
    (void)state;
    set_cell(0, "SSS");
    set_cell(1, "LLL");
    set_cell(2, "LLL");
    map_open(&map, &grid, row, RIGHT, 0);
    assert_true(map_border_right(&map, 0, 0));
    assert_true(map_border_above(&map, 0, 0));
    assert_false(map_border_above(&map, 0, 1)); /* nothing is known of the one above */
    assert_false(map_border_right(&map, 1, 0));
    assert_false(map_border_above(&map, 2, 0));
    assert_false(map_border_right(&map, 0, 1));
    map_close(&map);
}

/* A third axis has pages; a first one without numbers says which of its values learn. */
static void further_axes_are_pages(void **state)
{
    struct map map;
    char text[GRID_PLACE];
    (void)state;
    grid_close(&grid);
    assert_true(grid_add(&grid, "right=post,deepnorm", &error));
    assert_true(grid_add(&grid, "lr=1e-3,3e-3", &error));
    assert_true(grid_add(&grid, "layers=6,12", &error));
    grid.seeds = 1;
    set_cell(5, "L"); /* deepnorm, lr 0.001, 12 layers */
    set_cell(1, "S");
    assert_int_equal(map_pages(&grid), 2);
    map_open(&map, &grid, row, RIGHT, 1);
    map_title(&map, text);
    assert_string_equal(text, "right stack, layers=12");
    cell_says(&map, 1, 0, "L 0.25", "");
    cell_says(&map, 0, 0, "S 1.00", "");
    map_say(&map, 0, text);
    assert_string_equal(text, "lr=0.001: what learns is right deepnorm");
    map_say(&map, 1, text);
    assert_string_equal(text, "lr=0.003: nothing is known yet");
    map_close(&map);
    map_open(&map, &grid, row, RIGHT, 0);
    map_title(&map, text);
    assert_string_equal(text, "right stack, layers=6");
    assert_int_equal(map_at(&map, 0, 0)->seeds, 0);
    map_close(&map);
}

static void the_caption_has_what_all_cells_share(void **state)
{
    (void)state;
    char *text = map_caption(&grid);
    assert_non_null(strstr(text, "right post, norm layernorm, "));
    assert_non_null(strstr(text, "layers 6, width 64, "));
    assert_non_null(strstr(text, "steps 600, seeds 1 to 3"));
    assert_null(strstr(text, "left pre"));
    assert_null(strstr(text, "warmup"));
    assert_null(strstr(text, " lr "));
    assert_null(strstr(text, "theme"));
    free(text);
    grid_close(&grid);
    assert_true(grid_add(&grid, "preset=gpt2,llama", &error));
    text = map_caption(&grid);
    assert_null(strstr(text, "norm layernorm")); /* the preset sets it */
    assert_non_null(strstr(text, "layers 6, "));
    free(text);
}

static void the_sheet_reads_without_colours(void **state)
{
    struct canvas canvas;
    (void)state;
    set_cell(0, "SSS");
    set_cell(1, "SSS");
    set_cell(2, "LLL");
    set_cell(3, "SSS");
    set_cell(4, "LLS");
    lab_map_sheet(&canvas, &grid, row);
    char *text = canvas_to_text(&canvas);
    static const char expected[] = "right stack, post\n"
                                   "warmup\n"
                                   "    25   L 0.50   *  ?\n"
                                   "         2/3 learn\n"
                                   "\n"
                                   "   100   L 0.26    ┃ S 1.00\n"
                                   "         3/3 learn ┃ 0/3 learn\n"
                                   "        ━━━━━━━━━━━┛\n"
                                   "     0   S 1.00      S 1.00\n"
                                   "         0/3 learn   0/3 learn\n"
                                   "lr       0.001       0.003\n"
                                   "\n"
                                   "lr=0.001: warmup 25 is the smallest value that learns (2 of 3 "
                                   "seeds)\n"
                                   "lr=0.003: no value of warmup learns so far\n";
    if (strncmp(text, expected, sizeof expected - 1) != 0)
        fail_msg("%s", text);
    assert_non_null(strstr(text, "L learns: the smoothed loss is at most 0.75"));
    assert_non_null(strstr(text, "\n\npreset none, right post, "));
    free(text);
    canvas_close(&canvas);
}

/* In colours, and where there is no room, nothing is written outside. */
static void the_map_is_cut_at_its_edges(void **state)
{
    struct canvas canvas;
    struct map map;
    (void)state;
    set_cell(0, "SSS");
    set_cell(2, "LLL");
    set_cell(3, "LLL");
    map_open(&map, &grid, row, RIGHT, 0);
    struct lab_map_look look = lab_map_whole(&map);
    look.ascii = true;
    const struct rect size = lab_map_size(&map, &look);
    for (int rows = 0; rows <= size.rows; rows++)
        for (int cols = 0; cols <= size.cols; cols++) {
            canvas_open(&canvas, size.rows, size.cols);
            lab_map_draw(&canvas, (struct rect){0, 0, rows, cols}, &map, &look);
            for (int i = 0; i < size.rows; i++)
                for (int j = 0; j < size.cols; j++)
                    if (i >= rows || j >= cols)
                        assert_int_equal(
                            canvas.cells[(size_t)i * (size_t)size.cols + (size_t)j].glyph, ' ');
            canvas_close(&canvas);
        }
    map_close(&map);
}

static int count_in(const char *text, const char *word)
{
    int count = 0;
    for (; (text = strstr(text, word)); text++)
        count++;
    return count;
}

static void the_picture_has_all_that_the_map_says(void **state)
{
    struct figure figure;
    char *text = NULL;
    size_t size;
    (void)state;
    set_cell(0, "SSS");
    set_cell(1, "DDD");
    set_cell(2, "LLL");
    figure_open(&figure);
    lab_figure(&figure, &grid, row);
    FILE *out = open_memstream(&text, &size);
    figure_svg(&figure, "a <title> & more", out);
    fclose(out);
    assert_non_null(strstr(text, "<title>a &lt;title&gt; &amp; more</title>"));
    assert_non_null(strstr(text, ">L 0.26</text>"));
    assert_non_null(strstr(text, ">3/3 learn</text>"));
    assert_non_null(strstr(text, ">D</text>"));
    assert_int_equal(count_in(text, ">?</text>"), 3);
    assert_non_null(strstr(text, ">warmup</text>"));
    assert_non_null(strstr(text, ">0.003</text>"));
    assert_non_null(strstr(text, "lr=0.001: warmup 100 is the smallest value"));
    assert_non_null(strstr(text, "task grammar, "));
    assert_int_equal(count_in(text, "<svg "), 1);
    assert_int_equal(count_in(text, "</svg>"), 1);
    assert_int_equal(count_in(text, "<text "), count_in(text, "</text>"));
    assert_null(strstr(text, "nan"));
    /* one border, in white and on it in black */
    assert_int_equal(count_in(text, "<line "), 2);
    free(text);
    figure_close(&figure);
}

/* The same bytes each time; a build without cairo says so. */
static void the_picture_has_pixels(void **state)
{
    struct figure figure;
    char *text[2] = {NULL, NULL};
    size_t size[2];
    (void)state;
    set_cell(0, "SSS");
    set_cell(2, "LLL");
    figure_open(&figure);
    lab_figure(&figure, &grid, row);
    for (int i = 0; i < 2; i++) {
        FILE *out = open_memstream(&text[i], &size[i]);
        const bool drawn = figure_png(&figure, 1, out, &error);
        fclose(out);
#ifdef HAVE_CAIRO
        assert_true(drawn);
#else
        assert_false(drawn);
        assert_non_null(strstr(error.text, "this build has no cairo"));
#endif
    }
#ifdef HAVE_CAIRO
    assert_memory_equal(text[0], "\x89PNG\r\n\x1a\n", 8);
    assert_true(size[0] == size[1] && memcmp(text[0], text[1], size[0]) == 0);
#endif
    free(text[0]);
    free(text[1]);
    figure_close(&figure);
}

#define MAP_TEST(test) cmocka_unit_test_setup_teardown(test, open_grid, close_grid)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAP_TEST(a_cell_stands_for_its_seeds),
        MAP_TEST(the_smallest_value_that_learns_is_marked),
        MAP_TEST(the_border_parts_what_learns),
        MAP_TEST(further_axes_are_pages),
        MAP_TEST(the_caption_has_what_all_cells_share),
        MAP_TEST(the_sheet_reads_without_colours),
        MAP_TEST(the_map_is_cut_at_its_edges),
        MAP_TEST(the_picture_has_all_that_the_map_says),
        MAP_TEST(the_picture_has_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
