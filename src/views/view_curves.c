/* The curves at large: loss, ratio or gradient norm over the steps, with a row that says how they
 * are drawn and who wins the race. */
#include "screen/text.h"
#include "views/curves.h"
#include "views/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { TEXTS = 4, TEXT_SIZE = 256 };

/* "race to loss 1.48: Pre-LN at step 57, Post-LN 34 steps later". */
static void race_texts(const struct scene *scene, char text[TEXTS][TEXT_SIZE])
{
    const struct race race = scene_race(scene);
    char first[TEXT_TITLE], second[TEXT_TITLE], gap[2][32], loss[TEXT_NUMBER];
    enum side other = race.first == LEFT ? RIGHT : LEFT;
    int64_t lead = race.step[other] - race.step[race.first];
    for (int i = 0; i < TEXTS; i++)
        text[i][0] = '\0';
    if (race.level < 0)
        return;
    snprintf(loss, sizeof loss, "%.2f", race.loss);
    scene_title(scene, race.first, true, first);
    scene_title(scene, other, true, second);
    if (race.step[other] == 0) {
        snprintf(gap[0], sizeof gap[0], "not yet");
        snprintf(gap[1], sizeof gap[1], "not yet");
    } else {
        snprintf(gap[0], sizeof gap[0], "%" PRId64 " steps later", lead);
        snprintf(gap[1], sizeof gap[1], "+%" PRId64, lead);
    }
    snprintf(text[0], TEXT_SIZE,
             "race to loss %s, %d %% of no context: %s at step %" PRId64 ", %s %s", loss,
             (int)lrint(100 * history_levels[race.level]), first, race.step[race.first], second,
             gap[0]);
    snprintf(text[1], TEXT_SIZE, "race to loss %s: %s at step %" PRId64 ", %s %s", loss, first,
             race.step[race.first], second, gap[0]);
    snprintf(text[2], TEXT_SIZE, "race to %s: %.9s %" PRId64 ", %.9s %s", loss, first,
             race.step[race.first], second, gap[1]);
    snprintf(text[3], TEXT_SIZE, "race to %s: %.9s at %" PRId64, loss, first,
             race.step[race.first]);
}

/* The raw losses at the cursor, which the bright curves hide. */
static void cursor_texts(const struct scene *scene, char text[TEXTS][TEXT_SIZE])
{
    char name[SIDES][TEXT_TITLE], raw[SIDES][TEXT_NUMBER];
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct moment moment = scene_moment(scene, side);
        scene_title(scene, side, true, name[side]);
        switch (scene->look.curves.curve) {
        case CURVE_RATIO:
            text_ratio(raw[side], moment.ratio);
            break;
        case CURVE_GRADIENT:
            text_scientific(raw[side], moment.grad_norm, 2);
            break;
        case CURVE_LOSS:
        case CURVES:
            text_loss(raw[side], moment.loss);
            break;
        }
    }
    snprintf(text[0], TEXT_SIZE, "raw, at step %" PRId64 " alone: %s %s, %s %s", scene_step(scene),
             name[LEFT], raw[LEFT], name[RIGHT], raw[RIGHT]);
    snprintf(text[1], TEXT_SIZE, "step %" PRId64 " raw: %.9s %s, %.9s %s", scene_step(scene),
             name[LEFT], raw[LEFT], name[RIGHT], raw[RIGHT]);
    snprintf(text[2], TEXT_SIZE, "raw %s, %s", raw[LEFT], raw[RIGHT]);
    text[3][0] = '\0';
}

/* What the curve says. */
static void meaning_texts(enum curve curve, char text[TEXTS][TEXT_SIZE])
{
    static const char *const meaning[CURVES][TEXTS] = {
        [CURVE_LOSS] = {"", "", "", ""},
        [CURVE_RATIO] = {"below 1 the gradient vanishes on its way down, above 1 it grows",
                         "below 1: it vanishes on its way down", "below 1: it vanishes", ""},
        [CURVE_GRADIENT] = {"the length of the gradient of all trained numbers of a stack",
                            "of all trained numbers of a stack", "of a whole stack", ""},
    };
    for (int i = 0; i < TEXTS; i++)
        snprintf(text[i], TEXT_SIZE, "%s", meaning[curve][i]);
}

static void draw_info(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct curves_look *look = &scene->look.curves;
    char text[TEXTS][TEXT_SIZE], how[2][64];
    snprintf(how[0], sizeof how[0], "%s%ssmoothing %.3g", look->log_y[look->curve] ? "log y, " : "",
             look->log_x ? "log x, " : "", look->smoothing);
    snprintf(how[1], sizeof how[1], "smooth %.3g", look->smoothing);
    bool wide = area.cols >= 56;
    int end = canvas_print_right(canvas, area, 0, area.cols, ROLE_DIM, "%s", how[wide ? 0 : 1]);
    if (scene->look.cursor > 0)
        cursor_texts(scene, text);
    else if (look->curve == CURVE_LOSS)
        race_texts(scene, text);
    else
        meaning_texts(look->curve, text);
    canvas_fit(canvas, area, 0, end - 2, scene->look.cursor > 0 ? ROLE_WARN : ROLE_TEXT,
               (const char *const[]){text[0], text[1], text[2], text[3], NULL});
}

void view_curves(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_curves layout = layout_curves(area);
    draw_info(canvas, layout.info, scene);
    curves_draw(canvas, &layout.plot, scene, &scene->look.curves, false);
}

void view_curves_hit(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct layout_curves layout = layout_curves(area);
    curves_hit(&layout.plot, scene, &scene->look.curves, row, col, hit);
}
