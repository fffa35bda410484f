"""The supervised loop: predict, measure, differentiate, step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from tidu.train import precision as formats
from tidu.train import processes
from tidu.train.stopping import EarlyStopping

Batch = tuple[Tensor, Tensor]


@runtime_checkable
class Loop(Protocol):
    """What ``fit`` needs of a run: resumable steps and a log. ``tidu.runs.Run`` has both."""

    device: Any

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Any: ...

    def log(self, step: int, **metrics: Any) -> None: ...


def fit(
    model: nn.Module,
    batch: Callable[[int], Batch],
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    run: Loop,
    steps: int,
    schedule: Callable[[int], float] | None = None,
    clip: float | None = None,
    precision: str = "float32",
    evaluate: Callable[[], Mapping[str, Any]] | None = None,
    evaluate_every: int | None = None,
    stopping: EarlyStopping | None = None,
    log_every: int | None = None,
    keep: Mapping[str, Any] | None = None,
    name: str = "train",
) -> None:
    """Train ``model`` for ``steps`` steps.

    Args:
        batch: gives the (inputs, targets) of a step, the whole of it in every process; a pure
            function of the step, or of generators that stand in ``keep``.
        loss: of (predictions, targets); a mean over the rows.
        schedule: the learning rate of a step; a pure function.
        clip: the largest norm the gradient may have.
        precision: ``float32``, ``bfloat16`` for autocast, or ``auto``: what suits the device.
        evaluate: metrics to log every ``evaluate_every`` steps and after the last one.
        stopping: ends the loop when a metric of ``evaluate`` no longer improves, and puts the
            best weights back.
        keep: what else changes in the loop.

    Under ``torchrun`` every process computes its share of each batch and the gradients are
    averaged, which is one process's gradient up to the rounding of the sums.
    """
    log_every = log_every or max(1, steps // 100)
    kept: dict[str, Any] = {"model": model, "optimizer": optimizer, **(keep or {})}
    if stopping is not None:
        kept["stopping"] = stopping.watching(model)
    wrapped = processes.parallel(model)
    loop = run.steps(steps, kept, name)
    model.train()
    for step in loop:
        inputs, targets = (processes.share(part).to(run.device) for part in batch(step))
        if schedule is not None:
            for group in optimizer.param_groups:
                group["lr"] = schedule(step)
        with formats.autocast(precision, run.device):
            predictions = wrapped(inputs)
        low = predictions.dtype == torch.bfloat16
        value = loss(predictions.float() if low else predictions, targets)
        optimizer.zero_grad()
        value.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        last = step == steps - 1
        if step % log_every == 0 or last:
            run.log(step, loss=processes.mean(value))
        if evaluate is not None and (last or _due(step, evaluate_every)):
            metrics = _evaluated(model, evaluate)
            run.log(step, **metrics)
            if stopping is not None and stopping.is_over(step, metrics):
                loop.stop()
    if stopping is not None:
        stopping.restore()
    model.eval()


def _due(step: int, every: int | None) -> bool:
    return every is not None and (step + 1) % every == 0


def _evaluated(model: nn.Module, evaluate: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    model.eval()
    with torch.inference_mode():
        metrics = evaluate()
    model.train()
    return metrics
