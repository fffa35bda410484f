"""Any table: a linear, polynomial, logistic or softmax model, or an MLP, on a CSV file of your own.

``tidu run tabular --data my.csv --target price`` reads the file, tells what it took it for, and
cuts the rows into three parts at random. The *training* rows set the weights, and the mean and
deviation of every column. The *validation* rows choose: the penalty on large weights, the degree of
the polynomial, the moment to stop the MLP, and with ``--model auto`` the model itself. The *test*
rows are looked at once, at the end. Every figure on them has a 95 % bootstrap interval and stands
beside a baseline that knows the target alone: its mean, or its most frequent class.

``gain`` is the share of the baseline's loss (squared error, or log loss against the shares of the
classes) that the model saves; ``beats_baseline`` is 1 where its whole interval is above 0.
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
    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


Source = Literal["breast-cancer", "wine", "iris", "diabetes", "pokemon"]
Model = Literal["auto", "linear", "polynomial", "logistic", "softmax", "mlp"]


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Source = "breast-cancer"  # the table to take without --data
    model: Model = "auto"  # auto: the one that does best on the validation rows
    task: Literal["auto", "regression", "classification"] = "auto"  # auto: as the target looks
    header: Literal["auto", "yes", "no"] = "auto"  # whether your file begins with names
    encoding: str = "auto"  # of your own file, such as gb18030; auto takes UTF-8 or UTF-16
    leave_out: tuple[str, ...] = ()  # columns not to learn from
    validation: OpenFraction = 0.2  # share of the rows that choose
    test_fraction: OpenFraction = 0.2  # share of the rows for the test
    penalties: PositiveInt = 13  # penalties to try, from strong to weak
    degree: PositiveInt = 3  # highest degree of the polynomial to try
    hidden: tuple[PositiveInt, ...] = (64, 64)  # widths of the MLP's hidden layers
    dropout: OpenFraction = 0.1  # share of the MLP's hidden units that is silenced in a step
    weight_decay: NonNegativeFloat = 0.01  # pull of the MLP's weights towards zero
    lr: PositiveFloat = 0.002  # the MLP's learning rate
    batch: PositiveInt = 64  # rows in a step of the MLP; all of them where there are fewer
    steps: PositiveInt = 5000  # most steps of the MLP
    patience: PositiveInt = 20  # looks at the validation rows without a better one, then it stops
    resamples: PositiveInt = 2000  # draws of the bootstrap
    shuffles: PositiveInt = 10  # times a column is shuffled to see how much it is needed


PRESETS = {
    "quick": Config(source="iris", penalties=5, steps=300, patience=8, resamples=300, shuffles=3),
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
EFFECTS = 6  # features whose effect is drawn
SHOWN_ROWS = 500  # rows their effect is averaged over
POINTS = 25  # values of a feature
MOST_BARS = 20  # features whose importance is kept, the most needed first
LOOK_EVERY = 20  # steps of the MLP between two looks at the validation rows, at least


def run(config: Config, run: Run) -> dict[str, float]:
    """Learn, choose, and measure once; return the figures with their intervals."""
    table, kinds = load(config, run)
    shares = (config.validation, config.test_fraction)
    parts = data.parts(table, shares, run.generator())
    check(config, *parts)
    learned, kept, test = parts
    scaler = data.Standardiser.fit(learned.features)
    middle, spread = train.target_scale(learned)
    rows, held = (train.prepared(part, scaler, middle, spread) for part in (learned, kept))

    tried = [fit(kind, config, run, table, rows, held) for kind in kinds]
    fitted = [one for one in tried if one is not None]
    best = min(fitted, key=lambda one: one.loss)
    about = data.Schema.of(learned, run.data).as_json()
    about |= {"kind": best.kind, "degree": int(best.chosen.get("degree", 1))}
    run.write_json("columns", about)
    network = network_of(config, about)
    network[0], network[1] = scale_of(scaler), best.body
    if not table.classes:
        back = data.Standardiser(*torch.tensor([[-middle / spread], [1 / spread]]).double())
        network[2] = scale_of(back)
    run.save_weights(network.eval())

    found = measure(config, run, table, network, learned, test)
    record_effects(config, run, network, test)
    run.remark(*remarks(config, table, parts, fitted, found))
    losses = {one.kind: one.loss for one in fitted}
    run.write_json("validated", losses | {"baseline": train.baseline_loss(rows, held)})
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


def check(config: Config, *parts: Table) -> None:
    """Two rows in each part: a figure from one row has no interval."""
    counts = [len(part.target) for part in parts]
    if min(counts) < 2:
        raise TiduError(
            f"{sum(counts)} rows are too few: {counts[0]} to learn from, {counts[1]} for "
            f"validation (--validation {config.validation}) and {counts[2]} for the test "
            f"(--test-fraction {config.test_fraction}); each needs 2.",
            "Bring more rows, or choose other fractions.",
        )


def fit(
    kind: str, config: Config, run: Run, table: Table, rows: train.Rows, held: train.Rows
) -> train.Fitted | None:
    """One kind of model, its choices made on the rows ``held``; None where it does not fit in."""
    several = 1 if len(table.classes) <= 2 else len(table.classes)
    if kind == "mlp":
        return fit_mlp(several, config, run, rows, held)
    if kind in OF_TASK["classification"]:
        outputs = 1 if kind == "logistic" else len(table.classes)
        l2 = torch.logspace(1, -6, config.penalties, dtype=torch.float64)
        return train.fit_classifier(kind, outputs, l2, run, rows, held)
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
        return train.fit_polynomial(kind, degrees, l2, run, rows, held)
    if config.model == "auto":
        return None
    raise TiduError(
        f"There is no polynomial of degree 2 to {config.degree} (--degree) of {columns} columns "
        f"and {size} rows with at most {MOST_CELLS:,} products.",
        "Raise --degree to 2, leave out columns with --leave-out, or take --model linear or mlp.",
    )


def fit_mlp(
    outputs: int, config: Config, run: Run, rows: train.Rows, held: train.Rows
) -> train.Fitted:
    """A multilayer perceptron, stopped where the held-out rows fare best."""
    torch.manual_seed(run.seed)  # whatever ran before it
    network = mlp(config, rows.inputs.shape[1], outputs)
    size = min(config.batch, len(rows.targets))
    order = train.Shuffled(len(rows.targets), size, run.seed)
    is_number = rows.targets.is_floating_point()

    def loss(said: Tensor, truth: Tensor) -> Tensor:
        if is_number:
            return (said.squeeze(1) - truth).square().mean()
        return optim.classifier_loss(said, truth)

    def batch(step: int) -> tuple[Tensor, Tensor]:
        chosen = order(step)
        return rows.inputs[chosen], rows.targets[chosen]

    stopping = train.EarlyStopping("validation_loss", config.patience)
    train.fit(
        network.to(run.device),
        batch,
        loss,
        torch.optim.AdamW(
            network.parameters(), lr=config.lr, weight_decay=config.weight_decay, foreach=True
        ),
        run=run,
        steps=config.steps,
        evaluate=lambda: {
            "validation_loss": float(
                loss(network(held.inputs.to(run.device)), held.targets.to(run.device))
            )
        },
        evaluate_every=max(LOOK_EVERY, order.per_epoch),
        stopping=stopping,
        name="mlp",
    )
    return train.Fitted("mlp", network.cpu(), stopping.best, {"steps": stopping.best_step + 1})


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


def record_effects(config: Config, run: Run, network: torch.nn.Module, test: Table) -> None:
    """Keep how much each feature is needed, and the effect of those that are needed most."""
    import numpy as np

    classes = len(test.classes)
    groups = test.groups()

    def losses(features: Tensor) -> Tensor:
        said = answers(network, features, classes)
        if classes == 0:
            return (said[:, 0] - test.target).square()
        return -said.gather(1, test.target.unsqueeze(1)).squeeze(1).clamp(min=1e-300).log()

    rises = metrics.permutation_importance(
        losses, test.features, list(groups.values()), config.shuffles, run.generator(1)
    )
    mean = rises.mean(1)
    order = mean.argsort(descending=True)[:MOST_BARS]
    low, high = metrics.bootstrap_interval(
        np.mean, rises[order].numpy(), resamples=config.resamples
    )
    run.record("importance", mean=mean[order], low=torch.tensor(low), high=torch.tensor(high))
    names = [list(groups)[k] for k in order.tolist()]
    rows = test.features[:SHOWN_ROWS]
    drawn: list[dict[str, Any]] = []
    for k, name in enumerate(names[:EFFECTS]):
        settings, levels = test.settings(name, POINTS)
        effect = metrics.partial_dependence(
            lambda x: answers(network, x, classes), rows, groups[name], settings
        )
        run.record(f"effect-{k}", **vars(effect))
        drawn.append({"name": name, "levels": levels})
    run.write_json("effects", {"features": names, "drawn": drawn})


def remarks(
    config: Config,
    table: Table,
    parts: list[Table],
    fitted: list[train.Fitted],
    found: dict[str, float],
) -> list[Text]:
    """What the table was taken for, what was chosen, and how far to trust the figures."""
    a, b, c = (len(part.target) for part in parts)
    best = min(fitted, key=lambda one: one.loss)
    tried = ", ".join(f"{one.kind} {one.loss:.4g}" for one in fitted)
    chosen = ", ".join(f"{name} {value:.3g}" for name, value in best.chosen.items())
    measured = Text("均方误差（标准化后）", "squared error, standardised")
    if table.classes:
        measured = Text("对数损失", "log loss")
    said = [
        data.inference(table, config.task != "auto"),
        *table.notes,
        Text(
            f"{a} 行训练，{b} 行验证，{c} 行测试",
            f"{a} rows to learn from, {b} for validation, {c} for the test",
        ),
        Text(
            f"模型：{best.kind}（{chosen}）；验证行上的{measured.zh}：{tried}",
            f"model: {best.kind} ({chosen}); on the validation rows ({measured.en}): {tried}",
        ),
    ]
    right = found.get("test_accuracy") == 1
    return said + data.cautions(c, all_right=right, beats_baseline=found["beats_baseline"] > 0)


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
