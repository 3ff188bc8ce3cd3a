"""policyparse train, policyparse evaluate: make the clause classifier from labelled clauses, and judge it.

In: arguments. Out: the model file; tables on standard output. Touches: those files and the two streams.
"""

from __future__ import annotations

from pathlib import Path

import click

from policyparse.cli.messages import Command, say

CLAUSES = say(
    "Labelled clauses: a .jsonl file or a folder of them (corpora/clauses of the checkout if left out).",
    "标注好的条款：一个 .jsonl 文件或这种文件的目录（默认用仓库里的 corpora/clauses）。",
)
_clauses_option = click.option("--clauses", type=click.Path(path_type=Path), metavar=say("PATH", "路径"), help=CLAUSES)
_seed_option = click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar=say("NUMBER", "数"),
    help=say("Shuffles which documents share a fold; 0 does not.", "打乱哪些文件分在同一折；0 表示不打乱。"),
)


@click.command(
    "train",
    cls=Command,
    short_help=say("Make the classifier from labelled clauses.", "用标注条款训练分类器。"),
    help=say(
        "Train the clause classifier. The same clauses and seed give the same file, byte for byte. Takes some minutes.",
        "训练条款分类器，需要几分钟。同样的条款和种子得到逐字节相同的文件。",
    ),
    examples=[
        ("policyparse train", say("from corpora/clauses into models/", "用 corpora/clauses，写入 models/")),
        ("policyparse train --clauses mine.jsonl --out mine.skops", say("from your own", "用自己的条款")),
    ],
)  # fmt: skip
@_clauses_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=say("FILE", "文件"),
    help=say("The model file (the shipped one if left out).", "模型文件（默认写到自带模型的位置）。"),
)
@_seed_option
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
        "the model on these clauses. Prints figures per tag, calibration, coverage and the confusion between main tags. "
        "With --learners: every learner in nested cross-validation, a line each (about an hour).",
        "不加 --clauses：在训练条款上做按文件分组的交叉验证；加了：用模型评测这些条款。打印各标签指标、校准、覆盖率和主标签混淆表。"
        "加 --learners：用嵌套交叉验证比较各种学习器，每种一行（约一小时）。",
    ),
    examples=[
        ("policyparse evaluate", say("cross-validation", "交叉验证")),
        ("policyparse evaluate --clauses coded.jsonl --model mine.skops", say("on other clauses", "在别的条款上")),
    ],
)  # fmt: skip
@_clauses_option
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar=say("FILE", "文件"),
    help=say(
        "The model to judge on --clauses (the shipped one if left out).", "用 --clauses 评测的模型（默认用自带的）。"
    ),
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar=say("DIR", "目录"),
    help=say("A folder for the pictures (SVG).", "图（SVG）存到哪个目录。"),
)
@click.option("--learners", is_flag=True, help=say("Compare the learners.", "比较各种学习器。"))
@_seed_option
def evaluate_command(clauses: Path | None, model: Path | None, figures: Path | None, learners: bool, seed: int) -> int:
    from policyparse.tag import load_model, shipped_model
    from policyparse.train import as_text, compare, confusion_table, cross_validate, evaluate, read_clauses
    from policyparse.train.evaluation import comparison_table
    from policyparse.train.figures import calibration_svg, confusion_svg

    if learners and (model or figures):
        raise click.UsageError(say("--learners goes with --clauses alone.", "--learners 只能与 --clauses 同用。"))
    if model and clauses is None:
        raise click.UsageError(say("--model needs --clauses.", "--model 须与 --clauses 同用。"))
    labelled = read_clauses(clauses)
    if learners:
        click.echo(comparison_table(compare(labelled, seed=seed, told=lambda line: click.echo(line, err=True))))
        return 0
    judged = (
        evaluate(load_model(model or shipped_model()), labelled) if clauses else cross_validate(labelled, seed=seed)[0]
    )
    click.echo(as_text(judged) + "\n\n" + confusion_table(judged))
    if figures:
        figures.mkdir(parents=True, exist_ok=True)
        (figures / "confusion.svg").write_text(confusion_svg(judged), encoding="utf-8")
        (figures / "calibration.svg").write_text(calibration_svg(judged), encoding="utf-8")
    return 0
