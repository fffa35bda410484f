"""A recurrent net unrolled over one sequence: what its gates did, and how far its gradient reaches.

    reach_t = || d loss / d x_t ||        and as well || d loss / d h_t ||, || d loss / d c_t ||

x_t is the input of step t; h_t and c_t are what step t hands on (h_t to the next step, to the
layer above and to the answer, c_t to the next step alone). Going back one step multiplies the
gradient by one more Jacobian: where those shrink it, it vanishes with the lag.

Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", section 3.1; Pascanu, Mikolov &
Bengio 2013, "On the difficulty of training recurrent neural networks", equations 3 to 5. Where
ours differs: the norm over units is shown, at every lag.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from tidu import nn

LSTM_PARTS = ("input", "forget", "output", "candidate", "cell", "hidden")
STATES = ("hidden", "cell")
Layer = nn.LSTM | nn.RNN


class Unrolled:
    """``layers``, one above the other, each of one layer, over ``input``.

    >>> net = Unrolled([nn.LSTM(3, 8)], torch.zeros(5, 3))
    >>> net.output.shape, net.values()[0]["forget"].shape
    (torch.Size([5, 8]), torch.Size([5, 8]))
    >>> {name: norms.shape for name, norms in net.reach(net.output[-1].sum()).items()}
    {'input': torch.Size([5]), 'hidden': torch.Size([1, 5]), 'cell': torch.Size([1, 5])}
    """

    def __init__(self, layers: Sequence[Layer], input: Float[Tensor, "time features"]) -> None:
        self.input = input.detach().clone().requires_grad_()
        self._parts: list[dict[str, list[Tensor]]] = []
        now = list(self.input.unbind(0))
        for layer in layers:
            if layer.num_layers != 1:
                raise ValueError(
                    f"each layer must be one; got {layer.num_layers} in one; "
                    "give a stack as a list of layers"
                )
            self._parts.append(_steps(layer, now))
            now = [hidden.flatten() for hidden in self._parts[-1]["hidden"]]
        self.output: Float[Tensor, "time width"] = torch.stack(now)

    def values(self) -> list[dict[str, Tensor]]:
        """Gates, cell and output of every layer, or its output alone; each is (time, units)."""
        return [
            {name: torch.stack(steps).detach().flatten(1) for name, steps in parts.items()}
            for parts in self._parts
        ]

    def reach(self, loss: Float[Tensor, ""]) -> dict[str, Tensor]:
        """The norms at every step: of ``input`` (time), of the states (layers, time)."""
        named = [
            (name, step)
            for parts in self._parts
            for name in STATES
            if name in parts
            for step in parts[name]
        ]
        wanted = [self.input, *(step for _, step in named)]
        gradients = torch.autograd.grad(loss, wanted, allow_unused=True, materialize_grads=True)
        found = {"input": gradients[0].norm(dim=-1)}
        for name in STATES:
            own = [
                gradient.norm()
                for (of, _), gradient in zip(named, gradients[1:], strict=True)
                if of == name
            ]
            if own:
                found[name] = torch.stack(own).unflatten(0, (-1, len(self.input)))
        return found


def _steps(layer: Layer, inputs: list[Tensor]) -> dict[str, list[Tensor]]:
    if isinstance(layer, nn.RNN):
        state = inputs[0].new_zeros(1, 1, layer.output_size)
        states: list[Tensor] = []
        for now in inputs:
            state = layer.step(now.unsqueeze(0), state)
            states.append(state)
        return {"hidden": states}
    parts: dict[str, list[Tensor]] = {name: [] for name in LSTM_PARTS}
    zeros = inputs[0].new_zeros(1, 1, layer.hidden_size)
    state: Any = (zeros, zeros)
    for now in inputs:
        gates = layer.step(now.unsqueeze(0), state)
        state = (gates.hidden, gates.cell)
        for name in LSTM_PARTS:
            parts[name].append(getattr(gates, name))
    return parts
