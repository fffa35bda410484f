"""What is said of a table: what its target was taken for, and how far a test on it goes."""

from __future__ import annotations

from tidu.data.kinds import Table
from tidu.words import Text

FEW = 30  # test rows, below which a word of caution is said
KINDS = {
    "regression": Text("回归", "regression"),
    "classification": Text("分类", "classification"),
}


def inference(table: Table, asked: bool) -> Text:
    """What the target looks like and what follows; ``asked``: the user has said which it is.

    >>> from tidu import data
    >>> inference(data.load("iris"), asked=False).en
    'target class has 3 values in 150 rows → classification'
    """
    rows = len(table.target)
    values = len(table.classes) or len(table.target.unique())
    kind, name = KINDS[table.task], table.target_name
    zh = f"目标 {name} 在 {rows} 行里有 {values} 个不同的值 → {kind.zh}"
    en = f"target {name} has {values} values in {rows} rows → {kind.en}"
    return Text(f"{zh}（按要求）", f"{en} (as asked)") if asked else Text(zh, en)


def cautions(test_rows: int, all_right: bool, beats_baseline: bool) -> list[Text]:
    """How far to trust figures from so many test rows.

    Where no row is wrong, the 95 % limit of the error rate is about 3 / rows (Hanley & Lippman-Hand
    1983, "If nothing goes wrong, is everything all right?").

    >>> [one.en for one in cautions(100, all_right=False, beats_baseline=True)]
    []
    """
    said: list[Text] = []
    if test_rows < FEW:
        said.append(
            Text(
                f"测试只有 {test_rows} 行：数字和区间都很粗略。",
                f"Only {test_rows} rows are tested: the figures and their intervals are rough.",
            )
        )
    if all_right:
        most = min(1.0, 3 / test_rows)
        said.append(
            Text(
                f"测试的 {test_rows} 行全对，区间因此没有宽度；"
                f"错误率仍可能有 {most:.2g}（三倍法则）。",
                f"All {test_rows} test rows are right, so the interval has no width; the share of "
                f"errors may still be up to {most:.2g} (rule of three).",
            )
        )
    if not beats_baseline:
        said.append(
            Text(
                "与只看目标列的基准相比，看不出这个模型更好。",
                "The model is not seen to beat the baseline, which knows the target alone.",
            )
        )
    return said
