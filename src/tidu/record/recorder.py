"""Hooks that capture activations, gradients and attention of any ``nn.Module``."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn

from tidu.nn import MultiHeadAttention
from tidu.record.attention import AttentionWatch


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
        recording.attention                 # attention weights, by the name of the module

    A submodule is named as in ``model.named_modules()``; a module that returns several tensors is
    recorded under ``name.0``, ``name.1`` and so on. Results are unchanged bit for bit: hooks only
    look, they copy what they keep, and they are gone after the block, also after an error. One
    exception: PyTorch's own transformer layers leave their fused evaluation path where hooks are
    set, which is the same up to rounding.

    Attention weights are caught wherever a module calls PyTorch's attention kernel, which never
    stores them (see :mod:`tidu.record.attention`), and where ``torch.nn.MultiheadAttention`` or
    ``tidu.nn.MultiHeadAttention`` returns them.

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
        self.dropped = 0
        self._only = list(only) if only is not None else None
        self._calls, self._rows, self._gradients = calls, rows, gradients
        self._budget = int(megabytes * 2**20)
        self._held: list[tuple[list[Tensor], Tensor]] = []
        self._bytes = 0
        self._tracks: dict[str, Track] = {}
        self._maps: dict[str, list[Tensor]] = {}
        self._hooks: list[Any] = []
        self._inside: list[str] = []  # names of the modules at work now, the innermost last
        self._watch = AttentionWatch(self._attended, rows)

    def __enter__(self) -> Recording:
        for name, module in self.model.named_modules():
            if self._wanted(name):
                enter, look, leave = self._hooks_of(name)
                self._hooks += [
                    module.register_forward_pre_hook(enter),
                    module.register_forward_hook(look),
                    module.register_forward_hook(leave, always_call=True),
                ]
        self._watch.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.__exit__(kind, value, trace)
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    @property
    def attention(self) -> dict[str, Tensor]:
        """The latest attention weights of each module that attended."""
        return {name: series[-1] for name, series in self._maps.items() if series}

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

    def _hooks_of(self, name: str) -> tuple[Any, Any, Any]:
        def enter(module: nn.Module, inputs: Any) -> None:
            self._inside.append(name)

        def leave(module: nn.Module, inputs: Any, output: Any) -> None:
            self._inside.pop()

        def look(module: nn.Module, inputs: Any, output: Any) -> None:
            for place, tensor in _tensors(name, output):
                track = self._tracks.setdefault(place, Track())
                track.seen += 1
                self._hold(track.values, tensor)
                if self._gradients and tensor.requires_grad:
                    tensor.register_hook(self._gradient_hook(track))
            if isinstance(module, (nn.MultiheadAttention, MultiHeadAttention)):
                weights = output[1] if isinstance(output, tuple) else None
                if isinstance(weights, Tensor):
                    self._hold(self._maps.setdefault(name, []), weights)

        return enter, look, leave

    def _attended(self, weights: Tensor) -> None:
        if self._inside:
            self._hold(self._maps.setdefault(self._inside[-1], []), weights)

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
