"""A claim of one's own, from a YAML or a Python file.

A Python file has ``CLAIM = Claim(...)`` of ``tidu.claims``. A YAML file says the same in words:

    says: A wider network reads digits better.
    metric: accuracy
    direction: higher
    smallest: 0.005
    treatment: {experiment: mlp, preset: quick, fields: {hidden: [256, 128]}}
    control: {experiment: mlp, preset: quick, fields: {hidden: [16, 16]}}
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tidu.claims import SEEDS, Arm, Claim, Condition
from tidu.errors import TiduError, unknown
from tidu.words import Text

CLAIM = {"says", "test", "metric", "direction", "scale", "smallest", "because", "seeds"}
SIDES = {"treatment", "control"}
ARM = {"experiment", "preset", "fields", "metric", "quick"}


def load(path: Path) -> Claim:
    """The claim in the file ``path``."""
    if not path.is_file():
        raise TiduError(f"There is no file {path}.", "Give a .py or .yaml file with a claim in it.")
    if path.suffix == ".py":
        return _from_python(path)
    if path.suffix in {".yaml", ".yml"}:
        return _from_yaml(path)
    raise TiduError(
        f"A claim stands in a .py or .yaml file; got {path.name}.", "Give it one of these endings."
    )


def _from_python(path: Path) -> Claim:
    spec = importlib.util.spec_from_file_location(f"tidu_own_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        raise TiduError(
            f"{path} could not be loaded: {type(problem).__name__}: {problem}",
            f"Mend the file; `python {path}` shows where.",
        ) from problem
    claim = getattr(module, "CLAIM", None)
    if not isinstance(claim, Claim):
        raise TiduError(
            f"{path} has no CLAIM that is a tidu.claims.Claim; got {claim!r}.",
            "End it with CLAIM = Claim(id=..., says=..., conditions=...).",
        )
    return _sound(claim, path)


def _from_yaml(path: Path) -> Claim:
    import yaml

    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise TiduError(f"{path} is not YAML: {problem}", "Mend the line it names.") from problem
    whole = _mapping(told, str(path), CLAIM | SIDES | {"conditions"}, {"says"})
    common = {key: whole[key] for key in SIDES if key in whole}
    named = whole.get("conditions", {"all": {}})
    if not isinstance(named, Mapping) or not named:
        raise TiduError(
            f"conditions of {path} must name at least one, each with its arms; got {named!r}.",
            "For example: conditions: {small: {treatment: ..., control: ...}}",
        )
    conditions: list[Condition] = []
    for name, own in cast("Mapping[Any, Any]", named).items():
        arms = {**common, **_mapping(own or {}, f"condition {name}", SIDES | {"when"})}
        conditions.append(_condition(str(name), arms, whole.get("metric"), path))
    return _sound(
        Claim(
            id=path.stem.replace("_", "-"),
            chapter="own",
            says=_text(whole["says"]),
            note="",
            test=_text(whole.get("test", whole["says"])),
            conditions=tuple(conditions),
            direction=_one_of(("higher", "lower"), whole, "direction", path),
            scale=_one_of(("difference", "ratio"), whole, "scale", path),
            smallest=_number(whole.get("smallest", 0.0), "smallest", path),
            because=_text(whole["because"]) if "because" in whole else None,
            seeds=int(_number(whole.get("seeds", SEEDS), "seeds", path)),
        ),
        path,
    )


def _condition(name: str, told: Mapping[str, Any], metric: str | None, path: Path) -> Condition:
    missing = sorted(SIDES - set(told))
    if missing:
        raise TiduError(
            f"{path}: condition {name} has no {' and no '.join(missing)}.",
            "Give both arms: treatment is the one the claim speaks for, control the other.",
        )
    treatment, control = (_arm(told[side], side, metric, path) for side in ("treatment", "control"))
    return Condition(name, _text(told.get("when", name)), treatment, control)


def _arm(told: Any, side: str, metric: str | None, path: Path) -> Arm:
    own = _mapping(told, f"{side} of {path}", ARM, {"experiment"})
    looked_at = own.get("metric", metric)
    if not isinstance(looked_at, str):
        raise TiduError(
            f"{path} does not say which metric {side} is judged by; got {looked_at!r}.",
            "Give metric: once for both arms, or in each.",
        )
    fields, quick = (
        {k: tuple(v) if isinstance(v, list) else v for k, v in _mapping(part, side).items()}
        for part in (own.get("fields") or {}, own.get("quick") or {})
    )
    from tidu.laboratory.experiment import load_experiment

    preset = own.get("preset") or load_experiment(str(own["experiment"])).default_preset()
    return Arm(str(own["experiment"]), looked_at, fields, str(preset), quick)


def _mapping(
    told: Any, where: str, known: set[str] | None = None, needed: set[str] | None = None
) -> dict[str, Any]:
    if not isinstance(told, Mapping):
        raise TiduError(f"{where} must be a list of keys and values; got {told!r}.", "key: value")
    found = {str(key): value for key, value in cast("Mapping[Any, Any]", told).items()}
    for key in found:
        if known is not None and key not in known:
            raise unknown(f"key in {where}", key, sorted(known))
    for key in (needed or set()) - set(found):
        raise TiduError(f"{where} has no {key}.", f"Add a line {key}: ...")
    return found


def _text(told: Any) -> Text:
    if isinstance(told, Mapping):
        both = cast("Mapping[Any, Any]", told)
        either = next((str(value) for value in both.values()), "")
        return Text(str(both.get("zh", either)), str(both.get("en", either)))
    return Text(str(told), str(told))


def _one_of(choices: tuple[Any, Any], told: Mapping[str, Any], key: str, path: Path) -> Any:
    """The value of ``key``, the first choice where there is none."""
    value = told.get(key, choices[0])
    if value not in choices:
        raise TiduError(f"{path}: {key} must be {' or '.join(choices)}; got {value!r}.", "Mend it.")
    return value


def _number(value: Any, key: str, path: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TiduError(f"{path}: {key} must be a number; got {value!r}.", "Mend it.")
    return value


def _sound(claim: Claim, path: Path) -> Claim:
    """``claim``, unless one of its numbers is not what the rule can work with."""
    if claim.scale == "ratio" and not claim.smallest > 0:
        raise TiduError(
            f"{path}: smallest must be a factor above 0 where scale is ratio; got "
            f"{claim.smallest!r}.",
            "1.1 stands for a tenth more.",
        )
    if claim.seeds < 2:
        raise TiduError(
            f"{path}: seeds must be a whole number of at least 2; got {claim.seeds!r}.",
            "One seed has no interval.",
        )
    return claim
