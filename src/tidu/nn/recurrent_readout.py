"""A recurrent cell and what is read from it: the last answers to a sequence.

    answer_t = head(output_t)        for the last ``steps`` of the T steps

Everything a network has to say after the sequence must have passed through its state; so this is
the net on which memory is measured.

Source: the set-up of Hochreiter & Schmidhuber 1997, section 5, where the target stands at the end
of a sequence. Where ours differs: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Readout(nn.Module):
    """``cell`` reads a sequence, ``head`` answers from its last ``steps`` outputs.

    >>> from tidu.nn.lstm import LSTM
    >>> Readout(LSTM(2, 8), nn.Linear(8, 1))(torch.zeros(5, 7, 2)).shape
    torch.Size([5, 1, 1])
    """

    def __init__(self, cell: nn.Module, head: nn.Module, steps: int = 1) -> None:
        super().__init__()
        if steps < 1:
            raise ValueError(f"steps must be at least 1; got {steps}; read 1 for the last output")
        self.cell, self.head, self.steps = cell, head, steps

    def forward(
        self,
        input: Float[Tensor, "*copies batch time features"],
        *,
        detach_every: int | None = None,
    ) -> Float[Tensor, "*copies batch steps answers"]:
        """The answers at the last steps; ``detach_every`` truncates the cell's gradient."""
        outputs, _ = self.cell(input, detach_every=detach_every)
        last = outputs[..., -self.steps :, :]
        return self.head(last.flatten(-3, -2)).unflatten(-2, last.shape[-3:-1])

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return f"steps={self.steps}"


class SideBySide(nn.Module):
    """Networks that answer the same input, their answers in a dimension behind the batch.

    >>> nets = {"one": nn.Linear(2, 3), "two": nn.Linear(2, 3)}
    >>> SideBySide(nets)(torch.zeros(5, 2)).shape
    torch.Size([5, 2, 3])
    """

    def __init__(self, nets: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.nets = nn.ModuleDict(dict(nets))

    def forward(
        self, input: Float[Tensor, " batch *shape"]
    ) -> Float[Tensor, " batch nets *answer"]:
        """Every network's answer, in the order of their names."""
        return torch.stack([net(input) for net in self.nets.values()], dim=1)
