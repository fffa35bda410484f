"""A price on large weights, to be added to any loss.

    penalty = l1 · Σ |w|  +  l2 · Σ w²        over every weight w of a module

Weights are the parameters that multiply: matrices, filters, embeddings. Biases do not count, and
neither do the gains and shifts of a normalisation: they move or scale a whole output and do not
make the function less smooth in its input. What counts is told by shape and name: a parameter
with at least two dimensions whose name does not say ``bias``.

Source: Krogh & Hertz (1992), "A simple weight decay can improve generalization", NeurIPS 4 (L2);
Tibshirani (1996), JRSS B 58, 267-288 (L1); no penalty on the bias: Goodfellow, Bengio & Courville
(2016), "Deep Learning", section 7.1. Where ours differs: the L2 term has no factor 1/2, as in
ridge regression; its gradient is 2 · l2 · w, that of SGD's ``weight_decay`` of 2 · l2.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn


def penalised_weights(module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that :func:`weight_penalty` counts, by name, each shared one once.

    >>> net = nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.Linear(3, 1))
    >>> list(penalised_weights(net))
    ['0.weight', '2.weight']
    """
    return {
        name: parameter
        for name, parameter in module.named_parameters()
        if parameter.dim() >= 2 and "bias" not in name.rsplit(".", 1)[-1]
    }


def weight_penalty(module: nn.Module, l1: float = 0.0, l2: float = 0.0) -> Float[Tensor, ""]:
    """``l1`` times the absolute values plus ``l2`` times the squares of all weights of ``module``.

    >>> layer = nn.Linear(2, 1)
    >>> _ = nn.init.constant_(layer.weight, 3.0)
    >>> weight_penalty(layer, l1=0.5, l2=1.0).item()  # two weights of 3 each
    21.0
    """
    weights = list(penalised_weights(module).values())
    if not weights:
        raise ValueError(
            f"a penalty needs weights; {type(module).__name__} has no parameter of two or more "
            "dimensions; leave the penalty out"
        )
    total = weights[0].new_zeros(())
    for weight in weights:
        total = total + l1 * weight.abs().sum() + l2 * weight.square().sum()
    return total
