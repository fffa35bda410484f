"""Clustering: the same digits as pixels and as a net sees them, grouped and laid out in a plane.

Test images are parted into as many clusters as there are classes by k-means, without their labels:
once by their pixels, once by the features in the last hidden layer of a small net that was trained
here on other images, or that a run of ``lenet`` trained (``--from RUN``). Purity and mutual
information say how well the clusters agree with the classes. PCA and t-SNE draw both in the plane.

The clusters know no label, but the net does: its features were made to tell the classes apart.
t-SNE is scikit-learn's; it sees the first 30 principal components, as in van der Maaten & Hinton
(2008), "Visualizing data using t-SNE", section 4.2.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch

from tidu import data, metrics, nn, optim, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    images: PositiveInt = 3000  # test images that are clustered
    clusters: PositiveInt | None = None  # how many clusters; none: as many as classes
    starts: PositiveInt = 10  # starts of k-means; the one that ends lowest counts
    features: PositiveInt = 64  # width of the layer whose answers are the features
    epochs: PositiveInt = 4  # passes over the training images
    batch: PositiveInt = 128  # images in a step, over all processes
    lr: PositiveFloat = 0.002  # learning rate of AdamW at the start; it falls along a cosine
    perplexity: PositiveFloat = 30.0  # how many neighbours t-SNE lets a point feel
    tsne_steps: PositiveInt = 750  # steps of t-SNE, at least 300


PRESETS = {
    "quick": Config(source="mnist-5k", images=200, epochs=3, perplexity=20.0, tsne_steps=450),
    "standard": Config(),
    "fashion": Config(source="fashion-mnist"),
}
PICTURES = "clustering"  # drawn by this file of tidu.views.systems
TAKES = ("data", "from", "processes")
USE_EXAMPLE = "photo.png"
SIZE = 28  # height and width of an image
CHANNELS = (10, 20)  # maps of the two convolutions of the net trained here
COMPONENTS = 30  # principal components that t-SNE looks at
ROUNDS = 100  # of k-means; on thousands of points all is still long before


def run(config: Config, run: Run) -> dict[str, float]:
    """Train, unless a run is given; cluster pixels and features; return how well classes fit."""
    folder = run.data or (run.origin.data if run.origin is not None else None)
    images = data.images_or(config.source, folder, SIZE, config.batch)
    check(config, run, images)
    run.write_json("classes", list(images.classes))
    net = network_of(config, run, len(images.classes)).to(run.device)
    if run.origin is None:
        learn(config, run, net, images)
    run.save_weights(net)

    rows = torch.randperm(len(images.test_labels), generator=run.generator(1))[: config.images]
    some, labels = vision.grey_images(images.test_images[rows]), images.test_labels[rows]
    with torch.inference_mode():
        seen = [(net(part.to(run.device)).cpu(), net.features(part.to(run.device)).cpu())
                for part in some.split(1000)]  # fmt: skip
    logits, features = (torch.cat(parts).clone() for parts in zip(*seen, strict=True))
    found: dict[str, float] = {"accuracy": float((logits.argmax(1) == labels).double().mean())}
    for name, points in (("raw", some.flatten(1)), ("features", features)):
        centres = best_centres(config, run, points, len(images.classes))
        clusters = optim.nearest_centre(points, centres)
        flat = optim.principal_components(points, 2)
        total = points.var(0).sum()
        run.record(
            name,
            centres=centres,
            clusters=clusters,
            labels=labels,
            pca=flat.project(points),
            tsne=neighbour_map(config, run, points),
            means=mean_images(images.test_images[rows], clusters, len(centres)),
        )
        found |= {
            f"purity_{name}": float(metrics.purity(clusters, labels)),
            f"nmi_{name}": float(metrics.normalised_mutual_information(clusters, labels)),
            f"pca_share_{name}": float(flat.variances.sum() / total),
        }
    run.record("images", images=images.test_images[rows], labels=labels)
    run.log(0, **found)
    return found | {"nmi_gain": found["nmi_features"] - found["nmi_raw"]}


def check(config: Config, run: Run, images: data.Images) -> None:
    """Refuse what scikit-learn's t-SNE and k-means would stumble over, and a run of other kind."""
    there = min(config.images, len(images.test_labels))
    if config.tsne_steps < 300:
        raise TiduError(
            f"--tsne-steps must be at least 300; got {config.tsne_steps}.",
            "The first 250 only untangle the points; 750 is usual.",
        )
    most = max(2.0, config.perplexity, float(config.clusters or len(images.classes)))
    if there <= most:
        raise TiduError(
            f"{there} test images are clustered; more than --perplexity {config.perplexity:g} and "
            f"the number of clusters ({config.clusters or len(images.classes)}) are needed.",
            "Give more --images, or a smaller --perplexity or fewer --clusters.",
        )
    origin = run.origin
    if origin is None:
        return
    known = {"lenet": ("lenet-5", "lenet-5-1998"), "clustering": (None,)}
    if getattr(origin.config, "net", None) not in known.get(origin.experiment, ()):
        raise TiduError(
            f"--from must be a run of clustering, or of lenet with convolutions; {origin.name} is "
            f"one of {origin.experiment}.",
            "Train one: tidu run lenet --preset standard",
        )
    if len(origin.read_json("classes")) != len(images.classes):
        raise TiduError(
            f"{origin.name} knows {len(origin.read_json('classes'))} classes; these images have "
            f"{len(images.classes)}.",
            "Give the images it learned from, with --source or --data.",
        )


def network_of(config: Config, run: Run, classes: int) -> nn.LeNet5:
    """The net that makes the features: the origin's, trained; or a new one."""
    torch.manual_seed(run.seed)
    origin, shape = run.origin, [*CHANNELS, config.features]
    if origin is not None and origin.experiment == "clustering":
        shape = origin.read_json("shape")
    elif origin is not None:
        shape = [6, 16, 120, 84] if origin.config.net == "lenet-5-1998" else [20, 50, 500]
    run.write_json("shape", shape)
    net = shaped(shape, classes)
    if origin is not None:
        origin.load_weights(net)
    return net


def shaped(shape: list[int], classes: int) -> nn.LeNet5:
    """A net with the widths ``shape``: two convolutions, then hidden layers."""
    first, second, *hidden = shape
    return nn.LeNet5(classes, size=SIZE, channels=(first, second), hidden=hidden)


def learn(config: Config, run: Run, net: torch.nn.Module, images: data.Images) -> None:
    """Train the net to tell the classes apart."""
    order = train.Shuffled(len(images.train_labels), config.batch, run.seed)
    steps = config.epochs * order.per_epoch

    def batch(step: int) -> tuple[Tensor, Tensor]:
        rows = order(step)
        return vision.grey_images(images.train_images[rows]), images.train_labels[rows]

    train.fit(
        net,
        batch,
        torch.nn.functional.cross_entropy,
        torch.optim.AdamW(net.parameters(), lr=config.lr, fused=True),
        run=run,
        steps=steps,
        schedule=lambda step: config.lr * (1 + math.cos(math.pi * step / steps)) / 2,
        precision="auto",
    )


def best_centres(config: Config, run: Run, points: Tensor, classes: int) -> Tensor:
    """The centres of the start that ended with the least squared distance."""
    k, chance = config.clusters or classes, run.generator(2)
    begins = [optim.spread_centres(points, k, chance) for _ in range(config.starts)]
    ends = optim.k_means(points, torch.stack(begins), ROUNDS)
    return ends[optim.inertia(points, ends).argmin()].clone()


def neighbour_map(config: Config, run: Run, points: Tensor) -> Tensor:
    """Places in the plane that keep neighbours together: scikit-learn's t-SNE."""
    from sklearn.manifold import TSNE

    count = min(COMPONENTS, *points.shape)
    inputs = optim.principal_components(points, count).project(points).numpy()
    known = inspect.signature(TSNE).parameters  # scikit-learn 1.5 gave the steps another name
    steps: dict[str, Any] = {"max_iter" if "max_iter" in known else "n_iter": config.tsne_steps}
    places = TSNE(perplexity=config.perplexity, init="pca", random_state=run.seed, **steps)
    return torch.from_numpy(places.fit_transform(inputs)).float()


def mean_images(images: Tensor, clusters: Tensor, k: int) -> Tensor:
    """The mean image of each cluster, black where a cluster has none."""
    own = [images[clusters == place].float() for place in range(k)]
    return torch.stack(
        [part.mean(0) if len(part) else torch.zeros_like(images[0]).float() for part in own]
    )


def model(config: Config, run: Run) -> torch.nn.Module:
    """The net whose features were clustered: images in, one logit for each class out."""
    return run.load_weights(shaped(run.read_json("shape"), len(run.read_json("classes"))))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which cluster of features a picture falls into, and which classes live there."""
    image = data.image_like(options.image, config.source, run.data is not None, SIZE)
    net, seen = model(config, run), run.recorded("features")
    assert isinstance(net, nn.LeNet5)
    with torch.inference_mode():
        cluster = int(optim.nearest_centre(net.features(image[None, None]), seen["centres"]))
    classes: list[str] = run.read_json("classes")
    inside = seen["labels"][seen["clusters"] == cluster]
    counts = torch.bincount(inside, minlength=len(classes))
    shares = {classes[k]: round(float(counts[k]) / max(1, len(inside)), 4)
              for k in counts.argsort(descending=True).tolist() if counts[k]}  # fmt: skip
    words = ", ".join(f"{name} {share:.1%}" for name, share in list(shares.items())[:3])
    return {"cluster": cluster + 1, "classes": shares, "text": f"cluster {cluster + 1}: {words}"}
