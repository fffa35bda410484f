"""Commands that only tell something answer at once: they load nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

# What takes long to load. Importing tidu, tyro and rich stays below 0.2 s.
HEAVY = {"torch._C", "numpy", "scipy", "sklearn", "matplotlib", "gymnasium", "PIL", "safetensors"}

QUICK = (
    [],
    ["--help"],
    ["--version"],
    ["list"],
    ["list", "--json"],
    ["info", "lenet"],
    ["run", "--help"],
    ["run", "lenet", "--help"],
    ["use", "--help"],
    ["data", "--help"],
    ["data", "list"],
    ["nonsense"],
    ["run", "lenett"],
    ["run", "lenet", "--nonsense"],
    ["new", "--help"],
    ["resume", "--help"],
    ["export", "--help"],
    ["runs"],
    ["runs", "--json"],
    ["show"],
    ["compare", "one", "two"],
)


@pytest.mark.parametrize("words", QUICK, ids=" ".join)
def test_it_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom tidu.cli.main import main\n"
        f"try: main({words!r})\nexcept SystemExit: pass\n"
        "print('loaded', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.rsplit("loaded", 1)[1].split())
    assert not HEAVY & loaded


def test_importing_tidu_loads_nothing_heavy() -> None:
    code = "import sys, tidu\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("words", [["list"], ["--help"], ["run", "lenet", "--help"]], ids=" ".join)
def test_it_answers_soon(words: list[str]) -> None:
    """0.3 s on a quiet machine; the best of five within 1.5 s on one that is not."""
    times: list[float] = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "tidu", *words], capture_output=True, check=True)
        times.append(time.monotonic() - began)
    assert min(times) < 1.5
