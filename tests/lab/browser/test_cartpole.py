"""The carts in a browser: watch, steer with keys and buttons, begin again from a seed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

PATIENCE = 30_000
PAGE = "/system/policy-gradient?preset=quick&iterations=3&episodes=3&hidden=8&lang=en"


def steps(page: Any, who: str) -> int:
    return int(page.locator(f'[data-steps="{who}"]').inner_text().split("/")[0])


def test_watch_and_steer(lab_page: Any) -> None:
    page = lab_page(PAGE)
    panel = page.locator(".panel-cartpole")
    panel.get_by_role("button", name="One push").click()
    expect(page.locator('[data-steps="policy-0"]')).to_have_text("1 / 500", timeout=PATIENCE)
    assert steps(page, "you") == 0
    chances = [float(v) for v in panel.locator(".cart-bar .number").all_inner_texts()]
    assert abs(sum(chances) - 1) < 2e-3
    page.get_by_role("button", name="One step", exact=True).first.click()
    page.wait_for_selector('.bench[data-step="1"]')
    after = [float(v) for v in panel.locator(".cart-bar .number").all_inner_texts()]
    assert after != chances  # the training has moved the policy
    assert steps(page, "policy-0") == 1

    panel.locator(".cart-canvas").last.focus()
    page.keyboard.press("ArrowRight")
    ends = panel.locator(".cart-head .status")
    expect(ends.last).to_contain_text("the pole fell", timeout=PATIENCE)
    assert 7 <= steps(page, "you") <= 15  # pushed to one side all the time
    seed = panel.get_by_label("seed of the episode")
    seed.fill("11")
    seed.press("Enter")
    expect(page.locator('[data-steps="you"]')).to_have_text("0 / 500", timeout=PATIENCE)
    panel.get_by_role("button", name="Watch").click()
    expect(ends.first).not_to_have_text("", timeout=PATIENCE)
    assert steps(page, "you") == 0
    panel.get_by_role("button", name="chances of the pushes: code").click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "argmax(-1)" in page.locator(".line.lit").inner_text()


def test_touch_and_chinese_on_a_phone(lab_page: Any) -> None:
    page = lab_page(PAGE.replace("lang=en", "lang=zh"), width=390, has_touch=True)
    page.get_by_role("button", name="向左推").tap()
    end = page.locator(".cart-head .status").last
    expect(end).to_contain_text("杆倒了", timeout=PATIENCE)
    assert page.evaluate("document.querySelector('.cart-panel').scrollWidth <= innerWidth")
