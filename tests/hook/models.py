"""Small models of the kinds that the hook meets. `start` gives the first block's input, `blocks`
the blocks and `finish` what follows the last one, so that a test can go from block to block."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

WIDTH, HEADS, LAYERS, VOCAB = 16, 2, 4, 11


class Encoder(nn.Module):
    """PyTorch's own encoder between an embedding and a projection."""

    def __init__(self, norm_first=False, layers=LAYERS):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 2 * WIDTH, dropout=0.0, batch_first=True,
                                           norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        for parameter in self.parameters():  # its layers are copies of one
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
        self.head = nn.Linear(WIDTH, VOCAB)

    def start(self, tokens):
        return self.embed(tokens)

    def blocks(self):
        return list(self.encoder.layers)

    def finish(self, x):
        return self.head(x)

    def forward(self, tokens):
        return self.finish(self.encoder(self.start(tokens)))


class GPT2Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attn = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 3 * WIDTH), nn.GELU(),
                                 nn.Linear(3 * WIDTH, WIDTH))

    def forward(self, x, use_cache=False):
        mask = torch.full((x.shape[1], x.shape[1]), -math.inf).triu(1)
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, attn_mask=mask)[0]
        x = x + self.mlp(self.ln_2(x))
        return (x, "a cache") if use_cache else (x,)


class GPT2(nn.Module):
    """Blocks that return tuples, a tied head, and a longer list of modules that are no blocks."""

    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(VOCAB, WIDTH)
        self.h = nn.ModuleList(GPT2Block() for _ in range(LAYERS))
        self.ln_f = nn.LayerNorm(WIDTH)
        self.probes = nn.ModuleList(nn.Linear(WIDTH, 1) for _ in range(3 * LAYERS))

    def start(self, tokens):
        return self.wte(tokens)

    def blocks(self):
        return list(self.h)

    def finish(self, x):
        return self.ln_f(x) @ self.wte.weight.T

    def forward(self, tokens):
        x = self.start(tokens)
        for block in self.h:
            x = block(x, use_cache=True)[0]
        return self.finish(x)


class Module(nn.Module):
    """A module made of others, which are its attributes."""

    def __init__(self, parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)


class BertLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = Module({"self": nn.MultiheadAttention(WIDTH, HEADS, batch_first=True),
                                 "output": Module({"LayerNorm": nn.LayerNorm(WIDTH)})})
        self.intermediate = Module({"dense": nn.Linear(WIDTH, 2 * WIDTH)})
        self.output = Module({"dense": nn.Linear(2 * WIDTH, WIDTH),
                              "LayerNorm": nn.LayerNorm(WIDTH)})

    def forward(self, hidden_states, attention_mask=None):
        attended = getattr(self.attention, "self")(hidden_states, hidden_states, hidden_states)[0]
        x = self.attention.output.LayerNorm(hidden_states + attended)
        y = self.output.dense(F.gelu(self.intermediate.dense(x)))
        return {"hidden_states": self.output.LayerNorm(x + y), "attentions": None}


class Bert(nn.Module):
    def __init__(self, checkpointed=None):
        super().__init__()
        self.embed = nn.Sequential(nn.Embedding(VOCAB, WIDTH), nn.LayerNorm(WIDTH))
        self.layer = nn.ModuleList(BertLayer() for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, VOCAB)
        self.checkpointed = checkpointed  # None, or use_reentrant

    def start(self, tokens):
        return self.embed(tokens)

    def blocks(self):
        return list(self.layer)

    def finish(self, x):
        return self.head(x)

    def forward(self, tokens):
        x = self.start(tokens)
        for layer in self.layer:
            run = lambda y, layer=layer: layer(y, None)["hidden_states"]
            if self.checkpointed is None:
                x = run(x)
            else:
                x = checkpoint(run, x, use_reentrant=self.checkpointed)
        return self.finish(x)
