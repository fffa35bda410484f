"""Losses against torch's, the penalty against a gradient written out, the nets against torch.nn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from oracles import Case
from tidu.losses import discriminator_loss, generator_loss, gradient_penalty
from tidu.nn import Discriminator, Generator

KINDS = ("non-saturating", "least-squares", "wasserstein")


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    real, fake = torch.randn(2, 7, dtype=dtype), torch.randn(2, 7, dtype=dtype)
    points = torch.randn(2, 7, 3, dtype=dtype)

    def penalty(centre: float) -> Callable[[Tensor], Tensor]:
        def call(points: Tensor) -> Tensor:
            points = points if points.requires_grad else points.clone().requires_grad_()
            return gradient_penalty(points.pow(3).sum(-1), points, centre)

        return call

    return [
        *((lambda a, b, k=kind: discriminator_loss(a, b, k), (real, fake)) for kind in KINDS),
        *((lambda a, k=kind: generator_loss(a, k), (fake,)) for kind in KINDS),
        (penalty(0.0), (points,)),
        (penalty(1.0), (points,)),
        (Generator(3, hidden=8, depth=2).to(dtype), (points,)),
        (Discriminator(3, hidden=8, depth=2).to(dtype), (points,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, dim, hidden = (torch.randint(1, 7, (3,)) + 1).tolist()
    real, fake = 3 * torch.randn(batch, dtype=dtype), 3 * torch.randn(batch, dtype=dtype)
    for kind, (judge, forge) in _textbook().items():
        yield Case(
            f"discriminator, {kind}",
            lambda a, b, k=kind: discriminator_loss(a, b, k),
            judge,
            (real, fake),
        )
        yield Case(f"generator, {kind}", lambda a, k=kind: generator_loss(a, k), forge, (fake,))
    yield Case(
        "games stacked in front stay apart",
        lambda a, b: discriminator_loss(torch.stack([a, b]), torch.stack([b, a]), "least-squares"),
        lambda a, b: torch.stack([_judge_squares(a, b), _judge_squares(b, a)]),
        (real, fake),
    )
    yield from _penalties(batch, dim, hidden, dtype)
    yield from _networks(batch, dim, hidden, dtype)


def _textbook() -> dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor]]]:
    def cross_entropy(logits: Tensor, label: float) -> Tensor:
        return binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))

    return {
        "non-saturating": (
            lambda real, fake: cross_entropy(real, 1.0) + cross_entropy(fake, 0.0),
            lambda fake: cross_entropy(fake, 1.0),
        ),
        "least-squares": (
            _judge_squares,
            lambda fake: mse_loss(fake, torch.ones_like(fake)) / 2,
        ),
        "wasserstein": (
            lambda real, fake: (fake.sum() - real.sum()) / len(real),
            lambda fake: -fake.sum() / len(fake),
        ),
    }


def _judge_squares(real: Tensor, fake: Tensor) -> Tensor:
    ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
    return (mse_loss(real, ones) + mse_loss(fake, zeros)) / 2


def _penalties(batch: int, dim: int, hidden: int, dtype: torch.dtype) -> Iterator[Case]:
    """D(x) = v · tanh(W x + b) has the gradient Wᵀ (v (1 - tanh²)), no autograd needed."""
    points = torch.randn(batch, dim, dtype=dtype)
    first = torch.randn(hidden, dim, dtype=dtype, requires_grad=True)
    bias = torch.randn(hidden, dtype=dtype, requires_grad=True)
    last = torch.randn(hidden, dtype=dtype, requires_grad=True)
    weights = (first, bias, last)
    copies = tuple(w.detach().clone().requires_grad_() for w in weights)

    def ours(points: Tensor, centre: float) -> Tensor:
        logits = torch.tanh(points @ first.T + bias) @ last
        return gradient_penalty(logits, points, centre)

    def theirs(points: Tensor, centre: float) -> Tensor:
        w, b, v = copies
        slope = ((1 - torch.tanh(points @ w.T + b) ** 2) * v) @ w
        return sum(((s.norm() - centre) ** 2 for s in slope), torch.zeros((), dtype=dtype)) / batch

    pairs = list(zip(weights, copies, strict=True))
    for centre in (0.0, 1.0):
        yield Case(f"gradient penalty, centre {centre}", ours, theirs, (points, centre), pairs)


def _networks(batch: int, dim: int, hidden: int, dtype: torch.dtype) -> Iterator[Case]:
    points = torch.randn(batch, dim, dtype=dtype)
    ours = Generator(dim, 3, hidden, depth=2, scale=1.7).to(dtype)
    theirs = _sequential(dim, hidden, 3, nn.ReLU()).to(dtype)
    theirs.load_state_dict({_plain(k): v for k, v in ours.state_dict().items()})
    pairs = list(zip(ours.parameters(), theirs.parameters(), strict=True))
    yield Case("generator", ours, lambda x: theirs(x) * 1.7, (points,), pairs)

    judge = Discriminator(dim, hidden, depth=2).to(dtype)
    other = _sequential(dim, hidden, 1, nn.LeakyReLU(0.2)).to(dtype)
    other.load_state_dict({_plain(k): v for k, v in judge.state_dict().items()})
    pairs = list(zip(judge.parameters(), other.parameters(), strict=True))
    yield Case("discriminator", judge, lambda x: other(x)[:, 0], (points,), pairs)


def _sequential(dim: int, hidden: int, out_features: int, activation: nn.Module) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(dim, hidden),
        activation,
        nn.Linear(hidden, hidden),
        activation,
        nn.Linear(hidden, out_features),
    )


def _plain(name: str) -> str:
    return name.removeprefix("layers.layers.")
