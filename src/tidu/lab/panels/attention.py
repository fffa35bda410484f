"""What a language model makes of a text you type: where its heads look, and what it expects next.

The text is read through the window that writing reads through, by a copy of the present network
in evaluation mode, so the training never notices. A head that is switched off adds nothing to the
output of its layer:

    output = [m_1 head_1 ... m_h head_h] W^O        m_i = 0 for a head that is off

Source: Michel, Levy & Neubig 2019, "Are sixteen heads really better than one?", equation 1.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tidu import nn, text
from tidu.errors import TiduError
from tidu.lab.lane import Lane
from tidu.nn.attention import masked_softmax
from tidu.views.pack import Pack
from tidu.views.reference import reference

BARS = 12  # candidates for the next token that are shown
MOST_TEXT = 2000  # characters that may be typed, or written on
MOST_TOKENS = 40  # written at once
HOTTEST = 5.0
EXAMPLES = {
    "python-docs": "The list is sorted and the items of the",
    "tiny-shakespeare": "ROMEO:\nWhat light is this, my lord? The",
    "tang-poems": "床前明月光，疑是地上霜。举头望",
}
Network = nn.GPT | nn.RecurrentLanguageModel


class Attention:
    """The text of one bench, and what is done with it; the networks are those of its lanes."""

    def __init__(self) -> None:
        self._text: str | None = None
        self._off: set[tuple[int, int]] = set()
        self._temperature, self._top_k = 1.0, None
        self._generator = torch.Generator().manual_seed(0)
        self._tokenizers: dict[Path, text.Tokenizer] = {}

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """What the network of every variant makes of the text."""
        if self._text is None:
            self._text = EXAMPLES.get(lanes[0].config.source, "")
        return {
            "text": self._text,
            "off": sorted(self._off),
            "temperature": self._temperature,
            "top_k": self._top_k,
            "lanes": [self._lane(lane, pack) for lane in lanes],
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> dict[str, Any] | None:
        """A text, heads that are off, how the next token is drawn, or so many tokens written."""
        what = message.get("do")
        if what == "text":
            self._text = _short_enough(str(message["text"]))
        elif what == "heads":
            self._off = {(int(layer), int(head)) for layer, head in message["off"]}
        elif what == "sampling":
            temperature, top_k = float(message["temperature"]), message.get("top_k")
            if not 0 <= temperature <= HOTTEST:
                raise TiduError(
                    f"The temperature must lie in 0..{HOTTEST:g}; got {temperature:g}.",
                    "0 always takes the likeliest token, 1 draws as the network expects.",
                )
            if top_k is not None and int(top_k) < 1:
                raise TiduError(f"Top-k must be at least 1; got {top_k}.", "Leave it out for all.")
            self._temperature, self._top_k = temperature, None if top_k is None else int(top_k)
        elif what == "write":
            return {"written": self._write(lanes[int(message.get("variant", 0))], message)}
        else:
            raise ValueError(f"the attention panel does not know {what!r}")
        return None

    def _write(self, lane: Lane, message: dict[str, Any]) -> str:
        tokenizer = self._tokenizer(lane)
        tokens, _ = read(tokenizer, self._text or "")
        if not len(tokens):
            raise TiduError(
                "There is nothing to write on from.",
                "Type at least one character that the network knows.",
            )
        length = max(1, min(int(message["tokens"]), MOST_TOKENS))
        network = copy_of(lane)
        switch_off(network, self._off)
        new = text.generate(
            network,
            tokens[None],
            length,
            temperature=self._temperature,
            top_k=self._top_k,
            generator=self._generator,
        )[0]
        written = tokenizer.decode(new[len(tokens) :])
        self._text = _short_enough(tokenizer.decode(new))
        return written

    def _lane(self, lane: Lane, pack: Pack) -> dict[str, Any]:
        tokenizer = self._tokenizer(lane)
        tokens, unknown = read(tokenizer, self._text or "")
        network = copy_of(lane)
        context = getattr(network, "context", None)
        start = text.window_start(len(tokens), context)
        seen = tokens[start:]
        told = {
            "tokens": [tokenizer.decode([t]) for t in seen.tolist()],
            "start": start,
            "context": context,
            "unknown": unknown,
            "stands_in": text.UNKNOWN if _has_place(tokenizer) else None,
            "vocabulary": tokenizer.size,
            "maps": None,
        }
        if not len(seen):
            return told
        with torch.no_grad():
            logits = network(seen[None])[0]
            without = None
            if isinstance(network, nn.GPT):
                if switch_off(network, self._off):
                    without = network(seen[None])[0]
                maps = network.attention_maps(seen[None])[:, 0]
                told["maps"] = pack.add(maps)
                told["mask"] = pack.add(nn.causal_mask(len(seen)).to(torch.uint8))
                told["codes"] = _codes_of_heads(network, len(seen))
        told["losses"] = pack.add(_losses(logits, seen))
        told["loss"] = _mean(_losses(logits, seen))
        told["loss_off"] = None if without is None else _mean(_losses(without, seen))
        told["bars"] = self._bars(tokenizer, logits, without)
        told["code_of_bars"] = reference(
            text.next_token_probs,
            "probs = logits.softmax",
            tensor="probs",
            shape=(1, tokenizer.size),
            formula="p_i = softmax(logits / temperature)_i        then only the likeliest are kept",
        )
        told["code_of_loss"] = reference(
            text.nats_per_token,
            "losses = functional.cross_entropy",
            tensor="losses",
            shape=(len(seen) - 1,),
            formula="nats per token = -1/T sum_t log p(y_t | y_<t)",
        )
        return told

    def _bars(
        self, tokenizer: text.Tokenizer, logits: Tensor, without: Tensor | None
    ) -> list[dict[str, Any]]:
        """The likeliest next tokens, with all heads and without those that are off."""
        both = [
            text.next_token_probs(
                each[-1:].float(), temperature=self._temperature, top_k=self._top_k
            )[0]
            for each in ([logits] if without is None else [logits, without])
        ]
        likeliest = torch.stack(both).amax(0).topk(min(BARS, tokenizer.size)).indices
        return [
            {"token": tokenizer.decode([t]), "probs": [float(probs[t]) for probs in both]}
            for t in likeliest.tolist()
        ]

    def _tokenizer(self, lane: Lane) -> text.Tokenizer:
        if lane.folder not in self._tokenizers:
            found = text.tokenizer_from_json(lane.run.read_json("tokenizer"))
            self._tokenizers[lane.folder] = found
        return self._tokenizers[lane.folder]


def panel() -> Attention:
    """A new panel."""
    return Attention()


def copy_of(lane: Lane) -> Network:
    """The lane's present network as it is used, a copy: nothing done to it reaches the training."""
    network = copy.deepcopy(lane.kept["model"]).eval()
    assert isinstance(network, Network)
    return network


def read(tokenizer: text.Tokenizer, typed: str) -> tuple[Tensor, list[str]]:
    """The tokens of what was typed, and the characters the vocabulary does not know.

    They are left out where the vocabulary has no place for unknown ones.
    """
    unknown: list[str] = []
    if isinstance(tokenizer, text.CharacterTokenizer):
        known = set(tokenizer.vocabulary)
        unknown = list(dict.fromkeys(c for c in typed if c not in known))
        if not _has_place(tokenizer):
            typed = "".join(c for c in typed if c in known)
    return tokenizer.encode(typed), unknown


def switch_off(network: Network, heads: Iterable[tuple[int, int]]) -> bool:
    """Silence these (layer, head) of ``network`` for good; whether there were any."""
    if not isinstance(network, nn.GPT):
        return False
    found = False
    for layer, block in enumerate(network.blocks):
        attention = block.get_submodule("attention")
        assert isinstance(attention, nn.MultiHeadAttention)
        off = [head for of, head in heads if of == layer and head < attention.num_heads]
        if off:
            found = True
            attention.output.register_forward_pre_hook(_silencing(off, attention.num_heads))
    return found


def _silencing(off: list[int], num_heads: int) -> Any:
    def silence(module: torch.nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        heads = inputs[0].unflatten(-1, (num_heads, -1)).clone()
        heads[..., off, :] = 0.0
        return (heads.flatten(-2),)

    return silence


def _codes_of_heads(network: nn.GPT, time: int) -> dict[str, Any]:
    heads = network.blocks[0].get_submodule("attention").num_heads
    return {
        "weights": reference(
            nn.attention_with_weights,
            "weights = masked_softmax",
            tensor="model.blocks.{layer}.attention: weights[0, {head}, {query}, {key}]",
            shape=(1, heads, time, time),
            formula="weights = softmax(Q K^T / sqrt(d) + mask)        output = weights V",
        ),
        "mask": reference(
            masked_softmax,
            "scores = scores.masked_fill(~allowed",
            tensor="allowed[{query}, {key}]",
            shape=(time, time),
            formula="score = -inf where the key is later than the query; softmax makes it 0",
        ),
    }


def _losses(logits: Tensor, tokens: Tensor) -> Tensor:
    """How surprised the network was by each token but the first."""
    return functional.cross_entropy(logits[:-1].float(), tokens[1:], reduction="none")


def _mean(losses: Tensor) -> float | None:
    return float(losses.double().mean()) if len(losses) else None


def _has_place(tokenizer: text.Tokenizer) -> bool:
    known = isinstance(tokenizer, text.CharacterTokenizer)
    return known and text.UNKNOWN in tokenizer.vocabulary


def _short_enough(typed: str) -> str:
    if len(typed) > MOST_TEXT:
        raise TiduError(
            f"A text may have {MOST_TEXT} characters here; this has {len(typed)}.",
            "Shorten it; the network only reads the end of it anyway.",
        )
    return typed
