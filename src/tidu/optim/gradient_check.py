"""Gradient check: is the gradient that backpropagation gives the slope of the function?

What the function returns is weighted at random into one number L. Entry by entry the derivative
of L by backpropagation, a, is held against central differences, n:

    error = |a - n| / max(|a|, |n|, 10⁻³ m)       m: the largest |a| or |n| of all tensors

so that an entry that is nothing but rounding counts little beside the others. In double precision
the error of a right gradient is far below 1e-6; a wrong one is rarely below 1e-2. Where the
function has a corner within the step (a ReLU at 0), it may be large without anything being wrong.

Source: LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4 on checking; Stanford
CS231n notes, "Gradient checks" (relative error). Where ours differs: the floor 10⁻³ m; everything
in double precision; random numbers that the function draws and buffers that it changes are put
back before each evaluation, so that dropout and batch normalisation can be checked as they are.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tidu.optim.numerical_gradient import numerical_gradient

FLOOR = 1e-3  # of the largest slope: what is smaller is measured on this scale


class Checked(NamedTuple):
    """The checked entries of one tensor, by both ways, and the largest relative error of them."""

    backpropagated: Float[Tensor, " entries"]
    numerical: Float[Tensor, " entries"]
    error: Float[Tensor, ""]


def gradient_check(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    most: int | None = 100,
    step: float | None = None,
    double: bool = True,
    seed: int = 0,
) -> dict[str, Checked]:
    """Check the gradient of ``function(*inputs)`` by every input, and every parameter of a module.

    ``function`` is any function or ``nn.Module`` that returns a tensor, or several; it is copied
    and neither moved nor changed. Of each tensor ``most`` entries are checked, drawn at random;
    all of them with ``None``. Results are named after the parameters and the arguments. Without
    ``double`` it is done in the precision of the inputs, for a function that holds to that; then
    errors near 1e-2 are still nothing but rounding.

    >>> found = gradient_check(nn.Linear(3, 2), [torch.randn(5, 3)])
    >>> {name: one.backpropagated.shape[0] for name, one in found.items()}
    {'weight': 6, 'bias': 2, 'input': 15}
    >>> all(one.error < 1e-6 for one in found.values())
    True
    """
    subject = _Subject(function, inputs, double, seed)
    if not subject.points:
        raise ValueError(
            "there is nothing to differentiate by: neither an input nor a parameter holds floats; "
            "give at least one tensor of floats"
        )
    value = subject.loss()
    if not value.requires_grad:
        raise ValueError(
            "what the function returns depends on none of its inputs and parameters as PyTorch "
            "sees it; compute it with tensors, without detach(), item() or NumPy"
        )
    points = subject.points
    slopes = torch.autograd.grad(value, list(points.values()), materialize_grads=True)
    generator = torch.Generator().manual_seed(seed)
    both: dict[str, tuple[Tensor, Tensor]] = {}
    for (name, point), slope in zip(points.items(), slopes, strict=True):
        entries = _drawn(point.numel(), most, generator)
        by_differences = numerical_gradient(
            lambda moved, name=name: subject.loss_at(name, moved), point, step, entries=entries
        )
        both[name] = (slope.flatten()[entries.to(point.device)], by_differences)
    return _compared(both, _precision(function, inputs))


def largest_error(checked: dict[str, Checked]) -> tuple[str, float]:
    """The tensor with the largest error, and the error; one that is no number counts as largest.

    >>> largest_error(gradient_check(torch.sin, [torch.zeros(2)]))[1] < 1e-6
    True
    """
    errors = {name: float(one.error) for name, one in checked.items()}
    worst = max(errors, key=lambda name: (errors[name] != errors[name], errors[name]))
    return worst, errors[worst]


class _Subject:
    """A function, or a copy of a module, with copies of all it can be differentiated by."""

    def __init__(
        self, function: Callable[..., Any], inputs: Sequence[Any], double: bool, seed: int
    ) -> None:
        self.seed = seed
        self.call = copy.deepcopy(function) if isinstance(function, nn.Module) else function
        self.points: dict[str, Tensor] = {}
        self.buffers: dict[str, Tensor] = {}
        if isinstance(self.call, nn.Module):
            if double:
                self.call.double()
            own = self.call.named_parameters()
            self.points |= {name: p for name, p in own if p.requires_grad}
            self.buffers |= {name: b.clone() for name, b in self.call.named_buffers()}
        self.inputs = list(inputs)
        for i, name in enumerate(_argument_names(function, len(self.inputs))):
            x = self.inputs[i]
            if isinstance(x, Tensor) and x.is_floating_point():
                x = x.detach().clone()
                self.inputs[i] = (x.double() if double else x).requires_grad_()
                self.points[f"argument {name}" if name in self.points else name] = self.inputs[i]

    def loss(self) -> Tensor:
        """All that is returned as one number, with the same random numbers every time."""
        cards = [p.device for p in self.points.values() if p.device.type == "cuda"]
        with torch.random.fork_rng(cards):
            torch.manual_seed(self.seed)
            # clones, in case the function writes into its inputs
            returned = self.call(*(x.clone() if isinstance(x, Tensor) else x for x in self.inputs))
        if isinstance(self.call, nn.Module):
            for name, buffer in self.call.named_buffers():
                buffer.data.copy_(self.buffers[name])
        outputs = [o for o in _tensors(returned) if o.is_floating_point()]
        if not outputs:
            raise ValueError(f"the function must return tensors of floats; got {type(returned)}")
        generator = torch.Generator().manual_seed(self.seed)
        parts = [
            (o * torch.randn(o.shape, generator=generator, dtype=o.dtype).to(o.device)).sum()
            for o in outputs
        ]
        return torch.stack([part.double() for part in parts]).sum()

    @torch.no_grad()
    def loss_at(self, name: str, moved: Tensor) -> Tensor:
        """The same with one tensor moved, which is put back."""
        point = self.points[name]
        before = point.clone()
        point.copy_(moved)
        try:
            return self.loss()
        finally:
            point.copy_(before)


def _argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """The names the function gives its arguments; numbers where it has none for them."""
    try:
        named = function.forward if isinstance(function, nn.Module) else function
        parameters = inspect.signature(named).parameters.values()
    except (TypeError, ValueError):  # built in, without a signature
        parameters = ()
    known = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [*known, *(f"argument {i + 1}" for i in range(len(known), count))][:count]


def _tensors(returned: Any) -> list[Tensor]:
    if isinstance(returned, Tensor):
        return [returned]
    if isinstance(returned, dict):
        returned = list(returned.values())
    if isinstance(returned, (tuple, list)):
        return [tensor for part in returned for tensor in _tensors(part)]
    return []


def _drawn(count: int, most: int | None, generator: torch.Generator) -> Tensor:
    if most is None or count <= most:
        return torch.arange(count)
    return torch.randperm(count, generator=generator)[:most].sort().values


def _precision(function: Callable[..., Any], inputs: Sequence[Any]) -> torch.dtype:
    """In which the results are told: that of the inputs, or of the parameters."""
    own = list(function.parameters()) if isinstance(function, nn.Module) else []
    return next(x.dtype for x in _tensors([*inputs, *own]) if x.is_floating_point())


def _compared(both: dict[str, tuple[Tensor, Tensor]], dtype: torch.dtype) -> dict[str, Checked]:
    sizes = [torch.maximum(a.abs(), n.abs()) for a, n in both.values()]
    largest = torch.cat(sizes).amax().nan_to_num(0.0) if any(len(s) for s in sizes) else None
    found: dict[str, Checked] = {}
    for (name, (a, n)), size in zip(both.items(), sizes, strict=True):
        error = a.new_zeros(())
        if largest is not None and len(size):
            scale = torch.maximum(size, FLOOR * largest).clamp(min=torch.finfo(a.dtype).tiny)
            error = ((a - n).abs() / scale).amax()
        found[name] = Checked(a.to(dtype), n.to(dtype), error.to(dtype))
    return found
