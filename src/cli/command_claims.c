/* See command_claims.h. Owns the order of what is printed, and the handlers of the signals that end
 * it; what a claim is and how it is judged is claims/claims.h's business. */
#include "cli/command_claims.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "claims/claim_file.h"
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

enum { PAGE = 80, LABEL = 12, TEXT_DURATION = 24, SHOWN = 200 };

static const size_t file_limit = (size_t)1 << 24;

/* What the options ask for, and how far it has come. */
struct inquiry {
    enum format format;
    const char *output; /* the file of rows; NULL: none */
    int claim[CLAIMS_MAX];
    int claims, reported, held;
    struct claim_result row[CLAIMS_MAX];    /* by the index in the table: those of the file */
    struct claim_result known[CLAIMS_MAX];  /* [claims] ... and those of them that are asked for */
    struct claim_result result[CLAIMS_MAX]; /* [reported] */
    double start;                           /* clock_seconds() */
    double forecast;                        /* seconds that it will take, about */
    bool watched;                           /* a line on standard error tells how far it is */
    atomic_bool closed; /* the reader has gone, or what was printed or kept is lost */
    int write_error;    /* errno of what is lost; 0: nothing is */
    struct error error; /* why the file cannot be written; empty: it can */
};

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

static bool is_worse_than_recorded(const struct claim_result *result)
{
    const struct claim_result *recorded = claim_recorded(claim_find(result->row->id));
    return recorded && claim_is_worse(result, recorded);
}

/* The verdict that is recorded, and where this one is worse. */
static void print_recorded(FILE *out, const struct claim_result *result)
{
    const struct claim_result *recorded = claim_recorded(claim_find(result->row->id));
    char finding[CLAIM_FINDING], line[CLAIM_FINDING + 40];
    if (!recorded)
        return;
    claim_finding_text(finding, recorded);
    snprintf(line, sizeof line, "%s%s", finding,
             is_worse_than_recorded(result) ? "; this time it does not" : "");
    print_wrapped(out, "recorded", line);
}

/* "8/8", the seeds that pass; "" where nothing is judged. */
static void print_quantity(FILE *out, const struct claim_result *result, int i)
{
    const struct claim_quantity *quantity = &result->row->quantity[i];
    char expected[CLAIM_NUMBER], range[CLAIM_RANGE], mean[CLAIM_NUMBER], spread[CLAIM_NUMBER];
    char pass[CLAIM_NUMBER] = "";
    claim_number_text(expected, quantity->expected);
    claim_range_text(range, quantity);
    claim_number_text(mean, result->mean[i]);
    claim_number_text(spread, result->spread[i]);
    if (claim_judged(quantity))
        snprintf(pass, sizeof pass, "%d/%d", result->pass[i], result->seeds);
    fprintf(out, "  %-26s %9s  %-14s %9s  %7s %5s%s\n", quantity->name, expected, range, mean,
            spread, pass, result->within[i] ? "" : " <-");
}

static void print_claim(FILE *out, const struct claim_result *result)
{
    const struct claim_row *row = result->row;
    fprintf(out, "%s: %s (%d of %d seed%s pass%s, %.1f s)\n", row->id, claim_verdict(result),
            result->passes, result->seeds, result->seeds == 1 ? "" : "s",
            result->seeds == 1 ? "es" : "", result->seconds);
    print_wrapped(out, "claim", row->claim);
    print_wrapped(out, "source", row->source);
    print_wrapped(out, "published", row->published);
    print_wrapped(out, "can fail", row->fails);
    print_wrapped(out, "setting", row->setting);
    print_wrapped(out, "", row->varied);
    print_wrapped(out, "measured", row->what);
    print_recorded(out, result);
    fprintf(out, "  %-26s %9s  %-14s %9s  %7s %5s\n", "", "expected", "accepted", "mean", "spread",
            "pass");
    for (int i = 0; i < claim_quantities(row); i++)
        print_quantity(out, result, i);
    fputc('\n', out);
}

/* ---- the file of rows ------------------------------------------------------------------------*/

/* Writes all rows that there are, in the order of the table: the file is whole at any time. */
static bool write_file(struct inquiry *inquiry, bool replace, struct error *error)
{
    struct file file;
    if (!file_create(&file, inquiry->output, replace, error))
        return false;
    for (int i = 0; i < claim_count(); i++)
        if (inquiry->row[i].row)
            claim_file_row(file.stream, &inquiry->row[i]);
    return file_commit(&file, error);
}

/* Takes over what a file has of an earlier time. */
static bool read_file(struct inquiry *inquiry, struct error *error)
{
    char *text, shown[SHOWN];
    size_t size;
    int other;
    struct error reason;
    if (!file_read(inquiry->output, file_limit, &text, &size, error))
        return false;
    const bool good = claim_file_read(text, size, inquiry->row, &other, &reason);
    free(text);
    names_printable(shown, sizeof shown, inquiry->output);
    if (!good)
        return error_set(error, "%s: %s", shown, reason.text);
    if (other > 0)
        fprintf(stderr,
                "lnscope: note: %s: %d row%s of what is measured in another way now; "
                "measured anew\n",
                shown, other, other == 1 ? "" : "s");
    for (int i = 0; i < inquiry->claims; i++)
        inquiry->known[i] = inquiry->row[inquiry->claim[i]];
    return true;
}

static void keep(void *argument, const struct claim_result *part)
{
    struct inquiry *inquiry = argument;
    if (!inquiry->output || inquiry->error.text[0])
        return;
    inquiry->row[claim_find(part->row->id)] = *part;
    if (!write_file(inquiry, true, &inquiry->error))
        atomic_store(&inquiry->closed, true);
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

static void print_result(void *argument, const struct claim_result *result)
{
    struct inquiry *inquiry = argument;
    progress_erase(inquiry->watched);
    if (inquiry->format == FORMAT_JSONL)
        claim_file_row(stdout, result);
    else
        print_claim(stdout, result);
    flush(inquiry);
    inquiry->result[inquiry->reported++] = *result;
    inquiry->held += result->holds;
}

/* ---- what is asked for -----------------------------------------------------------------------*/

void command_claims_help(FILE *out)
{
    fputs("\nID is one of\n", out);
    for (int i = 0; i < claim_count(); i++)
        fprintf(out, "  %-21s %s\n", claim_at(i)->id, claim_at(i)->claim);
}

static bool read_claims(struct inquiry *inquiry, const struct options *options, struct error *error)
{
    const char *id[CLAIMS_MAX];
    const struct names names = {id, sizeof *id, claim_count()};
    const bool quick = options->given[OPTION_QUICK];
    if (quick && options->operands > 0)
        return error_set(error, "--quick with claims by name: one of the two would be right");
    for (int i = 0; i < claim_count(); i++)
        id[i] = claim_at(i)->id;
    for (int i = 0; options->operands == 0 && i < claim_count(); i++)
        if (!quick || claim_at(i)->quick)
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

/* The file: a new one, or with --resume what it has is kept. */
static bool open_file(struct inquiry *inquiry, const struct options *options, struct error *error)
{
    const bool resume = options->given[OPTION_RESUME], force = options->given[OPTION_FORCE];
    if (!inquiry->output)
        return true;
    if (resume && file_exists(inquiry->output) && !read_file(inquiry, error))
        return false;
    return write_file(inquiry, resume || force, error);
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
    inquiry->output = options->value[OPTION_OUTPUT];
    if (inquiry->output && strcmp(inquiry->output, "-") == 0)
        return error_set(error, "-o '-': a file; --format jsonl writes rows on standard output");
    if (options->given[OPTION_RESUME] && !inquiry->output)
        return error_set(error, "--resume has no rows to keep: it goes with -o FILE");
    if (options->given[OPTION_FORCE] && !inquiry->output)
        return error_set(error, "--force has nothing to replace: it goes with -o FILE");
    if (seeds > CLAIM_SEEDS)
        return error_set(error, "seeds %" PRId64 ": a whole number from 1 to %d", seeds,
                         CLAIM_SEEDS);
    *request = (struct claims_request){
        .claim = inquiry->claim,
        .claims = inquiry->claims,
        .seeds = (int)seeds,
        .known = inquiry->known,
        .threads = options->settings.threads,
        .stopped = is_stopped,
        .progress = tell_progress,
        .keep = keep,
        .report = print_result,
        .argument = inquiry,
    };
    return true;
}

/* What became of all that was measured, for people. */
static void print_summary(const struct inquiry *inquiry)
{
    for (int i = 0; inquiry->reported > 1 && i < inquiry->reported; i++) {
        char finding[CLAIM_FINDING];
        claim_finding_text(finding, &inquiry->result[i]);
        printf("  %-21s %s\n", inquiry->result[i].row->id, finding);
    }
    if (inquiry->reported < inquiry->claims)
        printf("stopped: of %d claims %d were measured, and %d hold here (%.0f s)\n",
               inquiry->claims, inquiry->reported, inquiry->held, clock_seconds() - inquiry->start);
    else
        printf("%d of %d claims hold here (%.0f s)\n", inquiry->held, inquiry->claims,
               clock_seconds() - inquiry->start);
}

/* False where verdicts are worse than those recorded; the error names the claims. */
static bool compare_with_recorded(const struct inquiry *inquiry, struct error *error)
{
    char worse[sizeof error->text] = "";
    size_t used = 0;
    for (int i = 0; i < inquiry->reported; i++) {
        if (!is_worse_than_recorded(&inquiry->result[i]))
            continue;
        snprintf(worse + used, sizeof worse - used, "%s%s", used ? ", " : "",
                 inquiry->result[i].row->id);
        used = strlen(worse);
    }
    return used == 0 ||
           error_set(error, "verdicts that are worse than those recorded, claims that held: %s",
                     worse);
}

/* How to go on after a signal. */
static void tell_rest(const struct inquiry *inquiry)
{
    if (inquiry->output && inquiry->reported < inquiry->claims)
        fprintf(stderr, "lnscope: stopped: the same command with --resume does the rest\n");
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
    if (inquiry->error.text[0]) {
        *error = inquiry->error;
        return EXIT_FAILED;
    }
    return compare_with_recorded(inquiry, error) ? EXIT_DONE : EXIT_FAILED;
}

static int measure(struct inquiry *inquiry, const struct claims_request *request,
                   int *signal_number, struct error *error)
{
    interrupt_watch();
    tell_forecast(inquiry, request);
    const bool measured = claims_run(request, error);
    progress_erase(inquiry->watched);
    *signal_number = interrupt_caught();
    if (*signal_number)
        tell_rest(inquiry);
    return measured ? conclude(inquiry, error) : EXIT_FAILED;
}

int command_claims(const struct options *options, int *signal_number, struct error *error)
{
    struct inquiry *inquiry = memory_new(1, sizeof *inquiry);
    struct claims_request request;
    int status = EXIT_USAGE;
    inquiry->start = clock_seconds();
    inquiry->watched = isatty(STDERR_FILENO) == 1;
    if (read_options(inquiry, &request, options, error))
        status = open_file(inquiry, options, error)
                     ? measure(inquiry, &request, signal_number, error)
                     : EXIT_FAILED;
    free(inquiry);
    return status;
}
