"""PokéAPI's five tables, taken apart from the joined one, and a joined one of four Pokémon."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

STATS = ("hp", "attack", "defense", "sp_attack", "sp_defense", "speed")
JOINED = """id,name,species_id,is_default,type1,type2,hp,attack,defense,sp_attack,sp_defense,speed,\
height_dm,weight_hg,base_experience,capture_rate,generation,is_legendary,is_mythical
6,charizard,6,1,fire,flying,78,84,78,109,85,100,17,905,267,45,1,0,0
7,squirtle,7,1,water,,44,48,65,50,64,43,5,90,63,45,1,0,0
12,butterfree,12,1,bug,flying,60,45,50,90,80,70,11,320,198,45,1,0,0
10034,charizard-mega-x,6,0,fire,dragon,78,130,111,130,85,100,17,1105,,45,1,0,0
"""


def write_published(joined: Path, folder: Path) -> None:
    """Write the five tables that join to the one in the file ``joined``."""
    with joined.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    types = sorted({row[slot] for row in rows for slot in ("type1", "type2")} - {""})
    number = {name: str(3 * i + 1) for i, name in enumerate(types)}
    species = {row["species_id"]: row for row in reversed(rows)}  # of the first form
    _write(folder / "types.csv", ({"id": number[name], "identifier": name} for name in types))
    _write(
        folder / "pokemon_species.csv",
        (
            {
                "id": id,
                "generation_id": row["generation"],
                "capture_rate": row["capture_rate"],
                "is_legendary": row["is_legendary"],
                "is_mythical": row["is_mythical"],
            }
            for id, row in species.items()
        ),
    )
    _write(
        folder / "pokemon.csv",
        (
            {
                "id": row["id"],
                "species_id": row["species_id"],
                "height": row["height_dm"],
                "weight": row["weight_hg"],
                "base_experience": row["base_experience"],
                "is_default": row["is_default"],
            }
            for row in reversed(rows)
        ),
    )
    _write(
        folder / "pokemon_types.csv",
        (
            {"pokemon_id": row["id"], "type_id": number[row[f"type{slot}"]], "slot": str(slot)}
            for row in rows
            for slot in (1, 2)
            if row[f"type{slot}"]
        ),
    )
    _write(
        folder / "pokemon_stats.csv",
        (
            {"pokemon_id": row["id"], "stat_id": str(place), "base_stat": row[stat]}
            for row in rows
            for place, stat in enumerate(STATS, 1)
        ),
    )


def _write(file: Path, rows: Iterable[Mapping[str, str]]) -> None:
    rows = list(rows)
    with file.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
