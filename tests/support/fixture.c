/* See fixture.h. */
#include "support/fixture.h"

#include "base/memory.h"
#include "core/rng.h"
#include "support/stage.h"
#include "views/bars.h"
#include "views/screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those of a block with two norms, and how large their gradients are beside that of the stream. */
static const struct {
    const char *name;
    float gradient, weight;
} tensor_rows[] = {
    {"ln1.weight", 0.3F, 8},        {"ln1.bias", 0.4F, 0.5F},   {"attn.qkv.weight", 2, 11},
    {"attn.qkv.bias", 0.02F, 0.3F}, {"attn.proj.weight", 3, 8}, {"attn.proj.bias", 0.5F, 0.4F},
    {"ln2.weight", 0.3F, 8},        {"ln2.bias", 0.4F, 0.5F},   {"ffn.up.weight", 4, 13},
    {"ffn.up.bias", 0.6F, 0.6F},    {"ffn.down.weight", 5, 13}, {"ffn.down.bias", 0.7F, 0.4F},
};
enum { TENSORS = sizeof tensor_rows / sizeof tensor_rows[0] };

void fixture_open(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->settings = (struct settings){
        .stack = {[LEFT] = {.placement = PLACEMENT_PRE, .norm = NORM_LAYERNORM},
                  [RIGHT] = {.placement = PLACEMENT_POST, .norm = NORM_LAYERNORM}},
        .layers = 6,
        .width = 64,
        .heads = 4,
        .ffn = 256,
        .context = 32,
        .batch = 16,
        .task = TASK_GRAMMAR,
        .seed = 1,
        .optimizer = OPTIMIZER_ADAMW,
        .lr = 3e-3,
        .schedule = SCHEDULE_CONSTANT,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .fps = 30,
        .speed = 15,
    };
    fixture->task = (struct task_info){
        .name = "grammar",
        .summary = "sentences of a small grammar",
        .vocab = 33,
        .unigram_entropy = 2.96,
        .current_token = NAN,
        .entropy_rate = 0.52,
    };
    history_open(&fixture->history);
    sample_history_open(&fixture->samples);
    history_set_unit(&fixture->history, fixture->task.unigram_entropy, fixture->task.current_token);
    fixture->scene = (struct scene){
        .data = {.settings = &fixture->settings,
                 .task = &fixture->task,
                 .bound = {.loss = fixture->task.entropy_rate},
                 .history = &fixture->history,
                 .samples = &fixture->samples,
                 .symbols = &fixture->symbols,
                 .parameters = {303000, 303000},
                 .running = true,
                 .rate = NAN},
        .message = "",
    };
    scene_set_defaults(&fixture->scene);
}

void fixture_watch(struct fixture *fixture)
{
    events_clear(&fixture->events);
    fixture->scene.data.events = &fixture->events;
}

void fixture_keep_runs(struct fixture *fixture)
{
    runs_open(&fixture->runs);
    runs_begin(&fixture->runs, &fixture->settings, "", fixture->task.unigram_entropy,
               fixture->task.current_token);
    fixture->scene.data.runs = &fixture->runs;
}

void fixture_restart(struct fixture *fixture)
{
    struct runs_dropped dropped;
    runs_keep(&fixture->runs, &fixture->history, &fixture->events, NULL, &dropped);
    runs_begin(&fixture->runs, &fixture->settings, "", fixture->task.unigram_entropy,
               fixture->task.current_token);
    history_clear(&fixture->history);
    history_set_unit(&fixture->history, fixture->task.unigram_entropy, fixture->task.current_token);
    events_clear(&fixture->events);
}

/* ---- a lab ---- */

enum { LAB_STEPS = 600 };

/* What became of a trial: left, and right where its warmup is long enough for the rate. */
static struct lab_row lab_row_of(const struct settings *settings, enum side side)
{
    const double needed = 4e4 * (settings->lr - 1.2e-3); /* steps */
    const double room =
        side == LEFT ? 1000 : settings->warmup - needed + 8.0 * (double)settings->seed;
    struct lab_row row = {.done = true, .steps = LAB_STEPS, .finite = true, .ratio = 0.7};
    row.verdict = room > 0 ? VERDICT_LEARNS : room > -30 ? VERDICT_SLOW : VERDICT_STUCK;
    row.loss_part = room > 0 ? 0.24 + 0.02 * (double)settings->seed : room > -30 ? 0.82 : 1.01;
    row.learn_step = room > 0 ? 120 + settings->warmup / 2 : 0;
    row.ratio_min = room > 0 ? 0.3 : 0.004;
    if (room < -300) {
        row.verdict = VERDICT_DIVERGED;
        row.finite = false;
        row.steps = 80;
        row.loss_part = NAN;
    }
    row.loss = 2.96 * row.loss_part;
    return row;
}

static struct lab_curve lab_curve_of(const struct lab_row *row)
{
    struct lab_curve curve = {.stride = 5};
    const double end = row->finite ? row->loss_part : 1.3;
    while (curve.count < row->steps / curve.stride) {
        const double step = (double)((curve.count + 1) * curve.stride);
        curve.part[curve.count++] = (float)(end + (1.35 - end) * exp(-step / 90));
    }
    return curve;
}

void fixture_lab(struct fixture *fixture, int done, const char *more)
{
    struct grid *grid = &fixture->lab.grid;
    struct error error;
    const struct settings settings = settings_default();
    grid_open(grid, &settings);
    grid->settings.steps = LAB_STEPS;
    if (!grid_add(grid, "warmup=0,50,100,200,400", &error) ||
        !grid_add(grid, "lr=1e-3,2e-3,3e-3,5e-3,1e-2", &error) ||
        (more && !grid_add(grid, more, &error)) || !grid_set_seeds(grid, "3", &error))
        die("%s", error.text);
    const size_t trials = (size_t)grid_trials(grid);
    fixture->lab.row = memory_new(trials, sizeof *fixture->lab.row);
    fixture->lab.curve = memory_new(trials, sizeof *fixture->lab.curve);
    fixture->lab.under_way = memory_new(trials, sizeof *fixture->lab.under_way);
    for (int i = done; i < (int)trials && i < done + 2; i++)
        fixture->lab.under_way[i] = true;
    for (int i = 0; i < done && i < (int)trials; i++) {
        const struct settings each = grid_settings(grid, i);
        fixture->lab.row[i] = lab_row_of(&each, grid_place(grid, i).side);
        fixture->lab.curve[i] = memory_new(1, sizeof **fixture->lab.curve);
        *fixture->lab.curve[i] = lab_curve_of(&fixture->lab.row[i]);
    }
    fixture->lab.scene = (struct scene_lab){.grid = grid,
                                            .row = fixture->lab.row,
                                            .curve = fixture->lab.curve,
                                            .under_way = fixture->lab.under_way,
                                            .done = done < (int)trials ? done : (int)trials,
                                            .running = done < (int)trials};
    snprintf(fixture->lab.scene.progress, LAB_PROGRESS, "%d of %d trainings, 3 min 20 s left", done,
             (int)trials);
    fixture->scene.data.lab = &fixture->lab.scene;
}

static void close_lab(struct fixture *fixture)
{
    if (!fixture->scene.data.lab)
        return;
    for (int64_t i = 0; i < grid_trials(&fixture->lab.grid); i++)
        free(fixture->lab.curve[i]);
    free(fixture->lab.curve);
    free(fixture->lab.under_way);
    free(fixture->lab.row);
    grid_close(&fixture->lab.grid);
}

void fixture_close(struct fixture *fixture)
{
    close_lab(fixture);
    for (int side = 0; side < SIDES; side++) {
        snapshot_free(fixture->snapshot[side]);
        attention_maps_free(fixture->attention[side]);
    }
    sample_history_close(&fixture->samples);
    history_close(&fixture->history);
    runs_close(&fixture->runs);
}

/* Between -1 and 1, a function of its arguments alone. */
static double noise(int64_t step, int what, int index)
{
    struct rng rng = rng_stream(7, (uint64_t)(what * 1000 + index), (uint64_t)step);
    return 2 * rng_uniform(&rng) - 1;
}

static double loss_of(const struct fixture *fixture, enum side side, int64_t step)
{
    double s = (double)step, wobble = noise(step, 1, (int)side);
    if (side == LEFT)
        return 0.74 + 2.9 * exp(-s / 90) + 0.10 * wobble;
    if (fixture->settings.warmup > 0)
        return 0.82 + 2.8 * exp(-s / (70.0 + fixture->settings.warmup)) + 0.10 * wobble;
    return 2.97 + 0.9 * exp(-s / 8) + 0.07 * wobble;
}

/* log10 of the ratio x_0/x_L. */
static double slope_of(const struct fixture *fixture, enum side side, int64_t step)
{
    double s = (double)step;
    if (side == LEFT)
        return 0.65 * (1 - exp(-s / 15));
    if (fixture->settings.warmup > 0)
        return -2 * exp(-pow((s - 50) / 45, 2)) - 0.15;
    return -3 * fmin(s / 50, 1) - 2 * fmin(fmax(s - 50, 0) / 350, 1);
}

enum { BEHIND = 6 }; /* the row of the tensors that alpha stands before, and is made of */

/* An empty snapshot: with alpha the right stack has a tensor more, between the others. */
static struct snapshot *blank(const struct fixture *fixture, enum side side)
{
    const char *name[TENSORS + 1];
    const bool alpha = fixture->with_alpha && side == RIGHT;
    int tensors = 0;
    for (int row = 0; row < TENSORS; row++) {
        if (alpha && row == BEHIND)
            name[tensors++] = "alpha";
        name[tensors++] = tensor_rows[row].name;
    }
    return snapshot_new(fixture->settings.layers, tensors, name);
}

/* What stands for a tensor in the table above. */
static int row_of(const struct snapshot *now, int tensor)
{
    for (int row = 0; row < TENSORS; row++)
        if (strcmp(tensor_rows[row].name, snapshot_tensor(now, tensor)) == 0)
            return row;
    return BEHIND;
}

/* How far the stack has collapsed: 0 at the start, towards 1 where nothing saves it. */
static double collapse_of(const struct fixture *fixture, enum side side, int64_t step)
{
    return fmin(fmax(-slope_of(fixture, side, step), 0) / 4, 1);
}

/* The points of a sublayer between the gradients at its input and its output: a norm divides by the
 * size of what goes into it, forward and backward; f makes gradients smaller, and the join is what
 * is left to explain. */
static void measure_sublayer(struct snapshot *now, int sublayer, int block,
                             const struct placement_row *placement, double x, double gradient_in,
                             double gradient_out)
{
    enum { IN = FLOW_NORM_IN, BRANCH = FLOW_BRANCH, NORMED = FLOW_NORM_BRANCH };
    const double a = placement->skip == SKIP_DEPTH ? 1.86 : 1;
    const double b = placement->scale == SCALE_LEARNED ? 0.2 : 1;
    double into = placement->norm_in ? 1 : x, branch = 0.9 * into;
    double added = b * (placement->norm_branch ? 1 : branch), sum = hypot(a * x, added);
    double out = placement->norm_out ? 1 : sum;
    double d_sum = placement->norm_out ? gradient_out / sum : gradient_out;
    double d_branch = placement->norm_branch ? b * d_sum / branch : b * d_sum;
    const double rms[FLOW_POINTS] = {
        x, placement->norm_in ? 1 : NAN, branch, placement->norm_branch ? 1 : NAN, sum, out};
    const double grad[FLOW_POINTS] = {gradient_in, placement->norm_in ? 0.6 * d_branch : NAN,
                                      d_branch,    placement->norm_branch ? b * d_sum : NAN,
                                      d_sum,       gradient_out};
    const double rstd[FLOW_NORMS] = {placement->norm_in ? 1 / x : NAN,
                                     placement->norm_branch ? 1 / branch : NAN,
                                     placement->norm_out ? 1 / sum : NAN};
    for (int point = 0; point < FLOW_POINTS; point++) {
        snapshot_room(now, quantity_flow_rms[sublayer], point)[block] = (float)rms[point];
        snapshot_room(now, quantity_flow_grad[sublayer], point)[block] = (float)grad[point];
    }
    for (int norm = 0; norm < FLOW_NORMS; norm++)
        snapshot_room(now, quantity_flow_rstd[sublayer], norm)[block] = (float)rstd[norm];
}

/* What is measured in some steps only is not. */
static void forget_details(struct snapshot *now)
{
    for (int q = 0; q < QUANTITIES; q++)
        for (int i = 0; i < snapshot_arrays(now, (enum quantity)q); i++)
            for (int l = 0; l < quantity_length((enum quantity)q, now->layers); l++)
                if (quantity_table[q].when == WHEN_DETAIL)
                    snapshot_room(now, (enum quantity)q, i)[l] = NAN;
    now->detailed = false;
}

/* Needs the stream gradients; sets the sizes of the stream. */
static void measure_inner(const struct fixture *fixture, enum side side, struct snapshot *now)
{
    const struct stack_settings *stack = &fixture->settings.stack[side];
    const double collapse = collapse_of(fixture, side, now->step);
    const float *gradient = snapshot_array(now, QUANTITY_STREAM_GRAD, 0);
    float *size = snapshot_room(now, QUANTITY_STREAM_RMS, 0);
    const int layers = now->layers;
    size[0] = 1;
    now->detailed = now->step == 1 || now->step % 8 == 0;
    for (int l = 0; l < layers; l++) {
        enum placement place = placement_of_block(now->placement, l, layers);
        const struct placement_row *placement = &placement_table[place];
        double below = (double)gradient[l], above = (double)gradient[l + 1];
        double middle = stack->parallel ? above : sqrt(below * above) * (1 + 0.05 * noise(0, 3, l));
        measure_sublayer(now, 0, l, placement, (double)size[l], below, middle);
        double x = (double)snapshot_array(now, quantity_flow_rms[0], FLOW_OUT)[l];
        if (!stack->parallel)
            measure_sublayer(now, 1, l, placement, x, middle, above);
        size[l + 1] = snapshot_array(now, quantity_flow_rms[!stack->parallel], FLOW_OUT)[l];
        double cosine = placement->norm_out ? 0.7 + 0.25 * collapse : 1 - 0.4 / (l + 1.5);
        if (fixture->with_turns)
            cosine = 0.3 * l - 0.7 - 0.05 * (int)side;
        snapshot_room(now, QUANTITY_COSINE, 0)[l + 1] =
            (float)fmin(cosine + 0.02 * noise(now->step, 4, l), 1);
        snapshot_room(now, QUANTITY_SHARE, 0)[l] = (float)sqrt(2 - 2 * cosine);
        snapshot_room(now, QUANTITY_ENTROPY, 0)[l] =
            (float)(0.55 + 0.4 * collapse + 0.1 * noise(0, 5, l));
    }
    for (int l = 0; l <= layers; l++)
        snapshot_room(now, QUANTITY_SIMILARITY, 0)[l] =
            (float)(0.1 + (0.25 + 0.6 * collapse) * l / layers + 0.03 * noise(0, 6, l));
    if (!now->detailed)
        forget_details(now);
}

/* Tensor t of the blocks; returns the square of its gradient, where it counts. */
static double measure_tensor(struct snapshot *now, int t)
{
    const int row = row_of(now, t);
    const bool alpha = strcmp(tensor_rows[row].name, snapshot_tensor(now, t)) != 0;
    double square = 0;
    for (int l = 0; l < now->layers; l++) {
        float gradient = snapshot_array(now, QUANTITY_STREAM_GRAD, 0)[l + 1] *
                         tensor_rows[row].gradient *
                         (float)pow(10, 0.1 * noise(now->step / 8, 20 + row, l));
        snapshot_room(now, QUANTITY_PARAM_GRAD, t)[l] = gradient;
        /* Adam's update does not grow with the gradient, until that is tiny */
        snapshot_room(now, QUANTITY_UPDATE_RATIO, t)[l] =
            (float)(snapshot_scalar(now, QUANTITY_LR) * 3 / tensor_rows[row].weight * gradient /
                    (gradient + 1e-5F));
        snapshot_room(now, QUANTITY_WEIGHT, t)[l] =
            tensor_rows[row].weight *
            (1 + (float)now->step / 2000 * (float)(l + 1) / (float)now->layers);
        square += alpha ? 0 : (double)gradient * gradient;
        if (strcmp(snapshot_tensor(now, t), "alpha") == 0)
            snapshot_room(now, QUANTITY_UPDATE_RATIO, t)[l] = NAN;
    }
    return square;
}

static void measure(struct fixture *fixture, enum side side, int64_t step)
{
    const struct settings *settings = &fixture->settings;
    struct snapshot *now = blank(fixture, side);
    const int layers = settings->layers;
    const double slope = slope_of(fixture, side, step);
    double square = 0;
    snapshot_free(fixture->snapshot[side]);
    fixture->snapshot[side] = now;
    now->step = step;
    now->placement = settings->stack[side].placement;
    now->norm = settings->stack[side].norm;
    now->finite = true;
    snapshot_set(now, QUANTITY_LOSS, loss_of(fixture, side, step));
    if (fixture->with_held_out && step % 10 == 1)
        snapshot_set(now, QUANTITY_VALID_LOSS, loss_of(fixture, side, step) + 0.2);
    snapshot_set(now, QUANTITY_LR, settings_lr(settings, step));
    snapshot_set(now, QUANTITY_CLIP, 1);
    float *gradient = snapshot_room(now, QUANTITY_STREAM_GRAD, 0);
    for (int l = 0; l <= layers; l++) {
        double place = 1 - (double)l / layers;
        gradient[l] =
            (float)(0.041 * pow(10, slope * place + 0.05 * noise(step / 8, 2 + (int)side, l)));
    }
    measure_inner(fixture, side, now);
    snapshot_set(now, QUANTITY_RATIO, (double)gradient[0] / (double)gradient[layers]);
    for (int t = 0; t < now->tensors; t++)
        square += measure_tensor(now, t);
    snapshot_set(now, QUANTITY_GRAD_NORM, sqrt(square));
}

static void make_not_finite(struct snapshot *snapshot, struct fault fault)
{
    snapshot->finite = false;
    snapshot->fault = fault;
    snapshot_set(snapshot, QUANTITY_LOSS, NAN);
    snapshot_set(snapshot, QUANTITY_RATIO, NAN);
    snapshot_set(snapshot, QUANTITY_GRAD_NORM, NAN);
    for (int l = 0; l <= snapshot->layers; l++)
        snapshot_room(snapshot, QUANTITY_STREAM_GRAD, 0)[l] = NAN;
    forget_details(snapshot);
    for (int t = 0; t < snapshot->tensors; t++)
        for (int l = 0; l < snapshot->layers; l++)
            snapshot_room(snapshot, QUANTITY_PARAM_GRAD, t)[l] =
                snapshot_room(snapshot, QUANTITY_UPDATE_RATIO, t)[l] = NAN;
}

void fixture_fit_axis(struct fixture *fixture)
{
    bars_fit_axis(&fixture->scene);
}

/* Adds a step; the right stack is not finite in it where the fault says so. */
static void add_step(struct fixture *fixture, int64_t step, struct fault fault)
{
    measure(fixture, LEFT, step);
    measure(fixture, RIGHT, step);
    if (fault.place != FAULT_NONE && step >= fault.step)
        make_not_finite(fixture->snapshot[RIGHT], fault);
    history_add(&fixture->history, fixture->snapshot[LEFT], fixture->snapshot[RIGHT]);
    if (fixture->scene.data.runs)
        runs_step(&fixture->runs, fixture->snapshot[LEFT], fixture->snapshot[RIGHT]);
    if (fixture->scene.data.events)
        events_step(&fixture->events, &fixture->history, &fixture->settings);
    fixture_fit_axis(fixture);
}

void fixture_train_until_fault(struct fixture *fixture, int64_t last, struct fault fault)
{
    for (int64_t step = history_newest(&fixture->history) + 1; step <= last; step++)
        add_step(fixture, step, fault);
    fixture->scene.data.rate = 14.9;
}

void fixture_age(struct fixture *fixture, int64_t factor)
{
    const int64_t newest = factor * history_newest(&fixture->history);
    fixture->history.stride *= factor;
    add_step(fixture, newest + 1, (struct fault){0});
}

void fixture_train(struct fixture *fixture, int64_t last)
{
    fixture_train_until_fault(fixture, last, (struct fault){0});
}

void fixture_branch(struct fixture *fixture, int64_t step)
{
    const struct history_anchor anchor = history_anchor(&fixture->history, step);
    measure(fixture, LEFT, step);
    measure(fixture, RIGHT, step);
    history_truncate(&fixture->history, &anchor, fixture->snapshot[LEFT], fixture->snapshot[RIGHT]);
    axis_reset(&fixture->scene.look.bars.axis);
    fixture_fit_axis(fixture);
}

/* ---- attention ---- */

/* Each head looks back by another distance. */
static void fill_head(struct attention_maps *maps, enum side side, int head)
{
    const int count = maps->count;
    for (int query = 0; query < count; query++)
        for (int key = 0; key < count; key++) {
            float *share = &maps->share[(head * count + query) * count + key];
            if (key > query)
                *share = NAN;
            else if (side == RIGHT)
                *share = 1;
            else
                *share = query - key == head ? (float)(maps->from + query + 1) / 2 : 0.5F;
        }
    maps->entropy[head] = side == RIGHT ? 1 : 0.2F + 0.05F * (float)head;
}

void fixture_attend(struct fixture *fixture, int64_t step, int heads, int tokens)
{
    const int count = tokens < ATTENTION_SIDE ? tokens : ATTENTION_SIDE;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct attention_maps *maps = memory_new(1, sizeof *maps);
        *maps = (struct attention_maps){.look = {.on = true, .sequence = -1},
                                        .step = step,
                                        .finite = true,
                                        .sequence = -1,
                                        .sequences = 16,
                                        .heads = heads,
                                        .tokens = tokens,
                                        .count = count};
        maps->entropy = memory_new((size_t)heads, sizeof *maps->entropy);
        maps->share = memory_new((size_t)(heads * count * count), sizeof *maps->share);
        for (int head = 0; head < heads; head++)
            fill_head(maps, side, head);
        fixture->scene.data.attention[side] = fixture->attention[side] = maps;
    }
    fixture->scene.look.anatomy.maps = true;
}

/* ---- samples ---- */

/* The fixture's alphabet: the newline, the blank, the full stop, a to z. */
enum { PROMPT = 16, LETTERS = 29 };

static int16_t token_of(char c)
{
    return (int16_t)(c == '\n' ? 0 : c == ' ' ? 1 : c == '.' ? 2 : c - 'a' + 3);
}

static void name_letters(struct task_symbols *symbols)
{
    static const char *const signs[] = {"⏎", "␣", "."};
    *symbols = (struct task_symbols){0};
    for (int i = 0; i < LETTERS; i++)
        if (i < 3)
            strcpy(symbols->text[i], signs[i]);
        else
            snprintf(symbols->text[i], TASK_SYMBOL_SIZE, "%c", 'a' + i - 3);
}

/* Sure within words, less so where one begins. */
static float sureness(enum side side, const char *written, int at, int64_t step)
{
    const double wobble = noise(step, 3 + (int)side, at);
    if (side == RIGHT)
        return (float)(0.06 + 0.05 * wobble);
    return (float)(at > 0 && written[at - 1] == ' ' ? 0.3 + 0.2 * wobble : 0.9 + 0.09 * wobble);
}

static void add_text(struct sample *sample, enum side side, const char *text, int prompt)
{
    struct sample_text *to = &sample->text[sample->texts++];
    for (int i = 0; text[i] && i < SAMPLE_TOKENS; i++) {
        to->token[i] = token_of(text[i]);
        to->right[i] = -1;
        to->probability[i] = i < prompt ? NAN : sureness(side, text, i, sample->step);
        to->count = i + 1;
    }
}

void fixture_write(struct fixture *fixture, int64_t step)
{
    static const char *const texts[SIDES][3] = {
        [LEFT] = {"hine mislaid shadows for extra credit.\nthe kettle drums upside down.\nsteaming "
                  "geese multiplied the puppets twice a week.\nno",
                  "tle drums despite hurricanes.\nadmiral butterscotch outgrew every jelly until "
                  "thursday.\nthe elephants dreamt of history homew",
                  "icent history hummed to itself.\nnobody saw the numbers.\na whole week of tea "
                  "and alibis went by.\nthe peacock obviously knew"},
        [RIGHT] = {"hine mislaid sha inad\nnialomn\nte  ed lplnmbterb r\nssatt etk   suidfgnesap\n"
                   "rusloruees  wnoyasla  chdmwisya slte lcts sevpmttsmi",
                   "tle drums despit tckterg ai hciapesyt ntehirhosucrw iatcpirmee thaa ge e kaen"
                   "  s dbb s stthee  \n loeog buuoctui wilhe",
                   "icent history hu aepaeuauelh wgssrugesnwulm dec ieu ast . cisgtddsntsre el"
                   "ndri i mtoapus  aegakeeir abtiptprpedaih s  sw"}};
    struct sample sample[SIDES];
    name_letters(&fixture->symbols);
    for (enum side side = LEFT; side < SIDES; side++) {
        static const char *const first[SIDES] = {"dks", " et"};
        sample[side] = (struct sample){.step = step, .finite = true};
        for (int i = 0; i < 3; i++)
            add_text(&sample[side], side, texts[side][i], PROMPT);
        for (int i = 0; i < SAMPLE_GUESSES; i++)
            sample[side].guess[i] = (struct sample_guess){
                token_of(first[side][i]), side == LEFT ? 0.6F / (float)(i + 1) : 0.12F};
    }
    sample_history_add(&fixture->samples, sample);
}

void fixture_write_bytes(struct fixture *fixture, int64_t step)
{
    /* The prompt ends within the first Cyrillic letter of the second line. */
    static const char text[] = "\xA4漢字 ok\n\xD0\x9Fривет, Ёж.\n"
                               "שלום\xE2\x80\xAE.\nCafe\xCC\x81 😀 ไม่\n\xE6\xBC!\tz\xFF";
    struct sample sample[SIDES];
    struct task_symbols *symbols = &fixture->symbols;
    *symbols = (struct task_symbols){.bytes = true};
    for (int i = 0; i < TASK_SYMBOLS; i++) {
        symbols->byte[i] = (unsigned char)i;
        snprintf(symbols->text[i], TASK_SYMBOL_SIZE, i > ' ' && i <= '~' ? "%c" : "\\x%02X", i);
    }
    strcpy(symbols->text[' '], "␣");
    strcpy(symbols->text['\n'], "⏎");
    strcpy(symbols->text['\t'], "⇥");
    for (enum side side = LEFT; side < SIDES; side++) {
        sample[side] = (struct sample){.step = step, .finite = true, .texts = 1};
        struct sample_text *to = &sample[side].text[0];
        for (int i = 0; text[i]; i++) {
            to->token[i] = (unsigned char)text[i];
            to->right[i] = -1;
            to->probability[i] = i < PROMPT - 4 ? NAN : sureness(side, text, i, step);
            to->count = i + 1;
        }
        for (int i = 0; i < SAMPLE_GUESSES; i++)
            sample[side].guess[i] = (struct sample_guess){(int16_t)(0xCF + i), 0.4F};
    }
    sample_history_add(&fixture->samples, sample);
}

void fixture_answer(struct fixture *fixture, int64_t step)
{
    enum { SUMS = 6, PARTS = 5, MODULUS = 31 };
    struct sample sample[SIDES];
    struct task_symbols *symbols = &fixture->symbols;
    *symbols = (struct task_symbols){.apart = true};
    for (int i = 0; i < MODULUS + 2; i++)
        snprintf(symbols->text[i], TASK_SYMBOL_SIZE,
                 i < MODULUS    ? "%d"
                 : i == MODULUS ? "+"
                                : "=",
                 i);
    for (enum side side = LEFT; side < SIDES; side++) {
        sample[side] = (struct sample){.step = step, .finite = true, .texts = 2};
        for (int i = 0; i < 2 * SUMS * PARTS; i++) {
            struct sample_text *text = &sample[side].text[i / (SUMS * PARTS)];
            const int sum = i / PARTS, a = sum * 7 % MODULUS, b = sum * 11 % MODULUS;
            const int c = (a + b) % MODULUS, part = i % PARTS;
            const int written = side == RIGHT && sum % 3 > 0 ? (c + sum) % MODULUS : c;
            const int tokens[PARTS] = {a, MODULUS, b, MODULUS + 1, written};
            text->token[text->count] = (int16_t)tokens[part];
            text->right[text->count] = (int16_t)(part == PARTS - 1 ? c : -1);
            text->probability[text->count++] = part < PARTS - 1 ? NAN
                                               : side == LEFT   ? 0.97F
                                                                : 0.04F;
        }
        for (int i = 0; i < SAMPLE_GUESSES; i++)
            sample[side].guess[i] =
                (struct sample_guess){(int16_t)(5 * i), 0.9F / (float)(i * i + 1)};
    }
    sample_history_add(&fixture->samples, sample);
}

/* By an app that has nothing but the scene. */
const char *fixture_press(struct fixture *fixture, int code, int rows, int cols)
{
    static char said[MESSAGE_SIZE];
    struct stage stage;
    struct app *app = memory_new(1, sizeof *app);
    stage_open(&stage, rows, cols);
    app->surface = &stage.screen.surface;
    app->scene = fixture->scene;
    app->canvas.rows = rows;
    app->canvas.cols = cols;
    app_take_key(app, code);
    fixture->scene = app->scene;
    memcpy(said, app->message, sizeof said);
    stage_close(&stage);
    free(app);
    return said;
}

char *fixture_screen(const struct fixture *fixture, int rows, int cols)
{
    struct canvas canvas;
    canvas_open(&canvas, rows, cols);
    view_screen(&canvas, &fixture->scene);
    char *text = canvas_to_text(&canvas);
    canvas_close(&canvas);
    return text;
}
