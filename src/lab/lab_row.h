/* What became of one trial of a grid: a row of the lab's file.
 *
 *     {"index":0,"grid":{"warmup":0,"lr":0.001},"seed":1,"stack":"right","placement":"post",
 *      "steps":600,"loss":0.81,"loss_part":0.26,"verdict":"learns","learn_step":141,
 *      "ratio_min":0.004,"ratio":0.7,"finite":true}
 *
 * The index is that of the run, so that left and right of one have the same. A number that is not
 * finite is null, and so is learn_step where a stack did not learn. */
#ifndef LNSCOPE_LAB_LAB_ROW_H
#define LNSCOPE_LAB_LAB_ROW_H

#include "lab/grid.h"
#include "session/verdict.h"

struct lab_row {
    bool done;        /* false: nothing is known of the trial yet */
    int64_t steps;    /* that were trained; a stack that diverges ends there */
    double loss;      /* smoothed, nats, at the end; NAN of a stack that diverged */
    double loss_part; /* of the loss without context */
    enum verdict_kind verdict;
    int64_t learn_step; /* 0: it did not learn */
    double ratio_min;   /* the smallest ratio of a step; NAN where none was finite */
    double ratio;       /* of the last step */
    bool finite;
};

/* One line of JSON with its newline, which the caller frees; `trial` says which of the grid's it
 * is, `size` may be NULL. */
char *lab_row_text(const struct grid *grid, int trial, const struct lab_row *row, size_t *size);

/* Reads such a line, without its newline. Nothing of it is believed: it has to be, byte for byte,
 * what lab_row_text() makes of it. False with a reason when it is not. */
bool lab_row_read(const struct grid *grid, const char *line, size_t size, int *trial,
                  struct lab_row *row, struct error *error);

/* The same as CSV: the header line, and a row, both with their newline. */
void lab_row_csv_header(const struct grid *grid, FILE *out);
void lab_row_csv(const struct grid *grid, int trial, const struct lab_row *row, FILE *out);

#endif
