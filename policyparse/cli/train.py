"""policyparse train, policyparse evaluate: make the clause classifier from labelled clauses, and judge it.

In: arguments. Out: the model file; tables on standard output. Touches: those files and the two streams.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policyparse.cli.messages import Command, say

if TYPE_CHECKING:
    from policyparse.train import LabelledClause, ReadDocument

CLAUSES = say(
    "Labelled clauses: a .jsonl file or a folder of them (corpora/clauses of the checkout if left out); with --tags a "
    "coding sheet, .csv or .xlsx.",
    "标注好的条款：一个 .jsonl 文件或这种文件的目录（默认用仓库里的 corpora/clauses）；有 --tags 时为编码表（.csv、.xlsx）。",
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
_labels_option = click.option(
    "--labels",
    type=click.Path(path_type=Path),
    metavar=say("PATH", "路径"),
    help=say(
        "Labels by hash, .jsonl (corpora/hashed if left out); their documents are in --texts.",
        "以哈希记录的标注（.jsonl，默认用 corpora/hashed），文件在 --texts 里。",
    ),
)
_texts_option = click.option(
    "--texts",
    type=click.Path(path_type=Path, file_okay=False),
    metavar=say("DIR", "目录"),
    help=say("The folder of the documents that --labels speaks of.", "--labels 所指文件所在的目录。"),
)


def _documents(labels: Path | None, texts: Path | None, own: bool) -> list[ReadDocument]:
    """The documents of --labels in --texts; none without --texts, and it is said what is missed unless the clauses are a
    user's `own`."""
    from policyparse.train import read_labelled, shipped_labels

    if texts is None:
        if labels is not None:
            raise click.UsageError(say("--labels needs --texts.", "--labels 须与 --texts 同用。"))
        if not own:
            without = say(
                "the written clauses alone: the labels of corpora/hashed need the documents that they speak of (--texts DIR)",
                "只用自写条款：corpora/hashed 的标注需要相应的文件（--texts 目录）",
            )
            click.echo(without, err=True)
        return []
    documents, lost = read_labelled(labels or shipped_labels(), texts)
    if lost:
        click.echo(say(f"{lost} labels find no clause", f"{lost} 个标注找不到条款"), err=True)
    return documents


@click.command(
    "train",
    cls=Command,
    short_help=say("Make the classifier from labelled clauses.", "用标注条款训练分类器。"),
    help=say(
        "Train the clause classifier. The same clauses and seed give the same file, byte for byte. Takes some minutes. "
        "With --tags: a model of your own tags from a coding sheet, with the coders' agreement and a card beside it. "
        "With --corrections: what people have corrected in a corpus is learned from too.",
        "训练条款分类器，需要几分钟。同样的条款和种子得到逐字节相同的文件。加 --tags：用编码表训练自定标签的模型，"
        "给出编码员一致性，并在旁边写一份说明。加 --corrections：语料库里的人工更正也用于训练。",
    ),
    examples=[
        ("policyparse train", say("from corpora/clauses into models/", "用 corpora/clauses，写入 models/")),
        (
            "policyparse train --texts ../shared/corpus",
            say("and from the documents that corpora/hashed labels", "加上 corpora/hashed 标注过的文件"),
        ),
        (
            "policyparse train --corrections pilots --out mine.skops",
            say("and from your corrections", "加上你的更正"),
        ),
        (
            "policyparse train --tags corpora/instruments/tags.csv --clauses corpora/instruments/coded.csv --out mine.skops",
            say("your own tags", "自定标签"),
        ),
    ],
)  # fmt: skip
@_clauses_option
@click.option(
    "--tags", "tags", type=click.Path(path_type=Path), metavar=say("FILE", "文件"),
    help=say("Your own tags: .csv or .xlsx with tag, name, definition.", "自定标签表：.csv 或 .xlsx，列为标签、名称、定义。"),
)  # fmt: skip
@_labels_option
@_texts_option
@click.option(
    "--corrections", type=click.Path(path_type=Path), metavar=say("CORPUS", "语料库"),
    help=say("A corpus whose corrections are learned from.", "用其中更正训练的语料库。"),
)  # fmt: skip
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=say("FILE", "文件"),
    help=say("The model file (the shipped one if left out).", "模型文件（默认写到自带模型的位置）。"),
)
@_seed_option
def train_command(
    clauses: Path | None,
    tags: Path | None,
    labels: Path | None,
    texts: Path | None,
    corrections: Path | None,
    out: Path | None,
    seed: int,
) -> int:
    from policyparse.tag import save_model, shipped_model
    from policyparse.train import as_text, learn, read_clauses

    if tags is not None:
        if clauses is None or out is None or texts or labels or corrections:
            raise click.UsageError(
                say(
                    "--tags goes with --clauses SHEET and --out FILE.", "--tags 须与 --clauses 编码表、--out 文件同用。"
                )
            )
        return _train_scheme(tags, clauses, out, seed)
    labelled = read_clauses(clauses)
    documents = _documents(labels, texts, own=clauses is not None)
    if corrections is not None:
        documents += _corrected(corrections)
    target = out or shipped_model()
    learned = learn(labelled, documents, seed=seed)
    save_model(learned.model, target)
    more = sum(len(document.tags) for document in documents)
    size = f"{target.stat().st_size / 1e6:.1f} MB"
    click.echo(
        say(
            f"{target}: {size} from {len(labelled)} clauses" + (f" and {more} of documents" if more else ""),
            f"{target}：{size}，来自 {len(labelled)} 条条款" + (f"和文件中的 {more} 条" if more else ""),
        )
    )
    for name, figures in ((say("cross-validated", "交叉验证"), learned.own), (say("documents", "文件"), learned.read)):
        if figures is not None:
            click.echo(f"{name}: " + as_text(figures).split("\n", 1)[0])
    return 0


def _corrected(directory: Path) -> list[ReadDocument]:
    from policyparse.corpus import Corpus
    from policyparse.train.applying import all_corrected

    with Corpus.open(directory) as corpus:
        named = sorted({each.document for each in corpus.corrections.all()})
        read = [document for name in named if (document := corpus.store.as_parsed(name)) is not None]
        return all_corrected((document, corpus.corrections.holding(document)) for document in read)


def _train_scheme(tags: Path, sheet: Path, out: Path, seed: int) -> int:
    from policyparse.tag import save_model
    from policyparse.train import as_text, read_coded, read_scheme, train_scheme
    from policyparse.train.card import agreement_lines, scheme_card

    scheme = read_scheme(tags)
    coded = read_coded(sheet, scheme)
    for line in agreement_lines(coded):
        click.echo(line)
    model, figures = train_scheme(scheme, coded.clauses, seed)
    save_model(model, out)
    card = out.with_suffix(".md")
    card.write_text(scheme_card(scheme, coded, figures, model), encoding="utf-8")
    click.echo("\n" + as_text(figures) + f"\n\n{out}\n{card}")
    return 0


@click.command(
    "evaluate",
    cls=Command,
    short_help=say("Judge the classifier.", "评测分类器。"),
    help=say(
        "Without --clauses and --labels: cross-validation on what it was trained from, grouped by document. With them: the "
        "model on these clauses, or on these clauses of whole documents. Prints figures per tag, calibration, coverage at "
        "0.90 precision and the confusion between main tags. With --learners: every learner in nested cross-validation, "
        "a line each (an hour; --part 0.25 takes a quarter of the documents). With --with-and-without: two models, trained "
        "with the labels of corpora/hashed and without, side by side on the blind --labels (some minutes).",
        "不加 --clauses、--labels：在训练条款上做按文件分组的交叉验证；加了：用模型评测这些条款，或整份文件中的这些条款。"
        "打印各标签指标、校准误差、准确率 0.90 时的覆盖率和主标签混淆表。加 --learners：用嵌套交叉验证比较各种学习器，"
        "每种一行（约一小时；--part 0.25 只取四分之一的文件）。加 --with-and-without：用与不用 corpora/hashed 各训练一个模型，"
        "在 --labels 的盲标上并列比较（几分钟）。",
    ),
    examples=[
        ("policyparse evaluate", say("cross-validation", "交叉验证")),
        (
            "policyparse evaluate --labels corpora/blind/third.jsonl --texts ../shared/corpus",
            say("the shipped model on blind labels", "用盲标评测自带模型"),
        ),
        ("policyparse evaluate --clauses coded.jsonl --model mine.skops", say("on other clauses", "在别的条款上")),
        (
            "policyparse evaluate --with-and-without --labels corpora/blind --texts ../shared/corpus",
            say("what corpora/hashed is worth", "corpora/hashed 有多大用处"),
        ),
    ],
)  # fmt: skip
@_clauses_option
@_labels_option
@_texts_option
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar=say("FILE", "文件"),
    help=say("The model to judge (the shipped one if left out).", "评测哪个模型（默认用自带的）。"),
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar=say("DIR", "目录"),
    help=say(
        "A folder for the pictures (SVG); with --texts: confusion of the written clauses, calibration of the documents'.",
        "图（SVG）存到哪个目录；有 --texts 时，混淆图为自写条款的，校准图为文件中条款的。",
    ),
)
@click.option("--learners", is_flag=True, help=say("Compare the learners.", "比较各种学习器。"))
@click.option(
    "--part", type=click.FloatRange(0, 1, min_open=True), default=1.0,
    help=say("With --learners: this part of the documents.", "与 --learners 同用：只取这一部分文件。"),
)  # fmt: skip
@click.option(
    "--with-and-without", "both", is_flag=True,
    help=say("Compare the model with and without the labels of corpora/hashed.", "比较用与不用 corpora/hashed 标注的模型。"),
)  # fmt: skip
@_seed_option
def evaluate_command(
    clauses: Path | None,
    labels: Path | None,
    texts: Path | None,
    model: Path | None,
    figures: Path | None,
    learners: bool,
    part: float,
    both: bool,
    seed: int,
) -> int:
    from policyparse.tag import load_model, shipped_model
    from policyparse.train import cross_validate, evaluate, evaluate_documents, read_clauses
    from policyparse.train.evaluation import as_text, confusion_table

    if learners and (model or figures):
        raise click.UsageError(
            say("--learners goes with clauses alone.", "--learners 不能与 --model、--figures 同用。")
        )
    if model and clauses is None and labels is None:
        raise click.UsageError(say("--model needs --clauses or --labels.", "--model 须与 --clauses 或 --labels 同用。"))
    if clauses is not None and not learners and (labels or texts):
        raise click.UsageError(
            say("--clauses, or --labels with --texts.", "--clauses 与 --labels、--texts 只能选一种。")
        )
    if both:
        if labels is None or texts is None or clauses or model or figures or learners:
            raise click.UsageError(
                say(
                    "--with-and-without goes with --labels and --texts.",
                    "--with-and-without 须与 --labels、--texts 同用。",
                )
            )
        _with_and_without(labels, texts, seed)
        return 0
    if part < 1 and not learners:
        raise click.UsageError(say("--part goes with --learners.", "--part 须与 --learners 同用。"))
    if learners:
        _compare(read_clauses(clauses), _documents(labels, texts, own=clauses is not None), part, seed)
        return 0
    if labels is not None:
        found = [evaluate_documents(load_model(model or shipped_model()), _documents(labels, texts, own=True))]
    elif clauses is not None:
        found = [evaluate(load_model(model or shipped_model()), read_clauses(clauses))]
    else:
        own, read = cross_validate(read_clauses(), _documents(labels, texts, own=False), seed=seed)
        found = [own, *([read] if read else [])]
    for number, judged in enumerate(found):
        if number:
            click.echo(say("\nOf the documents' clauses:\n", "\n文件中的条款：\n"))
        click.echo(as_text(judged) + "\n\n" + confusion_table(judged))
    if figures:
        from policyparse.train.figures import calibration_svg, confusion_svg

        figures.mkdir(parents=True, exist_ok=True)
        # confusion of the written clauses, which are many a tag; scores where they are harder to keep
        (figures / "confusion.svg").write_text(confusion_svg(found[0]), encoding="utf-8")
        (figures / "calibration.svg").write_text(calibration_svg(found[-1]), encoding="utf-8")
    return 0


def _compare(labelled: list[LabelledClause], documents: list[ReadDocument], part: float, seed: int) -> None:
    from policyparse.train import compare, of_documents
    from policyparse.train.evaluation import comparison_table

    some = of_documents(labelled, documents, part, seed)
    click.echo(comparison_table(compare(*some, seed=seed, told=lambda line: click.echo(line, err=True))))
    size = len(some[0]) + sum(len(document.tags) for document in some[1])
    click.echo(say(f"\n{size} clauses, four outer folds, three inner ones", f"\n{size} 条条款，外层四折、内层三折"))


def _with_and_without(labels: Path, texts: Path, seed: int) -> None:
    from policyparse.train import read_clauses, read_labelled, shipped_labels, with_and_without
    from policyparse.train.evaluation import side_by_side

    files = sorted(labels.glob("*.jsonl")) if labels.is_dir() else [labels]
    measured = {file.stem: read_labelled(file, texts)[0] for file in files}
    documents, _ = read_labelled(shipped_labels(), texts)
    click.echo(side_by_side(with_and_without(read_clauses(), documents, measured, seed)))
