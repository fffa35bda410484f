"""README, CONTRIBUTING and the documentation say the same in both languages, and it is true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tidu import catalogue
from tidu.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
PAIRS = [("README.md", "README.zh.md"), ("CONTRIBUTING.md", "CONTRIBUTING.zh.md")]
PAIRS += [(f"docs/en/{page.name}", f"docs/zh/{page.name}") for page in ROOT.glob("docs/en/*.md")]
EVERY_PAGE = [page for pair in PAIRS for page in pair]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code_blocks(text: str) -> list[tuple[str, str]]:
    """Language and code of every fenced block, without comments and generated parts."""
    blocks = re.findall(r"^```(\{?[\w-]+\}?)[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(kind, uncommented(code)) for kind, code in blocks if kind not in ("text", "{toctree}")]


def uncommented(code: str) -> str:
    return re.sub(r"\s*#[^\n]*", "", code).strip()


def levels(text: str) -> list[int]:
    """How deep each heading is."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", outside, re.MULTILINE)]


def in_english(code: str) -> str:
    """The code with the language it asks for exchanged."""
    return re.sub(r"\.words\.zh\b", ".words.en", code.replace('language="zh"', 'language="en"'))


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_both_languages_have_the_same_structure_and_code(english: str, chinese: str) -> None:
    one, two = read(english), read(chinese)
    assert levels(one) == levels(two)
    ours, theirs = code_blocks(one), code_blocks(two)
    assert [kind for kind, _ in ours] == [kind for kind, _ in theirs]
    for (_, code), (_, same) in zip(ours, theirs, strict=True):
        assert in_english(same) == code or "..." in code


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_each_page_is_in_its_language(page: str) -> None:
    text = re.sub(r"<!-- results:begin -->.*<!-- results:end -->", "", read(page), flags=re.DOTALL)
    prose = re.sub(r"```.*?```|`[^`]*`|<!--.*?-->", "", text, flags=re.DOTALL)
    share = len(re.findall(r"[\u4e00-\u9fff]", prose)) / len(prose)
    chinese = page.endswith(".zh.md") or page.startswith("docs/zh")
    assert share > 0.2 if chinese else share < 0.01


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_commands_and_systems_named_in_code_exist(page: str) -> None:
    for _, code in code_blocks(read(page)):
        for command, rest in re.findall(r"(?:^|/| )tidu ([a-z]+)([^\n|]*)", code):
            if "import" in (command, *rest.split()):
                continue
            assert command in COMMANDS
            words = rest.split()
            if command in {"run", "info"} and words and "." not in words[0]:
                assert words[0] in {*catalogue.SYSTEMS, "my-idea", "radial-basis"}


def test_links_in_the_checkout_lead_somewhere() -> None:
    for page in EVERY_PAGE:
        for target in re.findall(r"\]\(([^)#:]+)\)", read(page)):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


@pytest.mark.slow
def test_the_python_of_readme_runs(tmp_path: Path) -> None:
    blocks = [code for kind, code in code_blocks(read("README.md")) if kind == "python"]
    assert len(blocks) == 1
    script = tmp_path / "script.py"
    script.write_text(blocks[0], encoding="utf-8")
    told = os.environ | {"TIDU_RUNS": str(tmp_path / "runs")}
    asked = [sys.executable, "-W", "error::UserWarning", str(script)]
    done = subprocess.run(asked, env=told, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "mlp_accuracy" in done.stdout
    assert "(5, " in done.stdout
