"""The run folder: metrics, recorded tensors, resumable loops, provenance."""

from tidu.runs.run import Options as Options
from tidu.runs.run import Run as Run
from tidu.runs.steps import Diverged as Diverged
from tidu.runs.steps import Interrupted as Interrupted
from tidu.runs.steps import Steps as Steps
