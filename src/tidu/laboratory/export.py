"""Leaving with a standard file: safetensors or ONNX, checked by running what was written."""

from __future__ import annotations

import importlib.util
import io
import logging
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tidu.errors import TiduError
from tidu.files import write_atomically
from tidu.laboratory import read_config, trained
from tidu.laboratory.experiment import load_experiment
from tidu.runs import store
from tidu.train import checkpoint

TOLERANCE = 1e-4  # largest difference of an output between PyTorch and the exported file


def export(name: str, to: str, out: str | None = None) -> dict[str, Any]:
    """Write the network a run trained; say how it was checked."""
    path = store.find(name)
    told = store.about(path)
    experiment = load_experiment(told["experiment"])
    if not hasattr(experiment.module, "model"):
        raise TiduError(
            f"{experiment.name} trains no network that could be exported.",
            f"See its result: tidu show {path.name}",
        )
    config, run = read_config(experiment, told), trained(path)
    model = experiment.module.model(config, run)
    file = Path(out) if out else Path(f"{path.name}.{to}")
    if file.is_dir():
        raise TiduError(f"--out must be a file; {file} is a folder.", "Name a file inside it.")
    if to == "safetensors":
        checked = _safetensors(model, file)
    else:
        if not hasattr(experiment.module, "export_inputs"):
            raise TiduError(
                f"{experiment.name} has no export_inputs(config, run), which ONNX needs.",
                f"Export the weights instead: tidu export {path.name} --to safetensors",
            )
        checked = _onnx(model, experiment.module.export_inputs(config, run), file)
    return {"file": str(file), "bytes": file.stat().st_size, "checked": checked}


def _safetensors(model: nn.Module, file: Path) -> str:
    weights = {k: v.detach().contiguous().clone() for k, v in model.state_dict().items()}
    checkpoint.write_tensors(file, weights)
    again = load_file(file)
    if set(again) != set(weights) or any(not torch.equal(again[k], weights[k]) for k in weights):
        raise TiduError(f"{file} was read back and differs from the weights.", "Export again.")
    return f"read back, {len(again)} tensors equal"


def _onnx(model: nn.Module, inputs: tuple[Tensor, ...], file: Path) -> str:
    for package in ("onnx", "onnxscript", "onnxruntime"):
        if importlib.util.find_spec(package) is None:
            raise TiduError(
                f"Export to ONNX needs the package {package}, which is not installed.",
                "Install it: pip install 'tidu[export]'",
            )
    model = model.eval()
    batch = torch.export.Dim("batch", min=1)
    doubled = tuple(torch.cat([part, part]) for part in inputs)
    shapes = tuple({0: batch} for _ in inputs)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the exporter's own deprecations are not the user's
        try:
            program = torch.onnx.export(
                model,
                doubled,
                dynamo=True,
                dynamic_shapes=shapes,
                external_data=False,
                verbose=False,
            )
        except (torch.onnx.errors.OnnxExporterError, RuntimeError) as problem:
            raise TiduError(
                f"PyTorch cannot write this network as ONNX: {str(problem).splitlines()[0]}",
                "Export the weights instead: --to safetensors",
                exit_code=1,
            ) from problem
    assert program is not None
    write_atomically(file, lambda part: program.save(str(part), external_data=False))
    worst = max(_difference(model, part, file) for part in (inputs, doubled))
    if worst > TOLERANCE:
        raise TiduError(
            f"{file} was run and differs from PyTorch by {worst:.2g}, above {TOLERANCE}.",
            "Export to safetensors instead.",
        )
    return f"run with ONNX Runtime at two batch sizes, largest difference {worst:.1e}"


def _difference(model: nn.Module, inputs: tuple[Tensor, ...], file: Path) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [part.name for part in session.get_inputs()]
    fed = {name: part.numpy() for name, part in zip(names, inputs, strict=True)}
    theirs = torch.from_numpy(session.run(None, fed)[0])
    with torch.inference_mode():
        ours = model(*inputs)
    ours = ours[0] if isinstance(ours, tuple) else ours
    return float((ours - theirs).abs().max())
