r"""What the two players of a GAN minimise, and the penalty that keeps the judge smooth.

``real`` and ``fake`` are the discriminator's raw outputs (logits, no sigmoid) on real and on
generated points, and all means run over the last dimension, so that several games stacked in the
leading dimensions stay apart:

=================  =========================================  ================================
name               discriminator minimises                    generator minimises
=================  =========================================  ================================
non-saturating     mean softplus(-real) + mean softplus(fake) mean softplus(-fake)
least-squares      (mean (real - 1)² + mean fake²) / 2        mean (fake - 1)² / 2
wasserstein        mean fake - mean real                      -mean fake
=================  =========================================  ================================

softplus(-d) = -log sigmoid(d): the first line is binary cross-entropy with the generator's labels
flipped, which keeps its gradient alive while the discriminator is still winning.

Source: Goodfellow et al. (2014), "Generative adversarial nets", section 3 (non-saturating);
Mao et al. (2017), "Least squares generative adversarial networks", equation 9;
Arjovsky et al. (2017), "Wasserstein GAN", algorithm 1; Gulrajani et al. (2017), "Improved training
of Wasserstein GANs", equation 3 (the penalty, centre 1); Mescheder et al. (2018), "Which training
methods for GANs do actually converge?", equations 9 and 10 (centre 0: R1 on real points, R2 on
generated ones).
Where ours differs: losses and penalty are separate functions, so that any loss may be combined with
any penalty; Mescheder's factor of one half is left to the caller's weight.
"""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

Adversary = Literal["non-saturating", "least-squares", "wasserstein"]
"""The losses by name."""


def discriminator_loss(
    real: Float[Tensor, "*games batch"], fake: Float[Tensor, "*games batch"], loss: Adversary
) -> Float[Tensor, "*games"]:
    """How badly the discriminator tells real from generated points, one number per game.

    >>> undecided = torch.zeros(5, 64)
    >>> discriminator_loss(undecided, undecided, "non-saturating")[0]  # 2 log 2
    tensor(1.3863)
    """
    if loss == "non-saturating":
        return softplus(-real).mean(-1) + softplus(fake).mean(-1)
    if loss == "least-squares":
        return 0.5 * ((real - 1).square().mean(-1) + fake.square().mean(-1))
    if loss == "wasserstein":
        return fake.mean(-1) - real.mean(-1)
    raise ValueError(_unknown(loss))


def generator_loss(fake: Float[Tensor, "*games batch"], loss: Adversary) -> Float[Tensor, "*games"]:
    """How far the generator is from being taken for real, one number per game.

    >>> generator_loss(torch.zeros(5, 64), "least-squares").shape
    torch.Size([5])
    """
    if loss == "non-saturating":
        return softplus(-fake).mean(-1)
    if loss == "least-squares":
        return 0.5 * (fake - 1).square().mean(-1)
    if loss == "wasserstein":
        return -fake.mean(-1)
    raise ValueError(_unknown(loss))


def gradient_penalty(
    logits: Float[Tensor, "*games batch"],
    points: Float[Tensor, "*games batch dim"],
    centre: float = 0.0,
) -> Float[Tensor, "*games"]:
    r"""Mean of (‖∇ₓ D(x)‖ - centre)² over ``points``: centre 1 for WGAN-GP, 0 for R1 and R2.

    ``logits`` are the discriminator's outputs on ``points``, which must require a gradient. The
    result depends on the discriminator's parameters through a gradient, so its own ``backward``
    takes second derivatives. With centre 0 no square root is formed, so the penalty is smooth
    also where the gradient vanishes.

    >>> points = torch.zeros(10, 2, requires_grad=True)
    >>> logits = 3 * points[:, 0] + 4 * points[:, 1]  # a plane of slope 5
    >>> gradient_penalty(logits, points, centre=1.0)
    tensor(16.)
    """
    if not points.requires_grad:
        raise ValueError(
            "gradient_penalty expects points that require a gradient; got some that do not; "
            "call points.requires_grad_() before the discriminator"
        )
    (slope,) = torch.autograd.grad(logits.sum(), points, create_graph=True)
    squared = slope.square().sum(-1)
    if centre == 0.0:
        return squared.mean(-1)
    # the root of 0 has no derivative; the smallest normal number keeps it finite
    length = squared.clamp_min(torch.finfo(squared.dtype).tiny).sqrt()
    return (length - centre).square().mean(-1)


def between(
    real: Float[Tensor, "*games batch dim"],
    fake: Float[Tensor, "*games batch dim"],
    weight: Float[Tensor, "*games batch 1"],
) -> Float[Tensor, "*games batch dim"]:
    """Points on the straight lines from generated to real ones, where WGAN-GP asks for slope 1.

    >>> between(torch.ones(4, 2), torch.zeros(4, 2), torch.full((4, 1), 0.25))[0]
    tensor([0.2500, 0.2500])
    """
    return torch.lerp(fake, real, weight)


def _unknown(loss: str) -> str:
    return (
        "loss must be 'non-saturating', 'least-squares' or 'wasserstein'; "
        f"got {loss!r}; choose one of them"
    )
