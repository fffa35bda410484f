"""``tidu new NAME --from EXPERIMENT``: a copy of an experiment's file to change."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from tidu import catalogue
from tidu.cli.notebook_template import notebook
from tidu.cli.parse import parse
from tidu.errors import TiduError, unknown
from tidu.files import write_text
from tidu.words import Text, language

NEEDED = "pip install 'tidu[notebook]'"


@dataclass(frozen=True)
class Arguments:
    """A copy of an experiment's file to change, run the same way."""

    name: tyro.conf.Positional[str]  # what to call it
    from_: Annotated[str, tyro.conf.arg(name="from")] = "lenet"  # the experiment to copy
    notebook: bool = False  # also write a marimo notebook that trains the copy live


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "new", words)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", wanted.name):
        raise TiduError(
            f"A new experiment's name needs letters, digits and dashes; got {wanted.name!r}.",
            "For example: tidu new my-idea --from lenet",
        )
    if wanted.name in catalogue.SYSTEMS:
        raise TiduError(
            f"{wanted.name} is an experiment of tidu already.", "Choose a name of your own."
        )
    system = catalogue.system(wanted.from_)
    if system.experiment is None:
        runnable = [s.id for s in catalogue.SYSTEMS.values() if s.experiment]
        raise unknown("experiment to copy", wanted.from_, runnable)
    source = Path(__file__).parents[1].joinpath(*system.experiment.split(".")[1:])
    path = Path(wanted.name.replace("-", "_") + ".py")
    beside = path.with_name(f"{path.stem}_notebook.py")
    for file in [path, beside] if wanted.notebook else [path]:
        if file.exists():
            raise TiduError(f"{file} exists already.", "Choose another name, or delete the file.")
    write_text(path, source.with_suffix(".py").read_text(encoding="utf-8"))
    done = Text(f"已写好 {path}。改它，然后：", f"Wrote {path}. Change it, then:")
    print(f"{done[language()]}\n  tidu run {wanted.name} --preset {system.presets[0]}")
    if wanted.notebook:
        write_text(beside, notebook(wanted.name, path.name, system.presets[0], language()))
        also = Text(f"也写好了笔记本 {beside}：", f"Wrote the notebook {beside} too:")
        print(f"{also[language()]}\n  marimo edit {beside}")
        if importlib.util.find_spec("marimo") is None:
            print("  " + Text("先装上：", "install it first: ")[language()] + NEEDED)
