"""What experiments on tables do alike once something is trained.

They rest on ``columns.json``, the :class:`tidu.data.Schema` that a run keeps of its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import tyro

from tidu import data

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs.run import Run


@dataclass(frozen=True)
class RowsFile:
    """What to predict."""

    rows: tyro.conf.Positional[Path]  # a CSV file with the columns of the training


def schema_of(run: Run) -> data.Schema:
    """The columns that the run learned from."""
    return data.Schema.from_json(run.read_json("columns"))


def predicted_rows(options: RowsFile, network: torch.nn.Module, run: Run) -> dict[str, object]:
    """The target of every row of a CSV file, by a network with one output."""
    schema = schema_of(run)
    with torch.no_grad():
        return schema.answer(network(schema.read(options.rows)).squeeze(1))


def two_rows(run: Run) -> tuple[Tensor]:
    """Two rows in the features' own units, for an export to be traced and checked with."""
    return (schema_of(run).example(),)
