"""Masks by magnitude: exact in number, nested over rounds, the smallest first."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu.compress import magnitude_masks

LEFT = st.floats(0.0, 1.0)


def weights(seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {"a": torch.randn(7, 5), "b": torch.randn(3, 2, 4, 4), "c": torch.randn(11, 1)}


@given(st.integers(0, 100), LEFT)
def test_the_fraction_is_exact_to_one_weight(seed: int, left: float) -> None:
    given = weights(seed)
    total = sum(w.numel() for w in given.values())
    masks = magnitude_masks(given, left)
    assert sum(int(m.sum()) for m in masks.values()) == total - round((1 - left) * total)
    for name, mask in magnitude_masks(given, left, scope="layer").items():
        count = given[name].numel()
        assert int(mask.sum()) == count - round((1 - left) * count)


@given(st.integers(0, 100), LEFT)
def test_what_is_cut_is_never_larger_than_what_stays(seed: int, left: float) -> None:
    given = weights(seed)
    masks = magnitude_masks(given, left)
    stays = torch.cat([w[masks[n]].abs() for n, w in given.items()])
    goes = torch.cat([w[~masks[n]].abs() for n, w in given.items()])
    if len(stays) and len(goes):
        assert goes.max() <= stays.min()


@given(st.integers(0, 100), st.lists(LEFT, min_size=2, max_size=5))
def test_rounds_are_nested_whatever_the_weights_became(seed: int, levels: list[float]) -> None:
    masks = None
    for turn, left in enumerate(sorted(levels, reverse=True)):
        now = magnitude_masks(weights(seed + turn), left, masks)
        total = sum(m.numel() for m in now.values())
        assert sum(int(m.sum()) for m in now.values()) == total - round((1 - left) * total)
        if masks is not None:
            assert all(bool((masks[n] | ~now[n]).all()) for n in now)
        masks = now


def test_every_layer_may_have_its_own_fraction() -> None:
    masks = magnitude_masks(weights(0), {"a": 0.2, "b": 0.5, "c": 1.0}, scope="layer")
    assert [int(masks[n].sum()) for n in "abc"] == [7, 48, 11]


def test_equal_weights_are_still_cut_to_the_number() -> None:
    masks = magnitude_masks({"w": torch.ones(10)}, 0.3)
    assert masks["w"].tolist() == [False] * 7 + [True] * 3


def test_wrong_fractions_and_masks_are_refused() -> None:
    with pytest.raises(ValueError, match="left must be a fraction"):
        magnitude_masks(weights(0), 1.5)
    with pytest.raises(ValueError, match="one number"):
        magnitude_masks(weights(0), {"a": 0.5})
    with pytest.raises(ValueError, match="within must have a mask for each"):
        magnitude_masks(weights(0), 0.5, {"a": torch.ones(7, 5, dtype=torch.bool)})


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40), LEFT)
def test_of_equal_weights_the_earlier_go_as_in_a_stable_sort(sizes: list[int], left: float) -> None:
    weight = torch.tensor(sizes, dtype=torch.float32)
    order = sorted(range(len(sizes)), key=lambda i: abs(sizes[i]))
    gone = set(order[: round((1 - left) * len(sizes))])
    mask = magnitude_masks({"w": weight}, left)["w"].tolist()
    assert mask == [i not in gone for i in range(len(sizes))]
