"""Weights that are zero and stay zero.

A mask says which weights of a parameter are kept. Setting the others to zero once is not enough:
momentum and weight decay of the steps before move them again. So the masks are applied behind
every step of the optimiser,

    w <- step(w),    w <- m * w,

either by a call in the loop (:meth:`Masks.apply`) or by a hook (:meth:`Masks.hold`).

Source: Han, Pool, Tran, Dally (2015), "Learning both weights and connections for efficient neural
networks", section 3.
Where ours differs from ``torch.nn.utils.prune``: no parameter is renamed and no buffer added, so
state dicts, exports and optimisers see the module they know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle


def prunable(module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters worth pruning: those with two dimensions or more, by name.

    Biases and the scales of norms are few, and cutting them saves nothing.

    >>> list(prunable(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))))
    ['0.weight', '2.weight']
    """
    return {name: p for name, p in module.named_parameters() if p.dim() >= 2}


class Masks:
    """Which weights of a module are kept; begins with all of them.

    ``names`` says which parameters have masks; by default all that are :func:`prunable`.

    It has ``state_dict`` and ``load_state_dict``, so it can be kept in a checkpoint.

    >>> layer = nn.Linear(2, 2)
    >>> masks = Masks(layer)
    >>> masks.update({"weight": torch.tensor([[True, False], [False, True]])})
    >>> masks.apply(layer)
    >>> (layer.weight == 0).tolist(), masks.left()
    ([[False, True], [True, False]], 0.5)
    """

    def __init__(self, module: nn.Module, names: Iterable[str] | None = None) -> None:
        named = dict(module.named_parameters())
        chosen = prunable(module) if names is None else {name: named[name] for name in names}
        self.kept = {name: torch.ones_like(p, dtype=torch.bool) for name, p in chosen.items()}
        # A product of equal types is several times faster than one with a bool.
        self._factors = {name: torch.ones_like(p.detach()) for name, p in chosen.items()}

    def update(self, masks: Mapping[str, Tensor]) -> None:
        """Take over ``masks``; names that are not among them keep theirs."""
        for name, mask in masks.items():
            if name not in self.kept or mask.shape != self.kept[name].shape:
                expected = {n: tuple(m.shape) for n, m in self.kept.items()}
                raise ValueError(
                    f"masks must fit {expected}; got {name!r} of shape {tuple(mask.shape)}; "
                    "make them from the weights of the same module"
                )
            self.kept[name] = mask.to(torch.bool)
            self._factors[name] = mask.to(self._factors[name])

    @torch.no_grad()
    def apply(self, module: nn.Module) -> None:
        """Set every weight that is not kept to zero, in place."""
        for name, factor in self._factors.items():
            module.get_parameter(name).mul_(factor)

    def hold(self, optimizer: torch.optim.Optimizer, module: nn.Module) -> RemovableHandle:
        """Apply the masks behind every ``optimizer.step()`` from now on.

        For loops that are not yours to change; ``.remove()`` of what is returned ends it.
        """
        return optimizer.register_step_post_hook(lambda *_: self.apply(module))

    def left(self) -> float:
        """The fraction of the weights that is kept."""
        kept = sum(int(mask.sum()) for mask in self.kept.values())
        return kept / sum(mask.numel() for mask in self.kept.values())

    def state_dict(self) -> dict[str, Any]:
        """The masks by name."""
        return dict(self.kept)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the masks back."""
        self.update(state)
