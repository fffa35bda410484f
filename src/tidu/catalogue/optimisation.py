"""Optimisation and regularisation: how parameters are found, and kept from fitting too well."""

from tidu.catalogue.entry import System
from tidu.words import Text

SYSTEMS = (
    System(
        id="optimizers",
        chapter="optimisation",
        title=Text("优化器", "Optimizers"),
        about=Text(
            "从 SGD、动量到 Adam、AdamW，七种下山的走法，每种都写成一屏能读完的公式，"
            "与 torch.optim 走出同样的轨迹；让它们在同一张地形图和真实数据上赛一场，"
            "地形也可以由你写一个式子来定。",
            "Seven ways down a slope, from SGD and momentum to Adam and AdamW, each a formula on "
            "one screen that walks the very path of torch.optim. Race them on one surface, drawn "
            "by an expression of your own if you like, and on real data.",
        ),
        components=(
            "tidu.optim:SGD",
            "tidu.optim:Momentum",
            "tidu.optim:Nesterov",
            "tidu.optim:AdaGrad",
            "tidu.optim:RMSProp",
            "tidu.optim:Adam",
            "tidu.optim:AdamW",
        ),
        notes=("003#如何根据损失函数的梯度、学习率更新权重", "000#SGD"),
    ),
)
