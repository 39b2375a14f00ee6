/* See task_shapes.h. */
#include "tasks/task_shapes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Lengths are in units of 1/UNIT pixel. A pixel is looked at in SAMPLES x SAMPLES places. */
enum { UNIT = 16, SAMPLES = 4, SMALLEST = 4 * UNIT, LARGEST = 7 * UNIT };

static const double GROUND = -0.5;
/* A power of two: the product is exact, and the same whether or not it is fused with a sum. */
static const double NOISE = 0.125;

const char *const shape_names[SHAPES + 1] = {
    [SHAPE_DISC] = "disc",       [SHAPE_RING] = "ring",         [SHAPE_SQUARE] = "square",
    [SHAPE_FRAME] = "frame",     [SHAPE_TRIANGLE] = "triangle", [SHAPE_DIAMOND] = "diamond",
    [SHAPE_PLUS] = "plus",       [SHAPE_CROSS] = "cross",       [SHAPE_BAR] = "bar",
    [SHAPE_CHECKER] = "checker",
};

/* Patches along a side of the image; 0: none. */
static int patches_along(int context)
{
    for (int n = 1; n <= SHAPES_SIDE; n++)
        if (n * n + 1 == context && SHAPES_SIDE % n == 0)
            return n;
    return 0;
}

int shapes_patch(int context)
{
    const int n = patches_along(context);
    return n > 0 ? SHAPES_SIDE / n * (SHAPES_SIDE / n) : 0;
}

static enum shape draw_class(struct rng *rng)
{
    return (enum shape)rng_below(rng, SHAPES);
}

enum shape shapes_class(struct rng rng)
{
    return draw_class(&rng);
}

/* Is the place (x, y) from the centre, y down, in the shape that reaches `r` from it? `turned`
 * makes the bar stand up, the triangle hang, and swaps the fields of the checker. */
static bool inside(enum shape shape, int x, int y, int r, bool turned)
{
    const int far = abs(x) > abs(y) ? abs(x) : abs(y), near = abs(x) + abs(y) - far;
    const int square = x * x + y * y;
    switch (shape) {
    case SHAPE_DISC:
        return square <= r * r;
    case SHAPE_RING:
        return square <= r * r && 4 * square >= r * r;
    case SHAPE_SQUARE:
        return far <= r;
    case SHAPE_FRAME:
        return far <= r && 5 * far >= 3 * r;
    case SHAPE_TRIANGLE:
        return abs(y) <= r && 2 * abs(x) <= (turned ? r - y : r + y);
    case SHAPE_DIAMOND:
        return far + near <= r;
    case SHAPE_PLUS:
        return far <= r && 4 * near <= r;
    case SHAPE_CROSS:
        return far <= r && 3 * (far - near) <= r;
    case SHAPE_BAR:
        return (turned ? abs(y) : abs(x)) <= r && 3 * (turned ? abs(x) : abs(y)) <= r;
    case SHAPE_CHECKER: /* 4 x 4 fields */
        return far < r && (((2 * (x + r) / r + 2 * (y + r) / r) & 1) == turned);
    case SHAPES:
        break;
    }
    return false;
}

/* One image, before noise. */
struct scene {
    enum shape shape;
    int x, y, r; /* centre and reach */
    bool turned;
    double light; /* above the ground */
};

static struct scene draw_scene(struct rng *rng)
{
    struct scene scene = {.shape = draw_class(rng)};
    scene.r = SMALLEST + (int)rng_below(rng, LARGEST - SMALLEST + 1);
    const uint32_t room = (uint32_t)(SHAPES_SIDE * UNIT - 2 * scene.r + 1);
    scene.x = scene.r + (int)rng_below(rng, room);
    scene.y = scene.r + (int)rng_below(rng, room);
    scene.turned = rng_below(rng, 2);
    scene.light = (double)(16 + rng_below(rng, 49)) / 64;
    return scene;
}

/* The share of a pixel that the shape covers. */
static double coverage(const struct scene *scene, int column, int row)
{
    const int step = UNIT / SAMPLES, first = step / 2;
    int covered = 0;
    for (int i = 0; i < SAMPLES; i++)
        for (int j = 0; j < SAMPLES; j++)
            covered += inside(scene->shape, column * UNIT + first + j * step - scene->x,
                              row * UNIT + first + i * step - scene->y, scene->r, scene->turned);
    return (double)covered / (SAMPLES * SAMPLES);
}

void shapes_draw(struct rng rng, int context, real *patches)
{
    const struct scene scene = draw_scene(&rng);
    const int n = patches_along(context), side = SHAPES_SIDE / n, P = side * side;
    for (int i = 0; i < P; i++)
        patches[i] = 0;
    for (int row = 0; row < SHAPES_SIDE; row++) {
        for (int column = 0; column < SHAPES_SIDE; column++) {
            const int patch = 1 + row / side * n + column / side;
            const int place = row % side * side + column % side;
            const double light = GROUND + scene.light * coverage(&scene, column, row);
            patches[patch * P + place] = (real)(light + NOISE * rng_normal(&rng));
        }
    }
}
