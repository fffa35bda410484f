"""The bench of a system in a real browser: what every bench can do, and that its numbers are so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab_server import until

import tidu

SMALL = "/system/spiral?preset=quick&steps=60&lang=en"


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True).first


def at_step(page: Any, step: int) -> None:
    page.wait_for_selector(f'.bench[data-step="{step}"]')


def norms(page: Any) -> list[str]:
    return page.locator(".layers td:nth-child(4)").all_inner_texts()


def test_play_step_scrub_reset(lab_page: Any) -> None:
    page = lab_page(SMALL)
    at_step(page, 0)
    fresh = norms(page)
    button(page, "One step").click()
    at_step(page, 1)
    one = norms(page)
    assert one != fresh
    button(page, "One step").click()
    at_step(page, 2)
    scrub = page.get_by_label("go to step")
    scrub.focus()
    scrub.press("ArrowLeft")
    at_step(page, 1)
    assert norms(page) == one
    button(page, "Play").click()
    at_step(page, 60)
    page.wait_for_selector('.bench[data-phase="over"]')
    button(page, "Reset").click()
    at_step(page, 0)
    assert norms(page) == fresh


def test_the_numbers_are_those_of_tidu_run(lab_page: Any, tmp_path: Path, monkeypatch: Any) -> None:
    page = lab_page(SMALL + "&seeds=2")
    button(page, "Play").click()
    page.wait_for_selector("[data-metric]")
    shown = {
        cell.get_attribute("data-metric"): [
            float(v) for v in cell.get_attribute("data-value").split()
        ]
        for cell in page.locator("[data-metric]").all()
    }
    monkeypatch.setenv("TIDU_RUNS", str(tmp_path))
    run = tidu.run("spiral", preset="quick", steps=60, seeds=2, quiet=True, report=False)
    assert shown == json.loads((run.path / "result.json").read_text())["per_seed"]


def test_two_runs_side_by_side_and_the_address(lab_page: Any) -> None:
    page = lab_page(SMALL + "&compare=lr:0.5")
    assert page.locator(".legend .key").all_inner_texts() == ["lr = 0.01", "lr = 0.5"]
    button(page, "One step").click()
    at_step(page, 1)
    assert (
        page.locator(".charts polyline.v1").count() == page.locator(".charts polyline.v0").count()
    )
    page.get_by_text("Setting").first.click()
    page.get_by_label("hidden").fill("5 5")
    button(page, "Begin again with this").click()
    at_step(page, 0)
    until(page, "location.search.includes('hidden=5+5')")
    page.reload()
    page.wait_for_selector("[data-bench][data-ready]")
    assert "2" in page.locator(".layers").inner_text()
    command = page.locator(".commands-same code").first.inner_text()
    assert command.startswith("tidu run spiral --preset quick ")
    assert "--steps 60" in command
    assert "--hidden 5 5" in command


def test_a_field_changes_while_it_trains(lab_page: Any) -> None:
    page = lab_page(SMALL)
    button(page, "One step").click()
    at_step(page, 1)
    knob = page.locator('[data-knob="lr"]')
    knob.fill("0")
    knob.press("Enter")
    decay = page.locator('[data-knob="weight_decay"]')
    decay.fill("0")
    decay.press("Enter")
    before = norms(page)
    button(page, "One step").click()
    at_step(page, 2)
    assert norms(page) == before


def test_a_wrong_value_is_told(lab_page: Any) -> None:
    page = lab_page(SMALL + "&lr=-1")
    page.wait_for_selector(".status.wrong")
    assert "--lr must be a number above 0" in page.locator(".status").inner_text()
    button(page, "One step").click()
    at_step(page, 1)


def test_the_language_keeps_the_place(lab_page: Any) -> None:
    page = lab_page(SMALL)
    button(page, "One step").click()
    at_step(page, 1)
    page.get_by_role("button", name="中文").click()
    assert page.get_by_role("button", name="播放").is_visible()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    at_step(page, 1)
    page.reload()
    page.wait_for_selector("[data-bench][data-ready]")
    assert page.get_by_role("button", name="播放").is_visible()


def test_a_weight_leads_to_its_code(lab_page: Any) -> None:
    page = lab_page(SMALL)
    page.get_by_role("button", name="models.mlp.layers.0.weight").click()
    page.wait_for_selector(".code-pane:not([hidden]) .line.lit")
    assert "def forward" in page.locator(".line.lit").inner_text()
    assert "models.mlp.layers.0.weight" in page.locator(".code-head").inner_text()


def test_two_tabs_do_not_disturb_each_other(lab_page: Any) -> None:
    first, second = lab_page(SMALL), lab_page(SMALL)
    for page in (first, second):
        button(page, "One step").click()
        at_step(page, 1)
    second.close()
    button(first, "One step").click()
    at_step(first, 2)
    alone = lab_page(SMALL)
    for step in (1, 2):
        button(alone, "One step").click()
        at_step(alone, step)
    assert norms(alone) == norms(first)
