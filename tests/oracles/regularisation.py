"""Ridge and lasso against scikit-learn; their gradients, the penalty's and products' by algebra."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from sklearn.linear_model import Lasso, Ridge
from sklearn.preprocessing import PolynomialFeatures
from torch import Tensor, nn

from oracles import Case
from tidu.losses import weight_penalty
from tidu.nn import Products
from tidu.optim import largest_l1, lasso, ridge, soft_threshold

NO_META_DEVICE = True  # which columns count, and how many sweeps are needed, depend on the numbers


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    features, targets = torch.randn(12, 3, dtype=dtype), torch.randn(12, dtype=dtype)
    return [
        (lambda x, y: ridge(x, y, l2=0.3), (features, targets)),
        (lambda x, y: lasso(x, y, l1=0.1), (features, targets)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    rows, columns = 20 + seed, 3 + seed
    features = torch.randn(rows, columns, dtype=dtype) + 2
    targets = features[:, 0] - features[:, 1] + torch.randn(rows, dtype=dtype) + 5
    both = (features, targets)
    l2 = 10.0 ** (seed - 2)
    yield Case("ridge by scikit-learn", lambda x, y: ridge(x, y, l2),
               lambda x, y: _sk_ridge(x, y, l2), both, gradients=False)  # fmt: skip
    yield Case("ridge by normal equations", lambda x, y: ridge(x, y, l2),
               lambda x, y: _normal(x, y, l2), both)  # fmt: skip

    l1 = torch.tensor([0.02, 0.1, 0.6], dtype=dtype) * largest_l1(*both)
    # both end where no step moves by more than 1e-9 (1e-6 in float32) of the largest correlation
    close = {"rtol": 1e-6, "atol": 1e-7} if dtype == torch.float64 else {"rtol": 1e-3, "atol": 1e-4}
    yield Case("lasso by scikit-learn", lambda x, y: lasso(x, y, l1),
               lambda x, y: _sk_lasso(x, y, l1), both, gradients=False, **close)  # fmt: skip
    yield Case("lasso by its signs", lambda x, y: lasso(x, y, l1),
               lambda x, y: _by_signs(x, y, l1), both, **close)  # fmt: skip

    values = torch.randn(4, 5, dtype=dtype)
    yield Case("soft threshold", lambda v: soft_threshold(v, torch.full_like(v, 0.5)),
               lambda v: nn.functional.softshrink(v, 0.5), (values,))  # fmt: skip

    net = nn.Sequential(
        nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2 + seed), nn.LSTM(2, 3)
    ).to(dtype)
    counted = [p for name, p in net.named_parameters() if _multiplies(name)]
    yield Case(
        "penalty",
        lambda: weight_penalty(net, l1=0.3, l2=0.7),
        lambda: (
            0.3 * torch.cat([p.flatten() for p in counted]).norm(p=1)
            + 0.7 * torch.cat([p.flatten() for p in counted]).norm() ** 2
        ),
        (),
        [(p, p) for p in net.parameters()],
    )
    yield Case(
        "products",
        Products(),
        lambda x: torch.from_numpy(
            PolynomialFeatures(2, include_bias=False).fit_transform(x.numpy())
        ),
        (features,),
        gradients=False,
    )


def _multiplies(name: str) -> bool:
    """Of the network above: the filters, the matrix and the LSTM's two matrices."""
    return name in {"0.weight", "3.weight", "4.weight_ih_l0", "4.weight_hh_l0"}


def _with_bias(weights: Tensor, features: Tensor, targets: Tensor) -> Tensor:
    bias = targets.mean() - weights @ features.mean(0)
    return torch.cat([weights, bias.unsqueeze(0)])


def _sk_ridge(features: Tensor, targets: Tensor, l2: float) -> Tensor:
    line = Ridge(alpha=l2 * len(targets)).fit(features.numpy(), targets.numpy())
    return torch.tensor([*line.coef_.tolist(), float(line.intercept_)]).to(features.dtype)


def _normal(features: Tensor, targets: Tensor, l2: float) -> Tensor:
    x, y = features - features.mean(0), targets - targets.mean()
    matrix = x.mT @ x + l2 * len(y) * torch.eye(x.shape[1], dtype=x.dtype)
    return _with_bias(torch.linalg.inv(matrix) @ (x.mT @ y), features, targets)


def _sk_lasso(features: Tensor, targets: Tensor, l1: Tensor) -> Tensor:
    found: list[list[float]] = []
    for price in l1.tolist():
        line = Lasso(alpha=price / 2, tol=1e-14, max_iter=1_000_000)
        line.fit(features.double().numpy(), targets.double().numpy())
        found.append([*line.coef_.tolist(), float(line.intercept_)])
    return torch.tensor(found, dtype=features.dtype)


def _by_signs(features: Tensor, targets: Tensor, l1: Tensor) -> Tensor:
    """With the signs known from scikit-learn, the other weights solve a linear system."""
    signs = _sk_lasso(features.detach(), targets.detach(), l1)[:, :-1].sign()
    x, y = features - features.mean(0), targets - targets.mean()
    rows: list[Tensor] = []
    for price, sign in zip(l1, signs, strict=True):
        kept = sign != 0
        inputs = x[:, kept]
        wanted = 2 / len(y) * (inputs.mT @ y) - price * sign[kept]
        found = torch.linalg.solve(2 / len(y) * inputs.mT @ inputs, wanted)
        rows.append(_with_bias(torch.zeros_like(sign).index_put((kept,), found), features, targets))
    return torch.stack(rows)
