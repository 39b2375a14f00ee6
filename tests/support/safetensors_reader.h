/* Reads safetensors files in tests: the references, and what the program wrote.
 *
 * It is strict, so that it also checks the writer: the header must be JSON without leftovers, every
 * tensor's offsets must fit its shape, and the tensors must cover the data without gap or overlap.
 * It owns the file's bytes. It knows nothing of models. */
#ifndef LNSCOPE_TESTS_SUPPORT_SAFETENSORS_READER_H
#define LNSCOPE_TESTS_SUPPORT_SAFETENSORS_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SAVED_DIMENSIONS = 4 };

enum saved_type { SAVED_F64, SAVED_F32, SAVED_I32, SAVED_TYPES };

struct saved_tensor {
    const char *name; /* owned by the file, as is `bytes` */
    enum saved_type type;
    int dimensions; /* 0: a single number */
    size_t shape[SAVED_DIMENSIONS];
    size_t count;               /* numbers */
    const unsigned char *bytes; /* little-endian, not aligned */
};

struct saved {
    unsigned char *content; /* the whole file */
    struct cJSON *header;
    int tensors;
    struct saved_tensor *tensor; /* [tensors], in the order of the header */
};

/* Reads a file of at most 256 MiB; false with a reason when it is not there or is not well-formed,
 * and then there is nothing to close. */
bool saved_read(struct saved *file, const char *path, struct error *error);

/* The same from bytes in memory, which are copied. */
bool saved_parse(struct saved *file, const unsigned char *bytes, size_t size, struct error *error);

void saved_close(struct saved *file);

/* A value of the header's __metadata__; NULL when it has none of this name. */
const char *saved_metadata(const struct saved *file, const char *key);

/* The tensor of a name; NULL when there is none. */
const struct saved_tensor *saved_find(const struct saved *file, const char *name);

/* Number `index` of a tensor of any type, exactly; index < count. */
double saved_number(const struct saved_tensor *tensor, size_t index);

#endif
