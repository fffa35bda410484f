"""A digit, drawn by hand or taken from the test images, on its way through every layer.

The present network reads it at every frame; of one cell, chosen by pointer or keyboard, the whole
arithmetic is told. Nothing of the training is touched.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tidu import data, vision
from tidu.lab.lane import Lane
from tidu.lab.stages import Stage, arithmetic, readable, stages_of
from tidu.views.pack import Pack

SIZE = 28  # height and width of the image


class Convolution:
    """The image, the maps of every layer, and the arithmetic of the cell that is looked at."""

    def __init__(self) -> None:
        self._image: Tensor | None = None  # (28, 28), from 0 to 1; None: the picked test image
        self._picked: int | None = 0  # a test image; None: drawn by hand
        self._cell: tuple[str, tuple[int, int, int]] | None = None  # of a stage, by name
        self._variant = 0
        self._tests: tuple[object, data.Images] | None = None
        self._seen: dict[Lane, tuple[object, list[Stage]]] = {}  # what was shown last

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """The stages of the lane looked at, and what every lane's network says of the image."""
        variant = min(self._variant, len(lanes) - 1)
        images = self._images(lanes[0])
        self._seen = {lane: seen for lane, seen in self._seen.items() if lane in lanes}
        each = [self._stages(lane) for lane in lanes]
        stages = each[variant]
        if stages is None:
            return {"ready": False}
        return {
            "ready": True,
            "variant": variant,
            "variants": len(lanes),
            "picked": self._picked,
            "label": None if self._picked is None else int(images.test_labels[self._picked]),
            "tests": len(images.test_labels),
            "classes": list(images.classes),
            "stages": [_told(stage, pack) for stage in stages],
            "readings": [None if one is None else _reading(one, pack) for one in each],
            "cell": self._arithmetic(stages, pack),
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """Draw, pick, centre or look at a cell."""
        match message.get("do"):
            case "draw":
                self._draw(torch.tensor(message["pixels"], dtype=torch.float32))
            case "pick":
                count = len(self._images(lanes[0]).test_labels)
                self._picked, self._image = int(message["index"]) % count, None
            case "clear":
                self._picked, self._image = None, torch.zeros(SIZE, SIZE)
            case "centre":
                image = self._present(lanes[0])
                if image.any():
                    # the rim of zeros tells where the page is, and that it is black
                    page = torch.nn.functional.pad(image, (2, 2, 2, 2))
                    self._picked, self._image = None, vision.fit_to_square(page, SIZE)
            case "cell":
                cell = [int(i) for i in message.get("cell") or ()]
                name = str(message.get("stage"))
                self._cell = (name, (cell[0], cell[1], cell[2])) if len(cell) == 3 else None
            case "variant":
                self._variant = max(0, int(message["variant"]))
            case other:
                raise ValueError(f"nothing can be done here by {other!r}")

    def _draw(self, pixels: Tensor) -> None:
        if pixels.shape != (SIZE * SIZE,) or not bool(((pixels >= 0) & (pixels <= 255)).all()):
            raise ValueError(f"a drawing has {SIZE * SIZE} pixels from 0 to 255")
        self._picked, self._image = None, pixels.view(SIZE, SIZE) / 255

    def _images(self, lane: Lane) -> data.Images:
        """The images of the lane's own source; their test part alone is shown."""
        key = (lane.config.source, lane.run.data)
        if self._tests is None or self._tests[0] != key:
            self._tests = (key, data.images_or(lane.config.source, lane.run.data, SIZE))
        return self._tests[1]

    def _present(self, lane: Lane) -> Tensor:
        if self._image is not None:
            return self._image
        return vision.grey_images(self._images(lane).test_images[self._picked or 0])[0]

    def _stages(self, lane: Lane) -> list[Stage] | None:
        """What the lane's network makes of the image; while it is at work, what it made last."""
        before = self._seen.get(lane)
        image = self._present(lane)
        key = (lane.version, image)
        if lane.phase == "busy" or (before is not None and _same(before[0], key)):
            return before[1] if before else None
        network = next((one for one in lane.kept.values() if readable(one)), None)
        if not isinstance(network, nn.Module):
            return None
        self._seen[lane] = (key, stages_of(network, image))
        return self._seen[lane][1]

    def _arithmetic(self, stages: list[Stage], pack: Pack) -> dict[str, Any] | None:
        if self._cell is None:
            return None
        name, cell = self._cell
        place = next((i for i, stage in enumerate(stages) if stage.name == name), None)
        if place is None or any(
            not 0 <= i < n for i, n in zip(cell, stages[place].value.shape, strict=True)
        ):
            return None
        told = arithmetic(stages, place, cell)
        return {k: pack.add(v) if isinstance(v, Tensor) else v for k, v in told.items()}


def panel() -> Convolution:
    """A new panel."""
    return Convolution()


def _same(before: Any, now: Any) -> bool:
    return before[0] == now[0] and torch.equal(before[1], now[1])


def _told(stage: Stage, pack: Pack) -> dict[str, Any]:
    return {
        "name": stage.name,
        "kind": stage.kind,
        "value": pack.add(stage.value),
        "reach": float(stage.value.abs().max()),
        "code": stage.code,
    }


def _reading(stages: list[Stage], pack: Pack) -> dict[str, Any]:
    logits = stages[-1].value.flatten()
    return {
        "logits": pack.add(logits),
        "chance": pack.add(logits.softmax(0)),
        "said": int(logits.argmax()),
    }
