"""Independent implementations that tidu's components are held equal to, one file per component.

Each file gives ``example(dtype)``, small instances for the contract, and ``cases(seed, dtype)``,
generated inputs on which our component and the independent one must agree, forward and gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass
class Case:
    """``ours(*inputs)`` must equal ``theirs(*inputs)``, in value and in every gradient."""

    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    inputs: Sequence[Any]
    parameters: Sequence[tuple[Tensor, Tensor]] = field(default_factory=tuple)
    rtol: float | None = None
    atol: float | None = None
    gradients: bool = True
