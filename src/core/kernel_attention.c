/* Attention of one head; see kernels.h. */
#include "core/kernel_build.h"
#include "core/kernel_math.h"
#include "core/kernel_transpose.h"

#include <string.h>

/* ---- attention ---------------------------------------------------------------------------------
 * All products are one register tile: C[8][vector] = sum over k of A(k, row) * B[k][vector], where
 * A is read with any strides, so that transposes cost nothing. Operands are first packed into dense
 * scratch, padded with zeros to whole vectors; no loop has a remainder. */

struct tile {
    const real *a;
    size_t row_stride, step_stride; /* of a: from row to row, from k to k+1 */
    const real *b;                  /* [count][b_stride] */
    size_t b_stride;
    int count;
};

/* out[row][0..LANES) = the tile's sums, for TILE rows `stride` apart. */
INLINE void tile_matmul(const struct tile *tile, real *out, size_t stride)
{
    vector sum[TILE];
    for (int row = 0; row < TILE; row++)
        sum[row] = (vector){0};
    const real *a = tile->a, *b = tile->b;
    const size_t row_stride = tile->row_stride;
    for (int k = 0; k < tile->count; k++) {
        vector column = load(b);
        for (int row = 0; row < TILE; row++)
            sum[row] += a[(size_t)row * row_stride] * column;
        a += tile->step_stride;
        b += tile->b_stride;
    }
    for (int row = 0; row < TILE; row++)
        store(out + (size_t)row * stride, sum[row]);
}

/* Rows, `stride` numbers apart, whose length is a multiple of a vector: tiles load and store whole
 * vectors. */
struct dense {
    real *first;
    size_t stride;
};

/* Is T a multiple of a tile and W of a vector? Then rows are read and written in place, without a
 * padded copy. */
INLINE bool is_dense(int T, int W)
{
    return T % TILE == 0 && W % LANES == 0;
}

/* to[Tp][Wp] = from, zero outside. */
static struct dense pack(real *restrict to, struct strided from, int T, int W)
{
    const int Tp = attention_pad(T), Wp = attention_pad(W);
    if (is_dense(T, W))
        return (struct dense){from.first, (size_t)from.stride};
    memset(to, 0, (size_t)Tp * (size_t)Wp * sizeof *to);
    for (int t = 0; t < T; t++)
        memcpy(to + t * Wp, from.first + (size_t)t * (size_t)from.stride, (size_t)W * sizeof *to);
    return (struct dense){to, (size_t)Wp};
}

/* to[Tp][Wp] = scale * from, zero outside. */
static struct dense pack_scaled(real *restrict to, struct strided from, int T, int W, real scale)
{
    const int Tp = attention_pad(T), Wp = attention_pad(W);
    if (W < Wp || T < Tp)
        memset(to, 0, (size_t)Tp * (size_t)Wp * sizeof *to);
    for (int t = 0; t < T; t++) {
        const real *restrict row = from.first + (size_t)t * (size_t)from.stride;
        int d = 0;
        for (; d + LANES <= W; d += LANES)
            store(to + t * Wp + d, scale * load(row + d));
        for (; d < W; d++)
            to[t * Wp + d] = scale * row[d];
    }
    return (struct dense){to, (size_t)Wp};
}

/* to[W][Tp] = from transposed, zero outside. */
static struct dense pack_transposed(real *to, struct strided from, int T, int W)
{
    const int Tp = attention_pad(T);
    transpose_strided(from.first, (size_t)from.stride, to, (size_t)Tp, T, W);
    for (int d = 0; d < W && T < Tp; d++)
        memset(to + d * Tp + T, 0, (size_t)(Tp - T) * sizeof *to);
    return (struct dense){to, (size_t)Tp};
}

/* Where tiles write a result for `to`: in place, or on scratch, from which unpack() copies it. */
INLINE struct dense result_for(struct strided to, real *scratch, const struct attention_head *head,
                               bool add_up)
{
    if (is_dense(head->tokens, head->width) && !add_up)
        return (struct dense){to.first, (size_t)to.stride};
    return (struct dense){scratch, (size_t)attention_pad(head->width)};
}

static void unpack(struct strided to, const struct dense *from, int T, int W, bool add_up)
{
    for (int t = 0; t < T && from->first != to.first; t++) {
        real *restrict row = to.first + (size_t)t * (size_t)to.stride;
        const real *restrict result = from->first + (size_t)t * from->stride;
#pragma omp simd
        for (int d = 0; d < W; d++)
            row[d] = add_up ? row[d] + result[d] : result[d];
    }
}

/* Keys or queries `from` .. `to - 1`. */
struct span {
    int from, to;
};

/* A query sees the keys less than this many places away. */
INLINE int reach(const struct attention_head *head)
{
    return head->window > 0 && head->window < head->tokens ? head->window : head->tokens;
}

/* The keys that query t sees; a padding query sees what the last one does. */
INLINE struct span keys_seen(const struct attention_head *head, int t)
{
    const int T = head->tokens, query = least(t, T - 1);
    const int from = query - reach(head) + 1, to = query + (head->causal ? 1 : reach(head));
    return (struct span){from > 0 ? from : 0, least(to, T)};
}

/* The keys that at least one of the queries t .. t + count - 1 sees. */
INLINE struct span keys_of(const struct attention_head *head, int t, int count)
{
    return (struct span){keys_seen(head, t).from, keys_seen(head, t + count - 1).to};
}

/* The keys whose scores are computed for the vector or tile of queries that t is in: those that one
 * of them sees, rounded outwards to whole tiles. */
INLINE struct span keys_computed(const struct attention_head *head, int t)
{
    enum { UNIT = LANES > TILE ? LANES : TILE };
    const struct span keys = keys_of(head, t / UNIT * UNIT, UNIT);
    return (struct span){keys.from / TILE * TILE, (keys.to + TILE - 1) / TILE * TILE};
}

/* The queries that see some key of the tile at row j. */
INLINE struct span queries_seeing(const struct attention_head *head, int j)
{
    const int T = head->tokens, from = head->causal ? j : j - reach(head) + 1;
    const int to = j + TILE - 1 + reach(head);
    return (struct span){from > 0 ? from : 0, least(to, T)};
}

/* Query t + lane sees the keys from[lane] .. to[lane] - 1. */
struct bounds {
    real from[LANES], to[LANES];
};

INLINE struct bounds bounds_of(const struct attention_head *head, int t)
{
    struct bounds bounds;
#pragma omp simd
    for (int lane = 0; lane < LANES; lane++) {
        const struct span seen = keys_seen(head, t + lane);
        bounds.from[lane] = (real)seen.from;
        bounds.to[lane] = (real)seen.to;
    }
    return bounds;
}

/* Lane by lane: a where it is greater than b and the query sees key j, else b. */
INLINE vector greater_seen(vector a, vector b, const struct bounds *bounds, int j)
{
    const vector key = (vector){0} + (real)j;
    const mask take = (a > b) & (key >= load(bounds->from)) & (key < load(bounds->to));
    return (vector)((take & (mask)a) | (~take & (mask)b));
}

/* The sum of a[j] b[j] over the keys j, in ATTENTION_PAD parts that are summed up then; b NULL: of
 * a[j]. */
INLINE vector sum_over_keys(const real *a, const real *b, size_t stride, struct span keys)
{
    vector sum = (vector){0};
    for (int part = 0; part < ATTENTION_PAD; part++) {
        vector of_part = (vector){0};
        for (int j = keys.from / ATTENTION_PAD * ATTENTION_PAD + part; j < keys.to;
             j += ATTENTION_PAD) {
            const size_t at = (size_t)j * stride;
            if (j < keys.from)
                continue;
            if (b)
                of_part += load(a + at) * load(b + at);
            else
                of_part += load(a + at);
        }
        sum += of_part;
    }
    return sum;
}

/* Softmax of a vector of queries over the keys that each sees: columns of `scores`, whose rows are
 * `stride` apart; 0 where it does not see a key of `keys`. */
INLINE void softmax(const struct attention_head *head, real *restrict scores, size_t stride, int t,
                    struct span keys)
{
    const struct bounds bounds = bounds_of(head, t);
    vector highest = (vector){0} - (real)INFINITY;
    real top[LANES];
    for (int j = keys.from; j < keys.to; j++)
        highest = greater_seen(load(scores + (size_t)j * stride), highest, &bounds, j);
    store(top, highest);
    for (int j = keys.from; j < keys.to; j++) {
        real *restrict row = scores + (size_t)j * stride;
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            const real power = exp_fast(row[lane] - top[lane]);
            row[lane] = (real)j >= bounds.from[lane] && (real)j < bounds.to[lane] ? power : 0;
        }
    }
    const vector scale = 1 / sum_over_keys(scores, NULL, stride, keys);
    for (int j = keys.from; j < keys.to; j++)
        store(scores + (size_t)j * stride, load(scores + (size_t)j * stride) * scale);
}

/* kept = kept * P, for a vector of queries. */
INLINE void keep(const real *restrict P, real *restrict kept, size_t stride, struct span keys)
{
    for (int j = keys.from; j < keys.to; j++)
        store(kept + (size_t)j * stride,
              load(kept + (size_t)j * stride) * load(P + (size_t)j * stride));
}

/* to[key][query] = the product of a key's row and a query's column, for the vector of queries at t;
 * returns the keys. */
INLINE struct span scores(const struct attention_head *head, int t, struct dense rows,
                          struct dense columns, real *to)
{
    const int Tp = attention_pad(head->tokens);
    const struct span keys = keys_computed(head, t);
    for (int j = keys.from; j < keys.to; j += TILE)
        tile_matmul(&(struct tile){rows.first + (size_t)j * rows.stride, rows.stride, 1,
                                   columns.first + t, columns.stride, head->width},
                    to + j * Tp + t, (size_t)Tp);
    return keys;
}

/* to[query] = the sum over the keys of shares[key][query] rows[key]. */
INLINE void weighted_values(const struct attention_head *head, const real *shares,
                            struct dense rows, struct dense to)
{
    const int Tp = attention_pad(head->tokens);
    for (int t = 0; t < head->tokens; t += TILE) {
        const struct span keys = keys_of(head, t, TILE);
        for (int d = 0; d < head->width; d += LANES)
            tile_matmul(&(struct tile){shares + keys.from * Tp + t, 1, (size_t)Tp,
                                       rows.first + (size_t)keys.from * rows.stride + d,
                                       rows.stride, keys.to - keys.from},
                        to.first + (size_t)t * to.stride + d, to.stride);
    }
}

/* S = Q K^T / sqrt(W);  P = softmax(S), masked;  O = P V, with dropout O = (P M) V, M the factors
 * that are `kept`. S and P lie as [key][query]. */
void KERNEL(attention_forward)(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width, Tp = attention_pad(T), Wp = attention_pad(W);
    const size_t part = (size_t)Tp * (size_t)Wp;
    real *scratch = head->scratch, *P = head->probability;
    const struct dense k = pack_scaled(scratch, head->k, T, W, 1 / (real)sqrt((real)W));
    const struct dense qt = pack_transposed(scratch + part, head->q, T, W);
    const struct dense v = pack(scratch + 2 * part, head->v, T, W);
    const struct dense o = result_for(head->out, scratch + 3 * part, head, false);
    for (int t = 0; t < T; t += LANES) {
        const struct span keys = scores(head, t, k, qt, P);
        softmax(head, P + t, (size_t)Tp, t, keys);
        if (head->kept)
            keep(P + t, head->kept + t, (size_t)Tp, keys);
    }
    weighted_values(head, head->kept ? head->kept : P, v, o);
    unpack(head->out, &o, T, W, false);
}

/* dS = P (dP - sum_j P dP) / sqrt(W) of a vector of queries, from dP. */
INLINE void softmax_backward(const real *restrict P, real *restrict dS, size_t stride,
                             struct span keys, real scale)
{
    const vector delta = sum_over_keys(P, dS, stride, keys);
    for (int j = keys.from; j < keys.to; j++) {
        real *restrict row = dS + (size_t)j * stride;
        store(row, load(P + (size_t)j * stride) * (load(row) - delta) * scale);
    }
}

/* The same from the gradient dK behind dropout, K = P M: P dP = K dK, without M. */
INLINE void dropped_softmax_backward(const real *restrict P, const real *restrict K,
                                     real *restrict dS, size_t stride, struct span keys, real scale)
{
    const vector delta = sum_over_keys(K, dS, stride, keys);
    for (int j = keys.from; j < keys.to; j++) {
        const size_t at = (size_t)j * stride;
        store(dS + at, (load(K + at) * load(dS + at) - load(P + at) * delta) * scale);
    }
}

/* forward: O = P V;  P = softmax(S);  S = Q K^T / sqrt(W); with dropout O = (P M) V
 * backward: dV = P^T dO;  dP = dO V^T;  dS = P (dP - sum_j P dP) / sqrt(W);
 *     dQ = dS K;  dK = dS^T Q; with dropout dV = (P M)^T dO */
void KERNEL(attention_backward)(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width, Tp = attention_pad(T), Wp = attention_pad(W);
    const size_t part = (size_t)Tp * (size_t)Wp;
    real *scratch = head->scratch, *result = scratch + 5 * part, *dS = scratch + 6 * part;
    const real *P = head->probability;
    const struct dense q = pack(scratch, head->q, T, W), k = pack(scratch + part, head->k, T, W);
    const struct dense v = pack(scratch + 2 * part, head->v, T, W);
    const struct dense dO = pack(scratch + 3 * part, head->dout, T, W);
    const struct dense dOt = pack_transposed(scratch + 4 * part, head->dout, T, W);
    const struct dense dq = result_for(head->dq, result, head, false);
    for (int t = 0; t < T; t += LANES) {
        const struct span keys = scores(head, t, v, dOt, dS);
        const real scale = 1 / (real)sqrt((real)W);
        if (head->kept)
            dropped_softmax_backward(P + t, head->kept + t, dS + t, (size_t)Tp, keys, scale);
        else
            softmax_backward(P + t, dS + t, (size_t)Tp, keys, scale);
    }
    weighted_values(head, dS, k, dq);
    unpack(head->dq, &dq, T, W, false);
    for (int pass = 0; pass < 2; pass++) { /* dK from dS and Q, dV from P and dO */
        const real *a = pass == 0 ? dS : head->kept ? head->kept : P;
        const struct dense b = pass == 0 ? q : dO;
        const struct strided to = pass == 0 ? head->dk : head->dv;
        const struct dense sum = result_for(to, result, head, head->add);
        for (int j = 0; j < T; j += TILE) {
            const struct span queries = queries_seeing(head, j);
            for (int d = 0; d < W; d += LANES)
                tile_matmul(&(struct tile){a + j * Tp + queries.from, (size_t)Tp, 1,
                                           b.first + (size_t)queries.from * b.stride + d, b.stride,
                                           queries.to - queries.from},
                            sum.first + (size_t)j * sum.stride + d, sum.stride);
        }
        unpack(to, &sum, T, W, head->add);
    }
}

/* Keys that are computed but not seen are 0, and so is their part of the sum. */
double KERNEL(attention_entropy)(const struct attention_head *head)
{
    const int T = head->tokens, Tp = attention_pad(T);
    double total = 0;
    int queries = 0;
    for (int t = 0; t < T; t += LANES) {
        const struct span keys = keys_computed(head, t);
        real sums[LANES] = {0};
        for (int j = keys.from; j < keys.to; j++) {
            const real *restrict p = head->probability + j * Tp + t;
#pragma omp simd
            for (int lane = 0; lane < LANES; lane++)
                sums[lane] -= p[lane] * log_fast(p[lane]);
        }
        for (int lane = 0; lane < LANES && t + lane < T; lane++) {
            const struct span seen = keys_seen(head, t + lane);
            if (seen.to - seen.from < 2)
                continue;
            total += (double)sums[lane] / log((double)(seen.to - seen.from));
            queries++;
        }
    }
    return queries > 0 ? total / queries : (double)NAN;
}
