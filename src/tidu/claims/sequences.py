"""Claims about sequences, attention, and turning one sequence into another."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
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
            "w^1000 及其梯度，一步步算一遍，再用对数算一遍，w 离 1 从十万分之一到十分之一。",
            "w^1000 and its gradient, step by step and in closed form, for weights from a "
            "hundred-thousandth to a tenth away from 1.",
        ),
        check="tidu.claims.exact.w_power_1000:check",
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
            "后两个条件的对照是 tanh RNN。",
            "The adding task at lag 100, state of 32, 300 steps of Adam without clipping; the "
            "LSTM's forget gates start with a bias of 1. The last two conditions compare it with a "
            "tanh RNN.",
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
                    quick={"steps": 150},
                ),
                Arm(
                    "gpt",
                    "val_loss",
                    {"heads": 1, "steps": 1000},
                    preset="quick",
                    quick={"steps": 150},
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
            "最长的抄写与抄来的比例，随温度、随模型与数据的大小之比。",
            "Longest copied span and share of copied n-grams, against temperature and against "
            "model size over data size.",
        ),
    ),
)
