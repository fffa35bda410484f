"""Making the widget of a live picture, with a clear word where anywidget is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidu.errors import TiduError

if TYPE_CHECKING:
    from tidu.views.widget import Handler, LiveWidget


def live_widget(kind: str, handle: Handler, script: str, spoken: str | None = None) -> LiveWidget:
    """A widget of ``kind`` that answers with ``handle``."""
    try:
        from tidu.views.widget import LiveWidget
    except ImportError as problem:
        raise TiduError(
            f"Live pictures in a notebook need anywidget, which cannot be loaded: {problem}.",
            "Install it: pip install 'tidu[notebook]'",
        ) from problem
    return LiveWidget(kind, handle, script, spoken)
