"""A table's columns after training: the schema, single columns, categories, folds."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from tidu import data
from tidu.data import Schema, Standardiser, Table, stratified_folds
from tidu.errors import TiduError

ROWS = "size,town,doors,price\n" + "10,Rome,1,5\n20,Oslo,2,7\n,Rome,2,6\n40,,1,9\n" * 3


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    (tmp_path / "houses.csv").write_text(ROWS)
    return tmp_path / "houses.csv"


@pytest.fixture
def table(houses: Path) -> Table:
    return data.own_or("diabetes", houses, "price", task="regression")


def test_a_schema_reads_new_rows_as_in_training(houses: Path, table: Table, tmp_path: Path) -> None:
    schema = Schema.of(table, houses)
    again = Schema.from_json(json.loads(json.dumps(schema.as_json())))
    assert again == schema
    (tmp_path / "new.csv").write_text("town,doors,extra,size\nOslo,2,x,30\nRome,1,y,\n")
    rows = again.read(tmp_path / "new.csv")
    named = dict(zip(schema.features, rows.T.tolist(), strict=True))
    known = table.features[:, table.column("size")]
    assert named["size"] == [30, pytest.approx(float(known.nanmean()))]
    assert named["town=Rome"] == [0, 1]
    assert named["doors"] == [2, 1]
    assert again.example().shape == (2, len(schema.features))


def test_without_own_data_the_source_is_taken() -> None:
    assert data.own_or("diabetes").target_name == "progression"


def test_a_column_is_named_or_the_default_or_the_first(table: Table) -> None:
    assert table.column("doors") == table.feature_names.index("doors")
    assert table.column(None, "doors") == table.column("doors")
    assert table.column(None, "bmi") == 0
    with pytest.raises(TiduError, match="size"):
        table.column("sise")
    alone = table.only([table.column("doors")])
    assert alone.feature_names == ("doors",)
    assert torch.equal(alone.features[:, 0], table.features[:, table.column("doors")])


def test_categories_are_texts_classes_or_few_numbers(table: Table) -> None:
    name, town = table.category(None)
    assert (name, town.levels) == ("town", ("Oslo", "Rome", "(missing)"))
    _, doors = table.category("doors")
    assert doors.levels == ("1", "2")
    assert [doors.levels[code] for code in doors.codes[:4].tolist()] == ["1", "2", "2", "1"]
    iris = data.load("iris")
    assert isinstance(iris, Table)
    assert iris.category("class")[1].levels == ("setosa", "versicolor", "virginica")
    with pytest.raises(TiduError, match="gaps"):
        table.category("size")
    with pytest.raises(TiduError, match="town"):
        table.category("twon")
    with pytest.raises(TiduError, match="no column of texts"):
        dataclasses.replace(table, categories={}).category(None)


def test_levels_are_read_from_new_rows(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("doors,town\n2.0,Rome\n1,\n")
    assert data.read_levels(file, "doors", ["1", "2"]).tolist() == [1, 0]
    assert data.read_levels(file, "town", ["Rome", "(missing)"]).tolist() == [0, 1]
    with pytest.raises(TiduError, match="line 3"):
        data.read_levels(file, "town", ["Rome"])
    with pytest.raises(TiduError, match="no column 'flat'"):
        data.read_levels(file, "flat", ["Rome"])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 4), min_size=10, max_size=60), st.integers(2, 10))
def test_every_category_is_spread_over_the_folds(codes: list[int], folds: int) -> None:
    column = torch.tensor(codes)
    dealt = stratified_folds(column, folds, torch.Generator().manual_seed(len(codes)))
    sizes = dealt.bincount(minlength=folds)
    assert int(sizes.max() - sizes.min()) <= 1
    for code in column.unique():
        own = dealt[column == code].bincount(minlength=folds)
        assert int(own.max() - own.min()) <= 1


def test_only_training_rows_are_measured_and_a_layer_takes_it_in() -> None:
    torch.manual_seed(0)
    train, test = torch.randn(20, 3) * 5 + 9, torch.randn(4, 3)
    scaler = Standardiser.fit(train)
    torch.testing.assert_close(scaler.apply(train).mean(0), torch.zeros(3), atol=1e-6, rtol=0)
    layer = nn.Linear(3, 2)
    folded = scaler.folded_into(layer)
    torch.testing.assert_close(folded(test), layer(scaler.apply(test)), rtol=1e-4, atol=1e-5)
    assert folded.weight is not layer.weight


@pytest.mark.parametrize("gap", [0.0, 0.1, data.LARGEST_GAP])
@pytest.mark.parametrize("seed", range(5))
def test_drawn_points_keep_their_distance(seed: int, gap: float) -> None:
    points, sides = data.two_sides(80, torch.Generator().manual_seed(seed), gap)
    assert points.abs().max() <= 1
    assert sides.bincount().tolist() == [40, 40]
    # the two sides' nearest points are twice the gap apart, whatever the line
    assert float(torch.cdist(points[sides == 0], points[sides == 1]).min()) >= 2 * gap
    with pytest.raises(ValueError, match="gap"):
        data.two_sides(80, torch.Generator(), 0.6)
