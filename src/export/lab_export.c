/* See lab_export.h. */
#include "export/lab_export.h"

#include "base/file.h"
#include "export/export.h"
#include "export/lab_figure.h"
#include "lab/lab_file.h"


bool lab_export_is(const char *path)
{
    return file_ends_in(path, ".svg") || file_ends_in(path, ".png") || file_ends_in(path, ".csv") ||
           file_ends_in(path, ".jsonl");
}

static void write_csv(const struct grid *grid, const struct lab_row *row, FILE *out)
{
    lab_row_csv_header(grid, out);
    for (int i = 0; i < grid_trials(grid); i++)
        if (row[i].done)
            lab_row_csv(grid, i, &row[i], out);
}

static bool write_figure(const struct grid *grid, const struct lab_row *row, bool pixels, FILE *out,
                         struct error *error)
{
    struct figure figure;
    bool good = true;
    figure_open(&figure);
    lab_figure(&figure, grid, row);
    if (pixels)
        good = figure_png(&figure, EXPORT_SCALE, out, error);
    else
        figure_svg(&figure, "lnscope lab", out);
    figure_close(&figure);
    return good;
}

static bool write_rows(const char *path, bool force, const struct grid *grid,
                       const struct lab_row *row, struct error *error)
{
    struct lab_file file;
    return lab_file_open(&file, path, force, grid, row, NULL, 0, error) &&
           lab_file_close(&file, true, error);
}

bool lab_export(const char *path, bool force, const struct grid *grid, const struct lab_row *row,
                struct error *error)
{
    struct file file;
    bool good = true;
    if (file_ends_in(path, ".jsonl"))
        return write_rows(path, force, grid, row, error);
    if (!file_create(&file, path, force, error))
        return false;
    if (file_ends_in(path, ".csv"))
        write_csv(grid, row, file.stream);
    else
        good = write_figure(grid, row, file_ends_in(path, ".png"), file.stream, error);
    if (good)
        return file_commit(&file, error);
    file_discard(&file);
    return false;
}
