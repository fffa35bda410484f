"""What hands changed in the lab while a run trained, in words for its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidu.words import Text


def remarks(told: Mapping[str, Any]) -> list[Text]:
    """One for every change that ``run.json`` tells.

    >>> change = {"loop": "train", "step": 50, "field": "lr", "value": 0.5}
    >>> remarks({"knobs": [change]})[0].en
    'changed by hand while it trained: lr = 0.5 from step 50 of train on'
    """
    turned = [
        Text(
            f"训练中手动改过：{one['loop']} 第 {one['step']} 步起，"
            f"{one['field']} = {one['value']:g}",
            f"changed by hand while it trained: {one['field']} = {one['value']:g} from step "
            f"{one['step']} of {one['loop']} on",
        )
        for one in told.get("knobs", [])
    ]
    touched = [
        Text(
            f"训练中手动动过：{one['loop']} 第 {one['step']} 步之前，改了权重或别的内容",
            f"changed by hand before step {one['step']} of {one['loop']}: weights, or something "
            "else that no field tells",
        )
        for one in told.get("touched", [])
    ]
    return turned + touched
