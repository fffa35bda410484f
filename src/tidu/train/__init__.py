"""Training: the supervised loop, batches, stopping, checkpoints, processes."""

from tidu.train import checkpoint as checkpoint
from tidu.train import precision as precision
from tidu.train import processes as processes
from tidu.train.batches import Shuffled as Shuffled
from tidu.train.fit import fit as fit
from tidu.train.stopping import EarlyStopping as EarlyStopping
