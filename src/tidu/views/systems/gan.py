"""The pictures of ``gan``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Real against generated points, the way there, and the figures over the steps."""
    target, frames = experiment.mixture(config), run.recorded("samples")
    real = target.sample(experiment.SAMPLES, run.generator(3)).numpy()
    fake, centres = frames["points"].numpy(), target.centres.numpy()
    return [
        views.samples2d.real_and_generated(real, fake[-1], centres, target.radius),
        views.samples2d.samples_over_training(fake, frames["steps"].tolist(), centres),
        views.metric_curves(
            run.history(),
            {"good_share": Text("合格样本占比", "share of good samples")},
            name="good-share",
            title=Text("合格样本占比怎样上升", "How the share of good samples grows"),
        ),
        views.metric_curves(
            run.history(),
            {"modes": Text("覆盖的模态数", "modes covered")},
            name="modes",
            title=Text("覆盖了几个模态", "How many modes are covered"),
        ),
        views.metric_curves(
            run.history(),
            {
                "discriminator_loss": Text("判别器", "discriminator"),
                "generator_loss": Text("生成器", "generator"),
            },
            name="losses",
            title=Text("两个玩家的损失", "The losses of the two players"),
        ),
    ]
