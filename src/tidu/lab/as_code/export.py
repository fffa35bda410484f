"""``tidu export NAME --to python``: the training of a run, or of an experiment, as a script."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from tidu import catalogue
from tidu.errors import TiduError
from tidu.files import write_text
from tidu.lab.as_code import as_code
from tidu.laboratory import load_experiment, read_config
from tidu.laboratory.by_hand import remarks
from tidu.runs import store
from tidu.runs.run import Options


def export_script(name: str, preset: str | None = None, out: str | None = None) -> dict[str, Any]:
    """Write the script; say that it is Python."""
    if name in catalogue.SYSTEMS or name.endswith(".py"):
        experiment = load_experiment(name)
        chosen = preset or experiment.default_preset()
        command = shlex.join(["tidu", "run", name, "--preset", chosen])
        script = as_code(experiment, experiment.preset(chosen), [0], command=command)
    else:
        if preset is not None:
            raise TiduError("--preset goes with an experiment; a run has its own setting.")
        path = store.find(name)
        told = store.about(path)
        experiment = load_experiment(told["experiment"])
        options = Options.of(told)
        if options.data is not None or told["origin"] is not None:
            raise TiduError(
                f"{path.name} learned from {'your own data' if options.data else 'another run'}; "
                "a script holds named sources only.",
                f"Export the experiment instead: tidu export {experiment.name} --to python",
            )
        script = as_code(
            experiment,
            read_config(experiment, told),
            told["seeds"],
            command=told["command"],
            threads=options.threads,
            turned=told.get("knobs", []),
            remarks=[said.en for said in remarks({"touched": told.get("touched", [])})],
        )
    file = Path(out) if out else Path(experiment.name.replace("-", "_") + ".py")
    if file.is_dir():
        raise TiduError(f"--out must be a file; {file} is a folder.", "Name a file inside it.")
    if out is None and file.exists():
        raise TiduError(f"{file} exists already.", "Name another file with --out, or delete it.")
    compile(script, str(file), "exec")
    write_text(file, script)
    return {"file": str(file), "bytes": file.stat().st_size, "checked": "compiled"}
