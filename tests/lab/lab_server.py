"""``tidu lab`` as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


class LabServer:
    """A running ``tidu lab``."""

    def __init__(self, folder: Path) -> None:
        env = {
            **os.environ,
            "TIDU_RUNS": str(folder / "runs"),
            "TIDU_HOME": str(folder / "home"),
            "TIDU_LANG": "en",
        }
        command = [sys.executable, "-m", "tidu", "lab", "--no-browser", "--port", "0"]
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        found = re.search(r"(http://\S+)/\?token=(\S+)", self.process.stdout.readline())
        assert found is not None
        self.address, self.token = found.groups()
        self.folder = folder

    def url(self, path: str) -> str:
        """The whole address of a page."""
        return f"{self.address}{path}{'&' if '?' in path else '?'}token={self.token}"

    def stop(self) -> str:
        """End it as Ctrl-C does; what it said."""
        self.process.terminate()
        try:
            return self.process.communicate(timeout=30)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def until(page: Any, expression: str, seconds: float = 90.0) -> None:
    """Wait for a JavaScript expression; Playwright's own way of waiting needs ``eval``."""
    last = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < last, f"{expression} did not become true"
        time.sleep(0.05)
