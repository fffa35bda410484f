"""Pictures and fonts: what is saved, in which language, and what happens without a font."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tidu.views import Picture, fonts, palette
from tidu.words import Text


def picture(**changes: object) -> Picture:
    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        axes.plot([0, 1], [-1, 1])
        axes.set_xlabel(Text("步数", "step")[language])

    parts = {"name": "line", "title": Text("一条线", "A line"), "alt": Text("线", "line")}
    data = {"x": np.array([0, 1]), "y": np.array([-1.5, 1.0])}
    return Picture(**{**parts, "draw": draw, "data": data, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_saves_as_png_svg_and_csv(tmp_path: Path, language: str) -> None:
    with Image.open(picture().save(tmp_path / "a" / "line.png", language)) as image:
        assert image.size == (1050, 675)
    assert ElementTree.parse(picture().save(tmp_path / "line.svg", language)).getroot() is not None
    with picture().save(tmp_path / "line.csv").open(encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["x", "y"], ["0", "-1.5"], ["1", "1.0"]]


def test_saves_as_a_page_that_can_be_opened(tmp_path: Path) -> None:
    shown = picture(interactive=lambda language: f"<p>in {language}</p>")
    page = shown.save(tmp_path / "a" / "line.html").read_text(encoding="utf-8")
    assert "<p>in zh</p>" in page
    assert "<p>in en</p>" in page
    assert "<table>" not in page


def test_the_same_numbers_give_the_same_file() -> None:
    assert picture().render("svg") == picture().render("svg")
    assert picture().render("png") == picture().render("png")


def test_other_endings_and_columns_of_different_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.png, \.svg, \.csv or \.html"):
        picture().save(tmp_path / "line.jpg")
    with pytest.raises(ValueError, match="one length"):
        picture(data={"x": np.zeros(2), "y": np.zeros(3)}).save(tmp_path / "line.csv")


def test_notebooks_show_it() -> None:
    assert picture()._repr_png_().startswith(b"\x89PNG")


def test_without_a_chinese_font_labels_are_english_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    fonts._say_once.cache_clear()
    figures = [picture().figure("zh") for _ in range(2)]
    assert figures[0].axes[0].get_xlabel() == "step"
    assert figures[0].get_suptitle() == "A line"
    said = capsys.readouterr().err
    assert said.count("no font with Chinese characters") == 1
    assert "没有找到中文字体" in said


@pytest.mark.skipif(fonts.chinese_font() is None, reason="no Chinese font on this machine")
def test_with_a_chinese_font_labels_are_chinese() -> None:
    assert picture().figure("zh").axes[0].get_xlabel() == "步数"  # a missing glyph would warn


def test_a_font_must_really_have_the_characters() -> None:
    from matplotlib import font_manager

    latin = font_manager.findfont("DejaVu Sans")
    assert not fonts._draws(latin)
    assert not fonts._draws("/nowhere/font.ttf")


def test_settings_are_put_back() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with fonts.use_language("zh"), fonts.use_language("en") as spoken:
        assert spoken == "en"
    picture().render("png")
    assert dict(mpl.rcParams) == before


def test_categories_stay_apart_in_grey_or_by_marker() -> None:
    assert len(set(palette.CATEGORIES)) == len(set(palette.MARKERS)) == 8
    assert palette.category(9) == palette.category(1)
    assert palette.rgb("#0072B2") == (0, 114, 178)
