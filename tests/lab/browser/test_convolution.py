"""The convolution panel in a real browser: drawn, pointed at, walked through by keys."""

from __future__ import annotations

import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SMALL = "/system/lenet?preset=quick&net=lenet-5-1998&hidden=20&batch=16&lang=en"


def until(page: Any, expression: str) -> None:
    """Wait for what ``page.wait_for_function`` may not evaluate under the page's own policy."""
    end = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def logits(page: Any) -> list[float]:
    return [
        float(cell.get_attribute("data-value"))
        for cell in page.locator(".conv-bars td[data-value]").all()
    ]


def own(page: Any) -> tuple[float, float]:
    """The value of the cell in the network, and the sum that is told of it."""
    told = page.locator(".conv-sum .own b")
    return float(told.get_attribute("data-value")), float(told.get_attribute("data-sum"))


def test_draw_point_and_walk(lab_page: Any) -> None:
    page = lab_page(SMALL)
    page.wait_for_selector(".conv-bars td[data-value]")
    before = logits(page)
    page.get_by_role("button", name="Clear", exact=True).click()
    until(page, "document.querySelector('[data-pick]').value === ''")
    box = page.locator("[data-field]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 180, steps=6)
    page.mouse.up()
    until(page, "bench.panels.get('convolution').sending === null")
    assert logits(page) != before
    assert page.evaluate(
        "bench.panels.get('convolution').frame.stages[0].value.reduce((a, b) => a + b) > 20"
    )

    maps = page.locator('[data-stage="conv1"] canvas')
    maps.hover(position={"x": 30, "y": 30})
    page.wait_for_selector(".conv-sum .products")
    value, total = own(page)
    assert abs(value - total) < 1e-5
    assert page.locator(".conv-field .frames rect").count() == 2  # the window, and its halo
    maps.click(position={"x": 30, "y": 30})
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "self.conv1(" in page.locator(".line.lit").inner_text()
    assert page.locator(".code-head .tensor").inner_text().startswith("conv1[0, ")

    page.keyboard.press("Escape")
    pooled = page.locator('[data-stage="pool1"] canvas')
    pooled.focus()
    pooled.press("ArrowRight")
    page.wait_for_selector(".conv-sum .largest")
    assert page.locator(".conv-sum code").first.inner_text() == "pool1[0, 6, 7]"

    page.get_by_role("button", name="Put the arithmetic away").click()
    page.wait_for_selector(".conv-sum > .note")
    pooled.focus()
    pooled.press("ArrowRight")
    page.get_by_role("button", name="One step").click()
    page.wait_for_selector('.bench[data-step="1"]')
    assert own(page)[0] >= 0  # behind ReLU
    page.locator("[data-field]").focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('[data-pick]').value === '1'")
    page.get_by_role("button", name="中文").click()
    assert page.get_by_text("概率（softmax）").is_visible()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
