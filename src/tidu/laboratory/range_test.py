"""The learning-rate range test of any experiment, for ``--lr auto``.

The experiment runs as it is, a few times, in folders that are thrown away, with a :class:`Probe`
for ``lr``. Every optimiser of its loop whose rate came from the probe takes each step with the
rising rate of the test, whatever the experiment's own schedule says; the loss is what
``backward()`` is called on. The loop is left when the rates are through or the loss has blown up.

:func:`tidu.optim.proposed_rate` reads the mean of the curves. It has to know how high the
experiment's schedule stands on average. So the test takes its steps from everywhere in the
training, scattered evenly by multiples of the golden ratio, and looks which rate the loop has set.
The real training begins afresh behind it.

An experiment whose loss does not say which rate is good tells so in ``NO_RANGE_TEST``.
"""

from __future__ import annotations

import dataclasses
import math
import random
import statistics
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tidu.errors import TiduError
from tidu.files import read_json, write_json
from tidu.laboratory.experiment import Experiment
from tidu.optim import proposed_rate, schedule
from tidu.runs import Diverged
from tidu.runs.run import Options, Run
from tidu.views import learning_rate
from tidu.views.picture import Picture
from tidu.words import Text

FIRST, LAST = 1e-5, 10.0  # rates at both ends
STEPS = 200  # of one test, or as many as the training has
FEWEST = 30  # below it a curve says nothing
TESTS = 3  # each with a seed of its own
GOLDEN = (math.sqrt(5) - 1) / 2  # its multiples leave no part of the training out for long
FILE = "learning-rate.json"


class Probe(float):
    """A rate that is known again, times a number too."""

    def __mul__(self, other: Any) -> Any:
        return Probe(float(self) * other) if isinstance(other, (int, float)) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return Probe(float(self) / other) if isinstance(other, (int, float)) else NotImplemented


class Over(Exception):
    """The test has seen enough."""


class RangeRun(Run):
    """A run that ends with its first loop that steps with the probe."""

    def __init__(self, path: Path, **named: Any) -> None:
        super().__init__(path, quiet=True, checkpoint_every=math.inf, **named)
        self.curve = Curve()

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Any:
        """The steps of the test, where an optimiser in ``keep`` has the probe for its rate."""
        optimizers = [kept for kept in keep.values() if isinstance(kept, torch.optim.Optimizer)]
        groups = [g for o in optimizers for g in o.param_groups if isinstance(g["lr"], Probe)]
        return (
            self._rising(total, optimizers, groups) if groups else super().steps(total, keep, name)
        )

    def _rising(
        self, total: int, optimizers: list[torch.optim.Optimizer], groups: list[dict[str, Any]]
    ) -> Iterator[int]:
        self.curve.total = tested = min(total, STEPS)
        rate = schedule.exponential(FIRST, LAST, max(1, tested - 1))
        peak = float(self.config.lr)
        shares = [group["lr"] / peak for group in groups]
        now = 0
        own: list[float] = []  # the rates that the loop has set for this step
        depth = 0  # the step of a class may call that of its parent, with the hooks again

        def rise(*_: Any) -> None:
            nonlocal depth
            depth += 1
            if depth == 1:
                own[:] = [float(group["lr"]) for group in groups]
                for group, share in zip(groups, shares, strict=True):
                    group["lr"] = float(rate(now) * share)

        def restore(*_: Any) -> None:
            nonlocal depth
            depth -= 1
            if depth == 0:
                for group, its in zip(groups, own, strict=True):
                    group["lr"] = its

        hooks = [optimizer.register_step_pre_hook(rise) for optimizer in optimizers]
        hooks += [optimizer.register_step_post_hook(restore) for optimizer in optimizers]
        try:
            with _losses_of_backward() as seen:
                for now in range(tested):
                    yield int(now * GOLDEN % 1 * total)
                    if seen:
                        height = own[0] / (peak * shares[0]) if own else 1.0
                        self.curve.add(rate(now), sum(seen) / len(seen), height)
                        seen.clear()
                    if self.curve.blown_up():
                        break
        finally:
            for hook in hooks:
                hook.remove()
        raise Over


@dataclasses.dataclass
class Curve:
    """The losses of one test, which has ``total`` steps where it is not over before."""

    total: int = 0
    rates: list[float] = dataclasses.field(default_factory=list[float])
    losses: list[float] = dataclasses.field(default_factory=list[float])
    heights: list[float] = dataclasses.field(default_factory=list[float])  # of the schedule

    def add(self, rate: float, loss: float, height: float) -> None:
        """One step, at which the schedule would have had that share of its peak."""
        self.rates.append(rate)
        self.losses.append(loss)
        self.heights.append(height)

    def blown_up(self) -> bool:
        """Whether the loss is back where it began, having come down, or far above."""
        if len(self.losses) < 20:
            return False
        first = sum(self.losses[:10]) / 10
        means = [sum(self.losses[i : i + 5]) / 5 for i in range(len(self.losses) - 4)]
        fallen = min(means) < first - 0.1 * abs(first)
        return not means[-1] < first + (0 if fallen else 1) * abs(first)

    def height(self) -> float:
        """Of the experiment's schedule, on average."""
        return min(1.0, statistics.fmean(self.heights))


def proposal_of(curves: list[Curve]) -> float | None:
    """What some tests of one training propose together; one that has burst stays there."""
    longest = max(curves, key=lambda curve: len(curve.rates))
    losses = torch.full((len(curves), len(longest.rates)), torch.inf, dtype=torch.float64)
    for row, curve in zip(losses, curves, strict=True):
        row[: len(curve.losses)] = torch.tensor(curve.losses, dtype=torch.float64)
    rates = torch.tensor(longest.rates, dtype=torch.float64)
    return proposed_rate(rates, losses, longest.height()) if len(rates) else None


@contextmanager
def _losses_of_backward() -> Generator[list[float]]:
    """Every number that ``backward()`` is called on inside, in a list."""
    seen: list[float] = []
    backward = torch.Tensor.backward

    def noting(self: torch.Tensor, *rest: Any, **named: Any) -> None:
        if self.numel() == 1:
            seen.append(float(self.detach()))
        backward(self, *rest, **named)

    torch.Tensor.backward = noting  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield seen
    finally:
        torch.Tensor.backward = backward  # pyright: ignore[reportAttributeAccessIssue]


def propose(
    experiment: Experiment, config: Any, path: Path, seed: int, options: Options, origin: Run | None
) -> float:
    """The proposed rate: what ``path`` keeps of a test, or the outcome of one made now."""
    file = path / FILE
    if not file.exists():
        curves: list[Curve] = []
        for number in range(TESTS):
            curves.append(_test(experiment, config, seed + number, options, origin))
            if curves[-1].total < FEWEST:
                raise _nothing_found(experiment, curves)
        proposal = proposal_of(curves)
        if proposal is None:
            raise _nothing_found(experiment, curves)
        each = [proposal_of([curve]) for curve in curves]
        kept = {
            "proposal": float(f"{proposal:.3g}"),
            "proposals": [one for one in each if one is not None],  # of each test alone
            "height": curves[0].height(),
        }
        write_json(file, kept | {"curves": [dataclasses.asdict(curve) for curve in curves]})
    return read_json(file)["proposal"]


def _test(
    experiment: Experiment, config: Any, seed: int, options: Options, origin: Run | None
) -> Curve:
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    probed = dataclasses.replace(config, lr=Probe(config.lr or 1.0))
    with tempfile.TemporaryDirectory() as folder:
        run = RangeRun(Path(folder), config=probed, seeds=(seed,), options=options, origin=origin)
        try:
            experiment.module.run(probed, run)
        except (Over, Diverged):
            pass
        # Steps with rates this large may run into anything; before the first, all is as ever.
        except Exception:
            if not run.curve.rates:
                raise
    return run.curve


def _nothing_found(experiment: Experiment, curves: list[Curve]) -> TiduError:
    steps = curves[-1].total
    why = f"its loss did not fall at any rate from {FIRST:g} to {LAST:g}"
    if steps == 0:
        why = "no optimiser in keep of run.steps takes its rate from config.lr"
    elif steps < FEWEST:
        why = f"{steps} steps are fewer than the {FEWEST} that a range test needs"
    return TiduError(
        f"--lr auto found no learning rate for {experiment.name}: {why}.",
        "Give a number, or leave --lr out for the preset's.",
    )


def told(path: Path) -> dict[str, Any] | None:
    """What the test left in a run's folder, where one was made."""
    file = path / FILE
    return read_json(file) if file.exists() else None


def remarks(path: Path) -> list[Text]:
    """The proposal in words."""
    found = told(path)
    if found is None:
        return []
    rates = ", ".join(f"{rate:.3g}" for rate in found["proposals"])
    height = found["height"]
    falls = height < 0.99
    return [
        Text(
            f"学习率取 {found['proposal']:g}，由几次范围测试的平均曲线读出（单看一次：{rates}）"
            + (f"；这是峰值，调度平均只有它的 {height:.0%}。" if falls else "。"),
            f"The learning rate is {found['proposal']:g}, read off the mean curve of the range "
            f"tests (each alone: {rates})"
            + (f"; it is the peak of a schedule with a mean of {height:.0%}." if falls else "."),
        )
    ]


def pictures(path: Path) -> list[Picture]:
    """The curves of the tests with the proposal."""
    found = told(path)
    if found is None:
        return []
    curves = [(np.array(c["rates"]), np.array(c["losses"])) for c in found["curves"]]
    return [learning_rate.range_test(curves, found["proposals"], found["proposal"])]
