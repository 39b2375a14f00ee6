/* See answer.h. */
#include "views/answer.h"

#include <stdarg.h>
#include <stdio.h>

void answer_say(struct answer *answer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer->text, sizeof answer->text, format, arguments);
    va_end(arguments);
}
