"""English text: the documentation inside Python, and tiny Shakespeare."""

from __future__ import annotations

import re
from pathlib import Path

from tidu.data.collection.corpora import assemble, encode, split_documents
from tidu.data.collection.packaged import packaged
from tidu.data.source import Arrays, Embedded, File, Form, Source
from tidu.words import Text


def _read_python_docs(_path: Path) -> Arrays:
    """Python's help topics. A fifth of their paragraphs are repeats, which are left out:
    otherwise the validation text would be known from the training text."""
    from pydoc_data.topics import topics

    seen: set[str] = set()
    documents: list[str] = []
    for topic in sorted(topics):
        fresh: list[str] = []
        for paragraph in re.split(r"\n\s*\n", topics[topic]):
            words = " ".join(paragraph.split())
            if words and words not in seen:
                seen.add(words)
                fresh.append(paragraph.rstrip())
        documents.append("\n\n".join(fresh))
    return split_documents(documents, (0.9, 0.1, 0.0))


def _read_shakespeare(folder: Path) -> Arrays:
    """The first 90 % of the characters train, the rest validate, as is the custom."""
    text = (folder / "input.txt").read_bytes().decode("ascii")
    border = len(text) * 9 // 10
    return encode(text[:border], text[border:])


PYTHON_DOCS = Source(
    id="python-docs",
    title=Text("Python 语言文档", "The documentation of Python"),
    about=Text(
        "当前 Python 自带的帮助主题（英文），去掉重复段落，按主题划分 90/10。"
        "内容随 Python 版本而变，因此没有固定的内容哈希，只计算并给出当前文本的哈希。",
        "The help topics inside the running Python (English), repeated paragraphs left out, split "
        "90/10 by topic. The text differs between Python versions, so its hash is not fixed: the "
        "hash of this Python's text is computed and told instead.",
    ),
    kind="text",
    licence="PSF-2.0 (Python Software Foundation)",
    homepage="https://docs.python.org/3/",
    content_hash=None,
    assemble=assemble,
    embedded=Embedded("Python", packaged("pydoc_data", "topics.py"), _read_python_docs),
)

TINY_SHAKESPEARE = Source(
    id="tiny-shakespeare",
    title=Text("莎士比亚选段", "Tiny Shakespeare"),
    about=Text(
        "一百一十万字符的莎士比亚剧本（Karpathy，2015）。前 90% 训练，后 10% 验证。",
        "1.1 million characters of Shakespeare's plays (Karpathy 2015). The first 90 % train, "
        "the last 10 % validate.",
    ),
    kind="text",
    licence="public domain",
    homepage="https://github.com/karpathy/char-rnn",
    content_hash="f85fd269c43a13ae9d96986faebd521f2144f009030596b4ef0d38f7e929bc81",
    assemble=assemble,
    folder="tiny_shakespeare",
    forms=(
        Form(
            (
                File(
                    "input.txt",
                    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                ),
            ),
            _read_shakespeare,
            addresses=(
                "https://raw.githubusercontent.com/karpathy/char-rnn/"
                "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
                "https://cdn.jsdelivr.net/gh/karpathy/char-rnn@"
                "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
                "https://github.com/karpathy/char-rnn/raw/master/data/tinyshakespeare/",
            ),
        ),
    ),
    instead="python-docs",
    size=1_115_394,
)
