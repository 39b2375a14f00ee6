/* See command_run.h. Owns the output while it runs, and the handlers of the signals that end it. */
#include "cli/command_run.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/run_export.h"
#include "cli/run_table.h"
#include "export/rows.h"
#include "session/dump.h"
#include "train/settings_check.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the options ask for, and what is open. */
struct session {
    const struct settings *settings;
    const struct pair_state *state; /* where it goes on from; NULL: from the seed */
    int64_t from;                   /* steps that it has done */
    enum format format;
    struct run_table table; /* of FORMAT_TABLE */
    int64_t every;          /* 0: as many rows as a short table has */
    int64_t dump_step;      /* 0: no dump */
    struct file output;     /* .stream NULL: standard output */
    struct file dump_file;
    struct dump dump;
    struct run_export *export; /* NULL: none */
    struct pair pair;
    bool validation;
    double held_out[SIDES]; /* the newest valid_loss since the row before; NAN: there is none */
    bool closed;            /* the reader has gone */
};

static enum row_format row_format(const struct session *session)
{
    return session->format == FORMAT_JSONL ? ROWS_JSONL : ROWS_CSV;
}

static bool prints_on_terminal(const struct options *options)
{
    const char *output = options->value[OPTION_OUTPUT];
    return (!output || strcmp(output, "-") == 0) && isatty(STDOUT_FILENO) == 1;
}

/* Whether --export can be met: what each file is to be, and that it is no other one. */
static bool check_exports(const struct options *options, struct error *error)
{
    const char *const *export = options->each[OPTION_EXPORT];
    const char *output = options->value[OPTION_OUTPUT], *dump = options->value[OPTION_DUMP];
    for (int i = 0; i < options->times[OPTION_EXPORT]; i++) {
        bool twice =
            (output && file_is_same(output, export[i])) || (dump && file_is_same(dump, export[i]));
        for (int j = 0; j < i; j++)
            twice = twice || file_is_same(export[j], export[i]);
        if (twice)
            return error_set(error, "--export names a file that is written already: name another");
        if (!run_export_check(export[i], error))
            return false;
    }
    return true;
}

static bool read_options(struct session *session, const struct options *options,
                         struct error *error)
{
    int64_t steps = options->settings.steps;
    const char *output = options->value[OPTION_OUTPUT], *dump = options->value[OPTION_DUMP];
    const bool export = options->given[OPTION_EXPORT];
    if (!settings_check(&options->settings, error))
        return false;
    if (!options_format(options, prints_on_terminal(options), &session->format, error))
        return false;
    if (!options_integer(options, OPTION_EVERY, 1, session->format == FORMAT_TABLE ? 0 : 1,
                         &session->every, error) ||
        !options_integer(options, OPTION_DUMP_STEP, session->from + 1, dump ? session->from + 1 : 0,
                         &session->dump_step, error))
        return false;
    if (session->state && steps > 0 && steps <= session->from)
        return error_set(error,
                         "the session has done %" PRId64 " steps, and steps %" PRId64
                         " is where it ends: more steps",
                         session->from, steps);
    if (session->dump_step && !dump)
        return error_set(error, "--dump-step without a file: name one with --dump FILE");
    if (steps > 0 && session->dump_step > steps)
        return error_set(error,
                         "dump-step %" PRId64 " is never reached: a step up to --steps %" PRId64,
                         session->dump_step, steps);
    if (options->given[OPTION_FORCE] && !output && !dump && !export)
        return error_set(error,
                         "--force has nothing to replace: it goes with -o, --dump or --export");
    if (dump && strcmp(dump, "-") == 0)
        return error_set(error, "--dump writes no stream: name a file");
    if (output && dump && file_is_same(output, dump))
        return error_set(error, "-o and --dump name the same file: name two");
    if (!check_exports(options, error))
        return false;
    if (export && session->state)
        return error_set(error, "--export shows a run from its first step: leave --load out");
    return true;
}

static bool goes_on(void)
{
    return !interrupt_caught();
}

static bool open_files(struct session *session, const struct options *options, struct error *error)
{
    const char *output = options->value[OPTION_OUTPUT], *dump = options->value[OPTION_DUMP];
    const int exports = options->times[OPTION_EXPORT];
    bool force = options->given[OPTION_FORCE];
    if (exports > 0) {
        session->export =
            run_export_open(options->each[OPTION_EXPORT], exports, force, &session->pair, error);
        if (!session->export)
            return false;
    }
    if (dump && !file_create(&session->dump_file, dump, force, error))
        return false;
    if (!output || strcmp(output, "-") == 0)
        return true;
    if (!file_create_waiting(&session->output, output, force, goes_on, error))
        return false;
    file_keep_lines(&session->output);
    return true;
}

/* Waits until bytes can be written; false when the user no longer wants to. */
static bool wait_for_reader(int descriptor)
{
    enum { MILLISECONDS = 500 };
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    int news;
    do
        news = poll(&ready, 1, MILLISECONDS);
    while ((news == 0 || (news < 0 && errno == EINTR)) && !interrupt_caught());
    return news > 0;
}

/* All bytes or a reason; a closed pipe is no error, but the end. */
static bool write_all(struct session *session, const char *bytes, size_t size, struct error *error)
{
    FILE *stream = session->output.stream ? session->output.stream : stdout;
    int descriptor = fileno(stream);
    while (size > 0) {
        if (!wait_for_reader(descriptor)) {
            session->closed = true;
            return true;
        }
        ssize_t written = write(descriptor, bytes, size);
        if (written >= 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EPIPE) {
            session->closed = true;
            return true;
        } else if (errno != EINTR && errno != EAGAIN) { /* somebody made it non-blocking */
            session->output.failed = errno;
            return error_set(error, "cannot write %s (%s): no more rows are written",
                             session->output.stream ? "the output file" : "standard output",
                             strerror(errno));
        }
    }
    return true;
}

/* What is to be printed of a run, in one piece: a reader never sees half a row, unless it is larger
 * than the pipe. */
struct piece {
    FILE *stream;
    char *bytes;
    size_t size;
};

static bool piece_open(struct piece *piece, struct error *error)
{
    piece->stream = memory_stream_open(&piece->bytes, &piece->size);
    return piece->stream || error_set(error, "out of memory for a row: fewer layers need less");
}

static bool piece_write(struct session *session, struct piece *piece, struct error *error)
{
    bool good = memory_stream_close(piece->stream, &piece->bytes)
                    ? write_all(session, piece->bytes, piece->size, error)
                    : error_set(error, "out of memory for a row: fewer layers need less");
    free(piece->bytes);
    return good;
}

static bool write_head(struct session *session, struct error *error)
{
    struct piece piece;
    if (!piece_open(&piece, error))
        return false;
    if (session->format == FORMAT_TABLE)
        run_table_head(&session->table, piece.stream);
    else
        rows_header(piece.stream, row_format(session), session->settings->layers,
                    session->validation);
    return piece_write(session, &piece, error);
}

/* A held-out loss waits for the next row. */
static void keep_held_out(struct session *session)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        const double loss = snapshot_scalar(session->pair.run[side].snapshot, QUANTITY_VALID_LOSS);
        if (!isnan(loss))
            session->held_out[side] = loss;
    }
}

/* What there is to say of a step, after it. */
static bool write_step(struct session *session, int64_t step, bool last, struct error *error)
{
    struct run_table_stack now[SIDES];
    struct piece piece;
    keep_held_out(session);
    if (session->format != FORMAT_TABLE && step % session->every != 0 && !last)
        return true;
    if (!piece_open(&piece, error))
        return false;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct snapshot *snapshot = session->pair.run[side].snapshot;
        snapshot_set(snapshot, QUANTITY_VALID_LOSS, session->held_out[side]);
        session->held_out[side] = NAN;
        now[side] = (struct run_table_stack){.loss = snapshot_scalar(snapshot, QUANTITY_LOSS),
                                             .ratio = snapshot_scalar(snapshot, QUANTITY_RATIO),
                                             .finite = snapshot->finite};
        if (session->format != FORMAT_TABLE)
            rows_write(piece.stream, row_format(session), side, snapshot, session->validation);
    }
    if (session->format == FORMAT_TABLE)
        run_table_step(&session->table, step, now,
                       snapshot_scalar(session->pair.run[LEFT].snapshot, QUANTITY_LR), last,
                       piece.stream);
    return piece_write(session, &piece, error);
}

/* The verdicts, where a person reads. */
static bool write_end(struct session *session, bool over, struct error *error)
{
    struct piece piece;
    if (session->format != FORMAT_TABLE)
        return true;
    if (!piece_open(&piece, error))
        return false;
    run_table_end(&session->table, over, piece.stream);
    return piece_write(session, &piece, error);
}

static bool write_dump(struct session *session, struct error *error)
{
    bool written = dump_write(&session->dump, &session->pair, session->dump_file.stream, error);
    dump_close(&session->dump);
    if (written)
        return file_commit(&session->dump_file, error);
    return false;
}

/* Steps until the last one, a signal, or a closed pipe. */
static bool train(struct session *session, struct error *error)
{
    const int64_t steps = session->settings->steps;
    bool stop = false;
    if (!write_head(session, error))
        return false;
    for (int64_t step = session->from + 1;
         !session->closed && !stop && (steps == 0 || step <= steps); step++) {
        if (step == session->dump_step)
            dump_before(&session->dump, &session->pair);
        pair_step(&session->pair);
        if (session->export)
            run_export_step(session->export, &session->pair);
        if (step == session->dump_step && !write_dump(session, error))
            return false;
        stop = interrupt_caught() != 0;
        if (!write_step(session, step, step == steps || stop, error))
            return false;
    }
    if (!write_end(session, !stop, error))
        return false;
    if (session->export && !run_export_write(session->export, !stop, error))
        return false;
    if (session->dump_file.stream)
        return error_set(error, "stopped before step %" PRId64 ": nothing was dumped",
                         session->dump_step);
    return true;
}

/* From the seed, or from the state. */
static bool open_pair(struct session *session, struct error *error)
{
    struct pair *pair = &session->pair;
    if (!pair_open(pair, session->settings, error))
        return false;
    if (session->state && !pair_state_put(pair, session->state, error)) {
        pair_close(pair);
        return false;
    }
    pair_set(pair, session->settings);
    return true;
}

int command_run(const struct options *options, const struct pair_state *state, int *signal_number,
                struct error *error)
{
    struct session *session = &(struct session){.settings = &options->settings,
                                                .state = state,
                                                .from = state ? state->step : 0,
                                                .held_out = {NAN, NAN}};
    bool good = false;
    *signal_number = 0;
    if (!read_options(session, options, error))
        return EXIT_USAGE;
    if (!open_pair(session, error))
        return EXIT_FAILED;
    if (*task_doubt(session->pair.task))
        fprintf(stderr, "lnscope: warning: %s\n", task_doubt(session->pair.task));
    interrupt_watch();
    if (open_files(session, options, error)) {
        const struct task_info task = task_info(session->pair.task);
        session->validation = task.validation;
        session->table = run_table_open(
            session->settings, task.unigram_entropy, task.current_token, session->every,
            prints_on_terminal(options) && output_columns() >= RUN_TABLE_COLUMNS);
        good = train(session, error);
    }
    pair_close(&session->pair);
    *signal_number = interrupt_caught();
    /* The rows that there are are kept, whatever ended the run. */
    struct error reason;
    if (session->output.stream && !file_commit(&session->output, &reason))
        good = error_set(error, "%s", reason.text);
    run_export_close(session->export);
    file_discard(&session->dump_file);
    dump_close(&session->dump);
    return good ? EXIT_DONE : EXIT_FAILED;
}
