/* From what a probe of the core has summed up to the numbers of a snapshot. */
#ifndef LNSCOPE_TRAIN_DETAIL_H
#define LNSCOPE_TRAIN_DETAIL_H

#include "core/model.h"
#include "train/snapshot.h"

/* Nothing was measured: NAN throughout. */
void detail_clear(struct detail *detail);

/* Of the last step of a model that had a probe. */
void detail_measure(struct detail *detail, const struct model *model);

#endif
