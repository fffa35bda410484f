"""What recurrent cells share: pieces of time for truncated BPTT, products with copies in front.

Truncated back-propagation through time cuts a long sequence into pieces of ``every`` steps. The
state flows on from piece to piece, its gradient does not:

    output, state = cell(piece, state.detach())         for every piece

so the gradient of a loss is the sum over pieces of what each piece contributes by itself, and the
graph that one piece needs may be as short as the piece.

Source: Williams & Peng 1990, "An efficient gradient-based algorithm for on-line training of
recurrent network trajectories", where this is BPTT(h; h') with h = h' = ``every``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

State = TypeVar("State", Tensor, tuple[Tensor, Tensor])


def in_pieces(
    cell: Callable[[Tensor, State], tuple[Tensor, State]],
    input: Float[Tensor, "*copies batch time features"],
    state: State,
    every: int,
) -> tuple[Float[Tensor, "*copies batch time width"], State]:
    """Run ``cell`` over ``input``, cutting the gradient of the state after every ``every`` steps.

    >>> def total(piece, state):
    ...     outputs = state.unsqueeze(-2) + piece.cumsum(-2)
    ...     return outputs, outputs[..., -1, :]
    >>> outputs, state = in_pieces(total, torch.ones(2, 10, 3), torch.zeros(2, 3), every=4)
    >>> outputs.shape, state[0, 0].item()
    (torch.Size([2, 10, 3]), 10.0)
    """
    if every < 1:
        raise ValueError(f"detach_every must be at least 1 step; got {every}; pass None for never")
    outputs: list[Tensor] = []
    for index, piece in enumerate(input.split(every, dim=-2)):
        output, state = cell(piece, detached(state) if index else state)
        outputs.append(output)
    return torch.cat(outputs, dim=-2), state


def detached(state: State) -> State:
    """The same state, of which no gradient flows back."""
    if isinstance(state, Tensor):
        return state.detach()
    return state[0].detach(), state[1].detach()


def input_products(
    input: Float[Tensor, "*copies batch time features"],
    weight: Float[Tensor, "*copies width features"],
    bias: Float[Tensor, "*copies width"],
) -> tuple[Float[Tensor, "*copies batch width"], ...]:
    """``weight @ x_t + bias`` for every step, from one product over the whole sequence.

    >>> products = input_products(torch.ones(5, 7, 2), torch.ones(3, 2), torch.zeros(3))
    >>> len(products), products[0].shape
    (7, torch.Size([5, 3]))
    """
    batch, time = input.shape[-3], input.shape[-2]
    rows = input.transpose(-3, -2).flatten(-3, -2)
    products = rows @ weight.mT + bias.unsqueeze(-2)
    return products.unflatten(-2, (time, batch)).unbind(-3)


def add_product(
    base: Float[Tensor, "*copies #batch width"],
    input: Float[Tensor, "*copies batch features"],
    weight: Float[Tensor, "*copies features width"],
) -> Float[Tensor, "*copies batch width"]:
    """``base + input @ weight`` in one call.

    >>> add_product(torch.ones(5, 3), torch.ones(5, 2), torch.ones(2, 3))[0]
    tensor([3., 3., 3.])
    """
    if input.dim() == 2:
        return torch.addmm(base, input, weight)
    if input.dim() == 3:
        return torch.baddbmm(base, input, weight)
    return base + input @ weight


def check_sequence(
    input: Float[Tensor, "*copies batch time features"],
    weight: Float[Tensor, "*copies width features"],
) -> None:
    """Raise ``ValueError`` where ``input`` does not belong to a cell with this input weight."""
    copies = tuple(weight.shape[:-2])
    if (
        input.dim() != weight.dim() + 1
        or tuple(input.shape[:-3]) != copies
        or input.shape[-1] != weight.shape[-1]
    ):
        wanted = ", ".join([*map(str, copies), "batch", "time", str(weight.shape[-1])])
        raise ValueError(
            f"the cell expects an input of shape ({wanted}); got {tuple(input.shape)}; "
            "batch comes first, then time, then features"
        )
