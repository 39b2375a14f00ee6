/* The file of a lab: its header, its rows, and what is made of them: rows again, CSV, the map on
 * the screen and on paper. */
#include "fuzz/fuzz.h"

#include "export/lab_figure.h"
#include "lab/lab_file.h"
#include "lab/map.h"
#include "views/lab_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIALS_MAX = 400 /* of a grid that is looked at */, PAGES_MAX = 4 };

/* What is read is what is written. */
static void write_rows(const struct grid *grid, const struct lab_row *row)
{
    char *csv;
    size_t size;
    FILE *out = open_memstream(&csv, &size);
    fuzz_must(out != NULL);
    lab_row_csv_header(grid, out);
    for (int trial = 0; trial < (int)grid_trials(grid); trial++) {
        struct lab_row again;
        struct error error;
        int which;
        size_t length;
        if (!row[trial].done)
            continue;
        char *text = lab_row_text(grid, trial, &row[trial], &length);
        fuzz_must(lab_row_read(grid, text, length - 1, &which, &again, &error) && which == trial);
        free(text);
        lab_row_csv(grid, trial, &row[trial], out);
    }
    fuzz_must(fclose(out) == 0);
    free(csv);
}

static void draw(const struct grid *grid, const struct lab_row *row)
{
    char text[MAP_LIST], title[GRID_PLACE], sentence[MAP_SENTENCE];
    struct canvas canvas;
    struct figure figure;
    for (int page = 0; page < map_pages(grid) && page < PAGES_MAX; page++)
        for (enum side side = LEFT; side < SIDES; side++) {
            struct map map;
            if (grid_trial(grid, 0, side) < 0)
                continue;
            map_open(&map, grid, row, side, page);
            map_title(&map, title);
            map_list(&map, text);
            for (int col = 0; col < map.cols; col++)
                map_say(&map, col, sentence);
            map_close(&map);
        }
    lab_map_sheet(&canvas, grid, row);
    canvas_close(&canvas);
    figure_open(&figure);
    lab_figure(&figure, grid, row);
    figure_close(&figure);
}

static void look_at(const struct lab_text *text, const struct grid *grid)
{
    struct lab_damage damage;
    struct error error;
    struct lab_row *row = calloc((size_t)grid_trials(grid), sizeof *row);
    fuzz_must(row != NULL);
    if (lab_text_rows(text, grid, row, &damage, &error)) {
        if (damage.lines > 0)
            fuzz_must_say(&damage.reason);
        write_rows(grid, row);
        draw(grid, row);
    } else {
        fuzz_must_say(&error);
    }
    free(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct grid grid;
    struct error error;
    struct lab_text text = {.path = "fuzz", .bytes = fuzz_text(bytes, size), .size = size};
    if (lab_text_grid(&text, &grid, &error)) {
        char *header = grid_header(&grid, NULL);
        fuzz_must(strncmp(header, text.bytes, strlen(header) - 1) == 0);
        free(header);
        if (grid_trials(&grid) <= TRIALS_MAX)
            look_at(&text, &grid);
        grid_close(&grid);
    } else {
        fuzz_must_say(&error);
    }
    lab_text_close(&text);
    return 0;
}
