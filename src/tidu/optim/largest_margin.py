"""The largest margin between two classes: how far their examples can keep from a plane.

    margin = max over ||w|| = 1 of  min_i  y_i (w · x_i)

It is 1 / ||w|| for the shortest w with y_i (w · x_i) >= 1 for all i: a quadratic programme, that of
the support vector machine without a bias of its own. It is solved exactly as the least-distance
problem it is, by non-negative least squares; where no such w exists, that problem has residual 0.

Source: Lawson & Hanson (1974), "Solving Least Squares Problems", chapter 23, section 4 (problem
LDP); Vapnik (1982) for the margin. The non-negative least squares are SciPy's.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

ROUNDING = 1e-10  # a margin below this share of the longest example cannot be told from none


@torch.no_grad()
def largest_margin(inputs: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"]) -> float:
    """The largest margin of examples with ``targets`` -1 and 1; 0 if no plane parts them.

    Planes pass through the origin; for any plane, let ``inputs`` end with a column of ones.

    >>> X = torch.tensor([[3.0, 1.0], [-3.0, 5.0]])
    >>> round(largest_margin(X, torch.tensor([1.0, -1.0])), 6)
    3.0
    """
    from scipy.optimize import nnls

    signed = (targets.unsqueeze(1) * inputs).double().cpu().numpy()
    scale = float(np.linalg.norm(signed, axis=1).max())
    if scale == 0:
        return 0.0
    signed = signed / scale
    stacked = np.vstack([signed.T, np.ones(len(signed))])
    wanted = np.zeros(len(stacked))
    wanted[-1] = 1.0
    solution, _ = nnls(stacked, wanted, maxiter=100 * len(signed))
    # the shortest w is residual[:-1] / -residual[-1]; only its direction is needed
    direction = (stacked @ solution - wanted)[:-1]
    length = float(np.linalg.norm(direction))
    margin = float((signed @ direction).min()) / length if length else 0.0
    return margin * scale if margin > ROUNDING else 0.0
