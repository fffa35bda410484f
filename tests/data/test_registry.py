"""The listing of sources: light, complete, in both languages."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tidu import data
from tidu.errors import TiduError

IDS = [source.id for source in data.sources()]


def test_listing_needs_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from tidu.data.registry import sources; [s.describe() for s in sources()];"
        "print([m for m in ('torch', 'numpy', 'sklearn', 'mlxtend', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ids_are_distinct() -> None:
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("source", data.sources(), ids=IDS)
def test_every_source_tells_its_origin(source: data.Source) -> None:
    facts = source.describe()
    assert json.loads(json.dumps(facts)) == facts
    assert source.licence
    assert source.homepage.startswith("http")
    for text in (source.title, source.about):
        assert re.search("[\u4e00-\u9fff]", text.zh)
        assert not re.search("[\u4e00-\u9fff]", text.en)
    assert source.content_hash is None or re.fullmatch("[0-9a-f]{64}", source.content_hash)
    assert (source.content_hash is None) == (source.id == "python-docs")


@pytest.mark.parametrize("source", data.sources(), ids=IDS)
def test_every_source_can_be_obtained(source: data.Source) -> None:
    if source.embedded is not None:
        assert source.embedded.file().is_file()
        return
    assert data.find(source.instead).embedded is not None
    assert data.find(source.instead).kind == source.kind
    assert source.folder
    official = [form for form in source.forms if form.addresses]
    assert all(len(set(form.addresses)) >= 2 for form in official)
    assert official


@pytest.mark.parametrize(("wrong", "right"), [("mnsit", "mnist"), ("Tang", "tang-poems")])
@pytest.mark.parametrize("act", [data.load, data.get, data.check, data.path])
def test_unknown_names_suggest_the_nearest(act: object, wrong: str, right: str) -> None:
    with pytest.raises(TiduError, match=f"(?s){wrong}.*{right}"):
        act(wrong)  # type: ignore[operator]
