"""Against scikit-learn's k-means, PCA, and measures of clusters; PCA's gradient by eigenvectors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import torch
from sklearn import cluster, decomposition, metrics
from torch import Tensor

from oracles import Case
from tidu.metrics import normalised_mutual_information, purity
from tidu.optim import k_means, principal_components


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    points = torch.randn(30, 4, dtype=dtype)
    return [
        (lambda x, c: k_means(x, c, 5), (points, points[:3].clone())),
        (lambda x: principal_components(x, 2), (points,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    k, dim, starts = (int(n) for n in torch.randint(2, 6, (3,)))
    middles = 4 * torch.randn(k, dim, dtype=dtype)
    points = (middles.unsqueeze(1) + torch.randn(k, 25, dim, dtype=dtype)).flatten(0, 1)
    begin = points[torch.stack([torch.randperm(len(points))[:k] for _ in range(starts)])]
    yield Case("k-means by scikit-learn", k_means, _by_sklearn, (points, begin), gradients=False)
    yield Case("k-means point by point", lambda x: k_means(x, begin, 4),
               lambda x: _point_by_point(x, begin, 4), (points,))  # fmt: skip
    yield Case("PCA by scikit-learn", lambda x: tuple(principal_components(x, 2)), _pca,
               (points,), gradients=False)  # fmt: skip
    yield Case(
        "PCA by eigenvectors of the covariance",
        lambda x: principal_components(x, 2).project(x).abs(),
        _by_eigenvectors,
        (points,),
        atol=1e-4 if dtype == torch.float32 else None,
    )
    found, true = torch.randint(5, (2, 60))
    yield Case("purity", purity, _purity, (found, true), gradients=False)
    yield Case(
        "mutual information",
        normalised_mutual_information,
        lambda a, b: torch.tensor(
            metrics.normalized_mutual_info_score(b.numpy(), a.numpy())
        ).double(),
        (found, true),
        gradients=False,
    )
    one = torch.zeros(7, dtype=torch.int64)
    yield Case("one cluster, one class", normalised_mutual_information,
               lambda a, b: torch.tensor(metrics.normalized_mutual_info_score(b, a)).double(),
               (one, one), gradients=False)  # fmt: skip


def _by_sklearn(points: Tensor, starts: Tensor) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of points that are fewer than the clusters, and so on
        ends = [
            cluster.KMeans(len(s), init=s.numpy(), n_init=1, max_iter=100, tol=0, algorithm="lloyd")
            .fit(points.numpy())
            .cluster_centers_
            for s in starts
        ]
    return torch.stack([torch.from_numpy(end) for end in ends]).to(points.dtype)


def _point_by_point(points: Tensor, starts: Tensor, steps: int) -> Tensor:
    ends: list[Tensor] = []
    for start in starts:
        centres = list(start)
        for _ in range(steps):
            nearest = [
                min(range(len(centres)), key=lambda k: float((x - centres[k]).detach().norm()))
                for x in points
            ]
            for k in range(len(centres)):
                own = [x for x, at in zip(points, nearest, strict=True) if at == k]
                centres[k] = torch.stack(own).mean(0) if own else centres[k]
        ends.append(torch.stack(centres))
    return torch.stack(ends)


def _pca(points: Tensor) -> tuple[Tensor, ...]:
    found = decomposition.PCA(2, svd_solver="full").fit(points.double().numpy())
    directions = torch.from_numpy(found.components_)
    signs = [1.0 if row[row.abs().argmax()] > 0 else -1.0 for row in directions]
    return (
        torch.from_numpy(found.mean_),
        directions * torch.tensor(signs)[:, None],
        torch.from_numpy(found.explained_variance_),
    )


def _by_eigenvectors(points: Tensor) -> Tensor:
    """Coordinates without their signs, which are free."""
    centred = points - points.sum(0) / len(points)
    _, vectors = torch.linalg.eigh(centred.T @ centred / (len(points) - 1))
    return (centred @ vectors.flip(1)[:, :2]).abs()


def _purity(found: Tensor, true: Tensor) -> Tensor:
    counts = metrics.cluster.contingency_matrix(true.numpy(), found.numpy())
    return torch.tensor(counts.max(0).sum() / counts.sum()).double()
