"""The command show: one document with its tables, or one clause with its source.

In: an id. Out: facts, outline and tables, or the clause; or JSON. Touches: through corpus.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from policyparse.batch.originals import source_of
from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option
from policyparse.cli.search import labels
from policyparse.cli.tables import console, in_terminal, marked, one_line, safe, show_table
from policyparse.cli.why import reasons_of, show_why
from policyparse.corpus import Corpus, Correction, Imported
from policyparse.corpus.codings import Tags
from policyparse.corpus.originals import Originals
from policyparse.corpus.passages import before_repairs, path_of
from policyparse.model import Clause, Document, Origin
from policyparse.passing import PolicyparseError


@click.command(
    "show",
    cls=Command,
    short_help=say("One document's tables, or one clause.", "一份文件的各种表，或一条条款。"),
    help=say(
        "Show a document (ID: d9f6…) with its facts, outline and tables, or a clause (ID: d9f6…#c7). The beginning of an "
        "id is enough while no other begins so.",
        "显示一份文件（编号如 d9f6…）的基本信息、提纲和各表，或一条条款（如 d9f6…#c7）。编号写开头几位、不重复即可。",
    ),
    examples=[
        ("policyparse show d9f6 --corpus pilots", say("facts, outline and tables", "信息、提纲和各表")),
        ("policyparse show 'd9f6#c7' --source", say("a clause, and where it stands in its file", "条款及其在原文件中的位置")),
        ("policyparse show 'd9f6#c7' --why", say("the words that decided its tags", "标签由哪些词决定")),
        ("policyparse show 'd9f6#c7' --picture c7.png", say("the page of a PDF with the clause marked", "PDF 原页的图片，条款已标出")),
        ("policyparse show d9f6 --json", say("the whole document as JSON", "整份文件的 JSON")),
    ],
)  # fmt: skip
@click.argument("identity", metavar="ID")
@corpus_option
@click.option(
    "--source", "with_source", is_flag=True,
    help=say("Where it stands in the source file, and the file's own characters.", "在原文件中的位置和原文字符。"),
)  # fmt: skip
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE.png",
    help=say("Write the PDF's page with the clause marked.", "写出标明条款的 PDF 页面图片。"),
)
@click.option(
    "--why", "with_why", is_flag=True,
    help=say("The words and features that decided a clause's tags.", "条款标签由哪些词和特征决定。"),
)  # fmt: skip
@click.option("--text", "with_text", is_flag=True, help=say("The whole text too.", "同时显示全文。"))
@json_option
def show_command(
    identity: str,
    directory: Path,
    with_source: bool,
    picture: Path | None,
    with_why: bool,
    with_text: bool,
    as_json: bool,
) -> int:
    for option, asked in (("--picture", picture is not None), ("--why", with_why)):
        if asked and "#" not in identity:
            raise PolicyparseError(f"{identity}: {option} shows a clause — give its id too: {identity}#c1")
    with Corpus.open(directory) as corpus:
        if "#" in identity:
            document, clause = corpus.clause(identity)
            sources = corpus.store.sources(document.id)
            if picture is not None:
                _write_picture(corpus, document, clause, picture)
            newest = corpus.store.versions.newest(document.id)
            people = corpus.corrections.holding(document).get(clause.id, [])
            own = {scheme: tags[clause.id] for scheme, tags in corpus.codings.of(document).items() if clause.id in tags}
            reasons = reasons_of(corpus, document, clause) if with_why else []
            if as_json:
                more = {"corrections": [asdict(each) for each in people], "own_tags": own}
                more |= {"why": reasons} if with_why else {}
                click.echo(json.dumps(_clause_json(document, clause) | more, ensure_ascii=False))
            else:
                _show_clause(document, clause, sources, with_source, people, own)
                if newest:
                    line = say("a newer version is there", "已有新版")
                    click.echo(f"{line}: {newest}")
                if with_source and (kept := _kept(corpus, document)):
                    click.echo(f"{say('original', '原件')}: {one_line(kept)}")
                if with_why:
                    show_why(reasons, people)
            return 0
        document = corpus.document(identity)
        sources = corpus.store.sources(document.id)
        relatives = corpus.store.relatives(document.id)
        versions = _versions(corpus, document)
        cited = corpus.store.references.cited(document)
        citing = [(one.id, one.title) for one in corpus.documents(corpus.store.references.citing(document)[:_CITING])]
    if as_json:
        click.echo(document.model_dump_json(by_alias=True))
        return 0
    _show_facts(document, sources, relatives, citing, versions)
    _show_outline(document)
    _show_tables(document, cited)
    if with_source:
        _show_origins(document)
    if with_text:
        console().print(Text(safe(document.text)))
    return 0


#: So many of the documents that cite this one are named.
_CITING = 10


def _versions(corpus: Corpus, document: Document) -> list[tuple[str, str]]:
    """What there is to say of a document's versions, and where its original is kept."""
    own = corpus.store.versions.of(document.id)
    newest = corpus.store.versions.newest(document.id)
    older = corpus.store.versions.older(document.id)
    gone = own.since if own and not newest else None
    return [
        (say("newer version", "新版"), newest or ""),
        (say("no longer in its file", "原文件已不含此件"), gone or ""),
        (say("older versions", "旧版"), "\n".join(f"{version.document} ({version.since[:10]})" for version in older)),
        (say("original", "原件"), _kept(corpus, document) or ""),
    ]


def _kept(corpus: Corpus, document: Document) -> str | None:
    """Where the corpus keeps the file, or the archive, that the document came from."""
    originals = Originals(corpus.directory)
    record = corpus.imports.top_of(Imported(document.source.path, ""))
    for digest in (document.source.sha256, record.sha256):
        if digest and originals.path(digest).is_file():
            return str(originals.path(digest))
    return None


def _show_facts(
    document: Document,
    sources: list[tuple[str, int]],
    relatives: list[tuple[str, str]],
    citing: list[tuple[str, str]],
    versions: list[tuple[str, str]],
) -> None:
    names = labels(None)
    speech = document.speech
    files = [
        f"{path} ({part}/{document.source.parts})" if document.source.parts > 1 else path for path, part in sources
    ]
    rows = [
        (say("title", "标题"), document.title),
        (say("cover title", "印发通知"), document.cover_title),
        (say("kind", "文种"), names.get(("kind", document.kind), document.kind)),
        (say("number", "文号"), document.doc_number),
        (say("issuers", "发文机关"), "；".join(document.issuers)),
        (say("date", "日期"), document.date),
        (say("addressees", "主送"), "；".join(document.addressees)),
        (say("copies to", "抄送"), "；".join(document.copied_to)),
        (say("printed", "印发日期"), document.printed),
        (say("annexes", "附件"), "\n".join(f"{annex.label} {annex.title}" for annex in document.annexes)),
        (say("speaker", "讲话人"), " ".join(filter(None, (speech.post, speech.speaker))) if speech else None),
        (say("occasion", "场合"), speech.occasion if speech else None),
        (say("place", "地区"), (document.place or "") + (say(" (masked)", "（隐名）") if document.masked else "")),
        (say("level", "层级"), names.get(("level", document.level or ""), document.level)),
        (say("file", "来源文件"), "\n".join(files)),
        *versions,
        (say("encoding", "编码"), document.source.encoding),
        (say("repairs", "修复"), _repairs(document)),
        (say("near-duplicates", "近似文件"), "\n".join(f"{identity} {title}" for identity, title in relatives)),
        (say("cited by", "被引用于"), "\n".join(f"{identity} {title}" for identity, title in citing)),
        (say("warnings", "提示"), "\n".join(document.warnings)),
    ]
    columns = [say("fact", "项目"), say("value", "内容")]
    show_table(document.id, columns, [[name, value] for name, value in rows if value], wide=columns[1])


def _repairs(document: Document) -> str:
    kinds = Counter(repair.reason for repair in document.repairs)
    return ", ".join(f"{reason} {number}" for reason, number in kinds.most_common())


def _show_outline(document: Document) -> None:
    names = labels(None)
    lines: list[tuple[int, int, str, str]] = [
        (section.start, 0, "  " * (section.level - 1) + section.label + section.title, "")
        for section in document.sections
    ]
    depths = {section.id: section.level for section in document.sections}
    for clause in document.clauses:
        depth = depths.get(clause.section or "", 0)
        tag = names.get(("tag", clause.tags[0].tag), clause.tags[0].tag) if clause.tags else ""
        first = one_line(clause.text)
        lines.append(
            (clause.start, 1, "  " * depth + (first[:40] + "…" if len(first) > 40 else first), f"{clause.id} {tag}")
        )
    rows = [[text, note] for _, _, text, note in sorted(lines)]
    columns = [say("outline", "提纲"), say("clause, tag", "条款、标签")]
    show_table(say("Outline", "提纲"), columns, rows, wide=columns[0])


def _sure(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.2f}"


def _show_tables(document: Document, cited: dict[int, str]) -> None:
    """cited: place of a citation → the document of the corpus that it means."""
    names = labels(None)
    clause, sure = say("clause", "条款"), say("confidence", "可信度")
    bodies: dict[str, list[tuple[str, str | None]]] = {}
    for mention in document.institutions:
        bodies.setdefault(mention.canonical, []).append((mention.text, mention.clause))
    show_table(
        say("Institutions", "机构"),
        [say("institution", "机构全称"), say("printed as", "文中写法"), say("times", "次数"), clause],
        [
            [full, "、".join(dict.fromkeys(t for t, _ in found)), str(len(found)), _ids(c for _, c in found)]
            for full, found in bodies.items()
        ],
        wide=say("institution", "机构全称"),
    )
    show_table(
        say("Time points", "时间节点"),
        [say("words", "原文"), say("type", "类型"), say("value", "值"), sure, clause],
        [
            [p.text, names.get(("type", p.type), p.type), p.value, _sure(p.confidence), p.clause or ""]
            for p in document.time_points
        ],
        wide=say("words", "原文"),
    )
    show_table(
        say("Delegated items", "下放事项"),
        [say("item", "事项"), say("from", "下放方"), say("to", "承接方"), say("mode", "方式"), sure, clause],
        [
            [
                d.item, "、".join(d.from_), "、".join(d.to),
                "、".join(names.get(("mode", mode), mode) for mode in d.mode), _sure(d.confidence), d.clause or "",
            ]
            for d in document.delegations
        ],
        wide=say("item", "事项"),
    )  # fmt: skip
    show_table(
        say("Responsibilities", "责任分工"),
        [say("departments", "单位"), say("role", "角色"), say("task", "任务"), say("deadline", "期限"), sure, clause],
        [
            [
                "、".join(r.departments),
                names.get(("role", r.role), r.role),
                r.task,
                r.deadline or "",
                _sure(r.confidence),
                r.clause or "",
            ]
            for r in document.responsibilities
        ],
        wide=say("task", "任务"),
    )
    show_table(
        say("Citations", "引用文件"),
        [
            say("title", "文件名"), say("number", "文号"), say("issuer", "发文机关"), say("relation", "关系"),
            say("in the corpus", "语料库中"), clause,
        ],
        [
            [
                c.title or c.text, c.doc_number or "", (c.issuer or "") + (say(" (superior)", "（上级）") if c.superior else ""),
                names.get(("relation", c.relation), c.relation), cited.get(place, "")[:9], c.clause or "",
            ]
            for place, c in enumerate(document.citations)
        ],
        wide=say("title", "文件名"),
    )  # fmt: skip


def _ids(clauses: object) -> str:
    ids = dict.fromkeys(str(clause) for clause in clauses if clause)  # type: ignore[attr-defined]
    shown = list(ids)
    return " ".join(shown[:6]) + (" …" if len(shown) > 6 else "")


def _show_origins(document: Document) -> None:
    show_table(
        say("Source", "来源位置"),
        [say("clause", "条款"), say("where", "位置")],
        [[clause.id, _where(clause.origin)] for clause in document.clauses],
    )


def _where(origin: Origin) -> str:
    parts = [
        (say("page", "页"), origin.page),
        (say("paragraph", "段"), origin.paragraph),
        (say("table", "表"), origin.table),
        (say("row", "行"), origin.row),
        (say("column", "列"), origin.column),
    ]
    named = [f"{name} {value}" for name, value in parts if value is not None]
    if origin.start is not None and origin.end is not None:
        named.append(say("characters ", "字符 ") + f"{origin.start}–{origin.end}")
    return ", ".join(named)


def _write_picture(corpus: Corpus, document: Document, clause: Clause, target: Path) -> None:
    """Writes the clause's page as PNG. Raises PolicyparseError where its source is no PDF, or is not there as it was."""
    from policyparse.read.pdf_picture import page_picture

    source, origin = document.source, clause.origin
    if source.media_type != "application/pdf" or origin.page is None:
        raise PolicyparseError(f"{source.path}: a picture can be made of a PDF only — see its place with --source")
    data = source_of(corpus, document)
    end = origin.end
    if end is None and origin.start is not None:  # it goes on in another paragraph, or on the next page
        end = origin.start + len(before_repairs(document, clause.start, clause.end))
    png = page_picture(data, origin.page, origin.start, end)
    try:
        target.write_bytes(png)
    except OSError as error:
        raise PolicyparseError(f"{target}: it cannot be written ({error.strerror})") from error


def _clause_json(document: Document, clause: Clause) -> dict[str, object]:
    whole = document.model_dump(mode="json", by_alias=True)
    kinds = ("institutions", "time_points", "delegations", "responsibilities", "citations")
    return {
        "id": f"{document.id}#{clause.id}",
        "document": {key: whole[key] for key in ("id", "title", "kind", "doc_number", "date", "place", "level", "source")},
        "path": list(path_of(document, clause.section)),
        **clause.model_dump(mode="json"),
        "before": before_repairs(document, clause.start, clause.end),
        **{kind: [m for m in whole[kind] if m["clause"] == clause.id] for kind in kinds},
    }  # fmt: skip


def _show_clause(
    document: Document, clause: Clause, sources: list[tuple[str, int]], with_source: bool,
    people: Sequence[Correction], own: Mapping[str, Tags],
) -> None:  # fmt: skip
    names = labels(None)
    spans = [
        (mention.start - clause.start, mention.end - clause.start)
        for mention in (*document.institutions, *document.time_points)
        if mention.clause == clause.id
    ]
    tags = "、".join(f"{names.get(('tag', tag.tag), tag.tag)} {tag.score:.2f}" for tag in clause.tags)
    for each in people:
        if each.sort == "tags":
            tags += say(f" (by {each.by}, {each.when[:10]})", f"（{each.by}更正，{each.when[:10]}）")
    heads = [
        f"{document.id}#{clause.id}",
        document.title + (f"  {document.doc_number}" if document.doc_number else ""),
        " › ".join(path_of(document, clause.section)),
        tags,
        *(f"{scheme}: " + "、".join(f"{tag} {score:.2f}" for tag, score in given) for scheme, given in own.items()),
    ]
    for head in heads:
        if head:
            click.echo(one_line(head))
    if in_terminal():
        console().print(marked(clause.text, spans))
    else:
        click.echo(one_line(clause.text))
    if with_source:
        for path, part in sources:
            click.echo(f"{say('file', '文件')}: {one_line(path)}" + (f" ({part})" if document.source.parts > 1 else ""))
        if _where(clause.origin):
            click.echo(f"{say('where', '位置')}: {_where(clause.origin)}")
        click.echo(f"{say('offsets', '偏移')}: {clause.start}–{clause.end}")
        before = before_repairs(document, clause.start, clause.end)
        click.echo(f"{say('in the source', '原文')}: {one_line(before)}")
    parts = [
        (say("institutions", "机构"), [m.canonical for m in document.institutions if m.clause == clause.id]),
        (say("time points", "时间"), [f"{m.text} = {m.value}" for m in document.time_points if m.clause == clause.id]),
        (say("delegations", "下放"), [m.item for m in document.delegations if m.clause == clause.id]),
        (
            say("responsibilities", "责任"),
            [f"{'、'.join(m.departments)}: {m.task}" for m in document.responsibilities if m.clause == clause.id],
        ),
    ]
    for name, values in parts:
        if values:
            click.echo(f"{name}: {one_line('；'.join(dict.fromkeys(values)))}")
