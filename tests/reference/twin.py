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

EPSILON = 1e-5  # of both norms, inside the square root
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


# --- the model ---------------------------------------------------------------------------------


class Shape:
    """The settings that the mathematics depends on, by lnscope's names."""

    SIZES = ("layers", "width", "heads", "ffn", "context", "batch", "vocab")

    def __init__(self, placement, norm, activation, **sizes):
        self.placement, self.norm, self.activation = placement, norm, activation
        for name in self.SIZES:
            setattr(self, name, int(sizes[name]))
        for word, words in (
            (placement, ("pre", "post", "none")),
            (norm, ("layernorm", "rmsnorm", "none")),
            (activation, ("gelu", "relu")),
        ):
            if word not in words:
                raise BadFile(f"'{word}': one of {', '.join(words)} would be right")

    def metadata(self):
        words = {name: getattr(self, name) for name in ("placement", "norm", "activation")}
        return {**words, **{name: getattr(self, name) for name in self.SIZES}}

    def tensors(self):
        """name -> shape of every parameter tensor."""
        D, Ff, V = self.width, self.ffn, self.vocab
        norm = {}
        if self.placement != "none" and self.norm != "none":
            norm["weight"] = (D,)
            if self.norm == "layernorm":
                norm["bias"] = (D,)
        out = {"wte.weight": (V, D), "wpe.weight": (self.context, D)}
        for block in range(self.layers):
            at = f"blocks.{block}."
            out.update({f"{at}ln1.{name}": size for name, size in norm.items()})
            out[at + "attn.qkv.weight"], out[at + "attn.qkv.bias"] = (3 * D, D), (3 * D,)
            out[at + "attn.proj.weight"], out[at + "attn.proj.bias"] = (D, D), (D,)
            out.update({f"{at}ln2.{name}": size for name, size in norm.items()})
            out[at + "ffn.up.weight"], out[at + "ffn.up.bias"] = (Ff, D), (Ff,)
            out[at + "ffn.down.weight"], out[at + "ffn.down.bias"] = (D, Ff), (D,)
        if self.placement == "pre":
            out.update({f"ln_f.{name}": size for name, size in norm.items()})
        out["head.weight"] = (V, D)
        return out


def normalize(shape, param, name, x):
    """LayerNorm (biased variance, gain, bias), RMSNorm (gain) or the identity, over the width."""
    if shape.norm == "layernorm":
        gain, bias = param[name + ".weight"], param[name + ".bias"]
        return F.layer_norm(x, (shape.width,), gain, bias, EPSILON)
    if shape.norm == "rmsnorm":
        rms = torch.sqrt(x.square().mean(-1, keepdim=True) + EPSILON)
        return x / rms * param[name + ".weight"]
    return x


def attention(shape, param, at, x):
    """Causal multi-head attention of x [B,T,D]; rows of qkv: all heads' Q, then K, then V."""
    size = shape.width // shape.heads
    qkv = F.linear(x, param[at + "attn.qkv.weight"], param[at + "attn.qkv.bias"])
    heads = []
    for head in range(shape.heads):
        rows = [slice(part * shape.width + head * size, part * shape.width + (head + 1) * size)
                for part in range(3)]
        q, k, v = (qkv[..., row] for row in rows)
        score = q @ k.transpose(-1, -2) / math.sqrt(size)
        future = torch.ones(score.shape[-2:], dtype=torch.bool).triu(1)
        heads.append(torch.softmax(score.masked_fill(future, -math.inf), -1) @ v)
    out = torch.cat(heads, -1)
    return F.linear(out, param[at + "attn.proj.weight"], param[at + "attn.proj.bias"])


def feed_forward(shape, param, at, x):
    up = F.linear(x, param[at + "ffn.up.weight"], param[at + "ffn.up.bias"])
    active = F.gelu(up, approximate="tanh") if shape.activation == "gelu" else F.relu(up)
    return F.linear(active, param[at + "ffn.down.weight"], param[at + "ffn.down.bias"])


def sublayer(shape, param, function, at, norm, x):
    """The stream x joined to one sublayer, as the placement says."""
    if shape.placement == "pre":
        return x + function(shape, param, at, normalize(shape, param, at + norm, x))
    if shape.placement == "post":
        return normalize(shape, param, at + norm, x + function(shape, param, at, x))
    return x + function(shape, param, at, x)


def forward(shape, param, tokens, targets):
    """Returns (loss, [x_0 ... x_L]); tokens and targets are int64 [B,T], a target of -1 is not
    predicted, and the loss is the mean over the others."""
    x = param["wte.weight"][tokens] + param["wpe.weight"]
    streams = [x]
    for block in range(shape.layers):
        at = f"blocks.{block}."
        x = sublayer(shape, param, attention, at, "ln1", x)
        x = sublayer(shape, param, feed_forward, at, "ln2", x)
        streams.append(x)
    if shape.placement == "pre":
        x = normalize(shape, param, "ln_f", x)
    logits = F.linear(x, param["head.weight"])
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
    return loss, streams


def parameters(weights, dtype=torch.float64):
    """name -> leaf tensor that collects a gradient."""
    return {name: torch.tensor(value, dtype=dtype).requires_grad_()
            for name, value in weights.items()}


def batch(tokens):
    return torch.tensor(np.asarray(tokens, dtype=np.int64))


def measure(shape, weights, tokens, targets, dtype=torch.float64):
    """One forward and backward. Returns name -> array: `loss`, `grad.*`, `stream_grad.l`."""
    param = parameters(weights, dtype)
    loss, streams = forward(shape, param, batch(tokens), batch(targets))
    for x in streams:
        x.retain_grad()
    loss.backward()
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
        elif len(size) == 1 and name.endswith("weight"):
            value = 1 + 0.3 * value
        elif len(size) == 1:
            value *= 0.2
        out[name] = value.astype(np.float32)
    return out


def random_batch(shape, random, sets=()):
    """Tokens and targets [*sets, B, T]; about a quarter of the targets is not predicted."""
    size = (*sets, shape.batch, shape.context)
    tokens = random.randint(0, shape.vocab, size).astype(np.int32)
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
    )
]

# Ten steps each, every step on its own batch, all from the same weights. Decay, where there is
# any, is decoupled and acts on matrices (embeddings are matrices) and not on vectors.
OPTIMIZER_SHAPE = Shape("pre", "layernorm", "gelu", layers=2, width=12, heads=3, ffn=20, context=7,
                        batch=3, vocab=11)
OPTIMIZER_CASES = {
    "adamw": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.5, "clip": 0.0},
    "adamw-clip": {"optimizer": "adamw", "lr": 3e-3, "weight-decay": 0.5, "clip": 0.5},
    "sgd": {"optimizer": "sgd", "lr": 0.1, "weight-decay": 0.0, "clip": 0.0},
    "momentum": {"optimizer": "momentum", "lr": 0.05, "weight-decay": 0.0, "clip": 1.0},
}
BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8


def optimizer_of(settings, param):
    if settings["optimizer"] == "adamw":
        decay = settings["weight-decay"]
        groups = [
            {"params": [p for p in param.values() if p.dim() == 2], "weight_decay": decay},
            {"params": [p for p in param.values() if p.dim() == 1], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=settings["lr"], betas=BETAS, eps=ADAM_EPSILON)
    momentum = BETAS[0] if settings["optimizer"] == "momentum" else 0.0
    return torch.optim.SGD(param.values(), lr=settings["lr"], momentum=momentum)


def train(shape, settings, weights, tokens, targets):
    """Returns (losses, gradient norms before clipping, final weights) of one step per batch."""
    param = parameters(weights)
    optimizer = optimizer_of(settings, param)
    losses, norms = [], []
    for step in range(len(tokens)):
        optimizer.zero_grad()
        loss, _ = forward(shape, param, batch(tokens[step]), batch(targets[step]))
        loss.backward()
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
    found = measure(shape, weights, tokens, targets)
    tensors = {f"param.{name}": value for name, value in weights.items()}
    tensors.update({name: single(value) for name, value in found.items() if name != "loss"})
    tensors.update(loss=found["loss"], tokens=tokens, targets=targets)
    name = f"{shape.placement}-{shape.norm}-{shape.activation}.safetensors"
    write_safetensors(os.path.join(folder, name), shape.metadata(), tensors)
    print(f"{name:32} loss {float(found['loss']):.6f}")


def make_optimizer(folder, name, settings):
    random = np.random.RandomState(100)
    shape = OPTIMIZER_SHAPE
    weights = random_weights(shape, random)
    tokens, targets = random_batch(shape, random, (STEPS,))
    losses, norms, final = train(shape, settings, weights, tokens, targets)
    tensors = {f"param.{key}": value for key, value in weights.items()}
    tensors.update({f"final.{key}": single(value) for key, value in final.items()})
    tensors.update(tokens=tokens, targets=targets, losses=np.array(losses),
                   grad_norms=np.array(norms))
    metadata = {**shape.metadata(), **settings, "beta1": BETAS[0], "beta2": BETAS[1],
                "epsilon": ADAM_EPSILON, "steps": STEPS}
    write_safetensors(os.path.join(folder, f"optimizer-{name}.safetensors"), metadata, tensors)
    print(f"{'optimizer-' + name + '.safetensors':32} loss {losses[0]:.6f} to {losses[-1]:.6f}, "
          f"gradient norm {min(norms):.3f} to {max(norms):.3f}")


def make(folder):
    for index, shape in enumerate(GRADIENT_CASES):
        make_gradients(folder, 1 + index, shape)
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


def check_stack(side, metadata, tensors):
    """Compares one stack of a dump; prints a table and returns whether all of it agrees."""
    placement, activation = metadata[side], metadata.get("activation", "gelu")
    weights = {name[len(side) + 7 :]: value for name, value in tensors.items()
               if name.startswith(side + ".param.")}
    for name in ("wte.weight", "wpe.weight"):
        if name not in weights:
            raise BadFile(f"{side}.param.{name} is missing")
    sizes = {name: metadata[name] for name in Shape.SIZES if name != "vocab"}
    sizes["vocab"] = len(weights["wte.weight"])
    shape = Shape(placement, metadata["norm"], activation, **sizes)
    if {name: value.shape for name, value in weights.items()} != shape.tensors():
        wrong = set(shape.tensors().items()) ^ {(n, v.shape) for n, v in weights.items()}
        raise BadFile(f"{side}: other parameter tensors than expected: {sorted(wrong)}")

    size = (shape.batch, shape.context)
    tokens, targets = (tensors[name].reshape(size) for name in ("tokens", "targets"))
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
    print(f"{side}: {placement} {shape.norm} {activation}, {shape.layers} layers; "
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
