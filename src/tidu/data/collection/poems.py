"""Tang poetry in traditional characters, from the chinese-poetry collection."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tidu.data.collection.corpora import assemble, split_documents
from tidu.data.source import Arrays, File, Form, Source
from tidu.words import Text

_COMMIT = "99ebbef7e1345c0985c44b9fd96a3f9e776f117b"
_ADDRESSES = (
    f"https://raw.githubusercontent.com/chinese-poetry/chinese-poetry/{_COMMIT}/全唐诗/",
    f"https://cdn.jsdelivr.net/gh/chinese-poetry/chinese-poetry@{_COMMIT}/全唐诗/",
    f"https://github.com/chinese-poetry/chinese-poetry/raw/{_COMMIT}/全唐诗/",
)


def _prepare(poems: Iterable[dict[str, Any]]) -> Arrays:
    """The lines of each poem, without title and author; 90/5/5 by poem.

    Poems without text are left out and equal poems kept once, so no poem of the training text
    returns in the validation or test text. The wording stays as published, editors' brackets
    and empty squares included.
    """
    return split_documents(("\n".join(poem["paragraphs"]) for poem in poems), (0.90, 0.05, 0.05))


def _json_files(*names: str) -> Callable[[Path], Arrays]:
    def read(folder: Path) -> Arrays:
        return _prepare(poem for name in names for poem in json.loads((folder / name).read_bytes()))

    return read


def _json_lines(name: str) -> Callable[[Path], Arrays]:
    def read(folder: Path) -> Arrays:
        lines = gzip.decompress((folder / name).read_bytes()).decode().split("\n")
        return _prepare(json.loads(line) for line in lines if line)

    return read


def _source(
    id: str,
    title: Text,
    about: Text,
    packed: str,
    names: tuple[str, ...],
    size: int,
    content_hash: str,
) -> Source:
    return Source(
        id=id,
        title=title,
        about=about,
        kind="text",
        licence="MIT (chinese-poetry); the poems are in the public domain",
        homepage="https://github.com/chinese-poetry/chinese-poetry",
        content_hash=content_hash,
        assemble=assemble,
        folder="chinese_poetry",
        forms=(
            Form((File(packed),), _json_lines(packed)),
            Form(tuple(File(name) for name in names), _json_files(*names), _ADDRESSES),
        ),
        instead="python-docs",
        size=size,
    )


TANG_POEMS = _source(
    "tang-poems",
    Text("全唐诗", "The complete Tang poems"),
    Text(
        "《全唐诗》57,607 首，繁体；只取诗句，诗与诗之间空一行。"
        "去掉重复与空白者，按首划分 90/5/5。",
        "57,607 poems of the Tang dynasty in traditional characters: lines only, a blank line "
        "between poems. Repeated and empty poems are left out; 90/5/5 by poem.",
    ),
    "tang.jsonl.gz",
    tuple(f"poet.tang.{start}.json" for start in range(0, 58_000, 1_000)),
    26_000_000,
    "97b8c2ddf068407f43d025f4e497b21c76804a1baa0594b777f14c367e2dd512",
)

TANG_300 = _source(
    "tang-300",
    Text("唐诗三百首", "Three hundred Tang poems"),
    Text(
        "清人孙洙所选《唐诗三百首》，366 首，繁体；去掉重复，按首划分 90/5/5。各首也见于全唐诗。",
        "The anthology of Sun Zhu (1763), 366 poems in traditional characters, repeats left out, "
        "90/5/5 by poem. The poems are in tang-poems too.",
    ),
    "tang300.jsonl.gz",
    ("唐诗三百首.json",),
    170_000,
    "7fac67955559c45a0b970e92fb06690ab396cc93a44be5dacd34085b7d85b467",
)
