"""Several processes under ``torchrun``: who is the main one, and how they join.

One process is the rule, and then every function here does nothing. tidu brings no communication
of its own; these are a few lines over ``torch.distributed``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

T = TypeVar("T")


def count() -> int:
    """How many processes work on this run."""
    return dist.get_world_size() if _active() else 1


def rank() -> int:
    """The number of this process, 0 for the main one."""
    return dist.get_rank() if _active() else 0


def is_main() -> bool:
    """Whether this process writes the run's files."""
    return rank() == 0


@contextmanager
def joined() -> Generator[None]:
    """Join the other processes that ``torchrun`` started, and part from them at the end."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or _active():
        yield
        return
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def from_main(make: Callable[[], T]) -> T:
    """What ``make`` returns in the main process, in every process. An error reaches all of them."""
    if not _active():
        return make()
    box: list[Any] = [None, None]
    if is_main():
        try:
            box = [make(), None]
        except Exception as problem:
            box = [None, problem]
    dist.broadcast_object_list(box, src=0)
    if box[1] is not None:
        raise box[1]
    return box[0]


def wait_for_all() -> None:
    """Wait until every process is here."""
    if _active():
        dist.barrier()


def share(batch: Tensor) -> Tensor:
    """This process's rows of a global batch: row ``i`` goes to process ``i mod count``.

    Every process draws the same global batch; as the shares are equally large, the mean of their
    gradients is the gradient of the whole batch.
    """
    if not _active():
        return batch
    if len(batch) % count():
        raise ValueError(
            f"the batch must be divisible by the {count()} processes; got {len(batch)} rows; "
            "choose another --batch"
        )
    return batch[rank() :: count()]


def mean(value: Tensor) -> float:
    """The mean over the processes of a number each of them computed."""
    value = value.detach().clone()
    if _active():
        dist.all_reduce(value)
        value /= count()
    return float(value)


def parallel(model: nn.Module) -> nn.Module:
    """The model, wrapped so that gradients are averaged over the processes."""
    if not _active():
        return model
    return nn.parallel.DistributedDataParallel(model)


def _active() -> bool:
    return dist.is_available() and dist.is_initialized()
