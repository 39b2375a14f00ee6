/* See grid_values.h. */
#include "lab/grid_values.h"

#include "base/memory.h"
#include "base/names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 48, NUMBER = 32 };

/* Values in the making. */
struct list {
    char **value;
    int count, most;
};

static bool add(struct list *list, const char *text, size_t length, struct error *error)
{
    if (list->count == list->most)
        return error_set(error, "an axis of more than %d values: fewer values, or a larger step",
                         list->most);
    char *value = memory_new(length + 1, 1);
    memcpy(value, text, length);
    list->value[list->count++] = value;
    return true;
}

/* A finite decimal number that is all of the text. */
static bool read_number(const char *text, size_t length, double *number)
{
    char copy[NUMBER], *end;
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (strspn(copy, "0123456789.eE+-") != length)
        return false;
    *number = strtod(copy, &end);
    return *end == '\0' && isfinite(*number);
}

struct range {
    double from, to, by;
    bool factor;
};

/* "FROM..TO:STEP" or "FROM..TO*FACTOR"; `dots` points to the two dots. */
static bool read_range(const char *text, size_t length, const char *dots, struct range *range)
{
    const char *end = text + length, *sign = dots + 2;
    while (sign < end && *sign != ':' && *sign != '*')
        sign++;
    range->factor = sign < end && *sign == '*';
    return sign < end && read_number(text, (size_t)(dots - text), &range->from) &&
           read_number(dots + 2, (size_t)(sign - dots - 2), &range->to) &&
           read_number(sign + 1, (size_t)(end - sign - 1), &range->by);
}

static bool is_whole(double number)
{
    return number == floor(number) && fabs(number) < 1e15;
}

/* What is wrong with a range; NULL: nothing. */
static const char *complaint(const struct setting_row *row, const struct range *range)
{
    if (range->to < range->from)
        return "it goes down: FROM is the smaller one";
    if (range->factor && (range->from <= 0 || range->by <= 1))
        return "FROM above 0 and a FACTOR above 1";
    if (!range->factor && range->by <= 0)
        return "a STEP above 0";
    if (row->kind == SETTING_INTEGER &&
        (!is_whole(range->from) || (!range->factor && !is_whole(range->by))))
        return "whole numbers";
    return NULL;
}

/* Each value is computed from the first one, so that no error adds up; a setting of whole numbers
 * takes the nearest ones, each once. */
static bool add_range(struct list *list, const struct setting_row *row, const struct range *range,
                      struct error *error)
{
    enum { TRIES = 100000 }; /* values that round to the same one are passed over */
    const double most = range->to + 1e-9 * fabs(range->to);
    double before = NAN;
    for (int i = 0; i < TRIES; i++) {
        char text[NUMBER];
        double value =
            range->factor ? range->from * pow(range->by, i) : range->from + range->by * i;
        if (value > most)
            return true;
        if (row->kind == SETTING_INTEGER)
            value = round(value);
        const int length =
            snprintf(text, sizeof text, row->kind == SETTING_INTEGER ? "%.0f" : "%.12g", value);
        if (value != before && !add(list, text, (size_t)length, error))
            return false;
        before = value;
    }
    return error_set(error, "a range whose values hardly differ: a larger %s",
                     range->factor ? "FACTOR" : "STEP");
}

static bool add_item(struct list *list, const struct setting_row *row, const char *text,
                     size_t length, struct error *error)
{
    const bool number = row->kind == SETTING_INTEGER || row->kind == SETTING_REAL;
    const char *dots = number ? strstr(text, "..") : NULL;
    char copy[SHOWN], shown[SHOWN];
    struct range range;
    if (length == 0)
        return error_set(error, "%s has an empty value: values separated by single commas",
                         row->name);
    if (!dots || dots >= text + length)
        return add(list, text, length, error);
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    names_printable(shown, sizeof shown, copy);
    if (!read_range(text, length, dots, &range))
        return error_set(error, "range '%s': FROM..TO:STEP, or FROM..TO*FACTOR", shown);
    const char *wrong = complaint(row, &range);
    return wrong ? error_set(error, "range '%s': %s", shown, wrong)
                 : add_range(list, row, &range, error);
}

int grid_values(const struct setting_row *row, const char *text, char **value, int most,
                struct error *error)
{
    struct list list = {.value = value, .most = most};
    bool good = true;
    for (bool more = true; good && more;) {
        const size_t length = strcspn(text, ",");
        good = add_item(&list, row, text, length, error);
        more = text[length] == ',';
        text += length + more;
    }
    for (int i = 0; !good && i < list.count; i++)
        free(value[i]);
    return good ? list.count : -1;
}
