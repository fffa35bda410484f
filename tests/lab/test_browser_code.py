"""The JavaScript that pages and notebooks share: one scope, so no name twice."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tidu.lab.panels import scripts
from tidu.views import browser

NAME = re.compile(
    r"^(?:export )?(?:async )?(?:const|let|class|function\*?) (?:\{([^}]*)\}|(\w+))", re.MULTILINE
)


def names(text: str) -> list[str]:
    """What a module declares at its outermost level."""
    found = NAME.findall(text)
    return [name.strip() for many, one in found for name in (many.split(",") if many else [one])]


def test_no_name_is_declared_twice() -> None:
    every = [name for part in browser.NOTEBOOK for name in names(browser.source(f"{part}.js"))]
    assert sorted(every) == sorted(set(every))


def test_every_import_is_of_a_name_that_is_there() -> None:
    for part in browser.NOTEBOOK:
        text = browser.source(f"{part}.js")
        for imported, file in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";', text, re.M):
            there = names(browser.source(f"{file}.js"))
            assert {name.strip() for name in imported.split(",")} <= set(there)


@pytest.mark.skipif(shutil.which("node") is None, reason="node checks the syntax")
def test_both_texts_are_javascript(tmp_path: Path) -> None:
    texts = {
        "page": browser.script(scripts()),
        "notebook": browser.notebook_script(scripts()),
    }
    for name, text in texts.items():
        file = tmp_path / f"{name}.mjs"
        file.write_text(text, encoding="utf-8")
        checked = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr


def test_nothing_asks_another_host() -> None:
    text = browser.notebook_script(scripts()) + browser.style()
    hosts = set(re.findall(r"(?:https?|wss?)://[\w.]+", text))
    assert hosts <= {"http://www.w3.org"}  # the name of SVG's elements, asked by nobody
