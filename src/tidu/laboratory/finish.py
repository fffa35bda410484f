"""What a finished run leaves behind: pictures, in both languages, and a report page."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path
from typing import Any

from tidu.files import write_bytes, write_json
from tidu.laboratory import gradients, range_test, report_page
from tidu.laboratory.experiment import Experiment
from tidu.runs import Run, store
from tidu.views.picture import Picture

LANGUAGES = ("zh", "en")


def pictures_of(experiment: Experiment, run: Run) -> list[Picture]:
    """The pictures of a run: by the experiment's own ``pictures``, or as its ``PICTURES`` says.

    ``PICTURES`` names a file of ``tidu.views.systems``; a copy of an experiment keeps the name, so
    its pictures are drawn too, from the copy's own network.
    """
    if hasattr(experiment.module, "pictures"):
        return experiment.module.pictures(run.config, run)
    system = getattr(experiment.module, "PICTURES", None)
    if system is None:
        return []
    view = importlib.import_module(f"tidu.views.systems.{system}")
    return view.pictures(run.config, run, experiment.module)


def leave_report(experiment: Experiment, path: Path, told: dict[str, Any], run: Run) -> None:
    """Draw the pictures and write the report, unless they are there already."""
    report = path / "report.html"
    if report.exists():
        return
    drawn = [
        *pictures_of(experiment, run),
        *gradients.pictures(run),
        *range_test.pictures(path),
    ]
    folder = path / "pictures"
    folder.mkdir(exist_ok=True)
    for picture in drawn:
        for language in LANGUAGES:
            for ending in ("png", "svg"):
                file = folder / f"{picture.name}.{language}.{ending}"
                write_bytes(file, picture.render(ending, language))
        if picture.data:
            write_bytes(folder / f"{picture.name}.csv", picture.render("csv"))
    listed = [
        {"name": p.name, "title": dataclasses.asdict(p.title), "alt": dataclasses.asdict(p.alt)}
        for p in drawn
    ]
    write_json(folder / "pictures.json", listed)
    report_page.write(report, experiment, told, store.result(path), run, drawn)
