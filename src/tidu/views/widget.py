"""A live picture as an anywidget: the same in marimo, JupyterLab, Colab and VS Code.

The browser asks, Python answers: ``handle(message)`` gives a JSON reply and buffers. Nothing
computes without being asked, so a closed tab stops the work by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from tidu.views import browser
from tidu.words import language

Handler = Callable[[dict[str, Any]], tuple[dict[str, Any], list[bytes]]]


class LiveWidget(anywidget.AnyWidget):
    """What a notebook cell shows; made by :func:`tidu.views.inspect` and ``tidu.lab.notebook``."""

    language = traitlets.Unicode("en").tag(sync=True)
    kind = traitlets.Unicode("").tag(sync=True)

    def __init__(self, kind: str, handle: Handler, script: str, spoken: str | None = None) -> None:
        self._esm = script
        self._css = browser.style()
        self._handle = handle
        super().__init__(kind=kind, language=spoken or language())
        self.on_msg(self._asked)

    def _asked(self, widget: Any, message: Any, buffers: Any) -> None:
        if isinstance(message, dict):
            reply, parts = self._handle(message)
            self.send(reply, buffers=parts)
