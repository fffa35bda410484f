"""Training state in one safetensors file: modules, optimisers, generators and plain tensors.

A checkpoint is a flat safetensors file. Its tensors are the leaves of the state; the tree that
holds them (numbers, names, strides) is JSON in the file's header. Nothing in it can execute.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import safetensors
import torch
from safetensors.torch import load_file
from safetensors.torch import save as serialise
from torch import Tensor

from tidu.errors import TiduError
from tidu.files import write_atomically

_HEADER = "tidu"
# What reading a file that is no checkpoint, or half of one, may raise.
_BROKEN = (
    safetensors.SafetensorError,
    OSError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def save(path: Path, keep: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> None:
    """Write the state of every object in ``keep``, and the JSON value ``about``, atomically."""
    tensors: dict[str, Tensor] = {}
    tree = {name: _encode(_state_of(name, kept), name, tensors) for name, kept in keep.items()}
    header = {_HEADER: json.dumps({"state": tree, "about": dict(about or {})})}
    write_tensors(path, tensors, header)


def snapshot(keep: Mapping[str, Any]) -> dict[str, Any]:
    """The state of every object in ``keep``, copied: what happens next does not change it."""
    return {name: copy.deepcopy(_state_of(name, kept)) for name, kept in keep.items()}


def put_back(keep: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Put a :func:`snapshot` back INTO the objects of ``keep``; it can be put back again."""
    for name, kept in keep.items():
        _restore(kept, copy.deepcopy(state[name]))


def about(path: Path) -> dict[str, Any]:
    """The JSON value that was saved beside the state."""
    return _read_header(path)["about"]


def load(path: Path, keep: Mapping[str, Any]) -> dict[str, Any]:
    """Put the saved state back INTO the objects of ``keep``; return the value ``about``."""
    header = _read_header(path)
    if set(header["state"]) != set(keep):
        raise TiduError(
            f"{path.name} holds {sorted(header['state'])}; this experiment keeps {sorted(keep)}.",
            "The experiment's code changed since this run began: start a new run.",
        )
    with _reading(path), safetensors.safe_open(path, framework="pt") as file:
        states = {name: _decode(header["state"][name], file) for name in keep}
    for name, kept in keep.items():
        _restore(kept, states[name])
    return header["about"]


def save_weights(path: Path, module: torch.nn.Module) -> None:
    """Write the module's weights alone, a file that any safetensors reader opens."""
    weights = {k: v.detach().cpu().contiguous().clone() for k, v in module.state_dict().items()}
    write_tensors(path, weights)


def load_weights(path: Path, module: torch.nn.Module) -> None:
    """Put the weights in ``path`` into ``module``."""
    try:
        module.load_state_dict(load_file(path))
    except (safetensors.SafetensorError, OSError, RuntimeError) as problem:
        raise TiduError(
            f"The weights in {path} do not fit the network: {problem}",
            "Use a run of the same experiment and version, or train again.",
        ) from problem


def write_tensors(
    path: Path, tensors: dict[str, Tensor], header: dict[str, str] | None = None
) -> None:
    """Write contiguous tensors as a safetensors file, atomically.

    By way of memory: ``safetensors.torch.save_file`` hides the cause when the disk is full.
    """
    blob = serialise(tensors, header)
    write_atomically(path, lambda part: part.write_bytes(blob))


def _read_header(path: Path) -> dict[str, Any]:
    """The header alone, with the file opened once: a run at work may replace it meanwhile."""
    with _reading(path), path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > path.stat().st_size:
            raise ValueError(f"a header of {length} bytes")
        header = json.loads(json.loads(file.read(length))["__metadata__"][_HEADER])
        return {"state": header["state"], "about": header["about"]}


@contextmanager
def _reading(path: Path) -> Generator[None]:
    try:
        yield
    except _BROKEN as problem:
        raise TiduError(
            f"{path} is not a whole checkpoint of tidu: {problem!r}.", "Start a new run."
        ) from problem


def _state_of(name: str, kept: Any) -> Any:
    if isinstance(kept, Tensor):
        return kept
    if isinstance(kept, torch.Generator):
        return kept.get_state()
    if isinstance(kept, np.random.Generator):
        return kept.bit_generator.state
    if hasattr(kept, "state_dict"):
        return kept.state_dict()
    raise TypeError(
        f"keep[{name!r}] must be a tensor, a generator or have state_dict(); got {type(kept)}"
    )


def _restore(kept: Any, state: Any) -> None:
    if isinstance(kept, Tensor):
        with torch.no_grad():
            kept.copy_(state)
    elif isinstance(kept, torch.Generator):
        kept.set_state(state)
    elif isinstance(kept, np.random.Generator):
        kept.bit_generator.state = state
    else:
        kept.load_state_dict(state)


def _encode(value: Any, key: str, tensors: dict[str, Tensor]) -> Any:
    """A JSON value for ``value``, its tensors put into ``tensors`` under keys below ``key``."""
    if isinstance(value, Tensor):
        flat = value.detach().cpu()
        tensors[key] = flat.contiguous().clone()
        # Fused optimisers walk raw memory, so a state must come back with the strides it had.
        stride = flat.stride() if 0 not in flat.stride() else flat.contiguous().stride()
        return {"$tensor": key, "stride": list(stride)}
    if isinstance(value, Mapping):
        items = cast(Mapping[Any, Any], value).items()
        return {"$map": [[k, _encode(v, f"{key}.{k}", tensors)] for k, v in items]}
    if isinstance(value, (list, tuple)):
        tag = "$tuple" if isinstance(value, tuple) else "$list"
        entries = cast("list[Any]", list(value))
        return {tag: [_encode(v, f"{key}.{i}", tensors) for i, v in enumerate(entries)]}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return {"$array": _encode(torch.from_numpy(np.ascontiguousarray(value)), key, tensors)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{key} of type {type(value)} cannot stand in a checkpoint")


def _decode(value: Any, file: Any) -> Any:
    if not isinstance(value, dict):
        return value
    tag, body = next(iter(cast("dict[str, Any]", value).items()))
    if tag == "$tensor":
        stored = file.get_tensor(body)
        tensor = torch.empty_strided(stored.shape, value["stride"], dtype=stored.dtype)
        return tensor.copy_(stored)
    if tag == "$map":
        return {k: _decode(v, file) for k, v in body}
    if tag == "$array":
        return _decode(body, file).numpy()
    entries = [_decode(v, file) for v in body]
    return tuple(entries) if tag == "$tuple" else entries
