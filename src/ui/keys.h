/* The keys: one table from which dispatch, footer, help screen, man page and README follow. */
#ifndef LNSCOPE_UI_KEYS_H
#define LNSCOPE_UI_KEYS_H

/* Key codes: a printable character is itself; the others are these. */
enum key_code {
    KEY_CODE_NONE = -1,
    KEY_CODE_TAB = 9,
    KEY_CODE_ENTER = 10,
    KEY_CODE_ESCAPE = 27,
    KEY_CODE_SPACE = 32,
    KEY_CODE_UP = 0x110000, /* past Unicode */
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_RESIZE
};

enum action {
    ACTION_PAUSE,
    ACTION_STEP,
    ACTION_RESTART,
    ACTION_RESEED,
    ACTION_WARMUP_LONGER,
    ACTION_WARMUP_SHORTER,
    ACTION_LR_UP,
    ACTION_LR_DOWN,
    ACTION_DEEPER,
    ACTION_SHALLOWER,
    ACTION_NORM,
    ACTION_GRADIENT,
    ACTION_CLIP,
    ACTION_TASK,
    ACTION_FASTER,
    ACTION_SLOWER,
    ACTION_FREEZE,
    ACTION_SCROLL_UP,
    ACTION_SCROLL_DOWN,
    ACTION_EXPORT,
    ACTION_HELP,
    ACTION_QUIT,
    ACTIONS
};

struct key_row {
    const char *name;  /* of the action, "warmup-longer" */
    int code[2];       /* key codes; the second is KEY_CODE_NONE where there is only one */
    const char *label; /* how the key is written, "space", "w", "Up" */
    const char *group; /* heading in the help: "Run", "Settings", "View", "Program" */
    const char *help;  /* one line, no full stop */
    const char *hint;  /* one word for the footer; NULL: not shown there */
};

/* Indexed by enum action. */
extern const struct key_row key_table[ACTIONS];

/* The action of a key code; -1 when it has none. */
int key_action(int code);

#endif
