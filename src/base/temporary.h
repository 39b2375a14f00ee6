/* Temporary files: the names that files have while they are written, which are removed where the
 * program dies (base/error.h) in the meantime. One of lines that are worth keeping stays then, up
 * to its last whole line. Owns the list of those under way, which all threads share. */
#ifndef LNSCOPE_BASE_TEMPORARY_H
#define LNSCOPE_BASE_TEMPORARY_H

#include <stdbool.h>

struct temporary; /* opaque */

/* Behind the name of a file, and then TEMPORARY_LETTERS that make it one of its own. */
#define TEMPORARY_MARK ".lnscope-"
enum { TEMPORARY_LETTERS = 6 };

/* Makes a file beside `path`; NULL leaves errno. *descriptor is open to read and to write it. */
struct temporary *temporary_make(const char *path, int *descriptor);

/* The name that the file has; good until temporary_forget(). */
const char *temporary_path(const struct temporary *temporary);

/* From now on its lines are worth keeping. */
void temporary_keep_lines(struct temporary *temporary);
bool temporary_keeps_lines(const struct temporary *temporary);

/* Cuts the file behind its last whole line; false when there is none. */
bool temporary_cut_to_lines(const struct temporary *temporary);

/* All of it is written, or it was given up: from now on its owner alone says what becomes of it. To
 * be called before its descriptor is closed. */
void temporary_settle(struct temporary *temporary);

/* Settles and frees it; the file is as it is. NULL is fine. */
void temporary_forget(struct temporary *temporary);

#endif
