"""A loss surface evaluated in batches of points against one point at a time, side by side.

    python benchmarks/loss_surface.py benchmarks/loss_surface.json

Both take turns on the same grid and one thread, and must agree. Seconds are those of the processor,
so that a busy machine does not count.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before PyTorch is loaded

import torch

from tidu import nn, optim
from tidu.files import write_json
from tidu.runs.provenance import environment

REPETITIONS = 5
POINTS = 15  # of the grid along each axis
NETS = {
    "iris, 4-32-32-3, 150 rows": (lambda: nn.MLP((4, 32, 32, 3)), (150, 4)),
    "spiral, 2-32-32-3, 300 rows": (lambda: nn.MLP((2, 32, 32, 3)), (300, 2)),
    "digits, 784-128-64-10, 500 images": (lambda: nn.MLP((784, 128, 64, 10)), (500, 784)),
}


def measure(build: object, shape: tuple[int, ...]) -> dict[str, object]:
    """Seconds of both, and the largest difference between them."""
    torch.manual_seed(0)
    net = build()  # pyright: ignore[reportCallIssue]
    inputs, labels = torch.rand(shape), torch.randint(3, shape[:1])
    center = {name: p.detach() for name, p in net.named_parameters()}
    first, second = optim.filter_normalised_directions(center, torch.Generator().manual_seed(1))
    line = torch.linspace(-1, 1, POINTS)

    def loss(parameters: dict[str, torch.Tensor]) -> torch.Tensor:
        logits = torch.func.functional_call(net, parameters, (inputs,))
        return torch.nn.functional.cross_entropy(logits, labels)

    def surface(batch: int | None) -> tuple[float, torch.Tensor]:
        begin = time.process_time()
        found = optim.loss_surface(loss, center, first, second, line, line, batch)
        return time.process_time() - begin, found

    @torch.no_grad()
    def one_by_one() -> tuple[float, torch.Tensor]:
        begin = time.process_time()
        rows = []
        for y in line:
            for x in line:
                moved = dict(center)
                for name in first:
                    moved[name] = center[name] + x * first[name] + y * second[name]
                rows.append(loss(moved))
        return time.process_time() - begin, torch.stack(rows).view(POINTS, POINTS)

    surface(None), one_by_one()  # the first calls pay for what is made once
    turns = [(surface(None), one_by_one()) for _ in range(REPETITIONS)]
    batched, single = (statistics.median(t[i][0] for t in turns) for i in (0, 1))
    difference = float(((turns[0][0][1] - turns[0][1][1]) / turns[0][1][1]).abs().max())
    return {
        "seconds_batched": round(batched, 4),
        "seconds_one_by_one": round(single, 4),
        "times_faster": round(single / batched, 2),
        "largest_relative_difference": difference,
    }


def main() -> None:
    """Measure, print, and write a JSON file where one is named."""
    torch.set_num_threads(1)
    found = {name: measure(*net) for name, net in NETS.items()}
    for name, told in found.items():
        print(name, told)
    if len(sys.argv) > 1:
        result = {"benchmark": "loss-surface", "grid": POINTS, "nets": found}
        write_json(Path(sys.argv[1]), result | {"environment": environment()})


if __name__ == "__main__":
    main()
