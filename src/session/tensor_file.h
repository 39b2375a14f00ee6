/* What dumps and sessions have in common as safetensors files: the settings in the header, and
 * parameter tensors by their names.
 *
 * Names and shapes are GPT-2's style: "blocks.0.attn.qkv.weight" is [out, in], vectors have one
 * dimension. Numbers are F32, or F64 where the program is built with REAL=double. */
#ifndef LNSCOPE_SESSION_TENSOR_FILE_H
#define LNSCOPE_SESSION_TENSOR_FILE_H

#include "base/safetensors_read.h"
#include "core/model.h"
#include "train/settings.h"

/* Of a real. */
extern const enum safetensors_type tensor_file_real;

/* Every setting, and "step", as metadata. */
void tensor_file_add_settings(struct safetensors *set, const struct settings *settings,
                              int64_t step);

/* The settings of the metadata, with the checks of setting_set(). Those that are not there, which
 * an older program did not have, keep their defaults, and those that this program does not have are
 * passed over: `note` names both, or is empty. Keys with a point and those of `others` (ended by
 * NULL) are no settings. False with a reason. */
bool tensor_file_settings(const struct safetensors_file *file, const char *const *others,
                          struct settings *settings, char *note, size_t size, struct error *error);

/* A whole number of the metadata from `least` to `most`; false with a reason. */
bool tensor_file_integer(const struct safetensors_file *file, const char *key, int64_t least,
                         int64_t most, int64_t *value, struct error *error);

/* PREFIX.NAME for every tensor of the table, with these numbers[parameters->count], which must stay
 * where they are. */
void tensor_file_add(struct safetensors *set, const char *prefix,
                     const struct parameters *parameters, const real *numbers);

/* Reads the same into numbers[parameters->count]. False with a reason where one is missing or has
 * another shape or type. */
bool tensor_file_read(const struct safetensors_file *file, const char *prefix,
                      const struct parameters *parameters, real *numbers, struct error *error);

#endif
