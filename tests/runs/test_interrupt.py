"""Ctrl-C ends a run cleanly; two processes never work on one run."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest
from processes import start, steps_done, wait_until

from commands import run_alone
from tidu.errors import TiduError
from tidu.files import read_json
from tidu.runs import store

SLOW = ("--pause", "0.02", "--steps", "100")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_saves_and_says_how_to_go_on(
    number: signal.Signals, own_experiment: str, tmp_path: Path
) -> None:
    run = tmp_path / "runs" / "mine"
    process = start("run", own_experiment, *SLOW, "--name", "mine")
    log = run / "metrics.jsonl"
    assert wait_until(process, lambda: log.exists() and log.read_text().count("\n") >= 10)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "tidu resume mine" in err
    assert "Traceback" not in err
    assert read_json(run / "state.json") == {"state": "interrupted"}
    saved = steps_done(run)
    assert saved == len(log.read_text().splitlines()) >= 10
    assert f"step {saved}" in err
    assert run_alone("resume", "mine").code == 0
    assert run_alone("run", own_experiment, *SLOW[2:], "--name", "whole").code == 0
    for file in ("metrics.jsonl", "model.safetensors"):
        assert (run / file).read_bytes() == (tmp_path / "runs" / "whole" / file).read_bytes()


def test_a_second_process_on_one_run_gets_a_clear_error(
    own_experiment: str, tmp_path: Path
) -> None:
    run = tmp_path / "runs" / "mine"
    process = start("run", own_experiment, "--pause", "0.05", "--steps", "9999", "--name", "mine")
    assert wait_until(process, (run / "checkpoints" / "train.safetensors").exists)
    second = run_alone("resume", "mine")
    assert second.code == 1
    assert "in use by another process" in second.err
    assert "Traceback" not in second.err
    assert '"state": "running"' in run_alone("runs", "--json").out
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    steps = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert steps == list(range(steps_done(run)))


def test_runs_started_at_once_get_folders_of_their_own(own_experiment: str, tmp_path: Path) -> None:
    words = ("run", own_experiment, "--preset", "quick", "--json")
    processes = [start(*words) for _ in range(3)]
    said = [process.communicate(timeout=240) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    folders = sorted((tmp_path / "runs").iterdir())
    assert [folder.name for folder in folders] == ["toy-net-1", "toy-net-2", "toy-net-3"]
    assert len({(folder / "model.safetensors").read_bytes() for folder in folders}) == 1


def test_making_folders_is_atomic(tmp_path: Path) -> None:
    made: list[Path] = []
    ready = threading.Barrier(8)

    def make() -> None:
        ready.wait()
        made.extend(store.create("toy") for _ in range(25))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 200


def test_a_run_is_held_by_one(tmp_path: Path) -> None:
    path = store.create("toy")
    with store.held(path), pytest.raises(TiduError, match="in use"), store.held(path):
        pass
    with store.held(path):
        pass
