"""Claims about making networks small."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
from tidu.words import Text

LEFT = {3: "21.6", 6: "4.7", 9: "1.0"}  # rounds, and the percent of the weights they leave
RIVALS = {"per_round": 0.4, "rivals": True}
TICKET = {"rounds": 6, "round_epochs": 12, "rewind": True, **RIVALS}
CUT = {"rounds": 4, "timed": True}  # 21.9 % of the weights are left, either way
NEURONS = {"unit": "neuron", "per_round": 0.3, **CUT}
WEIGHTS = {"unit": "weight", "per_round": 0.316, **CUT}
UNCUT = {"unit": "weight", "per_round": 0.0, **CUT}
BRIEF = {"epochs": 4, "round_epochs": 1}


def _little_lost(id: str, when: Text, **fields: object) -> Condition:
    """Accuracy behind the last cut against that of the same net before the first."""
    quick = {"epochs": 6, "round_epochs": 2}
    arms = [
        Arm("pruning", metric, fields, preset="quick", quick=quick)
        for metric in ("pruned_accuracy", "dense_accuracy")
    ]
    return Condition(id, when, *arms)


CLAIMS = (
    Claim(
        id="most-weights-prunable",
        chapter="compression",
        says=Text("许多参数去掉也没什么影响。", "Many parameters can go with little effect."),
        note="002#网络剪枝",
        test=Text(
            "剪掉最小的权重再训练，一轮轮剪，或一次剪完；剪完与没剪的测试准确率之差。",
            "The smallest weights are cut, in rounds with training between or all at once: test "
            "accuracy after against before.",
        ),
        conditions=(
            *(
                _little_lost(
                    f"{percent.replace('.', '-')}-percent",
                    Text(f"留下 {percent} % 的权重", f"{percent} % of the weights are left"),
                    rounds=rounds,
                    per_round=0.4,
                )
                for rounds, percent in LEFT.items()
            ),
            *(
                _little_lost(
                    f"{LEFT[rounds].replace('.', '-')}-percent-at-once",
                    Text(
                        f"一次剪到只剩 {LEFT[rounds]} %",
                        f"all are cut at once, and {LEFT[rounds]} % are left",
                    ),
                    rounds=1,
                    per_round=1 - 0.6**rounds,
                    round_epochs=6 * rounds,
                )
                for rounds in (6, 9)
            ),
        ),
        smallest=-0.01,
        because=Text(
            "损失不到一个百分点算“没什么影响”。",
            "Losing less than one point of accuracy counts as little effect.",
        ),
        scope=Text(
            "LeNet-300-100，4,000 张手写数字；一次剪完的与分轮剪的训练遍数相同。",
            "LeNet-300-100 on 4,000 digits; as many passes behind a cut at once as behind all the "
            "rounds.",
        ),
        evidence=(
            Figure("12x at no loss", "Han et al. (2015), table 1 (LeNet-300-100)"),
            Figure("to 3.6 %", "Frankle & Carbin (2019), figure 1"),
        ),
    ),
    Claim(
        id="prune-beats-small",
        chapter="compression",
        says=Text(
            "大网剪枝胜过直接训练小网。", "A big net pruned is better than a small net trained."
        ),
        note="002#网络剪枝",
        test=Text(
            "剪剩多少参数，小网就有多少，看数据的遍数也一样多，比测试准确率；再留着剪剩的连接，"
            "从中奖彩票的初始权重与从新抽的随机权重各训练一次。",
            "A small net with as many parameters as the pruned one has left is trained for as many "
            "passes over the data: test accuracy. And the connections that are left are trained "
            "from the winning ticket's initial weights and from newly drawn ones.",
        ),
        conditions=(
            *(
                Condition(
                    f"{LEFT[rounds].replace('.', '-')}-percent",
                    Text(
                        f"小网是稠密的，参数是大网的 {LEFT[rounds]} %",
                        f"the small net is dense, with {LEFT[rounds]} % of the parameters",
                    ),
                    Arm("pruning", "pruned_accuracy", {"rounds": rounds, **RIVALS}, "quick", BRIEF),
                    Arm("pruning", "small_accuracy", {"rounds": rounds, **RIVALS}, "quick", BRIEF),
                )
                for rounds in (6, 9)
            ),
            Condition(
                "random-weights",
                Text(
                    "小网就是中奖彩票的连接，权重重新抽（留 4.7 %）",
                    "the small net is the winning ticket with new random weights (4.7 % left)",
                ),
                Arm(
                    "pruning", "pruned_accuracy", TICKET, "quick", {"epochs": 2, "round_epochs": 2}
                ),
                Arm(
                    "pruning", "random_accuracy", TICKET, "quick", {"epochs": 2, "round_epochs": 2}
                ),
            ),
        ),
        smallest=0.005,
        because=Text(
            "剪枝要先训练大网，算的多几十倍；多对不到半个百分点，不如一开始就训练小网。",
            "Pruning has to train the large net first, at many times the arithmetic; for less than "
            "half a point of accuracy one may as well train the small one.",
        ),
        scope=Text(
            "LeNet-300-100，5,000 张手写数字。相等的是看数据的遍数：大网把零也乘了，算术要多得多。"
            "小网两层的宽度同比缩小，第二层不少于 10 个单元，学习率与大网相同，没有另外调。",
            "LeNet-300-100 on 5,000 digits. Equal are the passes over the data: the large net "
            "multiplies its zeros too and so costs far more arithmetic. The small net's two layers "
            "are narrowed alike, the second to no fewer than 10 units; its learning rate is the "
            "large one's, not tuned.",
        ),
        evidence=(
            Figure("large and sparse better than small and dense", "Zhu & Gupta (2017), abstract"),
            Figure("random weights learn slower and worse", "Frankle & Carbin (2019), figure 4"),
            Figure("trained anew as good, where channels go", "Liu et al. (2019), abstract"),
        ),
    ),
    Claim(
        id="weight-pruning-is-irregular",
        chapter="compression",
        says=Text(
            "把权重置零不会变快，去掉神经元才会。",
            "Zeroed weights do not make the net faster, removed neurons do.",
        ),
        note="002#网络剪枝",
        test=Text(
            "一份网络去掉神经元，一份把同样多的权重置零，都再训练，准确率相近；各与剪枝前的自己轮流"
            "计时，比快了几倍。",
            "One net has neurons removed, one as many weights set to zero; both are trained "
            "again, to about equal accuracy. Each takes turns with itself before the cut by the "
            "clock: how many times as fast.",
        ),
        conditions=(
            Condition(
                "against-zeros",
                Text(
                    "去掉神经元，与把同样多的权重置零比",
                    "removing neurons is held against setting as many weights to zero",
                ),
                Arm("pruning", "speed_up", NEURONS, "quick", BRIEF),
                Arm("pruning", "speed_up", WEIGHTS, "quick", BRIEF),
            ),
            Condition(
                "against-uncut",
                Text(
                    "去掉神经元，与一点不剪比", "removing neurons is held against cutting nothing"
                ),
                Arm("pruning", "speed_up", NEURONS, "quick", BRIEF),
                Arm("pruning", "speed_up", UNCUT, "quick", BRIEF),
            ),
        ),
        scale="ratio",
        smallest=1.5,
        because=Text(
            "快不到一半，用的人感觉不到，就算不上“快”。",
            "Less than half as fast again is felt by nobody and not worth the word faster.",
        ),
        scope=Text(
            "LeNet-300-100，256 张图一批，处理器单线程，单精度，权重留下 21.9 %；置零的权重仍是"
            "普通的稠密矩阵，稀疏格式（如 CSR）没有测。大小见每一臂的 smaller，准确率见 "
            "accuracy_change。",
            "LeNet-300-100, batches of 256 images, one thread of a processor, float32, 21.9 % of "
            "the weights left. Zeroed weights stay in dense matrices; sparse formats such as CSR "
            "are not tested. Sizes stand in each arm as smaller, accuracies as accuracy_change.",
        ),
        evidence=(
            Figure(
                "5.1x where structures go, about twice as much as single weights",
                "Wen et al. (2016), abstract (AlexNet on a CPU)",
            ),
        ),
    ),
    Claim(
        id="distilled-beats-small",
        chapter="compression",
        says=Text(
            "学生比同样的网络直接学标签更好。",
            "The student is better than the same net trained on labels.",
        ),
        note="002#知识蒸馏",
        test=Text(
            "准确率随温度、随标注数量的变化。", "Accuracy by temperature and by label count."
        ),
    ),
    Claim(
        id="temperature-carries-knowledge",
        chapter="compression",
        says=Text(
            "不提高温度，学生只学到答案。",
            "Without a raised temperature the student learns only the answers.",
        ),
        note="002#修改softmax",
        test=Text(
            "T = 1、2、4、8、20；以及转移集里缺一类。",
            "T = 1, 2, 4, 8, 20; and a class left out of the transfer set.",
        ),
    ),
    Claim(
        id="ensemble-distils",
        chapter="compression",
        says=Text(
            "集成更好，而且一个学生就能留住大半。",
            "An ensemble is better, and one student can keep most of it.",
        ),
        note="002#ensemble上的应用",
        test=Text("成员、集成、学生。", "Member, ensemble, student."),
    ),
    Claim(
        id="two-bit-weights",
        chapter="compression",
        says=Text(
            "权重分四组，每个只要两位，霍夫曼编码还能再省。",
            "Weights in four groups need two bits each, Huffman saves more.",
        ),
        note="002#参数量化",
        test=Text(
            "1 至 8 位的准确率与字节数，霍夫曼旁边是熵。",
            "Accuracy and bytes at 1 to 8 bits, entropy beside Huffman.",
        ),
    ),
    Claim(
        id="early-exit-saves",
        chapter="compression",
        says=Text("简单的输入可以早走。", "Easy inputs can leave early."),
        note="002#动态深度",
        test=Text(
            "准确率与平均计算量；实测时间。", "Accuracy against mean compute; measured time."
        ),
    ),
)
