"""The recorder sees everything and changes nothing, whatever the module."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import tidu
from tidu.nn import GPT, LSTM, LeNet5, MultiHeadAttention


class Shared(nn.Module):
    """One layer used twice, and returned in a dictionary with a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.same = self.layer

    def forward(self, x: Tensor) -> dict[str, Any]:
        once = self.layer(x)
        return {"once": once, "twice": (self.same(once.relu()), once.argmax(1)), "none": None}


class Changing(nn.Module):
    """Works in place, on its input's activation and on a slice."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(4, 6), nn.ReLU(inplace=True), nn.Linear(6, 6), nn.Dropout(0.3, inplace=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.net(x)
        hidden[:, 0] *= 2
        return hidden.add_(1.0)


class Attending(nn.Module):
    """PyTorch's own attention behind an embedding."""

    def __init__(self, need_weights: bool = True) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True, dropout=0.1)
        self.need_weights = need_weights

    def forward(self, x: Tensor) -> Tensor:
        wide = x[:, None].expand(-1, 3, -1)
        return self.attention(wide, wide, wide, need_weights=self.need_weights)[0]


class Recurrent(nn.Module):
    """An LSTM of PyTorch, which returns a tuple in a tuple, and a cell in a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 5, num_layers=2, batch_first=True)
        self.cell = nn.GRUCell(5, 5)

    def forward(self, x: Tensor) -> Tensor:
        outputs, (hidden, _) = self.lstm(x[:, None].expand(-1, 4, -1))
        state = hidden[-1]
        for now in outputs.unbind(1):
            state = self.cell(now, state)
        return state


class Checkpointed(nn.Module):
    """Computes a part anew in the backward pass."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 8), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        from torch.utils.checkpoint import checkpoint

        return checkpoint(self.inner, x, use_reentrant=False)


MODULES: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(4, 2),
    "shared": Shared,
    "in place": Changing,
    "attention": Attending,
    "attention without weights": lambda: Attending(need_weights=False),
    "recurrent": Recurrent,
    "batch norm": lambda: nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU()),
    "computed anew": Checkpointed,
    "transformer": lambda: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
    "frozen": lambda: nn.Sequential(nn.Linear(4, 3).requires_grad_(False), nn.Linear(3, 2)),
    "tidu's attention": lambda: MultiHeadAttention(4, 2),
    "tidu's LSTM": lambda: LSTM(4, 3, peephole=True),
}


def tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from tensors(inner)
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from tensors(inner)


def worked(module: nn.Module) -> list[Tensor]:
    """Outputs, gradients of parameters and input, and buffers after one training pass."""
    torch.manual_seed(5)
    wide = isinstance(module, (MultiHeadAttention, LSTM, nn.TransformerEncoderLayer))
    x = torch.randn(3, 2, 4) if wide else torch.randn(6, 4)
    x.requires_grad_()
    found = list(tensors(module(x)))
    sum((t.square().sum() for t in found if t.requires_grad), torch.zeros(())).backward()
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    return [*found, *gradients, *module.buffers(), x.grad if x.grad is not None else x]


@pytest.mark.parametrize("name", MODULES)
def test_results_are_unchanged_bit_for_bit(name: str) -> None:
    torch.manual_seed(0)
    module = MODULES[name]()
    watched = copy.deepcopy(module)
    before = worked(module)
    with tidu.record(watched) as recording:
        after = worked(watched)
    assert len(recording) > 0
    assert len(before) == len(after)
    for one, two in zip(before, after, strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("name", MODULES)
def test_hooks_are_gone_afterwards(name: str) -> None:
    module = MODULES[name]()
    with tidu.record(module):
        worked(module)
    assert hooks(module) == 0

    def broken() -> None:
        with tidu.record(module):
            assert hooks(module) > 0
            worked(module)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        broken()
    assert hooks(module) == 0


def hooks(module: nn.Module) -> int:
    """All hooks of every kind on a module and what is in it."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(part, kind)) for part in module.modules() for kind in kinds)


def test_values_and_gradients_are_those_of_autograd() -> None:
    net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    x = torch.randn(4, 3)
    with tidu.record(net) as recording:
        net(x).square().sum().backward()
    hidden = net[0](x)
    active = hidden.tanh()
    output = net[2](active)
    slopes = torch.autograd.grad(output.square().sum(), [hidden, active, output])
    for name, value, slope in zip("012", (hidden, active, output), slopes, strict=True):
        torch.testing.assert_close(recording[name].value, value.detach())
        torch.testing.assert_close(recording[name].gradient, slope)
    torch.testing.assert_close(recording[""].value, output.detach())
    assert recording.parameter_gradients().keys() == dict(net.named_parameters()).keys()
    assert "3" not in recording
    with pytest.raises(KeyError, match="nothing was recorded under '3'; there is"):
        recording["3"]


def test_what_is_recorded_is_a_copy_from_before_work_in_place() -> None:
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True))
    x = torch.randn(50, 3)
    with tidu.record(net) as recording:
        net(x)
    assert recording["0"].value.min() < 0
    assert recording["1"].value.min() == 0


def test_nested_outputs_have_names_of_their_own() -> None:
    with tidu.record(Shared()) as recording:
        recording.model(torch.randn(2, 4))
    assert set(recording) == {"layer", ".once", ".twice.0"}
    assert recording["layer"].seen == 2
    with tidu.record(Recurrent(), calls=9) as recording:
        recording.model(torch.randn(2, 4))
    assert {"lstm.0", "lstm.1.0", "lstm.1.1", "cell", ""} == set(recording)
    assert len(recording["cell"].values) == 4


def test_attention_is_caught_from_pytorch_and_from_tidu() -> None:
    with tidu.record(Attending()) as recording:
        recording.model.eval()(torch.randn(2, 4))
    assert recording.attention["attention"].shape == (2, 3, 3)
    torch.testing.assert_close(recording.attention["attention"].sum(-1), torch.ones(2, 3))
    net = GPT(7, 5, dim=8, layers=2, num_heads=2).eval()
    tokens = torch.randint(7, (3, 4))
    with tidu.record(net) as recording:
        net(tokens)
    maps = torch.stack(list(recording.attention.values()))
    torch.testing.assert_close(maps, net.attention_maps(tokens))
    assert [name.rsplit(".", 1)[-1] for name in recording.attention] == ["attention"] * 2


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("mask", [None, "boolean", "additive"])
def test_the_kernel_s_weights_give_the_kernel_s_output(causal: bool, mask: str | None) -> None:
    class Own(nn.Module):
        def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
            return nn.functional.scaled_dot_product_attention(
                q, k, v, attn_mask=mask, is_causal=causal, scale=0.3, enable_gqa=True
            )

    q, k, v = (torch.randn(2, heads, 5, 8) for heads in (6, 3, 3))
    masks = {"boolean": torch.rand(5, 5) < 0.7, "additive": torch.randn(5, 5)}
    given = masks.get(mask or "")
    if given is not None and causal:  # the kernel takes one or the other
        given = None
    if given is not None and given.dtype == torch.bool:
        given[:, 0] = True
    with tidu.record(Own()) as recording:
        output = recording.model(q, k, v, given)
    theirs = recording.attention[""] @ v.repeat_interleave(2, 1)
    torch.testing.assert_close(theirs, output)


def test_attention_counts_as_memory_too() -> None:
    net = GPT(7, 64, dim=8, layers=4, num_heads=2)
    with tidu.record(net, megabytes=0.2) as recording:
        net(torch.randint(7, (8, 64)))
        assert sum(t.nbytes for t in recording.attention.values()) <= 0.2 * 2**20
    with tidu.record(net, rows=2) as recording:
        net(torch.randint(7, (8, 64)))
    assert [t.shape for t in recording.attention.values()] == [(2, 2, 64, 64)] * 4


def test_pytorch_s_transformer_in_evaluation_is_the_same_up_to_rounding() -> None:
    """Where hooks are set PyTorch leaves its fused path; that is the one exception."""
    net = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    x = torch.randn(3, 5, 8)
    with torch.inference_mode():
        before = net(x)
        with tidu.record(net):
            after = net(x)
    torch.testing.assert_close(before, after)


def test_only_some_places() -> None:
    with tidu.record(LeNet5(), only=["*conv*", "*0"]) as recording:
        recording.model(torch.randn(1, 1, 28, 28))
    assert all("conv" in name or name.endswith("0") for name in recording)
    with tidu.record(LeNet5(), only=[]) as recording:
        recording.model(torch.randn(1, 1, 28, 28))
    assert len(recording) == 0


def test_memory_is_bounded() -> None:
    net = nn.Sequential(nn.Linear(100, 1000), nn.ReLU(), nn.Linear(1000, 1000))
    with tidu.record(net, calls=1000, megabytes=1.0) as recording:
        for _ in range(30):
            net(torch.randn(50, 100)).sum().backward()
            held = [t for n in recording for t in recording[n].values + recording[n].gradients]
            assert sum(t.nbytes for t in held) <= 2**20
    assert recording.dropped > 0
    assert recording["0"].seen == 30
    with tidu.record(net, calls=3, rows=2) as recording:
        for _ in range(5):
            net(torch.randn(50, 100)).sum().backward()
    assert [t.shape for t in recording["0"].values] == [(2, 1000)] * 3
    assert [t.shape for t in recording["0"].gradients] == [(2, 1000)] * 3


def test_a_backward_pass_after_the_block_is_not_recorded() -> None:
    net = nn.Linear(2, 2)
    with tidu.record(net) as recording:
        output = net(torch.randn(3, 2))
    output.sum().backward()
    assert recording[""].gradients == []


def test_it_works_without_gradients() -> None:
    net = nn.Linear(2, 2)
    with torch.inference_mode(), tidu.record(net) as recording:
        output = net(torch.randn(3, 2))
    assert torch.equal(recording[""].value, output)


@pytest.mark.parametrize("wrong", [{"calls": 0}, {"rows": 0}, {"megabytes": 0.0}])
def test_wrong_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        tidu.record(nn.Linear(1, 1), **wrong)


def test_what_is_not_a_module_is_refused() -> None:
    code = "import tidu\ntry: tidu.record(len)\nexcept TypeError as problem: print(problem)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "record() takes a torch.nn.Module; got builtin_function_or_method\n"
