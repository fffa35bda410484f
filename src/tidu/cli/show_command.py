"""``tidu show RUN``: the result of a run, its configuration, its pictures."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro

from tidu.cli import tell
from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.runs import store


@dataclass(frozen=True)
class Arguments:
    """The result of a run, its configuration, its pictures."""

    run: tyro.conf.Positional[str] = "last"  # a run's name, its folder, or "last"
    open: bool = False  # open the report in the browser
    tensorboard: str | None = None  # also write the log as TensorBoard events into this folder
    json: bool = False  # print an object for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "show", words)
    path = store.find(wanted.run)
    told = store.about(path)
    finished = (path / "result.json").exists()
    if wanted.json:
        about = (
            tell.as_json(path) if finished else {"run": str(path), "metrics": {}, "seconds": None}
        )
        about |= {"state": store.state(path), "config": told["config"]}
        about["environment"] = told["environment"]
        print(json.dumps(about, ensure_ascii=False, indent=1))
        return
    if not finished:
        raise TiduError(
            f"Run {path.name} is not finished ({store.state(path)}).",
            f"Go on with it: tidu resume {path.name}",
            exit_code=1,
        )
    tell.result(path)
    print()
    for field, value in told["config"].items():
        print(f"  {field} = {value}")
    made = told["environment"]
    print(f"  torch {made['packages']['torch']}, {made['processor']}, commit {made['commit']}")
    if wanted.tensorboard is not None:
        from tidu.laboratory import trained
        from tidu.laboratory.tensorboard import write_events

        written = write_events(trained(path), Path(wanted.tensorboard))
        print(f"\n{written} scalars; see them: tensorboard --logdir {wanted.tensorboard}")
    if wanted.open:
        webbrowser.open((path / "report.html").resolve().as_uri())
