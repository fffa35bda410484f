"""Claims about learning by trial."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
from tidu.words import Text

EQUAL = {"iterations": 150, "lr": 0.004}
SCATTER = {**EQUAL, "baseline": "value-net", "scatter": True}
QUICK = {"iterations": 25, "episodes": 16}

CLAIMS = (
    Claim(
        id="explore-pays",
        chapter="reinforcement",
        says=Text(
            "贪心会错过更好的选择，探索估得更准。",
            "Greedy misses better options; exploration estimates values better.",
        ),
        note="000#强化学习",
        test=Text("多臂老虎机上的奖励随时间的变化。", "Testbed reward over time with intervals."),
    ),
    Claim(
        id="stale-data-hurts",
        chapter="reinforcement",
        says=Text(
            "策略梯度每更新一次就要重新收集数据。",
            "Policy gradient must collect anew after each update.",
        ),
        note="002#policy gradient",
        test=Text(
            "回报随每批更新次数的变化，有无重要性比裁剪。",
            "Return against the number of updates per batch, with and without a clipped ratio.",
        ),
    ),
    Claim(
        id="td-against-mc",
        chapter="reinforcement",
        says=Text("TD 不必等回合结束就能学。", "TD learns without finishing the episode."),
        note="002#如何训练value function",
        test=Text(
            "误差随回合数的变化；两者的偏差与方差。",
            "Error against episodes; bias and variance of both.",
        ),
    ),
    Claim(
        id="baseline-reduces-variance",
        chapter="reinforcement",
        says=Text("评论家能帮助演员。", "A critic helps the actor."),
        note="002#资料收集",
        test=Text(
            "学习率和步数都相同，有无基线各要多少回合才能解出 CartPole，梯度的方差各有多大。",
            "At equal rate and steps: episodes until CartPole is solved, and the variance of the "
            "gradient, with a baseline and without.",
        ),
        conditions=(
            Condition(
                "value-net",
                Text("基线是价值网络（评论家）", "the baseline is a value network (a critic)"),
                Arm(
                    "policy-gradient",
                    "solved_at_episode",
                    {**EQUAL, "baseline": "value-net"},
                    quick=QUICK,
                ),
                Arm(
                    "policy-gradient",
                    "solved_at_episode",
                    {**EQUAL, "baseline": "none"},
                    quick=QUICK,
                ),
            ),
            Condition(
                "mean",
                Text("基线是同批回报的均值", "the baseline is the mean return of the batch"),
                Arm(
                    "policy-gradient",
                    "solved_at_episode",
                    {**EQUAL, "baseline": "mean"},
                    quick=QUICK,
                ),
                Arm(
                    "policy-gradient",
                    "solved_at_episode",
                    {**EQUAL, "baseline": "none"},
                    quick=QUICK,
                ),
            ),
            *(
                Condition(
                    f"variance-{baseline.replace('_', '-')}",
                    when,
                    Arm("policy-gradient", f"scatter_{baseline}", SCATTER, quick=QUICK),
                    Arm("policy-gradient", "scatter_none", SCATTER, quick=QUICK),
                )
                for baseline, when in (
                    (
                        "value_net",
                        Text(
                            "看梯度的方差，基线是价值网络",
                            "what counts is the variance of the gradient, with a value network",
                        ),
                    ),
                    (
                        "mean",
                        Text(
                            "看梯度的方差，基线是同批均值",
                            "what counts is the variance of the gradient, with the batch's mean",
                        ),
                    ),
                )
            ),
        ),
        direction="lower",
        scale="ratio",
        smallest=1.25,
        because=Text(
            "省不到五分之一的回合，抵不上多训练一个网络。",
            "Saving less than a fifth of the episodes does not pay for another network.",
        ),
        scope=Text(
            "CartPole-v1，每批 32 个回合，两层 64 宽的网络；方差是同一策略、同一批回合上，"
            "逐回合梯度的方差，训练途中看 10 次，取平均。",
            "CartPole-v1, 32 episodes a batch, two layers of 64. The variance is that of single "
            "episodes' gradients, of one policy on the same episodes, the mean of 10 looks in a "
            "training.",
        ),
        evidence=(Figure("figure 13.2", "Sutton & Barto (2018), section 13.4"),),
    ),
)
