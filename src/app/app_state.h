/* The state of the program on the screen, shared by the files of the app and by nothing else.
 *
 * app.c owns it and the loop; app_updates.c takes what the trainer publishes; app_keys.c takes
 * keys; app_look.c changes what is looked at, app_change.c settings; app_time.c goes back to a
 * step; app_record.c exports and records; app_session.c saves and loads; app_prompt.c is the
 * command line; app_mouse.c takes clicks. Only app.c draws on the terminal. */
#ifndef LNSCOPE_APP_APP_STATE_H
#define LNSCOPE_APP_APP_STATE_H

#include "app/app.h"
#include "controls/keys.h"
#include "controls/prompt.h"
#include "export/cast.h"
#include "screen/terminal.h"
#include "session/history.h"
#include "session/session.h"
#include "session/share.h"
#include "train/trainer.h"
#include "views/view.h"

enum { MESSAGE_SIZE = 512 };

struct app {
    struct trainer *trainer;
    struct update *update;   /* the one being taken; too large for the stack */
    struct settings wanted;  /* as commanded: what the next key goes on from */
    struct settings present; /* of the run under way; those of the program as commanded */
    struct task_info task;
    struct history history;
    struct sample_history samples;
    struct task_symbols symbols;
    struct events events;
    struct scene scene;
    struct canvas canvas;
    struct cast *cast;         /* the recording under way; NULL: none */
    struct canvas recorded;    /* the screen as the recording has it */
    double record_from;        /* the clock when it began */
    int64_t recorded_events;   /* those that are markers, or came before */
    struct error record_error; /* why the last recording is not whole; empty: it is */
    char message[MESSAGE_SIZE];
    double message_until;
    double news_until;            /* when the footer goes back from the newest event to the keys */
    struct settings mark_before;  /* the settings before the newest mark on the curves, ... */
    int64_t mark_step;            /* ... which acts from this step on; 0: there is none */
    bool mark_branch;             /* it is where the run branched */
    int mark_events;              /* so many events of the log are about it: the last ones */
    struct history_anchor anchor; /* of the step that the trainer was sent back to */
    bool going_back;              /* and has not said yet that it is there */
    int grip_row, grip_col; /* of a press on curves or maps, from which a drag scrubs; -1: none */
    const char *tensor;     /* the name of the parameter that the bars show; NULL: the first */
    char *save_path; /* where the state goes that the trainer was asked for; NULL: it was not */
    bool save_force;
    struct error save_error;     /* why the last session was not saved; empty: it was */
    struct app_loading *loading; /* a session that is being read (app_session.c); NULL: none */
    char *load_path;             /* of the session that the trainer was sent; NULL: none */
    struct history load_history; /* its history */
    struct events load_events;   /* and its events */
    char load_note[SESSION_NOTE];
    char share[SHARE_TEXT]; /* see scene.share */
    double next_rate, next_frame;
    bool begun;   /* the run under way has been announced */
    bool changed; /* what is shown is no longer what is */
    bool urgent;  /* draw it at once */
    bool quit;
    struct prompt prompt; /* scene.prompt points to it while it is open */
    bool pasting;         /* what comes in is pasted text */
};

/* Puts an answer on the status line for a while (app.c). */
void app_say(struct app *app, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The handlers of the actions, each in the file of its subject; its argument is in its row
 * (controls/actions.h). */
#define ACTION_PROTOTYPE(id, handler, argument_, ...) void handler(struct app *app, int argument);
ACTION_LIST(ACTION_PROTOTYPE)
#undef ACTION_PROTOTYPE

/* Takes the status line away (app.c). */
void app_say_nothing(struct app *app);

/* Carries out an action (app_keys.c). */
void app_act(struct app *app, enum action action);

/* Writes the screen to a file, without the command line (app_record.c). */
void app_export_file(struct app *app, const char *path, bool force);

/* Shows the newest event in the footer for a while, after the answer that stands there (app.c). */
void app_show_news(struct app *app);

/* Makes the canvas as large as the terminal (app.c). */
void app_take_size(struct app *app);

/* Shows a view, and has what is shown do something (app_look.c). */
void app_show_view(struct app *app, enum view view);
void app_act_in_view(struct app *app, enum act act, int by);

/* Fits the axis of the bars to what is shown (app.c). */
void app_fit_axis(struct app *app);

/* Writes into `out` the settings of the run in which the two differ: "warmup 100 steps, lr 0.001",
 * or, with an arrow to stand between the old value and the new, "warmup 0→100" (app_change.c). */
void app_list_changes(const struct settings *before, const struct settings *after,
                      const char *arrow, char *out, size_t size);

/* The changes, or, while blind, that they are hidden where they would tell which stack is which
 * (app_change.c). */
const char *app_told(const struct app *app, const char *changes);

/* Takes what the trainer has published since the last call (app_updates.c). */
void app_take_updates(struct app *app);

/* Sends settings that passed settings_check() to the trainer; what they change is said when it has
 * carried them out (app_change.c). */
void app_command(struct app *app, const struct settings *settings);

/* Sets one setting, with all checks, and says so; false where it cannot be, which is said as well
 * (app_change.c). */
bool app_set(struct app *app, const char *name, const char *value);

/* Opens the command line with this text (app_prompt.c). */
void app_open_prompt(struct app *app, const char *text);

/* Takes a key while it is open, or what was pasted at any time; false when the key is not for it
 * (app_prompt.c). */
bool app_prompt_key(struct app *app, int code);

/* Starts a recording in a file (NULL: one with a number) or ends the one under way; says so or why
 * not (app_record.c). */
void app_record_start(struct app *app, const char *path, bool force);
void app_record_stop(struct app *app);

/* The same without a word on the screen, for the start and the end of the program; a recording that
 * ended because it could not be written is a failure of the end as well. */
bool app_record_open(struct app *app, const char *path, bool force, struct error *error);
bool app_record_close(struct app *app, struct error *error);

/* Records what is on the screen now; does nothing when nothing is recorded (app_record.c). */
void app_record_frame(struct app *app);

/* Names the step that is shown, also anew; NULL: "mark 1", "mark 2", ... False when there is no
 * step yet, or the name cannot be shown: the status line says so (app_time.c). */
bool app_mark(struct app *app, const char *name);

/* Carries out a key of the table or a digit, whatever it came from (app_keys.c). */
void app_take_key(struct app *app, int code);

/* Carries out what the mouse did (app_mouse.c). */
void app_take_mouse(struct app *app, struct mouse mouse);

/* Saves the session to a file, and goes on with a saved one: both when the step under way is done.
 * The status line says how it went (app_session.c). */
void app_save(struct app *app, const char *path, bool force);
void app_load(struct app *app, const char *path);

/* Hands a session that has been read to the trainer, or says why there is none (app_session.c). */
void app_go_on_loading(struct app *app);

/* Takes over history and events of a session whose state the trainer has: it is put in place when
 * the trainer says that it goes on with that state (app_session.c). */
void app_expect_session(struct app *app, struct saved_session *session, const char *path);

/* The trainer's answers: the state to save (NULL: there was no memory for it); it goes on with the
 * loaded one (app_session.c). */
void app_take_state(struct app *app, const struct pair_state *state);
void app_take_session(struct app *app);

/* Forgets the session that was to be loaded (app_session.c). */
void app_forget_session(struct app *app);

/* Waits for what is still to be saved, unless a signal comes; false with a reason when it was not
 * (app_session.c). */
bool app_finish_save(struct app *app, struct error *error);

/* Writes scene.share anew (app_session.c). */
void app_share(struct app *app);

#endif
