"""Training: the supervised loop, batches, stopping, checkpoints, processes."""

from tidu.train import checkpoint as checkpoint
from tidu.train import precision as precision
from tidu.train import processes as processes
from tidu.train.batches import Repeated as Repeated
from tidu.train.batches import Shuffled as Shuffled
from tidu.train.fit import fit as fit
from tidu.train.held_out import Fitted as Fitted
from tidu.train.held_out import Rows as Rows
from tidu.train.held_out import baseline_loss as baseline_loss
from tidu.train.held_out import fit_classifier as fit_classifier
from tidu.train.held_out import fit_polynomial as fit_polynomial
from tidu.train.held_out import prepared as prepared
from tidu.train.held_out import target_scale as target_scale
from tidu.train.stopping import EarlyStopping as EarlyStopping
