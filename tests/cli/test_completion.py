"""The completion script, tried in a real shell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Answer, run_alone

Says = Callable[..., Answer]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash."""
    file = tmp_path_factory.mktemp("completion") / "tidu.bash"
    done = run_alone("completion", "bash")
    assert done.code == 0, done.err
    file.write_text(done.out)
    return file


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["tidu", "ru"], {"run", "runs"}),
        (["tidu", "li"], {"list"}),
        (["tidu", "run", "le"], {"lenet"}),
        (["tidu", "run", "lenet", "--ep"], {"--epochs"}),
        (["tidu", "run", "lenet", "--pre"], {"--preset", "--precision"}),
        (["tidu", "run", "gpt", "--se"], {"--seed", "--seeds"}),
        (["tidu", "data", "ch"], {"check"}),
        (["tidu", "export", "--t"], {"--to"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bash_completes(typed: list[str], offered: set[str], script: Path) -> None:
    words = " ".join(f"'{word}'" for word in typed)
    ask = f"""
        source {script}
        complete -p tidu > /dev/null || exit 7
        name=$(complete -p tidu | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; COMP_LINE="{" ".join(typed)}"
        COMP_POINT=${{#COMP_LINE}}
        $name tidu '{typed[-1]}' '{typed[-2]}'
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run(
        [bash, "-c", ask], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {word.strip() for word in done.stdout.split()} == offered


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_get_a_script_too(shell: str, tidu_says: Says) -> None:
    told = tidu_says("completion", shell)
    assert told.code == 0
    assert "lenet" in told.out
