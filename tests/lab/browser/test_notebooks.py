"""The same widgets in marimo and in JupyterLab: opened, stepped, and a module looked into."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anywidget")

CELLS = (
    'from tidu.lab.notebook import bench\nbench("spiral", preset="quick", steps=60)',
    "import torch\nimport tidu\n"
    "class Own(torch.nn.Module):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.inner = torch.nn.Linear(4, 3)\n"
    "    def forward(self, x):\n"
    "        return self.inner(x).relu()\n"
    "torch.manual_seed(0)\n"
    "tidu.views.inspect(Own(), torch.randn(5, 4))",
)


def free_port() -> int:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return there.getsockname()[1]


@contextmanager
def served(command: list[str], address: str, folder: Path) -> Iterator[None]:
    """A notebook server that answers."""
    env = {**os.environ, "TIDU_LANG": "en", "HOME": str(folder)}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                    address, timeout=5
                ).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)


def try_widgets(page: Any) -> None:
    """Step the bench, and see the layers of the module."""
    bench = page.locator(".bench:not(.inspect)")
    bench.get_by_role("button", name="One step").click()
    page.wait_for_selector('.bench[data-step="1"]')
    inside = page.locator(".inspect")
    assert "15 parameters" in inside.inner_text()
    assert inside.get_by_role("button", name="inner").is_visible()
    assert inside.locator(".maps canvas").count() >= 1
    inside.get_by_role("button", name="中文").or_(
        page.get_by_role("button", name="中文")
    ).last.click()
    assert "共 15 个参数" in page.locator(".inspect").inner_text()


def test_marimo(browser: Any, tmp_path: Path) -> None:
    pytest.importorskip("marimo")
    cells = "".join(
        "@app.cell\ndef _():\n"
        + "".join(f"    {line}\n" for line in cell.split("\n"))
        + "    return\n\n"
        for cell in CELLS
    )
    text = (
        f'import marimo\n\napp = marimo.App()\n\n{cells}if __name__ == "__main__":\n    app.run()\n'
    )
    (tmp_path / "own.py").write_text(text)
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", "own.py", "--headless", "--no-token"]
    address = f"http://127.0.0.1:{port}/"
    with served([*command, "--port", str(port)], address, tmp_path):
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(90_000)
        page.goto(address)
        page.wait_for_selector(".inspect .maps")
        try_widgets(page)
        page.close()


def test_jupyterlab(browser: Any, tmp_path: Path) -> None:
    pytest.importorskip("jupyterlab")
    book = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "id": f"cell-{i}", "metadata": {},
             "outputs": [], "source": cell}
            for i, cell in enumerate(CELLS)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    (tmp_path / "own.ipynb").write_text(json.dumps(book))
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = [f"--port={port}", "--IdentityProvider.token=", "--ServerApp.password="]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    address = f"http://127.0.0.1:{port}/lab"
    with served([*command, *options], address, tmp_path):
        page = browser.new_page(viewport={"width": 1400, "height": 4000})
        page.set_default_timeout(90_000)
        page.goto(f"{address}/tree/own.ipynb")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        page.wait_for_timeout(2000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_selector(".inspect .maps")
        try_widgets(page)
        page.close()
