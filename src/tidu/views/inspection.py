"""Look into any ``nn.Module`` in a notebook: layers, shapes, weights, activations, gradients.

::

    tidu.views.inspect(my_module, batch)
    tidu.views.inspect(my_module, batch, loss=lambda output: cross_entropy(output, labels))

The module is called once on ``batch`` and differentiated once, and is left as it was: weights,
their gradients, buffers (the averages of batch normalisation), mode, and the global generator.
Without ``loss`` the mean of the output is differentiated.
"""

from __future__ import annotations

import inspect as python
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from tidu.record import Recording
from tidu.views.pack import Pack, plain
from tidu.views.reference import formula_of, reference

if TYPE_CHECKING:
    from tidu.views.widget import LiveWidget

BINS = 31
MOST_ROWS = 16  # of a batch that can be looked at one by one
MOST_MAPS = 64  # small pictures of one activation
LONGEST = 256  # cells along one side of a picture


def inspect(
    module: nn.Module,
    batch: Any,
    loss: Callable[[Any], Tensor] | None = None,
    language: str | None = None,
) -> LiveWidget:
    """A widget that shows what flows through ``module`` for ``batch``.

    Args:
        module: any module, also one that tidu has never seen.
        batch: its input: a tensor, a tuple of arguments, or a dictionary of keyword arguments.
        loss: of the module's output; one number to differentiate.
        language: ``"zh"`` or ``"en"``; by default the machine's.
    """
    from tidu.views import live_widget
    from tidu.views.browser import notebook_script

    seen = Inspection(module, batch, loss)
    return live_widget("inspect", seen.handle, notebook_script({}), language)


class Inspection:
    """What one call and one differentiation of a module showed, and the answers about it."""

    def __init__(
        self, module: nn.Module, batch: Any, loss: Callable[[Any], Tensor] | None = None
    ) -> None:
        if not isinstance(module, nn.Module):
            raise TypeError(f"inspect() takes a torch.nn.Module; got {type(module).__name__}")
        self.modules = dict(module.named_modules())
        self.parameters = {
            name: dict(layer.named_parameters(recurse=False))
            for name, layer in self.modules.items()
        }
        with _left_alone(module), Recording(module, rows=MOST_ROWS) as recording:
            output = _called(module, batch)
            self.objective = _objective(output, loss)
            if self.objective.requires_grad:
                self.objective.backward()
            self.weight_gradients = recording.parameter_gradients()
        self.recording = recording

    def handle(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """``open``: the table; ``place``: one activation, row by row; ``source``: its code."""
        pack = Pack()
        try:
            answer = getattr(self, f"_on_{message.get('kind')}")
            reply = answer(message, pack)
        except (AttributeError, LookupError, OSError, TypeError) as problem:
            reply = {"kind": "error", "message": str(problem), "hint": ""}
        return plain({**reply, "answers": message.get("id")}), pack.buffers

    def _on_open(self, message: Any, pack: Pack) -> dict[str, Any]:
        return {
            "kind": "inspection",
            "objective": float(self.objective.detach()),
            "total": sum(p.numel() for own in self.parameters.values() for p in own.values()),
            "layers": [self._layer(name, pack) for name in self.modules],
        }

    def _on_place(self, message: Any, pack: Pack) -> dict[str, Any]:
        track = self.recording[str(message["name"])]
        row = int(message.get("row", 0))
        found = {"value": track.value, **({"gradient": track.gradient} if track.gradients else {})}
        parts = {
            kind: {"maps": pack.add(as_maps(tensor, row)), "reach": _reach(tensor)}
            for kind, tensor in found.items()
        }
        rows = len(track.value) if track.value.ndim else 1
        return {"kind": "place", "rows": min(rows, MOST_ROWS), "parts": parts}

    def _on_source(self, message: Any, pack: Pack) -> dict[str, Any]:
        name = str(message["module"])
        kinds = {type(layer).__module__: type(layer) for layer in self.modules.values()}
        if name not in kinds:
            raise LookupError(f"{name} is no part of this module")
        module = python.getmodule(kinds[name])
        assert module is not None
        return {"kind": "source", "module": name, "source": python.getsource(module)}

    def _layer(self, name: str, pack: Pack) -> dict[str, Any]:
        layer = self.modules[name]
        places = [p for p in self.recording if p == name or _is_part(p, name, self.modules)]
        return {
            "name": name,
            "kind": type(layer).__name__,
            "parameters": sum(p.numel() for p in self.parameters[name].values()),
            "weights": [
                {
                    "name": weight,
                    "shape": list(value.shape),
                    "trained": value.requires_grad,
                    **_summary("value", value, pack),
                    **_summary("gradient", self.weight_gradients.get(_full(name, weight)), pack),
                }
                for weight, value in self.parameters[name].items()
            ],
            "places": [self._place(place, pack) for place in places],
            "code": _code(layer, name),
        }

    def _place(self, place: str, pack: Pack) -> dict[str, Any]:
        track = self.recording[place]
        gradient = track.gradient if track.gradients else None
        return {
            "name": place,
            "shape": list(track.value.shape),
            "calls": track.seen,
            **_summary("value", track.value, pack),
            **_summary("gradient", gradient, pack),
        }


def as_maps(tensor: Tensor, row: int) -> Tensor:
    """One row of a batch as pictures (count, height, width): maps, sequences or one strip.

    >>> as_maps(torch.zeros(8, 20, 12, 12), 0).shape, as_maps(torch.zeros(8, 10), 0).shape
    (torch.Size([20, 12, 12]), torch.Size([1, 1, 10]))
    """
    one = tensor[min(row, len(tensor) - 1)] if tensor.ndim else tensor
    one = one.detach().float()
    if one.ndim == 0:
        one = one.view(1, 1, 1)
    elif one.ndim == 1:
        one = one.view(1, 1, -1)
    elif one.ndim == 2:
        one = one.unsqueeze(0)
    else:
        one = one.flatten(0, -3)
    return one[:MOST_MAPS, :LONGEST, :LONGEST].contiguous()


def _called(module: nn.Module, batch: Any) -> Any:
    if isinstance(batch, Mapping):
        return module(**batch)
    return module(*batch) if isinstance(batch, (tuple, list)) else module(batch)


def _objective(output: Any, loss: Callable[[Any], Tensor] | None) -> Tensor:
    if loss is not None:
        found = loss(output)
        if not isinstance(found, Tensor) or found.numel() != 1:
            raise ValueError(f"loss must give one number of PyTorch; got {found!r}")
        return found.reshape(())
    means = [t.float().mean() for t in _floats(output)]
    if not means:
        raise ValueError("the output holds no tensor of floats to differentiate; give loss=")
    return torch.stack(means).sum()


def _floats(output: Any) -> Iterator[Tensor]:
    if isinstance(output, Tensor):
        if output.is_floating_point():
            yield output
    elif isinstance(output, Mapping):
        for value in output.values():
            yield from _floats(value)
    elif isinstance(output, (tuple, list)):
        for value in output:
            yield from _floats(value)


@contextmanager
def _left_alone(module: nn.Module) -> Generator[None]:
    """Inside, anything may happen to the module; afterwards it is as before."""
    gradients = {p: p.grad for p in module.parameters()}
    buffers = {b: b.detach().clone() for b in module.buffers()}
    rng = torch.get_rng_state()
    for parameter in gradients:
        parameter.grad = None
    try:
        with torch.enable_grad():
            yield
    finally:
        for parameter, gradient in gradients.items():
            parameter.grad = gradient
        with torch.no_grad():
            for buffer, value in buffers.items():
                buffer.copy_(value)
        torch.set_rng_state(rng)


def _summary(kind: str, tensor: Tensor | None, pack: Pack) -> dict[str, Any]:
    if tensor is None:
        return {kind: None}
    numbers = tensor.detach().float()
    good = numbers[torch.isfinite(numbers)]
    reach = float(good.abs().max()) if good.numel() else 0.0
    about = {
        "mean": float(good.mean()) if good.numel() else 0.0,
        "std": float(good.std(correction=0)) if good.numel() else 0.0,
        "norm": float(good.norm()),
        "zero": float((good == 0).float().mean()) if good.numel() else 0.0,
        "broken": int(numbers.numel() - good.numel()),
        "reach": reach,
        "histogram": pack.add(torch.histc(good, BINS, -(reach or 1.0), reach or 1.0)),
    }
    return {kind: about}


def _reach(tensor: Tensor) -> float:
    numbers = tensor.detach().float()
    good = numbers[torch.isfinite(numbers)]
    return float(good.abs().max()) if good.numel() else 0.0


def _is_part(place: str, name: str, modules: Mapping[str, nn.Module]) -> bool:
    """Whether ``place`` is one of several tensors that the module ``name`` returned."""
    head, _, tail = place.rpartition(".")
    return head == name and tail.isdigit() and place not in modules


def _full(name: str, weight: str) -> str:
    return f"{name}.{weight}" if name else weight


def _code(layer: nn.Module, name: str) -> dict[str, Any] | None:
    with suppress(OSError, TypeError, LookupError, AssertionError):  # no source, as in a shell
        return reference(
            type(layer).forward, "def forward", tensor=name, formula=formula_of(type(layer))
        )
    return None
