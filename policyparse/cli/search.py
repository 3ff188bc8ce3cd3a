"""The command search: a query and filters in, hits out.

In: arguments. Out: hits as blocks in a terminal, a line each in a pipe, or JSON. Touches: through search.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import click
from rich.padding import Padding
from rich.text import Text

from policyparse import search as engine
from policyparse.cli.cluster import store_option
from policyparse.cli.messages import CHINESE, Command, say
from policyparse.cli.options import corpus_option, json_option, vocab_option, vocabulary
from policyparse.cli.tables import console, counted, in_terminal, marked, one_line, safe
from policyparse.cluster import OpenSearchEngine, Store
from policyparse.corpus import Corpus
from policyparse.vocabulary import Vocabulary, shipped

_FILTERS = {
    "tag": ("clauses with this tag (delegation or 权限下放)", "条款标签（delegation 或 权限下放）"),
    "kind": ("kind of document (plan or 方案)", "文种（plan 或 方案）"),
    "level": ("nation, province, prefecture, county, town, village", "层级：国家、省、市、县、镇、村"),
    "place": ("a place and all under it (广东)", "地区及其下辖各地（如 广东）"),
    "issuer": ("who issued it", "发文机关"),
    "year": ("2009, 2009-2012, 2009.. or ..2012", "年份：2009、2009-2012、2009.. 或 ..2012"),
    "institution": ("mentions it, in full or short (市发改委)", "提到的机构，全称简称均可（如 市发改委）"),
    "item": ("a delegated item with these words", "下放事项中含有这些字"),
    "deadline": (
        "a deadline before or after (..2011-06-30, 2011-07..)",
        "期限在此之前或之后（如 ..2011-06-30、2011-07..）",
    ),
    "cites": ("clauses that cite it, by title or number", "引用它的条款，写文件名或文号"),
}
_PER_FACET = 6


def _filter_options(function: click.decorators.FC) -> click.decorators.FC:
    for name, (english, chinese) in reversed(_FILTERS.items()):
        function = click.option(f"--{name}", multiple=True, help=say(english, chinese), metavar=say("X", "值"))(
            function
        )
    return function


@click.command(
    "search",
    cls=Command,
    short_help=say("Find clauses by words, phrases and filters.", "按词语、短语和条件查找条款。"),
    help=say(
        'Find clauses. QUERY: words (all must be there), "exact phrases", AND, OR, NOT, -word, (brackets), 授权*, and '
        "field:value with the fields tag, kind, level, place, issuer, year, date, institution, title, heading, number, "
        "item, mode, role, deadline, cites, document. Without QUERY the filters alone decide. A filter given twice means "
        "either.",
        "查找条款。QUERY 可写：词语（须全部出现）、\"短语\"（逐字相同）、AND、OR、NOT、-词语、（括号）、授权*，"
        "以及 字段:值，字段有 标签、文种、层级、地区、发文机关、年份、日期、机构、标题、小标题、文号、事项、方式、角色、期限、引用、文件。"
        "不写 QUERY 就只按条件筛选。同一条件给两次表示任一。",
    ),
    examples=[
        ("policyparse search 权限下放 --place 广东", say("words, in a province and all under it", "在一省之内查词语")),
        ("policyparse search '\"委托协议书\"' --year 2009-2012", say("an exact phrase", "逐字查短语")),
        ("policyparse search '财政 (返还 OR 留成) -土地'", say("either word, without a third", "任一词，排除一词")),
        ("policyparse search --institution 市发改委 --tag responsibility", say("what it must do", "它负责的事")),
        ("policyparse search 下放 --store opensearch://head:9200/pilots", say("in an OpenSearch", "在 OpenSearch 中查")),
        ("policyparse search 下放 --json | jq '.hits[].text'", say("for a program", "供程序使用")),
    ],
)  # fmt: skip
@click.argument("query", nargs=-1, metavar="[QUERY]")
@corpus_option
@_filter_options
@click.option(
    "--sort",
    type=click.Choice(engine.SORTS),
    default="relevance",
    show_default=True,
    help=say("Order of the hits.", "排序：相关度、日期（新的在前）、日期（旧的在前）、地区。"),
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help=say("Hits a page.", "每页条数。")
)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help=say("Which page.", "第几页。"))
@click.option("--no-fold", is_flag=True, help=say("Show every copy of a clause.", "重复的条款也逐条列出。"))
@click.option("--no-synonyms", is_flag=True, help=say("Only the words as typed.", "不用同义词。"))
@click.option("--full", is_flag=True, help=say("Whole clauses, not excerpts.", "显示整条，不截取。"))
@store_option("Search in this OpenSearch instead of the corpus directory", "改在这个 OpenSearch 中检索，不用语料库目录")
@vocab_option
@json_option
def search_command(
    query: tuple[str, ...],
    directory: Path,
    sort: str,
    limit: int,
    page: int,
    no_fold: bool,
    no_synonyms: bool,
    full: bool,
    store: str | None,
    vocab: Path | None,
    as_json: bool,
    **filters: tuple[str, ...],
) -> int:
    words = vocabulary(vocab)
    with ExitStack() as opened:
        if store is not None:
            where: Corpus | engine.Engine = OpenSearchEngine(opened.enter_context(Store(store)), words)
        else:
            where = opened.enter_context(Corpus.open(directory, vocabulary=words))
        results = engine.search(
            where,
            " ".join(query),
            filters={name: values for name, values in filters.items() if values},
            sort=sort,
            limit=limit,
            offset=(page - 1) * limit,
            fold=not no_fold,
            synonyms=not no_synonyms,
        )
    if as_json:
        click.echo(json.dumps(results.as_json(), ensure_ascii=False))
    elif in_terminal():
        _show(results, page, full, labels(words))
    else:
        for hit in results.hits:
            click.echo("\t".join(one_line(part) for part in (hit.id, hit.title, " › ".join(hit.path), hit.text)))
    if not results.hits:
        _advise(results)
    return 0


def labels(words: Vocabulary | None) -> dict[tuple[str, str], str]:
    """(field, value) → what it is called in the reader's language."""
    column = "zh" if CHINESE else "en"
    return {(row["field"], row["value"]): row[column] for row in (words or shipped()).table("labels")}


def _show(results: engine.Results, page: int, full: bool, names: dict[tuple[str, str], str]) -> None:
    out = console()
    for number, hit in enumerate(results.hits, results.offset + 1):
        head = Text().append(f"{number}. ", style="bold cyan").append(safe(hit.title), style="bold")
        facts = (
            hit.doc_number,
            hit.date,
            hit.place and hit.place.replace("/", " "),
            names.get(("kind", hit.kind), hit.kind),
        )
        head.append("  " + " · ".join(safe(fact) for fact in facts if fact), style="dim")
        out.print(head)
        if hit.path:
            out.print(_indented(Text(safe(" › ".join(hit.path)), style="green")))
        start, end = (0, len(hit.text)) if full else engine.excerpt(hit.text, hit.highlights, 2 * out.width)
        spans = [(max(a, start) - start, min(b, end) - start) for a, b in hit.highlights if a < end and b > start]
        body = Text("…" if start else "").append_text(marked(hit.text[start:end], spans))
        if end < len(hit.text):
            body.append("…")
        out.print(_indented(body))
        tail = Text().append(hit.id, style="dim")
        for tag in hit.tags[:3]:
            tail.append(f"  [{names.get(('tag', tag['tag']), tag['tag'])}]", style="magenta")
        if hit.copies:
            copies = f"  + {hit.copies} {'copy' if hit.copies == 1 else 'copies'}"
            tail.append(say(copies, f"  另有 {hit.copies} 处相同"))
        out.print(_indented(tail))
        out.print()
    if not results.hits:
        return
    out.print(
        Text(
            say(
                f"{counted(results.total, 'passage', '')} in {counted(results.documents or 0, 'document', '')}, page {page}",
                f"{results.documents:,} 份文件中 {results.total:,} 处，第 {page} 页",
            )
            + (say("; the next: ", "；下一页：") + f"--page {page + 1}" if results.more else ""),
            style="bold",
        )
    )
    for name, counts in results.facets.items():
        if name == "place":  # 广东省 says nothing beside 广东省/佛山市 with the same number
            counts = [
                (place, number)
                for place, number in counts
                if not any(other.startswith(place + "/") and more == number for other, more in counts)
            ]
        if len(counts) > 1:
            shown = "  ".join(f"{names.get((name, value), value)} {count}" for value, count in counts[:_PER_FACET])
            out.print(Text(f"   {facet_name(name)}: ", style="dim").append(safe(shown)))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 3))


def facet_name(name: str) -> str:
    """What a facet is called in the reader's language."""
    chinese = {
        "tag": "标签", "kind": "文种", "level": "层级", "place": "地区", "year": "年份",
        "issuer": "发文机关", "institution": "机构", "item": "下放事项", "mode": "下放方式", "deadline": "期限",
    }  # fmt: skip
    return say(name, chinese.get(name, name))


def _advise(results: engine.Results) -> None:
    if results.total:
        line = say("no such page: there are fewer hits", "没有这一页：结果没有那么多")
    else:
        line = say("nothing found; " + "; ".join(results.advice), "没有找到；" + "；".join(results.advice_zh))
    click.echo(f"policyparse: {one_line(line)}", err=True)
