/* A script that is played in the app: shared by app_play.c, which carries out what it wants, and
 * app_play_keys.c, which takes the keys, and by nothing else. */
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
    bool taking;            /* the keyboard is to be handed over as soon as nothing is under way */
    struct error error;     /* why there is no going on; empty: there is */
    bool commanded;         /* the trainer's answer is none to the user */
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

#endif
