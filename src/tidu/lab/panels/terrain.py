"""The terrain: a surface as a map and in space, and the ways of several optimisers down it.

The surface is one of those that ``optimizers`` races on, a formula of the visitor's own, or, where
a run descends with two parameters, the run's own loss; then the run's way is drawn as well. What
the hands do here changes nothing in the training.
"""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from torch import Tensor

from tidu import optim
from tidu.errors import TiduError, unknown
from tidu.experiments.foundations import cost_surface
from tidu.experiments.optimisation import optimizers
from tidu.lab import landscape, mistake
from tidu.lab.landscape import Landscape, View
from tidu.lab.lane import Lane
from tidu.views import palette
from tidu.views.pack import Pack
from tidu.views.reference import formula_of, reference

FIRST = ("sgd", "momentum", "rmsprop", "adam")  # who walks at first
STEPS = 150
MOST_STEPS = 1000
RUN = "run"  # the run's own loss among the surfaces
OWN = "own"  # the visitor's formula


class Terrain:
    """The surface, who walks on it, and from where."""

    def __init__(self) -> None:
        self.version = 0  # grows with every change that is to be drawn
        self._ground = 0  # grows when the surface itself is another, or another part of it
        self.problem: TiduError | None = None
        self._typed = ""  # the formula as the visitor typed it last
        self._lane: Lane | None = None
        self._run_land: Landscape | None = None
        self._land: Landscape | None = None
        self._name = ""
        self._start = (0.0, 0.0)
        self._view: View = (0.0, 1.0, 0.0, 1.0)
        self._logarithmic: bool | None = None  # None: as the surface asks for
        self._steps = STEPS
        self._rates: dict[str, float] = {}
        self._probe: dict[str, Any] | None = None
        table = mpl.colormaps[palette.SEQUENTIAL](np.linspace(0, 1, 256))[:, :3]
        self._colours = (255 * table).round().astype(np.uint8)

    # ── what is seen ─────────────────────────────────────────────────────────────────────────────

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """Surface, ways and what is said of them."""
        self._follow(lanes[0])
        land = self._land
        assert land is not None
        return {
            "version": self.version,
            "ground": self._ground,
            "surface": self._name,
            "surfaces": [*([RUN] if self._run_land else []), *optimizers.SURFACES, OWN],
            "text": land.text,
            "axes": land.axes,
            "start": {"place": self._start, **self._told(self._start)},
            "view": self._view,
            "logarithmic": self._shows_logarithm,
            "shade": pack.add(self._relief.shade),
            "levels": self._relief.levels,
            "lowest": float(self._relief.heights.nan_to_num(math.inf).min()),
            "highest": self._relief.levels[-1][1],
            "colours": pack.add(self._colours),
            "steps": self._steps,
            "walkers": [self._walker(name, pack) for name in optimizers.OPTIMIZERS],
            "runs": self._runs(lanes, pack),
            "problem": mistake.told(self.problem, self._typed),
        }

    def _walker(self, name: optimizers.Name, pack: Pack) -> dict[str, Any]:
        kind = getattr(optim, optimizers.OPTIMIZERS[name])
        told: dict[str, Any] = {
            "name": name,
            "title": kind.__name__,
            "colour": palette.category(list(optimizers.OPTIMIZERS).index(name)),
            "walks": name in self._rates,
            "rate": self._rates.get(name),
            "code": reference(
                kind.direction,
                "def direction",
                tensor="direction",
                shape=(2,),
                formula=formula_of(kind),
            ),
        }
        if name in self._rates:
            way = self._ways[list(self._rates).index(name)]
            end = way[-1, :2]
            left, right, bottom, top = self._view
            told["way"] = pack.add(way.float())  # beyond all numbers becomes inf
            told["diverged"] = landscape.diverged_at(way)
            told["outside"] = not bool(
                (left <= end[0]) & (end[0] <= right) & (bottom <= end[1]) & (end[1] <= top)
            )
        return told

    def _runs(self, lanes: list[Lane], pack: Pack) -> list[dict[str, Any]]:
        """The ways of the runs themselves, where the surface is their loss."""
        if self._name != RUN:
            return []
        assert self._land is not None
        found: list[dict[str, Any]] = []
        for variant, lane in enumerate(lanes):
            if _column(lane) != _column(lanes[0]) or "path" not in lane.kept:
                continue  # the loss of another column is another surface
            path = lane.kept["path"][: lane.step + 1].detach()
            heights = self._land.height(*path.unbind(-1))
            way = torch.cat([path, heights[:, None]], 1)
            found.append(
                {"variant": variant, "way": pack.add(way.float()), "height": float(heights[-1])}
            )
        return found

    # ── what a hand does ─────────────────────────────────────────────────────────────────────────

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> dict[str, Any] | None:
        """Do what the message's keys say; a mistake is told beside the surface."""
        self._follow(lanes[0])
        if "probe" in message:
            place = _pair(message["probe"])
            return {"place": place, **self._told(place)}
        self.problem = None
        try:
            for key in ("surface", "text", "start", "steps", "walk", "rate", "best", "zoom", "log"):
                if key in message:
                    getattr(self, f"_do_{key}")(message[key])
        except TiduError as problem:
            self.problem = problem
        self.version += 1
        return None

    def _do_surface(self, name: str) -> None:
        known = [RUN, *optimizers.SURFACES]
        if name not in known or (name == RUN and self._run_land is None):
            raise unknown("surface", str(name), known)
        land = self._run_land if name == RUN else landscape.of_name(name)
        assert land is not None
        self._take(name, land)

    def _do_text(self, text: str) -> None:
        self._typed = str(text)
        self._take(OWN, landscape.of_text(self._typed))

    def _do_start(self, place: Any) -> None:
        assert self._land is not None
        start = _pair(place)
        landscape.slope_at(self._land, start)
        self._start = start
        self._walk()

    def _do_steps(self, steps: Any) -> None:
        if not 1 <= int(steps) <= MOST_STEPS:
            raise TiduError(f"Steps must lie between 1 and {MOST_STEPS}; got {steps}.", "")
        self._steps = int(steps)
        self._walk()

    def _do_walk(self, told: dict[str, bool]) -> None:
        chosen = {name: name in self._rates for name in optimizers.OPTIMIZERS} | told
        self._choose([name for name in optimizers.OPTIMIZERS if chosen[name]])

    def _do_rate(self, told: dict[str, float]) -> None:
        for name, rate in told.items():
            if not (isinstance(rate, (int, float)) and 0 < rate < 1e6):
                raise TiduError(f"The rate of {name} must be above 0; got {rate}.", "Try 0.01.")
            if name in self._rates:
                self._rates[name] = float(rate)
        self._walk()

    def _do_best(self, name: str) -> None:
        assert self._land is not None
        if name in self._rates:
            self._rates[name] = _best(self._land, self._start, name, self._steps)
        self._walk()

    def _do_zoom(self, factor: Any) -> None:
        """A larger or smaller part around the same middle; ``ways``: all that was walked."""
        if factor == "ways":
            near = [way[:, :2] for way in self._ways if landscape.diverged_at(way) is None]
            start = torch.tensor([self._start]).double()
            view = optimizers.around(torch.cat([start, *near])[None])
        else:
            by = min(max(float(factor), 0.1), 10.0)
            left, right, bottom, top = self._view
            x, y, wide, high = (left + right) / 2, (bottom + top) / 2, right - left, top - bottom
            wide, high = wide * by / 2, high * by / 2
            view = (x - wide, x + wide, y - high, y + high)
        self._draw(view, self._logarithmic)

    def _do_log(self, logarithmic: Any) -> None:
        self._draw(self._view, bool(logarithmic))

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _follow(self, lane: Lane) -> None:
        """Begin with what the run is about; a run's own surface follows its configuration."""
        if lane is self._lane:
            return
        first, self._lane = self._lane is None, lane
        self._run_land = _land_of(lane)
        if self._run_land and (first or self._name == RUN):
            self._take(RUN, self._run_land)
        elif first or self._name == RUN:
            self._do_surface("beale")
        if first and lane.experiment.name == "optimizers":
            self._begin_as(lane.config)
        self.version += 1

    def _begin_as(self, config: Any) -> None:
        """Where the run races; what it would refuse is told here too."""
        try:
            if config.expression is not None:
                self._take(OWN, landscape.of_text(config.expression, config.start or (1.0, 1.0)))
            else:
                self._do_surface(config.surface)
                if config.start:
                    self._do_start(config.start)
        except TiduError as problem:
            self.problem = problem

    def _take(self, name: str, land: Landscape) -> None:
        """Another surface: from its own start, everybody at the rate that is best there."""
        chosen = list(self._rates) or list(FIRST)
        rates = {one: _best(land, land.start, one, self._steps) for one in chosen}
        shown = landscape.relief(land, land.view)
        self._name, self._land, self._start, self._view = name, land, land.start, land.view
        self._logarithmic, self._rates = None, rates
        self._relief, self._shows_logarithm = shown
        self._ground += 1
        self._walk()

    def _choose(self, names: list[str]) -> None:
        assert self._land is not None
        self._rates = {
            name: self._rates.get(name) or _best(self._land, self._start, name, self._steps)
            for name in names
        }
        self._walk()

    def _draw(self, view: View, logarithmic: bool | None) -> None:
        assert self._land is not None
        self._relief, self._shows_logarithm = landscape.relief(self._land, view, logarithmic)
        self._view, self._logarithmic = view, logarithmic
        self._ground += 1

    def _walk(self) -> None:
        assert self._land is not None
        self._ways = (
            landscape.walk(self._land, self._start, self._rates, self._steps)
            if self._rates
            else torch.zeros(0, self._steps + 1, 3)
        )

    def _told(self, place: tuple[float, float]) -> dict[str, Any]:
        """Height and gradient at a place, where there are any."""
        assert self._land is not None
        try:
            height, slope = landscape.slope_at(self._land, place)
        except TiduError:
            return {"height": None, "gradient": None}
        return {"height": height, "gradient": slope}


def panel() -> Terrain:
    """A new panel."""
    return Terrain()


def _best(land: Landscape, start: tuple[float, float], name: str, steps: int) -> float:
    """The best rate, in three digits, as it stands in the field."""
    return float(f"{landscape.best_rate(land, start, name, steps):.3g}")


def _pair(told: Any) -> tuple[float, float]:
    x, y = (float(v) for v in told)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise TiduError("A place is two finite numbers.", "")
    return x, y


def _column(lane: Lane) -> tuple[str, ...]:
    config = lane.config
    return config.net, config.feature, config.scaling


def _land_of(lane: Lane) -> Landscape | None:
    """The loss of a run that has two parameters, weight and bias."""
    if lane.experiment.name != "cost-surface" or lane.config.net != "linear":
        return None
    feature, target, _ = cost_surface.load_column(lane.config, lane.run)
    inputs = torch.stack([feature, torch.ones_like(feature)], dim=1)
    lowest = optim.least_squares(inputs, target)
    start = cost_surface.start_of(inputs, lowest)
    w, b = lowest.tolist()
    wide, high = (1.25 * (start - lowest).abs()).tolist()

    def height(w: Tensor, b: Tensor) -> Tensor:
        return (w[..., None] * feature + b[..., None] - target).square().mean(-1)

    view = (w - wide, w + wide, b - high, b + high)
    place = (float(start[0]), float(start[1]))
    return Landscape(height, "mean (w·x + b − y)²", place, view, ("w", "b"))
