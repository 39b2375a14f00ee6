/* See lab_file.h. */
#include "lab/lab_file.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN = 200 };

static const size_t text_limit = (size_t)1 << 30;

/* ---- reading ---------------------------------------------------------------------------------*/

bool lab_text_open(struct lab_text *text, const char *path, struct error *error)
{
    *text = (struct lab_text){.path = path};
    return file_read(path, text_limit, &text->bytes, &text->size, error);
}

void lab_text_close(struct lab_text *text)
{
    free(text->bytes);
    *text = (struct lab_text){.size = 0};
}

static size_t line_length(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return (size_t)((newline ? newline : end) - line);
}

bool lab_text_grid(const struct lab_text *text, struct grid *grid, struct error *error)
{
    char shown[SHOWN];
    struct error reason;
    names_printable(shown, sizeof shown, text->path);
    return grid_read(grid, text->bytes, line_length(text->bytes, text->bytes + text->size),
                     &reason) ||
           error_set(error, "%s:1: %s", shown, reason.text);
}

static bool is_same_row(const struct grid *grid, int trial, const struct lab_row *one,
                        const struct lab_row *other)
{
    char *text = lab_row_text(grid, trial, one, NULL);
    char *other_text = lab_row_text(grid, trial, other, NULL);
    const bool same = strcmp(text, other_text) == 0;
    free(text);
    free(other_text);
    return same;
}

bool lab_text_rows(const struct lab_text *text, const struct grid *grid, struct lab_row *row,
                   struct lab_damage *damage, struct error *error)
{
    const char *const end = text->bytes + text->size;
    const char *line = text->bytes + line_length(text->bytes, end) + 1;
    char shown[SHOWN];
    *damage = (struct lab_damage){.lines = 0};
    names_printable(shown, sizeof shown, text->path);
    for (int number = 2; line < end; number++) {
        const size_t size = line_length(line, end);
        const bool cut = line + size == end;
        struct lab_row found;
        struct error reason;
        int trial;
        if (lab_row_read(grid, line, size, &trial, &found, &reason)) {
            if (row[trial].done && !is_same_row(grid, trial, &row[trial], &found))
                return error_set(error,
                                 "%s:%d: the row differs from another of the same training: rows "
                                 "of one build and one machine",
                                 shown, number);
            row[trial] = found;
        } else if (!cut && damage->lines++ == 0) {
            damage->first = number;
            damage->reason = reason;
        }
        line += size + 1;
    }
    return true;
}

/* ---- writing ---------------------------------------------------------------------------------*/

static const char *name_of(const struct lab_file *file, char shown[SHOWN])
{
    if (!file->path)
        return "standard output";
    names_printable(shown, SHOWN, file->path);
    return shown;
}

/* All bytes or errno. */
static int write_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(descriptor, bytes, size);
        struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
        if (written >= 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) { /* somebody made it non-blocking */
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/* Adds bytes; when that fails the file ends where it ended before. */
static bool append(struct lab_file *file, const char *bytes, size_t size, struct error *error)
{
    char shown[SHOWN];
    const int reason = write_all(file->descriptor, bytes, size);
    if (reason == 0) {
        file->size += (long long)size;
        return true;
    }
    if (!file->waits && ftruncate(file->descriptor, (off_t)file->size) != 0)
        errno = 0; /* a row that is cut off is passed over when the file is read */
    file->closed = reason == EPIPE;
    if (file->closed)
        return false;
    return error_set(error, "cannot write %s (%s): %s", name_of(file, shown), strerror(reason),
                     file->waits ? "it is not whole" : "its rows stay, and --resume goes on");
}

/* Takes the text over. */
static bool append_text(struct lab_file *file, char *text, size_t size, struct error *error)
{
    const bool good = append(file, text, size, error);
    free(text);
    return good;
}

static bool append_row(struct lab_file *file, int trial, struct error *error)
{
    size_t size;
    char *text = lab_row_text(file->grid, trial, &file->row[trial], &size);
    return append_text(file, text, size, error);
}

static bool append_header(struct lab_file *file, struct error *error)
{
    size_t size;
    char *text = grid_header(file->grid, &size);
    return append_text(file, text, size, error);
}

/* All rows that need not wait any more. */
static bool append_waiting(struct lab_file *file, bool skip_undone, struct error *error)
{
    for (; file->next < file->trials; file->next++) {
        if (!file->waits[file->next])
            continue;
        if (!file->row[file->next].done && !skip_undone)
            return true;
        if (file->row[file->next].done && !append_row(file, file->next, error))
            return false;
        file->waits[file->next] = false;
    }
    return true;
}

static void put_text(FILE *out, char *text)
{
    fputs(text, out);
    free(text);
}

/* The whole file anew, with what is done, in order. */
static bool write_whole(struct lab_file *file, const char *path, bool replace, struct error *error)
{
    struct file whole;
    if (!file_create(&whole, path, replace, error))
        return false;
    put_text(whole.stream, grid_header(file->grid, NULL));
    for (int trial = 0; trial < file->trials; trial++) {
        if (!file->row[trial].done)
            continue;
        put_text(whole.stream, lab_row_text(file->grid, trial, &file->row[trial], NULL));
        file->last = trial;
    }
    return file_commit(&whole, error);
}

static bool is_regular(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

/* Takes the lock of a file that is open, so that no two write it; on a file system without locks
 * all are free. */
static bool lock(int descriptor)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_SETLK, &whole) == 0 || (errno != EACCES && errno != EAGAIN);
}

bool lab_file_is_busy(const char *path, struct error *error)
{
    char shown[SHOWN];
    const int descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool busy = !lock(descriptor);
    close(descriptor);
    names_printable(shown, sizeof shown, path);
    if (busy)
        error_set(error,
                  "%s is being written by another process: a file of its own for each, and "
                  "--merge",
                  shown);
    return busy;
}

/* A file that can be put in order. */
static bool open_regular(struct lab_file *file, const char *path, bool replace, struct error *error)
{
    char shown[SHOWN];
    struct stat status;
    if (!write_whole(file, path, replace, error))
        return false;
    file->path = memory_copy_string(path);
    file->descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file->descriptor < 0 || !lock(file->descriptor) || fstat(file->descriptor, &status) != 0)
        return error_set(error, "cannot write %s (%s): name a file in a folder that can be written",
                         name_of(file, shown), strerror(errno));
    file->size = (long long)status.st_size;
    return true;
}

/* Standard output (path NULL), a device or a pipe. */
static bool open_stream(struct lab_file *file, const char *path, const int *planned, int count,
                        struct error *error)
{
    file->waits = memory_new((size_t)file->trials, sizeof *file->waits);
    for (int i = 0; i < count; i++)
        file->waits[planned[i]] = true;
    for (int trial = 0; trial < file->trials; trial++)
        file->waits[trial] = file->waits[trial] || file->row[trial].done;
    file->path = path ? memory_copy_string(path) : NULL;
    file->descriptor = path ? file_open_stream(path, NULL, error) : STDOUT_FILENO;
    return file->descriptor >= 0 && append_header(file, error) &&
           append_waiting(file, false, error);
}

static void release(struct lab_file *file)
{
    if (file->descriptor > STDOUT_FILENO)
        close(file->descriptor);
    file->descriptor = -1;
    free(file->path);
    free(file->waits);
    file->path = NULL;
    file->waits = NULL;
}

bool lab_file_open(struct lab_file *file, const char *path, bool replace, const struct grid *grid,
                   const struct lab_row *row, const int *planned, int count, struct error *error)
{
    *file = (struct lab_file){.grid = grid,
                              .row = row,
                              .trials = (int)grid_trials(grid),
                              .descriptor = -1,
                              .last = -1,
                              .ordered = true};
    const bool is_stream = !path || strcmp(path, "-") == 0 || !is_regular(path);
    const bool good = is_stream ? open_stream(file, path && strcmp(path, "-") != 0 ? path : NULL,
                                              planned, count, error)
                                : open_regular(file, path, replace, error);
    if (!good)
        release(file);
    return good;
}

bool lab_file_add(struct lab_file *file, int trial, struct error *error)
{
    if (file->waits)
        return append_waiting(file, false, error);
    if (!append_row(file, trial, error))
        return false;
    file->ordered = file->ordered && trial > file->last;
    file->last = trial;
    return true;
}

bool lab_file_close(struct lab_file *file, bool is_complete, struct error *error)
{
    char shown[SHOWN];
    struct error reason;
    bool good = true;
    if (file->waits)
        good = append_waiting(file, true, error);
    else if (is_complete && !file->ordered && !write_whole(file, file->path, true, &reason))
        good = error_set(error, "%s has all rows, but not in their order (%s): --resume",
                         name_of(file, shown), reason.text);
    else if (fsync(file->descriptor) != 0 && errno != EINVAL)
        good = error_set(error, "cannot write %s (%s): it may not last", name_of(file, shown),
                         strerror(errno));
    release(file);
    return good;
}
