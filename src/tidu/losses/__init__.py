"""Losses: what a network is asked to make small."""

from tidu.losses.adversarial import discriminator_loss as discriminator_loss
from tidu.losses.adversarial import generator_loss as generator_loss
from tidu.losses.adversarial import gradient_penalty as gradient_penalty
