"""A run: one execution of an experiment, as a folder that says everything about it.

::

    runs/lenet-1/
      run.json          experiment, preset, configuration, seeds, versions, processor, commit
      state.json        running, finished, interrupted or failed
      learning-rate.json  the curves of the range test, where it was asked for (--lr auto)
      metrics.jsonl     one line for every call of ``log``
      gradients.jsonl   one line for every look at the gradients, where they are watched
      path/             the parameters at some steps, where the path is watched (safetensors)
      checkpoints/      where each loop stands (safetensors)
      recorded/         tensors for the pictures (safetensors)
      model.safetensors the trained weights
      result.json       the returned metrics and the seconds they took
      pictures/ report.html
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from tidu.errors import TiduError
from tidu.files import disk_error, read_json, write_json
from tidu.runs import gradient_log, path_log
from tidu.runs.steps import Diverged, Steps
from tidu.train import checkpoint
from tidu.train.knobs import Knobs
from tidu.words import Text

CHECKPOINT_EVERY = 10.0  # seconds


@dataclass(frozen=True)
class Options:
    """What a run was asked for beside its configuration."""

    data: str | None = None
    target: str | None = None
    device: str = "cpu"
    threads: int | None = None
    watch: str | None = None
    auto_rate: bool = False  # whether a range test proposes the learning rate

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Options:
        """The options that ``run.json`` tells."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in told["options"].items() if name in known})


class Run:
    """What an experiment's ``run(config, run)`` is given; see the module for the folder."""

    def __init__(
        self,
        path: Path,
        *,
        config: Any = None,
        seeds: tuple[int, ...] = (0,),
        options: Options | None = None,
        origin: Run | None = None,
        quiet: bool = False,
        checkpoint_every: float = CHECKPOINT_EVERY,
        is_main: bool = True,
        writing: bool = True,
    ) -> None:
        self.path = path
        self.config = config
        self.seeds = seeds
        self.options = options or Options()
        self.origin = origin
        self.quiet = quiet or not is_main
        self.checkpoint_every = checkpoint_every
        self.is_main = is_main
        self.loop: Steps | None = None
        self.knobs: Knobs | None = None  # where fields are changed on the way
        self.experiment = ""  # the reference of the experiment, set on the run of --from
        self.module: ModuleType | None = None  # the experiment itself, set there too
        self._serial = self._forget_unsaved_log() if writing else 0

    @property
    def name(self) -> str:
        """What a person types: the folder's name; that of the whole for one seed of several."""
        whole = self.path.parent
        return whole.name if (whole / "run.json").exists() else self.path.name

    @property
    def seed(self) -> int:
        """The seed, the first one when all seeds train in one computation."""
        return self.seeds[0]

    @property
    def data(self) -> Path | None:
        """The user's own file or folder (``--data``)."""
        return Path(self.options.data) if self.options.data else None

    @property
    def device(self) -> torch.device:
        """Where to compute."""
        return torch.device(self.options.device)

    def generator(self, offset: int = 0) -> torch.Generator:
        """A generator of its own for every ``offset``, seeded from the run's seed."""
        return _generator(self.seed, offset)

    def generators(self, offset: int = 0) -> list[torch.Generator]:
        """One generator for every seed."""
        return [_generator(seed, offset) for seed in self.seeds]

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Steps:
        """Iterate over the steps of a loop that survives being killed.

        Yields ``0 .. total - 1``. Whatever changes in the loop belongs in ``keep``: modules,
        optimisers and other objects with ``state_dict``; ``torch.Generator``; NumPy generators;
        tensors. As time passes (and at the end, and at Ctrl-C) their state is written atomically.
        When the run is resumed, it is put back into the same objects and the loop goes on behind
        it; a loop that was over yields nothing more. Several loops in one run need names.
        """
        return Steps(self, total, keep, name)

    def log(self, step: int, **metrics: Any) -> None:
        """Append one line to ``metrics.jsonl``: numbers, or lists with one number per seed.

        A loss that is not finite stops the run with :class:`~tidu.runs.steps.Diverged`.
        """
        line = log_line(step, metrics)
        if self.is_main:
            try:
                with self._log_file.open("a", encoding="utf-8") as file:
                    file.write(log_text(line))
            except OSError as problem:
                raise disk_error(problem, self._log_file) from problem
        if self.loop is not None:
            self.loop.show(line)
        for key, value in line.items():
            values: list[Any] = value if isinstance(value, list) else [value]
            if "loss" in key and not all(math.isfinite(v) for v in values):
                if self.loop is not None:
                    self.loop.write_gradients()  # they tell why
                raise Diverged(self, step, key, value)

    def history(self) -> list[dict[str, Any]]:
        """The lines of ``metrics.jsonl``."""
        if not self._log_file.exists():
            return []
        lines = self._log_file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def gradients(self) -> dict[str, list[dict[str, Any]]]:
        """What ``--watch gradients`` saw in each loop, as ``tidu.record.diagnose`` takes it."""
        return gradient_log.read(self.gradients_file)

    def record(self, name: str, step: int | None = None, **tensors: Tensor) -> None:
        """Save tensors for the pictures; with ``step``, one set for every step given."""
        if not self.is_main:
            return
        folder = self.path / "recorded"
        file = folder / f"{name}.safetensors"
        if step is not None:
            file = folder / name / f"{step:09d}.safetensors"
        flat = {k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}
        checkpoint.write_tensors(file, flat)

    def recorded(self, name: str) -> dict[str, Tensor]:
        """What ``record`` saved; sets recorded by step come stacked, with their ``steps``."""
        folder = self.path / "recorded" / name
        if not folder.is_dir():
            return self._tensors(folder.with_name(f"{name}.safetensors"))
        files = sorted(folder.glob("*.safetensors"))
        sets = [self._tensors(file) for file in files]
        stacked = {key: torch.stack([s[key] for s in sets]) for key in sets[0]}
        return stacked | {"steps": torch.tensor([int(file.stem) for file in files])}

    def save_weights(self, module: nn.Module) -> None:
        """Write the weights to ``model.safetensors``."""
        if self.is_main:
            checkpoint.save_weights(self.path / "model.safetensors", module)

    def load_weights(self, module: nn.Module) -> nn.Module:
        """Put the weights of ``model.safetensors`` into ``module``, and return it in eval mode."""
        checkpoint.load_weights(self._there(self.path / "model.safetensors"), module)
        return module.eval()

    def write_json(self, name: str, value: Any) -> None:
        """Keep a JSON value (a vocabulary, say) in the run's folder."""
        if self.is_main:
            write_json(self.path / f"{name}.json", value)

    def read_json(self, name: str) -> Any:
        """The JSON value that ``write_json`` kept."""
        file = self._there(self.path / f"{name}.json")
        try:
            return read_json(file)
        except (OSError, ValueError) as problem:
            raise self._damaged(file, problem) from problem

    def remark(self, *said: Text) -> None:
        """Keep what was found or decided, in words, for the terminal and the report."""
        self.write_json("remarks", [[one.zh, one.en] for one in said])

    def remarks(self) -> list[Text]:
        """What :meth:`remark` kept; nothing where there was nothing to say."""
        there = (self.path / "remarks.json").exists()
        return [Text(zh, en) for zh, en in self.read_json("remarks")] if there else []

    def next_serial(self) -> int:
        """The number of the next checkpoint of this run, over all its loops."""
        self._serial += 1
        return self._serial

    def log_sizes(self) -> dict[str, int]:
        """How many bytes of each log belong to a checkpoint made now."""
        return {
            name: file.stat().st_size if file.exists() else 0
            for name, file in self._log_files.items()
        }

    def _tensors(self, file: Path) -> dict[str, Tensor]:
        try:
            return load_file(self._there(file))
        except (OSError, SafetensorError) as problem:
            raise self._damaged(file, problem) from problem

    def _there(self, file: Path) -> Path:
        if not file.exists():
            raise TiduError(
                f"Run {self.name} holds no {file.name} yet.",
                f"Finish it first: tidu resume {self.name}",
            )
        return file

    def _damaged(self, file: Path, problem: Exception) -> TiduError:
        return TiduError(
            f"{file} is damaged: {problem}.",
            f"Delete the folder {file.parent} and run the experiment again.",
        )

    def weights_path(self, network: nn.Module) -> list[dict[str, Tensor]]:
        """The parameters that ``network`` went through where ``--watch path`` was given."""
        return path_log.read(self.path_folder, dict(network.named_parameters()))

    @property
    def path_folder(self) -> Path:
        """Where the points of the path stand, a folder for each loop."""
        return self.path / "path"

    @property
    def gradients_file(self) -> Path:
        """Where what is seen of the gradients stands."""
        return self.path / "gradients.jsonl"

    @property
    def _log_file(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def _log_files(self) -> dict[str, Path]:
        return {"log": self._log_file, "gradients": self.gradients_file}

    def _forget_unsaved_log(self) -> int:
        """Cut off log lines behind the newest checkpoint; return that checkpoint's serial."""
        files = sorted((self.path / "checkpoints").glob("*.safetensors"))
        newest = max((checkpoint.about(f) for f in files), key=lambda a: a["serial"], default=None)
        finished = (self.path / "result.json").exists()
        for name, log in self._log_files.items():
            if log.exists() and self.is_main and not finished:
                with log.open("rb+") as file:
                    file.truncate(newest.get(name, 0) if newest else 0)
        return newest["serial"] if newest else 0


def _generator(seed: int, offset: int) -> torch.Generator:
    return torch.Generator().manual_seed((seed * 1_000_003 + offset * 7919) % 2**63)


def log_line(step: int, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the log: plain numbers, or lists of them."""
    return {"step": step} | {k: _plain(v) for k, v in metrics.items()}


def log_text(line: Mapping[str, Any]) -> str:
    """A line of ``metrics.jsonl``.

    >>> log_text({"step": 3, "loss": 0.5})
    '{"step": 3, "loss": 0.5}\\n'
    """
    return json.dumps({name: _jsonable(value) for name, value in line.items()}) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().tolist()
    if isinstance(value, (list, tuple)):
        return [float(v) for v in value]
    return value


def _jsonable(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_jsonable(v) for v in value]
    return value
