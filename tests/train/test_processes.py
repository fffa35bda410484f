"""Under ``torchrun`` two processes train what one does at the same global batch."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from commands import Answer, run_alone
from tidu.files import read_json
from tidu.train import processes

# The gradient of a batch is the mean of the two halves': the same numbers summed in another
# order. Every step adds a rounding error of about 1e-8; the steps after it stretch that, most
# where a maximum or a ReLU switches over. After the 10 and 20 steps here 1e-4 is far above it.
TOLERANCE = {"rtol": 1e-3, "atol": 1e-4}

SMALL = {
    "lenet": "--preset quick --epochs 1 --batch 400 --lr 0.02 --precision float32",
    "tabular": "--preset quick --model mlp --steps 40 --dropout 1e-9",  # each draws its own masks
    "gpt": "--preset quick --steps 20 --dim 32 --layers 2 --heads 2 --sample 20 --batch 8",
}


def torchrun(*words: str) -> Answer:
    """``torchrun --nproc-per-node 2 -m tidu WORDS`` on this machine alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    alone = ["--nproc-per-node", "2", "--master-addr", "127.0.0.1", "--master-port", port]
    told = [sys.executable, "-m", "torch.distributed.run", *alone, "-m", "tidu", *words]
    env = os.environ | {"GLOO_SOCKET_IFNAME": "lo"}
    done = subprocess.run(told, capture_output=True, text=True, timeout=300, env=env, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("id", SMALL)
def test_two_processes_train_what_one_does(id: str, tmp_path: Path) -> None:
    one, two = (tmp_path / "runs" / name for name in ("one", "two"))
    words = ("run", id, *SMALL[id].split(), "--json")
    alone = run_alone(*words, "--name", "one", timeout=300)
    assert alone.code == 0, alone.err
    both = torchrun(*words, "--name", "two")
    assert both.code == 0, both.err
    assert read_json(one / "run.json")["processes"] == 1
    assert read_json(two / "run.json")["processes"] == 2
    assert both.out.count('"metrics"') == 1, "one process speaks"
    ours, theirs = (load_file(run / "model.safetensors") for run in (one, two))
    assert ours.keys() == theirs.keys()
    for name in ours:
        torch.testing.assert_close(theirs[name], ours[name], **TOLERANCE, msg=name)
    for metric, value in alone.json["metrics"].items():
        if metric.startswith(("val_loss", "loss", "test_loss")):
            assert both.json["metrics"][metric] == pytest.approx(value, rel=1e-3)
        if metric in {"accuracy", "error"}:
            assert both.json["metrics"][metric] == pytest.approx(value, abs=2e-3)
    steps = [
        [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
        for run in (one, two)
    ]
    assert steps[0] == steps[1]


@pytest.mark.usefixtures("embedded")
def test_a_batch_that_two_processes_cannot_share_is_refused(tmp_path: Path) -> None:
    words = ["run", "lenet", "--preset", "quick", "--epochs", "1", "--batch", "33", "--name", "odd"]
    done = torchrun(*words)
    assert done.code != 0
    assert "must be divisible by the 2 processes; got 33" in done.err
    assert read_json(tmp_path / "runs" / "odd" / "state.json") == {"state": "failed"}


def test_an_experiment_with_a_loop_of_its_own_trains_in_one_process(tmp_path: Path) -> None:
    done = torchrun("run", "spiral", "--preset", "quick", "--name", "both")
    assert done.code != 0
    assert "spiral does not take more than one process" in done.err
    assert "gpt" in done.err
    assert not (tmp_path / "runs" / "both").exists()


def test_one_process_needs_no_other() -> None:
    assert processes.count() == 1
    assert processes.is_main()
    assert processes.from_main(lambda: 3) == 3
    batch = torch.arange(5)
    assert torch.equal(processes.share(batch), batch)
    model = torch.nn.Linear(1, 1)
    assert processes.parallel(model) is model
    with processes.joined():
        processes.wait_for_all()
    assert processes.mean(torch.tensor(2.0)) == 2.0
