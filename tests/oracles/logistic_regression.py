"""The loss against PyTorch's; the minimum and the area against scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.autograd.functional import hessian
from torch.nn.functional import binary_cross_entropy_with_logits

from oracles import Case
from tidu.losses import binary_cross_entropy
from tidu.losses.reduction import Reduction
from tidu.metrics import area_under_curve
from tidu.optim import logistic_curvature, logistic_gradient, logistic_regression


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    logits, targets = torch.randn(8, dtype=dtype), torch.rand(8, dtype=dtype)
    inputs = torch.randn(8, 3, dtype=dtype)
    return [
        (binary_cross_entropy, (logits, targets)),
        (logistic_gradient, (inputs, targets, torch.randn(3, dtype=dtype))),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    reductions: tuple[Reduction, ...] = ("mean", "sum", "none")
    for size in (1.0, 30.0, 1e4):
        logits = size * torch.randn(4, 5, dtype=dtype)
        logits[0, 0] = 0  # where the stable form has a corner
        targets = torch.rand(4, 5, dtype=dtype).where(torch.rand(4, 5) < 0.5, torch.ones(()))
        for reduction in reductions:
            yield Case(
                f"binary cross-entropy up to {size:g}, {reduction}",
                lambda z, y, r=reduction: binary_cross_entropy(z, y, r),
                lambda z, y, r=reduction: binary_cross_entropy_with_logits(z, y, reduction=r),
                (logits, targets),
            )

    rows, columns = 60 + seed, 1 + seed
    features = torch.randn(rows, columns, dtype=dtype) + 1
    answers = (features.sum(1) + 2 * torch.randn(rows, dtype=dtype) > columns).to(dtype)
    for l2 in (0.0, 0.01, 1.0):
        yield Case(f"minimum with penalty {l2}", lambda x, y, p=l2: logistic_regression(x, y, p),
                   lambda x, y, p=l2: _scikit_learn(x, y, p), (features, answers),
                   gradients=False)  # fmt: skip
    weights = torch.randn(columns, dtype=dtype)

    def cost(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(x @ w, y)

    yield Case("gradient", logistic_gradient, torch.func.grad(cost, argnums=2),
               (features, answers, weights))  # fmt: skip
    yield Case("curvature", logistic_curvature,
               lambda x, w: hessian(lambda v: cost(x, answers, v), w, create_graph=True),
               (features, weights))  # fmt: skip
    scores = torch.randn(rows, dtype=dtype).round(decimals=1)  # some of them equal
    yield Case("area", lambda s: area_under_curve(s, answers),
               lambda s: torch.tensor(roc_auc_score(answers.numpy(), s.numpy())), (scores,),
               gradients=False)  # fmt: skip


def _scikit_learn(features: Tensor, answers: Tensor, l2: float) -> Tensor:
    price = 1 / (2 * len(answers) * l2) if l2 else float("inf")
    line = LogisticRegression(C=price, solver="newton-cholesky", tol=1e-13, max_iter=1000)
    line.fit(features.double().numpy(), answers.numpy())
    both = line.coef_.tolist()[0] + line.intercept_.tolist()
    return torch.tensor(both, dtype=features.dtype)
