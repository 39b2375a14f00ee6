/* What a step computes on its way forward, and its way back reads. N = B*T rows. */
#ifndef LNSCOPE_CORE_ACTIVATIONS_H
#define LNSCOPE_CORE_ACTIVATIONS_H

#include "core/norm.h"
#include "core/real.h"

struct parameters;
struct sublayer_activations; /* sublayer.h */

struct activations {
    real **stream;                         /* [L+1], each [N][D]: x_l */
    real **middle;                         /* [L], each [N][D]: the stream between two sublayers */
    struct sublayer_activations *sublayer; /* [L][sublayers of a block] */
    real *second_stream; /* [N][D] BESIDE_SUM (beside.h), as far as it has come; or NULL */
    struct norm_activations final;
    const real *head_input; /* [N][D] what the output projection reads: final.out, or x_L */
    real *logits;           /* [N][V]; a step leaves their gradient in their place */

    double *stream_square; /* [L+1] sum of squares of x_l */
    /* Private: the shards' parts. */
    double *shard_loss;   /* [shards] nats */
    double *shard_square; /* [shards][L+1] */
};

/* The tables of pointers and sums; what they point to is carved from an arena. */
void activations_open(struct activations *activations, const struct model_config *config);
void activations_carve(struct activations *activations, const struct parameters *parameters,
                       const struct model_config *config, struct arena *arena);
void activations_close(struct activations *activations);

#endif
