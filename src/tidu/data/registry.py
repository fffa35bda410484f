"""The list of all sources. Importing it loads neither PyTorch nor NumPy."""

from __future__ import annotations

from tidu.data.collection import fashion_mnist, images, poems, pokemon, tables, texts
from tidu.data.source import Source
from tidu.errors import unknown

_SOURCES: dict[str, Source] = {
    source.id: source
    for source in (
        images.MNIST_5K,
        images.DIGITS,
        images.MNIST,
        fashion_mnist.FASHION_MNIST,
        tables.DIABETES,
        tables.IRIS,
        tables.WINE,
        tables.BREAST_CANCER,
        pokemon.POKEMON,
        texts.PYTHON_DOCS,
        texts.TINY_SHAKESPEARE,
        poems.TANG_POEMS,
        poems.TANG_300,
    )
}


def sources() -> tuple[Source, ...]:
    """Every source, in the order of the listing."""
    return tuple(_SOURCES.values())


def find(name: str) -> Source:
    """The source called ``name``; an unknown name gives an error that suggests the nearest."""
    if name not in _SOURCES:
        raise unknown("source", name, _SOURCES, "See `tidu data list`.")
    return _SOURCES[name]
