"""The pictures of ``pruning``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    rounds = {name: tensor.numpy() for name, tensor in run.recorded("rounds").items()}
    measured: dict[str, list[float]] = run.read_json("size-and-time")
    dense = run.recorded("dense")
    pruned: dict[str, Any] = dict(experiment.model(config, run).named_parameters())
    weights = {
        name.removesuffix(".weight"): (
            values.flatten().numpy(),
            pruned[name].detach()[pruned[name] != 0].flatten().numpy(),
        )
        for name, values in dense.items()
        if values.dim() > 1
    }
    pruning = views.pruning
    drawn = [
        pruning.accuracy_against_left(
            rounds["left"],
            rounds["accuracy"],
            rounds["dense"],
            rounds["before"],
            {name: rounds[name] for name in pruning.RIVALS if name in rounds},
        ),
        pruning.weight_histograms(weights),
        pruning.size_and_time(measured["bytes"], measured["seconds"], config.unit),
    ]
    if config.net == "lenet-300-100":
        first = pruned["hidden.0.weight"].detach()
        counts = (first != 0).sum(0).view(experiment.SIZE, experiment.SIZE)
        drawn.append(pruning.connected_pixels(counts.numpy(), len(first)))
    return drawn
