/* See error.h. Owns the restore hook. */
#include "base/error.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void (*_Atomic restore_hook)(void);

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

void error_on_exit(void (*restore)(void))
{
    atomic_store(&restore_hook, restore);
}

void die(const char *format, ...)
{
    static atomic_flag taken = ATOMIC_FLAG_INIT;
    static _Thread_local bool dying;
    va_list arguments;
    if (atomic_flag_test_and_set(&taken)) {
        while (!dying) /* another thread restores and ends the program */
            pause();
        _exit(1); /* the hook itself has failed */
    }
    dying = true;
    void (*restore)(void) = atomic_exchange(&restore_hook, NULL);
    if (restore)
        restore();
    fputs("lnscope: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    _exit(1);
}
