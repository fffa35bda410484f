"""GPT: causal, order-aware, the same with and without its cache, in every choice it offers."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.nn.gpt import GPT

POSITIONS = ("learned", "rotary", "sinusoidal", "none")


@pytest.mark.parametrize("positions", POSITIONS)
def test_later_tokens_do_not_change_earlier_logits(positions):
    model = _model(positions)
    tokens = torch.randint(11, (3, 9))
    changed = torch.cat([tokens[:, :5], torch.randint(11, (3, 4))], dim=1)
    torch.testing.assert_close(model(tokens)[:, :5], model(changed)[:, :5])


@given(
    st.sampled_from(POSITIONS),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=20)
def test_cached_logits_equal_those_of_the_whole(positions, pieces, seed):
    torch.manual_seed(seed)
    model, tokens = _model(positions), torch.randint(11, (2, sum(pieces)))
    cache = model.new_cache()
    parts = [model(part, cache) for part in tokens.split(pieces, dim=1)]
    assert cache.length == tokens.shape[1]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens))


def test_without_positions_one_layer_cannot_tell_the_order_of_the_past():
    tokens = torch.tensor([[1, 2, 3, 4]])
    swapped = torch.tensor([[2, 3, 1, 4]])
    blind, sighted = _model("none", layers=1), _model("learned", layers=1)
    torch.testing.assert_close(blind(tokens)[:, -1], blind(swapped)[:, -1])
    assert (sighted(tokens)[:, -1] - sighted(swapped)[:, -1]).abs().max() > 1e-4


def test_attention_maps_are_causal_distributions():
    maps = _model("learned").attention_maps(torch.randint(11, (2, 7)))
    assert maps.shape == (2, 2, 2, 7, 7)
    torch.testing.assert_close(maps.sum(-1), torch.ones_like(maps[..., 0]))
    assert torch.equal(maps.triu(1), torch.zeros_like(maps))


def test_initial_loss_is_that_of_a_guess():
    model, tokens = GPT(65, 32, 64, 2, 4), torch.randint(65, (8, 33))
    loss = torch.nn.functional.cross_entropy(model(tokens[:, :-1]).mT, tokens[:, 1:])
    assert abs(loss.item() - torch.tensor(65.0).log().item()) < 0.2


def test_tied_weights_are_stored_once():
    names = set(GPT(11, 8, 8, 1, 2, tied=True).state_dict())
    assert set(GPT(11, 8, 8, 1, 2, tied=False).state_dict()) - names == {"head.weight"}


def test_dropout_only_while_training():
    model = GPT(11, 8, 16, 2, 2, dropout=0.5)
    tokens = torch.randint(11, (2, 8))
    assert not torch.equal(model(tokens), model(tokens))
    model.eval()
    assert torch.equal(model(tokens), model(tokens))


def test_errors_say_what_arrived():
    with pytest.raises(ValueError, match="at most 12 tokens; got 13"):
        _model("learned")(torch.zeros(1, 13, dtype=torch.long))
    with pytest.raises((ValueError, TypeError), match="alibi"):
        GPT(11, 8, 8, 1, 2, positions="alibi")  # type: ignore[arg-type]


def _model(positions, layers=2):
    model = GPT(11, 12, 16, layers, 2, positions=positions).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    return model
