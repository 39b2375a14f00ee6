/* The views by name: what Tab goes through, `:view NAME` asks for and the header lists, in this
 * order. A view is a line here and a file views/view_NAME.c with its row, `view_NAME`. */
#ifndef LNSCOPE_CONTROLS_VIEW_NAMES_H
#define LNSCOPE_CONTROLS_VIEW_NAMES_H

#define VIEW_LIST(VIEW)                                                                            \
    VIEW(OVERVIEW, overview)                                                                       \
    VIEW(WATERFALL, waterfall)                                                                     \
    VIEW(ANATOMY, anatomy)                                                                         \
    VIEW(TENSORS, tensors)                                                                         \
    VIEW(CURVES, curves)                                                                           \
    VIEW(STREAM, stream)                                                                           \
    VIEW(SAMPLES, samples)                                                                         \
    VIEW(LOG, log)                                                                                 \
    VIEW(RUNS, runs)                                                                               \
    VIEW(LAB, lab)

#define VIEW_ID(id, name) VIEW_##id,
enum view { VIEW_LIST(VIEW_ID) VIEWS };
#undef VIEW_ID

/* One word each, lower case; ended by NULL. */
extern const char *const view_names[VIEWS + 1];

#endif
