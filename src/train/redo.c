/* See redo.h. */
#include "train/redo.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct redo redo_open(const struct settings_entry *entry, int entries, int64_t last)
{
    struct redo redo = {.entries = entries, .next = 1, .last = last};
    redo.entry = memory_new((size_t)entries, sizeof *entry);
    memcpy(redo.entry, entry, (size_t)entries * sizeof *entry);
    return redo;
}

void redo_close(struct redo *redo)
{
    free(redo->entry);
    *redo = (struct redo){0};
}

bool redo_goes_on(const struct redo *redo, const struct pair *pair)
{
    return redo->entry && pair->run[LEFT].step < redo->last;
}

bool redo_change(struct redo *redo, struct pair *pair, bool *changed, struct error *error)
{
    *changed = false;
    while (redo->next < redo->entries && redo->entry[redo->next].step <= pair->run[LEFT].step + 1) {
        if (!states_put_settings(pair, &redo->entry[redo->next].settings, error))
            return false;
        redo->next++;
        *changed = true;
    }
    return true;
}
