"""The run folder: metrics, recorded tensors, resumable loops, provenance; and using what it holds.

Names are looked up when first used: listing the runs never waits for PyTorch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidu.runs.effects import record_effects as record_effects
    from tidu.runs.images import PictureFile as PictureFile
    from tidu.runs.images import class_of_picture as class_of_picture
    from tidu.runs.images import some_images as some_images
    from tidu.runs.images import two_images as two_images
    from tidu.runs.pixels import pixel_mlp as pixel_mlp
    from tidu.runs.pixels import share_right as share_right
    from tidu.runs.pixels import side_of as side_of
    from tidu.runs.pixels import trained_pixel_mlp as trained_pixel_mlp
    from tidu.runs.rows import RowsFile as RowsFile
    from tidu.runs.rows import predicted_rows as predicted_rows
    from tidu.runs.rows import schema_of as schema_of
    from tidu.runs.rows import two_rows as two_rows
    from tidu.runs.run import Options as Options
    from tidu.runs.run import Run as Run
    from tidu.runs.steps import Diverged as Diverged
    from tidu.runs.steps import Interrupted as Interrupted
    from tidu.runs.steps import Steps as Steps
    from tidu.runs.sweeps import edge_remarks as edge_remarks

_HOME = {
    "record_effects": "effects",
    "PictureFile": "images",
    "class_of_picture": "images",
    "some_images": "images",
    "two_images": "images",
    "pixel_mlp": "pixels",
    "share_right": "pixels",
    "side_of": "pixels",
    "trained_pixel_mlp": "pixels",
    "RowsFile": "rows",
    "predicted_rows": "rows",
    "schema_of": "rows",
    "two_rows": "rows",
    "Options": "run",
    "Run": "run",
    "Diverged": "steps",
    "Interrupted": "steps",
    "Steps": "steps",
    "edge_remarks": "sweeps",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tidu.runs' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"tidu.runs.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
