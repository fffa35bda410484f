"""A full disk is said in words, and leaves the last good checkpoint, from which the run goes on."""

from __future__ import annotations

import errno
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tidu
from commands import command, run_alone
from tidu.errors import TiduError
from tidu.files import write_text
from tidu.train import checkpoint


def test_no_space_left_while_a_checkpoint_is_written(
    own_experiment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = Path.write_bytes, 0

    def full(self: Path, content: bytes) -> int:
        nonlocal written
        if "checkpoints" in self.parts:
            written += 1
            if written > 20:
                write(self, content[: len(content) // 2])
                raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(TiduError, match="disk is full") as told:
            tidu.run(own_experiment, preset="quick", name="full", checkpoint_every=0.0, quiet=True)
    assert told.value.exit_code == 1
    assert "tidu resume" in told.value.hint
    goes_on(own_experiment, tmp_path / "runs", steps=19)


def test_the_log_cannot_be_written(
    own_experiment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def full(self: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if self.name == "metrics.jsonl" and mode == "a" and self.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(self, mode, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(TiduError, match="disk is full"):
            tidu.run(own_experiment, preset="quick", name="full", checkpoint_every=0.0, quiet=True)
    goes_on(own_experiment, tmp_path / "runs", steps=1)


def test_files_may_grow_no_further(own_experiment: str, tmp_path: Path) -> None:
    """A real limit of the system that any user can set: files of at most 3 KiB."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 * 1024, resource.RLIM_INFINITY))

    words = command("run", own_experiment, "--steps", "40", "--name", "full")
    done = subprocess.run(
        [*words, "--checkpoint-every", "0"], preexec_fn=limit, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_that_is_really_full(own_experiment: str, tmp_path: Path) -> None:
    """In a name space of its own, with a tiny file system in memory for the runs."""
    tiny, kept = tmp_path / "tiny", tmp_path / "kept"
    tiny.mkdir()
    script = f"""
        set -e
        mount -t tmpfs -o size=120k tmpfs {tiny}
        export TIDU_RUNS={tiny}
        dd if=/dev/zero of={tiny}/filler bs=1k count=60 status=none
        code=0
        {sys.executable} -m tidu run {own_experiment} --steps 400 --name full \
            --checkpoint-every 0 2> {tmp_path}/said || code=$?
        test $code = 1
        rm {tiny}/filler
        mount -o remount,size=16m {tiny}
        {sys.executable} -m tidu resume full --quiet > /dev/null
        cp -r {tiny}/full {kept}
    """
    alone = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"]
    if subprocess.run([*alone, f"mount -t tmpfs tmpfs {tiny}"], check=False).returncode:
        pytest.skip("this system lets nobody mount; test_files_may_grow_no_further still ran")
    done = subprocess.run(
        [*alone, script], timeout=240, capture_output=True, text=True, check=False
    )
    said = (tmp_path / "said").read_text()
    assert done.returncode == 0, done.stderr + said
    assert "disk is full" in said
    assert "tidu resume" in said
    assert "Traceback" not in said
    assert run_alone("run", own_experiment, "--steps", "400", "--name", "whole").code == 0
    for file in ("metrics.jsonl", "model.safetensors"):
        assert (kept / file).read_bytes() == (tmp_path / "runs" / "whole" / file).read_bytes()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "folder" / "notes.txt"
    write_text(file, "old")

    def fail(self: Path, content: bytes) -> int:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(TiduError, match="disk is full"):
        write_text(file, "new")
    assert file.read_text() == "old"
    assert list(file.parent.iterdir()) == [file]


def goes_on(experiment: str, runs: Path, steps: int) -> None:
    """The last good checkpoint is whole; from it the run ends as one that met no trouble."""
    assert checkpoint.about(runs / "full" / "checkpoints" / "train.safetensors")["step"] == steps
    assert not list((runs / "full").rglob("*.part"))
    tidu.resume("full", quiet=True)
    tidu.run(experiment, preset="quick", name="whole", quiet=True)
    for file in ("metrics.jsonl", "model.safetensors"):
        assert (runs / "full" / file).read_bytes() == (runs / "whole" / file).read_bytes()
    shutil.rmtree(runs)
