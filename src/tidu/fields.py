"""Types for the fields of a configuration: a number together with the range it must lie in.

A field annotated with one of these is checked before a run starts, whether its value came from
the command line, a preset or Python.

>>> @dataclasses.dataclass(frozen=True)
... class Config:
...     lr: PositiveFloat = 0.1
>>> check(Config(lr=-1.0))
Traceback (most recent call last):
...
tidu.errors.TiduError: --lr must be a number above 0; got -1.0.
...
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, cast, get_args, get_origin, get_type_hints

from tidu.errors import TiduError


@dataclasses.dataclass(frozen=True)
class Range:
    """A condition on a number, and the words that say it."""

    words: str
    holds: Callable[[float], bool]


PositiveInt = Annotated[int, Range("a whole number of at least 1", lambda v: v >= 1)]
NonNegativeInt = Annotated[int, Range("a whole number of at least 0", lambda v: v >= 0)]
PositiveFloat = Annotated[float, Range("a number above 0", lambda v: v > 0)]
NonNegativeFloat = Annotated[float, Range("a number of at least 0", lambda v: v >= 0)]
Fraction = Annotated[float, Range("a number from 0 to 1", lambda v: 0 <= v <= 1)]
OpenFraction = Annotated[float, Range("a number of at least 0 and below 1", lambda v: 0 <= v < 1)]


def check(config: Any) -> None:
    """Raise :class:`~tidu.errors.TiduError` for the first field of ``config`` out of its range."""
    hints = get_type_hints(type(config), include_extras=True)
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        flag = "--" + field.name.replace("_", "-")
        each: tuple[Any, ...] = value if isinstance(value, tuple) else (value,)
        if any(isinstance(v, float) and not math.isfinite(v) for v in each):
            raise TiduError(f"{flag} must be a finite number; got {value}.", _how(flag))
        choices = choices_of(hints[field.name])
        if choices and any(v not in choices for v in each):
            allowed = ", ".join(map(str, choices))
            raise TiduError(f"{flag} must be one of {allowed}; got {value!r}.", _how(flag))
        for rule in _ranges(hints[field.name]):
            if any(v is not None and not (_is_number(v) and rule.holds(v)) for v in each):
                raise TiduError(f"{flag} must be {rule.words}; got {value!r}.", _how(flag))


def from_json(kind: type[Any], told: dict[str, Any]) -> Any:
    """The dataclass ``kind`` from what ``dataclasses.asdict`` and JSON made of it."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.name in told:
            value = told[field.name]
            is_tuple = isinstance(value, list) and "tuple" in str(hints[field.name])
            values[field.name] = tuple(cast("list[Any]", value)) if is_tuple else value
    return kind(**values)


def _ranges(hint: Any) -> list[Range]:
    found = [a for a in getattr(hint, "__metadata__", ()) if isinstance(a, Range)]
    for inner in get_args(hint):
        if not isinstance(inner, Range):
            found += _ranges(inner)
    return found


def choices_of(hint: Any) -> tuple[Any, ...]:
    """What ``Literal`` allows, also inside a tuple or a union with None."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    inner = [choices_of(part) for part in get_args(hint)]
    found = next(filter(None, inner), ())
    return (*found, None) if found and type(None) in get_args(hint) else found


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _how(flag: str) -> str:
    return f"Give {flag} another value, or leave it out for the preset's."
