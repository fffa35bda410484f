"""Sequences: networks with a memory, and language written a token at a time."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

SYSTEMS = (
    System(
        id="rnn",
        chapter="sequences",
        title=Text("循环神经网络", "Recurrent neural network"),
        about=Text(
            "每读一步，都带上前一步的隐藏状态（Elman）或输出（Jordan）。可以叠多层，也可以截断反传。",
            "Each step reads its input together with the hidden state (Elman) or the output "
            "(Jordan) of the step before; stacked, with full or truncated back-propagation.",
        ),
        components=("tidu.nn:RNN",),
        notes=("002#RNN", "001#RNN"),
    ),
    System(
        id="lstm",
        chapter="sequences",
        title=Text("LSTM（含 peephole）", "LSTM, with peepholes"),
        about=Text(
            "三道门守着一个记忆单元：写什么、忘什么、说什么；打开 peephole，门还能偷看记忆本身。",
            "Three gates around a memory cell decide what to write, what to forget and what to "
            "say; with peepholes they look at the memory itself.",
        ),
        components=("tidu.nn:LSTM",),
        notes=("002#LSTM", "000#RNN"),
    ),
    System(
        id="memory-tasks",
        chapter="sequences",
        title=Text("长程记忆", "Long-range memory"),
        about=Text(
            "两百步之前看到的两个数，现在还加得起来吗？让各种循环单元比一比记性，"
            "再看梯度能往回走多远。",
            "Two numbers seen two hundred steps ago: can it still add them? Recurrent cells "
            "compared by the lag they master, and by how far back their gradient reaches.",
        ),
        experiment="tidu.experiments.sequences.memory_tasks",
        presets=("quick", "standard", "copy"),
        notes=("002#梯度消失，爆炸",),
        targets=(
            Target(
                "standard",
                "lstm_mse_lag_200",
                "<=",
                0.01,
                every=True,
                published=Figure("solved at lag 100 and beyond", "Hochreiter & Schmidhuber 1997"),
            ),
            Target("standard", "rnn_mse_lag_200", ">=", 0.15, every=True),
        ),
    ),
    System(
        id="generation",
        chapter="sequences",
        title=Text("文本生成", "Text generation"),
        about=Text(
            "同一个语言模型，五种写法：贪心、温度、top-k、top-p、束搜索；并数一数有多少是抄来的。",
            "One language model, five ways to write: greedy, temperature, top-k, top-p, beam; "
            "and a count of how much of it was copied.",
        ),
        components=(
            "tidu.text:generate",
            "tidu.text:beam_search",
            "tidu.text:next_token_probs",
        ),
        notes=("000#语言模型", "004#softmax函数"),
    ),
)
