"""What goes wrong on the disk where data are kept, in words."""

from __future__ import annotations

import errno
from pathlib import Path

from tidu.errors import TiduError


def is_full(problem: BaseException | None) -> bool:
    """Whether ``problem``, or what caused it, is a full disk or quota."""
    root = _root(problem)
    return root is not None and root.errno in {errno.ENOSPC, errno.EDQUOT}


def _root(problem: BaseException | None) -> OSError | None:
    """The first operating-system error with a number in the chain of causes."""
    while problem is not None:
        if isinstance(problem, OSError) and problem.errno is not None:
            return problem
        problem = problem.__cause__ or problem.__context__
    return None


def disk_problem(problem: BaseException, folder: Path) -> TiduError:
    """What a failure to write into ``folder`` means to the person at the keyboard."""
    if is_full(problem):
        return TiduError(
            f"The disk is full: the data could not be kept in {folder}.",
            "Free some space, or set TIDU_HOME to a folder on another disk.",
            exit_code=1,
        )
    root = _root(problem)
    reason = problem if root is None else root.strerror
    return TiduError(
        f"The data could not be kept in {folder}: {reason}.",
        "Set TIDU_HOME to a folder where you may write.",
        exit_code=1,
    )
