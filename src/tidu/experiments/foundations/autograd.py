"""The whole way without PyTorch: a graph of values, its gradients, a network that learns by them.

``tidu.autograd`` differentiates on NumPy. Here it does three things: it draws the graph of an
expression of yours with a gradient on every node (``--expression "x*y + sin(x)" --at 2 3``), it
trains a network, and it is held against PyTorch. ``gradient_gap`` is the largest difference in
any gradient of the network's loss, before and after training, and ``expression_gap`` in the
gradient of the expression; both as a share of the largest number there.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import torch
import tyro

from tidu import autograd, data, nn, vision
from tidu.errors import TiduError
from tidu.expression import parse
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    import numpy as np

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    learn: Literal["spiral", "digits"] = "spiral"  # three noisy arms, or digits of 8 x 8 pixels
    hidden: tuple[PositiveInt, ...] = (32, 32)  # widths of the hidden layers
    activation: Literal["tanh", "relu"] = "tanh"  # the bend between the layers
    steps: PositiveInt = 4000  # steps of descent
    batch_size: PositiveInt = 64  # examples a step
    lr: PositiveFloat = 0.1  # learning rate at the start; it falls to zero along a cosine
    momentum: OpenFraction = 0.9  # share of its speed that descent keeps
    expression: str = "x*y + sin(x)"  # the formula whose graph is drawn
    at: tuple[float, ...] = ()  # values of its variables in their order; without it 2, 3, 4, ...


PRESETS = {
    "quick": Config(steps=1500),
    "standard": Config(),
    "digits": Config(learn="digits", hidden=(64, 64), activation="relu", steps=2000, lr=0.05),
}
PICTURES = "autograd"  # drawn by this file of tidu.views.systems
USE_EXAMPLE = "points.csv"
THREADS = 1  # products this small are slower on two
TEST_PER_ARM = 1000
FRAMES = 20
SHOWN = 3  # examples in the drawn graph of the network's loss


def run(config: Config, run: Run) -> dict[str, float]:
    """Draw, train, compare; return the accuracy on unseen examples and the gaps to PyTorch."""
    import numpy as np

    expression_gap = record_expression(config, run)
    inputs, labels, test_inputs, test_labels = load_examples(config, run)
    widths = (inputs.shape[1], *config.hidden, int(labels.max()) + 1)
    network = autograd.MLP(widths, np.random.default_rng(run.seed), config.activation)
    descent = autograd.SGD(network.parameters(), config.lr, config.momentum)
    generator = run.generator(1)
    batches = torch.randint(len(labels), (config.steps, config.batch_size), generator=generator)
    run.write_json("classes", [str(i + (config.learn == "spiral")) for i in range(widths[-1])])
    run.record("points", inputs=torch.from_numpy(inputs), labels=torch.from_numpy(labels))
    frames = {round(config.steps * (k / FRAMES) ** 2) for k in range(FRAMES)}
    first = slice(0, config.batch_size)
    gap = gradient_gap(config, network, inputs[first], labels[first])

    for step in run.steps(config.steps, keep={"network": network, "descent": descent}):
        if config.learn == "spiral" and step in frames:
            record_boundary(run, network, inputs, step)
        rows = batches[step].numpy()
        loss = loss_of(network, inputs[rows], labels[rows])
        descent.lr = config.lr * 0.5 * (1 + math.cos(math.pi * step / config.steps))
        descent.step(autograd.grad(loss, network.parameters()))
        if step % max(1, config.steps // 100) == 0:
            run.log(step, loss=float(loss.data))

    record_end(config, run, network, inputs, labels)
    logits = network(autograd.Value(test_inputs, requires_grad=False)).data
    run.record(
        "test", said=torch.from_numpy(logits.argmax(1)), labels=torch.from_numpy(test_labels)
    )
    return {
        "accuracy": float((logits.argmax(1) == test_labels).mean()),
        "gradient_gap": max(gap, gradient_gap(config, network, inputs[first], labels[first])),
        "expression_gap": expression_gap,
    }


def load_examples(config: Config, run: Run) -> tuple[np.ndarray, ...]:
    """Inputs (rows, numbers) in float64 and classes, to learn from and to test on."""
    if config.learn == "spiral":
        generator = run.generator()
        parts = (*data.noisy_arms(200, generator), *data.noisy_arms(TEST_PER_ARM, generator))
    else:
        images = cast("data.Images", data.load("digits"))
        train, test = (
            part.flatten(1).double() / 255 for part in (images.train_images, images.test_images)
        )
        parts = (train, images.train_labels, test, images.test_labels)
    return tuple((p.double() if p.is_floating_point() else p).numpy() for p in parts)


def loss_of(network: autograd.MLP, inputs: np.ndarray, labels: np.ndarray) -> autograd.Value:
    """The mean cross-entropy, ready to be walked back through."""
    examples = autograd.Value(inputs, "examples", requires_grad=False)
    return autograd.cross_entropy(network(examples), labels)


def gradient_gap(
    config: Config, network: autograd.MLP, inputs: np.ndarray, labels: np.ndarray
) -> float:
    """How far the gradients are from PyTorch's, in the same network on the same examples."""
    ours = autograd.grad(loss_of(network, inputs, labels), network.parameters())
    theirs = in_torch(config, network)
    logits = theirs(torch.from_numpy(inputs))
    torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
    expected = [p.grad for p in theirs.parameters()]
    found = [g.data.T if g.data.ndim == 2 else g.data for g in ours]
    return gap_of([torch.from_numpy(g) for g in found], [g for g in expected if g is not None])


def gap_of(ours: list[torch.Tensor], theirs: list[torch.Tensor]) -> float:
    """The largest difference, as a share of the largest number of the same tensor."""
    return max(
        float((one - two).abs().max() / two.abs().max().clamp(min=1e-300))
        for one, two in zip(ours, theirs, strict=True)
    )


def in_torch(config: Config, network: autograd.MLP) -> torch.nn.Module:
    """The same network for PyTorch, whose layers keep their weights the other way round."""
    arrays = [p.data for p in network.parameters()]
    twin = new_twin(config, arrays[0].shape[0], arrays[-1].shape[0])
    with torch.no_grad():
        for parameter, array in zip(twin.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array.T))
    return twin


def new_twin(config: Config, inputs: int, classes: int) -> torch.nn.Module:
    """An untrained PyTorch network of the same shape, in float64."""
    bend = torch.nn.Tanh if config.activation == "tanh" else torch.nn.ReLU
    return nn.MLP((inputs, *config.hidden, classes), bend).double()


def record_expression(config: Config, run: Run) -> float:
    """Keep the graph of the expression; return how far its gradient is from PyTorch's."""
    import numpy as np

    expression = parse(config.expression)
    names = expression.variables
    at = config.at or tuple(2.0 + i for i in range(len(names)))
    if len(at) != len(names):
        raise TiduError(
            f"--at must give {len(names)} numbers, for {', '.join(names)} in {config.expression}; "
            f"got {len(at)}.",
            f"For example: --at {' '.join(str(2 + i) for i in range(len(names)))}",
        )
    with np.errstate(all="ignore"):  # what is not finite is told below
        variables = [autograd.Value(v, name) for v, name in zip(at, names, strict=True)]
        output = expression(*variables)
        nodes = autograd.graph(output)
        slopes = [float(slope.data) for slope in autograd.grad(output, variables)]
    if not all(math.isfinite(v) for v in (*slopes, float(output.data))):
        place = ", ".join(f"{name} = {value:g}" for name, value in zip(names, at, strict=True))
        raise TiduError(
            f"{config.expression} is {float(output.data):g} with the gradient {slopes} at {place}; "
            "both must be finite.",
            "Choose another place with --at.",
        )
    point = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in at]
    theirs = torch.autograd.grad(expression(*point), point)
    run.write_json("expression-graph", [asdict(node) for node in nodes])
    return gap_of([torch.tensor(slopes, dtype=torch.float64)], [torch.stack(theirs)])


def record_boundary(run: Run, network: autograd.MLP, inputs: np.ndarray, step: int) -> None:
    """Keep what the network says at every place of the plane."""
    reach = float(abs(inputs).max()) * 1.12
    line = torch.linspace(-reach, reach, 96, dtype=torch.float64)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    plane = autograd.Value(torch.stack([x, y], -1).view(-1, 2).numpy(), requires_grad=False)
    chances = torch.from_numpy(autograd.softmax(network(plane)).data).view(96, 96, -1)
    said = (chances * 255).round().byte()
    run.record("boundary", step=step, reach=torch.tensor(reach), network=said)


def record_end(
    config: Config, run: Run, network: autograd.MLP, inputs: np.ndarray, labels: np.ndarray
) -> None:
    """Keep the weights, the last boundary, and the graph of the loss of a few examples."""
    if config.learn == "spiral":
        record_boundary(run, network, inputs, config.steps)
    some = slice(len(labels) // (2 * SHOWN), None, len(labels) // SHOWN)
    nodes = autograd.graph(loss_of(network, inputs[some], labels[some]))
    run.write_json("loss-graph", [asdict(node) for node in nodes])
    run.save_weights(in_torch(config, network))


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained network for PyTorch, in float64: numbers in, a logit for every class out."""
    inputs = 2 if config.learn == "spiral" else 64
    return run.load_weights(new_twin(config, inputs, len(run.read_json("classes"))))


@dataclass(frozen=True)
class Use:
    """What to classify."""

    input: Annotated[Path, tyro.conf.Positional]  # a CSV file with columns x and y; or a picture


def use(config: Config, run: Run, options: Use) -> dict[str, Any]:
    """The arm of every point of a CSV file, or the digit in a picture."""
    network, classes = model(config, run), run.read_json("classes")
    if config.learn == "digits":
        image = vision.fit_to_square(vision.read_photo(options.input), 8, box=8, by_mass=False)
        with torch.inference_mode():
            return vision.ranking(network(image.view(64).double()), classes)
    with torch.inference_mode():
        sure, arm = network(data.read_rows(options.input, ["x", "y"])).softmax(-1).max(-1)
    arms = [classes[i] for i in arm.tolist()]
    shown = [f"{a}  {p:.3f}" for a, p in zip(arms, sure.tolist(), strict=True)]
    return {"arms": arms, "probabilities": sure.tolist(), "text": "\n".join(["arm  sure", *shown])}


def export_inputs(config: Config, run: Run) -> tuple[torch.Tensor, ...]:
    """Two rows."""
    return (torch.linspace(-0.5, 0.5, 4 if config.learn == "spiral" else 128).double().view(2, -1),)
