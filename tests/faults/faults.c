/* A library that is loaded before the C library (LD_PRELOAD) and makes its calls fail as the
 * environment says: FAULT_ALLOCATION=N the N-th allocation, FAULT_FSYNC=1 every fsync(). With
 * FAULT_CLOCK=1 the date is set back by an hour each time that it is looked at, while time goes on.
 * With FAULT_COUNT=FILE the file says at the end how many allocations there were. For programs
 * under test; must not allocate. */
#define _DEFAULT_SOURCE /* syscall() */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
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

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static atomic_long looks;
    const int status = (int)syscall(SYS_clock_gettime, clock, now);
    if (status == 0 && clock == CLOCK_REALTIME && getenv("FAULT_CLOCK"))
        now->tv_sec -= 3600 * (atomic_fetch_add(&looks, 1) + 1);
    return status;
}

time_t time(time_t *out)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
