"""``tidu verify``: claims of one's own, from the first run to the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Answer
from tidu.claims import settled
from tidu.files import read_json
from tidu.laboratory import claim_report
from tidu.laboratory.own_claim import load
from tidu.views.claim_effects import claim_effects

Says = Callable[..., Answer]

YAML = """
says: {{zh: 步子越多越准。, en: More steps read better.}}
metric: error
direction: lower
smallest: 0.01
because: Below one point nobody sees it.
seeds: 3
treatment: {{experiment: {toy}, preset: quick, fields: {{steps: 60}}}}
control: {{experiment: {toy}, preset: quick, fields: {{steps: 1}}}}
"""

PYTHON = """
from tidu.claims import Arm, Claim, Condition
from tidu.words import Text

CLAIM = Claim(
    id="more-steps", chapter="own", note="", seeds=3, direction="lower", smallest=0.01,
    says=Text("步子越多越准。", "More steps read better."), test=Text("两种步数。", "Two lengths."),
    conditions=(
        Condition("all", Text("总是", "always"), Arm({toy!r}, "error", {{"steps": 60}}, "quick"),
                  Arm({toy!r}, "error", {{"steps": 1}}, "quick")),
    ),
)
"""


@pytest.fixture(params=["yaml", "py"])
def own_claim(request: pytest.FixtureRequest, tmp_path: Path, own_experiment: str) -> str:
    """A claim about the toy in both forms."""
    file = tmp_path / f"more_steps.{request.param}"
    text = YAML if request.param == "yaml" else PYTHON
    file.write_text(text.format(toy=own_experiment), encoding="utf-8")
    return str(file)


def test_a_claim_of_ones_own_gets_a_verdict_and_a_picture(
    own_claim: str, tmp_path: Path, tidu_says: Says
) -> None:
    done = tidu_says("verify", own_claim, "--json", "--results", str(tmp_path / "kept"))
    assert done.code == 0, done.err
    assert done.json["verdict"] in {"holds", "does not hold", "undecided"}
    assert done.json["low"] <= done.json["effect"] <= done.json["high"]
    told = read_json(tmp_path / "kept" / "more-steps.json")
    assert told["seeds"] == [0, 1, 2]
    assert told["command"] == f"tidu verify {own_claim}"
    (condition,) = told["conditions"]
    effects = [c - t for t, c in zip(condition["treatment"], condition["control"], strict=True)]
    assert condition["effects"] == pytest.approx(effects)
    assert len(told["arms"]) == 2
    place = tmp_path / "runs" / "claims" / "more-steps"
    for ending in ("zh.png", "en.png", "zh.svg", "en.svg", "csv"):
        assert (place / f"effects.{ending}").stat().st_size > 0
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "More steps read better." in page
    assert "步子越多越准。" in page


BOTH = """
from tidu.claims import Arm, Claim, Condition, Reading
from tidu.words import Text

LONG, SHORT = (Arm({toy!r}, "error", {{"steps": steps}}, "quick") for steps in (60, 1))
CLAIM = Claim(
    id="both", chapter="own", note="", seeds=3, direction="lower", smallest=0.01,
    says=Text("两样都测。", "Both ways."), test=Text("算，也训练。", "Computed and trained."),
    check="tidu.claims.exact.softmax_example:check",
    conditions=(Condition("all", Text("总是", "always"), LONG, SHORT),),
    readings=(Reading(Text("三十步的误差", "error of thirty steps"),
                      Arm({toy!r}, "error", {{"steps": 30}}, "quick")),),
)
"""


def test_a_claim_may_have_a_check_arms_and_readings(
    tmp_path: Path, tidu_says: Says, own_experiment: str
) -> None:
    file = tmp_path / "a claim.py"
    file.write_text(BOTH.format(toy=own_experiment), encoding="utf-8")
    words = ("verify", str(file), "--seeds", "4", "--results", str(tmp_path / "kept"))
    done = tidu_says(*words)
    assert done.code == 0, done.err
    told = read_json(tmp_path / "kept" / "both.json")
    assert told["command"] == f"tidu verify '{file}' --seeds 4"
    assert [one["id"] for one in told["conditions"]] == ["as-written", "increasing", "all"]
    (reading,) = told["readings"]
    arms = {arm["config"]["steps"]: arm["per_seed"]["error"] for arm in told["arms"]}
    assert set(arms) == {1, 30, 60}
    assert reading["values"] == arms[30]
    found = settled(load(file), told, 1)
    assert found.verdict in {"holds only when", "undecided"}
    ((what, arm, mean),) = claim_report.readings(found)
    assert (what.zh, arm.en) == ("三十步的误差", f"{own_experiment}, quick, steps=30: error")
    assert float(mean.en.split(" ")[0]) == pytest.approx(sum(arms[30]) / 4, rel=1e-3)
    page = (tmp_path / "runs" / "claims" / "both" / "report.html").read_text(encoding="utf-8")
    assert "error of thirty steps" in page
    assert "有 2000 组次序不变" in page
    picture = claim_effects(found)
    assert len(picture.figure("zh").axes) == 2
    assert list(picture.data["condition"]) == ["as-written", "increasing", *["all"] * 4]


def test_what_was_run_is_not_run_again_and_what_was_killed_goes_on(
    own_claim: str, tmp_path: Path, tidu_says: Says
) -> None:
    assert tidu_says("verify", own_claim).code == 0
    runs = sorted((tmp_path / "runs").glob("arm-*"))
    assert len(runs) == 2
    before = [(run / "result.json").stat().st_mtime_ns for run in runs]
    (runs[1] / "result.json").unlink()  # as if it had been killed before its end
    told = tidu_says("verify", own_claim)
    assert told.code == 0
    after = [(run / "result.json").stat().st_mtime_ns for run in runs]
    assert after[0] == before[0]
    assert after[1] > before[1]
    assert sorted((tmp_path / "runs").glob("arm-*")) == runs
    assert "standard deviations" in told.out


def test_an_experiment_of_ones_own_that_was_changed_is_run_again(
    tmp_path: Path, tidu_says: Says, own_experiment: str
) -> None:
    toy, claim = tmp_path / "toy.py", tmp_path / "more_steps.yaml"
    text = Path(own_experiment).read_text(encoding="utf-8")
    claim.write_text(YAML.format(toy=toy), encoding="utf-8")
    effects: list[float] = []
    for now in (text, text.replace("torch.randn(32, 3", "torch.randn(16, 3"), text):
        toy.write_text(now, encoding="utf-8")
        effects.append(tidu_says("verify", str(claim), "--json").json["effect"])
    assert effects[0] != effects[1]
    assert effects[0] == effects[2]
    assert len(list((tmp_path / "runs").glob("arm-*"))) == 4


BAD = {
    "nothing.yaml": ("", "list of keys"),
    "list.yaml": ("- 1\n", "list of keys"),
    "broken.yaml": ("says: [", "not YAML"),
    "silent.yaml": ("metric: error\n", "no says"),
    "one_arm.yaml": ("says: a\nmetric: b\ntreatment: {experiment: spiral}\n", "no control"),
    "typo.yaml": ("says: a\ntreatmemt: {}\n", "treatment"),
    "no_metric.yaml": (
        "says: a\ntreatment: {experiment: spiral}\ncontrol: {experiment: spiral}\n",
        "which metric",
    ),
    "unknown.yaml": (
        "says: a\nmetric: b\ntreatment: {experiment: spirall}\ncontrol: {experiment: spiral}\n",
        "spiral",
    ),
    "field.yaml": (
        "says: a\nmetric: b\ntreatment: {experiment: spiral, fields: {wdth: 3}}\n"
        "control: {experiment: spiral}\n",
        "wdth",
    ),
    "direction.yaml": (
        "says: a\nmetric: b\ndirection: up\ntreatment: {experiment: spiral}\n"
        "control: {experiment: spiral}\n",
        "higher or lower",
    ),
    "ratio.yaml": (
        "says: a\nmetric: b\nscale: ratio\nsmallest: 0\ntreatment: {experiment: spiral}\n"
        "control: {experiment: spiral}\n",
        "above 0",
    ),
    "empty.py": ("", "no CLAIM"),
    "wrong.py": ("CLAIM = 3", "no CLAIM"),
    "fails.py": ("1 / 0", "ZeroDivisionError"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_in_the_file_is_told(name: str, tmp_path: Path, tidu_says: Says) -> None:
    text, word = BAD[name]
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    done = tidu_says("verify", str(file))
    assert done.code == 2
    assert word in done.err
    assert "Traceback" not in done.err
