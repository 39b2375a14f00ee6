/* The captions of a recording as WebVTT, for players that show them beside a video. */
#ifndef LNSCOPE_EXPORT_CAPTIONS_H
#define LNSCOPE_EXPORT_CAPTIONS_H

#include "base/error.h"

#include <stdbool.h>

struct captions; /* opaque: the file and the caption that is shown */

/* Begins a file, which appears when it is closed. NULL with a reason. */
struct captions *captions_open(const char *path, bool force, struct error *error);

/* A caption from a time on, in seconds, until the next one; "" ends one. Times never fall. */
void captions_say(struct captions *captions, const char *text, double seconds);

/* Ends the last caption at a time, and gives the file its name; false with a reason, and then there
 * is none. Frees it either way. */
bool captions_close(struct captions *captions, double seconds, struct error *error);

/* Gives up. */
void captions_discard(struct captions *captions);

#endif
