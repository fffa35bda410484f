"""Every test gets its own runs and settings, English words, one thread, and no network."""

from __future__ import annotations

import os
import resource
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import beartype
import matplotlib as mpl
import pytest
import torch
from filelock import FileLock
from hypothesis import settings

from commands import Answer, run_alone, run_in_process

# Before tidu is imported: its shape checks take a whole number for a float, as PEP 484 has it.
beartype.beartype = beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))

torch.set_num_threads(1)
settings.register_profile("busy", deadline=None)  # a busy machine fails no test
settings.load_profile("busy")
os.environ["OMP_NUM_THREADS"] = "1"  # for child processes
mpl.use("Agg")

MIRROR = os.environ.pop("TIDU_DATA_MIRROR", None)


def processor_seconds() -> float:
    """What all child processes that have ended spent on processors."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Only this machine can be reached: any other name or address fails as if unplugged."""
    lookup, connect = socket.getaddrinfo, socket.socket.connect

    def here(host: Any) -> bool:
        name = host.decode() if isinstance(host, bytes) else host
        return name in {None, "", "localhost", "::1"} or str(name).startswith("127.")

    def guarded_lookup(host: Any, *rest: Any, **named: Any) -> Any:
        if not here(host):
            raise socket.gaierror(socket.EAI_AGAIN, f"no network in tests: {host}")
        return lookup(host, *rest, **named)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not here(address[0]):
            raise OSError(101, f"no network in tests: {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        patch.setattr(socket.socket, "connect", guarded_connect)
        # Child processes are not patched; a proxy that nobody serves stops them.
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")
        yield


@pytest.fixture(scope="session")
def prepared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the embedded data that are slow to read, prepared once for all workers."""
    from tidu import data

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = shared / "prepared"
    with FileLock(shared / "prepared.lock"), pytest.MonkeyPatch.context() as patch:
        if not home.exists():
            patch.setenv("TIDU_HOME", str(home))
            for source in data.sources():
                if source.embedded is not None:
                    data.get(source.id)
            (home / "data").mkdir(parents=True, exist_ok=True)
    return home


@pytest.fixture(autouse=True)
def own_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A working folder, runs and settings of the test's own, and the global generators seeded."""
    monkeypatch.setenv("TIDU_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TIDU_LANG", "en")
    monkeypatch.setenv("COLUMNS", "300")  # so that no sentence is broken into lines
    monkeypatch.delenv("TIDU_DATA_MIRROR", raising=False)
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)


@pytest.fixture
def embedded(prepared_data: Path, tmp_path: Path) -> None:
    """Embedded data are prepared already; a test that spoils them spoils only its own copy."""
    shutil.copytree(prepared_data / "data", tmp_path / "home" / "data", dirs_exist_ok=True)


@pytest.fixture(scope="session")
def quick_run(
    tmp_path_factory: pytest.TempPathFactory, prepared_data: Path
) -> Callable[[str], Path]:
    """The finished run of an experiment's quick preset, made once for all tests and workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "quick-runs"

    def made(id: str) -> Path:
        with FileLock(shared / f"quick-{id}.lock"):
            if not (folder / id / "report.html").exists():
                shutil.rmtree(folder / id, ignore_errors=True)
                env = {"TIDU_RUNS": str(folder), "TIDU_HOME": str(prepared_data)}
                before = processor_seconds()
                words = ("run", id, "--preset", "quick", "--name", id, "--json")
                done = run_alone(*words, env=env, timeout=300)
                assert done.code == 0, done.err
                spent = processor_seconds() - before
                (folder / id / "processor-seconds").write_text(str(spent))
                (folder / id / "answer.json").write_text(done.out)
        return folder / id

    return made


@pytest.fixture
def tidu_says(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command line in this process: ``tidu_says("list", "--json").out``."""
    return lambda *words: run_in_process(capfd, words)


@pytest.fixture(scope="session")
def mirror() -> str | None:
    """The mirror of the sources that are not embedded, where the tests were given one."""
    return MIRROR


@pytest.fixture(scope="session")
def own_experiment() -> str:
    """A user's experiment file that trains in a moment."""
    return str(Path(__file__).parent / "own" / "toy_net.py")
