"""Training: the supervised loop, batches, stopping, choosing, checkpoints, processes."""

from tidu.train import checkpoint as checkpoint
from tidu.train import precision as precision
from tidu.train import processes as processes
from tidu.train.batches import Repeated as Repeated
from tidu.train.batches import Shuffled as Shuffled
from tidu.train.cross_validation import Chosen as Chosen
from tidu.train.cross_validation import Fold as Fold
from tidu.train.cross_validation import Rows as Rows
from tidu.train.cross_validation import Tried as Tried
from tidu.train.cross_validation import baseline_loss as baseline_loss
from tidu.train.cross_validation import choose as choose
from tidu.train.cross_validation import folds_of as folds_of
from tidu.train.cross_validation import held_rows as held_rows
from tidu.train.cross_validation import prepared as prepared
from tidu.train.cross_validation import target_scale as target_scale
from tidu.train.fit import fit as fit
from tidu.train.penalised import try_classifiers as try_classifiers
from tidu.train.penalised import try_polynomials as try_polynomials
from tidu.train.stopped import try_steps as try_steps
from tidu.train.stopping import EarlyStopping as EarlyStopping
