#!/usr/bin/env python3
"""The twin: lnscope's transformer a second time, in PyTorch, to check the first against.

It shares no code and no tables with the C program: forward is written from the equations, every
gradient comes from autograd, and the optimizers are torch's own. All of it computes in double
precision, so that what differs is the rounding of the program under test.

    twin.py make [FOLDER]        (re)makes the reference files *.safetensors beside this file
    twin.py check DUMP [...]     redoes steps that `lnscope run --dump FILE --dump-step N` wrote

`check` compares the loss, every stream gradient and every parameter gradient in the max norm,
max|a-b| / max|b| with b the twin's value, and exits with 1 when one of them is above 1e-4.

Needs python3 with torch and numpy; the tests in C need only the files that `make` wrote.
"""

import argparse
import json
import math
import os
import struct
import sys

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as missing:
    sys.exit(f"twin.py: {missing}: a python3 with torch and numpy would be right")

TOLERANCE = 1e-4  # of `check`
STEPS = 10  # of the optimizer cases

DTYPES = {"F64": "<f8", "F32": "<f4", "I32": "<i4"}

# --- safetensors -------------------------------------------------------------------------------


class BadFile(Exception):
    """A file that is not what it should be; the text says why."""


def read_safetensors(path):
    """Returns (metadata: str -> str, tensors: name -> array) of a safetensors file."""
    with open(path, "rb") as file:
        content = file.read()
    if len(content) < 8:
        raise BadFile("8 bytes of header length would be right")
    (length,) = struct.unpack("<Q", content[:8])
    if length > len(content) - 8:
        raise BadFile(f"header of {length} bytes: the file ends before it does")
    header = json.loads(content[8 : 8 + length])
    data = content[8 + length :]
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = np.dtype(DTYPES[entry["dtype"]])
        count = math.prod(entry["shape"])
        if not 0 <= begin <= end <= len(data) or end - begin != count * kind.itemsize:
            raise BadFile(f"{name}: its offsets do not fit its shape and the file")
        tensors[name] = np.frombuffer(data[begin:end], kind).reshape(entry["shape"])
    return metadata, tensors


def write_safetensors(path, metadata, tensors):
    """Writes arrays of float64, float32 and int32, widest first, so that all are aligned."""
    names = {np.dtype(kind): name for name, kind in DTYPES.items()}
    header = {"__metadata__": {key: str(value) for key, value in metadata.items()}}
    chunks, offset = [], 0
    for name, array in sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize):
        chunk = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": names[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(chunk)],
        }
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


# --- the dice of dropout ------------------------------------------------------------------------


def mix(z):
    """The finaliser of splitmix64, of uint64 arrays."""
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


GOLDEN = 0x9E3779B97F4A7C15


def stream_key(seed, purpose, index):
    """The key of a stream of the counter-based generator."""
    def of(value, times):
        return mix(np.array([(value + times * GOLDEN) % 2**64], dtype=np.uint64))

    return mix(mix(of(seed, 1) ^ of(purpose, 2)) ^ of(index, 3))


def name_key(name):
    """FNV-1a of 64 bits."""
    key = 0xCBF29CE484222325
    for letter in name.encode():
        key = (key ^ letter) * 0x100000001B3 % 2**64
    return key


class Dice:
    """What one step drops: a number of a site is dropped where 32 bits of the generator, whose n-th
    number has those of the numbers 2n and 2n+1, are below p 2^32."""

    SITES = {"embedding": 0, "attention": 1, "branch": 2}

    def __init__(self, seed, step):
        self.key = int(stream_key(seed, name_key("dropout"), step)[0])

    def drop(self, p, x, site, sublayer=0, order=None):
        """x without what is dropped; `order`: how the dimensions stand where they are counted."""
        key = stream_key(self.key, self.SITES[site], sublayer)
        count = x.numel()
        counter = np.arange(1, (count + 1) // 2 + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            bits = mix(mix(key + np.uint64(GOLDEN) * counter) ^ key)
        half = np.stack((bits & np.uint64(0xFFFFFFFF), bits >> np.uint64(32)), -1).ravel()[:count]
        kept = torch.tensor(half >= np.uint64(int(p * 2**32)))
        order = order or tuple(range(x.dim()))
        kept = kept.reshape([x.shape[i] for i in order]).permute(*np.argsort(order).tolist())
        return torch.where(kept, x / (1 - p), torch.zeros_like(x))


# --- the model ---------------------------------------------------------------------------------


class Shape:
    """The settings that the mathematics depends on, by lnscope's names."""

    SEED = 1  # of the dice of the reference files
    SIZES = ("layers", "width", "heads", "ffn", "context", "batch", "vocab")
    # What is not said is so.
    DEFAULTS = {
        "norm-eps": 1e-5, "norm-bias": True, "gain-offset": False, "positions": "learned", "attention": "causal",
        "kv-heads": 0, "kv-rank": 0, "window": 0, "window-every": 0, "full-every": 0,
        "qk-norm": False, "qk-joint": False, "kv-norm": False, "bias": True,
        "tied": False, "embedding-scale": False, "parallel": False, "experts": 0, "experts-used": 0,
        "patch": 0, "dropout": 0.0, "label-smoothing": 0.0,
    }

    def __init__(self, placement, norm, activation, label=None, **settings):
        """`settings` are those of SIZES and, with _ for -, of DEFAULTS; as text or as values."""
        self.placement, self.norm, self.activation = placement, norm, activation
        self.label = label
        for name in self.SIZES:
            setattr(self, name, int(settings.pop(name)))
        for name, otherwise in self.DEFAULTS.items():
            value = settings.pop(name.replace("-", "_"), otherwise)
            if isinstance(otherwise, bool):
                value = str(value).lower() in ("1", "true", "on", "yes")
            setattr(self, name.replace("-", "_"), type(otherwise)(value))
        if settings:
            raise BadFile(f"{', '.join(settings)}: not known to the twin")
        for word, words in (
            (placement, ("pre", "post", "none", "branch", "peri", "deepnorm", "admin", "lns",
                         "mix", "rezero", "residual", "b2t")),
            (norm, ("layernorm", "rmsnorm", "none", "dyt")),
            (activation, ("gelu", "relu", "swiglu", "geglu")),
            (self.positions, ("learned", "sinusoidal", "rotary", "none")),
            (self.attention, ("causal", "bidirectional")),
        ):
            if word not in words:
                raise BadFile(f"'{word}': one of {', '.join(words)} would be right")

    def metadata(self):
        words = {name: getattr(self, name) for name in ("placement", "norm", "activation")}
        set_apart = {}
        for name, otherwise in self.DEFAULTS.items():
            value = getattr(self, name.replace("-", "_"))
            if value != otherwise:
                set_apart[name] = int(value) if isinstance(value, bool) else value
        return {**words, **set_apart, **{name: getattr(self, name) for name in self.SIZES}}

    def name(self):
        if self.label:
            return self.label
        parts = [self.placement, self.norm, self.activation]
        parts += ["offset"] * self.gain_offset + ["unbiased"] * (not self.norm_bias)
        return "-".join(parts)

    def tensors(self):
        """name -> shape of every parameter tensor."""
        D, Ff, V = self.width, self.ffn, self.vocab
        norm, around, behind = {}, {}, {}
        if self.norm != "none":
            norm["weight"] = (D,)
            if self.norm != "rmsnorm" and self.norm_bias:
                norm["bias"] = (D,)
            if self.norm == "dyt":
                norm["alpha"] = (1,)
        if self.placement not in ("none", "branch", "rezero"):
            around = norm
        if self.placement in ("branch", "peri"):
            behind = norm
        joined = {"omega": (D,)} if self.placement == "admin" else {}
        out = {} if self.patch else {"wte.weight": (V, D)}
        if self.positions == "learned":
            out["wpe.weight"] = (self.context, D)
        if self.patch:
            out["class.weight"] = (D,)
            out.update(self.linear("patch", D, self.patch))
        for block in range(self.layers):
            at = f"blocks.{block}."
            out.update({f"{at}ln1.{name}": size for name, size in around.items()})
            out.update(self.attention_tensors(at))
            if self.placement == "rezero":
                out[at + "alpha"] = (1,)
            if not self.parallel:
                out.update({f"{at}ln2.{name}": size for name, size in around.items()})
            out.update(self.feed_forward_tensors(at))
            for number, branch in ((1, "attn"),) if self.parallel else ((1, "attn"), (2, "ffn")):
                out.update({f"{at}ln{number}_branch.{name}": size for name, size in behind.items()})
                out.update({f"{at}{branch}.{name}": size for name, size in joined.items()})
        if self.placement in ("pre", "branch", "peri", "lns", "mix", "residual"):
            out.update({f"ln_f.{name}": size for name, size in norm.items()})
        if not self.tied:
            out["head.weight"] = (V, D)
        return out

    def linear(self, name, rows, columns):
        out = {name + ".weight": (rows, columns)}
        if self.bias:
            out[name + ".bias"] = (rows,)
        return out

    def attention_tensors(self, at):
        D, size = self.width, self.width // self.heads
        if self.kv_rank:
            out = {**self.linear(at + "attn.q", D, D),
                   **self.linear(at + "attn.kv_down", self.kv_rank, D),
                   **self.linear(at + "attn.kv_up", 2 * D, self.kv_rank)}
            if self.kv_norm:
                out[at + "attn.kv_norm.weight"] = (self.kv_rank,)
        else:
            out = self.linear(at + "attn.qkv", D + 2 * size * (self.kv_heads or self.heads), D)
        out.update(self.linear(at + "attn.proj", D, D))
        if self.qk_norm:
            joint = (self.heads, self.kv_heads or self.heads) if self.qk_joint else (1, 1)
            out[at + "attn.q_norm.weight"] = (joint[0] * size,)
            out[at + "attn.k_norm.weight"] = (joint[1] * size,)
        return out

    def feed_forward_tensors(self, at):
        D, Ff, E = self.width, self.ffn, self.experts
        gated = self.activation in ("swiglu", "geglu")
        out = {**self.linear(at + "ffn.up", Ff, D), **self.linear(at + "ffn.down", D, Ff)}
        if gated:
            out.update(self.linear(at + "ffn.gate", Ff, D))
        if E:
            out[at + "router.weight"] = (E, D)
            out[at + "experts.up.weight"], out[at + "experts.down.weight"] = (E * Ff, D), (E * D, Ff)
            if gated:
                out[at + "experts.gate.weight"] = (E * Ff, D)
        return out


def normalize(shape, param, name, x):
    """LayerNorm (biased variance, gain, bias), RMSNorm (gain) or the identity, over the width;
    DyT (gain, bias), number by number."""
    if shape.norm == "none":
        return x
    gain, bias = param[name + ".weight"], param.get(name + ".bias")
    if shape.gain_offset:
        gain = 1 + gain
    if shape.norm == "layernorm":
        return F.layer_norm(x, (shape.width,), gain, bias, shape.norm_eps)
    if shape.norm == "rmsnorm":
        return x / torch.sqrt(x.square().mean(-1, keepdim=True) + shape.norm_eps) * gain
    out = gain * torch.tanh(param[name + ".alpha"] * x)
    return out if bias is None else out + bias


def linear(param, name, x):
    return F.linear(x, param[name + ".weight"], param.get(name + ".bias"))


def root_mean_square_norm(shape, gain, x):
    """RMSNorm over the last dimension: a head, all heads, or what kv-rank compresses to."""
    gain = 1 + gain if shape.gain_offset else gain
    return x / torch.sqrt(x.square().mean(-1, keepdim=True) + shape.norm_eps) * gain


def rotate(x):
    """Rotary positions of x [B,T,heads,size]: number i of a head and number i + size/2 are the real
    and imaginary part of what is multiplied by exp(i t / 10000^(2i/size))."""
    half = x.shape[-1] // 2
    angle = torch.arange(x.shape[1], dtype=torch.float64)[:, None] / 10000 ** (
        torch.arange(half, dtype=torch.float64) / half)
    turn = torch.polar(torch.ones_like(angle), angle)[:, None, :].to(
        torch.complex128 if x.dtype == torch.float64 else torch.complex64)
    turned = torch.complex(x[..., :half].contiguous(), x[..., half : 2 * half].contiguous()) * turn
    return torch.cat((turned.real, turned.imag, x[..., 2 * half :]), -1)


def is_hidden(shape, layer):
    """[T,T]: query (row) does not see key (column)."""
    t = torch.arange(shape.context)
    away = t[:, None] - t[None, :]
    hidden = away < 0 if shape.attention == "causal" else torch.zeros_like(away, dtype=torch.bool)
    full = shape.full_every and (layer + 1) % shape.full_every == 0
    if shape.window and not full and (layer + 1) % max(1, shape.window_every) == 0:
        hidden = hidden | (away.abs() >= shape.window)
    return hidden


def drop(shape, x, *site):
    """Dropout, where there is any; shape.dice are those of the step."""
    return shape.dice.drop(shape.dropout, x, *site) if shape.dropout else x


def sublayer_number(shape, at, which=0):
    return int(at.split(".")[1]) * (1 if shape.parallel else 2) + which


def attention(shape, param, at, x):
    """Multi-head attention of x [B,T,D]; rows of qkv: all heads' Q, then K, then V."""
    B, T, D = x.shape
    size, groups = D // shape.heads, shape.kv_heads or shape.heads
    if shape.kv_rank:
        q = linear(param, at + "attn.q", x)
        latent = linear(param, at + "attn.kv_down", x)
        if shape.kv_norm:
            latent = root_mean_square_norm(shape, param[at + "attn.kv_norm.weight"], latent)
        k, v = linear(param, at + "attn.kv_up", latent).chunk(2, -1)
    else:
        q, k, v = linear(param, at + "attn.qkv", x).split((D, groups * size, groups * size), -1)
    heads = (lambda part: part.reshape(B, T, -1, size))
    if not shape.qk_joint:
        q, k = heads(q), heads(k)
    if shape.qk_norm:
        q = root_mean_square_norm(shape, param[at + "attn.q_norm.weight"], q)
        k = root_mean_square_norm(shape, param[at + "attn.k_norm.weight"], k)
    q, k, v = heads(q), heads(k), heads(v)
    if shape.positions == "rotary":
        q, k = rotate(q), rotate(k)
    k, v = (part.repeat_interleave(shape.heads // groups, 2) for part in (k, v))
    score = torch.einsum("bihd,bjhd->bhij", q, k) / math.sqrt(size)
    score = score.masked_fill(is_hidden(shape, int(at.split(".")[1])), -math.inf)
    share = torch.softmax(score, -1)
    share = drop(shape, share, "attention", sublayer_number(shape, at), (0, 1, 3, 2))
    out = torch.einsum("bhij,bjhd->bihd", share, v).reshape(B, T, D)
    return linear(param, at + "attn.proj", out)


def activate(shape, up, gate):
    """`gate()` is called where the activation is gated."""
    if shape.activation == "swiglu":
        return F.silu(gate()) * up
    if shape.activation == "geglu":
        return F.gelu(gate(), approximate="tanh") * up
    return F.gelu(up, approximate="tanh") if shape.activation == "gelu" else F.relu(up)


def experts(shape, param, at, x):
    """The experts that a token chose, weighted by their probability among all; every expert is
    computed for every token here."""
    p = torch.softmax(linear(param, at + "router", x), -1)
    chosen = torch.zeros_like(p).scatter(-1, p.topk(shape.experts_used or 1, -1).indices, 1.0)
    out = torch.zeros_like(x)
    for expert in range(shape.experts):
        up, gate, down = (
            param[f"{at}experts.{name}.weight"].chunk(shape.experts)[expert]
            if f"{at}experts.{name}.weight" in param else None for name in ("up", "gate", "down"))
        active = activate(shape, F.linear(x, up), lambda: F.linear(x, gate))
        out = out + (p * chosen)[..., expert : expert + 1] * F.linear(active, down)
    return out


def feed_forward(shape, param, at, x):
    active = activate(shape, linear(param, at + "ffn.up", x),
                      lambda: linear(param, at + "ffn.gate", x))
    out = linear(param, at + "ffn.down", active)
    return out + experts(shape, param, at, x) if shape.experts else out


def both(shape, param, at, x):
    return attention(shape, param, at, x) + feed_forward(shape, param, at, x)


def dropped(function, which):
    """The function with its output through dropout; sublayer `which` of a block."""
    def f(shape, param, at, x):
        out = function(shape, param, at, x)
        return drop(shape, out, "branch", sublayer_number(shape, at, which))

    return f


def sublayers(shape):
    """(f, its norm, its name for what the placement adds) of the sublayers of a block."""
    if shape.parallel:
        return ((dropped(both, 0), "ln1", "attn"),)
    return ((dropped(attention, 0), "ln1", "attn"), (dropped(feed_forward, 1), "ln2", "ffn"))


def embed(shape, param, tokens):
    """x_0 from tokens [B,T], or from patches [B,T,P] of which the first is not looked at."""
    if shape.patch:
        x = linear(param, "patch", tokens)
        x = torch.cat((param["class.weight"].expand(len(x), 1, -1), x[:, 1:]), 1)
    else:
        x = param["wte.weight"][tokens]
    if shape.embedding_scale:
        x = x * math.sqrt(shape.width)
    if shape.positions == "learned":
        x = x + param["wpe.weight"]
    if shape.positions == "sinusoidal":
        place = torch.arange(shape.context, dtype=torch.float64)[:, None]
        angle = place / 10000 ** (torch.arange(0, shape.width, 2, dtype=torch.float64) / shape.width)
        wave = torch.stack((angle.sin(), angle.cos()), -1).flatten(1)[:, : shape.width]
        x = x + wave.to(x.dtype)
    return drop(shape, x, "embedding")


def block_residual(shape, param, at, x, total):
    """ResiDual (Xie 2023): returns the Post-LN stream and the sum of all branches."""
    for function, norm, _ in sublayers(shape):
        branch = function(shape, param, at, x)
        x, total = normalize(shape, param, at + norm, x + branch), total + branch
    return x, total


def block_b2t(shape, param, at, x):
    """Bottom-to-top connection (Takase 2022): the block's input once more, before its last norm."""
    (first, *_), (second, *_) = sublayers(shape)
    middle = normalize(shape, param, at + "ln1", x + first(shape, param, at, x))
    behind = middle + second(shape, param, at, middle) + x
    return normalize(shape, param, at + "ln2", behind)


def block_one(shape, param, layer, x):
    """Block `layer`, from 0 on, of the placements that treat both sublayers alike."""
    at, placement = f"blocks.{layer}.", shape.placement
    if placement == "mix":
        placement = "post" if layer < max(1, shape.layers // 4) else "pre"
    for function, norm, branch in sublayers(shape):
        def f(u):
            return function(shape, param, at, u)

        def N(u, where=""):
            return normalize(shape, param, at + norm + where, u)

        if placement == "pre":
            x = x + f(N(x))
        elif placement == "post":
            x = N(x + f(x))
        elif placement == "none":
            x = x + f(x)
        elif placement == "branch":
            x = x + N(f(x), "_branch")
        elif placement == "peri":
            x = x + N(f(N(x)), "_branch")
        elif placement == "deepnorm":
            x = N((2 * shape.layers) ** 0.25 * x + f(x))
        elif placement == "admin":
            x = N(param[f"{at}{branch}.omega"] * x + f(x))
        elif placement == "lns":
            x = x + f(N(x) / math.sqrt(layer + 1))
        elif placement == "rezero":
            x = x + param[at + "alpha"] * f(x)
    return x


def forward(shape, param, tokens, targets):
    """Returns (loss, [x_0 ... x_L], what is learned: the loss with label smoothing); tokens (or patches, see embed()) and targets are int64 [B,T],
    a target of -1 is not predicted, and the loss is the mean over the others."""
    x = total = embed(shape, param, tokens)
    streams = [x]
    for layer in range(shape.layers):
        if shape.placement == "residual":
            x, total = block_residual(shape, param, f"blocks.{layer}.", x, total)
        elif shape.placement == "b2t":
            x = block_b2t(shape, param, f"blocks.{layer}.", x)
        else:
            x = block_one(shape, param, layer, x)
        streams.append(x)
    if shape.placement == "residual":
        x = x + normalize(shape, param, "ln_f", total)
    elif shape.placement in ("pre", "branch", "peri", "lns", "mix"):
        x = normalize(shape, param, "ln_f", x)
    logits = F.linear(x, param["wte.weight" if shape.tied else "head.weight"])
    rows, wanted = logits.flatten(0, 1), targets.flatten()
    loss = F.cross_entropy(rows, wanted, ignore_index=-1)
    learned = F.cross_entropy(rows, wanted, ignore_index=-1, label_smoothing=shape.label_smoothing)
    return loss, streams, learned


def parameters(weights, dtype=torch.float64):
    """name -> leaf tensor that collects a gradient."""
    return {name: torch.tensor(value, dtype=dtype).requires_grad_()
            for name, value in weights.items()}


def batch(tokens):
    return torch.tensor(np.asarray(tokens, dtype=np.int64))


def measure(shape, weights, tokens, targets, dtype=torch.float64):
    """One forward and backward. Returns name -> array: `loss`, `grad.*`, `stream_grad.l`."""
    param = parameters(weights, dtype)
    inputs = torch.tensor(tokens, dtype=dtype) if shape.patch else batch(tokens)
    loss, streams, learned = forward(shape, param, inputs, batch(targets))
    for x in streams:
        x.retain_grad()
    learned.backward()
    out = {"loss": loss.detach().double().numpy()}
    out.update({f"grad.{name}": tensor.grad.numpy() for name, tensor in param.items()})
    out.update({f"stream_grad.{layer}": x.grad.numpy() for layer, x in enumerate(streams)})
    return out


# --- make: the reference files -----------------------------------------------------------------


def random_weights(shape, random):
    """Weights at which nothing is degenerate: no gain is 1, no bias 0. Exact in float32."""
    out = {}
    for name, size in shape.tensors().items():
        value = random.standard_normal(size)
        if len(size) == 2 and not name.startswith("w"):
            value *= 1 / math.sqrt(size[1])  # keeps the variance of what it multiplies
        elif len(size) == 1 and not name.endswith("bias"):
            value = (0 if shape.gain_offset and name.endswith("weight") else 1) + 0.3 * value
        elif len(size) == 1:
            value *= 0.2
        out[name] = value.astype(np.float32)
    return out


def random_batch(shape, random, sets=()):
    """Tokens (or patches) and targets [*sets, B, T]; about a quarter of the targets is not predicted."""
    size = (*sets, shape.batch, shape.context)
    tokens = random.randint(0, shape.vocab, size).astype(np.int32)
    if shape.patch:
        tokens = random.standard_normal((*size, shape.patch)).astype(np.float32)
    targets = random.randint(0, shape.vocab, size).astype(np.int32)
    return tokens, np.where(random.random_sample(size) < 0.25, np.int32(-1), targets)


# Each pair of placement, norm and activation occurs. Sizes lie below and above the length of vector
# registers, mostly at no multiple of one, so that the tails of loops are covered too.
GRADIENT_CASES = [
    Shape(placement, norm, activation, layers=L, width=D, heads=H, ffn=Ff, context=T, batch=B,
          vocab=V)
    for placement, norm, activation, L, D, H, Ff, T, B, V in (
        ("pre", "layernorm", "gelu", 3, 12, 3, 20, 7, 5, 11),
        ("pre", "rmsnorm", "relu", 2, 16, 4, 24, 18, 2, 19),
        ("pre", "none", "gelu", 2, 12, 2, 18, 7, 2, 10),
        ("post", "layernorm", "relu", 2, 18, 2, 22, 9, 3, 13),
        ("post", "rmsnorm", "gelu", 3, 12, 4, 25, 6, 6, 11),
        ("post", "none", "relu", 2, 10, 2, 24, 6, 3, 9),
        ("none", "layernorm", "gelu", 2, 14, 2, 19, 8, 2, 11),
        ("none", "rmsnorm", "relu", 1, 20, 1, 33, 21, 2, 37),
        ("none", "none", "gelu", 2, 9, 3, 16, 35, 1, 7),
        ("pre", "dyt", "gelu", 2, 9, 3, 14, 6, 2, 8),
        ("post", "dyt", "relu", 2, 8, 2, 13, 6, 2, 7),
        ("branch", "layernorm", "gelu", 2, 9, 3, 13, 6, 2, 7),
        ("branch", "rmsnorm", "relu", 2, 8, 2, 12, 7, 2, 8),
        ("peri", "rmsnorm", "gelu", 2, 9, 3, 14, 7, 2, 7),
        ("peri", "dyt", "relu", 2, 8, 2, 13, 6, 2, 7),
        ("deepnorm", "layernorm", "gelu", 2, 8, 2, 12, 7, 2, 8),
        ("admin", "layernorm", "relu", 2, 9, 3, 13, 6, 2, 7),
        ("admin", "none", "gelu", 2, 8, 2, 12, 6, 2, 8),
        ("lns", "layernorm", "gelu", 3, 8, 2, 12, 6, 2, 7),
        ("lns", "rmsnorm", "relu", 2, 9, 3, 13, 7, 2, 7),
        ("mix", "layernorm", "gelu", 8, 6, 2, 7, 6, 2, 6),
        ("rezero", "none", "gelu", 2, 9, 3, 13, 7, 2, 7),
        ("residual", "layernorm", "gelu", 2, 9, 3, 13, 7, 2, 7),
        ("residual", "none", "relu", 2, 8, 2, 12, 6, 2, 7),
        ("b2t", "layernorm", "relu", 2, 9, 3, 13, 7, 2, 7),
        ("b2t", "none", "gelu", 2, 8, 2, 12, 6, 2, 7),
    )
] + [
    Shape("peri", "rmsnorm", "gelu", gain_offset=True, layers=2, width=8, heads=2, ffn=12,
          context=6, batch=2, vocab=7),
    Shape("pre", "layernorm", "relu", norm_bias=False, layers=2, width=8, heads=2, ffn=12,
          context=6, batch=2, vocab=7),
    Shape("lns", "dyt", "gelu", gain_offset=True, norm_bias=False, layers=2, width=8, heads=2,
          ffn=12, context=6, batch=2, vocab=7),
]

# The kinds of attention, positions and feed-forward networks, in the combinations of the presets and
# in a few more.
SMALL = {"layers": 2, "width": 8, "heads": 2, "ffn": 9, "context": 6, "batch": 2, "vocab": 7}
PLAIN = {"bias": False, "positions": "rotary"}
GRADIENT_CASES += [
    Shape("post", "layernorm", "relu", "transformer-2017", tied=True, embedding_scale=True,
          positions="sinusoidal", norm_eps=1e-6, **{**SMALL, "width": 9, "heads": 3}),
    Shape("post", "layernorm", "gelu", "bert", attention="bidirectional", tied=True, norm_eps=1e-12,
          **SMALL),
    Shape("pre", "layernorm", "gelu", "gpt3", tied=True, window=3, window_every=2, **SMALL),
    Shape("pre", "rmsnorm", "swiglu", "llama", norm_eps=1e-6, **PLAIN, **SMALL),
    Shape("pre", "rmsnorm", "swiglu", "mistral", kv_heads=2, window=4, **PLAIN,
          **{**SMALL, "heads": 4, "context": 19, "batch": 1}),
    Shape("peri", "rmsnorm", "geglu", "gemma", kv_heads=1, qk_norm=True, gain_offset=True,
          tied=True, embedding_scale=True, window=3, full_every=2, norm_eps=1e-6, **PLAIN,
          **SMALL),
    Shape("pre", "layernorm", "swiglu", "palm", norm_bias=False, kv_heads=1, parallel=True,
          tied=True, **PLAIN, **SMALL),
    Shape("pre", "rmsnorm", "swiglu", "deepseek", kv_rank=5, kv_norm=True, experts=3, experts_used=2,
          norm_eps=1e-6, **PLAIN, **{**SMALL, "ffn": 6}),
    Shape("pre", "layernorm", "gelu", "vit", patch=5, attention="bidirectional", norm_eps=1e-6,
          **SMALL),
    Shape("branch", "rmsnorm", "swiglu", "olmo2", qk_norm=True, qk_joint=True, norm_eps=1e-6,
          **PLAIN, **SMALL),
    Shape("pre", "layernorm", "gelu", "low-rank-experts", kv_rank=4, qk_norm=True, experts=3,
          positions="rotary", **{**SMALL, "ffn": 6}),
    Shape("post", "layernorm", "geglu", "window-both-ways", attention="bidirectional", window=2,
          positions="none", **SMALL),
    Shape("pre", "layernorm", "swiglu", "odd-heads", positions="rotary", kv_heads=1, parallel=True,
          **{**SMALL, "width": 9, "heads": 3}),
    Shape("lns", "none", "gelu", **{**SMALL, "layers": 4}),
    Shape("pre", "rmsnorm", "swiglu", "qwen3", kv_heads=2, qk_norm=True, tied=True, norm_eps=1e-6,
          **PLAIN, **{**SMALL, "heads": 4}),
    Shape("peri", "rmsnorm", "geglu", "joint-qk-norm", kv_heads=2, qk_norm=True, qk_joint=True,
          gain_offset=True, positions="rotary", **{**SMALL, "heads": 4}),
]

NORM_EPS_CASES = [
    Shape("post", "layernorm", "gelu", "norm-eps", norm_eps=0.25, **SMALL),
    Shape("peri", "rmsnorm", "swiglu", "norm-eps-rmsnorm", norm_eps=0.1, kv_rank=5, kv_norm=True,
          qk_norm=True, gain_offset=True, **PLAIN, **SMALL),
    Shape("b2t", "layernorm", "relu", "norm-eps-1e-12", norm_eps=1e-12, **SMALL),
]

DROPOUT_CASES = [
    Shape("pre", "layernorm", "gelu", "dropout", dropout=0.25, **{**SMALL, "width": 9, "heads": 3,
                                                                  "context": 7, "batch": 5}),
    Shape("peri", "rmsnorm", "swiglu", "dropout-peri", dropout=0.5, kv_heads=1, window=3,
          attention="bidirectional", tied=True, **PLAIN, **{**SMALL, "context": 19}),
    Shape("residual", "layernorm", "relu", "dropout-residual", dropout=0.1, **SMALL),
    Shape("b2t", "layernorm", "gelu", "dropout-b2t", dropout=0.1, **SMALL),
    Shape("rezero", "none", "gelu", "dropout-rezero", dropout=0.3, parallel=True, **SMALL),
]

# Ten steps each, every step on its own batch, all from the same weights. Decay, where there is
# any, acts on matrices (embeddings are matrices) and not on vectors.
OPTIMIZER_SHAPE = {"layers": 2, "width": 12, "heads": 3, "ffn": 20, "context": 7, "batch": 3,
                   "vocab": 11}
OF_SHAPE = ("dropout", "label-smoothing", "kv-heads", "kv-rank", "experts")  # settings of a case that are those of the model
OPTIMIZER_CASES = {
    "adamw": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.5, "clip": 0.0},
    "adamw-clip": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.5, "clip": 0.5},
    "dropout": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.5, "clip": 0.0, "dropout": 0.2},
    "eps": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.5, "clip": 0.0, "epsilon": 1e-2,
            "decay-all": 1},
    "label-smoothing": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.0, "clip": 0.0,
                        "label-smoothing": 0.1},
    "sgd": {"optimizer": "sgd", "lr": 0.1, "weight-decay": 0.0, "clip": 0.0},
    "momentum": {"optimizer": "momentum", "lr": 0.05, "weight-decay": 0.0, "clip": 1.0},
    "adam": {"optimizer": "adam", "lr": 3e-3, "weight-decay": 0.02, "clip": 0.0},
    "radam": {"optimizer": "radam", "lr": 1e-2, "weight-decay": 0.02, "clip": 0.0},
    "lion": {"optimizer": "lion", "lr": 1e-3, "weight-decay": 0.5, "clip": 0.0, "beta2": 0.99},
    "muon": {"optimizer": "muon", "lr": 3e-3, "weight-decay": 0.5, "clip": 1.0},
    "muon-experts": {"optimizer": "muon", "lr": 3e-3, "weight-decay": 0.0, "clip": 0.0,
                     "kv-heads": 1, "experts": 3, "activation": "swiglu"},
    "muon-kv-rank": {"optimizer": "muon", "lr": 3e-3, "weight-decay": 0.0, "clip": 0.0,
                     "kv-rank": 5},
}
BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8


class Lion:
    """Chen 2023, Symbolic Discovery of Optimization Algorithms, algorithm 2, in numpy:
    c = b1 m + (1-b1) g;  w -= lr (sign(c) + decay w);  m = b2 m + (1-b2) g."""

    def __init__(self, groups, lr, betas):
        self.groups, self.lr, self.betas = groups, lr, betas
        self.moments = {id(p): np.zeros(p.shape) for group in groups for p in group["params"]}

    def zero_grad(self):
        for group in self.groups:
            for p in group["params"]:
                p.grad = None

    def step(self):
        beta1, beta2 = self.betas
        for group in self.groups:
            for p in group["params"]:
                w, g, m = p.detach().numpy(), p.grad.numpy(), self.moments[id(p)]
                c = beta1 * m + (1 - beta1) * g
                w -= self.lr * (np.sign(c) + group["weight_decay"] * w)
                m[...] = beta2 * m + (1 - beta2) * g


class Muon:
    """Jordan 2024 in numpy (github.com/KellerJordan/Muon, muon.py lines 5-41), in double precision
    where that has bfloat16, for the matrices of the blocks; torch's AdamW for all others. The size of
    an update is that of Liu 2025 (MoonshotAI/Moonlight, examples/toy_train.py line 146). Matrices that
    lie one below the other, `parts`: name -> rows of each, are taken apart."""

    A, B, C, STEPS, MOMENTUM = 3.4445, -4.7750, 2.0315, 5, 0.95

    def __init__(self, param, parts, lr, decay, others):
        self.matrices = {name: p for name, p in param.items()
                         if name.startswith("blocks.") and p.dim() == 2}
        self.moments = {name: np.zeros(p.shape) for name, p in self.matrices.items()}
        self.parts, self.lr, self.decay, self.others = parts, lr, decay, others

    def zero_grad(self):
        self.others.zero_grad()
        for p in self.matrices.values():
            p.grad = None

    def orthogonal(self, update):
        x = update.T if update.shape[0] > update.shape[1] else update
        x = x / (np.linalg.norm(x) + 1e-7)
        for _ in range(self.STEPS):
            square = x @ x.T
            x = self.A * x + (self.B * square + self.C * square @ square) @ x
        return x.T if update.shape[0] > update.shape[1] else x

    def step(self):
        self.others.step()
        for name, p in self.matrices.items():
            w, g, m = p.detach().numpy(), p.grad.numpy(), self.moments[name]
            m[...] = self.MOMENTUM * m + (1 - self.MOMENTUM) * g
            update = (1 - self.MOMENTUM) * g + self.MOMENTUM * m
            edges = np.cumsum(self.parts.get(name.split(".", 2)[2], [len(w)]))
            for w, part in zip(np.split(w, edges[:-1]), np.split(update, edges[:-1])):
                size = 0.2 * math.sqrt(max(part.shape))
                w *= 1 - self.lr * self.decay
                w -= self.lr * size * self.orthogonal(part)


def parts_of(shape):
    """name -> rows of the matrices that lie one below the other in it."""
    D, KV = shape.width, (shape.kv_heads or shape.heads) * (shape.width // shape.heads)
    experts = {f"experts.{name}.weight": [rows] * shape.experts
               for name, rows in (("up", shape.ffn), ("gate", shape.ffn), ("down", D))}
    return {"attn.qkv.weight": [D, KV, KV], "attn.kv_up.weight": [D, D], **experts}


def betas_of(settings):
    return BETAS[0], settings.get("beta2", BETAS[1])


def optimizer_of(shape, settings, param):
    decay, kind = settings["weight-decay"], settings["optimizer"]
    if kind == "muon":
        rest = {name: p for name, p in param.items() if p.dim() == 1 or not name.startswith("blocks.")}
        others = optimizer_of(shape, {**settings, "optimizer": "adamw"}, rest)
        return Muon(param, parts_of(shape), settings["lr"], decay, others)
    groups = [
        {"params": [p for p in param.values() if p.dim() == 2], "weight_decay": decay},
        {"params": [p for p in param.values() if p.dim() == 1],
         "weight_decay": decay if settings.get("decay-all") else 0.0},
    ]
    adams = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam, "radam": torch.optim.RAdam}
    if kind in adams:
        return adams[kind](groups, lr=settings["lr"], betas=betas_of(settings),
                           eps=settings.get("epsilon", ADAM_EPSILON))
    if kind == "lion":
        return Lion(groups, settings["lr"], betas_of(settings))
    momentum = BETAS[0] if settings["optimizer"] == "momentum" else 0.0
    return torch.optim.SGD(param.values(), lr=settings["lr"], momentum=momentum)


def train(shape, settings, weights, tokens, targets):
    """Returns (losses, gradient norms before clipping, final weights) of one step per batch."""
    param = parameters(weights)
    optimizer = optimizer_of(shape, settings, param)
    losses, norms = [], []
    for step in range(len(tokens)):
        shape.dice = Dice(shape.SEED, step + 1)
        optimizer.zero_grad()
        loss, _, learned = forward(shape, param, batch(tokens[step]), batch(targets[step]))
        learned.backward()
        limit = settings["clip"] or math.inf
        norms.append(float(torch.nn.utils.clip_grad_norm_(param.values(), limit)))
        optimizer.step()
        losses.append(loss.item())
    return losses, norms, {name: tensor.detach().numpy() for name, tensor in param.items()}


def single(array):
    return array.astype(np.float32)


def make_gradients(folder, seed, shape):
    random = np.random.RandomState(seed)
    weights = random_weights(shape, random)
    tokens, targets = random_batch(shape, random)
    shape.dice = Dice(shape.SEED, 1)
    found = measure(shape, weights, tokens, targets)
    tensors = {f"param.{name}": value for name, value in weights.items()}
    tensors.update({name: single(value) for name, value in found.items() if name != "loss"})
    inputs = "pixels" if shape.patch else "tokens"
    tensors.update({"loss": found["loss"], inputs: tokens, "targets": targets})
    name = shape.name() + ".safetensors"
    write_safetensors(os.path.join(folder, name), shape.metadata(), tensors)
    print(f"{name:32} loss {float(found['loss']):.6f}")


def make_optimizer(folder, name, settings):
    random = np.random.RandomState(100)
    model = {key.replace("-", "_"): settings[key] for key in OF_SHAPE if key in settings}
    shape = Shape("pre", "layernorm", settings.get("activation", "gelu"), **model, **OPTIMIZER_SHAPE)
    weights = random_weights(shape, random)
    tokens, targets = random_batch(shape, random, (STEPS,))
    losses, norms, final = train(shape, settings, weights, tokens, targets)
    tensors = {f"param.{key}": value for key, value in weights.items()}
    tensors.update({f"final.{key}": single(value) for key, value in final.items()})
    tensors.update(tokens=tokens, targets=targets, losses=np.array(losses),
                   grad_norms=np.array(norms))
    beta1, beta2 = betas_of(settings)
    metadata = {**shape.metadata(), **settings, "beta1": beta1, "beta2": beta2,
                "epsilon": settings.get("epsilon", ADAM_EPSILON), "steps": STEPS}
    write_safetensors(os.path.join(folder, f"optimizer-{name}.safetensors"), metadata, tensors)
    print(f"{'optimizer-' + name + '.safetensors':32} loss {losses[0]:.6f} to {losses[-1]:.6f}, "
          f"gradient norm {min(norms):.3f} to {max(norms):.3f}")


def make(folder):
    for index, shape in enumerate(GRADIENT_CASES):
        make_gradients(folder, 1 + index, shape)
    for index, shape in enumerate(NORM_EPS_CASES):
        make_gradients(folder, 301 + index, shape)
    for index, shape in enumerate(DROPOUT_CASES):
        make_gradients(folder, 201 + index, shape)
    for name, settings in OPTIMIZER_CASES.items():
        make_optimizer(folder, name, settings)
    return True


# --- check: a dump of lnscope ------------------------------------------------------------------


def relative_error(found, expected):
    """max|a-b| / max|b|, infinite for numbers that are not finite or not as many as expected; the
    shapes may differ in how rows are grouped."""
    found = np.asarray(found, dtype=np.float64).ravel()
    expected = np.asarray(expected, dtype=np.float64).ravel()
    if found.size != expected.size or not np.isfinite(found).all():
        return math.inf
    difference, scale = np.abs(found - expected).max(), np.abs(expected).max()
    if scale == 0:
        return 0.0 if difference == 0 else math.inf
    return float(difference / scale)


def row_of(name):
    """Splits `grad.blocks.3.ffn.up.bias` into (`ffn.up.bias`, `block 3`)."""
    parts = name.split(".")
    if parts[0] == "stream_grad":
        return "stream gradient", f"x_{parts[1]}"
    if parts[:2] == ["grad", "blocks"]:
        return ".".join(parts[3:]), f"block {parts[2]}"
    return ".".join(parts[1:]) if parts[0] == "grad" else name, ""


def setting_of(metadata, name, side):
    """A setting as one stack has it: `left/right` where the two differ; 0 may be a word."""
    value = metadata[name].split("/")[-1 if side == "right" else 0]
    if name == "attention" and value == "auto":
        return "bidirectional" if metadata["task"] in ("masked", "shapes") else "causal"
    number = type(Shape.DEFAULTS.get(name)) is int
    return value if value.isdigit() or not number else 0


def shape_of(side, metadata, tensors, weights):
    """The shape of one stack of a dump."""
    head = "wte.weight" if "head.weight" not in weights else "head.weight"
    if head not in weights:
        raise BadFile(f"{side}.param.{head} is missing")
    settings = {name: metadata[name] for name in Shape.SIZES if name != "vocab"}
    settings["vocab"] = len(weights[head])
    for name in Shape.DEFAULTS:
        if name in metadata:
            settings[name.replace("-", "_")] = setting_of(metadata, name, side)
    if "pixels" in tensors:
        settings["patch"] = tensors["pixels"].shape[-1]
    return Shape(metadata[side], setting_of(metadata, "norm", side),
                 setting_of(metadata, "activation", side), **settings)


def check_stack(side, metadata, tensors):
    """Compares one stack of a dump; prints a table and returns whether all of it agrees."""
    weights = {name[len(side) + 7 :]: value for name, value in tensors.items()
               if name.startswith(side + ".param.")}
    shape = shape_of(side, metadata, tensors, weights)
    if {name: value.shape for name, value in weights.items()} != shape.tensors():
        wrong = set(shape.tensors().items()) ^ {(n, v.shape) for n, v in weights.items()}
        raise BadFile(f"{side}: other parameter tensors than expected: {sorted(wrong)}")

    shape.dice = Dice(int(metadata["seed"]), int(metadata["step"]))
    size = (shape.batch, shape.context)
    targets = tensors["targets"].reshape(size)
    tokens = tensors["pixels"].reshape(*size, -1) if shape.patch else tensors["tokens"].reshape(size)
    expected = measure(shape, weights, tokens, targets)
    ordinary = measure(shape, weights, tokens, targets, torch.float32)
    dumped = {name[len(side) + 1 :] for name in tensors if name.startswith(side + ".")}
    extra = {name for name in dumped if not name.startswith("param.")} - set(expected)
    if extra:
        raise BadFile(f"{side}: {', '.join(sorted(extra))}: not known to the twin")

    worst = {}
    for name, value in expected.items():
        full = f"{side}.{name}"
        error = relative_error(tensors[full], value) if full in tensors else math.inf
        kind, where = row_of(name)
        if full not in tensors:
            print(f"{full} is missing")
        if kind not in worst or error > worst[kind][0]:
            worst[kind] = (error, relative_error(ordinary[name], value), where)
    print(f"{side}: {shape.placement} {shape.norm} {shape.activation}, {shape.layers} layers; "
          f"loss {float(expected['loss']):.9f}")
    print(f"  {'quantity':20} {'at':>9} {'lnscope':>10} {'torch f32':>10}")
    for kind, (error, torch_error, where) in worst.items():
        verdict = "" if error <= TOLERANCE else "  WRONG"
        print(f"  {kind:20} {where:>9} {error:10.2e} {torch_error:10.2e}{verdict}")
    return all(error <= TOLERANCE for error, _, _ in worst.values())


def check(paths):
    good = True
    for path in paths:
        try:
            metadata, tensors = read_safetensors(path)
            for side in ("left", "right"):
                good = check_stack(side, metadata, tensors) and good
        except (BadFile, ValueError, OSError) as problem:
            sys.exit(f"twin.py: {path}: {problem}")
        except KeyError as missing:
            sys.exit(f"twin.py: {path}: {missing} is missing")
    print(f"{'all' if good else 'NOT all'} within {TOLERANCE:g} (relative, max norm) of PyTorch")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make", help="make the reference files")
    command.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    command = commands.add_parser("check", help="redo dumped steps and compare")
    command.add_argument("dump", nargs="+")
    options = parser.parse_args()
    torch.set_num_threads(1)
    good = make(options.folder) if options.command == "make" else check(options.dump)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
