/* See safetensors.h. */
#include "base/safetensors.h"

#include "base/json.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_ALIGNMENT = 64, LENGTH_BYTES = 8 };

const struct safetensors_type_row safetensors_types[SAFETENSORS_TYPES] = {
    [SAFETENSORS_F64] = {"F64", 8}, [SAFETENSORS_I64] = {"I64", 8}, [SAFETENSORS_F32] = {"F32", 4},
    [SAFETENSORS_I32] = {"I32", 4}, [SAFETENSORS_U8] = {"U8", 1},
};

void safetensors_close(struct safetensors *set)
{
    for (int i = 0; i < set->entries; i++) {
        free(set->entry[i].name);
        free(set->entry[i].owned);
    }
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

void safetensors_take(struct safetensors *set, const char *name, enum safetensors_type type,
                      int dims, const int64_t *shape, void *data)
{
    safetensors_add(set, name, type, dims, shape, data);
    set->entry[set->entries - 1].owned = data;
}

uint64_t safetensors_sum(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ byte[i]) * UINT64_C(0x100000001b3);
    return sum;
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
    if (set->sealed)
        fprintf(out, "\"%s\":\"%0*d\"", SAFETENSORS_CHECKSUM, SAFETENSORS_CHECKSUM_DIGITS, 0);
    for (int i = 0; i < set->pairs; i++) {
        fputs(i || set->sealed ? "," : "", out);
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
            size_t end = offset + entry_count(entry) * safetensors_types[type].size;
            fputc(',', out);
            json_string(out, entry->name);
            fprintf(out, ":{\"dtype\":\"%s\",\"shape\":[", safetensors_types[type].name);
            for (int dim = 0; dim < entry->dims; dim++)
                fprintf(out, "%s%" PRId64, dim ? "," : "", entry->shape[dim]);
            fprintf(out, "],\"data_offsets\":[%zu,%zu]}", offset, end);
            offset = end;
        }
    }
    fputc('}', out);
}

/* Where bytes go: to the file, or into its checksum. */
struct sink {
    FILE *out; /* NULL: the checksum */
    uint64_t sum;
};

static void put(struct sink *sink, const void *bytes, size_t size)
{
    if (sink->out)
        fwrite(bytes, 1, size, sink->out);
    else
        sink->sum = safetensors_sum(sink->sum, bytes, size);
}

/* Numbers as little-endian bytes, whatever the machine. */
static void put_numbers(struct sink *sink, const void *data, size_t count, size_t size)
{
    const unsigned char *bytes = data;
    const uint16_t one = 1;
    unsigned char low_first;
    memcpy(&low_first, &one, 1);
    if (low_first) {
        put(sink, bytes, count * size);
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t byte = size; byte-- > 0;)
            put(sink, bytes + i * size + byte, 1);
}

static void put_all(struct sink *sink, const struct safetensors *set, const char *header,
                    size_t length)
{
    put(sink, header, length);
    for (int type = 0; type < SAFETENSORS_TYPES; type++)
        for (int i = 0; i < set->entries; i++)
            if ((int)set->entry[i].type == type)
                put_numbers(sink, set->entry[i].data, entry_count(&set->entry[i]),
                            safetensors_types[type].size);
}

/* Replaces the zeros that stand for the checksum. */
static void seal(const struct safetensors *set, char *header, size_t length)
{
    static const char before[] = "{\"__metadata__\":{\"" SAFETENSORS_CHECKSUM "\":\"";
    char digits[SAFETENSORS_CHECKSUM_DIGITS + 1];
    struct sink sink = {.sum = SAFETENSORS_SUM};
    put_all(&sink, set, header, length);
    snprintf(digits, sizeof digits, "%0*" PRIx64, SAFETENSORS_CHECKSUM_DIGITS, sink.sum);
    memcpy(header + sizeof before - 1, digits, SAFETENSORS_CHECKSUM_DIGITS);
}

void safetensors_write(const struct safetensors *set, FILE *out)
{
    char *header;
    size_t length = 0;
    FILE *memory = memory_stream_open(&header, &length);
    if (!memory)
        die("out of memory for the header of a file");
    write_header(set, memory);
    if (fflush(memory) != 0 || ferror(memory))
        die("out of memory for the header of a file");
    size_t padded = (length + LENGTH_BYTES + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT -
                    LENGTH_BYTES;
    fprintf(memory, "%*s", (int)(padded - length), "");
    if (!memory_stream_close(memory, &header))
        die("out of memory for the header of a file");
    if (set->sealed)
        seal(set, header, padded);
    for (int i = 0; i < LENGTH_BYTES; i++)
        fputc((int)((uint64_t)padded >> (8 * i) & 0xFF), out);
    put_all(&(struct sink){.out = out}, set, header, padded);
    free(header);
}
