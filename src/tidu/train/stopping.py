"""Early stopping: end when a metric no longer improves, and go back to the best weights.

    value < best - min_delta   ->   best = value, its weights are kept, waited = 0
    otherwise                  ->   waited = waited + 1
    waited >= patience         ->   stop, and put the best weights back

Source: Prechelt (1998), "Early stopping - but when?", in: Neural Networks: Tricks of the Trade,
LNCS 1524, section 2.1, where the criterion UP_s waits for s strips of training that each end
higher than the one before.
Where ours differs: a value need not rise to count against the patience, not falling is enough; and
with ``min_delta`` falling by less counts as not falling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class EarlyStopping:
    """Stop after ``patience`` evaluations without an improvement of more than ``min_delta``.

    ``metric`` is one of those that ``evaluate`` returns; smaller is better unless ``larger``. Its
    state goes into the loop's checkpoints, so a run that was killed stops where it would have.

    >>> stopping = EarlyStopping("loss", patience=2)
    >>> told = [stopping.is_over(step, {"loss": loss}) for step, loss in enumerate([3, 1, 2, 1])]
    >>> torch.tensor(told).tolist(), stopping.best_step
    ([False, False, False, True], 1)
    """

    def __init__(
        self, metric: str, patience: int, min_delta: float = 0.0, larger: bool = False
    ) -> None:
        if patience < 1 or not min_delta >= 0:
            raise ValueError(
                "early stopping expects a patience of at least 1 evaluation and a min_delta of at "
                f"least 0; got {patience} and {min_delta}"
            )
        self.metric, self.patience, self.min_delta = metric, patience, min_delta
        self._sign = -1.0 if larger else 1.0
        self.best = math.inf
        self.best_step = -1
        self._waited = 0
        self._model: nn.Module | None = None
        self._weights: dict[str, torch.Tensor] = {}

    def watching(self, model: nn.Module) -> EarlyStopping:
        """Remember the weights of ``model`` from now on."""
        self._model = model
        self._weights = _copy(model)
        return self

    def is_over(self, step: int, metrics: Mapping[str, Any]) -> bool:
        """Take in an evaluation; whether patience has run out."""
        if self.metric not in metrics:
            raise ValueError(
                f"early stopping watches {self.metric!r}; the evaluation gave {list(metrics)}; "
                "watch one of those"
            )
        value = self._sign * float(metrics[self.metric])
        if value < self.best - self.min_delta:
            self.best, self.best_step, self._waited = value, step, 0
            if self._model is not None:
                self._weights = _copy(self._model)
        else:
            self._waited += 1
        return self._waited >= self.patience

    def restore(self) -> None:
        """Put the best weights back into the model."""
        if self._model is not None:
            self._model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        """The state that a checkpoint keeps."""
        return {
            "best": self.best,
            "best_step": self.best_step,
            "waited": self._waited,
            "weights": self._weights,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the state of a checkpoint."""
        self.best, self.best_step = state["best"], state["best_step"]
        self._waited, self._weights = state["waited"], dict(state["weights"])


def _copy(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
