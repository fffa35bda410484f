"""What the optimisers here share: each step goes against a direction, and only that differs.

    gradient  = d loss / d parameter + weight_decay · parameter
    direction = what the method makes of the gradient and of what it remembers
    parameter <- parameter - lr · direction

A method is a class whose :meth:`Descent.direction` is its formula; the loop over parameters, the
decay, the closure and the checks stand here once. Each is a ``torch.optim.Optimizer``: parameter
groups, ``state_dict``, hooks and PyTorch's schedulers work. What is remembered has PyTorch's
names, so the state of one loads into the other.

Source: Robbins & Monro (1951), "A stochastic approximation method", Annals of Mathematical
Statistics 22, equation 6, for descent on noisy gradients; weight decay as in Krogh & Hertz (1991),
"A simple weight decay can improve generalization", NeurIPS, equation 2.
Where ours differs from ``torch.optim``: ``lr`` may also be a tensor of shape (copies,) with one
rate for each copy in front of the parameters, so that a stacked network (:mod:`tidu.nn.stacked`)
tries many rates at once; and there is neither ``maximize`` nor a fused form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

Parameters = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
Group = Mapping[str, Any]


class Descent(torch.optim.Optimizer):
    """The loop of one step; ``settings`` are what a method has beside rate and decay."""

    # What PyTorch's class of the method can set otherwise and this one cannot.
    FIXED: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, params: Parameters, lr: float | Tensor, weight_decay: float, **settings: Any
    ) -> None:
        defaults = {"lr": lr, "weight_decay": weight_decay, **settings, **self.FIXED}
        super().__init__(params, defaults)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """What to go against, in the shape of the parameter; a method's formula."""
        raise NotImplementedError

    def gradient(self, parameter: Tensor, group: Group) -> Tensor:
        """The gradient of the loss and of the penalty ``weight_decay / 2 · ||parameter||²``."""
        assert parameter.grad is not None
        if group["weight_decay"] == 0:
            return parameter.grad
        return parameter.grad.add(parameter, alpha=group["weight_decay"])

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of every parameter that has a gradient; what ``closure`` returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                if parameter.grad.is_sparse:
                    raise TypeError(
                        f"{type(self).__name__} expects dense gradients; got a sparse one; "
                        "build the embedding with sparse=False"
                    )
                gradient = self.gradient(parameter, group)
                direction = self.direction(parameter, gradient, group)
                _descend(parameter, direction, group["lr"])
        return loss

    def memory(self, parameter: Tensor, name: str) -> Tensor:
        """The tensor ``name`` that is remembered for ``parameter``; zeros at first."""
        state = self.state[parameter]
        if name not in state:
            state[name] = torch.zeros_like(parameter)
        return state[name]

    def count(self, parameter: Tensor) -> int:
        """The number of this step of ``parameter``, from 1; called once a step."""
        state = self.state[parameter]
        if "step" not in state:
            state["step"] = torch.tensor(0.0)
        state["step"] += 1
        return int(state["step"])

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own."""
        super().add_param_group(param_group)
        try:
            self._check(self.param_groups[-1])
        except (TypeError, ValueError):
            self.param_groups.pop()
            raise

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the state of this optimiser, or of PyTorch's where it is the same method."""
        for group in state_dict["param_groups"]:
            self._check(group)
        super().load_state_dict(state_dict)

    def _check(self, group: Group) -> None:
        name = type(self).__name__
        for key in ("lr", "weight_decay", "momentum", "eps"):
            least = torch.as_tensor(group.get(key, 0.0)).min()
            if not least >= 0:
                raise ValueError(f"{name} expects {key} of at least 0; got {group[key]}")
        for share in (*group.get("betas", ()), group.get("alpha", 0.0)):
            if not 0 <= share < 1:
                raise ValueError(f"{name} remembers a share from 0 to below 1; got {share}")
        for key, value in (self.FIXED | {"maximize": False}).items():
            if group.get(key, value) != value:
                raise ValueError(
                    f"{name} has {key}={value} and no other; got {group[key]}; "
                    "take the class of torch.optim for it"
                )
        if any(torch.is_complex(p) for p in group["params"] if isinstance(p, Tensor)):
            raise TypeError(f"{name} expects real parameters; got complex ones; see view_as_real")


def _descend(parameter: Tensor, direction: Tensor, lr: float | Tensor) -> None:
    if isinstance(lr, Tensor) and lr.dim() == 1:
        of_copy = lr.view(-1, *[1] * (parameter.dim() - 1))
        parameter.sub_(direction * of_copy)
    else:
        parameter.sub_(direction, alpha=float(lr))
