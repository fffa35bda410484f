"""The recurrent nets that stand in a lane, and what each makes of one sequence.

A lane of ``memory-tasks`` trains one net for every cell and lag, one after another: those that are
done are made again from the last state of their loop. A lane of ``gpt`` with ``network="lstm"``
has one net; its layers are PyTorch's, which compute the same as ours on the same weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tidu import data, nn, text
from tidu.errors import TiduError
from tidu.lab.lane import Lane
from tidu.lab.panels.attention import EXAMPLES, read
from tidu.lab.unrolled import Layer, Unrolled

MOST_STEPS = 256
NUMBERS = set("0123456789.,+-e \n")
HINTS = {
    "adding": "Write value,marker for every step and mark two of them: 0.3,1 0.5,0 0.2,1.",
    "copy": "Write as many symbols from 0 to 7 as the nets were trained to copy: 3 1 4 1 5.",
}


@dataclass(frozen=True)
class Sequence:
    """What the nets read: ``text`` as a hand types it, a label for every step, what to remember."""

    text: str
    labels: list[str]
    events: list[int]
    input: Tensor
    target: Tensor
    note: tuple[str, ...] = ()  # characters that were left out


@dataclass(frozen=True)
class Study:
    """What one net makes of one sequence, in double precision."""

    layers: list[dict[str, Tensor]]  # of each: gates, cell and output, or the output alone
    reach: dict[str, Tensor]
    loss: float
    says: str
    right: str


@dataclass(frozen=True)
class Reader:
    """One net of a lane, not yet built."""

    name: str  # of its loop
    cell: str
    lag: int
    present: bool
    state: Mapping[str, Any]


def memory_readers(lane: Lane) -> Iterator[Reader]:
    """The nets of memory tasks that are trained or being trained, in their order."""
    for name in lane.loops:
        cell, found, lag = name.rpartition("-lag-")
        if not found:
            continue
        present = lane.loop is not None and name == lane.loop.name
        if present:
            yield Reader(name, cell, int(lag), True, lane.kept["nets"].state_dict())
        elif name in lane.states and (kept := lane.states[name].at_or_before(2**62)):
            yield Reader(name, cell, int(lag), False, kept[1]["kept"]["nets"])


def study_memory(lane: Lane, reader: Reader, sequence: Sequence) -> Study:
    """What the first seed's net makes of ``sequence``; the loss is that of its last step."""
    config, module = lane.config, lane.experiment.module
    with torch.device("meta"):  # no weights are drawn: that would disturb the training's draws
        net = module.net_of(config, reader.cell, reader.lag)
    own = {name: kept[0].detach().double() for name, kept in reader.state.items()}
    net.load_state_dict(own, assign=True)
    unrolled = Unrolled([net.cell], sequence.input.double())
    answers = net.head(unrolled.output[-net.steps :])
    if config.task == "adding":
        loss = (answers[-1, 0] - sequence.target[0].double()).square()
        said, right = f"{float(answers[-1, 0].detach()):.3f}", f"{float(sequence.target[0]):.3f}"
    else:
        loss = functional.cross_entropy(answers[-1], sequence.target[-1])
        said = " ".join(map(str, answers.argmax(-1).tolist()))
        right = " ".join(map(str, sequence.target.tolist()))
    return _study(unrolled, loss, said, right)


def memory_sequence(lane: Lane, lag: int, typed: str | None) -> Sequence:
    """The task's own example at ``lag``, which the pictures show too, or what a hand typed."""
    config, module = lane.config, lane.experiment.module
    adding = config.task == "adding"
    if typed is None:
        inputs, targets = (each[0, 0] for each in module.draw(config, lane.run, lag, 1, 3))
    else:
        try:
            inputs, targets = _typed(module, config, lag, typed)
        except TiduError as problem:
            raise TiduError(problem.message, HINTS[config.task]) from problem
    if adding:
        told = " ".join(f"{value:.4g},{marker:.0f}" for value, marker in inputs.tolist())
        labels = [f"{value:.2f}" for value in inputs[:, 0].tolist()]
        return Sequence(told, labels, inputs[:, 1].nonzero()[:, 0].tolist(), inputs, targets)
    signs = [*map(str, range(data.SYMBOLS)), "·", "→"]
    labels = [signs[i] for i in inputs.argmax(1).tolist()]
    told = " ".join(map(str, targets.tolist()))
    return Sequence(told, labels, list(range(len(targets))), inputs, targets)


def text_sequence(lane: Lane, typed: str | None) -> Sequence:
    """A text as tokens: all but the last are read, and the last is to be foretold."""
    tokenizer = text.tokenizer_from_json(lane.run.read_json("tokenizer"))
    told = EXAMPLES.get(lane.config.source, "") if typed is None else typed
    tokens, unknown = read(tokenizer, told)
    if len(tokens) < 2:
        raise TiduError(
            f"The text has {len(tokens)} tokens the network knows; it needs at least 2.",
            "Type more: all but the last are read, and the last is to be foretold.",
        )
    tokens = tokens[-MOST_STEPS - 1 :]
    labels = [tokenizer.decode([t]) for t in tokens.tolist()]
    return Sequence(told, labels[:-1], [], tokens[:-1], tokens[-1:], tuple(unknown))


def study_text(lane: Lane, sequence: Sequence) -> Study:
    """What the LSTM makes of a text; the loss is that of the last token."""
    network: nn.RecurrentLanguageModel = lane.kept["model"]
    weights = {name: value.detach().double() for name, value in network.state_dict().items()}
    embedding = weights["embedding.weight"]
    unrolled = Unrolled(layers_of(network.lstm), embedding[sequence.input])
    logits = (
        functional.linear(
            unrolled.output[-1], weights["projection.weight"], weights["projection.bias"]
        )
        @ embedding.T
    )
    log_probs = logits.log_softmax(-1)
    loss = -log_probs[sequence.target[0]]
    tokenizer = text.tokenizer_from_json(lane.run.read_json("tokenizer"))
    said, right = (tokenizer.decode([int(t)]) for t in (logits.argmax(), sequence.target[0]))
    return _study(unrolled, loss, said, right)


def layers_of(lstm: torch.nn.LSTM) -> list[Layer]:
    """The layers of PyTorch's LSTM as ours, one by one, in double precision."""
    found: list[Layer] = []
    for layer in range(lstm.num_layers):
        with torch.device("meta"):
            one = nn.LSTM(lstm.hidden_size if layer else lstm.input_size, lstm.hidden_size)
        own = {
            name: lstm.get_parameter(name.replace("_l0", f"_l{layer}")).detach().double()
            for name in one.state_dict()
        }
        one.load_state_dict(own, assign=True)
        found.append(one)
    return found


def _study(unrolled: Unrolled, loss: Tensor, says: str, right: str) -> Study:
    """Without the graph, which would hold memory."""
    return Study(unrolled.values(), unrolled.reach(loss), float(loss.detach()), says, right)


def _typed(module: Any, config: Any, lag: int, typed: str) -> tuple[Tensor, Tensor]:
    words = tuple(typed.split())
    if not words or not set(typed) <= NUMBERS:
        raise TiduError(f"A sequence is made of numbers; got {typed[:60]!r}.")
    if len(words) > MOST_STEPS:
        raise TiduError(f"A sequence may have {MOST_STEPS} steps here; got {len(words)}.")
    if config.task == "adding":
        pairs = module.check_pairs(module.read_sequence(words, ["value", "marker"]))
        return pairs.float(), pairs.prod(1).sum().reshape(1)
    symbols = module.check_symbols(config, module.read_sequence(words, ["symbol"]))
    return data.one_hot_signs(symbols[None], lag)[0], symbols
