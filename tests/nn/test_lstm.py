"""LSTM: what its gates do, what peepholes add, how its biases begin."""

from __future__ import annotations

import jaxtyping
import pytest
import torch
from torch import Tensor, nn

from tidu.nn.lstm import LSTM

HIDDEN = 4


def saturated(input_gate: float, forget: float, peephole: bool = False) -> LSTM:
    """An LSTM whose input and forget gates are held by their biases."""
    torch.manual_seed(1)
    cell = LSTM(3, HIDDEN, peephole=peephole).double()
    with torch.no_grad():
        for weight in (cell.weight_ih_l0, cell.weight_hh_l0):
            weight[: 2 * HIDDEN] = 0
        cell.bias_hh_l0.zero_()
        cell.bias_ih_l0[:HIDDEN] = input_gate
        cell.bias_ih_l0[HIDDEN : 2 * HIDDEN] = forget
        if peephole:
            cell.peephole_l0.zero_()
    return cell


def sequence(*shape: int) -> Tensor:
    return torch.randn(*shape, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("peephole", [False, True])
def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell(peephole: bool) -> None:
    start = torch.randn(1, 2, HIDDEN, dtype=torch.float64)
    keeper = saturated(-50, 50, peephole)
    _, (_, cell) = keeper(sequence(2, 100), (torch.zeros_like(start), start))
    torch.testing.assert_close(cell, start, rtol=1e-12, atol=1e-12)


def test_a_shut_forget_gate_forgets_at_once() -> None:
    input = sequence(2, 6)
    changed = torch.cat([sequence(2, 5) + 1, input[:, 5:]], 1)
    gates, others = saturated(0, -800).gates(input), saturated(0, -800).gates(changed)
    assert torch.equal(gates.cell[..., 5, :], gates.input[..., 5, :] * gates.candidate[..., 5, :])
    assert not torch.equal(gates.hidden[..., 4, :], others.hidden[..., 4, :])


def test_the_gradient_through_an_open_cell_does_not_vanish() -> None:
    """d c_T / d c_0 is the product of the forget gates: 1 where they stay open."""
    start = torch.zeros(1, 1, HIDDEN, dtype=torch.float64, requires_grad=True)
    _, (_, cell) = saturated(-50, 50)(sequence(1, 300), (torch.zeros_like(start), start))
    (gradient,) = torch.autograd.grad(cell.sum(), start)
    torch.testing.assert_close(gradient, torch.ones_like(start), rtol=1e-9, atol=1e-9)


def test_without_peephole_weights_the_peephole_net_is_the_plain_one() -> None:
    torch.manual_seed(3)
    plain, peeping = LSTM(3, 5, 2).double(), LSTM(3, 5, 2, peephole=True).double()
    peeping.load_state_dict(plain.state_dict(), strict=False)
    with torch.no_grad():
        peeping.peephole_l0.zero_()
        peeping.peephole_l1.zero_()
    torch.testing.assert_close(
        peeping(sequence(4, 9)), plain(sequence(4, 9)), rtol=1e-10, atol=1e-12
    )


def test_peepholes_let_the_gates_see_a_cell_that_the_output_gate_hides() -> None:
    """With the output gate shut, h is 0; only a peephole tells the gates what the cell holds."""
    for peephole in (False, True):
        torch.manual_seed(4)
        net = LSTM(3, HIDDEN, peephole=peephole).double()
        with torch.no_grad():
            net.bias_ih_l0[3 * HIDDEN :] = -800.0
            if peephole:
                net.peephole_l0[2] = 0.0
        zero = torch.zeros(1, 1, HIDDEN, dtype=torch.float64)
        low = net.gates(sequence(1, 2), (zero, zero - 1)).forget
        high = net.gates(sequence(1, 2), (zero, zero + 1)).forget
        assert torch.equal(low, high) is not peephole


@pytest.mark.parametrize("peephole", [False, True])
def test_gates_stay_in_their_bounds_and_make_up_the_output(peephole: bool) -> None:
    torch.manual_seed(5)
    net = LSTM(3, 5, 2, peephole=peephole).double()
    gates = net.gates(sequence(4, 9) * 10)
    for gate in (gates.input, gates.forget, gates.output):
        assert gate.min() >= 0
        assert gate.max() <= 1
    assert gates.hidden.abs().max() <= 1
    before = torch.cat([torch.zeros_like(gates.cell[..., :1, :]), gates.cell[..., :-1, :]], -2)
    torch.testing.assert_close(gates.cell, gates.forget * before + gates.input * gates.candidate)
    torch.testing.assert_close(gates.hidden[-1], net(sequence(4, 9) * 10)[0])


def test_it_begins_as_pytorchs_does() -> None:
    torch.manual_seed(6)
    ours = LSTM(3, 5, 2)
    torch.manual_seed(6)
    theirs = nn.LSTM(3, 5, 2)
    assert all(map(torch.equal, ours.parameters(), theirs.parameters()))


def test_forget_bias_is_the_bias_it_begins_with() -> None:
    for layer, net in ((layer, LSTM(3, 5, 2, forget_bias=1.5)) for layer in range(2)):
        total = net.get_parameter(f"bias_ih_l{layer}") + net.get_parameter(f"bias_hh_l{layer}")
        assert torch.equal(total[5:10], torch.full((5,), 1.5))


def test_longest_lag_spreads_the_cells_over_all_spans() -> None:
    net = LSTM(3, 2000, longest_lag=101)
    total = net.bias_ih_l0 + net.bias_hh_l0
    spans = total[2000:4000].exp()  # f = u / (1 + u): a memory of about u steps
    assert spans.min() >= 1
    assert spans.max() <= 100
    assert spans.mean().item() == pytest.approx(50.5, abs=4 * 28.6 / 2000**0.5)  # even on 1..100
    torch.testing.assert_close(total[:2000], -total[2000:4000])


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: LSTM(3, 4, forget_bias=1.0, longest_lag=10), "give one of them"),
        (lambda: LSTM(3, 4, longest_lag=2), "at least 3 steps"),
        (lambda: LSTM(3, 4)(torch.zeros(5, 7)), r"\(batch, time, 3\)"),
    ],
)
def test_wrong_use_says_what_was_expected(build, words: str) -> None:
    jaxtyping.config.update("jaxtyping_disable", True)  # else its check speaks first
    try:
        with pytest.raises(ValueError, match=words):
            build()
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
