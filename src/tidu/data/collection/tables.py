"""Four small tables that come with scikit-learn, read without importing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tidu.data.collection.packaged import packaged
from tidu.data.source import Arrays, Embedded, Source
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.data.kinds import Table

_CC_BY = "CC BY 4.0 (UCI)"


def _read_csv(path: Path) -> Arrays:
    """A first line with counts and classes, then rows of features and the class."""
    import numpy as np

    rows = np.loadtxt(path, delimiter=",", skiprows=1)
    return {"features": rows[:, :-1].copy(), "target": rows[:, -1].astype(np.int64)}


def _read_diabetes(path: Path) -> Arrays:
    """Features in their own units (years, kg/m2, mmHg, ...), as Efron et al. published them."""
    import numpy as np

    target = np.loadtxt(path.with_name("diabetes_target.csv.gz"))
    return {"features": np.loadtxt(path), "target": target}


def _classification(
    id: str,
    title: Text,
    about: Text,
    homepage: str,
    file: str,
    names: str,
    classes: str,
    content_hash: str,
) -> Source:
    """A table with classes; names are separated by ``|``."""

    def assemble(arrays: Arrays) -> Table:
        import torch

        from tidu.data.kinds import Table

        return Table(
            torch.from_numpy(arrays["features"]),
            torch.from_numpy(arrays["target"]),
            tuple(names.split("|")),
            "class",
            "classification",
            tuple(classes.split("|")),
        )

    return Source(
        id=id,
        title=title,
        about=about,
        kind="table",
        licence=_CC_BY,
        homepage=homepage,
        content_hash=content_hash,
        assemble=assemble,
        embedded=Embedded("scikit-learn", packaged("sklearn", "datasets", "data", file), _read_csv),
    )


def _assemble_diabetes(arrays: Arrays) -> Table:
    import torch

    from tidu.data.kinds import Table

    return Table(
        torch.from_numpy(arrays["features"]),
        torch.from_numpy(arrays["target"]),
        ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
        "progression",
        "regression",
    )


DIABETES = Source(
    id="diabetes",
    title=Text("糖尿病病情进展", "Diabetes progression"),
    about=Text(
        "442 名病人的十项指标与一年后的病情（Efron 等，2004）。特征保留原单位，未作标准化。",
        "Ten measurements of 442 patients and their disease a year later (Efron et al. 2004). "
        "Features keep their units; nothing is standardised.",
    ),
    kind="table",
    licence="public, no licence stated (Efron et al. 2004)",
    homepage="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html",
    content_hash="1ef254ffeb154d36e82aae41e14003af0609d64a9ae9d24ba43892a3eb0ace4f",
    assemble=_assemble_diabetes,
    embedded=Embedded(
        "scikit-learn",
        packaged("sklearn", "datasets", "data", "diabetes_data_raw.csv.gz"),
        _read_diabetes,
    ),
)

IRIS = _classification(
    "iris",
    Text("鸢尾花", "Iris flowers"),
    Text(
        "三种鸢尾花各 50 株的花萼与花瓣尺寸（Fisher，1936）。",
        "Sepals and petals of 50 flowers of each of three species (Fisher 1936).",
    ),
    "https://archive.ics.uci.edu/dataset/53",
    "iris.csv",
    "sepal length (cm)|sepal width (cm)|petal length (cm)|petal width (cm)",
    "setosa|versicolor|virginica",
    "eb85da965de024941546b6a7351ce27f1d1c91e80a02fdaabd10d84cf5bef42d",
)

WINE = _classification(
    "wine",
    Text("葡萄酒", "Wines"),
    Text(
        "同一产区三个品种 178 瓶葡萄酒的 13 项化学指标。",
        "Thirteen chemical measurements of 178 wines of three cultivars from one region.",
    ),
    "https://archive.ics.uci.edu/dataset/109",
    "wine_data.csv",
    "alcohol|malic_acid|ash|alcalinity_of_ash|magnesium|total_phenols|flavanoids"
    "|nonflavanoid_phenols|proanthocyanins|color_intensity|hue|od280/od315_of_diluted_wines"
    "|proline",
    "class_0|class_1|class_2",
    "2ab648707eb472624473850c05a00fb747c5c4f6a8dc1c5a6cc763f435c0f7b2",
)

_CELL = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)

BREAST_CANCER = _classification(
    "breast-cancer",
    Text("乳腺癌诊断", "Breast cancer diagnosis"),
    Text(
        "569 份细针穿刺图像中细胞核的 30 项形态指标，判断恶性或良性（威斯康星，1993）。",
        "Thirty measurements of cell nuclei in 569 images, malignant or benign (Wisconsin 1993).",
    ),
    "https://archive.ics.uci.edu/dataset/17",
    "breast_cancer.csv",
    "|".join(
        [f"mean {name}" for name in _CELL]
        + [f"{name} error" for name in _CELL]
        + [f"worst {name}" for name in _CELL]
    ),
    "malignant|benign",
    "97d7d65fcc23fd31bfcec8cdb5835efa1dc54673725666fb860414cc02c8d133",
)
