/* See fixture.h. */
#include "support/fixture.h"

#include "core/rng.h"
#include "ui/views.h"

#include <math.h>
#include <string.h>

static const char *const tensor_names[] = {"attn.qkv.weight", "attn.proj.weight", "mlp.fc.weight",
                                           "mlp.proj.weight"};
enum { TENSORS = sizeof tensor_names / sizeof tensor_names[0] };

void fixture_open(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->settings = (struct settings){
        .placement = {[LEFT] = PLACEMENT_PRE, [RIGHT] = PLACEMENT_POST},
        .norm = NORM_LAYERNORM,
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
        .entropy_rate = 0.52,
    };
    history_open(&fixture->history);
    fixture->scene = (struct scene){
        .settings = &fixture->settings,
        .task = &fixture->task,
        .history = &fixture->history,
        .parameters = {303000, 303000},
        .running = true,
        .rate = NAN,
        .message = "",
    };
}

void fixture_close(struct fixture *fixture)
{
    history_close(&fixture->history);
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

static void measure(struct fixture *fixture, enum side side, int64_t step)
{
    const struct settings *settings = &fixture->settings;
    struct snapshot *now = &fixture->snapshot[side];
    int layers = settings->layers;
    *now = (struct snapshot){
        .step = step,
        .placement = settings->placement[side],
        .norm = settings->norm,
        .layers = layers,
        .loss = loss_of(fixture, side, step),
        .valid_loss = NAN,
        .lr =
            schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, step),
        .grad_norm = 1.2,
        .clip = 1,
        .tensors = TENSORS,
        .finite = true,
    };
    double slope = slope_of(fixture, side, step);
    for (int l = 0; l <= layers; l++) {
        double place = 1 - (double)l / layers;
        now->stream_grad[l] =
            (float)(0.041 * pow(10, slope * place + 0.05 * noise(step / 8, 2 + (int)side, l)));
        now->stream_rms[l] = 1;
    }
    now->ratio = (double)now->stream_grad[0] / (double)now->stream_grad[layers];
    for (int t = 0; t < TENSORS; t++) {
        now->tensor[t].name = tensor_names[t];
        for (int l = 0; l < layers; l++)
            now->tensor[t].grad[l] = now->stream_grad[l + 1] * (float)(2 + t);
    }
}

static void make_not_finite(struct snapshot *snapshot, struct fault fault)
{
    snapshot->finite = false;
    snapshot->fault = fault;
    snapshot->loss = NAN;
    for (int l = 0; l <= snapshot->layers; l++)
        snapshot->stream_grad[l] = NAN;
}

void fixture_train_until_fault(struct fixture *fixture, int64_t last, struct fault fault)
{
    for (int64_t step = fixture->history.last[LEFT].step + 1; step <= last; step++) {
        measure(fixture, LEFT, step);
        measure(fixture, RIGHT, step);
        if (fault.place != FAULT_NONE && step >= fault.step)
            make_not_finite(&fixture->snapshot[RIGHT], fault);
        history_add(&fixture->history, fixture->snapshot);
        double least, most;
        view_bar_range(&fixture->scene, &least, &most);
        axis_update(&fixture->scene.axis, least, most);
    }
    fixture->scene.rate = 14.9;
}

void fixture_train(struct fixture *fixture, int64_t last)
{
    fixture_train_until_fault(fixture, last, (struct fault){0});
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
