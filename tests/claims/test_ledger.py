"""The ledger: told in both languages, its arms are registered, its committed results are sound."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
from typing import Any

import pytest

from commands import Answer, run_alone
from tidu import catalogue
from tidu.claims import CHAPTERS, LEDGER, Arm, Claim, settled
from tidu.claims.finding import Finding
from tidu.claims.settled import limit
from tidu.claims.statistics import paired_effects, statistics
from tidu.laboratory.ledger import committed, ledger
from tidu.laboratory.verification import job_of

EVERY = pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))
MEASURED = [claim for claim in LEDGER.values() if claim.kind == "measured"]
EXACT = [claim for claim in LEDGER.values() if claim.check is not None]
RESULTS = [claim for claim in LEDGER.values() if committed(claim) is not None]


@EVERY
def test_it_is_told_in_both_languages(claim: Claim) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim.id)
    assert claim.chapter in CHAPTERS
    assert re.fullmatch(r"00[0-4]#.+", claim.note)
    whens = [condition.when for condition in claim.conditions]
    whens += [reading.what for reading in claim.readings]
    texts = [claim.says, claim.test, claim.because, claim.scope, claim.correct, *whens]
    for text in filter(None, texts):
        assert text.zh != text.en or text.zh.isascii()
        assert not re.search("[\u4e00-\u9fff]", text.en)
    for figure in claim.evidence:
        assert figure.value.strip()
        assert figure.source.strip()


@pytest.mark.parametrize("claim", MEASURED, ids=lambda c: c.id)
def test_its_arms_are_configurations_of_registered_experiments(claim: Claim) -> None:
    assert claim.because is not None, "say why a smaller effect would not matter"
    assert claim.scope is not None
    assert claim.evidence
    assert claim.seeds >= 5
    assert len({condition.id for condition in claim.conditions}) == len(claim.conditions)
    for arm in claim.arms:
        assert arm.experiment in catalogue.SYSTEMS
        for quick in (False, True):
            assert job_of(arm, (0, 1), quick).experiment == arm.experiment
    for condition in claim.conditions:
        assert condition.treatment != condition.control


@pytest.mark.slow
@pytest.mark.parametrize("claim", EXACT, ids=lambda c: c.id)
def test_an_exact_check_finds_what_it_found(claim: Claim) -> None:
    """Each check stops with an error where its own comparison proves blind."""
    module, function = (claim.check or "").split(":")
    found = getattr(importlib.import_module(module), function)()
    assert found
    assert all(isinstance(one, Finding) and 0 <= one.agreeing <= one.cases for one in found)
    for one in found:
        assert not re.search("[\u4e00-\u9fff]", one.example.en)
        assert (
            re.search("[\u3000-\u9fff\uff00-\uffef]", one.example.zh)
            or one.example.zh == one.example.en
        )
    told = {"conditions": [dataclasses.asdict(one) for one in found]}
    now = settled(claim, json.loads(json.dumps(told)), len(LEDGER))
    assert now.verdict != "undecided"
    result = committed(claim)
    if result is not None:
        then = settled(claim, result, len(LEDGER))
        outcomes = {one.id: one.outcome for one in then.conditions}
        assert [outcomes[one.id] for one in found] == [one.outcome for one in found]
    if now.verdict != "holds":
        assert claim.correct is not None or now.verdict == "holds only when"


@pytest.mark.parametrize("claim", RESULTS, ids=lambda c: c.id)
def test_its_committed_result_can_be_computed_again(claim: Claim) -> None:
    """Without training: statistics and verdict from the raw metrics of every seed."""
    result = committed(claim)
    assert result is not None
    assert result["claim"] == claim.id
    assert not result["quick"]
    assert not {"verdict", "outcome"} & set(result)
    for part in ("created", "command", "environment", "seconds"):
        assert result[part]
    assert not str(result["environment"]["commit"]).endswith("+changes")
    if claim.kind == "exact":
        return
    checked = [found for found in result["conditions"] if "cases" in found]
    measured = result["conditions"][len(checked) :]
    assert bool(checked) == (claim.check is not None)
    assert [found["id"] for found in measured] == [c.id for c in claim.conditions]
    assert len({found["id"] for found in result["conditions"]}) == len(result["conditions"])
    seeds = tuple(result["seeds"])
    assert len(seeds) >= claim.seeds
    arms = {key(arm): arm["per_seed"] for arm in result["arms"]}

    def of_arm(arm: Arm) -> list[float]:
        job = job_of(arm, seeds, quick=False)
        told = key({"experiment": job.experiment, "config": job.config})
        assert told in arms, f"{claim.id} was measured with another configuration"
        return arms[told][arm.metric]

    for reading, found in zip(claim.readings, result.get("readings", []), strict=True):
        assert found["what"] == dataclasses.asdict(reading.what)
        assert found["values"] == of_arm(reading.arm)
    for condition, found in zip(claim.conditions, measured, strict=True):
        values: dict[str, list[float]] = {}
        for side in ("treatment", "control"):
            values[side] = of_arm(getattr(condition, side))
            assert found[side] == values[side]
        effects = paired_effects(claim, values["treatment"], values["control"])
        assert found["effects"] == pytest.approx(effects)
        again = dataclasses.asdict(statistics(effects, limit(claim)))
        assert found["statistics"] == pytest.approx(again, rel=1e-6, abs=1e-12)


def key(arm: dict[str, Any]) -> str:
    """Without the fields that are off: one that came later, and is off, changes no measurement."""
    on = {name: v for name, v in arm["config"].items() if v is not None and v is not False}
    return json.dumps([arm["experiment"], on], sort_keys=True)


def test_the_command_tells_the_whole_ledger_quickly() -> None:
    done: Answer = run_alone("claims", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert [one["id"] for one in told] == list(LEDGER)
    verdicts = {found.claim.id: found.verdict for found in ledger()}
    for one in told:
        assert {"id", "verdict", "effect", "low", "high"} <= set(one)
        assert one["verdict"] == verdicts[one["id"]]
        assert (one["effect"] is None) == (one["verdict"] == "not yet tested")
    assert run_alone("claims", "--chapter", "foundations").code == 0
    assert run_alone("claims", "--verdict", "maybe").code == 2
