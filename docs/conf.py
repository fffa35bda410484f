"""Sphinx configuration of both languages; ``docs/build.py`` builds them."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import tidu

project = "tidu"
author = "The tidu authors"
copyright = "2026, The tidu authors"
release = version = tidu.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
templates_path = ["templates"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "furo"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["tidu.css"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}

TITLES = {"en": "tidu", "zh_CN": "tidu 梯度"}


def write_pages(app: Any) -> None:
    """Write the pages made from the code: command line, catalogue, claims."""
    from pages import catalogue_pages, claims_pages, command_line

    language = "zh" if app.config.language.startswith("zh") else "en"
    folder = Path(app.srcdir) / "generated"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        command_line.write(folder, language)
        catalogue_pages.write(folder, language)
        claims_pages.write(folder, language)


def set_title(app: Any, config: Any) -> None:
    """The title in the page's language."""
    config.html_title = TITLES[config.language]


def setup(app: Any) -> None:
    """Connect the steps above to the build."""
    app.connect("config-inited", set_title)
    app.connect("builder-inited", write_pages)
