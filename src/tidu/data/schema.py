"""What must be known of a table's columns to use a model on new rows after training."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from tidu.data.kinds import Table
from tidu.data.new_rows import read_rows
from tidu.data.table_file import Header
from tidu.fields import from_json


@dataclass(frozen=True)
class Schema:
    """The columns a model learned from.

    ``means`` are those of the training rows and stand in for missing numbers. ``levels`` are the
    categories of each column of texts in the user's own file, ``dates`` its columns of dates.
    ``classes`` is empty for a regression.
    """

    features: tuple[str, ...]
    means: tuple[float, ...]
    target: str
    classes: tuple[str, ...] = ()
    levels: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    dates: tuple[str, ...] = ()

    @classmethod
    def of(cls, train: Table, path: Path | None = None) -> Schema:
        """The schema of the training rows ``train``, which were read from ``path`` or a source."""
        means = train.features.nanmean(0).nan_to_num(0.0).tolist()
        levels = {
            name: list(column.levels)
            for name, column in train.categories.items()
            if path and any(feature.startswith(f"{name}=") for feature in train.feature_names)
        }
        return cls(
            train.feature_names,
            tuple(means),
            train.target_name,
            train.classes,
            levels,
            train.dates,
        )

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Schema:
        """The schema that :meth:`as_json` told."""
        return from_json(cls, told)

    def as_json(self) -> dict[str, Any]:
        """The schema as a JSON value, for a file beside the weights."""
        return dataclasses.asdict(self)

    def read(
        self, path: str | Path, header: Header = "auto", encoding: str = "auto"
    ) -> Float64[Tensor, "rows columns"]:
        """The columns of a CSV file in the order of the training, gaps filled with the means."""
        rows = read_rows(path, self.features, self.levels, self.dates, header, encoding)
        return torch.where(rows.isnan(), torch.tensor(self.means, dtype=torch.float64), rows)

    def example(self) -> Float64[Tensor, "2 columns"]:
        """Two rows of means, to show a model what it takes."""
        return torch.tensor([self.means, self.means], dtype=torch.float64)

    def answer(self, predictions: Float[Tensor, " rows"]) -> dict[str, object]:
        """Predicted numbers as a value for programs and as lines of text.

        >>> Schema(("age",), (50.0,), "price").answer(torch.tensor([1.5, 2.0]))["text"]
        'price\\n1.5\\n2'
        """
        values = predictions.tolist()
        text = "\n".join([self.target, *(f"{value:.6g}" for value in values)])
        return {"target": self.target, "predictions": values, "text": text}

    def classify(self, probabilities: Float[Tensor, "rows classes"]) -> dict[str, object]:
        """The likeliest class of every row and the probability of each, likewise.

        >>> schema = Schema(("age",), (50.0,), "sick", ("no", "yes"))
        >>> schema.classify(torch.tensor([[0.25, 0.75]]))["text"]
        'sick  probability\\nyes   0.750'
        """
        likeliest = probabilities.max(1)
        names = [self.classes[k] for k in likeliest.indices.tolist()]
        width = max(map(len, (self.target, *names)))
        lines = [f"{self.target:<{width}}  probability"]
        for name, chance in zip(names, likeliest.values.tolist(), strict=True):
            lines.append(f"{name:<{width}}  {chance:.3f}")
        return {
            "target": self.target,
            "classes": names,
            "probabilities": [
                dict(zip(self.classes, row, strict=True)) for row in probabilities.tolist()
            ],
            "text": "\n".join(lines),
        }
