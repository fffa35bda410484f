"""What a bench trained, kept as a run: the same as ``tidu run`` leaves, or resumable to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import tidu
from commands import Answer
from tidu.files import read_json
from tidu.lab.bench import Bench
from tidu.laboratory import resume
from tidu.runs import store

SPIRAL = {"preset": "quick", "steps": "40", "points_per_arm": "30", "hidden": "8"}
MLP = {"preset": "quick", "epochs": "1", "hidden": "16", "batch": "200"}
Says = Callable[..., Answer]


@contextmanager
def bench(system: str, setting: dict[str, str]) -> Iterator[Bench]:
    made = Bench(system, setting)
    try:
        yield made
    finally:
        made.close()


def tell(one: Bench, kind: str, **message: Any) -> dict[str, Any]:
    reply = one.handle({"kind": kind, "id": 1, **message})[0]
    assert reply["kind"] != "error", reply
    return reply


def to_the_end(one: Bench) -> list[dict[str, list[float]]]:
    for _ in range(1000):
        tell(one, "next", steps=10_000, seconds=5)
        if all(lane.phase == "over" for lane in one.lanes):
            return [lane.metrics or {} for lane in one.lanes]
    raise AssertionError("it does not end")


def same(one: Path, two: Path) -> None:
    """The same log, results, weights and recordings."""
    assert (one / "metrics.jsonl").read_text() == (two / "metrics.jsonl").read_text()
    results = [read_json(path / "result.json")["per_seed"] for path in (one, two)]
    assert results[0] == results[1]
    files = [
        {str(f.relative_to(path)) for f in path.rglob("*.safetensors")
         if f.parent.name != "checkpoints"}
        for path in (one, two)
    ]  # fmt: skip
    assert files[0] == files[1]
    for name in files[0]:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_a_finished_one_is_what_tidu_run_leaves(tidu_says: Says) -> None:
    with bench("spiral", SPIRAL) as one:
        to_the_end(one)
        name = tell(one, "save")["run"]
        config = one.lanes[0].config
    run = tidu.run("spiral", preset="quick", config=config, device="cpu", quiet=True)
    saved = store.find(name)
    same(saved, run.path)
    told, expected = (read_json(path / "run.json") for path in (saved, run.path))
    assert set(told) == set(expected)
    assert told["command"] == (
        "tidu run spiral --preset quick --steps 40 --points-per-arm 30 --hidden 8"
    )
    for key in ("experiment", "name", "preset", "config", "seeds", "origin", "options"):
        assert told[key] == expected[key], key
    pictures = {file.name for file in (run.path / "pictures").iterdir()}
    assert {file.name for file in (saved / "pictures").iterdir()} == pictures
    assert (saved / "report.html").exists()
    assert tidu_says("show", name).code == 0
    Path("points.csv").write_text("x,y\n0.1,0.2\n")
    assert tidu_says("use", name, "points.csv").code == 0
    assert tidu_says("export", name, "--to", "safetensors").code == 0


@pytest.mark.parametrize("turned", [False, True])
def test_half_way_it_is_resumed_to_the_same_end(turned: bool) -> None:
    with bench("spiral", SPIRAL) as one:
        tell(one, "next", steps=12, seconds=30)
        if turned:
            tell(one, "knob", field="lr", value=0.05)
            tell(one, "knob", field="weight_decay", value=0.3)
        tell(one, "next", steps=8, seconds=30)
        assert one.lanes[0].step == 20
        half = tell(one, "save")["run"]
        to_the_end(one)
        whole = tell(one, "save")["run"]
    assert store.state(store.find(half)) == "interrupted"
    run = resume(half, quiet=True)
    same(run.path, store.find(whole))
    knobs = [
        {"loop": "train", "step": 12, "field": "lr", "value": 0.05},
        {"loop": "train", "step": 12, "field": "weight_decay", "value": 0.3},
    ]
    for name in (half, whole):
        assert read_json(store.find(name) / "run.json").get("knobs", []) == (
            knobs if turned else []
        )
        said = [one.en for one in tidu.laboratory.trained(store.find(name)).remarks()]
        assert any("lr = 0.05 from step 12 of train" in words for words in said) == turned


@pytest.mark.usefixtures("embedded")
def test_of_several_loops_and_seeds_each_is_resumed() -> None:
    """Early stopping trains twice; two seeds stand in folders of their own."""
    setting = {"preset": "quick", "seeds": "2"}
    with bench("early-stopping", setting) as one:
        for _ in range(200):
            if all(lane.loop and lane.loop.name == "whole" for lane in one.lanes):
                break
            tell(one, "next", steps=100, seconds=30)
        tell(one, "next", steps=3, seconds=30)
        half = tell(one, "save")["run"]
        ends = to_the_end(one)
    run = resume(half, quiet=True, report=False)
    found = read_json(run.path / "result.json")["per_seed"]
    assert found == {name: [end[name][0] for end in ends] for name in ends[0]}


def test_two_variants_are_two_runs() -> None:
    with bench("spiral", {**SPIRAL, "compare": "lr:0.1"}) as one:
        to_the_end(one)
        saved = tell(one, "save")
    names = saved["run"].split(", ")
    assert saved["command"] == f"tidu compare {' '.join(names)}"
    rates = [read_json(store.find(name) / "run.json")["config"]["lr"] for name in names]
    assert rates == [0.01, 0.1]


def test_nothing_half_written_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from tidu.lab import saving

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with bench("spiral", SPIRAL) as one:
        to_the_end(one)
        monkeypatch.setattr(saving.finish, "leave_report", full)
        reply = one.handle({"kind": "save", "id": 1})[0]
    assert reply["kind"] == "error"
    assert "The disk is full" in reply["message"]
    assert not store.runs_folder().exists() or not list(store.runs_folder().iterdir())


def test_going_back_before_a_knob_was_turned_turns_it_again() -> None:
    """What was turned belongs to its step: the way there and back is one and the same."""
    with bench("spiral", SPIRAL) as one:
        tell(one, "next", steps=10, seconds=30)
        tell(one, "knob", field="lr", value=0.05)
        ends = to_the_end(one)
        tell(one, "goto", step=4)
        assert one.lanes[0].knobs.values["lr"] == 0.01
        again = to_the_end(one)
        assert again == ends
        assert one.lanes[0].knobs.values["lr"] == 0.05
