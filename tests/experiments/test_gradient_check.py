"""The experiment refuses what has no gradient to check, and draws formulas with holes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tidu
from tidu.errors import TiduError
from tidu.experiments.foundations.gradient_check import NETS, SPOILED, new_network
from tidu.views.systems import gradient_check as views

REFUSED: dict[str, dict[str, Any]] = {
    "must have two variables; 'x": {"expression": "x^2"},
    "has 3: x, y, z": {"expression": "x*y*z"},
    "not arithmetic": {"expression": "x.y + y"},
    "no finite gradient anywhere": {"expression": "log(-x^2 - 1) + y"},
    "no finite value and gradient at": {"expression": "log(x - 2) + y", "at": (1.0, 0.5)},
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_formula_without_a_field_is_told(words: str) -> None:
    with pytest.raises(TiduError, match=words):
        tidu.run("gradient-check", preset="quick", nets=("mlp",), quiet=True, **REFUSED[words])


def test_a_formula_with_holes_is_drawn_where_it_is_finite() -> None:
    run = tidu.run(
        "gradient-check", preset="quick", expression="log(b) + a*b", nets=("mlp",), quiet=True
    )
    field = run.recorded("field")
    seen = field["along_x"].isfinite()
    assert torch.equal(seen, (field["coarse"] > 0)[:, None].expand_as(seen))
    assert run.read_json("variables") == ["a", "b"]
    assert set(SPOILED) == set(run.read_json("spoiled")) == set(views.SPOILED)


@pytest.mark.parametrize("name", NETS)
def test_every_network_runs_as_given(name: Any) -> None:
    network, inputs = new_network(name)
    network(*inputs)
    assert any(p.requires_grad for p in network.parameters())
