"""The report page: self-contained, in both languages, readable by everybody, safe."""

from __future__ import annotations

import gzip
import re
from base64 import b64decode
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from tidu.views import Measure, Picture, Report, Surface, surface_picture, write_report
from tidu.words import Text

NASTY = "<script>alert(\"x\")</script> & 'quoted'"


def line(title: str = "A line") -> Picture:
    def draw(figure: Figure, language: str) -> None:
        figure.add_subplot().plot([0, 1], [0, 1])

    text = Text("一条线", title)
    return Picture("line", text, text, draw, {"x": np.array([0, 1])})


def report(**changes: object) -> Report:
    parts = {
        "title": Text("螺旋", f"Spiral {NASTY}"),
        "about": Text("三条旋臂", NASTY),
        "facts": {Text("运行", "run"): NASTY},
        "measures": [
            Measure("accuracy", "0.997 ± 0.002", [0.998, 0.996], "0.997", ">= 0.99", True, NASTY),
            Measure("loss", "0.1", [0.1], "", "<= 0.05", False),
        ],
        "pictures": [line()],
        "history": [{"step": i, "loss": 1 / (i + 1)} for i in range(5)],
        "config": [("--lr", NASTY, NASTY)],
        "environment": {"python": NASTY},
        "next_commands": {"tidu show spiral-1": Text("再看", "see it again")},
    }
    return Report(**{**parts, **changes})  # type: ignore[arg-type]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img", "br", "input", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(path, report()).read_text(encoding="utf-8")


def test_both_languages_are_there_and_marked(html: str) -> None:
    page = Page(html)
    assert page.open == []
    assert [m["lang"] for m in page.all("main")] == ["zh-Hans", "en"]
    assert [b["data-language"] for b in page.all("button") if "data-language" in b] == ["zh", "en"]
    for words in ("结果", "接下来可以", "运行环境", "未达到", "Result", "Environment", "not met"):
        assert words in html


def test_user_text_is_escaped(html: str) -> None:
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#x27;quoted&#x27;" in html


def test_nothing_is_asked_of_the_network(html: str) -> None:
    page = Page(html)
    for _, attributes in page.tags:
        for name in ("src", "href", "action", "poster", "srcset"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "url(" not in html
    assert "@import" not in html
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy


def test_every_image_has_words_and_its_files_unpack(html: str) -> None:
    page = Page(html)
    assert all(image["alt"] for image in page.all("img"))
    files = dict(re.findall(r'id="file-([^"]+)">([^<]+)</script>', html))
    asked = {b["data-file"] for b in page.all("button") if "data-file" in b}
    assert asked == set(files)
    assert gzip.decompress(b64decode(files["line.csv"])) == b"x\r\n0\r\n1\r\n"
    assert b"<svg" in gzip.decompress(b64decode(files["line.zh.svg"]))


def test_controls_are_buttons_with_words(html: str) -> None:
    page = Page(html)
    assert all(b["type"] == "button" for b in page.all("button"))
    for region in (d for d in page.all("div") if d.get("role") == "region"):
        assert region["tabindex"] == "0"
        assert region["aria-label"]


def test_plotly_comes_along_only_where_it_is_needed(tmp_path: Path) -> None:
    axis = np.linspace(0, 1, 4)
    label = Text("高", "height")
    land = Surface(axis, axis, np.outer(axis, axis), label, label, label)
    picture = surface_picture(land, "surface", label)
    text = write_report(tmp_path / "r.html", report(pictures=[picture])).read_text("utf-8")
    packed = re.findall(r'id="file-plotly">([^<]+)</script>', text)
    assert b"Plotly" in gzip.decompress(b64decode(packed[0]))
    assert "'unsafe-eval'" in text
    assert text.count('data-needs="plotly"') == 2


def test_a_report_with_almost_nothing(tmp_path: Path) -> None:
    empty = {"measures": [], "pictures": [], "history": [], "config": [], "environment": {}}
    text = write_report(tmp_path / "r.html", report(**empty, next_commands={})).read_text("utf-8")
    assert Page(text).open == []


def test_text_contrasts_with_paper_by_wcag_aa() -> None:
    css = resources.files("tidu.views").joinpath("report.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in css.split("@media", 1)[0:2]
    )
    dark = dict(re.findall(r"--(\w+): (#\w{6})", css.split("@media", 1)[1].split("* {")[0]))
    for colours in (light, dark):
        for paper in ("paper", "shade"):
            for ink in ("ink", "soft", "link", "good", "bad"):
                assert contrast(colours[ink], colours[paper]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, section 1.4.3."""
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
