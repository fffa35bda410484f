"""A table cut into parts at random, every class with its share in each."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from tidu.data.kinds import Table
from tidu.errors import TiduError


def parts(table: Table, shares: Sequence[float], generator: torch.Generator) -> list[Table]:
    """The rows to learn from, and a further part for each of ``shares`` (validation, test).

    Classes are dealt out evenly, and one row of every class stays with the rows to learn from. As
    in :meth:`Table.split`, missing numbers become the mean of the rows to learn from alone.

    >>> import torch
    >>> table = Table(torch.ones(10, 2).double(), torch.arange(10) % 2, ("a", "b"), "y",
    ...               "classification", ("no", "yes"))
    >>> [part.target.bincount().tolist() for part in parts(table, (0.2, 0.2), torch.Generator())]
    [[3, 3], [1, 1], [1, 1]]
    """
    rows = len(table.target)
    order = torch.randperm(rows, generator=generator)
    kept = order[:1]
    if table.task == "classification":
        order = order[table.target[order].argsort(stable=True)]  # class after class, each shuffled
        labels = table.target[order]
        first = torch.cat([torch.ones(1, dtype=torch.bool), labels[1:] != labels[:-1]])
        kept, order = order[first], order[~first]
    else:
        order = order[1:]
    wanted = [round(rows * share) for share in shares]
    if min(wanted, default=1) < 1 or sum(wanted) > len(order):
        raise TiduError(
            f"{rows} rows are too few for parts of {', '.join(f'{s:g}' for s in shares)}: "
            f"that would be {', '.join(map(str, wanted))} rows, and "
            f"{rows - sum(wanted)} to learn from.",
            "Bring more rows, or choose other fractions.",
        )
    found: list[Tensor] = []
    for count in wanted:
        places = ((torch.arange(count) + 0.5) * len(order) / count).long()  # evenly spread
        chosen = torch.zeros(len(order), dtype=torch.bool)
        chosen[places] = True
        found.append(order[chosen])
        order = order[~chosen]
    train = torch.cat([kept, order])
    means = table.features[train].nanmean(0).nan_to_num(0.0)
    return [table.rows(chosen, means) for chosen in (train, *found)]
