#!/usr/bin/env python3
"""assets/lnscope_hook.py against autograd by hand.

    tests/hook/test_hook.py [LNSCOPE]     the program, to compare with what it prints and reads

Prints a line per test and, at the end, how many passed. Without torch it says so and exits 0.
"""

import contextlib
import copy
import datetime
import importlib.util
import json
import math
import os
import pickle
import subprocess
import sys
import tempfile
import types
import warnings

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # read when torch loads
sys.dont_write_bytecode = True
try:
    import torch
    import torch.distributed
    import torch.multiprocessing
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError as missing:
    print("the PyTorch hook was not tested (%s): python3-torch would be right" % missing)
    sys.exit(0)
from models import LAYERS, VOCAB, WIDTH, Bert, Encoder, GPT2, GPT2Block, Module

HOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../assets/lnscope_hook.py")


def load_hook():
    spec = importlib.util.spec_from_file_location("lnscope_hook", HOOK)
    module = importlib.util.module_from_spec(spec)
    sys.modules["lnscope_hook"] = module
    spec.loader.exec_module(module)
    return module


hook = load_hook()
TOLERANCE = 1e-5
BATCH, TOKENS = 6, 5


# ---- what is expected --------------------------------------------------------------------------


def data(seed, batch=BATCH):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(VOCAB, (batch, TOKENS), generator=generator)


def loss_of(model, tokens):
    return F.cross_entropy(model(tokens).flatten(0, 1), tokens.roll(1, 1).flatten())


def stream_of(value):
    value = value["hidden_states"] if isinstance(value, dict) else value
    return value[0] if isinstance(value, tuple) else value


def norm(tensor):
    return tensor.detach().double().pow(2).sum().sqrt().item()


def by_hand(model, tokens, optimizer):
    """One step, with the stream kept block by block; what the row of it should hold."""
    seen = []
    x = model.start(tokens)
    x.retain_grad()
    seen.append(x)
    for block in model.blocks():
        x = stream_of(block(x))
        x.retain_grad()
        seen.append(x)
    loss = F.cross_entropy(model.finish(x).flatten(0, 1), tokens.roll(1, 1).flatten())
    optimizer.zero_grad()
    loss.backward()
    kinds = [name for name, _ in model.blocks()[0].named_parameters()]
    parts = [dict(block.named_parameters()) for block in model.blocks()]
    row = {"loss": loss.item(), "lr": optimizer.param_groups[0]["lr"],
           "stream_grad": [norm(s.grad) for s in seen],
           "stream_rms": [s.detach().double().pow(2).mean().sqrt().item() for s in seen],
           "param_grad": {kind: [norm(part[kind].grad) for part in parts] for kind in kinds}}
    row["ratio"] = row["stream_grad"][0] / row["stream_grad"][-1]
    row["grad_norm"] = math.sqrt(sum(norm(p.grad) ** 2 for p in model.parameters()
                                     if p.grad is not None))
    before = [{kind: part[kind].detach().clone() for kind in kinds} for part in parts]
    optimizer.step()
    row["update_ratio"] = {
        kind: [norm(part[kind].detach() - old[kind]) / norm(old[kind]) if norm(old[kind]) else None
               for part, old in zip(parts, before)] for kind in kinds}
    return row


def compare(found, wanted, where="row"):
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            assert key in found, "%s has no %s" % (where, key)
            compare(found[key], value, "%s.%s" % (where, key))
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), "%s has %d numbers" % (where, len(found))
        for i, value in enumerate(wanted):
            compare(found[i], value, "%s[%d]" % (where, i))
    elif isinstance(wanted, float):
        assert found is not None, "%s is null, not %.9g" % (where, wanted)
        error = abs(found - wanted) / max(abs(wanted), 1e-9)
        assert error < TOLERANCE, "%s is %.9g, not %.9g" % (where, found, wanted)
    else:
        assert found == wanted, "%s is %r, not %r" % (where, found, wanted)


def optimizer_of(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-2, eps=1e-3)


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield os.path.join(name, "train.jsonl")


def rows_of(path):
    def never(word):
        raise ValueError("%s is no JSON" % word)
    with open(path) as lines:
        return [json.loads(line, parse_constant=never) for line in lines]


def train(model, path, steps, every=1, blocks=None, batches=1, scaler=None):
    """Trains as a user would; `batches` micro-batches a step."""
    optimizer = optimizer_of(model)
    h = hook.attach(model, blocks=blocks, path=path, every=every)
    for step in range(steps):
        optimizer.zero_grad()
        total = 0.0
        for part in data(step).chunk(batches):
            loss = loss_of(model, part) / batches
            (scaler.scale(loss) if scaler else loss).backward()
            total += loss.item()
        if scaler:
            h.step(total, optimizer, scaler)
            scaler.step(optimizer)
            scaler.update()
        else:
            h.step(total if batches > 1 else loss, optimizer)
            optimizer.step()
    h.detach()
    return rows_of(path)


def check_against_hand(model, path, steps=3, **options):
    twin = copy.deepcopy(model)
    if isinstance(twin, Bert):
        twin.checkpointed = None
    optimizer = optimizer_of(twin)
    rows = train(model, path, steps, **options)
    assert [row["step"] for row in rows] == list(range(1, steps + 1)), rows
    for step, row in enumerate(rows):
        compare(row, by_hand(twin, data(step), optimizer), "step %d" % (step + 1))
        assert row["finite"] is True
    return rows


# ---- tests -------------------------------------------------------------------------------------


def test_encoder_with_the_norm_first():
    with folder() as path:
        rows = check_against_hand(Encoder(norm_first=True), path)
        compare(rows[0], {"placement": "pre", "norm": "layernorm", "title": "Encoder"})


def test_encoder_with_the_norm_last():
    with folder() as path:
        rows = check_against_hand(Encoder(norm_first=False), path)
        compare(rows[0], {"placement": "post", "norm": "layernorm"})


def test_gpt2():
    with folder() as path:
        rows = check_against_hand(GPT2(), path)
        compare(rows[0], {"placement": "pre", "norm": "layernorm"})
        assert "attn.in_proj_weight" in rows[0]["param_grad"]


def test_bert():
    with folder() as path:
        rows = check_against_hand(Bert(), path)
        compare(rows[0], {"placement": "post", "norm": "layernorm"})


def test_rows_are_those_of_lnscope_run():
    """The same keys in the same order, each with a value of the same kind."""
    if len(sys.argv) < 2:
        return "skipped: no program was named"
    command = [sys.argv[1], "run", "--steps", "1", "--format", "jsonl", "--no-config"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    own = json.loads(printed.decode().splitlines()[0])
    with folder() as path:
        row = train(Encoder(), path, 1)[0]
    keys = [key for key in row if key != "title"]
    assert keys == [key for key in own if key in keys], keys
    assert set(own) - set(keys) <= {"stack", "clip"}, set(own) - set(keys)
    for key in keys:
        assert type(row[key]) is type(own[key]), key


def test_program_prints_this_file():
    if len(sys.argv) < 2:
        return "skipped: no program was named"
    printed = subprocess.run([sys.argv[1], "hook"], check=True, stdout=subprocess.PIPE).stdout
    with open(HOOK, "rb") as file:
        assert printed == file.read(), "lnscope hook prints something else"


def test_accumulated_gradients():
    with folder() as path:
        check_against_hand(GPT2(), path, batches=3)


def test_checkpointed_blocks():
    for use_reentrant in (True, False):
        with folder() as path:
            check_against_hand(Bert(checkpointed=use_reentrant), path)


class Scaler:
    """torch.cuda.amp.GradScaler, as far as it is documented, for the CPU."""

    def __init__(self):
        self.value, self.unscaled, self.bad = 1024.0, False, False

    def scale(self, loss):
        return loss * self.value

    def get_scale(self):
        return self.value

    def unscale_(self, optimizer):
        if self.unscaled:
            raise RuntimeError("unscale_() has already been called on this optimizer since the "
                               "last update().")
        self.unscaled = True
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.div_(self.value)
                    self.bad = self.bad or not bool(torch.isfinite(parameter.grad).all())

    def step(self, optimizer):
        if not self.unscaled:
            self.unscale_(optimizer)
        if not self.bad:
            optimizer.step()

    def update(self):
        self.value *= 0.5  # another scale in every step
        self.unscaled = self.bad = False


def test_scaled_gradients():
    with folder() as path:
        check_against_hand(Encoder(), path, scaler=Scaler())


def test_scaled_gradients_that_were_unscaled_before():
    class Unscaled(Scaler):
        def get_scale(self):
            return super().get_scale()

        def unscale_(self, optimizer):
            if not self.unscaled:
                super().unscale_(optimizer)
            raise RuntimeError("unscale_() has already been called on this optimizer since the "
                               "last update().")

        def step(self, optimizer):
            optimizer.step()

    with folder() as path:
        check_against_hand(Encoder(), path, scaler=Unscaled())


def test_step_that_the_scaler_skips():
    """Gradients that are not finite are null, the row says so, and no weight changes."""
    model, scaler = Encoder(), Scaler()
    optimizer = optimizer_of(model)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        for bad in (True, False):
            optimizer.zero_grad()
            loss = loss_of(model, data(1))
            scaler.scale(loss * (math.inf if bad else 1)).backward()
            h.step(loss, optimizer, scaler)
            scaler.step(optimizer)
            scaler.update()
        h.detach()
        rows = rows_of(path)
    assert rows[0]["finite"] is False and rows[1]["finite"] is True
    assert rows[0]["stream_grad"][0] is None and rows[0]["grad_norm"] is None
    assert set(rows[0]["update_ratio"]["linear1.weight"]) == {0}
    assert min(rows[1]["update_ratio"]["linear1.weight"]) > 0


def run_rank(rank, path, around):
    if sys.platform == "linux":
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    torch.distributed.init_process_group("gloo", init_method="file://%s.meeting" % path, rank=rank,
                                         world_size=2, timeout=datetime.timedelta(seconds=60))
    torch.manual_seed(0)
    model = GPT2()
    parallel = nn.parallel.DistributedDataParallel(model, find_unused_parameters=True)
    optimizer = optimizer_of(model)
    h = hook.attach(parallel if around else model, path=path + ".%d" % rank, every=1)
    for step in range(3):
        optimizer.zero_grad()
        tokens = data(step).chunk(2)[rank]
        loss = loss_of(parallel, tokens)
        loss.backward()
        h.step(loss if around else loss.item(), optimizer)
        optimizer.step()
    h.detach()
    torch.distributed.barrier()
    os._exit(0)  # gloo of PyTorch 1.13 may wait for ever when its group is taken down


def test_two_ranks():
    """DistributedDataParallel over gloo, half of the batch in each: the numbers of the whole."""
    for around in (True, False):
        with folder() as path:
            torch.multiprocessing.spawn(run_rank, (path, around), nprocs=2)
            rows = rows_of(path + ".0")
            assert not os.path.exists(path + ".1"), "rank 1 writes too"
        torch.manual_seed(0)
        model = GPT2()
        optimizer = optimizer_of(model)
        assert [row["step"] for row in rows] == [1, 2, 3]
        for step, row in enumerate(rows):
            compare(row, by_hand(model, data(step), optimizer), "step %d" % (step + 1))
            assert row["title"] == "GPT2", row["title"]


def test_half_precision():
    """bfloat16 under autocast: norms are taken of what there is, in more precision."""
    model = GPT2()
    optimizer = optimizer_of(model)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(model, data(1))
        loss.backward()
        h.step(loss, optimizer)
        optimizer.step()
        h.detach()
        row = rows_of(path)[0]
    compare(row["param_grad"]["ln_1.weight"], [norm(b.ln_1.weight.grad) for b in model.h])
    assert row["finite"] and len(row["stream_grad"]) == LAYERS + 1


def test_vanished_gradients():
    """Below what squares in single precision can hold."""
    model = Encoder()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        (loss_of(model, data(1)) * 1e-25).backward()
        h.step(1.0, optimizer)
        h.detach()
        row = rows_of(path)[0]
    compare(row["stream_grad"][0], norm(model.encoder.layers[0].linear1.weight.grad) *
            row["stream_grad"][0] / row["param_grad"]["linear1.weight"][0])
    assert 0 < row["stream_grad"][0] < 1e-24, row["stream_grad"]


def test_large_tensors():
    """Long sums, in rows and in one, and in rows beyond what squares in single precision hold."""
    for shape in ((1 << 12, 1 << 10), (1 << 22,), (3, 5, 7), ()):
        for factor in (1, 1e-30, 1e30):
            tensor = torch.randn(shape) * factor
            found = hook._norms([tensor])[0]
            assert abs(found / norm(tensor) - 1) < 1e-6, (shape, factor, found, norm(tensor))


def test_every_tenth_step():
    with folder() as path:
        rows = train(Encoder(), path, 25, every=10)
    assert [row["step"] for row in rows] == [1, 10, 20], [row["step"] for row in rows]


def test_rows_come_while_it_trains():
    """A row is there before the next step is over; detach() writes the last one and is final."""
    model = Encoder()
    optimizer = optimizer_of(model)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        loss_of(model, data(1)).backward()
        h.step(1.0, optimizer)
        assert rows_of(path) == []
        optimizer.step()
        loss_of(model, data(1)).backward()
        assert len(rows_of(path)) == 1
        h.step(1.0, optimizer)
        h.detach()
        assert len(rows_of(path)) == 2
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
        h.detach()
        loss_of(model, data(1)).backward()
        h.step(1.0, optimizer)
        assert len(rows_of(path)) == 2


def test_validation_between_steps():
    """Passes without gradients, and models in which some have none, change nothing."""
    model = Encoder()
    twin = copy.deepcopy(model)
    optimizer, other = optimizer_of(model), optimizer_of(twin)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        for step in range(2):
            with torch.no_grad():
                model(data(100))
            optimizer.zero_grad()
            loss = loss_of(model, data(step))
            with torch.no_grad():
                model(data(101))
            loss.backward()
            h.step(loss, optimizer)
            optimizer.step()
        h.detach()
        for step, row in enumerate(rows_of(path)):
            compare(row, by_hand(twin, data(step), other))


def test_frozen_parts():
    """What has no gradient is null, and the rest is there."""
    model = Encoder()
    model.embed.weight.requires_grad_(False)
    for parameter in model.encoder.layers[0].parameters():
        parameter.requires_grad_(False)
    with folder() as path:
        row = train(model, path, 1)[0]
    assert row["stream_grad"][:2] == [None, None] and row["ratio"] is None
    assert min(row["stream_grad"][2:]) > 0 and min(row["stream_rms"]) > 0
    assert row["param_grad"]["linear1.weight"][0] is None
    assert row["update_ratio"]["linear1.weight"][0] is None
    assert min(row["param_grad"]["linear1.weight"][1:]) > 0
    assert row["finite"] is True


def test_zero_weights_and_no_updates():
    model = Encoder()
    nn.init.zeros_(model.encoder.layers[1].linear1.bias)
    with folder() as path:
        assert train(model, path, 1)[0]["update_ratio"]["linear1.bias"][1] is None
    optimizer = optimizer_of(model)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        h.updates = False
        loss_of(model, data(1)).backward()
        h.step(1.0, optimizer)
        h.detach()
        assert "update_ratio" not in rows_of(path)[0]


def test_copies_of_the_model():
    """deepcopy and pickle of a model that is hooked work, and the copy is not heard."""
    model = Encoder()
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
        optimizer = optimizer_of(model)
        loss = loss_of(model, data(1))
        for other in copies:
            loss_of(other, data(2)).backward()
        loss.backward()
        h.step(loss, optimizer)
        h.detach()
        row = rows_of(path)[0]
    model.zero_grad()
    compare(row["stream_grad"], by_hand(model, data(1), optimizer)["stream_grad"])


def test_stream_that_is_changed_in_place():
    """The gradient is that of the block's output, not of what is made of it."""
    model = GPT2()
    optimizer = optimizer_of(model)
    with folder() as path:
        h = hook.attach(model, path=path, every=1)
        x = model.wte(data(1))
        for block in model.h:
            x = block(x)[0]
            x.mul_(3)
        x.sum().backward()
        h.step(1.0, optimizer)
        h.detach()
        row = rows_of(path)[0]
    compare(row["stream_grad"][-1], 3 * math.sqrt(BATCH * TOKENS * WIDTH))


def test_which_blocks():
    class Experts(nn.Module):
        """Blocks with a list inside that is longer than theirs; the first block is another."""

        def __init__(self):
            super().__init__()
            self.first = nn.ModuleList(nn.Sequential(nn.Linear(4, 4)) for _ in range(2))
            self.h = nn.ModuleList(
                Module({"norm": nn.LayerNorm(4), "experts": nn.ModuleList(
                    nn.Sequential(nn.Linear(4, 4)) for _ in range(9))} if i else
                    {"norm": nn.LayerNorm(4), "dense": nn.Linear(4, 4)}) for i in range(3))

    class Stages(nn.Module):
        """A list of stages of different width, each with a list of blocks."""

        def __init__(self):
            super().__init__()
            self.stages = nn.ModuleList(
                Module({"blocks": nn.ModuleList(nn.Sequential(nn.Linear(w, w)) for _ in range(n))})
                for w, n in ((4, 2), (8, 5), (16, 2)))

    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.transformer = nn.Transformer(8, 2, 3, 3, 8)

    def found(model, blocks=None):
        return hook._blocks_of(model, blocks)

    model = Experts()
    assert found(model) == list(model.h)
    assert found(model, "first") == list(model.first)
    assert found(model, ["h.2", model.h[0]]) == [model.h[2], model.h[0]]
    model = Stages()
    assert found(model) == list(model.stages[1].blocks)
    model = Both()
    assert found(model) == list(model.transformer.decoder.layers)  # as long, and larger
    model = nn.Sequential(nn.Embedding(4, 4), *(GPT2Block() for _ in range(3)), nn.Linear(4, 4))
    assert found(model) == list(model)[1:4]
    for model, blocks, words in ((nn.Linear(2, 2), None, "no list of equal modules"),
                                 (Stages(), "stage", "no module of this name"),
                                 (Stages(), [], "the name of a list of modules")):
        try:
            found(model, blocks)
        except ValueError as error:
            assert words in str(error), error
        else:
            raise AssertionError("found blocks in %r" % model)


def test_what_is_recognised():
    class RMSNorm(nn.Module):
        pass

    def told(norm, *names, **others):
        block = Module(others)
        for name in names:
            part = block
            for inner in name.split(".")[:-1]:
                if not hasattr(part, inner):
                    setattr(part, inner, Module({}))
                part = getattr(part, inner)
            setattr(part, name.split(".")[-1], norm())
        return hook._recognise(block)

    layer = lambda: nn.LayerNorm(2)
    gemma = ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm",
             "post_feedforward_layernorm"]
    assert told(RMSNorm, *gemma) == {"placement": "peri", "norm": "rmsnorm"}
    assert told(RMSNorm, *gemma[:2]) == {"placement": "pre", "norm": "rmsnorm"}
    assert told(RMSNorm, gemma[1], gemma[3], "attn.q_norm", "attn.k_norm") == {
        "placement": "branch", "norm": "rmsnorm"}
    assert told(layer, "norm1", "norm2") == {"norm": "layernorm"}
    assert told(layer, "self_attn_layer_norm", "final_layer_norm",
                do_layer_norm_before=True) == {"placement": "pre", "norm": "layernorm"}
    assert told(layer, "self_attn_layer_norm", "final_layer_norm") == {"norm": "layernorm"}
    assert told(RMSNorm) == {}


def test_a_file_that_cannot_be_written():
    try:
        hook.attach(Encoder(), path="/nonexistent/train.jsonl")
    except OSError:
        pass
    else:
        raise AssertionError("no error")
    if not os.path.exists("/dev/full"):
        return "skipped: no /dev/full"
    model = Encoder()
    optimizer = optimizer_of(model)
    h = hook.attach(model, path="/dev/full", every=1)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for step in range(3):  # and goes on training
            loss_of(model, data(step)).backward()
            h.step(1.0, optimizer)
            optimizer.step()
        h.detach()
    said = [str(one.message) for one in said if "no more rows" in str(one.message)]
    assert len(said) == 1, said


def test_blocks_that_do_not_run():
    model, optimizer = Encoder(), None
    with folder() as path, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        h = hook.attach(model, blocks=Encoder().blocks(), path=path)
        loss_of(model, data(1)).backward()
        h.step(1.0, optimizer_of(model))
        h.detach()
        row = rows_of(path)[0]
    assert any("no block ran" in str(one.message) for one in said)
    assert row["stream_grad"] == [None] * (LAYERS + 1) and row["loss"] == 1


class Trainer:
    """What transformers' Trainer does, in the order of its events, with accumulation."""

    def __init__(self, model, callback, divide, parts, scaler=None):
        self.model, self.callback, self.divide, self.parts = model, callback, divide, parts
        self.optimizer = optimizer_of(model)
        self.scaler = scaler

    def train(self, steps):
        # accelerate's optimizer stands around PyTorch's and knows the scaler
        outer = types.SimpleNamespace(optimizer=self.optimizer, scaler=self.scaler)
        state = types.SimpleNamespace(global_step=7)  # taken up again
        words = dict(model=self.model, optimizer=outer)
        self.callback.on_train_begin(None, state, None, **words)
        for step in range(steps):
            self.callback.on_step_begin(None, state, None, **words)
            for part in data(step).chunk(self.parts):
                loss = self.model(part, labels=part.roll(1, 1), of=self.parts)["loss"]
                if self.divide:
                    loss = loss / self.parts
                (self.scaler.scale(loss) if self.scaler else loss).backward()
            self.callback.on_pre_optimizer_step(None, state, None, **words)
            if self.scaler:
                self.scaler.step(self.optimizer)
                self.scaler.update()
            else:
                self.optimizer.step()
            self.optimizer.zero_grad()
            state.global_step += 1
            self.callback.on_step_end(None, state, None, **words)
        self.callback.on_train_end(None, state, None, **words)


class WithLoss(GPT2):
    """Returns its loss as transformers' models do: the mean over its part of the batch or, `shared`,
    its share of the mean of the whole."""

    shared = False

    def forward(self, tokens, labels=None, of=1):
        logits = super().forward(tokens)
        loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
        return {"loss": loss / of if self.shared else loss, "logits": logits}


def test_trainer_callback():
    class Callback:
        def nothing(self, *args, **kwargs):
            pass

        on_step_begin = on_step_end = on_pre_optimizer_step = nothing

    sys.modules["transformers"] = types.SimpleNamespace(TrainerCallback=Callback)
    try:
        for shared, scaler in ((False, None), (True, None), (False, Scaler())):
            model = WithLoss()
            model.shared = shared
            twin = GPT2()
            twin.load_state_dict(model.state_dict())
            optimizer = optimizer_of(twin)
            with folder() as path:
                callback = hook.trainer_callback(path=path, every=1)
                Trainer(model, callback, not shared, 2, scaler).train(3)
                rows = rows_of(path)
            assert [row["step"] for row in rows] == [8, 9, 10]
            for step, row in enumerate(rows):
                compare(row, by_hand(twin, data(step), optimizer))
            assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
        del Callback.on_pre_optimizer_step
        try:
            hook.trainer_callback()
        except ImportError as error:
            assert "newer transformers" in str(error)
        else:
            raise AssertionError("a Trainer that does not tell of steps was taken")
    finally:
        del sys.modules["transformers"]


def test_python_3_8_can_read_it():
    import ast
    with open(HOOK) as file:
        ast.parse(file.read(), feature_version=(3, 8))


def main():
    torch.set_num_threads(1)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, test in sorted(globals().items()):
        if not name.startswith("test_"):
            continue
        torch.manual_seed(1)
        try:
            skipped = test()
        except Exception as error:  # all of them are run
            import traceback
            traceback.print_exc()
            print("FAILED %s: %s" % (name, error))
            counts["failed"] += 1
        else:
            print("%s %s" % (skipped or "ok", name))
            counts["skipped" if skipped else "passed"] += 1
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    return counts["failed"] > 0


if __name__ == "__main__":
    sys.exit(main())
