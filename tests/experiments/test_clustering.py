"""Clustering: what k-means may not do, starts far apart, names that do not matter, and --from."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

import tidu
from tidu import metrics, optim
from tidu.errors import TiduError
from tidu.experiments.foundations import clustering as experiment

TINY = {"preset": "quick", "images": 60, "epochs": 1, "perplexity": 8.0, "tsne_steps": 300}
SILENT = {"quiet": True, "report": False}


@pytest.mark.parametrize("seed", range(3))
def test_no_round_of_k_means_raises_the_squared_distance(seed: int) -> None:
    points = torch.randn(80, 3, generator=torch.Generator().manual_seed(seed)).double()
    centres = points[:6]
    heights = [float(optim.inertia(points, centres))]
    for _ in range(8):
        centres = optim.k_means(points, centres, steps=1)
        heights.append(float(optim.inertia(points, centres)))
    assert all(after <= before + 1e-9 for before, after in pairwise(heights))
    assert heights[-1] < heights[0]


def test_a_centre_without_points_stays() -> None:
    points = torch.tensor([[0.0], [1.0]])
    ends = optim.k_means(points, torch.tensor([[0.4], [100.0]]))
    assert ends.tolist() == [[0.5], [100.0]]


def test_starts_are_different_points_as_long_as_there_are() -> None:
    points = torch.eye(5).repeat(20, 1)
    for seed in range(5):
        begin = optim.spread_centres(points, 5, torch.Generator().manual_seed(seed))
        assert len(begin.unique(dim=0)) == 5
    assert optim.spread_centres(points, 7).shape == (7, 5)
    with pytest.raises(ValueError, match="k must be"):
        optim.spread_centres(points, 101)


def test_the_names_of_clusters_do_not_matter() -> None:
    clusters, classes = torch.randint(4, (2, 50))
    renamed = torch.tensor([7, 2, 9, 0])[clusters]
    for measure in (metrics.purity, metrics.normalised_mutual_information):
        torch.testing.assert_close(measure(renamed, classes), measure(clusters, classes))
        assert float(measure(classes, classes)) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="same points"):
        metrics.purity(clusters[:0], classes[:0])


def test_projecting_on_all_components_keeps_distances() -> None:
    points = torch.randn(12, 4).double()
    found = optim.principal_components(points, 4)
    torch.testing.assert_close(torch.cdist(found.project(points), found.project(points)),
                               torch.cdist(points, points))  # fmt: skip
    torch.testing.assert_close(found.variances.sum(), points.var(0).sum())
    with pytest.raises(ValueError, match="components"):
        optim.principal_components(points, 5)


@pytest.mark.usefixtures("embedded")
def test_features_of_another_run_are_taken_as_they_are() -> None:
    first = tidu.run("clustering", **TINY, **SILENT)
    again = tidu.run("clustering", **TINY, **SILENT, origin=str(first.path), features=5)
    nets = [experiment.model(run.config, run).state_dict() for run in (first, again)]
    assert all(torch.equal(nets[0][name], nets[1][name]) for name in nets[0])
    assert torch.equal(first.recorded("features")["pca"], again.recorded("features")["pca"])


@pytest.mark.usefixtures("embedded")
def test_what_cannot_be_is_told() -> None:
    for wrong, flag in (
        ({"tsne_steps": 100}, "--tsne-steps"),
        ({"perplexity": 500.0}, "--perplexity"),
        ({"clusters": 60}, "--clusters"),
    ):
        with pytest.raises(TiduError) as told:
            tidu.run("clustering", **(TINY | wrong), **SILENT)
        assert flag in f"{told.value}{told.value.hint}"
