/* A library that is loaded before the C library (LD_PRELOAD) and makes its calls fail as the
 * environment says: FAULT_ALLOCATION=N the N-th allocation, FAULT_FSYNC=1 every fsync(). With
 * FAULT_KEY=C allocations count only behind the first character C that is read from a terminal,
 * which is a number; so the call that a key leads to can be made to fail. With FAULT_EXCEPT=NAMES
 * those do not count that are made in a function of one of the names, with colons between, or in a
 * library whose path contains one: what does not check what it gets cannot be called where there is
 * no memory. With FAULT_CLOCK=1 the date is set back by an hour each time that it is looked at,
 * while time goes on. With FAULT_COUNT=FILE the file says at the end how many allocations there
 * were; with FAULT_CAME=FILE there is such a file once one has failed. For programs under test;
 * must not allocate. */
#define _GNU_SOURCE /* syscall(), dl_iterate_phdr() */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_long allocations;
static atomic_bool counting;
static long failing;       /* 0: none */
static int key;            /* -1: counting begins with the program */
static const char *failed; /* the file that says so, or NULL */

/* Where the code is whose allocations do not count. */
static struct {
    uintptr_t first, end;
} excepted[8];
static int excepts;

enum { EXCEPTED = sizeof excepted / sizeof excepted[0], FRAMES = 100 };

static void except(uintptr_t first, size_t size)
{
    if (excepts == EXCEPTED)
        abort();
    excepted[excepts].first = first;
    excepted[excepts++].end = first + size;
}

static int except_library(struct dl_phdr_info *library, size_t size, void *name)
{
    (void)size;
    for (int i = 0; i < library->dlpi_phnum && strstr(library->dlpi_name, name); i++)
        if (library->dlpi_phdr[i].p_type == PT_LOAD && library->dlpi_phdr[i].p_flags & PF_X)
            except(library->dlpi_addr + library->dlpi_phdr[i].p_vaddr,
                   library->dlpi_phdr[i].p_memsz);
    return 0;
}

static void except_all(const char *names)
{
    char text[128], *rest = text;
    snprintf(text, sizeof text, "%s", names);
    for (char *name; (name = strtok_r(rest, ":", &rest)) != NULL;) {
        const ElfW(Sym) *symbol = NULL;
        Dl_info found;
        void *function = dlsym(RTLD_DEFAULT, name);
        if (!function)
            dl_iterate_phdr(except_library, name);
        else if (dladdr1(function, &found, (void **)&symbol, RTLD_DL_SYMENT) && symbol)
            except((uintptr_t)function, symbol->st_size);
    }
}

/* Whether a call that is under way is one of these. */
static bool is_excepted(void)
{
    void *frames[FRAMES];
    const int count = excepts > 0 ? backtrace(frames, FRAMES) : 0;
    for (int i = 0; i < count; i++)
        for (int e = 0; e < excepts; e++)
            if ((uintptr_t)frames[i] >= excepted[e].first && (uintptr_t)frames[i] < excepted[e].end)
                return true;
    return false;
}

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAULT_ALLOCATION");
    const char *character = getenv("FAULT_KEY");
    const char *names = getenv("FAULT_EXCEPT");
    void *frame;
    if (names && backtrace(&frame, 1) == 1) /* the first call of it allocates */
        except_all(names);
    failing = number ? strtol(number, NULL, 10) : 0;
    key = character ? (int)strtol(character, NULL, 10) : -1;
    failed = getenv("FAULT_CAME");
    atomic_store(&allocations, 0); /* what was loaded before is not the program's */
    atomic_store(&counting, key < 0);
}

/* Writes a number to a file, if there is to be one. */
static void note(const char *path, long number)
{
    char text[32];
    const int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    const int size = snprintf(text, sizeof text, "%ld\n", number);
    if (file >= 0 && write(file, text, (size_t)size) == size)
        close(file);
}

__attribute__((destructor)) static void end(void)
{
    note(getenv("FAULT_COUNT"), atomic_load(&allocations));
}

static bool fails(void)
{
    if (!atomic_load(&counting) || is_excepted() ||
        atomic_fetch_add(&allocations, 1) + 1 != failing)
        return false;
    note(failed, failing);
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

/* Keys come one by one, or together. */
ssize_t read(int descriptor, void *bytes, size_t size)
{
    const ssize_t got = syscall(SYS_read, descriptor, bytes, size);
    if (got > 0 && key >= 0 && !atomic_load(&counting) && memchr(bytes, key, (size_t)got) &&
        isatty(descriptor))
        atomic_store(&counting, true);
    return got;
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

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now;
    const int status = clock_gettime(CLOCK_REALTIME, &now);
    (void)zone;
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
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
