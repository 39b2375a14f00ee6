/* Curves of both stacks over the steps, with axes, reference lines, marks and the learning rate:
 * the lower half of the overview, and the whole of the curves view. */
#ifndef LNSCOPE_VIEWS_CURVES_H
#define LNSCOPE_VIEWS_CURVES_H

#include "screen/layout.h"
#include "views/view.h"

/* A value of a quantity that is a curve, as the legend writes it. */
void curves_number(char out[TEXT_NUMBER], enum quantity quantity, double value);

/* The whole run's loss on linear axes, with the usual smoothing, within the limits that were given:
 * below the bars, and on the projector. */
struct curves_look curves_loss(const struct scene *scene);

/* Is the learning rate another one in some step than in others, so that it is worth a strip? */
bool curves_rate_varies(const struct scene *scene);

/* With `race` the race stands in the margin, where there is one and room for it. */
void curves_draw(struct canvas *canvas, const struct layout_plot *layout, const struct scene *scene,
                 const struct curves_look *look, bool race);

/* The step that a cell of the field or of the strip below stands for, where there is one. */
void curves_hit(const struct layout_plot *layout, const struct scene *scene,
                const struct curves_look *look, int row, int col, struct hit *hit);

#endif
