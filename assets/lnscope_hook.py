# Copyright (c) 2026 The lnscope authors
# SPDX-License-Identifier: MIT
"""Writes what `lnscope watch` shows of a PyTorch training: gradients per layer, while it trains.

    from lnscope_hook import attach

    h = attach(model)                       # once, before training
    for batch in data:
        loss = model(batch)
        loss.backward()
        h.step(loss, optimizer)             # after backward, before clipping and the next line
        optimizer.step()
        optimizer.zero_grad()
    h.detach()                              # writes the last row and takes all hooks off again

Every `every`-th step, and the first one, becomes one line of JSON in `path`. An existing file is
replaced. Watch it, here or from elsewhere:

    lnscope watch train.jsonl
    ssh HOST tail -n +1 -F train.jsonl | lnscope watch -

Blocks are the longest list of equal modules in the model. Where that is not the one that is meant,
name it: blocks="transformer.h", or blocks=[module, module, ...].

What a row holds, of the whole batch and before clipping:

    step          calls of h.step() so far
    placement     pre, post, peri or branch, and
    norm          layernorm, rmsnorm or dyt, where the block's modules tell them
    loss          what was handed in; as a mean over the predicted tokens it is what lnscope shows
    lr            learning rate of the optimizer's first group
    grad_norm     L2 norm of the gradient of all parameters of the model
    ratio         first number of stream_grad over its last
    stream_grad   L2 norm of dLoss/dx, x being the first block's input, then each block's output
                  (the first is not known where nothing that learns is before the blocks)
    stream_rms    root mean square of the same x
    param_grad    for each kind of tensor in the blocks, the L2 norm of its gradient in every block
    update_ratio  likewise |W_new - W_old| / |W_old|: what the optimizer's step changed
    finite        whether every number of the row is finite; one that is not is null, as is one that
                  is not known

The optimizer's step is over when the first block runs again, so a row is written then; until then
the weights of the blocks are there twice. `h.updates = False` does without update_ratio and that
memory.

    Gradient accumulation. Call h.step() once per optimizer.step(), not per backward().
    Gradient scaler. h.step(loss, optimizer, scaler), with the loss before it was scaled: the
        gradients are unscaled by scaler.unscale_(optimizer), unless that was done before.
    DistributedDataParallel. attach() and h.step() on every rank, since sums over the ranks are
        taken; rank 0 writes. It makes no difference whether attach() gets the model inside or the
        one around it.
    Hugging Face Trainer. Trainer(..., callbacks=[trainer_callback()]); see there.

Tried: PyTorch 1.13 on the CPU, with nn.TransformerEncoder and models like GPT-2 and BERT, gradient
accumulation, checkpointed blocks (both kinds), a stand-in for the gradient scaler,
DistributedDataParallel with gloo, and a stand-in for the Trainer.
Not tried, for want of the hardware or the package: PyTorch 2, CUDA and other devices,
torch.cuda.amp.GradScaler itself, nccl, transformers' Trainer itself, nn.DataParallel.
Not made for: torch.compile; FSDP, DeepSpeed, pipelines and tensor parallelism, where a block's
numbers are not whole in one process; blocks that run more than once in a pass.
"""

import math
import warnings
import weakref
from collections import OrderedDict

import torch
import torch.distributed as dist
from torch import nn

KINDS_MOST = 64  # kinds of tensors that lnscope shows


def attach(model, blocks=None, path="train.jsonl", every=10):
    """Hooks the model's blocks and opens the file; see the top of this file. Raises ValueError
    when there are no blocks, OSError when the file cannot be written."""
    if every < 1:
        raise ValueError("every=%r: 1 or more" % (every,))
    return Hook(model, _blocks_of(model, blocks), path, every)


# ---- the blocks --------------------------------------------------------------------------------


def _equal(one, other):
    """Modules of one class, whose parameters of the same name have the same shape."""
    if type(one) is not type(other):
        return False
    shapes = {name: value.shape for name, value in one.named_parameters()}
    return all(shapes.get(name, value.shape) == value.shape
               for name, value in other.named_parameters())


def _longest_run(modules):
    """The longest run of neighbours that are equal and made of further modules and parameters."""
    best, run = [], []
    for module in modules:
        if not run or not _equal(run[0], module):
            run = []
        if any(True for _ in module.children()) and any(True for _ in module.parameters()):
            run = run + [module]
        if len(run) > len(best):
            best = run
    return best


def _find_blocks(model):
    found, inside = [], set()  # `inside`: what belongs to a block that was found
    for module in model.modules():  # those around come before those inside
        if module in inside or not isinstance(module, (nn.ModuleList, nn.Sequential)):
            continue
        run = _longest_run(module.children())
        if len(run) > 1:
            found.append(run)
            inside.update(part for block in run for part in block.modules())
    if not found:
        raise ValueError("no list of equal modules was found: name them, blocks='encoder.layers'")
    return max(found, key=lambda run: (len(run), _size(run)))


def _size(blocks):
    return sum(parameter.numel() for block in blocks for parameter in block.parameters())


def _submodule(model, name):
    for module in (model, getattr(model, "module", None)):  # the second: inside DataParallel
        for part in name.split("."):
            module = getattr(module, part, None)
        if isinstance(module, nn.Module):
            return module
    raise ValueError("blocks=%r: no module of this name" % (name,))


def _blocks_of(model, blocks):
    if blocks is None:
        return _find_blocks(model)
    if isinstance(blocks, str):
        blocks = _submodule(model, blocks).children()
    blocks = [_submodule(model, block) if isinstance(block, str) else block for block in blocks]
    if not blocks or not all(isinstance(block, nn.Module) for block in blocks):
        raise ValueError("blocks: the name of a list of modules, or modules")
    return blocks


# Where the norms are, from an attribute that says so ...
_FLAGS = ("norm_first", "do_layer_norm_before", "normalize_before")
# ... or from what a family of models calls them. Names that stand for both ways are not here.
_FAMILIES = {
    ("ln_1", "ln_2"): "pre",  # GPT-2
    ("layer.0.layer_norm", "layer.1.layer_norm"): "pre",  # T5's encoder
    ("layernorm_after", "layernorm_before"): "pre",  # ViT
    ("attention_norm", "ffn_norm"): "pre",  # Llama, as published
    ("input_layernorm", "post_attention_layernorm"): "pre",  # Llama, Mistral, GPT-NeoX
    ("attention.output.LayerNorm", "output.LayerNorm"): "post",  # BERT
    ("output_layer_norm", "sa_layer_norm"): "post",  # DistilBERT
    ("input_layernorm", "post_attention_layernorm", "post_feedforward_layernorm",
     "pre_feedforward_layernorm"): "peri",  # Gemma 2
    ("post_attention_layernorm", "post_feedforward_layernorm"): "branch",  # OLMo 2
}


def _norm_of(module):
    name = type(module).__name__.lower()
    if "rmsnorm" in name or name == "t5layernorm":
        return "rmsnorm"
    if isinstance(module, nn.LayerNorm):
        return "layernorm"
    return "dyt" if name in ("dyt", "dynamictanh") else None


def _recognise(block):
    """What the block's modules tell of it: {"placement": ..., "norm": ...}, or less."""
    norms = {name: _norm_of(module) for name, module in block.named_modules()
             if _norm_of(module) and not _is_of_heads(name)}
    names = tuple(sorted(norms))
    flags = [getattr(block, flag, None) for flag in _FLAGS]
    flags = [flag for flag in flags if isinstance(flag, bool)]
    told = {}
    if flags:
        told["placement"] = "pre" if flags[0] else "post"
    elif names in _FAMILIES:
        told["placement"] = _FAMILIES[names]
    if len(set(norms.values())) == 1:
        told["norm"] = next(iter(norms.values()))
    return told


def _is_of_heads(name):
    """A norm of queries or keys."""
    return name.split(".")[-1] in ("q_norm", "k_norm", "q_layernorm", "k_layernorm")


# ---- numbers -----------------------------------------------------------------------------------


def _plain(tensor):
    tensor = tensor.detach()
    return tensor.coalesce().values() if tensor.is_sparse else tensor


def _double(device):
    return torch.float32 if device.type == "mps" else torch.float64  # all that it has


def _norm(tensor):
    """L2 norm as a tensor on the same device, exact also where squares leave single precision."""
    return torch.linalg.vector_norm(_plain(tensor), dtype=_double(tensor.device))


def _quick_norm(tensor):
    """The same in a tenth of the time, where squares stay in single precision: of rows in it, and
    of those in double precision, since in long sums of single precision much is lost."""
    tensor = _plain(tensor)
    if tensor.dtype == torch.float64 or tensor.dim() < 2:
        return _norm(tensor)
    rows = torch.linalg.vector_norm(tensor, dim=-1, dtype=torch.float32)
    return torch.linalg.vector_norm(rows, dtype=_double(tensor.device))


def _numbers(tensors):
    """Tensors of one number each as numbers, brought over in one go."""
    if not tensors:
        return []
    device = tensors[0].device
    return torch.stack([t.to(device, _double(device)) for t in tensors]).tolist()


def _norms(tensors):
    """L2 norms as numbers: of those that may have left single precision the exact ones."""
    return [quick if 1e-14 < quick < 1e14 else _norm(tensor).item()
            for tensor, quick in zip(tensors, _numbers([_quick_norm(t) for t in tensors]))]


def _quotient(above, below):
    return above / below if above is not None and below else None


def _text(value):
    """JSON of a row's value; nine digits restore a float."""
    if isinstance(value, dict):
        return "{%s}" % ",".join("%s:%s" % (_text(key), _text(item)) for key, item in value.items())
    if isinstance(value, list):
        return "[%s]" % ",".join(_text(item) for item in value)
    if isinstance(value, str):
        return '"%s"' % "".join("\\u%04x" % ord(c) if c < " " or c in '"\\' else c for c in value)
    if isinstance(value, (bool, int)):
        return str(value).lower()
    return "%.9g" % value if value is not None and math.isfinite(value) else "null"


def _is_finite(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return all(_is_finite(item) for item in value)
    return not isinstance(value, float) or math.isfinite(value)


def _stream(value):
    """The stream among what goes into a block or comes out of it: the first tensor of floats."""
    if isinstance(value, torch.Tensor):
        return value if value.is_floating_point() else None
    if isinstance(value, dict):
        value = list(value.values())
    found = (_stream(item) for item in value) if isinstance(value, (list, tuple)) else ()
    return next((stream for stream in found if stream is not None), None)


# ---- the hook ----------------------------------------------------------------------------------


class _Listener:
    """A module's hook that copies of the module, by deepcopy or pickle, do not share."""

    def __init__(self, call=None):
        self.call = call

    def __call__(self, *args, **kwargs):
        if self.call:
            self.call(*args, **kwargs)

    def __reduce__(self):
        return (_Listener, ())


class Hook:
    """What attach() returns."""

    def __init__(self, model, blocks, path, every):
        self.steps = 0  # calls of step(); may be set where a training is taken up again
        self.updates = True  # measure update_ratio
        self._model, self._blocks, self._every = model, blocks, every
        self._told = _recognise(blocks[0])
        self._ranks, self._group, self._writes = _distributed(model)
        self._file = open(path, "w", encoding="utf-8") if self._writes else None
        self._pending = None  # (row, copies): the row waits for the optimizer's step
        self._measuring = True  # the step under way becomes a row
        self._begin()
        self._handles = [self._listen_before(blocks[0])]
        for layer, block in enumerate(blocks, 1):
            listener = _Listener(self._after(layer))
            self._handles.append(block.register_forward_hook(listener))

    def step(self, loss, optimizer, scaler=None):
        """After backward, before the gradients are clipped and before optimizer.step(). `loss`: a
        tensor or a number, not scaled. `scaler`: the gradient scaler, if there is one."""
        if self._handles is None:
            return
        self._finish()
        self.steps += 1
        if self._measuring:
            with torch.no_grad():
                self._measure(loss, optimizer, scaler)
        self._measuring = (self.steps + 1) % self._every == 0
        self._begin()

    def detach(self):
        """Writes the last row, closes the file and takes the hooks off."""
        if self._handles is None:
            return
        self._finish()
        for handle in self._handles:
            handle.remove()
        self._handles, self._measuring = None, False
        if self._file:
            self._file.close()
            self._file = None

    # -- while the model runs --

    def _begin(self):
        layers = len(self._blocks) + 1
        self._grads = [[] for _ in range(layers)]  # norms, one for each backward pass
        self._values = [[] for _ in range(layers)]  # likewise of the stream
        self._counts = [0] * layers  # numbers that these are norms of
        self._heard = {}  # id of a tensor that has our hook: its weak reference

    def _listen_before(self, block):
        def before(_block, args, kwargs=None):
            self._finish()
            self._see(0, _stream([args, kwargs]))
        try:
            return block.register_forward_pre_hook(_Listener(before), with_kwargs=True)
        except TypeError:  # PyTorch 1.13 does not tell what was named
            return block.register_forward_pre_hook(_Listener(before))

    def _after(self, layer):
        def after(_block, _args, output):
            if self._measuring:
                self._see(layer, _stream(output))
        return after

    def _see(self, layer, stream):
        """Takes note of x_layer and of its gradient, once that comes. A checkpointed block runs
        twice: without gradients and with them, or with them both times and one tensor for both."""
        if not self._measuring or stream is None or not torch.is_grad_enabled():
            return
        grads = self._grads[layer]
        with torch.no_grad():
            self._values[layer].append(_norm(stream))
        self._counts[layer] += stream.numel()
        known = self._heard.get(id(stream))
        if stream.requires_grad and (known is None or known() is not stream):
            stream.register_hook(lambda grad: grads.append(_norm(grad)))
            self._heard[id(stream)] = weakref.ref(stream)

    # -- when its gradients are there --

    def _measure(self, loss, optimizer, scaler):
        if isinstance(loss, torch.Tensor):
            loss = loss.detach().float().mean().item()
        if not any(self._values):
            warnings.warn("lnscope_hook: no block ran in this step: name those that train, "
                          "attach(model, blocks=...)")
        scale = _unscale(scaler, optimizer) if scaler is not None else 1.0
        grads, squares = ([sum(norm * norm for norm in _numbers(norms)) if norms else None
                           for norms in part] for part in (self._grads, self._values))
        counts = self._counts
        if self._ranks > 1:
            loss, grads, squares, counts = self._share(loss, grads, squares, counts)
        if not self._writes:
            return
        row = OrderedDict(step=self.steps, title=type(_inner(self._model)).__name__)
        row.update(self._told)
        row["loss"], row["lr"] = loss, float(optimizer.param_groups[0]["lr"])
        stream = [None if square is None else math.sqrt(square) / scale for square in grads]
        kinds, total = self._measure_parameters()
        row["grad_norm"], row["ratio"] = total, _quotient(stream[0], stream[-1])
        row["stream_grad"] = stream
        row["stream_rms"] = [math.sqrt(square / count) if count else None
                             for square, count in zip(squares, counts)]
        row["param_grad"] = kinds
        self._pending = (row, self._copy_weights(kinds) if self.updates else [])

    def _share(self, loss, grads, squares, counts):
        """The same of all ranks. The loss of all is the mean of theirs, so its gradient is made of
        theirs, each divided by their number."""
        device = next(self._model.parameters()).device
        known = [square is not None for square in grads]
        sums = torch.tensor([[square or 0.0 for square in part]
                             for part in (grads, squares, counts, known)] +
                            [[loss] + [0.0] * (len(grads) - 1)], dtype=torch.float64, device=device)
        dist.all_reduce(sums, group=self._group)
        grads, squares, counts, known, losses = sums.tolist()
        return (losses[0] / self._ranks,
                [square / self._ranks ** 2 if some else None for square, some in zip(grads, known)],
                squares, counts)

    def _measure_parameters(self):
        """The gradient's norms: {kind: one of every block}, and that of all parameters."""
        parameters = [p for p in self._model.parameters() if p.grad is not None]
        norms = _norms([p.grad for p in parameters])
        known = {id(parameter): norm for parameter, norm in zip(parameters, norms)}
        kinds = OrderedDict()
        for layer, block in enumerate(self._blocks):
            for kind, parameter in block.named_parameters():
                if kind not in kinds and len(kinds) < KINDS_MOST:
                    kinds[kind] = [None] * len(self._blocks)
                if kind in kinds:
                    kinds[kind][layer] = known.get(id(parameter))
        return kinds, math.sqrt(sum(norm * norm for norm in norms))

    def _copy_weights(self, kinds):
        """[(kind, block, parameter, its copy)], as far as there is memory."""
        try:
            return [(kind, layer, parameter, parameter.detach().clone())
                    for layer, block in enumerate(self._blocks)
                    for kind, parameter in block.named_parameters()
                    if kind in kinds and parameter.requires_grad]
        except RuntimeError as reason:  # out of memory
            warnings.warn("lnscope_hook: no copy of the weights, so no update_ratio: %s" % reason)
            self.updates = False
            return []

    # -- when the optimizer has done its step --

    def _finish(self):
        if self._pending is None:
            return
        (row, copies), self._pending = self._pending, None
        if copies:
            with torch.no_grad():
                weights = _norms([old for _, _, _, old in copies])
                changes = _norms([old.sub_(parameter.detach()) for _, _, parameter, old in copies])
            row["update_ratio"] = ratios = OrderedDict()
            for (kind, layer, _, _), change, weight in zip(copies, changes, weights):
                ratio = ratios.setdefault(kind, [None] * len(self._blocks))
                ratio[layer] = _quotient(change, weight)
        row["finite"] = _is_finite(row)
        self._write(row)

    def _write(self, row):
        if self._file is None:
            return
        try:
            self._file.write(_text(row) + "\n")
            self._file.flush()
        except OSError as reason:  # a training does not end because its picture does
            warnings.warn("lnscope_hook: no more rows are written: %s" % reason)
            self._file = None


def _inner(model):
    around = (nn.DataParallel, nn.parallel.DistributedDataParallel)
    return model.module if isinstance(model, around) else model


def _distributed(model):
    """(number of ranks, their group, whether this one writes)"""
    if not (dist.is_available() and dist.is_initialized()):
        return 1, None, True
    group = getattr(model, "process_group", None)
    return dist.get_world_size(group), group, dist.get_rank(group) == 0


def _unscale(scaler, optimizer):
    """Unscales the parameters' gradients, once; returns what the stream's are scaled by."""
    try:
        scaler.unscale_(optimizer)
    except RuntimeError as reason:
        if "already been called" not in str(reason):
            raise
    return float(scaler.get_scale())


# ---- Hugging Face Trainer ----------------------------------------------------------------------


def trainer_callback(path="train.jsonl", every=10, blocks=None):
    """A callback for transformers' Trainer: Trainer(..., callbacks=[trainer_callback()]).

    Trainer tells of a step only after it has clipped, so that grad_norm and param_grad are those of
    the clipped gradient (max_grad_norm=0 does not clip); stream_grad is not touched by it. The loss
    is the one that the model returns for its labels; where something else computes it, it is
    null."""
    from transformers import TrainerCallback

    if not hasattr(TrainerCallback, "on_pre_optimizer_step"):
        raise ImportError("this Trainer does not tell when it steps: a newer transformers does")

    class Callback(TrainerCallback):
        hook = losses = None

        def on_train_begin(self, args, state, control, model=None, **kwargs):
            self.hook = attach(model, blocks, path, every)
            self.hook.steps = state.global_step
            self.losses = _Losses(model)

        def on_pre_optimizer_step(self, args, state, control, optimizer=None, **kwargs):
            scaler = getattr(optimizer, "scaler", None)
            while hasattr(optimizer, "optimizer"):  # accelerate's stands around PyTorch's
                optimizer = optimizer.optimizer
            scale = 1.0 if scaler is None else float(scaler.get_scale())
            self.hook.step(self.losses.take(scale), optimizer, scaler)

        def on_train_end(self, args, state, control, **kwargs):
            self.hook.detach()
            self.losses.detach()

    return Callback()


class _Losses:
    """The loss that a step's backward passes began from. Each of them counts as much as the
    gradient at its own loss says, whichever way the whole was divided among them."""

    def __init__(self, model):
        self._parts = []

        def after(module, _args, output):
            found = output.get("loss") if isinstance(output, dict) else output
            if isinstance(found, (list, tuple)):
                found = found[0]
            if isinstance(found, torch.Tensor) and found.requires_grad and found.dim() < 2:
                self._hear(found)

        self._handle = model.register_forward_hook(_Listener(after))

    def _hear(self, loss):
        value = loss.detach()
        loss.register_hook(lambda grad: self._parts.append((value * grad).sum()))

    def take(self, scale):
        parts, self._parts = self._parts, []
        return sum(parts) / scale if parts else float("nan")

    def detach(self):
        self._handle.remove()
