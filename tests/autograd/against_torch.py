"""Holding an operation equal to PyTorch's: its value, its gradient, the gradient of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tidu.autograd import Value, grad

TOLERANCE = 1e-9  # the promise is 1e-6
LAYOUTS = ("contiguous", "transposed", "strided", "reversed", "repeated")
layouts = st.sampled_from(LAYOUTS)
seeds = st.integers(0, 2**32 - 1)


def generated(*strategies: st.SearchStrategy[Any]) -> Callable[..., Any]:
    """``given``, with as many examples as a test that runs for every operation can afford."""
    return lambda test: settings(max_examples=25)(given(*strategies)(test))


def numbers(shape: Sequence[int], seed: int, layout: str = "contiguous") -> np.ndarray:
    """Random numbers of ``shape``, lying in memory as ``layout`` says."""
    array = np.random.default_rng(seed).normal(size=tuple(shape))
    if not array.ndim:
        return np.asarray(array)
    if layout == "transposed":
        return array.T.copy().T
    if layout == "strided":
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if layout == "reversed":
        return array[::-1].copy()[::-1]
    if layout == "repeated" and array.shape[0]:  # one row in memory, seen again and again
        return np.broadcast_to(array[:1], array.shape)
    return array


def same(
    ours: Callable[..., Value],
    theirs: Callable[..., Tensor],
    arrays: Sequence[np.ndarray],
    twice: bool = True,
) -> None:
    """Equal in value and gradient, and with ``twice`` in the gradient of the gradient."""
    values = [Value(array) for array in arrays]
    tensors = [torch.from_numpy(array.copy()).requires_grad_() for array in arrays]
    with np.errstate(all="ignore"):
        y, t = ours(*values), theirs(*tensors)
        close(y.data, t)
        weights = np.asarray(np.random.default_rng(1).normal(size=y.shape))
        slopes = grad(y, values, Value(weights, requires_grad=False), create_graph=twice)
        slopes_t = torch.autograd.grad(
            t, tensors, torch.from_numpy(weights), create_graph=twice, allow_unused=True
        )
        for slope, slope_t, tensor in zip(slopes, slopes_t, tensors, strict=True):
            close(slope.data, torch.zeros_like(tensor) if slope_t is None else slope_t)
        if twice:
            same_curvature(values, tensors, slopes, slopes_t)


def same_curvature(
    values: list[Value], tensors: list[Tensor], slopes: list[Value], slopes_t: Sequence[Any]
) -> None:
    """The gradient of a weighted sum of all gradients."""
    generator = np.random.default_rng(2)
    total, total_t = None, None
    for slope, slope_t in zip(slopes, slopes_t, strict=True):
        weights = np.asarray(generator.normal(size=slope.shape))
        if slope.requires_grad:
            part = (slope * weights).sum()
            total = part if total is None else total + part
        if slope_t is not None and slope_t.requires_grad:
            part_t = (slope_t * torch.from_numpy(weights)).sum()
            total_t = part_t if total_t is None else total_t + part_t
    found = [np.zeros(v.shape) for v in values]
    found_t: list[Tensor | None] = [None] * len(tensors)
    if total is not None:
        found = [g.data for g in grad(total, values)]
    if total_t is not None:
        found_t = list(torch.autograd.grad(total_t, tensors, allow_unused=True))
    for one, two, tensor in zip(found, found_t, tensors, strict=True):
        close(one, torch.zeros_like(tensor) if two is None else two)


def close(ours: np.ndarray, theirs: Tensor) -> None:
    """The same shape, and the same numbers up to rounding."""
    expected = theirs.detach().numpy(force=True)
    assert ours.shape == expected.shape
    assert ours.dtype == expected.dtype
    size = float(np.abs(expected[np.isfinite(expected)]).max(initial=1.0))
    np.testing.assert_allclose(ours, expected, rtol=TOLERANCE, atol=TOLERANCE * size)
