"""Several optimisers as one: each has its own parameters, and all step together.

Some methods are made for some parameters only: Muon for the matrices inside a network, Adam for
embeddings, norms and biases. A loop that knows of one optimiser can then train with both.

Where ours differs from a list of optimisers: the groups of all stand in one ``param_groups``, in
which a schedule changes the rates, and one ``state_dict`` holds the state of all.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import torch


class Together(torch.optim.Optimizer):
    """``optimizers`` that share no parameter, as one.

    >>> matrix = torch.ones(2, 2, requires_grad=True)
    >>> bias = torch.ones(2, requires_grad=True)
    >>> both = Together(torch.optim.SGD([matrix], lr=0.5), torch.optim.Adam([bias], lr=0.1))
    >>> (matrix.sum() + bias.sum()).backward()
    >>> both.step()
    >>> matrix[0].tolist(), [group["lr"] for group in both.param_groups]
    ([0.5, 0.5], [0.5, 0.1])
    """

    def __init__(self, *optimizers: torch.optim.Optimizer) -> None:
        groups = list(chain.from_iterable(each.param_groups for each in optimizers))
        if not groups:
            raise ValueError("Together expects at least one optimiser; got none; give it some")
        super().__init__([{**group} for group in groups], {})  # refuses a parameter that is in two
        self.optimizers = optimizers
        self.param_groups = groups  # the very groups of the optimisers, so that changes reach them

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of each; what ``closure`` returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for each in self.optimizers:
            each.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """The state of each, in their order."""
        return {"optimizers": [each.state_dict() for each in self.optimizers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Give each its state back."""
        states = state_dict["optimizers"]
        if len(states) != len(self.optimizers):
            raise ValueError(
                f"the state is of {len(states)} optimisers; these are {len(self.optimizers)}; "
                "load it into optimisers like those that were saved"
            )
        for each, state in zip(self.optimizers, states, strict=True):
            each.load_state_dict(state)
        self.param_groups = list(chain.from_iterable(each.param_groups for each in self.optimizers))
