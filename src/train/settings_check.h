/* What no single setting can tell: whether all of them together make a session. */
#ifndef LNSCOPE_TRAIN_SETTINGS_CHECK_H
#define LNSCOPE_TRAIN_SETTINGS_CHECK_H

#include "train/settings.h"

/* Models that can be built and learn their task, a text for the text task, the memory that all of
 * it needs against what the machine has. False with a reason, and what would do. */
bool settings_check(const struct settings *settings, struct error *error);

#endif
