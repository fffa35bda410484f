"""Losses: what a network is asked to make small."""

from tidu.losses.adversarial import between as between
from tidu.losses.adversarial import discriminator_loss as discriminator_loss
from tidu.losses.adversarial import generator_loss as generator_loss
from tidu.losses.adversarial import gradient_penalty as gradient_penalty
from tidu.losses.binary_cross_entropy import binary_cross_entropy as binary_cross_entropy
from tidu.losses.cross_entropy import cross_entropy as cross_entropy
from tidu.losses.hinge import hinge as hinge
from tidu.losses.huber import huber as huber
from tidu.losses.mean_absolute_error import mean_absolute_error as mean_absolute_error
from tidu.losses.mean_squared_error import mean_squared_error as mean_squared_error
from tidu.losses.per_copy import cross_entropy_per_copy as cross_entropy_per_copy
from tidu.losses.policy_gradient import policy_entropy as policy_entropy
from tidu.losses.policy_gradient import reinforce_loss as reinforce_loss
from tidu.losses.weight_penalty import penalised_weights as penalised_weights
from tidu.losses.weight_penalty import weight_penalty as weight_penalty
