"""A GAN that draws: convolutions turn noise into clothes (or digits, or images like your own).

A generator grows images out of noise, a discriminator tells them from real ones; they take turns,
each with an optimiser of its own. How near the drawn images come to real ones is measured by a
classifier of this product: a LeNet-5, either that of ``--from RUN`` (a run of ``lenet``) or one
trained here first. ``frechet_distance`` compares what its last hidden layer makes of drawn images
and of test images; ``frechet_floor`` is the same distance for as many training images, so no
generator that only learned from them can be expected below it. Distances by different classifiers
cannot be compared; give ``--from`` to measure several runs by one.

``rarest_class`` is the share of the class that is drawn least: 0 when the generator forgot one.
``nearest_ratio`` tells copying from drawing: how far a drawn image is from the nearest training
image, over how far a test image is; copies would be near 0.

What makes a short training work: no momentum (beta1 = 0); a gradient penalty on real images
(Mescheder et al. 2018), computed only every few turns and that much stronger (Karras et al. 2020,
"Analyzing and improving the image quality of StyleGAN", section 3.1); a learning rate that falls;
and the average of the generator's weights, which is what is used in the end.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, metrics, nn, train, vision
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["fashion-mnist", "mnist", "mnist-5k"] = "fashion-mnist"  # images to learn from
    loss: Literal["non-saturating", "least-squares", "wgan-gp"] = "non-saturating"  # the game
    penalty: NonNegativeFloat | None = None  # weight of the gradient penalty; else the loss's own
    steps: PositiveInt = 6000  # turns of the generator
    discriminator_steps: PositiveInt = 1  # turns of the discriminator for each of them
    batch: PositiveInt = 64  # real images a turn, and as many drawn ones
    noise: PositiveInt = 64  # numbers of noise that an image is made from
    channels: PositiveInt = 32  # maps of the layers next to the image
    hidden: PositiveInt = 256  # width of the layers that see the whole image
    lr: PositiveFloat = 0.002  # Adam's learning rate at the start; it falls to 0 along a cosine
    beta1: OpenFraction = 0.0  # Adam's momentum
    average: OpenFraction = 0.998  # how slowly the average of the generator's weights moves
    judged: PositiveInt = 10_000  # drawn images, and real ones, that are compared in the end
    classifier: Literal["lenet-5", "lenet-5-1998"] = "lenet-5"  # whose features are compared
    classifier_epochs: PositiveInt = 2  # passes in which the classifier learns, without --from


PRESETS = {
    "quick": Config(
        source="mnist-5k",
        steps=300,
        batch=32,
        noise=32,
        channels=16,
        lr=0.008,
        average=0.98,
        classifier="lenet-5-1998",
    ),
    "standard": Config(),
}
PICTURES = "gan_images"  # drawn by this file of tidu.views.systems
NO_RANGE_TEST = "two networks play against each other, and neither loss tells how well they draw"
TAKES = ("data", "from")
SIZE = 28  # height and width of an image
PENALTIES = {"non-saturating": 0.1, "least-squares": 0.1, "wgan-gp": 10.0}
LAZY = 8  # turns from one penalty on real images to the next; WGAN-GP needs its own every time
LOOKS, LOOKED = 20, 2000  # how often the distance is taken in training, and of how many images
SHOWN = 36  # images in a frame of the player
WALKS, WAY = 9, 21  # walks from one noise vector to another, and images on each
ENLARGED = 4  # side of a pixel in what `use` writes
CLASSIFIER_LR = 0.05  # at the start; it falls to 0 along a straight line
COPIES = 200  # images whose nearest training image is looked for


@dataclass(frozen=True)
class Scale:
    """What drawn images are measured by: a classifier, and its features of training images."""

    classifier: nn.LeNet5
    real: Tensor


def run(config: Config, run: Run) -> dict[str, float]:
    """Train the classifier, let the players take turns; return how good the drawn images are."""
    check_origin(config, run)
    images = data.images_or(config.source, folder(run), SIZE, config.batch)
    count = min(config.judged, len(images.train_images), len(images.test_images))
    if count < 2:
        raise TiduError(
            f"A distance needs at least 2 images on each side; here it would be {count}.",
            "Give a larger --judged, or bring more images.",
        )
    classifier = classifier_of(config, run, images)
    rows = torch.randperm(len(images.train_images), generator=run.generator(1))[:count]
    scale = Scale(classifier, features_of(classifier, images.train_images[rows]))
    generator = play(config, run, images, scale)
    run.save_weights(generator)
    return assess(config, run, images, scale, generator)


def play(config: Config, run: Run, images: data.Images, scale: Scale) -> torch.nn.Module:
    """Generator and discriminator take turns; the average generator is what comes out."""
    generator = generator_of(config).to(run.device)
    discriminator = nn.ConvDiscriminator(config.channels, config.hidden, SIZE).to(run.device)
    for player in (generator, discriminator):
        player.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    average = copy.deepcopy(generator).requires_grad_(False).eval()
    betas = (config.beta1, 0.99)
    forger = torch.optim.Adam(generator.parameters(), config.lr, betas, fused=True)
    expert = torch.optim.Adam(discriminator.parameters(), config.lr, betas, fused=True)
    order = train.Shuffled(len(images.train_images), config.batch, run.seed)
    adversary = "wasserstein" if config.loss == "wgan-gp" else config.loss
    draws = run.generator(2)
    fixed = new_noise(config, run.generator(3), min(LOOKED, len(scale.real)))

    def noise() -> Tensor:
        return new_noise(config, draws, config.batch).to(run.device)

    keep = {
        "generator": generator,
        "discriminator": discriminator,
        "average": average,
        "forger": forger,
        "expert": expert,
        "draws": draws,
    }
    looks = {round(config.steps * k / LOOKS) for k in range(LOOKS)}
    for step in run.steps(config.steps, keep=keep):
        if step in looks:
            look(run, step, average, fixed, scale)
        for optimizer in (forger, expert):
            falling = 0.5 * (1 + math.cos(math.pi * step / config.steps))
            optimizer.param_groups[0]["lr"] = config.lr * falling

        # The expert's turn: tell real images from drawn ones; the forger stands still.
        expert_loss = torch.zeros(())
        for k in range(config.discriminator_steps):
            turn = step * config.discriminator_steps + k
            batch = vision.grey_images(images.train_images[order(turn)]).to(run.device)
            with torch.no_grad():
                fake = generator(noise())
            expert_loss = losses.discriminator_loss(
                discriminator(batch), discriminator(fake), adversary
            )
            expert.zero_grad()
            (expert_loss + penalty(config, discriminator, batch, fake, turn, draws)).backward()
            expert.step()

        # The forger's turn: be taken for real; the expert stands still.
        discriminator.requires_grad_(False)
        forger_loss = losses.generator_loss(discriminator(generator(noise())), adversary)
        forger.zero_grad()
        forger_loss.backward()
        forger.step()
        discriminator.requires_grad_(True)

        follow(average, generator, config.average)
        if step % max(1, config.steps // 100) == 0:
            run.log(step, discriminator_loss=expert_loss, generator_loss=forger_loss)

    look(run, config.steps, average, fixed, scale)
    return average


def penalty(
    config: Config,
    discriminator: torch.nn.Module,
    real: Tensor,
    fake: Tensor,
    turn: int,
    draws: torch.Generator,
) -> Tensor | float:
    """The weighted gradient penalty of a turn: slope 1 between the images, or 0 at real ones."""
    weight = PENALTIES[config.loss] if config.penalty is None else config.penalty
    between = config.loss == "wgan-gp"
    if weight == 0 or not (between or turn % LAZY == 0):
        return 0.0
    points = real.flatten(1)
    if between:
        shares = torch.rand(len(real), 1, generator=draws).to(real.device)
        points = losses.between(points, fake.flatten(1), shares)
    points = points.detach().requires_grad_()
    logits = discriminator(points.view_as(real))
    if between:
        return weight * losses.gradient_penalty(logits, points, centre=1.0)
    return weight * LAZY * losses.gradient_penalty(logits, points, centre=0.0)


def follow(average: torch.nn.Module, network: torch.nn.Module, slowness: float) -> None:
    """Move the average, and its batch statistics, a little towards the network."""
    with torch.no_grad():
        pairs = zip(average.state_dict().values(), network.state_dict().values(), strict=True)
        for slow, fast in pairs:
            if slow.is_floating_point():
                slow.lerp_(fast, 1 - slowness)


def classifier_of(config: Config, run: Run, images: data.Images) -> nn.LeNet5:
    """The classifier whose features are compared: the origin's, or one trained here."""
    if run.origin is not None:
        network = lenet(run.origin.config.net, len(run.origin.read_json("classes")))
        run.origin.load_weights(network)
        return network.to(run.device)
    network = lenet(config.classifier, len(images.classes)).to(run.device)
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    optimizer = torch.optim.SGD(network.parameters(), CLASSIFIER_LR, 0.9, nesterov=True, fused=True)
    order = train.Shuffled(len(images.train_images), config.batch, run.seed)
    total = config.classifier_epochs * order.per_epoch
    keep = {"classifier": network, "optimizer": optimizer}
    for step in run.steps(total, keep, "classifier"):
        rows = order(step)
        optimizer.param_groups[0]["lr"] = CLASSIFIER_LR * (1 - step / total)
        logits = network(vision.grey_images(images.train_images[rows]).to(run.device))
        loss = losses.cross_entropy(logits, images.train_labels[rows].to(run.device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % max(1, total // 20) == 0:
            run.log(step, classifier_loss=loss)
    return network.eval()


def lenet(net: str, classes: int) -> nn.LeNet5:
    """The network of that name in ``lenet``."""
    if net == "lenet-5-1998":
        return nn.LeNet5(classes, channels=(6, 16), hidden=(120, 84))
    return nn.LeNet5(classes)


def features_of(classifier: nn.LeNet5, images: Tensor) -> Tensor:
    """What the classifier's last hidden layer makes of bytes (count, height, width)."""
    device = classifier.output.weight.device
    with torch.no_grad():
        parts = [
            classifier.features(vision.grey_images(part).to(device)) for part in images.split(500)
        ]
        return torch.cat(parts).cpu()


def classes_of(classifier: nn.LeNet5, features: Tensor) -> Tensor:
    """The class that each row of features is taken for."""
    with torch.no_grad():
        return classifier.output(features.to(classifier.output.weight.device)).argmax(1).cpu()


def look(run: Run, step: int, network: torch.nn.Module, noise: Tensor, scale: Scale) -> None:
    """Keep what the network draws from the same noise, and how far from training images it is."""
    drawn = generate(network, noise)
    run.record("samples", step=step, images=drawn[:SHOWN])
    distance = metrics.frechet_distance(features_of(scale.classifier, drawn), scale.real)
    run.log(step, train_distance=distance)


def assess(
    config: Config, run: Run, images: data.Images, scale: Scale, network: torch.nn.Module
) -> dict[str, float]:
    """The final figures, the only ones in which test images have a part."""
    count, classifier = len(scale.real), scale.classifier
    rows = torch.randperm(len(images.test_images), generator=run.generator(4))[:count]
    test = images.test_images[rows]
    drawn = generate(network, new_noise(config, run.generator(5), count))
    tested, features = features_of(classifier, test), features_of(classifier, drawn)
    shares = classes_of(classifier, features).bincount(minlength=len(images.classes)) / count
    distances, nearest = nearest_of(drawn[:COPIES], images.train_images)
    usual, _ = nearest_of(test[:COPIES], images.train_images)
    wrong = classes_of(classifier, tested) != images.test_labels[rows]
    run.record(
        "final",
        drawn=drawn[:SHOWN],
        real=images.train_images[:SHOWN],
        nearest=images.train_images[nearest[:SHOWN]],
        walks=walks(config, run, network),
    )
    return {
        "frechet_distance": float(metrics.frechet_distance(features, tested)),
        "frechet_floor": float(metrics.frechet_distance(scale.real, tested)),
        "rarest_class": float(shares.min()),
        "nearest_ratio": float(distances.median() / usual.median()),
        "classifier_error": float(wrong.double().mean()),
    }


def nearest_of(images: Tensor, training: Tensor) -> tuple[Tensor, Tensor]:
    """Euclidean distance of each image to the nearest training image, and which that is."""
    pixels = images.flatten(1).float() / 255
    parts = [torch.cdist(pixels, part.flatten(1).float() / 255) for part in training.split(5000)]
    nearest = torch.cat(parts, dim=1).min(1)
    return nearest.values, nearest.indices


def walks(config: Config, run: Run, network: torch.nn.Module) -> Tensor:
    """What is drawn on the way from one noise vector to another: (walks, way, height, width)."""
    start, end = new_noise(config, run.generator(6), 2 * WALKS).chunk(2)
    shares = torch.linspace(0, 1, WAY).tolist()
    way = [generate(network, nn.spherical_interpolation(start, end, share)) for share in shares]
    return torch.stack(way, dim=1)


def generator_of(config: Config) -> nn.ConvGenerator:
    """An untrained generator."""
    return nn.ConvGenerator(config.noise, config.channels, config.hidden, SIZE)


def new_noise(config: Config, rng: torch.Generator, count: int) -> Tensor:
    """Noise for ``count`` images."""
    return torch.randn(count, config.noise, generator=rng)


def generate(network: torch.nn.Module, noise: Tensor) -> Tensor:
    """Images as bytes (count, height, width), as the real ones are."""
    device = next(network.parameters()).device
    with torch.no_grad():
        drawn = torch.cat([network(part.to(device)).cpu() for part in noise.split(500)])
    return (drawn.squeeze(1) * 255).round().byte()


def folder(run: Run) -> Path | None:
    """The user's own images: those given, or those that the origin learned."""
    return run.data or (run.origin.data if run.origin is not None else None)


def check_origin(config: Config, run: Run) -> None:
    """Refuse a run that has no LeNet-5, or one that learned other images."""
    origin = run.origin
    if origin is None:
        return
    net = getattr(origin.config, "net", "")
    if origin.experiment != "lenet" or not net.startswith("lenet-5"):
        raise TiduError(
            f"--from must be a run of lenet with a LeNet-5; {origin.name} is one of "
            f"{origin.experiment} {net}".rstrip()
            + ".",
            "Train one: tidu run lenet --preset fashion",
        )
    theirs = origin.config.source
    if folder(run) is None and theirs != config.source:
        raise TiduError(
            f"--source is {config.source}, but {origin.name} learned {theirs}.",
            f"Give --source {theirs}, or start from another run.",
        )


def model(config: Config, run: Run) -> torch.nn.Module:
    """The generator: noise (batch, noise) to images (batch, 1, height, width) from 0 to 1."""
    return run.load_weights(generator_of(config))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Noise for two images."""
    return (new_noise(config, run.generator(7), 2),)


@dataclass(frozen=True)
class Use:
    """What to draw."""

    samples: PositiveInt = 16  # how many images
    out: Path = Path("samples.png")  # the picture file they are written to, side by side
    seed: int = 0  # of the noise


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Draw new images and write them side by side as a PNG file."""
    if options.out.suffix.lower() != ".png":
        raise TiduError(
            f"--out must be a .png file; got {options.out}.", "For example: --out picture.png"
        )
    rng = torch.Generator().manual_seed(options.seed)
    drawn = generate(model(config, run), new_noise(config, rng, options.samples))
    vision.write_png(options.out, vision.contact_sheet(drawn), scale=ENLARGED)
    answer: dict[str, object] = {"samples": options.samples, "out": str(options.out)}
    return answer | {"text": f"{options.samples} images; written to {options.out}"}
