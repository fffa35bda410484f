"""``tidu use RUN ...``: predict, generate or play with what was trained."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.fields import check


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    if not words or words[0] in {"-h", "--help"}:
        print("usage: tidu use RUN [INPUT] [OPTIONS]\n\nflags of a run: tidu use RUN --help")
        return
    if words[0].startswith("-"):
        raise TiduError("tidu use needs a run first.", "For example: tidu use last --help")
    as_json = "--json" in words
    rest = [word for word in words[1:] if word != "--json"]
    from tidu.laboratory import read_config, trained
    from tidu.laboratory.experiment import load_experiment
    from tidu.runs import store

    path = store.find(words[0])
    told = store.about(path)
    experiment = load_experiment(told["experiment"])
    module = experiment.module
    if not hasattr(module, "use"):
        raise TiduError(
            f"{experiment.name} trains nothing that can be used on new input.",
            f"See its result: tidu show {path.name}",
        )
    options = parse(module.Use, f"use {path.name}", rest, description=module.use.__doc__ or "")
    check(options)
    config = read_config(experiment, told)
    try:
        answer = module.use(config, trained(path), options)
    except TiduError:
        raise
    except Exception as problem:
        raise TiduError(
            f"{path.name} could not be used on that: {problem or type(problem).__name__}",
            f"See what it takes: tidu use {path.name} --help",
        ) from problem
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(answer.get("text") or json.dumps(answer, ensure_ascii=False, indent=1))
