"""A private cache, a web server that can misbehave, and small sources in the official formats.

The real sources are tested too where ``TIDU_DATA_MIRROR`` names a mirror; without one, the same
tests run on stand-ins: sources with the same readers, layouts and splits, and invented content.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import struct
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from pokemon_files import JOINED, write_published
from tidu.data import registry
from tidu.data.cache import hash_of
from tidu.data.source import File, Source


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``published`` is a stand-in, and the real thing too where the tests were given a mirror."""
    if "published" in metafunc.fixturenames:
        plugins = metafunc.config.pluginmanager.get_plugins()
        mirror = next((p.MIRROR for p in plugins if hasattr(p, "MIRROR")), None)
        kinds = [None, mirror] if mirror else [None]
        ids = ["stand-in", "real"][: len(kinds)]
        metafunc.parametrize("published", kinds, ids=ids, indirect=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own cache, no mirror, and reaches this machine without a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TIDU_DATA_MIRROR", raising=False)
    return tmp_path / "home"


class Server:
    """Serves ``folder``; paths ending in an entry of ``cut`` break off half-way, those in
    ``spoilt`` arrive with other bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cut: set[str] = set()
        self.spoilt: set[str] = set()
        self.requests: list[str] = []
        outer = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append(self.path)
                file = Path(self.translate_path(self.path))
                if not file.is_file():
                    self.send_error(404)
                    return
                body = file.read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if file.name in outer.spoilt:
                    body = bytes(b ^ 255 for b in body)
                self.wfile.write(body[: len(body) // 2] if file.name in outer.cut else body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Server]]:
    """A function that serves a folder until the test ends."""
    running: list[Server] = []

    def start(folder: Path) -> Server:
        running.append(Server(folder))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture
def replace_source(monkeypatch: pytest.MonkeyPatch) -> Callable[[Source], None]:
    """A function that puts another source in the place of the one with its id."""
    return lambda source: monkeypatch.setitem(registry._SOURCES, source.id, source)


@dataclasses.dataclass(frozen=True)
class Published:
    """One source as it stands on a mirror, with its arrays for comparison."""

    source: Source
    mirror: Path

    def write_official(self, folder: Path) -> Source:
        """Write the official files into ``folder``; the source with their hashes."""
        form = self.source.forms[-1]
        if self.source.kind == "images":
            _write_idx(self._mirrored(), folder)
        elif self.source.id.startswith("tang"):
            _write_json(self._mirrored_poems(), folder, [f.name for f in form.files])
        elif self.source.kind == "table":
            write_published(self.mirror / self.source.folder / "pokemon.csv", folder)
        else:
            (folder / "input.txt").write_bytes(
                (self.mirror / self.source.folder / "input.txt").read_bytes()
            )
        files = tuple(
            File(f.name, hashlib.sha256((folder / f.name).read_bytes()).hexdigest())
            if f.sha256
            else f
            for f in form.files
        )
        form = dataclasses.replace(form, files=files)
        return dataclasses.replace(self.source, forms=(*self.source.forms[:-1], form))

    def at(self, *addresses: str, official: Source | None = None) -> Source:
        """The source with these official addresses instead of its own."""
        source = official or self.source
        forms = tuple(
            dataclasses.replace(form, addresses=addresses if form.addresses else (), installed=())
            for form in source.forms
        )
        return dataclasses.replace(source, forms=forms)

    def _mirrored(self) -> dict[str, np.ndarray]:
        form = self.source.forms[0]
        return form.read(self.mirror / self.source.folder)

    def _mirrored_poems(self) -> list[dict[str, object]]:
        packed = self.mirror / self.source.folder / self.source.forms[0].files[0].name
        return [
            json.loads(x) for x in gzip.decompress(packed.read_bytes()).decode().split("\n") if x
        ]


def _write_idx(arrays: dict[str, np.ndarray], folder: Path) -> None:
    names = {
        "train_images": "train-images-idx3-ubyte.gz",
        "train_labels": "train-labels-idx1-ubyte.gz",
        "test_images": "t10k-images-idx3-ubyte.gz",
        "test_labels": "t10k-labels-idx1-ubyte.gz",
    }
    for name, file in names.items():
        array = arrays[name]
        head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        (folder / file).write_bytes(gzip.compress(head + array.tobytes(), 1, mtime=0))


def _write_json(poems: list[dict[str, object]], folder: Path, names: list[str]) -> None:
    """As the collection does: a thousand poems a file (here: evenly), with tags and ids."""
    share = -(-len(poems) // len(names))
    for i, name in enumerate(names):
        part = [p | {"id": f"{i}", "tags": ["詩"]} for p in poems[i * share : (i + 1) * share]]
        text = json.dumps(part, ensure_ascii=False, indent=2)
        (folder / name).write_text(text, encoding="utf-8")


def _standin(source: Source, folder: Path) -> Source:
    """Invented content in the layout of the mirror; the source with the hash of that content."""
    random = np.random.default_rng(len(source.id))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / source.forms[0].files[0].name
    if source.kind == "images":
        np.savez_compressed(
            file,
            x_train=random.integers(0, 256, (30, 28, 28), np.uint8),
            y_train=random.integers(0, 10, 30, np.uint8),
            x_test=random.integers(0, 256, (10, 28, 28), np.uint8),
            y_test=random.integers(0, 10, 10, np.uint8),
        )
    elif source.id.startswith("tang"):
        lines = [
            "".join(map(chr, 0x4E00 + row)) + "。" for row in random.integers(0, 500, (200, 5))
        ]
        poems = [
            {"title": "詩", "author": "人", "paragraphs": lines[i : i + 2]} for i in range(199)
        ]
        poems += [poems[0], {"title": "空", "author": "人", "paragraphs": []}]
        text = "\n".join(json.dumps(poem, ensure_ascii=False) for poem in poems)
        file.write_bytes(gzip.compress(text.encode()))
    elif source.kind == "table":
        file.write_text(JOINED, encoding="utf-8")
    else:
        file.write_bytes(b"First Citizen:\nBefore we proceed any further, hear me speak.\n" * 50)
    return dataclasses.replace(source, content_hash=hash_of(source.forms[0].read(folder)))


@pytest.fixture
def published(
    request: pytest.FixtureRequest, tmp_path: Path, replace_source: Callable[[Source], None]
) -> Callable[[str], Published]:
    """A function that publishes a source on a mirror: a stand-in, and the real one if there is."""

    def publish(name: str) -> Published:
        source = registry.find(name)
        if request.param is not None:
            return Published(source, Path(request.param))
        mirror = tmp_path / "mirror"
        source = _standin(source, mirror / source.folder)
        replace_source(source)
        return Published(source, mirror)

    return publish
