"""Whether a plane parts two classes, so that logistic regression has no finite solution.

    find w with  s_i (w · x_i) >= 0 for all i,  and > 0 for some          s_i = ±1, the class

If there is one, the likelihood rises for ever along w. With > 0 for all i the classes are parted
*completely*; with some rows on the plane itself, *nearly* ("quasi-complete"). Without one, they
overlap, and the likelihood has its highest place.

Source: Albert & Anderson (1984), "On the existence of maximum likelihood estimates in logistic
regression models", Biometrika 71, 1-10; as a linear programme: Konis (2007), "Linear programming
algorithms for detecting separated data in binary logistic regression models", section 4.1. The
programmes are solved by SciPy's HiGHS.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

Separation = Literal["overlap", "nearly", "completely"]
ROUNDING = 1e-6  # HiGHS keeps conditions to 1e-7


@torch.no_grad()
def separation(
    inputs: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"]
) -> Separation:
    """How far planes through the origin part ``targets`` of 0 and 1; let ``inputs`` end with ones.

    >>> X = torch.tensor([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])
    >>> [separation(X, torch.tensor(y)) for y in ([0.0, 0, 1, 1], [0.0, 1, 0, 1])]
    ['completely', 'overlap']
    """
    from scipy.optimize import linprog

    columns = inputs.double().cpu().numpy()
    columns = columns / np.maximum(np.abs(columns).max(0), 1e-300)
    signed = (2 * targets.double().cpu().numpy() - 1)[:, None] * columns
    rows, width = signed.shape
    far = linprog(-signed.sum(0), A_ub=-signed, b_ub=np.zeros(rows), bounds=(-1, 1))
    if not -far.fun > ROUNDING * rows:
        return "overlap"
    # the widest gap t with s_i (w · x_i) >= t
    with_gap = np.hstack([-signed, np.ones((rows, 1))])
    aim = np.zeros(width + 1)
    aim[-1] = -1
    widest = linprog(aim, A_ub=with_gap, b_ub=np.zeros(rows), bounds=[(-1, 1)] * width + [(0, 1)])
    return "completely" if -widest.fun > ROUNDING else "nearly"
