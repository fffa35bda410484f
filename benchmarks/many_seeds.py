"""Eight seeds of the spiral in one computation against one seed, measured side by side.

    python benchmarks/many_seeds.py benchmarks/many_seeds.json

Runs with one seed and with eight take turns, so that a busy machine slows both alike. The ratio
of the medians is what counts; both are the seconds of the whole experiment, evaluation and
recording included.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before PyTorch is loaded

from tidu import laboratory
from tidu.files import read_json, write_json
from tidu.runs.provenance import environment

REPETITIONS = 7
SEEDS = 8


def seconds(seeds: int) -> float:
    """How long the spiral's standard preset takes with ``seeds`` seeds."""
    run = laboratory.run("spiral", preset="standard", seeds=seeds, quiet=True, threads=1)
    return read_json(run.path / "result.json")["seconds"]


def main() -> None:
    """Measure, print, and write a JSON file where one is named."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TIDU_RUNS"] = folder
        seconds(1)  # the first run pays for imports
        pairs = [(seconds(1), seconds(SEEDS)) for _ in range(REPETITIONS)]
    one, many = (statistics.median(column) for column in zip(*pairs, strict=True))
    result = {
        "benchmark": "many-seeds",
        "experiment": "spiral",
        "preset": "standard",
        "seeds": SEEDS,
        "seconds_one": round(one, 3),
        "seconds_many": round(many, 3),
        "ratio": round(many / one, 3),
        "one_after_another": SEEDS,  # the ratio without batching
        "pairs": pairs,
        "environment": environment(),
    }
    print(f"1 seed {one:.2f} s, {SEEDS} seeds {many:.2f} s, ratio {many / one:.2f}")
    if len(sys.argv) > 1:
        write_json(Path(sys.argv[1]), result)


if __name__ == "__main__":
    main()
