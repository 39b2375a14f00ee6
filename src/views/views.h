/* The views that there are, and what is done with whichever is shown.
 *
 * The digit keys, the order of Tab, the tabs of the header, the help and `lnscope list views`
 * follow from their rows. */
#ifndef LNSCOPE_VIEWS_VIEWS_H
#define LNSCOPE_VIEWS_VIEWS_H

#include "train/attention_maps.h"
#include "views/view.h"

#include <stdbool.h>

extern const struct view_row *const view_table[VIEWS];

/* Note `number` of a view for the help, from 0 on: a term and what it means, of its row or of one
 * of its quantities; false behind the last. */
bool view_note(enum view view, int number, const char **term, const char **text);

/* The view of a key code; -1: none. */
int view_of_key(int code);

/* What is shown: the view that is chosen, or the projector. */
const struct view_row *view_shown(const struct scene *scene);

/* The attention that what is shown wants to see. */
struct attention_look view_attention(const struct scene *scene);

/* Shows another view. */
void view_open(struct scene *scene, enum view view);

/* Where the parts of a screen of this size are, with the controls hidden where the scene says so.
 */
struct layout_screen view_layout(const struct scene *scene, int rows, int cols);

/* Has what is shown do something. Where it has no such thing the answer says which views have. On a
 * screen that is too small nothing happens. */
void view_act(struct scene *scene, enum act act, int by, int rows, int cols, struct answer *answer);

/* How far Up can scroll in what is shown; 0 where there is nothing to scroll. */
int view_scroll_max(const struct scene *scene, int rows, int cols);

/* Have Up and Down something to do? */
bool view_can_scroll(const struct scene *scene, int rows, int cols);

/* Has what others train nothing in its rows that the view shows? */
bool view_lacks(const struct scene *scene);

/* To be called when a new run has begun: what belongs to the previous one is forgotten. */
void view_restart(struct scene *scene);

#endif
