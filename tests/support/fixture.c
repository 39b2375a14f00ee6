/* See fixture.h. */
#include "support/fixture.h"

#include "core/rng.h"
#include "ui/views.h"

#include <math.h>
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
        .entropy_rate = 0.52,
    };
    history_open(&fixture->history);
    history_set_unit(&fixture->history, fixture->task.unigram_entropy);
    fixture->scene = (struct scene){
        .settings = &fixture->settings,
        .task = &fixture->task,
        .history = &fixture->history,
        .parameters = {303000, 303000},
        .running = true,
        .rate = NAN,
        .message = "",
    };
    scene_set_defaults(&fixture->scene);
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

/* Two tensors more, one of them between the others. */
static void add_alpha(struct snapshot *now)
{
    enum { BEHIND = 6 };
    memmove(&now->tensor[BEHIND + 1], &now->tensor[BEHIND],
            (size_t)(now->tensors - BEHIND) * sizeof now->tensor[0]);
    now->tensor[BEHIND].name = "attn.alpha";
    now->tensor[now->tensors + 1] = now->tensor[BEHIND];
    now->tensor[now->tensors + 1].name = "ffn.alpha";
    for (int l = 0; l < now->layers; l++)
        now->tensor[BEHIND].update_ratio[l] = NAN;
    now->tensors += 2;
}

static void measure(struct fixture *fixture, enum side side, int64_t step)
{
    const struct settings *settings = &fixture->settings;
    struct snapshot *now = &fixture->snapshot[side];
    int layers = settings->layers;
    *now = (struct snapshot){
        .step = step,
        .placement = settings->stack[side].placement,
        .norm = settings->stack[side].norm,
        .layers = layers,
        .loss = loss_of(fixture, side, step),
        .valid_loss =
            fixture->with_held_out && step % 10 == 1 ? loss_of(fixture, side, step) + 0.2 : NAN,
        .lr =
            schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, step),
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
    double square = 0;
    for (int t = 0; t < TENSORS; t++) {
        now->tensor[t].name = tensor_rows[t].name;
        for (int l = 0; l < layers; l++) {
            float gradient = now->stream_grad[l + 1] * tensor_rows[t].gradient *
                             (float)pow(10, 0.1 * noise(step / 8, 20 + t, l));
            now->tensor[t].grad[l] = gradient;
            /* Adam's update does not grow with the gradient, until that is tiny */
            now->tensor[t].update_ratio[l] =
                (float)(now->lr * 3 / tensor_rows[t].weight * gradient / (gradient + 1e-5F));
            now->tensor[t].weight[l] =
                tensor_rows[t].weight * (1 + (float)step / 2000 * (float)(l + 1) / (float)layers);
            square += (double)gradient * gradient;
        }
    }
    now->grad_norm = sqrt(square);
    if (fixture->with_alpha && side == RIGHT)
        add_alpha(now);
}

static void make_not_finite(struct snapshot *snapshot, struct fault fault)
{
    snapshot->finite = false;
    snapshot->fault = fault;
    snapshot->loss = NAN;
    for (int l = 0; l <= snapshot->layers; l++)
        snapshot->stream_grad[l] = NAN;
    for (int t = 0; t < snapshot->tensors; t++)
        for (int l = 0; l < snapshot->layers; l++)
            snapshot->tensor[t].grad[l] = snapshot->tensor[t].update_ratio[l] = NAN;
    snapshot->ratio = snapshot->grad_norm = NAN;
}

void fixture_fit_axis(struct fixture *fixture)
{
    double least, most;
    view_bar_range(&fixture->scene, &least, &most);
    axis_update(&fixture->scene.axis, least, most);
}

void fixture_train_until_fault(struct fixture *fixture, int64_t last, struct fault fault)
{
    for (int64_t step = fixture->history.last[LEFT].step + 1; step <= last; step++) {
        measure(fixture, LEFT, step);
        measure(fixture, RIGHT, step);
        if (fault.place != FAULT_NONE && step >= fault.step)
            make_not_finite(&fixture->snapshot[RIGHT], fault);
        history_add(&fixture->history, fixture->snapshot);
        fixture_fit_axis(fixture);
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
