"""The pictures of ``memory-tasks``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


NAMES = {
    "rnn": Text("Elman（tanh）", "Elman (tanh)"),
    "jordan": Text("Jordan（tanh）", "Jordan (tanh)"),
    "lstm": Text("LSTM", "LSTM"),
    "lstm-peephole": Text("LSTM + peephole", "LSTM + peepholes"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Error against the lag, gradient against the lag, and the gates of the LSTM."""
    errors = run.recorded("errors")
    gradients = {cell: run.recorded(f"gradient-{cell}") for cell in config.cells}
    adding = config.task == "adding"
    drawn = [
        views.memory.error_against_lag(
            config.lags,
            {cell: errors[cell].numpy() for cell in config.cells},
            NAMES,
            measure=Text("测试均方误差", "test MSE") if adding else WRONG,
            solved_below=config.solved_below,
            chance=1 / 6 if adding else 7 / 8,
        ),
        views.memory.gradient_against_lag(
            {c: (g["before"].numpy(), g["after"].numpy()) for c, g in gradients.items()}, NAMES
        ),
    ]
    if any(cell.startswith("lstm") for cell in config.cells):
        gates = {name: values.numpy() for name, values in run.recorded("gates").items()}
        events = gates.pop("events").tolist()
        label = NAMES[run.read_json("gates")["cell"]]
        drawn.append(views.memory.gates_over_time(gates, events, label))
    return drawn


WRONG = Text("记错的符号所占比例", "share of wrong symbols")
