"""Attention maps and next-token bars: their numbers, their words, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from tidu.views.attention import attention_maps
from tidu.views.text_generation import next_token_bars, visible

TOKENS = ["春", " ", "\n", "the"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_they_draw_and_say_what_they_show(language, tmp_path):
    maps = np.tril(np.ones((2, 3, 4, 4)))
    maps /= maps.sum(-1, keepdims=True)
    pictures = [attention_maps(maps, TOKENS), next_token_bars(TOKENS, ["a", "眠"], [0.7, 0.2])]
    for picture in pictures:
        picture.save(tmp_path / f"{picture.name}.png", language)
        picture.save(tmp_path / f"{picture.name}.csv")
        assert picture.alt[language]
    assert len(pictures[0].data["weight"]) == 2 * 3 * 4 * 4
    table = np.rec.fromarrays(list(pictures[0].data.values()), names=list(pictures[0].data))
    one = table[(table.layer == 2) & (table["head"] == 3) & (table.query == "the")]
    assert one.weight.tolist() == [0.25] * 4
    assert "70.0%" in pictures[1].alt[language]


def test_spaces_become_visible():
    assert visible("a \n\t") == "a␣⏎⇥"


def test_maps_must_fit_the_tokens():
    with pytest.raises(ValueError, match=r"got \(2, 3, 5, 5\)"):
        attention_maps(np.ones((2, 3, 5, 5)), TOKENS)
