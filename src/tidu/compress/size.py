"""How large and how fast a network is: counted and measured, never estimated."""

from __future__ import annotations

import statistics
import time

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


@torch.inference_mode()
def latency(module: nn.Module, inputs: Tensor, repeats: int = 50, warmup: int = 5) -> float:
    """The median seconds of a forward pass on ``inputs``, measured ``repeats`` times.

    >>> latency(nn.Linear(8, 8), torch.zeros(1, 8)) > 0
    True
    """
    was_training = module.training
    module.eval()
    for _ in range(warmup):
        module(inputs)
    seconds: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        module(inputs)
        if inputs.device.type == "cuda":
            torch.cuda.synchronize(inputs.device)
        seconds.append(time.perf_counter() - start)
    module.train(was_training)
    return statistics.median(seconds)
