#!/usr/bin/env python3
"""Prints what the PyTorch hook adds to a training step: the medians without and with it, and the
difference in percent.

    tests/bench/hook_overhead.py [--layers 12] [--width 256] [--tokens 512] [--every 10]

Rounds of `every` steps, one of which becomes a row, take turns with and without the hook, so that
what else the machine does falls on both alike. One thread. Needs python3 with torch, and an
otherwise idle machine.
"""

import argparse
import importlib.util
import os
import statistics
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # read when torch loads
sys.dont_write_bytecode = True
try:
    import torch
    import torch.nn as nn
except ImportError as missing:
    sys.exit("hook_overhead.py: %s: a python3 with torch would be right" % missing)


def load_hook():
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        "lnscope_hook", os.path.join(here, "../../assets/lnscope_hook.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Model(nn.Module):
    VOCAB = 1000

    def __init__(self, layers, width):
        super().__init__()
        self.embed = nn.Embedding(self.VOCAB, width)
        layer = nn.TransformerEncoderLayer(width, max(1, width // 64), 4 * width, dropout=0.0,
                                           activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, self.VOCAB)

    def forward(self, tokens):
        return self.head(self.encoder(self.embed(tokens)))


def round_of(model, optimizer, tokens, steps, hook):
    """Seconds that so many steps take; `hook` may be None."""
    start = time.perf_counter()
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        logits = model(tokens)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), tokens.flatten())
        loss.backward()
        if hook:
            hook.step(loss, optimizer)
        optimizer.step()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("layers", 12), ("width", 256), ("tokens", 512), ("every", 10),
                        ("rounds", 12)):
        parser.add_argument("--" + name, type=int, default=value)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Model(args.layers, args.width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    tokens = torch.randint(Model.VOCAB, (max(1, args.tokens // 64), min(64, args.tokens)))
    attach = load_hook().attach
    round_of(model, optimizer, tokens, 2, None)  # warm
    without, with_hook = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "train.jsonl")
        for _ in range(args.rounds):
            without.append(round_of(model, optimizer, tokens, args.every, None))
            hook = attach(model, path=path, every=args.every)
            round_of(model, optimizer, tokens, 1, hook)  # the first step is a row besides
            with_hook.append(round_of(model, optimizer, tokens, args.every, hook))
            start = time.perf_counter()
            hook.detach()
            with_hook[-1] += time.perf_counter() - start
            with open(path) as rows:
                assert len(rows.readlines()) == 2
    plain, hooked = (statistics.median(part) / args.every for part in (without, with_hook))
    ratios = [b / a - 1 for a, b in zip(without, with_hook)]
    print("layers %d, width %d, tokens %d, every %d: a step takes %.1f ms, with the hook %.1f ms: "
          "%+.2f %% (median of %d pairs)" % (args.layers, args.width, args.tokens, args.every,
                                             plain * 1e3, hooked * 1e3,
                                             100 * statistics.median(ratios), args.rounds))


if __name__ == "__main__":
    main()
