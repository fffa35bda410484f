"""A folder full of what can be wrong: broken runs, tables, pictures and experiments."""

from __future__ import annotations

import json
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file

import tidu


def build(folder: Path, toy: str, quick_run: Callable[[str], Path]) -> Path:
    """Make the folder; runs are in ``runs``, whole ones and broken copies of them."""
    runs = folder / "runs"
    tidu.run(toy, preset="quick", name="toy", quiet=True)
    for id in ("lenet", "gpt", "linear-regression", "spiral"):
        shutil.copytree(quick_run(id), runs / id)
    _broken_runs(runs)
    _tables(folder)
    _pictures(folder)
    _experiments(folder, Path(toy))
    (folder / "plain").mkdir()
    (folder / "words.txt").write_text("hello")
    (folder / "empty.txt").write_text("")
    (folder / "latin.txt").write_bytes("caf\u00e9 ".encode("latin-1") * 50)
    (folder / "empty-mirror").mkdir()
    (folder / "broken-mirror" / "mnist").mkdir(parents=True)
    (folder / "broken-mirror" / "mnist" / "mnist.npz").write_bytes(b"PK\x03\x04 not really")
    return folder


def _broken_runs(runs: Path) -> None:
    def copy(name: str, of: str = "toy", without: str = "") -> Path:
        shutil.copytree(runs / of, runs / name)
        for file in without.split():
            (runs / name / file).unlink()
        return runs / name

    for name, text in {
        "empty-json": b"", "text-json": b"hello", "list-json": b"[]", "binary-json": b"\xff\xfe\0",
        "lacking-json": b'{"experiment": "lenet"}', "deep-json": b"[" * 100_000,
        "wrong-json": b'{"experiment": 3, "name": [], "config": "x"}',
    }.items():  # fmt: skip
        (copy(name) / "run.json").write_bytes(text)
    (copy("no-json") / "run.json").unlink()
    for name, experiment in {"gone": "/nowhere/toy.py", "unknown": "nonsense"}.items():
        told = json.loads((copy(name) / "run.json").read_text())
        (runs / name / "run.json").write_text(json.dumps(told | {"experiment": experiment}))
    copy("no-weights", without="model.safetensors")
    weights = (copy("half-weights") / "model.safetensors").read_bytes()
    (runs / "half-weights" / "model.safetensors").write_bytes(weights[:-5])
    (copy("text-weights") / "model.safetensors").write_bytes(b"hello")
    save_file({"other": torch.ones(3)}, copy("foreign-weights") / "model.safetensors")
    (copy("folder-weights", without="model.safetensors") / "model.safetensors").mkdir()
    kept = copy("half-checkpoint", without="result.json") / "checkpoints" / "train.safetensors"
    kept.write_bytes(kept.read_bytes()[:-9])
    kept = copy("foreign-checkpoint", without="result.json") / "checkpoints" / "train.safetensors"
    save_file({"other": torch.ones(3)}, kept)
    copy("unfinished", without="result.json state.json")
    (copy("bad-result") / "result.json").write_text("{}")
    (copy("bad-state", without="result.json") / "state.json").write_text("?")
    config = json.loads((copy("bad-config", without="result.json") / "run.json").read_text())
    config["config"] = {"steps": "many", "kind": "sum"}
    (runs / "bad-config" / "run.json").write_text(json.dumps(config))
    copy("no-classes", of="lenet", without="classes.json")
    (copy("bad-classes", of="lenet") / "classes.json").write_text("{")
    copy("no-tokenizer", of="gpt", without="tokenizer.json")
    copy("no-columns", of="linear-regression", without="columns.json")


def _tables(folder: Path) -> None:
    good = "".join(f"{i},{i % 7},{3 * i + 1}.5\n" for i in range(30))
    for name, text in {
        "good": "a,b,price\n" + good,
        "empty": "",
        "blank": "\n\n",
        "header-only": "a,b,price\n",
        "ragged": "a,b,price\n1,2,3\n4,5\n",
        "quotes": 'a,b,price\n1,"2,3\n',
        "twice": "a,a,price\n1,2,3\n4,5,6\n",
        "one-column": "price\n1\n2\n3\n",
        "constant-target": "a,b,price\n" + "".join(f"{i},{i * i},5\n" for i in range(9)),
        "missing-target": "a,b,price\n1,2,3\n4,5,\n6,7,8\n",
        "text-target": "a,b,price\n1,2,low\n4,5,high\n6,7,low\n8,9,high\n",
        "mixed": "a,b,price\n" + good.replace("12,5,", "12,five,"),
        "constant-features": "a,b,price\n" + "".join(f"1,2,{i}\n" for i in range(9)),
        "two-rows": "a,b,price\n1,2,3\n4,5,6\n",
        "infinite": "a,b,price\n" + good.replace("4,4,", "4,inf,"),
        "wrong-columns": "one,two\n1,2\n",
        "points-text": "x,y\n0.1,here\n",
    }.items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "binary.csv").write_bytes(b"a,b\n\0\1\2,3\n")
    (folder / "latin.csv").write_bytes("a,b,pr\u00e9cio\n1,2,3\n".encode("latin-1"))


def _pictures(folder: Path) -> None:
    (folder / "empty.png").write_bytes(b"")
    (folder / "words.png").write_text("not a picture")
    Image.new("L", (30, 30), 200).save(folder / "whole.png")
    whole = (folder / "whole.png").read_bytes()
    (folder / "half.png").write_bytes(whole[: len(whole) // 2])
    Image.new("L", (1, 1), 0).save(folder / "dot.png")
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)  # says it is huge, holds nothing
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    (folder / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)


def _experiments(folder: Path, toy: Path) -> None:
    good = toy.read_text()
    for name, text in {
        "no_config": "PRESETS = {}\ndef run(config, run): ...\n",
        "no_presets": good.replace("PRESETS", "SETTINGS"),
        "empty_presets": good.replace('{"quick": Config(steps=40), "standard": Config()}', "{}"),
        "no_run": good.replace("def run(", "def train_it("),
        "syntax": "def run(:\n",
        "import_error": "import a_module_that_is_not_there\n",
        "raises": good.replace(
            "    model = torch", "    raise KeyError('lost')\n    model = torch"
        ),
        "divides": good.replace("    model = torch", "    1 / 0\n    model = torch"),
        "returns_text": good.replace('{"error": float(', '{"error": str('),
        "returns_nothing": good.replace('        return {"error"', '        {"error"'),
        "keeps_a_number": good.replace('{"generator": generator}', '{"generator": 3}'),
        "random": good,
    }.items():
        (folder / f"{name}.py").write_text(text)
