"""Generation: cached and uncached texts are the same, settings keep their promises."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.nn.gpt import GPT
from tidu.text import (
    beam_search,
    copied_share,
    copied_shares,
    generate,
    longest_copied_span,
    nats_per_token,
    next_token_probs,
    stream,
    window_start,
)


@given(
    st.sampled_from(["learned", "rotary", "sinusoidal", "none"]),
    st.integers(1, 20),
    st.floats(0, 2),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=20)
def test_a_cache_writes_the_same_tokens_beyond_the_context_too(positions, start, warm, seed):
    torch.manual_seed(seed)
    model, prompt = _model(positions), torch.randint(9, (3, start))
    written = [
        generate(
            model,
            prompt,
            25,
            temperature=warm,
            top_k=5,
            top_p=0.9,
            cache=cache,
            generator=torch.Generator().manual_seed(seed),
        )
        for cache in (True, False)
    ]
    assert torch.equal(*written)
    assert torch.equal(written[0][:, :start], prompt)


@given(st.integers(1, 4), st.integers(0, 99))
@settings(deadline=None, max_examples=10)
def test_a_cache_finds_the_same_beams(beams, seed):
    torch.manual_seed(seed)
    model, prompt = _model("learned"), torch.randint(9, (3,))
    cached, plain = (beam_search(model, prompt, 14, beams, end=0, cache=c) for c in (True, False))
    assert [h.tokens.tolist() for h in cached] == [h.tokens.tolist() for h in plain]
    scores = [h.score for h in cached]
    assert scores == sorted(scores, reverse=True)


@given(st.integers(1, 12), st.floats(0.05, 1), st.floats(0.1, 3), st.integers(0, 99))
@settings(deadline=None)
def test_probabilities_are_cut_as_asked(top_k, top_p, temperature, seed):
    torch.manual_seed(seed)
    logits = torch.randn(4, 12, dtype=torch.float64)
    probs = next_token_probs(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    full = (logits / temperature).softmax(-1)
    torch.testing.assert_close(probs.sum(-1), torch.ones(4, dtype=torch.float64))
    assert (probs > 0).sum(-1).max() <= top_k
    for row, whole in zip(probs, full, strict=True):
        kept = row > 0
        assert kept[whole.argmax()]
        assert not kept.all() or top_k == 12
        assert (whole[kept].min() >= whole[~kept]).all()


def test_sampling_follows_the_probabilities():
    logits = torch.tensor([0.1, 0.2, 0.3, 0.4]).log()
    prompt = torch.zeros(20_000, 1, dtype=torch.long)
    generator = torch.Generator().manual_seed(0)
    drawn = generate(_always(logits), prompt, 1, generator=generator)[:, 1]
    counts = torch.bincount(drawn, minlength=4)
    expected = 20_000 * logits.exp()
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    assert chi_squared < 16.27  # exceeded once in a thousand draws with 3 degrees of freedom


def test_writing_stops_when_every_row_has_ended():
    prompt = torch.tensor([[0], [2]])
    written = generate(_counting, prompt, 9, temperature=0.0, end=3)
    assert written.tolist() == [[0, 1, 2, 3], [2, 3, 3, 3]]
    assert len(list(stream(_counting, prompt, 2, temperature=0.0, end=3))) == 2


def test_a_beam_finds_what_greed_misses():
    table = torch.tensor([[0.0, 0.6, 0.4], [0.4, 0.3, 0.3], [1.0, 0.0, 0.0]]).log()
    best = beam_search(lambda tokens: table[tokens], torch.tensor([0]), 2, beams=2)[0]
    assert best.tokens.tolist() == [0, 2, 0]
    assert abs(best.log_prob - torch.tensor(0.4).log().item()) < 1e-6
    greedy = generate(lambda tokens: table[tokens], torch.tensor([[0]]), 2, temperature=0.0)
    assert greedy[0].tolist() == [0, 1, 0]


@given(st.integers(1, 200), st.integers(1, 40))
def test_the_window_never_exceeds_the_context_and_moves_rarely(time, context):
    start = window_start(time, context)
    assert 0 < time - start <= context
    assert start <= window_start(time + 1, context)
    assert time <= context or time - start > context - max(1, context // 2)


def test_every_token_is_foretold_once_whatever_the_window():
    tokens = torch.randint(9, (53,))
    bigram = torch.randn(9, 9)
    logs = bigram.log_softmax(-1)[tokens[:-1], tokens[1:]]
    for context in (1, 5, 52, 100):
        nats = nats_per_token(lambda t: bigram[t], tokens, context, batch=3)
        assert abs(nats + logs.mean().item()) < 1e-5


def test_copies_are_found():
    assert copied_share("abc", "xabcx", n=3) == 1.0
    assert copied_share("ab", "xabcx", n=3) == 0.0
    assert longest_copied_span("", "abc") == ""


@given(
    st.lists(st.text("ab\n", max_size=12), max_size=4),
    st.text("ab\n", max_size=60),
    st.integers(1, 4),
)
def test_the_shares_of_many_texts_are_those_of_each(texts, training, n):
    found = copied_shares(texts, training, n)
    for text, share in zip(texts, found, strict=True):
        grams = {text[i : i + n] for i in range(len(text) - n + 1)}
        assert share == (sum(gram in training for gram in grams) / len(grams) if grams else 0.0)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: next_token_probs(torch.zeros(1, 3), temperature=-1.0), "got -1.0"),
        (lambda: next_token_probs(torch.zeros(1, 3), top_k=0), "got 0"),
        (lambda: next_token_probs(torch.zeros(1, 3), top_p=1.5), "got 1.5"),
        (lambda: generate(_counting, torch.zeros(1, 0, dtype=torch.long), 3), "got none"),
        (lambda: beam_search(_counting, torch.tensor([1]), 3, beams=0), "got 0 beams"),
        (lambda: copied_share("a", "b", 0), "got n = 0"),
        (lambda: copied_shares(["a"], "b", 0), "got n = 0"),
        (lambda: nats_per_token(_counting, torch.tensor([1]), 4), "got 1"),
    ],
)
def test_errors_say_what_arrived(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def _counting(tokens):
    return 50 * torch.nn.functional.one_hot((tokens + 1) % 4, 4).float()


def _always(logits):
    return lambda tokens: logits.expand(*tokens.shape, -1)


def _model(positions):
    model = GPT(9, 10, 16, 2, 2, positions=positions).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    return model
