"""Pokémon base stats, from the tables of PokéAPI: one row for every species' default form.

Other forms (mega, regional, costumes) are left out: many repeat a default form to the number and
would stand on both sides of a split.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tidu.data.source import Arrays, File, Form, Source
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.data.kinds import Table

_COMMIT = "bbef3d99ddfa8277f726414c89b471267aef8a8e"
_STATS = ("hp", "attack", "defense", "sp_attack", "sp_defense", "speed")  # PokéAPI's 1 to 6
_FEATURES = (
    *_STATS,
    "height_dm",
    "weight_hg",
    "capture_rate",
    "generation",
    "is_legendary",
    "is_mythical",
)
_TARGET = "base_experience"
_TYPES = (
    *("bug", "dark", "dragon", "electric", "fairy", "fighting", "fire", "flying", "ghost"),
    *("grass", "ground", "ice", "normal", "poison", "psychic", "rock", "steel", "water"),
)
_NONE = "(none)"


def _prepare(rows: Iterable[dict[str, str]]) -> Arrays:
    """Default forms in the order of their numbers."""
    import numpy as np

    kept = sorted((r for r in rows if r["is_default"] == "1"), key=lambda r: int(r["id"]))
    second = (*_TYPES, "")
    return {
        "features": np.array([[float(r[name]) for name in _FEATURES] for r in kept]),
        "target": np.array([float(r[_TARGET]) for r in kept]),
        "type1": np.array([_TYPES.index(r["type1"]) for r in kept], dtype=np.int64),
        "type2": np.array([second.index(r["type2"]) for r in kept], dtype=np.int64),
    }


def _read_joined(folder: Path) -> Arrays:
    return _prepare(_rows(folder / "pokemon.csv"))


def _read_published(folder: Path) -> Arrays:
    """The five tables of PokéAPI, joined by Pokémon and by species."""
    types = {row["id"]: row["identifier"] for row in _rows(folder / "types.csv")}
    species = {row["id"]: row for row in _rows(folder / "pokemon_species.csv")}
    joined: dict[str, dict[str, str]] = {}
    for row in _rows(folder / "pokemon.csv"):
        own = species[row["species_id"]]
        joined[row["id"]] = {
            "id": row["id"],
            "is_default": row["is_default"],
            "type2": "",
            "height_dm": row["height"],
            "weight_hg": row["weight"],
            "base_experience": row["base_experience"],
            "capture_rate": own["capture_rate"],
            "generation": own["generation_id"],
            "is_legendary": own["is_legendary"],
            "is_mythical": own["is_mythical"],
        }
    for row in _rows(folder / "pokemon_types.csv"):
        joined[row["pokemon_id"]][f"type{row['slot']}"] = types[row["type_id"]]
    for row in _rows(folder / "pokemon_stats.csv"):
        joined[row["pokemon_id"]][_STATS[int(row["stat_id"]) - 1]] = row["base_stat"]
    return _prepare(joined.values())


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _assemble(arrays: Arrays) -> Table:
    import torch

    from tidu.data.kinds import Category, Table

    return Table(
        torch.from_numpy(arrays["features"]),
        torch.from_numpy(arrays["target"]),
        _FEATURES,
        _TARGET,
        "regression",
        categories={
            "type1": Category(torch.from_numpy(arrays["type1"]), _TYPES),
            "type2": Category(torch.from_numpy(arrays["type2"]), (*_TYPES, _NONE)),
        },
    )


POKEMON = Source(
    id="pokemon",
    title=Text("宝可梦种族值", "Pokémon base stats"),
    about=Text(
        "第一至第九世代 1,025 种宝可梦的默认形态：六项种族值、身高、体重、捕获率与第一、第二属性，"
        "取自 PokéAPI。",
        "The default forms of the 1,025 Pokémon of nine generations: six base stats, height, "
        "weight, capture rate, and their first and second type, from PokéAPI.",
    ),
    kind="table",
    licence="BSD-3-Clause (PokéAPI); Pokémon names are trademarks of Nintendo",
    homepage="https://github.com/PokeAPI/pokeapi",
    content_hash="51a434aacd4a51eea5c0810e61b41023c78b2bb60cb82093e7941d9a0440194d",
    assemble=_assemble,
    folder="pokemon",
    forms=(
        Form((File("pokemon.csv"),), _read_joined),
        Form(
            tuple(
                File(f"{name}.csv")
                for name in (
                    "pokemon",
                    "pokemon_species",
                    "pokemon_stats",
                    "pokemon_types",
                    "types",
                )
            ),
            _read_published,
            addresses=(
                f"https://raw.githubusercontent.com/PokeAPI/pokeapi/{_COMMIT}/data/v2/csv/",
                f"https://cdn.jsdelivr.net/gh/PokeAPI/pokeapi@{_COMMIT}/data/v2/csv/",
                f"https://github.com/PokeAPI/pokeapi/raw/{_COMMIT}/data/v2/csv/",
            ),
        ),
    ),
    instead="diabetes",
    size=200_000,
)
