"""``RNN`` against ``torch.nn.RNN`` (Elman) and against a loop of its own over samples (Jordan)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn.rnn import RNN


def example(dtype: torch.dtype) -> list[tuple[Callable, tuple[Tensor, ...]]]:
    sequence = torch.randn(3, 6, 4, dtype=dtype)
    return [
        (RNN(4, 5).to(dtype), (sequence,)),
        (RNN(4, 5, num_layers=2, nonlinearity="relu").to(dtype), (sequence,)),
        (RNN(4, 5, kind="jordan", output_size=2).to(dtype), (sequence,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, time, features, hidden, width = torch.randint(1, 7, (5,)).tolist()
    layers = seed % 3 + 1
    sequence = torch.randn(batch, time, features, dtype=dtype)
    for nonlinearity in ("tanh", "relu"):
        ours = RNN(features, hidden, layers, nonlinearity=nonlinearity).to(dtype)
        theirs = nn.RNN(
            features, hidden, layers, nonlinearity=nonlinearity, batch_first=True, dtype=dtype
        )
        theirs.load_state_dict(ours.state_dict())
        pairs = [(own, theirs.get_parameter(name)) for name, own in ours.named_parameters()]
        start = torch.randn(layers, batch, hidden, dtype=dtype)
        yield Case(f"elman {nonlinearity}", ours, theirs, (sequence, start), pairs)
        yield Case(f"elman {nonlinearity}, by step", ours.step_by_step, theirs, (sequence,), pairs)

        ours = RNN(
            features, hidden, layers, kind="jordan", nonlinearity=nonlinearity, output_size=width
        ).to(dtype)
        copied = {n: p.detach().clone().requires_grad_() for n, p in ours.named_parameters()}
        pairs = [(own, copied[name]) for name, own in ours.named_parameters()]
        theirs = _jordan(copied, layers, nonlinearity)
        start = torch.randn(layers, batch, width, dtype=dtype)
        yield Case(f"jordan {nonlinearity}", ours, theirs, (sequence, start), pairs)
        yield Case(
            f"jordan {nonlinearity}, by step", ours.step_by_step, theirs, (sequence, start), pairs
        )


def _jordan(weights: dict[str, Tensor], layers: int, nonlinearity: str) -> Callable[..., object]:
    """Jordan's equations for one sample, one layer and one step at a time, as vectors."""

    def squash(value: Tensor) -> Tensor:
        return torch.where(value > 0, value, 0 * value) if nonlinearity == "relu" else value.tanh()

    def one(sample: Tensor, starts: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        sequence, ends = list(sample), []
        for layer in range(layers):
            w = {
                name[: -len(f"_l{layer}")]: p
                for name, p in weights.items()
                if name[-1] == str(layer)
            }
            fed_back, outputs = starts[layer], []
            for now in sequence:
                both = torch.cat([now, fed_back])
                joint = torch.cat([w["weight_ih"], w["weight_hh"]], 1)
                hidden = squash(torch.mv(joint, both) + w["bias_ih"] + w["bias_hh"])
                fed_back = torch.einsum("oh,h->o", w["weight_ho"], hidden) + w["bias_ho"]
                outputs.append(fed_back)
            sequence = outputs
            ends.append(fed_back)
        return sequence, ends

    def all_samples(sequences: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
        results = [one(s, starts[:, i]) for i, s in enumerate(sequences)]
        outputs = torch.stack([torch.stack(outputs) for outputs, _ in results])
        return outputs, torch.stack([torch.stack(ends) for _, ends in results], 1)

    return all_samples
