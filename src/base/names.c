/* See names.h. */
#include "base/names.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 40, NAMES_MAX = 64 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment (Damerau 1964 with non-overlapping swaps). */
int names_distance(const char *a, const char *b)
{
    int cost[NAME_MAX_LENGTH + 1][NAME_MAX_LENGTH + 1];
    int n = (int)strnlen(a, NAME_MAX_LENGTH), m = (int)strnlen(b, NAME_MAX_LENGTH);
    for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            int here = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            here = least(here, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                here = least(here, cost[i - 2][j - 2] + 1);
            cost[i][j] = here;
        }
    }
    return cost[n][m];
}

/* Of Unicode: Bidi_Control, line separators, zero-width marks. */
bool names_steers(uint32_t code)
{
    return code < 32 || (code >= 127 && code < 160) || code == 0x00AD || code == 0x061C ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

bool names_is_printable(const char *text)
{
    for (uint32_t code; (code = utf8_next(&text)) != 0;)
        if (code == UTF8_BAD || names_steers(code))
            return false;
    return true;
}

void names_printable(char *out, size_t size, const char *text)
{
    size_t used = 0;
    if (size == 0)
        return;
    while (*text && used + 5 < size) {
        const char *start = text;
        uint32_t code = utf8_next(&text);
        if (code == UTF8_BAD || names_steers(code)) {
            out[used++] = '?';
            continue;
        }
        memcpy(out + used, start, (size_t)(text - start));
        used += (size_t)(text - start);
    }
    out[used] = '\0';
}

/* Of a row that there is. */
static const char *name_of(const struct names *names, int index)
{
    const char *first = (const char *)names->first;
    return *(const char *const *)(const void *)(first + (size_t)index * names->step);
}

const char *names_at(const struct names *names, int index)
{
    return index >= 0 && index < names->count ? name_of(names, index) : NULL;
}

int names_find(const struct names *names, const char *what, const char *name, struct error *error)
{
    int order[NAMES_MAX], distance[NAMES_MAX], count = 0;
    for (; count < names->count && count < NAMES_MAX; count++) {
        if (strcmp(name_of(names, count), name) == 0)
            return count;
        int here = names_distance(name_of(names, count), name), place = count;
        /* Only a likely misspelling moves to the front; the rest keep the order of the table. */
        if (here > 2)
            here = 99;
        for (; place > 0 && distance[place - 1] > here; place--) {
            distance[place] = distance[place - 1];
            order[place] = order[place - 1];
        }
        distance[place] = here;
        order[place] = count;
    }
    char shown[48], list[sizeof error->text - sizeof shown];
    size_t used = 0;
    names_printable(shown, sizeof shown, name);
    list[0] = '\0';
    for (int i = 0; i < count; i++) {
        bool room = used < sizeof list - 2 * NAME_MAX_LENGTH;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                 room ? name_of(names, order[i]) : "...");
        if (!room)
            break;
    }
    error_set(error, "%s '%s': one of %s", what, shown, list);
    return -1;
}
