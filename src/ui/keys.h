/* The keys: one table from which dispatch, footer, help screen, man page and README follow. */
#ifndef LNSCOPE_UI_KEYS_H
#define LNSCOPE_UI_KEYS_H

#include <stddef.h>

/* Key codes: a character is its code point; the others are these. */
enum key_code {
    KEY_CODE_NONE = -1,
    KEY_CODE_TAB = 9,
    KEY_CODE_ENTER = 10,
    KEY_CODE_CTRL_L = 12,
    KEY_CODE_ESCAPE = 27,
    KEY_CODE_SPACE = 32,
    KEY_CODE_BACKSPACE = 127,
    KEY_CODE_UP = 0x110000, /* past Unicode */
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACK_TAB, /* Shift-Tab */
    KEY_CODE_DELETE,
    KEY_CODE_PASTE, /* not keys: what comes between these two was pasted */
    KEY_CODE_PASTE_END,
    KEY_CODE_OTHER, /* a key without a code of its own: F1, Alt-x, ... */
    KEY_CODE_MOUSE, /* not a key: terminal_mouse() tells more */
    KEY_CODE_RESIZE /* not a key: the screen has another size */
};

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
