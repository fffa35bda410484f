"""The LSTM language model: equal size, no look ahead, the same with and without its state."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.nn import GPT, RecurrentLanguageModel, hidden_of_equal_size
from tidu.text import beam_search, generate


@given(st.integers(10, 300), st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
@settings(deadline=None, max_examples=15)
def test_no_width_is_nearer_to_the_size_of_a_gpt(vocabulary, heads, layers, lstm_layers):
    dim = 16 * heads
    wanted = _size(GPT(vocabulary, 32, dim, layers, heads))
    hidden = hidden_of_equal_size(wanted, vocabulary, dim, lstm_layers)
    narrower, ours, wider = (
        abs(_size(RecurrentLanguageModel(vocabulary, dim, width, lstm_layers)) - wanted)
        for width in (hidden - 1, hidden, hidden + 1)
    )
    assert narrower >= ours <= wider


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_its_state_changes_nothing(pieces, seed):
    torch.manual_seed(seed)
    model = RecurrentLanguageModel(9, 8, 12, 2).double().eval()
    tokens = torch.randint(9, (2, sum(pieces)))
    cache = model.new_cache()
    parts = [model(part, cache) for part in tokens.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens))


def test_it_writes_the_same_with_and_without_its_state():
    model, prompt = RecurrentLanguageModel(9, 8, 12, 2).eval(), torch.tensor([[1, 2], [3, 4]])
    with_state, without = (
        generate(model, prompt, 20, cache=c, generator=torch.Generator().manual_seed(0))
        for c in (True, False)
    )
    assert torch.equal(with_state, without)
    best = [beam_search(model, prompt[0], 8, 3, cache=c)[0].tokens for c in (True, False)]
    assert torch.equal(*best)


def _size(model):
    return sum(p.numel() for p in model.parameters())
