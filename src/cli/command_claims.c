/* See command_claims.h. Owns the order of what is printed, and the handlers of the signals that end
 * it; what a claim is and how it is judged is claims/claims.h's business. */
#include "cli/command_claims.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/names.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 80, LABEL = 12, CLAIMS_MAX = 64, TEXT_DURATION = 24 };

enum { WHY = 120 };

/* What became of a claim, for the summary. */
struct outcome {
    const struct claim_row *row;
    bool holds;
    char why[WHY]; /* not: the first of its quantities that lies where it should not */
};

/* What the options ask for, and how far it has come. */
struct inquiry {
    enum format format;
    int claim[CLAIMS_MAX];
    int claims, reported, held;
    double start;                       /* clock_seconds() */
    double forecast;                    /* seconds that it will take, about */
    bool watched;                       /* a line on standard error tells how far it is */
    struct outcome outcome[CLAIMS_MAX]; /* [reported] */
    atomic_bool closed;                 /* the reader has gone, or what was printed is lost */
    int write_error;                    /* errno of what is lost; 0: nothing is */
    char broken[300];                   /* the claims that held and do not now: "a, b" */
};

static const char *verdict(bool holds)
{
    return holds ? "holds" : "does not hold here";
}

/* ---- text ------------------------------------------------------------------------------------*/

/* "  label     words", in as many lines as it takes. */
static void print_wrapped(FILE *out, const char *label, const char *text)
{
    if (!*text)
        return;
    int column = fprintf(out, "  %-*s", LABEL - 2, label);
    while (*text) {
        const int word = (int)strcspn(text, " ");
        if (column > LABEL && column + 1 + word > PAGE)
            column = fprintf(out, "\n%*s", LABEL, "") - 1;
        else if (column > LABEL)
            column += fprintf(out, " ");
        column += fprintf(out, "%.*s", word, text);
        text += word + (text[word] == ' ');
    }
    fputc('\n', out);
}

/* A number in a few digits, a whole one with all of them; "-" is what is not known. */
static void print_number(char *out, size_t size, double value)
{
    if (isnan(value))
        snprintf(out, size, "-");
    else
        snprintf(out, size, value == floor(value) && fabs(value) < 1e9 ? "%.0f" : "%.3g", value);
}

/* The range that the mean has to lie in. */
static void print_range(char *out, size_t size, const struct claim_quantity *quantity)
{
    if (quantity->least == quantity->most)
        snprintf(out, size, "exactly %.3g", quantity->least);
    else if (isfinite(quantity->least) && isfinite(quantity->most))
        snprintf(out, size, "%.3g to %.3g", quantity->least, quantity->most);
    else if (isfinite(quantity->least))
        snprintf(out, size, "at least %.3g", quantity->least);
    else if (isfinite(quantity->most))
        snprintf(out, size, "at most %.3g", quantity->most);
    else
        snprintf(out, size, "not judged");
}

void command_claims_text(FILE *out, const struct claim_result *result)
{
    const struct claim_row *row = result->row;
    fprintf(out, "%s: %s (%d seed%s, %.1f s)\n", row->id, verdict(result->holds), result->seeds,
            result->seeds == 1 ? "" : "s", result->seconds);
    print_wrapped(out, "claim", row->claim);
    print_wrapped(out, "source", row->source);
    print_wrapped(out, "setting", row->setting);
    print_wrapped(out, "", row->varied);
    print_wrapped(out, "measured", row->what);
    fprintf(out, "  %-28s %10s  %-15s %10s  %8s\n", "", "expected", "accepted", "mean", "spread");
    for (int i = 0; i < claim_quantities(row); i++) {
        char expected[24], range[40], mean[24], spread[24];
        print_number(expected, sizeof expected, row->quantity[i].expected);
        print_range(range, sizeof range, &row->quantity[i]);
        print_number(mean, sizeof mean, result->mean[i]);
        print_number(spread, sizeof spread, result->spread[i]);
        fprintf(out, "  %-28s %10s  %-15s %10s  %8s%s\n", row->quantity[i].name, expected, range,
                mean, spread, result->within[i] ? "" : "  <-");
    }
    fputc('\n', out);
}

/* ---- JSON ------------------------------------------------------------------------------------*/

static void json_member(FILE *out, const char *name, double value)
{
    json_string(out, name);
    fputc(':', out);
    json_number(out, value, 9);
}

static void json_text(FILE *out, const char *name, const char *value)
{
    json_string(out, name);
    fputc(':', out);
    json_string(out, value);
    fputc(',', out);
}

/* {"L = 6":{"number":5.25,"least":null,"most":null}, ...} */
static void json_expected(FILE *out, const struct claim_row *row)
{
    fputs("\"expected\":{", out);
    for (int i = 0; i < claim_quantities(row); i++) {
        const struct claim_quantity *quantity = &row->quantity[i];
        fputs(i ? "," : "", out);
        json_string(out, quantity->name);
        fputs(":{", out);
        json_member(out, "number", quantity->expected);
        fputc(',', out);
        json_member(out, "least", quantity->least);
        fputc(',', out);
        json_member(out, "most", quantity->most);
        fputc('}', out);
    }
    fputs("},", out);
}

/* {"L = 6":{"mean":4.4,"spread":0.2,"within":true,"values":[one per seed]}, ...} */
static void json_measured(FILE *out, const struct claim_result *result)
{
    fputs("\"measured\":{", out);
    for (int i = 0; i < claim_quantities(result->row); i++) {
        fputs(i ? "," : "", out);
        json_string(out, result->row->quantity[i].name);
        fputs(":{", out);
        json_member(out, "mean", result->mean[i]);
        fputc(',', out);
        json_member(out, "spread", result->spread[i]);
        fprintf(out, ",\"within\":%s,\"values\":[", result->within[i] ? "true" : "false");
        for (int seed = 0; seed < result->seeds; seed++) {
            fputs(seed ? "," : "", out);
            json_number(out, result->value[i][seed], 9);
        }
        fputs("]}", out);
    }
    fputs("},", out);
}

void command_claims_json(FILE *out, const struct claim_result *result)
{
    const struct claim_row *row = result->row;
    fputc('{', out);
    json_text(out, "id", row->id);
    json_text(out, "source", row->source);
    json_text(out, "claim", row->claim);
    json_text(out, "setting", row->setting);
    json_text(out, "varied", row->varied);
    json_text(out, "what", row->what);
    fprintf(out, "\"seeds\":%d,", result->seeds);
    json_expected(out, row);
    json_measured(out, result);
    json_text(out, "verdict", verdict(result->holds));
    fprintf(out, "\"holds\":%s,", result->holds ? "true" : "false");
    json_member(out, "seconds", result->seconds);
    fputs("}\n", out);
}

/* ---- while it runs ---------------------------------------------------------------------------*/

static void flush(struct inquiry *inquiry)
{
    if (fflush(stdout) == 0 || atomic_load(&inquiry->closed))
        return;
    inquiry->write_error = errno == EPIPE ? 0 : errno;
    atomic_store(&inquiry->closed, true);
}

static bool is_stopped(void *argument)
{
    struct inquiry *inquiry = argument;
    return interrupt_caught() != 0 || atomic_load(&inquiry->closed);
}

/* "40 s", "4 min", "2.5 h": as exactly as one can know. */
static void write_duration(char out[TEXT_DURATION], double seconds)
{
    if (seconds < 90)
        snprintf(out, TEXT_DURATION, "%.0f s", fmax(seconds, 1));
    else if (seconds < 90 * 60)
        snprintf(out, TEXT_DURATION, "%.0f min", seconds / 60);
    else
        snprintf(out, TEXT_DURATION, "%.1f h", seconds / 3600);
}

/* Before it begins: how long it will take. */
static void tell_forecast(struct inquiry *inquiry, const struct claims_request *request)
{
    char duration[TEXT_DURATION];
    if (!inquiry->watched)
        return;
    const struct claims_forecast forecast = claims_forecast(request);
    inquiry->forecast = forecast.seconds;
    write_duration(duration, forecast.seconds);
    fprintf(stderr, "%d claim%s, %d experiment%s, %d at a time: about %s%s\n", request->claims,
            request->claims == 1 ? "" : "s", forecast.experiments,
            forecast.experiments == 1 ? "" : "s",
            forecast.threads < forecast.experiments ? forecast.threads : forecast.experiments,
            duration, forecast.seconds > 60 ? " (--quick takes less)" : "");
}

/* The time that is left follows from the forecast, and more and more from the time that it took. */
static void tell_progress(void *argument, const struct claims_progress *progress)
{
    const struct inquiry *inquiry = argument;
    const double passed = clock_seconds() - inquiry->start, part = progress->part;
    char line[PROGRESS_COLUMNS + 1], left[TEXT_DURATION];
    if (!inquiry->watched)
        return;
    const double by_pace = part > 0 ? passed * (1 - part) / part : 0;
    write_duration(left, part * by_pace + (1 - part) * (1 - part) * inquiry->forecast);
    snprintf(line, sizeof line, "%d of %d experiments done, %.0f s, about %s left; at %s",
             progress->done, progress->experiments, passed, left, progress->row->id);
    progress_show(true, line);
}

/* Why a claim does not hold: "post, warmup 100 is 0.81, accepted at most 0.5". */
static void write_why(char why[WHY], const struct claim_result *result)
{
    for (int i = 0; i < claim_quantities(result->row); i++) {
        const struct claim_quantity *quantity = &result->row->quantity[i];
        char mean[24], range[40];
        if (result->within[i])
            continue;
        print_number(mean, sizeof mean, result->mean[i]);
        print_range(range, sizeof range, quantity);
        snprintf(why, WHY, "%s is %s, accepted %s", quantity->name, mean, range);
        return;
    }
}

static void print_result(void *argument, const struct claim_result *result)
{
    struct inquiry *inquiry = argument;
    const struct claim_row *row = result->row;
    const size_t used = strlen(inquiry->broken);
    progress_erase(inquiry->watched);
    if (inquiry->format == FORMAT_JSONL)
        command_claims_json(stdout, result);
    else
        command_claims_text(stdout, result);
    flush(inquiry);
    struct outcome *outcome = &inquiry->outcome[inquiry->reported++];
    *outcome = (struct outcome){.row = row, .holds = result->holds};
    write_why(outcome->why, result);
    inquiry->held += result->holds;
    if (row->holds_here && !result->holds)
        snprintf(inquiry->broken + used, sizeof inquiry->broken - used, "%s%s", used ? ", " : "",
                 row->id);
}

/* ---- what is asked for -----------------------------------------------------------------------*/

void command_claims_help(FILE *out)
{
    fputs("\nID is one of\n", out);
    for (int i = 0; i < claim_count; i++)
        fprintf(out, "  %-21s %s\n", claim_table[i].id, claim_table[i].claim);
}

static bool read_claims(struct inquiry *inquiry, const struct options *options, struct error *error)
{
    const struct names names = {&claim_table[0].id, sizeof *claim_table, claim_count};
    const bool quick = options->given[OPTION_QUICK];
    if (quick && options->operands > 0)
        return error_set(error, "--quick with claims by name: one of the two would be right");
    for (int i = 0; options->operands == 0 && i < claim_count; i++)
        if (!quick || claim_table[i].quick)
            inquiry->claim[inquiry->claims++] = i;
    for (int i = 0; i < options->operands; i++) {
        const int found = names_find(&names, "claim", options->operand[i], error);
        bool twice = false;
        if (found < 0)
            return false;
        for (int j = 0; j < inquiry->claims; j++)
            twice = twice || inquiry->claim[j] == found;
        if (!twice)
            inquiry->claim[inquiry->claims++] = found;
    }
    return true;
}

static bool read_options(struct inquiry *inquiry, struct claims_request *request,
                         const struct options *options, struct error *error)
{
    int64_t seeds;
    if (!options_format(options, false, &inquiry->format, error))
        return false;
    if (!options_integer(options, OPTION_SEEDS, 1, 0, &seeds, error) ||
        !read_claims(inquiry, options, error))
        return false;
    if (seeds > CLAIM_SEEDS)
        return error_set(error, "seeds %" PRId64 ": a whole number from 1 to %d", seeds,
                         CLAIM_SEEDS);
    *request = (struct claims_request){
        .claim = inquiry->claim,
        .claims = inquiry->claims,
        .seeds = (int)seeds,
        .threads = options->settings.threads,
        .stopped = is_stopped,
        .progress = tell_progress,
        .report = print_result,
        .argument = inquiry,
    };
    return true;
}

/* What became of all that was measured, for people. */
static void print_summary(const struct inquiry *inquiry)
{
    for (int i = 0; inquiry->reported > 1 && i < inquiry->reported; i++) {
        const struct outcome *outcome = &inquiry->outcome[i];
        printf("  %-21s %s%s%s\n", outcome->row->id, verdict(outcome->holds),
               *outcome->why ? ": " : "", outcome->why);
    }
    if (inquiry->reported < inquiry->claims)
        printf("stopped: of %d claims %d were measured, and %d hold here (%.0f s)\n",
               inquiry->claims, inquiry->reported, inquiry->held, clock_seconds() - inquiry->start);
    else
        printf("%d of %d claims hold here (%.0f s)\n", inquiry->held, inquiry->claims,
               clock_seconds() - inquiry->start);
}

static int conclude(struct inquiry *inquiry, struct error *error)
{
    if (inquiry->format == FORMAT_TEXT)
        print_summary(inquiry);
    flush(inquiry);
    if (inquiry->write_error) {
        error_set(error, "cannot write standard output (%s): what was printed is not whole",
                  strerror(inquiry->write_error));
        return EXIT_FAILED;
    }
    if (inquiry->broken[0]) {
        error_set(error, "claims that used to hold do not: %s", inquiry->broken);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

int command_claims(const struct options *options, int *signal_number, struct error *error)
{
    struct inquiry inquiry = {.start = clock_seconds(), .watched = isatty(STDERR_FILENO) == 1};
    struct claims_request request;
    if (!read_options(&inquiry, &request, options, error))
        return EXIT_USAGE;
    interrupt_watch();
    tell_forecast(&inquiry, &request);
    const bool measured = claims_run(&request, error);
    progress_erase(inquiry.watched);
    *signal_number = interrupt_caught();
    return measured ? conclude(&inquiry, error) : EXIT_FAILED;
}
