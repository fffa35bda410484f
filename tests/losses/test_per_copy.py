"""The loss of many copies in one call equals PyTorch's of every copy alone, gradient included."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu.losses import cross_entropy_per_copy

size = st.integers(1, 4)


@given(size, size, size, st.integers(0, 2**31), st.sampled_from([1.0, 1e3]))
def test_equal_to_every_copy_alone(
    copies: int, batch: int, classes: int, seed: int, scale: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    shape = (copies, batch, classes)
    logits = scale * torch.randn(shape, generator=generator, dtype=torch.float64)
    labels = torch.randint(classes, (copies, batch), generator=generator)
    together = logits.clone().requires_grad_()
    losses = cross_entropy_per_copy(together, labels)
    losses.sum().backward()
    assert losses.shape == (copies,)
    assert together.grad is not None
    for copy in range(copies):
        alone = logits[copy].clone().requires_grad_()
        theirs = torch.nn.functional.cross_entropy(alone, labels[copy])
        theirs.backward()
        torch.testing.assert_close(losses[copy], theirs)
        torch.testing.assert_close(together.grad[copy], alone.grad)
