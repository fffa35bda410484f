"""The user's CSV: what is recognised, what is done about gaps and categories, every error."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pandas
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu import data
from tidu.data.table_columns import number
from tidu.errors import TiduError


@pytest.fixture
def write(tmp_path: Path) -> object:
    """A function that writes a CSV file and gives its path."""

    def write(text: str | bytes, name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


HOUSES = "rooms,area,town,price\n3,70.5,Bonn,210\n4,90,Köln,300.5\n2,51,Bonn,170\n5,120,Köln,410\n"


def test_numbers_categories_and_target(write) -> None:
    table = data.read_csv(write(HOUSES))
    assert table.feature_names == ("rooms", "area", "town=Köln")
    assert table.features.tolist() == [[3, 70.5, 0], [4, 90, 1], [2, 51, 0], [5, 120, 1]]
    assert table.features.dtype == torch.float64
    assert table.target.tolist() == [210, 300.5, 170, 410]
    assert (table.target_name, table.task, table.classes) == ("price", "regression", ())
    assert [note.en for note in table.notes] == ["town: 2 categories, reference Bonn"]
    assert table.missing == {}


def test_a_target_in_the_middle_that_is_a_class(write) -> None:
    table = data.read_csv(write(HOUSES), target="town")
    assert table.task == "classification"
    assert table.classes == ("Bonn", "Köln")
    assert table.target.tolist() == [0, 1, 0, 1]
    assert table.target.dtype == torch.int64
    assert table.feature_names == ("rooms", "area", "price")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separator_and_encoding_are_recognised(write, separator, encoding, end) -> None:
    raw = HOUSES.replace(",", separator).replace("\n", end).encode(encoding)
    table = data.read_csv(write(raw))
    assert torch.equal(table.features, data.read_csv(write(HOUSES)).features)
    assert table.feature_names == ("rooms", "area", "town=Köln")


def test_a_file_without_header(write) -> None:
    table = data.read_csv(write("1,2.5,a\n2,3.5,b\n3,4.5,a\n4,1.0,b\n"))
    assert table.feature_names == ("column 1", "column 2")
    assert table.target_name == "column 3"
    assert len(table.target) == 4


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour,taste\nred,good\nblue,bad\nred,bad\nblue,good\n", True),
        ("red,good\nblue,bad\nred,bad\nblue,good\n", False),
        ("2019,2020,2021\n1,2,3\n3,4,5.5\n", False),
        ("a,,c\n1,2,3\n3,4,5.5\n", True),
        (",b,c\n1,2,3\n3,4,5.5\n", True),
        ("NA,so\nblue,bad\nred,bad\nblue,good\nred,good\nblue,so\n", False),
    ],
)
def test_the_header_is_guessed(write, text: str, named: bool) -> None:
    table = data.read_csv(write(text), task="auto")
    assert (not table.target_name.startswith("column")) == named


def test_the_guess_can_be_overruled(write) -> None:
    path = write("2019,2020,2021\n1,2,3.5\n3,4,5.5\n")
    assert data.read_csv(path, header="yes").feature_names == ("2019", "2020")
    assert len(data.read_csv(path, header="no").target) == 3


def test_quotes_hold_separators_lines_and_quotes(write) -> None:
    table = data.read_csv(write('"a ""b"", c","d\ne"\n"1",2.5\n3,4.5\n'), header="yes")
    assert table.feature_names == ('a "b", c',)
    assert table.target_name == "d\ne"
    assert table.target.tolist() == [2.5, 4.5]


def test_a_decimal_comma_between_semicolons(write) -> None:
    table = data.read_csv(write("a;b\n1,5;2,25\n-3;1e3\n"))
    assert table.features.tolist() == [[1.5], [-3.0]]
    assert table.target.tolist() == [2.25, 1000.0]


@pytest.mark.parametrize("word", ["", " ", "NA", "n/a", "NaN", "null", "None", "?", "#N/A"])
def test_missing_numbers_are_counted_and_filled_by_the_training_mean(write, word: str) -> None:
    rows = "".join(f"{word if i in (3, 7) else i},{i / 2}\n" for i in range(20))
    table = data.read_csv(write("a,b\n" + rows))
    assert table.missing == {"a": 2}
    assert "a: 2 of 20 missing" in {note.en for note in table.notes}
    assert table.features.isnan().nonzero()[:, 0].tolist() == [3, 7]
    train, test = table.split(0.25, torch.Generator().manual_seed(0))
    known = [2 * t for t in train.target.tolist() if t not in (1.5, 3.5)]
    for part in (train, test):
        for value, target in zip(part.features[:, 0].tolist(), part.target.tolist(), strict=True):
            expected = sum(known) / len(known) if target in (1.5, 3.5) else 2 * target
            assert value == pytest.approx(expected)


def test_a_missing_category_is_a_category(write) -> None:
    table = data.read_csv(write("a,b\nx,1.5\n,2.5\ny,3.5\nx,4.5\n,5.5\ny,1\n"))
    assert table.feature_names == ("a=y", "a=(missing)")
    assert table.features.tolist() == [[0, 0], [0, 1], [1, 0], [0, 0], [0, 1], [1, 0]]
    assert table.missing == {"a": 2}


def test_columns_that_tell_nothing_are_left_out_and_told(write) -> None:
    rows = "".join(f"n{i},7,same,,{i},{i + 0.5}\n" for i in range(30))
    table = data.read_csv(write("name,seven,word,none,good,y\n" + rows))
    assert table.feature_names == ("good",)
    assert {note.en for note in table.notes} == {
        "name: left out, 30 different texts",
        "seven: left out, never changes",
        "word: left out, never changes",
        "none: left out, no values",
        "none: 30 of 30 missing",
    }


def test_whole_numbers_can_be_classes_or_values(write) -> None:
    path = write("a,y\n" + "".join(f"{i}.5,{i % 3}\n" for i in range(12)))
    assert data.read_csv(path).classes == ("0", "1", "2")
    assert data.read_csv(path, task="regression").target.dtype == torch.float64


@given(
    st.lists(
        st.tuples(
            st.floats(-1e9, 1e9), st.sampled_from(["red", "blü", "x,y"]), st.floats(-1e9, 1e9)
        ),
        min_size=6,
        max_size=30,
        unique_by=(lambda row: row[0], lambda row: row[2]),
    )
)
def test_numbers_equal_pandas(tmp_path_factory: pytest.TempPathFactory, rows) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("a", "b", "y"), *rows])
    path = tmp_path_factory.mktemp("table") / "x.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8")
    table = data.read_csv(path, task="regression")
    frame = pandas.read_csv(path)  # pandas rounds the last digit
    assert table.features[:, 0].tolist() == pytest.approx(frame["a"].tolist(), rel=1e-15)
    assert table.target.tolist() == pytest.approx(frame["y"].tolist(), rel=1e-15)
    dummies = pandas.get_dummies(frame["b"], prefix="b", prefix_sep="=", drop_first=True)
    assert list(dummies.columns) == list(table.feature_names[1:])
    assert table.features[:, 1:].tolist() == dummies.astype(float).to_numpy().tolist()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_exactly(value: float) -> None:
    assert number(repr(value)) == value


@pytest.mark.parametrize(
    "text", ["1_000", "inf", "-Infinity", "nan", "1,5", "1.000,5", "0x1f", "", "12a"]
)
def test_what_is_not_a_number(text: str) -> None:
    assert number(text) is None


MOSTLY = "a,y\n" + "".join(f"{'oops' if i == 40 else i},{i / 3}\n" for i in range(60))


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", {}, "is empty"),
        ("\n \n", {}, "is empty"),
        ("a,b\n", {"header": "yes"}, "header and no rows"),
        ("a\n1\n2\n", {}, "one column"),
        ("a,b,y\n1,2,3\n1,2\n4,5,6\n", {}, "line 3: expected 3 cells as in line 1, found 2"),
        ("a,b\n1,2\n\n1,2,3\n", {}, "line 4: expected 2 cells.*found 3"),
        ('a,b\n1,2\n"x,2\n3,4\n', {}, "line 3: the quotes do not match"),
        ('a,b\n1,2\n"x"y,2\n', {}, "line 3: the quotes do not match"),
        ("a,a\n1,2\n", {}, "line 1: two columns are called 'a'"),
        (HOUSES, {"target": "prise"}, "no column called 'prise'.*price"),
        (HOUSES, {"target": "town", "task": "regression"}, "line 2: a regression.*'Bonn'"),
        ("a,y\n1,2.5\n2,\n3,\n4,1.5\n", {}, "line 3: the target 'y' is missing.*1 more"),
        ("a,y\n1,x\n2,NA\n", {}, "line 3: the target 'y' is missing"),
        ("a,y\n1,5\n2,5\n", {}, "'y' is 5.0 in every row"),
        ("a,y\n1,x\n2,x\n", {}, "'y' is 'x' in every row"),
        ("a,y\n7,1.5\n7,2.5\n", {}, "no column left.*never changes"),
        ("a,y\n1,p\n2,q\n3,r\n4,s\n", {}, "4 classes in 4 rows"),
        (MOSTLY, {}, "line 42: 'oops' in column 'a'"),
        (MOSTLY.replace("oops", "inf"), {}, "line 42: 'inf' in column 'a'"),
        (b"a,y\n1,\xff\n", {}, "line 2: byte 3 .*not UTF-8"),
        (b"\x7fELF\0\0", {}, "binary file"),
        (HOUSES, {"encoding": "klingon"}, "'klingon' is not an encoding"),
    ],
)
def test_errors_name_file_and_line(write, text, options, says: str) -> None:
    with pytest.raises(TiduError, match=f"(?s){says}") as caught:
        data.read_csv(write(text), **options)
    assert caught.value.hint
    assert "mine.csv" in str(caught.value) or "encoding" in says


def test_paths_that_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(TiduError, match="is a folder"):
        data.read_csv(tmp_path)
    with pytest.raises(TiduError, match=r"no file .*gone\.csv"):
        data.read_csv(tmp_path / "gone.csv")


@pytest.mark.parametrize("fraction", [0.0, 1.0, 0.01])
def test_a_split_needs_rows_on_both_sides(write, fraction: float) -> None:
    with pytest.raises(TiduError, match="both sides"):
        data.read_csv(write(HOUSES)).split(fraction)


@given(st.integers(2, 50), st.floats(0.1, 0.9), st.integers(0, 2**31))
def test_a_split_keeps_every_row_once(rows: int, fraction: float, seed: int) -> None:
    target = torch.arange(rows).double()
    table = data.Table(target[:, None], target, ("a",), "y", "regression")
    if not 0 < round(rows * fraction) < rows:
        return
    train, test = table.split(fraction, torch.Generator().manual_seed(seed))
    assert len(test.target) == round(rows * fraction)
    assert sorted([*train.target.tolist(), *test.target.tolist()]) == target.tolist()
    assert torch.equal(train.features[:, 0], train.target)


def test_standardising_equals_scikit_learn_and_uses_the_training_rows_alone() -> None:
    from sklearn.preprocessing import StandardScaler

    table = data.load("diabetes")
    assert isinstance(table, data.Table)
    train, test = table.split(0.3, torch.Generator().manual_seed(1))
    ours = data.Standardiser.fit(train.features)
    theirs = StandardScaler().fit(train.features.numpy())
    torch.testing.assert_close(
        ours.apply(test.features), torch.from_numpy(theirs.transform(test.features.numpy()))
    )
    torch.testing.assert_close(ours.undo(ours.apply(test.features)), test.features)


def test_standardising_constant_and_missing_numbers() -> None:
    rows = torch.tensor([[0.1, 1.0], [0.1, math.nan], [0.1, 3.0]] * 1000)
    scaled = data.Standardiser.fit(rows).apply(rows)
    assert torch.all(scaled[:, 0].abs() < 1e-6)
    assert scaled[:3, 1].tolist() == [-1, 0, 1]


def test_new_rows_may_have_one_column(write) -> None:
    assert data.read_rows(write("area\n1.5\n2.5\n"), ["area"]).tolist() == [[1.5], [2.5]]


def test_columns_of_texts_are_kept_as_categories_too(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("colour,size,price\n" + "red,1,5\n,2,6\nblue,3,7\n" * 2)
    colour = data.read_csv(file, task="regression").categories["colour"]
    assert colour.levels == ("blue", "red", "(missing)")
    assert [colour.levels[code] for code in colour.codes[:3].tolist()] == [
        "red",
        "(missing)",
        "blue",
    ]
