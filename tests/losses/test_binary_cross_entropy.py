"""Binary cross-entropy is smooth: its second derivative is p (1 - p), at 0 as elsewhere."""

from __future__ import annotations

import torch

from tidu import losses


def test_the_second_derivative_is_right_everywhere() -> None:
    logits = torch.tensor([0.0, -0.0, 1e-9, 3.0, -40.0, 300.0], dtype=torch.float64)
    targets = torch.tensor([0.0, 1.0, 0.3, 1.0, 0.0, 0.0], dtype=torch.float64)

    def loss(z: torch.Tensor) -> torch.Tensor:
        return losses.binary_cross_entropy(z, targets, "sum")

    bend = torch.autograd.functional.hessian(loss, logits)
    p = logits.sigmoid()
    torch.testing.assert_close(bend, torch.diag(p * (1 - p)))
