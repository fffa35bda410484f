"""The terrain in a browser: choose, drag, walk, write a formula; numbers are Python's."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from playwright.sync_api import expect

PATIENCE = 30_000
PAGE = "/system/cost-surface?preset=quick&steps=12&lang=en"


def reading(page: Any) -> str:
    return page.locator(".terrain-reading").inner_text()


def test_choose_drag_walk(lab_page: Any) -> None:
    page = lab_page(PAGE)
    page.get_by_label("surface", exact=True).select_option("ravine")
    expect(page.locator(".terrain .formula")).to_have_value("x^2/20 + y^2", timeout=PATIENCE)
    steps = page.get_by_label("steps to walk")
    steps.fill("3")
    steps.press("Enter")
    rate = page.get_by_label("learning rate of SGD", exact=True)
    rate.fill("0.25")
    rate.press("Enter")
    expect(page.locator(".terrain .counter")).to_have_text("3 / 3", timeout=PATIENCE)

    point = torch.tensor([-7.0, 2.0], dtype=torch.float64, requires_grad=True)
    descent, told = torch.optim.SGD([point], lr=0.25), []
    for _ in range(4):
        height = point[0] ** 2 / 20 + point[1] ** 2
        told.append(float(height.detach()))
        descent.zero_grad()
        height.backward()
        descent.step()
    scrub = page.locator('.terrain input[max="3"]')
    for step in (3, 2, 1, 0):
        assert float(page.locator('[data-height="sgd"]').inner_text()) == pytest.approx(
            told[step], rel=1e-4
        )
        scrub.focus()
        scrub.press("ArrowLeft")

    before = reading(page)
    start = page.locator('.terrain-start[aria-label^="Start x -7"]')
    start.focus()
    start.press("ArrowRight")
    page.locator('.terrain-start[aria-label^="Start x -6.7"]').wait_for()
    assert reading(page) != before
    box = page.locator(".terrain-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".terrain-reading")).to_contain_text("Under", timeout=PATIENCE)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.up()
    page.locator('.terrain-start[aria-label^="Start x -5.2"]').wait_for()


def test_a_formula_of_ones_own_and_both_languages(lab_page: Any) -> None:
    page = lab_page(PAGE, width=390)
    formula = page.get_by_label("formula of the height in x and y")
    page.get_by_label("surface", exact=True).select_option("saddle")
    expect(formula).to_be_editable(timeout=PATIENCE)
    formula.fill("x^2 + q")
    formula.press("Enter")
    page.get_by_text("There is no variable called 'q'").wait_for()
    formula.fill("x^2 + y^2 + 1")
    formula.press("Enter")
    told = page.locator(".terrain-reading")
    expect(told).to_have_text(
        "Start x = 1, y = 1: height 3, gradient (2, 2)", use_inner_text=True, timeout=PATIENCE
    )
    page.get_by_role("button", name="Momentum", exact=True).click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "def direction" in page.locator(".line.lit").inner_text()
    page.get_by_role("button", name="中文").click()
    expect(told).to_have_text(
        "起点 x = 1, y = 1：高度 3，梯度 (2, 2)", use_inner_text=True, timeout=PATIENCE
    )
    assert page.evaluate("document.querySelector('.terrain').scrollWidth <= innerWidth")


def test_the_runs_own_way_is_drawn(lab_page: Any) -> None:
    page = lab_page(PAGE)
    page.get_by_role("button", name="One step", exact=True).first.click()
    page.wait_for_selector('.bench[data-step="1"]')
    assert "this run, height now" in page.locator(".terrain .legend").inner_text()
