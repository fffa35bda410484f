"""``tidu doctor``: what this machine can do, what is missing."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tidu.cli.parse import parse
from tidu.words import Text, language


@dataclass(frozen=True)
class Arguments:
    """What this machine can do, what is missing."""

    json: bool = False  # print an object for programs


def main(words: Sequence[str]) -> int:
    """Carry the command out; the exit code is 1 where something needed is missing."""
    wanted = parse(Arguments, "doctor", words)
    rows = examine()
    if wanted.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        spoken = language()
        for row in rows:
            mark = {"ok": "✓", "missing": "✗", "optional": "·"}[row["state"]]
            print(f"{mark} {row['what'][spoken]}: {row['found']}")
            if row["state"] != "ok" and row["do"]:
                print(f"    {row['do'][spoken]}")
    return 1 if any(row["state"] == "missing" for row in rows) else 0


def examine() -> list[dict[str, Any]]:
    """One row for each thing looked at."""
    import torch

    from tidu.runs.provenance import processor
    from tidu.runs.store import runs_folder
    from tidu.train.precision import has_bfloat16
    from tidu.views import fonts

    free = shutil.disk_usage(_existing(runs_folder())).free / 2**30
    font = fonts.chinese_font()
    cuda = torch.cuda.is_available()
    accelerator = (
        torch.cuda.get_device_name() if cuda else "none; the CPU is enough for every preset"
    )
    return [
        _row(Text("Python", "Python"), sys.version.split()[0], sys.version_info >= (3, 11)),
        _row(Text("PyTorch", "PyTorch"), torch.__version__, True),
        _row(Text("处理器", "processor"), f"{processor()}, {os.cpu_count()} cores", True),
        _row(
            Text("bfloat16 乘法", "bfloat16 products"),
            "in hardware" if has_bfloat16() else "none: float32 is used",
            has_bfloat16(),
            optional=True,
        ),
        _row(
            Text("线程等待方式", "thread waiting"),
            os.environ.get("OMP_WAIT_POLICY", "spinning"),
            os.environ.get("OMP_WAIT_POLICY", "").upper() == "PASSIVE",
            Text("机器忙时自旋会慢几倍", "spinning threads are slow on a busy machine"),
        ),
        _row(Text("加速卡", "accelerator"), accelerator, cuda, optional=True),
        _row(
            Text("磁盘余量", "free disk"),
            f"{free:.1f} GiB",
            free > 1,
            Text("腾出至少 1 GiB", "free at least 1 GiB"),
        ),
        _row(
            Text("中文字体", "Chinese font"),
            font or "none",
            font is not None,
            Text(
                "装一个中文字体（Debian：apt install fonts-noto-cjk），否则图中用英文",
                "install one (Debian: apt install fonts-noto-cjk); pictures use English until then",
            ),
            optional=True,
        ),
        *(_package(name, extra) for name, extra in _OPTIONAL.items()),
    ]


_OPTIONAL = {
    "onnx": "export",
    "onnxscript": "export",
    "onnxruntime": "export",
    "tensorboard": "tensorboard",
    "ray": "ray",
}


def _package(name: str, extra: str) -> dict[str, Any]:
    found = importlib.util.find_spec(name) is not None
    return _row(
        Text(f"软件包 {name}", f"package {name}"),
        "installed" if found else "not installed",
        found,
        Text(f"需要时：pip install 'tidu[{extra}]'", f"when needed: pip install 'tidu[{extra}]'"),
        optional=True,
    )


def _row(
    what: Text, found: object, ok: bool, do: Text | None = None, optional: bool = False
) -> dict[str, Any]:
    state = "ok" if ok else "optional" if optional else "missing"
    words = {"zh": do.zh, "en": do.en} if do else None
    return {
        "what": {"zh": what.zh, "en": what.en},
        "found": str(found),
        "state": state,
        "do": words,
    }


def _existing(path: Any) -> Any:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
