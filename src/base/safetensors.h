/* Writing safetensors files: a JSON header and then the numbers, little-endian, without gaps.
 *
 * The format: https://github.com/huggingface/safetensors. safetensors_read.h reads it. */
#ifndef LNSCOPE_BASE_SAFETENSORS_H
#define LNSCOPE_BASE_SAFETENSORS_H

#include "base/error.h"
#include "base/file.h"

#include <stddef.h>
#include <stdint.h>

enum safetensors_type {
    SAFETENSORS_F64,
    SAFETENSORS_I64,
    SAFETENSORS_F32,
    SAFETENSORS_I32,
    SAFETENSORS_U8,
    SAFETENSORS_TYPES
};

enum { SAFETENSORS_DIMS = 3 };

/* How the header calls a type, and the bytes of a number. */
struct safetensors_type_row {
    const char *name;
    size_t size; /* rows fall in it, which is the order in the file */
};
extern const struct safetensors_type_row safetensors_types[SAFETENSORS_TYPES];

/* One array: its shape, row-major, and where its numbers are until the file is written. */
struct safetensors_entry {
    char *name; /* owned */
    enum safetensors_type type;
    int dims; /* 0: a single number */
    int64_t shape[SAFETENSORS_DIMS];
    const void *data; /* not owned */
    void *owned;      /* the same, where the set frees it; or NULL */
};

struct safetensors {
    struct safetensors_entry *entry; /* [entries], in the order of adding */
    int entries;
    char **metadata; /* [2 * pairs]: key, value, ... */
    int pairs;
    bool sealed; /* the metadata begins with SAFETENSORS_CHECKSUM, over all of the file */
};

/* The key of a checksum, and the digits of its value: FNV-1a of 64 bits over the header (with 0 for
 * these digits) and the numbers. */
#define SAFETENSORS_CHECKSUM "checksum"
enum { SAFETENSORS_CHECKSUM_DIGITS = 16 };

/* The checksum of what went before and of these bytes; begins with SAFETENSORS_SUM. */
#define SAFETENSORS_SUM UINT64_C(0xcbf29ce484222325)
uint64_t safetensors_sum(uint64_t sum, const void *bytes, size_t size);

/* Starts from an all-zero struct; frees everything that was added. */
void safetensors_close(struct safetensors *set);

/* Adds a string to the header's __metadata__; both are copied. */
void safetensors_metadata(struct safetensors *set, const char *key, const char *value);

/* Adds an array; the name is copied, the numbers must stay where they are until
 * safetensors_write(). Names are unique. */
void safetensors_add(struct safetensors *set, const char *name, enum safetensors_type type,
                     int dims, const int64_t *shape, const void *data);

/* The same with numbers from malloc(), which the set frees. */
void safetensors_take(struct safetensors *set, const char *name, enum safetensors_type type,
                      int dims, const int64_t *shape, void *data);

/* Writes all of it. The header is padded with spaces so that the numbers start at a multiple of 64
 * bytes, and types of 8 bytes come first, so that every array is aligned. Errors are seen by
 * file_commit(). */
void safetensors_write(const struct safetensors *set, FILE *out);

#endif
