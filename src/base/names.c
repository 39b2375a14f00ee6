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

/* Of Unicode 15: controls, line separators, Bidi_Control, interlinear annotation, and all of
 * Default_Ignorable_Code_Point: zero-width marks, fillers, variation selectors, tags. */
bool names_steers(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
        {0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
        {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
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

int names_find(const char *const *names, const char *what, const char *name, struct error *error)
{
    int order[NAMES_MAX], distance[NAMES_MAX], count = 0;
    for (; names[count] && count < NAMES_MAX; count++) {
        if (strcmp(names[count], name) == 0)
            return count;
        int here = names_distance(names[count], name), place = count;
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
                                 room ? names[order[i]] : "...");
        if (!room)
            break;
    }
    error_set(error, "%s '%s': one of %s", what, shown, list);
    return -1;
}
