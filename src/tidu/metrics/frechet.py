r"""How far two sets of features lie apart: the Fréchet distance of the Gaussians fitted to them.

    d² = ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½)

with the mean μ and the covariance Σ (divisor n - 1) of each set. Zero for equal Gaussians. With
features of a trained classifier it compares generated images with real ones; what it says depends
on that classifier, so only distances by the same features can be compared.

Few samples make it too large: a covariance estimated from n samples in d dimensions differs from
the true one, and every difference counts as distance. Two samples of ONE distribution get about
c/n, where c grows with d. So give both sets the same size in every comparison, and hold the result
against the floor: the distance of two sets of real images.

Source: Dowson & Landau (1982), "The Fréchet distance between multivariate normal distributions",
Journal of Multivariate Analysis 12, 450-455, equation 4; Heusel et al. (2017), "GANs trained by a
two time-scale update rule converge to a local Nash equilibrium", equation 6 (d² with features of
an Inception network, the "FID"). Where ours differs: the trace of the root comes as

    tr((Σ₁ Σ₂)^½) = sum of the singular values of Σ₁^½ Σ₂^½,

the roots from symmetric eigendecompositions in float64. That needs no root of a matrix that is not
symmetric, is never complex, and loses no digits where a covariance is singular. No gradient: a
root has none at zero.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Float64
from torch import Tensor


@torch.no_grad()
def frechet_distance(
    one: Float[Tensor, "n dim"], other: Float[Tensor, "m dim"]
) -> Float[Tensor, ""]:
    """The squared distance d² of two sets of features (rows, dim), in float64 inside.

    >>> points = torch.tensor([[0.0, 1.0], [2.0, 1.0], [1.0, 3.0]])
    >>> frechet_distance(points, points + torch.tensor([3.0, 4.0]))
    tensor(25.)
    """
    distance = gaussian_distance(*fit_gaussian(one), *fit_gaussian(other))
    return distance.to(torch.result_type(one, other))


def fit_gaussian(
    features: Float[Tensor, "n dim"],
) -> tuple[Float64[Tensor, " dim"], Float64[Tensor, "dim dim"]]:
    """Mean and covariance of the rows, in float64.

    >>> mean, covariance = fit_gaussian(torch.tensor([[0.0, 1.0], [2.0, 1.0]]))
    >>> mean.tolist(), covariance.tolist()
    ([1.0, 1.0], [[2.0, 0.0], [0.0, 0.0]])
    """
    if len(features) < 2:
        raise ValueError(
            f"fit_gaussian needs at least 2 rows for a covariance; got {len(features)}; "
            "give more samples"
        )
    features = features.double()
    mean = features.mean(0)
    centred = features - mean
    return mean, centred.T @ centred / (len(features) - 1)


@torch.no_grad()
def gaussian_distance(
    mean: Float64[Tensor, " dim"],
    covariance: Float64[Tensor, "dim dim"],
    other_mean: Float64[Tensor, " dim"],
    other_covariance: Float64[Tensor, "dim dim"],
) -> Float64[Tensor, ""]:
    """d² of two Gaussians given by mean and covariance.

    >>> eye = torch.eye(3).double()
    >>> gaussian_distance(eye[0], eye, eye[0], 4 * eye)  # 3 (1 - 2)²
    tensor(3., dtype=torch.float64)
    """
    moved = (mean - other_mean).square().sum()
    spread = covariance.trace() + other_covariance.trace()
    shared = torch.linalg.svdvals(_root(covariance) @ _root(other_covariance)).sum()
    return (moved + spread - 2 * shared).clamp_min(0)  # rounding may go below zero


def _root(covariance: Tensor) -> Tensor:
    """The symmetric positive root; eigenvalues that rounding made negative count as zero."""
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp_min(0).sqrt() @ vectors.T
