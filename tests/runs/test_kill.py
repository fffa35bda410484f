"""A run that is really killed, again and again, ends as one that never was: bit for bit."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import PATIENCE, start, steps_done, wait_until

from commands import run_alone
from short import SHORT
from tidu.files import read_json

# Every kind of loop, with fields so small that most of the time is spent on starting Python.
KINDS = ("lenet", "gan", "policy-gradient", "memory-tasks", "pruning")
LOOPS = {
    "toy": ["--steps", "60"],
    **{id: ["--preset", "quick", *SHORT[id]] for id in KINDS},
}


@pytest.fixture
def words(own_experiment: str) -> Callable[[str], list[str]]:
    """The words that run one of the loops."""
    return lambda loop: ["run", own_experiment if loop == "toy" else loop, *LOOPS[loop]]


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("loop", LOOPS)
def test_killed_four_times_it_ends_as_if_it_never_was(
    loop: str, words: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """Killed before its first checkpoint, twice in the middle, and when its result is written."""
    whole, killed = tmp_path / "runs" / "whole", tmp_path / "runs" / "killed"
    done = run_alone(*words(loop), "--name", "whole", "--json", timeout=PATIENCE)
    assert done.code == 0, done.err
    total = steps_done(whole)
    chance = random.Random(f"{loop} is killed")
    early, late = chance.uniform(0.1, 0.45), chance.uniform(0.55, 0.9)
    moments: list[Callable[[], bool]] = [
        lambda: (killed / "run.json").exists(),
        lambda: steps_done(killed) >= early * total,
        lambda: steps_done(killed) >= late * total,
        lambda: (killed / "result.json").exists(),
    ]
    begin = [*words(loop), "--name", "killed", "--checkpoint-every", "0", "--quiet"]
    again = ["resume", "killed", "--checkpoint-every", "0", "--quiet"]
    hits = 0
    for number, moment in enumerate(moments):
        process = start(*(again if number else begin))
        alive = wait_until(process, moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        hits += alive and process.returncode == -signal.SIGKILL
    assert hits >= 3
    done = run_alone("resume", "killed", "--json", timeout=PATIENCE)
    assert done.code == 0, done.err
    same(whole, killed)
    assert read_json(killed / "state.json") == {"state": "finished"}
    assert (killed / "report.html").exists() == (whole / "report.html").exists()


def test_killed_between_checkpoints_it_forgets_what_was_not_saved(
    words: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """The log runs ahead of the checkpoint; what is ahead is cut off and written again."""
    whole, killed = tmp_path / "runs" / "whole", tmp_path / "runs" / "killed"
    flags = ["--pause", "0.01", "--steps", "100"]
    assert run_alone(*words("toy"), *flags, "--name", "whole").code == 0
    process = start(*words("toy"), *flags, "--name", "killed", "--checkpoint-every", "0.3")

    def behind() -> bool:
        """Held still before it is looked at again: else a checkpoint may come in between."""
        if not 0 < steps_done(killed) < len(lines(killed)) - 5:
            return False
        process.send_signal(signal.SIGSTOP)
        if steps_done(killed) < len(lines(killed)):
            return True
        process.send_signal(signal.SIGCONT)
        return False

    assert wait_until(process, behind)
    process.kill()
    process.communicate()
    assert len(lines(killed)) > steps_done(killed)
    assert run_alone("resume", "killed").code == 0
    same(whole, killed)
    assert [json.loads(line)["step"] for line in lines(killed)] == list(range(100))


def test_several_seeds_go_on_with_the_seed_that_was_killed(
    words: Callable[[str], list[str]], tmp_path: Path
) -> None:
    whole, killed = tmp_path / "runs" / "whole", tmp_path / "runs" / "killed"
    flags = ["--seeds", "3", "--seed", "4"]
    assert run_alone(*words("toy"), *flags, "--name", "whole").code == 0
    process = start(
        *words("toy"), *flags, "--name", "killed", "--checkpoint-every", "0", "--pause", "0.0"
    )
    assert wait_until(process, lambda: steps_done(killed / "seed-5") >= 20)
    process.kill()
    process.communicate()
    finished = (killed / "seed-4" / "result.json").read_bytes()
    assert run_alone("resume", "killed").code == 0
    assert (killed / "seed-4" / "result.json").read_bytes() == finished
    for seed in ("seed-4", "seed-5", "seed-6"):
        same(whole / seed, killed / seed)
    results = [read_json(run / "result.json") for run in (whole, killed)]
    assert results[0]["summary"] == results[1]["summary"]
    assert results[0]["per_seed"] == results[1]["per_seed"]


def test_a_finished_run_is_not_run_again(words: Callable[[str], list[str]], tmp_path: Path) -> None:
    run = tmp_path / "runs" / "done"
    assert run_alone(*words("toy"), "--name", "done").code == 0
    before = {file: file.read_bytes() for file in run.glob("*.json*")}
    assert run_alone("resume", "done").code == 0
    assert {file: file.read_bytes() for file in run.glob("*.json*")} == before


def same(one: Path, two: Path) -> None:
    """Log, metrics, weights and recordings are equal, bit for bit."""
    assert lines(one) == lines(two)
    results = [read_json(path / "result.json") for path in (one, two)]
    assert results[0]["per_seed"] == results[1]["per_seed"]
    assert results[0]["metrics"] == results[1]["metrics"]
    files = [
        {
            str(file.relative_to(path))
            for file in path.rglob("*.safetensors")
            if "checkpoints" not in file.parts
        }
        for path in (one, two)
    ]
    assert files[0] == files[1]
    for file in files[0]:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


def lines(run: Path) -> list[str]:
    """The lines of the log."""
    file = run / "metrics.jsonl"
    return file.read_text().splitlines() if file.exists() else []
