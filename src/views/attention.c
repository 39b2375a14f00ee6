/* See attention.h. A cell is two tokens high and one wide: tokens are squares. */
#include "views/attention.h"

#include "screen/layout.h"
#include "screen/plot.h"
#include "views/panel.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { TEXT = 160 };

/* Shares from 1/8 of an even one to 8 times that have a colour of their own. */
static const double octaves = 3;

/* From this entropy on a head is called even. */
static const double even_entropy = 0.995;

/* A panel and what is shown in it. */
struct attention {
    struct canvas *canvas;
    const struct scene *scene;
    const struct attention_maps *maps;
    struct layout_heads heads;
    int from; /* the first token shown */
};

/* The step of the ramp; -1: the query does not see the key. An even share is the middle, and so is
 * what differs from it by less than an eighth of an octave. */
static int step_of(double share)
{
    if (isnan(share))
        return -1;
    const double at = (log2(fmax(share, 1e-9)) + octaves) / (2 * octaves);
    const int step = (int)lround(fmin(fmax(at, 0), 1) * RAMP_STEPS);
    return step < RAMP_STEPS ? step : RAMP_STEPS - 1;
}

/* The first token of a window of `side`, as near to what is wanted as the context lets it. */
static int window_from(const struct attention_maps *maps, int wanted, int side)
{
    return scene_clamp(wanted, maps->tokens - side);
}

/* Both tokens of a cell without colours: their mean where both are seen. */
static double pair_share(double upper, double lower)
{
    return isnan(upper) ? lower : isnan(lower) ? upper : (upper + lower) / 2;
}

static void draw_map(const struct attention *attention, int head, int row, int col)
{
    const int side = attention->heads.side, from = attention->from;
    const bool letters = scene_has_letters(attention->scene);
    for (int query = 0; query < side; query += 2) {
        for (int key = 0; key < side; key++) {
            const double upper = attention_share(attention->maps, head, from + query, from + key);
            const double lower = query + 1 < side ? attention_share(attention->maps, head,
                                                                    from + query + 1, from + key)
                                                  : (double)NAN;
            const double both = pair_share(upper, lower);
            if (letters)
                plot_heat_cell(attention->canvas, row + query / 2, col + key, step_of(both),
                               step_of(both), true);
            else
                plot_heat_cell(attention->canvas, row + query / 2, col + key, step_of(upper),
                               step_of(lower), false);
        }
    }
}

static void draw_label(const struct attention *attention, struct rect area, int head)
{
    const double entropy = (double)attention->maps->entropy[head];
    const char *even = entropy >= even_entropy ? ", even" : "";
    char text[5][TEXT];
    snprintf(text[0], TEXT, "head %d  entropy %.2f%s", head + 1, entropy, even);
    snprintf(text[1], TEXT, "h%d entropy %.2f%s", head + 1, entropy, even);
    snprintf(text[2], TEXT, "h%d entropy %.2f", head + 1, entropy);
    snprintf(text[3], TEXT, "h%d %.2f", head + 1, entropy);
    snprintf(text[4], TEXT, "%d", head + 1);
    canvas_fit(
        attention->canvas, area, 0, area.cols, entropy >= even_entropy ? ROLE_WARN : ROLE_TEXT,
        isnan(entropy) ? (const char *const[]){text[4], NULL}
                       : (const char *const[]){text[0], text[1], text[2], text[3], text[4], NULL});
}

/* "block 3: mean of 16 sequences, tokens 9-32 of 64, step 8"; of the past while the maps of the
 * step that is shown are not there yet: ", step 8, redoing 12". */
static void draw_head(const struct attention *attention, struct rect area)
{
    const struct attention_maps *maps = attention->maps;
    const int shown = attention->heads.shown, side = attention->heads.side;
    const struct scene *scene = attention->scene;
    const int64_t late = scene_step(scene) - maps->step;
    const bool stale = late < 0 || late >= ATTENTION_STEPS;
    char of[TEXT], brief[TEXT], window[2][TEXT] = {"", ""}, heads[TEXT] = "", step[TEXT] = "",
                                redone[TEXT] = "", text[6][4 * TEXT];
    if (maps->sequence < 0) {
        snprintf(of, sizeof of, "mean of %d sequences", maps->sequences);
        snprintf(brief, sizeof brief, "mean");
    } else {
        snprintf(of, sizeof of, "sequence %d of %d", maps->sequence + 1, maps->sequences);
        snprintf(brief, sizeof brief, "seq %d", maps->sequence + 1);
    }
    const int first = attention->from + 1, last = attention->from + side;
    if (side < maps->tokens) {
        snprintf(window[0], TEXT, ", tokens %d-%d of %d", first, last, maps->tokens);
        snprintf(window[1], TEXT, ", %d-%d/%d", first, last, maps->tokens);
    }
    if (shown < maps->heads)
        snprintf(heads, sizeof heads, ", %d of %d heads", shown, maps->heads);
    if (late != 0)
        snprintf(step, sizeof step, ", step %" PRId64, maps->step);
    if (late != 0 && scene->look.cursor > 0 && !scene->data.no_attention)
        snprintf(redone, sizeof redone, ", redoing %" PRId64, scene_step(scene));
    const int block = maps->block + 1;
    snprintf(text[0], sizeof text[0], "block %d: %s%s%s%s%s", block, of, window[0], heads, step,
             redone);
    snprintf(text[1], sizeof text[1], "b%d: %s%s%s%s%s", block, brief, window[0], heads, step,
             redone);
    if (*redone)
        snprintf(text[2], sizeof text[2], "b%d: %s%s%s", block, brief, step, redone);
    else
        snprintf(text[2], sizeof text[2], "b%d: %s%s%s", block, brief, window[0], step);
    snprintf(text[3], sizeof text[3], "b%d: %s%s%s", block, brief, window[1], step);
    snprintf(text[4], sizeof text[4], "b%d: %s%s", block, brief, step);
    snprintf(text[5], sizeof text[5], "b%d", block);
    canvas_fit(attention->canvas, area, 0, area.cols, stale ? ROLE_WARN : ROLE_TITLE,
               (const char *const[]){text[0], text[1], text[2], text[3], text[4], text[5], NULL});
}

/* Why a stack has no maps. */
static void say_missing(struct canvas *canvas, struct rect head, const struct scene *scene,
                        const struct attention_maps *maps)
{
    const bool past = scene->look.cursor > 0 && scene->data.no_attention;
    char why[2 * TEXT], brief[TEXT];
    snprintf(brief, sizeof brief, "no maps of step %" PRId64, scene_step(scene));
    snprintf(why, sizeof why, "%s: %s", brief, past ? scene->data.no_attention : "");
    canvas_fit(canvas, head, 0, head.cols, maps ? ROLE_BAD : ROLE_DIM,
               maps ? (const char *const[]){"no maps: the numbers of the stack are not finite",
                                            "no maps: not finite", "not finite", NULL}
               : scene->data.watching
                   ? (const char *const[]){"no maps: the rows of others have no attention",
                                           "no maps of others", "no maps", NULL}
               : past ? (const char *const[]){why, brief, "no maps", NULL}
               : scene->look.cursor > 0
                   ? (const char *const[]){"the step is done again for its maps", "done again",
                                           "no maps yet", NULL}
                   : (const char *const[]){"the maps come with the next step",
                                           "after the next step", "no maps yet", NULL});
}

static void draw_panel(struct canvas *canvas, struct rect head, struct rect area,
                       const struct scene *scene, enum side side)
{
    const struct attention_maps *maps = scene->data.attention[side];
    if (!maps || !maps->finite) {
        say_missing(canvas, head, scene, maps);
        return;
    }
    struct attention attention = {
        .canvas = canvas,
        .scene = scene,
        .maps = maps,
        .heads = layout_heads(area, maps->heads,
                              maps->tokens < ATTENTION_SIDE ? maps->tokens : ATTENTION_SIDE),
    };
    const struct layout_heads *heads = &attention.heads;
    attention.from = window_from(maps, scene->look.anatomy.from, heads->side);
    draw_head(&attention, head);
    for (int i = 0; i < heads->shown && heads->side > 0; i++) {
        const int row = area.row + i / heads->across * heads->height;
        const int col = area.col + i % heads->across * heads->width;
        draw_label(&attention, (struct rect){row, col, 1, heads->width - 1}, i);
        draw_map(&attention, i, row + 1, col);
    }
}

static void draw_key(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const bool letters = scene_has_letters(scene);
    const int from = canvas_fit(canvas, area, 0, area.cols / 2, ROLE_TITLE,
                                (const char *const[]){"what a query gives to a key",
                                                      "given to a key", "to a key", NULL}) +
                     2;
    const bool wide = area.cols >= 72;
    const struct rect bar =
        plot_heat_scale(canvas, (struct rect){area.row, area.col + from, 1, area.cols - from},
                        wide ? "1/8 of an even share" : "1/8", wide ? "8 times" : "8", letters);
    const char *word = bar.cols >= 12 ? " even " : "=";
    plot_heat_text(canvas, bar, 0, (bar.cols - canvas_columns(word) + 1) / 2, step_of(1), letters,
                   word);
}

void attention_draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_attention layout = layout_attention(area, scene_only(scene));
    for (enum side side = LEFT; side < SIDES; side++) {
        if (!scene_has(scene, side))
            continue;
        panel_titles(canvas, layout.panel[side].title, layout.panel[side].state, scene, side);
        draw_panel(canvas, layout.panel[side].head, layout.panel[side].maps, scene, side);
    }
    if (layout.info.rows > 0)
        canvas_fit(canvas, layout.info, 0, layout.info.cols, ROLE_DIM,
                   (const char *const[]){
                       "a row for each query, a column for each key that it sees. Entropy 1: even "
                       "over all keys, 0: all on one key",
                       "rows: queries, columns: keys; entropy 1: even, 0: all on one key",
                       "down: queries, across: keys", NULL});
    if (layout.key.rows > 0)
        draw_key(canvas, layout.key, scene);
}

/* ---- keys ---- */

/* One of the maps there are; NULL: there are none. */
static const struct attention_maps *any_maps(const struct scene *scene)
{
    const struct attention_maps *const *maps = scene->data.attention;
    return maps[LEFT] ? maps[LEFT] : maps[RIGHT];
}

void attention_pan(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    const struct attention_maps *maps = any_maps(scene);
    const struct layout_attention layout = layout_attention(area, scene_only(scene));
    int *from = &scene->look.anatomy.from;
    if (!maps)
        return;
    const struct rect panel = layout.panel[scene_has(scene, LEFT) ? LEFT : RIGHT].maps;
    const int most = maps->tokens < ATTENTION_SIDE ? maps->tokens : ATTENTION_SIDE;
    const int side = layout_heads(panel, maps->heads, most).side;
    const int before = window_from(maps, *from, side);
    *from = window_from(maps, before + by * (side > 1 ? side / 2 : 1), side);
    if (side >= maps->tokens)
        answer_say(answer, "all %d tokens are in view", maps->tokens);
    else if (*from == before)
        answer_say(answer, by < 0 ? "these are the first tokens" : "these are the last tokens");
}

void attention_next_sequence(struct scene *scene, int by, struct answer *answer)
{
    const struct attention_maps *maps = any_maps(scene);
    int *sequence = &scene->look.anatomy.sequence;
    if (!maps)
        return;
    *sequence = (*sequence + maps->sequences + 1 + by) % (maps->sequences + 1);
    if (*sequence == 0)
        answer_say(answer, "the mean over all %d sequences of the batch", maps->sequences);
    else
        answer_say(answer, "sequence %d of %d of the batch", *sequence, maps->sequences);
}
