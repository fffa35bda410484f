"""Early stopping against its definition, looked up in the whole curve at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.train import EarlyStopping

NOT_DIFFERENTIABLE = "it compares numbers and copies weights"
NO_META_DEVICE = "a tensor without numbers has nothing to compare"


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [(_watched(2, 0.0), (torch.rand(9, dtype=dtype),))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    generator = torch.Generator().manual_seed(seed)
    for length in (1, 4, 12, 40):
        for patience in (1, 3, 7):
            losses = torch.rand(length, dtype=dtype, generator=generator)
            for name, min_delta in (("plain", 0.0), ("with a margin", 0.2)):
                yield Case(
                    f"{name}, patience {patience}, {length} looks",
                    _watched(patience, min_delta),
                    _looked_up(patience, min_delta),
                    (losses,),
                    gradients=False,
                )


def _watched(patience: int, min_delta: float) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """A network whose weight is the loss itself: what is put back, and after how many looks."""

    def call(losses: Tensor) -> tuple[Tensor, Tensor]:
        network = nn.Linear(1, 1, bias=False).to(losses.device, losses.dtype)
        stopping = EarlyStopping("loss", patience, min_delta).watching(network)
        looks = 0
        for loss in losses.detach():
            with torch.no_grad():
                network.weight.fill_(loss)
            looks += 1
            if stopping.is_over(looks, {"loss": float(loss)}):
                break
        stopping.restore()
        return network.weight.detach().view(()), losses.new_tensor(looks)

    return call


def _looked_up(patience: int, min_delta: float) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Records are the values more than min_delta below the last record; stop at the first gap."""

    def call(losses: Tensor) -> tuple[Tensor, Tensor]:
        records = [0]
        while True:
            later = torch.nonzero(losses < losses[records[-1]] - min_delta)[:, 0]
            later = later[later > records[-1]]
            if not len(later) or int(later[0]) - records[-1] > patience:
                break
            records.append(int(later[0]))
        looks = min(records[-1] + patience + 1, len(losses))
        return losses[records[-1]], losses.new_tensor(looks)

    return call
