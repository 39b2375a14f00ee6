/* What a key is called between the terminal and the table of keys. */
#ifndef LNSCOPE_SCREEN_KEY_CODES_H
#define LNSCOPE_SCREEN_KEY_CODES_H

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
    KEY_CODE_OTHER,  /* a key without a code of its own: F1, ... */
    KEY_CODE_MOUSE,  /* not a key: terminal_mouse() tells more */
    KEY_CODE_RESIZE, /* not a key: the screen has another size */
    /* Added to a character: it came at once after an Escape, be it Alt and the key, or two keys on
     * a slow line. */
    KEY_CODE_ALT = 0x200000
};

#endif
