"""Claims about images."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition, Reading
from tidu.words import Text

STILL = {"rotate": 0.0, "scale": 0.0, "shift": 0.0}  # training images as they are
MOVED = {**STILL, "moved": True}
QUICK = {"epochs": 3}


def _moved(metric: str, **fields: object) -> Arm:
    """A metric of LeNet on test images that are moved."""
    quick = {"epochs": 1} if "net" in fields else {"epochs": 1, "net": "lenet-5-1998"}  # narrower
    return Arm("lenet", metric, {**MOVED, **fields}, preset="quick", quick=quick)


def _still(measure: str, id: str, when: Text, pixels: int, **fields: object) -> Condition:
    """``accuracy`` or ``agreement`` where the images are moved, against the same net's at 0."""
    arms = [_moved(f"{measure}_moved_{distance}", **fields) for distance in (pixels, 0)]
    if measure == "accuracy":
        return Condition(id, when, *arms)
    same = Text(f"看答案变不变：{when.zh}", f"what counts is the same answer, and {when.en}")
    return Condition(f"{id}-agree", same, *arms)


MOVES: tuple[tuple[str, Text, int, dict[str, object]], ...] = (
    ("1-pixel", Text("平移 1 个像素", "it moves by 1 pixel"), 1, {}),
    ("2-pixels", Text("平移 2 个像素", "it moves by 2 pixels"), 2, {}),
    ("4-pixels", Text("平移 4 个像素", "it moves by 4 pixels"), 4, {}),
    ("8-pixels", Text("平移 8 个像素", "it moves by 8 pixels"), 8, {}),
    (
        "strides",
        Text("平移 2 个像素，没有池化", "it moves by 2 pixels, without pooling"),
        2,
        {"strides": True},
    ),
    (
        "padding",
        Text("平移 2 个像素，有填充", "it moves by 2 pixels, with padding"),
        2,
        {"padding": 2},
    ),
    (
        "dense",
        Text("平移 2 个像素，全连接网", "it moves by 2 pixels, in a dense net"),
        2,
        {"net": "lenet-300-100"},
    ),
    (
        "augmented",
        Text(
            "平移 4 个像素，训练图也平移过",
            "it moves by 4 pixels and the training images moved too",
        ),
        4,
        {"shift": 4.0},
    ),
)
WORDS = {"accuracy": Text("准确率", "accuracy"), "agreement": Text("预测一致率", "agreement")}


CLAIMS = (
    Claim(
        id="depthwise-ratio",
        chapter="vision",
        says=Text(
            "逐通道卷积加逐点卷积，参数约为原来的 1/k²。",
            "Depthwise and pointwise convolution need about 1/k² of the parameters.",
        ),
        note="002#架构设计",
        test=Text(
            "数一数真实的层有多少参数，换着核与通道数数。",
            "The parameters of real layers counted, over kernels and numbers of maps.",
        ),
        check="tidu.claims.exact.depthwise_ratio:check",
        evidence=(Figure("1/N + 1/D_K²", "Howard et al. (2017), MobileNets, section 3.1"),),
        correct=Text(
            "比值是 1/C_out + 1/k²；只有 C_out 远大于 k² 时才约为 1/k²。",
            "The ratio is 1/C_out + 1/k², which is about 1/k² only where C_out is much larger than "
            "k².",
        ),
    ),
    Claim(
        id="conv-needs-fewer-parameters",
        chapter="vision",
        says=Text(
            "共享权重让参数少好几个数量级，准确率不降。",
            "Weight sharing cuts the parameters by orders of magnitude and keeps accuracy.",
        ),
        note="002#输入",
        test=Text(
            "准确率相等时、参数相等时，全连接与卷积相比。",
            "Dense against convolution at equal accuracy and at equal parameters.",
        ),
        conditions=(
            Condition(
                "sixth",
                Text(
                    "卷积网的参数是全连接的六分之一（44,426 对 266,610）",
                    "the convolutional net has a sixth of the parameters (44,426 and 266,610)",
                ),
                Arm("lenet", "accuracy", {"net": "lenet-5-1998"}, "quick", QUICK),
                Arm("lenet", "accuracy", {"net": "lenet-300-100"}, "quick", QUICK),
            ),
            Condition(
                "equal",
                Text("参数相等（44,426 对 44,530）", "parameters are equal (44,426 and 44,530)"),
                Arm("lenet", "accuracy", {"net": "lenet-5-1998"}, "quick", QUICK),
                Arm("lenet", "accuracy", {"net": "lenet-300-100", "hidden": (56,)}, "quick", QUICK),
            ),
            Condition(
                "seventieth",
                Text(
                    "卷积网的参数是全连接的约七十分之一（3,917 对 266,610）",
                    "the convolutional net has a seventieth (3,917 and 266,610)",
                ),
                Arm("lenet", "accuracy", {"net": "lenet-5-1998", "hidden": (5,)}, "quick", QUICK),
                Arm("lenet", "accuracy", {"net": "lenet-300-100"}, "quick", QUICK),
            ),
        ),
        smallest=-0.005,
        because=Text(
            "少半个百分点以内算“准确率不降”。",
            "Accuracy is kept where less than half a point is lost.",
        ),
        scope=Text(
            "4,000 张手写数字，旋转、平移、缩放增强，10 轮，训练方法相同。",
            "4,000 digits, turned, moved and scaled in training, 10 passes, trained alike.",
        ),
        evidence=(Figure("LeNet-5 0.95 %, 300-100 3.05 % error", "LeCun et al. (1998), figure 9"),),
    ),
    Claim(
        id="translation-invariance",
        chapter="vision",
        says=Text(
            "图像内容移动，识别结果不变。", "Moving the content does not change recognition."
        ),
        note="001#核心特性",
        test=Text(
            "平移 0 至 8 个像素，有无池化、填充、增强：准确率，以及预测与不平移时一致的比例，"
            "各与不平移时比。",
            "Shifts of 0 to 8 pixels, with and without pooling, padding, augmentation: accuracy, "
            "and the share of predictions that stay as they were, against no shift.",
        ),
        conditions=tuple(
            _still(measure, id, when, pixels, **fields)
            for measure in WORDS
            for id, when, pixels, fields in MOVES
        ),
        readings=tuple(
            Reading(
                Text(
                    f"平移 {pixels} 个像素的{word.zh}", f"{word.en} at a shift of {pixels} pixels"
                ),
                _moved(f"{measure}_moved_{pixels}"),
            )
            for measure, word in WORDS.items()
            for pixels in range(9)
        ),
        smallest=-0.02,
        because=Text(
            "准确率掉不到两个百分点，或者变了的预测不到百分之二，算“不变”。",
            "Recognition is unchanged where less than two points of accuracy are lost, or fewer "
            "than two predictions in a hundred change.",
        ),
        scope=Text(
            "LeNet-5，4,000 张手写数字，10 轮；数字四周约有 4 个空白像素，"
            "平移 8 个像素会切掉一部分。",
            "LeNet-5, 4,000 digits, 10 passes. Around a digit about 4 pixels are empty: a move by "
            "8 cuts a part off.",
        ),
        evidence=(
            Figure("not invariant", "Azulay & Weiss (2019), JMLR 20"),
            Figure(
                "figure 1",
                "Zhang (2019), ICML (Making convolutional networks shift-invariant again)",
            ),
        ),
        correct=Text(
            "卷积是等变的：图像移动，特征图跟着移动。池化大约只容忍一个像素；要更多，训练图得平移过。",
            "Convolution is equivariant: the maps move along. Pooling forgives about a pixel; for "
            "more, training images must have moved too.",
        ),
    ),
    Claim(
        id="cnn-not-rotation-scale-invariant",
        chapter="vision",
        says=Text(
            "图像旋转或缩放后 CNN 就认不得，空间变换层能补救。",
            "A CNN fails on rotated or scaled images; a spatial transformer mends it.",
        ),
        note="002#空间变换层",
        test=Text(
            "有无空间变换层，准确率随角度与尺度的变化。",
            "Accuracy over angle and scale, with and without.",
        ),
    ),
    Claim(
        id="half-size-keeps-information",
        chapter="vision",
        says=Text(
            "图像缩到一半，信息几乎不少。",
            "An image at half size carries nearly the same information.",
        ),
        note="002#池化",
        test=Text(
            "全尺寸与半尺寸的准确率与计算量。", "Accuracy and compute at full and half resolution."
        ),
        conditions=tuple(
            Condition(
                source,
                when,
                Arm(
                    "lenet",
                    "accuracy",
                    {**fields, "halve": True, "padding": 2},
                    preset,
                    {"source": "mnist-5k", "epochs": 3},
                ),
                Arm(
                    "lenet",
                    "accuracy",
                    {**fields, "padding": 2},
                    preset,
                    {"source": "mnist-5k", "epochs": 3},
                ),
            )
            for source, when, preset, fields in (
                ("digits", Text("图像是数字", "the images are digits"), "quick", {}),
                (
                    "clothes",
                    Text("图像是衣物", "the images are clothes"),
                    "fashion",
                    {"epochs": 2},
                ),
            )
        ),
        smallest=-0.01,
        because=Text(
            "准确率掉不到一个百分点算“几乎不少”。",
            "Nearly the same is less than one point of accuracy lost.",
        ),
        scope=Text(
            "LeNet-5（填充 2），4,000 张手写数字 10 轮，60,000 张衣物 2 轮；"
            "半尺寸的位置数是四分之一，卷积的乘法也约为四分之一。",
            "LeNet-5 with padding 2; 4,000 digits, 10 passes, and 60,000 clothes, 2 passes. Half "
            "size has a quarter of the places, so about a quarter of the convolutions' products.",
        ),
        seeds=6,
        evidence=(Figure("table 8", "Tan & Le (2019), ICML (EfficientNet), resolution scaling"),),
    ),
    Claim(
        id="bilinear-manhattan",
        chapter="vision",
        says=Text(
            "双线性插值以曼哈顿距离为权重，用四周的整数节点表示中间的点。",
            "Bilinear interpolation weights the four nodes around by the Manhattan distance.",
        ),
        note="002#如何进行梯度下降呢",
        test=Text(
            "在随机生成的像素和位置上，与 PyTorch 的双线性采样比；“权重”按两种读法各算一次。",
            "On generated pixels and places, against PyTorch's bilinear sampling; both ways to "
            "read the weight are tried.",
        ),
        check="tidu.claims.exact.bilinear_weights:check",
        evidence=(Figure("equation 5", "Jaderberg et al. (2015), Spatial transformer networks"),),
        correct=Text(
            "权重是两个方向上距离的乘积：(1 - |Δx|)(1 - |Δy|)，即对角小矩形的面积。",
            "The weight is the product of the nearness along each axis, (1 - |Δx|)(1 - |Δy|): the "
            "area of the opposite rectangle.",
        ),
    ),
)
