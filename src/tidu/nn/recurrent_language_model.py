"""A recurrent language model: LSTM layers between an embedding and its transpose.

    h_t = LSTM(e(y_t), h_{t-1})        logits_t = E (P h_t)

Source: Mikolov et al. 2010; with LSTM layers Zaremba, Sutskever, Vinyals 2014; the embedding E
tied to the output through a projection P as in Press and Wolf 2017.

Where ours differs: nothing. It reads and writes as :class:`~tidu.nn.gpt.GPT` does, so that the
two can be compared; its memory of the past is a state of fixed size instead of a cache that
grows.
"""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional


class RecurrentState:
    """What an LSTM keeps of the ``length`` tokens it has read."""

    def __init__(self) -> None:
        self.length = 0
        self.state: tuple[Tensor, Tensor] | None = None

    def reorder(self, rows: Int[Tensor, " batch"]) -> None:
        """Keep the given rows of the batch, in this order."""
        if self.state is not None:
            self.state = (self.state[0][:, rows], self.state[1][:, rows])


class RecurrentLanguageModel(nn.Module):
    """An LSTM that predicts the next token.

    >>> import torch
    >>> model = RecurrentLanguageModel(vocabulary=65, dim=32, hidden=48, layers=2)
    >>> model(torch.randint(65, (3, 10))).shape
    torch.Size([3, 10, 65])
    """

    def __init__(
        self, vocabulary: int, dim: int, hidden: int, layers: int, *, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim)
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(dim, hidden, layers, dropout=between, batch_first=True)
        self.projection = nn.Linear(hidden, dim)
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.embedding.weight, std=dim**-0.5)

    def forward(
        self, tokens: Int[Tensor, "batch time"], cache: RecurrentState | None = None
    ) -> Float[Tensor, "batch time vocabulary"]:
        """Logits of the token after each; with a ``cache`` the tokens continue those read."""
        past = None if cache is None else cache.state
        hidden, state = self.lstm(self.dropout(self.embedding(tokens)), past)
        if cache is not None:
            cache.state, cache.length = state, cache.length + tokens.shape[1]
        return functional.linear(self.projection(self.dropout(hidden)), self.embedding.weight)

    def new_cache(self) -> RecurrentState:
        """An empty state for writing on token by token."""
        return RecurrentState()


def hidden_of_equal_size(parameters: int, vocabulary: int, dim: int, layers: int) -> int:
    """The hidden width at which the number of parameters is nearest to ``parameters``.

    >>> hidden = hidden_of_equal_size(100_000, vocabulary=65, dim=32, layers=2)
    >>> model = RecurrentLanguageModel(65, 32, hidden, 2)
    >>> abs(sum(p.numel() for p in model.parameters()) / 100_000 - 1) < 0.02
    True
    """

    def size(hidden: int) -> int:
        first = 4 * hidden * (dim + hidden + 2)
        further = 4 * hidden * (2 * hidden + 2) * (layers - 1)
        return vocabulary * dim + first + further + hidden * dim + dim

    return min(range(1, 8192), key=lambda hidden: abs(size(hidden) - parameters))
