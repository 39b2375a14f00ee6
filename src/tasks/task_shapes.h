/* Small grey images of ten classes of shapes, of random place, size, brightness and noise, cut into
 * square patches (ViT, Dosovitskiy 2021). Knows no task.
 *
 * A sequence is the class token and then the patches, from left to right and top to bottom, so that
 * a context of 1 + n^2 positions makes n x n patches, for an n that divides the side of an image.
 *
 * Geometry is in whole numbers, so that the same seed gives the same bits on every machine. */
#ifndef LNSCOPE_TASKS_TASK_SHAPES_H
#define LNSCOPE_TASKS_TASK_SHAPES_H

#include "core/real.h"
#include "core/rng.h"

enum { SHAPES_SIDE = 16 }; /* pixels */

enum shape {
    SHAPE_DISC,
    SHAPE_RING,
    SHAPE_SQUARE,
    SHAPE_FRAME,
    SHAPE_TRIANGLE,
    SHAPE_DIAMOND,
    SHAPE_PLUS,
    SHAPE_CROSS,
    SHAPE_BAR,
    SHAPE_CHECKER,
    SHAPES
};

extern const char *const shape_names[SHAPES + 1];

/* P, the pixels of a patch, for a context; 0: no whole number of patches makes an image then. */
int shapes_patch(int context);

/* The class of the image that a stream begins with: all are as likely. */
enum shape shapes_class(struct rng rng);

/* The image itself, as patches[context][P] whose first row, the class token's, is 0. Pixels are of
 * the order of 1: the ground -0.5 and the shape 0.25 to 1 above it, plus noise N(0, 1/8). */
void shapes_draw(struct rng rng, int context, real *patches);

#endif
