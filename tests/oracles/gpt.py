"""Against GPT-2 as Hugging Face transformers implements it, on the same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from oracles import Case
from tidu.nn.gpt import GPT
from tidu.nn.transformer_block import FeedForward, Gelu, TransformerBlock


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    tokens = torch.randint(11, (2, 6))
    x = torch.randn(2, 6, 8, dtype=dtype)
    return [
        (GPT(11, 8, dim=16, layers=2, num_heads=2).to(dtype), (tokens,)),
        (GPT(11, 8, dim=16, layers=1, num_heads=2, positions="rotary").to(dtype), (tokens,)),
        (TransformerBlock(8, num_heads=2).to(dtype), (x,)),
        (FeedForward(8).to(dtype), (x,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    layers, heads, width, batch, time = torch.randint(1, 5, (5,)).tolist()
    dim, vocabulary, context, tied = heads * width, 7 + seed % 20, time + 3, seed % 2 == 0
    gelu: Gelu = "tanh" if seed % 3 else "exact"
    ours = GPT(vocabulary, context, dim, layers, heads, tied=tied, gelu=gelu).to(dtype)
    gpt2 = _gpt2(vocabulary, context, dim, layers, heads, tied, gelu).to(dtype)
    pairs: list[tuple[Tensor, Tensor]] = []
    weights: dict[str, Tensor] = {}
    with torch.no_grad():
        for mine in ours.parameters():
            mine.normal_(std=0.5)
    for name, mine in ours.named_parameters():
        theirs = mine.detach().clone().requires_grad_()
        pairs.append((mine, theirs))
        # GPT-2's "Conv1D" holds the transpose of a linear layer's matrix.
        transposed = "blocks" in name and mine.ndim == 2
        weights[_their_name(name)] = theirs.mT if transposed else theirs
    tokens = torch.randint(vocabulary, (batch, time))

    def run_gpt2(tokens: Tensor, maps: bool = False) -> Any:
        return functional_call(
            gpt2, weights, kwargs={"input_ids": tokens, "output_attentions": maps}
        )

    tying = "tied" if tied else "untied"
    yield Case(f"logits, {tying}", ours, lambda t: run_gpt2(t).logits, (tokens,), pairs)
    yield Case(
        "attention of every head",
        ours.attention_maps,
        lambda t: torch.stack(run_gpt2(t, maps=True).attentions),
        (tokens,),
        gradients=False,
    )


_THEIR_NAMES = {
    "embedding.weight": "transformer.wte.weight",
    "positions.weight": "transformer.wpe.weight",
    "norm.weight": "transformer.ln_f.weight",
    "norm.bias": "transformer.ln_f.bias",
    "head.weight": "lm_head.weight",
}
_IN_BLOCK = {
    "attention_norm": "ln_1",
    "attention.projections": "attn.c_attn",
    "attention.output": "attn.c_proj",
    "feed_forward_norm": "ln_2",
    "feed_forward.expand": "mlp.c_fc",
    "feed_forward.contract": "mlp.c_proj",
}


def _their_name(name: str) -> str:
    if name in _THEIR_NAMES:
        return _THEIR_NAMES[name]
    _, block, rest = name.split(".", 2)
    part, kind = rest.rsplit(".", 1)
    return f"transformer.h.{block}.{_IN_BLOCK[part]}.{kind}"


def _gpt2(
    vocabulary: int, context: int, dim: int, layers: int, heads: int, tied: bool, gelu: Gelu
) -> torch.nn.Module:
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=context,
        n_embd=dim,
        n_layer=layers,
        n_head=heads,
        activation_function="gelu" if gelu == "exact" else "gelu_new",
        attn_pdrop=0.0,
        embd_pdrop=0.0,
        resid_pdrop=0.0,
        tie_word_embeddings=tied,
        use_cache=False,
        bos_token_id=0,
        eos_token_id=0,
    )
    config._attn_implementation = "eager"
    return GPT2LMHeadModel(config)
