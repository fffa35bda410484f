"""Files inside installed packages, found without importing the package (that takes seconds)."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from tidu.errors import TiduError


def packaged(package: str, *parts: str) -> Callable[[], Path]:
    """A function that finds the file ``parts`` of an installed ``package``."""

    def find() -> Path:
        spec = importlib.util.find_spec(package)
        folders = list(spec.submodule_search_locations or []) if spec else []
        for folder in folders:
            file = Path(folder, *parts)
            if file.is_file():
                return file
        raise TiduError(
            f"The data come with the package {package}, which lacks {'/'.join(parts)}.",
            f"Install it anew: pip install --force-reinstall {package}.",
        )

    return find
