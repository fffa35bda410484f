"""Attention: every position looks at every other."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

SYSTEMS = (
    System(
        id="self-attention",
        chapter="attention",
        title=Text("自注意力", "Self-attention"),
        about=Text(
            "每个位置发出一个查询，与所有位置的键比对，再按相似程度把它们的值加起来。",
            "Each position asks a query of the keys of all positions and takes the mean of their "
            "values, weighted by the match.",
        ),
        components=(
            "tidu.nn:SelfAttention",
            "tidu.nn:dot_product_attention",
            "tidu.nn:AdditiveAttention",
        ),
        notes=("002#self-attention", "004#单头注意力机制"),
    ),
    System(
        id="multi-head",
        chapter="attention",
        title=Text("多头注意力", "Multi-head attention"),
        about=Text(
            "几组注意力并排看同一句话，各看各的关系，最后拼起来。",
            "Several attentions look at one sentence side by side, each for a relation of its "
            "own, and are joined.",
        ),
        components=("tidu.nn:MultiHeadAttention",),
        notes=("002#multi-head attention",),
    ),
    System(
        id="positional-encoding",
        chapter="attention",
        title=Text("位置编码", "Positional encoding"),
        about=Text(
            "注意力本不知先后；正弦、可学习、旋转三种编码把次序告诉它。",
            "Attention knows no order by itself; sinusoidal, learned and rotary encodings tell it.",
        ),
        components=(
            "tidu.nn:SinusoidalPositions",
            "tidu.nn:LearnedPositions",
            "tidu.nn:RotaryPositions",
        ),
        notes=("002#位置编码",),
    ),
    System(
        id="gpt",
        chapter="attention",
        title=Text("GPT：一个字一个字地写", "GPT writes one token at a time"),
        about=Text(
            "只看前文、猜下一个字的 Transformer。读完莎士比亚它写戏，读完全唐诗它写诗。",
            "A Transformer that sees only what came before and guesses what comes next. On "
            "Shakespeare it learns to write plays, on the Tang poets poems.",
        ),
        components=("tidu.nn:GPT",),
        experiment="tidu.experiments.attention.gpt",
        presets=("quick", "standard", "shakespeare-long", "tang", "tang-lstm"),
        sources=("python-docs", "tiny-shakespeare", "tang-poems"),
        notes=("002#GPT", "004#直观解释Transformer"),
        targets=(
            Target(
                "standard",
                "val_loss",
                "<=",
                1.88,
                published=Figure("1.88 nats/char on CPU", "nanoGPT README"),
            ),
            Target(
                "shakespeare-long",
                "val_loss",
                "<=",
                1.60,
                published=Figure("1.4697 nats/char on an A100", "nanoGPT README"),
            ),
            Target("tang", "below_5gram", ">=", 0.0, every=True),
        ),
    ),
)
