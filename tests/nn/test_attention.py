"""What attention must hold for any input: bounds, masks, order, caches, two forms alike."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.nn.attention import attention_with_weights, dot_product_attention, masked_softmax
from tidu.nn.attention_masks import additive_mask, causal_mask, padding_mask
from tidu.nn.key_value_cache import LayerCache
from tidu.nn.multi_head import MultiHeadAttention
from tidu.nn.positions import (
    LearnedPositions,
    RotaryPositions,
    SinusoidalPositions,
    sinusoidal_positions,
)
from tidu.nn.self_attention import SelfAttention

SIZE = st.integers(1, 6)
KINDS = ("dot-product", "additive", "multi-head")


@given(SIZE, SIZE, SIZE, st.booleans(), st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_readable_and_fast_form_agree(queries, more, dim, causal, seed):
    torch.manual_seed(seed)
    q = torch.randn(2, 3, queries, dim, dtype=torch.float64)
    k, v = torch.randn(2, 2, 3, queries + more, dim, dtype=torch.float64)
    mask = torch.rand(2, 1, queries, queries + more) < 0.5
    for given_mask in (None, mask, torch.randn(queries, queries + more, dtype=q.dtype)):
        readable, _ = attention_with_weights(q, k, v, given_mask, causal=causal)
        fast = dot_product_attention(q, k, v, given_mask, causal=causal)
        torch.testing.assert_close(readable, fast)


@given(SIZE, SIZE, st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_weights_are_a_distribution_and_the_output_is_bounded_by_the_values(queries, keys, seed):
    torch.manual_seed(seed)
    q, k, v = torch.randn(queries, 4), torch.randn(keys, 4), torch.randn(keys, 3)
    output, weights = attention_with_weights(q, k, v)
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(queries))
    assert (output <= v.amax(0) + 1e-5).all()
    assert (output >= v.amin(0) - 1e-5).all()


def test_a_query_that_may_look_nowhere_gets_zero_and_spreads_no_nan():
    q = torch.randn(2, 3, requires_grad=True)
    mask = torch.tensor([[False, False], [True, False]])
    for form in (
        lambda: attention_with_weights(q, q, q, mask)[0],
        lambda: dot_product_attention(q[None], q[None], q[None], mask)[0],
    ):
        output = form()
        assert torch.equal(output[0], torch.zeros(3))
        (gradient,) = torch.autograd.grad(output.sum(), q)
        assert gradient.isfinite().all()


def test_bfloat16_trains_by_the_definition_and_stays_close():
    q = torch.randn(2, 2, 9, 8)
    exact = dot_product_attention(q, q, q, causal=True)
    rough = q.bfloat16().requires_grad_()
    output = dot_product_attention(rough, rough, rough, causal=True)
    assert output.dtype == torch.bfloat16
    torch.testing.assert_close(output.float(), exact, atol=0.05, rtol=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_order_means_nothing_without_positions(kind):
    layer = _layer(kind)
    x, order = torch.randn(3, 7, 8, dtype=torch.float64), torch.randperm(7)
    torch.testing.assert_close(layer(x)[:, order], layer(x[:, order]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "positions", [SinusoidalPositions(9, 8), LearnedPositions(9, 8).requires_grad_(False)]
)
def test_order_means_something_with_positions(kind, positions):
    layer = _layer(kind)
    x, order = torch.randn(3, 7, 8, dtype=torch.float64), torch.arange(7).flip(0)
    permuted = layer(positions(x[:, order]))
    assert (layer(positions(x))[:, order] - permuted).abs().max() > 1e-4


def test_rotary_positions_tell_the_order_too():
    layer = MultiHeadAttention(8, 2, rotary=RotaryPositions(9, 4)).double()
    x, order = torch.randn(3, 7, 8, dtype=torch.float64), torch.arange(7).flip(0)
    assert (layer(x)[:, order] - layer(x[:, order])).abs().max() > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_causal_attention_never_looks_ahead(kind):
    layer = _layer(kind)
    x = torch.randn(2, 7, 8, dtype=torch.float64)
    changed = torch.cat([x[:, :4], torch.randn(2, 3, 8, dtype=torch.float64)], dim=1)
    torch.testing.assert_close(layer(x, causal=True)[:, :4], layer(changed, causal=True)[:, :4])
    _, weights = layer(x, causal=True, need_weights=True)
    assert torch.equal(weights.triu(1), torch.zeros_like(weights))


def test_padding_does_not_change_the_real_part():
    layer = _layer("multi-head")
    x = torch.randn(2, 6, 8, dtype=torch.float64)
    real = layer(x[:1, :4])
    padded = layer(x, mask=padding_mask(torch.tensor([4, 6]), 6))
    torch.testing.assert_close(padded[:1, :4], real)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.booleans(), st.integers(0, 99))
@settings(deadline=None, max_examples=25)
def test_a_cache_changes_nothing(pieces, rotary, seed):
    torch.manual_seed(seed)
    turning = RotaryPositions(20, 4) if rotary else None
    layer = MultiHeadAttention(8, 2, rotary=turning).double()
    x = torch.randn(2, sum(pieces), 8, dtype=torch.float64)
    cache = LayerCache()
    parts = [layer(part, causal=True, cache=cache) for part in x.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), layer(x, causal=True))


@given(SIZE, SIZE)
@settings(deadline=None, max_examples=20)
def test_causal_mask_counts_back_from_the_last_key(queries, past):
    mask = causal_mask(queries, queries + past)
    assert mask.sum(1).tolist() == [past + i + 1 for i in range(queries)]


def test_boolean_and_additive_masks_mean_the_same():
    scores, mask = torch.randn(4, 4), causal_mask(4)
    added = additive_mask(mask, scores.dtype)
    assert torch.equal(masked_softmax(scores, mask), masked_softmax(scores, added))
    assert torch.equal(masked_softmax(scores, mask), masked_softmax(scores, causal=True))


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 30), st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_rotary_scores_depend_on_the_distance_alone(i, j, shift, seed):
    torch.manual_seed(seed)
    rotary = RotaryPositions(64, 8)
    q, k = torch.randn(2, 1, 8)
    here = (rotary(q, i) * rotary(k, j)).sum()
    there = (rotary(q, i + shift) * rotary(k, j + shift)).sum()
    torch.testing.assert_close(here, there, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(rotary(q, i).norm(), q.norm())


def test_sinusoids_of_an_odd_width_end_in_a_sine():
    torch.testing.assert_close(sinusoidal_positions(5, 3), sinusoidal_positions(5, 3)[:, :3])
    assert sinusoidal_positions(5, 3).shape == (5, 3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: MultiHeadAttention(10, 3), "multiple of num_heads; got dim 10 and 3 heads"),
        (lambda: SelfAttention(4, 4, "cosine"), "cosine"),  # type: ignore[arg-type]
        (lambda: RotaryPositions(8, 3), "odd head width 3"),
        (lambda: causal_mask(3, 2), "got 3 queries and 2 keys"),
    ],
)
def test_errors_say_what_arrived(make, says):
    with pytest.raises((ValueError, TypeError), match=says):
        make()


def _layer(kind):
    if kind == "multi-head":
        return MultiHeadAttention(8, 2).double()
    return SelfAttention(8, 8, kind).double()
