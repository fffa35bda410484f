"""Recurrent nets: both forms equal, truncated gradients, copies, and what makes them Jordan's."""

from __future__ import annotations

import itertools

import jaxtyping
import pytest
import torch
from torch import Tensor, nn

from tidu.nn.lstm import LSTM
from tidu.nn.recurrent_readout import Readout, SideBySide
from tidu.nn.rnn import RNN
from tidu.nn.stacked import stack, unstack

CELLS = {
    "elman": lambda: RNN(3, 4, num_layers=2),
    "relu": lambda: RNN(3, 4, nonlinearity="relu"),
    "jordan": lambda: RNN(3, 4, num_layers=2, kind="jordan", output_size=2),
    "lstm": lambda: LSTM(3, 4, num_layers=2, forget_bias=1.0),
    "peephole": lambda: LSTM(3, 4, num_layers=2, peephole=True, longest_lag=9),
}


def build(name: str, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return CELLS[name]().double()


def sequences(*shape: int) -> Tensor:
    return torch.randn(*shape, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5))


def gradients(module: nn.Module) -> list[Tensor]:
    found = [p.grad.clone() for p in module.parameters() if p.grad is not None]
    module.zero_grad()
    assert found
    return found


@pytest.mark.parametrize("name", CELLS)
def test_the_fast_form_equals_the_definition(name: str) -> None:
    cell, input = build(name), sequences(5, 8)
    for form in (cell, cell.step_by_step):
        output, _ = form(input)
        output.square().sum().backward()
        if form is cell:
            expected, wanted = output, gradients(cell)
        else:
            torch.testing.assert_close(output, expected, rtol=1e-10, atol=1e-12)
            torch.testing.assert_close(gradients(cell), wanted, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("every", [1, 3, 8, 20])
def test_truncated_gradients_are_the_sums_of_the_pieces(name: str, every: int) -> None:
    cell, input = build(name), sequences(5, 8)
    output, _ = cell(input, detach_every=every)
    output.square().sum().backward()
    truncated = gradients(cell)

    state, outputs = None, []
    for start in range(0, 8, every):  # each piece by itself, its gradients added up
        if isinstance(state, tuple):
            state = tuple(s.detach() for s in state)
        elif state is not None:
            state = state.detach()
        piece, state = cell(input[:, start : start + every], state)
        piece.square().sum().backward()
        outputs.append(piece)
    torch.testing.assert_close(output, torch.cat(outputs, 1), rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(truncated, gradients(cell), rtol=1e-9, atol=1e-11)
    whole, _ = cell(input)
    torch.testing.assert_close(output, whole, rtol=1e-10, atol=1e-12)  # values are never cut


def test_truncation_stops_the_gradient_exactly_at_the_cut() -> None:
    cell, input = build("elman"), sequences(1, 9).requires_grad_()
    output, _ = cell(input, detach_every=4)
    output[:, -1].sum().backward()  # step 8 is in the piece that starts there
    assert input.grad is not None
    reached = input.grad[0].abs().sum(1) > 0
    assert reached.tolist() == [False] * 8 + [True]


@pytest.mark.parametrize("name", CELLS)
def test_stacked_cells_equal_the_separate_ones(name: str) -> None:
    separate = [build(name, seed) for seed in range(3)]
    stacked, input = stack(separate), sequences(3, 5, 8)
    output, state = stacked(input)
    output.square().sum().backward()
    for i, cell in enumerate(separate):
        alone, alone_state = cell(input[i])
        alone.square().sum().backward()
        torch.testing.assert_close(output[i], alone, rtol=1e-10, atol=1e-12)
        for ours, theirs in zip(flat(state), flat(alone_state), strict=True):
            torch.testing.assert_close(ours[i], theirs, rtol=1e-10, atol=1e-12)
        for together, single in zip(stacked.parameters(), cell.parameters(), strict=True):
            assert torch.equal(together[i], single)
            torch.testing.assert_close(together.grad[i], single.grad, rtol=1e-9, atol=1e-11)
        back = unstack(stacked, i)
        assert all(map(torch.equal, back.state_dict().values(), cell.state_dict().values()))
    definition, _ = stacked.step_by_step(input)
    torch.testing.assert_close(output, definition, rtol=1e-10, atol=1e-12)


def flat(state: Tensor | tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize("name", CELLS)
def test_the_state_carries_everything_to_the_next_piece(name: str) -> None:
    cell, input = build(name), sequences(5, 8)
    whole, end = cell(input)
    first, middle = cell(input[:, :3])
    second, last = cell(input[:, 3:], middle)
    torch.testing.assert_close(whole, torch.cat([first, second], 1), rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(flat(end), flat(last), rtol=1e-10, atol=1e-12)


def test_a_jordan_net_remembers_only_what_it_says() -> None:
    """Two histories that end in the same output go on alike; an Elman net's need not."""
    jordan = RNN(1, 6, kind="jordan", output_size=1).double()
    with torch.no_grad():
        jordan.weight_ho_l0.zero_()  # it always says its bias
    one, _ = jordan(torch.zeros(1, 5, 1, dtype=torch.float64))
    other, _ = jordan(torch.ones(1, 5, 1, dtype=torch.float64))
    assert torch.equal(one, other)


def test_the_gradient_of_a_linear_loop_is_a_power_of_its_weight() -> None:
    """One relu unit on positive input: d h_T / d x_1 = w^(T-1), as the notes' example says."""
    cell = RNN(1, 1, nonlinearity="relu").double()
    for weight, steps in itertools.product((0.9, 1.0, 1.1), (2, 50)):
        with torch.no_grad():
            for parameter, value in zip(cell.parameters(), (1.0, weight, 0.0, 0.0), strict=True):
                parameter.fill_(value)
        input = torch.ones(1, steps, 1, dtype=torch.float64, requires_grad=True)
        output, _ = cell(input)
        (gradient,) = torch.autograd.grad(output[0, -1, 0], input)
        assert gradient[0, 0, 0].item() == pytest.approx(weight ** (steps - 1), rel=1e-12)


def test_a_readout_answers_at_the_last_steps_alone_and_stacked() -> None:
    nets = []
    for seed in range(3):
        torch.manual_seed(seed)
        nets.append(Readout(RNN(3, 4), nn.Linear(4, 2), steps=2).double())
    input = sequences(3, 5, 8)
    together = stack(nets)(input)
    assert together.shape == (3, 5, 2, 2)
    for i, net in enumerate(nets):
        torch.testing.assert_close(together[i], net(input[i]), rtol=1e-10, atol=1e-12)
        by_hand = net.head(net.cell(input[i])[0])[:, -2:]
        torch.testing.assert_close(net(input[i]), by_hand, rtol=1e-10, atol=1e-12)
    both = SideBySide({"a": nets[0], "b": nets[1]})(input[0])
    torch.testing.assert_close(both[:, 1], nets[1](input[0]), rtol=0, atol=0)


@pytest.mark.parametrize(
    ("build_it", "words"),
    [
        (lambda: RNN(3, 4, kind="hopfield"), "'elman' or 'jordan'"),
        (lambda: RNN(3, 4, nonlinearity="sin"), "'tanh' or 'relu'"),
        (lambda: RNN(3, 4, output_size=2), "kind='jordan'"),
        (lambda: RNN(3, 4)(torch.zeros(5, 3)), r"\(batch, time, 3\)"),
        (lambda: RNN(3, 4)(torch.zeros(5, 7, 2)), r"\(batch, time, 3\)"),
        (lambda: stack([RNN(3, 4)] * 2)(torch.zeros(3, 5, 7, 3)), r"\(2, batch, time, 3\)"),
        (lambda: RNN(3, 4)(torch.zeros(5, 7, 3), detach_every=0), "at least 1 step"),
        (lambda: Readout(RNN(3, 4), nn.Identity(), steps=0), "at least 1"),
    ],
)
def test_wrong_use_says_what_was_expected(build_it, words: str) -> None:
    jaxtyping.config.update("jaxtyping_disable", True)  # else its check speaks first
    try:
        with pytest.raises(ValueError, match=words):
            build_it()
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
