"""Many equal small networks as one: their weights in one tensor, their products in one call.

Training a small network leaves most of a processor idle: the time goes into calling, not into
multiplying. ``copies`` networks with the same layers become one network whose linear layers hold
``copies`` weight matrices and multiply them with ``copies`` batches in one batched product,

    output[c] = input[c] @ weight[c].T + bias[c]        for every copy c.

Copies never mix, so the gradient of the *sum* of their losses is each one's own gradient, and an
optimiser that works element by element (SGD, momentum, RMSProp, Adam, AdamW) trains each exactly
as if it were alone. Only what looks across a whole network must be told apart: see
:func:`clip_grad_norm_per_copy_`.

Source: He & Zou (2021), "functorch: JAX-like composable function transforms for PyTorch", model
ensembling (now ``torch.func.stack_module_state`` with ``vmap``). Where ours differs: the stacked
network is an ordinary module with parameters, so it is trained, saved and read like any other, and
it calls ``torch.baddbmm`` itself, which is faster than ``vmap`` on layers this small.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn


class StackedLinear(nn.Module):
    """``copies`` linear layers side by side: ``output[c] = input[c] @ weight[c].T + bias[c]``.

    Each copy starts as ``nn.Linear`` does, from its own draws of the global generator.

    >>> StackedLinear(8, 2, 3)(torch.zeros(8, 100, 2)).shape
    torch.Size([8, 100, 3])
    """

    def __init__(self, copies: int, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.copies = copies
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(copies, out_features, in_features))
        self.bias = nn.Parameter(torch.empty(copies, out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias evenly from ±1/sqrt(in_features), as ``nn.Linear`` does."""
        bound = self.in_features**-0.5 if self.in_features else 0.0
        nn.init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(
        self, input: Float[Tensor, "copies batch in_features"]
    ) -> Float[Tensor, "copies batch out_features"]:
        """Multiply each copy's batch with its own weight."""
        if self.bias is None:
            return torch.bmm(input, self.weight.mT)
        return torch.baddbmm(self.bias.unsqueeze(1), input, self.weight.mT)

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return (
            f"copies={self.copies}, in_features={self.in_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


def stack(modules: Sequence[nn.Module]) -> nn.Module:
    """One network out of equal ones, holding exactly their weights.

    Every ``nn.Linear`` becomes a :class:`StackedLinear`; modules that say ``copies_in_front``
    (recurrent cells, normalisations) keep their form and get each parameter and buffer stacked;
    activations, dropout and containers stay. The forward pass must take
    ``(copies, batch, features)`` wherever it took ``(batch, features)``, which holds for
    everything written on the last dimension.

    >>> nets = [nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 3)) for _ in range(8)]
    >>> stack(nets)(torch.zeros(8, 100, 2)).shape
    torch.Size([8, 100, 3])
    """
    if not modules:
        raise ValueError("stack expects at least one module; got none; pass the networks to stack")
    descriptions = {repr(module) for module in modules}
    if len(descriptions) > 1:
        raise ValueError(
            "stack expects modules with the same layers; "
            f"got {len(descriptions)} different structures; build them with the same arguments"
        )
    stacked = copy.deepcopy(modules[0])
    if isinstance(stacked, nn.Linear):
        return _stack_linear([m for m in modules if isinstance(m, nn.Linear)])
    for name, module in list(stacked.named_modules()):
        if isinstance(module, nn.Linear):
            _replace(
                stacked, name, _stack_linear([_linear(m.get_submodule(name)) for m in modules])
            )
        elif _copies_in_front(module):
            _stack_in_place(module, [m.get_submodule(name) for m in modules])
        elif _cannot_stack(module):
            raise TypeError(
                "stack handles nn.Linear and layers without parameters; got "
                f"{type(module).__name__} at {name or 'the top'!r}; "
                "use torch.func.stack_module_state for it"
            )
    return stacked


def unstack(module: nn.Module, index: int) -> nn.Module:
    """Copy ``index`` of a stacked network, as an ordinary network with weights of its own.

    >>> net = stack([nn.Linear(2, 3), nn.Linear(2, 3)])
    >>> unstack(net, 1)
    Linear(in_features=2, out_features=3, bias=True)
    """
    if isinstance(module, StackedLinear):
        return _unstack_linear(module, index)
    single = copy.deepcopy(module)
    for name, layer in list(single.named_modules()):
        if isinstance(layer, StackedLinear):
            _replace(single, name, _unstack_linear(layer, index))
        elif _copies_in_front(layer):
            _unstack_in_place(layer, index)
    return single


def copies_of(module: nn.Module) -> int | None:
    """How many copies stand in front of the module's own parameters; None for an ordinary one.

    >>> copies_of(StackedLinear(8, 2, 3)), copies_of(nn.Linear(2, 3))
    (8, None)
    """
    return getattr(module, "copies", None)


@torch.no_grad()
def clip_grad_norm_per_copy_(
    parameters: Iterable[Tensor], max_norm: float
) -> Float[Tensor, " copies"]:
    """Scale each copy's gradient so that its norm over all parameters is at most ``max_norm``.

    Returns the norms before. Every parameter has the copies in its first dimension.
    The same as ``torch.nn.utils.clip_grad_norm_`` on each network by itself.

    >>> layer = StackedLinear(4, 2, 3)
    >>> layer(torch.ones(4, 5, 2)).sum().backward()
    >>> clip_grad_norm_per_copy_(layer.parameters(), 1.0).shape
    torch.Size([4])
    """
    grads = [p.grad for p in parameters if p.grad is not None]
    if not grads:
        raise ValueError("clipping expects gradients; got none; call backward() first")
    squares = torch.stack([grad.flatten(1).square().sum(1) for grad in grads])
    norms = squares.sum(0).sqrt()
    scale = (max_norm / (norms + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(scale.view(-1, *[1] * (grad.dim() - 1)))
    return norms


def _linear(module: nn.Module) -> nn.Linear:
    if not isinstance(module, nn.Linear):
        raise TypeError(
            f"stack expects the same layers in every module; got {type(module).__name__} "
            "where the first has nn.Linear; build them with the same arguments"
        )
    return module


@torch.no_grad()
def _stack_linear(layers: Sequence[nn.Linear]) -> StackedLinear:
    first = layers[0]
    with torch.device("meta"):  # no memory and no random draws for weights replaced at once
        stacked = StackedLinear(len(layers), first.in_features, first.out_features, bias=False)
    stacked.weight = nn.Parameter(torch.stack([layer.weight.detach() for layer in layers]))
    biases = [bias for layer in layers if (bias := _bias(layer)) is not None]
    stacked.bias = nn.Parameter(torch.stack(biases)) if biases else None
    return stacked.train(first.training)


@torch.no_grad()
def _unstack_linear(layer: StackedLinear, index: int) -> nn.Linear:
    single = nn.Linear(layer.in_features, layer.out_features, bias=False, device="meta")
    single.weight = nn.Parameter(layer.weight[index].clone())
    if layer.bias is not None:
        single.bias = nn.Parameter(layer.bias[index].clone())
    return single.train(layer.training)


def _stack_in_place(module: nn.Module, alike: Sequence[nn.Module]) -> None:
    for name, _ in list(module.named_parameters(recurse=False)):
        each = [one.get_parameter(name).detach() for one in alike]
        module.register_parameter(name, nn.Parameter(torch.stack(each)))
    for name, _ in list(module.named_buffers(recurse=False)):
        module.register_buffer(name, torch.stack([one.get_buffer(name) for one in alike]))
    vars(module)["copies"] = len(alike)


def _unstack_in_place(module: nn.Module, index: int) -> None:
    for name, stacked in list(module.named_parameters(recurse=False)):
        module.register_parameter(name, nn.Parameter(stacked.detach()[index].clone()))
    for name, stacked in list(module.named_buffers(recurse=False)):
        module.register_buffer(name, stacked[index].clone())
    vars(module).pop("copies", None)


def _bias(layer: nn.Linear) -> Tensor | None:
    return layer.bias  # nn.Linear declares a Parameter, but it is None without bias


def _replace(root: nn.Module, name: str, new: nn.Module) -> None:
    parent, _, child = name.rpartition(".")
    setattr(root.get_submodule(parent), child, new)


def _copies_in_front(module: nn.Module) -> bool:
    """Whether its forward pass takes parameters with the copies in front, as it takes input."""
    return getattr(type(module), "copies_in_front", False)


def _cannot_stack(module: nn.Module) -> bool:
    """Whether it has parameters or buffers of its own, or joins dimensions by their number."""
    own = [*module.parameters(recurse=False), *module.buffers(recurse=False)]
    return bool(own) or isinstance(module, (nn.Flatten, nn.Unflatten))
