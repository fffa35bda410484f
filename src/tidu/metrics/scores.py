"""The figures of a prediction on unseen rows, each with its bootstrap interval.

    gain = 1 - mean loss / mean loss of the baseline

of squared errors against the training mean, or of -log p(true class) against the classes' shares
in training. 1 is perfect, 0 no better than knowing the target alone, below 0 worse. Balanced
accuracy is the mean over the classes of the share that is found.

Source: Murphy (1988), "Skill scores based on the mean square error", Monthly Weather Review 116,
2417-2424 (gain); Brodersen et al. (2010), "The balanced accuracy and its posterior distribution".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float, Int64
from torch import Tensor

from tidu.metrics.bootstrap import bootstrap_interval

Score = tuple[float, float, float]
"""A figure, and the ends of its 95 % interval."""


def scores_of_numbers(
    predictions: Float[Tensor, " rows"],
    truth: Float[Tensor, " rows"],
    baseline: float,
    resamples: int = 2000,
) -> dict[str, Score]:
    """Root mean squared error, mean absolute error, R², and the gain over ``baseline``.

    >>> import torch
    >>> t = torch.tensor([1.0, 2.0, 3.0, 4.0])
    >>> scores_of_numbers(t + 0.5, t, baseline=2.5)["rmse"]
    (0.5, 0.5, 0.5)
    """
    error = (predictions - truth).double().numpy()
    known, squares = truth.double().numpy(), np.square(error)
    base = np.square(baseline - known)
    found: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
        "rmse": (_root_mean, (squares,)),
        "mae": (np.mean, (np.abs(error),)),
        "r2": (_r_squared, (squares, known)),
        "gain": (_gain, (squares, base)),
    }
    return {name: _scored(*asked, resamples) for name, asked in found.items()}


def scores_of_classes(
    probabilities: Float[Tensor, "rows classes"],
    labels: Int64[Tensor, " rows"],
    shares: Float[Tensor, " classes"],
    resamples: int = 2000,
) -> dict[str, Score]:
    """Accuracy, balanced accuracy, log loss, and the gain over ``shares`` of the classes.

    >>> import torch
    >>> p = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    >>> scores_of_classes(p, torch.tensor([0, 1, 1]), torch.tensor([0.5, 0.5]))["accuracy"][0]
    0.6666666666666666
    """
    right = (probabilities.argmax(1) == labels).double().numpy()
    surprise, base = (
        -chance.clamp(min=1e-300).log().numpy()
        for chance in (
            probabilities.double().gather(1, labels.unsqueeze(1)).squeeze(1),
            shares.double()[labels],
        )
    )
    found: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
        "accuracy": (np.mean, (right,)),
        "balanced_accuracy": (_balanced, (right, labels.numpy())),
        "log_loss": (np.mean, (surprise,)),
        "gain": (_gain, (surprise, base)),
    }
    return {name: _scored(*asked, resamples) for name, asked in found.items()}


def _scored(
    statistic: Callable[..., Any], columns: tuple[np.ndarray, ...], resamples: int
) -> Score:
    low, high = bootstrap_interval(statistic, *columns, resamples=resamples)
    return float(statistic(*columns, axis=-1)), float(low), float(high)


def _root_mean(squares: np.ndarray, axis: int) -> Any:
    return np.sqrt(squares.mean(axis))


def _r_squared(squares: np.ndarray, truth: np.ndarray, axis: int) -> Any:
    """Where all rows drawn have the same truth it is 0, as there is nothing to explain."""
    spread = truth.var(axis)
    constant = spread <= 0
    return np.where(constant, 0.0, 1 - squares.mean(axis) / np.where(constant, 1.0, spread))


def _gain(losses: np.ndarray, base: np.ndarray, axis: int) -> Any:
    floor = np.finfo(float).tiny
    return 1 - losses.mean(axis) / np.maximum(base.mean(axis), floor)


def _balanced(right: np.ndarray, labels: np.ndarray, axis: int) -> Any:
    """Over the classes that were drawn."""
    total, classes = np.zeros(right.mean(axis).shape), np.zeros(right.mean(axis).shape)
    for label in np.unique(labels):
        own = labels == label
        count = own.sum(axis)
        total += np.where(count > 0, (right * own).sum(axis) / np.maximum(count, 1), 0.0)
        classes += count > 0
    return total / classes
