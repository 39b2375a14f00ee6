/* Files that are whole or not there.
 *
 * A file is written under a temporary name beside its target, flushed to the disk and renamed. An
 * existing file is refused unless `force` is set; then a symbolic link keeps pointing to its file,
 * and the file keeps its permissions. A device or a pipe has no name to change: it is written to
 * directly, and never replaced. */
#ifndef LNSCOPE_BASE_FILE_H
#define LNSCOPE_BASE_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>

struct file {
    FILE *stream;    /* write here */
    char *path;      /* the name it will have */
    char *temporary; /* the name it has until file_commit(); NULL where it is written directly */
    bool force;      /* an existing file may be replaced */
};

/* Opens the temporary file. False with a reason when the target exists and `force` is not set, or
 * when its folder cannot be written. */
bool file_create(struct file *file, const char *path, bool force, struct error *error);

/* Flushes, syncs and gives the file its name; false with a reason (a full disk, a name taken
 * meanwhile), and then the temporary file is gone. */
bool file_commit(struct file *file, struct error *error);

/* Gives up: the temporary file is removed and the target is as it was. Does nothing for a struct
 * that is all zero or was committed. */
void file_discard(struct file *file);

/* Names of files that are numbered in the current folder: STEM-001ENDING. */
enum { FILE_NUMBERED = 64 };
void file_numbered(char out[FILE_NUMBERED], const char *stem, int number, const char *ending);

/* The first number at which none of the endings (ended by NULL) is taken. */
int file_free_number(const char *stem, const char *const *endings);

/* The whole content of a file, NUL-terminated, of at most `limit` bytes; the caller frees *content.
 * False with a reason: not there, a directory, unreadable, too large. */
bool file_read(const char *path, size_t limit, char **content, size_t *size, struct error *error);

/* The same of what is left in a stream, which messages call `name`. */
bool file_read_stream(FILE *stream, const char *name, size_t limit, char **content, size_t *size,
                      struct error *error);

/* Whether a file can be opened to read it; false with a reason. Never waits, not even for who
 * writes a pipe. */
bool file_can_be_read(const char *path, struct error *error);

/* Whether something has that name. */
bool file_exists(const char *path);

/* Whether two paths name one file, which need not be there yet. */
bool file_is_same(const char *one, const char *other);

/* Copies a path; a "~" in front of its first slash becomes the folder in $HOME. */
void file_expand(char *out, size_t size, const char *path);

/* Tells `found` in alphabetical order the paths that begin with `prefix`, its "~" kept; those of
 * folders end in a slash. Hidden files are among them only where the prefix asks for them, and
 * names that could steer a terminal never. What cannot be read holds nothing. */
void file_complete(const char *prefix, void (*found)(void *data, const char *path), void *data);

#endif
