"""The notebook that ``tidu new NAME --notebook`` writes beside the copy: a marimo notebook."""

from __future__ import annotations

from tidu.words import Text

_NOTEBOOK = '''"""TITLE: edit FILE, then run this notebook again.

    marimo edit NOTEBOOK
"""

import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell
def _():
    import json

    import marimo as mo

    import tidu
    from tidu.lab.notebook import bench

    return bench, json, mo, tidu


@app.cell
def _(mo):
    mo.md("""
    INTRO
    """)
    return


@app.cell
def _(bench):
    bench("FILE", preset="PRESET")
    return


@app.cell
def _(mo):
    train = mo.ui.run_button(label="BUTTON")
    train
    return (train,)


@app.cell
def _(mo, tidu, train):
    mo.stop(mo.running_in_notebook() and not train.value)
    run = tidu.run("FILE", preset="PRESET", quiet=True)
    return (run,)


@app.cell
def _(json, mo, run):
    found = json.loads((run.path / "result.json").read_text(encoding="utf-8"))["metrics"]
    print(f"{run.name}: " + ", ".join(f"{name} {value:.4g}" for name, value in found.items()))
    mo.ui.table([{"METRIC": name, "VALUE": value} for name, value in found.items()], selection=None)
    return


@app.cell
def _(json, mo, run):
    folder = run.path / "pictures"
    listed = json.loads((folder / "pictures.json").read_text(encoding="utf-8"))
    mo.vstack(
        [
            mo.image(
                (folder / f"{one['name']}.LANGUAGE.png").read_bytes(),
                alt=one["alt"]["LANGUAGE"],
                caption=one["title"]["LANGUAGE"],
            )
            for one in listed
        ]
    )
    return


if __name__ == "__main__":
    app.run()
'''


def notebook(name: str, file: str, preset: str, language: str) -> str:
    """The notebook's text, which speaks the user's language."""
    intro = Text(
        f"""# {name}

    实验写在 `{file}` 里；改了它，就把下面的格子再运行一遍。先是试验台，看着它训练，随时可以动手；
    然后是一次完整的训练，给出结果和图片。""",
        f"""# {name}

    The experiment stands in `{file}`. When you have changed it, run the cells below again:
    first the bench, where you watch it train and take a hand in it, then a whole training
    with its result and pictures.""",
    )
    words = {
        "TITLE": f"{name}",
        "INTRO": intro[language],
        "BUTTON": Text("从头训练一次", "Train it from the beginning")[language],
        "METRIC": Text("指标", "metric")[language],
        "VALUE": Text("值", "value")[language],
        "LANGUAGE": language,
        "PRESET": preset,
        "NOTEBOOK": file.removesuffix(".py") + "_notebook.py",
        "FILE": file,
    }
    text = _NOTEBOOK
    for word, said in words.items():
        text = text.replace(word, said)
    return text
