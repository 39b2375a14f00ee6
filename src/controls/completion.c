/* See completion.h. */
#include "controls/completion.h"

#include "base/utf8.h"

#include <string.h>

void completion_clear(struct completion *completion, int start, bool quoted)
{
    completion->start = start;
    completion->quoted = quoted;
    completion->count = completion->used = 0;
}

void completion_add(struct completion *completion, const char *word)
{
    size_t size = strlen(word) + 1;
    if (completion->count == COMPLETIONS_MAX || size > (size_t)(COMPLETION_TEXT - completion->used))
        return;
    completion->at[completion->count++] = completion->used;
    memcpy(completion->text + completion->used, word, size);
    completion->used += (int)size;
}

const char *completion_word(const struct completion *completion, int index)
{
    return completion->text + completion->at[index];
}

int completion_common(const struct completion *completion)
{
    if (completion->count == 0)
        return 0;
    const char *first = completion_word(completion, 0), *scan = first;
    for (;;) {
        const char *next = scan;
        if (utf8_next(&next) == 0)
            break;
        for (int i = 1; i < completion->count; i++)
            if (strncmp(completion_word(completion, i), first, (size_t)(next - first)) != 0)
                return (int)(scan - first);
        scan = next;
    }
    return (int)(scan - first);
}
