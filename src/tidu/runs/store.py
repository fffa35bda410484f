"""Where runs live: making a folder, finding one by name, listing them, holding one alone."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tidu.errors import TiduError, unknown
from tidu.files import disk_error, read_json, write_json


def runs_folder() -> Path:
    """``TIDU_RUNS`` when set, else ``./runs``."""
    return Path(os.environ.get("TIDU_RUNS") or "runs")


def create(experiment: str, name: str | None = None) -> Path:
    """A new, empty run folder: ``name``, or the experiment's id with the next free number.

    Making a folder is atomic, so two processes never get the same one.
    """
    root = runs_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        if name is not None:
            _check_name(name)
            path = root / name
            if path.exists():
                raise TiduError(
                    f"There is a run called {name} already, in {root}.",
                    f"Choose another --name, or go on with it: tidu resume {name}",
                )
            path.mkdir()
            return path
        taken = [p.name.removeprefix(f"{experiment}-") for p in root.glob(f"{experiment}-*")]
        number = max((int(t) for t in taken if t.isdigit()), default=0)
        while True:
            number += 1
            path = root / f"{experiment}-{number}"
            try:
                path.mkdir()
                return path
            except FileExistsError:
                continue
    except OSError as problem:
        raise disk_error(problem, root / (name or experiment)) from problem


def find(name: str) -> Path:
    """The folder of the run called ``name``: a run's name, a path to its folder, or ``last``."""
    if name == "last":
        every = list_names()
        if not every:
            raise TiduError(f"There is no run in {runs_folder()} yet.", "Make one: tidu run lenet")
        return runs_folder() / every[-1]
    with suppress(OSError):  # a name too long for a folder names no run
        for candidate in (runs_folder() / name, Path(name)):
            if (candidate / "run.json").is_file():
                return candidate
        if (runs_folder() / name).is_dir() or Path(name).is_dir():
            raise TiduError(
                f"{name} is a folder but not a run: it holds no run.json.",
                "See the runs there are: tidu runs",
            )
    raise unknown("run", name, list_names(), "See the runs there are: tidu runs")


def list_names() -> list[str]:
    """Names of all runs, the oldest first; a damaged one counts as the oldest."""
    root = runs_folder()
    found = [p.parent for p in root.glob("*/run.json")] if root.is_dir() else []
    return [path.name for path in sorted(found, key=lambda path: (_created(path), path.name))]


def about(path: Path) -> dict[str, Any]:
    """What ``run.json`` says; a broken file is a clear error."""
    return _read(path / "run.json", _ABOUT)


def result(path: Path) -> dict[str, Any]:
    """What ``result.json`` says; a run without one, or a broken file, is a clear error."""
    if not (path / "result.json").exists():
        raise TiduError(
            f"Run {path.name} has no result yet ({state(path)}).",
            f"Finish it first: tidu resume {path.name}",
            exit_code=1,
        )
    return _read(path / "result.json", _RESULT)


def state(path: Path) -> str:
    """``running``, ``finished``, ``interrupted``, ``failed``, or ``stopped`` when it was killed."""
    file = path / "state.json"
    told = _read(file, {"state": str})["state"] if file.exists() else "stopped"
    if told == "running" and not _is_held(path):
        return "stopped"
    return told


def set_state(path: Path, word: str) -> None:
    """Write ``state.json``."""
    write_json(path / "state.json", {"state": word})


@contextmanager
def held(path: Path) -> Generator[None]:
    """Hold the run alone; a second process gets a clear error. A killed process lets go of it."""
    from filelock import FileLock, Timeout

    lock = FileLock(path / ".lock", timeout=1)  # `tidu runs` may look for a moment
    try:
        lock.acquire()
    except Timeout as problem:
        raise TiduError(
            f"Run {path.name} is in use by another process.",
            "Wait until it ends, or stop it with Ctrl-C there.",
            exit_code=1,
        ) from problem
    except OSError as problem:
        raise disk_error(problem, path / ".lock") from problem
    try:
        yield
    finally:
        lock.release()


def _is_held(path: Path) -> bool:
    from filelock import FileLock, Timeout

    if not (path / ".lock").exists():
        return False
    lock = FileLock(path / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:  # a folder that may only be read
        return False
    lock.release()
    return False


_ABOUT = {
    "experiment": str, "name": str, "preset": str, "config": dict, "seeds": list,
    "options": dict, "created": str, "environment": dict,
}  # fmt: skip
_RESULT = {"metrics": dict, "summary": dict, "per_seed": dict, "seconds": (int, float)}


def _read(file: Path, parts: dict[str, Any]) -> dict[str, Any]:
    """The JSON object in ``file``, which must have these parts of these types."""
    try:
        told = read_json(file)
        if isinstance(told, dict) and all(isinstance(told.get(k), t) for k, t in parts.items()):
            return told
    except (OSError, ValueError, RecursionError):
        pass
    raise TiduError(
        f"{file} is damaged: it is not the JSON that tidu wrote.",
        f"Delete the folder {file.parent} and run the experiment again.",
    )


def _created(path: Path) -> str:
    try:
        return about(path)["created"]
    except TiduError:
        return ""


def _check_name(name: str) -> None:
    strange = any(c in '/\\:*?"<>|' or not c.isprintable() for c in name)
    if strange or name.strip() != name or name[:1] in {"", "-", "."} or name == "last":
        raise TiduError(
            f"A run's name must be a plain folder name; got {name!r}.",
            "Use letters, digits, dots and dashes, a letter or digit first.",
        )
