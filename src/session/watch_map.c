/* See watch_map.h. */
#include "session/watch_map.h"

#include "base/memory.h"
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

static const char *const field_words[WATCH_FIELDS] = {
    [WATCH_NOTHING] = "",    [WATCH_STEP] = "step",
    [WATCH_STACK] = "stack", [WATCH_PLACEMENT] = "placement",
    [WATCH_NORM] = "norm",   [WATCH_RUN] = "run",
    [WATCH_TITLE] = "title", [WATCH_FINITE] = "finite",
    [WATCH_QUANTITY] = "",
};

bool watch_has(enum quantity quantity)
{
    return quantity_table[quantity].when != WHEN_HISTORY;
}

/* ---- names of tensors ------------------------------------------------------------------------*/

const char *watch_name(struct watch_names *names, const char *name)
{
    char shown[WATCH_TENSOR];
    names_printable(shown, sizeof shown, name);
    for (int i = 0; i < names->count; i++) {
        const int at = (names->next + i) % names->count;
        if (strcmp(names->name[at], shown) == 0) {
            names->next = at + 1;
            return names->name[at];
        }
    }
    if (names->count == WATCH_NAMES)
        return NULL;
    names->name = memory_resize(names->name, (size_t)names->count + 1, sizeof *names->name);
    names->name[names->count] = memory_copy_string(shown);
    return names->name[names->count++];
}

void watch_names_close(struct watch_names *names)
{
    for (int i = 0; i < names->count; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct watch_names){.count = 0};
}

/* ---- patterns --------------------------------------------------------------------------------*/

/* Cuts a pattern into pieces; false where it has a slot twice or two side by side. */
static bool cut(struct watch_mapping *mapping)
{
    static const struct {
        const char *text;
        char slot;
    } kind[] = {{"{l}", 'l'}, {"{tensor}", 't'}};
    char *at = mapping->text;
    for (int slots = 0; slots <= 2; slots++) {
        char *first = NULL;
        int which = 0;
        for (int i = 0; i < 2; i++) {
            char *found = strstr(at, kind[i].text);
            if (found && (!first || found < first)) {
                first = found;
                which = i;
            }
        }
        if (!first)
            return true;
        if (slots == 2 || (slots == 1 && (first == at || kind[which].slot == mapping->slot[0])))
            return false;
        *first = '\0';
        at = first + strlen(kind[which].text);
        mapping->slot[slots] = kind[which].slot;
        mapping->piece[slots + 1] = (int)(at - mapping->text);
    }
    return true;
}

static bool has_slot(const struct watch_mapping *mapping, char slot)
{
    return mapping->slot[0] == slot || mapping->slot[1] == slot;
}

/* Whether the slots of a pattern go with what it stands for. */
static bool fits(const struct watch_mapping *mapping)
{
    const struct quantity_row *row = &quantity_table[mapping->quantity];
    const bool layer = has_slot(mapping, 'l'), tensor = has_slot(mapping, 't');
    if (mapping->field != WATCH_QUANTITY || row->shape == SHAPE_SCALAR)
        return !layer && !tensor;
    if (row->shape == SHAPE_TENSORS)
        return tensor || !layer;
    return !tensor && !(layer && row->part);
}

/* What a name stands for; false with the names that there are. */
static bool find_target(struct watch_mapping *mapping, const char *name, struct error *error)
{
    const char *word[WATCH_FIELDS + QUANTITIES];
    struct names names = {.first = word, .step = sizeof *word};
    for (int field = WATCH_NOTHING + 1; field < WATCH_QUANTITY; field++)
        word[names.count++] = field_words[field];
    const int fields = names.count;
    for (int q = 0; q < QUANTITIES; q++)
        if (watch_has((enum quantity)q))
            word[names.count++] = quantity_table[q].name;
    const int found = names_find(&names, "map to", name, error);
    if (found < 0)
        return false;
    mapping->field = found < fields ? (enum watch_field)(found + 1) : WATCH_QUANTITY;
    for (int q = 0; found >= fields && q < QUANTITIES; q++)
        if (word[found] == quantity_table[q].name)
            mapping->quantity = (enum quantity)q;
    return true;
}

bool watch_map_add(struct watch_map *map, const char *text, struct error *error)
{
    struct watch_mapping mapping = {.field = WATCH_NOTHING};
    const char *sign = strrchr(text, '=');
    const size_t length = sign ? (size_t)(sign - text) : 0;
    if (length == 0)
        return error_set(error, "map '%s': PATTERN=NAME, such as grad/layer_{l}=stream_grad", text);
    if (length >= sizeof mapping.text)
        return error_set(error, "map '%s': a pattern of at most %d bytes", text, WATCH_KEY - 1);
    if (map->count == WATCH_MAPPINGS)
        return error_set(error, "map '%s': at most %d of them", text, WATCH_MAPPINGS);
    memcpy(mapping.text, text, length);
    if (!find_target(&mapping, sign + 1, error))
        return false;
    if (!cut(&mapping) || !fits(&mapping))
        return error_set(error,
                         "map '%s': {l} once for an array's layer, {tensor} once for its tensor, "
                         "with a text between them, and none for a single number",
                         text);
    map->mapping[map->count++] = mapping;
    return true;
}

/* A number of a layer; -1: what begins there is none. */
static int take_layer(const char **at)
{
    int layer = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9'; ++*at)
        if (layer <= WATCH_LAYERS) /* a larger one is refused where it is put in */
            layer = layer * 10 + (**at - '0');
    return *at > start ? layer : -1;
}

/* The name of a tensor, up to the piece behind it; false where it is too long or none. */
static bool take_tensor(const char **at, const char *behind, char tensor[WATCH_TENSOR])
{
    const char *end = *behind && **at ? strstr(*at + 1, behind) : *at + strlen(*at);
    if (!end || end == *at || end - *at >= WATCH_TENSOR)
        return false;
    memcpy(tensor, *at, (size_t)(end - *at));
    tensor[end - *at] = '\0';
    *at = end;
    return true;
}

static bool matches(const struct watch_mapping *mapping, const char *key, int *layer,
                    char tensor[WATCH_TENSOR])
{
    const char *at = key;
    for (int i = 0;; i++) {
        const char *piece = mapping->text + mapping->piece[i];
        const size_t length = strlen(piece);
        if (strncmp(at, piece, length) != 0)
            return false;
        at += length;
        if (i == 2 || mapping->slot[i] == '\0')
            return *at == '\0';
        if (mapping->slot[i] == 'l') {
            *layer = take_layer(&at);
            if (*layer < 0)
                return false;
        } else if (!take_tensor(&at, mapping->text + mapping->piece[i + 1], tensor)) {
            return false;
        }
    }
}

/* ---- places ----------------------------------------------------------------------------------*/

/* "NAME", or "NAME_3" of a quantity with one array. */
static bool is_quantity(enum quantity quantity, const char *key, int *layer)
{
    const char *name = quantity_table[quantity].name;
    const size_t length = strlen(name);
    if (!watch_has(quantity) || strncmp(key, name, length) != 0)
        return false;
    if (key[length] == '\0')
        return true;
    const char *at = key + length + 1;
    if (key[length] != '_' || quantity_table[quantity].shape == SHAPE_SCALAR ||
        quantity_is_named(quantity))
        return false;
    *layer = take_layer(&at);
    return *layer >= 0 && *at == '\0';
}

/* Whether something else was said to stand for it: then its own name does not. */
static bool is_mapped(const struct watch_map *map, enum watch_field field, enum quantity quantity)
{
    for (int i = 0; i < map->count; i++)
        if (map->mapping[i].field == field &&
            (field != WATCH_QUANTITY || map->mapping[i].quantity == quantity))
            return true;
    return false;
}

struct watch_place watch_place(const struct watch_map *map, struct watch_names *names,
                               const char *key)
{
    for (int i = 0; i < map->count; i++) {
        const struct watch_mapping *mapping = &map->mapping[i];
        struct watch_place place = {
            .field = mapping->field, .quantity = mapping->quantity, .layer = -1};
        char tensor[WATCH_TENSOR] = "";
        if (!matches(mapping, key, &place.layer, tensor))
            continue;
        place.tensor = tensor[0] ? watch_name(names, tensor) : NULL;
        if (tensor[0] && !place.tensor)
            place.field = WATCH_NOTHING;
        return place;
    }
    for (int i = WATCH_NOTHING + 1; i < WATCH_QUANTITY; i++) {
        const enum watch_field field = (enum watch_field)i;
        if (strcmp(key, field_words[i]) == 0 && !is_mapped(map, field, QUANTITIES))
            return (struct watch_place){.field = field, .layer = -1};
    }
    for (int i = 0; i < QUANTITIES; i++) {
        const enum quantity q = (enum quantity)i;
        int layer = -1;
        if (is_quantity(q, key, &layer) && !is_mapped(map, WATCH_QUANTITY, q))
            return (struct watch_place){.field = WATCH_QUANTITY, .quantity = q, .layer = layer};
    }
    return (struct watch_place){.field = WATCH_NOTHING, .layer = -1};
}
