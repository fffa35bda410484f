"""The user's own text: any file or folder in UTF-8 or UTF-16, with errors that name the place."""

from __future__ import annotations

import codecs
from pathlib import Path

from tidu.data.kinds import Corpus
from tidu.errors import TiduError

_MARKS = (  # UTF-32's little-endian mark starts with UTF-16's, so it comes first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENDINGS = (".txt", ".md", ".text")


def read_text(path: str | Path, encoding: str = "auto") -> str:
    """The text of a file, or of all ``.txt``, ``.text`` and ``.md`` files in a folder.

    The encoding is UTF-8 unless the file starts with the mark of UTF-16 or UTF-32, or another is
    named. Line ends become ``\\n``. The files of a folder, its subfolders included, are joined
    in the order of their names with a blank line between.
    """
    path = Path(path).expanduser()
    if not path.is_dir():
        return _filled(decode(read_bytes(path), path, encoding), path)
    files = sorted(f for f in path.rglob("*") if f.suffix.lower() in ENDINGS and f.is_file())
    if not files:
        raise TiduError(
            f"{path} holds no text: expected files that end in {', '.join(ENDINGS)}.",
            "Give a text file, or a folder with text files.",
        )
    texts = [decode(read_bytes(file), file, encoding).strip("\n") for file in files]
    return _filled("\n\n".join(text for text in texts if text.strip()) + "\n", path)


def read_corpus(path: str | Path, validation: float = 0.1, encoding: str = "auto") -> Corpus:
    """The user's text, its first part to learn from and its last part to validate on."""
    text = read_text(path, encoding)
    border = len(text) - round(len(text) * validation)
    if not 0 < border < len(text):
        raise TiduError(
            f"{path}: a share of {validation} for validation leaves nothing on one side of its "
            f"{len(text)} characters.",
            "Choose a share between 0 and 1, or bring more text.",
        )
    return Corpus(text[:border], text[border:])


def read_bytes(path: Path) -> bytes:
    """The bytes of one file of the user; what is wrong with the path is said in words."""
    try:
        if path.is_dir():
            raise TiduError(
                f"Expected a file, but {path} is a folder.", "Name one of the files inside it."
            )
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise TiduError(
            f"There is no file {path}.", "Check the name; it is looked up from the current folder."
        ) from problem
    except (OSError, ValueError) as problem:  # ValueError: a NUL inside the name
        reason = getattr(problem, "strerror", None) or problem
        raise TiduError(
            f"{path} cannot be read: {reason}.", "Check that you may read it."
        ) from problem


def decode(raw: bytes, path: Path, encoding: str = "auto") -> str:
    """``raw`` as text with ``\\n`` line ends; ``path`` is only named in errors."""
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    chosen = (marked or "utf-8") if encoding == "auto" else encoding
    if chosen == "utf-8":
        raw = raw.removeprefix(codecs.BOM_UTF8)
    if chosen == "utf-8" and b"\0" in raw:
        line, column = _place(raw, raw.index(b"\0"))
        raise TiduError(
            f"{path} looks like a binary file: line {line} holds a zero byte (byte {column} of "
            "the line).",
            "Give a text file. UTF-16 text needs its byte order mark.",
        )
    try:
        text = raw.decode(chosen)
    except LookupError as problem:
        raise TiduError(
            f"{encoding!r} is not an encoding that Python knows.",
            "Common ones are utf-8, utf-16, gb18030, big5, cp1252, latin-1.",
        ) from problem
    except UnicodeDecodeError as problem:
        line, column = _place(raw, problem.start)
        raise TiduError(
            f"{path}, line {line}: byte {column} of the line (0x{raw[problem.start]:02x}) is not "
            f"{chosen.upper()}.",
            "Save the file as UTF-8, or name its encoding, as gb18030 for Chinese Windows files: "
            "--encoding where a command has it, encoding='gb18030' in Python.",
        ) from problem
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _place(raw: bytes, offset: int) -> tuple[int, int]:
    """The line, and the byte in the line, of an offset; both counted from 1."""
    return raw.count(b"\n", 0, offset) + 1, offset - raw.rfind(b"\n", 0, offset)


def _filled(text: str, path: Path) -> str:
    if not text.strip():
        raise TiduError(f"{path} is empty: it holds no text.", "Give a file with text in it.")
    return text
