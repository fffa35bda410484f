"""A GAN on points of the plane: does the forger learn every mode, or settle for a few?

The real points come from narrow Gaussians: eight on a ring or twenty-five on a grid, the setting of
VEEGAN and PacGAN. A generator turns noise into points; a discriminator says real or not. They take
turns, each with an optimiser of its own. What counts: how many modes the generated points cover,
and what share of them is good, within three standard deviations of a mode.

What makes it work in all seeds: a gradient penalty centred at 0 on real and generated points
(Mescheder et al. 2018), without which the game circles for ever; no momentum (beta1 = 0); learning
rates that fall to zero; and the average of the generator's weights over the last steps, which is
what is used in the end. The pieces between the modes, which a continuous generator cannot avoid,
grow thin as its slopes grow steep: that takes depth and steps. On the grid it also takes weights
that begin large enough (He et al. 2015; with PyTorch's the first generator is nearly constant), a
deeper discriminator, and the full learning rate for half of the way.

All seeds train in one computation (:mod:`tidu.nn.stacked`), each with its own weights and draws.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch

from tidu import losses, metrics, nn
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt
from tidu.files import write_text

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    shape: Literal["ring", "grid"] = "ring"  # 8 Gaussians on a circle, or 25 on a square grid
    loss: Literal["non-saturating", "least-squares", "wgan-gp"] = "non-saturating"  # the game
    penalty: NonNegativeFloat = 0.03  # weight of the gradient penalty; 0 for a game without
    steps: PositiveInt = 3000  # turns of the generator
    discriminator_steps: PositiveInt = 1  # turns of the discriminator for each of them
    batch_size: PositiveInt = 256  # real points a turn, and as many generated ones
    noise: PositiveInt = 2  # numbers of noise that a point is made from
    hidden: PositiveInt = 128  # width of the hidden layers
    depth: PositiveInt = 4  # hidden layers of the generator
    discriminator_depth: PositiveInt = 3  # hidden layers of the discriminator
    he_start: bool = False  # begin with the larger weights of He et al. (2015), made for ReLU
    lr: PositiveFloat = 0.002  # Adam's learning rate at the start; it falls to 0 along a cosine
    hold: OpenFraction = 0.0  # share of the steps before the learning rate begins to fall
    beta1: OpenFraction = 0.0  # Adam's momentum
    average: OpenFraction = 0.99  # how slowly the average of the generator's weights moves


PRESETS = {
    "quick": Config(steps=1800, batch_size=128, lr=0.003, average=0.98),
    "standard": Config(),
    "grid": Config(shape="grid", steps=8000, discriminator_depth=4, he_start=True, hold=0.5),
}
PICTURES = "gan"  # drawn by this file of tidu.views.systems
NO_RANGE_TEST = "two networks play against each other, and neither loss tells how well they draw"
BATCHED_SEEDS = True
SAMPLES = 2500  # points that are judged, as in VEEGAN
FRAMES = 40


@dataclass(frozen=True)
class Mixture:
    """Equally likely Gaussians: their centres and their standard deviation."""

    centres: Tensor
    deviation: float

    @property
    def scale(self) -> float:
        """Root mean square of the coordinates: the unit in which the networks see points."""
        return float((self.centres.square().mean() + self.deviation**2).sqrt())

    @property
    def radius(self) -> float:
        """How near a good sample is to a centre; 98.9 % of the real ones are."""
        return 3 * self.deviation

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        """Draw ``count`` points (count, 2)."""
        chosen = self.centres[torch.randint(len(self.centres), (count,), generator=rng)]
        return chosen + self.deviation * torch.randn(count, 2, generator=rng)


def mixture(config: Config) -> Mixture:
    """The ring of radius 1 with deviation 0.01, or the grid of spacing 2 with deviation 0.05."""
    if config.shape == "ring":
        angle = torch.arange(8) * (2 * math.pi / 8)
        return Mixture(torch.stack([angle.cos(), angle.sin()], dim=-1), 0.01)
    line = torch.arange(-4.0, 4.1, 2.0)
    return Mixture(torch.cartesian_prod(line, line), 0.05)


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Let the two players take turns; return modes covered and share of good samples per seed."""
    target, draws = mixture(config), run.generators()
    players = [new_players(config, seed) for seed in run.seeds]
    generator = nn.stack([g for g, _ in players]).to(run.device)
    discriminator = nn.stack([d for _, d in players]).to(run.device)
    average = copy.deepcopy(generator).requires_grad_(False)
    betas = (config.beta1, 0.99)
    forger = torch.optim.Adam(generator.parameters(), config.lr, betas, fused=True)
    expert = torch.optim.Adam(discriminator.parameters(), config.lr, betas, fused=True)
    keep = {
        "generator": generator,
        "discriminator": discriminator,
        "average": average,
        "forger": forger,
        "expert": expert,
        **{f"draws-{i}": rng for i, rng in enumerate(draws)},
    }
    frames = {round(config.steps * k / FRAMES) for k in range(FRAMES)}
    for step in run.steps(config.steps, keep=keep):
        if step in frames:
            record_frame(config, run, average, target, step)
        for optimizer in (forger, expert):
            optimizer.param_groups[0]["lr"] = learning_rate(config, step)

        expert_loss = torch.zeros(len(draws))
        for _ in range(config.discriminator_steps):
            expert_loss = expert_turn(config, run, generator, discriminator, expert, draws)
        forger_loss = forger_turn(config, run, generator, discriminator, forger, draws)
        follow(average, generator, config.average)
        if step % max(1, config.steps // 100) == 0:
            judged = judge(config, run, average, target)
            run.log(step, discriminator_loss=expert_loss, generator_loss=forger_loss, **judged)

    record_frame(config, run, average, target, config.steps)
    run.save_weights(nn.unstack(average, 0))
    return judge(config, run, average, target, offset=2)


def expert_turn(
    config: Config,
    run: Run,
    generator: torch.nn.Module,
    discriminator: torch.nn.Module,
    expert: torch.optim.Optimizer,
    draws: list[torch.Generator],
) -> Tensor:
    """Tell real points from generated ones, while the forger stands still."""
    target = mixture(config)
    real = torch.stack([target.sample(config.batch_size, rng) for rng in draws])
    real = (real / target.scale).to(run.device)
    with torch.no_grad():
        fake = generator(new_noise(config, draws, config.batch_size).to(run.device))
    points = torch.cat([real, fake], dim=1).requires_grad_()
    logits = discriminator(points)
    on_real, on_fake = logits.chunk(2, dim=1)
    loss = losses.discriminator_loss(on_real, on_fake, adversary(config))
    if config.loss == "wgan-gp":
        points = between(real, fake, draws).requires_grad_()
        penalty = losses.gradient_penalty(discriminator(points), points, centre=1.0)
    else:
        penalty = losses.gradient_penalty(logits, points, centre=0.0)
    expert.zero_grad()
    (loss + config.penalty * penalty).sum().backward()
    expert.step()
    return loss


def forger_turn(
    config: Config,
    run: Run,
    generator: torch.nn.Module,
    discriminator: torch.nn.Module,
    forger: torch.optim.Optimizer,
    draws: list[torch.Generator],
) -> Tensor:
    """Be taken for real, while the expert stands still."""
    discriminator.requires_grad_(False)
    noise = new_noise(config, draws, config.batch_size).to(run.device)
    loss = losses.generator_loss(discriminator(generator(noise)), adversary(config))
    forger.zero_grad()
    loss.sum().backward()
    forger.step()
    discriminator.requires_grad_(True)
    return loss


def follow(average: torch.nn.Module, generator: torch.nn.Module, share: float) -> None:
    """Move the average of the generator's weights a little; it keeps ``share`` of itself."""
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), generator.parameters(), strict=True):
            slow.lerp_(fast, 1 - share)


def adversary(config: Config) -> Literal["non-saturating", "least-squares", "wasserstein"]:
    """The game as the losses call it."""
    return "wasserstein" if config.loss == "wgan-gp" else config.loss


def new_players(config: Config, seed: int) -> tuple[torch.nn.Module, torch.nn.Module]:
    """An untrained generator and discriminator whose weights depend on ``seed`` alone."""
    torch.manual_seed(seed)
    generator = nn.Generator(config.noise, hidden=config.hidden, depth=config.depth)
    discriminator = nn.Discriminator(hidden=config.hidden, depth=config.discriminator_depth)
    if config.he_start:
        for weight in [*generator.parameters(), *discriminator.parameters()]:
            if weight.ndim == 2:
                torch.nn.init.kaiming_uniform_(weight, nonlinearity="relu")
    return generator, discriminator


def learning_rate(config: Config, step: int) -> float:
    """Full for the share ``hold`` of the steps, then down to 0 along half a cosine."""
    fallen = max(0.0, (step / config.steps - config.hold) / (1 - config.hold))
    return config.lr * 0.5 * (1 + math.cos(math.pi * fallen))


def new_noise(config: Config, draws: list[torch.Generator], count: int) -> Tensor:
    """Noise for ``count`` points of every seed: (seeds, count, noise)."""
    return torch.stack([torch.randn(count, config.noise, generator=rng) for rng in draws])


def between(real: Tensor, fake: Tensor, draws: list[torch.Generator]) -> Tensor:
    """A point on the line from each generated point to a real one, where WGAN-GP wants slope 1."""
    weight = torch.stack([torch.rand(real.shape[1], 1, generator=rng) for rng in draws])
    return losses.between(real, fake, weight.to(real.device))


def generate(config: Config, run: Run, net: torch.nn.Module, scale: float, offset: int) -> Tensor:
    """SAMPLES points of every seed; the same ``offset`` makes them from the same noise."""
    with torch.no_grad():
        noise = new_noise(config, run.generators(offset), SAMPLES).to(run.device)
        return net(noise).cpu() * scale


def judge(
    config: Config, run: Run, net: torch.nn.Module, target: Mixture, offset: int = 1
) -> dict[str, list[float]]:
    """Modes covered and share of good samples, one number per seed."""
    points = generate(config, run, net, target.scale, offset)
    covered = metrics.modes_covered(points, target.centres, target.radius)
    good = metrics.good_share(points, target.centres, target.radius)
    return {"modes": covered.double().tolist(), "good_share": good.double().tolist()}


def record_frame(
    config: Config, run: Run, net: torch.nn.Module, target: Mixture, step: int
) -> None:
    """Keep what the first seed generates at ``step``."""
    points = generate(config, run, net, target.scale, offset=1)[0]
    run.record("samples", step=step, points=points)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's generator: noise (batch, noise) to points (batch, 2)."""
    scale = mixture(config).scale
    generator = nn.Generator(config.noise, hidden=config.hidden, depth=config.depth, scale=scale)
    return run.load_weights(generator)


@dataclass(frozen=True)
class Use:
    """What to generate."""

    samples: PositiveInt = 1000  # how many points
    out: Path | None = None  # a CSV file to write them to, with the columns x and y
    seed: int = 0  # of the noise


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Generate points, write them where asked, and say how good they are."""
    target = mixture(config)
    rng = torch.Generator().manual_seed(options.seed)
    with torch.no_grad():
        points = model(config, run)(new_noise(config, [rng], options.samples)[0])
    modes = int(metrics.modes_covered(points, target.centres, target.radius))
    good = float(metrics.good_share(points, target.centres, target.radius))
    rows = [f"{x:.6g},{y:.6g}" for x, y in points.tolist()]
    text = f"{options.samples} points: {modes} of {len(target.centres)} modes, {good:.1%} good"
    answer: dict[str, object] = {"samples": options.samples, "modes": modes, "good_share": good}
    if options.out is None:
        return answer | {"points": points.tolist(), "text": "\n".join(["x,y", *rows, text])}
    write_text(options.out, "\n".join(["x,y", *rows, ""]))
    return answer | {"out": str(options.out), "text": f"{text}; written to {options.out}"}


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Noise for two points."""
    return (torch.randn(2, config.noise, generator=run.generator(4)),)
