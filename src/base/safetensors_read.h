/* Reading safetensors files, which may be damaged, hostile, or no such files at all.
 *
 * Nothing in a file is believed: its header must be JSON without leftovers, every tensor's offsets
 * must fit its shape and lie within the file, the tensors must cover the numbers without gap or
 * overlap, no name may come twice, the metadata must be strings. Where the metadata has a checksum
 * (safetensors.h), it must be right. JSON is read by cJSON; a program that was built without it
 * reads nothing, and says so. It knows nothing of models. */
#ifndef LNSCOPE_BASE_SAFETENSORS_READ_H
#define LNSCOPE_BASE_SAFETENSORS_READ_H

#include "base/error.h"
#include "base/safetensors.h"

struct safetensors_tensor {
    char *name; /* owned by the file, as is `data` */
    enum safetensors_type type;
    int dims; /* 0: a single number */
    size_t shape[SAFETENSORS_DIMS];
    size_t count;     /* numbers */
    const void *data; /* [count], in the byte order of the machine; aligned only where the file has
                         it at a multiple of the size of a number */
};

struct safetensors_file {
    int tensors;
    struct safetensors_tensor *tensor; /* [tensors], names rising */
    int pairs;
    char **metadata; /* [2 * pairs]: key, value, ... */
    /* Private: */
    unsigned char *numbers;
};

/* Reads a file. False with a reason when it is not there, is no regular file, or is not well-formed
 * in any way; then there is nothing to close. */
bool safetensors_open(struct safetensors_file *file, const char *path, struct error *error);

/* The same from bytes in memory, which are copied. */
bool safetensors_parse(struct safetensors_file *file, const unsigned char *bytes, size_t size,
                       struct error *error);

/* Does nothing for a struct that is all zero. */
void safetensors_file_close(struct safetensors_file *file);

/* A value of the header's __metadata__; NULL when it has none of this name. */
const char *safetensors_value(const struct safetensors_file *file, const char *key);

/* The tensor of a name; NULL when there is none. */
const struct safetensors_tensor *safetensors_find(const struct safetensors_file *file,
                                                  const char *name);

/* The tensor of a name, which must have this type and shape and be aligned; NULL with a reason. */
const struct safetensors_tensor *safetensors_need(const struct safetensors_file *file,
                                                  const char *name, enum safetensors_type type,
                                                  int dims, const int64_t *shape,
                                                  struct error *error);

/* Number `index` of a tensor of any type, exactly (of I64 up to 2^53); index < count. */
double safetensors_number(const struct safetensors_tensor *tensor, size_t index);

#endif
