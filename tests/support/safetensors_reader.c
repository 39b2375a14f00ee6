/* Reads safetensors files in tests: 8 bytes of header length, a JSON header, then the numbers.
 * Source of the format: https://huggingface.co/docs/safetensors. */
#include "support/safetensors_reader.h"

#include "base/file.h"
#include "base/memory.h"

#include <cJSON.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8 };

static const size_t FILE_LIMIT = (size_t)256 << 20;

static const struct {
    const char *name;
    size_t size; /* bytes of one number */
} type_table[SAVED_TYPES] = {
    [SAVED_F64] = {"F64", 8},
    [SAVED_F32] = {"F32", 4},
    [SAVED_I32] = {"I32", 4},
};

static uint64_t little_endian(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* A JSON number that is a size: whole, not negative, and small enough to be exact in a double. */
static bool size_of_json(const cJSON *item, size_t *out)
{
    const double most = 9007199254740992.0; /* 2^53 */
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= most))
        return false;
    *out = (size_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static bool read_shape(struct saved_tensor *tensor, const cJSON *shape)
{
    if (!cJSON_IsArray(shape) || cJSON_GetArraySize(shape) > SAVED_DIMENSIONS)
        return false;
    tensor->dimensions = 0;
    tensor->count = 1;
    const cJSON *item;
    cJSON_ArrayForEach(item, shape)
    {
        size_t length;
        if (!size_of_json(item, &length) || (length > 0 && tensor->count > SIZE_MAX / length))
            return false;
        tensor->shape[tensor->dimensions++] = length;
        tensor->count *= length;
    }
    return true;
}

/* Fills a tensor from its entry in the header; `data` has `size` bytes. */
static bool read_tensor(struct saved_tensor *tensor, const cJSON *entry, const unsigned char *data,
                        size_t size, struct error *error)
{
    const char *name = tensor->name = entry->string;
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(entry, "dtype");
    if (!cJSON_IsString(type))
        return error_set(error, "%s: no dtype: F64, F32 or I32", name);
    int kind = 0;
    while (kind < SAVED_TYPES && strcmp(type_table[kind].name, type->valuestring) != 0)
        kind++;
    if (kind == SAVED_TYPES)
        return error_set(error, "%s: dtype %s: F64, F32 or I32", name, type->valuestring);
    tensor->type = (enum saved_type)kind;
    if (!read_shape(tensor, cJSON_GetObjectItemCaseSensitive(entry, "shape")))
        return error_set(error, "%s: bad shape: up to %d sizes", name, SAVED_DIMENSIONS);

    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    size_t begin, end;
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !size_of_json(cJSON_GetArrayItem(offsets, 0), &begin) ||
        !size_of_json(cJSON_GetArrayItem(offsets, 1), &end))
        return error_set(error, "%s: bad data_offsets: [begin, end]", name);
    if (begin > end || end > size)
        return error_set(error, "%s: bytes %zu to %zu: within %zu", name, begin, end, size);
    const size_t width = type_table[kind].size;
    if ((end - begin) % width != 0 || (end - begin) / width != tensor->count)
        return error_set(error, "%s: %zu bytes: %zu numbers of %zu bytes", name, end - begin,
                         tensor->count, width);
    tensor->bytes = data + begin;
    return true;
}

static int compare_position(const void *a, const void *b)
{
    const struct saved_tensor *one = a, *other = b;
    if (one->bytes != other->bytes)
        return one->bytes < other->bytes ? -1 : 1;
    return (one->count > other->count) - (one->count < other->count);
}

/* The tensors must follow each other from the first byte of the data to the last. */
static bool check_cover(const struct saved *file, const unsigned char *data, size_t size,
                        struct error *error)
{
    const size_t bytes = (size_t)file->tensors * sizeof *file->tensor;
    struct saved_tensor *sorted = memory_new((size_t)file->tensors + 1, sizeof *sorted);
    if (bytes > 0)
        memcpy(sorted, file->tensor, bytes);
    qsort(sorted, (size_t)file->tensors, sizeof *sorted, compare_position);
    const unsigned char *position = data;
    bool good = true;
    for (int i = 0; good && i < file->tensors; i++) {
        if (sorted[i].bytes != position)
            good = error_set(error, "%s: a gap or an overlap before it: none", sorted[i].name);
        position = sorted[i].bytes + sorted[i].count * type_table[sorted[i].type].size;
    }
    if (good && position != data + size)
        good = error_set(error, "bytes behind the last tensor: none");
    free(sorted);
    return good;
}

static bool check_metadata(const cJSON *metadata, struct error *error)
{
    if (!cJSON_IsObject(metadata))
        return error_set(error, "__metadata__: an object of strings");
    const cJSON *item;
    cJSON_ArrayForEach(item, metadata)
    {
        if (!cJSON_IsString(item))
            return error_set(error, "__metadata__: %s is not a string: strings only", item->string);
    }
    return true;
}

/* Fills the table of tensors from the header. */
static bool read_header(struct saved *file, const unsigned char *data, size_t size,
                        struct error *error)
{
    if (!cJSON_IsObject(file->header))
        return error_set(error, "the header is no JSON object: {...}");
    file->tensor = memory_new((size_t)cJSON_GetArraySize(file->header) + 1, sizeof *file->tensor);
    bool metadata = false;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, file->header)
    {
        if (strcmp(entry->string, "__metadata__") == 0) {
            if (metadata)
                return error_set(error, "__metadata__ twice: once");
            metadata = true;
            if (!check_metadata(entry, error))
                return false;
            continue;
        }
        if (saved_find(file, entry->string) != NULL)
            return error_set(error, "%s twice: once", entry->string);
        if (!read_tensor(&file->tensor[file->tensors], entry, data, size, error))
            return false;
        file->tensors++;
    }
    return check_cover(file, data, size, error);
}

bool saved_parse(struct saved *file, const unsigned char *bytes, size_t size, struct error *error)
{
    *file = (struct saved){0};
    if (size < LENGTH_BYTES)
        return error_set(error, "%zu bytes: at least %d", size, LENGTH_BYTES);
    const uint64_t stated = little_endian(bytes, LENGTH_BYTES);
    if (stated > size - LENGTH_BYTES)
        return error_set(error, "a header longer than the file: at most %zu bytes",
                         size - LENGTH_BYTES);
    const size_t length = (size_t)stated;

    file->content = memory_new(size, 1);
    memcpy(file->content, bytes, size);
    const char *text = (const char *)file->content + LENGTH_BYTES;
    const char *end = NULL;
    file->header = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    bool good = file->header != NULL;
    while (good && end < text + length && *end == ' ')
        end++;
    if (!good || end != text + length)
        good = error_set(error, "the header is not JSON: one object, padded with spaces");
    good = good && read_header(file, file->content + LENGTH_BYTES + length,
                               size - LENGTH_BYTES - length, error);
    if (!good)
        saved_close(file);
    return good;
}

bool saved_read(struct saved *file, const char *path, struct error *error)
{
    *file = (struct saved){0};
    char *content;
    size_t size;
    if (!file_read(path, FILE_LIMIT, &content, &size, error))
        return false;
    struct error reason;
    bool good = saved_parse(file, (const unsigned char *)content, size, &reason);
    free(content);
    if (!good)
        error_set(error, "%s: %s", path, reason.text);
    return good;
}

void saved_close(struct saved *file)
{
    cJSON_Delete(file->header);
    free(file->tensor);
    free(file->content);
    *file = (struct saved){0};
}

const char *saved_metadata(const struct saved *file, const char *key)
{
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(file->header, "__metadata__");
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, key));
}

const struct saved_tensor *saved_find(const struct saved *file, const char *name)
{
    for (int i = 0; i < file->tensors; i++) {
        if (strcmp(file->tensor[i].name, name) == 0)
            return &file->tensor[i];
    }
    return NULL;
}

double saved_number(const struct saved_tensor *tensor, size_t index)
{
    const size_t width = type_table[tensor->type].size;
    const uint64_t bits = little_endian(tensor->bytes + index * width, width);
    if (tensor->type == SAVED_F64) {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    const uint32_t low = (uint32_t)bits;
    if (tensor->type == SAVED_F32) {
        float value;
        memcpy(&value, &low, sizeof value);
        return (double)value;
    }
    int32_t value;
    memcpy(&value, &low, sizeof value);
    return (double)value;
}
