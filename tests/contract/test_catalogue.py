"""What the catalogue tells is there, told in both languages; what is there is told."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

import tidu
from tidu import catalogue, data
from tidu.catalogue import SYSTEMS, System

EVERY = pytest.mark.parametrize("system", SYSTEMS.values(), ids=list(SYSTEMS))


@EVERY
def test_it_is_told_in_both_languages(system: System) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", system.id)
    assert system.chapter in catalogue.CHAPTERS
    for text in (system.title, system.about):
        assert has_chinese(text.zh)
        assert text.en.strip()
        assert not has_chinese(text.en)
        assert text.zh != text.en
    assert len(system.about.en) > len(system.title.en)


@EVERY
def test_it_has_a_component_or_an_experiment(system: System) -> None:
    assert system.components or system.experiment
    assert system.kind in {"component", "experiment", "both"}
    assert bool(system.presets) == bool(system.experiment)


@EVERY
def test_its_notes_name_a_file_and_a_heading(system: System) -> None:
    assert system.notes
    for note in system.notes:
        assert re.fullmatch(r"00[0-4]#.+", note)


@EVERY
def test_its_sources_are_registered(system: System) -> None:
    for source in system.sources:
        assert data.find(source).id == source


@pytest.mark.parametrize(
    "system", [s for s in SYSTEMS.values() if s.experiment], ids=lambda s: s.id
)
def test_its_experiment_stands_in_its_chapter_under_its_id(system: System) -> None:
    place = f"tidu.experiments.{system.chapter}.{system.id.replace('-', '_')}"
    assert system.experiment == place
    assert importlib.util.find_spec(place) is not None


@pytest.mark.parametrize("system", [s for s in SYSTEMS.values() if s.targets], ids=lambda s: s.id)
def test_its_targets_belong_to_its_presets(system: System) -> None:
    for target in system.targets:
        assert target.preset in system.presets
        assert target.sense in {"<=", ">="}
        if target.published is not None:
            assert target.published.value.strip()
            assert target.published.source.strip()


def test_every_experiment_file_is_registered() -> None:
    folder = Path(tidu.__file__).parent / "experiments"
    files = {path for path in folder.glob("*/*.py") if path.name != "__init__.py"}
    assert files
    found = {f"tidu.experiments.{path.parent.name}.{path.stem}" for path in files}
    assert found == {system.experiment for system in SYSTEMS.values() if system.experiment}


def test_ids_are_unique() -> None:
    parts = [
        importlib.import_module(f"tidu.catalogue.{path.stem}")
        for path in Path(catalogue.__file__).parent.glob("*.py")
        if path.stem not in {"__init__", "entry"}
    ]
    every = [system.id for part in parts for system in part.SYSTEMS]
    assert sorted(every) == sorted(SYSTEMS)


def test_a_target_is_met_by_the_mean_or_by_every_seed() -> None:
    mean = catalogue.Target("standard", "accuracy", ">=", 0.9)
    assert mean.met([0.8, 1.0])
    assert not mean.met([0.85, 0.94])
    every = catalogue.Target("standard", "error", "<=", 0.1, every=True)
    assert every.met([0.1, 0.05])
    assert not every.met([0.05, 0.11])


def has_chinese(text: str) -> bool:
    """Whether a Chinese character stands in the text."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
