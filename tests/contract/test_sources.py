"""What every registered source must do; a source added to the registry adds its tests here."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import torch

from tidu import data
from tidu.data import Corpus, Images, Source, Table, registry
from tidu.errors import TiduError

SOURCES = {source.id: source for source in data.sources()}
EMBEDDED = [source for source in SOURCES.values() if source.embedded is not None]
FETCHED = [source for source in SOURCES.values() if source.embedded is None]
KEPT = [source for source in EMBEDDED if source.embedded.keep]


def named(sources: list[Source]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("source", sources, ids=[source.id for source in sources])


@named(list(SOURCES.values()))
def test_it_says_what_it_is(source: Source) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", source.id)
    assert re.search("[\u4e00-\u9fff]", source.title.zh)
    assert re.search("[\u4e00-\u9fff]", source.about.zh)
    assert source.title.en.strip()
    assert source.about.en.strip()
    assert source.licence.strip()
    assert source.homepage.startswith(("http://", "https://"))
    assert source.content_hash is None or re.fullmatch("[0-9a-f]{64}", source.content_hash)


@named(FETCHED)
def test_what_is_fetched_is_pinned_and_has_a_stand_in(source: Source) -> None:
    assert source.content_hash is not None
    assert SOURCES[source.instead].embedded is not None
    assert SOURCES[source.instead].kind == source.kind
    assert any(len(form.addresses) > 1 for form in source.forms)


@named(EMBEDDED)
@pytest.mark.usefixtures("embedded")
def test_embedded_data_open_without_a_network(source: Source) -> None:
    well_formed(data.load(source.id), source)
    assert data.check(source.id).state == "ok"


@named(FETCHED)
def test_fetched_data_open_from_a_mirror_then_offline(
    source: Source, mirror: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = any(Path(place).is_dir() for form in source.forms for place in form.installed)
    if mirror is None and not installed:
        with pytest.raises(TiduError) as told:
            data.load(source.id)
        for way_out in (f"tidu data get {source.id}", "TIDU_DATA_MIRROR", source.instead):
            assert way_out in told.value.hint
        return
    well_formed(data.load(source.id, mirror=mirror), source)
    monkeypatch.setattr("tidu.data.mirrors.obtain", unreachable)
    well_formed(data.load(source.id), source)
    assert data.check(source.id).state == "ok"


@named(KEPT)
@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("harm", ["spoiled", "half-written", "emptied"])
def test_a_broken_file_is_noticed_and_replaced(
    source: Source, harm: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = data.path(source.id)
    whole = file.read_bytes()
    spoiled = whole[:-1] + bytes([whole[-1] ^ 1])
    file.write_bytes({"spoiled": spoiled, "half-written": whole[: len(whole) // 2]}.get(harm, b""))
    assert data.check(source.id).state == "broken"
    well_formed(data.load(source.id), source)
    assert "replacing it" in capfd.readouterr().err
    assert file.read_bytes() == whole


@named([source for source in EMBEDDED if source.content_hash is not None])
def test_a_package_with_other_content_is_never_read(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = source.embedded.file()
    file = tmp_path / real.name
    whole = real.read_bytes()
    packed = real.suffix == ".gz"
    file.write_bytes(whole[: len(whole) // 2] if packed else whole.replace(b"1", b"2"))
    other = dataclasses.replace(source.embedded, file=lambda: file)
    monkeypatch.setitem(registry._SOURCES, source.id, dataclasses.replace(source, embedded=other))
    with pytest.raises(TiduError, match=source.embedded.package) as told:
        data.load(source.id)
    assert "pip install" in told.value.hint


def well_formed(found: Images | Table | Corpus, source: Source) -> None:
    """What was opened is what the kind of the source promises, and not empty."""
    if isinstance(found, Images):
        assert source.kind == "images"
        for images, labels in (
            (found.train_images, found.train_labels),
            (found.test_images, found.test_labels),
        ):
            assert images.dtype == torch.uint8
            assert len(images) == len(labels) > 0
            assert set(labels.tolist()) == set(range(len(found.classes)))
    elif isinstance(found, Table):
        assert source.kind == "table"
        assert found.features.shape == (len(found.target), len(found.feature_names))
        assert torch.isfinite(found.features).all()
    else:
        assert source.kind == "text"
        assert len(found.train) > len(found.validation) > 1000
        assert found.validation[:200] not in found.train


def unreachable(*_: object) -> None:
    raise AssertionError("what is in the cache was fetched again")
