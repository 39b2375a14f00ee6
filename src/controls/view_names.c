/* See view_names.h. */
#include "controls/view_names.h"

#include <stddef.h>

#define VIEW_NAME(id, name) #name,
const char *const view_names[VIEWS + 1] = {VIEW_LIST(VIEW_NAME) NULL};
