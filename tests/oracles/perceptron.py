"""Perceptrons against scikit-learn's, rule against the derivative of its loss, gates of logic."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from sklearn.linear_model import Perceptron as Theirs
from torch import Tensor

from oracles import Case
from tidu.nn import Perceptron, gate
from tidu.optim import perceptron_learning, perceptron_rule

NOT_DIFFERENTIABLE = True  # a step has no slope
LOGIC: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "and": torch.logical_and,
    "or": torch.logical_or,
    "nand": lambda a, b: ~torch.logical_and(a, b),
    "xor": torch.logical_xor,
}


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    perceptron = Perceptron(3, 2).to(dtype)
    torch.nn.init.normal_(perceptron.weight)
    corners = torch.cartesian_prod(torch.arange(2), torch.arange(2)).to(dtype)
    weights, input, target = torch.randn(3).to(dtype), torch.randn(3).to(dtype), torch.tensor(1.0)
    return [
        (perceptron, (torch.randn(5, 3, dtype=dtype),)),
        (gate("xor").to(dtype), (corners,)),
        (perceptron_rule, (weights, input, target.to(dtype))),
        (lambda x, y: perceptron_learning(x, y, passes=2), (torch.randn(4, 3, dtype=dtype),
                                                            torch.ones(4, dtype=dtype))),
    ]  # fmt: skip


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    rows, columns, passes = 20 + seed, 2 + seed % 4, 1 + seed % 5
    # small whole numbers, so that sums are exact in every order and no score is nearly zero
    features = torch.randint(-8, 9, (rows, columns)).to(dtype)
    targets = torch.randint(0, 2, (rows,)).to(dtype) * 2 - 1
    targets[:2] = torch.tensor([-1.0, 1.0])
    inputs = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
    yield Case(
        "learning",
        lambda x, y: perceptron_learning(x, y, passes),
        lambda x, y: _by_scikit_learn(x, y, passes),
        (inputs, targets),
        gradients=False,
    )

    weights = perceptron_learning(inputs, targets, passes)
    ours = Perceptron(columns, 1).to(dtype)
    with torch.no_grad():
        ours.weight.copy_(weights[:-1])
        ours.bias.copy_(weights[-1])
    theirs = _fitted(inputs, targets, passes)

    def predicted(x: Tensor) -> Tensor:
        return torch.from_numpy(theirs.predict(x.numpy()) > 0).to(dtype).unsqueeze(1)

    yield Case("answers", ours, predicted, (features,), gradients=False)

    start = torch.randn(columns + 1, dtype=dtype)
    yield Case("rule", perceptron_rule, _by_derivative, (start, inputs[seed], targets[seed]))

    for name, logic in LOGIC.items():
        bits = torch.randint(0, 2, (9, 2)).to(dtype)
        hand_set = gate(name).to(dtype)
        yield Case(
            name,
            hand_set,
            lambda x, logic=logic: logic(x[:, 0] > 0, x[:, 1] > 0).to(dtype).unsqueeze(1),
            (bits,),
            gradients=False,
        )


def _fitted(inputs: Tensor, targets: Tensor, passes: int) -> Theirs:
    theirs = Theirs(max_iter=passes, tol=None, shuffle=False, eta0=1.0)
    return theirs.fit(inputs[:, :-1].numpy(), targets.numpy())


def _by_scikit_learn(inputs: Tensor, targets: Tensor, passes: int) -> Tensor:
    theirs = _fitted(inputs, targets, passes)
    coefficients = torch.cat([torch.from_numpy(theirs.coef_[0]), torch.tensor(theirs.intercept_)])
    return coefficients.to(inputs.dtype)


def _by_derivative(weights: Tensor, input: Tensor, target: Tensor) -> Tensor:
    """A step of rate 1 down the perceptron's loss, max(0, -target · score); by hand."""
    score = float((target * (input @ weights)).detach())
    return weights + target * input if score <= 0 else weights + 0 * target * input
