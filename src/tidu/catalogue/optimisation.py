"""Optimisation and regularisation: how parameters are found, and kept from fitting too well."""

from tidu.catalogue.entry import Figure, System, Target
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
        experiment="tidu.experiments.optimisation.optimizers",
        presets=("quick", "standard", "rosenbrock", "himmelblau", "ravine", "saddle"),
        sources=("digits", "mnist-5k", "mnist", "fashion-mnist"),
        notes=("003#如何根据损失函数的梯度、学习率更新权重", "000#SGD"),
    ),
    System(
        id="initialisation",
        chapter="optimisation",
        title=Text("权重初始化", "Initialisation of weights"),
        about=Text(
            "全零、N(0, 1)、Xavier、He 四种起点：激活值和梯度穿过十层之后，是消失、爆炸还是如初，"
            "逐层画成直方图；再照同样的步数训练，看每种起点要付出什么。",
            "Zeros, N(0, 1), Xavier and He: after ten layers activations and gradients have "
            "vanished, exploded or stayed as they were, shown as histograms layer by layer. Then "
            "each is trained for the same steps, to see what its start costs.",
        ),
        components=(
            "tidu.nn:all_zeros",
            "tidu.nn:unit_normal",
            "tidu.nn:xavier_normal",
            "tidu.nn:xavier_uniform",
            "tidu.nn:he_normal",
            "tidu.nn:he_uniform",
        ),
        experiment="tidu.experiments.optimisation.initialisation",
        presets=("quick", "standard"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("003#初始状态",),
        targets=(
            Target("standard", "torch_gap", "<=", 0.0, every=True),
            Target("standard", "forward_normal", ">=", 1000.0, every=True),
            Target("standard", "forward_xavier", "<=", 0.2, every=True),
            Target("standard", "forward_he", ">=", 0.3, every=True),
            Target("standard", "accuracy_zeros", "<=", 0.15, every=True),
            Target("standard", "accuracy_he", ">=", 0.95, every=True),
        ),
    ),
    System(
        id="gradient-flow",
        chapter="optimisation",
        title=Text("梯度消失与爆炸", "Vanishing and exploding gradients"),
        about=Text(
            "二十层 sigmoid 之后，第一层几乎收不到梯度；换 ReLU、加残差、做批归一化，"
            "三种办法各自都能治好。权重太大则反过来，梯度一层层放大到溢出，裁剪一下又能学了。"
            "任何实验加上 --watch gradients，都能看到每一层的梯度，并得到一句诊断。",
            "Behind twenty sigmoids hardly any gradient reaches the first layer, and ReLU, a way "
            "around each layer, or batch normalisation each cure that alone. With weights too "
            "large it grows until it overflows, and clipping lets the network learn. With --watch "
            "gradients any experiment shows every layer's gradient and says what is wrong.",
        ),
        components=(
            "tidu.nn:Residual",
            "tidu.record:GradientFlow",
            "tidu.record:diagnose",
            "tidu.optim:clip_norm",
            "tidu.optim:clip_value",
        ),
        experiment="tidu.experiments.optimisation.gradient_flow",
        presets=("quick", "standard"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("001#训练时遇到的其他问题", "002#梯度消失，爆炸"),
        targets=(
            Target("standard", "reach_sigmoid", "<=", 1e-6, every=True),
            Target("standard", "reach_relu", ">=", 0.1, every=True),
            Target("standard", "reach_residual", ">=", 0.1, every=True),
            Target("standard", "reach_normalised", ">=", 0.1, every=True),
            Target("standard", "accuracy_clipped", ">=", 0.85),
        ),
    ),
    System(
        id="lr-schedule",
        chapter="optimisation",
        title=Text("学习率与调度", "Learning rate and schedules"),
        about=Text(
            "学习率太小走不动，太大就飞出去。让它一路升高、看损失几时降够，就能提出一个学习率；"
            "再与整轮扫描比一比，看看恒定、阶梯、余弦、预热四种调度各差多少。"
            "任何实验都能这样问：--lr auto。",
            "Too small a rate gets nowhere, too large a one flies off. Let it rise, watch when the "
            "loss has fallen enough, and a rate is proposed, to be held against a whole sweep "
            "under four schedules: constant, step, cosine and warm-up. Any experiment can ask for "
            "it: --lr auto.",
        ),
        components=(
            "tidu.optim:proposed_rate",
            "tidu.optim:constant",
            "tidu.optim:step_decay",
            "tidu.optim:linear",
            "tidu.optim:cosine",
            "tidu.optim:exponential",
            "tidu.optim:warm_up",
            "tidu.optim:warmup_cosine",
        ),
        experiment="tidu.experiments.optimisation.lr_schedule",
        presets=("quick", "standard", "plain"),
        sources=("digits", "mnist-5k", "mnist", "fashion-mnist"),
        notes=("003#学习率",),
        targets=(Target("standard", "share_of_best", ">=", 0.99, every=True),),
    ),
    System(
        id="mini-batch",
        chapter="optimisation",
        title=Text("批量学习", "Mini-batches"),
        about=Text(
            "看完全部数据才走一步，看一小批走一步，还是看一张就走一步？梯度从精确到摇摆，"
            "步子从昂贵到便宜。同样的遍数、同样多的图片、同样的秒数，各能把损失降到哪里。",
            "One step for the whole data set, for a handful, or for a single image? The gradient "
            "goes from exact to wobbly, the step from dear to cheap. How low each gets the loss in "
            "equal passes, equal images and equal seconds.",
        ),
        components=("tidu.optim:double_well", "tidu.optim:double_well_walks"),
        experiment="tidu.experiments.optimisation.mini_batch",
        presets=("quick", "standard"),
        sources=("digits", "mnist-5k", "mnist", "fashion-mnist"),
        notes=("003#批量学习", "001#批量处理"),
    ),
    System(
        id="feature-normalisation",
        chapter="optimisation",
        title=Text("特征归一化", "Feature normalisation"),
        about=Text(
            "同一份数据，换个单位，下山的步数就差出几万倍。减去均值、除以标准差（只看训练行），"
            "狭长的山谷就变成一只圆碗：条件数、最大的学习率、两条下降的足迹，前后对照。",
            "The same data in other units can take ten thousand times the steps. Subtract the mean "
            "and divide by the deviation, of the training rows alone, and a narrow valley becomes "
            "a round bowl: condition number, largest learning rate and the way down, before and "
            "after.",
        ),
        components=("tidu.data:Standardiser",),
        experiment="tidu.experiments.optimisation.feature_normalisation",
        presets=("quick", "standard"),
        sources=("diabetes",),
        notes=("002#feature normalization",),
        targets=(
            Target("standard", "condition_gain", ">=", 1000.0, every=True),
            Target("standard", "steps_gain", ">=", 100.0, every=True),
        ),
    ),
    System(
        id="batch-norm",
        chapter="optimisation",
        title=Text("批归一化", "Batch normalisation"),
        about=Text(
            "每一层先把一批数据的每个特征拉回均值 0、方差 1，再用 γ、β 放开；用的时候改看滑动平均。"
            "很深的 sigmoid 网络本来要在原地徘徊几千步，有了它几百步就读懂数字："
            "两边各挑自己最快的学习率，公平地数步数。",
            "Every layer first brings each feature of the batch to mean 0 and variance 1, then "
            "sets it free by γ and β; in use, moving averages take over. A deep sigmoid network "
            "that would dither for thousands of steps reads digits after hundreds. The steps are "
            "counted fairly, each side at its own quickest learning rate.",
        ),
        components=("tidu.nn:BatchNorm1d", "tidu.nn:BatchNorm2d"),
        experiment="tidu.experiments.optimisation.batch_norm",
        presets=("quick", "standard"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("002#batch_normalization",),
        targets=(
            Target(
                "standard",
                "speedup",
                ">=",
                5.0,
                published=Figure("14 (Inception on ImageNet)", "Ioffe & Szegedy 2015, section 4.2"),
            ),
        ),
    ),
    System(
        id="layer-norm",
        chapter="optimisation",
        title=Text("层归一化", "Layer normalisation"),
        about=Text(
            "批归一化横着看一批样本，层归一化竖着看一个样本：同一个张量上，谁和谁共用一个均值，"
            "一眼就能看清。再看每批只剩两张图像时，哪一种还学得动。",
            "Batch normalisation looks across the examples, layer normalisation down a single one. "
            "See on one tensor which numbers share a mean, and which of the two still learns when "
            "only two images are left in a batch.",
        ),
        components=("tidu.nn:LayerNorm",),
        experiment="tidu.experiments.optimisation.layer_norm",
        presets=("quick", "standard"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("002#feature normalization",),
        targets=(Target("standard", "small_batch_gain", ">=", 1.0),),
    ),
    System(
        id="dropout",
        chapter="optimisation",
        title=Text("随机失活（Dropout）", "Dropout"),
        about=Text(
            "训练的每一步都随机让一半神经元闭嘴，谁也不能只靠某一个同伴；用的时候全员到齐。"
            "丢掉的是神经元，不是数据。同一个三层 1024 的大网络，有它和没有它，读 MNIST 错多少。",
            "In every step of training a random half of the neurons is silenced, so that none can "
            "lean on one other; in use all of them speak. It drops units, not data. The same large "
            "network of three times 1024 neurons reads MNIST with it and without it.",
        ),
        components=("tidu.nn:Dropout", "tidu.optim:max_norm"),
        experiment="tidu.experiments.optimisation.dropout",
        presets=("quick", "standard", "max-norm"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("001#从训练过程入手",),
        targets=(
            Target(
                "standard",
                "error",
                "<=",
                0.0125,
                published=Figure("0.0125; 0.0160 without", "Srivastava et al. 2014, table 2"),
            ),
            Target(
                "max-norm",
                "error",
                "<=",
                0.0125,
                published=Figure("0.0106", "Srivastava et al. 2014, table 2"),
            ),
        ),
    ),
    System(
        id="early-stopping",
        chapter="optimisation",
        title=Text("提前终止", "Early stopping"),
        about=Text(
            "训练误差一路往下，验证误差却在某一步掉头。耐心等上一阵，确认它不再下降就停手，"
            "并把当时最好的权重放回去：糖尿病数据上，停与不停，没见过的病人身上差多少误差。",
            "The training error keeps falling while the validation error turns at some step. Wait "
            "with patience, stop once it no longer falls, and put the best weights back: what that "
            "is worth on patients never seen.",
        ),
        components=("tidu.train:EarlyStopping",),
        experiment="tidu.experiments.optimisation.early_stopping",
        presets=("quick", "standard"),
        sources=("diabetes",),
        notes=("001#从训练过程入手",),
        targets=(
            Target("standard", "restored_gap", "<=", 0.0, every=True),
            Target("standard", "stopped_over_whole", "<=", 1.0, every=True),
        ),
    ),
    System(
        id="data-augmentation",
        chapter="optimisation",
        title=Text("数据增强", "Data augmentation"),
        about=Text(
            "旋转、平移、翻转、加噪声，整批在张量上一次做完。每种处理各训练一个网络，"
            "再拿干净的和动过手脚的测试图像来考：见过什么，就不怕什么；翻转却会教坏数字。",
            "Turn, move, mirror and add noise, a whole batch in one call. A network for each "
            "treatment is asked about clean and distorted test images: it does not fear what it "
            "has seen, and mirrored digits teach it something wrong.",
        ),
        components=(
            "tidu.vision:rotate",
            "tidu.vision:shift",
            "tidu.vision:random_flip",
            "tidu.vision:random_noise",
            "tidu.vision:random_affine",
            "tidu.vision:random_elastic",
            "tidu.vision:Warp",
        ),
        experiment="tidu.experiments.optimisation.data_augmentation",
        presets=("quick", "standard", "fashion"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("001#从数据和模型入手", "002#空间变换层(spatial transformer layer)/数据增强"),
        targets=(
            Target("standard", "clean_gain", ">=", 0.0, every=True),
            Target("standard", "distorted_gain", ">=", 0.1, every=True),
            Target("standard", "own_gain", ">=", 0.05, every=True),
        ),
    ),
    System(
        id="ensemble",
        chapter="optimisation",
        title=Text("集成", "Ensemble"),
        about=Text(
            "几个结构相同、起点不同的网络，在一次批量计算里一起训练。取平均或投票，"
            "都比随便问哪一个更准：看正确率怎样随人数上升，它们又为哪些图争执不下。",
            "Equal nets from different beginnings, trained together in one batched computation. "
            "Their mean and their vote are right more often than any one of them on average: see "
            "how accuracy grows with their number, and which images they quarrel about.",
        ),
        components=(
            "tidu.nn:Ensemble",
            "tidu.nn:mean_answer",
            "tidu.nn:majority_vote",
            "tidu.metrics:disagreement",
        ),
        experiment="tidu.experiments.optimisation.ensemble",
        presets=("quick", "standard", "fashion"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("002#ensemble上的应用",),
        targets=(
            Target("standard", "mean_gain", ">=", 0.001, every=True),
            Target("standard", "vote_gain", ">=", 0.001, every=True),
            Target("fashion", "mean_gain", ">=", 0.001, every=True),
            Target("fashion", "vote_gain", ">=", 0.001, every=True),
        ),
    ),
)
