"""Tokenisers: every text comes back; byte pairs are merged as the algorithm says."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.errors import TiduError
from tidu.text import (
    UNKNOWN,
    BytePairTokenizer,
    CharacterTokenizer,
    tokenizer_from_json,
    tokenizer_to_json,
)
from tidu.text.byte_pair import PIECES

TRAINED = BytePairTokenizer.train("the cat and the hat; 春眠不覺曉，春眠 the end\n" * 3, 300)


@given(st.text())
def test_byte_pairs_bring_any_text_back(text):
    assert TRAINED.decode(TRAINED.encode(text)) == text


@given(st.text())
def test_pieces_lose_no_character(text):
    assert "".join(PIECES.findall(text)) == text


@given(st.text(min_size=1), st.text())
def test_characters_come_back_or_are_named(known, text):
    tokenizer = CharacterTokenizer.from_text(known)
    assert tokenizer.decode(tokenizer.encode(known)) == known
    strange = set(text) - set(known)
    if not strange:
        assert tokenizer.decode(tokenizer.encode(text)) == text
    else:
        with pytest.raises(TiduError) as caught:
            tokenizer.encode(text)
        assert any(repr(c) in caught.value.message for c in strange)


def test_rare_characters_share_one_token():
    tokenizer = CharacterTokenizer.from_text("aabbc", min_count=2)
    assert tokenizer.decode(tokenizer.encode("abcd")) == f"ab{UNKNOWN}{UNKNOWN}"


@given(st.text(alphabet="abc ", max_size=60), st.integers(256, 270))
@settings(deadline=None)
def test_merges_are_the_most_frequent_pairs_recounted_every_time(text, size):
    assert BytePairTokenizer.train(text, size).merges == _recounted(text, size - 256)


def test_encoding_equals_hugging_face_tokenizers_on_the_same_merges():
    library = pytest.importorskip("tokenizers")
    letter = [chr(256 + byte) for byte in range(256)]  # the library merges characters
    spelled = ["".join(letter[b] for b in piece) for piece in TRAINED.pieces]
    vocabulary = {piece: token for token, piece in enumerate(spelled)}
    merges = [(spelled[a], spelled[b]) for a, b in TRAINED.merges]
    theirs = library.Tokenizer(library.models.BPE(vocab=vocabulary, merges=merges))
    for text in ("the hat and a cathedral", "春眠 attend", "nothing__ 42\n\n"):
        expected: list[int] = []
        for piece in PIECES.findall(text):
            expected += theirs.encode("".join(letter[b] for b in piece.encode())).ids
        assert TRAINED.encode(text).tolist() == expected


def test_half_characters_show_as_a_sign_and_keep_their_bytes():
    tokens = torch.tensor(list("春".encode())[:2])
    assert TRAINED.decode(tokens) == "\ufffd"
    assert TRAINED.decode_bytes(tokens) == "春".encode()[:2]


@pytest.mark.parametrize("tokenizer", [TRAINED, CharacterTokenizer("ab春\n")])
def test_json_brings_the_same_tokeniser_back(tokenizer):
    again = tokenizer_from_json(json.loads(json.dumps(tokenizer_to_json(tokenizer))))
    assert again.size == tokenizer.size
    assert torch.equal(again.encode("ab春\n"), tokenizer.encode("ab春\n"))


def test_errors_say_what_arrived():
    with pytest.raises(ValueError, match="at least 256 tokens; got size 255"):
        BytePairTokenizer.train("abc", 255)
    with pytest.raises(ValueError, match="none twice"):
        CharacterTokenizer("aa")
    with pytest.raises(ValueError, match="got 'words'"):
        tokenizer_from_json({"kind": "words"})


def _recounted(text: str, wanted: int) -> list[tuple[int, int]]:
    """Algorithm 1 of Sennrich et al. as it stands: count everything anew for each merge."""
    words = [(list(piece.encode()), n) for piece, n in Counter(PIECES.findall(text)).items()]
    merges: list[tuple[int, int]] = []
    while len(merges) < wanted:
        counts = Counter[tuple[int, int]]()
        for word, n in words:
            for pair in pairwise(word):
                counts[pair] += n
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        for word, _ in words:
            i = 0
            while i + 1 < len(word):
                if (word[i], word[i + 1]) == best:
                    word[i : i + 2] = [256 + len(merges)]
                i += 1
        merges.append(best)
    return merges
