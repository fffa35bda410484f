"""Claims about normalisation and depth: whether gradients arrive."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition, Reading
from tidu.words import Text

BRIEF = {"budget": 800}
RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)

RANGE = {"budget": 2000, "every_rate": True}
ACTIVATIONS = ("sigmoid", "tanh", "relu")


def _race(metric: str, activation: str) -> Arm:
    """Each at its best rate."""
    return Arm("batch-norm", metric, {"activation": activation, "rates": RATES}, "quick", BRIEF)


def _range(metric: str, activation: str) -> Arm:
    """At every rate."""
    fields = {"activation": activation, "rates": RATES, **RANGE}
    return Arm("batch-norm", metric, fields, "quick", {"budget": 200})


CLAIMS = (
    Claim(
        id="normalised-features-converge-faster",
        chapter="optimisation",
        says=Text(
            "各特征尺度不一，梯度就不均匀，训练就慢。",
            "Features on unequal scales give uneven gradients and slow training.",
        ),
        note="002#为什么需要BN",
        test=Text(
            "各自用最大可用学习率的一半，数一数把损失降到起点的 1 % 要多少步。",
            "Each with half of its largest usable rate: steps until the loss stands at 1 % of its "
            "first height above the lowest.",
        ),
        conditions=(
            Condition(
                "standardised",
                Text("特征都标准化了", "all features are standardised"),
                Arm("feature-normalisation", "steps_standardised"),
                Arm("feature-normalisation", "steps_raw"),
            ),
            Condition(
                "only-centred",
                Text("只减去均值、不改尺度", "only the mean is taken off, the scales are left"),
                Arm("feature-normalisation", "steps_standardised"),
                Arm("feature-normalisation", "steps_centred"),
            ),
        ),
        direction="lower",
        scale="ratio",
        smallest=2.0,
        because=Text(
            "快不到一倍，算不上“慢”。", "Less than twice as fast is not worth the word slow."
        ),
        scope=Text(
            "线性模型，糖尿病表（原始单位），普通梯度下降；自适应方法自己会调各方向的步长。",
            "A linear model on the diabetes table in its own units, plain gradient descent; "
            "adaptive methods scale each direction themselves.",
        ),
        evidence=(Figure("section 4.3", "LeCun et al. (1998), Efficient BackProp"),),
    ),
    Claim(
        id="batch-norm-trains-faster",
        chapter="optimisation",
        says=Text(
            "批归一化让原来训不动的学习率也能训练。",
            "Batch normalisation makes training possible at rates where it was not.",
        ),
        note="002#为什么需要BN",
        test=Text(
            "到达同一验证准确率的步数：各用自己最好的学习率；再同用最大的学习率 10，"
            "2,000 步还没到的算 2,000；"
            "旁边记下六个学习率里有几个能用。",
            "Steps until the same validation accuracy: each at its own best rate; and both at the "
            "largest rate, 10, where 2,000 steps stand for not arriving. How many of the six rates "
            "are usable stands beside.",
        ),
        conditions=(
            *(
                Condition(
                    activation,
                    Text(f"激活函数是 {activation}", f"the activation is {activation}"),
                    _race("steps_with", activation),
                    _race("steps_without", activation),
                )
                for activation in ACTIVATIONS
            ),
            *(
                Condition(
                    f"{activation}-at-10",
                    Text(
                        f"激活函数是 {activation}，学习率同是 10",
                        f"the activation is {activation} and both have the rate 10",
                    ),
                    _range("steps_with_at_10", activation),
                    _range("steps_without_at_10", activation),
                )
                for activation in ACTIVATIONS
            ),
        ),
        readings=tuple(
            Reading(
                Text(
                    f"{activation}，{how.zh}：能用的学习率个数",
                    f"{activation}, {how.en}: how many rates are usable",
                ),
                _range(f"usable_{arm}", activation),
            )
            for activation in ACTIVATIONS
            for arm, how in (
                ("with", Text("有归一化", "with normalisation")),
                ("without", Text("没有归一化", "without")),
            )
        ),
        direction="lower",
        scale="ratio",
        smallest=2.0,
        because=Text(
            "归一化一步要多花时间，快不到一倍就未必合算。",
            "A step with normalisation costs more, so less than half the steps may not pay.",
        ),
        scope=Text(
            "4 层、每层 32 个单元，5,000 张手写数字，普通梯度下降，六个学习率从 0.03 到 10；"
            "在某个学习率上 2,000 步内读对八成验证图，这个学习率就算能用。",
            "Four layers of 32 units, 5,000 digits, plain descent, six rates from 0.03 to 10. A "
            "rate is usable where it reads 80 % of the validation images within 2,000 steps.",
        ),
        evidence=(Figure("14x fewer steps", "Ioffe & Szegedy (2015), figure 2 (Inception)"),),
    ),
    Claim(
        id="bn-eval-uses-current-batch",
        chapter="optimisation",
        says=Text(
            "推断时，把当前批的均值与以前的均值合起来用。",
            "At inference the current mean is combined with earlier means.",
        ),
        note="002#batch normalization - TESTING",
        test=Text(
            "推断时换掉同批的其他样本，看某个样本的答案变不变、滑动均值动不动。",
            "At inference the company of an example is exchanged: does its answer change, does the "
            "running mean move?",
        ),
        check="tidu.claims.exact.batch_norm_at_inference:check",
        evidence=(Figure("algorithm 2", "Ioffe & Szegedy (2015)"),),
        correct=Text(
            "均值只在训练时滑动更新；推断时只用存下的均值和方差，与当前批无关。",
            "The mean is moved in training only. Inference uses the stored mean and variance "
            "alone, whatever the present batch is.",
        ),
    ),
    Claim(
        id="depth-vanishes-gradients",
        chapter="optimisation",
        says=Text(
            "网络越深，传到前面的梯度越小。",
            "The deeper the net, the smaller the gradient that arrives.",
        ),
        note="001#训练时遇到的其他问题",
        test=Text(
            "还没训练时，第一层与最后一层梯度范数之比：16 层的网络与 3 层的网络。",
            "Before any training: the gradient of the first layer as a share of the last one's, in "
            "nets of 16 layers against nets of 3.",
        ),
        conditions=tuple(
            Condition(
                id,
                when,
                Arm("gradient-flow", f"reach_{id}", {"depths": (2, 16), "steps": 1}, "quick"),
                Arm("gradient-flow", f"reach_{id}", {"depths": (2, 3), "steps": 1}, "quick"),
            )
            for id, when in (
                ("sigmoid", Text("激活函数是 sigmoid", "the activation is a sigmoid")),
                ("relu", Text("ReLU 配 He 初始化", "it is ReLU with He initialisation")),
                ("residual", Text("有残差连接", "there are residual connections")),
                ("normalised", Text("有批归一化", "there is batch normalisation")),
            )
        ),
        direction="lower",
        scale="ratio",
        smallest=2.0,
        because=Text(
            "深了五倍，梯度小不到一半，就算不上消失。",
            "Five times the depth with less than half of the gradient lost is no vanishing.",
        ),
        scope=Text(
            "每层 32 个单元，手写数字，刚初始化的网络。",
            "32 units a layer, digits, networks just initialised.",
        ),
        evidence=(
            Figure("figure 7", "Glorot & Bengio (2010), AISTATS"),
            Figure("figure 3", "He et al. (2015), ICCV (Delving deep into rectifiers)"),
        ),
    ),
)
