"""Real data by name, and readers for the user's own files.

>>> from tidu import data
>>> data.load("iris").features.shape
torch.Size([150, 4])

Names are looked up when first used: listing the sources never waits for PyTorch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidu.data.cache import Status as Status
    from tidu.data.cache import check as check
    from tidu.data.cache import content_hash as content_hash
    from tidu.data.cache import get as get
    from tidu.data.cache import load as load
    from tidu.data.cache import path as path
    from tidu.data.exclusive_or import exclusive_or as exclusive_or
    from tidu.data.folds import stratified_folds as stratified_folds
    from tidu.data.image_folder import read_image as read_image
    from tidu.data.image_folder import read_images as read_images
    from tidu.data.kinds import Category as Category
    from tidu.data.kinds import Corpus as Corpus
    from tidu.data.kinds import Images as Images
    from tidu.data.kinds import Table as Table
    from tidu.data.memory_sequences import SYMBOLS as SYMBOLS
    from tidu.data.memory_sequences import adding_sequences as adding_sequences
    from tidu.data.memory_sequences import copy_sequences as copy_sequences
    from tidu.data.memory_sequences import one_hot_signs as one_hot_signs
    from tidu.data.new_rows import read_levels as read_levels
    from tidu.data.new_rows import read_rows as read_rows
    from tidu.data.own_images import image_like as image_like
    from tidu.data.own_images import images_or as images_or
    from tidu.data.own_points import read_points as read_points
    from tidu.data.own_points import write_points as write_points
    from tidu.data.own_table import own_or as own_or
    from tidu.data.parts import parts as parts
    from tidu.data.plane import grid_lines as grid_lines
    from tidu.data.registry import find as find
    from tidu.data.registry import sources as sources
    from tidu.data.rings import rings as rings
    from tidu.data.schema import Schema as Schema
    from tidu.data.separable import LARGEST_GAP as LARGEST_GAP
    from tidu.data.separable import two_sides as two_sides
    from tidu.data.source import Source as Source
    from tidu.data.spiral import noisy_arms as noisy_arms
    from tidu.data.spiral import two_spirals as two_spirals
    from tidu.data.standardise import Standardiser as Standardiser
    from tidu.data.table_reader import read_csv as read_csv
    from tidu.data.table_words import cautions as cautions
    from tidu.data.table_words import inference as inference
    from tidu.data.text_reader import read_corpus as read_corpus
    from tidu.data.text_reader import read_text as read_text

_HOMES = {
    "cache": ("Status", "check", "content_hash", "get", "load", "path"),
    "exclusive_or": ("exclusive_or",),
    "folds": ("stratified_folds",),
    "image_folder": ("read_image", "read_images"),
    "kinds": ("Category", "Corpus", "Images", "Table"),
    "memory_sequences": ("SYMBOLS", "adding_sequences", "copy_sequences", "one_hot_signs"),
    "new_rows": ("read_levels", "read_rows"),
    "own_images": ("image_like", "images_or"),
    "own_points": ("read_points", "write_points"),
    "own_table": ("own_or",),
    "parts": ("parts",),
    "plane": ("grid_lines",),
    "registry": ("find", "sources"),
    "rings": ("rings",),
    "schema": ("Schema",),
    "separable": ("LARGEST_GAP", "two_sides"),
    "source": ("Source",),
    "spiral": ("noisy_arms", "two_spirals"),
    "standardise": ("Standardiser",),
    "table_reader": ("read_csv",),
    "table_words": ("cautions", "inference"),
    "text_reader": ("read_corpus", "read_text"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tidu.data' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"tidu.data.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
