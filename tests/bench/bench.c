/* The speed of a training step, as ratios within one run, since machines are noisy: against the
 * sgemm peak of the same core and, where python3 with torch is there, against PyTorch on the same
 * shape, with the two taking turns. Medians throughout. `make bench` runs it. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/system.h"
#include "core/blas.h"
#include "core/kernels.h"
#include "lab/lab.h"
#include "train/pair.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 400, ROUNDS = 3 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

/* ---- what is measured -------------------------------------------------------------------------*/

struct shape {
    int layers, width;
};

static struct settings settings_of(struct shape shape, int batch)
{
    struct settings settings = settings_default();
    settings.layers = shape.layers;
    settings.width = shape.width;
    settings.heads = shape.width / 16;
    settings.ffn = 4 * shape.width;
    settings.batch = batch;
    return settings;
}

/* Floating-point operations of a step: two per multiplication, three products per matrix (forward,
 * and two backward), and attention's over all pairs of tokens, as PyTorch computes them. */
static double operations(const struct settings *s, int vocab)
{
    const double D = s->width, F = s->ffn, N = (double)s->batch * s->context;
    const double matrices = s->layers * (4 * D * D + 2 * D * F) + (double)vocab * D;
    return 6 * N * matrices + 12 * N * s->context * D * s->layers;
}

static double sgemm_peak(void)
{
    enum { SIZE = 1024, REPEATS = 7 };
    float *a = memory_new(SIZE * SIZE, sizeof *a), *b = memory_new(SIZE * SIZE, sizeof *b);
    float *c = memory_new(SIZE * SIZE, sizeof *c);
    double best = INFINITY;
    for (int i = 0; i < SIZE * SIZE; i++) {
        a[i] = (float)(i % 7);
        b[i] = (float)(i % 5);
    }
    for (int i = 0; i < REPEATS; i++) {
        double start = clock_seconds();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1, a, SIZE, b,
                    SIZE, 0, c, SIZE);
        best = fmin(best, clock_seconds() - start);
    }
    free(a);
    free(b);
    free(c);
    return 2.0 * SIZE * SIZE * SIZE / best;
}

/* A run that can be stepped and timed. */
struct subject {
    struct task *task;
    struct run run;
    struct team *team;
    struct parallel parallel;
    double seconds[STEPS_MAX];
    int steps;
};

static void subject_open(struct subject *subject, const struct settings *settings, int threads)
{
    struct error error;
    *subject = (struct subject){0};
    const struct task_setup setup = settings_task(settings);
    subject->task = task_open(&setup, &error);
    if (!subject->task || !run_open(&subject->run, settings, RIGHT, subject->task, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(1);
    }
    if (threads > 1) {
        subject->team = team_open(threads);
        subject->parallel = team_parallel(subject->team);
        subject->run.parallel = &subject->parallel;
    }
}

static void subject_close(struct subject *subject)
{
    team_close(subject->team);
    run_close(&subject->run);
    task_close(subject->task);
}

static void subject_step(struct subject *subject, int count)
{
    for (int i = 0; i < count && subject->steps < STEPS_MAX; i++) {
        double start = clock_seconds();
        run_step(&subject->run);
        subject->seconds[subject->steps++] = clock_seconds() - start;
    }
}

static double subject_time(struct subject *subject)
{
    return median(subject->seconds, subject->steps);
}

/* Enough steps for a steady median, in about half a second. */
static int steps_for(const struct settings *settings)
{
    int steps = (int)(40e9 / operations(settings, 33));
    return steps < 5 ? 5 : steps > 60 ? 60 : steps;
}

/* ---- PyTorch ----------------------------------------------------------------------------------*/

static const char *python_with_torch(void)
{
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++) {
        char command[128];
        snprintf(command, sizeof command, "%s -c 'import torch' 2>/dev/null", pythons[i]);
        if (system(command) == 0)
            return pythons[i];
    }
    return NULL;
}

/* Median seconds of PyTorch's step; NAN when it cannot be had. */
static double torch_time(const char *python, const struct settings *s, int vocab, int steps)
{
    char command[256];
    double milliseconds = NAN;
    if (!python)
        return NAN;
    snprintf(command, sizeof command,
             "%s tests/bench/torch_step.py %d %d %d %d %d %d %d post --steps %d", python, s->layers,
             s->width, s->heads, s->ffn, s->context, s->batch, vocab, steps);
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return NAN;
    if (fscanf(pipe, "%lf", &milliseconds) != 1)
        milliseconds = NAN;
    pclose(pipe);
    return milliseconds / 1e3;
}

static void bench_shapes(double peak)
{
    static const struct shape shapes[] = {{6, 64},   {12, 64}, {24, 64},
                                          {12, 128}, {6, 256}, {48, 32}};
    const char *python = python_with_torch();
    printf("One stack (post), one core, T=32 B=16 F=4D, heads of 16, whole step with AdamW\n");
    printf("   L    D   ms/step   GFLOP  GFLOP/s  of sgemm peak  PyTorch ms  times PyTorch\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct settings settings = settings_of(shapes[i], 16);
        struct subject subject;
        const int steps = steps_for(&settings);
        double torch[ROUNDS];
        subject_open(&subject, &settings, 1);
        const int vocab = task_info(subject.task).vocab;
        subject_step(&subject, 3);
        subject.steps = 0;
        for (int round = 0; round < ROUNDS; round++) {
            subject_step(&subject, steps);
            torch[round] = torch_time(python, &settings, vocab, steps);
        }
        const double seconds = subject_time(&subject), flop = operations(&settings, vocab);
        const double theirs = median(torch, ROUNDS);
        printf("%4d %4d %9.2f %7.2f %8.1f %13.0f%%", shapes[i].layers, shapes[i].width,
               1e3 * seconds, flop / 1e9, flop / seconds / 1e9, 100 * flop / seconds / peak);
        if (isnan(theirs))
            printf("%12s %14s\n", "-", "-");
        else
            printf("%12.2f %13.1fx\n", 1e3 * theirs, theirs / seconds);
        fflush(stdout);
        subject_close(&subject);
    }
}

/* ---- the own matrix product beside BLAS
 * --------------------------------------------------------*/

/* A layer y = x W^T and its gradients, as a model of this shape has it. */
struct layer {
    int rows, in, out;
    real *x, *w, *packed, *y; /* [rows][in], [out][in], packed, [rows][out] */
    real *dy, *dx, *dw;
};

enum product { FORWARD, BACKWARD_DATA, BACKWARD_WEIGHT, PRODUCTS };

static void layer_open(struct layer *layer, int rows, int in, int out)
{
    const size_t x = (size_t)(rows * in), w = (size_t)(out * in), y = (size_t)(rows * out);
    *layer = (struct layer){.rows = rows, .in = in, .out = out};
    layer->x = memory_new(x, sizeof(real));
    layer->dx = memory_new(x, sizeof(real));
    layer->w = memory_new(w, sizeof(real));
    layer->dw = memory_new(w, sizeof(real));
    layer->packed = memory_new(w, sizeof(real));
    layer->y = memory_new(y, sizeof(real));
    layer->dy = memory_new(y, sizeof(real));
    for (size_t i = 0; i < x; i++)
        layer->x[i] = (real)(i % 7);
    for (size_t i = 0; i < w; i++)
        layer->w[i] = (real)(i % 5);
    for (size_t i = 0; i < y; i++)
        layer->dy[i] = (real)(i % 3);
}

static void layer_close(struct layer *layer)
{
    real *const arrays[] = {layer->x,      layer->dx, layer->w, layer->dw,
                            layer->packed, layer->y,  layer->dy};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

/* As linear.c calls it: forward with weights that are packed already. */
static void multiply_own(const struct kernels *k, const struct layer *l, enum product product)
{
    struct matmul m = {.rows = l->rows,
                       .columns = l->out,
                       .depth = l->in,
                       .a = l->x,
                       .a_stride = (size_t)l->in,
                       .b = l->packed,
                       .b_packed = true,
                       .c = l->y};
    if (product == BACKWARD_DATA)
        m = (struct matmul){.rows = l->rows,
                            .columns = l->in,
                            .depth = l->out,
                            .a = l->dy,
                            .a_stride = (size_t)l->out,
                            .b = l->w,
                            .c = l->dx};
    if (product == BACKWARD_WEIGHT)
        m = (struct matmul){.rows = l->out,
                            .columns = l->in,
                            .depth = l->rows,
                            .a = l->dy,
                            .a_stride = (size_t)l->out,
                            .a_transposed = true,
                            .b = l->x,
                            .c = l->dw};
    k->matmul(&m);
}

static void multiply_blas(const struct layer *l, enum product product)
{
    if (product == FORWARD)
        blas_forward(l->y, l->x, l->w, l->rows, l->in, l->out);
    else if (product == BACKWARD_DATA)
        blas_backward_data(l->dx, l->dy, l->w, l->rows, l->in, l->out);
    else
        blas_backward_weight(l->dw, l->dy, l->x, l->rows, l->in, l->out);
}

/* BLAS's time as a multiple of the own product's, median of turns. */
static double gain(const struct kernels *kernels, const struct layer *l, enum product product)
{
    enum { TURNS = 9 };
    const double operations_each = 2.0 * l->rows * l->in * l->out;
    const int repeats = 1 + (int)(4e8 / operations_each);
    double ratio[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
        double start = clock_seconds();
        for (int i = 0; i < repeats; i++)
            multiply_own(kernels, l, product);
        const double own = clock_seconds() - start;
        start = clock_seconds();
        for (int i = 0; i < repeats; i++)
            multiply_blas(l, product);
        ratio[turn] = (clock_seconds() - start) / own;
    }
    return median(ratio, TURNS);
}

/* The layers of blocks with F = 4D; forward and dx for a shard's rows, dW for all. */
static void bench_matmul(void)
{
    static const int widths[] = {32, 64, 128, 256, 512, 1024};
    enum { SHARD = 128, ALL = 512 };
    const struct kernels *kernels = kernels_chosen();
    if (!kernels->matmul)
        return;
    printf(
        "\nThe own matrix product (%s): BLAS's time as a multiple of its own, weights in cache\n",
        kernels->name);
    printf("    W[out][in]   forward (%d rows)       dx (%d rows)       dW (%d rows)\n", SHARD,
           SHARD, ALL);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        const int D = widths[i], shapes[][2] = {{D, D}, {4 * D, D}, {D, 4 * D}};
        for (int shape = 0; shape < 3; shape++) {
            struct layer shard, all;
            layer_open(&shard, SHARD, shapes[shape][1], shapes[shape][0]);
            layer_open(&all, ALL, shapes[shape][1], shapes[shape][0]);
            kernels->pack(shard.w, shard.packed, shard.out, shard.in);
            printf("  %5d x %-5d %20.2f %18.2f %18.2f\n", shard.out, shard.in,
                   gain(kernels, &shard, FORWARD), gain(kernels, &shard, BACKWARD_DATA),
                   gain(kernels, &all, BACKWARD_WEIGHT));
            fflush(stdout);
            layer_close(&shard);
            layer_close(&all);
        }
    }
    printf("\n");
}

/* ---- the time by part: every kernel is wrapped in a stopwatch ---------------------------------*/

enum part {
    PART_PRODUCTS,
    PART_ATTENTION,
    PART_NORMS,
    PART_ELEMENTWISE,
    PART_LOSS,
    PART_OPTIMIZER,
    PART_MEASUREMENTS,
    PARTS
};

static const char *const part_names[PARTS] = {
    "matrix products", "attention",   "norms", "activations, biases, joins", "loss",
    "optimizer",       "measurements"};

static const struct kernels *wrapped;
static double part_seconds[PARTS];

#define TIMED(part, call)                                                                          \
    do {                                                                                           \
        double start = clock_seconds();                                                            \
        call;                                                                                      \
        part_seconds[part] += clock_seconds() - start;                                             \
    } while (0)

static void timed_matmul(const struct matmul *matmul)
{
    TIMED(PART_PRODUCTS, wrapped->matmul(matmul));
}

static void timed_pack(const real *from, real *to, int rows, int columns)
{
    TIMED(PART_PRODUCTS, wrapped->pack(from, to, rows, columns));
}

static void timed_norm_forward(const struct norm_rows *norm, real *y)
{
    TIMED(PART_NORMS, wrapped->norm_forward(norm, y));
}

static void timed_norm_backward(const struct norm_rows *norm, const real *dy, const real *skip,
                                real *dx)
{
    TIMED(PART_NORMS, wrapped->norm_backward(norm, dy, skip, dx));
}

static void timed_activation_forward(const struct activation_rows *rows)
{
    TIMED(PART_ELEMENTWISE, wrapped->activation_forward[ACTIVATION_GELU](rows));
}

static void timed_activation_backward(const struct activation_rows *rows)
{
    TIMED(PART_ELEMENTWISE, wrapped->activation_backward(rows));
}

static void timed_bias_forward(real *y, const real *bias, int rows, int width)
{
    TIMED(PART_ELEMENTWISE, wrapped->bias_forward(y, bias, rows, width));
}

static void timed_bias_backward(const real *dy, real *dbias, int rows, int width)
{
    TIMED(PART_ELEMENTWISE, wrapped->bias_backward(dy, dbias, rows, width));
}

static void timed_join_forward(const struct join_rows *join)
{
    TIMED(PART_ELEMENTWISE, wrapped->join_forward(join));
}

static void timed_attention_forward(const struct attention_head *head)
{
    TIMED(PART_ATTENTION, wrapped->attention_forward(head));
}

static void timed_attention_backward(const struct attention_head *head)
{
    TIMED(PART_ATTENTION, wrapped->attention_backward(head));
}

static double timed_cross_entropy(real *logits, int vocab, int target, double scale)
{
    double loss;
    TIMED(PART_LOSS, loss = wrapped->cross_entropy(logits, vocab, target, scale));
    return loss;
}

static double timed_sum_squares(const real *x, size_t count)
{
    double sum;
    TIMED(PART_MEASUREMENTS, sum = wrapped->sum_squares(x, count));
    return sum;
}

static struct update_sums timed_update(const struct update_rows *rows)
{
    struct update_sums sums;
    TIMED(PART_OPTIMIZER, sums = wrapped->update[OPTIMIZER_ADAMW](rows));
    return sums;
}

static void bench_parts(struct shape shape)
{
    struct settings settings = settings_of(shape, 16);
    struct subject subject;
    double whole = 0, named = 0;
    subject_open(&subject, &settings, 1);
    subject_step(&subject, 3);
    subject.steps = 0;
    wrapped = subject.run.model.kernels;
    struct kernels timed = *wrapped;
    timed.matmul = timed_matmul;
    timed.pack = timed_pack;
    timed.norm_forward = timed_norm_forward;
    timed.norm_backward = timed_norm_backward;
    timed.activation_forward[ACTIVATION_GELU] = timed_activation_forward;
    timed.activation_backward = timed_activation_backward;
    timed.bias_forward = timed_bias_forward;
    timed.bias_backward = timed_bias_backward;
    timed.join_forward = timed_join_forward;
    timed.attention_forward = timed_attention_forward;
    timed.attention_backward = timed_attention_backward;
    timed.cross_entropy = timed_cross_entropy;
    timed.sum_squares = timed_sum_squares;
    timed.update[OPTIMIZER_ADAMW] = timed_update;
    subject.run.model.kernels = &timed;
    memset(part_seconds, 0, sizeof part_seconds);
    subject_step(&subject, steps_for(&settings));
    for (int i = 0; i < subject.steps; i++)
        whole += subject.seconds[i];
    printf("\nTime by part, L=%d D=%d (%s)\n", shape.layers, shape.width, wrapped->name);
    for (int part = 0; part < PARTS; part++) {
        printf("  %-28s %7.3f ms %5.1f%%\n", part_names[part],
               1e3 * part_seconds[part] / subject.steps, 100 * part_seconds[part] / whole);
        named += part_seconds[part];
    }
    printf("  %-28s %7.3f ms %5.1f%%\n", "the rest", 1e3 * (whole - named) / subject.steps,
           100 * (whole - named) / whole);
    fflush(stdout);
    subject_close(&subject);
}

/* ---- threads ----------------------------------------------------------------------------------*/

static double pair_time(const struct settings *settings, int threads)
{
    struct settings own = *settings;
    struct pair pair;
    struct error error;
    double seconds[STEPS_MAX];
    const int steps = steps_for(settings);
    own.threads = threads;
    if (!pair_open(&pair, &own, &error)) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(1);
    }
    for (int i = -3; i < steps; i++) {
        double start = clock_seconds();
        pair_step(&pair);
        if (i >= 0)
            seconds[i] = clock_seconds() - start;
    }
    pair_close(&pair);
    return median(seconds, steps);
}

static double run_time(const struct settings *settings, int threads)
{
    struct subject subject;
    subject_open(&subject, settings, threads);
    subject_step(&subject, 3);
    subject.steps = 0;
    subject_step(&subject, steps_for(settings));
    double seconds = subject_time(&subject);
    subject_close(&subject);
    return seconds;
}

static void bench_threads(void)
{
    static const struct shape shapes[] = {{6, 64}, {12, 64}, {12, 128}};
    printf("\nThreads, medians of %d turns (needs two idle cores)\n", ROUNDS);
    printf("   L    D   one stack ms   both at once ms  speed kept   one stack, 2 threads ms  "
           "speed-up\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct settings settings = settings_of(shapes[i], 16);
        double alone[ROUNDS], both[ROUNDS], two[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            alone[round] = run_time(&settings, 1);
            both[round] = pair_time(&settings, 2);
            two[round] = run_time(&settings, 2);
        }
        const double one = median(alone, ROUNDS), pair = median(both, ROUNDS),
                     halves = median(two, ROUNDS);
        printf("%4d %4d %14.2f %17.2f %10.0f%% %25.2f %9.2f\n", shapes[i].layers, shapes[i].width,
               1e3 * one, 1e3 * pair, 100 * one / pair, 1e3 * halves, one / halves);
        fflush(stdout);
    }
}

/* ---- the lab ----------------------------------------------------------------------------------*/

static bool lab_is_stopped(void *argument)
{
    (void)argument;
    return false;
}

static bool lab_goes_on(void *argument, int trial)
{
    (void)argument, (void)trial;
    return true;
}

/* Seconds that a thread takes for a step, all that is around the steps included, when each of so
 * many threads trains a few stacks. */
static double lab_time(const struct settings *settings, int threads)
{
    enum { STEPS = 300, EACH = 2 };
    struct grid grid;
    struct error error;
    char seeds[32];
    int trials;
    grid_open(&grid, settings);
    grid.stacks = GRID_RIGHT;
    grid.settings.steps = STEPS;
    snprintf(seeds, sizeof seeds, "%d", threads * EACH);
    grid_set_seeds(&grid, seeds, &error);
    struct lab_row *row = memory_new((size_t)grid_trials(&grid), sizeof *row);
    int *list = lab_plan(&grid, row, (struct lab_part){1, 1}, &trials);
    const struct lab_request request = {.grid = &grid,
                                        .trial = list,
                                        .trials = trials,
                                        .row = row,
                                        .threads = threads,
                                        .stopped = lab_is_stopped,
                                        .done = lab_goes_on};
    const double start = clock_seconds();
    if (!lab_compute(&request, &error))
        fprintf(stderr, "bench: %s\n", error.text);
    const double seconds = clock_seconds() - start;
    free(list);
    free(row);
    grid_close(&grid);
    return seconds / (EACH * STEPS);
}

/* As many stacks as there are cores, each by itself, beside one alone; and beside the bare steps,
 * which leave out held-out losses and what is around a run. */
static void bench_lab(void)
{
    static const struct shape shapes[] = {{6, 64}, {12, 64}};
    const int cores = system_cores();
    printf("\nThe lab on %d cores, medians of %d turns (needs all of them idle)\n", cores, ROUNDS);
    printf("   L    D  bare step ms  a run's step: one alone  on all cores   of cores x one alone  "
           "of bare steps\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct settings settings = settings_of(shapes[i], 16);
        double bare[ROUNDS], alone[ROUNDS], all[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            bare[round] = run_time(&settings, 1);
            alone[round] = lab_time(&settings, 1);
            all[round] = lab_time(&settings, cores);
        }
        const double step = median(bare, ROUNDS), one = median(alone, ROUNDS);
        const double each = median(all, ROUNDS);
        printf("%4d %4d %13.2f %23.2f %13.2f %21.0f%% %13.0f%%\n", shapes[i].layers,
               shapes[i].width, 1e3 * step, 1e3 * one, 1e3 * each, 100 * one / each,
               100 * step / each);
        fflush(stdout);
    }
}

/* ---- growth -----------------------------------------------------------------------------------*/

static void bench_growth(void)
{
    static const int layers[] = {6, 12, 24, 48, 96}, batches[] = {4, 8, 16, 32};
    double first = 0;
    printf("\nGrowth, D=64, one core\n    L   ms/step  ms per layer  of that at L=6\n");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct settings settings = settings_of((struct shape){layers[i], 64}, 16);
        double per_layer = run_time(&settings, 1) / layers[i];
        first = i == 0 ? per_layer : first;
        printf("%5d %9.2f %13.3f %13.0f%%\n", layers[i], 1e3 * per_layer * layers[i],
               1e3 * per_layer, 100 * per_layer / first);
        fflush(stdout);
    }
    printf("    B   ms/step  ms per sequence  of that at B=4   (L=12)\n");
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        struct settings settings = settings_of((struct shape){12, 64}, batches[i]);
        double per_sequence = run_time(&settings, 1) / batches[i];
        first = i == 0 ? per_sequence : first;
        printf("%5d %9.2f %16.3f %13.0f%%\n", batches[i], 1e3 * per_sequence * batches[i],
               1e3 * per_sequence, 100 * per_sequence / first);
        fflush(stdout);
    }
}

/* Is this part wanted, where the words of the command line name some, or none: all of them? */
static bool is_wanted(const char *part, int words, char **word)
{
    bool named = words < 2;
    for (int i = 1; i < words; i++)
        named = named || strcmp(word[i], part) == 0;
    return named;
}

int main(int words, char **word)
{
    blas_open();
    const double peak = sgemm_peak();
    printf("sgemm peak of this core, 1024^3: %.1f GFLOP/s; kernels: %s\n\n", peak / 1e9,
           kernels_chosen()->name);
    if (is_wanted("shapes", words, word))
        bench_shapes(peak);
    if (is_wanted("matmul", words, word))
        bench_matmul();
    if (is_wanted("parts", words, word)) {
        bench_parts((struct shape){12, 64});
        bench_parts((struct shape){6, 256});
    }
    if (is_wanted("threads", words, word))
        bench_threads();
    if (is_wanted("lab", words, word))
        bench_lab();
    if (is_wanted("growth", words, word))
        bench_growth();
    printf("\nsgemm peak once more, at the end: %.1f GFLOP/s\n", sgemm_peak() / 1e9);
    return 0;
}
