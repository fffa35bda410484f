"""Seeing attention weights that the fused kernel never stores.

    weights = softmax(scale · query · keyᵀ + mask)

``torch.nn.functional.scaled_dot_product_attention`` returns the output alone. While a
:class:`AttentionWatch` is active every call of it, from whatever module, is let through as it is,
and the weights are computed once more beside it, from the same arguments (Vaswani et al. 2017,
equation 1). The result of the call is the kernel's own, bit for bit. Dropout is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class AttentionWatch(TorchFunctionMode):
    """Calls ``seen(weights)`` for every call of PyTorch's attention kernel.

    ``rows`` cuts the batch first, so that nothing is computed in vain.
    """

    def __init__(self, seen: Callable[[Tensor], None], rows: int | None = None) -> None:
        super().__init__()
        self._seen, self._rows = seen, rows

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        told = kwargs or {}
        result = func(*args, **told)
        if func is functional.scaled_dot_product_attention:
            with torch.no_grad():
                self._seen(kernel_weights(*args, **told, rows=self._rows))
        return result


def kernel_weights(
    query: Float[Tensor, "... queries dim"],
    key: Float[Tensor, "... keys dim"],
    value: Float[Tensor, "... keys features"],
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    rows: int | None = None,
) -> Float[Tensor, "... queries keys"]:
    """The weights that the kernel uses for these arguments, of the first ``rows`` of the batch.

    >>> q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)
    >>> kernel_weights(q, k, v).shape
    torch.Size([2, 3, 5])
    """
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    scores = query @ key.mT * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        late = torch.ones_like(scores, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(late, -torch.inf)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    return scores.softmax(-1)[:rows]
