/* See panel.h. */
#include "views/panel.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    PANEL_WIDE = 30, /* from here on there is room for the names of the numbers */
    VALID_FROM = 56, /* ... and here for the held-out loss */
    STEP_DIGITS = 4  /* room is kept for so many */
};

/* For how many steps the smoothed loss has been at the no-context level. */
static int64_t steps_at_level(const struct scene *scene, enum side side)
{
    const struct history *history = scene->data.history;
    int64_t step = scene_step(scene);
    int i = history_find(history, step) + 1;
    while (i > 0 && event_level(history_value(history, side, QUANTITY_SMOOTH_LOSS, i - 1),
                                scene->data.task->unigram_entropy) == LEVEL_AT)
        i--;
    return step - (i > 0 ? history_step(history, i - 1) : 0);
}

static void fault_texts(const struct fault *fault, char place[TEXT_TITLE], char brief[TEXT_TITLE])
{
    switch (fault->place) {
    case FAULT_STREAM:
        snprintf(place, TEXT_TITLE, "x_%d", fault->layer);
        break;
    case FAULT_GRADIENT:
        snprintf(place, TEXT_TITLE, "gradient of x_%d", fault->layer);
        break;
    case FAULT_PARAMETER:
        if (fault->layer > 0)
            snprintf(place, TEXT_TITLE, "gradient in block %d", fault->layer);
        else
            snprintf(place, TEXT_TITLE, "gradient outside the blocks");
        break;
    case FAULT_LOSS:
    case FAULT_NONE:
        snprintf(place, TEXT_TITLE, "loss");
        break;
    }
    bool gradient = fault->place == FAULT_GRADIENT || fault->place == FAULT_PARAMETER;
    if (gradient)
        snprintf(brief, TEXT_TITLE, "gradient");
    else
        snprintf(brief, TEXT_TITLE, "%s", place);
}

/* Writes the first of the texts that fits with room for `growth` more columns, so that the wording
 * stays while a number in it grows. */
static void fit_growing(struct canvas *canvas, struct rect area, int end, enum role role,
                        int growth, const char *const texts[])
{
    for (; *texts; texts++)
        if (canvas_columns(*texts) + growth <= end) {
            canvas_text(canvas, area, 0, 0, role, *texts);
            return;
        }
}

static void draw_fault(struct canvas *canvas, struct rect area, const struct fault *fault)
{
    char place[TEXT_TITLE], brief[TEXT_TITLE], text[4][96];
    fault_texts(fault, place, brief);
    snprintf(text[0], sizeof text[0], "diverged at step %" PRId64 ": %s", fault->step, place);
    snprintf(text[1], sizeof text[1], "diverged at step %" PRId64 ": %s", fault->step, brief);
    snprintf(text[2], sizeof text[2], "diverged at step %" PRId64, fault->step);
    snprintf(text[3], sizeof text[3], "diverged %" PRId64, fault->step);
    canvas_fit(canvas, area, 0, area.cols, ROLE_BAD,
               (const char *const[]){text[0], text[1], text[2], text[3], "diverged", NULL});
}

static void draw_level(struct canvas *canvas, struct rect area, const struct scene *scene,
                       enum side side)
{
    char text[2][64], digits[32];
    int64_t steps = steps_at_level(scene, side);
    int growth = STEP_DIGITS - snprintf(digits, sizeof digits, "%" PRId64, steps);
    snprintf(text[0], sizeof text[0], "at no-context level for %" PRId64 " steps", steps);
    snprintf(text[1], sizeof text[1], "no context for %" PRId64 " steps", steps);
    fit_growing(canvas, area, area.cols, ROLE_WARN, growth > 0 ? growth : 0,
                (const char *const[]){text[0], text[1], "no context", NULL});
}

void panel_state(struct canvas *canvas, struct rect area, const struct scene *scene, enum side side)
{
    const struct snapshot *moment = scene_moment(scene, side);
    if (moment->step == 0) {
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"not started", NULL});
        return;
    }
    if (moment->fault.place != FAULT_NONE) {
        draw_fault(canvas, area, &moment->fault);
        return;
    }
    switch (event_level(snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS),
                        scene->data.task->unigram_entropy)) {
    case LEVEL_ABOVE:
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"above no-context level", "above no context", NULL});
        break;
    case LEVEL_BELOW:
        canvas_fit(canvas, area, 0, area.cols, ROLE_GOOD, (const char *const[]){"learning", NULL});
        break;
    case LEVEL_AT:
        draw_level(canvas, area, scene, side);
        break;
    case LEVEL_UNKNOWN:
        break;
    }
}

/* The raw loss, and the held-out one, at the right end of the state row; returns the column in
 * front of them. */
static int draw_losses(struct canvas *canvas, struct rect area, const struct snapshot *moment)
{
    char text[TEXT_NUMBER];
    int right = area.cols;
    if (area.cols < PANEL_WIDE || moment->fault.place != FAULT_NONE)
        return right;
    text_loss(text, snapshot_scalar(moment, QUANTITY_LOSS));
    canvas_print_right(canvas, area, 0, right, ROLE_DIM, "raw  %5s", text);
    right -= 10;
    const double held_out = snapshot_scalar(moment, QUANTITY_HELD_OUT);
    if (area.cols < VALID_FROM || !isfinite(held_out))
        return right;
    text_loss(text, held_out);
    canvas_print_right(canvas, area, 0, right - 2, ROLE_DIM, "held out  %5s", text);
    return right - 18;
}

/* `cols` columns of the area from `col` on. */
static struct rect part(struct rect area, int col, int cols)
{
    return (struct rect){area.row, area.col + col, area.rows, cols};
}

void panel_titles(struct canvas *canvas, struct rect title, struct rect state,
                  const struct scene *scene, enum side side)
{
    const struct snapshot *moment = scene_moment(scene, side);
    const bool bad = moment->fault.place != FAULT_NONE;
    char name[TEXT_TITLE], formula[TEXT_TITLE], brief[TEXT_TITLE], loss[TEXT_NUMBER];
    scene_title(scene, side, true, name);
    scene_formula(scene, side, formula);
    snprintf(brief, sizeof brief, "%s", formula);
    brief[strcspn(brief, ",")] = '\0'; /* what follows is about single blocks, or the end */
    text_loss(loss, bad ? NAN : snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS));

    int right = canvas_print_right(canvas, title, 0, title.cols, bad ? ROLE_BAD : ROLE_TITLE, "%5s",
                                   bad ? "nan" : loss);
    if (title.cols >= PANEL_WIDE)
        right = canvas_text(canvas, title, 0, title.cols - 10, ROLE_DIM, "loss") - 4;
    struct rect words = part(title, 0, right - 1);
    int col = canvas_text(canvas, words, 0, 0, scene_accent[side], name) + 2;
    if (state.rows == 0) {
        panel_state(canvas, part(words, col - 1, words.cols - col + 1), scene, side);
        return;
    }
    canvas_fit(canvas, words, col, words.cols, ROLE_TEXT,
               (const char *const[]){formula, brief, NULL});
    right = draw_losses(canvas, state, moment);
    panel_state(canvas, part(state, 0, right - 1), scene, side);
}
