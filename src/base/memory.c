/* See memory.h. */
#define _GNU_SOURCE /* madvise(), fopencookie() */
#include "base/memory.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

void *memory_new(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (!block)
        die("out of memory for %zu x %zu bytes: fewer layers, a smaller width or batch need less",
            count, size);
    return block;
}

void *memory_resize(void *old, size_t count, size_t size)
{
    bool fits = size == 0 || count <= SIZE_MAX / size;
    size_t bytes = fits ? count * size : 0;
    void *block = fits ? realloc(old, bytes ? bytes : 1) : NULL;
    if (!block)
        die("out of memory for %zu x %zu bytes: fewer layers, a smaller width or batch need less",
            count, size);
    return block;
}

char *memory_copy_string(const char *string)
{
    size_t size = strlen(string) + 1;
    return memcpy(memory_new(size, 1), string, size);
}

#ifdef __GLIBC__

/* The open_memstream() of glibc leaves out what it finds no memory for, and tells nobody: ferror()
 * does not know, and the text goes on behind. */
struct memory_stream {
    char **text;
    size_t *size;
    size_t room; /* bytes at *text, at least one more than *size */
    bool lost;   /* no memory was found once */
};

static ssize_t stream_write(void *data, const char *bytes, size_t count)
{
    struct memory_stream *stream = data;
    if (count >= stream->room - *stream->size && !stream->lost) {
        const size_t room = 2 * (*stream->size + count + 1);
        char *grown = realloc(*stream->text, room);
        stream->lost = grown == NULL;
        *stream->text = grown ? grown : *stream->text;
        stream->room = grown ? room : stream->room;
    }
    if (stream->lost)
        return 0;
    memcpy(*stream->text + *stream->size, bytes, count);
    *stream->size += count;
    (*stream->text)[*stream->size] = '\0';
    return (ssize_t)count;
}

static int stream_close(void *data)
{
    free(data);
    return 0;
}

FILE *memory_stream_open(char **text, size_t *size)
{
    enum { ROOM = 1024 };
    const cookie_io_functions_t functions = {.write = stream_write, .close = stream_close};
    struct memory_stream *stream = malloc(sizeof *stream);
    *text = calloc(ROOM, 1);
    *size = 0;
    if (stream)
        *stream = (struct memory_stream){.text = text, .size = size, .room = ROOM};
    FILE *file = stream && *text ? fopencookie(stream, "w", functions) : NULL;
    if (file)
        return file;
    free(stream);
    free(*text);
    *text = NULL;
    return NULL;
}

#else

FILE *memory_stream_open(char **text, size_t *size)
{
    *text = NULL;
    return open_memstream(text, size);
}

#endif

bool memory_stream_close(FILE *stream, char **text)
{
    const bool good = fflush(stream) == 0 && !ferror(stream);
    if (fclose(stream) == 0 && good && *text)
        return true;
    free(*text);
    *text = NULL;
    return false;
}

bool memory_has_room(size_t size)
{
    void *volatile block = malloc(size); /* volatile: or the compiler does without both calls */
    const bool has = block != NULL;
    free(block);
    return has;
}

/* The next multiple of the alignment; SIZE_MAX, which no arena can be, where there is none. */
static size_t round_up(size_t size)
{
    if (size > SIZE_MAX - MEMORY_ALIGNMENT)
        return SIZE_MAX;
    return (size + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
}

#define LARGE_PAGE ((size_t)1 << 21)

/* Asks for large pages, with which a step looks up fewer addresses; where there are none, nothing
 * is lost. Only whole large pages inside the block: nothing else shares them. */
static void ask_for_large_pages(unsigned char *block, size_t size)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t first = ((uintptr_t)block + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    const uintptr_t end = ((uintptr_t)block + size) / LARGE_PAGE * LARGE_PAGE;
    if (end > first)
        (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)block, (void)size;
#endif
}

static size_t whole_large_pages(size_t size)
{
    return size > SIZE_MAX - LARGE_PAGE ? SIZE_MAX
                                        : (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
}

size_t memory_large_size(size_t size)
{
    const size_t whole = whole_large_pages(size);
    return whole - size <= size / 4 ? whole : size;
}

void *memory_large(size_t size)
{
    const size_t whole = whole_large_pages(size), takes = memory_large_size(size);
    if (takes < LARGE_PAGE || whole == SIZE_MAX)
        return malloc(size);
    void *block = aligned_alloc(LARGE_PAGE, whole);
    if (block)
        ask_for_large_pages(block, takes);
    return block;
}

bool arena_open(struct arena *arena, size_t size)
{
    size = round_up(size ? size : 1);
    *arena = (struct arena){0};
    arena->block = size > SIZE_MAX - MEMORY_ALIGNMENT ? NULL : calloc(size + MEMORY_ALIGNMENT, 1);
    if (!arena->block)
        return false;
    arena->base = (unsigned char *)arena->block;
    arena->base += MEMORY_ALIGNMENT - (uintptr_t)arena->block % MEMORY_ALIGNMENT;
    arena->size = size;
    ask_for_large_pages(arena->block, size);
    return true;
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    size_t offset = arena->used;
    size_t bytes = size && count > SIZE_MAX / size ? SIZE_MAX : round_up(count * size);
    arena->used = bytes > SIZE_MAX - offset ? SIZE_MAX : offset + bytes;
    if (!arena->base)
        return NULL;
    if (arena->used > arena->size)
        die("an arena of %zu bytes is too small: its two passes differ", arena->size);
    return arena->base + offset;
}

void arena_close(struct arena *arena)
{
    free(arena->block);
    *arena = (struct arena){0};
}
