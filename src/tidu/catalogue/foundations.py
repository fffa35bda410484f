"""Foundations: regression, the cost surface, the spiral."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

SYSTEMS = (
    System(
        id="perceptron",
        chapter="foundations",
        title=Text("感知机", "Perceptron"),
        about=Text(
            "只在犯错时才挪动的一条直线：分得开的点，它在诺维科夫界内必定分开；"
            "遇到异或就永远打转，手设权重的两层却一下子解开。",
            "A line that moves only when it is wrong. Points that can be parted it parts, within "
            "Novikoff's bound; before XOR it goes round for ever, and two layers set by hand do "
            "it at once.",
        ),
        components=(
            "tidu.nn:Perceptron",
            "tidu.nn:gate",
            "tidu.optim:perceptron_rule",
            "tidu.optim:perceptron_learning",
        ),
        experiment="tidu.experiments.foundations.perceptron",
        presets=("quick", "standard", "iris"),
        sources=("iris",),
        notes=("000#深度学习入门", "000#感知机、激活函数和神经网络三者关系"),
        targets=(
            Target("standard", "converged", ">=", 1.0, every=True),
            Target("standard", "share_of_bound", "<=", 1.0, every=True),
            Target("standard", "xor_converged", "<=", 0.0, every=True),
            Target("standard", "gates_right", ">=", 1.0, every=True),
        ),
    ),
    System(
        id="activation",
        chapter="foundations",
        title=Text("激活函数", "Activation functions"),
        about=Text(
            "阶跃、sigmoid、tanh、ReLU、leaky ReLU、GELU、softplus：值、导数和饱和区，"
            "再大的数也不溢出，与 PyTorch 一致。同一个网络换上七种激活函数去读手写数字，"
            "看训练之后单元停在曲线的哪一段，哪些已经饱和。",
            "Step, sigmoid, tanh, ReLU, leaky ReLU, GELU and softplus: value, slope and where they "
            "saturate, equal to PyTorch's for numbers of any size. One network reads digits with "
            "each of them: see where on the curve its units end up, and which are saturated.",
        ),
        components=(
            "tidu.nn:step",
            "tidu.nn:sigmoid",
            "tidu.nn:tanh",
            "tidu.nn:relu",
            "tidu.nn:leaky_relu",
            "tidu.nn:gelu",
            "tidu.nn:softplus",
        ),
        experiment="tidu.experiments.foundations.activation",
        presets=("quick", "standard"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("001#激活函数", "003#对神经元的理解"),
        targets=(
            Target("standard", "value_gap", "<=", 1e-12, every=True),
            Target("standard", "slope_gap", "<=", 1e-12, every=True),
        ),
    ),
    System(
        id="autograd",
        chapter="foundations",
        title=Text("计算图与反向传播", "Computational graph and backpropagation"),
        about=Text(
            "四百行 NumPy 写成的自动微分，一口气就能读完：每个数记得自己怎样算来，"
            "梯度沿原路走回去。任何式子都画成图，一步步看梯度怎样传；再用它训练螺旋和手写数字。",
            "Automatic differentiation in four hundred lines of NumPy, read in one sitting. Every "
            "number remembers how it was made, and gradients go back the same way. Any formula "
            "becomes a graph to walk back through; then it learns the spiral and the digits.",
        ),
        components=(
            "tidu.autograd:Value",
            "tidu.autograd:grad",
            "tidu.autograd:matmul",
            "tidu.autograd:conv2d",
            "tidu.autograd:max_pool2d",
            "tidu.autograd:cross_entropy",
            "tidu.autograd:MLP",
            "tidu.autograd:SGD",
        ),
        experiment="tidu.experiments.foundations.autograd",
        presets=("quick", "standard", "digits"),
        sources=("digits",),
        notes=("001#参数", "004#反向传播"),
        targets=(
            Target("standard", "gradient_gap", "<=", 1e-6, every=True),
            Target("standard", "expression_gap", "<=", 1e-6, every=True),
            Target(
                "standard",
                "accuracy",
                ">=",
                0.99,
                every=True,
                published=Figure("0.98 (training set)", "Stanford CS231n notes, case study"),
            ),
            Target("digits", "gradient_gap", "<=", 1e-6, every=True),
            Target("digits", "accuracy", ">=", 0.9, every=True),
        ),
    ),
    System(
        id="gradient-check",
        chapter="foundations",
        title=Text("数值微分与梯度检验", "Numerical differentiation and gradient check"),
        about=Text(
            "不用求导也能得到斜率：两边各挪一点，作差再除。拿它检验任何函数、任何网络的反向传播，"
            "弄错的梯度藏不住；再把二元函数的梯度画成一片箭头。",
            "A slope without calculus: step a little to both sides and divide. It checks "
            "backpropagation through any function or network, and no wrong gradient gets past it; "
            "and it draws the gradient of a function of two variables as a field of arrows.",
        ),
        components=(
            "tidu.optim:numerical_gradient",
            "tidu.optim:gradient_check",
            "tidu.optim:gradient_field",
        ),
        experiment="tidu.experiments.foundations.gradient_check",
        presets=("quick", "standard"),
        notes=("003#导数、偏导数和梯度",),
        targets=(
            Target("standard", "largest_error", "<=", 1e-6, every=True),
            Target("standard", "field_error", "<=", 1e-6, every=True),
            Target("standard", "caught", ">=", 1.0, every=True),
        ),
    ),
    System(
        id="linear-regression",
        chapter="foundations",
        title=Text("线性回归", "Linear regression"),
        about=Text(
            "同一条直线的两种求法：一步到位的闭式解（QR 分解）与一步步下山的梯度下降，"
            "在真实数据上直到小数点后六位都一致；也可换成你自己的 CSV。",
            "One line found twice: at once, in closed form (QR), and step by step, by gradient "
            "descent. On real data the two agree to six decimals; bring your own CSV if you like.",
        ),
        components=("tidu.optim:least_squares", "tidu.optim:gradient_descent"),
        experiment="tidu.experiments.foundations.linear_regression",
        presets=("quick", "standard"),
        sources=("diabetes",),
        notes=("002#回归", "003#梯度下降"),
        targets=(Target("standard", "max_gap", "<=", 1e-6, every=True),),
    ),
    System(
        id="cost-surface",
        chapter="foundations",
        title=Text("成本表面与等值线", "Cost surface and contours"),
        about=Text(
            "把损失画成地形：横轴是权重与偏置，高度是误差，下降的脚印画在上面；"
            "深层网络则沿两个按滤波器归一化的随机方向切开来看，"
            "再沿训练自己走得最多的两个方向切一刀，画出走过的路；训练好的任何网络都可以拿来。",
            "The loss as a landscape over weight and bias, with the footprints of descent on it; "
            "for a deep network, a cut along two filter-normalised random directions, and one "
            "along the two in which its training moved most, with its way on it. Any trained "
            "network will do.",
        ),
        components=(
            "tidu.optim:loss_surface",
            "tidu.optim:losses_on_plane",
            "tidu.optim:filter_normalised_directions",
            "tidu.optim:path_plane",
        ),
        experiment="tidu.experiments.foundations.cost_surface",
        presets=("quick", "standard", "deep"),
        sources=("diabetes",),
        notes=("003#成本表面和等值线图",),
    ),
    System(
        id="logistic-regression",
        chapter="foundations",
        title=Text("逻辑回归", "Logistic regression"),
        about=Text(
            "加权求和，再过一条 S 形曲线，就成了“是”的概率。牛顿法十来步走到底，与 scikit-learn "
            "不加惩罚的解一致；两类若被一个平面完全分开，解就不存在，程序会直说。"
            "也可换成你自己的 CSV。",
            "A weighted sum through an S-shaped curve is the probability of a yes. Newton's method "
            "is down in about ten steps and agrees with scikit-learn's unpenalised solution; where "
            "a plane parts the classes there is none, and the run says so. Bring your own CSV if "
            "you like.",
        ),
        components=(
            "tidu.losses:binary_cross_entropy",
            "tidu.optim:logistic_regression",
            "tidu.metrics:area_under_curve",
        ),
        experiment="tidu.experiments.foundations.logistic_regression",
        presets=("quick", "standard", "separable"),
        sources=("breast-cancer",),
        notes=("002#逻辑回归", "002#损失函数"),
        targets=(
            Target("standard", "sklearn_gap", "<=", 1e-6, every=True),
            Target("separable", "separable", ">=", 1.0, every=True),
        ),
    ),
    System(
        id="loss",
        chapter="foundations",
        title=Text("损失函数", "Loss functions"),
        about=Text(
            "均方误差、绝对误差、Huber、二元与多元交叉熵（含标签平滑）、合页损失："
            "值与梯度都和 PyTorch 一致。故意写错几个病人的数据，再看每种损失拟合出的直线"
            "被带偏多远，没见过的病人预测差了多少。",
            "Squared, absolute and Huber error, binary and multi-class cross-entropy (with label "
            "smoothing), hinge: value and gradient equal to PyTorch's. Spoil the records of a few "
            "patients, and see how far the line that each loss fits is led astray, and what it "
            "costs on patients not seen.",
        ),
        components=(
            "tidu.losses:mean_squared_error",
            "tidu.losses:mean_absolute_error",
            "tidu.losses:huber",
            "tidu.losses:hinge",
        ),
        experiment="tidu.experiments.foundations.loss",
        presets=("quick", "standard"),
        sources=("diabetes",),
        notes=("003#损失函数",),
        targets=(
            Target("standard", "value_gap", "<=", 1e-12, every=True),
            Target("standard", "gradient_gap", "<=", 1e-12, every=True),
            Target("standard", "harm_absolute", "<=", 1.1),
            Target("standard", "harm_huber", "<=", 1.1),
        ),
    ),
    System(
        id="softmax-regression",
        chapter="foundations",
        title=Text("多分类 softmax 回归", "Softmax regression"),
        about=Text(
            "十个类别，十张权重模板，直接盖在像素上打分，softmax 把分数变成概率。"
            "模板可以当作图像来看；温度决定同样的分数有多大的把握。",
            "Ten templates of weights, one for each class, laid straight on the pixels; softmax "
            "turns their scores into probabilities. Look at the templates as images, and see how "
            "the temperature makes the same scores more or less sure.",
        ),
        components=(
            "tidu.nn:softmax",
            "tidu.nn:log_softmax",
            "tidu.nn:log_sum_exp",
            "tidu.losses:cross_entropy",
        ),
        experiment="tidu.experiments.foundations.softmax_regression",
        presets=("quick", "standard", "fashion"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("002#多分类问题", "004#softmax函数"),
        targets=(
            Target(
                "standard",
                "accuracy",
                ">=",
                0.925,
                published=Figure("0.917 (one class against the rest)", "Xiao et al. 2017, table 3"),
            ),
            Target(
                "fashion",
                "accuracy",
                ">=",
                0.84,
                published=Figure("0.842 (one class against the rest)", "Xiao et al. 2017, table 3"),
            ),
        ),
    ),
    System(
        id="polynomial-regression",
        chapter="foundations",
        title=Text("多项式回归与过拟合", "Polynomial regression and overfitting"),
        about=Text(
            "次数一次次加高，训练误差只降不升，没见过的数据却从某一次开始越来越糟。"
            "交叉验证找出这个转折，测试集只来对证；曲线也可以画在你自己的一列数据上。",
            "As the degree grows the training error only falls, while from some degree on new data "
            "fare worse. Cross-validation finds that turn and the test rows bear it out; draw the "
            "curves over a column of your own if you like.",
        ),
        components=("tidu.nn:Polynomial", "tidu.nn:chebyshev_basis"),
        experiment="tidu.experiments.foundations.polynomial_regression",
        presets=("quick", "standard"),
        sources=("diabetes",),
        notes=("002#提高model复杂度",),
        targets=(
            Target("standard", "train_fall", "<=", 1.0, every=True),
            Target("standard", "test_rise", ">=", 1.0),
        ),
    ),
    System(
        id="indicator-regression",
        chapter="foundations",
        title=Text("δ 指示特征回归（宝可梦）", "Indicator terms: a line for every species"),
        about=Text(
            "用 δ(物种 = s) 把每个物种自己的直线写进同一个线性模型：与逐个物种分开回归分毫不差，"
            "再用 F 检验和没见过的行问一句，分开划不划算。宝可梦、鸢尾花，或你自己的表。",
            "With δ(species = s) one linear model holds a line for every species, exactly those of "
            "separate regressions. An F-test and rows not seen say whether it pays: Pokémon, "
            "irises, or a table of your own.",
        ),
        components=("tidu.nn:IndicatorLinear", "tidu.nn:indicator_columns"),
        experiment="tidu.experiments.foundations.indicator_regression",
        presets=("quick", "standard"),
        sources=("pokemon", "iris"),
        notes=("002#重新设计model",),
        targets=(
            Target("standard", "max_gap", "<=", 1e-9, every=True),
            Target("standard", "held_out_ratio", "<=", 1.0, every=True),
            Target("standard", "p_value", "<=", 0.001, every=True),
        ),
    ),
    System(
        id="regularisation",
        chapter="foundations",
        title=Text("L1 / L2 正则化", "L1 and L2 regularisation"),
        about=Text(
            "给大权重标上价格，偏置除外：L2 让权重一起变小，L1 让不要紧的恰好为零。"
            "看每个权重随 λ 走过的路，由交叉验证定价，再看没见过的病人身上省下多少误差。",
            "A price on large weights, though not on the bias: L2 makes all of them smaller, L1 "
            "makes those that matter least exactly zero. Follow every weight along λ, let "
            "cross-validation set the price, and see what it saves on patients not seen.",
        ),
        components=(
            "tidu.losses:weight_penalty",
            "tidu.optim:ridge",
            "tidu.optim:lasso",
            "tidu.nn:Products",
        ),
        experiment="tidu.experiments.foundations.regularisation",
        presets=("quick", "standard"),
        sources=("diabetes",),
        notes=("002#正则化", "001#从训练过程入手"),
        targets=(
            Target("standard", "ridge_gap", "<=", 1e-6, every=True),
            Target("standard", "lasso_violation", "<=", 1e-6, every=True),
            Target("standard", "ridge_over_plain", "<=", 1.0, every=True),
            Target("standard", "lasso_over_plain", "<=", 1.0, every=True),
        ),
    ),
    System(
        id="mlp",
        chapter="foundations",
        title=Text("多层感知机", "Multilayer perceptron"),
        about=Text(
            "全连接网络：每个神经元看遍前一层，给“加权和有多正”打一个分，分数就是它的激活值。"
            "从课堂上的 784-16-16-10 到能认清数字和衣物的大网络，逐个神经元看它的权重与激活值。",
            "The fully connected network: every neuron looks at the whole layer before it and "
            "scores how positive its weighted sum is. From the 784-16-16-10 of the lecture to one "
            "that reads digits and clothes well, with the weights and activation of each neuron "
            "laid open.",
        ),
        components=("tidu.nn:MLP",),
        experiment="tidu.experiments.foundations.mlp",
        presets=("quick", "standard", "fashion", "lecture"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("004#什么是神经网络", "003#常见的神经网络类型"),
        targets=(
            Target(
                "standard",
                "accuracy",
                ">=",
                0.985,
                published=Figure("0.9804 (100 hidden, regularised)", "Nielsen 2015, chapter 3"),
            ),
            Target(
                "fashion",
                "accuracy",
                ">=",
                0.90,
                published=Figure("0.900 (the data's own MLP)", "Zalando Fashion-MNIST read-me"),
            ),
        ),
    ),
    System(
        id="tabular",
        chapter="foundations",
        title=Text("任意表格", "Any table"),
        about=Text(
            "给一份 CSV，指一列作目标：是回归还是分类，它自己看，也听你的。线性、多项式、逻辑、"
            "softmax 与多层感知机任选，或由交叉验证从够好的里面挑最简单的；测试行只看一次，"
            "每个数字都带区间、都与基准并列，再画出模型靠哪几列、往哪边用。",
            "Give a CSV file and name a target: whether that asks for numbers or classes it sees "
            "for itself, or is told. Linear, polynomial, logistic and softmax models and an MLP, "
            "or the simplest that cross-validation finds about as good as the best; test rows are "
            "looked at once, every figure has an interval and a baseline beside it, and pictures "
            "show which columns the model leans on, and which way.",
        ),
        components=("tidu.nn:Monomials", "tidu.nn:ColumnScale"),
        experiment="tidu.experiments.foundations.tabular",
        presets=("quick", "standard", "numbers"),
        sources=("breast-cancer", "wine", "iris", "diabetes", "pokemon"),
        notes=("002#回归", "002#分类问题", "002#提高model复杂度"),
        targets=(
            Target("standard", "beats_baseline", ">=", 1.0, every=True),
            Target("numbers", "beats_baseline", ">=", 1.0, every=True),
        ),
    ),
    System(
        id="spiral",
        chapter="foundations",
        title=Text("螺旋分类", "Spiral classification"),
        about=Text(
            "三条旋臂缠在一起，直线怎么也分不开；一个小网络把平面揉弯，就分开了。"
            "看它的边界怎样一步步长出来。",
            "Three arms wound into each other that no straight line can part, and the small "
            "network that bends the plane until it can. Watch its boundary grow.",
        ),
        components=("tidu.nn:StackedLinear",),
        experiment="tidu.experiments.foundations.spiral",
        presets=("quick", "standard", "two-spirals"),
        notes=("001#导语",),
        targets=(
            Target(
                "standard",
                "mlp_accuracy",
                ">=",
                0.99,
                every=True,
                published=Figure("0.98 (training set)", "Stanford CS231n notes, case study"),
            ),
            Target(
                "two-spirals",
                "mlp_train_accuracy",
                ">=",
                1.0,
                every=True,
                published=Figure("1.0 (the 194 points)", "Lang & Witbrock 1988"),
            ),
        ),
    ),
    System(
        id="clustering",
        chapter="foundations",
        title=Text("聚类与降维", "Clustering and dimension reduction"),
        about=Text(
            "没有标签，k-means 能把数字分成几堆？对着像素分，对着网络学到的特征再分一遍；"
            "PCA 和 t-SNE 把两者铺到平面上，纯度与互信息说出差多少。",
            "How well does k-means part the digits without a label? By their pixels, then by the "
            "features a net has learned; PCA and t-SNE lay both out in the plane, purity and "
            "mutual information put the difference into numbers.",
        ),
        components=(
            "tidu.optim:k_means",
            "tidu.optim:principal_components",
            "tidu.metrics:purity",
            "tidu.metrics:normalised_mutual_information",
        ),
        experiment="tidu.experiments.foundations.clustering",
        presets=("quick", "standard", "fashion"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("000#无监督学习",),
        targets=(
            Target("standard", "purity_features", ">=", 0.95, every=True),
            Target("standard", "nmi_gain", ">=", 0.2, every=True),
        ),
    ),
)
