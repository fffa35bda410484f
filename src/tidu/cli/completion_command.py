"""``tidu completion bash|zsh|tcsh``: a script for shell completion.

For bash: ``tidu completion bash > ~/.local/share/bash-completion/completions/tidu``.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tidu import catalogue
from tidu.errors import unknown

SHELLS = ("bash", "zsh", "tcsh")


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    shell = words[0] if words else "bash"
    if shell in {"-h", "--help"}:
        print(f"usage: tidu completion bash|zsh|tcsh\n\n{__doc__}")
        return
    if shell not in SHELLS:
        raise unknown("shell with completion", shell, SHELLS)
    import shtab

    print(shtab.complete(whole_command_line(), shell))


def whole_command_line() -> argparse.ArgumentParser:
    """Every command with its flags, and every experiment with its configuration's."""
    from tidu.cli.main import COMMANDS

    parser = argparse.ArgumentParser("tidu")
    commands = parser.add_subparsers(dest="command")
    for command, words in COMMANDS.items():
        inner = commands.add_parser(command, help=words.en)
        module = importlib.import_module(f"tidu.cli.{command}_command")
        if command == "run":
            _experiments(inner, module.Arguments)
        elif command == "completion":
            inner.add_argument("shell", choices=SHELLS)
        elif command == "data":
            inside = inner.add_subparsers(dest="data")
            for name, kind in module.ARGUMENTS.items():
                _flags(inside.add_parser(name), kind)
        elif hasattr(module, "Arguments"):
            _flags(inner, module.Arguments)
    return parser


def _experiments(parser: argparse.ArgumentParser, common: type[Any]) -> None:
    from tidu.laboratory.experiment import load_experiment

    inside = parser.add_subparsers(dest="experiment")
    for system in catalogue.SYSTEMS.values():
        if system.experiment is not None:
            inner = inside.add_parser(system.id, help=system.title.en)
            _flags(inner, common)
            _flags(inner, load_experiment(system.id).module.Config)


def _flags(parser: argparse.ArgumentParser, kind: type[Any]) -> None:
    hints = get_type_hints(kind)
    known = {flag for action in parser._actions for flag in action.option_strings}
    for field in dataclasses.fields(kind):
        flag = "--" + field.name.strip("_").replace("_", "-")
        if flag in known:
            continue
        hint = hints[field.name]
        if hint is bool:
            parser.add_argument(flag, action="store_true")
        else:
            choices = get_args(hint) if get_origin(hint) is Literal else None
            parser.add_argument(flag, choices=choices)
