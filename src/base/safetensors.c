/* See safetensors.h. */
#include "base/safetensors.h"

#include "base/json.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_ALIGNMENT = 64, LENGTH_BYTES = 8 };

struct type_row {
    const char *name;
    size_t size; /* bytes of a number; rows fall in size, which is the order in the file */
};

static const struct type_row type_table[SAFETENSORS_TYPES] = {
    [SAFETENSORS_F64] = {"F64", 8},
    [SAFETENSORS_F32] = {"F32", 4},
    [SAFETENSORS_I32] = {"I32", 4},
};

void safetensors_close(struct safetensors *set)
{
    for (int i = 0; i < set->entries; i++)
        free(set->entry[i].name);
    for (int i = 0; i < 2 * set->pairs; i++)
        free(set->metadata[i]);
    free(set->entry);
    free(set->metadata);
    *set = (struct safetensors){0};
}

void safetensors_metadata(struct safetensors *set, const char *key, const char *value)
{
    int used = 2 * set->pairs++;
    set->metadata = memory_resize(set->metadata, (size_t)used + 2, sizeof *set->metadata);
    set->metadata[used] = memory_copy_string(key);
    set->metadata[used + 1] = memory_copy_string(value);
}

void safetensors_add(struct safetensors *set, const char *name, enum safetensors_type type,
                     int dims, const int64_t *shape, const void *data)
{
    struct safetensors_entry entry = {
        .name = memory_copy_string(name), .type = type, .dims = dims, .data = data};
    for (int i = 0; i < dims; i++)
        entry.shape[i] = shape[i];
    set->entry = memory_resize(set->entry, (size_t)set->entries + 1, sizeof entry);
    set->entry[set->entries++] = entry;
}

static size_t entry_count(const struct safetensors_entry *entry)
{
    size_t count = 1;
    for (int i = 0; i < entry->dims; i++)
        count *= (size_t)entry->shape[i];
    return count;
}

static void write_header(const struct safetensors *set, FILE *out)
{
    size_t offset = 0;
    fputs("{\"__metadata__\":{", out);
    for (int i = 0; i < set->pairs; i++) {
        fputs(i ? "," : "", out);
        json_string(out, set->metadata[2 * i]);
        fputc(':', out);
        json_string(out, set->metadata[2 * i + 1]);
    }
    fputc('}', out);
    for (int type = 0; type < SAFETENSORS_TYPES; type++) {
        for (int i = 0; i < set->entries; i++) {
            const struct safetensors_entry *entry = &set->entry[i];
            if ((int)entry->type != type)
                continue;
            size_t end = offset + entry_count(entry) * type_table[type].size;
            fputc(',', out);
            json_string(out, entry->name);
            fprintf(out, ":{\"dtype\":\"%s\",\"shape\":[", type_table[type].name);
            for (int dim = 0; dim < entry->dims; dim++)
                fprintf(out, "%s%" PRId64, dim ? "," : "", entry->shape[dim]);
            fprintf(out, "],\"data_offsets\":[%zu,%zu]}", offset, end);
            offset = end;
        }
    }
    fputc('}', out);
}

/* Numbers as little-endian bytes, whatever the machine. */
static void write_numbers(const void *data, size_t count, size_t size, FILE *out)
{
    const unsigned char *bytes = data;
    const uint16_t one = 1;
    unsigned char low_first;
    memcpy(&low_first, &one, 1);
    if (low_first) {
        fwrite(bytes, size, count, out);
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t byte = size; byte-- > 0;)
            fputc(bytes[i * size + byte], out);
}

void safetensors_write(const struct safetensors *set, FILE *out)
{
    char *header = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&header, &length);
    if (!memory)
        die("out of memory for the header of a file");
    write_header(set, memory);
    if (fclose(memory) != 0)
        die("out of memory for the header of a file");
    size_t padded = (length + LENGTH_BYTES + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT -
                    LENGTH_BYTES;
    for (int i = 0; i < LENGTH_BYTES; i++)
        fputc((int)((uint64_t)padded >> (8 * i) & 0xFF), out);
    fwrite(header, 1, length, out);
    fprintf(out, "%*s", (int)(padded - length), "");
    free(header);
    for (int type = 0; type < SAFETENSORS_TYPES; type++)
        for (int i = 0; i < set->entries; i++)
            if ((int)set->entry[i].type == type)
                write_numbers(set->entry[i].data, entry_count(&set->entry[i]),
                              type_table[type].size, out);
}
