"""How many steps to train: every fold is trained until it no longer improves, then all rows.

    CV(t) = 1/n · Σ_i loss(y_i, f_t(x_i))      f_t: after t steps, without the fold of row i

More steps make a richer model, so the steps are settings like penalties; the final network takes as
many on all rows as were chosen.

Source: Goodfellow, Bengio & Courville (2016), "Deep Learning", algorithm 7.2. Where ours differs:
the steps are chosen on several folds in place of one validation set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from tidu.train.batches import Shuffled
from tidu.train.cross_validation import Fold, Rows, Tried, held_rows
from tidu.train.fit import Batch, Loop, fit
from tidu.train.stopping import EarlyStopping

LOOK_EVERY = 20  # steps between two looks at the held-out rows, at least


def try_steps(
    kind: str,
    new_network: Callable[[], nn.Module],
    new_optimizer: Callable[[nn.Module], torch.optim.Optimizer],
    row_losses: Callable[[Tensor, Tensor], Tensor],
    rows: Rows,
    folds: Sequence[Fold],
    *,
    run: Loop,
    seed: int,
    batch: int,
    steps: int,
    patience: int,
) -> Tried:
    """A network after every so many steps, up to the first of all folds to stop.

    Args:
        new_network: an untrained one on the run's device, the same in every call.
        row_losses: of (predictions, targets), one loss for every row.
        seed: of the batches.
        batch: rows in a step; all of them where there are fewer.
        steps: the most.
        patience: looks at the held-out rows without a better one, after which a fold stops.
    """
    every = max(LOOK_EVERY, len(folds[0].learned.targets) // batch)
    looks = [min(done + every, steps) for done in range(0, steps, every)]
    losses = torch.full((len(looks), held_rows(folds)), torch.inf, dtype=torch.float64)

    def batches(of: Rows) -> Callable[[int], Batch]:
        count = len(of.targets)
        order = Shuffled(count, min(batch, count), seed)
        return lambda step: (of.inputs[order(step)], of.targets[order(step)])

    def mean_loss(said: Tensor, truth: Tensor) -> Tensor:
        return row_losses(said, truth).mean()

    def train_on(fold: Fold, name: str) -> None:
        network, seen = new_network(), torch.tensor(0)

        def look() -> dict[str, float]:
            said = network(fold.held.inputs.to(run.device)).cpu()
            found = row_losses(said, fold.held.targets)
            losses[int(seen), fold.places] = found.double()
            seen.add_(1)
            return {"validation_loss": float(found.mean())}

        fit(
            network,
            batches(fold.learned),
            mean_loss,
            new_optimizer(network),
            run=run,
            steps=steps,
            evaluate=look,
            evaluate_every=every,
            stopping=EarlyStopping("validation_loss", patience),
            keep={"losses": losses, "seen": seen},
            name=name,
        )

    def body(number: int) -> nn.Module:
        network = new_network()
        optimizer = new_optimizer(network)
        fit(network, batches(rows), mean_loss, optimizer, run=run, steps=looks[number], name=kind)
        return network.cpu()

    for number, fold in enumerate(folds):
        train_on(fold, f"{kind}-{number}")
    reached = int(losses.isfinite().all(1).sum())
    settings = [{"steps": float(done)} for done in looks[:reached]]
    return Tried(kind, settings, losses[:reached], body)
