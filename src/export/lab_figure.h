/* The maps of a lab as a figure on white paper: all pages and stacks, axes, what the colours and
 * letters mean, and a caption of all settings that the cells share. */
#ifndef LNSCOPE_EXPORT_LAB_FIGURE_H
#define LNSCOPE_EXPORT_LAB_FIGURE_H

#include "export/figure.h"
#include "lab/lab_row.h"

/* Draws it into an open figure that is empty. */
void lab_figure(struct figure *figure, const struct grid *grid, const struct lab_row *row);

#endif
