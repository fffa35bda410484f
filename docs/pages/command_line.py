"""The page of the command line: every command with its flags."""

from __future__ import annotations

import importlib
from pathlib import Path

from pages.fields_table import fields_table
from tidu.cli.main import COMMANDS
from tidu.words import Text

TITLE = Text("命令行", "The command line")
INTRO = Text(
    "`tidu --help` 列出所有命令，`tidu <命令> --help` 列出一个命令的全部参数。"
    "下面的表由代码生成，与程序始终一致；“含义”一栏就是 `--help` 里的英文说明。"
    "带 `--json` 的命令输出给程序读的 JSON。"
    "出错时退出码为 1 或 2，并说明期望什么、收到什么、该怎么办。",
    "`tidu --help` lists the commands, `tidu COMMAND --help` all flags of one. The tables below "
    "are made from the code. Commands with `--json` print JSON for programs. A mistake ends with "
    "exit code 1 or 2 and says what was expected, what arrived and what to do.",
)
ENVIRONMENT = Text(
    "## 环境变量\n\n"
    "| 变量 | 作用 |\n| --- | --- |\n"
    "| `TIDU_HOME` | 缓存和设置所在的文件夹 |\n"
    "| `TIDU_RUNS` | 运行所在的文件夹，默认 `./runs` |\n"
    "| `TIDU_DATA_MIRROR` | 代替官方地址的文件夹或网址 |\n"
    "| `TIDU_LANG` | 界面语言：`zh` 或 `en`；不设则看系统语言 |\n",
    "## Environment variables\n\n"
    "| Variable | What it does |\n| --- | --- |\n"
    "| `TIDU_HOME` | folder of cache and settings |\n"
    "| `TIDU_RUNS` | folder of the runs; `./runs` by default |\n"
    "| `TIDU_DATA_MIRROR` | folder or URL that stands in for the official addresses |\n"
    "| `TIDU_LANG` | language of the interface, `zh` or `en`; by default that of the system |\n",
)
OF_EXPERIMENTS = Text(
    "此外，实验配置里的每个字段也都是参数，见各实验的页面。",
    "Besides, every field of the experiment's configuration is a flag; see its page.",
)


def write(folder: Path, language: str) -> None:
    """Write ``command-line.md``."""
    parts = [f"# {TITLE[language]}", INTRO[language]]
    for command, words in COMMANDS.items():
        parts.append(f"## tidu {command}\n\n{_sentence(words[language], language)}")
        module = importlib.import_module(f"tidu.cli.{command}_command")
        if command == "data":
            for name, kind in module.ARGUMENTS.items():
                about = (kind.__doc__ or "").strip()
                parts.append(f"### tidu data {name}\n\n{about}\n\n{fields_table(kind, language)}")
        elif hasattr(module, "Arguments"):
            parts.append(fields_table(module.Arguments, language))
        if command == "run":
            parts.append(OF_EXPERIMENTS[language])
    parts.append(ENVIRONMENT[language])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "command-line.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _sentence(words: str, language: str) -> str:
    return words + "。" if language == "zh" else words[0].upper() + words[1:] + "."
