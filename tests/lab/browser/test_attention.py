"""The attention panel in a browser: type, hover, switch heads off, write on; the same numbers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tidu.lab.bench import Bench

PATIENCE = 60_000
SETTING = {"layers": "1", "dim": "16", "heads": "2", "context": "32", "batch": "4", "steps": "40"}
SMALL = "/system/gpt?preset=quick&lang=en&" + "&".join(f"{k}={v}" for k, v in SETTING.items())


def panel(page: Any) -> Any:
    return page.locator('[data-panel="attention"]')


def number(page: Any, name: str) -> float:
    found = panel(page).locator(f"[data-{name}]")
    found.wait_for()
    return float(found.get_attribute(f"data-{name}"))


def frame_of(bench: Bench, **message: Any) -> dict[str, Any]:
    reply = bench.handle({"kind": "panel", "panel": "attention", **message})[0]
    return reply["panels"]["attention"]["lanes"][0]


def test_what_is_typed_is_read_by_the_present_network(lab_page: Any, embedded: None) -> None:
    page = lab_page(SMALL)
    page.get_by_role("button", name="One step").click()
    page.wait_for_selector('.bench[data-step="1"]')
    panel(page).get_by_label("The text to read").fill("if x in 梯 y")
    panel(page).get_by_text("Not in the vocabulary, left out: 梯").wait_for()
    assert panel(page).locator(".token-row [data-token]").count() == len("if x in  y")
    bench = Bench("gpt", SETTING)
    bench.lanes[0].settle(60)
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    lane = frame_of(bench, do="text", text="if x in 梯 y")
    assert number(page, "loss") == pytest.approx(lane["loss"], rel=1e-12)

    panel(page).locator('[data-head="0,1"]').uncheck()
    lane = frame_of(bench, do="heads", off=[[0, 1]])
    assert number(page, "loss-off") == pytest.approx(lane["loss_off"], rel=1e-12)
    shown = [float(b.get_attribute("data-prob")) for b in panel(page).locator("[data-prob]").all()]
    assert shown == pytest.approx([p for bar in lane["bars"] for p in bar["probs"]], rel=1e-12)
    bench.close()

    panel(page).locator('.token-row [data-token="3"]').hover()
    assert "token 4: x" in panel(page).locator(".token-row output").inner_text()
    assert panel(page).locator(".head .cell").first.inner_text().startswith("x → ")
    panel(page).get_by_label("which token").press("Home")
    assert panel(page).locator(".head .cell").first.inner_text() == "i → i 1"

    page.get_by_role("button", name="layer 1, head 2").click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "masked_softmax" in page.locator(".line.lit").inner_text()
    assert (
        "model.blocks.0.attention: weights[0, 1, :, :]" in page.locator(".code-head").inner_text()
    )


def test_it_writes_on_and_speaks_both_languages(lab_page: Any) -> None:
    from playwright.sync_api import expect

    page = lab_page(SMALL, width=390)
    box = panel(page).get_by_label("The text to read")
    box.fill("for x")
    panel(page).get_by_role("button", name="Write one token").click()
    expect(box).to_have_value(re.compile(r"^for x(.|\s)$"), timeout=PATIENCE)
    panel(page).get_by_role("button", name="Write 40 tokens").click()
    expect(box).to_have_value(re.compile(r"^for x(.|\s){41}$"), timeout=PATIENCE)
    panel(page).get_by_text("The window holds 32").wait_for()
    page.get_by_role("button", name="中文").click()
    panel(page).get_by_text("窗口只有 32 长").wait_for()
    assert (
        panel(page).locator("canvas").first.get_attribute("aria-label").startswith("第 1 层第 1 头")
    )
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    page.get_by_role("button", name="播放").click()
    page.wait_for_selector('.bench:not([data-step="0"])')
    page.get_by_role("button", name="暂停").click()
    assert number(page, "loss") > 0
