"""How large and how fast a network is: counted and measured, never estimated."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tidu.compress.masks import prunable


def count_parameters(module: nn.Module) -> int:
    """All numbers that are trained.

    >>> count_parameters(nn.Linear(784, 300))
    235500
    """
    return sum(p.numel() for p in module.parameters())


def count_weights_left(module: nn.Module) -> tuple[int, int]:
    """How many of the prunable weights are not zero, and how many there are.

    >>> layer = nn.Linear(4, 2)
    >>> _ = torch.nn.init.ones_(layer.weight)
    >>> layer.weight.data[0] = 0
    >>> count_weights_left(layer)
    (4, 8)
    """
    weights = list(prunable(module).values())
    return sum(int(w.count_nonzero()) for w in weights), sum(w.numel() for w in weights)


def count_parameters_left(module: nn.Module) -> int:
    """The weights that are not zero, and all parameters that are not prunable, such as biases.

    >>> layer = nn.Linear(4, 2)
    >>> _ = torch.nn.init.ones_(layer.weight)
    >>> layer.weight.data[0] = 0
    >>> count_parameters_left(layer)
    6
    """
    nonzero, weights = count_weights_left(module)
    return count_parameters(module) - weights + nonzero


def stored_bytes(module: nn.Module) -> dict[str, int]:
    """The bytes of the parameters, as they are (``dense``) and with zeros left out (``sparse``).

    Sparse is compressed sparse rows: a value and a 16-bit column for every weight that is not
    zero, a 32-bit start for every row (16-bit columns reach 65,536 inputs); what cannot be pruned
    stays dense. A tensor that would grow stays dense too.

    >>> stored_bytes(nn.Linear(784, 300))
    {'dense': 942000, 'sparse': 942000}
    """
    dense = sparse = 0
    weights = prunable(module)
    for name, p in module.named_parameters():
        full = p.numel() * p.element_size()
        dense += full
        rows = int(p.count_nonzero()) * (p.element_size() + 2) + (len(p) + 1) * 4
        sparse += min(full, rows) if name in weights else full
    return {"dense": dense, "sparse": sparse}


def latency(module: nn.Module, inputs: Tensor, repeats: int = 50, warmup: int = 5) -> float:
    """The median seconds of a forward pass on ``inputs``, measured ``repeats`` times.

    >>> latency(nn.Linear(8, 8), torch.zeros(1, 8)) > 0
    True
    """
    return statistics.median(_taking_turns([module], inputs, repeats, warmup)[0])


def speed_up(
    before: nn.Module, after: nn.Module, inputs: Tensor, repeats: int = 50, warmup: int = 5
) -> float:
    """How many times as fast as ``before`` ``after`` is: the median over ``repeats`` turns.

    In every turn both run once, so that what else the machine does slows both; the quotient of
    one turn is taken before the median. Measured with a clock, so it differs from call to call.

    >>> speed_up(nn.Linear(256, 2048), nn.Linear(256, 16), torch.zeros(64, 256)) > 1
    True
    """
    taken = _taking_turns([before, after], inputs, repeats, warmup)
    return statistics.median(b / a for b, a in zip(*taken, strict=True))


@torch.inference_mode()
def _taking_turns(
    modules: Sequence[nn.Module], inputs: Tensor, repeats: int, warmup: int
) -> list[list[float]]:
    """The seconds of every forward pass of each module, in evaluation mode."""
    were_training = [module.training for module in modules]
    seconds: list[list[float]] = [[] for _ in modules]
    for turn in range(warmup + repeats):
        for module, of_one in zip(modules, seconds, strict=True):
            module.eval()
            start = time.perf_counter()
            module(inputs)
            if inputs.device.type == "cuda":
                torch.cuda.synchronize(inputs.device)
            if turn >= warmup:
                of_one.append(time.perf_counter() - start)
    for module, was_training in zip(modules, were_training, strict=True):
        module.train(was_training)
    return seconds
