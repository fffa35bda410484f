"""The GAN's game in a browser: a player steps alone; the page's figures are Python's."""

from __future__ import annotations

from typing import Any

from tidu.lab.bench import Bench

SETTING = {
    "preset": "quick",
    "hidden": "8",
    "depth": "2",
    "discriminator_depth": "2",
    "batch_size": "16",
    "steps": "20",
}
SMALL = "/system/gan?lang=en&" + "&".join(f"{k}={v}" for k, v in SETTING.items())


def panel(page: Any) -> Any:
    return page.locator('[data-panel="ring"]')


def test_players_step_alone_and_going_back_undoes_it(lab_page: Any) -> None:
    page = lab_page(SMALL, width=390)
    page.get_by_role("button", name="One step").click()
    page.wait_for_selector('.bench[data-step="1"]')
    panel(page).locator('[data-turn="generator 10"]').click()
    panel(page).locator('figure[data-turns="10 0"]').wait_for()
    panel(page).locator('[data-turn="discriminator 1"]').click()
    figure = panel(page).locator('figure[data-turns="10 1"]')
    figure.wait_for()
    bench = Bench("gan", SETTING)
    bench.lanes[0].settle(60)
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    message = {"kind": "panel", "panel": "ring"}
    bench.handle({**message, "do": "generator", "turns": 10})
    reply = bench.handle({**message, "do": "discriminator", "turns": 1})[0]
    assert reply["kind"] == "frame", reply
    told = reply["panels"]["ring"]["lanes"][0]
    bench.close()
    assert float(figure.get_attribute("data-good-share")) == told["good_share"]
    assert int(figure.get_attribute("data-modes")) == told["modes"]
    longest = format(float(format(told["longest"], ".3g")), "g")
    assert longest in panel(page).locator(".ring-figures").inner_text()

    page.get_by_label("go to step").press("Home")
    panel(page).locator('figure[data-turns="0 0"]').wait_for()
    page.get_by_role("button", name="中文").click()
    panel(page).get_by_role("button", name="生成器走 1 步").wait_for()
    page.get_by_role("button", name="播放").click()
    page.wait_for_selector('.bench[data-phase="over"]')
    assert panel(page).locator('[data-turn="generator 1"]').is_disabled()
    panel(page).get_by_role("button", name="箭头").click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert 'loss == "non-saturating"' in page.locator(".line.lit").inner_text()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
