"""A setting as code: one script of plain PyTorch that runs without tidu.

It reaches the same numbers, bit for bit on one machine. The text is tidu's own, gathered from the
experiment and everything it reaches; see :mod:`tidu.lab.as_code.program`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from tidu.lab.as_code.modules import Definition
from tidu.lab.as_code.program import HERE, Program
from tidu.lab.as_code.script import Words, script
from tidu.laboratory.experiment import Experiment


def as_code(
    experiment: Experiment,
    config: Any,
    seeds: Sequence[int],
    *,
    command: str = "",
    threads: int | None = None,
    turned: Sequence[Mapping[str, Any]] = (),
    remarks: Sequence[str] = (),
) -> str:
    """The script of this setting.

    ``turned`` are the knobs turned by hand: loop, step, field, value. ``remarks`` go into the
    script's first lines.
    """
    name = experiment.name.replace("-", "_")
    program = Program(experiment.module, config, ["TurnedRun" if turned else "Run"], name)
    constants = {Definition(HERE, "TURNED"): _turned(turned)}
    live = tuple(getattr(experiment.module, "LIVE", ()))
    count: int = threads or getattr(experiment.module, "THREADS", None) or torch.get_num_threads()
    tail, needed = _tail(program, experiment, seeds, count, live if turned else None)
    words = Words(_head(experiment, command, seeds, remarks), constants, tail, needed)
    return script(program, words)


def _head(
    experiment: Experiment, command: str, seeds: Sequence[int], remarks: Sequence[str]
) -> str:
    about = (experiment.module.__doc__ or experiment.name).strip().split("\n\n")[0]
    lines = [
        about,
        "",
        "Plain PyTorch, made by tidu (梯度); on the same machine it prints the numbers of",
    ]
    lines += ["", f"    {command}"]
    if len(seeds) > 1 and not experiment.batched:
        lines += ["", "for each seed."]
    for remark in remarks:
        lines += ["", remark]
    text = "\n".join(lines)
    return text.replace("\\", "\\\\")


def _turned(turned: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(f"    {dict(one)!r},\n".replace("'", '"') for one in turned)
    return f"TURNED = (  # by hand, while it trained\n{rows})"


def _tail(
    program: Program,
    experiment: Experiment,
    seeds: Sequence[int],
    threads: int,
    live: tuple[str, ...] | None,
) -> tuple[str, tuple[str, ...]]:
    groups = [tuple(seeds)] if experiment.batched else [(seed,) for seed in seeds]
    texts = "\n".join(item.text for item in program.items.values())
    needed = ["import torch"]
    run = "run({}, {})"
    made = "Run(*seeds)" if live is None else f"TurnedRun(config, {live!r}, *seeds)"
    lines = [f"torch.set_num_threads({threads})  # more, or fewer, round sums differently"]
    lines.append(f"for seeds in {groups!r}:")
    inner = ["torch.manual_seed(seeds[0])"]
    if "np." in texts or "sklearn" in texts or "numpy" in texts:
        inner.append("np.random.seed(seeds[0])")
        needed.append("import numpy as np")
    if "random." in texts.replace("np.random.", ""):
        inner.append("random.seed(seeds[0])")
        needed.append("import random")
    inner.append("config = Config()")
    inner.append(f"metrics = {run.format('config', made)}")
    inner.append("for name, value in metrics.items():")
    inner.append('    print(f"{name} = {value}")')
    if len(groups) == 1:
        lines = [lines[0], *(line.replace("seeds[0]", str(groups[0][0])) for line in inner)]
        given = ", ".join(map(str, groups[0]))
        lines = [line.replace("*seeds", given) for line in lines]
    else:
        lines += [f"    {line}" for line in inner]
    return "\n".join(lines), tuple(needed)
