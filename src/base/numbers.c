/* See numbers.h. Knows no names, units or ranges. */
#include "base/numbers.h"

#include <errno.h>
#include <float.h>
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
    const size_t size = strlen(text);
    if (size == 0 || number_length(text, size) != size)
        return false;
    *value = number_value(text, size) + 0.0; /* -0 becomes 0 */
    return isfinite(*value);
}

static size_t digits_at(const char *text, size_t size, size_t at)
{
    const size_t start = at;
    while (at < size && text[at] >= '0' && text[at] <= '9')
        at++;
    return at - start;
}

static bool is_one_of(const char *text, size_t size, size_t at, char one, char other)
{
    return at < size && (text[at] == one || text[at] == other);
}

size_t number_length(const char *text, size_t size)
{
    size_t at = is_one_of(text, size, 0, '+', '-');
    size_t digits = digits_at(text, size, at);
    at += digits;
    if (at < size && text[at] == '.') {
        const size_t behind = digits_at(text, size, at + 1);
        at += digits + behind > 0 ? 1 + behind : 0;
        digits += behind;
    }
    if (digits == 0)
        return 0;
    if (is_one_of(text, size, at, 'e', 'E')) {
        const size_t sign = is_one_of(text, size, at + 1, '+', '-');
        const size_t exponent = digits_at(text, size, at + 1 + sign);
        at += exponent > 0 ? 1 + sign + exponent : 0;
    }
    return at <= NUMBER_MOST ? at : 0;
}

/* A number as whole digits times a power of ten. */
struct decimal {
    uint64_t digits;
    int count; /* digits but for zeros in front */
    int exponent;
    bool negative;
};

static struct decimal take_apart(const char *text, size_t length)
{
    struct decimal number = {.negative = text[0] == '-'};
    bool behind = false;
    size_t at = text[0] == '-' || text[0] == '+';
    for (; at < length && text[at] != 'e' && text[at] != 'E'; at++) {
        if (text[at] == '.') {
            behind = true;
            continue;
        }
        number.digits = number.digits * 10 + (uint64_t)(text[at] - '0');
        number.count += number.digits > 0;
        number.exponent -= behind;
    }
    if (at < length) {
        const bool minus = text[at + 1] == '-';
        int exponent = 0;
        for (at += minus || text[at + 1] == '+' ? 2 : 1; at < length && exponent < 100000; at++)
            exponent = exponent * 10 + (text[at] - '0');
        number.exponent += minus ? -exponent : exponent;
    }
    return number;
}

double number_value(const char *text, size_t length)
{
    /* Powers of ten that a double holds exactly: one product or quotient of exact numbers is
     * rounded once (Clinger 1990, "How to read floating point numbers accurately"). */
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    enum { DIGITS = 19, POWERS = sizeof power / sizeof power[0] }; /* 19 digits fit in 64 bits */
    const struct decimal number = take_apart(text, length);
    if (FLT_EVAL_METHOD == 0 && number.count <= DIGITS && number.digits <= (uint64_t)1 << 53 &&
        number.exponent > -POWERS && number.exponent < POWERS) {
        const double digits = (double)number.digits;
        const double value = number.exponent < 0 ? digits / power[-number.exponent]
                                                 : digits * power[number.exponent];
        return number.negative ? -value : value;
    }
    char copy[NUMBER_MOST + 1];
    memcpy(copy, text, length);
    copy[length] = '\0';
    return strtod(copy, NULL);
}
