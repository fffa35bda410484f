"""A net of straight lines over the plane, to be bent by whatever maps the plane."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

LINES, BEADS = 17, 49


def grid_lines(reach: float) -> Float[Tensor, "lines beads 2"]:
    """Lines across and along the square from ``-reach`` to ``reach``, each a row of beads.

    >>> grid_lines(1.0).shape
    torch.Size([34, 49, 2])
    """
    place, along = torch.linspace(-reach, reach, LINES), torch.linspace(-reach, reach, BEADS)
    across = torch.stack(torch.meshgrid(along, place, indexing="xy"), dim=-1)
    return torch.cat([across, across.flip(-1)])
