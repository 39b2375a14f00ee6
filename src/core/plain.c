/* See plain.h. In the order of a step: linear layers, norms, heads, attention, activations, joins,
 * loss. The optimizers are in plain_optimizer.c.
 *
 * N rows (B sequences of T tokens), D width, H heads of width W, F feed-forward width, V
 * vocabulary. The gradient of the loss by X is called dX and has the shape of X. */
#include "core/plain.h"

#include <math.h>

/* ---- linear layers ---------------------------------------------------------------------------*/

/* y = x W^T: every output is the inner product of a row of x and a row of W. */
static void linear_forward(real *y,       /* [N][out] */
                           const real *x, /* [N][in] */
                           const real *w, /* [out][in] */
                           int N, int in, int out)
{
    for (int n = 0; n < N; n++) {
        for (int o = 0; o < out; o++) {
            double sum = 0;
            for (int i = 0; i < in; i++)
                sum += (double)x[n * in + i] * (double)w[o * in + i];
            y[n * out + o] = (real)sum;
        }
    }
}

/* forward: y[n][o] = sum_i x[n][i] W[o][i]
 * backward: dx[n][i] = sum_o dy[n][o] W[o][i] */
static void linear_backward_data(real *dx,       /* [N][in] */
                                 const real *dy, /* [N][out] */
                                 const real *w,  /* [out][in] */
                                 int N, int in, int out)
{
    for (int n = 0; n < N; n++) {
        for (int i = 0; i < in; i++) {
            double sum = 0;
            for (int o = 0; o < out; o++)
                sum += (double)dy[n * out + o] * (double)w[o * in + i];
            dx[n * in + i] = (real)sum;
        }
    }
}

/* forward: y[n][o] = sum_i x[n][i] W[o][i]
 * backward: dW[o][i] = sum_n dy[n][o] x[n][i] */
static void linear_backward_weight(real *dw,       /* [out][in] */
                                   const real *dy, /* [N][out] */
                                   const real *x,  /* [N][in] */
                                   int N, int in, int out)
{
    for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
            double sum = 0;
            for (int n = 0; n < N; n++)
                sum += (double)dy[n * out + o] * (double)x[n * in + i];
            dw[o * in + i] = (real)sum;
        }
    }
}

/* y += bias, row by row. */
static void bias_forward(real *y,          /* [N][width] */
                         const real *bias, /* [width]; NULL: none */
                         int N, int width)
{
    for (int n = 0; bias && n < N; n++)
        for (int i = 0; i < width; i++)
            y[n * width + i] += bias[i];
}

/* forward: y[n][i] += bias[i]
 * backward: dbias[i] += sum_n dy[n][i] */
static void bias_backward(const real *dy, /* [N][width] */
                          real *dbias,    /* [width]; NULL: none */
                          int N, int width)
{
    for (int i = 0; dbias && i < width; i++) {
        double sum = 0;
        for (int n = 0; n < N; n++)
            sum += (double)dy[n * width + i];
        dbias[i] += (real)sum;
    }
}

/* ---- norms -------------------------------------------------------------------------------------
 * LayerNorm (Ba 2016):  xhat = (x - mean(x)) / sqrt(var(x) + eps)
 * RMSNorm (Zhang 2019): xhat = x / sqrt(mean(x^2) + eps)
 * DyT (Zhu 2025):       xhat = tanh(alpha x)
 * none:                 xhat = x, without gain and bias
 *     y = scale ((offset + gain) xhat + bias)
 * Means are taken over the D numbers of a row. */

/* Notes mean and rstd of row n: mean(x), or 0; 1 / sqrt(mean((x - mean)^2) + eps). */
static void norm_statistics(const struct norm_rows *norm, int n)
{
    const int D = norm->width;
    const real *x = norm->x + n * D; /* [D] */
    double mean = 0, square = 0;
    if (norm->kind == NORM_LAYERNORM) {
        for (int i = 0; i < D; i++)
            mean += (double)x[i] / D;
        norm->mean[n] = (real)mean;
    }
    for (int i = 0; i < D; i++)
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / D;
    norm->rstd[n] = (real)(1 / sqrt(square + norm->epsilon));
}

static double norm_xhat(const struct norm_rows *norm, int n, int i)
{
    const double x = (double)norm->x[n * norm->width + i];
    switch (norm->kind) {
    case NORM_LAYERNORM:
        return (x - (double)norm->mean[n]) * (double)norm->rstd[n];
    case NORM_RMSNORM:
        return x * (double)norm->rstd[n];
    case NORM_DYT:
        return tanh((double)norm->alpha[0] * x);
    default:
        return x;
    }
}

/* What xhat is multiplied by. */
static double norm_weight(const struct norm_rows *norm, int i)
{
    return (double)norm->scale * (norm->gain ? (double)norm->offset + (double)norm->gain[i] : 1);
}

/* Does it divide by the size of a row? */
static bool norm_has_statistics(const struct norm_rows *norm)
{
    return norm->kind == NORM_LAYERNORM || norm->kind == NORM_RMSNORM;
}

static void norm_forward(const struct norm_rows *norm, real *y /* [N][D] */)
{
    const int D = norm->width;
    for (int n = 0; n < norm->rows; n++) {
        if (norm_has_statistics(norm))
            norm_statistics(norm, n);
        for (int i = 0; i < D; i++) {
            const double bias = norm->bias ? (double)norm->bias[i] : 0;
            y[n * D + i] =
                (real)(norm_weight(norm, i) * norm_xhat(norm, n, i) + (double)norm->scale * bias);
        }
    }
}

/* forward: y = weight xhat + scale bias,  xhat = (x - mean(x)) rstd
 * backward: with g = weight dy, the gradient at xhat,
 *     dx = rstd (g - mean(g) - xhat mean(g xhat))         (RMSNorm: without mean(g))
 * since a change of one x moves mean and rstd of its whole row.
 * forward: xhat = tanh(alpha x)
 * backward: dx = alpha (1 - xhat^2) g
 * forward: xhat = x
 * backward: dx = g */
static double norm_through(const struct norm_rows *norm, double rstd, double g, double xhat,
                           double mean_g, double mean_g_xhat)
{
    if (norm->kind == NORM_DYT)
        return (double)norm->alpha[0] * (1 - xhat * xhat) * g;
    return norm_has_statistics(norm) ? rstd * (g - mean_g - xhat * mean_g_xhat) : g;
}

static void norm_backward_row(const struct norm_rows *norm, int n, const real *dy, /* [D] */
                              const real *skip, /* [D], added to dx; NULL: nothing */
                              real *dx)         /* [D]; may be skip */
{
    const int D = norm->width;
    double mean_g = 0, mean_g_xhat = 0;
    for (int i = 0; i < D && norm_has_statistics(norm); i++) {
        const double g = norm_weight(norm, i) * (double)dy[i];
        mean_g += norm->kind == NORM_LAYERNORM ? g / D : 0;
        mean_g_xhat += g * norm_xhat(norm, n, i) / D;
    }
    for (int i = 0; i < D; i++) {
        const double g = norm_weight(norm, i) * (double)dy[i], xhat = norm_xhat(norm, n, i);
        const double rstd = norm->rstd ? (double)norm->rstd[n] : 1;
        dx[i] = (real)((skip ? (double)skip[i] : 0) +
                       norm_through(norm, rstd, g, xhat, mean_g, mean_g_xhat));
    }
}

/* forward: y = scale ((offset + gain) xhat + bias),  xhat = tanh(alpha x)
 * backward: dgain += scale dy xhat,  dbias += scale dy,  dalpha += weight dy (1 - xhat^2) x */
static void norm_backward_weights(const struct norm_rows *norm, const real *dy /* [N][D] */)
{
    const int D = norm->width;
    double dalpha = 0;
    for (int i = 0; i < D && norm->dgain; i++) {
        double dgain = 0, dbias = 0;
        for (int n = 0; n < norm->rows; n++) {
            const double d = (double)dy[n * D + i], xhat = norm_xhat(norm, n, i);
            dgain += (double)norm->scale * d * xhat;
            dbias += (double)norm->scale * d;
            dalpha += norm_weight(norm, i) * d * (1 - xhat * xhat) * (double)norm->x[n * D + i];
        }
        norm->dgain[i] += (real)dgain;
        if (norm->dbias)
            norm->dbias[i] += (real)dbias;
    }
    if (norm->kind == NORM_DYT)
        norm->dalpha[0] += (real)dalpha;
}

static void norm_backward(const struct norm_rows *norm, const real *dy, /* [N][D] */
                          const real *skip,                             /* [N][D]; NULL: none */
                          real *dx)                                     /* [N][D] */
{
    const int D = norm->width;
    norm_backward_weights(norm, dy);
    for (int n = 0; n < norm->rows; n++)
        norm_backward_row(norm, n, dy + n * D, skip ? skip + n * D : NULL, dx + n * D);
}

/* ---- heads before attention --------------------------------------------------------------------
 * QK-norm (Henry 2020): RMSNorm of every head's W numbers by itself. */

static void head_norm_forward(const struct head_norm *norm, struct strided y /* [N][H][W] */)
{
    const int W = norm->width, H = norm->heads;
    for (int n = 0; n < norm->rows; n++) {
        for (int h = 0; h < H; h++) {
            const real *x = norm->x.first + n * norm->x.stride + h * W; /* [W] */
            real *out = y.first + n * y.stride + h * W;                 /* [W] */
            double square = 0;
            for (int i = 0; i < W; i++)
                square += (double)x[i] * (double)x[i] / W;
            const double rstd = 1 / sqrt(square + norm->epsilon);
            norm->rstd[n * H + h] = (real)rstd;
            for (int i = 0; i < W; i++)
                out[i] =
                    (real)((double)x[i] * rstd * ((double)norm->offset + (double)norm->gain[i]));
        }
    }
}

/* forward: y = (offset + gain) xhat,  xhat = x rstd
 * backward: with g = (offset + gain) dy,  dx = rstd (g - xhat mean(g xhat)),  dgain += dy xhat */
static void head_norm_backward(const struct head_norm *norm,
                               struct strided d, /* [N][H][W] dy, becomes dx */
                               real *dgain)      /* [W] */
{
    const int W = norm->width, H = norm->heads;
    for (int n = 0; n < norm->rows; n++) {
        for (int h = 0; h < H; h++) {
            const real *x = norm->x.first + n * norm->x.stride + h * W; /* [W] */
            real *g = d.first + n * d.stride + h * W;                   /* [W] */
            const double rstd = (double)norm->rstd[n * H + h];
            double mean = 0; /* of g xhat */
            for (int i = 0; i < W; i++) {
                const double xhat = (double)x[i] * rstd;
                dgain[i] += (real)((double)g[i] * xhat);
                g[i] = (real)((double)g[i] * ((double)norm->offset + (double)norm->gain[i]));
                mean += (double)g[i] * xhat / W;
            }
            for (int i = 0; i < W; i++)
                g[i] = (real)(rstd * ((double)g[i] - (double)x[i] * rstd * mean));
        }
    }
}

/* Rotary positions (Su 2021): the pair (x_i, x_{i + W/2}) is turned by the angle of place t and
 * pair i. The backward pass turns back, a rotation being orthogonal. */
static void rotate(const struct rotation *r)
{
    const int W = r->width, pairs = W / 2;
    for (int n = 0; n < r->rows; n++) {
        const int t = n % r->tokens;
        const real *cosine = r->cosine + t * pairs, *sine = r->sine + t * pairs; /* [W/2] */
        for (int h = 0; h < r->heads; h++) {
            real *x = r->x.first + n * r->x.stride + h * W; /* [W] */
            for (int i = 0; i < pairs; i++) {
                const double a = (double)x[i], b = (double)x[i + pairs];
                const double c = (double)cosine[i], s = (double)(r->back ? -sine[i] : sine[i]);
                x[i] = (real)(a * c - b * s);
                x[i + pairs] = (real)(a * s + b * c);
            }
        }
    }
}

/* ---- attention (Vaswani 2017), one head of one sequence ----------------------------------------
 *     S = Q K^T / sqrt(W),  P = softmax(S) over the keys that a query sees,  O = P V
 * With dropout O = (P M) V, M being factors that are thrown (dropout.h).
 * P lies key by key, [Tp keys][Tp queries]; the loops say P(t, j) of query t and key j. */

static bool sees(const struct attention_head *head, int query, int key)
{
    const int distance = query > key ? query - key : key - query;
    if (head->window > 0 && distance >= head->window)
        return false;
    return !head->causal || key <= query;
}

static real *P(const struct attention_head *head, int query, int key)
{
    return head->probability + key * attention_pad(head->tokens) + query;
}

/* The weight of a value: P, or P M. */
static real *weight(const struct attention_head *head, int query, int key)
{
    return head->kept ? head->kept + key * attention_pad(head->tokens) + query
                      : P(head, query, key);
}

/* The inner product of row t of a and row j of b. */
static double inner_product(struct strided a, int t, struct strided b, int j, int W)
{
    double sum = 0;
    for (int i = 0; i < W; i++)
        sum += (double)a.first[t * a.stride + i] * (double)b.first[j * b.stride + i];
    return sum;
}

static void attention_forward(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width;
    const struct strided v = head->v; /* [T][W] */
    real *S = head->scratch;          /* [T] the scores of query t */
    for (int t = 0; t < T; t++) {
        double top = -INFINITY, sum = 0; /* the largest score, so that no e^ overflows */
        for (int j = 0; j < T; j++) {
            S[j] = (real)(inner_product(head->q, t, head->k, j, W) / sqrt(W));
            if (sees(head, t, j) && !((double)S[j] <= top))
                top = (double)S[j];
        }
        for (int j = 0; j < T; j++)
            sum += sees(head, t, j) ? exp((double)S[j] - top) : 0;
        for (int j = 0; j < T; j++)
            if (sees(head, t, j))
                *P(head, t, j) = (real)(exp((double)S[j] - top) / sum);
        for (int j = 0; j < T && head->kept; j++)
            if (sees(head, t, j))
                *weight(head, t, j) *= *P(head, t, j);
        for (int i = 0; i < W; i++) { /* the weighted values */
            double out = 0;
            for (int j = 0; j < T; j++)
                if (sees(head, t, j))
                    out += (double)*weight(head, t, j) * (double)v.first[j * v.stride + i];
            head->out.first[t * head->out.stride + i] = (real)out;
        }
    }
}

/* forward: O = P V;  P = softmax(S)
 * backward: dP = dO V^T;  dS = P dP - P sum_j P dP; with dropout P dP = (P M) (dO V^T)
 * into dS[T][T] of query t and key j, 0 where t does not see j. */
static void softmax_backward(const struct attention_head *head, real *dS)
{
    const int T = head->tokens;
    for (int t = 0; t < T; t++) {
        double sum = 0;
        for (int j = 0; j < T; j++)
            if (sees(head, t, j))
                sum += (double)*weight(head, t, j) *
                       inner_product(head->dout, t, head->v, j, head->width);
        for (int j = 0; j < T; j++) {
            const double dweight = inner_product(head->dout, t, head->v, j, head->width);
            dS[t * T + j] = (real)(sees(head, t, j) ? (double)*weight(head, t, j) * dweight -
                                                          (double)*P(head, t, j) * sum
                                                    : 0);
        }
    }
}

/* forward: O = P V;  S = Q K^T / sqrt(W)
 * backward: dQ = dS K / sqrt(W);  dK = dS^T Q / sqrt(W);  dV = P^T dO */
static void attention_backward(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width;
    const struct strided q = head->q, k = head->k, dout = head->dout; /* [T][W] each */
    real *dS = head->scratch;                                         /* [T][T] */
    softmax_backward(head, dS);
    for (int t = 0; t < T; t++) {
        for (int i = 0; i < W; i++) {
            double dq = 0, dk = 0, dv = 0;
            for (int j = 0; j < T; j++) {
                dq += (double)dS[t * T + j] * (double)k.first[j * k.stride + i];
                dk += (double)dS[j * T + t] * (double)q.first[j * q.stride + i];
                if (sees(head, j, t))
                    dv += (double)*weight(head, j, t) * (double)dout.first[j * dout.stride + i];
            }
            real *to_k = head->dk.first + t * head->dk.stride + i;
            real *to_v = head->dv.first + t * head->dv.stride + i;
            head->dq.first[t * head->dq.stride + i] = (real)(dq / sqrt(W));
            *to_k = (real)((head->add ? (double)*to_k : 0) + dk / sqrt(W));
            *to_v = (real)((head->add ? (double)*to_v : 0) + dv);
        }
    }
}

/* -sum_j P log P of a query, as part of log(the number of keys that it sees); the mean over the
 * queries that see more than one. */
static double attention_entropy(const struct attention_head *head)
{
    const int T = head->tokens;
    double total = 0;
    int queries = 0;
    for (int t = 0; t < T; t++) {
        double entropy = 0;
        int seen = 0;
        for (int j = 0; j < T; j++) {
            if (!sees(head, t, j))
                continue;
            const double p = (double)*P(head, t, j);
            entropy -= p == 0 ? 0 : p * log(p);
            seen++;
        }
        if (seen > 1) {
            total += entropy / log(seen);
            queries++;
        }
    }
    return queries > 0 ? total / queries : (double)NAN;
}

/* ---- activations -------------------------------------------------------------------------------
 * GELU, tanh form (Hendrycks 2016): x s(2u), u = sqrt(2/pi) (x + 0.044715 x^3), s the logistic
 * SiLU (Elfwing 2017): x s(x);  ReLU: max(x, 0);  s(z) = 1 / (1 + e^-z),  s' = s (1 - s)
 * SwiGLU, GeGLU (Shazeer 2020): up * SiLU(gate), up * GELU(gate). */

static double logistic(double z)
{
    return 1 / (1 + exp(-z));
}

/* act(x), and its derivative there. */
static double act(enum activation kind, double x, double *slope)
{
    const double root = sqrt(2 / 3.14159265358979323846);
    if (kind == ACTIVATION_RELU) {
        *slope = x > 0 ? 1 : 0;
        return x < 0 ? 0 : x; /* a NaN stays one */
    }
    const bool silu = kind == ACTIVATION_SWIGLU;
    const double z = silu ? x : 2 * root * (x + 0.044715 * x * x * x);
    const double dz = silu ? 1 : 2 * root * (1 + 3 * 0.044715 * x * x);
    const double s = logistic(z);
    *slope = s + x * s * (1 - s) * dz;
    return x * s;
}

/* active = act(up + up_bias), or (up + up_bias) act(gate + gate_bias); in the place of up and gate
 * stay the derivatives of `active` by them. */
static void activation_forward(const struct activation_rows *a, enum activation kind)
{
    const int F = a->width;
    for (int at = 0; at < a->rows * F; at++) { /* up, gate, active: [N][F] */
        const double up = (double)a->up[at] + (a->up_bias ? (double)a->up_bias[at % F] : 0);
        double slope;
        if (!a->gate) {
            a->active[at] = (real)act(kind, up, &slope);
            a->up[at] = (real)slope;
            continue;
        }
        const double gate = (double)a->gate[at] + (a->gate_bias ? (double)a->gate_bias[at % F] : 0);
        const double open = act(kind, gate, &slope);
        a->active[at] = (real)(up * open);
        a->up[at] = (real)open;
        a->gate[at] = (real)(up * slope);
    }
}

/* forward: active = act(up), or up act(gate);  up and gate hold its derivatives by them
 * backward: dup = dactive * up, dgate = dactive * gate;  dup holds dactive before */
static void activation_backward(const struct activation_rows *a)
{
    for (int at = 0; at < a->rows * a->width; at++) {
        const real dactive = a->dup[at];
        a->dup[at] = dactive * a->up[at];
        if (a->gate)
            a->dgate[at] = dactive * a->gate[at];
    }
    bias_backward(a->dup, a->dup_bias, a->rows, a->width);
    if (a->gate)
        bias_backward(a->dgate, a->dgate_bias, a->rows, a->width);
}

static void gelu_forward(const struct activation_rows *a)
{
    activation_forward(a, ACTIVATION_GELU);
}

static void relu_forward(const struct activation_rows *a)
{
    activation_forward(a, ACTIVATION_RELU);
}

static void swiglu_forward(const struct activation_rows *a)
{
    activation_forward(a, ACTIVATION_SWIGLU);
}

static void geglu_forward(const struct activation_rows *a)
{
    activation_forward(a, ACTIVATION_GEGLU);
}

/* ---- joins -------------------------------------------------------------------------------------
 * The inside of the one equation: sum = a x + b (branch + bias). */

static void add(real *to, const real *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

/* a of column i. */
static double skip_of(const struct join_rows *join, int i)
{
    return (double)(join->skip_each ? join->skip_each[i] : join->skip);
}

static void join_forward(const struct join_rows *join)
{
    const int D = join->width;
    for (int at = 0; at < join->rows * D; at++) { /* x, branch, sum: [N][D] */
        const double bias = join->bias ? (double)join->bias[at % D] : 0;
        join->sum[at] = (real)(skip_of(join, at % D) * (double)join->x[at] +
                               (double)join->scale * ((double)join->branch[at] + bias));
    }
}

/* forward: sum = a x + ...
 * backward: da[i] += sum_n x[n][i] dsum[n][i] where a is a vector;  dx = a dsum */
static void skip_backward(const struct join_rows *join, const real *dsum, /* [N][D] */
                          real *dx,                                       /* [N][D]; may be dsum */
                          real *dskip) /* [D]; only where a is a vector */
{
    const int D = join->width;
    for (int i = 0; i < D; i++) {
        double da = 0;
        for (int n = 0; n < join->rows; n++) {
            const double d = (double)dsum[n * D + i];
            if (join->skip_each)
                da += (double)join->x[n * D + i] * d;
            dx[n * D + i] = (real)(skip_of(join, i) * d);
        }
        if (join->skip_each)
            dskip[i] += (real)da;
    }
}

/* forward: sum = ... + b branch
 * backward: db += sum of branch dsum;  dbranch = b dsum */
static void scale_backward(const struct join_rows *join, const real *dsum, /* [N][D] */
                           real *dbranch,                                  /* [N][D]; may be dsum */
                           real *dscale) /* [1]; NULL: not wanted */
{
    double db = 0;
    for (int at = 0; at < join->rows * join->width; at++) {
        const double d = (double)dsum[at];
        if (dscale)
            db += (double)join->branch[at] * d;
        dbranch[at] = (real)((double)join->scale * d);
    }
    if (dscale)
        dscale[0] += (real)db;
}

/* ---- loss ------------------------------------------------------------------------------------*/

/* Cross-entropy of one row: loss = log(sum_i e^logits_i) - logits_target
 * backward: dlogits_i = (softmax(logits)_i - [i = target]) scale */
static double cross_entropy(real *logits /* [V], becomes dlogits */, int V, int target,
                            double scale)
{
    double top = (double)logits[0], sum = 0; /* the largest logit, so that no e^ overflows */
    for (int i = 1; i < V; i++)
        top = (double)logits[i] > top ? (double)logits[i] : top;
    for (int i = 0; i < V; i++)
        sum += exp((double)logits[i] - top);
    const double loss = top + log(sum) - (double)logits[target];
    for (int i = 0; i < V; i++)
        logits[i] = (real)((exp((double)logits[i] - top) / sum - (i == target)) * scale);
    return loss;
}

/* ---- measurements ----------------------------------------------------------------------------*/

static double sum_squares(const real *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

static double row_product(const real *a /* [D] */, const real *b /* [D] */, int D)
{
    double sum = 0;
    for (int i = 0; i < D; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* The mean cosine of two different rows of a sequence x[T][D] whose lengths are known. */
static double similarity_of(const real *x, const double *length /* [T] */, int T, int D)
{
    double sum = 0;
    for (int t = 0; t < T; t++)
        for (int s = 0; s < T; s++)
            if (s != t)
                sum += row_product(x + t * D, x + s * D, D) / (length[t] * length[s]);
    return T > 1 ? sum / ((double)T * (T - 1)) : (double)NAN;
}

static struct stream_sums stream_sums(const struct stream_rows *rows)
{
    const int D = rows->width, T = rows->tokens;
    struct stream_sums sums = {0};
    for (int n = 0; n < rows->rows; n++) {
        const real *x = rows->x + n * D;                              /* [D] */
        const real *before = rows->before ? rows->before + n * D : x; /* [D] */
        const double length = sqrt(row_product(x, x, D));
        sums.cosine += row_product(x, before, D) / (length * rows->length[n]);
        for (int i = 0; i < D; i++)
            sums.change += ((double)x[i] - (double)before[i]) * ((double)x[i] - (double)before[i]);
        rows->length[n] = length;
        if (n % T == T - 1)
            sums.similarity += similarity_of(x - (T - 1) * D, rows->length + n - (T - 1), T, D);
    }
    if (!rows->before)
        sums.cosine = sums.change = (double)NAN;
    return sums;
}

/* ---- the table -------------------------------------------------------------------------------*/

static void exponential(const real *x, real *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = (real)exp((double)x[i]);
}

static void hyperbolic_tangent(const real *x, real *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = (real)tanh((double)x[i]);
}

const struct kernels kernels_loops = {
    .name = "loops",
    .linear_forward = linear_forward,
    .linear_backward_data = linear_backward_data,
    .linear_backward_weight = linear_backward_weight,
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .activation_forward = {[ACTIVATION_GELU] = gelu_forward,
                           [ACTIVATION_RELU] = relu_forward,
                           [ACTIVATION_SWIGLU] = swiglu_forward,
                           [ACTIVATION_GEGLU] = geglu_forward},
    .activation_backward = activation_backward,
    .bias_forward = bias_forward,
    .bias_backward = bias_backward,
    .add = add,
    .join_forward = join_forward,
    .skip_backward = skip_backward,
    .scale_backward = scale_backward,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .attention_entropy = attention_entropy,
    .head_norm_forward = head_norm_forward,
    .head_norm_backward = head_norm_backward,
    .rotate = rotate,
    .cross_entropy = cross_entropy,
    .sum_squares = sum_squares,
    .stream_sums = stream_sums,
    .update =
        {
            [OPTIMIZER_ADAMW] = plain_adamw,
            [OPTIMIZER_SGD] = plain_sgd,
            [OPTIMIZER_MOMENTUM] = plain_momentum,
            [OPTIMIZER_ADAM] = plain_adam,
            [OPTIMIZER_RADAM] = plain_radam,
            [OPTIMIZER_LION] = plain_lion,
            [OPTIMIZER_MUON] = plain_muon,
        },
    .exponential = exponential,
    .hyperbolic_tangent = hyperbolic_tangent,
};
