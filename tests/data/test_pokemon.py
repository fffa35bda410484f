"""The Pokémon table from PokéAPI's five files equals the one that is joined already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from pokemon_files import JOINED
from tidu.data.collection import pokemon

# PokéAPI's lines of three Pokémon, one of them with two types and a second form
PUBLISHED = {
    "types": "id,identifier,generation_id,damage_class_id\n3,flying,1,2\n7,bug,1,2\n10,fire,1,3\n"
    "11,water,1,3\n",
    "pokemon_species": "id,identifier,generation_id,evolves_from_species_id,capture_rate,"
    "is_legendary,is_mythical\n6,charizard,1,5,45,0,0\n7,squirtle,1,,45,0,0\n"
    "12,butterfree,1,11,45,0,0\n",
    "pokemon": "id,identifier,species_id,height,weight,base_experience,order,is_default\n"
    "12,butterfree,12,11,320,198,16,1\n6,charizard,6,17,905,267,7,1\n"
    "7,squirtle,7,5,90,63,10,1\n10034,charizard-mega-x,6,17,1105,,8,0\n",
    "pokemon_types": "pokemon_id,type_id,slot\n6,10,1\n6,3,2\n7,11,1\n12,7,1\n12,3,2\n10034,10,1\n",
    "pokemon_stats": "pokemon_id,stat_id,base_stat,effort\n"
    + "".join(
        f"{id},{stat},{value},0\n"
        for id, values in {
            6: (78, 84, 78, 109, 85, 100),
            7: (44, 48, 65, 50, 64, 43),
            12: (60, 45, 50, 90, 80, 70),
            10034: (78, 130, 111, 130, 85, 100),
        }.items()
        for stat, value in enumerate(values, 1)
    ),
}


def test_the_published_files_join_to_the_joined_one(tmp_path: Path) -> None:
    published, joined = tmp_path / "published", tmp_path / "joined"
    for folder in (published, joined):
        folder.mkdir()
    for name, text in PUBLISHED.items():
        (published / f"{name}.csv").write_text(text)
    (joined / "pokemon.csv").write_text(JOINED)
    mirror, official = pokemon.POKEMON.forms
    assert {file.name for file in official.files} == {f"{name}.csv" for name in PUBLISHED}
    one, two = official.read(published), mirror.read(joined)
    assert set(one) == set(two)
    for name, array in one.items():
        assert array.dtype == two[name].dtype
        np.testing.assert_array_equal(array, two[name])


def test_the_table_tells_the_types(tmp_path: Path) -> None:
    (tmp_path / "pokemon.csv").write_text(JOINED)
    table = pokemon.POKEMON.assemble(pokemon.POKEMON.forms[0].read(tmp_path))
    assert table.features.shape == (3, 12)
    assert table.target.tolist() == [267, 63, 198]
    named = {
        column: [category.levels[code] for code in category.codes.tolist()]
        for column, category in table.categories.items()
    }
    assert named == {
        "type1": ["fire", "water", "bug"],
        "type2": ["flying", "(none)", "flying"],
    }
    halves = table.split(0.34, torch.Generator().manual_seed(0))
    for half in halves:
        for row, code in zip(half.features, half.categories["type1"].codes, strict=True):
            place = int((table.features == row).all(1).nonzero())
            assert table.categories["type1"].codes[place] == code
