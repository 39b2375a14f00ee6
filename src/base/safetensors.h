/* Writing safetensors files: a JSON header and then the numbers, little-endian, without gaps.
 *
 * The format: https://github.com/huggingface/safetensors. Reading is left to others. */
#ifndef LNSCOPE_BASE_SAFETENSORS_H
#define LNSCOPE_BASE_SAFETENSORS_H

#include "base/error.h"
#include "base/file.h"

#include <stddef.h>
#include <stdint.h>

enum safetensors_type { SAFETENSORS_F64, SAFETENSORS_F32, SAFETENSORS_I32, SAFETENSORS_TYPES };

enum { SAFETENSORS_DIMS = 3 };

/* One array: its shape, row-major, and where its numbers are until the file is written. */
struct safetensors_entry {
    char *name; /* owned */
    enum safetensors_type type;
    int dims; /* 0: a single number */
    int64_t shape[SAFETENSORS_DIMS];
    const void *data; /* not owned */
};

struct safetensors {
    struct safetensors_entry *entry; /* [entries], in the order of adding */
    int entries;
    char **metadata; /* [2 * pairs]: key, value, ... */
    int pairs;
};

/* Starts from an all-zero struct; frees everything that was added. */
void safetensors_close(struct safetensors *set);

/* Adds a string to the header's __metadata__; both are copied. */
void safetensors_metadata(struct safetensors *set, const char *key, const char *value);

/* Adds an array; the name is copied, the numbers must stay where they are until
 * safetensors_write(). Names are unique. */
void safetensors_add(struct safetensors *set, const char *name, enum safetensors_type type,
                     int dims, const int64_t *shape, const void *data);

/* Writes all of it. The header is padded with spaces so that the numbers start at a multiple of 64
 * bytes, and types of 8 bytes come first, so that every array is aligned. Errors are seen by
 * file_commit(). */
void safetensors_write(const struct safetensors *set, FILE *out);

#endif
