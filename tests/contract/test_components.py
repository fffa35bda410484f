"""What every registered component must do; an entry in the catalogue adds its tests here.

Its oracle file ``tests/oracles/<id>.py`` gives ``example(dtype)`` and ``cases(seed, dtype)``. A
component that by its nature cannot do a thing says why in a constant of that file, and the test
then proves that it cannot:

    NOT_DIFFERENTIABLE, NO_META_DEVICE, NO_AUTOCAST
"""

from __future__ import annotations

import copy
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from oracles import Case
from tidu.catalogue import SYSTEMS
from tidu.train import checkpoint

WITH_COMPONENTS = [system.id for system in SYSTEMS.values() if system.components]
COMPONENTS = [part for system in SYSTEMS.values() for part in system.components]
DTYPES = (torch.float32, torch.float64)

each_system = pytest.mark.parametrize("id", WITH_COMPONENTS)
each_component = pytest.mark.parametrize("component", COMPONENTS)
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=("float32", "float64"))

# Relative and absolute: rounding of sums in another order, over a few dozen terms.
TOLERANCE = {torch.float32: (1e-4, 1e-5), torch.float64: (1e-7, 1e-9)}


@each_component
def test_it_is_exported_from_its_room(component: str) -> None:
    room, name = component.split(":")
    assert re.fullmatch(r"tidu\.\w+", room)
    assert inspect.getmodule(inspect.unwrap(the(component))).__name__.startswith(f"{room}.")
    assert name in dir(importlib.import_module(room))


@each_component
def test_it_is_documented(component: str) -> None:
    """Formula, source and shapes stand in its docstring or at the head of its file."""
    thing = inspect.unwrap(the(component))
    own = inspect.getdoc(thing) or ""
    head = inspect.getdoc(inspect.getmodule(thing)) or ""
    both = f"{head}\n{own}"
    assert own, "it has no docstring"
    assert re.search(r"[=≈∝←→∼~]|``|^    \S", head, re.MULTILINE), "no formula"
    assert re.search(r"\b(1[6-9]|20)\d\d\b", both), "no source with its year"
    assert ">>>" in own, "no example"
    annotations = [p.annotation for p in inspect.signature(thing).parameters.values()]
    takes_text = "str" in annotations  # as in a measure of two texts, which have no shape
    shapes = re.search(r"\(batch|\(b, |\(rows|\(n, |shape|tensor\(|tolist|axis|dimension", both)
    assert shapes or takes_text, "no shapes"


@each_component
def test_its_oracle_file_tries_it(component: str) -> None:
    system = next(s for s in SYSTEMS.values() if component in s.components)
    name = component.split(":")[1]
    assert re.search(rf"\b{name}\b", inspect.getsource(oracle(system.id)))


@each_system
@each_dtype
@pytest.mark.parametrize("seed", range(3))
def test_it_equals_its_oracle(id: str, seed: int, dtype: torch.dtype) -> None:
    tried = 0
    for case in oracle(id).cases(seed, dtype):
        compare(case, seed, dtype)
        tried += 1
    assert tried


@each_system
@each_dtype
def test_it_keeps_the_type_of_its_input(id: str, dtype: torch.dtype) -> None:
    examples = oracle(id).example(dtype)
    assert examples
    for call, inputs in examples:
        for output in floats(call(*inputs)):
            assert output.dtype == dtype
            assert torch.isfinite(output).all()


@each_system
@each_dtype
def test_gradients_flow(id: str, dtype: torch.dtype) -> None:
    for call, inputs in oracle(id).example(dtype):
        leaves = [x.detach().clone().requires_grad_(x.is_floating_point()) for x in inputs]
        outputs = [output for output in floats(call(*leaves)) if output.requires_grad]
        if not outputs:
            assert oracle(id).NOT_DIFFERENTIABLE
            continue
        wanted = [x for x in leaves if x.requires_grad] + parameters(call)
        total = sum((o * torch.randn_like(o)).sum() for o in outputs)
        gradients = torch.autograd.grad(total, wanted, allow_unused=True)
        for gradient in gradients:
            assert gradient is not None
            assert torch.isfinite(gradient).all()
        assert any(bool(g.any()) for g in gradients if g is not None)


@each_system
def test_its_state_goes_to_a_file_and_back(id: str, tmp_path: Path) -> None:
    for call, inputs in oracle(id).example(torch.float32):
        if not isinstance(call, nn.Module):
            continue
        call.eval()
        before = floats(call(*inputs))
        checkpoint.save_weights(tmp_path / "weights.safetensors", call)
        other = copy.deepcopy(call)
        with torch.no_grad():
            for parameter in other.parameters():
                parameter.add_(1.0)
        checkpoint.load_weights(tmp_path / "weights.safetensors", other)
        assert set(other.state_dict()) == set(call.state_dict())
        for one, two in zip(before, floats(other(*inputs)), strict=True):
            assert torch.equal(one, two)


@each_system
def test_it_can_be_exported(id: str) -> None:
    for call, inputs in oracle(id).example(torch.float32):
        if not isinstance(call, nn.Module):
            continue
        call.eval()
        program = torch.export.export(call, tuple(inputs))
        theirs = floats(program.module()(*inputs))
        for one, two in zip(floats(call(*inputs)), theirs, strict=True):
            torch.testing.assert_close(one, two)


@each_system
def test_it_works_on_another_device(id: str) -> None:
    """On the meta device every tensor made on the CPU by a hard-coded device is found out."""
    for call, inputs in oracle(id).example(torch.float32):
        here = [tuple(output.shape) for output in floats(call(*inputs))]
        moved = copy.deepcopy(call).to("meta") if isinstance(call, nn.Module) else call
        if hasattr(oracle(id), "NO_META_DEVICE"):
            with pytest.raises((RuntimeError, NotImplementedError)):
                moved(*(x.to("meta") for x in inputs))
            continue
        outputs = floats(moved(*(x.to("meta") for x in inputs)))
        assert [tuple(output.shape) for output in outputs] == here
        assert all(output.device.type == "meta" for output in outputs)


@each_system
def test_it_works_under_autocast(id: str) -> None:
    for call, inputs in oracle(id).example(torch.float32):
        if isinstance(call, nn.Module):
            call.eval()
        exact = floats(call(*inputs))
        with torch.autocast("cpu", torch.bfloat16):
            outputs = floats(call(*inputs))
        for one, two in zip(outputs, exact, strict=True):
            assert torch.isfinite(one).all()
            size = float(two.detach().abs().max()) + 1e-3
            # bfloat16 keeps 8 bits: errors of 2^-8 in every product, a few products in a row
            assert float((one.float() - two).detach().abs().max()) <= 0.05 * size


def the(component: str) -> Any:
    """The class or function that the catalogue names."""
    room, name = component.split(":")
    return getattr(importlib.import_module(room), name)


def oracle(id: str) -> ModuleType:
    """The file with the independent implementations."""
    return importlib.import_module(f"oracles.{id.replace('-', '_')}")


def floats(value: Any) -> list[Tensor]:
    """All tensors of numbers in what a component returned."""
    return [t for t in tensors(value) if t.is_floating_point()]


def tensors(value: Any) -> Iterator[Tensor]:
    """All tensors in what a component returned, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from tensors(inner)
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from tensors(inner)
    elif isinstance(value, nn.Module):
        yield from value.state_dict().values()


def parameters(call: Callable[..., Any]) -> list[Tensor]:
    """What can be learned of a component."""
    if not isinstance(call, nn.Module):
        return []
    return [p for p in call.parameters() if p.requires_grad]


def compare(case: Case, seed: int, dtype: torch.dtype) -> None:
    """Hold both implementations equal: values, shapes and gradients."""
    rtol, atol = TOLERANCE[dtype]
    rtol, atol = case.rtol or rtol, case.atol or atol
    grads = case.gradients
    sides: list[tuple[list[Tensor], list[Tensor]]] = []
    for call, own in ((case.ours, 0), (case.theirs, 1)):
        inputs = [fresh(x, grads) for x in case.inputs]
        outputs = list(tensors(call(*inputs)))
        leaves = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
        sides.append(
            (outputs, slopes(outputs, leaves + [p[own] for p in case.parameters], seed))
            if grads
            else (outputs, [])
        )
    (ours, our_slopes), (theirs, their_slopes) = sides
    assert len(ours) == len(theirs), case.name
    assert ours, f"{case.name}: nothing to compare"
    for one, two in zip(ours, theirs, strict=True):
        close(one, two, rtol, atol, f"{case.name}: value")
    if grads:
        assert our_slopes, f"{case.name}: no gradient to compare; say gradients=False"
    for one, two in zip(our_slopes, their_slopes, strict=True):
        close(one, two, rtol, atol * max(1.0, float(two.abs().max())), f"{case.name}: gradient")


def fresh(value: Any, grads: bool) -> Any:
    """A copy of an input, to be differentiated by where it is a tensor of numbers."""
    if not isinstance(value, Tensor):
        return value
    return value.detach().clone().requires_grad_(grads and value.is_floating_point())


def slopes(outputs: list[Tensor], leaves: list[Tensor], seed: int) -> list[Tensor]:
    """Gradients of a random weighting of all outputs; zeros where nothing depends on a leaf."""
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros((), dtype=torch.float64)
    for output in outputs:
        if output.is_floating_point() and output.requires_grad:
            weights = torch.randn(output.shape, generator=generator, dtype=torch.float64)
            total = total + (output * weights.to(output.dtype)).sum().double()
    if not total.requires_grad:
        return []
    found = torch.autograd.grad(total, leaves, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, found, strict=True)]


def close(one: Tensor, two: Tensor, rtol: float, atol: float, what: str) -> None:
    """Equal within the tolerance, in the same shape."""
    assert one.shape == two.shape, f"{what}: {tuple(one.shape)} against {tuple(two.shape)}"
    torch.testing.assert_close(
        one.detach(), two.detach(), rtol=rtol, atol=atol, check_dtype=False, equal_nan=True,
        msg=lambda m: f"{what}\n{m}",
    )  # fmt: skip
