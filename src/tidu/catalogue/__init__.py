"""Every system tidu has, by chapter. Reading it never imports PyTorch."""

from __future__ import annotations

from tidu.catalogue.attention import SYSTEMS as _ATTENTION
from tidu.catalogue.compression import SYSTEMS as _COMPRESSION
from tidu.catalogue.entry import CHAPTERS as CHAPTERS
from tidu.catalogue.entry import Figure as Figure
from tidu.catalogue.entry import System as System
from tidu.catalogue.entry import Target as Target
from tidu.catalogue.foundations import SYSTEMS as _FOUNDATIONS
from tidu.catalogue.generative import SYSTEMS as _GENERATIVE
from tidu.catalogue.optimisation import SYSTEMS as _OPTIMISATION
from tidu.catalogue.reinforcement import SYSTEMS as _REINFORCEMENT
from tidu.catalogue.sequences import SYSTEMS as _SEQUENCES
from tidu.catalogue.vision import SYSTEMS as _VISION
from tidu.errors import unknown

SYSTEMS: dict[str, System] = {
    system.id: system
    for system in (
        *_FOUNDATIONS,
        *_OPTIMISATION,
        *_VISION,
        *_SEQUENCES,
        *_ATTENTION,
        *_GENERATIVE,
        *_REINFORCEMENT,
        *_COMPRESSION,
    )
}


def system(id: str) -> System:
    """The entry called ``id``; an unknown id is an error that suggests the nearest."""
    if id not in SYSTEMS:
        raise unknown("system", id, SYSTEMS, "See all of them: tidu list")
    return SYSTEMS[id]
