/* Attention maps: every head of the block that the anatomy shows, in place of its diagram. */
#ifndef LNSCOPE_VIEWS_ATTENTION_H
#define LNSCOPE_VIEWS_ATTENTION_H

#include "train/attention_maps.h"
#include "views/answer.h"
#include "views/scene.h"

/* What of it is to be measured (views/view_anatomy.c). */
struct attention_look anatomy_look(const struct scene *scene);

/* Draws them in a body of layout_attention(). */
void attention_draw(struct canvas *canvas, struct rect area, const struct scene *scene);

/* Moves the window of a long context by half of it, or goes through the sequences of the batch. */
void attention_pan(struct scene *scene, int by, struct rect area, struct answer *answer);
void attention_next_sequence(struct scene *scene, int by, struct answer *answer);

#endif
