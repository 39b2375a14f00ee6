/* The values of an axis as one types them: "0,25..400*2". */
#ifndef LNSCOPE_LAB_GRID_VALUES_H
#define LNSCOPE_LAB_GRID_VALUES_H

#include "base/error.h"
#include "train/settings.h"

/* Takes apart a list of values and ranges for a setting; only numbers have ranges. At most `most`
 * values are written to `value`, which the caller frees. Returns how many, or -1 with a reason;
 * then there is nothing to free. Whether the setting accepts a value is not looked at. */
int grid_values(const struct setting_row *row, const char *text, char **value, int most,
                struct error *error);

#endif
