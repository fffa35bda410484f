"""Generative models: networks that make new data."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

_VEEGAN = "VEEGAN, Srivastava et al. 2017, table 1"

SYSTEMS = (
    System(
        id="gan",
        chapter="generative",
        title=Text("GAN：造假者与鉴定师", "GAN: forger against expert"),
        about=Text(
            "生成器学着造假，判别器学着识假，两个优化器轮流走一步。看它能不能一个模态都不丢。",
            "A generator learns to forge while a discriminator learns to tell, two optimisers "
            "taking turns. Does it find every mode, or drop some?",
        ),
        components=(
            "tidu.nn:Generator",
            "tidu.nn:Discriminator",
            "tidu.losses:discriminator_loss",
            "tidu.losses:generator_loss",
            "tidu.losses:gradient_penalty",
        ),
        experiment="tidu.experiments.generative.gan",
        presets=("quick", "standard", "grid"),
        notes=("002#GAN",),
        targets=(
            Target("standard", "modes", ">=", 8.0, every=True, published=Figure("8", _VEEGAN)),
            Target(
                "standard", "good_share", ">=", 0.9, every=True, published=Figure("0.529", _VEEGAN)
            ),
            Target("grid", "modes", ">=", 25.0, every=True, published=Figure("24.6", _VEEGAN)),
            Target("grid", "good_share", ">=", 0.9, every=True, published=Figure("0.40", _VEEGAN)),
        ),
    ),
    System(
        id="gan-images",
        chapter="generative",
        title=Text("GAN 画图：从噪声到衣服", "GAN on images: clothes out of noise"),
        about=Text(
            "卷积生成器把一串噪声变成一张图。画得有多像？用本产品的 LeNet-5 提取特征来量，"
            "并与真实图像之间的距离相比。",
            "A convolutional generator turns noise into an image. How real does it look? The "
            "features of a LeNet-5 measure it, beside the distance of real images from real ones.",
        ),
        components=(
            "tidu.nn:ConvGenerator",
            "tidu.nn:ConvDiscriminator",
            "tidu.nn:spherical_interpolation",
            "tidu.losses:between",
            "tidu.metrics:frechet_distance",
        ),
        experiment="tidu.experiments.generative.gan_images",
        presets=("quick", "standard"),
        sources=("fashion-mnist", "mnist-5k"),
        notes=("002#GAN",),
    ),
)
