"""Hooks that capture activations, gradients and attention of any ``nn.Module``."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn


@dataclass
class Track:
    """What one named place of a network showed, call by call, the oldest first."""

    values: list[Tensor] = field(default_factory=list)
    gradients: list[Tensor] = field(default_factory=list)
    seen: int = 0  # calls in all, also those no longer held

    @property
    def value(self) -> Tensor:
        """The latest value."""
        return self.values[-1]

    @property
    def gradient(self) -> Tensor:
        """The latest gradient."""
        return self.gradients[-1]


class Recording:
    """Capture what flows through ``model`` while the ``with`` block runs.

    ::

        with tidu.record(model) as recording:
            loss(model(batch), target).backward()
        recording["conv1"].value            # activation of that submodule
        recording["conv1"].gradient         # d loss / d activation
        recording.parameter_gradients()     # d loss / d parameter, by name
        recording.attention                 # weights that attention modules computed, by name

    A submodule is named as in ``model.named_modules()``; a module that returns several tensors is
    recorded under ``name.0``, ``name.1`` and so on. Results are unchanged bit for bit: hooks only
    look, they copy what they keep, and they are gone after the block, also after an error.

    Attention weights are caught where a module returns them (``torch.nn.MultiheadAttention`` with
    ``need_weights``) or carries them in an attribute ``last_attention`` when ``record_attention``
    is set on it, as tidu's own do.

    Memory is bounded: the latest ``calls`` calls of each place are held, each tensor cut to its
    first ``rows`` rows, and what exceeds ``megabytes`` in all is dropped, the oldest call first
    (``recording.dropped`` counts it).

    Args:
        model: any module, one's own included.
        only: patterns of names to record, such as ``["conv*", "head"]``; all by default.
        calls: how many calls of each place to hold.
        rows: how many rows (along the first axis) of each tensor to hold; all by default.
        gradients: whether to record gradients too.
        megabytes: an upper bound for everything held.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        only: Iterable[str] | None = None,
        calls: int = 1,
        rows: int | None = None,
        gradients: bool = True,
        megabytes: float = 256.0,
    ) -> None:
        if not isinstance(model, nn.Module):
            raise TypeError(f"record() takes a torch.nn.Module; got {type(model).__name__}")
        if calls < 1 or megabytes <= 0 or (rows is not None and rows < 1):
            raise ValueError(
                f"calls, rows and megabytes must be positive; got {calls}, {rows}, {megabytes}"
            )
        self.model = model
        self.attention: dict[str, Tensor] = {}
        self.dropped = 0
        self._only = list(only) if only is not None else None
        self._calls, self._rows, self._gradients = calls, rows, gradients
        self._budget = int(megabytes * 2**20)
        self._held: list[tuple[list[Tensor], Tensor]] = []
        self._bytes = 0
        self._tracks: dict[str, Track] = {}
        self._hooks: list[Any] = []
        self._told: list[tuple[nn.Module, bool]] = []

    def __enter__(self) -> Recording:
        for name, module in self.model.named_modules():
            if hasattr(module, "record_attention"):
                self._told.append((module, bool(module.record_attention)))
                module.record_attention = True  # type: ignore[assignment]
            if self._wanted(name):
                self._hooks.append(module.register_forward_hook(self._hook(name)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hook in self._hooks:
            hook.remove()
        for module, before in self._told:
            module.record_attention = before  # type: ignore[assignment]
            if hasattr(module, "last_attention"):
                module.last_attention = None  # type: ignore[assignment]
        self._hooks.clear()
        self._told.clear()

    def __getitem__(self, name: str) -> Track:
        if name not in self._tracks:
            raise KeyError(
                f"nothing was recorded under {name!r}; there is {', '.join(self._tracks) or 'none'}"
            )
        return self._tracks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tracks)

    def __len__(self) -> int:
        return len(self._tracks)

    def __contains__(self, name: object) -> bool:
        return name in self._tracks

    def parameter_gradients(self) -> dict[str, Tensor]:
        """Copies of the gradients that now stand on the model's parameters, by name."""
        named = self.model.named_parameters()
        return {name: p.grad.detach().clone() for name, p in named if p.grad is not None}

    def _wanted(self, name: str) -> bool:
        return self._only is None or any(fnmatch.fnmatchcase(name, p) for p in self._only)

    def _hook(self, name: str) -> Any:
        def look(module: nn.Module, inputs: Any, output: Any) -> None:
            for place, tensor in _tensors(name, output):
                track = self._tracks.setdefault(place, Track())
                track.seen += 1
                self._hold(track.values, tensor)
                if self._gradients and tensor.requires_grad:
                    tensor.register_hook(self._gradient_hook(track))
            weights = getattr(module, "last_attention", None)
            if weights is None and isinstance(module, nn.MultiheadAttention):
                weights = output[1]
            if isinstance(weights, Tensor):
                self.attention[name] = self._cut(weights)

        return look

    def _gradient_hook(self, track: Track) -> Any:
        def look(gradient: Tensor) -> None:
            if self._hooks:  # a backward pass after the block is not recorded
                self._hold(track.gradients, gradient)

        return look

    def _cut(self, tensor: Tensor) -> Tensor:
        kept = tensor.detach()
        if self._rows is not None and kept.ndim:
            kept = kept[: self._rows]
        return kept.clone()

    def _hold(self, series: list[Tensor], tensor: Tensor) -> None:
        kept = self._cut(tensor)
        series.append(kept)
        self._held.append((series, kept))
        self._bytes += kept.nbytes
        if len(series) > self._calls:
            self._release(series[0])
        while self._bytes > self._budget and self._held:
            self.dropped += 1
            self._release(self._held[0][1])

    def _release(self, tensor: Tensor) -> None:
        for place, (series, held) in enumerate(self._held):
            if held is tensor:
                del self._held[place]
                series[:] = [kept for kept in series if kept is not tensor]
                self._bytes -= tensor.nbytes
                return


def _tensors(name: str, output: Any) -> Iterator[tuple[str, Tensor]]:
    if isinstance(output, Tensor):
        if torch.is_floating_point(output):
            yield name, output
    elif isinstance(output, dict):
        for key, value in output.items():
            yield from _tensors(f"{name}.{key}", value)
    elif isinstance(output, (tuple, list)):
        for place, value in enumerate(output):
            yield from _tensors(f"{name}.{place}", value)
