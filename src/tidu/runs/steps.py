"""A loop that can be killed at any moment and goes on where its last checkpoint stands."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch

from tidu.errors import TiduError
from tidu.runs.gradient_log import GradientLog
from tidu.runs.interrupt import InterruptGuard
from tidu.runs.path_log import PathLog
from tidu.runs.progress import LoopProgress
from tidu.train import checkpoint

if TYPE_CHECKING:
    from tidu.runs.run import Run


class Interrupted(TiduError):
    """Ctrl-C: the run was saved and can be resumed."""

    def __init__(self, run: Run, step: int) -> None:
        super().__init__(
            f"Stopped at step {step}; everything up to it is saved.",
            f"Go on with: tidu resume {run.name}",
            exit_code=130,
        )


class Diverged(TiduError):
    """A loss that is no longer a number."""

    def __init__(self, run: Run, step: int, what: str, value: object) -> None:
        self.step, self.what, self.value = step, what, value
        super().__init__(
            f"{what} is {value} at step {step}: training diverged.",
            "Likely causes: a learning rate that is too high, gradients that explode (try "
            "clipping), or values in the data that are not finite. The last good checkpoint is "
            f"kept in {run.path / 'checkpoints'}.",
            exit_code=3,
        )


class Steps:
    """The iterator behind :meth:`Run.steps`; see there.

    ``stop()`` ends the loop after the present step, as early stopping does.
    """

    def __init__(self, run: Run, total: int, keep: Mapping[str, Any], name: str) -> None:
        self._run, self._total, self._keep, self._name = run, total, dict(keep), name
        self._file = run.path / "checkpoints" / f"{name}.safetensors"
        self._ended = False
        self._progress: LoopProgress | None = None
        self._watched: GradientLog | None = None
        if run.options.watch == "gradients":
            self._watched = GradientLog(run.gradients_file, name, total, keep, run.is_main)
            self._keep["watched gradients"] = self._watched.flow
        self._path: PathLog | None = None
        if run.options.watch == "path":
            self._path = PathLog(run.path_folder / name, total, keep, run.is_main)

    def stop(self) -> None:
        """End the loop after the present step."""
        self._ended = True

    def show(self, figures: Mapping[str, Any]) -> None:
        """Show ``figures`` beside the progress bar."""
        if self._progress is not None:
            self._progress.show(figures)

    def write_gradients(self) -> None:
        """Write down what was seen of the gradients, where they are watched."""
        if self._watched is not None:
            self._watched.write()

    def __iter__(self) -> Iterator[int]:
        run = self._run
        if run.knobs is not None:
            run.knobs.take(self._keep, self._name)
        start = self._restore()
        if run.knobs is not None:
            run.knobs.stand(self._name, start)
        if self._ended or start >= self._total:
            return
        if start == 0:
            self._save(0, over=False)  # so that there is always a good checkpoint to go back to
        run.loop = self
        self._progress = LoopProgress(self._name, self._total, start, run.quiet)
        saved = time.monotonic()
        try:
            with InterruptGuard() as guard, self._watched or nullcontext():
                for step in range(start, self._total):
                    if self._watched is not None:
                        self._watched.at(step)
                    if self._path is not None:
                        self._path.at(step)
                    if run.knobs is not None:
                        run.knobs.at(self._name, step)
                    yield step
                    self.write_gradients()
                    done = step + 1
                    self._progress.advance(done)
                    over = self._ended or done == self._total
                    if over and self._path is not None:
                        self._path.at(done, over)
                    due = time.monotonic() - saved >= run.checkpoint_every
                    if over or due or guard.asked:
                        self._save(done, over)
                        saved = time.monotonic()
                    if guard.asked:
                        raise Interrupted(run, done)
                    if over:
                        break
        finally:
            self._progress.close()
            run.loop = None
            if run.knobs is not None:
                run.knobs.let_go()

    def _restore(self) -> int:
        if not self._file.exists():
            return 0
        about = checkpoint.load(self._file, {**self._keep, "torch-rng": _GlobalGenerator()})
        self._ended = about["over"]
        return about["step"]

    def _save(self, done: int, over: bool) -> None:
        run = self._run
        if not run.is_main:
            return
        for name, kept in self._keep.items():
            if isinstance(kept, torch.nn.Module) and not _finite(kept):
                raise Diverged(run, done - 1, f"A weight of {name}", "not finite")
        about = {"step": done, "over": over, "serial": run.next_serial(), **run.log_sizes()}
        checkpoint.save(self._file, {**self._keep, "torch-rng": _GlobalGenerator()}, about)


class _GlobalGenerator:
    """PyTorch's global generator as an object with a state."""

    def state_dict(self) -> dict[str, Any]:
        return {"cpu": torch.get_rng_state()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        torch.set_rng_state(state["cpu"])


def _finite(module: torch.nn.Module) -> bool:
    return all(bool(torch.isfinite(p).all()) for p in module.parameters())
