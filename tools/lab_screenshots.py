"""Pictures of every page of the lab, in both languages and both themes, to be looked at.

    python tools/lab_screenshots.py FOLDER [PART OF A PATH]

Each bench does a few steps first. Needs Chromium and Playwright (``pip install 'tidu[dev]'``).
Prints the pages that stick out to the right; the exit code is 1 if there is one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tidu import catalogue
from tidu.claims import LEDGER

WIDTHS = {"wide": 1200, "phone": 390}
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")


def main(folder: Path, part: str = "") -> int:
    """Make the pictures; 1 where a page sticks out."""
    folder.mkdir(parents=True, exist_ok=True)
    wide: list[str] = []
    command = [sys.executable, "-m", "tidu", "lab", "--no-browser", "--port", "0"]
    lab = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert lab.stdout is not None
        found = re.search(r"(http://\S+)/\?token=(\S+)", lab.stdout.readline())
        assert found is not None
        address, token = found.groups()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=list(FLAGS)
            )
            for path in filter(lambda p: part in p, paths()):
                for language, theme, size in looks():
                    page = browser.new_page(viewport={"width": WIDTHS[size], "height": 900})
                    page.set_default_timeout(120_000)
                    page.goto(f"{address}{path}?token={token}&lang={language}&theme={theme}")
                    step(page)
                    if sticks_out(page):
                        wide.append(f"{path} {language} {theme} {size}")
                    name = (
                        f"{path.strip('/').replace('/', '-') or 'index'}.{language}.{theme}.{size}"
                    )
                    page.screenshot(path=folder / f"{name}.png", full_page=True)
                    page.close()
            browser.close()
    finally:
        lab.terminate()
        lab.wait(30)
    print("\n".join(wide) or f"{len(list(folder.glob('*.png')))} pictures, none sticks out")
    return 1 if wide else 0


def paths() -> Iterator[str]:
    """Every page there is."""
    yield from ("/", "/claims", "/runs")
    for system in catalogue.SYSTEMS:
        yield f"/system/{system}"
    for claim in LEDGER:
        yield f"/claim/{claim}"


def looks() -> Iterator[tuple[str, str, str]]:
    """Language, theme, size."""
    for language in ("zh", "en"):
        for theme in ("light", "dark"):
            for size in WIDTHS:
                yield language, theme, size


def step(page: Any) -> None:
    """Let the bench of a page, where it has one, do a step."""
    if page.locator("[data-bench]").count():
        page.wait_for_selector("[data-bench][data-ready]")
        page.locator(".controls button").nth(1).click()
        page.wait_for_timeout(800)


def sticks_out(page: Any) -> bool:
    """Whether the page is wider than its window."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


if __name__ == "__main__":
    default = tempfile.mkdtemp(prefix="tidu-lab-pictures-")
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else default), *sys.argv[2:3]))
