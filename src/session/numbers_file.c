/* See numbers_file.h. */
#include "session/numbers_file.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

const int64_t numbers_step_most = INT64_C(1) << 40;

void numbers_add(struct safetensors *set, const char *name, int count, const double *numbers)
{
    double *copy = memory_new((size_t)count, sizeof *copy);
    memcpy(copy, numbers, (size_t)count * sizeof *copy);
    safetensors_take(set, name, SAFETENSORS_F64, 1, (const int64_t[]){count}, copy);
}

void numbers_add_step(struct safetensors *set, const char *name, int64_t step)
{
    numbers_add(set, name, 1, &(double){(double)step});
}

bool numbers_whole(double value, double least, double most)
{
    return value >= least && value <= most && floor(value) == value;
}

const double *numbers_need(const struct safetensors_file *file, const char *name, int count,
                           struct error *error)
{
    const struct safetensors_tensor *tensor =
        safetensors_need(file, name, SAFETENSORS_F64, 1, (const int64_t[]){count}, error);
    return tensor ? tensor->data : NULL;
}

bool numbers_need_step(const struct safetensors_file *file, const char *name, int64_t least,
                       int64_t most, int64_t *step, struct error *error)
{
    const double *number = numbers_need(file, name, 1, error);
    if (!number)
        return false;
    if (!numbers_whole(*number, (double)least, (double)most))
        return error_set(error, "its %s is no whole number from %" PRId64 " to %" PRId64, name,
                         least, most);
    *step = (int64_t)*number;
    return true;
}
