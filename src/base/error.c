/* See error.h. Owns the restore hook. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void (*restore_hook)(void);

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
    restore_hook = restore;
}

void die(const char *format, ...)
{
    va_list arguments;
    void (*restore)(void) = restore_hook;
    restore_hook = NULL;
    if (restore)
        restore();
    fputs("lnscope: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}
