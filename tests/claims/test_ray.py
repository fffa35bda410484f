"""``tidu verify --ray``: the arms of a claim on a cluster of two small nodes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands import Answer, run_alone
from tidu.errors import TiduError
from tidu.files import read_json
from tidu.laboratory import ray_cluster
from tidu.laboratory.verification import Job

Says = Callable[..., Answer]

# A process of its own: what it starts ends with it, and Ray's warnings are not ours.
CLUSTER = """
import sys
from ray.cluster_utils import Cluster

node = dict(num_cpus=1, node_ip_address="127.0.0.1", object_store_memory=80 * 2**20)
cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
cluster.add_node(**node)
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""

CLAIM = """
says: More steps read better.
metric: error
direction: lower
seeds: 3
treatment: {{experiment: {toy}, preset: quick, fields: {{steps: 60}}}}
control: {{experiment: {toy}, preset: quick, fields: {{steps: 1}}}}
"""

WAITS = '''
"""Waits for a file, and then fails."""

import time
from dataclasses import dataclass
from pathlib import Path

THREADS = 1


@dataclass(frozen=True)
class Config:
    wait_for: str = ""  # a pattern of files
    folder: str = ""  # where it is told what happens


PRESETS = {"quick": Config()}


def run(config, run):
    if config.wait_for:
        folder = Path(config.folder)
        (folder / "begun").touch()
        try:
            while not list(folder.glob(config.wait_for)):
                time.sleep(0.05)
        finally:
            (folder / "stopped").touch()
        raise ValueError("the file is there")
    return {"error": 0.5}
'''


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two nodes, each with one processor."""
    pytest.importorskip("ray")
    env = os.environ | {"RAY_USAGE_STATS_ENABLED": "0"}
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=env,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = (line.strip() for line in process.stdout)
        yield next(line for line in lines if line.startswith("127.0.0.1:"))
        process.stdin.close()


@pytest.fixture
def claim(tmp_path: Path, own_experiment: str) -> str:
    """A claim about the toy."""
    file = tmp_path / "more_steps.yaml"
    file.write_text(CLAIM.format(toy=own_experiment))
    return str(file)


@pytest.fixture
def waiting_claim(tmp_path: Path) -> Callable[[str], str]:
    """A claim of which one arm waits for a file and fails, and the other ends at once."""

    def made(wait_for: str) -> str:
        experiment, file = tmp_path / "waits.py", tmp_path / "waiting.yaml"
        experiment.write_text(WAITS)
        fields = f"{{wait_for: '{wait_for}', folder: '{tmp_path}'}}"
        file.write_text(
            f"says: Waiting helps.\nmetric: error\nseeds: 2\n"
            f"treatment: {{experiment: {experiment}, fields: {fields}}}\n"
            f"control: {{experiment: {experiment}}}\n"
        )
        return str(file)

    return made


def test_the_result_is_the_same_as_here(
    cluster: str, claim: str, tmp_path: Path, tidu_says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TIDU_RUNS", str(tmp_path / "here"))
        assert tidu_says("verify", claim, "--results", "here", "--json").code == 0
    done = run_alone("verify", claim, "--results", "there", "--ray", cluster)
    assert done.code == 0, done.err
    assert "[2/2]" in done.err
    one, other = (read_json(tmp_path / place / "more-steps.json") for place in ("here", "there"))
    for part in ("arms", "conditions", "seeds", "environment"):
        assert one[part] == other[part]

    (local, remote) = (sorted((tmp_path / place).glob("arm-*")) for place in ("here", "runs"))
    assert [run.name for run in remote] == [run.name for run in local]
    for run in remote:
        told = read_json(run / "run.json")
        assert (
            told["experiment"] == read_json(tmp_path / "here" / run.name / "run.json")["experiment"]
        )
        assert told["command"] == "tidu.run(...) in Python"  # so it was not run here
        assert not (run / "own").exists()

    # What came back is not asked for again: nobody answers at this address.
    again = tidu_says("verify", claim, "--ray", "127.0.0.1:9", "--results", "again")
    assert again.code == 0, again.err
    assert read_json(tmp_path / "again" / "more-steps.json")["arms"] == one["arms"]


def test_an_arm_that_fails_is_named_and_the_others_are_kept(
    cluster: str, waiting_claim: Callable[[str], str], tmp_path: Path
) -> None:
    file = waiting_claim("runs/arm-*/result.json")
    done = run_alone("verify", file, "--ray", cluster, "--quiet")
    assert done.code == 1
    assert "wait_for=runs/arm-*/result.json" in done.err
    assert "the file is there" in done.err
    assert "Traceback" not in done.err
    (kept,) = (tmp_path / "runs").glob("arm-*/result.json")
    assert read_json(kept)["per_seed"] == {"error": [0.5, 0.5]}
    (trace,) = (tmp_path / "runs").rglob("error.txt")
    assert str(trace) in done.err


# Ctrl-C is ignored by what a script started in the background, as these tests may be.
AT_A_TERMINAL = """
import signal
from tidu.cli.main import main

signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


def test_ctrl_c_stops_the_workers(
    cluster: str, waiting_claim: Callable[[str], str], tmp_path: Path
) -> None:
    words = ["verify", waiting_claim("never"), "--ray", cluster, "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-c", AT_A_TERMINAL, *words], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_until((tmp_path / "begun").exists)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    wait_until((tmp_path / "stopped").exists)


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


# The task as Ray sends it, unpacked where there is no tidu.
WITHOUT_TIDU = """
import sys
from ray import cloudpickle
from tidu.laboratory import ray_cluster

sent = cloudpickle.dumps(ray_cluster._task())
for name in [name for name in sys.modules if name.split(".")[0] == "tidu"]:
    del sys.modules[name]
sys.modules["tidu"] = None
print(cloudpickle.loads(sent)({"made_with": {}})["refused"])
"""


def test_a_worker_with_another_tidu_or_none_is_refused(own_experiment: str) -> None:
    pytest.importorskip("ray")
    task = ray_cluster._task()
    same = ray_cluster.made_with()
    assert same["torch"]
    refused = task({"made_with": {**same, "tidu": "9.9"}})
    job = Job(own_experiment, "quick", {}, (0,))
    failure = ray_cluster._written_down(job, lambda: refused)
    assert "tidu 9.9" in str(failure)
    assert not job.folder.exists()
    words = [sys.executable, "-c", WITHOUT_TIDU]
    without = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert "has no tidu" in without.stdout


def test_an_address_where_nobody_answers_is_told_at_once(claim: str, tidu_says: Says) -> None:
    pytest.importorskip("ray")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens: it is only taken
        place = f"127.0.0.1:{free.getsockname()[1]}"
        for address in (place, f"ray://{place}", f"localhost:{place.split(':')[1]}"):
            began = time.monotonic()
            done = tidu_says("verify", claim, "--ray", address)
            assert done.code == 1
            assert "No Ray cluster could be reached" in done.err
            assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "address", ["local", "nowhere", "http://127.0.0.1:8265", "host:99999", ":"]
)
def test_what_is_no_address_is_told(address: str, claim: str, tidu_says: Says) -> None:
    pytest.importorskip("ray")
    done = tidu_says("verify", claim, "--ray", address)
    assert done.code == 2
    assert "host:port" in done.err


def test_without_the_package_it_says_what_to_install(
    claim: str, tidu_says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_cluster.importlib.util, "find_spec", lambda name: None)
    done = tidu_says("verify", claim, "--ray", "auto")
    assert done.code == 2
    assert "pip install 'tidu[ray]'" in done.err


def test_an_exact_claim_needs_no_cluster(tidu_says: Says) -> None:
    done = tidu_says("verify", "softmax-example", "--ray", "127.0.0.1:9")
    assert done.code == 0, done.err
    assert "no arms" in done.err


class FewCores:
    """A cluster that is only asked for its machines."""

    @staticmethod
    def nodes() -> list[dict[str, Any]]:
        return [
            {"Alive": True, "Resources": {"CPU": 2.0}},
            {"Alive": False, "Resources": {"CPU": 64.0}},
            {"Alive": True, "Resources": {}},
        ]


def test_more_threads_than_any_machine_has_are_told_instead_of_waited_for() -> None:
    ray_cluster._check_cores(FewCores, [{"threads": 2, "experiment": "mlp"}])
    with pytest.raises(TiduError, match="takes 3 processors"):
        ray_cluster._check_cores(FewCores, [{"threads": 3, "experiment": "mlp"}])
