"""Numbers on their way to the browser: JSON, with tensors beside it as raw bytes."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from torch import Tensor

KINDS = {"float32": "f4", "uint8": "u1", "int32": "i4"}


class Pack:
    """Collects the tensors of one answer.

    >>> import torch
    >>> pack = Pack()
    >>> pack.add(torch.zeros(2, 3))
    {'$tensor': 0, 'shape': [2, 3], 'kind': 'f4'}
    >>> len(pack.buffers[0])
    24
    """

    def __init__(self) -> None:
        self.buffers: list[bytes] = []

    def add(self, tensor: Tensor | np.ndarray) -> dict[str, Any]:
        """What stands for ``tensor`` in the JSON; other kinds of numbers go as float32."""
        array = tensor.detach().cpu().numpy() if isinstance(tensor, Tensor) else tensor
        if array.dtype.name not in KINDS:
            array = array.astype(np.float32)
        self.buffers.append(np.ascontiguousarray(array).tobytes())
        shape = list(array.shape)
        return {"$tensor": len(self.buffers) - 1, "shape": shape, "kind": KINDS[array.dtype.name]}


def plain(value: Any) -> Any:
    """``value`` without numbers that JSON does not know: they become their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, Tensor):
        return plain(value.tolist())
    return value


def one_message(reply: dict[str, Any], buffers: list[bytes]) -> bytes:
    """Reply and buffers as one block: length of the JSON, lengths of the buffers, all of them."""
    told = json.dumps({"reply": reply, "sizes": [len(b) for b in buffers]}, ensure_ascii=False)
    head = told.encode()
    head += b" " * (-len(head) % 8)  # so that the browser may lay numbers over the bytes
    padded = [b + b"\0" * (-len(b) % 8) for b in buffers]
    return b"".join([len(head).to_bytes(8, "little"), head, *padded])
