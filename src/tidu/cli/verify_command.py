"""``tidu verify CLAIM``: put a statement to the test."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro

from tidu import claims
from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.words import Text, language

if TYPE_CHECKING:
    from tidu.laboratory.verification import CarryOut, Progress


@dataclass(frozen=True)
class Arguments:
    """Put a statement to the test: run its arms over seeds, and find the verdict."""

    claim: tyro.conf.Positional[str]  # a claim's id, or a .py or .yaml file with one of your own
    seeds: int | None = None  # how many seeds; by default as many as the claim names
    quick: bool = False  # few seeds, short runs: at most a minute
    ray: str | None = None  # spread the arms over a Ray cluster: auto, host:port, ray://host:port
    results: str | None = None  # also write the result as JSON into this folder
    quiet: bool = False  # no progress
    json: bool = False  # end with one line of JSON for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "verify", words)
    if wanted.seeds is not None and not 2 <= wanted.seeds <= 1000:
        raise TiduError(
            f"--seeds must be a whole number from 2 to 1000; got {wanted.seeds}.",
            "Leave it out for the claim's own number.",
        )
    claim, size = _find(wanted.claim)
    from tidu.laboratory import verification

    silent = wanted.quiet or wanted.json
    carry_out = None if wanted.ray is None else _spread(claim, wanted.ray, silent)
    told = verification.verify(
        claim,
        seeds=wanted.seeds,
        quick=wanted.quick,
        carry_out=carry_out,
        tell=None if silent else _Progress(ended=carry_out is not None),
        named=wanted.claim,
    )
    found = claims.settled(claim, told, size)
    place = _leave(found, told)
    if wanted.results is not None:
        verification.write(told, wanted.results)
    if wanted.json:
        from tidu.cli.claims_command import as_json

        print(json.dumps({**as_json(found), "seconds": told["seconds"], "folder": str(place)}))
        return
    _say(found, told, place, size)


def _find(reference: str) -> tuple[claims.Claim, int]:
    """The claim, and how many claims its verdict is corrected for."""
    if Path(reference).suffix in {".py", ".yaml", ".yml"}:
        from tidu.laboratory import own_claim

        return own_claim.load(Path(reference)), 1
    return claims.claim(reference), len(claims.LEDGER)


def _spread(claim: claims.Claim, address: str, silent: bool) -> CarryOut | None:
    """What carries the arms out on the cluster; an exact claim has none, and one line says so."""
    from tidu.laboratory import ray_cluster

    if claim.kind != "exact":
        said = Text(f"各臂交给 Ray 集群 {address}", f"The arms go to the Ray cluster {address}")
    else:
        said = Text(
            "精确的说法没有要训练的臂，就在这里检验", "An exact claim has no arms: checked here"
        )
    if not silent:
        print(said[language()], file=sys.stderr, flush=True)
    return None if claim.kind == "exact" else ray_cluster.on(address)


class _Progress:
    """Says which arm is at work, or which has ended on a cluster, and how long it will take."""

    def __init__(self, ended: bool) -> None:
        self._began, self._ended = time.monotonic(), ended

    def __call__(self, now: Progress) -> None:
        if now.ended != self._ended:
            return
        spoken, arm, done, total = language(), now.arm, now.done, now.total
        fields = " ".join(f"--{k.replace('_', '-')} {v}" for k, v in arm.fields.items())
        left = ""
        if 0 < done < total:
            seconds = (time.monotonic() - self._began) / done * (total - done)
            left = Text(f"，大约还要 {seconds:.0f} 秒", f", about {seconds:.0f} s left")[spoken]
        number = done if now.ended else done + 1
        print(
            f"[{number}/{total}] {arm.experiment} --preset {arm.preset} {fields}{left}",
            file=sys.stderr,
            flush=True,
        )


def _leave(found: claims.Settled, told: dict[str, Any]) -> Path:
    """Write result, picture and report below the runs; the folder."""
    from tidu.files import write_bytes, write_json
    from tidu.laboratory import claim_report
    from tidu.runs import store
    from tidu.views.claim_effects import claim_effects

    place = store.runs_folder() / "claims" / found.claim.id
    write_json(place / "result.json", told)
    picture = claim_effects(found)
    for spoken in ("zh", "en"):
        for ending in ("png", "svg"):
            write_bytes(place / f"effects.{spoken}.{ending}", picture.render(ending, spoken))
    write_bytes(place / "effects.csv", picture.render("csv"))
    claim_report.write(place / "report.html", found)
    return place


def _say(found: claims.Settled, told: dict[str, Any], place: Path, size: int) -> None:
    from rich.console import Console

    from tidu.laboratory import claim_report

    spoken = language()
    console = Console(highlight=False)
    console.print(f"\n[bold]{found.claim.id}[/bold]  {found.claim.says[spoken]}")
    console.print(Text("结论：", "Verdict: ")[spoken] + f"[bold]{found.said(spoken)}[/bold]\n")
    for condition in found.conditions:
        console.print(f"  {condition.when[spoken]}: {claims.WORDS[condition.outcome][spoken]}")
        if condition.example:
            console.print(f"    {condition.example[spoken]}", style="dim", markup=False)
        else:
            effect = Text("效应", "effect")[spoken]
            console.print(
                f"    {effect} {claim_report.shown(found, condition)}",
                style="dim",
                markup=False,
            )
    if found.claim.kind == "measured":
        console.print("\n" + _reach(found.claim, told, size)[spoken], soft_wrap=True)
    if found.claim.correct is not None and found.verdict != "holds":
        correct = Text("正确的说法：", "What is true: ")[spoken]
        console.print(f"\n{correct}{found.claim.correct[spoken]}", soft_wrap=True)
    console.print(f"\n{told['seconds']:.1f} s", markup=False)
    for file in (f"effects.{spoken}.png", "report.html"):
        console.print(f"  {place / file}", soft_wrap=True, markup=False)


def _reach(claim: claims.Claim, told: dict[str, Any], size: int) -> Text:
    """What this many seeds can settle, and what they cannot."""
    from tidu.claims.power import least_gap

    count = len(told["seeds"])
    gap = least_gap(count, size * len(claim.conditions))
    return Text(
        f"{count} 个种子能判定的，是均值离有意义的最小效应至少 {gap:.1f} 个标准差"
        "（各种子之间的）的效应；更接近的，要更多种子（--seeds）。",
        f"{count} seeds settle effects whose mean is at least {gap:.1f} standard deviations (of "
        "the seeds) from the smallest that matters; nearer ones need more --seeds.",
    )
