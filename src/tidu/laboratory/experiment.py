"""Loading an experiment: by its id in the catalogue, or by the path of a Python file."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from tidu import catalogue
from tidu.deferred import deferred_imports
from tidu.errors import TiduError, unknown

GIVEN = ("data", "target", "from", "processes")


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A loaded experiment: its name, its module, where it came from."""

    name: str
    reference: str  # catalogue id or path, as it is written to run.json
    module: ModuleType

    @property
    def presets(self) -> dict[str, Any]:
        """The configurations that have a name."""
        return self.module.PRESETS

    @property
    def batched(self) -> bool:
        """Whether all seeds train in one computation."""
        return getattr(self.module, "BATCHED_SEEDS", False)

    @property
    def takes(self) -> frozenset[str]:
        """What it can be given beside its configuration, as its ``TAKES`` says.

        ``data``, ``target``, ``from``: the flags of these names; ``processes``: several under
        torchrun. An experiment of tidu that says nothing takes nothing; a user's file, anything.
        """
        anything = () if self.reference in catalogue.SYSTEMS else GIVEN
        return frozenset(getattr(self.module, "TAKES", anything))

    def preset(self, name: str) -> Any:
        """The configuration called ``name``."""
        if name not in self.presets:
            raise unknown(f"preset of {self.name}", name, self.presets)
        return self.presets[name]

    def default_preset(self) -> str:
        """``standard`` where there is one, else the first."""
        return "standard" if "standard" in self.presets else next(iter(self.presets))


def load_experiment(reference: str) -> Experiment:
    """Load an experiment by catalogue id or by path, without importing PyTorch."""
    path = Path(reference)
    beside = Path(reference.replace("-", "_") + ".py")
    with deferred_imports():
        if reference in catalogue.SYSTEMS:
            system = catalogue.system(reference)
            if system.experiment is None:
                raise TiduError(
                    f"{reference} is a component; it is used in experiments, not run by itself.",
                    f"See what it is: tidu info {reference}",
                )
            return Experiment(reference, reference, importlib.import_module(system.experiment))
        if path.suffix == ".py" or _is_file(beside):
            return _load_file(path if path.suffix == ".py" else beside)
    runnable = [s.id for s in catalogue.SYSTEMS.values() if s.experiment]
    raise unknown("experiment", reference, runnable, "See all of them: tidu list")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for a file
        return False


def _load_file(path: Path) -> Experiment:
    if not _is_file(path):
        raise TiduError(
            f"There is no file {path}.",
            "Copy an experiment to change: tidu new my-idea --from lenet",
        )
    name = f"tidu_own_{path.stem}"  # so that a file called random.py hides nothing
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        raise TiduError(
            f"{path} could not be loaded: {type(problem).__name__}: {problem}",
            f"Mend the file; `python {path}` shows where.",
        ) from problem
    for part in ("Config", "PRESETS", "run"):
        if not hasattr(module, part):
            raise TiduError(
                f"{path} has no {part}; an experiment needs Config, PRESETS and run(config, run).",
                "Begin from a working one: tidu new my-idea --from lenet",
            )
    if not isinstance(module.PRESETS, dict) or not module.PRESETS:
        raise TiduError(
            f"PRESETS of {path} must be a dictionary with at least one configuration; got "
            f"{module.PRESETS!r}.",
            'For example: PRESETS = {"quick": Config(), "standard": Config(epochs=10)}',
        )
    return Experiment(path.stem.replace("_", "-"), str(path.resolve()), module)
