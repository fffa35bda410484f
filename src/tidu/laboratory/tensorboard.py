"""A run's log as TensorBoard events, for those who watch many runs there.

``metrics.jsonl`` stays the truth; this is a copy of it in another format.
"""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

from tidu.errors import TiduError
from tidu.runs import Run


def write_events(run: Run, folder: Path) -> int:
    """Write every number of the run's log as a scalar; return how many there were."""
    if importlib.util.find_spec("tensorboard") is None:
        raise TiduError(
            "Events need the package tensorboard, which is not installed.",
            "Install it: pip install 'tidu[tensorboard]'",
        )
    from torch.utils.tensorboard.writer import SummaryWriter

    written = 0
    with SummaryWriter(str(folder / run.name)) as writer:
        for line in run.history():
            step = line.pop("step")
            for tag, value in _scalars(run, line):
                writer.add_scalar(tag, value, step)
                written += 1
    return written


def _scalars(run: Run, line: dict[str, Any]) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for key, value in line.items():
        values = value if isinstance(value, list) else [value]
        tags = [key] if len(values) == 1 else [f"{key}/seed-{seed}" for seed in run.seeds]
        pairs = zip(tags, values, strict=True)
        found += [(t, float(v)) for t, v in pairs if math.isfinite(float(v))]
    return found
