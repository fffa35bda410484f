"""The command ``tidu``: finds the command, lets it run, and turns mistakes into clear words."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence

from tidu.errors import TiduError, unknown
from tidu.words import Text, language

COMMANDS: dict[str, Text] = {
    "list": Text("有哪些系统，按章节列出", "what there is, by chapter"),
    "info": Text("一个系统是什么、有哪些预设与目标", "what one system is, its presets and targets"),
    "run": Text("训练或测量一个实验", "train or measure an experiment"),
    "runs": Text("做过哪些运行", "the runs there are"),
    "show": Text("一次运行的结果、图片与报告", "the result, pictures and report of a run"),
    "compare": Text("几次运行并排看", "runs side by side"),
    "resume": Text("接着做被打断的运行", "go on with a run that was interrupted"),
    "use": Text("用训练好的模型预测、生成", "predict or generate with what was trained"),
    "export": Text(
        "导出为 safetensors、ONNX 文件或脚本", "leave with a safetensors or ONNX file, or a script"
    ),
    "new": Text("复制一个实验，改成自己的", "a copy of an experiment to change"),
    "claims": Text("笔记怎么说，每条对不对", "what the notes say, and the verdict on each"),
    "verify": Text("检验笔记里的一条说法", "put a statement of the notes to the test"),
    "lab": Text("浏览器里的实验室", "the lab in the browser"),
    "data": Text("数据：list、get、check、path", "data: list, get, check, path"),
    "doctor": Text("这台机器能做什么、缺什么", "what this machine can do, what is missing"),
    "completion": Text("输出 shell 补全脚本", "print a script for shell completion"),
}


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and end the process."""
    arguments = list(sys.argv[1:] if words is None else words)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show Chinese
            stream.reconfigure(errors="replace")
    sys.exit(_guarded(arguments))


def _guarded(arguments: list[str]) -> int:
    try:
        code = dispatch(arguments)
        sys.stdout.flush()
        return code
    except TiduError as problem:
        _say(problem)
        return problem.exit_code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has gone, as in `tidu list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def dispatch(arguments: list[str]) -> int:
    """Carry out one command line; the exit code."""
    command = arguments[0] if arguments else "--help"
    if command in {"-h", "--help", "help"}:
        _overview()
        return 0
    if command in {"-V", "--version"}:
        from tidu import __version__

        print(f"tidu {__version__}")
        return 0
    if command not in COMMANDS:
        raise unknown("command", command, COMMANDS, "See all of them: tidu --help")
    module = importlib.import_module(f"tidu.cli.{command}_command")
    return module.main(arguments[1:]) or 0


def _overview() -> None:
    spoken = language()
    print(Text("tidu（梯度）：深度学习实验室", "tidu (梯度): a deep-learning laboratory")[spoken])
    print()
    for name, words in COMMANDS.items():
        print(f"  tidu {name:<11} {words[spoken]}")
    print()
    print(
        Text(
            "从这里开始：tidu run lenet --preset quick        细节：tidu <命令> --help",
            "Begin with: tidu run lenet --preset quick        Details: tidu <command> --help",
        )[spoken]
    )


def _say(problem: TiduError) -> None:
    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    red, plain = ("\033[31m", "\033[0m") if colour else ("", "")
    print(f"{red}error:{plain} {problem.message}", file=sys.stderr)
    if problem.hint:
        print(f"  {problem.hint}", file=sys.stderr)
