"""Gradient flow: how strong the gradient is in every layer, and how far each step moves it.

    gradient = ||g||             of the weights W of a layer, as the optimiser is given it
    update   = ||W' - W||        what the step makes of it; update / ||W|| should be near 1e-3
    silent   = share of units whose incoming weights have a gradient of exactly 0
    dead     = share of units silent in the last ten looks one after another

Source: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural
networks", section 4 (gradients by layer); Hinton (2010), "A practical guide to training restricted
Boltzmann machines", section 7.1 (updates relative to weights); Lu et al. (2019), "Dying ReLU and
initialization", definition of a dead unit.
Where ours differs: Lu et al. call a unit dead whose output is 0 for all inputs. Such a unit gets no
gradient, and that is what is looked at here, so it does not matter which function or module makes
the unit silent. A penalty on the weights that stands in the loss gives dead units a gradient too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from tidu.nn import copies_of

DEAD_AFTER = 10  # looks in a row without any gradient

Row = dict[str, Any]
"""``step``, and ``gradient weight update silent dead``, each a number, or one a copy, by layer."""


@dataclass
class Layer:
    """The weights of one layer, and what is remembered between two looks."""

    name: str
    weight: nn.Parameter
    copies: int | None  # of a stacked network
    units: int | None  # how many units it has; None where its rows are words or positions
    groups: int | None  # of a transposed convolution, whose units stand in the second dimension
    quiet_for: Tensor  # by unit: looks in a row without gradient
    before: Tensor | None = None  # the weights right before a step

    def norm(self, tensor: Tensor) -> float | list[float]:
        """The norm of the whole, or of every copy by itself."""
        exact = tensor.cpu().double()  # squares of large gradients leave the range of float32
        if self.copies is None:
            return float(exact.norm())
        return exact.flatten(1).norm(dim=1).tolist()

    def share(self, units: Tensor) -> float | list[float]:
        """The share of ``units`` that are true, or of every copy's."""
        true = units.cpu().double()
        return float(true.mean()) if self.copies is None else true.mean(1).tolist()

    def silent_units(self, gradient: Tensor) -> Tensor:
        """Which units get no gradient at all: (units) or (copies, units)."""
        silent = gradient == 0
        if self.groups is not None:  # (groups · inputs, units of a group, height, width)
            return silent.unflatten(0, (self.groups, -1)).transpose(1, 2).flatten(2).all(-1).ravel()
        return silent.flatten(1 if self.copies is None else 2).all(-1)


class GradientFlow:
    """Watch what reaches every layer's weights while optimisers step.

    ::

        with tidu.record.gradients(model, optimizer, every=10) as flow:
            ...                                   # any loop that calls optimizer.step()
        flow.rows[-1]["gradient"]["layers.0"]     # a norm
        tidu.record.diagnose(flow.rows)           # what it means

    >>> layer = nn.Linear(3, 1, bias=False)
    >>> optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
    >>> with GradientFlow(layer, optimizer) as flow:
    ...     layer(torch.ones(4, 3)).sum().backward()  # of shape (batch, 1)
    ...     optimizer.step()
    >>> flow.rows[0]["gradient"]["weight"] == 48**0.5  # three numbers of 4
    True

    Layers are matrices and convolution kernels; biases and the gains of a normalisation are left
    out. Results are unchanged bit for bit: hooks of the optimisers only look, at every ``every``-th
    step, and are gone after the block.

    Args:
        modules: a network, or several by name; any ``nn.Module``, stacked ones included.
        optimizers: what trains them.
        every: steps of an optimiser from one look to the next.
    """

    def __init__(
        self,
        modules: nn.Module | Mapping[str, nn.Module],
        optimizers: Optimizer | Iterable[Optimizer],
        every: int = 1,
    ) -> None:
        if every < 1:
            raise ValueError(f"every must be at least 1; got {every}; 1 looks at every step")
        self.optimizers = [optimizers] if isinstance(optimizers, Optimizer) else list(optimizers)
        named = {"": modules} if isinstance(modules, nn.Module) else modules
        groups = [group for one in self.optimizers for group in one.param_groups]
        trained = {id(p) for group in groups for p in group["params"]}
        self._layers: dict[int, Layer] = {}  # by weight, which two modules may share
        for layer in _layers(named):
            if id(layer.weight) in trained:
                self._layers.setdefault(id(layer.weight), layer)
        self.rows: list[Row] = []
        self._every = every
        self._steps = [0] * len(self.optimizers)  # by optimiser: steps so far
        self._of_loop: int | None = None
        self._driven = False
        self._seen: set[int] = set()  # optimisers looked at in this step of the loop
        self._looking: int | None = None
        self._hooks: list[Any] = []

    @property
    def layers(self) -> list[str]:
        """The names of what is watched, from the input on."""
        return [layer.name for layer in self._layers.values()]

    def __enter__(self) -> GradientFlow:
        for place, optimizer in enumerate(self.optimizers):
            self._hooks += [
                optimizer.register_step_pre_hook(self._before_step(place)),
                optimizer.register_step_post_hook(self._after_step),
            ]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def at(self, step: int | None) -> None:
        """What comes belongs to ``step`` of a loop, and is not looked at where that is None.

        A loop that never says so is counted by the steps of its optimisers. Where an optimiser
        steps several times in one step of the loop, its first is looked at.
        """
        self._driven, self._of_loop = True, step
        self._seen.clear()

    def state_dict(self) -> dict[str, Any]:
        """What must be known to go on: the steps counted and how long each unit has been quiet."""
        quiet = {layer.name: layer.quiet_for for layer in self._layers.values()}
        return {"steps": list(self._steps), "quiet_for": quiet}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self._steps = list(state["steps"])
        for layer in self._layers.values():
            layer.quiet_for = state["quiet_for"][layer.name].to(layer.weight.device)

    def _due(self, place: int) -> int | None:
        """The number of the step that is looked at, or None."""
        if not self._driven:
            step = self._steps[place]
            return None if step % self._every else step
        if self._of_loop is None or place in self._seen:
            return None
        self._seen.add(place)
        return self._of_loop

    def _before_step(self, place: int) -> Any:
        def look(optimizer: Optimizer, *_: object) -> None:
            self._looking = self._due(place)
            self._steps[place] += 1
            if self._looking is None:
                return
            row = self._row(self._looking)
            for layer in self._trained_by(optimizer):
                gradient = layer.weight.grad
                layer.before = None
                if gradient is None:
                    continue
                gradient = gradient.detach()
                gradient = gradient.to_dense() if gradient.is_sparse else gradient
                layer.before = layer.weight.detach().clone()
                row["gradient"][layer.name] = layer.norm(gradient)
                row["weight"][layer.name] = layer.norm(layer.before)
                if layer.units is not None:
                    silent = layer.silent_units(gradient)
                    layer.quiet_for = torch.where(silent, layer.quiet_for + 1, 0)
                    row["silent"][layer.name] = layer.share(silent)
                    row["dead"][layer.name] = layer.share(layer.quiet_for >= DEAD_AFTER)

        return look

    def _after_step(self, optimizer: Optimizer, *_: object) -> None:
        if self._looking is None:
            return
        row = self._row(self._looking)
        for layer in self._trained_by(optimizer):
            if layer.before is not None:
                row["update"][layer.name] = layer.norm(layer.weight.detach() - layer.before)
                layer.before = None
        self._looking = None

    def _row(self, step: int) -> Row:
        if not self.rows or self.rows[-1]["step"] != step:
            parts = ("gradient", "weight", "update", "silent", "dead")
            self.rows.append({"step": step, **{part: {} for part in parts}})
        return self.rows[-1]

    def _trained_by(self, optimizer: Optimizer) -> Iterator[Layer]:
        own = {id(p) for group in optimizer.param_groups for p in group["params"]}
        return (layer for key, layer in self._layers.items() if key in own)


def figures(rows: Sequence[Row], part: str, layers: Sequence[str]) -> Tensor:
    """One part of the rows as a tensor (looks, layers, copies), NaN where there is no figure.

    >>> figures([{"gradient": {"0": 2.0}}], "gradient", ["0", "1"])[0, :, 0]
    tensor([2., nan], dtype=torch.float64)
    """
    each = [[_numbers(row[part].get(layer, [])) for layer in layers] for row in rows]
    copies = max((len(numbers) for row in each for numbers in row), default=0)
    table = torch.full((len(rows), len(layers), max(copies, 1)), math.nan, dtype=torch.float64)
    for look, row in enumerate(each):
        for place, numbers in enumerate(row):
            if numbers:
                table[look, place] = torch.tensor(numbers, dtype=torch.float64)
    return table


def _numbers(value: Any) -> list[float]:
    """One number a copy; in a file, those that are not finite stand as text."""
    return [float(v) for v in (value if isinstance(value, list) else [value])]


def _layers(networks: Mapping[str, nn.Module]) -> Iterator[Layer]:
    """The layers of every network, named ``network/module`` or, for a single one, ``module``."""
    for network, module in networks.items():
        if isinstance(module, nn.ModuleDict):  # a bundle of networks, not a network
            inner = {f"{network}.{k}".lstrip("."): part for k, part in module.items()}
            yield from _layers(inner)
            continue
        for path, part in module.named_modules():
            copies = copies_of(part)
            depth = 2 if copies is None else 3
            own = [
                (name, parameter)
                for name, parameter in part.named_parameters(recurse=False)
                if parameter.dim() >= depth and not name.startswith("bias")
            ]
            for name, parameter in own:
                alone = len(own) == 1 and path
                place = path if alone else f"{path}.{name}".lstrip(".")
                units: Any = getattr(part, "out_features", getattr(part, "out_channels", None))
                groups: Any = part.groups if getattr(part, "transposed", False) else None
                if groups is None and parameter.shape[depth - 2] != units:
                    units = None
                shape = (*parameter.shape[: depth - 2], units or 0)
                quiet = torch.zeros(shape, dtype=torch.int64, device=parameter.device)
                name_of_all = f"{network}/{place}" if network else place
                yield Layer(name_of_all, parameter, copies, units, groups, quiet)
