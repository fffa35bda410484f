"""Claims about training: descent, regularisation, normalisation, depth."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
from tidu.words import Text

LONG = {"hidden": (512, 512), "dropout": 0.5, "input_dropout": 0.2, "epochs": 40}
SHORT = {**LONG, "epochs": 2}

DIGITS = {"rates": 25, "lowest": 1e-5, "highest": 10.0}  # a factor of 1.8 between two rates
FULL, MINI = (0.1, 0.3, 1.0, 3.0, 10.0), (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SWEEP = {"full_rates": FULL, "mini_rates": MINI, "single_rates": (0.003,)}
PASSES = {**SWEEP, "hidden": (32,), "full_epochs": 30, "mini_epochs": 30}
UPDATES = {**PASSES, "full_epochs": 1320}  # as many steps as 30 passes of 44 batches
FEWER = {"full_epochs": 10, "mini_epochs": 10}
FEW_UPDATES = {"full_epochs": 440, "mini_epochs": 10}
WELL = {"well": True, "full_epochs": 1, "mini_epochs": 1, "single_epochs": 1}
BRIEF = {"budget": 800}
ORDERED = {**SWEEP, "mini_epochs": 20, "full_epochs": 1}
RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)

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
            "各用自己最好的学习率，数到达同一验证准确率的步数。",
            "Each at its own best rate: steps until the same validation accuracy.",
        ),
        conditions=tuple(
            Condition(
                activation,
                Text(f"激活函数是 {activation}", f"the activation is {activation}"),
                Arm(
                    "batch-norm",
                    "steps_with",
                    {"activation": activation, "rates": RATES},
                    "quick",
                    BRIEF,
                ),
                Arm(
                    "batch-norm",
                    "steps_without",
                    {"activation": activation, "rates": RATES},
                    "quick",
                    BRIEF,
                ),
            )
            for activation in ("sigmoid", "tanh", "relu")
        ),
        direction="lower",
        scale="ratio",
        smallest=2.0,
        because=Text(
            "归一化一步要多花时间，快不到一倍就未必合算。",
            "A step with normalisation costs more, so less than half the steps may not pay.",
        ),
        scope=Text(
            "4 层、每层 32 个单元，5,000 张手写数字，各取 0.03 至 10 六个学习率中最好的。",
            "Four layers of 32 units, 5,000 digits, each at the best of six rates from 0.03 to 10.",
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
