/* See text.h. */
#include "screen/text.h"

#include "base/columns.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool unknown(char out[TEXT_NUMBER], double value)
{
    if (isfinite(value))
        return false;
    snprintf(out, TEXT_NUMBER, "%s", isnan(value) ? "--" : value > 0 ? "inf" : "-inf");
    return true;
}

void text_scientific(char out[TEXT_NUMBER], double value, int digits)
{
    if (unknown(out, value))
        return;
    char text[TEXT_NUMBER];
    snprintf(text, sizeof text, "%.*e", digits < 3 ? digits : 3, value);
    char *exponent = strchr(text, 'e');
    *exponent++ = '\0';
    if (value == 0)
        snprintf(out, TEXT_NUMBER, "0");
    else
        snprintf(out, TEXT_NUMBER, "%.10se%d", text, atoi(exponent));
}

void text_loss(char out[TEXT_NUMBER], double loss)
{
    if (unknown(out, loss))
        return;
    double size = fabs(loss);
    if (size >= 9999.5)
        text_scientific(out, loss, 0);
    else
        snprintf(out, TEXT_NUMBER, "%.*f", size < 9.9995 ? 3 : size < 99.995 ? 2 : 1, loss);
}

void text_number(char out[TEXT_NUMBER], double value)
{
    if (unknown(out, value))
        return;
    double size = fabs(value);
    if (size > 0 && (size < 0.000995 || size >= 999.5))
        text_scientific(out, value, 0);
    else
        snprintf(out, TEXT_NUMBER, "%.*f",
                 size < 0.9995  ? 3
                 : size < 9.995 ? 2
                                : size < 99.95,
                 value);
}

void text_factor(char out[TEXT_NUMBER], double factor, bool ascii)
{
    if (unknown(out, factor))
        return;
    const char *times = ascii ? "x" : "×";
    if (factor < 0.00995 || factor >= 999.5) {
        char text[TEXT_NUMBER];
        text_scientific(text, factor, 0);
        snprintf(out, TEXT_NUMBER, "%s%.10s", times, text);
        return;
    }
    int digits = factor < 0.0995 ? 3 : factor < 9.995 ? 2 : factor < 99.95 ? 1 : 0;
    snprintf(out, TEXT_NUMBER, "%s%.*f", times, digits, factor);
}

/* Two significant digits of a number from 1 on, without an exponent. */
static double two_digits(double value)
{
    double unit = pow(10, floor(log10(value)) - 1);
    return round(value / unit) * unit;
}

/* A ratio as a number of at least 1 behind "" or "1/". */
static double ratio_size(double ratio, const char **over)
{
    const bool plain = ratio >= 0.0995 || ratio <= 0;
    *over = plain ? "" : "1/";
    return plain ? ratio : 1 / ratio;
}

void text_ratio(char out[TEXT_NUMBER], double ratio)
{
    if (unknown(out, ratio))
        return;
    const char *over;
    const double size = ratio_size(ratio, &over);
    if (size >= 995000) {
        char text[TEXT_NUMBER];
        text_scientific(text, size, 1);
        snprintf(out, TEXT_NUMBER, "%s%.10s", over, text);
    } else if (size >= 9950) {
        const long whole = lrint(two_digits(size));
        snprintf(out, TEXT_NUMBER, "%s%ld,%03ld", over, whole / 1000, whole % 1000);
    } else if (size >= 9.95) {
        snprintf(out, TEXT_NUMBER, "%s%.0f", over, two_digits(size));
    } else {
        snprintf(out, TEXT_NUMBER, "%s%.*f", over, size < 0.995 ? 2 : 1, size);
    }
}

void text_ratio_words(char out[TEXT_NUMBER], double ratio)
{
    static const struct {
        double unit;
        const char *name;
    } words[] = {{1e6, "million"}, {1e9, "billion"}};
    const char *over;
    const double size = ratio_size(ratio, &over);
    text_ratio(out, ratio);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const double number = size / words[i].unit;
        if (number >= 0.995 && number < 995)
            snprintf(out, TEXT_NUMBER, "%s%.*f %s", over, number < 9.95,
                     number < 9.95 ? number : two_digits(number), words[i].name);
    }
}

int text_digits(int64_t number)
{
    int digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

void text_count(char out[TEXT_NUMBER], int64_t count)
{
    static const struct {
        double unit;
        const char *letter;
    } units[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        double number = (double)count / units[i].unit;
        if (number < 0.9995)
            continue;
        snprintf(out, TEXT_NUMBER, "%.*f%s", number < 9.95 ? 1 : 0, number, units[i].letter);
        return;
    }
    snprintf(out, TEXT_NUMBER, "%" PRId64, count);
}

size_t text_line(const char **rest, int columns)
{
    const char *text = *rest, *scan = text, *cut = NULL;
    for (int used = 0, width; *scan; used += width) {
        const char *next = scan;
        const int own = columns_of(utf8_next(&next));
        width = own < 0 ? 1 : own;
        if (used > 0 && used + width > columns)
            break;
        if (*scan == ' ')
            cut = scan;
        scan = next;
    }
    if (*scan == '\0' || *scan == ' ' || !cut)
        cut = scan;
    *rest = cut + (*cut == ' ');
    return (size_t)(cut - text);
}

int text_rows(const char *text, int columns)
{
    int rows = 0;
    do {
        text_line(&text, columns);
        rows++;
    } while (*text);
    return rows;
}

void text_title(char out[TEXT_TITLE], enum placement placement, enum norm norm)
{
    const char *title = placement_table[placement].title, *letters = norm_table[norm].letters;
    const char *place = strstr(title, "LN");
    if (!place)
        snprintf(out, TEXT_TITLE, "%s", title);
    else if (letters[0])
        snprintf(out, TEXT_TITLE, "%.*s%s%s", (int)(place - title), title, letters, place + 2);
    else
        snprintf(out, TEXT_TITLE, "%.*s, no norm", (int)(place - title) - 1, title);
}

/* N( ... ) stands for the norm: its letters replace the N, and where there are none the N and its
 * pair of parentheses go. */
void text_formula(char out[TEXT_TITLE], enum placement placement, enum norm norm)
{
    const char *letters = norm_table[norm].letters;
    size_t used = 0;
    int depth = 0, dropped[8], drops = 0; /* depths of the parentheses that go */
    for (const char *in = placement_table[placement].formula; *in; in++) {
        bool is_norm = in[0] == 'N' && in[1] == '(';
        const char *piece = is_norm ? letters : in;
        size_t length = is_norm ? strlen(letters) : 1;
        if (is_norm && !letters[0] && drops < 8) {
            dropped[drops++] = ++depth;
            in++;
        } else if (*in == '(') {
            depth++;
        } else if (*in == ')') {
            if (drops > 0 && dropped[drops - 1] == depth) {
                drops--;
                length = 0;
            }
            depth--;
        }
        if (used + length < TEXT_TITLE) {
            memcpy(out + used, piece, length);
            used += length;
        }
    }
    out[used] = '\0';
}
