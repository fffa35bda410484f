"""Nielsen's ladder: from one hidden layer up to an ensemble, and every rung is one idea.

Chapter 6 of "Neural Networks and Deep Learning" climbs MNIST step by step. Here every rung is a
preset, ``--preset full`` climbs them all, and the picture holds what was reached against what he
published:

    fully-connected    100 sigmoid neurons                                    97.80 %
    convolution        20 maps with pooling before them                       98.78 %
    two-convolutions   40 more maps                                           99.06 %
    relu               rectified linear units for the sigmoids                99.23 %
    expanded           training images moved by a pixel                       99.37 %
    dropout            two layers of 1,000 neurons, half of them silenced     99.60 %
    ensemble           five such nets answer together                         99.67 %

Source: Nielsen (2015), chapter 6, "Convolutional neural networks in practice". Where ours differs:
batches of 128 instead of 10, a rate that rises and falls, 10 to 20 epochs instead of 40 to 60;
Adam for the sigmoids, momentum for the rest; on the last two rungs images are turned, scaled and
slanted too, as Simard et al. (2003) do; the ensemble takes the mean of the probabilities for his
vote. He reports the best of three runs, chosen on validation images; here all images train, and
what the last epoch leaves is measured. No test image has a say in the training; rate and decay of
the first rung were chosen on 10,000 of the training images, held out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch

from tidu import data, nn, runs, train, vision
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run

Name = Literal[
    "fully-connected", "convolution", "two-convolutions", "relu", "expanded", "dropout", "ensemble"
]


@dataclass(frozen=True)
class Rung:
    """One net and its way of training; ``published`` is Nielsen's accuracy."""

    published: float
    epochs: int
    lr: float = 0.05  # at its peak
    channels: tuple[int, ...] = (20, 40)
    activation: Literal["sigmoid", "relu"] = "relu"
    varied: Literal["no", "pixel", "bent"] = "no"
    wide: bool = False  # two wide hidden layers under dropout, for one of 100 neurons
    together: bool = False  # several nets that answer together
    weight_decay: float = 5e-4  # pull of all weights towards zero


RUNGS: dict[str, Rung] = {
    "fully-connected": Rung(
        0.9780, 20, lr=0.012, channels=(), activation="sigmoid", weight_decay=0.1
    ),
    "convolution": Rung(
        0.9878, 15, lr=0.003, channels=(20,), activation="sigmoid", weight_decay=0.01
    ),
    "two-convolutions": Rung(0.9906, 20, lr=0.003, activation="sigmoid", weight_decay=0.01),
    "relu": Rung(0.9923, 12),
    "expanded": Rung(0.9937, 15, varied="pixel"),
    "dropout": Rung(0.9960, 20, varied="bent", wide=True),
    "ensemble": Rung(0.9967, 12, varied="bent", wide=True, together=True),
}


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    rungs: tuple[Name, ...] = ("dropout",)  # the rungs to climb; the last one is kept for use
    source: Literal["mnist", "mnist-5k"] = "mnist"  # images to learn from
    members: PositiveInt = 5  # nets of the ensemble
    width: PositiveInt = 1000  # neurons in each of the two layers under dropout
    epochs: PositiveInt | None = None  # passes over the training images; none: the rung's own
    batch: PositiveInt = 128  # images in a step, over all processes
    lr: PositiveFloat | None = None  # learning rate at its peak; none: the rung's own
    precision: Literal["auto", "bfloat16", "float32"] = "auto"  # of the products in training


PRESETS = {
    "quick": Config(
        rungs=("fully-connected", "ensemble"), source="mnist-5k", members=2, width=200, epochs=3,
        batch=64,
    ),
    "fully-connected": Config(rungs=("fully-connected",)),
    "convolution": Config(rungs=("convolution",)),
    "two-convolutions": Config(rungs=("two-convolutions",)),
    "relu": Config(rungs=("relu",)),
    "expanded": Config(rungs=("expanded",)),
    "standard": Config(),
    "ensemble": Config(rungs=("ensemble",)),
    "full": Config(rungs=tuple(RUNGS)),  # pyright: ignore[reportArgumentType]
}  # fmt: skip
PICTURES = "mnist_ladder"  # drawn by this file of tidu.views.systems
TAKES = ("processes",)
USE_EXAMPLE = "photo.png"
SIZE = 28  # height and width of an image
WARM_UP = 0.15  # share of the steps in which the learning rate rises
MISTAKES = 40  # wrong answers kept for the picture
APART = 1000  # between the seeds of two runs there is room for so many members


def run(config: Config, run: Run) -> dict[str, float]:
    """Climb; return the accuracy of the last rung, alone and together, and its mistakes."""
    images = data.images_or(config.source, None, SIZE, config.batch)
    climbed: list[dict[str, Any]] = []
    done = 0  # steps of the rungs and members before
    nets: list[torch.nn.Module] = []
    logits = torch.empty(0)
    for name in dict.fromkeys(config.rungs):
        rung, nets = RUNGS[name], []
        for member in range(config.members if rung.together else 1):
            net = new_network(config, rung, run.seed * APART + member)
            nets.append(net.to(run.device))
            done += learn(config, rung, nets[-1], images, Part(run, f"{name}-{member}", done))
        logits = torch.stack([answers(net, images) for net in nets])
        climbed.append(
            {
                "rung": name,
                "published": rung.published,
                "accuracy": accuracy(nn.mean_answer(logits), images),
                "members": [accuracy(own, images) for own in logits],
            }
        )
    run.write_json("ladder", climbed)
    run.save_weights(nn.Ensemble(nets))
    together, top = nn.mean_answer(logits), climbed[-1]
    record_mistakes(run, together, images)
    every = {f"accuracy_{c['rung']}".replace("-", "_"): c["accuracy"] for c in climbed}
    return {
        "accuracy": top["accuracy"],
        "member_accuracy": sum(top["members"]) / len(top["members"]),
        "mistakes": float((together.argmax(1) != images.test_labels).sum()),
        **(every if len(climbed) > 1 else {}),
    }


@dataclass(frozen=True)
class Part:
    """One loop of several: its steps have a name, and its log goes on behind the one before."""

    run: Run
    name: str
    before: int

    @property
    def device(self) -> torch.device:
        """Where to compute."""
        return self.run.device

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "") -> Any:
        """The steps of this part."""
        return self.run.steps(total, keep, self.name)

    def log(self, step: int, **metrics: Any) -> None:
        """Log, counting from the first part's first step."""
        self.run.log(self.before + step, **metrics)


def learn(config: Config, rung: Rung, net: torch.nn.Module, images: data.Images, part: Part) -> int:
    """Train one net; return how many steps it took."""
    member_seed = part.run.seed * APART + int(part.name.rpartition("-")[2])
    order = train.Shuffled(len(images.train_labels), config.batch, member_seed)
    epochs = config.epochs or rung.epochs
    steps = epochs * order.per_epoch
    lr = config.lr or rung.lr
    chance = torch.Generator()

    def batch(step: int) -> tuple[Tensor, Tensor]:
        rows = order(step)
        # Seeded by the step: the draws of a step never depend on where a run began.
        chance.manual_seed(member_seed * 10_000_019 + part.before + step)
        return varied(
            rung, vision.grey_images(images.train_images[rows]), chance
        ), images.train_labels[rows]

    train.fit(
        net,
        batch,
        torch.nn.functional.cross_entropy,
        optimizer_of(rung, net, lr),
        run=part,
        steps=steps,
        schedule=lambda step: lr * cycle(step / steps),
        precision=config.precision,
        evaluate=lambda: {f"accuracy_{part.name}": accuracy(answers(net, images), images)},
        evaluate_every=order.per_epoch * max(1, epochs // 4),
    )
    return steps


def new_network(config: Config, rung: Rung, seed: int) -> torch.nn.Module:
    """An untrained net of the rung; channels last, as the processor's convolutions like it."""
    torch.manual_seed(seed)
    activation = torch.sigmoid if rung.activation == "sigmoid" else torch.relu
    hidden, dropout = ((config.width,) * 2, 0.5) if rung.wide else ((100,), 0.0)
    net = nn.ConvPoolNet(rung.channels, hidden, activation, dropout, size=SIZE)
    return net.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def optimizer_of(rung: Rung, net: torch.nn.Module, lr: float) -> torch.optim.Optimizer:
    """Adam where slopes fade from layer to layer, as those of sigmoids do; momentum elsewhere."""
    if rung.activation == "sigmoid":
        return torch.optim.AdamW(
            net.parameters(), lr=lr, weight_decay=rung.weight_decay, fused=True
        )
    return torch.optim.SGD(
        net.parameters(),
        lr=lr,
        momentum=0.9,
        weight_decay=rung.weight_decay,
        nesterov=True,
        fused=True,
    )


def varied(rung: Rung, images: Tensor, generator: torch.Generator) -> Tensor:
    """The images of a batch as this rung shows them to its net."""
    if rung.varied == "pixel":
        return vision.random_shift(images, 1, generator)
    if rung.varied == "bent":
        return vision.Warp(rotate=10, scale=0.1, shift=2)(images, generator)
    return images


def cycle(done: float) -> float:
    """A straight rise to 1, then half a cosine down to 0 (Smith 2018, "super-convergence")."""
    if done < WARM_UP:
        return (done + 0.01) / (WARM_UP + 0.01)
    return (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2


def answers(net: torch.nn.Module, images: data.Images) -> Tensor:
    """Logits of all test images, in float32."""
    device = next(net.parameters()).device
    with torch.inference_mode():
        parts = images.test_images.split(1000)
        return torch.cat([net(vision.grey_images(part).to(device)).cpu() for part in parts])


def accuracy(logits: Tensor, images: data.Images) -> float:
    """The share of the test images that is read right."""
    return (logits.argmax(1) == images.test_labels).double().mean().item()


def record_mistakes(run: Run, logits: Tensor, images: data.Images) -> None:
    """Keep the test images that the last rung reads wrongly, the surest first."""
    said, labels = logits.argmax(1), images.test_labels
    chance = logits.softmax(1).amax(1)
    wrong = torch.nonzero(said != labels)[:, 0]
    worst = wrong[chance[wrong].argsort(descending=True, stable=True)][:MISTAKES]
    run.record(
        "mistakes",
        images=images.test_images[worst],
        labels=labels[worst],
        said=said[worst],
        count=torch.tensor(len(wrong)),
    )


def model(config: Config, run: Run) -> torch.nn.Module:
    """The nets of the last rung as one: images in, the logarithm of their mean answer out."""
    rung = RUNGS[config.rungs[-1]]
    members = config.members if rung.together else 1
    return run.load_weights(nn.Ensemble(new_network(config, rung, 0) for _ in range(members)))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which digit a picture shows, and how sure the nets of the last rung are."""
    image = data.image_like(options.image, config.source, own=False, size=SIZE)
    with torch.inference_mode():
        logits = model(config, run)(image[None, None])[0]
    return vision.ranking(logits, [str(digit) for digit in range(10)])
