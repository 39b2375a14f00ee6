/* A library that is loaded before the C library (LD_PRELOAD) and makes its calls fail as the
 * environment says: FAULT_ALLOCATION=N the N-th allocation, FAULT_FSYNC=1 every fsync(). With
 * FAULT_COUNT=FILE the file says at the end how many allocations there were. For programs under
 * test; must not allocate. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_long allocations;
static long failing; /* 0: none */

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAULT_ALLOCATION");
    failing = number ? strtol(number, NULL, 10) : 0;
    atomic_store(&allocations, 0); /* what was loaded before is not the program's */
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    char text[32];
    const int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    const int size = snprintf(text, sizeof text, "%ld\n", atomic_load(&allocations));
    if (file >= 0 && write(file, text, (size_t)size) == size)
        close(file);
}

static bool fails(void)
{
    if (atomic_fetch_add(&allocations, 1) + 1 != failing)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int fsync(int descriptor)
{
    (void)descriptor;
    if (!getenv("FAULT_FSYNC"))
        return 0; /* tests need no disk */
    errno = EIO;
    return -1;
}
