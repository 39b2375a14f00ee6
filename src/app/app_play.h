/* A script that is played in the app: shared by app_play.c, which carries out what it wants,
 * app_play_say.c, which says what it says, and app_play_keys.c, which takes the keys, and by
 * nothing else. */
#ifndef LNSCOPE_APP_APP_PLAY_H
#define LNSCOPE_APP_APP_PLAY_H

#include "app/app_state.h"
#include "views/caption.h"

enum { PROGRESS_TEXT = 160 };

struct app_play {
    struct app_script own;
    const struct app_script *script; /* which is that one */
    struct script *owned;            /* NULL: the script is somebody else's */
    struct player player;
    bool over;
    bool taking;        /* the keyboard is to be handed over as soon as nothing is under way */
    struct error error; /* why there is no going on; empty: there is */
    bool commanded;     /* the trainer's answer is none to the user */
    const struct script_command *command; /* the newest one of what was done */
    int64_t until, allowed; /* of the `run` under way: its last step if known, the newest allowed */
    int places;
    struct app_place *place; /* [places] that can be gone back to, by their numbers, ... */
    struct app_place held;   /* ... and that where the keyboard was handed over */
    /* What is said: */
    char caption[CAPTION_TEXT]; /* without results */
    char result[CAPTION_TEXT];  /* what was measured since the last wait; "" */
    char progress[PROGRESS_TEXT];
    bool waited;
    int alls;
    char **all;   /* [alls] */
    double *work; /* [commands + 1]: of all commands in front of this one */
    int64_t from; /* the step at which the `run` under way began */
};

/* Says a text, which may be a question, until the next one; the answer to one, with what the class
 * said (app_play_say.c). */
void app_play_say(struct app *app, const char *text, bool question);
void app_play_answer(struct app *app, const struct player_demand *demand);

/* Shows a result, behind those since the last wait; forgets those of before it; shows those of a
 * place that was gone back to; says at the end what was measured in all (app_play_say.c). */
void app_play_result(struct app *app, const struct player_result *result);
void app_play_forget_results(struct app *app);
void app_play_restore_results(struct app *app, const struct player_result *result, int count);
void app_play_sum_up(struct app *app);

/* Says how far the script is, and which keys are its (app_play_say.c). */
void app_play_progress(struct app *app);

/* Notes on the page how the same is made again (app_play_say.c). */
void app_play_note_command(struct app *app);

/* Lists all that the script will say, so that there is room for it from the start
 * (app_play_say.c). */
void app_play_keep_captions(struct app *app);

#endif
