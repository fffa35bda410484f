"""What a run was made with: versions, processor, commit."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

_PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "gymnasium", "safetensors")


def environment() -> dict[str, Any]:
    """Versions, processor and commit, as they go into a run's ``run.json`` and a result file."""
    import torch

    import tidu
    from tidu.train import precision

    return {
        "tidu": tidu.__version__,
        "commit": commit(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count(),
        "bfloat16": precision.has_bfloat16(),
        "threads": torch.get_num_threads(),
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def commit() -> str | None:
    """The commit tidu's own checkout stands at, with ``+changes`` where files differ from it."""
    here = Path(__file__).parent
    try:
        _git(here, "ls-files", "--error-unmatch", __file__)  # not some other repository around it
        changes = _git(here, "status", "--porcelain", "-uno", "--", str(here.parent))
        return _git(here, "rev-parse", "--short=12", "HEAD") + ("+changes" if changes else "")
    except (OSError, subprocess.SubprocessError):
        return None


def processor() -> str:
    """The processor's name as the system gives it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def now() -> str:
    """This moment, in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _git(folder: Path, *words: str) -> str:
    asked = ["git", "--no-optional-locks", "-C", str(folder), *words]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
