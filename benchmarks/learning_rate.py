"""What ``--lr auto`` comes to, against the best rate of a sweep, in several experiments.

    python benchmarks/learning_rate.py benchmarks/learning_rate.json [EXPERIMENT ...]

Each experiment's quick preset is trained at every rate of the sweep and at the proposed one, with
the same seeds. ``share`` is the metric at the proposed rate over the best mean of the sweep; the
sweep is read with the very metric it is judged by, so the proposal cannot win by luck.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before PyTorch is loaded

from tidu import laboratory
from tidu.errors import TiduError
from tidu.files import read_json, write_json
from tidu.runs.provenance import environment

# Optimisers: AdamW along a cosine three times, Nesterov's momentum behind a warm-up.
METRICS = {
    "spiral": "mlp_accuracy",
    "softmax-regression": "accuracy",
    "mlp": "accuracy",
    "lenet": "accuracy",
}
RATES = [float(f"{0.0003 * 3**k:.3g}") for k in range(8)]
SEEDS = 2


def trained(experiment: str, metric: str, lr: float | str) -> tuple[float, float]:
    """The metric, as mean over the seeds, and the rate it was trained with."""
    try:
        run = laboratory.run(
            experiment, preset="quick", seeds=SEEDS, quiet=True, report=False, threads=1, lr=lr
        )
    except TiduError:  # it diverged
        return math.nan, float(lr)
    done = read_json(run.path / "result.json")
    return done["metrics"][metric], read_json(run.path / "run.json")["config"]["lr"]


def main() -> None:
    """Sweep, propose, compare, and write a JSON file where one is named."""
    found: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TIDU_RUNS"] = folder
        for experiment in sys.argv[2:] or METRICS:
            metric = METRICS[experiment]
            sweep = [(lr, trained(experiment, metric, lr)[0]) for lr in RATES]
            best_rate, best = max((pair for pair in sweep if pair[1] > 0), key=lambda pair: pair[1])
            reached, proposed = trained(experiment, metric, "auto")
            found[experiment] = {
                "metric": metric,
                "share": round(reached / best, 5),
                "proposed_rate": proposed,
                "at_proposed": reached,
                "best_rate": best_rate,
                "at_best": best,
                "sweep": [[lr, None if math.isnan(value) else value] for lr, value in sweep],
            }
            print(
                f"{experiment}: {metric} {reached:.4f} at the proposed {proposed:g}, {best:.4f} "
                f"at the best of the sweep, {best_rate:g}; share {reached / best:.4f}",
                flush=True,
            )
    if len(sys.argv) > 1:
        result = {"benchmark": "learning-rate", "seeds": SEEDS, "experiments": found}
        write_json(Path(sys.argv[1]), result | {"environment": environment()})


if __name__ == "__main__":
    main()
