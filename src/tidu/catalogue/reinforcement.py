"""Reinforcement learning: acting, and learning from what came of it."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

SYSTEMS = (
    System(
        id="policy-gradient",
        chapter="reinforcement",
        title=Text("策略梯度 REINFORCE", "Policy gradient (REINFORCE)"),
        about=Text(
            "没有标准答案，只有得分：得分高的动作，下次更常做。让一根杆子在小车上立住。",
            "No right answers, only scores: what scored well is done more often. It learns to "
            "keep a pole upright on a cart.",
        ),
        components=(
            "tidu.rl:discounted_returns",
            "tidu.losses:reinforce_loss",
            "tidu.losses:policy_entropy",
        ),
        experiment="tidu.experiments.reinforcement.policy_gradient",
        presets=("quick", "standard", "no-baseline"),
        notes=("002#policy gradient",),
        targets=(
            Target(
                "standard",
                "mean_return",
                ">=",
                475.0,
                every=True,
                published=Figure("475 (solved)", "Gymnasium, CartPole-v1 reward threshold"),
            ),
        ),
    ),
)
