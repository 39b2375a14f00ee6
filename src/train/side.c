/* See side.h. */
#include "train/side.h"

#include <stddef.h>

const char *const stack_names[SIDES + 1] = {[LEFT] = "left", [RIGHT] = "right", [SIDES] = NULL};
