/* Files that are whole or not there, and never thrown away once they are finished.
 *
 * A file is written under a temporary name beside its target, flushed to the disk and renamed. An
 * existing file is refused unless `force` is set; then a symbolic link keeps pointing to its file,
 * and the file keeps its permissions. A device or a pipe has no name to change: it is written to
 * directly, and never replaced. Only regular files are read, and nothing waits in here for another
 * program, unless the caller wants to.
 *
 * A finished file whose name was taken meanwhile gets the next one with a number that is free:
 * "rows-002.csv" for "rows.csv", "a-008.cast" for "a-007.cast". A file of lines that could not be
 * finished is kept under its temporary name, up to its last whole line, also where the program dies
 * (base/error.h); other temporary files are removed then, but for those that are whole. */
#ifndef LNSCOPE_BASE_FILE_H
#define LNSCOPE_BASE_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct file {
    FILE *stream;          /* write here */
    char *path;            /* the name it will have */
    const char *temporary; /* the name it has until file_commit(); NULL: it is written directly */
    bool numbered; /* to be set where the name was made up, so that another one will do as well */
    int failed;    /* errno of the first write that failed; 0: none did */
    /* Private: the temporary file, and what it may replace. */
    struct temporary *beside;
    bool replaces;
    dev_t device;
    ino_t inode;
};

/* Opens the temporary file. False with a reason when the target exists and `force` is not set, is a
 * pipe that nobody reads, or when its folder cannot be written. */
bool file_create(struct file *file, const char *path, bool force, struct error *error);

/* The same, but for the reader of a pipe it waits as long as `go_on` says yes. */
bool file_create_waiting(struct file *file, const char *path, bool force, bool (*go_on)(void),
                         struct error *error);

/* Opens a pipe or a device to write to it, without waiting in the system for who reads it, but as
 * long as `go_on` (NULL: not at all) says yes; -1 with a reason. */
int file_open_stream(const char *path, bool (*go_on)(void), struct error *error);

/* To be called by who writes lines that are worth keeping one by one. */
void file_keep_lines(struct file *file);

/* Hands what was written to the system; false with a reason when that has failed, now or before. */
bool file_flush(struct file *file, struct error *error);

/* Flushes, syncs and gives the file its name. False with a reason: a full disk, and then the
 * temporary file is gone, but for one of lines, which is kept and named; or a name that was taken
 * meanwhile, and then the reason says where all of it is. */
bool file_commit(struct file *file, struct error *error);

/* The same; *name is the name that the file now has, which the caller frees, or NULL where it has
 * none. With a `numbered` file another number is no failure. */
bool file_commit_as(struct file *file, char **name, struct error *error);

/* Gives up: the temporary file is removed and the target is as it was. Does nothing for a struct
 * that is all zero or was committed. */
void file_discard(struct file *file);

/* Whether a program that was killed has left temporary files in a folder: `out` is then a line that
 * names them. Each is told of once, and then is read-only. To be called before this process has a
 * file open in there. */
bool file_left_behind(const char *folder, char *out, size_t size);

/* Names of files that are numbered in the current folder: STEM-001ENDING. */
enum { FILE_NUMBERED = 64 };
void file_numbered(char out[FILE_NUMBERED], const char *stem, int number, const char *ending);

/* The first number at which none of the endings (ended by NULL) is taken. */
int file_free_number(const char *stem, const char *const *endings);

/* Opens a regular file to read it; NULL with a reason: not there, a directory, a pipe, unreadable.
 */
FILE *file_open_to_read(const char *path, struct error *error);

/* The whole content of such a file, NUL-terminated, of at most `limit` bytes; the caller frees
 * *content. False with a reason, among them that it is too large. */
bool file_read(const char *path, size_t limit, char **content, size_t *size, struct error *error);

/* The same of what is left in a stream, which messages call `name`. */
bool file_read_stream(FILE *stream, const char *name, size_t limit, char **content, size_t *size,
                      struct error *error);

/* Whether there is a regular file that can be opened to read it; false with a reason. */
bool file_can_be_read(const char *path, struct error *error);

/* Whether something has that name. */
bool file_exists(const char *path);

/* The last part of a path, behind its last slash. */
const char *file_last_part(const char *path);

/* Whether two paths name one file, which need not be there yet. */
bool file_is_same(const char *one, const char *other);

/* Whether a path has this ending, ".csv", behind a name. */
bool file_ends_in(const char *path, const char *ending);

/* Copies a path; a "~" in front of its first slash becomes the folder in $HOME. */
void file_expand(char *out, size_t size, const char *path);

/* Tells `found` in alphabetical order the paths that begin with `prefix`, its "~" kept; those of
 * folders end in a slash. Hidden files are among them only where the prefix asks for them, and
 * names that could steer a terminal never. What cannot be read holds nothing. */
void file_complete(const char *prefix, void (*found)(void *data, const char *path), void *data);

/* What has compressed a file that begins with these bytes, "gzip"; NULL: nothing that is known. */
const char *file_packed_by(const unsigned char *bytes, size_t size);

#endif
