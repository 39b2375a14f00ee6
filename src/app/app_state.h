/* The state of the program on the screen, shared by the files of the app and by nothing else.
 *
 * app.c owns it and the loop, and only it draws on the terminal. What each of the other files does
 * stands in its first lines, and src/README.md has all of these. */
#ifndef LNSCOPE_APP_APP_STATE_H
#define LNSCOPE_APP_APP_STATE_H

#include "app/app.h"
#include "controls/keys.h"
#include "controls/prompt.h"
#include "export/cast.h"
#include "export/handout.h"
#include "screen/surface.h"
#include "script/player.h"
#include "session/history.h"
#include "session/runs.h"
#include "session/session.h"
#include "session/share.h"
#include "train/trainer.h"
#include "views/view.h"

#include <stdio.h>

enum { MESSAGE_SIZE = 512 };

/* What a key has done, to be taken back. */
enum undo_kind {
    UNDO_SETTINGS, /* settings of a scope were changed: `before` has the old ones */
    UNDO_SWITCH,   /* a stack went on under another placement than this */
    UNDO_RUN /* a run was ended: this one, or, where it had no step, one with these settings */
};
struct undo {
    enum undo_kind kind;
    struct settings before;
    int scope;
    enum side side;
    enum placement placement;
    int ticket; /* of UNDO_RUN: the number of the command */
    int run;
};
enum { UNDO_MAX = 64 };

/* A list that a key goes through. */
enum { CHOOSE_MAX = 32, CHOOSE_TEXT = 40 };
struct choose {
    bool open;
    enum action action;                /* whose key goes on */
    const struct setting_row *setting; /* that is chosen; NULL: a placement to switch to, ... */
    enum side side;                    /* ... of this stack */
    int count, at, first;              /* values, the choice, and what is in force; -1: none */
    char value[CHOOSE_MAX][CHOOSE_TEXT];
    double until; /* when the choice is carried out */
};

/* How things were at one moment, all that it takes to have them so again (app_back.c). */
struct app_place {
    struct settings wanted;
    struct scene_look look;
    int number; /* of the run under way */
    int64_t step;
    struct run_log log;    /* of its settings */
    struct events *events; /* owned */
    int marks;
    struct history_mark *mark; /* [marks], owned */
    struct history_ghost ghost[HISTORY_GHOSTS];
    int undos;
    int handout; /* so much of the page there was */
};

struct app {
    struct surface *surface;
    struct feed *feed;
    struct trainer *trainer; /* that of the feed; NULL: others train */
    struct watch_map map;    /* of rows that are opened */
    FILE *tee;               /* where the rows of the training go as well; NULL: nowhere */
    char *tee_path;
    struct error tee_error;  /* why they are not all there; empty: they are */
    struct settings wanted;  /* as commanded: what the next key goes on from */
    struct settings present; /* of the run under way; those of the program as commanded */
    struct task_info task;
    struct history history;
    struct sample_history samples;
    struct attention_maps *attention[SIDES]; /* the newest; NULL: none of this run */
    struct error no_attention;               /* why there are none of the step that is shown */
    struct task_symbols symbols;
    struct events events;
    struct runs runs;
    int kept;                    /* the run that was kept last; 0: there was nothing to keep */
    struct runs_dropped dropped; /* to make room for it */
    struct undo undo[UNDO_MAX];  /* the newest last */
    int undos;
    int ends_sent, ends_seen; /* commands that end a run: sent, and answered */
    bool taking_back;         /* what is commanded is no key of the user's */
    struct choose choose;
    bool quitting;     /* a second q quits */
    int entering;      /* the run whose state the trainer was sent; 0: none */
    int redo_next;     /* the run that the trainer was asked to do again, ... */
    int redoing;       /* ... and the one that it is doing again; 0: none */
    int64_t redo_last; /* up to this step */
    int removing;      /* the run that a second Delete removes; 0: none */
    struct scene scene;
    struct canvas canvas;
    struct cast *cast;         /* the recording under way; NULL: none */
    struct canvas recorded;    /* the screen as the recording has it */
    double record_from;        /* when it began */
    int64_t recorded_events;   /* those that are markers, or came before */
    struct error record_error; /* why the last recording is not whole; empty: it is */
    char message[MESSAGE_SIZE];
    double message_until;
    int64_t keys;                 /* taken so far */
    int64_t asked_at, said_at;    /* the key that last asked the trainer; that has the message */
    size_t said;                  /* bytes of the message that are this key's own answer */
    bool answering;               /* what is said now is the trainer's answer, to asked_at */
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
    char *load_path;             /* of the session that the trainer was sent; NULL: none */
    struct app_loading *loading; /* a session that is being read (app_session.c); NULL: none */
    struct saved_session
        *load;              /* of the one that the trainer was sent: its history, events and runs */
    char share[SHARE_TEXT]; /* see scene.share */
    double next_rate, next_frame;
    bool begun;   /* the run under way has been announced */
    bool changed; /* what is shown is no longer what is */
    bool urgent;  /* draw it at once */
    bool quit;
    struct app_lab *lab;              /* a grid of trainings (app_lab.c); NULL: none */
    struct app_bound *bound;          /* the estimate of the best loss (app_bound.c); NULL: none */
    struct prompt prompt, search;     /* scene.prompt points to one of them while it is open */
    bool pasting;                     /* what comes in is pasted text */
    struct app_play *play;            /* the script that is played (app_play.c); NULL: none */
    struct handout *handout;          /* the page that is made (app_handout.c); NULL: none */
    bool handout_due;                 /* something was trained or measured since its last picture */
    struct app_journal *journal;      /* of what was done (app_journal.c); NULL: nothing yet */
    const struct app_place *back_to;  /* the place that is being gone back to; NULL: none is */
    const struct script_setup *setup; /* what scripts begin with; NULL: the defaults */
    struct script_setup play_setup;   /* of a script that was begun in the program */
    bool force;                       /* files of scripts may be replaced */
    int failures;                     /* results that did not hold, of scripts that are over */
    struct app_film *film;            /* what it is recorded to (app_film.c); NULL: nothing */
};

/* An app and its trainer, under the settings it starts with, or going on with the session; not yet
 * on a surface. `clock` is that of the surface to come. NULL with a reason when the models or the
 * task cannot be made (app.c). */
struct app *app_open(const struct app_start *start, struct clock *clock, struct error *error);
void app_free(struct app *app);

/* Goes onto a surface, begins to train and draws the first picture; false with a reason when the
 * recording cannot begin (app.c). */
bool app_show(struct app *app, const struct app_start *start, struct surface *surface,
              struct error *error);

/* One turn of the loop: waits for a key for as long as nothing else is due, and takes what there is
 * of keys and updates; draws where a frame is due and something has changed. For as long as
 * app_goes_on() (app.c). */
void app_turn(struct app *app);
bool app_goes_on(const struct app *app);

/* The time on the clock of the surface (app.c). */
double app_now(const struct app *app);

/* Is there a training to drive? Otherwise says that this, a key or a command, does so (app.c). */
bool app_can_train(struct app *app, const char *what);

/* The key being taken asks the trainer for something, which answers later (app.c). */
void app_ask(struct app *app);

/* Puts an answer on the status line for a while; and adds to the one that is there. What the
 * trainer answers to an earlier key comes after the answer to a later one, which has been seen by
 * then (app.c). */
void app_say(struct app *app, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void app_say_more(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The handlers of the actions, each in the file of its subject; its argument is in its row
 * (controls/actions.h). */
#define ACTION_PROTOTYPE(id, handler, argument_, ...) void handler(struct app *app, int argument);
ACTION_LIST(ACTION_PROTOTYPE)
#undef ACTION_PROTOTYPE

/* Begins to play a script, which is the app's from now on where it is `owned`, and forgets it
 * (app_play.c). */
void app_play_open(struct app *app, const struct app_script *script, struct script *owned);
void app_play_close(struct app *app);

/* Takes a key while a script is played; false when the key is for the program (app_play_keys.c). */
bool app_play_key(struct app *app, int code);

/* The question that is asked, with the votes so far (app_play_say.c). */
void app_play_ask(struct app *app);

/* The list of built-in scripts: opened, and closed with a choice (app_scripts.c). */
bool app_scripts_key(struct app *app, int code);
void app_scripts_close(struct app *app);

/* Plays a built-in script, or one from a file, from its beginning; says why not (app_scripts.c). */
void app_play_script(struct app *app, const char *source);

/* The page of what scripts say and measure: begun, added to, given the picture that is due, gone
 * back in, and written at the end, or, where nothing is `good`, not. They do nothing without one
 * (app_handout.c). */
bool app_handout_open(struct app *app, const struct app_start *start, struct error *error);
void app_handout_add(struct app *app, enum handout_kind kind, const char *text);
void app_handout_picture(struct app *app);
int app_handout_count(const struct app *app);
void app_handout_back(struct app *app, int count);
bool app_handout_close(struct app *app, bool good, struct error *error);

/* The scene for a picture of this moment, in which a run that has just paused does not go on
 * (app_handout.c). */
struct scene app_scene_still(const struct app *app);

/* What was done, noted for a script: a run began under settings when the one before had done so
 * many steps; settings or a placement act from a step on; the run went back to a step; another run
 * goes on (runs.now is its record); a view is shown; a step got a name. And the script
 * (app_journal.c). */
void app_journal_begin(struct app *app, int64_t done, const struct settings *settings);
void app_journal_change(struct app *app, int64_t step, const struct settings *settings);
void app_journal_branch(struct app *app, int64_t done, int64_t step,
                        const struct settings *settings);
void app_journal_load(struct app *app, int64_t done);
void app_journal_view(struct app *app);
void app_journal_mark(struct app *app, int64_t step, const char *name);
void app_journal_close(struct app *app);
void app_save_script(struct app *app, const char *path, bool force);

/* How things are now, to be freed; and has them so again, the run by doing it anew from its first
 * step: until then `back_to` is set (app_back.c). */
void app_place_take(const struct app *app, struct app_place *place);
void app_place_free(struct app_place *place);
void app_go_back(struct app *app, const struct app_place *place);

/* The trainer's answers: the run begins anew, a step is done (app_back.c). */
void app_go_back_begins(struct app *app, struct pair_state **ended);
void app_go_back_step(struct app *app);

/* Does what the script wants to be done now. True where the trainer may have an answer already, so
 * that there is more to do in the same turn of the loop. */
bool app_play_turn(struct app *app);

/* Whether the script is over; the part of its work that is done; why it could not be gone on with:
 * NULL, it could (app_play.c). */
bool app_play_is_over(const struct app *app);
int app_play_failures(const struct app *app); /* results that do not hold */
double app_play_part(const struct app *app);
const struct error *app_play_error(const struct app *app);

/* What was commanded could not be carried out: a script that is recorded ends there (app_play.c).
 */
void app_play_fail(struct app *app, const char *why);

/* What the film is told (app_film.c): a chapter begins with the next picture; a caption is shown
 * from now on; what was measured; the picture that was drawn. They do nothing without a film. */
void app_film_chapter(struct app *app, const char *name);
void app_film_caption(struct app *app, const char *text);
void app_film_result(struct app *app, const struct player_result *result);
void app_film_frame(struct app *app);

/* Is this the step whose picture is wanted? Then it is to be drawn before the next one. */
bool app_film_wants(const struct app *app, int64_t step);

/* Takes the status line away (app.c). */
void app_say_nothing(struct app *app);

/* Carries out an action (app_keys.c). */
void app_act(struct app *app, enum action action);

/* Writes what was measured in the run under way to a file (app_record.c). */
void app_export_data(struct app *app, const char *path, bool force);

/* Writes the screen to a file, without the command line, as it would be in a theme and of a size
 * (app_record.c). */
enum { EXPORT_SIDE_MAX = 1000 };
struct picture_look {
    enum theme theme;
    int rows, cols;
};
void app_export_file(struct app *app, const char *path, const struct picture_look *look,
                     bool force);

/* Shows the newest event in the footer for a while, after the answer that stands there (app.c). */
void app_show_news(struct app *app);

/* Makes the canvas as large as the surface (app.c). */
void app_take_size(struct app *app);

/* Is this view shown, and not the projector? Shows a view, and has what is shown do something; says
 * the answer of a view, where there is one (app_look.c). */
bool app_shows(const struct app *app, enum view view);
void app_show_view(struct app *app, enum view view);
void app_act_in_view(struct app *app, enum act act, int by);
void app_answer(struct app *app, const struct answer *said);

/* Writes into `out` the settings of the run in which the two differ: "warmup 100 steps, lr 0.001",
 * or, with an arrow to stand between the old value and the new, "warmup 0→100" (app_change.c). */
void app_list_changes(const struct settings *before, const struct settings *after,
                      const char *arrow, char *out, size_t size);

/* The changes, or, while blind, that they are hidden where they would tell which stack is which
 * (app_change.c). */
const char *app_told(const struct app *app, const char *changes);

/* There are no attention maps of what is shown (app_updates.c). */
void app_forget_attention(struct app *app);

/* Takes what the trainer has published since the last call (app_updates.c). */
void app_take_updates(struct app *app);

/* Sends settings that passed settings_check() to the trainer; what they change is said when it has
 * carried them out (app_change.c). */
void app_command(struct app *app, const struct settings *settings);

/* Sets one setting, with all checks, and says so; false where it cannot be, which is said as well
 * (app_change.c). */
bool app_set(struct app *app, const char *name, const char *value);

/* Opens the command line with this text, and the line for what is searched for (app_prompt.c). */
void app_open_prompt(struct app *app, const char *text);
void app_open_search(struct app *app);

/* Takes a key while the help is open; opens it where words stand in it; shows in it how to have
 * this session again (app_help.c). */
void app_help_key(struct app *app, int code);
void app_help_words(struct app *app, const char *words);
void app_help_session(struct app *app);

/* Searches what is shown for words, "": for the same as before; takes a key that goes on with a
 * search, or ends it, and false is returned where it does not (app_help.c). */
void app_search(struct app *app, const char *words);
bool app_search_key(struct app *app, int code);

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

/* Takes a key, whatever it came from: it is the script's, or it is pressed (app_keys.c). */
void app_take_key(struct app *app, int code);

/* Carries out a key of the table or a digit (app_keys.c). */
void app_press_key(struct app *app, int code);

/* Carries out what the mouse did (app_mouse.c). */
void app_take_mouse(struct app *app, struct mouse mouse);

/* Saves the session to a file, and goes on with a saved one: both when the step under way is done.
 * The status line says how it went (app_session.c). */
void app_save(struct app *app, const char *path, bool force);
void app_load(struct app *app, const char *path);

/* The bytes that the history of the run under way may take: that of a run that others train, which
 * cannot be done again, gets all that the setting gives (app.c). */
size_t app_past_bytes(const struct app *app);

/* The run under way has ended, and the trainer has left its last state behind, or has not: it is
 * kept. With `goes_on` the history is copied, as the run goes back to a step in it; otherwise it is
 * empty afterwards (app_runs.c). */
void app_keep_run(struct app *app, struct pair_state **ended, bool goes_on);

/* Says which run was kept, where it is worth going back to, and what had to go for it
 * (app_runs.c). */
void app_say_kept(struct app *app);

/* Goes back into a run: its last state, or, where that is no longer there, all of it again; false,
 * and said, where it cannot be (app_runs.c). */
bool app_enter_run(struct app *app, int number);

/* Is a run being gone into, or back in? (app_runs.c) */
bool app_is_busy(const struct app *app);

/* A run that is done again has begun (app_runs.c). */
void app_redo_begins(struct app *app);

/* Writes the table of runs to a file (app_runs.c). */
void app_export_runs(struct app *app, const char *path, bool force);

/* Carries out `:lab TEXT`: begins a lab, ends or goes on with it, or reads one from a file; without
 * a text it is shown. `force`: also where rows of the one at hand are lost (app_lab.c). */
void app_lab(struct app *app, const char *text, bool force);

/* Takes what its threads have done, in each turn of the loop; ends it, and frees it (app_lab.c). */
void app_lab_go_on(struct app *app);
void app_lab_close(struct app *app);

/* A run begins whose task and settings are those of the app: the lowest loss that is possible in
 * its context goes to the scene, or, where it has to be estimated, an estimate begins; takes it
 * once it is there, in each turn of the loop; ends it, and frees it (app_bound.c). */
void app_bound_begin(struct app *app);
void app_bound_go_on(struct app *app);
void app_bound_close(struct app *app);

/* Its rows that are in no file (app_lab.c). */
int app_lab_unsaved(const struct app *app);

/* Writes it to a file; false where there is none, or the name is not for it (app_lab.c). */
bool app_lab_export(struct app *app, const char *path, bool force);

/* Opens its chosen cell as the pair (app_lab.c). */
void app_lab_enter(struct app *app);

/* To be called before a setting is changed, a stack is switched, a run is ended: `u` takes it back;
 * and with each answer to a command that ended a run, or failed to (app_undo.c). */
void app_undo_settings(struct app *app, const struct settings *before, int scope);
void app_undo_switch(struct app *app, enum side side, enum placement before);
void app_undo_end(struct app *app, const struct settings *before);
void app_undo_ended(struct app *app, int kept);
void app_undo_failed(struct app *app);

/* A stack goes on under another placement; false, and said, where it cannot (app_change.c). */
bool app_switch(struct app *app, enum side side, enum placement placement);

/* Opens the list of a key, the choice on the next value: of a setting, of one that has only these
 * values, of the placements that a stack can be switched to; moves the choice; carries it out when
 * it is time; takes a key while a list is open, and true is returned where it is not for anybody
 * else (app_choose.c). */
void app_choose_setting(struct app *app, enum action action, const char *setting);
void app_choose_value(struct app *app, enum action action, const char *setting,
                      const char *const *values);
void app_choose_switch(struct app *app, enum action action, enum side side);
void app_choose_next(struct app *app, int by);
void app_choose_wait(struct app *app);
bool app_choose_key(struct app *app, int code);

/* The trainer's answers: it goes on with the state of the run that was gone into, or cannot, and
 * has given the state back; a step of a run that is done again is done (app_runs.c). */
void app_take_run(struct app *app);
void app_fail_run(struct app *app, struct pair_state **state);
void app_redo_step(struct app *app, int64_t step);

/* Hands a session that has been read to the trainer, or says why there is none (app_session.c). */
void app_go_on_loading(struct app *app);

/* Takes over history, events and runs of a session whose state the trainer has: they are put in
 * place when the trainer says that it goes on with that state (app_session.c). */
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

/* Writes "lnscope watch FILE", with what is watched (app_watch.c). */
void app_name_rows(const struct app *app, char *out, size_t size);

/* Begins to write the rows of the training to a file, false with a reason where it cannot; writes
 * those of a step, and says where it cannot any more; ends, false with the reason where rows are
 * missing (app_tee.c). */
bool app_tee_open(struct app *app, const char *path, bool force, struct error *error);
void app_tee_step(struct app *app, const struct snapshot *const snapshot[SIDES]);
bool app_tee_close(struct app *app, struct error *error);

/* Watches other files instead of the present ones; says why not where it cannot (app_watch.c). */
void app_open_rows(struct app *app, const char *const path[], int paths);

/* Writes scene.share anew (app_session.c). */
void app_share(struct app *app);

#endif
