"""Whatever changes in a loop goes to a file and comes back the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tidu.errors import TiduError
from tidu.train import checkpoint

OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "SGD": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "Adam": lambda p: torch.optim.Adam(p, 0.01, amsgrad=True),
    "AdamW fused": lambda p: torch.optim.AdamW(p, 0.01, fused=True),
    "Adagrad": lambda p: torch.optim.Adagrad(p, 0.1),
    "RMSprop": lambda p: torch.optim.RMSprop(p, 0.01, momentum=0.5, centered=True),
    "LBFGS": lambda p: torch.optim.LBFGS(p, history_size=3),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_goes_on_as_if_nothing_had_been(name: str, tmp_path: Path) -> None:
    def network() -> nn.Module:
        torch.manual_seed(3)
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(32, 1))
        return net.to(memory_format=torch.channels_last)

    def train(net: nn.Module, optimizer: torch.optim.Optimizer, steps: range) -> None:
        for step in steps:
            x = torch.randn(4, 1, 6, 6, generator=torch.Generator().manual_seed(step))

            def closure(x: torch.Tensor = x) -> torch.Tensor:
                optimizer.zero_grad()
                loss = net(x).square().mean()
                loss.backward()
                return loss

            optimizer.step(closure)

    whole = network()
    train(whole, OPTIMIZERS[name](whole.parameters()), range(8))
    first = network()
    optimizer = OPTIMIZERS[name](first.parameters())
    train(first, optimizer, range(4))
    file = tmp_path / "kept.safetensors"
    checkpoint.save(file, {"net": first, "optimizer": optimizer}, {"step": 4})
    second = network()
    optimizer = OPTIMIZERS[name](second.parameters())
    assert checkpoint.load(file, {"net": second, "optimizer": optimizer}) == {"step": 4}
    train(second, optimizer, range(4, 8))
    for key, value in whole.state_dict().items():
        assert torch.equal(second.state_dict()[key], value), key


def test_generators_and_tensors(tmp_path: Path) -> None:
    file = tmp_path / "kept.safetensors"
    ours, theirs = torch.Generator().manual_seed(1), np.random.default_rng(1)
    weights = torch.arange(6.0).reshape(2, 3).T
    torch.rand(3, generator=ours), theirs.random(3)
    checkpoint.save(file, {"ours": ours, "theirs": theirs, "weights": weights})
    expected = torch.rand(5, generator=ours), theirs.random(5)
    new = torch.Generator(), np.random.default_rng(9)
    other = torch.zeros(3, 2)
    checkpoint.load(file, {"ours": new[0], "theirs": new[1], "weights": other})
    assert torch.equal(torch.rand(5, generator=new[0]), expected[0])
    assert np.array_equal(new[1].random(5), expected[1])
    assert torch.equal(other, weights)


class Anything:
    """An object with a state of plain values."""

    def __init__(self, state: Any = None) -> None:
        self.state = state

    def state_dict(self) -> Any:
        return {"state": self.state}

    def load_state_dict(self, state: Any) -> None:
        self.state = state["state"]


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -0.0, 1e308, math.inf, "文字", [], (1, (2, [3])), {1: "a", "b": {}},
        {"$tensor": "a name that the format uses"}, {"$map": 1}, [{"$list": [1]}],
    ],
)  # fmt: skip
def test_plain_values(value: Any, tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "kept.safetensors", {"it": Anything(value)})
    again = Anything()
    checkpoint.load(tmp_path / "kept.safetensors", {"it": again})
    assert again.state == value
    assert type(again.state) is type(value)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.bool, torch.int8])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (4,)])
def test_tensors_inside(dtype: torch.dtype, shape: tuple[int, ...], tmp_path: Path) -> None:
    value = torch.ones(shape).to(dtype)
    checkpoint.save(tmp_path / "kept.safetensors", {"it": Anything([value, np.ones(2)])})
    again = Anything()
    checkpoint.load(tmp_path / "kept.safetensors", {"it": again})
    assert again.state[0].dtype == dtype
    assert torch.equal(again.state[0], value)
    assert np.array_equal(again.state[1], np.ones(2))


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"keep\['it'\] must be a tensor, a generator"):
        checkpoint.save(tmp_path / "kept.safetensors", {"it": 3})
    with pytest.raises(TypeError, match="cannot stand in a checkpoint"):
        checkpoint.save(tmp_path / "kept.safetensors", {"it": Anything({1, 2})})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("harm", ["half", "empty", "foreign", "text", "header"])
def test_a_broken_checkpoint_is_said_in_words(harm: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.safetensors"
    checkpoint.save(file, {"it": Anything([torch.ones(100)])}, {"step": 1})
    whole = file.read_bytes()
    if harm == "foreign":
        save_file({"weight": torch.ones(3)}, file)
    elif harm == "header":
        save_file({"weight": torch.ones(3)}, file, metadata={"tidu": '{"state": {"it": {}}}'})
    else:
        file.write_bytes({"half": whole[: len(whole) - 100], "text": b"hello"}.get(harm, b""))
    with pytest.raises(TiduError, match="not a whole checkpoint"):
        checkpoint.load(file, {"it": Anything()})


def test_another_experiment_s_checkpoint_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kept.safetensors"
    checkpoint.save(file, {"generator": nn.Linear(2, 2)})
    with pytest.raises(TiduError, match="this experiment keeps"):
        checkpoint.load(file, {"model": nn.Linear(2, 2)})
    checkpoint.save_weights(file, nn.Linear(2, 2))
    with pytest.raises(TiduError, match="do not fit the network"):
        checkpoint.load_weights(file, nn.Linear(3, 2))
