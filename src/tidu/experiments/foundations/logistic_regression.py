"""Logistic regression: from a weighted sum to the probability of a yes.

    p = sigmoid(w · x + b),    chosen to make the classes of the training rows most likely.

The negative log-likelihood is the binary cross-entropy. It is minimised twice: by Newton's method,
which needs about ten steps, and by gradient descent, which needs thousands; and a third time by
scikit-learn, without a penalty, to compare with (``sklearn_gap``, on standardised features).

Where a plane parts the two classes there is no minimum: the steeper the curve, the better, for
ever. The run then says so, and a small penalty keeps the weights finite. Scikit-learn's table of
breast cancer is such a case with all its 30 features (``--preset separable``); by default three are
taken. ``--data my.csv --target sick`` brings your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, losses, metrics, optim, runs
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    features: tuple[str, ...] | None = None  # columns, or: all; by default three, all of your own
    positive: str | None = None  # the class whose probability is told; by default the last one
    l2: NonNegativeFloat = 0.0  # price on the squares of the weights, not of the bias
    test_fraction: OpenFraction = 0.2  # share of the rows kept for the test
    steps: PositiveInt = 20_000  # steps of gradient descent


EVERY = ("all",)
PRESETS = {
    "quick": Config(steps=5_000),
    "standard": Config(),
    "separable": Config(features=EVERY),
}
PICTURES = "logistic_regression"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1  # matrices this small are slower on two
THREE = ("worst area", "worst smoothness", "mean texture")  # the best three, says the data's note
KEEPS_FINITE = 1e-3  # the penalty where a plane parts the classes and none was asked for


def run(config: Config, run: Run) -> dict[str, float]:
    """Find the weights three times; return how sure and how right they are on unseen rows."""
    table = load_table(config, run)
    train, test = data.parts(table, (config.test_fraction,), run.generator())
    scaler = data.Standardiser.fit(train.features)
    features, targets = scaler.apply(train.features), train.target.double()
    path, l2, parted = find(config, features, targets)
    weights = path[-1]
    run.remark(*remarks(config, table, parted, l2))

    descent = descend(config, run, optim.with_ones(features), targets, l2)
    theirs = by_scikit_learn(features, targets, l2)
    run.save_weights(scaler.folded_into(optim.linear_layer(weights)))
    run.write_json("columns", data.Schema.of(train, run.data).as_json())
    scores = optim.with_ones(scaler.apply(test.features)) @ weights
    inputs = optim.with_ones(features)
    deviations = standard_errors(inputs, weights) if l2 == 0 else torch.zeros_like(weights)
    run.record("fit", weights=weights, errors=deviations, scores=scores, labels=test.target)
    heights = torch.stack([loss(inputs, targets, one, l2) for one in path])
    run.record("newton", loss=heights)

    truth = test.target.double()
    both = bool(truth.any()) and not bool(truth.all())
    return {
        "test_accuracy": float(((scores > 0) == (truth > 0)).double().mean()),
        "test_loss": float(losses.binary_cross_entropy(scores, truth)),
        "test_auc": float(metrics.area_under_curve(scores, test.target)) if both else float("nan"),
        "train_loss": float(losses.binary_cross_entropy(inputs @ weights, targets)),
        "newton_steps": float(len(path) - 1),
        "sklearn_gap": gap(inputs, weights, theirs),
        "descent_gap": gap(inputs, weights, descent),
        "separable": float(parted != "overlap"),
        "l2": l2,
    }


def load_table(config: Config, run: Run) -> Table:
    """The chosen features, and the classes 0 and 1 (``positive``)."""
    table = data.own_or("breast-cancer", run.data, run.options.target, task="classification")
    positive = config.positive or table.classes[-1]
    if len(table.classes) > 2 and config.positive is None:
        raise TiduError(
            f"Logistic regression tells two classes apart; the target {table.target_name!r} has "
            f"{len(table.classes)}: {', '.join(table.classes[:12])}.",
            "Name one with --positive, against which all others stand together; or tell all apart: "
            "tidu run tabular --model softmax",
        )
    chosen = config.features or (THREE if run.data is None else EVERY)
    if chosen != EVERY:
        table = table.only([table.column(name) for name in chosen])
    return table.against_rest(positive)


def find(
    config: Config, features: Tensor, targets: Tensor
) -> tuple[Tensor, float, optim.Separation]:
    """Newton's way to the weights, the penalty that was taken, and whether a plane parts all."""
    try:
        path = optim.newton_path(features, targets)
    except optim.NoMinimum:
        parted = optim.separation(optim.with_ones(features), targets)
        l2 = config.l2 or KEEPS_FINITE
        return optim.newton_path(features, targets, l2), l2, parted
    if config.l2 > 0:
        path = optim.newton_path(features, targets, config.l2)
    return path, config.l2, "overlap"


def remarks(config: Config, table: Table, parted: str, l2: float) -> list[Text]:
    """What the run has to say about the table."""
    said = list(table.notes)
    if parted == "overlap":
        return said
    zh, en = {
        "completely": (
            "一个平面就把两类训练数据完全分开",
            "a plane parts the training rows wholly",
        ),
        "nearly": (
            "一个平面几乎把两类训练数据分开",
            "a plane parts all training rows but some on it",
        ),
    }[parted]
    kept = Text(
        f"{zh}：权重越大似然越高，永远没有最大值，因此没有不加惩罚的解。",
        f"{en}: the larger the weights, the likelier the data, without end. "
        "There is no solution without a penalty.",
    )
    if config.l2 > 0:
        return [*said, kept]
    taken = Text(
        f"这里加上 λ = {l2:g} 的 L2 惩罚，让权重保持有限；可用 --l2 改动。",
        f"A penalty of {l2:g} on squared weights keeps them finite here; choose it with --l2.",
    )
    return [*said, Text(kept.zh + taken.zh, f"{kept.en} {taken.en}")]


def loss(inputs: Tensor, targets: Tensor, weights: Tensor, l2: float) -> Tensor:
    """Binary cross-entropy and the price of the weights."""
    return losses.binary_cross_entropy(inputs @ weights, targets) + l2 * weights[:-1].square().sum()


def descend(config: Config, run: Run, inputs: Tensor, targets: Tensor, l2: float) -> Tensor:
    """Gradient descent from zero; the weights it ends in.

    The loss curves by at most a quarter of what XᵀX / n does (p (1 - p) <= 1/4), so the rate
    1 / (largest curvature) never leads uphill.
    """
    steepest = torch.linalg.eigvalsh(inputs.mT @ inputs / len(inputs))[-1] / 4 + 2 * l2
    price = torch.full_like(inputs[0], 2 * l2)
    price[-1] = 0.0
    weights = torch.zeros_like(inputs[0])
    for step in run.steps(config.steps, keep={"weights": weights}):
        if step < 10 or step % max(1, config.steps // 200) == 0:
            run.log(step, loss=float(loss(inputs, targets, weights, l2)))
        slope = optim.logistic_gradient(inputs, targets, weights) + price * weights
        weights -= slope / steepest
    return weights


def by_scikit_learn(features: Tensor, targets: Tensor, l2: float) -> Tensor:
    """The same minimum by scikit-learn, whose C is 1 / (2 n l2)."""
    from sklearn.linear_model import LogisticRegression

    price = 1 / (2 * len(targets) * l2) if l2 else float("inf")
    found = LogisticRegression(C=price, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    found.fit(features.numpy(), targets.numpy())
    return torch.cat([torch.as_tensor(found.coef_)[0], torch.as_tensor(found.intercept_)])


def gap(inputs: Tensor, ours: Tensor, theirs: Tensor) -> float:
    """The largest difference in a score, and in a weight where those are unique."""
    largest = (inputs @ (ours - theirs)).abs().max()
    if bool(optim.independent_columns(inputs).all()):
        largest = torch.maximum(largest, (ours - theirs).abs().max())
    return float(largest)


def standard_errors(inputs: Tensor, weights: Tensor) -> Tensor:
    """The standard error of every weight, from the curvature at the minimum (Fisher 1925).

    A weight that is not unique has none.
    """
    keep = optim.independent_columns(inputs.roll(1, 1)).roll(-1)
    curvature = len(inputs) * optim.logistic_curvature(inputs[:, keep], weights[keep])
    found = torch.full_like(weights, torch.nan)
    found[keep] = torch.linalg.inv(curvature).diagonal().clamp(min=0).sqrt()
    return found


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained model, from features in their own units to the logit of the positive class."""
    features = len(run.read_json("columns")["features"])
    return run.load_weights(torch.nn.Linear(features, 1, dtype=torch.float64))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say the class of every row of a CSV file, and its probability."""
    schema = runs.schema_of(run)
    with torch.no_grad():
        chance = torch.sigmoid(model(config, run)(schema.read(options.rows)))
    return schema.classify(torch.cat([1 - chance, chance], dim=1))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
