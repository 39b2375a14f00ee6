/* See names.h. */
#include "base/names.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 40 };

/* Bytes of a list that stands behind what was meant: a longer one would hide that. */
enum { LIST_BESIDE = 200 };

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

/* ---- what was meant --------------------------------------------------------------------------*/

/* As many letters as two names may differ in to be taken for each other. */
static int likely_distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b), longer = n > m ? n : m;
    return longer < 3 ? 0 : longer < 6 ? 1 : 2;
}

static bool begins_with(const char *name, const char *start)
{
    return *start && strncmp(name, start, strlen(start)) == 0;
}

static void lower_case(const char *text, char out[NAME_MAX_LENGTH + 1])
{
    int i = 0;
    for (; text[i] && i < NAME_MAX_LENGTH; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    out[i] = '\0';
}

void names_near_add(struct names_near *near, const char *name)
{
    char typed[NAME_MAX_LENGTH + 1], here[NAME_MAX_LENGTH + 1];
    lower_case(near->typed, typed);
    lower_case(name, here);
    /* What begins a name is as good as a slip. */
    const int distance = begins_with(here, typed) ? least(1, (int)strlen(here) - (int)strlen(typed))
                                                  : names_distance(here, typed);
    if (!begins_with(here, typed) && distance > likely_distance(here, typed))
        return;
    int place = least(near->count, NAMES_NEAR - 1);
    if (near->count == NAMES_NEAR && near->distance[place] <= distance)
        return;
    for (; place > 0 && near->distance[place - 1] > distance; place--) {
        near->name[place] = near->name[place - 1];
        near->distance[place] = near->distance[place - 1];
    }
    near->name[place] = name;
    near->distance[place] = distance;
    near->count = least(near->count + 1, NAMES_NEAR);
}

void names_near_text(const struct names_near *near, const char *prefix, char out[NAMES_NEAR_TEXT])
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < near->count && used < NAMES_NEAR_TEXT - 2 * NAME_MAX_LENGTH; i++) {
        const char *before = i == 0 ? "did you mean " : i + 1 < near->count ? ", " : " or ";
        used += (size_t)snprintf(out + used, NAMES_NEAR_TEXT - used, "%s%s%.*s", before, prefix,
                                 NAME_MAX_LENGTH, near->name[i]);
    }
    if (used)
        snprintf(out + used, NAMES_NEAR_TEXT - used, "?");
}

/* ---- look-ups --------------------------------------------------------------------------------*/

/* "one of a, b, c", cut short by "..." where there is no room; whether there was for all. */
static bool list_names(const struct names *names, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "one of ");
    for (int i = 0; i < names->count; i++) {
        const char *name = name_of(names, i);
        const bool room = used + strlen(name) + strlen(", ...)") < size;
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", room ? name : "...");
        if (!room)
            return false;
    }
    return true;
}

static int unknown_name(const struct names *names, const char *what, const struct names_near *near,
                        struct error *error)
{
    char shown[48], meant[NAMES_NEAR_TEXT], list[sizeof error->text];
    const size_t room = sizeof list - strlen(what) - sizeof shown - strlen(" '': ()");
    names_printable(shown, sizeof shown, near->typed);
    names_near_text(near, "", meant);
    const bool all = list_names(names, list, *meant ? LIST_BESIDE : room);
    if (*meant && all)
        error_set(error, "%s '%s': %s (%s)", what, shown, meant, list);
    else
        error_set(error, "%s '%s': %s", what, shown, *meant ? meant : list);
    return -1;
}

int names_find(const struct names *names, const char *what, const char *name, struct error *error)
{
    struct names_near near = {.typed = name};
    for (int i = 0; i < names->count; i++) {
        if (strcmp(name_of(names, i), name) == 0)
            return i;
        names_near_add(&near, name_of(names, i));
    }
    return unknown_name(names, what, &near, error);
}

int names_pick(const struct names *names, const char *what, const char *name, struct error *error)
{
    struct names_near near = {.typed = name};
    int found = -1, begin = 0;
    for (int i = 0; i < names->count; i++) {
        if (strcmp(name_of(names, i), name) == 0)
            return i;
        if (begins_with(name_of(names, i), name)) {
            found = i;
            begin++;
        }
    }
    if (begin == 1)
        return found;
    for (int i = 0; i < names->count; i++)
        if (begin == 0 || begins_with(name_of(names, i), name))
            names_near_add(&near, name_of(names, i));
    return unknown_name(names, what, &near, error);
}
