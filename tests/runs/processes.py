"""Runs in processes of their own that tests watch, interrupt and kill."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from commands import command
from tidu.errors import TiduError
from tidu.train import checkpoint

PATIENCE = 240  # seconds after which a test gives up; the machine may be busy


def start(*words: str) -> subprocess.Popen[str]:
    """``tidu WORDS`` as a process that goes on beside the test."""
    return subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )


def wait_until(process: subprocess.Popen[str], reached: Callable[[], bool]) -> bool:
    """Whether ``reached`` came true while the process was alive."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if reached():
            return process.poll() is None
        if process.poll() is not None:
            return False
        time.sleep(0.002)
    process.kill()
    raise AssertionError("the process neither reached that point nor ended")


def steps_done(run: Path) -> int:
    """How many steps the run's checkpoints hold, over all its loops."""
    done = 0
    for file in (run / "checkpoints").glob("*.safetensors"):
        try:
            done += checkpoint.about(file)["step"]
        except TiduError:  # replaced while it was read
            continue
    return done
