"""The report of a run: one HTML file that stands alone, in Chinese and in English.

Everything is inside the file (pictures, numbers, players, script), nothing is fetched from
anywhere, and a content security policy holds it to that. Larger parts (SVG, CSV, Plotly) are kept
compressed and unpacked by the browser when they are asked for.
"""

from __future__ import annotations

import gzip
import html
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from tidu.files import write_text
from tidu.views.curves import logged_curves
from tidu.views.picture import Picture
from tidu.words import Text

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Measure:
    """One metric: what was measured (one number per seed) beside what to expect."""

    name: str
    shown: str  # the mean, with its interval where there is one
    per_seed: Sequence[float] = ()
    expected: str = ""  # the committed result
    target: str = ""
    met: bool | None = None
    published: str = ""  # a figure from the literature, with its source


@dataclass(frozen=True)
class Table:
    """Rows of words; the first cell of a row is its name."""

    title: Text
    heads: Sequence[Text]  # none: two columns that need no heads
    rows: Sequence[Sequence[Text]]


@dataclass(frozen=True)
class Report:
    """What a report says."""

    title: Text
    about: Text
    facts: Mapping[Text, str]  # run, preset, seeds, duration, ...
    measures: Sequence[Measure]
    pictures: Sequence[Picture] = ()
    remarks: Mapping[Text, Sequence[Text]] = field(default_factory=dict[Text, Sequence[Text]])
    history: Sequence[Mapping[str, Any]] = ()  # the lines of metrics.jsonl
    config: Sequence[tuple[str, str, str]] = ()  # flag, value, help
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    next_commands: Mapping[str, Text] = field(default_factory=dict[str, Text])
    tables: Sequence[Table] = ()
    parts: Mapping[Text, Sequence[Report]] = field(default_factory=dict[Text, "Sequence[Report]"])


def write_report(path: str | Path, report: Report) -> Path:
    """Write ``report`` as HTML to ``path``, wholly or not at all."""
    write_text(Path(path), render(report))
    return Path(path)


def render(report: Report) -> str:
    """The page. All text is escaped; pictures are drawn here, in both languages."""
    store, log = _Store(), logged_curves(report.history)
    pages = "\n".join(_page(report, language, store, log) for language in LANGUAGES)
    needs_plotly = 'data-needs="plotly"' in pages
    if needs_plotly:
        from plotly.offline import get_plotlyjs

        store.keep("plotly", get_plotlyjs().encode())
    script = _resource("report.js")
    # Plotly's WebGL code builds functions from text; a page without it forbids that too.
    evaluate = " 'unsafe-eval'" if needs_plotly else ""
    policy = (
        "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
        f"script-src 'unsafe-inline' blob:{evaluate}; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{_e(report.title.en)} · tidu</title>
<style>{_resource("report.css")}</style>
</head>
<body data-title-zh="{_e(report.title.zh)}" data-title-en="{_e(report.title.en)}">
<nav class="languages" aria-label="语言 Language">
<button type="button" data-language="zh" lang="zh-Hans">中文</button>
<button type="button" data-language="en" lang="en">English</button>
</nav>
{pages}
{store.html()}
<script>{script}</script>
</body>
</html>
"""


class _Store:
    """Compressed files inside the page, each once, by name."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}

    def keep(self, name: str, content: bytes) -> str:
        self._files[name] = b64encode(gzip.compress(content, mtime=0)).decode()
        return name

    def html(self) -> str:
        return "\n".join(
            f'<script type="application/gzip" id="file-{_e(name)}">{content}</script>'
            for name, content in self._files.items()
        )


def _page(report: Report, language: str, store: _Store, log: Picture | None) -> str:
    lang = "zh-Hans" if language == "zh" else "en"
    return (
        f'<main lang="{lang}" data-page="{language}">'
        f"<header><h1>{_e(report.title[language])}</h1><p>{_e(report.about[language])}</p>"
        f"{_facts(report.facts, language)}</header>"
        f"{_sections(report, language, store)}"
        f"{_next(report.next_commands, language)}{_log(log, language, store)}"
        f"{_config(report.config, language)}{_environment(report.environment, language)}</main>"
    )


def _facts(facts: Mapping[Text, str], language: str) -> str:
    rows = "".join(
        f"<div><dt>{_e(name[language])}</dt><dd>{_e(value)}</dd></div>"
        for name, value in facts.items()
    )
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def _sections(report: Report, language: str, store: _Store, level: int = 2) -> str:
    return "".join(
        [
            _measures(report.measures, language),
            *(_remarks(title, said, language, level) for title, said in report.remarks.items()),
            *(_words(table, language, level) for table in report.tables if table.heads),
            *(_figure(picture, language, store, level) for picture in report.pictures),
            *(_words(table, language, level) for table in report.tables if not table.heads),
            *(_parts(title, inside, language, store) for title, inside in report.parts.items()),
        ]
    )


def _parts(title: Text, reports: Sequence[Report], language: str, store: _Store) -> str:
    """Reports under one heading, each folded up behind its title."""
    folded = "".join(
        f"<details><summary>{_e(report.title[language])}<br>"
        f"<small>{_e(report.about[language])}</small></summary>"
        f"{_facts(report.facts, language)}{_sections(report, language, store, level=3)}"
        f"{_environment(report.environment, language)}</details>"
        for report in reports
    )
    return _section(title, folded, language)


def _measures(measures: Sequence[Measure], language: str) -> str:
    if not measures:
        return ""
    heads = [Text("指标", "metric"), Text("测得", "measured")]
    optional = {
        "expected": Text("应有（已提交的结果）", "expected (committed result)"),
        "target": Text("目标", "target"),
        "published": Text("文献", "published"),
    }
    shown = [name for name in optional if any(getattr(m, name) for m in measures)]
    rows: list[str] = []
    for measure in measures:
        cells = [f'<th scope="row"><code>{_e(measure.name)}</code></th>']
        seeds = ""
        if len(measure.per_seed) > 1:
            numbers = " ".join(f"{value:.4g}" for value in measure.per_seed)
            label = Text("各种子", "by seed")[language]
            seeds = f'<br><small title="{label}">{numbers}</small>'
        cells.append(f'<td><span class="number">{_e(measure.shown)}</span>{seeds}</td>')
        for name in shown:
            value = _e(str(getattr(measure, name))) or "–"
            if name == "target" and measure.met is not None:
                value += " " + _verdict(measure.met, language)
            cells.append(f"<td>{value}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    titles = [*heads, *(optional[name] for name in shown)]
    return _section(
        Text("结果", "Result"), _table([t[language] for t in titles], rows, language), language
    )


def _verdict(met: bool, language: str) -> str:
    words = Text("达到", "met") if met else Text("未达到", "not met")
    mark = "✓" if met else "✗"
    return f'<span class="{"met" if met else "missed"}">{mark} {words[language]}</span>'


def _remarks(title: Text, said: Sequence[Text], language: str, level: int) -> str:
    items = "".join(f"<li>{_e(one[language])}</li>" for one in said)
    return _section(title, f"<ul>{items}</ul>", language, level) if said else ""


def _words(table: Table, language: str, level: int) -> str:
    rows = [
        f'<tr><th scope="row">{_e(name[language])}</th>'
        + "".join(f"<td>{_e(cell[language])}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in table.rows
    ]
    heads = [head[language] for head in table.heads]
    return _section(table.title, _table(heads, rows, language), language, level)


def _figure(picture: Picture, language: str, store: _Store, level: int = 2) -> str:
    image = b64encode(picture.render("png", language)).decode()
    title, alt = _e(picture.title[language]), _e(picture.alt[language])
    still = f'<img src="data:image/png;base64,{image}" alt="{alt}">'
    if picture.interactive is not None:
        words = Text("静态图片", "Still image")[language]
        still = (
            f"{picture.interactive(language)}<details><summary>{words}</summary>{still}</details>"
        )
    svg = store.keep(f"{picture.name}.{language}.svg", picture.render("svg", language))
    links = [_download(svg, "image/svg+xml", "SVG", language, picture.title[language])]
    if picture.data:
        csv = store.keep(f"{picture.name}.csv", picture.render("csv"))
        links.append(_download(csv, "text/csv", "CSV", language, picture.title[language]))
    return (
        f"<section><h{level}>{title}</h{level}><figure>{still}<figcaption>"
        f'<p aria-hidden="true">{alt}</p>'
        f'<p class="downloads">{" ".join(links)}</p></figcaption></figure></section>'
    )


def _download(name: str, kind: str, shown: str, language: str, title: str) -> str:
    label = Text(f"下载“{title}”的 {shown}", f"Download {shown} of “{title}”")[language]
    words = Text(f"下载 {shown}", f"Download {shown}")[language]
    return (
        f'<button type="button" data-file="{_e(name)}" data-kind="{kind}" '
        f'aria-label="{_e(label)}">{words}</button>'
    )


def _next(commands: Mapping[str, Text], language: str) -> str:
    if not commands:
        return ""
    rows = "".join(
        f"<div><dt><code>{_e(command)}</code></dt><dd>{_e(why[language])}</dd></div>"
        for command, why in commands.items()
    )
    return _section(
        Text("接下来可以", "What to do next"), f'<dl class="commands">{rows}</dl>', language
    )


def _log(curves: Picture | None, language: str, store: _Store) -> str:
    if curves is None:
        return ""
    return _folded(Text("训练记录", "Training log"), _figure(curves, language, store), language)


def _config(config: Sequence[tuple[str, str, str]], language: str) -> str:
    rows = [
        f'<tr><th scope="row"><code>{_e(flag)}</code></th><td><code>{_e(value)}</code></td>'
        f'<td lang="en">{_e(words)}</td></tr>'
        for flag, value, words in config
    ]
    heads = [Text("参数", "flag"), Text("取值", "value"), Text("含义", "meaning")]
    table = _table([h[language] for h in heads], rows, language)
    return _folded(Text("配置", "Configuration"), table, language) if rows else ""


def _environment(environment: Mapping[str, str], language: str) -> str:
    rows = [
        f'<tr><th scope="row">{_e(name)}</th><td>{_e(value)}</td></tr>'
        for name, value in environment.items()
    ]
    heads = [Text("名称", "name"), Text("取值", "value")]
    table = _table([h[language] for h in heads], rows, language)
    return _folded(Text("运行环境", "Environment"), table, language) if rows else ""


def _section(title: Text, content: str, language: str, level: int = 2) -> str:
    return f"<section><h{level}>{title[language]}</h{level}>{content}</section>"


def _folded(title: Text, content: str, language: str) -> str:
    return f'<details class="part"><summary>{title[language]}</summary>{content}</details>'


def _table(heads: Sequence[str], rows: Sequence[str], language: str) -> str:
    columns = "".join(f'<th scope="col">{_e(name)}</th>' for name in heads)
    head = f"<thead><tr>{columns}</tr></thead>" if columns else ""
    label = Text("表格，可横向滚动", "Table, scrolls sideways")[language]
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table>'
        f"{head}<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _resource(name: str) -> str:
    return resources.files("tidu.views").joinpath(name).read_text("utf-8")


def _e(text: str) -> str:
    return html.escape(text, quote=True)
