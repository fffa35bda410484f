"""The pictures of ``gpt``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import text, views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The losses, where each head looks (a GPT has heads, an LSTM none), and what comes next."""
    tokenizer = text.tokenizer_from_json(run.read_json("tokenizer"))
    seen = run.recorded("next-token")
    words = [tokenizer.decode([t]) for t in seen["tokens"].tolist()]
    likely = [tokenizer.decode([t]) for t in seen["candidates"].tolist()]
    curves = {"loss": Text("训练", "training"), "val_loss_part": Text("验证", "validation")}
    drawn = [
        views.metric_curves(
            run.history(),
            curves,
            name="loss",
            title=Text("损失随训练下降", "Loss over training"),
            y_label=Text("每个符号的损失（纳特）", "loss, nats per token"),
        ),
        views.text_generation.next_token_bars(words, likely, seen["probs"].numpy()),
    ]
    if config.network == "gpt":
        maps = run.recorded("attention")["maps"].numpy()
        drawn.insert(1, views.attention.attention_maps(maps, words))
    return drawn
