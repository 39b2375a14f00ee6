#!/usr/bin/env python3
"""Prints the median time in milliseconds of one PyTorch training step of one stack.

    torch_step.py L D H F T B V PLACEMENT [--steps N] [--warmup N]

The same work as one of lnscope's stacks: single precision, one thread, LayerNorm, GELU, causal,
forward, backward, AdamW. It is written the way one would write it for speed: one product for Q, K
and V, fused library operations, gradients that are dropped rather than zeroed, and whichever of
torch's two AdamW loops is the faster at this shape. Needs python3 with torch.
"""

import argparse
import math
import os
import statistics
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # read when torch loads
try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError as missing:
    sys.exit(f"torch_step.py: {missing}: a python3 with torch would be right")


class Block(nn.Module):
    def __init__(self, width, heads, ffn, context, placement):
        super().__init__()
        self.heads, self.placement = heads, placement
        if placement != "none":
            self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, ffn), nn.Linear(ffn, width)
        mask = torch.full((context, context), -math.inf).triu(1)
        self.register_buffer("mask", mask)

    def attention(self, x):
        B, T, D = x.shape
        size = D // self.heads
        qkv = self.qkv(x).view(B, T, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.reshape(3, B * self.heads, T, size)
        score = torch.baddbmm(self.mask, q, k.transpose(1, 2), alpha=1 / math.sqrt(size))
        out = torch.bmm(torch.softmax(score, -1), v)
        return self.proj(out.view(B, self.heads, T, size).transpose(1, 2).reshape(B, T, D))

    def feed_forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))

    def forward(self, x):
        if self.placement == "pre":
            x = x + self.attention(self.ln1(x))
            return x + self.feed_forward(self.ln2(x))
        if self.placement == "post":
            x = self.ln1(x + self.attention(x))
            return self.ln2(x + self.feed_forward(x))
        x = x + self.attention(x)
        return x + self.feed_forward(x)


class Stack(nn.Module):
    def __init__(self, L, D, H, Ff, T, V, placement):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(V, D), nn.Parameter(torch.randn(T, D))
        self.blocks = nn.Sequential(*(Block(D, H, Ff, T, placement) for _ in range(L)))
        self.ln_f = nn.LayerNorm(D) if placement == "pre" else nn.Identity()
        self.head = nn.Linear(D, V, bias=False)

    def forward(self, tokens, targets):
        logits = self.head(self.ln_f(self.blocks(self.wte(tokens) + self.wpe)))
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


def times(model, optimizer, batches, steps):
    """Seconds of each of `steps` steps."""
    out = []
    for step in range(steps):
        tokens, targets = batches[step % len(batches)]
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        model(tokens, targets).backward()
        optimizer.step()
        out.append(time.perf_counter() - start)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in "LDHFTBV":
        parser.add_argument(name, type=int)
    parser.add_argument("placement", choices=("pre", "post", "none"))
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--warmup", type=int, default=8)
    o = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Stack(o.L, o.D, o.H, o.F, o.T, o.V, o.placement)
    batches = [torch.randint(o.V, (2, o.B, o.T)) for _ in range(8)]
    optimizers = [
        torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0, foreach=foreach)
        for foreach in (True, False)
    ]
    trials = [statistics.median(times(model, each, batches, o.warmup)) for each in optimizers]
    optimizer = optimizers[trials.index(min(trials))]
    print(f"{1e3 * statistics.median(times(model, optimizer, batches, o.steps)):.3f}")


if __name__ == "__main__":
    main()
