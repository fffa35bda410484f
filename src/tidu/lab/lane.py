"""A lane: one experiment on its way in a thread of its own, one step at a time.

The thread carries out the experiment's own ``run(config, run)``. It stands still before every
step of every loop; :meth:`Lane.advance` lets it do some, :meth:`Lane.go_to` puts it back to a
step it has passed. All numbers are those of ``tidu run``, bit for bit, as long as nobody changes
anything on the way.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tidu.errors import TiduError
from tidu.lab.hands import Act, Change, Hands, Keep, Place
from tidu.lab.live_run import LiveRun, LiveSteps
from tidu.lab.states import States
from tidu.lab.turn import Turn
from tidu.laboratory.experiment import Experiment
from tidu.runs.run import Options
from tidu.runs.steps import Diverged
from tidu.train.knobs import Knobs

PATIENCE = 3.0  # seconds that an answer waits for what lies between two steps


class _Stopped(BaseException):
    """Unwinds the experiment's stack when its lane is closed."""


class Lane:
    """One experiment with one configuration, of one seed or of several in one computation."""

    def __init__(
        self,
        experiment: Experiment,
        config: Any,
        seeds: tuple[int, ...],
        folder: Path,
        options: Options | None = None,
    ) -> None:
        self.experiment, self.config, self.seeds = experiment, config, seeds
        self.folder, self.options = folder, options or Options()
        self.metrics: dict[str, list[float]] | None = None  # what run() returned
        self.failure: TiduError | None = None
        self.loop: LiveSteps | None = None  # the present loop, or the last
        self.loops: list[str] = []  # the names of all so far
        self.lines: list[dict[str, Any]] = []  # what was logged, each with its loop
        self.states: dict[str, States] = {}
        self.knobs = Knobs(config, getattr(experiment.module, "LIVE", ()))
        self.hands = Hands()
        self.touched: list[tuple[str, int]] = []  # where a hand changed more than a knob
        self._just_touched: tuple[str, int] | None = None
        self.seconds = 0.0  # of work
        self.threads = 0
        self.version = 0  # grows whenever the lane stands elsewhere or differently
        self._changed = threading.Condition()
        self._begin()

    def _begin(self, target: tuple[str, int] | None = None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._turn = Turn(self.seeds[0])
        self._granted, self._deadline = 0, 0.0
        self._fresh = False  # whether of what was granted nothing has been done: one step always is
        self._target = target  # a loop and a step to go to as soon as it begins
        self._back: int | None = None
        self._closed, self._waiting = False, False
        self._stood = False  # whether a loop begins where it was put back to
        self.metrics, self.failure = None, None
        self.run = LiveRun(
            self.folder, config=self.config, seeds=self.seeds, options=self.options, quiet=True
        )
        self.run.lane = self
        self._thread = threading.Thread(target=self._work, daemon=True, name="tidu-lane")
        self._thread.start()

    # ── what the bench asks ──────────────────────────────────────────────────────────────────────

    @property
    def phase(self) -> str:
        """``busy`` between loops, ``waiting`` before a step, ``over``, or ``failed``."""
        if self.failure is not None:
            return "failed"
        if self.metrics is not None:
            return "over"
        return "waiting" if self._waiting else "busy"

    @property
    def step(self) -> int:
        """The step that comes next in the present loop."""
        return self.loop.step if self.loop else 0

    @property
    def total(self) -> int:
        """The steps of the present loop."""
        return self.loop.total if self.loop else 0

    @property
    def kept(self) -> dict[str, Any]:
        """What changes in the present loop: networks, optimisers, generators."""
        return self.loop.keep if self.loop else {}

    def advance(self, steps: int, seconds: float = 60.0) -> None:
        """Let ``steps`` steps happen, or as many as fit and at least one; return when it stands."""
        with self._changed:
            self._granted, self._fresh = steps, True
            self._deadline = time.monotonic() + seconds
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.phase in ("over", "failed") or (self._waiting and not self._granted),
                timeout=seconds + PATIENCE,
            )

    def settle(self, seconds: float = PATIENCE) -> None:
        """Wait until the first loop waits, or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self.phase != "busy", timeout=seconds)

    def go_to(self, step: int, loop: str | None = None) -> None:
        """Stand at ``step``, or at the last kept state before it; train the rest of the way."""
        name = loop or (self.loop.name if self.loop else "")
        if name not in self.states:
            return
        if self.phase == "waiting" and self.loop is not None and self.loop.name == name:
            if step <= self.loop.step:
                with self._changed:
                    self._back = step
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._back is None, timeout=PATIENCE)
        else:
            self._end()
            self._begin((name, step))
            self.settle(60.0)
        rest = step - self.step
        if rest > 0:
            self.advance(rest)

    def change(self, field: str, value: float) -> None:
        """Turn a knob: from the next step on."""
        if self.loop is not None:
            self.knobs.turn(field, value, self.loop.name, self.step)
        self._forget_what_follows()

    def set_weight(self, place: Place, value: float, held: bool) -> None:
        """Set one weight before the next step, and hold it there if asked to."""
        loop = self._standing()
        self._by_hand(Change(loop.name, self.step, place, value, held))

    def act(self, name: str, act: Callable[[Keep], None]) -> None:
        """Do something else to what the loop keeps before the next step, as :class:`Act` says."""
        loop = self._standing()
        self._by_hand(Act(loop.name, self.step, name, act))

    def _by_hand(self, deed: Change | Act) -> None:
        loop = self._standing()
        self._forget_what_follows()
        with self._turn.taken():
            self.hands.do(deed, loop.keep)

    def _standing(self) -> LiveSteps:
        loop = self.loop
        if loop is None or self.phase != "waiting" or loop.is_over:
            raise TiduError(
                "A hand can change something before a step; no step is left, or none is ready yet.",
                "Go back a little, or begin again; or wait until the data are there.",
            )
        return loop

    def differs(self) -> None:
        """A hand changed something here; from here on the way is another."""
        if self.loop is not None:
            here = (self.loop.name, self.step)
            self.touched = [*self._touched_before(), here]
            self._just_touched = here
        self._forget_what_follows()

    def touched_by_hand(self) -> list[tuple[str, int]]:
        """The loops and steps up to here at which a hand changed more than a knob."""
        if self.loop is None:
            return []
        found = self._touched_before()
        here = (self.loop.name, self.step)
        if here == self._just_touched:
            found.append(here)
        begun = self.loops[: self.loops.index(self.loop.name)]
        weights = [
            (one.loop, one.step)
            for one in self.hands.done
            if one.loop in begun or (one.loop == self.loop.name and one.step <= self.step)
        ]
        return list(dict.fromkeys([*found, *weights]))

    def _touched_before(self) -> list[tuple[str, int]]:
        assert self.loop is not None
        place = self.loops.index(self.loop.name)
        return [
            (loop, step)
            for loop, step in self.touched
            if self.loops.index(loop) < place or (loop == self.loop.name and step < self.step)
        ]

    def _forget_what_follows(self) -> None:
        if self.loop is not None:
            self.states[self.loop.name].forget_after(self.step)
            self._forget_lines()
            later = self.loops[self.loops.index(self.loop.name) + 1 :]
            for name in later:
                self.states.pop(name, None)
            self.hands.forget_after(self.loop.name, self.step, later)
        self.version += 1

    def standing(self) -> dict[str, Any]:
        """All that changes in the present loop, as it stands."""
        assert self.loop is not None
        with self._turn.taken():
            return self.loop.snapshot()

    def close(self) -> None:
        """End the thread."""
        self._end()

    # ── what the run's loops ask ─────────────────────────────────────────────────────────────────

    def enter(self, loop: LiveSteps) -> None:
        """``loop`` begins."""
        self.loop = loop
        if loop.name not in self.loops:
            self.loops.append(loop.name)
        self.states.setdefault(loop.name, States())
        self.knobs.take(loop.keep, loop.name)
        if self._target is None:
            return
        name, step = self._target
        states = self.states[loop.name]
        if name == loop.name:
            self._target = None
            self._stood = self._stand_at(step)
        elif states.steps and self.loops.index(loop.name) < self.loops.index(name):
            self._stood = self._stand_at(states.steps[-1])  # a loop before it: over already

    def leave(self, loop: LiveSteps) -> None:
        """``loop`` is over."""
        self.knobs.let_go()

    def wait(self) -> None:
        """Stand still until a step is granted; go back when asked to."""
        loop = self.loop
        assert loop is not None
        if self._target is not None and loop.is_over:
            return  # on the way to a later loop
        states = self.states[loop.name]
        if states.is_due(loop.step) or loop.is_over:
            states.keep(loop.step, loop.snapshot())
        if not self._stood:
            self.hands.impose(loop.name, loop.step, loop.keep)
        self._stood = False
        self.version += 1
        while True:
            if self._closed:
                raise _Stopped
            if self._back is not None:
                self._stand_at(self._back)
                self._back = None
            elif self._granted > 0 and (self._fresh or time.monotonic() < self._deadline):
                self._granted, self._fresh = self._granted - 1, False
                self._go_on(loop)
                return
            else:
                self._granted = 0
                self._rest()

    def logged(self, line: dict[str, Any]) -> None:
        """The run logged ``line``; it replaces what the same step logged before."""
        name = self.loop.name if self.loop else ""
        values = {k: _numbers(v) for k, v in line.items() if k != "step"}
        at = self.loop.step if self.loop else line["step"]
        self.lines = [
            one
            for one in self.lines
            if not (one["loop"] == name and one["at"] == at and set(one["values"]) & set(values))
        ]
        told = {"loop": name, "at": at, "step": line["step"], "values": values, "line": line}
        self.lines.append(told)
        self.lines.sort(key=lambda one: (self.loops.index(one["loop"]), one["at"]))

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _work(self) -> None:
        threads = getattr(self.experiment.module, "THREADS", None)
        if threads is not None:
            torch.set_num_threads(threads)
        self.threads = torch.get_num_threads()
        self._taken = self._turn.taken()
        self._taken.__enter__()
        self._since = time.monotonic()
        try:
            found = self.experiment.module.run(self.config, self.run)
            self.metrics = {str(name): _numbers(value) for name, value in found.items()}
        except _Stopped:
            pass
        except Diverged as problem:
            self.failure = problem
        except TiduError as problem:
            self.failure = problem
        except Exception as problem:
            self.failure = TiduError(
                f"{self.experiment.name} could not run: {problem}",
                "Change the field it names. " + traceback.format_exc(limit=-1).splitlines()[-2],
            )
        finally:
            self._taken.__exit__(None, None, None)
            self.seconds += time.monotonic() - self._since
            self.version += 1
            with self._changed:
                self._changed.notify_all()

    def _rest(self) -> None:
        """Give the turn away until there is something to do."""
        self._taken.__exit__(None, None, None)
        self.seconds += time.monotonic() - self._since
        with self._changed:
            self._waiting = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._closed or self._granted > 0 or self._back is not None
            )
            self._waiting = False
        self._taken = self._turn.taken()
        self._taken.__enter__()
        self._since = time.monotonic()

    def _stand_at(self, step: int) -> bool:
        loop = self.loop
        assert loop is not None
        found = self.states[loop.name].at_or_before(step)
        if found is not None:
            loop.put_back(found[1])
            self.knobs.stand(loop.name, loop.step)
            self.hands.impose(loop.name, loop.step, loop.keep)
            self._just_touched = None
        self.version += 1
        return found is not None

    def _go_on(self, loop: LiveSteps) -> None:
        """A step begins. What a hand changed here in an earlier try is not changed now."""
        self.knobs.at(loop.name, loop.step)
        here = (loop.name, loop.step)
        if here in self.touched and here != self._just_touched:
            self.touched = self._touched_before()
            self._forget_what_follows()
        if here != self._just_touched:
            self._just_touched = None

    def _forget_lines(self) -> None:
        here = self.loops.index(self.loop.name) if self.loop else 0
        self.lines = [
            one
            for one in self.lines
            if self.loops.index(one["loop"]) < here
            or (self.loops.index(one["loop"]) == here and one["at"] < self.step)
        ]

    def _end(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout=60.0)


def _numbers(value: Any) -> list[float]:
    """One number per seed, or one alone, as a list."""
    values = value.tolist() if hasattr(value, "tolist") else value
    return [float(v) for v in values] if isinstance(values, (list, tuple)) else [float(values)]
