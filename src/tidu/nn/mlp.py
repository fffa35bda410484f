"""The multilayer perceptron: linear maps with a nonlinearity between them.

    hidden[0] = input
    hidden[i] = activation(hidden[i-1] @ W[i].T + b[i])      for every layer but the last
    output    = hidden[-1] @ W[last].T + b[last]

Source: Rumelhart, Hinton & Williams (1986), "Learning representations by back-propagating
errors", Nature 323, equations 1 and 2.
Where ours differs: there the output unit is squashed too; here it is left linear, because the
loss (cross-entropy on logits, squared error) brings the squashing with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from tidu.nn.dropout import Dropout


class MLP(nn.Module):
    """``sizes`` are the widths from input to output: ``(2, 32, 32, 3)`` has two hidden layers.

    With only two sizes it is a linear model. Everything happens in the last dimension. In training
    a share ``dropout`` of every hidden layer's units is silenced, and ``input_dropout`` of the
    inputs.

    >>> import torch
    >>> MLP((2, 32, 32, 3))(torch.zeros(100, 2)).shape
    torch.Size([100, 3])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Callable[[], nn.Module] = nn.ReLU,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(
                "MLP expects the widths of at least an input and an output, each 1 or more; "
                f"got {tuple(sizes)}; write them as (2, 32, 3)"
            )
        self.sizes = tuple(sizes)
        layers: list[nn.Module] = [Dropout(input_dropout)] if input_dropout else []
        for before, after in pairwise(sizes[:-1]):
            layers += [nn.Linear(before, after), activation()]
            layers += [Dropout(dropout)] if dropout else []
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, input: Float[Tensor, "*batch first"]) -> Float[Tensor, "*batch last"]:
        """The output of the last linear map."""
        return self.layers(input)

    def stages(self, input: Float[Tensor, "*batch first"]) -> list[Tensor]:
        """The input and what every layer in turn makes of it, linear maps and nonlinearities.

        >>> import torch
        >>> [tuple(s.shape) for s in MLP((2, 5, 3)).stages(torch.zeros(7, 2))]
        [(7, 2), (7, 5), (7, 5), (7, 3)]
        """
        stages = [input]
        for layer in self.layers:
            stages.append(layer(stages[-1]))
        return stages
