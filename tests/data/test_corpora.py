"""Properties of the text sources: nothing learned is tested, the shares hold, order is fixed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu import data
from tidu.data.collection.corpora import assemble, split_documents

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=12)
documents = st.lists(texts, max_size=40)
SHARES = (0.90, 0.05, 0.05)


def parts(documents: list[str]) -> list[list[str]]:
    corpus = assemble(split_documents(documents, SHARES))
    split = [corpus.train, corpus.validation, corpus.test]
    return [part[:-1].split("\n\n") if part else [] for part in split]


@given(documents)
def test_each_document_is_in_one_part_once(documents: list[str]) -> None:
    found = [text for part in parts(documents) for text in part]
    assert sorted(found) == sorted({text for text in documents if text.strip()})


@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(documents: list[str], random: Any) -> None:
    shuffled = [*documents, *documents]
    random.shuffle(shuffled)
    one, other = split_documents(documents, SHARES), split_documents(shuffled, SHARES)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_the_shares_hold() -> None:
    train, validation, test = parts([f"document {i}" for i in range(10_000)])
    assert len(train) == pytest.approx(9_000, abs=20)
    assert len(validation) == pytest.approx(500, abs=20)
    assert len(test) == pytest.approx(500, abs=20)


@pytest.mark.parametrize("name", ["tang-poems", "tang-300"])
def test_tang_poems(name: str, published: Any) -> None:
    stand = published(name)
    corpus = data.load(name, mirror=str(stand.mirror))
    assert isinstance(corpus, data.Corpus)
    poems = {"\n".join(p["paragraphs"]) for p in stand._mirrored_poems()} - {""}
    split = [part[:-1].split("\n\n") for part in (corpus.train, corpus.validation, corpus.test)]
    assert sum(map(len, split)) == len(poems)
    assert set().union(*split) == poems


def test_shakespeare_is_cut_at_ninety_percent(published: Any) -> None:
    stand = published("tiny-shakespeare")
    corpus = data.load("tiny-shakespeare", mirror=str(stand.mirror))
    assert isinstance(corpus, data.Corpus)
    text = (stand.mirror / "tiny_shakespeare" / "input.txt").read_text()
    assert corpus.train + corpus.validation == text
    assert len(corpus.train) == int(len(text) * 0.9)
    assert corpus.test == ""
