/* What the screen costs and how fast it answers, in a real pseudo-terminal. `make bench-ui` runs
 * it; it needs an otherwise idle machine. The program is $LNSCOPE. */
#include "base/clock.h"
#include "support/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program(void)
{
    const char *path = getenv("LNSCOPE");
    return path ? path : "build/lnscope";
}

static struct console *start(const char *const *options, int rows, int cols)
{
    static const char *arguments[32];
    static const char *const environment[] = {"TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL",
                                              "NO_COLOR", NULL};
    int count = 0;
    arguments[count++] = program();
    while (*options)
        arguments[count++] = *options++;
    arguments[count] = NULL;
    return console_open(&(struct console_start){
        .arguments = arguments, .environment = environment, .rows = rows, .cols = cols});
}

/* The number behind `word` on the screen; -1 when it is not there. */
static double number_after(struct console *console, const char *word)
{
    const char *at = strstr(console_screen(console), word);
    return at ? strtod(at + strlen(word), NULL) : -1;
}

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

static double run_seconds(const char *options, int steps)
{
    char command[512];
    snprintf(command, sizeof command, "%s run %s --steps %d >/dev/null", program(), options, steps);
    double start_time = clock_seconds();
    if (system(command) != 0)
        exit(1);
    return clock_seconds() - start_time;
}

/* Steps per second of `lnscope run`, without its start; the output is thrown away. */
static double run_speed(const char *options, int steps)
{
    const double begin = run_seconds(options, 1);
    return (steps - 1) / (run_seconds(options, steps) - begin);
}

static double screen_speed(const char *const *options, double seconds)
{
    struct console *console = start(options, 36, 120);
    if (!console_wait_text(console, "step"))
        exit(1);
    const double begin = console_pump(console, 1), before = number_after(console, "step ");
    const double end = console_pump(console, seconds), after = number_after(console, "step ");
    const double speed = (after - before) / (end - begin);
    console_close(console);
    return speed;
}

/* In turns, since what else the machine does comes and goes. */
static void bench_speed(void)
{
    static const char *const small[] = {"--speed", "unlimited", "--fps", "30", NULL};
    static const char *const deep[] = {"--speed",  "unlimited", "--fps", "30",
                                       "--layers", "12",        NULL};
    static const struct {
        const char *title, *options;
        int steps;
        const char *const *screen;
    } shapes[] = {{"L=6", "", 400, small}, {"L=12", "--layers 12", 200, deep}};
    enum { TURNS = 5, SECONDS = 5 };
    printf("Steps per second of both stacks, 120x36, 30 frames a second, against `lnscope run`, "
           "medians of %d turns\n",
           TURNS);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        double run[TURNS], screen[TURNS], kept[TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            run[turn] = run_speed(shapes[i].options, shapes[i].steps);
            screen[turn] = screen_speed(shapes[i].screen, SECONDS);
            kept[turn] = screen[turn] / run[turn];
        }
        printf("  %-5s run %7.1f   screen %7.1f   kept %3.0f%%\n", shapes[i].title,
               median(run, TURNS), median(screen, TURNS), 100 * median(kept, TURNS));
    }
}

/* How often a synchronized update begins in the output from `at` on. */
static int frames_from(struct console *console, size_t at)
{
    int frames = 0;
    for (const char *next = console_output(console, NULL) + at;
         (next = strstr(next, "\033[?2026h")); next++)
        frames++;
    return frames;
}

/* Of the views that the keys lead to; P is the projector. */
static void bench_bytes(void)
{
    static const char *const options[] = {"--speed", "30", "--fps", "30", NULL};
    static const char *const keys[] = {"1", "2", "4", "5", "P"};
    enum { SECONDS = 6, SETTLED = 9 /* until the answer to the key is gone */ };
    printf("Bytes a frame at 120x36, 30 steps and frames a second, and in 3 s while paused:\n");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct console *console = start(options, 36, 120);
        size_t before, after, idle;
        if (!console_wait_text(console, "step"))
            exit(1);
        console_send(console, keys[i]);
        console_pump(console, SETTLED);
        console_output(console, &before);
        console_pump(console, SECONDS);
        console_output(console, &after);
        int frames = frames_from(console, before);
        console_send(console, " ");
        console_wait_text(console, "PAUSED");
        console_pump(console, 2);
        console_output(console, &idle);
        size_t paused = idle;
        console_pump(console, 3);
        console_output(console, &idle);
        printf("  key %s %6.0f   %zu\n", keys[i],
               (double)(after - before) / (frames > 0 ? frames : 1), idle - paused);
        console_close(console);
    }
}

/* From a key to its picture, while one step takes longer than a third of a second. */
static void bench_keys(void)
{
    static const char *const options[] = {"--speed", "unlimited", "--layers", "48",
                                          "--width", "128",       NULL};
    enum { KEYS = 100 };
    double waits[KEYS];
    struct console *console = start(options, 36, 120);
    if (!console_wait_text(console, "step 1"))
        exit(1);
    for (int i = 0; i < KEYS; i++) {
        console_pump(console, 0.05);
        double begin = clock_seconds();
        console_send(console, "?");
        if (i % 2 == 0)
            console_wait_text(console, "─ Help ─");
        else
            console_wait_no_text(console, "─ Help ─");
        waits[i] = clock_seconds() - begin;
    }
    double rate = number_after(console, "step ");
    const double middle = median(waits, KEYS);
    printf("Key to picture at L=48 D=128 (step %.0f by then): median %.1f ms, 99th percentile "
           "%.1f ms\n",
           rate, 1e3 * middle, 1e3 * waits[KEYS * 99 / 100]);
    console_close(console);
}

static void bench_start(void)
{
    static const char *const options[] = {NULL};
    enum { STARTS = 15 };
    double waits[STARTS];
    for (int i = 0; i < STARTS; i++) {
        double begin = clock_seconds();
        struct console *console = start(options, 36, 120);
        if (!console_wait_text(console, "RUNNING"))
            exit(1);
        waits[i] = clock_seconds() - begin;
        console_close(console);
    }
    const double middle = median(waits, STARTS);
    printf("Start to first frame (through a shell and the terminal): median %.0f ms, worst %.0f "
           "ms\n",
           1e3 * middle, 1e3 * waits[STARTS - 1]);
}

int main(void)
{
    bench_start();
    bench_bytes();
    bench_speed();
    bench_keys();
    return 0;
}
