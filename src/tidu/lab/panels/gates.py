"""Recurrent nets over one sequence: gates and cells step by step, and gradient against lag.

Everything is computed from a copy of the weights in double precision, where a gradient may vanish
without becoming zero; the training never notices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from tidu import nn
from tidu.errors import TiduError
from tidu.lab.lane import Lane
from tidu.lab.readers import (
    Reader,
    Sequence,
    Study,
    memory_readers,
    memory_sequence,
    study_memory,
    study_text,
    text_sequence,
)
from tidu.lab.unrolled import LSTM_PARTS, Unrolled
from tidu.views.pack import Pack
from tidu.views.reference import reference
from tidu.views.systems.memory_tasks import NAMES

FORMULAS = {
    "input": ("i = torch.sigmoid(i +", "i_t = σ(W_ii x_t + b_ii + W_hi h_{t-1} + b_hi)"),
    "forget": ("f = torch.sigmoid(f +", "f_t = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf)"),
    "output": ("o = torch.sigmoid(o +", "o_t = σ(W_io x_t + b_io + W_ho h_{t-1} + b_ho)"),
    "candidate": ("g = torch.tanh(g)", "g_t = tanh(W_ig x_t + b_ig + W_hg h_{t-1} + b_hg)"),
    "cell": ("cell = f * cell + i * g", "c_t = f_t ∘ c_{t-1} + i_t ∘ g_t"),
    "hidden": ("o * torch.tanh(cell)", "h_t = o_t ∘ tanh(c_t)"),
}
PEEPHOLES = {"input": "p_i ∘ c_{t-1})", "forget": "p_f ∘ c_{t-1})", "output": "p_o ∘ c_t)"}
SIGNED = ("candidate", "cell", "hidden")


class Gates:
    """Which net, lag and layer are looked at, and the sequences that were typed, by task."""

    def __init__(self) -> None:
        self._shown: str | None = None  # the key of a net; None: the one that trains
        self._lag: int | None = None  # None: that of the net that trains
        self._layer = 0
        self._typed: dict[str, str] = {}
        self._known: dict[tuple[Path, str], tuple[Any, str | None, Study]] = {}

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """All nets of the lag with their gradients, and the gates of the one that is shown."""
        folders = {lane.folder for lane in lanes}
        self._known = {key: known for key, known in self._known.items() if key[0] in folders}
        found = [one for v, lane in enumerate(lanes) for one in self._nets(v, lane)]
        if not found:
            return {"nets": []}
        present = [one for one in found if one["present"]] or found
        gated = [one for one in present if one["cell"].startswith("lstm")] or present
        shown = next((one for one in found if one["key"] == self._shown), gated[-1])
        sequence, layers = shown["sequence"], len(shown["study"].layers)
        layer = min(self._layer, layers - 1)
        return {
            "nets": [_told(one) for one in found],
            "shown": shown["key"],
            "lag": shown["lag"],
            "lags": sorted({lag for lane in lanes for lag in _lags(lane)}),
            "task": shown["task"],
            "text": sequence.text,
            "labels": sequence.labels,
            "events": sequence.events,
            "unknown": list(sequence.note),
            "typed": shown["task"] in self._typed,
            "layer": layer,
            "layers": layers,
            "parts": _parts(shown, layer, pack),
            "code_of_reach": reference(
                Unrolled.reach,
                "gradients = torch.autograd.grad",
                tensor="gradients",
                shape=(len(sequence.labels),),
                formula="reach_t = || d loss / d x_t ||        loss: of the last step",
            ),
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """Another net, lag or layer is looked at; a sequence is typed, or the task's own again."""
        what = message.get("do")
        if what == "show":
            self._shown = str(message["key"])
        elif what == "lag":
            self._lag, self._shown = int(message["lag"]), None
        elif what == "layer":
            self._layer = max(0, int(message["layer"]))
        elif what == "example":
            self._typed.clear()
        elif what == "sequence":
            typed = str(message["text"])
            for lane in lanes:
                if _task(lane) == message["task"]:
                    _sequence(lane, self._lag_of(lane), typed)  # a mistake leaves all as it is
            self._typed[str(message["task"])] = typed
        else:
            raise ValueError(f"the panel of gates does not know {what!r}")

    def _lag_of(self, lane: Lane) -> int:
        """The lag that is looked at in ``lane``: the one chosen where there is a net of it."""
        lags = _lags(lane)
        return self._lag if self._lag in lags else (_present_lag(lane) or 0)

    def _nets(self, variant: int, lane: Lane) -> list[dict[str, Any]]:
        task = _task(lane)
        if task is None:
            return []
        lag, typed = self._lag_of(lane), self._typed.get(task)
        try:
            sequence = _sequence(lane, lag, typed)
        except TiduError:  # typed for another setting
            typed, sequence = None, _sequence(lane, lag, None)
        about = {"variant": variant, "task": task, "lag": lag, "sequence": sequence}
        if task == "text":
            study = study_text(lane, sequence)
            key = f"{variant}/model"
            return [about | {"key": key, "cell": "lstm", "present": True, "study": study}]
        return [
            about
            | {
                "key": f"{variant}/{reader.name}",
                "cell": reader.cell,
                "present": reader.present,
                "study": self._study(lane, reader, sequence, typed),
            }
            for reader in memory_readers(lane)
            if reader.lag == lag
        ]

    def _study(self, lane: Lane, reader: Reader, sequence: Sequence, typed: str | None) -> Study:
        """A net that is done is looked at once."""
        key = (lane.folder, reader.name)
        known = self._known.get(key)
        if known and not reader.present and known[0] is reader.state and known[1] == typed:
            return known[2]
        study = study_memory(lane, reader, sequence)
        if not reader.present:
            self._known[key] = (reader.state, typed, study)
        return study


def panel() -> Gates:
    """A new panel."""
    return Gates()


def _task(lane: Lane) -> str | None:
    """What the lane's nets read; None where no net of it is recurrent."""
    if "nets" in lane.kept:
        return str(lane.config.task)
    recurrent = isinstance(lane.kept.get("model"), nn.RecurrentLanguageModel)
    return "text" if recurrent else None


def _lags(lane: Lane) -> list[int]:
    return [reader.lag for reader in memory_readers(lane)] if "nets" in lane.kept else []


def _present_lag(lane: Lane) -> int | None:
    name = lane.loop.name if lane.loop else ""
    _, found, lag = name.rpartition("-lag-")
    return int(lag) if found else None


def _sequence(lane: Lane, lag: int, typed: str | None) -> Sequence:
    if _task(lane) == "text":
        return text_sequence(lane, typed)
    return memory_sequence(lane, lag, typed)


def _told(one: dict[str, Any]) -> dict[str, Any]:
    """One net for the table and the curves: its norms by lag, the nearest step first."""
    study: Study = one["study"]
    name = NAMES[one["cell"]]
    return {
        "key": one["key"],
        "variant": one["variant"],
        "name": {"zh": name.zh, "en": name.en},
        "present": one["present"],
        "loss": study.loss,
        "says": study.says,
        "right": study.right,
        "reach": {
            wrt: (norms if norms.dim() == 1 else norms.norm(dim=0)).flip(0).tolist()
            for wrt, norms in study.reach.items()
        },
    }


def _parts(shown: dict[str, Any], layer: int, pack: Pack) -> list[dict[str, Any]]:
    """The heat maps: (units, time) each, and their means over units."""
    values: dict[str, Tensor] = shown["study"].layers[layer]
    return [
        {
            "name": name,
            "signed": name in SIGNED,
            "reach": max(float(values[name].abs().max()), 1e-12) if name in SIGNED else 1.0,
            "values": pack.add(values[name].T),
            "mean": pack.add(values[name].mean(1)),
            "code": _code(shown, name, layer, values[name].shape),
        }
        for name in LSTM_PARTS
        if name in values
    ]


def _code(shown: dict[str, Any], name: str, layer: int, shape: Any) -> dict[str, Any]:
    time, units = shape
    net = "model.lstm" if shown["task"] == "text" else "nets.cell"
    if name == "hidden" and not shown["cell"].startswith("lstm"):
        jordan = shown["cell"] == "jordan"
        return reference(
            nn.RNN.step,
            'hidden = hidden @ own["weight_ho"]' if jordan else "hidden = self._activation(",
            tensor=f"{net}.step_by_step(x): output[0, {{step}}, {{unit}}]",
            shape=(1, time, units),
            formula="h_t = tanh(W_ih x_t + b_ih + W_hh y_{t-1} + b_hh)\ny_t = W_ho h_t + b_ho"
            if jordan
            else "h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)",
        )
    fragment, formula = FORMULAS[name]
    if shown["cell"] == "lstm-peephole" and name in PEEPHOLES:
        formula = f"{formula[:-1]} + {PEEPHOLES[name]}"
    return reference(
        nn.LSTM,
        fragment,
        tensor=f"{net}.gates(x).{name}[{layer}, 0, {{step}}, {{unit}}]",
        shape=(len(shown["study"].layers), 1, time, units),
        formula=formula,
    )
