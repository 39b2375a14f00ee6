/* See panel.h. */
#include "views/panel.h"

#include "screen/digits.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    PANEL_WIDE = 30, /* from here on there is room for the names of the numbers */
    VALID_FROM = 56, /* ... and here for the held-out loss */
    LOSS_COLS = 10   /* "raw  2.977" */
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

static void draw_fault(struct canvas *canvas, struct rect area, const struct fault *fault,
                       bool brief)
{
    char place[TEXT_TITLE], stem[TEXT_TITLE], text[5][96];
    fault_texts(fault, place, stem);
    snprintf(text[0], sizeof text[0], "DIVERGED at step %" PRId64 ": %s", fault->step, place);
    snprintf(text[1], sizeof text[1], "DIVERGED at step %" PRId64 ": %s", fault->step, stem);
    snprintf(text[2], sizeof text[2], "DIVERGED at step %" PRId64, fault->step);
    snprintf(text[3], sizeof text[3], "DIVERGED %" PRId64, fault->step);
    snprintf(text[4], sizeof text[4], "step %" PRId64, fault->step);
    const char *const whole[] = {text[0], text[1], text[2], text[3], "DIVERGED", NULL};
    const char *const rest[] = {text[0] + strlen("DIVERGED "), text[1] + strlen("DIVERGED "),
                                text[4], NULL};
    canvas_fit(canvas, area, 0, area.cols, ROLE_BAD, brief ? rest : whole);
}

/* What a verdict rests on, from long to short. */
enum { REASONS = 3 };

static void verdict_reasons(const struct scene *scene, enum side side,
                            const struct scene_verdict *verdict, char text[REASONS][64])
{
    const double level = scene->data.task->unigram_entropy;
    const bool known = level > 0;
    const enum loss_level at =
        event_level(snapshot_scalar(scene_moment(scene, side), QUANTITY_SMOOTH_LOSS), level);
    for (int i = 0; i < REASONS; i++)
        text[i][0] = '\0';
    if (verdict->kind == VERDICT_LEARNS && verdict->learn_step > 0) {
        snprintf(text[0], sizeof text[0], "from step %" PRId64 " on", verdict->learn_step);
        snprintf(text[1], sizeof text[1], "from step %" PRId64, verdict->learn_step);
        snprintf(text[2], sizeof text[2], "step %" PRId64, verdict->learn_step);
    } else if (verdict->kind != VERDICT_LEARNS && at == LEVEL_AT) {
        const int64_t steps = steps_at_level(scene, side);
        snprintf(text[0], sizeof text[0], "at no-context level for %" PRId64 " steps", steps);
        snprintf(text[1], sizeof text[1], "no context, %" PRId64 " steps", steps);
        snprintf(text[2], sizeof text[2], "for %" PRId64 " steps", steps);
    } else {
        snprintf(text[0], sizeof text[0], "loss %.2f of %s", verdict->part,
                 known ? "no context" : "the first");
        snprintf(text[1], sizeof text[1], "loss %.2f of %s", verdict->part,
                 known ? "no ctx" : "first");
        snprintf(text[2], sizeof text[2], "at %.2f", verdict->part);
    }
}

/* "LEARNS" */
static void verdict_word(enum verdict_kind kind, char out[TEXT_TITLE])
{
    int length = 0;
    for (const char *name = verdict_table[kind].name; *name; name++)
        out[length++] = (char)toupper((unsigned char)*name);
    out[length] = '\0';
}

static void draw_verdict(struct canvas *canvas, struct rect area, const struct scene *scene,
                         enum side side, const struct scene_verdict *verdict, bool brief)
{
    static const enum role roles[VERDICTS] = {
        [VERDICT_LEARNS] = ROLE_GOOD, [VERDICT_SLOW] = ROLE_WARN, [VERDICT_STUCK] = ROLE_WARN};
    char reason[REASONS][64], text[REASONS][TEXT_TITLE + 72], word[TEXT_TITLE];
    const char *written[REASONS + 2] = {NULL};
    int count = 0;
    verdict_reasons(scene, side, verdict, reason);
    verdict_word(verdict->kind, word);
    for (int i = 0; i < REASONS; i++) {
        if (!reason[i][0])
            continue;
        snprintf(text[i], sizeof text[i], "%s, %.63s", word, reason[i]);
        written[count++] = brief ? reason[i] : text[i];
    }
    if (!brief)
        written[count++] = word;
    written[count] = NULL;
    canvas_fit(canvas, area, 0, area.cols, brief ? ROLE_TEXT : roles[verdict->kind], written);
}

void panel_state(struct canvas *canvas, struct rect area, const struct scene *scene, enum side side,
                 bool brief)
{
    const struct snapshot *moment = scene_moment(scene, side);
    const struct scene_verdict verdict = scene_verdict(scene, side);
    if (moment->step == 0) {
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"not started", NULL});
        return;
    }
    if (verdict.kind == VERDICT_DIVERGED) {
        draw_fault(canvas, area, &moment->fault, brief);
        return;
    }
    if (verdict.kind != VERDICT_NONE) {
        draw_verdict(canvas, area, scene, side, &verdict, brief);
        return;
    }
    switch (event_level(snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS),
                        scene->data.task->unigram_entropy)) {
    case LEVEL_ABOVE:
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"above no-context level", "above no context", NULL});
        break;
    case LEVEL_BELOW:
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"below no-context level", "below no context", NULL});
        break;
    case LEVEL_AT:
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"at no-context level", "no context", NULL});
        break;
    case LEVEL_UNKNOWN:
        break;
    }
}

int panel_verdict(struct canvas *canvas, struct rect area, const struct scene *scene,
                  enum side side)
{
    const struct scene_verdict verdict = scene_verdict(scene, side);
    /* One size for all of them: what is said later is not smaller. */
    int size = DIGITS_SIZES - 1;
    char word[TEXT_TITLE];
    for (enum verdict_kind kind = VERDICT_LEARNS; kind < VERDICTS; kind++) {
        verdict_word(kind, word);
        const int fits = digits_fit(word, area.rows, area.cols);
        size = fits < size ? fits : size;
    }
    if (verdict.kind == VERDICT_NONE || size == DIGITS_PLAIN)
        return 0;
    verdict_word(verdict.kind, word);
    return digits_draw(canvas, area, size,
                       verdict.kind == VERDICT_DIVERGED ? ROLE_BAD : scene_accent[side],
                       scene->terminal.ascii, word);
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
    right -= LOSS_COLS;
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

/* The verdict, and beside the foot of its letters what it rests on; the losses are above that. */
static bool draw_large_state(struct canvas *canvas, struct rect state, const struct scene *scene,
                             enum side side)
{
    const int used = panel_verdict(canvas, state, scene, side);
    if (used == 0)
        return false;
    struct rect reason = part(state, used + 1, state.cols - used - 1);
    reason.row += state.rows - 1;
    reason.rows = 1;
    panel_state(canvas, reason, scene, side, true);
    return true;
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
        panel_state(canvas, part(words, col - 1, words.cols - col + 1), scene, side, false);
        return;
    }
    canvas_fit(canvas, words, col, words.cols, ROLE_TEXT,
               (const char *const[]){formula, brief, NULL});
    right = draw_losses(canvas, state, moment);
    if (state.rows == 1 || !draw_large_state(canvas, state, scene, side))
        panel_state(canvas, part(state, 0, right - 1), scene, side, false);
}
