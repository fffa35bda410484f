"""What a bench was set to: the whole of it fits into the address of a page.

    ?preset=quick&lr=0.05&seeds=3&compare=lr:0.5

Every field of the configuration is a parameter by its own name; ``compare`` trains a second run
beside the first, from the same seed, with one field changed; ``own`` holds points that were drawn.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import shlex
from collections.abc import Mapping
from typing import Any

from tidu.errors import TiduError, unknown
from tidu.fields import check
from tidu.lab import own_points
from tidu.laboratory.comments import field_comments
from tidu.laboratory.experiment import Experiment

MOST_SEEDS = 32
OWN_FILE = "own-points.csv"
OWN = ("preset", "seed", "seeds", "compare", "own")  # parameters that are no fields


@dataclasses.dataclass(frozen=True)
class Setting:
    """The setting of a bench: texts, as they stand in the address."""

    preset: str = "quick"
    seed: int = 0
    seeds: int = 1
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    compare: tuple[str, str] | None = None  # a field, and its value in the second run
    own: str = ""  # points that were drawn, as lab.own_points writes them

    @classmethod
    def of(cls, told: Mapping[str, Any], experiment: Experiment) -> Setting:
        """The setting that an address or a message tells; what it does not tell is the default."""
        preset = str(told.get("preset") or next(iter(experiment.presets)))
        config = experiment.preset(preset)
        known = [field.name for field in dataclasses.fields(config)]
        fields = {k.replace("-", "_"): str(v) for k, v in told.items() if k not in OWN}
        for name in fields:
            if name not in known:
                raise unknown(f"field of {experiment.name}", name, known)
        own = str(told.get("own") or "")
        if own and not getattr(experiment.module, "OWN_POINTS", False):
            raise TiduError(
                f"{experiment.name} takes no points that were drawn.", "Leave own= out."
            )
        own_points.decode(own)
        changed = str(told.get("compare") or "")
        name, _, value = changed.partition(":")
        name = name.replace("-", "_")
        if changed and name not in known:
            raise unknown(f"field of {experiment.name} to compare", name, known)
        return cls(
            preset,
            _whole(told, "seed", 0, 2**32 - 1 - MOST_SEEDS),
            _whole(told, "seeds", 1, MOST_SEEDS),
            fields,
            (name, value) if changed else None,
            own,
        )

    def as_told(self) -> dict[str, str]:
        """The parameters of the address."""
        told = {"preset": self.preset, **self.fields}
        if self.seed:
            told["seed"] = str(self.seed)
        if self.seeds > 1:
            told["seeds"] = str(self.seeds)
        if self.compare:
            told["compare"] = ":".join(self.compare)
        if self.own:
            told["own"] = self.own
        return told

    def configs(self, experiment: Experiment) -> list[Any]:
        """The configuration of the run, and of the one beside it."""
        found = [self._config(experiment, self.fields)]
        if self.compare:
            found.append(
                self._config(experiment, {**self.fields, self.compare[0]: self.compare[1]})
            )
        return found

    def command(self, experiment: Experiment, variant: int = 0) -> str:
        """The command that does the same."""
        fields = dict(self.fields)
        if variant and self.compare:
            fields[self.compare[0]] = self.compare[1]
        words = ["tidu", "run", experiment.name, "--preset", self.preset]
        words += ["--seed", str(self.seed)] if self.seed else []
        words += ["--seeds", str(self.seeds)] if self.seeds > 1 else []
        for name, value in fields.items():
            words += _flag(experiment.preset(self.preset), name, value)
        words += ["--data", OWN_FILE] if self.own else []
        return shlex.join(words)

    def _config(self, experiment: Experiment, fields: Mapping[str, str]) -> Any:
        config = experiment.preset(self.preset)
        for name, value in fields.items():
            config = _with(config, name, value)
        check(config)
        return dataclasses.replace(config)  # an object of its own: knobs may change it


def describe(config: Any) -> list[dict[str, Any]]:
    """The fields of a configuration as a form shows them."""
    words = field_comments(type(config))
    return [
        {
            "name": field.name,
            "value": as_text(getattr(config, field.name)),
            "help": words.get(field.name, ""),
            "choices": _choices(type(config), field.name),
        }
        for field in dataclasses.fields(config)
    ]


def as_text(value: Any) -> str:
    """A field's value as it stands in an address."""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)


def _choices(kind: type[Any], name: str) -> list[str]:
    from typing import get_type_hints

    from tidu.fields import choices_of

    hint = get_type_hints(kind, include_extras=True)[name]
    if hint is bool:
        return ["True", "False"]
    return [] if "tuple" in str(hint) else [str(c) for c in choices_of(hint)]


def _flag(config: Any, name: str, value: str) -> list[str]:
    from typing import get_type_hints

    several = "tuple" in str(get_type_hints(type(config))[name])  # also where it may be None
    return ["--" + name.replace("_", "-"), *(value.split() if several else [value])]


def _with(config: Any, name: str, value: str) -> Any:
    """``config`` with one field as the command line would read it."""
    from tidu.cli.parse import CONFIG

    if value == as_text(getattr(config, name)):
        return config
    import tyro

    from tidu.deferred import unseen

    words = _flag(config, name, value)
    said = io.StringIO()
    try:
        with unseen("torch"), contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            return tyro.cli(type(config), default=config, args=words, config=CONFIG)
    except SystemExit as problem:
        raise TiduError(
            f"{words[0]} cannot be {value!r}.",
            f"{field_comments(type(config)).get(name, '')}; now {as_text(getattr(config, name))}.",
        ) from problem


def _whole(told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    text = str(told.get(name, least))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise TiduError(
            f"{name} must be a whole number from {least} to {most}; got {text!r}.",
            "Leave it out for the default.",
        )
    return int(text)
