"""Claims about overfitting and what is done against it."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
from tidu.words import Text

LONG = {"hidden": (512, 512), "dropout": 0.5, "input_dropout": 0.2, "epochs": 40}
SHORT = {**LONG, "epochs": 2}

CLAIMS = (
    Claim(
        id="l2-smooths",
        chapter="optimisation",
        says=Text(
            "权重小的函数更平滑，泛化更好；偏置不必惩罚。",
            "Smaller weights make a smoother function that generalises better; the bias needs no "
            "penalty.",
        ),
        note="002#正则化",
        test=Text(
            "交叉验证选出的岭回归与不加惩罚的最小二乘，比测试误差和输入梯度；再与连偏置也惩罚的比。",
            "Ridge regression with the penalty that cross-validation chooses against plain least "
            "squares, by test error and input gradient; and against ridge that penalises the bias.",
        ),
        conditions=(
            Condition(
                "many-features",
                Text("特征多（65 个，含平方与乘积）", "there are many features (65, with squares)"),
                Arm("regularisation", "test_mse_ridge"),
                Arm("regularisation", "test_mse_plain"),
            ),
            Condition(
                "few-features",
                Text("特征少（10 个）", "there are few features (10)"),
                Arm("regularisation", "test_mse_ridge", preset="quick"),
                Arm("regularisation", "test_mse_plain", preset="quick"),
            ),
            Condition(
                "smoother",
                Text(
                    "说的是平滑：输入梯度的范数（65 个特征）",
                    "what is meant is smoothness, the norm of the input gradient (65 features)",
                ),
                Arm("regularisation", "slope_ridge"),
                Arm("regularisation", "slope_plain"),
            ),
            Condition(
                "free-bias",
                Text(
                    "说的是偏置：不惩罚与惩罚相比（65 个特征）",
                    "what is meant is the bias, left free against penalised (65 features)",
                ),
                Arm("regularisation", "test_mse_ridge"),
                Arm("regularisation", "test_mse_bias_penalised"),
            ),
        ),
        direction="lower",
        scale="ratio",
        smallest=1.02,
        because=Text(
            "误差降不到 2 %，换一次划分就看不出来了。",
            "Less than 2 % of the error vanishes behind another split.",
        ),
        scope=Text(
            "糖尿病表，442 行，每个种子一种划分；目标值的均值约 152，没有减去。",
            "The diabetes table, 442 rows, another split for each seed; the targets have a mean of "
            "about 152, which is not taken off.",
        ),
        seeds=30,
        evidence=(Figure("always for some penalty", "Hoerl & Kennard (1970), theorem 4.3"),),
    ),
    Claim(
        id="dropout-regularises",
        chapter="optimisation",
        says=Text(
            "Dropout 让网络不依赖个别参数，减轻过拟合。",
            "Dropout reduces reliance on single parameters and overfitting.",
        ),
        note="001#从训练过程入手",
        test=Text(
            "小数据与全部数据上的差距和测试误差；它丢的是单元，不是数据。",
            "The same network with dropout and without, error on new digits, with much and with "
            "little training. It drops units, not data.",
        ),
        conditions=(
            Condition(
                "long",
                Text("训练到过拟合（40 轮）", "the training is long enough to overfit (40 epochs)"),
                Arm("dropout", "error", LONG, preset="quick", quick={"epochs": 12}),
                Arm("dropout", "error_without", LONG, preset="quick", quick={"epochs": 12}),
            ),
            Condition(
                "short",
                Text("训练很短（2 轮）", "the training is short (2 epochs)"),
                Arm("dropout", "error", SHORT, preset="quick"),
                Arm("dropout", "error_without", SHORT, preset="quick"),
            ),
        ),
        direction="lower",
        smallest=0.002,
        because=Text(
            "一千张测试图里差不到两张，换一批图就看不出来了。",
            "Fewer than two of a thousand test images vanish behind another thousand.",
        ),
        scope=Text(
            "4,000 张手写数字，隐藏层 512 与 512，丢一半单元、两成像素。",
            "4,000 digits, hidden layers of 512 and 512, half of the units and a fifth of the "
            "pixels dropped.",
        ),
        seeds=20,
        evidence=(Figure("1.60 -> 1.25 % on MNIST", "Srivastava et al. (2014), table 2"),),
    ),
    Claim(
        id="early-stopping-helps",
        chapter="optimisation",
        says=Text("提前终止防止过拟合。", "Stopping early prevents overfitting."),
        note="001#从训练过程入手",
        test=Text("停下那一步与最后一步的测试误差。", "Test error at the stop against at the end."),
        conditions=tuple(
            Condition(
                id,
                when,
                Arm("early-stopping", "test_mse_stopped", {"steps": steps}),
                Arm("early-stopping", "test_mse_whole", {"steps": steps}),
            )
            for id, steps, when in (
                ("long", 3000, Text("训练很久（3,000 步）", "the training is long (3,000 steps)")),
                ("short", 600, Text("训练不久（600 步）", "the training is short (600 steps)")),
            )
        ),
        direction="lower",
        scale="ratio",
        smallest=1.05,
        because=Text(
            "误差降不到 5 %，不值得留出验证行。",
            "Less than 5 % of the error does not pay for the rows kept for validation.",
        ),
        scope=Text(
            "糖尿病表，两层 64 宽的网络，每个种子一种划分。",
            "The diabetes table, a network of two layers of 64, another split for each seed.",
        ),
        seeds=20,
        evidence=(Figure("section 7.8", "Goodfellow et al. (2016), Deep Learning"),),
    ),
    Claim(
        id="augmentation-robust",
        chapter="optimisation",
        says=Text("数据增强让模型更稳健。", "Augmentation makes the model robust."),
        note="001#从数据和模型入手",
        test=Text(
            "训练时旋转、平移、加噪声，与不加比；干净的与变形的测试图各测一次。",
            "Trained with rotation, shift and noise, and without; tested on clean and on distorted "
            "images.",
        ),
        conditions=tuple(
            Condition(
                id,
                when,
                Arm("data-augmentation", f"{id}_with", preset="quick"),
                Arm("data-augmentation", f"{id}_without", preset="quick"),
            )
            for id, when in (
                ("distorted", Text("测试图也变了形", "the test images are distorted too")),
                ("clean", Text("测试图是干净的", "the test images are clean")),
            )
        ),
        smallest=0.02,
        because=Text(
            "准确率差不到两个百分点，算不上“稳健”。",
            "Less than two points of accuracy is not robustness.",
        ),
        scope=Text(
            "4,000 张手写数字，一层隐藏层，5 轮；变形就是训练时用的那几种。",
            "4,000 digits, one hidden layer, 5 epochs; the distortions are those of the training.",
        ),
        evidence=(Figure("figure 1", "Simard et al. (2003), ICDAR"),),
    ),
)
