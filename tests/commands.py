"""Running the command line from tests: in this process where it is enough, else in its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Answer:
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line, or all, of the output as JSON."""
        try:
            return json.loads(self.out)
        except ValueError:
            return json.loads(self.out.strip().splitlines()[-1])


def run_in_process(capture: pytest.CaptureFixture[str], words: Sequence[str]) -> Answer:
    """Run ``tidu WORDS`` in this process."""
    from tidu.cli.main import main  # conftest has something to set before

    capture.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    said = capture.readouterr()
    return Answer(int(ended.value.code or 0), said.out, said.err)


def command(*words: str) -> list[str]:
    """The command line of ``tidu WORDS`` for a process of its own."""
    return [sys.executable, "-m", "tidu", *words]


def run_alone(*words: str, timeout: float = 120, env: Mapping[str, str] | None = None) -> Answer:
    """Run ``tidu WORDS`` in a process of its own."""
    told = os.environ | dict(env or {})
    done = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=timeout, env=told, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)
