"""Modules that wait until they are used: loaded once, by one thread, whatever they do meanwhile."""

from __future__ import annotations

import sys
import threading
import types
from pathlib import Path

import pytest

from tidu import deferred

BUSY = """
import sys, time
loads = globals().get("loads", 0) + 1
passing = 1
delattr(sys.modules[__name__], "passing")
time.sleep(0.05)
from waits.inner import value
done = True
"""


@pytest.fixture
def waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A package that deletes an attribute of its own while it is loaded, not loaded yet."""
    package = tmp_path / "waits"
    package.mkdir()
    (package / "__init__.py").write_text(BUSY)
    (package / "inner.py").write_text("value = 7")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(deferred, "_HEAVY", frozenset({"waits"}))
    monkeypatch.delitem(sys.modules, "waits", raising=False)
    with deferred.deferred_imports():
        import waits  # pyright: ignore[reportMissingImports]
    return waits


def test_it_is_loaded_when_it_is_used(waits: types.ModuleType) -> None:
    assert type(waits) is not types.ModuleType
    assert waits.value == 7
    assert type(waits) is types.ModuleType
    assert not hasattr(waits, "passing")
    assert waits.loads == 1


def test_a_second_import_does_not_load_it(waits: types.ModuleType) -> None:
    import waits as again  # pyright: ignore[reportMissingImports]

    assert again is waits
    assert type(again) is not types.ModuleType
    assert again.loads == 1


def test_several_threads_get_the_whole_of_it(waits: types.ModuleType) -> None:
    seen: list[bool] = []
    threads = [threading.Thread(target=lambda: seen.append(waits.done)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 8
    assert waits.loads == 1


def test_a_module_that_cannot_be_loaded_says_so_again(
    waits: types.ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "waits" / "inner.py").write_text("raise OSError('gone')")
    for _ in range(2):
        sys.modules.pop("waits.inner", None)
        with pytest.raises(OSError, match="gone"):
            _ = waits.value
