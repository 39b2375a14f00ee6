/* The scene: all that a view may look at. Views read it and write cells; they change nothing. */
#ifndef LNSCOPE_UI_SCENE_H
#define LNSCOPE_UI_SCENE_H

#include "train/history.h"
#include "train/settings.h"
#include "ui/axis.h"
#include "ui/canvas.h"

/* Which gradient the bars show. */
enum gradient { GRADIENT_STREAM, GRADIENT_PARAMETER };

struct scene {
    const struct settings *settings; /* of the run under way */
    const struct task_info *task;
    const struct history *history; /* curves, marks, newest snapshots */
    int64_t parameters[SIDES];     /* number of trained values of each stack */
    bool running;
    bool ended;  /* the run reached its last step */
    double rate; /* steps per second; NAN: not known yet */
    enum gradient gradient;
    int tensor;       /* row of snapshot.tensor that GRADIENT_PARAMETER shows */
    struct axis axis; /* of the gradient bars, the same for both stacks */
    /* Where not all layers fit: 0 shows the whole profile, every k-th layer; n > 0 shows every
     * layer from the n-th (x_(n-1), or block n) upwards. At most view_bar_scroll_max(). */
    int bar_scroll;
    bool ascii;             /* only ASCII glyphs */
    bool mono;              /* no colours: the stacks differ by their glyphs alone */
    bool help;              /* the help screen is open */
    int help_scroll;        /* its first line shown */
    const char *message;    /* the status line: "" or the answer to the last key */
    enum role message_role; /* ROLE_TEXT, ROLE_GOOD, ROLE_BAD */
};

#endif
