"""Softmax: from any numbers to probabilities, with logits as large as you like.

    softmax(z)_i  = exp(z_i / T) / Σ_j exp(z_j / T)
    log_sum_exp(z) = m + log Σ_j exp(z_j - m),     m = max_j z_j
    log_softmax(z)_i = (z_i - m) - log Σ_j exp(z_j - m)

``exp(89)`` already overflows in float32. With the largest logit m taken off first, every exponent
is at most 0 and one of them is 0, so the sum lies between 1 and the number of classes; the result
is the same, because m cancels. The temperature T tells how much differences count: towards 0 the
largest takes everything, at 1 the logits are log-odds, and the higher, the more even it gets.

Source: Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs"
(softmax); Hinton, Vinyals & Dean (2015), "Distilling the knowledge in a neural network", equation
1 (temperature); Blanchard, Higham & Higham (2021), "Accurately computing the log-sum-exp and
softmax functions" (the shift by the maximum, and that log_softmax should not be formed as
z - log_sum_exp(z), which loses digits where logits are large).
Where ours differs: always over the last dimension. As in PyTorch, logits of minus infinity stand
for what is impossible; where all of them are, log_sum_exp is minus infinity and softmax undefined.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor


def softmax(
    logits: Float[Tensor, "*batch classes"], temperature: float = 1.0
) -> Float[Tensor, "*batch classes"]:
    """Probabilities that add up to 1 in the last dimension.

    >>> softmax(torch.tensor([1.0, 2.0, 3.0]))
    tensor([0.0900, 0.2447, 0.6652])
    >>> softmax(torch.tensor([1.0, 2.0, 3.0]), temperature=10.0)
    tensor([0.3006, 0.3322, 0.3672])
    """
    weights = torch.exp(_below_zero(logits, temperature))
    return weights / weights.sum(-1, keepdim=True)


def log_softmax(
    logits: Float[Tensor, "*batch classes"], temperature: float = 1.0
) -> Float[Tensor, "*batch classes"]:
    """The logarithms of :func:`softmax`, exact also where a probability is too small for a float.

    >>> log_softmax(torch.tensor([0.0, 1e4]))
    tensor([-10000.,      0.])
    """
    below = _below_zero(logits, temperature)
    return below - torch.log(torch.exp(below).sum(-1, keepdim=True))


def log_sum_exp(logits: Float[Tensor, "*batch classes"]) -> Float[Tensor, "*batch"]:
    """``log Σ_j exp(z_j)`` over the last dimension: a smooth maximum, at most log(classes) above.

    >>> log_sum_exp(torch.tensor([1e4, 1e4]))  # 10000 + log 2
    tensor(10000.6934)
    """
    largest = _largest(logits)
    return largest.squeeze(-1) + torch.log(torch.exp(logits - largest).sum(-1))


def _below_zero(logits: Tensor, temperature: float) -> Tensor:
    """Logits over the temperature, shifted so that the largest is 0."""
    if not (temperature > 0 and math.isfinite(temperature)):
        raise ValueError(
            f"temperature must be a finite number above 0; got {temperature}; "
            "1 leaves the logits as they are"
        )
    scaled = logits / temperature
    return scaled - _largest(scaled)


def _largest(logits: Tensor) -> Tensor:
    """The largest logit, as a given number: whatever is taken off cancels, so does its gradient."""
    largest = logits.detach().amax(-1, keepdim=True)
    return largest.masked_fill(largest.isinf(), 0.0)  # inf - inf would be no number
