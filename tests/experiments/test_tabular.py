"""Any table: what it is taken for, all models, categories, dates, ids, and new rows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch

import tidu
from tidu.errors import TiduError
from tidu.experiments.foundations import tabular
from tidu.runs import Run

FAST: dict[str, Any] = {
    "preset": "quick", "quiet": True, "report": False, "steps": 60, "resamples": 50, "shuffles": 2,
}  # fmt: skip


def learn(file: Path, target: str | None = None, **fields: Any) -> Run:
    return tidu.run("tabular", data=str(file), target=target, **FAST, **fields)


def said(run: Run) -> str:
    return "\n".join(one.en for one in run.remarks())


def predict(run: Run, file: Path) -> dict[str, Any]:
    return tabular.use(run.config, run, tabular.Use(file))


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Chinese names, semicolons, decimal commas, a BOM, quotes, gaps, dates, an id, a constant."""
    chance = random.Random(0)
    lines = ["编号;日期;面积;城市;备注;国家;价格"]
    for i in range(90):
        size, town = chance.gauss(90, 30), chance.choice(["北京", "上海", ""])
        price = 3 * size + (200 if town == "北京" else 0) + chance.gauss(0, 5)
        shown = "" if i % 10 == 3 else f"{size:.1f}".replace(".", ",")
        day = f"2024-{i % 12 + 1:02d}-{i % 28 + 1:02d}"
        lines.append(f'{i * 7};{day};{shown};{town};"好;""真""好 {i}";中国;{price:.0f},5')
    (tmp_path / "homes.csv").write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    return tmp_path / "homes.csv"


def test_a_messy_table_is_read_and_everything_told(homes: Path) -> None:
    run = learn(homes, "价格", model="linear")
    words = said(run)
    for told in (
        "target 价格 has", "→ regression", "编号: left out, a number for every row",
        "日期: dates, counted in days", "城市: 3 categories", "备注: left out, 90 different texts",
        "国家: left out, never changes", "面积: 9 of 90 missing",
        "72 rows to learn from (3-fold cross-validation), 18 for the test",
    ):  # fmt: skip
        assert told in words
    found = run.read_json("result")["metrics"]
    assert found["beats_baseline"] == 1
    assert found["test_r2_low"] <= found["test_r2"] <= found["test_r2_high"]
    assert set(run.read_json("effects")["features"]) == {"日期", "面积", "城市"}


def test_new_rows_are_predicted_or_refused_by_the_column(homes: Path, tmp_path: Path) -> None:
    run = learn(homes, "价格", model="linear")
    new = tmp_path / "new.csv"
    new.write_text("城市;面积;日期\n北京;100,5;2024-03-01\n;100,5;2024-03-01\n")
    one, other = predict(run, new)["predictions"]
    assert one - other == pytest.approx(200, abs=30)
    for text, named in (
        ("城市;日期\n北京;2024-03-01\n", "'面积'"),
        ("城市;面积;日期\n纽约;100,5;2024-03-01\n", "'纽约'"),
        ("城市;面积;日期\n北京;大;2024-03-01\n", "'面积'"),
        ("城市;面积;日期\n北京;100,5;17\n", "'日期' held dates"),
    ):
        new.write_text(text)
        with pytest.raises(TiduError, match=named):
            predict(run, new)


@pytest.mark.parametrize("model", ["linear", "polynomial", "mlp"])
def test_models_of_numbers(model: str, tmp_path: Path) -> None:
    chance = random.Random(1)
    lines = ["x,y"]
    for _ in range(120):
        x = chance.uniform(-2, 2)
        lines.append(f"{x:.4f},{x * x - x + chance.gauss(0, 0.05):.4f}")
    (tmp_path / "curve.csv").write_text("\n".join(lines))
    run = learn(tmp_path / "curve.csv", model=model)
    assert run.read_json("columns")["kind"] == model
    if model == "polynomial":
        assert run.read_json("result")["metrics"]["test_r2"] > 0.98
        (tmp_path / "new.csv").write_text("x\n1.5\n")
        assert predict(run, tmp_path / "new.csv")["predictions"][0] == pytest.approx(0.75, abs=0.1)


@pytest.mark.parametrize(("model", "classes"), [("logistic", 2), ("softmax", 3), ("mlp", 3)])
def test_models_of_classes_with_labels_that_look_like_numbers(
    model: str, classes: int, tmp_path: Path
) -> None:
    chance = random.Random(2)
    lines = ["a,b,label"]
    for i in range(90):
        k = i % classes
        lines.append(f"{chance.gauss(3 * k, 1):.3f},{chance.gauss(-k, 1):.3f},{k + 1}.0")
    (tmp_path / "own.csv").write_text("\n".join(lines))
    run = learn(tmp_path / "own.csv", model=model)
    assert f"target label has {classes} values in 90 rows → classification" in said(run)
    assert run.read_json("result")["metrics"]["baseline_accuracy"] < 0.6
    (tmp_path / "new.csv").write_text(f"a,b\n0,0\n{3 * (classes - 1)},{1 - classes}\n")
    answer = predict(run, tmp_path / "new.csv")
    assert answer["classes"] == ["1", str(classes)]
    for row in answer["probabilities"]:
        assert sum(row.values()) == pytest.approx(1)


def test_the_task_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "stars.csv").write_text(
        "x,stars\n" + "".join(f"{i % 7 + i / 99},{i % 5 + 1}\n" for i in range(60))
    )
    seen = learn(tmp_path / "stars.csv")
    told = learn(tmp_path / "stars.csv", task="regression", model="linear")
    assert "→ classification" in said(seen)
    assert "→ regression (as asked)" in said(told)
    assert "test_rmse" in told.read_json("result")["metrics"]


def test_no_header_and_another_encoding(tmp_path: Path) -> None:
    rows = "".join(f"{i},{'男女'[i % 2]},{i * 2 + i % 2 * 50}\n" for i in range(40))
    (tmp_path / "own.csv").write_text(rows, encoding="gb18030")
    run = learn(tmp_path / "own.csv", encoding="gb18030", model="linear")
    assert run.read_json("columns")["features"] == ["column 1", "column 2=男"]
    (tmp_path / "new.csv").write_text("10,男\n10,女\n", encoding="gb18030")
    male, female = predict(run, tmp_path / "new.csv")["predictions"]
    assert female - male == pytest.approx(50, abs=5)


def test_training_alone_sets_the_scale(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("x,y\n" + "".join(f"{i * i},{i}.5\n" for i in range(50)))
    run = learn(tmp_path / "own.csv", model="linear")
    table = tidu.data.read_csv(tmp_path / "own.csv")
    learned = tidu.data.parts(table, (0.2,), run.generator())[0]
    scale = tabular.model(run.config, run).get_submodule("0")
    torch.testing.assert_close(scale.get_buffer("mean"), learned.features.mean(0))


def test_ten_rows_are_enough_and_all_right_is_not_taken_for_certain(tmp_path: Path) -> None:
    lines = "".join(f"{i},{'low' if i < 6 else 'high'}\n" for i in range(12))
    (tmp_path / "own.csv").write_text("x,y\n" + lines)
    run = learn(tmp_path / "own.csv", model="logistic")
    assert "Only 2 rows are tested" in said(run)
    if run.read_json("result")["metrics"]["test_accuracy"] == 1:
        assert "rule of three" in said(run)
