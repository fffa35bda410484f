"""The expression panel in a browser: type, change, step through the graph, look behind a box."""

from __future__ import annotations

import math
from typing import Any

from playwright.sync_api import expect

PATIENCE = 30_000
PAGE = "/system/autograd?preset=quick&steps=3&hidden=4&expression=x*y+%2B+sin(x)&lang=en"


def gradients(page: Any) -> list[str]:
    return [text for text in page.locator("[data-gradient]").all_text_contents() if text]


def test_through_the_graph_and_back(lab_page: Any) -> None:
    page = lab_page(PAGE)
    panel = page.locator(".panel-expression")
    on = panel.get_by_role("button", name="One box on")
    back = panel.get_by_role("button", name="One box back")
    counter = panel.locator(".counter")
    expect(counter).to_have_text("3 / 7", timeout=PATIENCE)  # forward is done
    assert gradients(page) == []
    for _ in range(3):
        back.click()
    assert page.locator("[data-number]").all_text_contents() == ["2", "3", "?", "?", "?"]
    on.click()
    expect(panel.locator(".graph-words")).to_contain_text("x × y = 2 × 3 = 6")
    scrub = panel.get_by_label("boxes done")
    scrub.focus()
    scrub.press("End")
    expect(counter).to_have_text("7 / 7")
    slope = 3 + math.cos(2)
    assert f"∂ {slope:.4g}" in gradients(page)
    row = page.locator('[data-check="x"] td').all_inner_texts()
    assert [float(v) for v in row[:2]] == [round(slope, 7), round(slope, 7)]

    value = page.locator('[data-value-of="x"]')
    value.fill("0")
    value.press("Enter")
    expect(page.locator('[data-check="x"] td').first).to_have_text("4", timeout=PATIENCE)
    expect(counter).to_have_text("7 / 7")  # a value moves, the place stays

    page.locator(".box.result").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert 'record("*"' in page.locator(".line.lit").inner_text()
    assert "∂(x × y)/∂(x)" in page.locator(".graph-details").inner_text()


def test_a_mistake_is_marked_where_it_stands(lab_page: Any) -> None:
    page = lab_page(PAGE, width=390)
    formula = page.locator(".graph-panel .formula")
    formula.fill("x + foo(y)")
    formula.press("Enter")
    expect(page.locator(".mistake mark")).to_have_text("foo", timeout=PATIENCE)
    formula.fill("x / y")
    formula.press("Enter")
    expect(page.locator(".mistake")).to_be_hidden(timeout=PATIENCE)
    assert page.locator(".graph-check code").all_inner_texts() == ["x", "y"]
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("button", name="进一格")).to_be_visible()
    assert page.evaluate("document.querySelector('.graph-panel').scrollWidth <= innerWidth")
