"""The live bench in a notebook: marimo, JupyterLab, Colab, VS Code.

::

    from tidu.lab.notebook import bench
    bench("spiral", preset="quick", compare="lr:0.1")
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidu.views.widget import LiveWidget


def bench(system: str, **setting: Any) -> LiveWidget:
    """The bench of a system, or of an experiment's own file, as a widget.

    ``setting`` is what the address of a page would hold: ``preset``, ``seed``, ``seeds``,
    ``compare="lr:0.1"`` and any field of the configuration.
    """
    from tidu.lab.bench import Bench
    from tidu.lab.panels import scripts
    from tidu.views import live_widget
    from tidu.views.browser import notebook_script

    told = {name: _as_text(value) for name, value in setting.items()}
    made = Bench(system, told)
    widget = live_widget("bench", made.handle, notebook_script(scripts()))
    weakref.finalize(widget, made.close)
    return widget


def _as_text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
