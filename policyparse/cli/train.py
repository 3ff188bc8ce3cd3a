"""policyparse train, policyparse evaluate: make the clause classifier from labelled clauses, and judge it.

In: arguments. Out: the model file; tables on standard output. Touches: those files and the two streams.
"""

from __future__ import annotations

from pathlib import Path

import click

from policyparse.cli.messages import Command, say

CLAUSES = say(
    "Labelled clauses: a .jsonl file or a folder of them (those of the checkout if left out).",
    "标注好的条款：一个 .jsonl 文件或这种文件的目录（默认用仓库里的）。",
)


@click.command(
    "train",
    cls=Command,
    short_help=say("Make the classifier from labelled clauses.", "用标注条款训练分类器。"),
    help=say(
        "Train the clause classifier. The same clauses and seed give the same file, byte for byte.",
        "训练条款分类器。同样的条款和种子得到逐字节相同的文件。",
    ),
    examples=[
        ("policyparse train", say("from corpora/clauses into models/", "用 corpora/clauses，写入 models/")),
        ("policyparse train --clauses mine.jsonl --out mine.skops", say("from your own", "用自己的条款")),
    ],
)  # fmt: skip
@click.option("--clauses", type=click.Path(path_type=Path), help=CLAUSES)
@click.option("--out", type=click.Path(path_type=Path), help=say("Where the model goes.", "模型写到哪里。"))
@click.option("--seed", type=int, default=0, show_default=True, help=say("The seed.", "随机种子。"))
def train_command(clauses: Path | None, out: Path | None, seed: int) -> int:
    from policyparse.tag import save_model, shipped_model
    from policyparse.train import read_clauses, train

    labelled = read_clauses(clauses)
    target = out or shipped_model()
    save_model(train(labelled, seed=seed), target)
    click.echo(
        say(
            f"{target}: {target.stat().st_size / 1e6:.1f} MB from {len(labelled)} clauses",
            f"{target}：{target.stat().st_size / 1e6:.1f} MB，来自 {len(labelled)} 条条款",
        )
    )
    return 0


@click.command(
    "evaluate",
    cls=Command,
    short_help=say("Judge the classifier.", "评测分类器。"),
    help=say(
        "Without --clauses: cross-validation on the clauses that it was trained from, grouped by document. With them: "
        "the model on these clauses. Prints figures per tag, calibration, coverage and the confusion between main tags.",
        "不加 --clauses：在训练条款上做按文件分组的交叉验证；加了：用模型评测这些条款。打印各标签指标、校准、覆盖率和主标签混淆表。",
    ),
    examples=[
        ("policyparse evaluate", say("cross-validation", "交叉验证")),
        ("policyparse evaluate --clauses coded.jsonl --model mine.skops", say("on other clauses", "在别的条款上")),
    ],
)  # fmt: skip
@click.option("--clauses", type=click.Path(path_type=Path), help=CLAUSES)
@click.option("--model", type=click.Path(path_type=Path), help=say("The model file.", "模型文件。"))
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    help=say("A folder for the pictures (SVG).", "图（SVG）存到哪个目录。"),
)
@click.option("--seed", type=int, default=0, show_default=True, help=say("The seed.", "随机种子。"))
def evaluate_command(clauses: Path | None, model: Path | None, figures: Path | None, seed: int) -> int:
    from policyparse.tag import load_model, shipped_model
    from policyparse.train import as_text, confusion_table, cross_validate, evaluate, read_clauses
    from policyparse.train.figures import calibration_svg, confusion_svg

    labelled = read_clauses(clauses)
    judged = (
        evaluate(load_model(model or shipped_model()), labelled) if clauses else cross_validate(labelled, seed=seed)
    )
    click.echo(as_text(judged) + "\n\n" + confusion_table(judged))
    if figures:
        figures.mkdir(parents=True, exist_ok=True)
        (figures / "confusion.svg").write_text(confusion_svg(judged), encoding="utf-8")
        (figures / "calibration.svg").write_text(calibration_svg(judged), encoding="utf-8")
    return 0
