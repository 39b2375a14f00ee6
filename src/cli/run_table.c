/* See run_table.h. */
#include "cli/run_table.h"

#include "base/clock.h"
#include "screen/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Rows of a table of a known number of steps, about; and seconds between two lines of the step
 * under way. */
enum { ROWS = 20 };
static const double live_seconds = 0.1;

struct run_table run_table_open(const struct settings *settings, double without_context,
                                double current_token, int64_t every, bool live)
{
    struct run_table table = {.settings = settings,
                              .known = without_context > 0,
                              .every = every,
                              .live = live,
                              .shown = clock_seconds()};
    for (int side = 0; side < SIDES; side++)
        table.verdict[side] = verdict_open(without_context, current_token);
    return table;
}

static void title_of(const struct run_table *table, int side, char title[TEXT_TITLE])
{
    const struct stack_settings *stack = &table->settings->stack[side];
    text_title(title, stack->placement, stack->norm);
}

void run_table_head(const struct run_table *table, FILE *out)
{
    char title[SIDES][TEXT_TITLE];
    for (int side = 0; side < SIDES; side++)
        title_of(table, side, title[side]);
    fprintf(out,
            "loss: smoothed, nats per token; part: of the %s;\n"
            "ratio: gradient of the stream at the first layer over that at the last\n\n",
            table->known ? "loss without context" : "first loss");
    fprintf(out, "%8s  left %-21.21s  right %.20s\n", "", title[LEFT], title[RIGHT]);
    fprintf(out, "%8s%9s%7s%10s  %9s%7s%10s  %9s\n", "step", "loss", "part", "ratio", "loss",
            "part", "ratio", "lr");
}

/* 1, 2 or 5 times a power of ten, and at least that. */
static int64_t round_up(int64_t least)
{
    static const int factors[] = {1, 2, 5};
    for (int64_t power = 1;; power *= 10)
        for (int i = 0; i < 3; i++)
            if (factors[i] * power >= least)
                return factors[i] * power;
}

/* Rows that thin out where the end is not known. */
static bool has_row(const struct run_table *table, int64_t step)
{
    const int64_t steps = table->settings->steps;
    int64_t every = table->every;
    if (every == 0)
        every = round_up((steps > 0 ? steps : step) / ROWS + 1);
    return step % every == 0;
}

/* Of one stack: 26 columns, with a blank in front. */
static void write_stack(const struct verdict *verdict, double ratio, FILE *out)
{
    char loss[TEXT_NUMBER], part[TEXT_NUMBER], shown[TEXT_NUMBER], stop[32];
    if (verdict->fault_step > 0) {
        snprintf(stop, sizeof stop, "diverged at %" PRId64, verdict->fault_step);
        fprintf(out, "%26.26s", stop);
        return;
    }
    text_loss(loss, verdict_loss(verdict));
    snprintf(part, sizeof part, "%.2f", verdict_part(verdict));
    text_ratio(shown, ratio);
    fprintf(out, "%9s%7s%10s", loss, part, shown);
}

void run_table_step(struct run_table *table, int64_t step, const struct run_table_stack now[SIDES],
                    double lr, bool last, FILE *out)
{
    for (int side = 0; side < SIDES; side++)
        verdict_feed(&table->verdict[side], step, now[side].loss, now[side].finite);
    const bool row = has_row(table, step) || last;
    const double time = clock_seconds();
    if (!row && (!table->live || time < table->shown + live_seconds))
        return;
    table->shown = time;
    fprintf(out, "%s%8" PRId64, table->live ? "\r" : "", step);
    write_stack(&table->verdict[LEFT], now[LEFT].ratio, out);
    fputs("  ", out);
    write_stack(&table->verdict[RIGHT], now[RIGHT].ratio, out);
    fprintf(out, "  %9.3g%s", lr, row ? "\n" : "");
}

/* "left  Pre-LN: learns, first at step 141; loss 0.812, part 0.26" */
static void write_verdict(const struct run_table *table, int side, bool over, FILE *out)
{
    const struct verdict *verdict = &table->verdict[side];
    const int warmup = table->settings->warmup;
    const enum verdict_kind kind =
        over ? verdict_at_end(verdict) : verdict_now(verdict, (int64_t)warmup);
    char title[TEXT_TITLE], loss[TEXT_NUMBER];
    title_of(table, side, title);
    fprintf(out, "%-5s %s: ", stack_names[side], title);
    if (kind == VERDICT_DIVERGED) {
        fprintf(out, "%s at step %" PRId64 "\n", verdict_table[kind].name, verdict->fault_step);
        return;
    }
    text_loss(loss, verdict_loss(verdict));
    if (kind == VERDICT_NONE)
        fprintf(out, "too early for a verdict%s; ", warmup > 0 ? ", so near to the warmup" : "");
    else if (kind == VERDICT_LEARNS)
        fprintf(out, "%s, first at step %" PRId64 "; ", verdict_table[kind].name,
                verdict->learn_step);
    else
        fprintf(out, "%s; ", verdict_table[kind].name);
    fprintf(out, "loss %s, part %.2f\n", loss, verdict_part(verdict));
}

void run_table_end(const struct run_table *table, bool over, FILE *out)
{
    const int64_t steps = table->verdict[LEFT].step;
    if (table->live && !over)
        fprintf(out, "\r%*s\r", RUN_TABLE_COLUMNS, "");
    if (steps == 0)
        return;
    fprintf(out, "\n%s %" PRId64 " steps:\n", over ? "after" : "stopped after", steps);
    for (int side = 0; side < SIDES; side++)
        write_verdict(table, side, over, out);
}
