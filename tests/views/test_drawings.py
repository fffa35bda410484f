"""The common pictures: what their numbers say, and that they draw in both languages."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

from tidu import views
from tidu.data import grid_lines
from tidu.views import boundary, curves, moving_grid, player, surface
from tidu.views.picture import Picture
from tidu.words import Text

LABEL = Text("损失", "loss")
RANDOM = np.random.default_rng(0)


def drawn(picture: Picture) -> Picture:
    for language in ("zh", "en"):
        assert picture.render("png", language)
        assert picture.alt[language].strip()
    picture.render("csv")
    return picture


def test_curves_take_lists_gaps_and_numbers_that_are_not_finite() -> None:
    rows = [
        {"step": 0, "loss": [4.0, 2.0]},
        {"step": 5, "other": 1.0},
        {"step": 10, "loss": ["nan", 1.0]},
        {"step": 20, "loss": [0.0, 0.5]},
    ]
    metrics = {"loss": LABEL, "other": LABEL, "never": LABEL}
    picture = drawn(curves.metric_curves(rows, metrics, name="loss", title=LABEL, log=True))
    assert picture.data["step"].tolist() == [0, 5, 10, 20]
    assert picture.data["loss"][[0, 2, 3]].tolist() == [3.0, 1.0, 0.25]
    assert math.isnan(picture.data["loss"][1])
    assert picture.data["loss.lowest"][3] == 0.0
    assert "never" not in picture.data


def test_everything_logged_is_shown_but_texts() -> None:
    rows = [{"step": i, "loss": [1.0 / (i + 1)] * 2, "phase": "a", "lr": 0.1} for i in range(4)]
    picture = curves.logged_curves(rows)
    assert picture is not None
    assert {"step", "loss", "lr"} <= set(drawn(picture).data)
    assert "phase" not in picture.data


def test_a_run_that_logged_nothing_still_draws() -> None:
    drawn(curves.metric_curves([], {"loss": LABEL}, name="loss", title=LABEL))


@pytest.mark.parametrize("signed", [True, False])
def test_heat_maps_keep_every_cell(signed: bool) -> None:
    matrix = RANDOM.normal(size=(3, 20))
    picture = drawn(
        views.heat_map(matrix, name="m", title=LABEL, alt=LABEL, rows="abc", signed=signed)
    )
    np.testing.assert_allclose(picture.data["value"], matrix.ravel())
    assert picture.data["row"][20] == "b"
    with pytest.raises(ValueError, match="matrix"):
        views.heat_map(np.zeros(3), name="m", title=LABEL, alt=LABEL)


def test_surfaces_name_their_lowest_point() -> None:
    x, y = np.linspace(-1, 1, 5), np.linspace(-2, 2, 9)
    height = (x[None, :] - 0.5) ** 2 + (y[:, None] + 1) ** 2
    path = np.array([[-1.0, 2.0, 11.25], [0.5, -1.0, 0.0], [9.0, 9.0, 1.0]])
    land = surface.Surface(x, y, height, LABEL, LABEL, LABEL, path)
    assert land.lowest() == (0.5, -1.0, 0.0)
    drawn(views.contour_picture(land, "contour", LABEL))
    picture = drawn(views.surface_picture(land, "surface", LABEL))
    assert picture.interactive is not None
    told = json.loads(re.findall(r"json\">(.*)</script>", picture.interactive("en"))[0])
    assert np.array(told["data"][0]["z"]).shape == (9, 5)
    assert len(told["data"][1]["x"]) == 2  # the point outside the grid is not drawn


def test_a_flat_surface_draws() -> None:
    line = np.linspace(0, 1, 4)
    land = surface.Surface(line, line, np.ones((4, 4)), LABEL, LABEL, LABEL)
    drawn(views.contour_picture(land, "contour", LABEL))


def test_colours_of_a_boundary_mix_by_probability() -> None:
    sure = boundary.mixed_colours(np.array([[[255, 0, 0], [0, 0, 255]]], dtype=np.uint8))
    half = boundary.mixed_colours(np.array([[[128, 0, 128]]], dtype=np.uint8))
    np.testing.assert_allclose(half[0, 0], sure[0].astype(float).mean(0), atol=1)


def test_the_boundary_plays_through_the_training() -> None:
    said = RANDOM.integers(0, 256, size=(3, 8, 8, 2)).astype(np.uint8)
    points, labels = RANDOM.normal(size=(6, 2)), np.array([0, 1] * 3)
    picture = drawn(views.decision_boundary({LABEL: said}, points, labels, 1.0, [0, 5, 10]))
    assert picture.interactive is not None
    fragment = picture.interactive("zh")
    assert fragment.count("data:image/jpeg") == 3
    assert "第 10 步" in fragment
    assert "http" not in fragment


def test_a_plane_is_shown_as_it_is_and_turns_keep_distances() -> None:
    points = RANDOM.normal(size=(30, 2))
    axes, share = moving_grid.principal_axes(points)
    np.testing.assert_allclose(axes, np.eye(2))
    assert share == 1.0
    wide = points @ RANDOM.normal(size=(2, 7))
    axes, share = moving_grid.principal_axes(wide)
    assert share == pytest.approx(1.0)
    flat = (wide - wide.mean(0)) @ axes
    turned = flat @ moving_grid.match(flat, points)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(flat, axis=1))


def test_match_undoes_a_rotation() -> None:
    points, angle = RANDOM.normal(size=(20, 2)), 1.1
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points @ rotation
    np.testing.assert_allclose(turned @ moving_grid.match(turned, points), points, atol=1e-12)


def test_the_moving_grid_shows_every_stage() -> None:
    lines = [grid_lines(1.0).numpy() @ RANDOM.normal(size=(2, w)) for w in (2, 5, 5, 3)]
    points = [RANDOM.normal(size=(12, w)) for w in (2, 5, 5, 3)]
    picture = drawn(moving_grid.moving_grid_picture(lines, points, np.arange(12) % 3, "tanh"))
    assert picture.interactive is not None
    assert "linear map 2" in picture.interactive("en")


def test_players_cannot_be_broken_by_labels() -> None:
    frames = [player.Frame("</script><b>", points=np.zeros((1, 2)))]
    title = Text("<b>", '"><script>')
    fragment = player.player(frames, np.zeros(1), (-1, 1, -1, 1), title, "en")
    data = fragment.split('application/json">')[1].split("</script>")[0]
    assert json.loads(data)["frames"][0]["label"] == "</script><b>"
    assert "<script>\n" not in fragment.split("<canvas")[0]
    assert "&lt;script&gt;" in fragment


def test_regression_pictures_draw() -> None:
    drawn(views.predicted_against_true([1.0, 2.0, 3.0], [1.5, 2.0, 2.0], "price"))
    drawn(views.predicted_against_true([1.0, 1.0], [2.0, 2.0], "price"))
    drawn(views.coefficient_bars(["a", "b"], {LABEL: [1.0, -2.0]}))
