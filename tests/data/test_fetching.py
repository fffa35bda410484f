"""Fetched sources: the same content hash from mirror, folder or official files, nothing broken."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tidu import data
from tidu.data import cache, downloads, mirrors
from tidu.errors import TiduError

FETCHED = [source.id for source in data.sources() if source.embedded is None]
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


def same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if dataclasses.is_dataclass(one):
        return same(vars(one), vars(other))
    return one == other


@pytest.fixture
def officially(
    published: Any, serve: Any, tmp_path: Path, replace_source: Callable[[data.Source], None]
) -> Callable[[str], Any]:
    """A function that serves the official files of a source and makes them its only address."""

    def start(name: str) -> Any:
        stand = published(name)
        folder = tmp_path / "official"
        folder.mkdir()
        source = stand.write_official(folder)
        server = serve(folder)
        replace_source(stand.at(server.url + "/", official=source))
        return server

    return start


@pytest.mark.parametrize("name", FETCHED)
def test_mirror_folder_mirror_url_and_official_files_give_the_same(
    name: str, published: Any, officially: Any, serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    officially(name)
    assert data.check(name).state == "missing"
    official = data.load(name)
    told = capsys.readouterr().err
    assert data.find(name).licence in told
    assert data.check(name).state == "ok"
    stand = published(name)
    shutil.rmtree(cache.home())
    folder = data.load(name, mirror=str(stand.mirror))
    shutil.rmtree(cache.home())
    url = data.load(name, mirror=serve(stand.mirror).url)
    assert same(official, folder)
    assert same(official, url)


def test_official_files_work_as_a_mirror_too(published: Any, tmp_path: Path, serve: Any) -> None:
    stand = published("mnist")
    (tmp_path / "own" / "mnist").mkdir(parents=True)
    stand.write_official(tmp_path / "own" / "mnist")
    one = data.load("mnist", mirror=str(tmp_path / "own"))
    data.get("mnist", mirror=serve(tmp_path / "own").url, force=True)
    assert same(one, data.load("mnist"))


def test_the_environment_names_the_mirror(published: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_DATA_MIRROR", str(published("tang-300").mirror))
    assert data.get("tang-300") == data.path("tang-300")
    monkeypatch.setenv("TIDU_DATA_MIRROR", NOWHERE)
    data.load("tang-300")  # from the cache
    with pytest.raises(TiduError):
        data.get("tang-300", force=True)
    data.load("tang-300")  # a failed fetch leaves the good copy


def test_a_mirror_given_as_a_file_address(published: Any) -> None:
    data.get("tang-300", mirror=published("tang-300").mirror.as_uri())


@pytest.mark.parametrize("mirror", ["/no/such/folder", "ftp://host/data", "nonsense"])
def test_a_mirror_that_is_none_is_an_error(mirror: str) -> None:
    with pytest.raises(TiduError, match=r"(?s)mirror is a folder or an address.*TIDU_DATA_MIRROR"):
        data.get("mnist", mirror=mirror)


@pytest.mark.parametrize("name", FETCHED)
def test_offline_the_error_names_three_ways_out(
    name: str, published: Any, replace_source: Callable[[data.Source], None]
) -> None:
    replace_source(published(name).at(f"{NOWHERE}/a/", f"{NOWHERE}/b/"))
    with pytest.raises(TiduError) as caught:
        data.load(name)
    text = str(caught.value)
    assert text.count("no connection") == 2
    assert f"tidu data get {name}" in text
    assert "TIDU_DATA_MIRROR" in text
    assert "--mirror" in text
    assert data.find(name).instead in text
    assert not list(cache.home().glob("*.partial"))


def test_the_next_address_is_tried(
    published: Any, serve: Any, tmp_path: Path, replace_source: Callable[[data.Source], None]
) -> None:
    stand = published("mnist")
    (tmp_path / "bad").mkdir()
    (tmp_path / "good").mkdir()
    source = stand.write_official(tmp_path / "bad")
    stand.write_official(tmp_path / "good")
    bad, good = serve(tmp_path / "bad"), serve(tmp_path / "good")
    bad.spoilt.add("t10k-labels-idx1-ubyte.gz")
    replace_source(stand.at(f"{NOWHERE}/", f"{bad.url}/", f"{good.url}/", official=source))
    data.load("mnist")
    assert len(bad.requests) == len(good.requests) == 4


@pytest.mark.parametrize("name", ["mnist", "tiny-shakespeare", "tang-poems"])
@pytest.mark.parametrize("harm", ["cut", "spoilt"])
@pytest.mark.parametrize("through", ["official", "mirror"])
def test_broken_downloads_are_noticed_and_replaced(
    name: str, harm: str, through: str, published: Any, officially: Any, serve: Any
) -> None:
    server = officially(name) if through == "official" else serve(published(name).mirror)
    mirror = None if through == "official" else server.url
    form = data.find(name).forms[-1 if through == "official" else 0]
    getattr(server, harm).add(form.files[-1].name)
    with pytest.raises(TiduError, match="broke"):
        data.load(name, mirror=mirror)
    assert data.check(name).state == "missing"
    assert not [f for f in cache.home().iterdir() if f.suffix != ".lock"]
    getattr(server, harm).clear()
    data.load(name, mirror=mirror)
    assert data.check(name).state == "ok"


def test_files_that_are_whole_but_of_another_version_are_refused(
    published: Any, replace_source: Callable[[data.Source], None]
) -> None:
    stand = published("tang-300")
    replace_source(dataclasses.replace(stand.source, content_hash="0" * 64))
    with pytest.raises(TiduError, match="content hash should start with 000000000000"):
        data.load("tang-300", mirror=str(stand.mirror))


@pytest.mark.parametrize("harm", ["half", "empty", "flipped", "foreign"])
def test_a_broken_copy_is_replaced_and_never_read(
    harm: str, published: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = str(published("mnist").mirror)
    kept = data.get("mnist", mirror=mirror)
    whole = kept.read_bytes()
    broken = {
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "flipped": whole[:-1] + bytes([whole[-1] ^ 1]),
        "foreign": b"<html>not found</html>",
    }[harm]
    kept.write_bytes(broken)
    assert data.check("mnist").state == "broken"
    assert kept.read_bytes() == broken, "checking must not repair"
    with pytest.raises(TiduError):
        data.load("mnist", mirror=NOWHERE)
    data.load("mnist", mirror=mirror)
    assert "broken" in capsys.readouterr().err
    assert kept.read_bytes() == whole


def test_what_a_killed_download_left_is_removed(published: Any, home: Path, serve: Any) -> None:
    stale = home / "data" / "mnist.partial"
    stale.mkdir(parents=True)
    (stale / "mnist.npz").write_bytes(b"half")
    data.load("mnist", mirror=serve(published("mnist").mirror).url)
    assert not stale.exists()


def test_an_installed_package_spares_the_download(
    published: Any, tmp_path: Path, replace_source: Callable[[data.Source], None]
) -> None:
    stand = published("fashion-mnist")
    (tmp_path / "share").mkdir()
    source = stand.write_official(tmp_path / "share")
    form = dataclasses.replace(source.forms[-1], addresses=(), installed=(str(tmp_path / "share"),))
    replace_source(dataclasses.replace(source, forms=(source.forms[0], form)))
    data.load("fashion-mnist")
    (tmp_path / "share" / "t10k-images-idx3-ubyte.gz").write_bytes(b"broken")
    data.get("fashion-mnist", mirror=str(stand.mirror), force=True)


def test_debian_is_where_the_package_installs() -> None:
    folders = [folder for form in data.find("fashion-mnist").forms for folder in form.installed]
    assert folders == ["/usr/share/datasets/fashion-mnist"]


@pytest.mark.parametrize("full", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("moment", ["download", "keep"])
def test_a_full_disk_is_said(
    full: int, moment: str, published: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = serve(published("tang-300").mirror).url

    def fail(*_: object, **__: object) -> None:
        raise OSError(full, os.strerror(full))

    if moment == "download":
        import pooch

        monkeypatch.setattr(pooch, "retrieve", fail)
    else:
        monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(TiduError, match=r"(?s)disk is full.*TIDU_HOME"):
        data.load("tang-300", mirror=mirror)
    monkeypatch.undo()
    assert data.check("tang-300").state == "missing"


def test_a_folder_that_cannot_be_written_is_said(
    published: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "file"))
    with pytest.raises(TiduError, match=r"(?s)could not be kept.*TIDU_HOME"):
        data.load("tang-300", mirror=str(published("tang-300").mirror))


def test_processes_that_prepare_at_once_are_safe(home: Path) -> None:
    code = (
        "from tidu.data import cache, registry\n"
        "for _ in range(5):\n"
        "    cache._arrays(registry.find('mnist-5k'), force=True)\n"
        "    cache._arrays(registry.find('mnist-5k'))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
        assert told == "", "no process may see a broken copy"
    assert data.check("mnist-5k").state == "ok"
    assert sorted(f.suffix for f in (home / "data").iterdir()) == [".lock", ".safetensors"]


def test_progress_is_silent_where_nobody_looks(
    published: Any, serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    data.get("tang-300", mirror=serve(published("tang-300").mirror).url)
    assert capsys.readouterr().err.count("\n") == 1


def test_the_bar_is_drawn_on_a_terminal(
    tmp_path: Path, serve: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.bin").write_bytes(bytes(100_000))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    downloads.download(serve(tmp_path).url + "/file.bin", tmp_path / "got", None, "a label")
    assert (tmp_path / "got").stat().st_size == 100_000
    assert "a label" in capsys.readouterr().err


def test_addresses_with_chinese_names_are_encoded() -> None:
    source = data.find("tang-300")
    wheres = [place.where for place in mirrors._places(source, None)]
    assert len(wheres) == 3
    assert all(where.isascii() and where.startswith("https://") for where in wheres)
