/* Attention: one part of the branch f of a sublayer; memory, forward and backward of one shard.
 *
 *     q, k, v = projections of u;  q, k through QK-norm and rotation, where they are on
 *     out = softmax(q k^T / sqrt(W)) v W_proj^T, head by head
 *
 * With dropout the weighted values are drop(softmax(..)) v (dropout.h).
 *
 * The keys that a query sees follow from the mask and the window. KV heads of keys and values serve
 * H heads of queries: H in full attention, fewer in grouped-query attention (Ainslie 2023), 1 in
 * multi-query attention (Shazeer 2019).
 *
 * With a kv_rank r, keys and values are of low rank (MLA, DeepSeek-V2 2024): c = u W_down^T,
 * k, v = Nkv(c) W_up^T, Nkv an RMSNorm where there is one. What the miniature leaves out: the low
 * rank of the queries, and the separate rotary key that all heads share; rotation acts on the whole
 * of q and k. */
#ifndef LNSCOPE_CORE_ATTENTION_H
#define LNSCOPE_CORE_ATTENTION_H

#include "core/config.h"
#include "core/linear.h"
#include "core/real.h"

#include <stdbool.h>

struct parameters;
struct pass;

/* Its tensors; -1: none. */
struct attention {
    bool present;
    int sublayer;              /* that it is the f of, counted through the stack */
    int window;                /* of this block; 0: none */
    int qkv, qkv_bias;         /* attn.qkv; with a kv_rank attn.q */
    int kv_down, kv_down_bias; /* with a kv_rank */
    int kv_up, kv_up_bias;     /* with a kv_rank */
    int q_gain, k_gain;        /* of QK-norm */
    int kv_gain;               /* of the norm of c; -1: none */
    int proj, proj_bias;
};

struct attention_activations {
    real *qkv;             /* [N][D + 2 KV W] q, k, v of all heads; with a kv_rank [N][D] q */
    real *latent;          /* [N][r] c */
    real *latent_normed;   /* [N][r] behind its norm; with a kv_norm */
    real *latent_rstd;     /* [N] */
    real *kv;              /* [N][2D] k, v; with a kv_rank */
    real *normed;          /* [N][D + KV W] q, k behind QK-norm and rotation; with QK-norm */
    real *q_rstd, *k_rstd; /* [N][H], [N][KV]; [N] of a joint one */
    real *probability;     /* [B][H][Tp keys][Tp queries] */
    real *kept;            /* the same behind dropout, where there is any */
    real *weighted;        /* [N][D] weighted values of all heads */
};

/* Gradients of the arrays above, of the same shapes: the gradients of the weights are computed from
 * them once all shards have been through the block. */
struct attention_gradients {
    real *dweighted;
    real *dqkv;
    real *dlatent;
    real *dkv;
};

struct attention attention_find(const struct parameters *parameters,
                                const struct model_config *config, int block);
void attention_carve(struct attention_activations *activations, const struct model_config *config,
                     struct arena *arena);
void attention_carve_gradients(struct attention_gradients *gradients,
                               const struct model_config *config, struct arena *arena);

/* out = attention(u) without the last bias, both [N][D], for the shard's rows; keeps what the
 * backward pass needs. */
void attention_forward(const struct pass *pass, const struct attention *attention,
                       struct attention_activations *activations, const real *u, real *out);

/* du from df, both [N][D]; leaves in *gradients what the weight products need, and adds the
 * gradients of vectors, the last bias included, to the shard's partial ones. */
void attention_backward(const struct pass *pass, const struct attention *attention,
                        const struct attention_activations *activations,
                        struct attention_gradients *gradients, const real *df, real *du);

/* The attention entropy of struct kernels, summed over the shard's sequences and all heads; after
 * attention_forward(). */
double attention_entropy(const struct pass *pass, const struct attention *attention,
                         const struct attention_activations *activations);

/* The number of weight matrices, and the two factors of the gradient of matrix `which`, counted
 * from 0; u and df are those of attention_forward() and attention_backward(). */
int attention_matrices(const struct attention *attention);
struct weight_product attention_weight_product(const struct attention *attention,
                                               const struct attention_activations *activations,
                                               const struct attention_gradients *gradients,
                                               const real *u, const real *df, int which);

#endif
