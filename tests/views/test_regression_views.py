"""Pictures of lines, degrees, species and penalties: what their numbers say, in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from tidu import views
from tidu.views import coefficient_paths, conditions, degree_sweep, moving_line, species_lines
from tidu.views.picture import Picture
from tidu.words import Text

RANDOM = np.random.default_rng(0)


def drawn(picture: Picture) -> Picture:
    for language in ("zh", "en"):
        assert picture.render("png", language)
        assert picture.alt[language].strip()
        if picture.interactive is not None:
            assert "player" in picture.interactive(language)
    picture.render("csv")
    return picture


@pytest.mark.parametrize(
    "line", [[1.0, 0.0, -0.5], [0.0, 2.0, 1.0], [3.0, -4.0, 0.2], [1e-9, 1e-9, 0.0]]
)
@pytest.mark.parametrize("view", [(0.0, 1.0, 0.0, 1.0), (-100.0, 300.0, 0.001, 0.002)])
def test_both_ends_lie_on_the_line_and_outside(
    line: list[float], view: tuple[float, float, float, float]
) -> None:
    a, b, c = line
    ends = moving_line.line_ends(np.array(line), view)
    size = abs(a * (view[1] - view[0])) + abs(b * (view[3] - view[2])) + abs(c)
    np.testing.assert_allclose(ends @ [a, b] + c, 0, atol=1e-9 * size)
    assert np.ptp(ends, axis=0).max() > 0


def test_weights_of_zero_are_no_line() -> None:
    ends = moving_line.line_ends(np.array([0.0, 0.0, 1.0]), (0.0, 1.0, 0.0, 1.0))
    assert (ends > 1).all()


def test_the_moving_line_counts_what_is_wrong() -> None:
    points, labels = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])
    lines = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, -1.0]])
    picture = drawn(moving_line.moving_line(lines, [0, 3], points, labels, ("a", "b"), ("n", "y")))
    assert picture.data["wrong"].tolist() == [1, 0]
    assert "3 times" in picture.alt.en


def test_degrees_without_a_turn_say_so() -> None:
    errors = np.array([[4.0, 4.0, 4.0], [2.0, 3.0, 3.0], [1.0, 2.0, 2.0]])
    assert "no turn up to degree 2" in drawn(degree_sweep.error_curves(errors, 2)).title.en
    errors[2, 1] = 9
    assert "the turn is at degree 1" in drawn(degree_sweep.error_curves(errors, 1)).title.en
    drawn(degree_sweep.error_curves(np.zeros((2, 3)), 0))


def test_astronomic_curves_are_drawn() -> None:
    x = np.linspace(0, 1, 5)
    curves = np.stack([np.zeros(9), np.full(9, 1e300)])
    drawn(degree_sweep.fitted_curves(x, x, np.linspace(0, 1, 9), curves, 0, ("x", "y")))


@pytest.mark.parametrize("count", [2, 7, 25])
def test_species_from_two_to_many(count: int) -> None:
    codes = np.repeat(np.arange(count), 4)
    x, y = RANDOM.normal(size=(2, 4 * count))
    groups = [f"s{k}" for k in range(count)]
    lines = RANDOM.normal(size=(count, 2))
    picture = drawn(species_lines.species_lines(x, y, codes, lines, lines[0], groups, ("x", "y")))
    assert len(picture.data["slope"]) == count
    errors = RANDOM.normal(size=(4 * count, 2))
    drawn(species_lines.error_by_category(errors, codes, groups))


def test_paths_of_one_weight_and_one_penalty() -> None:
    penalties, weights = np.array([[1.0], [1.0]]), np.ones((2, 1, 1))
    drawn(coefficient_paths.coefficient_paths(penalties, weights, [0, 0], ["age"]))
    drawn(coefficient_paths.errors_over_penalty(penalties, np.ones((2, 2, 1)), [0, 0]))


def test_two_surfaces_and_their_conditions() -> None:
    line = np.linspace(-1, 1, 9)
    label = Text("甲", "a")
    bowl = line**2 + line[:, None] ** 2
    path = np.array([[0.5, 0.5, 0.5], [0.1, 0.1, 0.02]])
    surface = views.Surface(line, line, bowl, label, label, label, path)
    picture = drawn(views.contour_pair(surface, surface, (label, label), "pair", label))
    assert len(picture.data["1.height"]) == 81
    drawn(conditions.conditions({label: 10.0}, {label: 3.0}, 0.01))
