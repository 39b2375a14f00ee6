/* See error.h. Owns the hooks. */
#include "base/error.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void (*_Atomic hooks[ERROR_HOOKS])(void);

static atomic_bool ending;       /* a thread dies */
static _Thread_local bool dying; /* and it is this one */

bool error_set(struct error *error, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return false;
}

void error_on_exit(enum error_hook which, void (*hook)(void))
{
    atomic_store(&hooks[which], hook);
    while (hook && !dying && atomic_load(&ending)) /* too late: nothing is to be begun any more */
        pause();
}

void die(const char *format, ...)
{
    va_list arguments;
    if (atomic_exchange(&ending, true)) {
        while (!dying) /* another thread ends the program */
            pause();
        _exit(1); /* a hook itself has failed */
    }
    dying = true;
    for (int i = 0; i < ERROR_HOOKS; i++) {
        void (*hook)(void) = atomic_exchange(&hooks[i], NULL);
        if (hook)
            hook();
    }
    fputs("lnscope: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    _exit(1);
}
