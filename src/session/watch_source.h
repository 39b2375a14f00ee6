/* The lines of a file that another program writes, as it grows.
 *
 * A file is followed by its name: one that is not there is waited for, one that was replaced,
 * shortened or written anew is begun anew. Nothing here waits, and nothing knows what the lines
 * say. A line is handed out when its newline is there. */
#ifndef LNSCOPE_SESSION_WATCH_SOURCE_H
#define LNSCOPE_SESSION_WATCH_SOURCE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Longer lines are passed over, and the last bytes that are remembered of what was read. */
enum { SOURCE_LINE_MOST = 64 << 20, SOURCE_TAIL = 64 };

enum source_news {
    SOURCE_NOTHING,  /* no more for now */
    SOURCE_LINE,     /* a line */
    SOURCE_TOO_LONG, /* a line of more than SOURCE_LINE_MOST bytes, which is not handed out */
    SOURCE_ANEW      /* another file begins: what comes has nothing to do with what came */
};

struct watch_source {
    int64_t line;       /* number of the line that was handed out last, from 1 */
    int64_t line_start; /* where it begins, in bytes */
    int64_t taken;      /* bytes up to its end */
    int64_t size;       /* of the file when it was looked at last; 0: not known */
    time_t written;     /* and when it was written last; 0: not known */
    bool is_there;      /* the file has been found */
    bool can_seek;      /* it is a regular file, whose lines can be read again */
    bool is_over;       /* whoever wrote standard input has closed it */
    struct error error; /* why it could not be read just now; "": it could */
    /* Private: */
    char *path;     /* NULL: standard input */
    char *name;     /* its last part, to be shown */
    int descriptor; /* -1: none yet */
    dev_t device;
    ino_t number;
    struct timespec changed;
    int64_t offset; /* bytes read */
    bool skipping;  /* in a line that is too long */
    char *buffer;   /* [room] */
    size_t room, begin, end,
        looked; /* lines begin at `begin`; up to `looked` there is no newline */
    unsigned char tail[SOURCE_TAIL]; /* the bytes before `offset` */
    size_t tail_size;
};

/* How it is called: the last part of its path, printable; "standard input". Good as long as it is
 * open. */
const char *source_name(const struct watch_source *source);

/* Follows a path; "-" is standard input. False with a reason for what can never be read, such as a
 * folder. */
bool source_open(struct watch_source *source, const char *path, struct error *error);
void source_close(struct watch_source *source);

/* The next line, without its newline and what stands before it of "\r"; good until the next call.
 * Reads at most one piece of the file, so that whoever calls decides how long it takes: after
 * SOURCE_NOTHING with `more` there is more to read. */
enum source_news source_next(struct watch_source *source, const char **text, size_t *size,
                             bool *more);

/* Goes back to the beginning of a line, whose number is given; only where `can_seek`. */
void source_seek(struct watch_source *source, int64_t start, int64_t line);

#endif
