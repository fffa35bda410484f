"""The arms of a claim on a Ray cluster: one arm is one task, and its run's folder comes back.

An arm is computed on a worker just as it would be here (all its seeds in one task, on the same
device, with as many threads, by the same tidu and PyTorch), so it finds the same numbers. Then the
folder of its run is written into the runs folder here, whatever disks the workers have: an
interrupted ``tidu verify`` goes on without it, with the cluster or without.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import socket
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from tidu.errors import TiduError
from tidu.files import write_bytes, write_json
from tidu.laboratory.verification import CarryOut, Job

EXTRA = "Install it here and on the workers: pip install 'tidu[ray]'"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SECONDS = 5.0  # to wait for an answer of the cluster

# Ray by itself tries for a quarter of an hour to reach a cluster that is not there, and tells its
# makers of every use. Read by Ray when it is imported.
SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_NUM_REDIS_GET_RETRIES": "1",
    "RAY_py_gcs_connect_timeout_s": "5",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}


def on(address: str) -> CarryOut:
    """What carries jobs out on the cluster at ``address``; see ``tidu verify --help``."""
    return partial(_carry_out, address)


def _carry_out(address: str, jobs: Sequence[Job]) -> Generator[tuple[Job, bool]]:
    waiting: list[Job] = []
    for job in jobs:
        if (job.folder / "result.json").is_file():
            yield job, True
        else:
            waiting.append(job)
    if waiting:
        with _connected(address) as ray:
            yield from _spread(ray, waiting)


@contextmanager
def _connected(address: str) -> Generator[Any]:
    if importlib.util.find_spec("ray") is None:
        raise TiduError("--ray needs the package ray, which is not installed.", EXTRA)
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray: Any = importlib.import_module("ray")
    reached = _answering(address, ray)
    try:
        ray.init(address=reached, log_to_driver=False, configure_logging=False)
    except Exception as problem:
        raise _nobody(address, str(problem).strip().partition("\n")[0].rstrip(".")) from problem
    try:
        yield ray
    finally:
        ray.shutdown()


def _answering(address: str, ray: Any) -> str:
    """``address`` as Ray is to be given it, once somebody answers there."""
    given = os.environ.get("RAY_ADDRESS", "auto") if address == "auto" else address
    if given == "auto":
        return given
    scheme, _, place = given.rpartition("://")
    host, _, port = place.rpartition(":")
    if scheme not in {"", "ray"} or not host or not port.isdigit() or int(port) > 65535:
        raise TiduError(
            f"--ray must be auto, host:port or ray://host:port; got {given!r}.",
            "`ray start --head` prints the address of the cluster it starts.",
        )
    if _answers(host, int(port)):
        # Ray takes 127.0.0.1 for the machine's address in the network, where a cluster that keeps
        # to this machine does not listen. Written so, it is left as it is.
        kept = host in LOOPBACK and not scheme
        return f"127.000.000.001:{port}" if kept else given
    if host in LOOPBACK and not scheme and _answers(ray.util.get_node_ip_address(), int(port)):
        return given
    raise _nobody(given, "nothing answers there")


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host.strip("[]"), port), timeout=SECONDS).close()
    except (OSError, UnicodeError):
        return False
    return True


def _nobody(address: str, why: str) -> TiduError:
    return TiduError(
        f"No Ray cluster could be reached at {address}: {why}.",
        "Start one with `ray start --head` (it prints the address), with the same Python and Ray "
        "as here; or leave --ray out to run here.",
        exit_code=1,
    )


def _spread(ray: Any, jobs: Sequence[Job]) -> Generator[tuple[Job, bool]]:
    """Hand all jobs over; write down and yield each as it ends. The first that fails ends it."""
    told = [_told(job) for job in jobs]
    _check_cores(ray, told)
    task = ray.remote(_task())
    running: dict[Any, Job] = {}
    try:
        for job, words in zip(jobs, told, strict=True):
            graphics = int(words["device"].startswith("cuda"))
            asked = task.options(num_cpus=words["threads"], num_gpus=graphics, max_retries=1)
            running[asked.remote(words)] = job
        while running:
            ready, _ = ray.wait(list(running), timeout=1.0)  # so that Ctrl-C is seen
            finished, _ = ray.wait(list(running), num_returns=len(running), timeout=0)
            failures: list[TiduError] = []
            for reference in dict.fromkeys([*ready, *finished]):
                job = running.pop(reference)
                failure = _written_down(job, lambda of=reference: ray.get(of))
                if failure is None:
                    yield job, True
                else:
                    failures.append(failure)
            if failures:
                raise failures[0]
    finally:
        _cancel(ray, list(running))


def _told(job: Job) -> dict[str, Any]:
    """All that a worker must know of a job; its tidu is another process's, on another disk."""
    import torch

    from tidu.laboratory.execute import usable_device

    return {
        "experiment": job.experiment,
        "source": job.source,
        "preset": job.preset,
        "config": job.config,
        "seed": job.seeds[0],
        "seeds": len(job.seeds),
        "name": job.name,
        "threads": job.threads(torch.get_num_threads()),
        "device": usable_device("auto"),
        "made_with": made_with(),
    }


def made_with() -> dict[str, str | None]:
    """What a worker must have in common with this process."""
    from tidu.runs.provenance import environment

    found = environment()
    packages = {name: found["packages"][name] for name in ("torch", "numpy")}
    return {"tidu": found["tidu"], "commit": found["commit"], **packages}


def _check_cores(ray: Any, told: Sequence[dict[str, Any]]) -> None:
    """Ray would wait for ever for a machine with enough processors."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    most = max((int(has.get("CPU", 0)) for has in nodes), default=0)
    for words in told:
        if words["threads"] > most:
            raise TiduError(
                f"{words['experiment']} takes {words['threads']} processors of one machine; the "
                f"largest of the cluster has {most}.",
                f"Run it with fewer threads, here as there: OMP_NUM_THREADS={max(most, 1)} tidu "
                "verify ..., or start a machine with more: ray start --num-cpus N",
                exit_code=1,
            )


def _task() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The function that Ray runs. As it is nested, it travels whole, not as a name to import.

    So a worker with another tidu, or none, can say so.
    """

    def carry_out(told: dict[str, Any]) -> dict[str, Any]:
        import socket

        where = socket.gethostname()
        try:
            from tidu.laboratory.ray_cluster import here, made_with

            found = made_with()
        except ImportError as problem:
            return {"refused": f"{where} has no tidu that can do this ({problem})"}
        differ = [name for name, value in told["made_with"].items() if found.get(name) != value]
        if differ:
            theirs, ours = (
                ", ".join(f"{name} {versions.get(name)}" for name in differ)
                for versions in (found, told["made_with"])
            )
            return {"refused": f"{where} has {theirs}; here it is {ours}"}
        return here(told)

    return carry_out


def here(told: dict[str, Any]) -> dict[str, Any]:
    """On a worker: carry the job out in a folder that goes again; return its run's files."""
    from tidu import laboratory

    with tempfile.TemporaryDirectory(prefix="tidu-arm-") as place:
        os.environ["TIDU_RUNS"] = place
        experiment = told["experiment"]
        if told["source"] is not None:
            own = Path(place) / "own" / Path(experiment).name
            write_bytes(own, told["source"].encode())
            experiment = str(own)
        problem = None
        try:
            found = laboratory.load_experiment(experiment)
            laboratory.run(
                experiment,
                preset=told["preset"],
                config=laboratory.read_config(found, told),
                seed=told["seed"],
                seeds=told["seeds"],
                name=told["name"],
                threads=told["threads"],
                device=told["device"],
                quiet=True,
                report=False,
            )
        except TiduError as failure:
            problem = [failure.message, failure.hint, failure.exit_code]
        folder = Path(place) / told["name"]
        files = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and not file.name.startswith(".")
        }
        return {"place": place, "problem": problem, "files": files}


def _written_down(job: Job, get: Callable[[], dict[str, Any]]) -> TiduError | None:
    """Write a job's run into its folder here; the error where it failed."""
    try:
        answer = get()
    except Exception as problem:  # the worker or its machine is gone
        why = str(problem).strip().splitlines()
        return TiduError(
            f"{_arm(job)} was lost on its worker: {why[-1] if why else type(problem).__name__}",
            "What other arms found is kept; the same command goes on with the rest.",
            exit_code=1,
        )
    if "refused" in answer:
        return TiduError(
            f"A worker cannot compute the same as here: {answer['refused']}.",
            "Install the same tidu, PyTorch and NumPy on all machines, then start Ray there anew.",
            exit_code=1,
        )
    files: dict[str, bytes] = answer["files"]
    last = files.pop("result.json", None)
    for name, content in files.items():
        write_bytes(job.folder / name, content)
    if "run.json" in files:
        write_json(
            job.folder / "run.json", {**json.loads(files["run.json"]), "experiment": job.experiment}
        )
    if last is not None:
        write_bytes(job.folder / "result.json", last)
    if answer["problem"] is None:
        return None
    message, hint, code = answer["problem"]
    message, hint = (
        words.replace(answer["place"], str(job.folder.parent)) for words in (message, hint)
    )
    return TiduError(f"{_arm(job)} failed on its worker: {message}", hint, exit_code=code)


def _arm(job: Job) -> str:
    fields = " ".join(f"{name}={value}" for name, value in job.config.items())
    return f"The arm {job.experiment} ({job.preset}: {fields})"


def _cancel(ray: Any, references: list[Any]) -> None:
    """Ctrl-C for the workers, and some time to clear up; who stays is ended with the connection."""
    for reference in references:
        with suppress(Exception):
            ray.cancel(reference)
    if references:
        with suppress(Exception):
            ray.wait(references, num_returns=len(references), timeout=SECONDS)
