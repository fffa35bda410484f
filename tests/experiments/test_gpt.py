"""How much a GPT recites, beside how much its author repeats himself: counted another way."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

import tidu
from tidu import data
from tidu.files import read_json
from tidu.runs import Run

pytestmark = pytest.mark.usefixtures("embedded")
SMALL: dict[str, Any] = {"layers": 1, "dim": 16, "heads": 2, "steps": 4, "sample": 30}


def trained(**fields: Any) -> tuple[Run, dict[str, float]]:
    run = tidu.run("gpt", preset="quick", quiet=True, report=False, **{**SMALL, **fields})
    return run, read_json(run.path / "result.json")["metrics"]


def share(texts: Sequence[str], training: str, n: int) -> float:
    """The mean over the texts of the share of their distinct n-grams that ``training`` has."""
    each: list[float] = []
    for text in texts:
        grams = sorted({text[i : i + n] for i in range(len(text) - n + 1)})
        each.append(sum(training.find(gram) >= 0 for gram in grams) / max(1, len(grams)))
    return sum(each) / len(each)


def shortened(text: str) -> str:
    """Runs of three or more of one character as one."""
    runs = ["".join(run) for _, run in itertools.groupby(text)]
    return "".join(run[0] if len(run) > 2 else run for run in runs)


@pytest.mark.parametrize("characters", [None, 3000])
def test_what_it_wrote_and_what_was_held_out_are_looked_up_in_what_it_learned(
    characters: int | None,
) -> None:
    run, found = trained(copied=4, characters=characters)
    corpus = cast("data.Corpus", data.load("python-docs"))
    learned, held_out = corpus.train[:characters], corpus.validation
    pieces = [held_out[i * 30 : i * 30 + 30] for i in range(len(held_out) // 30)]
    plain = shortened(learned)
    held_out_share = share([shortened(piece) for piece in pieces], plain, 4)
    assert found["recited_share_held_out"] == pytest.approx(held_out_share)
    assert 0.05 < held_out_share < 0.99
    for metric, file in (("recited_share", "samples"), ("recited_share_cold", "samples-cold")):
        written = read_json(run.path / f"{file}.json")
        assert len(written) == 8
        assert found[metric] == pytest.approx(share([shortened(t) for t in written], plain, 4))
    written = read_json(run.path / "samples.json")
    assert found["copied_share"] == pytest.approx(share(written, learned, 4))


def test_what_stands_behind_the_first_characters_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    text = cast("data.Corpus", data.load("python-docs")).train[:20_000]
    for name, middle in (("one", text[2000:12_000]), ("two", text[2000:12_000].upper())):
        whole = text[:2000] + middle + text[12_000:]
        (tmp_path / f"{name}.txt").write_text(whole, encoding="utf-8")
    one, two = (str(tmp_path / f"{name}.txt") for name in ("one", "two"))
    assert trained(data=one, characters=2000)[1] == trained(data=two, characters=2000)[1]
    assert trained(data=one)[1] != trained(data=two)[1]
    assert trained(data=one, characters=10_000_000)[1] == trained(data=one)[1]
