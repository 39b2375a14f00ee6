/* The keys: one table from which dispatch, footer, help screen and man page follow. */
#ifndef LNSCOPE_CONTROLS_KEYS_H
#define LNSCOPE_CONTROLS_KEYS_H

#include "screen/key_codes.h"

#include <stddef.h>

enum action {
    ACTION_PAUSE,
    ACTION_STEP,
    ACTION_RESTART,
    ACTION_RESEED,
    ACTION_FASTER,
    ACTION_SLOWER,
    ACTION_WARMUP_LONGER,
    ACTION_WARMUP_SHORTER,
    ACTION_LR_UP,
    ACTION_LR_DOWN,
    ACTION_DEEPER,
    ACTION_SHALLOWER,
    ACTION_NORM,
    ACTION_CLIP,
    ACTION_TASK,
    ACTION_PRESET,
    ACTION_LEFT_NEXT,
    ACTION_RIGHT_NEXT,
    ACTION_SWITCH_RIGHT,
    ACTION_SWITCH_LEFT,
    ACTION_GRADIENT,
    ACTION_TENSOR,
    ACTION_FREEZE,
    ACTION_PROJECTOR,
    ACTION_HIDE,
    ACTION_THEME,
    ACTION_NEXT_VIEW,
    ACTION_PREVIOUS_VIEW,
    ACTION_SCROLL_UP,
    ACTION_SCROLL_DOWN,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_ZOOM_IN,
    ACTION_ZOOM_OUT,
    ACTION_QUANTITY,
    ACTION_SMOOTHER,
    ACTION_ROUGHER,
    ACTION_LOG_Y,
    ACTION_LOG_X,
    ACTION_BLIND,
    ACTION_BACK,
    ACTION_FORWARD,
    ACTION_FAR_BACK,
    ACTION_FAR_FORWARD,
    ACTION_FIRST,
    ACTION_LIVE,
    ACTION_MARK,
    ACTION_NEXT_MARK,
    ACTION_PREVIOUS_MARK,
    ACTION_BRANCH,
    ACTION_COMMAND,
    ACTION_EXPORT,
    ACTION_RECORD,
    ACTION_REDRAW,
    ACTION_HELP,
    ACTION_QUIT,
    ACTIONS
};

struct key_row {
    const char *name;  /* of the action, "warmup-longer" */
    int code[2];       /* key codes; the second is KEY_CODE_NONE where there is only one */
    const char *label; /* how the first one is written, "space", "w", "Up" */
    const char *group; /* heading in the help: "Run", "Settings", "View", "Time", "Program" */
    const char *help;  /* one line, no full stop */
    const char *hint;  /* one word for the footer; NULL: not shown there */
};

/* Indexed by enum action; the rows of a group stand together. */
extern const struct key_row key_table[ACTIONS];

/* The action of a key code; -1 when it has none. */
int key_action(int code);

/* How a message names a key: "key 'z'", "key Left", "key Ctrl-A", "key U+00E9", "this key" for one
 * without a code; always ASCII. */
void key_describe(int code, char *out, size_t size);

#endif
