/* The keys of the actions: what dispatch, footer, help screen and man page follow from. */
#ifndef LNSCOPE_CONTROLS_KEYS_H
#define LNSCOPE_CONTROLS_KEYS_H

#include "controls/actions.h"
#include "screen/key_codes.h"

#include <stdbool.h>
#include <stddef.h>

struct key_row {
    const char *name;  /* of the action, "warmup-longer" */
    int code[2];       /* key codes; the second is KEY_CODE_NONE where there is only one */
    const char *label; /* how the first one is written, "space", "w", "Up" */
    const char *group; /* heading in the help: "Run", "Settings", "View", "Time", "Program" */
    const char *help;  /* one line, no full stop */
    bool trains;       /* it drives a training: nothing to do where one is only watched */
    bool ends;         /* it ends a run, or switches a stack */
    const char *hint;  /* one word for the footer; NULL: not shown there */
};

/* Indexed by enum action; the rows of a group stand together. */
extern const struct key_row key_table[ACTIONS];

/* The action of a key code, whatever the keyboard (key_latin()); -1 when it has none. */
int key_action(int code);

/* The key of a US keyboard that stands where this letter stands on a Russian, Ukrainian,
 * Belarusian or Greek one; other codes as they are. Where two keys of a Greek keyboard give the
 * same letter, the one without a final form. */
int key_latin(int code);

/* The keys that have a name and are no characters, from 0 on; KEY_CODE_NONE behind the last. */
int key_named(int index);

/* How a message names a key: "key 'z'", "key Left", "key Ctrl-A", "key U+00E9", "this key" for one
 * without a code; always ASCII. */
void key_describe(int code, char *out, size_t size);

#endif
