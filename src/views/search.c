/* See search.h. */
#include "views/search.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *search_in(const char *text, const char *words)
{
    const size_t size = strlen(words);
    for (; size > 0 && *text; text++)
        if (strncasecmp(text, words, size) == 0)
            return text;
    return NULL;
}

void search_mark(struct canvas *canvas, struct rect area, int row, int col, const char *text,
                 const char *words)
{
    const int size = (int)strlen(words);
    const char *from = text;
    while ((from = search_in(from, words)) != NULL) {
        char before[1024];
        snprintf(before, sizeof before, "%.*s", (int)(from - text), text);
        canvas_print(canvas, area, row, col + canvas_columns(before), ROLE_TAB, "%.*s", size, from);
        from += size;
    }
}
