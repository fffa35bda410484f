"""The plane in a browser: draw points, look into a unit, hold a weight; the same numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tidu.lab import own_points
from tidu.lab.bench import Bench

SETTING = {"preset": "quick", "hidden": "4", "steps": "40"}
SMALL = "/system/spiral?lang=en&" + "&".join(f"{k}={v}" for k, v in SETTING.items())


def panel(page: Any) -> Any:
    return page.locator('[data-panel="plane"]')


def rights(page: Any) -> list[float]:
    found = panel(page).locator("figure[data-right]")
    return [float(one.get_attribute("data-right")) for one in found.all()]


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_a_unit_and_a_held_weight(lab_page: Any) -> None:
    page = lab_page(SMALL)
    press(page, "One step")
    page.wait_for_selector('.bench[data-step="1"]')
    bench = Bench("spiral", SETTING)
    bench.lanes[0].settle(60)
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    message = {"kind": "panel", "panel": "plane", "do": "look", "unit": [0, 2]}
    frame = bench.handle(message)[0]["panels"]["plane"]
    assert rights(page) == [one["right"] for one in frame["lanes"][0]["maps"]]

    panel(page).get_by_role("button", name="layer 1, unit 3").click()
    big = panel(page).locator(".plane-big[data-low]")
    big.wait_for()
    unit = frame["inside"]["unit"]
    assert float(big.get_attribute("data-low")) == pytest.approx(unit["low"], rel=1e-12)

    panel(page).get_by_label("to unit").select_option(index=1)
    panel(page).get_by_label("hold it").click()
    panel(page).get_by_label("value of the weight").fill("0.625")
    panel(page).get_by_label("value of the weight").press("Enter")
    panel(page).get_by_role("button", name="1: x→2 = 0.625").wait_for()
    press(page, "One step")
    page.wait_for_selector('.bench[data-step="2"]')
    place = {"layer": 0, "to": 1, "from": 0, "value": 0.625, "held": True}
    bench.handle({"kind": "panel", "panel": "plane", "do": "weight", **place})
    frame = bench.handle({"kind": "next", "steps": 1, "seconds": 60})[0]["panels"]["plane"]
    bench.close()
    assert rights(page) == [one["right"] for one in frame["lanes"][0]["maps"]]
    assert float(panel(page).locator(".plane-editor").get_attribute("data-value")) == 0.625
    page.get_by_label("go to step").press("Home")
    page.wait_for_selector('.plane-editor[data-held="false"]')
    panel(page).get_by_role("button", name="code", exact=True).first.click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "torch.baddbmm" in page.locator(".line.lit").inner_text()
    assert "models.mlp.layers.0.weight[1, 0]" in page.locator(".code-head").inner_text()


def test_points_are_drawn_by_pointer_and_by_numbers(lab_page: Any) -> None:
    page = lab_page(SMALL, width=390)
    press(page, "XOR")
    page.wait_for_url("**points=xor*")
    press(page, "Clear")
    canvas = panel(page).locator(".plane-maps canvas").first
    canvas.scroll_into_view_if_needed()
    wide = canvas.bounding_box()["width"]
    canvas.click(position={"x": wide / 2, "y": wide / 2})
    panel(page).get_by_text("Draw a second class").wait_for()
    assert "own=" not in page.url
    press(page, "Class 2")
    canvas.click(position={"x": wide * 0.75, "y": wide / 4})
    page.wait_for_url("**own=*")
    panel(page).get_by_text("Points by numbers").click()
    panel(page).get_by_label("x", exact=True).fill("-0.5")
    panel(page).get_by_label("class", exact=True).select_option(index=1)
    before = page.url
    press(page, "Add the point")
    page.wait_for_function("before => location.href !== before", arg=before)
    own = page.url.split("own=")[1].split("&")[0]
    points = own_points.decode(own)
    assert points[2] == (-0.5, 0.0, 1)
    assert [kind for _, _, kind in points] == [0, 1, 1]
    assert points[0][:2] == pytest.approx((0, 0), abs=0.02)
    bench = Bench("spiral", {**SETTING, "points": "xor"})
    bench.lanes[0].settle(60)
    lane = bench.handle({"kind": "look"})[0]["panels"]["plane"]["lanes"][0]
    bench.close()
    assert points[1][:2] == pytest.approx((lane["reach"] / 2, lane["reach"] / 2), abs=0.02)
    page.get_by_role("button", name="中文").click()
    press(page, "播放")
    page.wait_for_selector('.bench[data-phase="over"]')
    assert page.locator('[data-metric="mlp_train_accuracy"]').count() == 1
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
