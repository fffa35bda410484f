"""Claims about word vectors and pre-trained models."""

from tidu.claims.claim import Claim
from tidu.words import Text

CLAIMS = (
    Claim(
        id="similar-words-near",
        chapter="language",
        says=Text("猫离狗比离汽车近。", "Cat is nearer to dog than to car."),
        note="001#词嵌入能做什么",
        test=Text("许多这样的三元组，不止一个。", "The margin over many such triples, not one."),
    ),
    Claim(
        id="one-hot-worse",
        chapter="language",
        says=Text("独热编码稀疏，效果不好。", "One-hot is sparse and works badly."),
        note="001#为什么需要词嵌入",
        test=Text(
            "独热、自学、预训练的向量，随标注数量比较。",
            "One-hot against learned against pre-trained vectors, by label count.",
        ),
    ),
    Claim(
        id="pretraining-helps",
        chapter="language",
        says=Text(
            "微调后，预训练的编码器胜过随机初始化。",
            "A pre-trained encoder beats random initialisation after fine-tuning.",
        ),
        note="002#如何使用bert",
        test=Text("准确率随标注数量的变化。", "Accuracy against the number of labels."),
    ),
    Claim(
        id="bert-is-contextual",
        chapter="language",
        says=Text(
            "它的向量随上下文而变：一词多义。",
            "Its vectors depend on context: one word, several meanings.",
        ),
        note="002#为什么bert可以工作",
        test=Text("词义分得多开，与静态向量比。", "Word-sense separation against static vectors."),
    ),
    Claim(
        id="language-shift-vector",
        chapter="language",
        says=Text(
            "加上两种语言嵌入的平均差，答案就变成另一种语言。",
            "Adding the mean difference of two languages' embeddings turns the answer into the "
            "other language.",
        ),
        note="002#多语言bert",
        test=Text(
            "填空落在目标语言的比例，随向量大小的变化。",
            "Share of fill-ins in the target language against the vector's scale.",
        ),
    ),
    Claim(
        id="more-shots-help",
        chapter="language",
        says=Text("提示里的例子可以代替微调。", "Examples in the prompt can replace fine-tuning."),
        note="002#GPT-3的进步",
        test=Text(
            "准确率随例子数的变化，并与同样例子的微调比。",
            "Accuracy against shots; against fine-tuning on the same examples.",
        ),
    ),
)
