/* What a click hits, for every view over many sizes: it is what is drawn at that cell. */
#include "views/mouse.h"

#include "controls/keys.h"
#include "screen/layout.h"
#include "support/fixture.h"
#include "views/bars.h"
#include "views/screen.h"
#include "views/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int sizes[][2] = {{12, 40}, {13, 41},  {19, 72},  {20, 60}, {24, 80},
                               {30, 99}, {36, 120}, {48, 160}, {80, 250}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static struct fixture *open_fixture(int layers, int64_t steps)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture->settings.layers = layers;
    fixture_train(fixture, steps);
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    fixture_close(fixture);
    free(fixture);
}

/* The words on the screen from (row, col) on; cells of one column each. */
static bool shows(const struct canvas *canvas, int row, int col, const char *text)
{
    for (int i = 0; text[i]; i++)
        if (col + i >= canvas->cols ||
            canvas->cells[row * canvas->cols + col + i].glyph != (uint32_t)(unsigned char)text[i])
            return false;
    return true;
}

enum { HIT_KINDS = HIT_TRIAL + 1 };

/* Every hit of a screen is of a kind that belongs there; how many there are of each. */
static void count_hits(const struct fixture *fixture, int rows, int cols, int count[HIT_KINDS])
{
    const struct scene *scene = &fixture->scene;
    const struct layout_screen screen = view_layout(scene, rows, cols);
    memset(count, 0, (HIT_KINDS) * sizeof *count);
    for (int row = -1; row <= rows; row++)
        for (int col = -1; col <= cols; col++) {
            const struct hit hit = view_hit(scene, rows, cols, row, col);
            count[hit.kind]++;
            switch (hit.kind) {
            case HIT_TAB:
                assert_true(rect_has(screen.header, row, col) && hit.view < VIEWS);
                break;
            case HIT_KEY:
                assert_true(rect_has(screen.footer, row, col) && hit.action < ACTIONS);
                break;
            case HIT_STEP:
                assert_true(rect_has(screen.body, row, col));
                assert_true(hit.step >= 1 && hit.step <= history_newest(&fixture->history));
                break;
            case HIT_LAYER:
            case HIT_CELL:
                assert_true(rect_has(screen.body, row, col));
                assert_true(hit.block >= 0 && hit.block < fixture->settings.layers);
                assert_true(hit.tensor >= 0 && hit.tensor < 2 * EVENT_TENSORS);
                break;
            case HIT_TRIAL:
                assert_true(rect_has(screen.body, row, col));
                assert_true(hit.row >= 0 && hit.row < 5 && hit.col >= 0 && hit.col < 5);
                break;
            case HIT_NONE:
                break;
            }
        }
}

static void hits_are_where_they_belong(void **state)
{
    (void)state;
    static const int layers[] = {2, 6, 48};
    for (size_t l = 0; l < sizeof layers / sizeof layers[0]; l++) {
        struct fixture *fixture = open_fixture(layers[l], 128);
        for (int v = 0; v < VIEWS + 2; v++)
            for (int s = 0; s < SIZES; s++) {
                int count[HIT_KINDS];
                fixture->scene.look.projector = v == VIEWS;
                fixture->scene.look.hide = v == VIEWS + 1;
                fixture->scene.look.view = v < VIEWS ? (enum view)v : VIEW_OVERVIEW;
                count_hits(fixture, sizes[s][0], sizes[s][1], count);
                const bool bare = v >= VIEWS, over = fixture->scene.look.view == VIEW_OVERVIEW;
                const bool steps = over || v == VIEW_WATERFALL || v == VIEW_CURVES;
                assert_int_equal(count[HIT_TAB] > 0, !bare);
                assert_int_equal(count[HIT_KEY] > 0, !bare);
                assert_int_equal(count[HIT_STEP] > 0,
                                 steps && !(fixture->scene.look.projector && sizes[s][0] < 22));
                assert_int_equal(count[HIT_LAYER] > 0, over && !fixture->scene.look.projector);
                assert_int_equal(count[HIT_CELL] > 0, v == VIEW_TENSORS);
            }
        close_fixture(fixture);
    }
}

/* Nothing is hit on a screen that is too small, under the help, or before the first step. */
static void nothing_is_hit_where_nothing_is(void **state)
{
    (void)state;
    int count[HIT_KINDS];
    struct fixture *fixture = open_fixture(6, 128);
    count_hits(fixture, 11, 39, count);
    assert_int_equal(count[HIT_NONE], 13 * 41);
    fixture->scene.look.help.open = true;
    count_hits(fixture, 24, 80, count);
    assert_true(count[HIT_TAB] > 0 && count[HIT_STEP] == 0 && count[HIT_LAYER] == 0);
    close_fixture(fixture);
    fixture = open_fixture(6, 0);
    for (enum view view = 0; view < VIEWS; view++) {
        fixture->scene.look.view = view;
        count_hits(fixture, 24, 80, count);
        assert_int_equal(count[HIT_STEP], 0);
    }
    close_fixture(fixture);
}

/* All cells of a map have their place; a click chooses the one that it falls on. */
static void cells_of_a_lab_are_hit(void **state)
{
    (void)state;
    struct fixture *fixture = open_fixture(6, 8);
    struct scene *scene = &fixture->scene;
    fixture_lab(fixture, 70, NULL);
    scene->look.view = VIEW_LAB;
    for (int s = 0; s < SIZES; s++) {
        const int rows = sizes[s][0], cols = sizes[s][1];
        int count[HIT_KINDS];
        count_hits(fixture, rows, cols, count);
        assert_true(count[HIT_TRIAL] > 0);
        for (int row = 0; row < rows; row++)
            for (int col = 0; col < cols; col++) {
                const struct hit hit = view_hit(scene, rows, cols, row, col);
                struct answer answer;
                if (hit.kind != HIT_TRIAL)
                    continue;
                view_choose(scene, &hit, &answer);
                assert_int_equal(scene->look.lab.row, hit.row);
                assert_int_equal(scene->look.lab.col, hit.col);
                assert_int_equal(scene->look.lab.left, hit.side == LEFT);
                scene->look.lab = (struct lab_look){.row = 0};
            }
    }
    scene->look.blind = true;
    assert_int_equal(view_hit(scene, 24, 80, 7, 12).kind, HIT_NONE);
    close_fixture(fixture);
}

/* A tab is hit on its digit and on its name, a key on its label and its hint; a message hides the
 * keys. */
static void tabs_and_keys_are_hit_where_they_are_drawn(void **state)
{
    (void)state;
    struct fixture *fixture = open_fixture(6, 128);
    struct scene *scene = &fixture->scene;
    for (int s = 0; s < SIZES; s++)
        for (enum view view = 0; view < VIEWS; view++) {
            const int rows = sizes[s][0], cols = sizes[s][1];
            struct canvas canvas;
            int tabs = 0, keys = 0;
            scene->look.view = view;
            canvas_open(&canvas, rows, cols);
            view_screen(&canvas, scene);
            for (int col = 0, before = -1; col < cols; col++) {
                const struct hit hit = view_hit(scene, rows, cols, 0, col);
                int now = hit.kind == HIT_TAB ? (int)hit.view : -1;
                if (now >= 0 && now != before) {
                    char text[64];
                    snprintf(text, sizeof text, "%c", view_table[now]->key);
                    assert_true(shows(&canvas, 0, col, text) || shows(&canvas, 0, col + 1, text));
                    tabs++;
                }
                before = now;
            }
            assert_int_equal(tabs, VIEWS);
            for (int col = 0, before = -1; col < cols; col++) {
                const struct hit hit = view_hit(scene, rows, cols, rows - 1, col);
                int now = hit.kind == HIT_KEY ? (int)hit.action : -1;
                if (now >= 0 && now != before) {
                    assert_true(shows(&canvas, rows - 1, col + 1, key_table[now].label));
                    keys++;
                }
                before = now;
            }
            assert_true(keys >= 3);
            scene->message = "a message";
            assert_int_equal(view_hit(scene, rows, cols, rows - 1, 2).kind, HIT_NONE);
            scene->message = "";
            canvas_close(&canvas);
        }
    close_fixture(fixture);
}

/* The column of the cursor's glyph in a row; -1: none. */
static int cursor_column(const struct canvas *canvas, struct rect area, int row, uint32_t glyph)
{
    for (int col = area.col; col < area.col + area.cols; col++) {
        const struct cell *cell = &canvas->cells[row * canvas->cols + col];
        if (cell->glyph == glyph && cell->role == ROLE_WARN)
            return col;
    }
    return -1;
}

/* A click on the curves or on a map puts the cursor into the column that was clicked. */
static void a_click_moves_the_cursor_to_its_column(void **state)
{
    (void)state;
    struct fixture *fixture = open_fixture(6, 400);
    struct scene *scene = &fixture->scene;
    const int rows = 36, cols = 120;
    const struct rect body = layout_screen(rows, cols).body;
    const struct layout_waterfall waterfall = layout_waterfall(body, SIDES);
    const struct layout_curves curves = layout_curves(body, false);
    struct canvas canvas;
    canvas_open(&canvas, rows, cols);
    for (int v = 0; v < 2; v++) {
        scene->look.view = v == 0 ? VIEW_WATERFALL : VIEW_CURVES;
        struct rect area = v == 0 ? waterfall.panel[RIGHT].map : curves.plot.field;
        const int axis = v == 0 ? waterfall.panel[RIGHT].axis.row : area.row + area.rows - 1;
        int seen = 0;
        for (int col = area.col; col < area.col + area.cols; col++) {
            struct answer said;
            scene->look.cursor = 0;
            const struct hit hit = view_hit(scene, rows, cols, area.row, col);
            if (hit.kind != HIT_STEP || hit.step == 400) /* right of the newest step: live */
                continue;
            view_choose(scene, &hit, &said);
            assert_int_equal(scene->look.cursor, hit.step);
            view_screen(&canvas, scene);
            int at = cursor_column(&canvas, area, axis, v == 0 ? 0x25B2 : 0x2502);
            if (at >= 0 && at != col)
                fail_msg("view %d: column %d clicked, %d marked", (int)scene->look.view, col, at);
            seen += at >= 0;
        }
        assert_true(seen > area.cols / 2);
    }
    canvas_close(&canvas);
    close_fixture(fixture);
}

/* A click on a bar is on the layer whose name stands in that row. */
static void a_bar_is_hit_in_its_row(void **state)
{
    (void)state;
    char name[16];
    struct answer said;
    struct fixture *fixture = open_fixture(6, 128);
    struct scene *scene = &fixture->scene;
    struct canvas canvas;
    canvas_open(&canvas, 24, 80);
    view_screen(&canvas, scene);
    const struct layout_panel panel =
        layout_overview(layout_screen(24, 80).body, false, SIDES).panel[RIGHT];
    for (int row = 0; row < panel.bar.rows; row++) {
        const struct hit hit = view_hit(scene, 24, 80, panel.bar.row + row, panel.bar.col + 2);
        assert_int_equal(hit.kind, HIT_LAYER);
        int layer = panel.bar.rows - 1 - row;
        snprintf(name, sizeof name, "x_%d", layer);
        assert_true(shows(&canvas, panel.label.row + row, panel.label.col, name));
        assert_int_equal(hit.block, layer > 0 ? layer - 1 : 0);
        view_choose(scene, &hit, &said);
        assert_int_equal(scene->look.anatomy.block, hit.block);
        assert_int_equal(scene->look.tensors.block, hit.block);
        assert_non_null(strstr(said.text, "block"));
    }
    canvas_close(&canvas);
    close_fixture(fixture);
}

/* A click on a cell of the tensors puts the brackets around it. */
static void a_cell_is_chosen(void **state)
{
    (void)state;
    struct answer said;
    struct fixture *fixture = open_fixture(6, 128);
    struct scene *scene = &fixture->scene;
    scene->look.view = VIEW_TENSORS;
    struct canvas canvas;
    canvas_open(&canvas, 36, 120);
    const struct layout_tensors layout = layout_tensors(layout_screen(36, 120).body, SIDES);
    for (int row = 0; row < layout.name.rows; row++)
        for (int col = 0; col < layout.panel[LEFT].map.cols; col++) {
            const struct rect map = layout.panel[LEFT].map;
            const struct hit hit = view_hit(scene, 36, 120, map.row + row, map.col + col);
            if (hit.kind != HIT_CELL)
                continue;
            view_choose(scene, &hit, &said);
            view_screen(&canvas, scene);
            int from = -1, to = -1;
            for (int c = 0; c < map.cols; c++)
                for (int r = 0; r < map.rows; r++) {
                    uint32_t glyph = canvas.cells[(map.row + r) * 120 + map.col + c].glyph;
                    from = glyph == '[' ? c : from;
                    to = glyph == ']' ? c : to;
                }
            assert_true(from >= 0 && from <= col && col <= to);
        }
    canvas_close(&canvas);
    close_fixture(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_are_where_they_belong),
        cmocka_unit_test(nothing_is_hit_where_nothing_is),
        cmocka_unit_test(cells_of_a_lab_are_hit),
        cmocka_unit_test(tabs_and_keys_are_hit_where_they_are_drawn),
        cmocka_unit_test(a_click_moves_the_cursor_to_its_column),
        cmocka_unit_test(a_bar_is_hit_in_its_row),
        cmocka_unit_test(a_cell_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
