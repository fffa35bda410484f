"""Every page of the lab: no overflow, WCAG AA by axe, one heading, both languages and themes."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
PAGES = (
    "/",
    "/claims",
    "/runs",
    "/claim/softmax-example",
    "/claim/shuffling-helps",
)


def overflow(page: Any) -> int:
    """Pixels that stick out to the right."""
    root = "document.documentElement"
    return page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")


def violations(page: Any) -> list[str]:
    """What axe finds wrong, with the element."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_a_page_can_be_read_by_everybody(lab_page: Any, language: str, theme: str) -> None:
    page = lab_page(
        f"/system/spiral?preset=quick&steps=20&lang={language}&theme={theme}&compare=lr:0.1"
    )
    page.locator(".controls button").nth(1).click()
    page.wait_for_selector('.bench[data-step="1"]')
    page.locator(".setting-box summary").click()
    page.locator(".layers button").first.click()
    page.wait_for_selector(".code-pane:not([hidden])")
    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("path", PAGES)
def test_pages_without_a_bench(lab_page: Any, path: str) -> None:
    for width in (1200, 390):
        page = lab_page(path, width=width)
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0
        page.get_by_role("button", name="中文").click()
        assert violations(page) == []
        assert overflow(page) <= 0


@pytest.mark.parametrize("system", ["gan"])
def test_a_phone_shows_a_bench(lab_page: Any, system: str) -> None:
    page = lab_page(f"/system/{system}?lang=en", width=390, has_touch=True)
    assert overflow(page) <= 0
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
