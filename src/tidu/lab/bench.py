"""The live bench of one system: lanes, panels, and the answers to the browser's messages.

The browser asks for the next frame when it has drawn the last; nothing computes without being
asked, so a closed page stops the work by itself. Messages are plain dictionaries with a ``kind``:

    open      nothing; the first answer tells the form's fields too
    look      nothing; answered when there is something to see, or after a second
    next      ``steps`` to do, at most for ``seconds``
    knob      ``field`` and ``value``: change it while it trains
    goto      ``step`` (and ``loop``): stand where it was
    reset     begin again
    set       ``setting``: begin again with another setting
    panel     ``panel`` and what its hand did
    source    ``module``: the source a picture's element points at
    code      the present setting as a script of plain PyTorch
    save      keep what was trained as a run
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tidu.data.own_points import write_points
from tidu.errors import TiduError
from tidu.fields import check
from tidu.lab import own_points
from tidu.lab.lane import Lane
from tidu.lab.panels import panels_of
from tidu.lab.setting import OWN_FILE, Setting, describe
from tidu.laboratory.experiment import load_experiment
from tidu.runs.run import Options
from tidu.views.pack import Pack, plain
from tidu.views.reference import source_of

SECONDS = 0.06  # of work between two frames
Answer = tuple[dict[str, Any], list[bytes]]


class Bench:
    """One system at work, for one page or one notebook cell."""

    def __init__(self, system: str, told: Mapping[str, Any] | None = None) -> None:
        self.experiment = load_experiment(system)
        self.setting = Setting.of(told or {}, self.experiment)
        self.panels = panels_of(system)
        self.lanes: list[Lane] = []
        self._labels: list[int] = []  # the variant of every lane
        self._folder = Path(tempfile.mkdtemp(prefix="tidu-lab-"))
        self._count = 0
        self._alone = threading.Lock()
        try:
            self._begin()
        except TiduError:
            self.close()
            raise

    def handle(self, message: Mapping[str, Any]) -> Answer:
        """The answer to one message; a mistake is told in words."""
        with self._alone:
            pack = Pack()
            try:
                reply = self._answer(dict(message), pack)
            except TiduError as problem:
                reply = {"kind": "error", "message": problem.message, "hint": problem.hint}
            except Exception as problem:  # a wrong message, or a network that refuses a value
                said = str(problem).split("\n")[0] or type(problem).__name__
                reply = {"kind": "error", "message": said, "hint": ""}
            return plain({**reply, "answers": message.get("id")}), pack.buffers

    def close(self) -> None:
        """Stop everything and leave nothing behind."""
        for lane in self.lanes:
            lane.close()
        self.lanes = []
        shutil.rmtree(self._folder, ignore_errors=True)

    # ── answers ──────────────────────────────────────────────────────────────────────────────────

    def _answer(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        kind = message.get("kind")
        answer = getattr(self, f"_on_{kind}", None)
        if answer is None:
            raise ValueError(f"no message is of the kind {kind!r}")
        told = answer(message, pack) or {}
        return {**self._frame(message, pack), **told} if told.get("kind") is None else told

    def _on_open(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        for lane in self.lanes:
            lane.settle()
        return {"form": self._form()}

    def _on_look(self, message: dict[str, Any], pack: Pack) -> None:
        for lane in self.lanes:
            lane.settle(1.0 / len(self.lanes))

    def _on_next(self, message: dict[str, Any], pack: Pack) -> None:
        steps = max(1, min(int(message.get("steps", 1)), 100_000))
        seconds = float(message.get("seconds", SECONDS)) / max(1, len(self.lanes))
        for lane in self.lanes:
            lane.advance(steps, max(0.001, min(seconds, 10.0)))
        self._keep_together()

    def _on_knob(self, message: dict[str, Any], pack: Pack) -> None:
        variant = int(message.get("variant", 0))
        field, value = str(message["field"]), float(message["value"])
        if value:  # nothing at all is a value to try, also where a run must begin with more
            check(replace(self.setting.configs(self.experiment)[variant], **{field: value}))
        for lane, label in zip(self.lanes, self._labels, strict=True):
            if label == variant:
                lane.change(field, value)

    def _on_goto(self, message: dict[str, Any], pack: Pack) -> None:
        for lane in self.lanes:
            lane.go_to(int(message["step"]), message.get("loop"))

    def _on_reset(self, message: dict[str, Any], pack: Pack) -> None:
        self._begin()

    def _on_set(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        wanted = Setting.of(message["setting"], self.experiment)
        wanted.configs(self.experiment)  # a wrong value leaves what there is as it is
        self.setting = wanted
        self._begin()
        return {"form": self._form()}

    def _on_panel(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        name = str(message["panel"])
        if name not in self.panels:
            raise LookupError(f"there is no panel {name!r} here")
        told = self.panels[name].act(self.lanes, message)
        return {"told": told} if told else {}

    def _on_source(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        module = str(message["module"])
        return {"kind": "source", "module": module, "source": source_of(module)}

    def _on_code(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        from tidu.lab.as_code import as_code

        if self.setting.own:
            raise TiduError(
                "Points that were drawn by hand do not stand in a script.",
                "Save it as a run, which keeps them; or take the points of the setting.",
            )
        variant = int(message.get("variant", 0))
        lanes = [one for one, v in zip(self.lanes, self._labels, strict=True) if v == variant]
        remarks = [
            f"A hand changed weights before step {step} of {loop!r}; the script does not."
            for loop, step in lanes[0].touched_by_hand()
        ]
        if self.setting.compare and not variant:
            field, value = self.setting.compare
            remarks.append(f"For the run beside it set {field} to {value} in the setting below.")
        script = as_code(
            self.experiment,
            self.setting.configs(self.experiment)[variant],
            [seed for lane in lanes for seed in lane.seeds],
            command=self.setting.command(self.experiment, variant),
            turned=lanes[0].knobs.changes,
            remarks=remarks,
        )
        file = self.experiment.name.replace("-", "_") + ".py"
        return {"kind": "code", "script": script, "file": file}

    def _on_save(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        from tidu.lab.saving import save

        configs = self.setting.configs(self.experiment)
        names = [
            save(
                self.experiment,
                [one for one, v in zip(self.lanes, self._labels, strict=True) if v == variant],
                config,
                self.setting.preset,
                self.setting.command(self.experiment, variant),
            )
            for variant, config in enumerate(configs)
        ]
        verb = "compare" if len(names) > 1 else "show"
        command = f"tidu {verb} {' '.join(names)}"
        return {"kind": "saved", "run": ", ".join(names), "command": command}

    # ── lanes ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        configs = self.setting.configs(self.experiment)
        for lane in self.lanes:
            lane.close()
        seeds = range(self.setting.seed, self.setting.seed + self.setting.seeds)
        groups = [tuple(seeds)] if self.experiment.batched else [(seed,) for seed in seeds]
        self.lanes, self._labels = [], []
        options = Options(data=self._own_file())
        for variant, config in enumerate(configs):
            for group in groups:
                self._count += 1
                folder = self._folder / f"lane-{self._count}"
                self.lanes.append(Lane(self.experiment, config, group, folder, options))
                self._labels.append(variant)
        for lane in self.lanes:
            lane.settle()

    def _own_file(self) -> str | None:
        """The points that were drawn, as a file."""
        if not self.setting.own:
            return None
        points = own_points.decode(self.setting.own)
        write_points(self._folder / OWN_FILE, [(x, y, str(k + 1)) for x, y, k in points])
        return str(self._folder / OWN_FILE)

    def _keep_together(self) -> None:
        """The lanes that are behind catch up, so that runs stand side by side at one step."""
        there = [lane for lane in self.lanes if lane.phase == "waiting"]
        names = {lane.loop.name for lane in there if lane.loop}
        if len(there) == len(self.lanes) and len(names) == 1:
            front = max(lane.step for lane in there)
            for lane in there:
                if lane.step < front:
                    lane.advance(front - lane.step, 10.0)

    def _frame(self, message: dict[str, Any], pack: Pack) -> dict[str, Any]:
        seen = message.get("seen") or []
        lanes = [
            self._lane(lane, label, seen[i] if i < len(seen) else None)
            for i, (lane, label) in enumerate(zip(self.lanes, self._labels, strict=True))
        ]
        shown = [
            next(lane for lane, label in zip(self.lanes, self._labels, strict=True) if label == v)
            for v in sorted(set(self._labels))
        ]
        wanted = message.get("panels")
        panels = {
            name: panel.frame(shown, pack)
            for name, panel in self.panels.items()
            if (wanted is None or name in wanted) and all(one.loop for one in shown)
        }
        return {"kind": "frame", "lanes": lanes, "panels": panels}

    def _lane(self, lane: Lane, label: int, seen: Any) -> dict[str, Any]:
        told: dict[str, Any] = {
            "variant": label,
            "seeds": list(lane.seeds),
            "phase": lane.phase,
            "loop": lane.loop.name if lane.loop else "",
            "step": lane.step,
            "total": lane.total,
            "states": lane.states[lane.loop.name].steps if lane.loop else [],
            "knobs": lane.knobs.values,
            "metrics": lane.metrics,
            "version": lane.version,
        }
        if lane.failure is not None:
            told["failure"] = {"message": lane.failure.message, "hint": lane.failure.hint}
        if seen != lane.version:
            told["lines"] = [{k: v for k, v in one.items() if k != "line"} for one in lane.lines]
        return told

    def _form(self) -> dict[str, Any]:
        configs = self.setting.configs(self.experiment)
        return {
            "system": self.experiment.name,
            "presets": list(self.experiment.presets),
            "setting": self.setting.as_told(),
            "fields": describe(configs[0]),
            "preset_fields": describe(self.experiment.preset(self.setting.preset)),
            "commands": [
                self.setting.command(self.experiment, variant) for variant in range(len(configs))
            ],
        }
