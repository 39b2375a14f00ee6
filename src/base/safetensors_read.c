/* See safetensors_read.h. */
#include "base/safetensors_read.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef HAVE_CJSON
#include <cJSON.h>
#endif

enum { LENGTH_BYTES = 8, SHOWN = 200, NAME_SHOWN = 64, PAIRS_MOST = 4096 };

/* A header of more bytes is no header: some 50,000 tensors. */
static const uint64_t header_most = (uint64_t)8 << 20;

/* That a file cannot be read is not its own fault. */
static _Thread_local bool lacked_memory;

/* ---- what was read ---- */

void safetensors_file_close(struct safetensors_file *file)
{
    for (int i = 0; i < file->tensors; i++)
        free(file->tensor[i].name);
    for (int i = 0; i < 2 * file->pairs; i++)
        free(file->metadata[i]);
    free(file->tensor);
    free(file->metadata);
    free(file->numbers);
    *file = (struct safetensors_file){0};
}

const char *safetensors_value(const struct safetensors_file *file, const char *key)
{
    for (int i = 0; i < file->pairs; i++)
        if (strcmp(file->metadata[2 * i], key) == 0)
            return file->metadata[2 * i + 1];
    return NULL;
}

static int compare_names(const void *a, const void *b)
{
    const struct safetensors_tensor *one = a, *other = b;
    return strcmp(one->name, other->name);
}

const struct safetensors_tensor *safetensors_find(const struct safetensors_file *file,
                                                  const char *name)
{
    int low = 0, high = file->tensors;
    while (low < high) { /* the first name from `name` on */
        int middle = low + (high - low) / 2;
        if (strcmp(file->tensor[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < file->tensors && strcmp(file->tensor[low].name, name) == 0 ? &file->tensor[low]
                                                                            : NULL;
}

const struct safetensors_tensor *safetensors_need(const struct safetensors_file *file,
                                                  const char *name, enum safetensors_type type,
                                                  int dims, const int64_t *shape,
                                                  struct error *error)
{
    const struct safetensors_tensor *tensor = safetensors_find(file, name);
    if (!tensor) {
        error_set(error, "it has no tensor %s", name);
        return NULL;
    }
    bool same = tensor->type == type && tensor->dims == dims;
    for (int i = 0; i < dims && same; i++)
        same = tensor->shape[i] == (size_t)shape[i];
    if (!same)
        error_set(error, "its tensor %s has another type or shape than the rest of it asks for",
                  name);
    else if ((uintptr_t)tensor->data % safetensors_types[type].size != 0)
        error_set(error, "its tensor %s does not lie at a multiple of the size of its numbers",
                  name);
    else
        return tensor;
    return NULL;
}

double safetensors_number(const struct safetensors_tensor *tensor, size_t index)
{
    const size_t size = safetensors_types[tensor->type].size;
    const char *at = (const char *)tensor->data + index * size;
    double wide;
    float narrow;
    int64_t long_whole;
    int32_t whole;
    switch (tensor->type) {
    case SAFETENSORS_F64:
        memcpy(&wide, at, sizeof wide);
        return wide;
    case SAFETENSORS_F32:
        memcpy(&narrow, at, sizeof narrow);
        return (double)narrow;
    case SAFETENSORS_I64:
        memcpy(&long_whole, at, sizeof long_whole);
        return (double)long_whole;
    case SAFETENSORS_I32:
        memcpy(&whole, at, sizeof whole);
        return (double)whole;
    case SAFETENSORS_U8:
    case SAFETENSORS_TYPES:
        break;
    }
    return *(const unsigned char *)at;
}

/* ---- the header ---- */

#ifdef HAVE_CJSON

static const char *show(const char *name, char out[NAME_SHOWN])
{
    names_printable(out, NAME_SHOWN, name);
    return out;
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

static bool read_type(struct safetensors_tensor *tensor, const cJSON *type)
{
    for (int kind = 0; cJSON_IsString(type) && kind < SAFETENSORS_TYPES; kind++)
        if (strcmp(safetensors_types[kind].name, type->valuestring) == 0) {
            tensor->type = (enum safetensors_type)kind;
            return true;
        }
    return false;
}

static bool read_shape(struct safetensors_tensor *tensor, const cJSON *shape)
{
    const cJSON *item;
    tensor->count = 1;
    if (!cJSON_IsArray(shape) || cJSON_GetArraySize(shape) > SAFETENSORS_DIMS)
        return false;
    cJSON_ArrayForEach(item, shape)
    {
        size_t length;
        if (!size_of_json(item, &length) || (length > 0 && tensor->count > SIZE_MAX / length))
            return false;
        tensor->shape[tensor->dims++] = length;
        tensor->count *= length;
    }
    return true;
}

/* Fills a tensor from its entry in the header, for `size` bytes of numbers. */
static bool read_tensor(struct safetensors_file *file, const cJSON *entry, size_t size,
                        struct error *error)
{
    struct safetensors_tensor *tensor = &file->tensor[file->tensors];
    char shown[NAME_SHOWN];
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    size_t begin, end;
    show(entry->string, shown);
    if (!read_type(tensor, cJSON_GetObjectItemCaseSensitive(entry, "dtype")))
        return error_set(error, "the dtype of %s is not F64, I64, F32, I32 or U8", shown);
    if (!read_shape(tensor, cJSON_GetObjectItemCaseSensitive(entry, "shape")))
        return error_set(error, "the shape of %s is not up to %d sizes", shown, SAFETENSORS_DIMS);
    if (cJSON_GetArraySize(entry) != 3 || !cJSON_IsArray(offsets) ||
        cJSON_GetArraySize(offsets) != 2 || !size_of_json(cJSON_GetArrayItem(offsets, 0), &begin) ||
        !size_of_json(cJSON_GetArrayItem(offsets, 1), &end))
        return error_set(error, "%s has more or less than dtype, shape and two offsets", shown);
    if (begin > end || end > size)
        return error_set(error, "%s ends at byte %zu of %zu", shown, end, size);
    const size_t width = safetensors_types[tensor->type].size;
    if ((end - begin) % width != 0 || (end - begin) / width != tensor->count)
        return error_set(error, "%s has %zu bytes for %zu numbers of %zu", shown, end - begin,
                         tensor->count, width);
    tensor->data = file->numbers + begin;
    tensor->name = memory_copy_string(entry->string);
    file->tensors++;
    return true;
}

static bool read_metadata(struct safetensors_file *file, const cJSON *metadata, struct error *error)
{
    char shown[NAME_SHOWN];
    const cJSON *item;
    if (!cJSON_IsObject(metadata) || cJSON_GetArraySize(metadata) > PAIRS_MOST)
        return error_set(error, "its __metadata__ is no object of up to %d strings", PAIRS_MOST);
    file->metadata =
        memory_new(2 * (size_t)cJSON_GetArraySize(metadata) + 1, sizeof *file->metadata);
    cJSON_ArrayForEach(item, metadata)
    {
        if (!cJSON_IsString(item))
            return error_set(error, "%s in its __metadata__ is no string",
                             show(item->string, shown));
        if (safetensors_value(file, item->string))
            return error_set(error, "%s is in its __metadata__ twice", show(item->string, shown));
        file->metadata[2 * file->pairs] = memory_copy_string(item->string);
        file->metadata[2 * file->pairs++ + 1] = memory_copy_string(item->valuestring);
    }
    return true;
}

/* Fills the table of tensors and the metadata from the parsed header. */
static bool read_entries(struct safetensors_file *file, const cJSON *header, size_t size,
                         struct error *error)
{
    const cJSON *entry;
    if (!cJSON_IsObject(header))
        return error_set(error, "its header is no JSON object");
    file->tensor = memory_new((size_t)cJSON_GetArraySize(header) + 1, sizeof *file->tensor);
    cJSON_ArrayForEach(entry, header)
    {
        if (strcmp(entry->string, "__metadata__") != 0) {
            if (!read_tensor(file, entry, size, error))
                return false;
        } else if (file->metadata) {
            return error_set(error, "it has __metadata__ twice");
        } else if (!read_metadata(file, entry, error)) {
            return false;
        }
    }
    return true;
}

static void *allocate(size_t size)
{
    void *block = malloc(size);
    lacked_memory = lacked_memory || !block;
    return block;
}

static bool read_header(struct safetensors_file *file, const char *text, size_t length, size_t size,
                        struct error *error)
{
    static atomic_flag hooked = ATOMIC_FLAG_INIT;
    const char *end = NULL;
    if (!atomic_flag_test_and_set(&hooked))
        cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = allocate, .free_fn = free});
    cJSON *header = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    bool good = header != NULL;
    while (good && end < text + length && *end == ' ')
        end++;
    if (!good || end != text + length || *text != '{')
        good = error_set(error, "its header is no JSON");
    good = good && read_entries(file, header, size, error);
    cJSON_Delete(header);
    return good;
}

#else

static bool read_header(struct safetensors_file *file, const char *text, size_t length, size_t size,
                        struct error *error)
{
    (void)file, (void)text, (void)length, (void)size;
    return error_set(error, "this build has no cJSON");
}

#endif

/* ---- checks of the whole ---- */

static int compare_position(const void *a, const void *b)
{
    const struct safetensors_tensor *one = a, *other = b;
    const char *left = one->data, *right = other->data;
    if (left != right)
        return left < right ? -1 : 1;
    return (one->count > other->count) - (one->count < other->count);
}

/* The tensors must follow each other from the first byte of the numbers to the last. Leaves them in
 * the order of their names. */
static bool check_cover(struct safetensors_file *file, size_t size, struct error *error)
{
    const unsigned char *position = file->numbers;
    const struct safetensors_tensor *tensor = file->tensor;
    const size_t count = (size_t)file->tensors;
    bool gap = false;
    qsort(file->tensor, count, sizeof *tensor, compare_position);
    for (size_t i = 0; i < count; i++) {
        gap = gap || (const unsigned char *)tensor[i].data != position;
        position = (const unsigned char *)tensor[i].data +
                   tensor[i].count * safetensors_types[tensor[i].type].size;
    }
    if (gap || position != file->numbers + size)
        return error_set(error, "its tensors overlap or leave bytes out");
    qsort(file->tensor, count, sizeof *tensor, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(tensor[i - 1].name, tensor[i].name) == 0)
            return error_set(error, "it has a tensor twice");
    return true;
}

/* Where the digits of the checksum are in the header; NULL: nowhere. */
static char *find_digits(char *header)
{
    static const char before[] = "\"" SAFETENSORS_CHECKSUM "\":\"";
    char *digits = strstr(header, before);
    if (!digits)
        return NULL;
    digits += sizeof before - 1;
    return strspn(digits, "0123456789abcdef") == SAFETENSORS_CHECKSUM_DIGITS ? digits : NULL;
}

/* `header` is changed. */
static bool check_sum(const struct safetensors_file *file, char *header, size_t length, size_t size,
                      struct error *error)
{
    const char *said = safetensors_value(file, SAFETENSORS_CHECKSUM);
    char *digits = find_digits(header), computed[SAFETENSORS_CHECKSUM_DIGITS + 1];
    if (!said)
        return true;
    if (digits)
        memset(digits, '0', SAFETENSORS_CHECKSUM_DIGITS);
    uint64_t sum = safetensors_sum(SAFETENSORS_SUM, header, length);
    sum = safetensors_sum(sum, file->numbers, size);
    snprintf(computed, sizeof computed, "%0*" PRIx64, SAFETENSORS_CHECKSUM_DIGITS, sum);
    return strcmp(said, computed) == 0 ||
           error_set(error, "its checksum is not that of its content");
}

/* From little-endian to the byte order of the machine. */
static void order_bytes(struct safetensors_file *file)
{
    const uint16_t one = 1;
    unsigned char low_first;
    memcpy(&low_first, &one, 1);
    for (int t = 0; t < file->tensors && !low_first; t++) {
        const size_t size = safetensors_types[file->tensor[t].type].size;
        unsigned char *bytes =
            file->numbers + ((const unsigned char *)file->tensor[t].data - file->numbers);
        for (size_t i = 0; i < file->tensor[t].count; i++, bytes += size)
            for (size_t byte = 0; byte < size / 2; byte++) {
                unsigned char kept = bytes[byte];
                bytes[byte] = bytes[size - 1 - byte];
                bytes[size - 1 - byte] = kept;
            }
    }
}

/* ---- the file ---- */

/* Takes over `file->numbers`, of `size` bytes; `header` is changed. */
static bool finish(struct safetensors_file *file, char *header, size_t length, size_t size,
                   struct error *error)
{
    bool good = read_header(file, header, length, size, error) && check_cover(file, size, error) &&
                check_sum(file, header, length, size, error);
    if (good)
        order_bytes(file);
    else
        safetensors_file_close(file);
    return good;
}

/* The length of the header in a file of `size` bytes that begins with these; 0 with a reason. */
static size_t header_length(const unsigned char bytes[LENGTH_BYTES], uint64_t size,
                            struct error *error)
{
    uint64_t length = 0;
    for (int i = 0; i < LENGTH_BYTES; i++)
        length |= (uint64_t)bytes[i] << (8 * i);
    if (length > 1 && length <= header_most && length <= size - LENGTH_BYTES)
        return (size_t)length;
    error_set(error, "its header would have %" PRIu64 " bytes, in a file of %" PRIu64, length,
              size);
    return 0;
}

bool safetensors_parse(struct safetensors_file *file, const unsigned char *bytes, size_t size,
                       struct error *error)
{
    *file = (struct safetensors_file){0};
    if (size < LENGTH_BYTES)
        return error_set(error, "it has %zu bytes", size);
    const size_t length = header_length(bytes, size, error);
    if (length == 0)
        return false;
    const size_t rest = size - LENGTH_BYTES - length;
    char *header = memory_new(length + 1, 1);
    memcpy(header, bytes + LENGTH_BYTES, length);
    file->numbers = memory_new(rest + 1, 1);
    memcpy(file->numbers, bytes + LENGTH_BYTES + length, rest);
    bool good = finish(file, header, length, rest, error);
    free(header);
    return good;
}

/* The same from a stream of `size` bytes. */
static bool read_stream(struct safetensors_file *file, FILE *stream, uint64_t size,
                        struct error *error)
{
    unsigned char bytes[LENGTH_BYTES];
    if (size < LENGTH_BYTES || fread(bytes, LENGTH_BYTES, 1, stream) != 1)
        return error_set(error, "it has %" PRIu64 " bytes", size);
    const size_t length = header_length(bytes, size, error);
    const size_t rest = (size_t)size - LENGTH_BYTES - length;
    if (length == 0)
        return false;
    char *header = memory_new(length + 1, 1);
    file->numbers = malloc(rest + 1);
    bool good = file->numbers != NULL;
    lacked_memory = !good;
    if (good && (fread(header, 1, length, stream) != length ||
                 fread(file->numbers, 1, rest, stream) != rest))
        good = error_set(error, "it cannot be read to its end");
    if (good)
        good = finish(file, header, length, rest, error);
    else
        safetensors_file_close(file);
    free(header);
    return good;
}

bool safetensors_open(struct safetensors_file *file, const char *path, struct error *error)
{
    struct stat status;
    struct error reason;
    char shown[SHOWN];
    *file = (struct safetensors_file){0};
    lacked_memory = false;
    names_printable(shown, sizeof shown, path);
#ifndef HAVE_CJSON
    return error_set(error,
                     "cannot read %s: this build has no cJSON: install libcjson-dev and "
                     "build again",
                     shown);
#endif
    FILE *stream = file_open_to_read(path, error);
    if (!stream)
        return false;
    if (fstat(fileno(stream), &status) != 0)
        status.st_size = 0;
    bool good = read_stream(file, stream, (uint64_t)status.st_size, &reason);
    fclose(stream);
    if (!good && lacked_memory)
        return error_set(error, "no memory to read %s: close other programs", shown);
    return good || error_set(error, "%s is damaged or no safetensors file (%s): name another",
                             shown, reason.text);
}
