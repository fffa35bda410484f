"""Against scikit-learn's voting of fitted members and counting by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import VotingClassifier
from torch import Tensor, nn

from oracles import Case
from tidu.metrics import disagreement
from tidu.nn import Ensemble, majority_vote, mean_answer

NOT_DIFFERENTIABLE = "a vote is a class, and disagreement counts"


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    logits, inputs = torch.randn(3, 6, 4, dtype=dtype), torch.randn(6, 5, dtype=dtype)
    members = [nn.Linear(5, 4).to(dtype) for _ in range(3)]
    return [
        (Ensemble(members), (inputs,)),
        (mean_answer, (logits,)),
        (majority_vote, (logits,)),
    ]


class Member(ClassifierMixin, BaseEstimator):
    """A fitted classifier that knows its probabilities of row 0, 1, ... already."""

    def __init__(self, chances: np.ndarray) -> None:
        self.chances = chances
        self.classes_ = np.arange(chances.shape[1])

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        return self.chances[rows[:, 0]]

    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.predict_proba(rows).argmax(1)


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    members, rows, classes = (torch.randint(2, 8, (3,)) + torch.tensor([0, 20, 0])).tolist()
    logits = 2 * torch.randn(members, rows, classes, dtype=dtype)
    yield Case("mean", mean_answer, lambda z: z.softmax(-1).mean(0).log(), (logits,))
    yield Case("mean by scikit-learn", lambda z: mean_answer(z).exp(),
               lambda z: torch.from_numpy(voting(z, "soft").predict_proba(numbered(z))),
               (logits,), gradients=False)  # fmt: skip
    # Where the votes are equal scikit-learn takes the lowest class: those rows are left out.
    counts = nn.functional.one_hot(logits.argmax(-1), classes).sum(0)
    clear = logits[:, (counts == counts.amax(1, keepdim=True)).sum(1) == 1]
    yield Case("vote by scikit-learn", majority_vote,
               lambda z: torch.from_numpy(voting(z, "hard").predict(numbered(z))),
               (clear,), gradients=False)  # fmt: skip
    yield Case("vote by counting", majority_vote, _counted, (logits,), gradients=False)
    answers = torch.randint(classes, (members, rows))
    yield Case("disagreement", disagreement, _pairs, (answers,), gradients=False)
    nets = [nn.Linear(5, classes).to(dtype) for _ in range(members)]
    yield Case(
        "as one network",
        Ensemble(nets),
        lambda x: (sum((x @ n.weight.T + n.bias).softmax(-1) for n in nets) / members).log(),
        (torch.randn(rows, 5, dtype=dtype),),
    )


def numbered(logits: Tensor) -> np.ndarray:
    return np.arange(logits.shape[1])[:, None]


def voting(logits: Tensor, way: str) -> Any:
    """scikit-learn's ensemble of members that are fitted already."""
    members = [Member(own.softmax(-1).detach().numpy()) for own in logits]
    together = VotingClassifier([(str(i), m) for i, m in enumerate(members)], voting=way)
    together.estimators_ = members
    together.classes_ = members[0].classes_
    together.le_ = _Same()
    return together


class _Same:
    """An encoding of the classes that changes nothing."""

    def inverse_transform(self, labels: np.ndarray) -> np.ndarray:
        return labels


def _counted(logits: Tensor) -> Tensor:
    """Row by row: the most votes, of equally many the largest mean probability."""
    chosen: list[int] = []
    for row in logits.softmax(-1).movedim(1, 0):
        votes = [sum(int(own.argmax()) == k for own in row) for k in range(row.shape[1])]
        chosen.append(max(range(len(votes)), key=lambda k: (votes[k], float(row[:, k].mean()))))
    return torch.tensor(chosen)


def _pairs(answers: Tensor) -> Tensor:
    each = [
        float(np.mean(np.array(one) != np.array(other)))
        for i, one in enumerate(answers.tolist())
        for other in answers.tolist()[i + 1 :]
    ]
    return torch.tensor(each).double().mean()
