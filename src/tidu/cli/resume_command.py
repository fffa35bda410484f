"""``tidu resume RUN``: go on with a run that was interrupted or killed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import tyro

from tidu.cli.parse import parse


@dataclass(frozen=True)
class Arguments:
    """Go on with a run that was interrupted or killed, to the same end."""

    run: tyro.conf.Positional[str] = "last"  # a run's name, its folder, or "last"
    checkpoint_every: float = 10.0  # seconds between checkpoints; 0 for every step
    report: bool = True  # draw pictures and write a report page
    quiet: bool = False  # no progress
    json: bool = False  # end with one line of JSON for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "resume", words)
    from tidu import laboratory
    from tidu.cli import tell

    run = laboratory.resume(
        wanted.run,
        checkpoint_every=wanted.checkpoint_every,
        quiet=wanted.quiet or wanted.json,
        report=wanted.report,
    )
    if not run.is_main:
        return
    if wanted.json:
        print(json.dumps(tell.as_json(run.path)))
    else:
        tell.result(run.path)
