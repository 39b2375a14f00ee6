/* How scripts write keys. */
#ifndef LNSCOPE_SCRIPT_KEY_H
#define LNSCOPE_SCRIPT_KEY_H

/* The code of a key by its name: a character, "C-l" or "Ctrl-L", or what messages call it
 * (key_describe) in any case and without blanks, "Space", "Home", "PageUp", "S-Tab".
 * KEY_CODE_NONE: there is no such key. */
int script_key(const char *name);

#endif
