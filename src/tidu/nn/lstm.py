"""Long short-term memory: a cell that adds, and three gates that decide when.

    i_t = σ(W_ii x_t + b_ii + W_hi h_{t-1} + b_hi + p_i ∘ c_{t-1})        input gate
    f_t = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf + p_f ∘ c_{t-1})        forget gate
    g_t = tanh(W_ig x_t + b_ig + W_hg h_{t-1} + b_hg)                     candidate
    c_t = f_t ∘ c_{t-1} + i_t ∘ g_t                                       cell
    o_t = σ(W_io x_t + b_io + W_ho h_{t-1} + b_ho + p_o ∘ c_t)            output gate
    h_t = o_t ∘ tanh(c_t)                                                 output

The terms with p are the *peepholes*, one weight a unit: with them the gates see the cell itself,
even while the output gate hides it; without them p is 0. The output gate sees the new cell.

Source: Hochreiter & Schmidhuber 1997, "Long short-term memory"; the forget gate: Gers,
Schmidhuber & Cummins 2000, "Learning to forget"; peepholes: Gers & Schmidhuber 2000, "Recurrent
nets that time and count"; ``longest_lag``: Tallec & Ollivier 2018, "Can recurrent neural networks
warp time?", section 3 (chrono initialisation). Names, shapes and gate order (i, f, g, o) of the
parameters, and their initial values, are those of ``torch.nn.LSTM``.

Where ours differs: Gers & Schmidhuber stop the gradient inside the peepholes and at the edge of
each cell; here it flows everywhere. Weights may carry any leading dimension ``copies``: then as
many networks run side by side (see :func:`tidu.nn.stack`).
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tidu.nn.recurrent import add_product, check_sequence, in_pieces, input_products

State = tuple[
    Float[Tensor, "*copies layers batch hidden"], Float[Tensor, "*copies layers batch hidden"]
]


class Gates(NamedTuple):
    """What happened inside the cells; the gates lie in 0..1, the candidate in -1..1."""

    input: Float[Tensor, "*shape hidden"]
    forget: Float[Tensor, "*shape hidden"]
    output: Float[Tensor, "*shape hidden"]
    candidate: Float[Tensor, "*shape hidden"]
    cell: Float[Tensor, "*shape hidden"]
    hidden: Float[Tensor, "*shape hidden"]


class LSTM(nn.Module):
    """A stack of ``num_layers`` LSTM layers; the state is ``(h, c)`` of every layer.

    ``forget_bias`` is the initial value of the forget gates' bias, b_if + b_hf (``torch.nn.LSTM``
    draws it around 0; 1 or more keeps a young cell from forgetting). ``longest_lag`` T instead
    draws it as ln u with u even in 1..T-1 and starts the input gate at -ln u, so that the cells'
    memories begin spread over all spans up to T.

    >>> output, (hidden, cell) = LSTM(3, 8, num_layers=2)(torch.zeros(5, 7, 3))
    >>> output.shape, hidden.shape, cell.shape
    (torch.Size([5, 7, 8]), torch.Size([2, 5, 8]), torch.Size([2, 5, 8]))
    """

    copies_in_front: ClassVar[bool] = True  # tidu.nn.stack may stack the parameters

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        peephole: bool = False,
        forget_bias: float | None = None,
        longest_lag: int | None = None,
    ) -> None:
        super().__init__()
        if forget_bias is not None and longest_lag is not None:
            raise ValueError(
                "forget_bias and longest_lag both set the forget gates' bias; "
                f"got {forget_bias} and {longest_lag}; give one of them"
            )
        if longest_lag is not None and longest_lag < 3:
            raise ValueError(
                f"longest_lag must be at least 3 steps; got {longest_lag}; leave it out"
            )
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.peephole, self.forget_bias, self.longest_lag = peephole, forget_bias, longest_lag
        for layer in range(num_layers):
            shapes = {
                "weight_ih": (4 * hidden_size, hidden_size if layer else input_size),
                "weight_hh": (4 * hidden_size, hidden_size),
                "bias_ih": (4 * hidden_size,),
                "bias_hh": (4 * hidden_size,),
            }
            if peephole:
                shapes["peephole"] = (3, hidden_size)  # i, f, o
            for name, shape in shapes.items():
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(torch.empty(shape)))
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draw every parameter evenly from ±1/sqrt(hidden_size), then set the gates' biases."""
        size = self.hidden_size
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(size**-0.5), size**-0.5)
        for layer in range(self.num_layers):
            ours, back = self._layer(layer)["bias_ih"], self._layer(layer)["bias_hh"]
            if self.forget_bias is not None:
                ours[size : 2 * size] = self.forget_bias
                back[size : 2 * size] = 0.0
            if self.longest_lag is not None:
                spans = torch.empty_like(ours[:size]).uniform_(1, self.longest_lag - 1).log()
                ours[:size], ours[size : 2 * size] = -spans, spans
                back[: 2 * size] = 0.0

    def forward(
        self,
        input: Float[Tensor, "*copies batch time features"],
        state: State | None = None,
        *,
        detach_every: int | None = None,
    ) -> tuple[Float[Tensor, "*copies batch time hidden"], State]:
        """All outputs and the last state; the gradient is cut after every ``detach_every`` steps.

        The fast form. Without peepholes it is PyTorch's fused kernel, copy by copy; with them the
        input products of a layer come from one product over all steps.
        """
        state = self._begin(input, state)
        whole = self._layer_by_layer if self.peephole else self._fused
        if detach_every is not None:
            return in_pieces(whole, input, state, detach_every)
        return whole(input, state)

    def step_by_step(
        self, input: Float[Tensor, "*copies batch time features"], state: State | None = None
    ) -> tuple[Float[Tensor, "*copies batch time hidden"], State]:
        """The definition: what ``forward`` computes, one step of all layers after another."""
        gates = self.gates(input, state)
        hidden, cell = gates.hidden, gates.cell
        return hidden[..., -1, :, :, :], (hidden[..., -1, :], cell[..., -1, :])

    def gates(
        self, input: Float[Tensor, "*copies batch time features"], state: State | None = None
    ) -> Gates:
        """Gates, cells and outputs of every layer at every step, to look at or to draw.

        Each is ``(*copies, layers, batch, time, hidden)``.

        >>> LSTM(3, 8, num_layers=2).gates(torch.zeros(5, 7, 3)).forget.shape
        torch.Size([2, 5, 7, 8])
        """
        hidden, cell = self._begin(input, state)
        history: list[Gates] = []
        for now in input.unbind(-2):
            history.append(self.step(now, (hidden, cell)))
            hidden, cell = history[-1].hidden, history[-1].cell
        return Gates(*(torch.stack(each, -2) for each in zip(*history, strict=True)))

    def step(self, input: Float[Tensor, "*copies batch features"], state: State) -> Gates:
        """One step of every layer; each of the results is ``(*copies, layers, batch, hidden)``."""
        new: list[Gates] = []
        for layer, (hidden, cell) in enumerate(
            zip(state[0].unbind(-3), state[1].unbind(-3), strict=True)
        ):
            new.append(self._cell(self._layer(layer), input, hidden, cell))
            input = new[-1].hidden
        return Gates(*(torch.stack(each, -3) for each in zip(*new, strict=True)))

    def _cell(self, own: dict[str, Tensor], input: Tensor, hidden: Tensor, cell: Tensor) -> Gates:
        sums = input @ own["weight_ih"].mT + own["bias_ih"].unsqueeze(-2)
        sums = sums + hidden @ own["weight_hh"].mT + own["bias_hh"].unsqueeze(-2)
        i, f, g, o = sums.chunk(4, -1)
        peephole = own["peephole"] if self.peephole else sums.new_zeros(3, self.hidden_size)
        to_input, to_forget, to_output = peephole.unsqueeze(-2).unbind(-3)
        i = torch.sigmoid(i + to_input * cell)
        f = torch.sigmoid(f + to_forget * cell)
        g = torch.tanh(g)
        cell = f * cell + i * g
        o = torch.sigmoid(o + to_output * cell)
        return Gates(i, f, o, g, cell, o * torch.tanh(cell))

    def _layer_by_layer(self, input: Tensor, state: State) -> tuple[Tensor, State]:
        last_hidden: list[Tensor] = []
        last_cell: list[Tensor] = []
        for layer, (hidden, cell) in enumerate(
            zip(state[0].unbind(-3), state[1].unbind(-3), strict=True)
        ):
            own = self._layer(layer)
            back, bias = own["weight_hh"].mT, own["bias_ih"] + own["bias_hh"]
            peep = own["peephole"].unsqueeze(-3)
            peep_if, peep_o = peep[..., :2, :], peep[..., 2, :]
            outputs: list[Tensor] = []
            for product in input_products(input, own["weight_ih"], bias):
                sums = add_product(product, hidden, back).unflatten(-1, (4, self.hidden_size))
                i_f = torch.addcmul(sums[..., :2, :], peep_if, cell.unsqueeze(-2)).sigmoid()
                i, f = i_f.unbind(-2)
                cell = torch.addcmul(f * cell, i, sums[..., 2, :].tanh())
                hidden = torch.addcmul(sums[..., 3, :], peep_o, cell).sigmoid() * cell.tanh()
                outputs.append(hidden)
            input = torch.stack(outputs, -2)
            last_hidden.append(hidden)
            last_cell.append(cell)
        return input, (torch.stack(last_hidden, -3), torch.stack(last_cell, -3))

    def _fused(self, input: Tensor, state: State) -> tuple[Tensor, State]:
        weights = [tensor for n in range(self.num_layers) for tensor in self._layer(n).values()]
        if input.dim() > 3:
            copies = zip(input, *state, *weights, strict=True)
            results = [self._fused_alone(x, h, c, w) for x, h, c, *w in copies]
            output, hidden, cell = (torch.stack(each) for each in zip(*results, strict=True))
        else:
            output, hidden, cell = self._fused_alone(input, *state, weights)
        return output, (hidden, cell)

    def _fused_alone(
        self, input: Tensor, hidden: Tensor, cell: Tensor, weights: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        if torch.is_autocast_enabled("cpu") and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
            # On such processors the kernel exists in float32 alone.
            with torch.autocast("cpu", enabled=False):
                input, hidden, cell = (each.to(weights[0].dtype) for each in (input, hidden, cell))
                return self._fused_alone(input, hidden, cell, weights)
        return torch.lstm(
            input,
            (hidden, cell),
            weights,
            has_biases=True,
            num_layers=self.num_layers,
            dropout=0.0,
            train=True,
            bidirectional=False,
            batch_first=True,
        )

    def _layer(self, layer: int) -> dict[str, Tensor]:
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
        names += ["peephole"] if self.peephole else []
        return {name: self.get_parameter(f"{name}_l{layer}") for name in names}

    def _begin(self, input: Tensor, state: State | None) -> State:
        check_sequence(input, self.get_parameter("weight_ih_l0"))
        if state is not None:
            return state
        *copies, batch, _, _ = input.shape
        zeros = input.new_zeros(*copies, self.num_layers, batch, self.hidden_size)
        return zeros, zeros

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return (
            f"{self.input_size}, {self.hidden_size}, num_layers={self.num_layers}, "
            f"peephole={self.peephole}, forget_bias={self.forget_bias}, "
            f"longest_lag={self.longest_lag}"
        )
