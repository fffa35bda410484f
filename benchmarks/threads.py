"""One thread against two, for one experiment of every kind of work.

    python benchmarks/threads.py benchmarks/threads.json

Runs with one thread and with two take turns in one process, so that a busy machine slows both
alike; the first pair warms up and is not counted. The ratio of the medians says what a second
thread is worth: below 1 it helps. What pays for a long training decides about an experiment's
``THREADS``: where batches are large enough there (``lenet``, ``mlp``), one pass of that setting is
timed; the products of the others are small in every preset.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before PyTorch is loaded

from tidu import laboratory
from tidu.files import read_json, write_json
from tidu.runs.provenance import environment

REPETITIONS = 5
WORK: dict[str, dict[str, Any]] = {
    "lenet": {"preset": "standard", "epochs": 1},
    "mlp": {"preset": "standard", "epochs": 1},
    "gpt": {"steps": 40, "dim": 256, "context": 128, "batch": 24, "sample": 10},
    "spiral": {},
    "memory-tasks": {"lags": (20,), "steps": 60},
    "policy-gradient": {"iterations": 8},
    "pruning": {"rounds": 1, "epochs": 2, "round_epochs": 1},
}


def seconds(experiment: str, threads: int) -> float:
    """How long the work takes with so many threads."""
    run = laboratory.run(
        experiment,
        threads=threads,
        quiet=True,
        report=False,
        **{"preset": "quick", **WORK[experiment]},
    )
    return read_json(run.path / "result.json")["seconds"]


def main() -> None:
    """Measure, print, and write a JSON file where one is named."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TIDU_RUNS"] = folder
        for experiment in WORK:
            pairs = [
                (seconds(experiment, 1), seconds(experiment, 2)) for _ in range(REPETITIONS + 1)
            ]
            one, two = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
            found[experiment] = {"one": one, "two": two, "ratio": round(two / one, 3)}
            print(
                f"{experiment:<18} 1 thread {one:6.2f} s, 2 threads {two:6.2f} s: {two / one:.2f}"
            )
    if len(sys.argv) > 1:
        result = {"benchmark": "threads", "experiments": found, "environment": environment()}
        write_json(Path(sys.argv[1]), result)


if __name__ == "__main__":
    main()
