"""A run whose loops wait before every step until somebody lets them go on, or back.

Whatever changes in a loop stands in its ``keep`` (that is what lets a killed run go on bit for
bit), so putting an earlier state back and going on from there is the same training again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch

from tidu.runs.run import Run, log_line
from tidu.train import checkpoint

if TYPE_CHECKING:
    from tidu.lab.lane import Lane


class LiveRun(Run):
    """What an experiment's ``run(config, run)`` is given in the lab."""

    lane: Lane

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Any:
        """Steps that wait for the lane; see :meth:`tidu.runs.Run.steps`."""
        return LiveSteps(self, total, keep, name)

    def log(self, step: int, **metrics: Any) -> None:
        """Log, and let the lane know."""
        super().log(step, **metrics)
        self.lane.logged(log_line(step, metrics))

    def history(self) -> list[dict[str, Any]]:
        """What was logged on the way to where the lane stands; what went back is not told twice."""
        return [one["line"] for one in self.lane.lines]


class LiveSteps:
    """The iterator of one loop; ``step`` is the one that comes next."""

    def __init__(self, run: LiveRun, total: int, keep: Mapping[str, Any], name: str) -> None:
        self.run, self.total, self.keep, self.name = run, total, dict(keep), name
        self.step = 0
        self.ended = False

    def stop(self) -> None:
        """End the loop after the present step, as early stopping does."""
        self.ended = True

    def __iter__(self) -> Iterator[int]:
        lane = self.run.lane
        lane.enter(self)
        while True:
            lane.wait()  # going back happens in here
            if self.is_over:
                break
            yield self.step
            self.step += 1
        lane.leave(self)

    @property
    def is_over(self) -> bool:
        """Whether no step is left."""
        return self.ended or self.step >= self.total

    def snapshot(self) -> dict[str, Any]:
        """All that changes in the loop, copied."""
        return {
            "step": self.step,
            "ended": self.ended,
            "kept": checkpoint.snapshot(self.keep),
            "torch": torch.get_rng_state(),
        }

    def put_back(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state`` was taken."""
        checkpoint.put_back(self.keep, state["kept"])
        torch.set_rng_state(state["torch"])
        self.step, self.ended = state["step"], state["ended"]
