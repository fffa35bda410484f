"""Reinforcement learning: environments, episodes, returns."""

from tidu.rl.cartpole_frames import write_gif as write_gif
from tidu.rl.environments import Environments as Environments
from tidu.rl.environments import Step as Step
from tidu.rl.returns import discounted_returns as discounted_returns
from tidu.rl.rollout import Episodes as Episodes
from tidu.rl.rollout import greedy as greedy
from tidu.rl.rollout import play as play
from tidu.rl.rollout import sampled as sampled
