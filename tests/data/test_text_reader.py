"""The user's text: every encoding it may have, and errors that name the place."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu import data
from tidu.data.text_reader import decode
from tidu.errors import TiduError

written = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(written, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_every_marked_encoding_is_recognised(text: str, encoding: str) -> None:
    if text[0] != "\ufeff":
        assert decode(text.encode(encoding), Path("x.txt")) == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le")],
)
def test_both_orders_of_utf_16(mark: bytes, encoding: str) -> None:
    assert decode(mark + "春眠\r\n不覺曉".encode(encoding), Path("x.txt")) == "春眠\n不覺曉"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_become_one(end: str, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(f"one{end}two{end}".encode())
    assert data.read_text(tmp_path / "x.txt") == "one\ntwo\n"


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("second\n")
    (tmp_path / "a.md").write_text("first\n\n")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.TXT").write_text("third")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    assert data.read_text(tmp_path) == "first\n\nsecond\n\nthird\n"


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes("春眠不覺曉".encode("gb18030"))
    assert data.read_text(tmp_path / "x.txt", encoding="gb18030") == "春眠不覺曉"
    with pytest.raises(TiduError, match="'nonsense' is not an encoding"):
        data.read_text(tmp_path / "x.txt", encoding="nonsense")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"fine\nbad \xff here", r"line 2: byte 5 .*0xff.* not UTF-8"),
        ("好的\n坏".encode("gb18030"), r"line 1: byte 1 .*gb18030"),
        (codecs.BOM_UTF8 + b"ok\n\xc3(", r"line 2: byte 1 "),
        (b"ELF\n\0\1", r"binary file: line 2 .*byte 1"),
        (codecs.BOM_UTF16_LE + b"a", r"not UTF-16"),
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
    ],
)
def test_errors_name_the_file_and_the_place(raw: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(raw)
    with pytest.raises(TiduError, match=rf"(?s)mine\.txt.*{says}"):
        data.read_text(tmp_path / "mine.txt")


def test_paths_that_are_not_text(tmp_path: Path) -> None:
    with pytest.raises(TiduError, match=r"no file .*absent\.txt"):
        data.read_text(tmp_path / "absent.txt")
    with pytest.raises(TiduError, match="holds no text"):
        data.read_text(tmp_path)
    with pytest.raises(TiduError, match="cannot be read"):
        data.read_text("a\0b")


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_corpus_is_the_text_in_two_parts(share: float, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("0123456789" * 10)
    corpus = data.read_corpus(tmp_path / "x.txt", share)
    assert corpus.train + corpus.validation == "0123456789" * 10
    assert len(corpus.validation) == 100 * share


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_corpus_needs_both_parts(share: float, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("some text")
    with pytest.raises(TiduError, match="nothing on one side"):
        data.read_corpus(tmp_path / "x.txt", share)
