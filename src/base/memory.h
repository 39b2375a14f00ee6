/* Allocation that does not return NULL, streams to memory, and arenas for numerical arrays. */
#ifndef LNSCOPE_BASE_MEMORY_H
#define LNSCOPE_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One cache line, and one AVX-512 register: every array handed out starts on such a boundary. */
#define MEMORY_ALIGNMENT 64

/* Zeroed memory for `count` items of `size` bytes; dies when there is none. Free with free(). */
void *memory_new(size_t count, size_t size);

/* realloc() to `count` items of `size` bytes that dies when there is none; new items are not
 * zeroed. */
void *memory_resize(void *old, size_t count, size_t size);

/* A copy of the string; dies when there is no memory. Free with free(). */
char *memory_copy_string(const char *string);

/* A stream that writes to memory; NULL when there is none. *text, NUL-terminated, and *size are all
 * that was written only once memory_stream_close() has said so: it is false, and there is no text,
 * where memory was short meanwhile. Free *text with free(), which may be NULL. */
FILE *memory_stream_open(char **text, size_t *size);
bool memory_stream_close(FILE *stream, char **text);

/* Whether so many bytes can be had now: asked before a library is called that crashes, or hangs,
 * where there is no memory. */
bool memory_has_room(size_t size);

/* Memory for `size` bytes of large arrays, not zeroed, in large pages where the system has them;
 * NULL when there is none. Free with free(). What it takes is memory_large_size(): large pages are
 * whole ones where that is at most a quarter more. */
void *memory_large(size_t size);
size_t memory_large_size(size_t size);

/* One block from which aligned arrays are carved, in two passes over the same code: with `base`
 * NULL the carving only counts, so that `used` is the size that the second pass needs. */
struct arena {
    void *block;         /* what was allocated */
    unsigned char *base; /* its first aligned byte; NULL while counting */
    size_t size;         /* bytes at base */
    size_t used;         /* bytes carved so far */
};

/* Allocates `size` zeroed, aligned bytes (pages that are never touched cost nothing); false when
 * there is no memory. */
bool arena_open(struct arena *arena, size_t size);

/* `count` items of `size` bytes, aligned; NULL while counting. */
void *arena_take(struct arena *arena, size_t count, size_t size);

void arena_close(struct arena *arena);

/* Prefetches into the second-level cache `bytes` bytes that are read soon, `ahead` bytes behind
 * `from`. Past the end of an array this does no harm. */
static inline void memory_prefetch(const void *from, size_t ahead, size_t bytes)
{
    const uintptr_t start = (uintptr_t)from + ahead;
    for (size_t at = 0; at < bytes; at += MEMORY_ALIGNMENT)
        __builtin_prefetch((const void *)(start + at), 0, 2);
}

#endif
