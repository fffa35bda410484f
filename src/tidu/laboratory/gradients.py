"""What ``--watch gradients`` saw of a run: findings in words, and pictures."""

from __future__ import annotations

from tidu.record import Finding, diagnose
from tidu.runs import Run
from tidu.views import gradient_flow
from tidu.views.picture import Picture
from tidu.words import Text

NOTHING = Text(
    "没有可看的梯度：run.steps 的 keep 里没有 torch.optim 的优化器与它训练的网络。",
    "There was no gradient to watch: keep of run.steps holds no network that an optimiser of "
    "torch.optim trains.",
)


def is_watched(run: Run) -> bool:
    """Whether the run was asked to watch its gradients."""
    return run.options.watch == "gradients"


def findings(run: Run) -> dict[str, list[Finding]]:
    """The findings of every loop."""
    return {loop: diagnose(rows) for loop, rows in run.gradients().items()}


def remarks(run: Run) -> list[Text]:
    """The findings as sentences, each with its loop in front where there are several."""
    if not is_watched(run):
        return []
    found = findings(run)
    if not found:
        return [NOTHING]
    several = len(found) > 1
    return [
        Text(f"[{loop}] {one.words.zh}", f"[{loop}] {one.words.en}") if several else one.words
        for loop, of_loop in found.items()
        for one in of_loop
    ]


def pictures(run: Run) -> list[Picture]:
    """The pictures of the gradients."""
    return gradient_flow.pictures(run.gradients()) if is_watched(run) else []
