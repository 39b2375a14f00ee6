/* The interactive program: terminal + trainer + history + views, until the user quits. */
#ifndef LNSCOPE_APP_APP_H
#define LNSCOPE_APP_APP_H

#include "app/feed.h"
#include "base/error.h"
#include "export/film.h"
#include "script/player.h"
#include "session/session.h"
#include "train/settings.h"

#include <stdbool.h>

/* A script to be played from the start on; both stay as long as the program runs. */
struct app_script {
    const struct script *script;
    const struct script_setup *setup;
    bool recording; /* nobody is at the keyboard: what waits for a key goes on by itself */
};

/* How the program starts. */
struct app_start {
    struct settings settings; /* which passed settings_check() */
    const char *record;       /* the file that a recording of all of it goes to; NULL: none */
    bool force;               /* that file may be replaced */
    /* The saved run to go on with, under the settings above, which make its model; its history is
     * taken over. NULL: a new run. */
    struct saved_session *session;
    const char *session_path;
    const char *tee;                 /* the file that its rows go to while it trains; NULL: none */
    const struct app_script *script; /* NULL: none */
    /* What scripts that are begun later begin with; it stays as long. NULL: the defaults. */
    const struct script_setup *setup;
    const char *handout; /* the page of what scripts say and measure goes there; NULL: nowhere */
    bool choose;         /* the list of scripts is open */
    struct feed_watch watch; /* what to watch instead of training; no paths: nothing */
};

/* Runs the TUI; needs a terminal. Returns the exit status: 0 after `q`, or 1 with a reason in
 * `error` when there is no usable terminal, the models or the task cannot be made, the recording,
 * the rows of --tee or a session cannot be written, or something that a script expects did not
 * hold. A signal that ends the program (SIGINT, SIGTERM, SIGHUP, SIGQUIT) is raised again once the
 * terminal is sane and the recording whole, so that there is no return. */
int app_run(const struct app_start *start, struct error *error);

/* What a script is recorded to, and who is told of it. */
struct app_recording {
    struct film_plan film; /* its theme and pictures per second are those of the settings */
    const char *chapter;   /* pictures are of the beginning of this one, ... */
    int64_t step;          /* ... or of the first moment at this step; -1: neither */
    void *data;            /* for these: */
    /* From time to time; the part of the work that is done. */
    void (*progress)(void *data, double part);
    /* An `expect`, or a `run` that ended too early. */
    void (*result)(void *data, const struct player_result *result);
    bool (*goes_on)(void *data); /* false: give up, and leave no file behind */
};

/* What there is to say of a recording that was made. */
struct app_recorded {
    double seconds;
    int failures;  /* results that do not hold */
    char font[96]; /* that words are drawn in; "" */
};

/* Plays the script of `start` on a clock of its own and without a terminal, and records it: the
 * same files from the same build, script, settings and size. False with a reason, before anything
 * is computed where a file cannot be begun. */
bool app_record(const struct app_start *start, const struct app_recording *recording,
                struct app_recorded *recorded, struct error *error);

#endif
