/* A session in a file: all that it takes to go on with it, bit for bit, as one safetensors file.
 *
 * Weights are left.param.NAME, right.param.NAME, with names and shapes as in dump.h; the moments of
 * the optimizer left.optimizer.first.NAME and .second.NAME; left.parked.param.ln_f.weight and so on
 * the same of a final norm that a stack does without since its placement was switched; what begins
 * with history. is described in history_file.h, with events. in events_file.h, and with runs. in
 * runs_file.h.
 *
 * The header's __metadata__ has the format and its version, the program's version and precision,
 * every setting, "step" (steps done), and of each stack "left.optimizer" (whose moments these are),
 * "left.updates", "left.fault", "left.fault.layer", "left.fault.step", "left.fault.part". Batches
 * are functions of the seed and the step: there is no generator to save. A checksum covers all of
 * the file. */
#ifndef LNSCOPE_SESSION_SESSION_H
#define LNSCOPE_SESSION_SESSION_H

#include "base/error.h"
#include "session/events.h"
#include "session/history.h"
#include "session/runs.h"
#include "train/state.h"

enum { SESSION_NOTE = 256 };

/* What a file holds. */
struct saved_session {
    struct pair_state *state; /* with the settings; owned */
    struct history history;   /* up to the step of the state */
    struct events events;     /* likewise */
    struct runs runs;         /* those before it, and what its history has not of this one */
    char note[SESSION_NOTE];  /* settings that are missing or unknown, to be told; or empty */
};

/* What is saved; the history, looked at by events_step() in each of its steps, ends at the step of
 * the state. */
struct session_parts {
    const struct pair_state *state;
    const struct history *history;
    const struct events *events;
    const struct runs *runs; /* NULL: none */
};

/* Writes a session; the file is whole or not there,
 * and an existing one is refused unless `force` is set. *bytes becomes its size. False with a
 * reason. */
bool session_write(const char *path, bool force, const struct session_parts *parts, int64_t *bytes,
                   struct error *error);

/* Reads a session, and believes nothing of it: the settings pass the checks that they pass
 * everywhere, all tensors are those that they make, and the text of a text task is still the same.
 * Somebody else may have made the session: the path of a text that stands in it is never opened,
 * but `text`, which the user has named (empty: none), and which takes its place. False with a
 * reason for any other file, and then there is nothing to close. */
bool session_read(const char *path, const char *text, struct saved_session *session,
                  struct error *error);

/* Frees what is there; does nothing for a struct that is all zero. */
void session_close(struct saved_session *session);

#endif
