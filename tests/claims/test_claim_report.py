"""The report pages of claims: they stand alone, in both languages, and say what the results say."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Answer
from tidu.claims import CHAPTERS, LEDGER, WORDS, Claim, Condition, Settled, claim, settled
from tidu.laboratory import claim_report
from tidu.laboratory.ledger import committed, ledger
from tidu.words import Text

Says = Callable[..., Answer]

TESTED = [found for found in ledger() if found.conditions]
KINDS = {found.claim.kind: found for found in TESTED}


def pages(text: str) -> dict[str, str]:
    """What each language's part of a page says, without tags and packed files."""
    found = re.findall(r'<main lang="[^"]+" data-page="(..)">(.*?)</main>', text, re.DOTALL)
    return {name: html.unescape(re.sub("<[^>]*>", " ", part)) for name, part in found}


def stands_alone(text: str) -> bool:
    return not re.search(r'(?:src|href)="(?!data:)', text) and "default-src 'none'" in text


@pytest.mark.parametrize("found", KINDS.values(), ids=list(KINDS))
def test_a_page_tells_statement_verdict_effects_and_setting(found: Settled, tmp_path: Path) -> None:
    claim_report.write(tmp_path / "report.html", found)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert stands_alone(text)
    assert text.count("data:image/png;base64,") == 2
    told = pages(text)
    assert set(told) == {"zh", "en"}
    made = found.result["environment"]
    for language, page in told.items():
        assert found.claim.says[language] in page
        assert found.said(language) in page
        assert found.claim.test[language] in page
        for condition in found.conditions:
            assert condition.when[language] in page
            assert WORDS[condition.outcome][language] in page
            seen = condition.example
            assert (seen[language] if seen else claim_report.shown(found, condition)) in page
        for word in (
            found.claim.note,
            made["commit"],
            made["processor"],
            made["packages"]["torch"],
        ):
            assert word in page
        for figure in found.claim.evidence:
            assert figure.source in page
    assert not re.search("[\u4e00-\u9fff]", told["en"].replace(found.claim.note, ""))


def test_what_is_true_is_told_only_where_the_notes_are_wrong() -> None:
    wrong = [f for f in TESTED if f.verdict != "holds" and f.claim.correct is not None]
    right = [f for f in TESTED if f.verdict == "holds"]
    assert wrong
    assert right
    for found in wrong:
        assert claim_report.report(found).remarks == {claim_report.CORRECT: [found.claim.correct]}
    for found in right:
        assert not claim_report.report(found).remarks


def test_other_numbers_make_another_page() -> None:
    found = next(f for f in TESTED if f.claim.check is None and f.verdict == "holds")
    result = dict(committed(found.claim) or {})
    turned = [
        {**one, "statistics": {**one["statistics"], "effect": -9.0, "low": -10.0, "high": -8.0,
                               "p_above": 1.0, "p_below": 0.0}}
        for one in result["conditions"]
    ]  # fmt: skip
    other = claim_report.report(settled(found.claim, {**result, "conditions": turned}, 60))
    assert other.about.en == "Verdict: does not hold"
    assert other.tables[0].rows[0][1] == WORDS["does not hold"]


def test_words_of_a_claim_cannot_break_the_page(tmp_path: Path) -> None:
    nasty = Text("</main><script>坏</script>", "</main><script>bad()</script>")
    arm = claim("logistic-cannot-xor").conditions[0].control
    own = Claim("own", "own", nasty, "", nasty, (Condition("a", nasty, arm, arm),), correct=nasty)
    claim_report.write(tmp_path / "report.html", Settled(own, "not yet tested"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>bad()" not in text
    assert "bad()" in pages(text)["en"]


def test_the_command_writes_the_whole_ledger_as_one_page(tmp_path: Path, tidu_says: Says) -> None:
    done = tidu_says("claims", "--report", str(tmp_path / "ledger.html"))
    assert done.code == 0, done.err
    text = (tmp_path / "ledger.html").read_text(encoding="utf-8")
    assert stands_alone(text)
    names = re.findall(r'id="file-([^"]+)"', text)
    assert len(names) == len(set(names))
    for language, page in pages(text).items():
        for found in ledger():
            assert found.claim.says[language] in page
            assert found.said(language) in page
        for chapter in {one.chapter for one in LEDGER.values()}:
            assert CHAPTERS[chapter][language] in page


def test_a_file_that_is_no_page_or_no_claim_is_told(
    tidu_says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = tidu_says("claims", "--report", "ledger.pdf")
    assert done.code == 2
    assert ".html" in done.err
    monkeypatch.setattr("tidu.cli.claims_command.ledger", list)
    none = tidu_says("claims", "--report", "ledger.html")
    assert none.code == 2
    assert "No claim is left" in none.err
