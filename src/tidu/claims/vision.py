"""Claims about images."""

from tidu.catalogue import Figure
from tidu.claims.claim import Claim
from tidu.words import Text

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
    ),
    Claim(
        id="translation-invariance",
        chapter="vision",
        says=Text(
            "图像内容移动，识别结果不变。", "Moving the content does not change recognition."
        ),
        note="001#核心特性",
        test=Text(
            "平移 0 至 8 个像素的准确率与一致率，有无池化、填充、增强。",
            "Accuracy and agreement over shifts of 0 to 8 pixels, with and without pooling, "
            "padding, augmentation.",
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
    ),
)
