"""Every operation equals PyTorch's in float64, on generated shapes and layouts in memory.

Among the shapes are empty ones, lengths of 1 and none at all; among the layouts views that are
transposed, strided, reversed, and rows seen repeatedly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import (
    array_shapes,
    basic_indices,
    broadcastable_shapes,
    integer_array_indices,
    mutually_broadcastable_shapes,
)

from autograd.against_torch import generated, layouts, numbers, same, seeds
from tidu.autograd import Value, matmul

shapes = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
pairs = mutually_broadcastable_shapes(
    num_shapes=2, min_dims=0, max_dims=4, min_side=0, max_side=4
).map(lambda drawn: drawn.input_shapes)

ARITHMETIC = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: abs(a) ** b,
}
FUNCTIONS = ("abs", "cos", "exp", "relu", "sigmoid", "sin", "tan", "tanh", "__neg__")


@pytest.mark.parametrize("name", ARITHMETIC)
@generated(pairs, seeds, layouts, layouts)
def test_arithmetic_broadcasts(
    name: str, two: tuple[tuple[int, ...], ...], seed: int, layout: str, other: str
) -> None:
    arrays = numbers(two[0], seed, layout), numbers(two[1], seed + 1, other)
    same(ARITHMETIC[name], ARITHMETIC[name], arrays)


@pytest.mark.parametrize("name", ARITHMETIC)
@generated(shapes, seeds)
def test_arithmetic_of_a_value_with_itself(name: str, shape: tuple[int, ...], seed: int) -> None:
    same(*[lambda a: ARITHMETIC[name](a, a)] * 2, [numbers(shape, seed)])


@generated(shapes, seeds, st.floats(0.1, 3), st.sampled_from([1, -1]))
def test_arithmetic_with_plain_numbers_on_either_side(
    shape: tuple[int, ...], seed: int, number: float, sign: int
) -> None:
    def mixed(a: Any) -> Any:
        return (a + number) * (number - a) / number + sign * number / a + number**a - abs(a) ** sign

    same(mixed, mixed, [numbers(shape, seed)])


@generated(shapes, seeds)
def test_arithmetic_with_arrays_on_either_side(shape: tuple[int, ...], seed: int) -> None:
    array = np.asarray(np.abs(numbers(shape, seed)) + 0.5)
    tensor = torch.from_numpy(array)

    def mixed(a: Any, b: Any) -> Any:
        return (b + a) * (b - a) / (b * a) + b**a + a**b - b / a + (a - b)

    same(
        lambda a: mixed(a, array),
        lambda a: mixed(a, tensor),
        [np.asarray(np.abs(numbers(shape, seed + 1)) + 0.5)],
    )


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
def test_powers_at_zero_and_below(exponent: float) -> None:
    base = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    same(*[lambda a: a**exponent] * 2, [base], twice=exponent != 0)
    same(*[lambda a, b: a**b] * 2, [base, np.array(exponent)], twice=False)


@pytest.mark.parametrize("name", FUNCTIONS)
@generated(shapes, seeds, layouts)
def test_functions(name: str, shape: tuple[int, ...], seed: int, layout: str) -> None:
    same(*[lambda a: getattr(a, name)()] * 2, [numbers(shape, seed, layout)])


@pytest.mark.parametrize("name", ["log", "sqrt"])
@generated(shapes, seeds)
def test_functions_of_positive_numbers(name: str, shape: tuple[int, ...], seed: int) -> None:
    same(*[lambda a: getattr(a, name)()] * 2, [np.asarray(np.abs(numbers(shape, seed)) + 0.1)])


@pytest.mark.parametrize("name", [*FUNCTIONS, "log", "sqrt"])
def test_functions_at_their_corners_and_far_out(name: str) -> None:
    far = np.array([0.0, -0.0, 1.0, 30.0, 800.0, -800.0, np.inf, -np.inf, np.nan])
    if name in {"relu", "abs"}:
        far = far[:-1]  # the slope at a point that is not a number is nobody's business
    same(*[lambda a: getattr(a, name)()] * 2, [far], twice=False)


@st.composite
def reductions(draw: st.DrawFn) -> tuple[tuple[int, ...], Any, bool]:
    shape = draw(shapes)
    if not shape:
        return shape, None, draw(st.booleans())
    axes = st.integers(-len(shape), len(shape) - 1)
    several = st.lists(axes, min_size=1, max_size=3, unique_by=lambda a: a % len(shape)).map(tuple)
    return shape, draw(st.none() | axes | several), draw(st.booleans())


@pytest.mark.parametrize("name", ["sum", "mean"])
@generated(reductions(), seeds, layouts)
def test_reductions(
    name: str, drawn: tuple[tuple[int, ...], Any, bool], seed: int, layout: str
) -> None:
    shape, axis, keepdims = drawn
    same(
        lambda a: getattr(a, name)(axis, keepdims),
        lambda a: getattr(a, name)(dim=axis, keepdim=keepdims),
        [numbers(shape, seed, layout)],
    )


@generated(array_shapes(min_dims=1, max_dims=4, max_side=4), seeds, st.data(), st.booleans())
def test_maximum(shape: tuple[int, ...], seed: int, data: st.DataObject, ties: bool) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    array = numbers(shape, seed)
    if ties:
        array = np.asarray(np.round(array))
    same(lambda a: a.max(axis), lambda a: a.max(dim=axis).values, [array])


@generated(shapes, seeds, layouts, st.data())
def test_reshape(shape: tuple[int, ...], seed: int, layout: str, data: st.DataObject) -> None:
    size = int(np.prod(shape))
    factors = [n for n in range(1, size + 1) if size % n == 0] or [1]
    first = data.draw(st.sampled_from(factors))
    new = data.draw(st.sampled_from([(size,), (first, size // first), (1, size, 1)]))
    same(*[lambda a: a.reshape(new)] * 2, [numbers(shape, seed, layout)])


@generated(shapes, seeds, layouts, st.data())
def test_transpose(shape: tuple[int, ...], seed: int, layout: str, data: st.DataObject) -> None:
    axes = tuple(data.draw(st.permutations(range(len(shape)))))
    array = numbers(shape, seed, layout)
    same(lambda a: a.transpose(axes), lambda a: a.permute(axes), [array])
    if len(shape) >= 2:
        same(lambda a: a.transpose(), lambda a: a.mT, [array])


@generated(shapes, seeds, layouts, st.data())
def test_expand(shape: tuple[int, ...], seed: int, layout: str, data: st.DataObject) -> None:
    larger = data.draw(broadcastable_shapes(shape, min_side=0, max_side=4, max_dims=5))
    wide = np.broadcast_shapes(shape, larger)
    same(*[lambda a: a.expand(wide)] * 2, [numbers(shape, seed, layout)])


@generated(shapes, seeds, layouts, st.data())
def test_indexing_with_numbers_and_slices(
    shape: tuple[int, ...], seed: int, layout: str, data: st.DataObject
) -> None:
    """PyTorch knows no slices that go backwards; they stand for themselves in the next test."""
    where = data.draw(basic_indices(shape, allow_newaxis=True, max_dims=6).filter(_forwards))
    same(*[lambda a: a[where]] * 2, [numbers(shape, seed, layout)])


def _forwards(where: Any) -> bool:
    parts = where if isinstance(where, tuple) else (where,)
    return all((part.step or 1) > 0 for part in parts if isinstance(part, slice))


@generated(st.integers(0, 6), seeds)
def test_slices_that_go_backwards(length: int, seed: int) -> None:
    same(lambda a: a[::-1], lambda a: a.flip(0), [numbers((length, 2), seed)])


@generated(array_shapes(max_dims=4, max_side=4), seeds, layouts, st.data())
def test_indexing_with_arrays_may_repeat(
    shape: tuple[int, ...], seed: int, layout: str, data: st.DataObject
) -> None:
    where = data.draw(integer_array_indices(shape))
    in_torch = tuple(torch.from_numpy(part) for part in where)
    same(lambda a: a[where], lambda a: a[in_torch], [numbers(shape, seed, layout)])


@generated(shapes, seeds, layouts)
def test_indexing_with_a_mask(shape: tuple[int, ...], seed: int, layout: str) -> None:
    mask = np.asarray(numbers(shape, seed) > 0)
    array = numbers(shape, seed + 1, layout)
    same(lambda a: a[mask], lambda a: a[torch.from_numpy(mask)], [array])


@st.composite
def products(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Shapes of two factors: vectors, matrices, or stacks that broadcast."""
    rows, inner, columns = (draw(st.integers(0, 4)) for _ in range(3))
    one, two = draw(
        mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=0, max_side=3)
    ).input_shapes
    left = draw(st.sampled_from([(inner,), (*one, rows, inner)]))
    right = draw(st.sampled_from([(inner,), (*two, inner, columns)]))
    return left, right


@generated(products(), seeds, layouts, layouts)
def test_matrix_product(
    drawn: tuple[tuple[int, ...], tuple[int, ...]], seed: int, layout: str, other: str
) -> None:
    arrays = numbers(drawn[0], seed, layout), numbers(drawn[1], seed + 1, other)
    same(matmul, torch.matmul, arrays)
    constant = arrays[0]
    same(lambda b: constant @ b, lambda b: torch.from_numpy(constant.copy()) @ b, arrays[1:])


@generated(st.integers(1, 4), seeds)
def test_one_value_used_many_times(times: int, seed: int) -> None:
    def grown(a: Any) -> Any:
        total = a
        for _ in range(times):
            total = total * a + total.tanh()
        return total

    same(grown, grown, [numbers((3,), seed)])


def test_single_precision_stays_single() -> None:
    x = Value(np.ones((2, 3), np.float32))
    y = ((x * 2.5 + np.ones(3)) @ np.ones((3, 1)) - 1).sigmoid().mean() ** 2
    y.backward()
    assert y.dtype == np.float32
    assert x.grad is not None
    assert x.grad.dtype == np.float32
