"""Whatever is typed, and whatever lies in a file: an answer in words, never a traceback.

Each row is a command line, the exit code, and words that must stand in what it says. ``{w}`` is
the folder that ``bad_world`` fills; runs are looked up in its ``runs``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bad_world import build

from commands import Answer, run_alone

Says = Callable[..., Answer]

LONG = "x" * 5000

COMMANDS = [
    ("rnu", 2, "no command called 'rnu'", "run"),
    ("--nonsense", 2, "no command", "tidu --help"),
    ("list vision", 2, "vision"),
    ("list --chapter visoin", 2, "'visoin'", "vision"),
    ("list --kind compnent", 2, "component"),
    ("list --jsn", 2, "--json"),
    ("list --chapter", 2, "chapter"),
    ("info", 2, "id"),
    ("info lenett", 2, "'lenett'", "lenet"),
    ("info lenet gpt", 2, "gpt"),
    ("info --json", 2, "id"),
    (f"info {LONG}", 2, "no system"),
    ("completion fsh", 2, "fsh", "zsh"),
    ("completion powershell", 2, "powershell"),
    ("doctor now", 2, "now"),
    ("runs --experiment", 2, "experiment"),
    ("runs toy", 2, "toy"),
    ("claims --chapter visoin", 2, "'visoin'", "vision"),
    ("claims --verdict maybe", 2, "'maybe'", "holds"),
    ("claims softmax-example", 2, "softmax-example"),
    ("verify", 2, "claim"),
    ("verify softmax-exampel", 2, "'softmax-exampel'", "softmax-example"),
    ("verify explore-pays", 2, "not built"),
    ("verify softmax-example --seeds 1", 2, "2 to 1000"),
    ("verify softmax-example --seeds few", 2, "few"),
    ("verify {w}/nothing.yaml", 2, "no file"),
    (f"verify {LONG}", 2, "no claim"),
]
RUN = [
    ("run", 2, "needs the name of an experiment"),
    ("run --preset quick", 2, "needs the name of an experiment"),
    ("run lenett", 2, "lenet"),
    ("run LSTM", 2, "no experiment called 'LSTM'", "tidu list"),
    ("run lstm", 2, "is a component", "tidu info lstm"),
    (f"run {LONG}", 2, "no experiment"),
    ("run {w}/nothing.py", 2, "There is no file"),
    ("run {w}/plain", 2, "no experiment"),
    ("run {w}/words.txt", 2, "no experiment"),
    ("run {w}/no_config.py", 2, "has no Config"),
    ("run {w}/no_presets.py", 2, "has no PRESETS"),
    ("run {w}/empty_presets.py", 2, "PRESETS"),
    ("run {w}/no_run.py", 2, "has no run"),
    ("run {w}/syntax.py", 2, "could not be loaded", "SyntaxError"),
    ("run {w}/import_error.py", 2, "a_module_that_is_not_there"),
    ("run {w}/raises.py", 1, "could not run", "lost"),
    ("run {w}/divides.py", 1, "could not run", "division by zero"),
    ("run {w}/returns_text.py --steps 2", 1, "must return a dictionary with a number"),
    ("run {w}/returns_nothing.py --steps 2", 1, "must return a dictionary", "got None"),
    ("run {w}/keeps_a_number.py", 1, "keep['generator']"),
    ("run {w}/random.py --steps 2", 0),
    ("run lenet --preset fast", 2, "no preset of lenet called 'fast'", "fashion"),
    ("run lenet --preset", 2, "preset"),
    ("run lenet --epoch 3", 2, "--epochs"),
    ("run lenet --epochs", 2, "epochs"),
    ("run lenet --epochs many", 2, "epochs"),
    ("run lenet --epochs 1.5", 2, "epochs"),
    ("run lenet --epochs 0", 2, "--epochs must be a whole number of at least 1; got 0"),
    ("run lenet --epochs -3", 2, "--epochs must be"),
    ("run lenet --epochs nan", 2, "epochs"),
    ("run lenet --lr nan", 2, "--lr must be a finite number; got nan"),
    ("run lenet --lr inf", 2, "--lr must be a finite number"),
    ("run lenet --lr -1", 2, "--lr must be a number above 0; got -1.0"),
    ("run lenet --lr 0", 2, "--lr must be"),
    ("run lenet --lr 1e999", 2, "--lr must be"),
    ("run lenet --lr fast", 2, "lr"),
    ("run lenet --momentum 1", 2, "--momentum must be a number of at least 0 and below 1"),
    ("run lenet --label-smoothing -0.1", 2, "--label-smoothing must be"),
    ("run lenet --source cifar", 2, "mnist-5k"),
    ("run lenet --net vgg", 2, "lenet-5"),
    ("run lenet --flip maybe", 2, "maybe"),
    ("run lenet --preset quick --batch 5000000", 2, "--batch must be", "5000000"),
    ("run lenet extra", 2, "extra"),
    ("run spiral --hidden 32 zero", 2, "hidden"),
    ("run spiral --hidden 32 -1", 2, "--hidden"),
    ("run gpt --heads 5 --preset quick", 2, "multiple of --heads"),
    ("run gpt --preset quick --context 100000000", 2, "--context 100000000"),
    ("run toy --seed -1", 2, "--seed must be"),
    ("run toy --seed 99999999999999999999999", 2, "--seed must be"),
    ("run toy --seeds 0", 2, "--seeds must be"),
    ("run toy --seeds 1000000000", 2, "--seeds must be"),
    ("run toy --threads 0", 2, "--threads must be"),
    ("run toy --threads 1000000", 2, "--threads must be"),
    ("run toy --checkpoint-every -1", 2, "--checkpoint-every must be"),
    ("run toy --checkpoint-every nan", 2, "--checkpoint-every must be"),
    ("run toy --device banana", 2, "--device banana"),
    ("run toy --device cuda:99", 2, "--device cuda:99"),
    ("run toy --device meta", 2, "--device meta"),
    ("run toy --name a/b", 2, "plain folder name"),
    ("run toy --name ..", 2, "plain folder name"),
    ("run toy --name last", 2, "plain folder name"),
    ("run toy --name=", 2, "plain folder name"),
    ("run toy --name=-x", 2, "plain folder name"),
    (f"run toy --name {LONG}", 1, "could not be written"),
    ("run toy --name toy", 2, "already", "tidu resume toy"),
    ("run toy --from nothing", 2, "no run called 'nothing'"),
    ("run toy --from empty-json", 2, "damaged"),
    ("run toy --from no-json", 2, "not a run"),
    ("run pruning --preset quick --from gpt", 2, "gpt"),
    ("run pruning --preset quick --from toy", 2, "toy"),
    ("run optimizers --data {w}/good.csv", 2, "optimizers does not take data of your own", "lenet"),
    ("run lenet --target price", 2, "lenet does not take a target column", "linear-regression"),
    ("run gan --from toy", 2, "gan does not take a run to start from", "pruning"),
    ("run linear-regression --target price", 2, "without --data"),
    ("run toy --kind product", 2, "sum"),
    ("run toy --data {w}/nothing.csv", 2, "no file or folder"),
    ("run toy --results {w}/words.txt/folder --steps 2", 1, "could not be written"),
]
OWN_DATA = [
    ("run linear-regression --data {w}/nothing.csv", 2, "no file or folder"),
    ("run linear-regression --data {w}/plain", 2, "folder"),
    ("run linear-regression --data {w}/empty.csv", 2, "empty.csv"),
    ("run linear-regression --data {w}/blank.csv", 2, "blank.csv"),
    ("run linear-regression --data {w}/header-only.csv", 2, "no rows"),
    ("run linear-regression --data {w}/ragged.csv", 2, "line 3", "expected 3 cells"),
    ("run linear-regression --data {w}/quotes.csv", 2, "line 2", "quotes"),
    ("run linear-regression --data {w}/twice.csv", 2, "two columns are called 'a'"),
    ("run linear-regression --data {w}/one-column.csv", 2, "one-column.csv"),
    ("run linear-regression --data {w}/constant-target.csv", 2, "in every row"),
    ("run linear-regression --data {w}/missing-target.csv", 2, "line 3", "missing"),
    ("run linear-regression --data {w}/text-target.csv", 2, "line 2", "needs a target of numbers"),
    ("run linear-regression --data {w}/mixed.csv", 2, "line 14", "five"),
    ("run linear-regression --data {w}/constant-features.csv", 2, "no column left"),
    ("run linear-regression --data {w}/two-rows.csv", 2, "rows"),
    ("run linear-regression --data {w}/infinite.csv", 2, "inf"),
    ("run linear-regression --data {w}/binary.csv", 2, "zero byte"),
    ("run linear-regression --data {w}/latin.csv", 2, "line 1"),
    ("run linear-regression --data {w}/good.csv --target prise", 2, "'prise'", "price"),
    ("run linear-regression --data {w}/good.csv --test-fraction 0", 2, "fraction"),
    ("run cost-surface --preset quick --feature bmj", 2, "'bmj'", "bmi"),
    ("run perceptron --gap 0.9", 2, "--gap must be at most"),
    ("run perceptron --points iris --features bmi age", 2, "'bmi'", "petal"),
    ("run perceptron --data {w}/text-target.csv --positive hgh", 2, "'hgh'", "high"),
    ("run perceptron --data {w}/good.csv", 2, "classes"),
    ("run polynomial-regression --feature bmj", 2, "'bmj'", "bmi"),
    ("run polynomial-regression --feature sex", 2, "--max-degree", "there are 2"),
    ("run polynomial-regression --folds 1", 2, "--folds must be"),
    ("run polynomial-regression --data {w}/text-target.csv", 2, "needs a target of numbers"),
    ("run indicator-regression --data {w}/good.csv", 2, "no column of texts"),
    ("run indicator-regression --data {w}/good.csv --category a", 2, "different numbers"),
    ("run indicator-regression --source iris --category clas", 2, "'clas'", "class"),
    ("run indicator-regression --source iris --feature petals", 2, "'petals'", "petal length"),
    ("run indicator-regression --source iris --least 60", 2, "--least"),
    ("run logistic-regression --data {w}/good.csv", 2, "classes"),
    ("run logistic-regression --data {w}/mixed.csv", 2, "line 14", "five"),
    ("run logistic-regression --data {w}/text-target.csv --positive hgh", 2, "'hgh'", "high"),
    ("run logistic-regression --features bmi", 2, "'bmi'"),
    ("run logistic-regression --l2 -1", 2, "--l2 must be"),
    ("run tabular --data {w}/empty.csv", 2, "empty.csv"),
    ("run tabular --data {w}/ragged.csv", 2, "line 3", "expected 3 cells"),
    ("run tabular --data {w}/mixed.csv", 2, "line 14", "five"),
    ("run tabular --data {w}/latin.csv", 2, "line 1", "--encoding"),
    ("run tabular --data {w}/latin.csv --encoding klingon", 2, "'klingon'", "gb18030"),
    ("run tabular --data {w}/constant-target.csv", 2, "in every row"),
    ("run tabular --data {w}/missing-target.csv", 2, "line 3", "missing"),
    ("run tabular --data {w}/two-rows.csv", 2, "too few"),
    ("run tabular --data {w}/good.csv --target prise", 2, "'prise'", "price"),
    ("run tabular --data {w}/good.csv --leave-out c", 2, "'c'"),
    ("run tabular --data {w}/good.csv --leave-out a b", 2, "no column left"),
    ("run tabular --data {w}/good.csv --task classification", 2, "classes", "regression"),
    ("run tabular --data {w}/good.csv --model logistic", 2, "classes"),
    ("run tabular --data {w}/good.csv --model tree", 2, "softmax"),
    ("run tabular --data {w}/text-target.csv --model linear", 2, "needs a target of numbers"),
    ("run tabular --source iris --model logistic", 2, "has 3", "--model softmax"),
    ("run tabular --source iris --task regression", 2, "is one for classification"),
    ("run tabular --source diabetes --model polynomial --degree 1", 2, "--degree"),
    ("run tabular --test-fraction 0.999", 2, "too few"),
    ("run tabular --test-fraction 0.002", 2, "--test-fraction", "2 or more"),
    ("run tabular --folds 1", 2, "--folds must be"),
    ("run tabular --data {w}/good.csv --results {w}", 2, "--results", "--data"),
    ("run tabular --test-fraction 0", 2, "too few"),
    ("run regularisation --folds 1", 2, "--folds must be"),
    ("run regularisation --data {w}/missing-target.csv", 2, "line 3", "missing"),
    ("run feature-normalisation --rate 0", 2, "--rate must be above 0"),
    ("run feature-normalisation --features bmi s55", 2, "'s55'", "s5"),
    ("run lenet --preset quick --data {w}/plain", 2, "plain"),
    ("run lenet --preset quick --data {w}/words.txt", 2, "words.txt"),
    ("run gpt --preset quick --data {w}/empty.txt", 2, "empty"),
    ("run gpt --preset quick --data {w}/latin.txt", 2, "line 1", "UTF-8"),
    ("run gpt --preset quick --data {w}/words.txt", 2, "words.txt"),
]
RUNS = [
    ("show nothing", 2, "no run called 'nothing'"),
    ("show tyo", 2, "toy"),
    (f"show {LONG}", 2, "no run called"),
    ("show ..", 2, "not a run"),
    ("show {w}/words.txt", 2, "no run"),
    ("show empty-json", 2, "damaged"),
    ("show text-json", 2, "damaged"),
    ("show list-json", 2, "damaged"),
    ("show binary-json", 2, "damaged"),
    ("show lacking-json", 2, "damaged"),
    ("show wrong-json", 2, "damaged"),
    ("show deep-json", 2, "damaged"),
    ("show no-json", 2, "not a run"),
    ("show bad-result", 2, "damaged"),
    ("show unfinished", 1, "not finished"),
    ("show bad-state", 2, "damaged"),
    ("show toy --jsno", 2, "--json"),
    ("show gone", 2, "/nowhere/toy.py"),
    ("compare", 2, "runs"),
    ("compare toy", 2, "at least two runs"),
    ("compare toy nothing", 2, "nothing"),
    ("compare toy unfinished", 1, "no result yet", "tidu resume unfinished"),
    ("compare toy bad-result", 2, "damaged"),
    ("compare toy text-json", 2, "damaged"),
    ("resume nothing", 2, "no run"),
    ("resume no-json", 2, "not a run"),
    ("resume empty-json", 2, "damaged"),
    ("resume unknown", 2, "nonsense"),
    ("resume gone", 2, "/nowhere/toy.py"),
    ("resume half-checkpoint", 2, "not a whole checkpoint"),
    ("resume foreign-checkpoint", 2, "not a whole checkpoint"),
    ("resume bad-config", 2, "--steps must be"),
    ("resume toy --checkpoint-every -2", 2, "--checkpoint-every must be"),
    ("resume toy --checkpoint-every soon", 2, "checkpoint-every"),
]
USE = [
    ("use --json", 2, "needs a run first"),
    ("use nothing", 2, "no run"),
    ("use toy", 2, "nothing that can be used"),
    ("use lenet", 2, "a picture file"),
    ("use lenet {w}/nothing.png", 2, "nothing.png"),
    ("use lenet {w}/plain", 2, "Expected a picture file"),
    ("use lenet {w}/empty.png", 2, "empty.png"),
    ("use lenet {w}/words.png", 2, "words.png"),
    ("use lenet {w}/half.png", 2, "half.png"),
    ("use lenet {w}/bomb.png", 2, "bomb.png"),
    ("use lenet {w}/whole.png {w}/dot.png", 2, "dot.png"),
    ("use lenet {w}/whole.png --speed 3", 2, "--speed"),
    ("use no-classes {w}/whole.png", 2, "classes.json"),
    ("use bad-classes {w}/whole.png", 2, "classes.json", "damaged"),
    ("use gpt --prompt \u6625", 2, "\u6625"),
    ("use gpt --length 0", 2, "--length must be"),
    ("use gpt --length all", 2, "length"),
    ("use gpt --temperature -1", 2, "--temperature must be"),
    ("use gpt --temperature nan", 2, "--temperature must be"),
    ("use gpt --top-p 2", 2, "--top-p must be"),
    ("use gpt --top-k 0", 2, "--top-k must be"),
    ("use gpt --beam -1", 2, "--beam must be"),
    ("use gpt --seed -99999999999999999999999", 2, "could not be used"),
    ("use no-tokenizer", 2, "tokenizer.json"),
    ("use linear-regression", 2, "a CSV file"),
    ("use linear-regression {w}/nothing.csv", 2, "nothing.csv"),
    ("use linear-regression {w}/plain", 2, "folder"),
    ("use linear-regression {w}/wrong-columns.csv", 2, "no column"),
    ("use linear-regression {w}/empty.csv", 2, "empty.csv"),
    ("use no-columns {w}/good.csv", 2, "columns.json"),
    ("use spiral {w}/wrong-columns.csv", 2, "'x'"),
    ("use spiral {w}/points-text.csv", 2, "line 2", "here"),
]
EXPORT = [
    ("export", 2, "run"),
    ("export nothing", 2, "no run"),
    ("export toy --to pickle", 2, "safetensors"),
    ("export no-weights --to safetensors", 2, "no model.safetensors", "tidu resume"),
    ("export half-weights --to safetensors", 2, "half-weights"),
    ("export text-weights --to safetensors", 2, "text-weights"),
    ("export foreign-weights --to safetensors", 2, "do not fit"),
    ("export folder-weights --to safetensors", 2, "folder-weights"),
    ("export toy --to safetensors --out {w}/plain", 2, "is a folder"),
    ("export toy --to safetensors --out {w}/words.txt/x", 1, "could not be written"),
    ("export toy --to safetensors --out /proc/nothing/x", 1, "could not be written"),
    ("export unfinished --out", 2, "out"),
    ("export wrong-json", 2, "damaged"),
]
NEW = [
    ("new", 2, "what to call it"),
    ("new a/b", 2, "letters, digits and dashes"),
    ("new ../x", 2, "letters"),
    ("new 3d", 2, "letters"),
    ("new class!", 2, "letters"),
    ("new lenet", 2, "already"),
    ("new mine --from lenett", 2, "lenet"),
    ("new mine --from lstm", 2, "no experiment to copy"),
    (f"new {LONG}", 2, "letters, digits and dashes"),
]
LAB = [
    ("lab nothing", 2, "no system called"),
    ("lab lenett", 2, "lenet"),
    ("lab --port 70000", 2, "0 to 65535"),
    ("lab --port -1", 2, "0 to 65535"),
]
DATA = [
    ("data lst", 2, "list"),
    ("data get", 2, "name"),
    ("data get minst", 2, "mnist"),
    ("data get mnist", 1, "Three ways out", "TIDU_DATA_MIRROR", "mnist-5k"),
    ("data get mnist --mirror {w}/empty-mirror", 1, "mnist.npz"),
    ("data get mnist --mirror {w}/broken-mirror", 1, "broken"),
    ("data get mnist --mirror {w}/words.txt", 2, "mirror"),
    ("data get mnist --mirror /nowhere", 2, "/nowhere"),
    ("data get mnist --mirror ftp://there", 2, "ftp://there"),
    ("data get mnist --mirror http://127.0.0.1:9", 1, "no connection"),
    ("data check minst", 2, "mnist"),
    ("data path", 2, "name"),
    ("data path nothing", 2, "nothing"),
    ("data list --all", 2, "--all"),
    ("run lenet --mirror {w}/empty-mirror", 1, "Three ways out"),
    ("run lenet --mirror /nowhere", 2, "/nowhere"),
]
TABLE = [*COMMANDS, *RUN, *OWN_DATA, *RUNS, *USE, *EXPORT, *NEW, *LAB, *DATA]


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, own_experiment: str, quick_run: Callable[[str], Path]
) -> Iterator[Path]:
    """The folder with all that is wrong."""
    folder = tmp_path_factory.mktemp("bad")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDU_RUNS", str(folder / "runs"))
        yield build(folder, own_experiment, quick_run)


def words_of(line: str, world: Path, toy: str) -> list[str]:
    """The words of one row; ``run toy`` runs the toy experiment, and quickly."""
    words = [word.replace("{w}", str(world)) for word in line.split()]
    if words[:2] == ["run", "toy"]:
        words[1] = toy
    return words


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0][:60])
def test_a_mistake_is_answered_in_words(
    row: tuple[str, int, *tuple[str, ...]],
    world: Path,
    own_experiment: str,
    tidu_says: Says,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line, code, *expected = row
    monkeypatch.setenv("TIDU_RUNS", str(world / "runs"))
    said = tidu_says(*words_of(line, world, own_experiment))
    assert "Traceback" not in said.out + said.err
    assert said.code == code, said.err
    for words in expected:
        assert words in " ".join(said.err.replace("\u2502", " ").split())


def test_there_are_enough_rows_for_every_command() -> None:
    from tidu.cli import main

    assert sum(1 for row in TABLE if row[1]) >= 100
    assert {row[0].split()[0] for row in TABLE} >= set(main.COMMANDS)


@pytest.mark.parametrize(
    "line",
    ["rnu", "run lenett", "run lenet --lr nan", "show nothing", "use --json", "data get minst"],
)
def test_no_traceback_from_a_real_process(line: str) -> None:
    done = run_alone(*line.split())
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["list", "runs"])
def test_damaged_runs_do_not_hide_the_others(
    command: str, world: Path, tidu_says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_RUNS", str(world / "runs"))
    said = tidu_says(command)
    assert said.code == 0, said.err
    if command == "runs":
        told = {row["run"].rsplit("/", 1)[-1]: row for row in tidu_says("runs", "--json").json}
        assert told["toy"]["state"] == "finished"
        assert told["empty-json"]["state"] == "damaged"
        assert told["unfinished"]["state"] == "stopped"


def test_a_folder_that_cannot_be_made(own_experiment: str, tmp_path: Path, tidu_says: Says,
                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TIDU_RUNS", str(tmp_path / "file" / "runs"))
    said = tidu_says("run", own_experiment)
    assert said.code == 1
    assert "could not be written" in said.err
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "file" / "home"))
    assert tidu_says("data", "get", "mnist").code == 1


def test_a_reader_that_leaves_and_a_terminal_without_chinese() -> None:
    import subprocess
    import sys

    tidu = f"{sys.executable} -m tidu"
    told = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {tidu} list | true; {tidu} list --json | head -c 9"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.stderr == ""
    plain = os.environ | {"PYTHONIOENCODING": "ascii", "TIDU_LANG": "zh", "PYTHONUTF8": "0"}
    said = subprocess.run([*tidu.split(), "list"], capture_output=True, env=plain, timeout=60)
    assert said.returncode == 0
    assert said.stderr == b""


def test_the_presets_of_the_command_line_are_the_last_ones_given(
    own_experiment: str, tidu_says: Says, tmp_path: Path
) -> None:
    """``--preset`` twice: the last one counts, for the configuration too."""
    words = ("--preset", "standard", "--preset", "quick", "--name", "mine", "--json")
    assert tidu_says("run", own_experiment, *words).code == 0
    told = (tmp_path / "runs" / "mine" / "run.json").read_text()
    assert '"steps": 40' in told
    shutil.rmtree(tmp_path / "runs")
