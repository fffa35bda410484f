"""The pictures of ``gpt``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    tokenizer, seen = (
        text.tokenizer_from_json(run.read_json("tokenizer")),
        run.recorded("attention"),
    )
    words = [tokenizer.decode([t]) for t in seen["tokens"].tolist()]
    likely = [tokenizer.decode([t]) for t in seen["next_tokens"].tolist()]
    curves = {"loss": Text("训练", "training"), "val_loss_part": Text("验证", "validation")}
    return [
        views.metric_curves(
            run.history(),
            curves,
            name="loss",
            title=Text("损失随训练下降", "Loss over training"),
            y_label=Text("每个符号的损失（纳特）", "loss, nats per token"),
        ),
        views.attention.attention_maps(seen["maps"].numpy(), words),
        views.text_generation.next_token_bars(words, likely, seen["next_probs"].numpy()),
    ]
