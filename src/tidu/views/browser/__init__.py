"""The browser's side of live pictures: JavaScript and styles without a build step.

Every file is an ES module that can be read and served by itself. A notebook's widget needs one
text, so :func:`script` puts them behind each other; the pages of the lab use the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import resources

CORE = (
    "language",
    "dom",
    "wire",
    "numbers",
    "chart",
    "heat",
    "maps",
    "code",
    "form",
    "hand",
    "relief",
    "ways",
    "bench",
)
NOTEBOOK = (*CORE, "inspect", "notebook")
_IMPORT = re.compile(r"^import\s[^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|class|function|async)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)


def script(panels: Mapping[str, str], core: Iterable[str] = CORE, ends_with: str = "") -> str:
    """All of ``core``, then each panel's source under its name, then what starts it.

    >>> "panels.layers = " in script({"layers": "export default {};"})
    True
    """
    parts = [_EXPORT.sub("", _IMPORT.sub("", source(f"{name}.js"))) for name in core]
    parts += [f"panels.{name} = {enclosed(text)};\n" for name, text in panels.items()]
    return "\n".join([*parts, ends_with])


def notebook_script(panels: Mapping[str, str]) -> str:
    """The one module that a notebook's widget loads."""
    return script(panels, NOTEBOOK, "export default { render };\n")


def enclosed(text: str) -> str:
    """A module as an expression: what it exports by default, its other names its own."""
    inside, found = _DEFAULT.subn("const exported = ", _EXPORT.sub("", _IMPORT.sub("", text)))
    last = "return exported;\n" if found else ""
    return f"(() => {{\n{inside}\n{last}}})()"


def source(name: str) -> str:
    """One file of this folder."""
    return resources.files(__name__).joinpath(name).read_text("utf-8")


def style() -> str:
    """The styles of everything live."""
    return source("live.css")
