"""Claims about the first models: regression, classification, activations, descent."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition, Reading
from tidu.words import Text

MUCH = {"epochs": 12}  # 62 steps a pass
LITTLE = {"rows": 400, "epochs": 124}  # 6 steps a pass, and as many in all

UNBENT = {"activation": "identity"}
BRIEF = {"steps": 500}
SPIRALS = (  # preset, data, and the activation it has
    ("standard", Text("三条螺旋臂", "three spiral arms"), "tanh"),
    ("two-spirals", Text("两条螺旋线", "two spirals"), "ReLU"),
)


def _wide(metric: str, width: int) -> Arm:
    """A network of one hidden layer that is trained to the end."""
    fields = {"hidden": (width,), "lr": 0.003}
    return Arm("early-stopping", metric, fields, quick={"steps": 400})


SWEPT = (1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0, 100.0)
MODELS: tuple[tuple[str, Text, tuple[int, ...]], ...] = (
    ("softmax", Text("softmax 回归", "softmax regression"), ()),
    ("one-layer", Text("一层 32 个单元的网络", "a net with a layer of 32"), (32,)),
    ("three-layers", Text("三层各 32 个单元的网络", "a net with three layers of 32"), (32, 32, 32)),
)


def _swept(metric: str, hidden: tuple[int, ...]) -> Arm:
    """A model trained by plain descent at every rate of the sweep."""
    fields = {"optimizers": ("sgd",), "hidden": hidden, "rates": len(SWEPT), "every_rate": True}
    ends = {"lowest": SWEPT[0], "highest": SWEPT[-1], "epochs": 30}
    return Arm("optimizers", metric, fields | ends, "quick", {"epochs": 12})


CLAIMS = (
    Claim(
        id="softmax-example",
        chapter="foundations",
        says=Text(
            "softmax([1, 2, 3]) = [0.0900, 0.6652, 0.2447]。",
            "softmax([1, 2, 3]) = [0.0900, 0.6652, 0.2447].",
        ),
        note="002#多分类问题",
        test=Text(
            "用 50 位小数算一遍；再看从小到大的输入会不会在中间得到最大的概率。",
            "Computed with 50 digits; and whether increasing inputs can have the largest "
            "probability in the middle.",
        ),
        check="tidu.claims.exact.softmax_example:check",
        evidence=(Figure("monotone in each input", "Bridle (1990), Neurocomputing, section 3"),),
        correct=Text(
            "后两个数写反了：softmax([1, 2, 3]) = [0.0900, 0.2447, 0.6652]。"
            "softmax 不改变大小次序。",
            "The last two are swapped: softmax([1, 2, 3]) = [0.0900, 0.2447, 0.6652]. Softmax "
            "keeps the order of its inputs.",
        ),
    ),
    Claim(
        id="bce-is-mle",
        chapter="foundations",
        says=Text(
            "最小化交叉熵就是最大化伯努利分布的似然。",
            "Minimising cross-entropy is maximising the Bernoulli likelihood.",
        ),
        note="002#损失函数",
        test=Text(
            "在随机生成的数据上比较两边的数值和梯度，再各用牛顿法找一次最低点。",
            "Value and gradient of both on generated data, and the lowest place found from each "
            "side by Newton's method.",
        ),
        check="tidu.claims.exact.bce_is_mle:check",
        evidence=(Figure("the same function", "Cox (1958), JRSS B 20(2), section 2"),),
    ),
    Claim(
        id="linear-regression-convex",
        chapter="foundations",
        says=Text("线性回归没有局部最优。", "Linear regression has no local optimum."),
        note="002#找到最好的函数",
        test=Text(
            "从 32 个很远的起点做梯度下降，看是否都到达闭式解的最低点；神经网络照做一遍。",
            "Descent from 32 far starts: do all reach the lowest loss of the closed form? And "
            "those of a neural network?",
        ),
        check="tidu.claims.exact.linear_regression_convex:check",
        evidence=(
            Figure("convex", "Boyd & Vandenberghe (2004), Convex Optimization, section 1.2"),
        ),
    ),
    Claim(
        id="stacked-linear-is-linear",
        chapter="foundations",
        says=Text(
            "没有激活函数，叠多少层都等于一层。", "Without an activation, depth adds nothing."
        ),
        note="001#激活函数",
        test=Text(
            "把随机生成的多层线性网络合并成一个矩阵，比较输出；中间加上 ReLU 时必须合并不了。"
            "再在螺旋上训练没有激活函数的多层网络，与一层的比新点上的准确率；旁边记下有激活函数的。",
            "Generated stacks of linear layers are collapsed into one matrix and compared; with "
            "ReLU between they must not collapse. And on spirals, a deep net without an activation "
            "is trained and held against a single layer by accuracy on new points, with the "
            "accuracy of the same net with an activation beside.",
        ),
        check="tidu.claims.exact.stacked_linear:check",
        conditions=tuple(
            Condition(
                preset,
                Text(f"在{data.zh}上训练", f"a net is trained on {data.en}"),
                Arm("spiral", "mlp_accuracy", UNBENT, preset, BRIEF),
                Arm("spiral", "linear_accuracy", UNBENT, preset, BRIEF),
            )
            for preset, data, _ in SPIRALS
        ),
        readings=tuple(
            Reading(
                Text(f"{data.zh}，{net.zh}：准确率", f"{data.en}, {net.en}: accuracy"),
                Arm("spiral", metric, fields, preset, BRIEF),
            )
            for preset, data, bend in SPIRALS
            for net, metric, fields in (
                (Text("一层", "a single layer"), "linear_accuracy", UNBENT),
                (Text("多层，没有激活函数", "deep, no activation"), "mlp_accuracy", UNBENT),
                (Text(f"多层，{bend}", f"deep, {bend}"), "mlp_accuracy", {}),
            )
        ),
        direction="lower",
        smallest=-0.02,
        because=Text(
            "多出来的准确率不到两个百分点，算“没有用处”。",
            "Depth adds nothing where it gains less than two points of accuracy.",
        ),
        scope=Text(
            "三条带噪声的螺旋臂，两层 32 个单元；两条螺旋线，三层 64 个单元；"
            "步数和学习率与一层的相同。",
            "Three noisy spiral arms with two layers of 32 units, two spirals with three of 64; "
            "steps and learning rates as for the single layer.",
        ),
        evidence=(
            Figure("W_n ... W_1 is a matrix", "Goodfellow et al. (2016), Deep Learning, 6.1"),
        ),
    ),
    Claim(
        id="learning-rate-extremes",
        chapter="foundations",
        says=Text(
            "学习率太大会越过去甚至发散，太小则慢得几乎不动。",
            "Too large a learning rate oversteps or diverges, too small a one crawls.",
        ),
        note="003#梯度下降",
        test=Text(
            "在随机生成的二次型上真正下降：学习率取 2/λ_max 的 1.02 倍、0.98 倍和万分之一。"
            "再在数字上训练三个模型，学习率从 0.0001 到 100 隔十倍取一个：最小的、最大的，各与其中"
            "最好的比测试准确率。",
            "Descent really done on generated bowls, with 1.02, 0.98 and 0.0001 times the limit "
            "2/λ_max. And three models trained on digits at rates from 0.0001 to 100, ten times "
            "apart: test accuracy at the best of them against the smallest and the largest.",
        ),
        check="tidu.claims.exact.learning_rate_extremes:check",
        conditions=tuple(
            Condition(
                f"{id}-{name}",
                Text(f"{model.zh}，学习率{far.zh}", f"{model.en} has {far.en}"),
                _swept("accuracy_sgd", hidden),
                _swept(f"accuracy_sgd_at_{rate:g}", hidden),
            )
            for id, model, hidden in MODELS
            for name, rate, far in (
                ("small", SWEPT[0], Text("太小（0.0001）", "too small a rate (0.0001)")),
                ("large", SWEPT[-1], Text("太大（100）", "too large a rate (100)")),
            )
        ),
        readings=tuple(
            Reading(
                Text(
                    f"{model.zh}，学习率 {rate:g}：准确率",
                    f"{model.en}, at a rate of {rate:g}: accuracy",
                ),
                _swept(f"accuracy_sgd_at_{rate:g}", hidden),
            )
            for _, model, hidden in MODELS
            for rate in SWEPT
        ),
        smallest=0.05,
        because=Text(
            "准确率少不到五个百分点，谈不上发散或不动。",
            "Losing less than five points of accuracy is neither to diverge nor to crawl.",
        ),
        scope=Text(
            "1,437 张 8×8 数字，普通梯度下降，每批 64 张，30 轮；最好的学习率按训练损失选。"
            "轮数是看过 5 个种子、3 轮的试跑之后加长的：三层的网络那时在哪个学习率上都没学会。",
            "1,437 digits of 8 x 8, plain descent in batches of 64, 30 passes; the best rate is "
            "chosen by the training loss. The passes were set after a trial of 5 seeds and 3 "
            "passes, in which the net of three layers learned at no rate.",
        ),
        evidence=(Figure("lr < 2/λ_max", "LeCun et al. (1998), Efficient BackProp, section 5.1"),),
    ),
    Claim(
        id="regression-bad-classifier",
        chapter="foundations",
        says=Text(
            "一个很远但没有错的点（1000）会毁掉用最小二乘做的分类，却毁不掉逻辑回归。",
            "A far but correct point (1000) spoils least squares as a classifier, not logistic "
            "regression.",
        ),
        note="002#从regression问题出发",
        test=Text(
            "给随机生成的两类点加上一个自己那一侧的点，近的或在 1000，看原来的点多认错几个。",
            "To generated clouds of two classes one point is added on its own side, near or at "
            "1000; how many of the old points are read wrongly more.",
        ),
        check="tidu.claims.exact.regression_bad_classifier:check",
        evidence=(
            Figure("figure 4.4", "Bishop (2006), Pattern Recognition and Machine Learning, 4.1.3"),
        ),
    ),
    Claim(
        id="logistic-cannot-xor",
        chapter="foundations",
        says=Text(
            "线性不可分的数据，逻辑回归分不开；学一个变换就分得开。",
            "Linearly inseparable data defeat logistic regression; a learned transformation "
            "solves them.",
        ),
        note="002#逻辑回归的缺陷以及引入神经网络",
        test=Text(
            "在螺旋上，一层线性模型与有隐藏层的网络比新点上的准确率。",
            "On spirals: a linear model and a network with hidden layers, accuracy on new points.",
        ),
        conditions=(
            Condition(
                "three-arms",
                Text("数据是三条螺旋臂", "the data are three spiral arms"),
                Arm("spiral", "mlp_accuracy"),
                Arm("spiral", "linear_accuracy"),
            ),
            Condition(
                "two-spirals",
                Text("数据是两条螺旋线", "the data are two spirals"),
                Arm("spiral", "mlp_accuracy", preset="two-spirals"),
                Arm("spiral", "linear_accuracy", preset="two-spirals"),
            ),
        ),
        smallest=0.2,
        because=Text(
            "低于二十个百分点，还可以说线性模型只是差一些，而不是分不开。",
            "Below twenty points one could call the linear model worse, but not defeated.",
        ),
        scope=Text(
            "二维的点，每臂 100 至 200 个，网络有两层隐藏层。",
            "Points in the plane, one to two hundred an arm; a network with two hidden layers.",
        ),
        evidence=(
            Figure("49 % against 98 %", "Stanford CS231n notes, case study (training accuracy)"),
        ),
    ),
    Claim(
        id="higher-degree-overfits",
        chapter="foundations",
        says=Text(
            "模型越复杂，训练集上越好；过了某一点，测试集上反而越差。",
            "A more complex model fits the training set better and, past a point, the test set "
            "worse.",
        ),
        note="002#提高model复杂度",
        test=Text(
            "多项式次数从 0 到 12：最高次数与交叉验证选中的次数，比测试误差。"
            "网络宽度 4、64、1,024：宽的与窄的比测试误差，旁边记下训练误差。",
            "Polynomials of degree 0 to 12: test error at the highest degree against that at the "
            "degree that cross-validation chooses. Networks 4, 64 and 1,024 wide: test error of "
            "the wider against the narrower, training error beside.",
        ),
        conditions=(
            Condition(
                "few-points",
                Text("只有 15 个带噪声的点", "there are only 15 noisy points"),
                Arm("polynomial-regression", "test_mse_at_end", preset="quick"),
                Arm("polynomial-regression", "test_mse_at_turn", preset="quick"),
            ),
            Condition(
                "many-points",
                Text("有 353 行真实数据", "there are 353 rows of real data"),
                Arm("polynomial-regression", "test_mse_at_end"),
                Arm("polynomial-regression", "test_mse_at_turn"),
            ),
            Condition(
                "wide-net",
                Text("网络宽 64，与宽 4 比", "a network 64 wide is held against one 4 wide"),
                _wide("test_mse_whole", 64),
                _wide("test_mse_whole", 4),
            ),
            Condition(
                "very-wide-net",
                Text(
                    "网络宽 1,024，与宽 64 比", "a network 1,024 wide is held against one 64 wide"
                ),
                _wide("test_mse_whole", 1024),
                _wide("test_mse_whole", 64),
            ),
        ),
        readings=tuple(
            Reading(
                Text(f"网络宽 {width}：{which.zh}", f"a network {width} wide: {which.en}"),
                _wide(metric, width),
            )
            for width in (4, 64, 1024)
            for which, metric in (
                (Text("训练误差", "training error"), "train_mse_whole"),
                (Text("测试误差", "test error"), "test_mse_whole"),
            )
        ),
        direction="higher",
        scale="ratio",
        smallest=1.1,
        because=Text(
            "测试误差高不到一成，用哪个次数都差不多。",
            "With less than a tenth more test error, either degree would do.",
        ),
        scope=Text(
            "一个输入的多项式；糖尿病表上一层隐藏单元的网络，283 行，3,000 步 Adam。",
            "Polynomials of one input; networks with one hidden layer on the diabetes table, 283 "
            "rows, 3,000 steps of Adam.",
        ),
        seeds=30,
        evidence=(
            Figure("figure 1.5", "Bishop (2006), Pattern Recognition and Machine Learning, 1.1"),
            Figure("double descent", "Belkin et al. (2019), PNAS 116(32)"),
        ),
    ),
    Claim(
        id="more-data-reduces-overfitting",
        chapter="foundations",
        says=Text("更多的数据减轻过拟合。", "More data reduces overfitting."),
        note="001#从数据和模型入手",
        test=Text("训练与测试之差随样本数的变化。", "The train-test gap against sample count."),
        conditions=tuple(
            Condition(
                id,
                when,
                Arm("dropout", metric, MUCH, preset="quick", quick={"epochs": 5}),
                Arm("dropout", metric, LITTLE, preset="quick", quick={"epochs": 52}),
            )
            for id, metric, when in (
                ("plain", "gap_without", Text("不用 dropout", "there is no dropout")),
                ("dropout", "gap", Text("用了 dropout", "there is dropout")),
            )
        ),
        direction="lower",
        smallest=0.01,
        because=Text(
            "错误率之差缩小不到一个百分点，多收集的数据不值。",
            "Closing the gap by less than a point of error does not pay for collecting more.",
        ),
        scope=Text(
            "4,000 张手写数字与其中的 400 张比，隐藏层 128 与 128，步数相等，1,000 张测试图。",
            "4,000 digits against 400 of them, hidden layers of 128 and 128, equal steps, 1,000 "
            "test images.",
        ),
        evidence=(
            Figure("figure 5.4", "Goodfellow et al. (2016), Deep Learning, section 5.2"),
            Figure("chapter 3", "Nielsen (2015), Neural Networks and Deep Learning"),
        ),
    ),
)
