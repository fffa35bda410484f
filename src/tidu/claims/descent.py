"""Claims about descent: batches, their order, optimisers."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
from tidu.words import Text

DIGITS = {"rates": 25, "lowest": 1e-5, "highest": 10.0}  # a factor of 1.8 between two rates
FULL, MINI = (0.1, 0.3, 1.0, 3.0, 10.0), (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SWEEP = {"full_rates": FULL, "mini_rates": MINI, "single_rates": (0.003,)}
PASSES = {**SWEEP, "hidden": (32,), "full_epochs": 30, "mini_epochs": 30}
UPDATES = {**PASSES, "full_epochs": 1320}  # as many steps as 30 passes of 44 batches
FEWER = {"full_epochs": 10, "mini_epochs": 10}
FEW_UPDATES = {"full_epochs": 440, "mini_epochs": 10}
WELL = {"well": True, "full_epochs": 1, "mini_epochs": 1, "single_epochs": 1}
ORDERED = {**SWEEP, "mini_epochs": 20, "full_epochs": 1}

CLAIMS = (
    Claim(
        id="sgd-escapes-local-minima",
        chapter="optimisation",
        says=Text(
            "随机梯度有助于避开局部最优。", "Stochastic gradients help to avoid local optima."
        ),
        note="000#深度学习入门",
        test=Text(
            "全批量与小批量，步数相同和轮数相同各比一次；再加一维双井。",
            "Full batch against mini-batches at equal updates and at equal epochs, and a double "
            "well in one dimension.",
        ),
        conditions=(
            Condition(
                "double-well",
                Text(
                    "地形是一维双井，梯度的噪声能翻过中间的坎",
                    "the terrain is a double well with noise of the size of its barrier",
                ),
                Arm("mini-batch", "well_mini", WELL, preset="quick"),
                Arm("mini-batch", "well_full", WELL, preset="quick"),
            ),
            Condition(
                "equal-epochs",
                Text("在数字图片上遍数相同", "passes are equal, on digits"),
                Arm("mini-batch", "loss_mini", PASSES, preset="quick", quick=FEWER),
                Arm("mini-batch", "loss_full", PASSES, preset="quick", quick=FEWER),
            ),
            Condition(
                "equal-updates",
                Text("在数字图片上更新次数相同", "updates are equal, on digits"),
                Arm("mini-batch", "loss_mini", UPDATES, preset="quick", quick=FEW_UPDATES),
                Arm("mini-batch", "loss_full", UPDATES, preset="quick", quick=FEW_UPDATES),
            ),
        ),
        direction="lower",
        scale="ratio",
        smallest=1.1,
        because=Text(
            "最后的损失低不到一成，谈不上避开了局部最优。",
            "A final loss less than a tenth lower is no better optimum.",
        ),
        scope=Text(
            "1,437 张 8×8 数字，一层 32 个隐藏单元，每批 32 张，各用自己最好的学习率，比训练损失；"
            "双井里 200 个起点，噪声的标准差是坡度的几倍。",
            "1,437 digits of 8 x 8, 32 hidden units, batches of 32, each at its best rate; the "
            "training loss. In the well 200 starts, one batch's noise about as steep as the slope.",
        ),
        evidence=(Figure("section 4.1", "LeCun et al. (1998), Efficient BackProp"),),
    ),
    Claim(
        id="shuffling-helps",
        chapter="optimisation",
        says=Text(
            "先学完所有的猫再学所有的狗，不如混在一起学。",
            "Training on all cats and then all dogs is worse than mixed batches.",
        ),
        note="003#训练数据的顺序",
        test=Text(
            "按类排好、只打乱一次、每轮都打乱。", "Sorted, shuffled once, shuffled each epoch."
        ),
        conditions=tuple(
            Condition(
                f"{order or 'each-pass'}-{source}",
                Text(f"{when.zh}，{what.zh}", f"{when.en}, on {what.en}"),
                Arm(
                    "mini-batch",
                    "accuracy_mini",
                    {**ORDERED, "source": source, "order": order},
                    preset="quick",
                    quick={"mini_epochs": 6},
                ),
                Arm(
                    "mini-batch",
                    "accuracy_mini",
                    {**ORDERED, "source": source, "order": "sorted"},
                    preset="quick",
                    quick={"mini_epochs": 6},
                ),
            )
            for source, what in (
                ("digits", Text("8×8 的数字", "digits of 8 x 8")),
                ("mnist-5k", Text("28×28 的数字", "digits of 28 x 28")),
            )
            for order, when in (
                (None, Text("每轮都打乱", "shuffled for every pass")),
                ("once", Text("只打乱一次", "shuffled once")),
            )
        ),
        smallest=0.02,
        because=Text(
            "准确率差不到两个百分点，不必为它打乱数据。",
            "Less than two points of accuracy would not be worth the shuffling.",
        ),
        scope=Text(
            "1,437 张与 4,000 张数字，一层 16 个隐藏单元，每批 32 张，20 轮，对照是按类排好；"
            "各用 0.003 至 3 七个学习率里最好的。",
            "1,437 and 4,000 digits, 16 hidden units, batches of 32, 20 passes, against images "
            "sorted by class; each at the best of seven rates from 0.003 to 3.",
        ),
        evidence=(Figure("section 4.2", "LeCun et al. (1998), Efficient BackProp"),),
    ),
    Claim(
        id="adam-needs-less-tuning",
        chapter="optimisation",
        says=Text(
            "自适应方法效果更好，也更稳。", "Adaptive methods improve the effect and the stability."
        ),
        note="003#如何根据损失函数的梯度、学习率更新权重",
        test=Text(
            "各优化器与自己最好成绩相差 1 % 以内的学习率有多宽。",
            "Width of the band of rates within 1 % of each optimiser's best.",
        ),
        conditions=tuple(
            Condition(
                f"{adaptive}-{plain}",
                Text(f"{ours} 与 {theirs.zh} 比", f"{ours} is compared with {theirs.en}"),
                Arm("optimizers", f"band_{adaptive}", DIGITS, preset="quick"),
                Arm("optimizers", f"band_{plain}", DIGITS, preset="quick"),
            )
            for adaptive, ours in (("adam", "Adam"), ("rmsprop", "RMSProp"))
            for plain, theirs in (
                ("sgd", Text("普通梯度下降", "plain descent")),
                ("momentum", Text("带动量的下降", "momentum")),
            )
        ),
        smallest=0.25,
        because=Text(
            "宽不到四分之一个数量级（1.8 倍），一轮粗略的扫描看不出来。",
            "A quarter of a decade, a factor of 1.8, is one place of a coarse sweep.",
        ),
        scope=Text(
            "1,437 张 8×8 数字，一层 32 个隐藏单元，6 轮，学习率从 0.00001 到 10 共 25 个；"
            "测试准确率与各自最好的相差不到 1 % 才算。最好成绩本身没有比。",
            "1,437 digits of 8 x 8, 32 hidden units, 6 passes, 25 rates from 0.00001 to 10; test "
            "accuracy within 1 % of the method's own best. The bests are not compared.",
        ),
        evidence=(
            Figure(
                "tuned SGD as good",
                "Wilson et al. (2017), NeurIPS (The marginal value of adaptive gradient methods)",
            ),
        ),
    ),
)
