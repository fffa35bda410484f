"""The step: 1 where the input is above 0, else 0; the neuron that either fires or does not.

    step(x) = [x > 0]        step'(x) = 0 wherever there is a slope at all

Source: McCulloch & Pitts (1943), "A logical calculus of the ideas immanent in nervous activity";
Rosenblatt (1958), "The perceptron". With a slope of 0 nothing can be learned by gradient descent,
which is why every later activation is a softened step.
Where ours differs: 0 itself gives 0, as in ``torch.heaviside(x, 0)``. There is no gradient at all;
one that passes it on untouched is Bengio, Léonard & Courville's (2013) straight-through estimator.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def step(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """1 above 0, else 0.

    >>> import torch
    >>> step(torch.tensor([-2.0, 0.0, 3.0]))  # of any shape
    tensor([0., 0., 1.])
    """
    return (input > 0).to(input.dtype)
