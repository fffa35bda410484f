"""The pictures of a system: of the newest finished run of it, else of a quick one made for them.

A run made for its pictures stands in the lab's own folder, not among the user's runs, and is made
by a process of its own, so that benches go on meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tidu import __version__, catalogue
from tidu.errors import TiduError
from tidu.files import read_json
from tidu.runs import store

_DRAWING = threading.Lock()  # one at a time
_PROCESSES: set[subprocess.Popen[str]] = set()
_ENDED = threading.Event()
NAME = re.compile(r"[\w.-]+\.(png|svg|csv)")


def of(id: str) -> dict[str, Any]:
    """The run that was drawn, and its pictures with their titles; made now where there is none."""
    system = catalogue.system(id)
    if system.experiment is None:
        return {"run": None, "pictures": []}
    path = _newest(id)
    own = path is not None
    if path is None:
        with _DRAWING:
            path = _quick(id, system.presets[0])
    return {
        "run": path.name,
        "own": own,
        "preset": store.about(path)["preset"],
        "pictures": _listed(path),
    }


def file(run: str, name: str) -> Path | None:
    """One file of a run's pictures."""
    if not NAME.fullmatch(name) or not re.fullmatch(r"[\w.-]+", run) or ".." in run:
        return None
    for root in (store.runs_folder(), folder()):
        path = root / run / "pictures" / name
        if path.is_file():
            return path
    return None


def folder() -> Path:
    """Where runs made for their pictures stand."""
    from platformdirs import user_cache_path

    home = os.environ.get("TIDU_HOME")
    return (Path(home) if home else user_cache_path("tidu")) / f"lab-{__version__}"


def stop() -> None:
    """End what was started; nothing begins any more."""
    _ENDED.set()
    for process in list(_PROCESSES):
        process.kill()


def _newest(id: str) -> Path | None:
    for name in reversed(store.list_names()):
        path = store.runs_folder() / name
        with contextlib.suppress(TiduError):
            if (
                store.about(path)["experiment"] == id
                and (path / "report.html").is_file()
                and _listed(path)
            ):
                return path
    return None


def _quick(id: str, preset: str) -> Path:
    name = f"{id}-{preset}-pictures"
    path = folder() / name
    if (path / "report.html").is_file():
        return path
    if _ENDED.is_set():
        raise TiduError("The lab is ending.", "Start it again: tidu lab")
    shutil.rmtree(path, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "tidu",
        "run",
        id,
        "--preset",
        preset,
        "--name",
        name,
        "--quiet",
    ]
    process = subprocess.Popen(
        command,
        env={**os.environ, "TIDU_RUNS": str(folder())},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _PROCESSES.add(process)
    try:
        _, said = process.communicate(timeout=600)
    finally:
        _PROCESSES.discard(process)
    if process.returncode:
        raise TiduError(f"The pictures of {id} could not be drawn.", said.strip()[-500:])
    return path


def _listed(path: Path) -> list[dict[str, Any]]:
    """Names, titles and alternative texts as the report of the run told them."""
    listed = path / "pictures" / "pictures.json"
    if listed.is_file():
        return read_json(listed)
    names = sorted({p.name.split(".")[0] for p in (path / "pictures").glob("*.en.png")})
    return [{"name": n, "title": {"zh": n, "en": n}, "alt": {"zh": n, "en": n}} for n in names]
