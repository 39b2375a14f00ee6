/* See option_names.h. */
#include "train/option_names.h"

#define OPTION_NAME(id, name) name,
const char *const option_names[OPTIONS] = {OPTION_LIST(OPTION_NAME)};
