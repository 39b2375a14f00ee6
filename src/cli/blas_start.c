/* See blas_start.h. Must not allocate before main(), nor ask the C library for the environment:
 * neither is there yet. */
#include "cli/blas_start.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/* A sanitizer, which begins before the libraries too, needs more than any limit leaves. */
#if defined(__GLIBC__) && !defined(LNSCOPE_SANITIZED)

/* Seconds of processor time that the start may take where the address space is limited; it takes
 * some hundredths. */
enum { LONGEST_START = 2 };

static bool watched;
static struct sigaction before;

static bool is_limited(int resource)
{
    struct rlimit limit;
    return getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static void refuse(int number)
{
    static const char words[] = "lnscope: no memory for the matrix products of BLAS, which cannot "
                                "start: raise the limit (ulimit -v)\n";
    (void)number;
    const ssize_t told = write(STDERR_FILENO, words, sizeof words - 1);
    (void)told;
    _exit(1);
}

static void watch(void)
{
    const struct itimerval longest = {.it_value = {.tv_sec = LONGEST_START}};
    const struct sigaction action = {.sa_handler = refuse};
    watched =
        sigaction(SIGPROF, &action, &before) == 0 && setitimer(ITIMER_PROF, &longest, NULL) == 0;
}

/* OpenBLAS is told to start no threads, which it hears only at the start of a program: this one is
 * started once more. */
static void start_without_threads(char **argv, char **environment)
{
    static char one[] = "OPENBLAS_NUM_THREADS=1";
    const size_t name = strlen("OPENBLAS_NUM_THREADS=");
    size_t entries = 0;
    while (environment[entries])
        entries++;
    char *changed[entries + 2];
    size_t kept = 0;
    changed[kept++] = one;
    for (char **entry = environment; *entry; entry++) {
        if (strcmp(*entry, one) == 0)
            return;
        if (strncmp(*entry, one, name) != 0)
            changed[kept++] = *entry;
    }
    changed[kept] = NULL;
    execve("/proc/self/exe", argv, changed);
}

static void before_libraries(int argc, char **argv, char **environment)
{
    (void)argc;
    if (!is_limited(RLIMIT_AS) && !is_limited(RLIMIT_DATA))
        return;
    start_without_threads(argv, environment);
    watch();
}

__attribute__((section(".preinit_array"),
               used)) static void (*const preinit)(int, char **, char **) = before_libraries;

void blas_start_over(void)
{
    const struct itimerval none = {.it_interval = {.tv_sec = 0}};
    if (!watched)
        return;
    setitimer(ITIMER_PROF, &none, NULL);
    sigaction(SIGPROF, &before, NULL);
    watched = false;
}

#else

void blas_start_over(void)
{
}

#endif
