/* The command line that makes the same settings again. */
#ifndef LNSCOPE_SESSION_SHARE_H
#define LNSCOPE_SESSION_SHARE_H

#include "train/settings.h"

/* Bytes that hold any. */
enum { SHARE_TEXT = 8192 };

/* A word of a command line, quoted for a shell where it needs that: 'it'\''s', or, with what cannot
 * be shown, $'a\012b' of bash, zsh and ksh. */
void share_quote(const char *value, char *out, size_t size);

/* Writes `program` ("lnscope", "lnscope run") and the options of all settings that are not what
 * they would be without them: first presets, then what differs from those. Values are quoted for a
 * shell; one line of printable characters. */
void share_command_line(const struct settings *settings, const char *program, char *out,
                        size_t size);

#endif
