"""Claims about making networks small."""

from tidu.catalogue import Figure
from tidu.claims.claim import Arm, Claim, Condition
from tidu.words import Text

LEFT = {3: "21.6", 6: "4.7", 9: "1.0"}  # rounds, and the percent of the weights they leave

CLAIMS = (
    Claim(
        id="most-weights-prunable",
        chapter="compression",
        says=Text("许多参数去掉也没什么影响。", "Many parameters can go with little effect."),
        note="002#网络剪枝",
        test=Text(
            "一轮轮剪掉最小的权重再训练，剪完与没剪的测试准确率之差。",
            "The smallest weights are cut in rounds with training between: test accuracy after "
            "against before.",
        ),
        conditions=tuple(
            Condition(
                f"{percent.replace('.', '-')}-percent",
                Text(f"留下 {percent} % 的权重", f"{percent} % of the weights are left"),
                Arm(
                    "pruning",
                    "pruned_accuracy",
                    {"rounds": rounds, "per_round": 0.4},
                    preset="quick",
                    quick={"epochs": 6, "round_epochs": 2},
                ),
                Arm(
                    "pruning",
                    "dense_accuracy",
                    {"rounds": rounds, "per_round": 0.4},
                    preset="quick",
                    quick={"epochs": 6, "round_epochs": 2},
                ),
            )
            for rounds, percent in LEFT.items()
        ),
        smallest=-0.01,
        because=Text(
            "损失不到一个百分点算“没什么影响”。",
            "Losing less than one point of accuracy counts as little effect.",
        ),
        scope=Text(
            "LeNet-300-100，5,000 张手写数字；一次剪完没有测。",
            "LeNet-300-100 on 5,000 digits; cutting all at once is not tested.",
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
            "参数与训练计算量都相等；用中奖彩票的初始权重与随机的各一次。",
            "Equal parameters and equal training compute; with the winning ticket's initial "
            "weights and with random ones.",
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
            "准确率相等时，实测两者的延迟与大小。",
            "Measured latency and size of both at equal accuracy.",
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
