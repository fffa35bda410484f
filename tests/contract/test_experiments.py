"""What every registered experiment must do; an entry in the catalogue adds its tests here."""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import json
import re
import sys
import xml.etree.ElementTree
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import tyro
from PIL import Image
from samples import SAMPLES

from commands import Answer, run_alone
from short import SHORT
from tidu.catalogue import SYSTEMS
from tidu.cli.run_command import Arguments
from tidu.fields import check, from_json
from tidu.files import read_json
from tidu.laboratory import finish, load_experiment, trained
from tidu.laboratory.experiment import Experiment
from tidu.views.picture import Picture

RUNNABLE = [system.id for system in SYSTEMS.values() if system.experiment]
each = pytest.mark.parametrize("id", RUNNABLE)

QuickRun = Callable[[str], Path]
Says = Callable[..., Answer]

# The promise is 20 s on 2 cores. What else runs beside the tests must not count, so processor
# seconds are measured: of those, two cores spend at most 40 in that time.
PROCESSOR_SECONDS = 40


@each
def test_its_configuration_is_frozen_with_a_default_and_help_for_every_field(id: str) -> None:
    config = load_experiment(id).module.Config
    assert config.__dataclass_params__.frozen
    source = Path(load_experiment(id).module.__file__ or "").read_text(encoding="utf-8")
    for field in dataclasses.fields(config):
        has_default = field.default is not dataclasses.MISSING
        assert has_default or field.default_factory is not dataclasses.MISSING
        comment = re.search(rf"^    {field.name}: .+?  # (\S.+)$", source, re.MULTILINE)
        assert comment, f"{field.name} has no comment behind it on its line"


@each
def test_its_flags_are_not_those_of_every_run(id: str) -> None:
    own = {field.name for field in dataclasses.fields(load_experiment(id).module.Config)}
    common = {field.name.strip("_") for field in dataclasses.fields(Arguments)}
    assert not own & common


@each
def test_it_says_what_it_takes_beside_its_configuration(id: str) -> None:
    """What it does not say it takes is refused, so its code must not look for more, or for less."""
    experiment = load_experiment(id)
    source = Path(experiment.module.__file__ or "").read_text(encoding="utf-8")
    looks = {
        "data": r"\brun\.data\b",
        "target": r"\boptions\.target\b",
        "from": r"\brun\.origin\b",
        "processes": r"\btrain\.(fit|try_steps)\(",
    }
    assert {name for name, look in looks.items() if re.search(look, source)} == experiment.takes


@each
def test_its_presets_are_those_of_the_catalogue(id: str) -> None:
    experiment = load_experiment(id)
    assert tuple(experiment.presets) == SYSTEMS[id].presets
    assert {"quick", "standard"} <= set(experiment.presets)
    for preset in experiment.presets.values():
        assert type(preset) is experiment.module.Config
        check(preset)
        told = json.loads(json.dumps(dataclasses.asdict(preset)))
        assert from_json(experiment.module.Config, told) == preset


@each
def test_every_field_is_a_flag(id: str) -> None:
    """The flag can be given, with the value it has anyway."""
    quick = load_experiment(id).preset("quick")
    words: list[str] = []
    for field in dataclasses.fields(quick):
        value, flag = getattr(quick, field.name), "--" + field.name.replace("_", "-")
        if isinstance(value, bool):
            words += [flag] if value and not field.default else []
        elif value is not None:
            values = value if isinstance(value, tuple) else (value,)
            words += [flag, *(v if isinstance(v, str) else repr(v) for v in values)]
    config = (tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff)
    assert tyro.cli(type(quick), args=words, default=quick, config=config) == quick


@each
def test_its_help_does_not_wait_for_pytorch(id: str) -> None:
    code = (
        "import sys\nfrom tidu.cli.main import main\n"
        f"try: main(['run', {id!r}, '--help'])\nexcept SystemExit as end: assert not end.code\n"
        "heavy = {'torch._C', 'numpy', 'matplotlib', 'scipy', 'sklearn', 'gymnasium'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for field in dataclasses.fields(load_experiment(id).module.Config):
        flag = field.name.replace("_", "-")
        assert f"--{flag}" in done.stdout or f"--no-{flag}" in done.stdout


@each
def test_quick_is_quick_and_needs_no_network(id: str, quick_run: QuickRun) -> None:
    path = quick_run(id)
    assert float((path / "processor-seconds").read_text()) <= PROCESSOR_SECONDS
    told = read_json(path / "run.json")
    for needed in ("experiment", "preset", "config", "seeds", "created", "command", "environment"):
        assert needed in told
    assert told["environment"]["packages"]["torch"]
    answer = read_json(path / "answer.json")
    assert {"run", "metrics", "seconds"} <= set(answer)
    assert answer["metrics"]
    assert all(isinstance(value, float) for value in answer["metrics"].values())
    assert read_json(path / "state.json")["state"] == "finished"
    lines = (path / "metrics.jsonl").read_text().splitlines()
    assert lines
    assert all("step" in json.loads(line) for line in lines)


@each
def test_the_same_seed_gives_the_same_and_two_seeds_an_interval(
    id: str, quick_run: QuickRun, tmp_path: Path, prepared_data: Path
) -> None:
    """Bit for bit: the log, the metrics, the weights and what was recorded."""
    env = {"TIDU_HOME": str(prepared_data)}
    words = ("run", id, "--preset", "quick", *SHORT.get(id, ()), "--no-report", "--json")
    if id in SHORT:
        first = tmp_path / "runs" / "first"
        assert run_alone(*words, "--name", "first", env=env, timeout=600).code == 0
    else:
        first = quick_run(id)
    done = run_alone(*words, "--name", "two", "--seeds", "2", env=env, timeout=600)
    assert done.code == 0, done.err
    two = tmp_path / "runs" / "two"
    assert done.json["seeds"] == [0, 1]
    for metric, summary in read_json(two / "result.json")["summary"].items():
        values = done.json["per_seed"][metric]
        assert summary["mean"] == pytest.approx(sum(values) / 2)
        assert summary["low"] <= summary["mean"] <= summary["high"]
        assert summary["count"] == 2
    if load_experiment(id).batched:
        assert run_alone(*words, "--name", "again", env=env, timeout=600).code == 0
        same(first, tmp_path / "runs" / "again")
    else:
        same(first, two / "seed-0")


@each
def test_its_targets_measure_what_it_returns(id: str, quick_run: QuickRun) -> None:
    """Sizes in a metric's name, as in ``mse_lag_200``, may differ between presets."""
    metrics = read_json(quick_run(id) / "result.json")["metrics"]
    known = {re.sub(r"\d+", "", metric) for metric in metrics}
    for target in SYSTEMS[id].targets:
        assert re.sub(r"\d+", "", target.metric) in known


@each
def test_its_pictures_are_told_in_both_languages(id: str, quick_run: QuickRun) -> None:
    path = quick_run(id)
    pictures = drawn(load_experiment(id), path)
    assert pictures
    assert len({picture.name for picture in pictures}) == len(pictures)
    for picture in pictures:
        for text in (picture.title, picture.alt):
            assert re.search("[\u4e00-\u9fff]", text.zh)
            assert re.search("[A-Za-z]", text.en)
            assert not re.search("[\u4e00-\u9fff]", text.en)
        assert len(picture.alt.en) >= 20
        for language in ("zh", "en"):
            file = path / "pictures" / f"{picture.name}.{language}"
            pixels = np.asarray(Image.open(file.with_name(f"{file.name}.png")).convert("L"))
            assert pixels.std() > 1, "an empty picture"
            xml.etree.ElementTree.parse(file.with_name(f"{file.name}.svg"))
        with (path / "pictures" / f"{picture.name}.csv").open(newline="") as table:
            rows = list(csv.reader(table))
        assert rows[0] == list(picture.data)
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(rows[0])}


@each
def test_its_report_is_whole_and_asks_nothing_of_the_network(id: str, quick_run: QuickRun) -> None:
    path = quick_run(id)
    page = (path / "report.html").read_text(encoding="utf-8")
    reader = PageReader()
    reader.feed(page)
    assert {"zh", "en"} <= {language[:2] for language in reader.languages}
    assert SYSTEMS[id].title.zh in page
    assert SYSTEMS[id].title.en in page
    for metric in read_json(path / "result.json")["metrics"]:
        assert metric in page
    assert reader.requests == []
    assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import|fetch\(|XMLHttpRequest", page)
    assert reader.images
    assert all(alt.strip() for alt in reader.images)


@each
def test_what_it_trained_can_be_used(
    id: str, quick_run: QuickRun, tmp_path: Path, tidu_says: Says
) -> None:
    if not hasattr(load_experiment(id).module, "use"):
        assert id not in SAMPLES
        assert tidu_says("use", str(quick_run(id))).code == 2
        return
    assert id in SAMPLES, "say in tests/contract/samples.py what to give to `tidu use`"
    run, words = str(quick_run(id)), SAMPLES[id](tmp_path)
    told = tidu_says("use", run, *words)
    assert told.code == 0, told.err
    assert told.out.strip()
    answer = tidu_says("use", run, *words, "--json")
    assert answer.code == 0, answer.err
    assert isinstance(answer.json, dict)
    assert "--json" not in answer.json.values()
    assert tidu_says("use", run, "--help").code == 0


@each
@pytest.mark.parametrize("form", ["safetensors", "onnx"])
def test_what_it_trained_can_be_exported(
    id: str, form: str, quick_run: QuickRun, tmp_path: Path, tidu_says: Says
) -> None:
    module = load_experiment(id).module
    assert hasattr(module, "model") == hasattr(module, "export_inputs")
    if not hasattr(module, "model"):
        assert tidu_says("export", str(quick_run(id)), "--to", form).code == 2
        return
    assert importlib.util.find_spec("onnxruntime")
    file, run = tmp_path / f"out.{form}", quick_run(id)
    if id == "memory-tasks":  # a loop over time becomes as many nodes as there are steps
        assert tidu_says("run", id, "--preset", "quick", *SHORT[id], "--name", "short").code == 0
        run = tmp_path / "runs" / "short"
    answer = tidu_says("export", str(run), "--to", form, "--out", str(file), "--json")
    assert answer.code == 0, answer.err
    assert answer.json["bytes"] == file.stat().st_size > 0
    assert answer.json["checked"]


@each
def test_its_objective_is_the_loss_of_its_model(id: str, quick_run: QuickRun) -> None:
    """Where there is one: one number, lower for what was trained than for shuffled weights."""
    module = load_experiment(id).module
    if not hasattr(module, "objective"):
        return
    run = trained(quick_run(id))
    network, measure = module.model(run.config, run), module.objective(run.config, run, 100)
    with torch.no_grad():
        found = measure(network)
        assert found.shape == ()
        assert torch.equal(found, measure(network))
        for parameter in network.parameters():
            parameter.copy_(
                parameter.flatten()[torch.randperm(parameter.numel())].view_as(parameter)
            )
        assert found < measure(network)


def drawn(experiment: Experiment, path: Path) -> list[Picture]:
    """The pictures of a finished run."""
    return finish.pictures_of(experiment, trained(path))


def same(one: Path, two: Path) -> None:
    """Two runs with the same log, metrics, weights and recordings, bit for bit."""
    assert (one / "metrics.jsonl").read_text() == (two / "metrics.jsonl").read_text()
    results = [read_json(path / "result.json") for path in (one, two)]
    assert results[0]["per_seed"] == results[1]["per_seed"]
    files = [
        {str(file.relative_to(path)) for file in path.rglob("*.safetensors")
         if file.parent.name != "checkpoints"}
        for path in (one, two)
    ]  # fmt: skip
    assert files[0] == files[1]
    for file in files[0]:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


class PageReader(HTMLParser):
    """Collects what a browser would ask the network for, languages, and the images' texts."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.languages: list[str] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told: dict[str, Any] = {key: value or "" for key, value in attrs}
        if "lang" in told:
            self.languages.append(told["lang"])
        if tag == "img" or told.get("role") == "img":
            self.images.append(told.get("alt", "") or told.get("aria-label", ""))
        for key in ("src", "srcset", "data", "poster", "action"):
            if re.match(r"\s*(https?:)?//", told.get(key, "")):
                self.requests.append(told[key])
        if tag in {"link", "use", "image"} and re.match(r"\s*(https?:)?//", told.get("href", "")):
            self.requests.append(told["href"])
