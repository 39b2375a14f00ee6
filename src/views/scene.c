/* See scene.h. Answers questions about a scene that several views ask; draws nothing. */
#include "views/scene.h"

#include "screen/theme.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const enum role scene_accent[SIDES] = {[LEFT] = ROLE_LEFT, [RIGHT] = ROLE_RIGHT};
const char scene_not_there[] = "not in these rows";

const enum role scene_accent_dim[SIDES] = {[LEFT] = ROLE_LEFT_DIM, [RIGHT] = ROLE_RIGHT_DIM};

void scene_set_defaults(struct scene *scene)
{
    struct curves_look *curves = &scene->look.curves;
    *curves = (struct curves_look){
        .quantity = quantity_at(SHOWN_CURVES, 0), .smoothing = smoothed_past, .from = -1};
    for (int q = 0; q < QUANTITIES; q++)
        curves->log_y[q] = quantity_table[q].axis == AXIS_DECADES;
    scene->look.tensors.quantity = quantity_at(SHOWN_TENSORS, 0);
    scene->look.stream.quantity = quantity_at(SHOWN_STREAM, 0);
}

int scene_clamp(int value, int most)
{
    return value > most ? most : value < 0 ? 0 : value;
}

bool scene_has(const struct scene *scene, enum side side)
{
    const struct watching *watching = scene->data.watching;
    if (!watching || watching->inputs == SIDES || watching->stack[side].is_there)
        return true;
    return side == LEFT && !watching->stack[RIGHT].is_there; /* no row has come yet */
}

enum side scene_only(const struct scene *scene)
{
    return !scene_has(scene, LEFT) ? RIGHT : !scene_has(scene, RIGHT) ? LEFT : SIDES;
}

enum side scene_first(const struct scene *scene)
{
    return scene_has(scene, LEFT) ? LEFT : RIGHT;
}

int scene_depth(const struct scene *scene, enum side side)
{
    const struct watching *watching = scene->data.watching;
    int most = 1; /* until a row has told */
    if (!watching)
        return scene->data.settings->layers;
    for (enum side each = LEFT; each < SIDES; each++)
        if ((side == SIDES || side == each) && watching->stack[each].layers > most)
            most = watching->stack[each].layers;
    return most;
}

bool scene_lacks(const struct scene *scene, enum quantity quantity)
{
    const struct watching *watching = scene->data.watching;
    bool any = false, has = false;
    for (enum side side = LEFT; watching && side < SIDES; side++) {
        any = any || watching->stack[side].is_there;
        has = has || watching->stack[side].has[quantity];
    }
    return any && !has;
}

double scene_planned_lr(const struct scene *scene, int64_t step)
{
    return scene->data.watching ? (double)NAN : settings_lr(scene->data.settings, step);
}

const struct snapshot *scene_moment(const struct scene *scene, enum side side)
{
    return history_moment(scene->data.history, side,
                          scene->look.cursor > 0 ? scene->look.cursor : INT64_MAX);
}

int64_t scene_step(const struct scene *scene)
{
    const struct history *history = scene->data.history;
    const int i =
        history_moment_find(history, scene->look.cursor > 0 ? scene->look.cursor : INT64_MAX);
    return i < 0 ? 0 : history_moment_step(history, i);
}

double scene_lr(const struct scene *scene)
{
    const struct snapshot *left = scene_moment(scene, LEFT);
    if (scene_step(scene) == 0)
        return scene_planned_lr(scene, 1);
    const double lr = snapshot_scalar(left, QUANTITY_LR);
    return isfinite(lr) ? lr : snapshot_scalar(scene_moment(scene, RIGHT), QUANTITY_LR);
}

const struct snapshot *scene_finite_moment(const struct scene *scene, enum side side)
{
    const struct snapshot *moment = scene_moment(scene, side);
    return moment->step == 0 || moment->finite
               ? moment
               : history_finite(scene->data.history, side, moment->step);
}

const struct sample *scene_sample(const struct scene *scene, enum side side)
{
    return sample_history_at(scene->data.samples, side,
                             scene->look.cursor > 0 ? scene_step(scene) : INT64_MAX);
}

const struct snapshot *scene_detailed_moment(const struct scene *scene, enum side side)
{
    const struct snapshot *moment = scene_finite_moment(scene, side);
    if (moment->step == 0 || moment->detailed)
        return moment;
    return history_detailed(scene->data.history, side, moment->step);
}

bool scene_has_letters(const struct scene *scene)
{
    return scene->terminal.ascii || scene->terminal.few_colours || scene->terminal.mono ||
           scene->data.settings->theme == THEME_MONO;
}

/* A placement can be switched while a stack trains: what counts is the moment that is shown. */
static void kind_of(const struct scene *scene, enum side side, enum placement *placement,
                    enum norm *norm)
{
    const struct snapshot *moment = scene_moment(scene, side);
    *placement = moment->step > 0 ? moment->placement : scene->data.settings->stack[side].placement;
    *norm = moment->step > 0 ? moment->norm : scene->data.settings->stack[side].norm;
}

/* Is a stack that others train known by other words than those of our table of placements? */
static bool is_named_by_rows(const struct scene *scene, enum side side)
{
    return scene->data.watching && scene->data.watching->stack[side].placement_row < 0;
}

/* Those words: its placement, its own name, that of its run, or of its file. */
static void name_by_rows(const struct watching *watching, enum side side, char out[TEXT_TITLE])
{
    const struct watch_stack *stack = &watching->stack[side];
    const int input = watching->inputs == SIDES ? (int)side : 0;
    const char *const words[] = {stack->placement, stack->name, stack->run};
    size_t i = 0;
    while (i < sizeof words / sizeof words[0] && !words[i][0])
        i++;
    snprintf(out, TEXT_TITLE, "%.*s", TEXT_TITLE - 1,
             i < sizeof words / sizeof words[0] ? words[i]
                                                : source_name(&watching->input[input].source));
    for (char *at = out; *at; at++) /* titles are cut at any place */
        if ((unsigned char)*at > '~')
            *at = '?';
}

void scene_title(const struct scene *scene, enum side side, bool place, char out[TEXT_TITLE])
{
    if (scene->look.blind) {
        snprintf(out, TEXT_TITLE, "%s", side == LEFT ? "A" : "B");
        return;
    }
    char title[SIDES][TEXT_TITLE];
    for (enum side each = LEFT; each < SIDES; each++) {
        enum placement placement;
        enum norm norm;
        if (is_named_by_rows(scene, each)) {
            name_by_rows(scene->data.watching, each, title[each]);
            continue;
        }
        kind_of(scene, each, &placement, &norm);
        text_title(title[each], placement, norm);
    }
    place = place && scene_only(scene) == SIDES;
    bool same = strcmp(title[LEFT], title[RIGHT]) == 0;
    const char *where = !same || !place ? "" : side == LEFT ? "left " : "right ";
    snprintf(out, TEXT_TITLE, "%s%.*s", where, (int)(TEXT_TITLE - 1 - strlen(where)), title[side]);
}

/* What the letter of a formula stands for in this stack, where it is not the same for all:
 * DeepNorm's alpha and beta, Admin's omega. */
static void add_constants(const struct scene *scene, enum side side, enum skip skip,
                          char out[TEXT_TITLE])
{
    const int layers = scene_depth(scene, side);
    const struct omega *omega = &scene->data.omega[side];
    char *letter = strstr(out, "a x"), rest[TEXT_TITLE];
    size_t used;
    if (skip == SKIP_DEPTH && letter) {
        snprintf(rest, sizeof rest, "%s", letter + 1);
        used = (size_t)(letter - out);
        snprintf(letter, TEXT_TITLE - used, "%.2f%.20s, beta %.2f", placement_alpha(layers), rest,
                 placement_beta(layers));
    }
    used = strlen(out);
    if (skip == SKIP_VECTOR && isfinite(omega->first) && isfinite(omega->last))
        snprintf(out + used, TEXT_TITLE - used, ", w %.2f to %.2f", omega->first, omega->last);
}

void scene_formula(const struct scene *scene, enum side side, char out[TEXT_TITLE])
{
    enum placement placement;
    enum norm norm;
    out[0] = '\0';
    kind_of(scene, side, &placement, &norm);
    if (scene->look.blind || is_named_by_rows(scene, side))
        return;
    text_formula(out, placement, norm);
    add_constants(scene, side, placement_table[placement].skip, out);
}

const char *scene_mark_text(const struct scene *scene, const struct history_mark *mark)
{
    bool tells = strstr(mark->text, stack_names[LEFT]) || strstr(mark->text, stack_names[RIGHT]);
    return scene->look.blind && tells ? "hidden" : mark->text;
}

void scene_gradient_texts(const struct scene *scene, const char *from,
                          char text[SCENE_GRADIENT_TEXTS][SCENE_GRADIENT_TEXT])
{
    const char *bar = scene->terminal.ascii ? "|" : "‖";
    const size_t size = SCENE_GRADIENT_TEXT;
    const bool stream = scene->look.bars.gradient == GRADIENT_STREAM;
    if (scene_lacks(scene, stream ? QUANTITY_STREAM_GRAD : QUANTITY_PARAM_GRAD)) {
        snprintf(text[0], size, "%s gradient: %s", stream ? "stream" : "parameter",
                 scene_not_there);
        snprintf(text[1], size, "gradient: %s", scene_not_there);
        snprintf(text[2], size, "%s", scene_not_there);
        snprintf(text[3], size, "%s", scene_not_there);
        return;
    }
    if (stream) {
        snprintf(text[0], size, "stream gradient %sdLoss/dx_l%s%s", bar, bar,
                 from[0] ? from : ", L2 over the batch");
        snprintf(text[1], size, "stream gradient %sdLoss/dx_l%s%s", bar, bar, from);
        snprintf(text[2], size, "%sdLoss/dx_l%s%s", bar, bar, from);
        snprintf(text[3], size, "stream gradient%s", from);
        return;
    }
    const struct snapshot *moment = scene_moment(scene, scene_first(scene));
    const char *name = scene->look.bars.tensor < moment->tensors
                           ? snapshot_tensor(moment, scene->look.bars.tensor)
                           : "W";
    snprintf(text[0], size, "parameter gradient %sdLoss/dW%s of %s%s", bar, bar, name, from);
    snprintf(text[1], size, "%sdLoss/dW%s of %s%s", bar, bar, name, from);
    snprintf(text[2], size, "%s%s", name, from);
    snprintf(text[3], size, "%s", name);
}

void scene_layers(const struct scene *scene, enum side side, int *count, int *first)
{
    bool stream = scene->look.bars.gradient == GRADIENT_STREAM;
    *count = scene_depth(scene, side) + (stream ? 1 : 0);
    *first = stream ? 0 : 1;
}

const float *scene_gradient(const struct scene *scene, enum side side,
                            const struct snapshot *moment, int *count, int *first)
{
    scene_layers(scene, side, count, first);
    if (moment->step == 0 || moment->layers != scene_depth(scene, side))
        return NULL;
    if (scene->look.bars.gradient == GRADIENT_STREAM)
        return snapshot_array(moment, QUANTITY_STREAM_GRAD, 0);
    /* The stacks need not have the same tensors: the name decides. */
    const struct snapshot *left = scene_moment(scene, scene_first(scene));
    int at = -1;
    if (scene->look.bars.tensor < left->tensors)
        at = snapshot_find(moment, snapshot_tensor(left, scene->look.bars.tensor));
    return at < 0 ? NULL : snapshot_array(moment, QUANTITY_PARAM_GRAD, at);
}

int scene_events(const struct scene *scene)
{
    int count = scene->data.events ? scene->data.events->count : 0;
    while (scene->look.cursor > 0 && count > 0 &&
           scene->data.events->event[count - 1].step > scene_step(scene))
        count--;
    return count;
}

void scene_event_title(const struct scene *scene, const struct event *event, char out[TEXT_TITLE])
{
    struct scene then = *scene;
    then.look.cursor = event->step;
    if (event->side < 0)
        snprintf(out, TEXT_TITLE, "both");
    else
        scene_title(&then, (enum side)event->side, true, out);
}

const char *scene_event_text(const struct scene *scene, const struct event *event)
{
    return scene->look.blind && event_tells(event) ? "hidden while blind" : event->text;
}

/* The warmup that was set when a step was trained; of a run of others what its rates tell. */
static int64_t warmup_at(const struct scene *scene, enum side side, int64_t step)
{
    int64_t warmup = settings_warmup(scene->data.settings);
    if (scene->data.watching && scene->data.runs)
        return scene->data.runs->now.warmup[side];
    if (!scene->data.runs || step >= history_newest(scene->data.history))
        return warmup;
    const struct run_log *log = &scene->data.runs->now.log;
    for (int i = 0; i < log->count && log->entry[i].step <= step; i++)
        warmup = settings_warmup(&log->entry[i].settings);
    return warmup;
}

/* What the smoothed loss is a part of; NAN: not known. */
static double verdict_unit(const struct scene *scene, enum side side)
{
    const double without_context = scene->data.task->unigram_entropy;
    if (without_context > 0)
        return without_context;
    if (scene->data.runs && scene->data.runs->now.number > 0)
        return scene->data.runs->now.verdict[side].unit;
    return scene->data.history->count > 0
               ? history_value(scene->data.history, side, QUANTITY_LOSS, 0)
               : (double)NAN;
}

/* The history knows it where it is at a level of the race. */
static int64_t learn_step(const struct scene *scene, const struct verdict *verdict, enum side side,
                          int64_t step)
{
    int64_t learns = 0;
    for (int level = 0; level < HISTORY_LEVELS; level++)
        if (history_levels[level] == verdict_learns_at(verdict) &&
            isfinite(scene->data.history->level_unit))
            learns = history_reached(scene->data.history, side, level);
    if (learns == 0 && scene->data.runs)
        learns = scene->data.runs->now.verdict[side].learn_step;
    return learns <= step ? learns : 0;
}

struct scene_verdict scene_verdict(const struct scene *scene, enum side side)
{
    const struct snapshot *moment = scene_moment(scene, side);
    const double loss = snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS);
    struct verdict verdict =
        verdict_open(verdict_unit(scene, side), scene->data.task->current_token);
    if (moment->step == 0)
        return (struct scene_verdict){.part = NAN};
    verdict.step = moment->step;
    verdict.loss = (struct smoothed){.sum = loss, .weight = 1};
    verdict.fault_step = moment->fault.place != FAULT_NONE ? moment->fault.step : 0;
    const bool over = scene->data.ended && scene->look.cursor == 0;
    const bool doubtful = runs_doubtful(scene->data.task->unigram_entropy, moment);
    const enum verdict_kind kind =
        over ? verdict_at_end(&verdict)
             : verdict_now(&verdict, warmup_at(scene, side, moment->step));
    return (struct scene_verdict){
        .kind = kind == VERDICT_LEARNS && doubtful ? VERDICT_NONE : kind,
        .part = verdict_part(&verdict),
        .learn_step = learn_step(scene, &verdict, side, moment->step),
    };
}

struct race scene_race(const struct scene *scene)
{
    const struct history *history = scene->data.history;
    struct race race = {.level = -1};
    int64_t now = scene_step(scene);
    for (int level = 0; level < HISTORY_LEVELS && now > 0; level++) {
        int64_t step[SIDES];
        bool any = false;
        for (enum side side = LEFT; side < SIDES; side++) {
            step[side] = history_reached(history, side, level);
            step[side] = step[side] > now ? 0 : step[side];
            any = any || step[side] > 0;
        }
        if (!any)
            break;
        bool right = step[LEFT] == 0 || (step[RIGHT] > 0 && step[RIGHT] < step[LEFT]);
        race = (struct race){
            .level = level,
            .loss = history_levels[level] * history->level_unit,
            .step = {[LEFT] = step[LEFT], [RIGHT] = step[RIGHT]},
            .first = right ? RIGHT : LEFT,
        };
    }
    return race;
}
