"""An image on its way through a convolutional network: every layer's maps, every cell's sum.

    convolution   z[k, i, j] = b[k] + Σ over c, u, v of w[k, c, u, v] · x[c, s i + u, s j + v]
    pooling       y[k, i, j] = f(max of the four z[k, 2i + (0, 1), 2j + (0, 1)])
    linear        z[k] = b[k] + Σ over n of w[k, n] · x[n]

The maps are what hooks saw in the network itself (:func:`tidu.record.record`). The pooling has no
module of its own that a hook could watch, so it is done here once more, by PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, pad

from tidu.nn import ConvPoolNet, LeNet5, LeNet300100
from tidu.record import record
from tidu.views.reference import reference
from tidu.vision import grey_images

STRONGEST = 10  # products of a linear layer that are told one by one


@dataclass(frozen=True)
class Stage:
    """What one layer made: ``value`` of shape ``(maps, rows, columns)``, neurons as 1 x 1 maps."""

    name: str
    kind: str  # image, average, convolution, pooling, activation, hidden or logits
    value: Float[Tensor, "maps rows columns"]
    code: dict[str, Any]  # where it is computed
    layer: nn.Module | None = None
    activation: Callable[[Tensor], Tensor] | None = None


def readable(network: object) -> bool:
    """Whether :func:`stages_of` knows this kind of network."""
    inner = network[-1] if isinstance(network, nn.Sequential) and len(network) == 2 else network
    return isinstance(inner, (LeNet5, LeNet300100, ConvPoolNet))


def stages_of(network: nn.Module, image: Float[Tensor, "rows columns"]) -> list[Stage]:
    """The image, then what every layer makes of it; the network is left as it was.

    >>> [stage.name for stage in stages_of(LeNet5(), torch.zeros(28, 28))]
    ['image', 'conv1', 'pool1', 'conv2', 'pool2', 'hidden', 'logits']
    """
    modes = [(module, module.training) for module in network.modules()]
    device = next(network.parameters()).device
    network.eval()
    try:
        with torch.inference_mode(), record(network, gradients=False) as seen:
            network(image[None, None].to(device))
    finally:
        for module, training in modes:
            module.training = training
    names = {module: name for name, module in network.named_modules()}
    return list(_walk(network, image, lambda layer: seen[names[layer]].value[0].cpu()))


def _walk(network: nn.Module, image: Tensor, value_of: Callable[[nn.Module], Tensor]) -> Any:
    inner: Any = network
    yield Stage("image", "image", image[None], _code(grey_images, "/ 255", "image", image[None]))
    if isinstance(network, nn.Sequential):
        inner, value = network[1], value_of(network[0])
        code = _code(nn.AvgPool2d.forward, "F.avg_pool2d", "halved", value)
        yield Stage("halved", "average", value, code)
    kind = type(inner)
    activation = getattr(inner, "activation", torch.relu)
    f = getattr(activation, "__name__", "f")
    before = "halved" if inner is not network else "image"
    for number, layer in enumerate(_convolutions(inner), 1):
        name, sums = f"conv{number}", value_of(layer)
        line = "convolution(maps)" if kind is ConvPoolNet else f"self.conv{number}("
        owner = inner.forward if kind is ConvPoolNet else inner.features
        code = _code(owner, line, name, sums, _convolution_formula(name, before, layer))
        yield Stage(name, "convolution", sums, code, layer)
        if getattr(inner, "pooling", True):
            value, before = activation(max_pool2d(sums, 2)), f"pool{number}"
            owner = inner.forward if kind is ConvPoolNet else inner._pooled
            formula = (
                f"{before}[k, i, j] = {f}(max({name}[k, 2i, 2j], {name}[k, 2i, 2j+1],\n"
                f"                       {name}[k, 2i+1, 2j], {name}[k, 2i+1, 2j+1]))"
            )
            code = _code(owner, "max_pool2d(", before, value, formula)
            yield Stage(before, "pooling", value, code, activation=activation)
        else:
            value, before = activation(sums), f"{f}{number}"
            formula = f"{before}[k, i, j] = {f}({name}[k, i, j])"
            code = _code(owner, line, before, value, formula)
            yield Stage(before, "activation", value, code, activation=activation)
    for number, layer in enumerate(inner.hidden, 1):
        name = f"hidden{number}" if len(inner.hidden) > 1 else "hidden"
        value = _as_maps(activation(value_of(layer)))
        owner = inner.features if kind is LeNet5 else inner.forward
        formula = f"{name}[k] = {f}(b[k] + Σₙ w[k, n] · {before}.flatten()[n])"
        code = _code(owner, "(layer(features))", name, value, formula)
        yield Stage(name, "hidden", value, code, layer, activation)
        before = name
    value = _as_maps(value_of(inner.output))
    formula = f"logits[k] = b[k] + Σₙ w[k, n] · {before}.flatten()[n]\np = softmax(logits)"
    code = _code(inner.forward, "self.output(", "logits", value, formula)
    yield Stage("logits", "logits", value, code, inner.output)


def arithmetic(stages: list[Stage], place: int, cell: tuple[int, int, int]) -> dict[str, Any]:
    """How ``stages[place].value[cell]`` came about; sums are made in float64."""
    stage, before = stages[place], stages[max(0, place - 1)].value
    told: dict[str, Any] = {
        "stage": place,
        "cell": list(cell),
        "kind": stage.kind,
        "value": float(stage.value[cell]),
    }
    if stage.kind == "convolution":
        return told | _window(stage.layer, before, cell)
    if stage.kind in ("hidden", "logits"):
        return told | _products(stage, before, cell[0])
    channel, row, column = cell
    if stage.kind in ("pooling", "average"):
        four = before[channel, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        told |= {"region": [2 * row, 2 * column, 2, 2], "channel": channel, "numbers": four}
        told["sum"] = float(four.max() if stage.kind == "pooling" else four.double().mean())
    elif stage.kind == "activation":
        told |= {"region": [row, column, 1, 1], "channel": channel, "sum": float(before[cell])}
    return told | _activated(stage)


def _window(layer: Any, before: Tensor, cell: tuple[int, int, int]) -> dict[str, Any]:
    """The pixels under the kernel, and their products with its weights, for every map below."""
    channel, row, column = cell
    (size, _), (stride, _), (rim, _) = layer.kernel_size, layer.stride, layer.padding
    top, left = row * stride, column * stride
    padded = pad(before, (rim, rim, rim, rim))
    pixels = padded[:, top : top + size, left : left + size]
    weights = layer.weight[channel].detach().cpu()
    products = pixels.double() * weights.double()
    bias = layer.bias[channel].item()
    return {
        "region": [top - rim, left - rim, size, size],
        "pixels": pixels,
        "weights": weights,
        "products": products,
        "sums": products.sum((1, 2)),
        "bias": bias,
        "sum": float(products.sum()) + bias,
    }


def _products(stage: Stage, before: Tensor, unit: int) -> dict[str, Any]:
    """The strongest products of one neuron's sum, and all the others together."""
    layer: Any = stage.layer
    inputs, weights = before.flatten(), layer.weight[unit].detach().cpu()
    products = inputs.double() * weights.double()
    strongest = products.abs().argsort(descending=True, stable=True)[:STRONGEST]
    bias, total = layer.bias[unit].item(), float(products.sum())
    rows = [
        {
            "from": [int(i) for i in torch.unravel_index(n, before.shape)],
            "input": float(inputs[n]),
            "weight": float(weights[n]),
            "product": float(products[n]),
        }
        for n in strongest
    ]
    return {
        "strongest": rows,
        "others": len(products) - len(rows),
        "rest": total - float(products[strongest].sum()),
        "bias": bias,
        "sum": total + bias,
        **_activated(stage),
    }


def _activated(stage: Stage) -> dict[str, str]:
    name = getattr(stage.activation, "__name__", "")
    return {"activation": {"relu": "ReLU"}.get(name, name)} if name else {}


def _convolutions(inner: Any) -> Iterator[nn.Module]:
    if isinstance(inner, ConvPoolNet):
        yield from inner.convolutions
    elif isinstance(inner, LeNet5):
        yield from (inner.conv1, inner.conv2)


def _convolution_formula(name: str, before: str, layer: Any) -> str:
    stride, rim = layer.stride[0], layer.padding[0]
    step, shift = "" if stride == 1 else str(stride), "" if rim == 0 else f"-{rim}"
    where = f"{step}i+u{shift}, {step}j+v{shift}"
    return f"{name}[k, i, j] = b[k] + Σ w[k, c, u, v] · {before}[c, {where}]   (c, u, v)"


def _as_maps(neurons: Tensor) -> Tensor:
    return neurons[:, None, None]


def _code(owner: Any, line: str, name: str, value: Tensor, formula: str = "") -> dict[str, Any]:
    shape = [len(value)] if value.shape[1:] == (1, 1) else value.shape
    # a bound method's lines are those of its function
    return reference(
        getattr(owner, "__func__", owner), line, tensor=name, shape=shape, formula=formula
    )
