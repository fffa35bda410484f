"""What holds for dropout: PyTorch's draws, the expectation kept, nothing done in use."""

from __future__ import annotations

import pytest
import torch

from tidu.nn import MLP, Dropout


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_the_same_seed_gives_pytorchs_output_and_gradient(p: float) -> None:
    outputs, gradients = [], []
    for drop in (Dropout(p), torch.nn.Dropout(p)):
        x = torch.arange(1.0, 601.0, dtype=torch.float64).view(20, 30).requires_grad_()
        torch.manual_seed(7)
        outputs.append(drop(x))
        outputs[-1].square().sum().backward()
        assert x.grad is not None
        gradients.append(x.grad)
    torch.testing.assert_close(*outputs)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_the_expectation_is_the_input(p: float) -> None:
    """Each number is 1/(1-p) with chance 1-p: variance p/(1-p); the mean is within 5 deviations."""
    count = 200_000
    mean = Dropout(p, torch.Generator().manual_seed(1))(torch.ones(count)).mean()
    assert abs(float(mean) - 1) < 5 * (p / (1 - p) / count) ** 0.5


def test_a_generator_of_its_own_leaves_the_global_one_alone() -> None:
    before = torch.get_rng_state()
    first, second = (
        Dropout(0.5, torch.Generator().manual_seed(3))(torch.ones(50)) for _ in range(2)
    )
    assert torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)


def test_in_use_nothing_is_silenced() -> None:
    x = torch.randn(5, 4)
    assert Dropout(0.9).eval()(x) is x
    net = MLP((4, 6, 3), dropout=0.5, input_dropout=0.5).eval()
    assert torch.equal(net(x), net(x))


@pytest.mark.parametrize("p", [-0.1, 1.0, float("nan")])
def test_a_share_out_of_range_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        Dropout(p)
