"""Every example in a docstring runs and shows what it says."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest
import torch

import tidu


class Finder(doctest.DocTestFinder):
    """Finds examples behind the wrappers of the shape checks too."""

    def _from_module(self, module: ModuleType | None, object: object) -> bool:
        return super()._from_module(module, inspect.unwrap(object))  # type: ignore[misc, arg-type]


def modules() -> list[str]:
    """Every module of the package but the one that runs the command line."""
    found = pkgutil.walk_packages(tidu.__path__, "tidu.")
    return [m.name for m in found if not m.name.endswith("__main__")]


@pytest.mark.parametrize("name", modules())
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    torch.manual_seed(0)
    for test in Finder(exclude_empty=True).find(module, name):
        runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_examples_behind_wrappers_are_found() -> None:
    from tidu.nn import attention

    found = {test.name.rsplit(".", 1)[-1]: test for test in Finder().find(attention)}
    assert found["dot_product_attention"].examples
