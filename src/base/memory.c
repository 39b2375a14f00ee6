/* See memory.h. */
#include "base/memory.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
    void *block = size && count > SIZE_MAX / size ? NULL : realloc(old, count * size);
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

static size_t round_up(size_t size)
{
    return (size + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
}

bool arena_open(struct arena *arena, size_t size)
{
    void *base = NULL;
    *arena = (struct arena){0};
    size = round_up(size ? size : 1);
    if (posix_memalign(&base, MEMORY_ALIGNMENT, size))
        return false;
    memset(base, 0, size);
    *arena = (struct arena){.base = base, .size = size};
    return true;
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    size_t offset = arena->used;
    arena->used += round_up(count * size);
    if (!arena->base)
        return NULL;
    if (arena->used > arena->size)
        die("an arena of %zu bytes is too small: its two passes differ", arena->size);
    return arena->base + offset;
}

void arena_close(struct arena *arena)
{
    free(arena->base);
    *arena = (struct arena){0};
}
