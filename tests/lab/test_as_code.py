"""Every experiment as a script: it runs where there is no tidu, and reaches the same numbers."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tyro
from safetensors.torch import load_file

import tidu
from short import SHORT
from tidu.catalogue import SYSTEMS
from tidu.cli.parse import CONFIG
from tidu.files import read_json
from tidu.lab.as_code import as_code
from tidu.laboratory import load_experiment
from tidu.laboratory.experiment import Experiment

RUNNABLE = [system.id for system in SYSTEMS.values() if system.experiment]
USUAL = (
    "spiral",
    "perceptron",
    "mlp",
    "optimizers",
    "early-stopping",
    "memory-tasks",
    "gan",
    "lenet",
)
# All of them take minutes: TIDU_EVERY_SCRIPT=1 pytest tests/lab/test_as_code.py
CHOSEN = RUNNABLE if os.environ.get("TIDU_EVERY_SCRIPT") else list(USUAL)
PARTS = 4
LENGTHS = {"steps": 30, "epochs": 1, "iterations": 4, "points_per_arm": 40, "rounds": 2}
LONG_ENOUGH = {"optimizers"}  # needs its epochs
CHILD = """
import contextlib, io, json, os, runpy, sys
class Nowhere:
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] == "tidu":
            raise ImportError("there is no tidu here")
sys.meta_path.insert(0, Nowhere())
import numpy, random, torch
for folder in sys.argv[1:]:
    os.chdir(folder)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path("script.py", run_name="__main__")
        answer = said.getvalue()
    except BaseException as problem:
        answer = f"{type(problem).__name__}: {problem}"
    open("answer.txt", "w").write(answer)
"""


def shortened(experiment: Experiment, preset: str = "quick") -> Any:
    """A preset that takes a moment."""
    config = experiment.preset(preset)
    flags = SHORT.get(experiment.name, [])
    config = tyro.cli(type(config), default=config, args=flags, config=CONFIG)
    short = {
        field.name: min(LENGTHS[field.name], getattr(config, field.name))
        for field in dataclasses.fields(config)
        if field.name in LENGTHS
        and experiment.name not in LONG_ENOUGH
        and "--" + field.name.replace("_", "-") not in flags
    }
    return dataclasses.replace(config, **short)


def answers(scripts: dict[str, str], folder: Path) -> dict[str, str]:
    """What the scripts print, run in one process of their own where tidu cannot be imported."""
    folders: list[str] = []
    for name, text in scripts.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "script.py").write_text(text, encoding="utf-8")
        folders.append(str(place))
    done = subprocess.run(
        [sys.executable, "-I", "-c", CHILD, *folders], capture_output=True, text=True, timeout=900,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: (folder / name / "answer.txt").read_text() for name in scripts}


def metrics_in(answer: str) -> dict[str, list[float]]:
    """The metrics a script prints in its last lines."""
    found: dict[str, list[float]] = {}
    for line in answer.splitlines():
        name, equals, value = line.partition(" = ")
        if equals and name.isidentifier():
            read = json.loads(value.replace("nan", "NaN").replace("inf", "Infinity"))
            values = read if isinstance(read, list) else [read]
            found.setdefault(name, []).extend(map(float, values))
    return found


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("part", range(PARTS))
def test_it_reaches_the_numbers_of_the_run(part: int, tmp_path: Path) -> None:
    """Metrics and weights, to the last bit."""
    chosen = CHOSEN[part::PARTS]
    experiments = {id: load_experiment(id) for id in chosen}
    configs = {id: shortened(experiment) for id, experiment in experiments.items()}
    scripts = {id: as_code(experiments[id], configs[id], [0]) for id in chosen}
    told = answers(scripts, tmp_path / "scripts")
    different: dict[str, str] = {}
    for id in chosen:
        run = tidu.run(
            id, preset="quick", config=configs[id], quiet=True, report=False, device="cpu"
        )
        expected = read_json(run.path / "result.json")["per_seed"]
        if repr(sorted(metrics_in(told[id]).items())) != repr(sorted(expected.items())):
            different[id] = f"{told[id][-300:]} instead of {expected}"
        elif (run.path / "model.safetensors").exists():
            import torch

            name = id.replace("-", "_")
            theirs = torch.load(tmp_path / "scripts" / id / f"{name}.pt", weights_only=True)
            ours = load_file(run.path / "model.safetensors")
            if set(ours) != set(theirs) or not all(torch.equal(ours[k], theirs[k]) for k in ours):
                different[id] = "other weights"
    assert not different


def test_knobs_that_were_turned_are_turned_in_the_script(tmp_path: Path) -> None:
    """The bench's own end, after changes on the way."""
    from tidu.lab.bench import Bench

    setting = {"preset": "quick", "steps": "40", "points_per_arm": "30", "seeds": "2"}
    bench = Bench("spiral", setting)
    try:
        for field, value in (("lr", 0.05), ("weight_decay", 0.2), ("lr", 0.001)):
            bench.handle({"kind": "next", "steps": 9, "seconds": 30})
            reply = bench.handle({"kind": "knob", "field": field, "value": value})[0]
            assert reply["kind"] == "frame", reply
        while bench.lanes[0].phase != "over":
            bench.handle({"kind": "next", "steps": 100, "seconds": 30})
        code = bench.handle({"kind": "code"})[0]
        expected = bench.lanes[0].metrics
    finally:
        bench.close()
    assert code["file"] == "spiral.py"
    assert metrics_in(answers({"spiral": code["script"]}, tmp_path / "s")["spiral"]) == expected


def test_weights_changed_by_hand_are_told() -> None:
    from tidu.lab.bench import Bench

    bench = Bench("spiral", {"preset": "quick", "steps": "20", "points_per_arm": "20"})
    try:
        step = bench.handle({"kind": "next", "steps": 5, "seconds": 30})[0]["lanes"][0]["step"]
        bench.lanes[0].differs()
        script = bench.handle({"kind": "code"})[0]["script"]
        assert f"A hand changed weights before step {step} of 'train'" in script
        bench.handle({"kind": "goto", "step": 0})
        script = bench.handle({"kind": "code"})[0]["script"]
        assert "A hand changed" not in script
    finally:
        bench.close()


def test_the_script_holds_what_its_setting_reaches_and_no_more() -> None:
    """No recordings, no other choices, no tidu; the present values at the top."""
    experiment = load_experiment("spiral")
    config = dataclasses.replace(experiment.preset("quick"), lr=0.123)
    script = as_code(experiment, config, [0], command="tidu run spiral")
    assert "import tidu" not in script
    assert "from tidu" not in script
    for absent in ("two_spirals", "record", "Dropout", "ReLU()", "Checkpoint", "processes"):
        assert absent not in script, absent
    assert "lr: float = 0.123  # learning rate at the start" in script
    assert script.index("class Config") < script.index("def noisy_arms") < script.index("class MLP")
    experiment = load_experiment("mlp")
    script = as_code(experiment, experiment.preset("quick"), [0])
    assert "mnist_5k.csv.gz" in script
    assert "fashion" not in script


def test_a_downloaded_source_is_fetched_and_checked(
    monkeypatch: pytest.MonkeyPatch, mirror: str | None
) -> None:
    """Its addresses and its hash stand in the script; other data are refused."""
    experiment = load_experiment("softmax-regression")
    script = as_code(experiment, experiment.preset("standard"), [0])
    assert "https://ossci-datasets.s3.amazonaws.com/mnist" in script
    assert "e6d24b97558aa9676683f0463d67e18da800bd43976fe80a0f1c9d8531187eae" in script
    module = types.ModuleType("script")
    monkeypatch.setitem(sys.modules, "script", module)
    space = vars(module)
    exec(compile(script, "script", "exec"), space)
    with pytest.raises(ValueError, match="broken, or another version"):
        space["verified"]({"train_images": np.zeros(3)}, "e6d2")
    if mirror is not None:
        monkeypatch.setenv("TIDU_DATA_MIRROR", mirror)
        assert space["load"]("mnist").train_images.shape == (60_000, 28, 28)


def test_export_to_python(tidu_says: Any, tmp_path: Path) -> None:
    config = dataclasses.replace(load_experiment("spiral").preset("quick"), steps=20)
    run = tidu.run("spiral", preset="quick", config=config, quiet=True, report=False, device="cpu")
    answer = tidu_says("export", run.name, "--to", "python")
    assert answer.code == 0, answer.err
    text = Path("spiral.py").read_text(encoding="utf-8")
    found = metrics_in(answers({"spiral": text}, tmp_path / "s")["spiral"])
    assert found == read_json(run.path / "result.json")["per_seed"]
    assert tidu_says("export", run.name, "--to", "python").code == 2  # the file is there
    assert tidu_says("export", "spiral", "--to", "python", "--out", "other.py").code == 0
    assert "steps: int = 3000" in Path("other.py").read_text(encoding="utf-8")
    assert tidu_says("export", run.name, "--preset", "quick").code == 2


def test_your_own_data_cannot_stand_in_a_script(tidu_says: Any) -> None:
    lines = [f"{i},{i % 7},{2 * i + 1}" for i in range(40)]
    Path("own.csv").write_text("\n".join(["a,b,price", *lines]))
    run = tidu.run("linear-regression", preset="quick", data="own.csv", target="price", quiet=True,
                   report=False, name="own")  # fmt: skip
    answer = tidu_says("export", run.name, "--to", "python")
    assert answer.code == 2
    assert "your own data" in answer.err
