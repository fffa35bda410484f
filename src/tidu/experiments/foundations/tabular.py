"""Any table: a linear, polynomial, logistic or softmax model, or an MLP, on a CSV file of your own.

``tidu run tabular --data my.csv --target price`` reads the file, tells what it took it for, and
puts *test* rows aside at random, which are looked at once, at the end. The other rows choose, by
cross-validation: the penalty on large weights, the degree of the polynomial, the moment to stop the
MLP, and with ``--model auto`` the model itself. Of all that was tried, from simple to rich, the
simplest is taken whose loss on held-out rows is within one standard error of the lowest (Hastie,
Tibshirani & Friedman 2009, section 7.10.1), and fitted to all rows but the test's; an MLP for as
many steps as were best (Goodfellow, Bengio & Courville 2016, algorithm 7.2). A single part of a
small table is not enough to choose by: where it holds no hard row, it prefers the model that is
surest of everything, and one such row in the test then costs more than all the others save.

Every figure on the test rows has a 95 % bootstrap interval and stands beside a baseline that knows
the target alone: its mean, or its most frequent class. ``gain`` is the share of the baseline's loss
(squared error, or log loss against the shares of the classes) that the model saves;
``beats_baseline`` is 1 where its whole interval is above 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch

from tidu import data, metrics, nn, optim, runs, train
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


Source = Literal["breast-cancer", "wine", "iris", "diabetes", "pokemon"]
Model = Literal["auto", "linear", "polynomial", "logistic", "softmax", "mlp"]


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Source = "breast-cancer"  # the table to take without --data
    model: Model = "auto"  # auto: the simplest that does about as well as the best
    task: Literal["auto", "regression", "classification"] = "auto"  # auto: as the target looks
    header: Literal["auto", "yes", "no"] = "auto"  # whether your file begins with names
    encoding: str = "auto"  # of your own file, such as gb18030; auto takes UTF-8 or UTF-16
    leave_out: tuple[str, ...] = ()  # columns not to learn from
    folds: PositiveInt = 5  # parts of the cross-validation; each is held out once
    test_fraction: OpenFraction = 0.2  # share of the rows for the test
    penalties: PositiveInt = 13  # penalties to try, from strong to weak
    degree: PositiveInt = 3  # highest degree of the polynomial to try
    hidden: tuple[PositiveInt, ...] = (64, 64)  # widths of the MLP's hidden layers
    dropout: OpenFraction = 0.1  # share of the MLP's hidden units that is silenced in a step
    weight_decay: NonNegativeFloat = 0.01  # pull of the MLP's weights towards zero
    lr: PositiveFloat = 0.002  # the MLP's learning rate
    batch: PositiveInt = 64  # rows in a step of the MLP; all of them where there are fewer
    steps: PositiveInt = 5000  # most steps of the MLP
    patience: PositiveInt = 20  # looks at the held-out rows without a better one, then it stops
    resamples: PositiveInt = 2000  # draws of the bootstrap
    shuffles: PositiveInt = 10  # times a column is shuffled to see how much it is needed


PRESETS = {
    "quick": Config(
        source="iris", folds=3, penalties=5, steps=300, patience=8, resamples=300, shuffles=3
    ),
    "standard": Config(),
    "numbers": Config(source="diabetes"),
}
PICTURES = "tabular"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target", "processes")
USE_EXAMPLE = "new.csv"
THREADS = 1
OF_TASK = {
    "regression": ("linear", "polynomial", "mlp"),
    "classification": ("logistic", "softmax", "mlp"),
}
MOST_CELLS = 20_000_000  # rows times products: a polynomial with more does not fit into memory


def run(config: Config, run: Run) -> dict[str, float]:
    """Learn, choose, and measure once; return the figures with their intervals."""
    table, kinds = load(config, run)
    learned, test = data.parts(table, (config.test_fraction,), run.generator())
    check(config, learned, test)
    scaler = data.Standardiser.fit(learned.features)
    middle, spread = train.target_scale(learned)
    rows = train.prepared(learned, scaler, middle, spread)
    folds = train.folds_of(rows, config.folds, run.generator(2))

    tried = [attempt(kind, config, run, table, rows, folds) for kind in kinds]
    able = [one for one in tried if one is not None]
    best = train.choose(able)
    about = data.Schema.of(learned, run.data).as_json()
    about |= {"kind": best.kind, "degree": int(best.setting.get("degree", 1))}
    run.write_json("columns", about)
    network = network_of(config, about)
    network[0], network[1] = scale_of(scaler), best.body
    if not table.classes:
        back = data.Standardiser(*torch.tensor([[-middle / spread], [1 / spread]]).double())
        network[2] = scale_of(back)
    run.save_weights(network.eval())

    found = measure(config, run, table, network, learned, test)
    classes = len(table.classes)
    runs.record_effects(
        run, lambda x: answers(network, x, classes), test, config.shuffles, config.resamples
    )
    lowest = {one.kind: one.lowest for one in able}
    run.remark(
        *remarks(config, table, (len(learned.target), len(test.target)), lowest, best, found)
    )
    losses = lowest | {"baseline": train.baseline_loss(folds)}
    run.write_json("validated", {"losses": losses, "limit": best.limit})
    return found | {"validation_loss": best.loss}


def load(config: Config, run: Run) -> tuple[Table, list[str]]:
    """The table, and the kinds of model to try on it."""
    task = config.task
    if task == "auto" and config.model not in ("auto", "mlp"):
        task = "regression" if config.model in OF_TASK["regression"] else "classification"
    table = data.own_or(
        config.source,
        run.data,
        run.options.target,
        task,
        config.header,
        config.encoding,
        config.leave_out,
    )
    if task not in ("auto", table.task):
        raise TiduError(
            f"The table {config.source} is one for {table.task}; {task} was asked for.",
            "Leave out --task and --model, or choose another --source.",
        )
    able = OF_TASK[table.task]
    if config.model not in ("auto", *able):
        raise TiduError(
            f"--model {config.model} is not for {table.task}.",
            f"For {table.task} there are: {', '.join(able)}.",
        )
    two = len(table.classes) == 2
    if config.model == "logistic" and not two:
        raise TiduError(
            f"--model logistic tells two classes apart; {table.target_name!r} has "
            f"{len(table.classes)}: {', '.join(table.classes[:12])}.",
            "Take --model softmax for several.",
        )
    if config.model != "auto":
        return table, [config.model]
    linear = ["linear", "polynomial"] if table.task == "regression" else ["softmax"]
    return table, [*(["logistic"] if two else linear), "mlp"]


def check(config: Config, learned: Table, test: Table) -> None:
    """Something must be learned from while a part is held out; one row has no interval."""
    if config.folds < 2:
        raise TiduError(
            f"--folds must be at least 2; got {config.folds}.",
            "One part is held out in turn, and the others are learned from.",
        )
    if len(test.target) < 2:
        raise TiduError(
            f"The test needs 2 or more rows; of {len(learned.target) + len(test.target)} "
            f"--test-fraction {config.test_fraction} leaves it {len(test.target)}.",
            "Bring more rows, or choose a larger fraction.",
        )


def attempt(
    kind: str,
    config: Config,
    run: Run,
    table: Table,
    rows: train.Rows,
    folds: Sequence[train.Fold],
) -> train.Tried | None:
    """One kind of model with all its settings; None where it does not fit into memory."""
    several = 1 if len(table.classes) <= 2 else len(table.classes)
    if kind == "mlp":
        return try_mlp(several, config, run, rows, folds)
    if kind in OF_TASK["classification"]:
        outputs = 1 if kind == "logistic" else len(table.classes)
        l2 = torch.logspace(1, -6, config.penalties, dtype=torch.float64)
        return train.try_classifiers(kind, outputs, l2, run, rows, folds)
    size, columns = rows.inputs.shape
    degrees = [1]
    if kind == "polynomial":
        degrees = [
            degree
            for degree in range(2, config.degree + 1)
            if size * nn.Monomials.count(columns, degree) <= MOST_CELLS
        ]
    if degrees:
        l2 = torch.logspace(3, -5, config.penalties, dtype=torch.float64)
        return train.try_polynomials(kind, degrees, l2, run, rows, folds)
    if config.model == "auto":
        return None
    raise TiduError(
        f"There is no polynomial of degree 2 to {config.degree} (--degree) of {columns} columns "
        f"and {size} rows with at most {MOST_CELLS:,} products.",
        "Raise --degree to 2, leave out columns with --leave-out, or take --model linear or mlp.",
    )


def try_mlp(
    outputs: int, config: Config, run: Run, rows: train.Rows, folds: Sequence[train.Fold]
) -> train.Tried:
    """A multilayer perceptron after every so many steps."""

    def new_network() -> torch.nn.Module:
        torch.manual_seed(run.seed)  # whatever ran before it
        return mlp(config, rows.inputs.shape[1], outputs).to(run.device)

    def new_optimizer(network: torch.nn.Module) -> torch.optim.Optimizer:
        rate, decay = config.lr, config.weight_decay
        return torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay, foreach=True)

    def row_losses(said: Tensor, truth: Tensor) -> Tensor:
        if truth.is_floating_point():
            return (said.squeeze(1) - truth).square()
        return optim.classifier_loss(said, truth, "none")

    return train.try_steps(
        "mlp",
        new_network,
        new_optimizer,
        row_losses,
        rows,
        folds,
        run=run,
        seed=run.seed,
        batch=config.batch,
        steps=config.steps,
        patience=config.patience,
    )


def mlp(config: Config, columns: int, outputs: int) -> torch.nn.Module:
    """Standardised features in, outputs out."""
    return nn.MLP((columns, *config.hidden, outputs), dropout=config.dropout).double()


def scale_of(scaler: data.Standardiser) -> torch.nn.Module:
    """The standardisation as the first layer."""
    layer = nn.ColumnScale(len(scaler.mean), torch.float64)
    layer.load_state_dict({"mean": scaler.mean, "deviation": scaler.deviation})
    return layer


def network_of(config: Config, about: dict[str, Any]) -> torch.nn.Sequential:
    """Rows in their own units in; numbers, or logits of classes, out. Any weights."""
    columns, classes, kind = len(about["features"]), len(about["classes"]), about["kind"]
    outputs = classes if classes > 2 or kind == "softmax" else 1
    if kind == "mlp":
        body = mlp(config, columns, outputs)
    elif kind in OF_TASK["classification"]:
        body = torch.nn.Linear(columns, outputs, dtype=torch.float64)
    else:
        wider = nn.Monomials(columns, about["degree"])
        terms = nn.Monomials.count(columns, about["degree"])
        body = torch.nn.Sequential(wider, torch.nn.Linear(terms, 1, dtype=torch.float64))
    own_units = torch.nn.Identity() if classes else nn.ColumnScale(1, torch.float64)
    return torch.nn.Sequential(nn.ColumnScale(columns, torch.float64), body, own_units)


def answers(network: torch.nn.Module, features: Tensor, classes: int) -> Tensor:
    """Numbers (rows, 1), or the probabilities of all classes (rows, classes)."""
    with torch.no_grad():
        said = network(features)
    if classes == 0:
        return said
    if said.shape[1] == 1:
        return torch.cat([torch.sigmoid(-said), torch.sigmoid(said)], dim=1)
    return said.softmax(1)


def measure(
    config: Config, run: Run, table: Table, network: torch.nn.Module, learned: Table, test: Table
) -> dict[str, float]:
    """The figures of the test rows, with intervals, beside the baseline's."""
    said = answers(network, test.features, len(table.classes))
    truth = test.target
    if table.task == "regression":
        mean = float(learned.target.mean())
        scores = metrics.scores_of_numbers(said[:, 0], truth, mean, config.resamples)
        baseline = {"baseline_rmse": float((truth - mean).square().mean().sqrt())}
        run.record("test", predictions=said[:, 0], truth=truth)
    else:
        shares = learned.target.bincount(minlength=len(table.classes)) / len(learned.target)
        scores = metrics.scores_of_classes(said, truth, shares, config.resamples)
        baseline = {
            "baseline_accuracy": float((truth == shares.argmax()).double().mean()),
            "baseline_log_loss": float(-shares.double()[truth].log().mean()),
        }
        run.record("test", probabilities=said, truth=truth)
    found: dict[str, float] = {}
    for name, (value, low, high) in scores.items():
        name = name if name == "gain" else f"test_{name}"
        found |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return found | baseline | {"beats_baseline": float(found["gain_low"] > 0)}


def remarks(
    config: Config,
    table: Table,
    counts: tuple[int, int],
    lowest: dict[str, float],
    best: train.Chosen,
    found: dict[str, float],
) -> list[Text]:
    """What the table was taken for, what was chosen, and how far to trust the figures."""
    tried = ", ".join(f"{kind} {loss:.4g}" for kind, loss in lowest.items())
    setting = ", ".join(f"{name} {value:.3g}" for name, value in best.setting.items())
    measured = Text("均方误差（标准化后）", "squared error, standardised")
    if table.classes:
        measured = Text("对数损失", "log loss")
    said = [
        data.inference(table, config.task != "auto"),
        *table.notes,
        Text(
            f"{counts[0]} 行训练（{config.folds} 折交叉验证），{counts[1]} 行测试",
            f"{counts[0]} rows to learn from ({config.folds}-fold cross-validation), "
            f"{counts[1]} for the test",
        ),
        Text(
            f"模型：{best.kind}（{setting}），是与最好的差不到一个标准误的模型中最简单的；"
            f"各类模型在留出行上最低的{measured.zh}：{tried}",
            f"model: {best.kind} ({setting}), the simplest within one standard error of the best; "
            f"lowest of each kind on held-out rows ({measured.en}): {tried}",
        ),
    ]
    right = found.get("test_accuracy") == 1
    beats = found["beats_baseline"] > 0
    return said + data.cautions(counts[1], all_right=right, beats_baseline=beats)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained model: features in their own units to a number, or to logits of classes."""
    return run.load_weights(network_of(config, run.read_json("columns")))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the number, or the class and its probability, for every row of a CSV file."""
    schema = runs.schema_of(run)
    rows = schema.read(options.rows, config.header, config.encoding)
    said = answers(model(config, run), rows, len(schema.classes))
    return schema.classify(said) if schema.classes else schema.answer(said[:, 0])


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
