"""Build the documentation in both languages: ``python docs/build.py [FOLDER]``.

Warnings are errors. Nothing is fetched from the network.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx_build

HERE = Path(__file__).parent
LANGUAGES = {"en": "en", "zh": "zh_CN"}
FRONT = """<!doctype html><meta charset="utf-8"><title>tidu</title>
<script>
location.replace(navigator.language.startsWith("zh") ? "zh/index.html" : "en/index.html")
</script>
<p><a href="zh/index.html">中文</a> · <a href="en/index.html">English</a></p>
"""


def main(words: list[str]) -> int:
    """Build; the exit code."""
    out = Path(words[0]) if words else HERE / "_build"
    for folder, language in LANGUAGES.items():
        options = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE)]
        options += ["-D", f"language={language}", "-d", str(out / f"doctrees-{folder}")]
        failed = sphinx_build([*options, str(HERE / folder), str(out / "html" / folder)])
        if failed:
            return failed
    (out / "html" / "index.html").write_text(FRONT, encoding="utf-8")
    print(out / "html" / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
