/* See tensor_file.h. */
#include "session/tensor_file.h"

#include "base/names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_NAME = TENSOR_NAME + 32, NAME_SHOWN = 48 };

const enum safetensors_type tensor_file_real =
    sizeof(real) == sizeof(double) ? SAFETENSORS_F64 : SAFETENSORS_F32;

void tensor_file_add_settings(struct safetensors *set, const struct settings *settings,
                              int64_t step)
{
    char value[SETTING_TEXT];
    for (int i = 0; i < setting_count; i++) {
        setting_get(settings, &setting_table[i], value, sizeof value);
        safetensors_metadata(set, setting_table[i].name, value);
    }
    snprintf(value, sizeof value, "%" PRId64, step);
    safetensors_metadata(set, "step", value);
}

/* Appends a name to those in the note, behind `words` if it is the first of its kind. */
static void note_name(char *note, size_t size, int *count, const char *words, const char *name)
{
    const size_t used = strlen(note);
    char shown[NAME_SHOWN];
    names_printable(shown, sizeof shown, name);
    const bool first = (*count)++ == 0;
    snprintf(note + used, size - used, "%s%s%s",
             !first  ? ", "
             : *note ? "; "
                     : "",
             first ? words : "", shown);
}

static bool is_setting(const char *key, const char *const *others)
{
    for (; *others; others++)
        if (strcmp(key, *others) == 0)
            return false;
    return !strchr(key, '.');
}

bool tensor_file_settings(const struct safetensors_file *file, const char *const *others,
                          struct settings *settings, char *note, size_t size, struct error *error)
{
    int missing = 0, unknown = 0;
    *settings = settings_default();
    note[0] = '\0';
    for (int i = 0; i < setting_count; i++) {
        const char *name = setting_table[i].name, *value = safetensors_value(file, name);
        if (value && !setting_set(settings, name, value, error))
            return false;
        if (!value)
            note_name(note, size, &missing, "it has no value, so that the default stands, for ",
                      name);
    }
    for (int i = 0; i < file->pairs; i++) {
        const char *key = file->metadata[2 * i];
        if (is_setting(key, others) && !setting_find(key, NULL))
            note_name(note, size, &unknown, "settings that this lnscope does not know: ", key);
    }
    return true;
}

bool tensor_file_integer(const struct safetensors_file *file, const char *key, int64_t least,
                         int64_t most, int64_t *value, struct error *error)
{
    const char *text = safetensors_value(file, key);
    errno = 0;
    *value = text && *text ? strtoll(text, NULL, 10) : 0;
    if (text && *text && strspn(text, "0123456789") == strlen(text) && errno == 0 &&
        *value >= least && *value <= most)
        return true;
    return error_set(error, "its %s is no whole number from %" PRId64 " to %" PRId64, key, least,
                     most);
}

/* The name of a tensor in a file, and its shape; returns the number of dimensions. */
static int describe(const char *prefix, const struct tensor *tensor, char name[ENTRY_NAME],
                    int64_t shape[2])
{
    char inner[TENSOR_NAME];
    tensor_name(tensor, inner);
    snprintf(name, ENTRY_NAME, "%s.%s", prefix, inner);
    shape[0] = tensor->vector ? tensor->cols : tensor->rows;
    shape[1] = tensor->cols;
    return tensor->vector ? 1 : 2;
}

void tensor_file_add(struct safetensors *set, const char *prefix,
                     const struct parameters *parameters, const real *numbers)
{
    char name[ENTRY_NAME];
    int64_t shape[2];
    for (int i = 0; i < parameters->tensors; i++) {
        const int dims = describe(prefix, &parameters->tensor[i], name, shape);
        safetensors_add(set, name, tensor_file_real, dims, shape,
                        numbers + parameters->tensor[i].offset);
    }
}

bool tensor_file_read(const struct safetensors_file *file, const char *prefix,
                      const struct parameters *parameters, real *numbers, struct error *error)
{
    char name[ENTRY_NAME];
    int64_t shape[2];
    for (int i = 0; i < parameters->tensors; i++) {
        const int dims = describe(prefix, &parameters->tensor[i], name, shape);
        const struct safetensors_tensor *tensor =
            safetensors_need(file, name, tensor_file_real, dims, shape, error);
        if (!tensor)
            return false;
        memcpy(numbers + parameters->tensor[i].offset, tensor->data,
               tensor_size(&parameters->tensor[i]) * sizeof *numbers);
    }
    return true;
}
