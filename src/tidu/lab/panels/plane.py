"""The plane as a classifier sees it: its map, its units, its weights, and the grid it bends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from tidu import autograd, data, nn
from tidu.lab import own_points
from tidu.lab.hands import Place
from tidu.lab.lane import Lane
from tidu.views.moving_grid import flatten_stages, stage_names
from tidu.views.pack import Pack
from tidu.views.reference import reference

SIDE = 64  # places of the map across
COARSE = 2  # the small maps of the units take every second
MARGIN = 1.12


@dataclass(frozen=True)
class Network:
    """One network of a lane as PyTorch computes it, and where its weights stand."""

    name: str
    net: nn.MLP
    place: Callable[[int, int, int], Place]  # of (layer, to, from); from -1 is the bias
    line: tuple[Any, str]  # the line of code that computes a layer

    @property
    def linears(self) -> list[torch.nn.Linear]:
        """The linear maps in turn."""
        return [layer for layer in self.net.layers if isinstance(layer, torch.nn.Linear)]


class Plane:
    """What the page looks at, besides what every page sees."""

    def __init__(self) -> None:
        self.variant, self.name = 0, ""
        self.unit: tuple[int, int] | None = None  # a hidden layer, and a unit of it
        self._points: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """The maps of every network, and the inside of the one that is looked into."""
        if any(networks_of(lane) == {} for lane in lanes):
            return {"lanes": []}
        chosen = lanes[min(self.variant, len(lanes) - 1)]
        return {
            "lanes": [self._maps(lane, pack) for lane in lanes],
            "inside": self._inside(chosen, lanes.index(chosen), pack),
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> dict[str, Any] | None:
        """Look into another network or unit; set, hold or release a weight; read drawn points."""
        shown = shown_of(lanes)
        do = message.get("do")
        if do == "look":
            self.variant = int(message.get("variant", self.variant))
            self.name = str(message.get("net", self.name))
            unit = message.get("unit")
            self.unit = (int(unit[0]), int(unit[1])) if unit else None
        elif do == "weight":
            lane, network = self._chosen(shown)
            at = network.place(*(int(message[k]) for k in ("layer", "to", "from")))
            lane.set_weight(at, float(message["value"]), bool(message.get("held")))
        elif do == "release":
            lane, _ = self._chosen(shown)
            assert lane.loop is not None
            for place, value in lane.hands.held(lane.loop.name, lane.step).items():
                lane.set_weight(place, value, held=False)
        elif do == "own":
            return {"own": written(message["points"])}
        else:
            raise ValueError(f"the plane knows no {do!r}")
        return None

    def _chosen(self, lanes: list[Lane]) -> tuple[Lane, Network]:
        lane = lanes[min(self.variant, len(lanes) - 1)]
        networks = networks_of(lane)
        return lane, networks.get(self.name) or next(iter(networks.values()))

    def _seen(self, lane: Lane) -> dict[str, Any]:
        """The points the lane learns from, and the square they lie in."""
        if lane.run not in self._points:
            found = lane.run.recorded("points")
            names = lane.run.read_json("classes")
            own = lane.run.data is not None
            reach = max(1.0, float(found["inputs"].abs().max())) * MARGIN
            self._points[lane.run] = {
                "points": found["inputs"],
                "labels": found["labels"],
                "classes": names,
                "colours": [
                    int(n) - 1 if own and n.isdecimal() else i for i, n in enumerate(names)
                ],
                "reach": reach,
                "own": own,
                "plane": plane_of(reach),
            }
        return self._points[lane.run]

    def _maps(self, lane: Lane, pack: Pack) -> dict[str, Any]:
        seen = self._seen(lane)
        points, labels = seen["points"], seen["labels"]
        maps: list[dict[str, Any]] = []
        for network in networks_of(lane).values():
            said = probabilities(network.net, seen["plane"])
            right = said_of(network.net, points) == labels
            maps.append(
                {
                    "name": network.name,
                    "map": pack.add((said * 255).round().byte()),
                    "right": float(right.double().mean()),
                    "code": reference(
                        nn.MLP,
                        "return self.layers(input)",
                        tensor=f"softmax({network.name}(x, y))",
                        shape=said.shape,
                        formula="p(class | x, y) = softmax(logits(x, y))",
                    ),
                }
            )
        told = {name: seen[name] for name in ("classes", "colours", "reach", "own")}
        told["source"] = "own" if seen["own"] else str(getattr(lane.config, "points", ""))
        return told | {
            "points": pack.add(points),
            "labels": pack.add(labels.int()),
            "maps": maps,
        }

    def _inside(self, lane: Lane, variant: int, pack: Pack) -> dict[str, Any]:
        networks = networks_of(lane)
        network = networks.get(self.name) or next(iter(networks.values()))
        seen = self._seen(lane)
        with torch.no_grad():
            stages = network.net.stages(as_input(network.net, seen["plane"]))
        hidden = [stage.view(SIDE, SIDE, -1) for stage in stages[2:-1:2]]
        return {
            "variant": variant,
            "name": network.name,
            "sizes": list(network.net.sizes),
            "activation": str(getattr(lane.config, "activation", "")),
            "layers": [self._layer(network, i, pack) for i in range(len(network.linears))],
            "hidden": [units(maps, pack) for maps in hidden],
            "unit": self._enlarged(network, hidden, pack),
            "grid": moving_grid(network, seen, pack),
            "held": self._held(lane, network),
            "edits": lane.phase == "waiting",
        }

    def _layer(self, network: Network, index: int, pack: Pack) -> dict[str, Any]:
        linear = network.linears[index]
        owner, fragment = network.line
        tensor = network.place(index, 0, 0)
        return {
            "weight": pack.add(linear.weight),
            "bias": pack.add(linear.bias),
            "code": reference(
                owner,
                fragment,
                tensor=f"{tensor.kept}.{tensor.parameter}",
                shape=linear.weight.shape,
                formula="output[j] = sum over i of weight[j, i] * input[i] + bias[j]",
            ),
        }

    def _enlarged(self, network: Network, hidden: list[Tensor], pack: Pack) -> Any:
        if self.unit is None or self.unit[0] >= len(hidden):
            return None
        layer, unit = self.unit
        if unit >= hidden[layer].shape[-1]:
            return None
        values = hidden[layer][:, :, unit]
        owner, fragment = network.line
        bend = "tanh" if isinstance(network.net.layers[1], torch.nn.Tanh) else "relu"
        code = reference(
            owner,
            fragment,
            tensor=f"hidden[{layer + 1}][{unit}](x, y)",
            shape=values.shape,
            formula=f"hidden[{unit}] = {bend}(weight[{unit}] · input + bias[{unit}])",
        )
        reach = float(values.abs().max()) or 1.0
        low, high = float(values.min()), float(values.max())
        return {
            "layer": layer,
            "unit": unit,
            "values": pack.add(values),
            "reach": reach,
            "low": low,
            "high": high,
            "code": code,
        }

    def _held(self, lane: Lane, network: Network) -> list[dict[str, Any]]:
        assert lane.loop is not None
        held = lane.hands.held(lane.loop.name, lane.step)
        found: list[dict[str, Any]] = []
        for layer, linear in enumerate(network.linears):
            for to in range(linear.out_features):
                for source in range(-1, linear.in_features):
                    if not held:
                        return found
                    place = network.place(layer, to, source)
                    if place in held:
                        value = held[place]
                        found.append({"layer": layer, "to": to, "from": source, "value": value})
        return found


def panel() -> Plane:
    """A new panel."""
    return Plane()


def shown_of(lanes: list[Lane]) -> list[Lane]:
    """The first lane of every variant: the lanes of one variant share its configuration."""
    return list({id(lane.config): lane for lane in reversed(lanes)}.values())[::-1]


def networks_of(lane: Lane) -> dict[str, Network]:
    """The networks of the first seed that read points of the plane."""
    kept, module = lane.kept, lane.experiment.module
    if "models" in kept:
        line = (nn.StackedLinear.forward, "torch.baddbmm")
        return {
            name: Network(name, cast("nn.MLP", nn.unstack(net, 0)), _in_stack(name), line)
            for name, net in kept["models"].items()
        }
    if hasattr(module, "in_torch") and getattr(lane.config, "learn", "spiral") == "spiral":
        line = (autograd.MLP.__call__, "hidden = hidden @ weight + bias")
        net = module.in_torch(lane.config, kept["network"])
        return {"network": Network("network", net, _in_numpy, line)}
    return {}


def _in_stack(name: str) -> Callable[[int, int, int], Place]:
    def place(layer: int, to: int, source: int) -> Place:
        """Linear maps and nonlinearities take turns; the copies of the seeds stand in front."""
        at = f"{name}.layers.{2 * layer}"
        if source < 0:
            return Place("models", f"{at}.bias", (0, to))
        return Place("models", f"{at}.weight", (0, to, source))

    return place


def _in_numpy(layer: int, to: int, source: int) -> Place:
    if source < 0:
        return Place("network", f"b{layer + 1}", (to,))
    return Place("network", f"W{layer + 1}", (source, to))


def plane_of(reach: float) -> Tensor:
    """SIDE x SIDE places of the square, row by row from the top."""
    line = torch.linspace(-reach, reach, SIDE)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x, y], dim=-1).view(-1, 2)


def as_input(net: nn.MLP, points: Tensor) -> Tensor:
    """Points in the network's own precision."""
    return points.to(next(net.parameters()).dtype)


@torch.no_grad()
def probabilities(net: nn.MLP, plane: Tensor) -> Tensor:
    """What the network says at every place: (SIDE, SIDE, classes)."""
    return net(as_input(net, plane)).softmax(-1).view(SIDE, SIDE, -1)


@torch.no_grad()
def said_of(net: nn.MLP, points: Tensor) -> Tensor:
    """The class the network gives each point."""
    return net(as_input(net, points)).argmax(-1)


def units(maps: Tensor, pack: Pack) -> dict[str, Any]:
    """Small maps of all units of a layer, from -127 at minus the layer's reach to 127, plus 128."""
    coarse = maps[COARSE // 2 :: COARSE, COARSE // 2 :: COARSE].permute(2, 0, 1)
    reach = float(coarse.abs().max()) or 1.0
    return {"maps": pack.add((coarse / reach * 127 + 128).round().byte()), "reach": reach}


@torch.no_grad()
def moving_grid(network: Network, seen: dict[str, Any], pack: Pack) -> dict[str, Any]:
    """What every layer makes of a grid and of the points, in two dimensions each."""
    net = network.net
    lines = net.stages(as_input(net, data.grid_lines(seen["reach"] / MARGIN)))
    points = net.stages(as_input(net, seen["points"]))
    flat = flatten_stages([s.numpy() for s in lines], [s.numpy() for s in points])
    bend = "tanh" if any(isinstance(layer, torch.nn.Tanh) for layer in net.layers) else "relu"
    names = stage_names(len(flat), bend)
    return {
        "stages": [
            {
                "name": {"zh": name.zh, "en": name.en},
                "lines": pack.add(threads),
                "points": pack.add(dots),
                "share": share,
            }
            for name, (threads, dots, share) in zip(names, flat, strict=True)
        ],
        "code": reference(
            nn.MLP.stages,
            "stages.append(layer(stages[-1]))",
            tensor="stages",
            shape=[len(flat)],
            formula="stages[i + 1] = layer[i](stages[i])",
        ),
    }


def written(points: Any) -> str:
    """Drawn points as an address holds them; those of a wide plane are brought into ±1."""
    told = [(float(x), float(y), int(kind)) for x, y, kind in points]
    if any(not 0 <= kind < own_points.CLASSES for _, _, kind in told):
        raise ValueError(f"a point has one of {own_points.CLASSES} classes, from 0 on")
    widest = max([1.0, *(abs(v) for x, y, _ in told for v in (x, y))])
    return own_points.encode([(x / widest, y / widest, kind) for x, y, kind in told])
