"""Sequences that can only be answered by remembering: adding, and copying.

Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", section 5.4 (adding); Arjovsky,
Shah & Bengio 2016, "Unitary evolution recurrent neural networks", section 4.1 (both, in the form
used here: length fixed, values on 0..1, the sum itself to be said).
Where ours differs: the copied symbols may be more or fewer than 10.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Generator, Tensor
from torch.nn import functional

SYMBOLS = 8
BLANK, BEGIN = SYMBOLS, SYMBOLS + 1  # the two signs that are not to be remembered


def adding_sequences(
    lag: int, count: int, generator: Generator
) -> tuple[Float[Tensor, "count lag 2"], Float[Tensor, "count 1"]]:
    """``count`` sequences of ``lag`` pairs (value, marker), and the sum of the two marked values.

    The values are even on 0..1. The marker is 1 at one step of the first half and at one of the
    second, both drawn evenly, and 0 elsewhere. Saying 1 has a mean squared error of 1/6.

    >>> inputs, sums = adding_sequences(10, 3, torch.Generator().manual_seed(0))
    >>> inputs.shape, sums.shape, inputs[..., 1].sum(1).tolist()
    (torch.Size([3, 10, 2]), torch.Size([3, 1]), [2.0, 2.0, 2.0])
    """
    if lag < 2:
        raise ValueError(f"adding needs a lag of at least 2 steps; got {lag}; give a longer one")
    values = torch.rand(count, lag, generator=generator)
    first = torch.randint(lag // 2, (count, 1), generator=generator)
    second = torch.randint(lag // 2, lag, (count, 1), generator=generator)
    markers = torch.zeros(count, lag).scatter_(1, first, 1.0).scatter_(1, second, 1.0)
    return torch.stack([values, markers], dim=2), (values * markers).sum(1, keepdim=True)


def copy_sequences(
    lag: int, symbols: int, count: int, generator: Generator
) -> tuple[Float[Tensor, "count time 10"], Int64[Tensor, "count symbols"]]:
    """``count`` sequences of ``symbols`` to remember, and the symbols.

    The symbols (out of 8) come first, then ``lag - 1`` blanks, the sign to begin, and a blank for
    every symbol to repeat; so each stands ``lag + symbols`` steps before its repetition.

    >>> inputs, symbols = copy_sequences(4, 3, 2, torch.Generator().manual_seed(0))
    >>> inputs.argmax(2)[0].tolist(), symbols[0].tolist()
    ([4, 7, 5, 8, 8, 8, 9, 8, 8, 8], [4, 7, 5])
    """
    targets = torch.randint(SYMBOLS, (count, symbols), generator=generator)
    return one_hot_signs(targets, lag), targets


def one_hot_signs(
    symbols: Int64[Tensor, "count symbols"], lag: int
) -> Float[Tensor, "count time 10"]:
    """The sequence in which ``symbols`` have to be copied, every sign one-hot.

    >>> one_hot_signs(torch.tensor([[0, 7]]), lag=3).argmax(2).tolist()
    [[0, 7, 8, 8, 9, 8, 8]]
    """
    if lag < 1:
        raise ValueError(f"copying needs a lag of at least 1 step; got {lag}; give a longer one")
    count, length = symbols.shape
    signs = torch.full((count, lag + 2 * length), BLANK, device=symbols.device)
    signs[:, :length] = symbols
    signs[:, length + lag - 1] = BEGIN
    return functional.one_hot(signs, BEGIN + 1).float()
