"""Claims about sequences, attention, and turning one sequence into another."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition, Reading
from tidu.words import Text

UNCLIPPED = {
    "cells": ("rnn", "lstm"),
    "lags": (100,),
    "hidden": 32,
    "steps": 300,
    "clip": 1e9,
    "gates": "one",
}
LARGE = {**UNCLIPPED, "recurrent_scale": 6.0}
SOME = {"steps": 60}
SHORT = {"steps": 60, "sample": 16, "characters": 60_000}
MUCH = {"heads": 4, "steps": 1000}  # the arm of four heads, too
LITTLE = {"characters": 5000, **MUCH}
BRIEF = {"layers": 1, "dim": 64, "steps": 150, "sample": 200}
# With still less text, or so short a training would not learn it by heart.
BY_HEART = {**BRIEF, "characters": 300, "context": 32, "steps": 250}


def _back(metric: str, cell: str, **fields: object) -> Arm:
    """The gradient 1000 steps back, before any training to speak of."""
    short = {"cells": (cell,), "lags": (1000,), "hidden": 32, "steps": 1, "batch_size": 2}
    return Arm("memory-tasks", metric, {**short, "test_sequences": 10, **fields})


CELLS: tuple[tuple[str, Text, str, dict[str, object]], ...] = (
    (
        "rnn",
        Text("tanh RNN，循环权重大小平常", "the net is a tanh RNN with usual weights"),
        "rnn",
        {},
    ),
    (
        "rnn-below",
        Text("tanh RNN，谱半径约 0.98", "it is a tanh RNN of spectral radius about 0.98"),
        "rnn",
        {"recurrent_scale": 1.7},
    ),
    (
        "rnn-above",
        Text("tanh RNN，谱半径约 1.1", "it is a tanh RNN of spectral radius about 1.1"),
        "rnn",
        {"recurrent_scale": 1.9},
    ),
    (
        "lstm",
        Text("LSTM，遗忘门偏置为 1", "it is an LSTM whose forget gates have a bias of 1"),
        "lstm",
        {"gates": "one"},
    ),
    (
        "lstm-chrono",
        Text("LSTM，遗忘门按 1000 步设偏置", "it is an LSTM whose gates start for 1000 steps"),
        "lstm",
        {"gates": "chrono"},
    ),
)

CLAIMS = (
    Claim(
        id="w-power-1000",
        chapter="sequences",
        says=Text(
            "循环权重略大于或略小于 1，过 1000 步就爆炸或消失。",
            "A recurrent weight just above or below 1 explodes or vanishes over 1000 steps.",
        ),
        note="002#梯度消失，爆炸",
        test=Text(
            "w^1000 及其梯度，一步步算一遍，再用对数算一遍，w 离 1 从十万分之一到十分之一。"
            "再看没训练过的 RNN 和 LSTM：往回 1000 步，梯度的范数变了多少倍。",
            "w^1000 and its gradient, step by step and in closed form, for weights from a "
            "hundred-thousandth to a tenth away from 1. And untrained RNNs and LSTMs: by what "
            "factor the norm of the gradient changes over 1000 steps back.",
        ),
        check="tidu.claims.exact.w_power_1000:check",
        conditions=tuple(
            Condition(
                id,
                when,
                _back(f"{cell}_change_after_1000", cell, **fields),
                _back(f"{cell}_change_after_1", cell, **fields),
            )
            for id, when, cell, fields in CELLS
        ),
        readings=tuple(
            Reading(
                Text(
                    f"{when.zh}：往回 {far} 步，梯度剩下的倍数",
                    f"{when.en}: share of the gradient left {far} steps back",
                ),
                _back(f"{cell}_left_after_{far}", cell, **fields),
            )
            for _, when, cell, fields in CELLS
            for far in (10, 100, 1000)
        ),
        scale="ratio",
        smallest=10.0,
        because=Text(
            "不到十倍的变化，谈不上爆炸或消失。",
            "A change of less than tenfold is neither an explosion nor a vanishing.",
        ),
        scope=Text(
            "状态宽 32，加法任务的输入，没有训练过；循环权重大小平常时，谱半径约 0.58。"
            "小于 1e-150 的算 1e-150。GRU 还没有测。",
            "State of 32, inputs of the adding task, no training; usual recurrent weights have a "
            "spectral radius of about 0.58. What is below 1e-150 counts as that. "
            "The GRU is not measured yet.",
        ),
        seeds=30,
        evidence=(
            Figure("λ < 1/γ vanishes, λ > 1/γ may explode", "Pascanu et al. (2013), section 2.1"),
        ),
        correct=Text(
            "要看离 1 多远：超过约 0.23 %，1000 步就差出十倍；更近则不然（1.0001^1000 = 1.105）。",
            "It depends on how far from 1: beyond about 0.23 % a thousand steps make tenfold; "
            "nearer they do not (1.0001^1000 = 1.105).",
        ),
    ),
    Claim(
        id="lstm-solves-exploding-gradient",
        chapter="sequences",
        says=Text("LSTM 消除了梯度爆炸。", "LSTM removes exploding gradients."),
        note="002#梯度消失，爆炸",
        test=Text(
            "不裁剪时各步梯度的最大值，循环权重偏大与平常相比；以及梯度随间隔衰减多少（消失）。",
            "The longest gradient of any step without clipping, with large recurrent weights and "
            "with usual ones; and, for vanishing, how far the gradient fades with the lag.",
        ),
        conditions=(
            Condition(
                "large",
                Text("循环权重是平常的 6 倍", "recurrent weights are 6 times the usual ones"),
                Arm("memory-tasks", "lstm_largest_gradient", LARGE, quick=SOME),
                Arm("memory-tasks", "lstm_largest_gradient", UNCLIPPED, quick=SOME),
            ),
            Condition(
                "usual",
                Text("循环权重大小平常，与 tanh RNN 比", "recurrent weights are as usual"),
                Arm("memory-tasks", "lstm_largest_gradient", UNCLIPPED, quick=SOME),
                Arm("memory-tasks", "rnn_largest_gradient", UNCLIPPED, quick=SOME),
            ),
            Condition(
                "vanishing",
                Text("说的是梯度消失，与 tanh RNN 比", "what is meant is vanishing"),
                Arm("memory-tasks", "lstm_fading_before", UNCLIPPED, quick=SOME),
                Arm("memory-tasks", "rnn_fading_before", UNCLIPPED, quick=SOME),
            ),
        ),
        direction="lower",
        scale="ratio",
        smallest=0.1,
        because=Text(
            "梯度长到平常的十倍以上就是爆炸。", "Ten times the usual length is an explosion."
        ),
        scope=Text(
            "加法任务，间隔 100 步，状态宽 32，300 步 Adam，不裁剪；LSTM 的遗忘门偏置为 1。"
            "后两个条件的对照是 tanh RNN。条件与最小效应是看过 5 个种子、60 步的试跑之后定的："
            "起初只与 RNN 比。",
            "The adding task at lag 100, state of 32, 300 steps of Adam without clipping; the "
            "LSTM's forget gates start with a bias of 1. The last two conditions compare it with a "
            "tanh RNN. Conditions and smallest effect were set after a trial of 5 seeds and 60 "
            "steps, which had compared with the RNN alone.",
        ),
        evidence=(
            Figure("clipping for LSTMs too", "Pascanu et al. (2013), ICML, section 3.2"),
            Figure("section 2.3", "Sutskever et al. (2014), NeurIPS (LSTMs can explode)"),
        ),
        correct=Text(
            "LSTM 缓解的是梯度消失；梯度仍会爆炸，所以照样要裁剪。",
            "What the LSTM eases is vanishing. Its gradients can still explode, so they are "
            "clipped all the same.",
        ),
    ),
    Claim(
        id="birnn-beats-rnn",
        chapter="sequences",
        says=Text("两边都看有好处。", "Seeing both sides helps."),
        note="002#Bidirecitional RNN",
        test=Text("参数相等时的标注准确率。", "Tagging accuracy at equal parameters."),
    ),
    Claim(
        id="context-disambiguates",
        chapter="sequences",
        says=Text(
            "一个词的标签要看上下文；全局注意力胜过窗口。",
            "A word's tag needs its context; full attention beats a window.",
        ),
        note="002#sequence labeling",
        test=Text(
            "单个词、窗口 1 至 5、全句：所有词与歧义词上的准确率。",
            "Per token, window 1 to 5, full: accuracy on all and on ambiguous words.",
        ),
    ),
    Claim(
        id="fixed-vector-loses-long-inputs",
        chapter="sequences",
        says=Text(
            "定长向量装不下长序列的信息，注意力装得下。",
            "A fixed-length vector loses the information of long sequences; attention keeps it.",
        ),
        note="000#seq2seq",
        test=Text("准确率随输入长度的变化。", "Accuracy against source length."),
    ),
    Claim(
        id="attention-needs-positions",
        chapter="attention",
        says=Text(
            "没有位置信息，自注意力不知道次序。",
            "Without positions self-attention does not know order.",
        ),
        note="002#位置编码",
        test=Text(
            "打乱输入，看每个符号的答案是否跟着走、丝毫不变；两层，随机权重，有无因果掩码。",
            "The inputs are put into another order: does each token keep its answer exactly? Two "
            "layers, random weights, with and without a causal mask.",
        ),
        check="tidu.claims.exact.attention_without_positions:check",
        evidence=(
            Figure(
                "causal models without positions learn the order",
                "Haviv et al. (2022), EMNLP Findings",
            ),
        ),
        correct=Text(
            "无掩码时如此；因果掩码本身已经透露了次序。",
            "So it is without a mask. A causal mask already tells the order.",
        ),
    ),
    Claim(
        id="multi-head-helps",
        chapter="attention",
        says=Text("多个头学到不同的关系。", "Several heads learn different relations."),
        note="002#multi-head attention",
        test=Text(
            "总宽度不变，1 个头与 2、4、8 个头，比验证损失。",
            "One head against 2, 4 and 8 at equal width: validation loss.",
        ),
        conditions=tuple(
            Condition(
                f"{heads}-heads",
                Text(f"有 {heads} 个头", f"there are {heads} heads"),
                Arm(
                    "gpt",
                    "val_loss",
                    {"heads": heads, "steps": 1000},
                    preset="quick",
                    quick=SHORT,
                ),
                Arm(
                    "gpt",
                    "val_loss",
                    {"heads": 1, "steps": 1000},
                    preset="quick",
                    quick=SHORT,
                ),
            )
            for heads in (2, 4, 8)
        ),
        direction="lower",
        smallest=0.02,
        because=Text(
            "每个字符差不到 0.02 纳特，生成的文字看不出差别。",
            "Less than 0.02 nats a character cannot be seen in the text it writes.",
        ),
        scope=Text(
            "2 层、96 宽的字符 GPT，Python 文档，1,000 步；去掉单个头没有测。",
            "A character GPT of 2 layers, 96 wide, on Python's documentation, 1,000 steps; "
            "removing single heads is not tested.",
        ),
        evidence=(
            Figure("8 heads 25.8 BLEU, 1 head 24.9", "Vaswani et al. (2017), table 3"),
            Figure("most heads can be removed", "Michel et al. (2019), section 3"),
        ),
    ),
    Claim(
        id="local-attention-suffices-for-speech",
        chapter="attention",
        says=Text("语音只看附近几帧就够了。", "A few neighbours are enough for speech."),
        note="002#self-attention for speech recognition",
        test=Text("准确率与时间随窗口的变化。", "Accuracy and time against window."),
    ),
    Claim(
        id="exposure-bias",
        chapter="sequences",
        says=Text(
            "只见过正确前文的解码器，自己写时更容易错。",
            "Trained on right prefixes, a decoder errs more on its own.",
        ),
        note="002#exposure biase",
        test=Text(
            "每个位置的损失，有老师带与自己走；以及计划采样。",
            "Loss per position, teacher-forced against free; with scheduled sampling.",
        ),
    ),
    Claim(
        id="nat-faster-but-worse",
        chapter="sequences",
        says=Text(
            "并行解码更快，但长度要猜。", "Parallel decoding is faster; its length must be guessed."
        ),
        note="002#Decoder AT",
        test=Text(
            "加速比与质量差；以及给出真实长度时。",
            "Speed-up and quality gap; with the true length given.",
        ),
    ),
    Claim(
        id="lm-does-not-recite",
        chapter="sequences",
        says=Text(
            "生成的文字是新的，不是背出来的训练数据。",
            "Generated text is new, not recited training data.",
        ),
        note="000#语言模型",
        test=Text(
            "连续 20 个字符在训练文本中原样出现的比例：生成的文字，与同一作者没有拿来训练的文字比。"
            "长文本学几遍、短文本学几百遍，温度高低各测；同一字符连成一串只算一个。",
            "The share of stretches of 20 characters that stand in the training text as they are: "
            "of what was generated, against the author's own text that was held out. After much "
            "text read a few times and little read many times, and at a lower temperature. Runs of "
            "one character count as one.",
        ),
        conditions=(
            Condition(
                "much-text",
                Text(
                    "文本长（347,000 个字符，学 3 遍），温度 0.8",
                    "the text is long (347,000 characters, read 3 times), at temperature 0.8",
                ),
                Arm("gpt", "recited_share", MUCH, "quick", BRIEF),
                Arm("gpt", "recited_share_held_out", MUCH, "quick", BRIEF),
            ),
            Condition(
                "much-text-cold",
                Text("文本长，温度只有 0.5", "the text is long, at a temperature of only 0.5"),
                Arm("gpt", "recited_share_cold", MUCH, "quick", BRIEF),
                Arm("gpt", "recited_share_held_out", MUCH, "quick", BRIEF),
            ),
            Condition(
                "little-text",
                Text(
                    "文本很短（5,000 个字符，学 205 遍），温度 0.8",
                    "the text is short (5,000 characters, read 205 times), at temperature 0.8",
                ),
                Arm("gpt", "recited_share", LITTLE, "quick", BY_HEART),
                Arm("gpt", "recited_share_held_out", LITTLE, "quick", BY_HEART),
            ),
        ),
        direction="lower",
        smallest=-0.05,
        because=Text(
            "作者自己也会重复。一百处里比作者多出不到五处，算不上背书。",
            "An author repeats himself too; fewer than five more in a hundred stretches are no "
            "reciting.",
        ),
        scope=Text(
            "2 层、96 宽的字符 GPT（24 万个参数），Python 文档，1,000 步，8 段各 400 个字符；"
            "没有拿来训练的文字切成一样长的段，全都算上。最长的抄写记在每一臂的 longest_copied，"
            "不参与裁定。",
            "A character GPT of 2 layers, 96 wide (240,000 parameters), on Python's documentation, "
            "1,000 steps, 8 texts of 400 characters; all the held-out text counts, in pieces as "
            "long. The longest copied span stands in each arm as longest_copied and has no say.",
        ),
        evidence=(
            Figure(
                "as novel as held-out text in the large, some copied passages of 1,000 words",
                "McCoy et al. (2023), TACL 11, abstract",
            ),
            Figure(
                "less novel than people from 5-grams on, the more so when decoding is constrained",
                "Merrill et al. (2024), EMNLP, abstract (Pythia)",
            ),
        ),
    ),
)
