/* See numbers.h. Knows no names, units or ranges. */
#include "base/numbers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool number_integer(const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-');
    char *end;
    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0;
}

bool number_real(const char *text, double *value)
{
    char *end;
    if (!*text || strspn(text, "0123456789.eE+-") != strlen(text))
        return false;
    *value = strtod(text, &end) + 0.0; /* -0 becomes 0 */
    return *end == '\0' && isfinite(*value);
}
