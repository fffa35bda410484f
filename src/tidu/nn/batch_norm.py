"""Batch normalisation: every feature is given mean 0 and variance 1 over the batch, then freed.

    training      mean, var of each feature over the batch (and over all places of an image)
                  output       = weight * (input - mean) / sqrt(var + eps) + bias
                  running_mean = (1 - momentum) * running_mean + momentum * mean
                  running_var  = (1 - momentum) * running_var  + momentum * var * n / (n - 1)
    evaluation    the running mean and variance take the place of the batch's

``weight`` (γ) begins at 1 and ``bias`` (β) at 0, so that a layer begins normalised and is free to
become anything. Gradients flow through mean and variance too. Normalising divides by the biased
variance, the moving average keeps the unbiased one.

Source: Ioffe & Szegedy (2015), "Batch normalization: accelerating deep network training by
reducing internal covariate shift", ICML, algorithms 1 and 2, section 3.2 for images.
Where ours differs: a moving average for evaluation, as in ``torch.nn.BatchNorm1d``, where the paper
averages over several batches after training. The names in the state are PyTorch's, so that weights
go from one to the other. Weights may carry a leading dimension ``copies``: then as many networks
are normalised side by side (see :func:`tidu.nn.stack`).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn


class _BatchNorm(nn.Module):
    copies_in_front: ClassVar[bool] = True  # tidu.nn.stack may stack parameters and buffers
    dimensions: ClassVar[tuple[int, ...]]
    shapes: ClassVar[str]
    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor  # changes nothing; PyTorch's states have it

    def __init__(self, features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        if features < 1 or not 0 <= momentum <= 1:
            raise ValueError(
                f"{type(self).__name__} expects at least 1 feature and a momentum from 0 to 1, the "
                f"share of the new batch in the average; got {features} and {momentum}"
            )
        self.features, self.eps, self.momentum = features, eps, momentum
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def _normalised(self, input: Tensor) -> Tensor:
        copies = self.weight.dim() - 1
        channel = copies + 1
        if input.dim() - copies not in self.dimensions or input.shape[channel] != self.features:
            raise ValueError(
                f"{type(self).__name__} expects {self.shapes} with {self.features} features; "
                f"got {tuple(input.shape)}"
            )
        # Under autocast bfloat16 may come in, whose 8 bits are too few for a mean of squares.
        wide = input.float() if input.dtype in (torch.bfloat16, torch.float16) else input
        together = [d for d in range(copies, input.dim()) if d != channel]
        if self.training:
            variance, mean = torch.var_mean(wide, together, correction=0)
            self._remember(mean, variance, wide.numel() // mean.numel())
        else:
            mean, variance = self.running_mean, self.running_var
        # one number a feature, with a 1 wherever the features repeat
        shape = [1 if d in together else size for d, size in enumerate(input.shape)]
        scale = self.weight * torch.rsqrt(variance + self.eps)
        output = (wide - mean.view(shape)) * scale.view(shape) + self.bias.view(shape)
        return output.to(input.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        if count < 2:
            raise ValueError(
                f"{type(self).__name__} in training expects more than 1 value a feature: one value "
                "has no variance; bring a larger batch, or call eval()"
            )
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        self.num_batches_tracked += 1

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return f"{self.features}, eps={self.eps}, momentum={self.momentum}"


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of vectors, or of sequences, which count all their times as one batch.

    >>> norm = BatchNorm1d(3)
    >>> output = norm(torch.tensor([[1.0, 10.0, 0.0], [3.0, 30.0, 8.0]]))
    >>> output.shape, output.detach().mean(0).abs().max() < 1e-6
    (torch.Size([2, 3]), tensor(True))
    >>> norm.running_mean
    tensor([0.2000, 2.0000, 0.4000])
    """

    dimensions = (2, 3)
    shapes = "(*copies, batch, features) or (*copies, batch, features, time)"

    def forward(self, input: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
        """From (batch, features) or (batch, features, time) to the same."""
        return self._normalised(input)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images: all places of a channel, in all images, count as one batch.

    >>> BatchNorm2d(3)(torch.rand(8, 3, 5, 5)).shape
    torch.Size([8, 3, 5, 5])
    """

    dimensions = (4,)
    shapes = "(*copies, batch, features, height, width)"

    def forward(
        self, input: Float[Tensor, "*copies batch features height width"]
    ) -> Float[Tensor, "*copies batch features height width"]:
        """Every channel normalised."""
        return self._normalised(input)
