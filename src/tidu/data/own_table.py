"""The table an experiment learns from: the user's own where one was brought, else a source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tidu.data.cache import load
from tidu.data.kinds import Table
from tidu.data.table_file import Header
from tidu.data.table_reader import Task, read_csv


def own_or(
    source: str,
    path: Path | None = None,
    target: str | None = None,
    task: Task = "auto",
    header: Header = "auto",
    encoding: str = "auto",
    leave_out: Sequence[str] = (),
) -> Table:
    """The CSV file at ``path`` (``--data``) with its column ``target``; without it ``source``.

    >>> own_or("diabetes").target_name
    'progression'
    """
    if path is not None:
        return read_csv(path, target, header, task, encoding, leave_out)
    table = load(source)
    assert isinstance(table, Table)
    return table.without(leave_out)
