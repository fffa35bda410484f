"""The three kinds of data a source gives: images, a table, running text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float64, Int64, UInt8
from torch import Tensor

from tidu.errors import TiduError, unknown
from tidu.words import Text

MAX_NUMBERS = 20  # a column of numbers with more different ones is no column of categories


@dataclass(frozen=True)
class Images:
    """Labelled images as bytes, split into training and test images.

    Grey images have the shape ``(n, height, width)``, coloured ones ``(n, 3, height, width)``.
    ``skipped`` says which of the user's own files could not be read, and why.
    """

    train_images: UInt8[Tensor, "train ..."]
    train_labels: Int64[Tensor, " train"]
    test_images: UInt8[Tensor, "test ..."]
    test_labels: Int64[Tensor, " test"]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """A column of categories: for every row the number of its level."""

    codes: Int64[Tensor, " rows"]
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of numbers with a number (regression) or a class (classification) to predict.

    ``target`` is float64 for a regression and int64, an index into ``classes``, for a
    classification. A number missing from the user's own file is NaN in ``features`` and counted
    in ``missing``; :meth:`split` fills it. ``notes`` tells what the reader did to the columns.
    ``categories`` are the columns of texts by name, whether or not ``features`` has columns of 0
    and 1 made from them. ``dates`` are the features counted in days since 1970-01-01.
    """

    features: Float64[Tensor, "rows columns"]
    target: Float64[Tensor, " rows"] | Int64[Tensor, " rows"]
    feature_names: tuple[str, ...]
    target_name: str
    task: Literal["regression", "classification"]
    classes: tuple[str, ...] = ()
    missing: dict[str, int] = field(default_factory=dict[str, int])
    notes: tuple[Text, ...] = ()
    categories: dict[str, Category] = field(default_factory=dict[str, Category])
    dates: tuple[str, ...] = ()

    def split(
        self, test_fraction: float = 0.2, generator: torch.Generator | None = None
    ) -> tuple[Table, Table]:
        """Training and test rows, drawn at random; missing numbers become the training mean.

        The means come from the training rows alone, so that nothing of the test rows is known
        in training. A column without a single number in the training rows becomes 0.

        >>> table = Table(torch.ones(5, 2).double(), torch.ones(5).double(), ("a", "b"), "y",
        ...               "regression")
        >>> [part.features.shape for part in table.split(0.4)]
        [torch.Size([3, 2]), torch.Size([2, 2])]
        """
        rows = len(self.target)
        test = round(rows * test_fraction)
        if not 0 < test < rows:
            raise TiduError(
                f"A split needs rows on both sides; a test fraction of {test_fraction} leaves "
                f"{rows - test} for training and {test} for the test of {rows} rows.",
                "Choose a fraction between 0 and 1, or bring more rows.",
            )
        order = torch.randperm(rows, generator=generator)
        train = self.features[order[test:]]
        means = train.nanmean(0).nan_to_num(0.0)

        return self.rows(order[test:], means), self.rows(order[:test], means)

    def rows(self, chosen: Int64[Tensor, " chosen"], means: Float64[Tensor, " columns"]) -> Table:
        """The table with the ``chosen`` rows alone, missing numbers filled with ``means``."""
        features = self.features[chosen]
        categories = {
            name: Category(column.codes[chosen], column.levels)
            for name, column in self.categories.items()
        }
        filled = torch.where(features.isnan(), means, features)
        return replace(self, features=filled, target=self.target[chosen], categories=categories)

    def against_rest(self, name: str) -> Table:
        """The table with two classes: 1 is the one called ``name``, 0 are all others."""
        if name not in self.classes:
            raise unknown("class", name, self.classes)
        rest = [known for known in self.classes if known != name]
        classes = (rest[0] if len(rest) == 1 else f"not {name}", name)
        return replace(
            self, target=(self.target == self.classes.index(name)).long(), classes=classes
        )

    def column(self, name: str | None, otherwise: str = "") -> int:
        """The number of the feature called ``name``; an unknown one suggests the nearest.

        Without a name it is ``otherwise``, where the table has such a feature, else the first.
        """
        if name is None:
            return self.feature_names.index(otherwise) if otherwise in self.feature_names else 0
        if name not in self.feature_names:
            raise unknown("feature", name, self.feature_names)
        return self.feature_names.index(name)

    def category(self, name: str | None) -> tuple[str, Category]:
        """The column of categories called ``name``, or the first there is, with its name.

        The classes of a classification count as categories, and so does a column of numbers with
        at most 20 different ones, if it is named.
        """
        known = dict(self.categories)
        if self.task == "classification":
            known[self.target_name] = Category(self.target, self.classes)
        if name is None and known:
            return next(iter(known.items()))
        if name in known:
            return name, known[name]
        if name in self.feature_names:
            numbers = self.features[:, self.feature_names.index(name)]
            levels, codes = numbers.unique(return_inverse=True)
            if len(levels) <= MAX_NUMBERS and bool(levels.isfinite().all()):
                return name, Category(codes, tuple(f"{level:g}" for level in levels.tolist()))
            raise TiduError(
                f"{name!r} has {len(levels)} different numbers or gaps; categories are few.",
                f"Name a column of texts, or of at most {MAX_NUMBERS} numbers without gaps.",
            )
        if name is None:
            raise TiduError(
                "The table has no column of texts to take categories from.",
                "Name a column of few different numbers with --category, or bring another table.",
            )
        raise unknown("column of categories", name, [*known, *self.feature_names])

    def groups(self) -> dict[str, list[int]]:
        """The features by the column they came from: the 0s and 1s of a category together."""
        found: dict[str, list[int]] = {}
        for k, name in enumerate(self.feature_names):
            whole = next((c for c in self.categories if name.startswith(f"{c}=")), name)
            found.setdefault(whole, []).append(k)
        return found

    def settings(
        self, name: str, points: int
    ) -> tuple[Float64[Tensor, "points width"], tuple[str, ...]]:
        """What the features of one of :meth:`groups` can be set to, and what that is called.

        Numbers are spread evenly over the middle 95 % of the rows and have no names; a column of
        few different numbers takes each of them.
        """
        places = self.groups()[name]
        if name in self.categories:
            levels = self.categories[name].levels
            found = torch.zeros(len(levels), len(places), dtype=torch.float64)
            for k, place in enumerate(places):
                found[levels.index(self.feature_names[place].removeprefix(f"{name}=")), k] = 1.0
            return found, levels
        numbers = self.features[:, places[0]]
        different = numbers.unique()
        if len(different) > points:
            low, high = numbers.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
            different = torch.linspace(low, high, points, dtype=torch.float64)
        return different.unsqueeze(1), ()

    def without(self, names: Sequence[str]) -> Table:
        """The table without these features."""
        unwanted = {self.column(name) for name in names}
        return self.only([k for k in range(len(self.feature_names)) if k not in unwanted])

    def only(self, columns: Sequence[int]) -> Table:
        """The table with these features alone."""
        names = tuple(self.feature_names[column] for column in columns)
        return replace(self, features=self.features[:, list(columns)], feature_names=names)


@dataclass(frozen=True)
class Corpus:
    """Running text: what is learned from, what is validated on, and (if any) what is tested on."""

    train: str
    validation: str
    test: str = ""
