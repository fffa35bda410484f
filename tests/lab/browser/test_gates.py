"""The panel of gates in a browser: nets side by side, steps, typed sequences; the same numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tidu.lab.bench import Bench

SETTING = {"cells": "rnn lstm", "lags": "6", "hidden": "5", "steps": "8", "batch_size": "4"}
ADDRESS = "&".join(f"{k}={v.replace(' ', '+')}" for k, v in SETTING.items())
SMALL = f"/system/memory-tasks?preset=quick&lang=en&{ADDRESS}"
TYPED = "0.25,0 0.5,1 0.125,0 0.75,0 0.375,1"


def panel(page: Any) -> Any:
    return page.locator('[data-panel="gates"]')


def numbers(page: Any, key: str) -> list[float]:
    told = panel(page).locator(f'[data-reach="{key}"]').get_attribute("data-values")
    return [float(n) for n in told.split()]


def test_nets_side_by_side_over_a_typed_sequence(lab_page: Any) -> None:
    page = lab_page(SMALL)
    panel(page).get_by_text("An RNN has no gates").wait_for()
    for _ in range(11):
        page.get_by_role("button", name="One step").click()
    panel(page).locator('[data-net="0/lstm-lag-6"]').wait_for()
    panel(page).get_by_label("The sequence to read").fill(TYPED)
    panel(page).get_by_role("button", name="Read this").click()
    panel(page).locator('.token-row [data-step="4"]').wait_for()
    panel(page).locator('.token-row [data-step="5"]').wait_for(state="detached")

    bench = Bench("memory-tasks", SETTING)
    bench.lanes[0].settle(60)
    for _ in range(11):
        bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    message = {"do": "sequence", "task": "adding", "text": TYPED}
    frame = bench.handle({"kind": "panel", "panel": "gates", **message})[0]["panels"]["gates"]
    bench.close()
    for net in frame["nets"]:
        assert numbers(page, net["key"]) == pytest.approx(net["reach"]["input"], rel=1e-12)
    losses = panel(page).locator("[data-loss]").all()
    shown = [float(cell.get_attribute("data-loss")) for cell in losses]
    assert shown == pytest.approx([net["loss"] for net in frame["nets"]], rel=1e-12)
    assert panel(page).locator("canvas").count() == 6

    panel(page).get_by_label("derivative by what").select_option("cell")
    assert panel(page).locator("[data-reach]").count() == 1
    panel(page).get_by_label("which step").press("Home")
    assert "step 1: 0.25; lag 4" in panel(page).locator(".token-row output").inner_text()
    panel(page).get_by_role("button", name="forget gate f").click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "f = torch.sigmoid(" in page.locator(".line.lit").inner_text()
    assert "forget[0, 0, :, :]" in page.locator(".code-head").inner_text()
    panel(page).locator('[data-net="0/rnn-lag-6"]').click()
    panel(page).get_by_text("An RNN has no gates").wait_for()


def test_a_wrong_sequence_is_told_in_both_languages(lab_page: Any) -> None:
    page = lab_page(SMALL, width=390)
    panel(page).get_by_label("The sequence to read").fill("0.1,1 0.2,0")
    panel(page).get_by_role("button", name="Read this").click()
    page.wait_for_selector(".status.wrong")
    assert "Two values must be marked" in page.locator(".status").inner_text()
    page.get_by_role("button", name="中文").click()
    panel(page).get_by_role("button", name="换回例子").click()
    panel(page).locator('.token-row [data-step="5"]').wait_for()
    panel(page).get_by_text("RNN 没有门").wait_for()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    page.get_by_role("button", name="播放").click()
    page.wait_for_selector('.bench[data-phase="over"]')
    assert panel(page).locator("[data-net]").count() == 2
