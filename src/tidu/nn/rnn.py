"""Recurrent neural networks: a step reads its input and what the step before left behind.

    Elman     h_t = σ(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)        output h_t
    Jordan    h_t = σ(W_ih x_t + b_ih + W_hh y_{t-1} + b_hh)
              y_t = W_ho h_t + b_ho                                 output y_t

σ is tanh or relu. Elman feeds the hidden layer back, Jordan the network's own output: all that a
Jordan net remembers must pass through its answer. Stacked layers read the output of the layer
below.

Source: Elman 1990, "Finding structure in time"; Jordan 1986, "Serial order". Parameter names,
shapes and initial values of the Elman net are those of ``torch.nn.RNN``.

Where ours differs: Jordan's output units are linear here (his were logistic) and his "state
units", which add a decaying trace of earlier outputs, are left out. Weights may carry any leading
dimension ``copies``: then as many networks run side by side (see :func:`tidu.nn.stack`).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tidu.nn.recurrent import add_product, check_sequence, in_pieces, input_products


class RNN(nn.Module):
    """A stack of ``num_layers`` recurrent layers.

    ``output_size`` belongs to ``kind="jordan"``: the width of the output that is fed back
    (``hidden_size`` where it is not given). ``state`` is the last output of every layer.

    >>> output, state = RNN(3, 8, num_layers=2)(torch.zeros(5, 7, 3))
    >>> output.shape, state.shape
    (torch.Size([5, 7, 8]), torch.Size([2, 5, 8]))
    >>> output, state = RNN(3, 8, kind="jordan", output_size=1)(torch.zeros(5, 7, 3))
    >>> output.shape, state.shape
    (torch.Size([5, 7, 1]), torch.Size([1, 5, 1]))
    """

    copies_in_front: ClassVar[bool] = True  # tidu.nn.stack may stack the parameters

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        kind: Literal["elman", "jordan"] = "elman",
        nonlinearity: Literal["tanh", "relu"] = "tanh",
        output_size: int | None = None,
    ) -> None:
        super().__init__()
        if kind not in ("elman", "jordan"):
            raise ValueError(f"kind must be 'elman' or 'jordan'; got {kind!r}; choose one of them")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"nonlinearity must be 'tanh' or 'relu'; got {nonlinearity!r}; choose one of them"
            )
        if kind == "elman" and output_size not in (None, hidden_size):
            raise ValueError(
                f"an Elman net's output is its hidden layer, {hidden_size} wide; "
                f"got output_size {output_size}; leave it out or use kind='jordan'"
            )
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.kind, self.nonlinearity = kind, nonlinearity
        self.output_size = hidden_size if output_size is None else output_size
        self._activation = torch.tanh if nonlinearity == "tanh" else torch.relu
        for layer in range(num_layers):
            shapes = {
                "weight_ih": (hidden_size, self.output_size if layer else input_size),
                "weight_hh": (hidden_size, self.output_size),
                "bias_ih": (hidden_size,),
                "bias_hh": (hidden_size,),
            }
            if kind == "jordan":
                shapes |= {
                    "weight_ho": (self.output_size, hidden_size),
                    "bias_ho": (self.output_size,),
                }
            for name, shape in shapes.items():
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(torch.empty(shape)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every parameter evenly from ±1/sqrt(hidden_size)."""
        bound = self.hidden_size**-0.5
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(
        self,
        input: Float[Tensor, "*copies batch time features"],
        state: Float[Tensor, "*copies layers batch width"] | None = None,
        *,
        detach_every: int | None = None,
    ) -> tuple[
        Float[Tensor, "*copies batch time width"], Float[Tensor, "*copies layers batch width"]
    ]:
        """All outputs and the last state; the gradient is cut after every ``detach_every`` steps.

        The fast form: each layer's input products come from one product over all steps.
        """
        state = self._begin(input, state)
        if detach_every is not None:
            return in_pieces(self._layer_by_layer, input, state, detach_every)
        return self._layer_by_layer(input, state)

    def step_by_step(
        self,
        input: Float[Tensor, "*copies batch time features"],
        state: Float[Tensor, "*copies layers batch width"] | None = None,
    ) -> tuple[
        Float[Tensor, "*copies batch time width"], Float[Tensor, "*copies layers batch width"]
    ]:
        """The definition: what ``forward`` computes, one step of all layers after another."""
        state = self._begin(input, state)
        outputs: list[Tensor] = []
        for now in input.unbind(-2):
            state = self.step(now, state)
            outputs.append(state[..., -1, :, :])
        return torch.stack(outputs, -2), state

    def step(
        self,
        input: Float[Tensor, "*copies batch features"],
        state: Float[Tensor, "*copies layers batch width"],
    ) -> Float[Tensor, "*copies layers batch width"]:
        """One step: the new output of every layer; that of the last is the network's."""
        new: list[Tensor] = []
        for layer, before in enumerate(state.unbind(-3)):
            own = self._layer(layer)
            hidden = self._activation(
                input @ own["weight_ih"].mT
                + own["bias_ih"].unsqueeze(-2)
                + before @ own["weight_hh"].mT
                + own["bias_hh"].unsqueeze(-2)
            )
            if self.kind == "jordan":
                hidden = hidden @ own["weight_ho"].mT + own["bias_ho"].unsqueeze(-2)
            new.append(hidden)
            input = hidden
        return torch.stack(new, -3)

    def _layer_by_layer(self, input: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        last: list[Tensor] = []
        for layer, output in enumerate(state.unbind(-3)):
            own = self._layer(layer)
            back = own["weight_hh"].mT
            bias = own["bias_ih"] + own["bias_hh"]
            outputs: list[Tensor] = []
            for product in input_products(input, own["weight_ih"], bias):
                output = self._activation(add_product(product, output, back))
                if self.kind == "jordan":
                    out = own["weight_ho"].mT
                    output = add_product(own["bias_ho"].unsqueeze(-2), output, out)
                outputs.append(output)
            input = torch.stack(outputs, -2)
            last.append(output)
        return input, torch.stack(last, -3)

    def _layer(self, layer: int) -> dict[str, Tensor]:
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
        names += ["weight_ho", "bias_ho"] if self.kind == "jordan" else []
        return {name: self.get_parameter(f"{name}_l{layer}") for name in names}

    def _begin(self, input: Tensor, state: Tensor | None) -> Tensor:
        check_sequence(input, self.get_parameter("weight_ih_l0"))
        if state is not None:
            return state
        *copies, batch, _, _ = input.shape
        return input.new_zeros(*copies, self.num_layers, batch, self.output_size)

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        text = f"{self.input_size}, {self.hidden_size}, num_layers={self.num_layers}"
        text += f", kind={self.kind!r}, nonlinearity={self.nonlinearity!r}"
        return text + (f", output_size={self.output_size}" if self.kind == "jordan" else "")
