"""The sparsity panel in a real browser: slid, chosen, cut for real."""

from __future__ import annotations

import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SMALL = "/system/pruning?preset=quick&epochs=1&lang=en"
PANEL = "bench.panels.get('sparsity')"


def until(page: Any, expression: str) -> None:
    """Wait for what ``page.wait_for_function`` may not evaluate under the page's own policy."""
    end = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def figure(page: Any, name: str) -> float:
    return float(page.locator(f'[data-figure="{name}"]').get_attribute("data-value"))


def test_slide_choose_and_cut(lab_page: Any) -> None:
    page = lab_page(SMALL)
    page.get_by_label("steps a frame").select_option("10")
    page.wait_for_selector('[data-figure="left"][data-value]')
    until(page, f"{PANEL}.frame.filled")  # without anybody asking: the page asks for the rest
    assert page.locator(".sparse circle.dot").count() == page.evaluate(
        f"{PANEL}.frame.levels.length"
    )
    at_ninety = figure(page, "left")
    slide = page.locator("[data-sparsity]").first
    slide.focus()
    slide.press("End")
    until(page, f"{PANEL}.frame.sparsity === 0.999")
    assert figure(page, "left") < at_ninety / 50
    assert figure(page, "size") == page.evaluate(f"{PANEL}.frame.bytes.sparse")
    page.get_by_label("sparsity in percent").fill("50")
    page.get_by_label("sparsity in percent").press("Enter")
    until(page, f"{PANEL}.frame.sparsity === 0.5")
    assert figure(page, "left") == 133_100
    page.get_by_label("the same share of each layer").check()
    until(page, f"{PANEL}.frame.scope === 'layer'")
    lefts = page.evaluate(f"{PANEL}.frame.layers.map((layer) => layer.left)")
    assert lefts == [117_600, 15_000, 500]

    page.get_by_role("button", name="Cut it for real").click()
    until(page, f"{PANEL}.frame.layers.every((layer) => layer.threshold === 0)")
    page.get_by_role("button", name="One step").click()
    page.wait_for_selector('.bench[data-step="1"]')
    assert figure(page, "left") == 133_100
    page.get_by_role("button", name="hidden.0.weight", exact=True).click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "kthvalue" in page.locator(".line.lit").inner_text()

    page.get_by_role("button", name="中文").click()
    assert page.get_by_text("剩下的权重").is_visible()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
