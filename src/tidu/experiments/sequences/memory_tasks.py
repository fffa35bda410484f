"""Memory tasks: how many steps back does a recurrent cell still remember?

*Adding.* A sequence of ``lag`` pairs (value, marker): values are even on 0..1, the marker is 1 at
one random step of the first half and at one of the second, 0 elsewhere. After the last step the
net must say the sum of the two marked values. Saying 1 always has a mean squared error (MSE) of
1/6; measured is the MSE on unseen sequences.

*Copy.* ``symbols`` symbols out of 8, then ``lag - 1`` blanks, a sign to begin, and ``symbols``
blanks, during which the net must repeat the symbols: each stands ``lag + symbols`` steps back.
Measured is the share of wrong symbols; guessing has 7/8.

For every cell and lag a net of its own is trained, on new sequences in every step; there is no
curriculum. All seeds train in one computation, each on its own sequences.

``…_reach`` compares the gradient that arrives from the farthest inputs with that from the nearest,
and ``…_fading`` is one over it; ``…_left_after_N`` is what is left of the gradient N steps back, of
an untrained net and as a share of that from the nearest input, and ``…_change_after_N`` by what
factor it has grown or shrunk. ``…_largest_gradient`` is the longest gradient of any step at the
longest lag, before it is shortened.

Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", section 5.4 (adding); Arjovsky,
Shah & Bengio 2016, "Unitary evolution recurrent neural networks", section 4.1 (both tasks in the
form used here). Where ours differs: the copy loss counts the answers only, not the blanks before;
the weights on the input start wider than usual (``input_scale``) for all cells alike, and the
LSTM's gates start with memories of up to the lag (``gates="chrono"``).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import torch
import tyro

from tidu import data, nn
from tidu.errors import TiduError
from tidu.fields import Fraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from tidu.runs import Run

Cell = Literal["rnn", "jordan", "lstm", "lstm-peephole"]


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    task: Literal["adding", "copy"] = "adding"  # add two marked numbers, or repeat symbols
    cells: tuple[Cell, ...] = ("rnn", "jordan", "lstm", "lstm-peephole")  # the cells to compare
    lags: tuple[PositiveInt, ...] = (10, 25, 50, 100, 200)  # how far back to remember, in steps
    symbols: PositiveInt = 5  # copy: how many symbols to repeat
    hidden: PositiveInt = 64  # width of the state
    steps: PositiveInt = 600  # steps of Adam for every cell and lag
    batch_size: PositiveInt = 50  # sequences a step
    lr: PositiveFloat = 0.01  # learning rate
    cooldown: Fraction = 0.4  # share of the steps, at the end, in which the rate falls to zero
    clip: PositiveFloat = 1.0  # longest gradient of a net; a longer one is shortened to it
    input_scale: PositiveFloat = 1.0  # weights on the input start evenly within ± this
    gates: Literal["chrono", "one", "even"] = "chrono"  # LSTM biases: for the lag, forget 1, or ~0
    recurrent_scale: PositiveFloat | None = None  # recurrent weights start so many times as large
    detach_every: PositiveInt | None = None  # truncate back-propagation to this many steps
    test_sequences: PositiveInt = 1000  # unseen sequences to measure on
    solved_below: PositiveFloat = 0.01  # a lag is solved where the test error is below


PRESETS = {
    "quick": Config(lags=(5, 10, 20), hidden=32, steps=200, batch_size=32, test_sequences=500),
    "standard": Config(),
    "copy": Config(task="copy", lags=(5, 10, 20, 40), steps=1500, gates="one"),
}
PICTURES = "memory_tasks"  # drawn by this file of tidu.views.systems
BATCHED_SEEDS = True
THREADS = 1
PROBES = 100  # sequences on which the gradient is measured
FAR = (1, 10, 100, 1000)  # steps back at which it is told


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Train every cell at every lag; return test errors, lags solved and reaches of gradients."""
    check_choices(config)
    measure = "mse" if config.task == "adding" else "wrong"
    metrics: dict[str, list[float]] = {}
    errors: dict[str, Tensor] = {}
    longest: dict[str, torch.nn.Module] = {}
    for cell in config.cells:
        key = cell.replace("-", "_")
        per_lag: list[Tensor] = []
        for lag in config.lags:
            nets = nn.stack([new_net(config, cell, lag, seed) for seed in run.seeds])
            nets.to(run.device)
            before = gradient_reach(config, nets, *draw(config, run, lag, PROBES, 2))
            largest = train_nets(config, run, nets, f"{cell}-lag-{lag}", lag)
            test = draw(config, run, lag, config.test_sequences, 1)
            per_lag.append(test_error(config, nets, *test))
            metrics[f"{key}_{measure}_lag_{lag}"] = per_lag[-1].tolist()
            if lag == max(config.lags):
                longest[cell] = nets
                after = gradient_reach(config, nets, *draw(config, run, lag, PROBES, 2))
                run.record(f"gradient-{cell}", before=before, after=after)
                for moment, reach in (("before", before), ("after", after)):
                    metrics[f"{key}_reach_{moment}"] = far_over_near(reach).tolist()
                    fading = 1 / far_over_near(reach).clamp(min=1e-150)
                    metrics[f"{key}_fading_{moment}"] = fading.tolist()
                metrics[f"{key}_largest_gradient"] = largest.tolist()
                for far in (one for one in FAR if one <= lag):
                    left = (before[:, far - 1] / before[:, 0]).clamp(1e-150, 1e150)
                    metrics[f"{key}_left_after_{far}"] = left.tolist()
                    metrics[f"{key}_change_after_{far}"] = left.log().abs().exp().tolist()
        errors[cell] = torch.stack(per_lag)
        metrics[f"{key}_solved_lag"] = solved_lag(config, errors[cell])
    run.record("errors", None, **errors)
    record_gates(config, run, longest)
    run.save_weights(nn.SideBySide({cell: nn.unstack(net, 0) for cell, net in longest.items()}))
    return metrics


def train_nets(config: Config, run: Run, nets: torch.nn.Module, name: str, lag: int) -> Tensor:
    """Train all seeds' nets of one cell at one lag; return each one's longest gradient."""
    optimizer = torch.optim.Adam(nets.parameters(), lr=config.lr, fused=True)
    generators = run.generators()
    largest = torch.zeros(len(run.seeds), device=run.device)
    keep: dict[str, Any] = {"nets": nets, "optimizer": optimizer, "largest": largest}
    keep |= {f"sequences-{i}": generator for i, generator in enumerate(generators)}
    for step in run.steps(config.steps, keep=keep, name=name):
        for group in optimizer.param_groups:
            group["lr"] = config.lr * rate(step / config.steps, config.cooldown)
        inputs, targets = draw_from(config, generators, lag, config.batch_size)
        answers = nets(inputs.to(run.device), detach_every=config.detach_every)
        losses = loss_per_seed(config, answers, targets.to(run.device))
        optimizer.zero_grad()
        losses.sum().backward()
        norms = nn.clip_grad_norm_per_copy_(nets.parameters(), config.clip)
        torch.maximum(largest, norms, out=largest)
        optimizer.step()
        if step % max(1, config.steps // 50) == 0:
            run.log(step, **{f"{name}_loss": losses, f"{name}_gradient_norm": norms})
    return largest


def check_choices(config: Config) -> None:
    """Say what is wrong with choices that only together make no sense."""
    for flag, chosen in (("--cells", config.cells), ("--lags", config.lags)):
        if not chosen or len(set(chosen)) < len(chosen):
            raise TiduError(
                f"{flag} must be one or more different ones; got {' '.join(map(str, chosen))!r}.",
                f"For example: {flag} {' '.join(map(str, getattr(Config(), flag[2:])))}",
            )
    if config.task == "adding" and min(config.lags) < 2:
        raise TiduError(
            f"--lags must be at least 2 steps for adding; got {min(config.lags)}.",
            "Two numbers need two steps: give longer lags.",
        )


def new_net(config: Config, cell: str, lag: int, seed: int) -> nn.Readout:
    """An untrained net of one cell, whose weights depend on ``seed`` alone."""
    torch.manual_seed(seed)
    return net_of(config, cell, lag)


def net_of(config: Config, cell: str, lag: int) -> nn.Readout:
    """A net of one cell.

    Jordan's net answers by itself: what it says is what it feeds back. The others read their
    answer from the state by a linear layer.
    """
    features, answers, read = (2, 1, 1) if config.task == "adding" else (10, 8, config.symbols)
    span = lag if config.task == "adding" else lag + config.symbols
    body: torch.nn.Module
    if cell == "jordan":
        body = nn.RNN(features, config.hidden, kind="jordan", output_size=answers)
    elif cell == "rnn":
        body = nn.RNN(features, config.hidden)
    else:
        body = nn.LSTM(
            features,
            config.hidden,
            peephole=cell == "lstm-peephole",
            forget_bias=1.0 if config.gates == "one" else None,
            longest_lag=max(span, 3) if config.gates == "chrono" else None,
        )
    scale = config.input_scale
    torch.nn.init.uniform_(body.get_parameter("weight_ih_l0"), -scale, scale)
    if config.recurrent_scale is not None:
        with torch.no_grad():
            body.get_parameter("weight_hh_l0").mul_(config.recurrent_scale)
    itself = cell == "jordan"
    head = torch.nn.Identity() if itself else torch.nn.Linear(config.hidden, answers)
    return nn.Readout(body, head, steps=read)


def draw(config: Config, run: Run, lag: int, count: int, offset: int) -> tuple[Tensor, Tensor]:
    """Every seed's sequences number ``offset`` (0 is for training), always the same."""
    inputs, targets = draw_from(config, run.generators(offset), lag, count)
    return inputs.to(run.device), targets.to(run.device)


def draw_from(
    config: Config, generators: list[Generator], lag: int, count: int
) -> tuple[Tensor, Tensor]:
    """New sequences and their answers for every seed: (seeds, count, ...)."""
    each = [
        data.adding_sequences(lag, count, generator)
        if config.task == "adding"
        else data.copy_sequences(lag, config.symbols, count, generator)
        for generator in generators
    ]
    inputs, targets = zip(*each, strict=True)
    return torch.stack(inputs), torch.stack(targets)


def loss_per_seed(config: Config, answers: Tensor, targets: Tensor) -> Tensor:
    """The mean loss of every seed; ``answers`` are (seeds, batch, steps, answers)."""
    if config.task == "adding":
        return (answers.squeeze(-1) - targets).square().flatten(1).mean(1)
    losses = torch.nn.functional.cross_entropy(
        answers.flatten(0, 2), targets.flatten(), reduction="none"
    )
    return losses.view_as(targets).flatten(1).mean(1)


def test_error(config: Config, nets: torch.nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    """Of every seed, the MSE (adding) or the share of wrong symbols (copy)."""
    with torch.no_grad():
        answers = nets(inputs)
        if config.task == "adding":
            return loss_per_seed(config, answers, targets)
        return (answers.argmax(-1) != targets).float().flatten(1).mean(1)


def gradient_reach(
    config: Config, nets: torch.nn.Module, inputs: Tensor, targets: Tensor
) -> Tensor:
    """How strongly the last answer depends on the input at each lag: (seeds, lags).

    The mean over sequences of the norm of d answer / d x_(T-lag), in double precision. The answer
    is the sum that is said (adding) or the log-probability of the last symbol (copy).
    """
    nets = copy.deepcopy(nets).double()
    inputs = inputs.double().requires_grad_()
    last = nets(inputs)[:, :, -1]
    if config.task == "copy":
        last = last.log_softmax(-1).gather(-1, targets[:, :, -1:])
    (gradients,) = torch.autograd.grad(last.sum(), inputs)
    return gradients.norm(dim=-1).mean(1).flip(-1)


def far_over_near(reach: Tensor) -> Tensor:
    """The mean norm over the farthest tenth of the lags, relative to that over the nearest."""
    tenth = max(1, reach.shape[-1] // 10)
    return reach[:, -tenth:].mean(1) / reach[:, :tenth].mean(1)


def solved_lag(config: Config, errors: Tensor) -> list[float]:
    """Every seed's longest solved lag, 0 for none; ``errors`` are (lags, seeds)."""
    lags = torch.tensor(config.lags, device=errors.device).unsqueeze(1)
    return ((errors < config.solved_below) * lags).amax(0).double().tolist()


def rate(progress: float, cooldown: float) -> float:
    """1, and over the last ``cooldown`` of the way falling to 0 in a straight line."""
    return min(1.0, (1 - progress) / cooldown) if cooldown else 1.0


def record_gates(config: Config, run: Run, longest: dict[str, torch.nn.Module]) -> None:
    """Keep the gates of the first seed's first LSTM over one sequence, and what to remember."""
    cell = next((cell for cell in config.cells if cell.startswith("lstm")), None)
    if cell is None:
        return
    net = nn.unstack(longest[cell], 0)
    assert isinstance(net, nn.Readout)
    assert isinstance(net.cell, nn.LSTM)
    inputs, _ = draw(config, run, max(config.lags), 1, 3)
    if config.task == "adding":
        events = inputs[0, 0, :, 1].nonzero().squeeze(1)
    else:
        events = torch.arange(config.symbols)
    with torch.no_grad():
        gates = net.cell.gates(inputs[0])._asdict()
    seen = {name: values[0, 0].T for name, values in gates.items()}
    run.record("gates", None, events=events, **seen)
    run.write_json("gates", {"cell": cell})


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's nets of the longest lag, side by side: (batch, cells, steps, answers)."""
    nets = {cell: new_net(config, cell, max(config.lags), run.seed) for cell in config.cells}
    return run.load_weights(nn.SideBySide(nets))


@dataclass(frozen=True)
class Use:
    """What to remember."""

    sequence: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Adding: a CSV file with columns value and marker, or pairs such as 0.3,1 0.5,0 0.2,1.
    A sequence shorter than the trained lag is filled up behind the first marked value.
    Copy: a CSV file with a column symbol, or symbols from 0 to 7."""
    lag: PositiveInt | None = None  # copy: steps to wait; by default the longest trained lag


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Let every trained cell answer one sequence."""
    nets = model(config, run)
    if config.task == "adding":
        rows = check_pairs(read_sequence(options.sequence, ["value", "marker"]))
        rows = fill_up(rows, max(config.lags), run.generator(4))
        with torch.no_grad():
            said: list[Any] = nets(rows.float().unsqueeze(0))[0, :, 0, 0].tolist()
        right: object = float(rows.prod(1).sum())
        told = [f"{answer:.3f}" for answer in (*said, right)]
    else:
        symbols = check_symbols(config, read_sequence(options.sequence, ["symbol"]))
        signs = data.one_hot_signs(symbols.unsqueeze(0), options.lag or max(config.lags))
        with torch.no_grad():
            said = nets(signs)[0].argmax(-1).tolist()
        right = symbols.tolist()
        told = [" ".join(map(str, answer)) for answer in (*said, symbols.tolist())]
    lines = [f"{name:14} {told}" for name, told in zip((*config.cells, "right"), told, strict=True)]
    answers = dict(zip(config.cells, said, strict=True))
    return {"answers": answers, "right": right, "text": "\n".join(lines)}


def read_sequence(words: tuple[str, ...], columns: list[str]) -> Tensor:
    """The rows of a CSV file, or of the command line, where commas part the columns."""
    if len(words) == 1 and not set(words[0]) <= set("0123456789.,+-e"):
        return data.read_rows(words[0], columns)
    try:
        rows = [[float(number) for number in word.split(",")] for word in words]
    except ValueError as problem:
        raise TiduError(f"A sequence is made of numbers: {problem}.", EXAMPLE) from problem
    if not rows or any(len(row) != len(columns) for row in rows):
        raise TiduError(
            f"Every step of the sequence must be {','.join(columns)}; got {' '.join(words)!r}.",
            EXAMPLE,
        )
    return torch.tensor(rows, dtype=torch.float64)


def check_pairs(rows: Tensor) -> Tensor:
    """The pairs, if exactly two are marked and nothing is missing."""
    values, markers = rows.unbind(1)
    marked = int((markers == 1).sum())
    if marked != 2 or int((markers == 0).sum()) != len(rows) - 2:
        raise TiduError(
            f"Two values must be marked with 1 and the others with 0; got {marked} with 1 "
            f"in {len(rows)} steps.",
            EXAMPLE,
        )
    if not bool(((values >= 0) & (values <= 1)).all()):
        raise TiduError("The values must lie in 0..1, as in training; some do not.", EXAMPLE)
    return rows


def fill_up(rows: Tensor, length: int, generator: Generator) -> Tensor:
    """``rows`` with random unmarked values behind the first marked one, at least ``length`` long.

    The nets know sequences of one length, with a mark in either half.
    """
    after = int(rows[:, 1].nonzero()[0]) + 1
    values = torch.rand(max(0, length - len(rows)), generator=generator, dtype=rows.dtype)
    filler = torch.stack([values, torch.zeros_like(values)], dim=1)
    return torch.cat([rows[:after], filler, rows[after:]])


def check_symbols(config: Config, rows: Tensor) -> Tensor:
    """The symbols, if there are as many as in training and each is known."""
    known = (rows >= 0) & (rows < data.SYMBOLS) & (rows == rows.round())
    if len(rows) != config.symbols or not bool(known.all()):
        raise TiduError(
            f"The nets copy {config.symbols} whole numbers from 0 to {data.SYMBOLS - 1}; "
            f"got {' '.join(f'{v:g}' for v in rows.flatten().tolist())}.",
            "For example: tidu use last " + " ".join("31415926"[: config.symbols]),
        )
    return rows.flatten().long()


EXAMPLE = "For example: tidu use last 0.3,1 0.5,0 0.2,1 0.9,0, or a CSV file: value, marker."


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two sequences of the longest lag."""
    inputs, _ = draw_from(config, [run.generator(3)], max(config.lags), 2)
    return (inputs[0],)
