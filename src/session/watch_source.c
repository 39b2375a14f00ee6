/* See watch_source.h. Owns the descriptor and the buffer. */
#include "session/watch_source.h"

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

/* Bytes that are read at a time, and that an empty buffer may keep. */
enum { PIECE = 256 << 10, ROOM_KEPT = 8 << 20 };

/* Bytes that names_printable() wants beyond a text. */
enum { NAME_SLACK = 8 };

const char *source_name(const struct watch_source *source)
{
    return source->path ? source->name : "standard input";
}

/* Forgets what was read. */
static void begin_at(struct watch_source *source, int64_t offset, int64_t line)
{
    source->offset = source->taken = source->line_start = offset;
    source->line = line;
    source->begin = source->end = source->looked = source->tail_size = 0;
    source->skipping = false;
}

static void close_file(struct watch_source *source)
{
    if (source->descriptor >= 0 && source->path)
        close(source->descriptor);
    source->descriptor = -1;
}

static bool cannot_read(struct watch_source *source, const char *why)
{
    return error_set(&source->error, "%s cannot be read (%s): a file of rows, or - for them",
                     source->path ? source->path : source_name(source), why);
}

static void take_over(struct watch_source *source, int descriptor)
{
    struct stat about;
    source->descriptor = descriptor;
    const int wrong = fstat(descriptor, &about) != 0 ? errno : S_ISDIR(about.st_mode) ? EISDIR : 0;
    if (wrong != 0) {
        cannot_read(source, strerror(wrong));
        close_file(source);
        return;
    }
    source->device = about.st_dev;
    source->number = about.st_ino;
    source->is_there = true;
    source->can_seek = S_ISREG(about.st_mode) && source->path;
    source->size = S_ISREG(about.st_mode) ? (int64_t)about.st_size : 0;
    source->written = source->can_seek ? about.st_mtim.tv_sec : 0;
    begin_at(source, 0, 0);
}

/* What a saved session begins with: the length of its header, which is an object. */
static bool is_session(const unsigned char *bytes, ssize_t size)
{
    static const unsigned char high[4] = {0};
    return size > 8 && memcmp(bytes + 4, high, sizeof high) == 0 && bytes[8] == '{';
}

/* Whether the file can become rows: one that is something else, as a whole, never does. */
static void look_at_start(struct watch_source *source)
{
    unsigned char bytes[16];
    const ssize_t size =
        source->can_seek ? pread(source->descriptor, bytes, sizeof bytes, 0) : (ssize_t)0;
    const char *packed = size > 0 ? file_packed_by(bytes, (size_t)size) : NULL;
    if (packed)
        error_set(&source->error,
                  "%s is compressed (%s): unpack it, also on its way into lnscope watch -",
                  source->name, packed);
    else if (is_session(bytes, size))
        error_set(&source->error, "%s is a saved session: lnscope --load goes on with it",
                  source->name);
}

/* Opens the file if it is there; one that is not is no error. Never waits for who writes a pipe. */
static void try_to_open(struct watch_source *source)
{
    const int descriptor = open(source->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor >= 0)
        take_over(source, descriptor);
    else if (errno != ENOENT)
        cannot_read(source, strerror(errno));
}

bool source_open(struct watch_source *source, const char *path, struct error *error)
{
    *source = (struct watch_source){.descriptor = -1};
    if (strcmp(path, "-") == 0) {
        take_over(source, STDIN_FILENO);
    } else {
        const char *last = *file_last_part(path) ? file_last_part(path) : path;
        source->path = memory_copy_string(path);
        source->name = memory_new(strlen(last) + NAME_SLACK, 1);
        names_printable(source->name, strlen(last) + NAME_SLACK, last);
        try_to_open(source);
        if (source->is_there)
            look_at_start(source);
    }
    if (!source->error.text[0])
        return true;
    *error = source->error;
    source_close(source);
    return false;
}

void source_close(struct watch_source *source)
{
    close_file(source);
    free(source->path);
    free(source->name);
    free(source->buffer);
    *source = (struct watch_source){.descriptor = -1};
}

void source_seek(struct watch_source *source, int64_t start, int64_t line)
{
    if (lseek(source->descriptor, (off_t)start, SEEK_SET) < 0)
        cannot_read(source, strerror(errno));
    begin_at(source, start, line - 1);
}

/* ---- the file behind the name ----------------------------------------------------------------*/

/* Whether what was read last is still what stands in front of the place that is read next. */
static bool is_unchanged(const struct watch_source *source)
{
    unsigned char now[SOURCE_TAIL];
    const ssize_t size = pread(source->descriptor, now, source->tail_size,
                               (off_t)source->offset - (off_t)source->tail_size);
    return size == (ssize_t)source->tail_size && memcmp(now, source->tail, (size_t)size) == 0;
}

/* At the end of what there is: has the name come to stand for another file, or the file for other
 * bytes? Then it is begun anew. A name that is gone may come back. */
static bool begins_anew(struct watch_source *source)
{
    struct stat about;
    if (!source->can_seek)
        return false;
    const bool named = stat(source->path, &about) == 0;
    if (named && (about.st_dev != source->device || about.st_ino != source->number)) {
        close_file(source);
        begin_at(source, 0, 0);
        try_to_open(source);
        source->is_there = source->descriptor >= 0;
        return true;
    }
    if (fstat(source->descriptor, &about) != 0)
        return false;
    const bool touched = about.st_mtim.tv_sec != source->changed.tv_sec ||
                         about.st_mtim.tv_nsec != source->changed.tv_nsec;
    source->size = (int64_t)about.st_size;
    source->changed = about.st_mtim;
    source->written = about.st_mtim.tv_sec;
    if (source->size >= source->offset && (!touched || is_unchanged(source)))
        return false;
    source_seek(source, 0, 1);
    return true;
}

/* ---- bytes -----------------------------------------------------------------------------------*/

/* Room for another piece behind what is there. */
static void make_room(struct watch_source *source)
{
    if (source->begin > 0)
        memmove(source->buffer, source->buffer + source->begin, source->end - source->begin);
    source->end -= source->begin;
    source->looked -= source->begin;
    source->begin = 0;
    if (source->end == 0 && source->room > ROOM_KEPT) {
        free(source->buffer);
        source->buffer = NULL;
        source->room = 0;
    }
    if (source->room < source->end + PIECE) {
        source->room = source->room < PIECE ? 2 * PIECE : 2 * source->room;
        source->buffer = memory_resize(source->buffer, source->room, 1);
    }
}

/* Remembers the last bytes of those that were just read. */
static void remember_tail(struct watch_source *source, const char *bytes, size_t size)
{
    if (size >= SOURCE_TAIL) {
        memcpy(source->tail, bytes + size - SOURCE_TAIL, SOURCE_TAIL);
        source->tail_size = SOURCE_TAIL;
        return;
    }
    const size_t both = source->tail_size + size;
    const size_t gone = both > SOURCE_TAIL ? both - SOURCE_TAIL : 0;
    memmove(source->tail, source->tail + gone, source->tail_size - gone);
    memcpy(source->tail + source->tail_size - gone, bytes, size);
    source->tail_size = both - gone;
}

/* Whether a read() would come back at once. */
static bool is_ready(const struct watch_source *source)
{
    struct pollfd ready = {.fd = source->descriptor, .events = POLLIN};
    return source->can_seek || poll(&ready, 1, 0) > 0;
}

/* Reads a piece: SOURCE_LINE when there is one. What is written anew meanwhile is noticed, since
 * the bytes before the piece are looked at after it was read. */
static enum source_news read_piece(struct watch_source *source)
{
    if (!is_ready(source))
        return SOURCE_NOTHING;
    make_room(source);
    char *to = source->buffer + source->end;
    const ssize_t size = read(source->descriptor, to, PIECE);
    if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        cannot_read(source, strerror(errno));
    if (size < 0)
        return SOURCE_NOTHING;
    if (size == 0) {
        source->is_over = !source->path;
        return begins_anew(source) ? SOURCE_ANEW : SOURCE_NOTHING;
    }
    if (source->can_seek && !is_unchanged(source)) {
        source_seek(source, 0, 1);
        return SOURCE_ANEW;
    }
    remember_tail(source, to, (size_t)size);
    source->end += (size_t)size;
    source->offset += size;
    if (source->size < source->offset && source->can_seek)
        source->size = source->offset;
    return SOURCE_LINE;
}

/* ---- lines -----------------------------------------------------------------------------------*/

/* The line that ends at `newline`. */
static enum source_news take_line(struct watch_source *source, const char *newline,
                                  const char **text, size_t *size)
{
    const bool skipped = source->skipping;
    *text = source->buffer + source->begin;
    *size = (size_t)(newline - *text);
    source->line++;
    source->line_start = source->taken;
    source->begin += *size + 1;
    source->looked = source->begin;
    source->taken = source->offset - (int64_t)(source->end - source->begin);
    source->skipping = false;
    if (*size > 0 && (*text)[*size - 1] == '\r')
        --*size;
    return skipped ? SOURCE_TOO_LONG : SOURCE_LINE;
}

/* What is in the buffer has no newline: drops it when the line is too long to be kept. */
static void drop_what_is_too_long(struct watch_source *source)
{
    source->looked = source->end;
    if (!source->skipping && source->end - source->begin <= SOURCE_LINE_MOST)
        return;
    source->skipping = true;
    source->begin = source->end = source->looked = 0;
}

enum source_news source_next(struct watch_source *source, const char **text, size_t *size,
                             bool *more)
{
    *more = false;
    source->error.text[0] = '\0';
    if (source->descriptor < 0)
        try_to_open(source);
    if (source->descriptor < 0)
        return SOURCE_NOTHING;
    for (int pieces = 0;; pieces++) {
        const size_t left = source->end - source->looked;
        const char *newline = left > 0 ? memchr(source->buffer + source->looked, '\n', left) : NULL;
        if (newline)
            return take_line(source, newline, text, size);
        drop_what_is_too_long(source);
        if (pieces > 0) {
            *more = true;
            return SOURCE_NOTHING;
        }
        const enum source_news news = read_piece(source);
        if (news != SOURCE_LINE)
            return news;
    }
}
