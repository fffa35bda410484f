"""Pictures: figures and small players drawn from what a run recorded.

>>> from tidu import views
>>> views.Picture, views.metric_curves  # doctest: +ELLIPSIS
(<class 'tidu.views.picture.Picture'>, <function metric_curves at ...>)

Names are looked up when first used, so that listing experiments never waits for NumPy.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidu.views import palette as palette
    from tidu.views.boundary import decision_boundary as decision_boundary
    from tidu.views.curves import metric_curves as metric_curves
    from tidu.views.fonts import use_language as use_language
    from tidu.views.graph_picture import computation_graph as computation_graph
    from tidu.views.heatmap import heat_map as heat_map
    from tidu.views.image_grid import image_grid_picture as image_grid_picture
    from tidu.views.inspection import inspect as inspect
    from tidu.views.live import live_widget as live_widget
    from tidu.views.moving_grid import moving_grid_picture as moving_grid_picture
    from tidu.views.picture import Picture as Picture
    from tidu.views.regression import coefficient_bars as coefficient_bars
    from tidu.views.regression import predicted_against_true as predicted_against_true
    from tidu.views.report import Measure as Measure
    from tidu.views.report import Report as Report
    from tidu.views.report import write_report as write_report
    from tidu.views.surface import Surface as Surface
    from tidu.views.surface import contour_pair as contour_pair
    from tidu.views.surface import contour_picture as contour_picture
    from tidu.views.surface import surface_picture as surface_picture

_HOME = {
    "Measure": "report",
    "Picture": "picture",
    "Report": "report",
    "Surface": "surface",
    "coefficient_bars": "regression",
    "computation_graph": "graph_picture",
    "contour_pair": "surface",
    "contour_picture": "surface",
    "decision_boundary": "boundary",
    "heat_map": "heatmap",
    "image_grid_picture": "image_grid",
    "inspect": "inspection",
    "live_widget": "live",
    "metric_curves": "curves",
    "moving_grid_picture": "moving_grid",
    "predicted_against_true": "regression",
    "surface_picture": "surface",
    "use_language": "fonts",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"tidu.views.{_HOME[name]}"), name)
    elif importlib.util.find_spec(f"tidu.views.{name}") is not None:
        value = importlib.import_module(f"tidu.views.{name}")
    else:
        raise AttributeError(f"module 'tidu.views' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
