"""``LSTM`` against ``torch.nn.LSTM``, and with peepholes against scalar equations, unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn.lstm import LSTM


def example(dtype: torch.dtype) -> list[tuple[Callable, tuple[Tensor, ...]]]:
    sequence = torch.randn(3, 6, 4, dtype=dtype)
    return [
        (LSTM(4, 5).to(dtype), (sequence,)),
        (LSTM(4, 5, num_layers=2, forget_bias=1.0).to(dtype), (sequence,)),
        (LSTM(4, 5, peephole=True, longest_lag=6).to(dtype), (sequence,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, time, features, hidden = torch.randint(1, 6, (4,)).tolist()
    layers = seed % 2 + 1
    sequence = torch.randn(batch, time, features, dtype=dtype)
    start = (
        torch.randn(layers, batch, hidden, dtype=dtype),
        torch.randn(layers, batch, hidden, dtype=dtype),
    )
    ours = LSTM(features, hidden, layers, forget_bias=1.0).to(dtype)
    theirs = nn.LSTM(features, hidden, layers, batch_first=True, dtype=dtype)
    theirs.load_state_dict(ours.state_dict())
    pairs = [(own, theirs.get_parameter(name)) for name, own in ours.named_parameters()]
    for name, form in (("fused", ours), ("by step", ours.step_by_step)):
        yield Case(f"{name}, from zero", _flat(form), _flat(theirs), (sequence,), pairs)
        yield Case(f"{name}, from a state", _flat(form), _flat(theirs), (sequence, *start), pairs)

    ours = LSTM(features, hidden, layers, peephole=True).to(dtype)
    copied = {n: p.detach().clone().requires_grad_() for n, p in ours.named_parameters()}
    pairs = [(own, copied[name]) for name, own in ours.named_parameters()]
    for name, form in (("fast", ours), ("by step", ours.step_by_step)):
        yield Case(
            f"peephole, {name}",
            _flat(form),
            _scalar_lstm(copied, layers),
            (sequence, *start),
            pairs,
        )


def _flat(form: Callable) -> Callable[..., tuple[Tensor, Tensor, Tensor]]:
    def outputs(sequence: Tensor, *state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        output, (hidden, cell) = form(sequence, tuple(state) or None)
        return output, hidden, cell

    return outputs


def _scalar_lstm(weights: dict[str, Tensor], layers: int) -> Callable[..., tuple[Tensor, ...]]:
    """Gers & Schmidhuber's equations written for one unit of one sample at one step."""

    def logistic(value: Tensor) -> Tensor:
        return (1 + torch.tanh(value / 2)) / 2

    def unit(
        layer: int, k: int, now: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor]:
        size = len(hidden)

        def net(block: int) -> Tensor:
            row = block * size + k
            return (
                weights[f"weight_ih_l{layer}"][row].dot(now)
                + weights[f"weight_hh_l{layer}"][row].dot(hidden)
                + weights[f"bias_ih_l{layer}"][row]
                + weights[f"bias_hh_l{layer}"][row]
            )

        peep = weights[f"peephole_l{layer}"]
        keep = logistic(net(1) + peep[1, k] * cell[k])
        write = logistic(net(0) + peep[0, k] * cell[k])
        new = keep * cell[k] + write * torch.tanh(net(2))
        return logistic(net(3) + peep[2, k] * new) * torch.tanh(new), new

    def all_samples(sequences: Tensor, hiddens: Tensor, cells: Tensor) -> tuple[Tensor, ...]:
        outputs, last_hidden, last_cell = [], [], []
        for b, sample in enumerate(sequences):
            sequence = list(sample)
            for layer in range(layers):
                hidden, cell = hiddens[layer, b], cells[layer, b]
                for t, now in enumerate(sequence):
                    units = [unit(layer, k, now, hidden, cell) for k in range(len(hidden))]
                    hidden = torch.stack([h for h, _ in units])
                    cell = torch.stack([c for _, c in units])
                    sequence[t] = hidden
                last_hidden.append(hidden)
                last_cell.append(cell)
            outputs.append(torch.stack(sequence))
        size = (len(sequences), layers, -1)
        return (
            torch.stack(outputs),
            torch.stack(last_hidden).view(size).transpose(0, 1),
            torch.stack(last_cell).view(size).transpose(0, 1),
        )

    return all_samples
