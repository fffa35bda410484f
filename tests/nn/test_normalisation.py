"""What holds for batch and layer normalisation beyond PyTorch's numbers: properties and copies."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tidu.nn import BatchNorm1d, BatchNorm2d, LayerNorm, stack, unstack

sizes = st.integers(2, 6)


@given(sizes, sizes, st.floats(0.1, 100), st.floats(-100, 100))
def test_units_and_offsets_of_a_feature_do_not_matter(
    batch: int, features: int, unit: float, offset: float
) -> None:
    x = torch.randn(batch, features, dtype=torch.float64)
    norm = BatchNorm1d(features, eps=0.0).double()
    torch.testing.assert_close(norm(x * unit + offset), norm(x), rtol=1e-6, atol=1e-6)


@given(sizes, sizes, st.floats(0.1, 100), st.floats(-100, 100))
def test_units_and_offsets_of_an_example_do_not_matter(
    batch: int, features: int, unit: float, offset: float
) -> None:
    x = torch.randn(batch, features, dtype=torch.float64)
    norm = LayerNorm(features, eps=0.0).double()
    torch.testing.assert_close(norm(x * unit + offset), norm(x), rtol=1e-6, atol=1e-6)


def test_each_is_the_other_on_the_transposed_tensor() -> None:
    x = torch.randn(6, 9, dtype=torch.float64)
    torch.testing.assert_close(BatchNorm1d(9).double()(x), LayerNorm(6).double()(x.mT).mT)


def test_the_other_examples_matter_to_batch_norm_alone() -> None:
    x = torch.randn(8, 5)
    other = torch.cat([x[:1], 5 * torch.randn(7, 5)])
    assert torch.equal(LayerNorm(5)(x)[0], LayerNorm(5)(other)[0])
    assert not torch.allclose(BatchNorm1d(5)(x)[0], BatchNorm1d(5)(other)[0])
    norm = BatchNorm1d(5).eval()
    assert torch.equal(norm(x)[0], norm(other)[0])


def test_the_moving_average_arrives_at_the_mean_of_the_data() -> None:
    norm, generator = BatchNorm2d(3), torch.Generator().manual_seed(0)
    for _ in range(200):
        norm(5 + 2 * torch.randn(16, 3, 4, 4, generator=generator))
    torch.testing.assert_close(norm.running_mean, torch.full((3,), 5.0), atol=0.1, rtol=0)
    torch.testing.assert_close(norm.running_var, torch.full((3,), 4.0), atol=0.3, rtol=0)


@pytest.mark.parametrize("kind", [BatchNorm1d, LayerNorm])
def test_stacked_copies_are_the_networks_one_by_one(kind: type[nn.Module]) -> None:
    torch.manual_seed(1)
    nets = [nn.Sequential(nn.Linear(3, 6), kind(6), nn.Linear(6, 2)).double() for _ in range(4)]
    together = stack(nets)
    x = torch.randn(4, 7, 3).double()
    together(x).square().sum().backward()
    for i, net in enumerate(nets):
        net(x[i]).square().sum().backward()
        for ours, alone in zip(together.parameters(), net.parameters(), strict=True):
            torch.testing.assert_close(ours.grad[i], alone.grad)
    together.eval()
    for i, net in enumerate(nets):
        torch.testing.assert_close(together(x)[i], net.eval()(x[i]))
        torch.testing.assert_close(unstack(together, i)(x[i]), net(x[i]))


def test_low_precision_in_low_precision_out() -> None:
    x = (100 + torch.randn(64, 5)).bfloat16()
    for norm in (BatchNorm1d(5), LayerNorm(5)):
        assert norm(x).dtype == torch.bfloat16
        torch.testing.assert_close(norm(x).float(), norm(x.float()), atol=0.02, rtol=0.01)


def test_what_cannot_be_normalised_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 1 value"):
        BatchNorm1d(3)(torch.zeros(1, 3))
    assert BatchNorm1d(3).eval()(torch.zeros(1, 3)).shape == (1, 3)
    with pytest.raises(ValueError, match="4 features"):
        BatchNorm1d(4)(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="momentum"):
        BatchNorm1d(4, momentum=2.0)
    with pytest.raises(ValueError, match="last dimensions"):
        LayerNorm(4)(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="1 or more"):
        LayerNorm(())
