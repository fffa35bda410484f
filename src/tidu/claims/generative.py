"""Claims about generating and about codes."""

from tidu.claims.claim import Claim
from tidu.words import Text

CLAIMS = (
    Claim(
        id="mse-averages-futures",
        chapter="generative",
        says=Text(
            "未来有两种可能时，普通回归把两种混在一起。",
            "Where two futures are possible, a plain regressor answers with both at once.",
        ),
        note="002#为什么需要generator",
        test=Text(
            "输出离两个可能、离它们的平均各有多远；再加上噪声与判别器。",
            "Distance of the output to each mode and to their mean; with noise and "
            "a discriminator.",
        ),
    ),
    Claim(
        id="autoencoder-low-dimensional",
        chapter="generative",
        says=Text("图像所占的维数远少于像素数。", "Images use far fewer dimensions than pixels."),
        note="002#自编码器",
        test=Text(
            "重建误差随编码大小的变化，旁边是 PCA；编码上的分类准确率。",
            "Reconstruction error against code size, with PCA beside it; accuracy from codes.",
        ),
    ),
    Claim(
        id="codes-disentangle",
        chapter="generative",
        says=Text(
            "编码的一部分管说话人，另一部分管内容。",
            "One part of the code holds the speaker, another the content.",
        ),
        note="002#特征解耦",
        test=Text(
            "从每一部分探测每个因素的准确率。", "Probe accuracy of each factor from each part."
        ),
    ),
)
