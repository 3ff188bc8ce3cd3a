"""The page in its reader's language.

In: a request. Out: "zh" or "en", and the words for it. Touches: vocab/labels.csv.

Both languages stand side by side where they are used, `say("English", "中文")`, so that neither is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from starlette.requests import Request

from policyparse.vocabulary import shipped

LANGUAGES = ("zh", "en")
COOKIE = "lang"

#: What a facet, a filter or a column is called.
NAMES = {
    "tag": ("tag", "标签"), "kind": ("kind", "文种"), "level": ("level", "层级"), "place": ("place", "地区"),
    "year": ("year", "年份"), "issuer": ("issuer", "发文机关"), "institution": ("institution", "机构"),
    "mode": ("form of delegation", "下放方式"), "item": ("delegated item", "下放事项"), "deadline": ("deadline", "期限"),
    "role": ("role", "角色"), "type": ("type", "类型"),
    "document": ("document", "文件"), "documents": ("documents", "文件"), "clause": ("clause", "条款"),
    "clauses": ("clauses", "条款"), "title": ("title", "标题"), "cover_title": ("cover title", "印发通知"),
    "doc_number": ("number", "文号"), "issuers": ("issuers", "发文机关"), "date": ("date", "日期"),
    "headings": ("headings", "所在标题"), "text": ("text", "原文"), "tags": ("tags", "标签"),
    "copies": ("copies", "相同"), "institutions": ("institutions", "机构"), "time_points": ("time points", "时间节点"),
    "delegations": ("delegated items", "下放事项"), "responsibilities": ("responsibilities", "责任分工"),
    "citations": ("citations", "引用文件"), "canonical": ("full name", "机构全称"), "value": ("value", "值"),
    "from": ("from", "下放方"), "to": ("to", "承接方"), "quote": ("sentence", "所据原句"),
    "departments": ("departments", "单位"), "task": ("task", "任务"), "cited_title": ("cited document", "被引文件"),
    "cited_number": ("its number", "被引文号"), "clause_text": ("clause's text", "条款原文"), "start": ("start", "起"),
    "end": ("end", "止"), "masked": ("masked", "隐名"), "characters": ("characters", "字数"), "path": ("file", "来源文件"),
    "part": ("part", "第几份"), "sha256": ("SHA-256", "SHA-256"), "score": ("score", "得分"), "page": ("page", "页"),
    "paragraph": ("paragraph", "段"), "rule": ("rule", "规则"), "confidence": ("confidence", "置信度"),
    "relation": ("relation", "关系"), "issuer_of": ("issuer", "发文机关"), "superior": ("from above", "上位"),
}  # fmt: skip


def language_of(request: Request) -> str:
    """What the reader chose, else the first of our languages that the browser asks for, else Chinese."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


@lru_cache(maxsize=256)
def preferred(header: str) -> str:
    """The language of an Accept-Language header (RFC 9110, 12.5.4); of equal weights the first counts."""
    best, weight = LANGUAGES[0], 0.0
    for part in header[:1000].split(","):
        name, _, rest = part.strip().partition(";")
        code = name.partition("-")[0].strip().lower()
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
        except ValueError:
            continue
        if code in LANGUAGES and quality > weight:
            best, weight = code, quality
    return best


def sayer(language: str) -> Callable[[str, str], str]:
    """`say` in this language."""
    return _english if language == "en" else _chinese


def _english(english: str, chinese: str) -> str:
    return english


def _chinese(english: str, chinese: str) -> str:
    return chinese


def named(name: str, language: str) -> str:
    """What a facet, filter or column is called; itself where it has no name."""
    english, chinese = NAMES.get(name, (name.replace("_", " "), name))
    return english if language == "en" else chinese


def label(field: str, value: object, language: str) -> str:
    """What a value of a field (tag, kind, level, mode, role, type) is called."""
    if value is None:
        return ""
    return _labels(language).get((field, str(value)), str(value))


def labels(column: str, value: object, language: str) -> list[str] | None:
    """What the codes in a cell of a table are called; None where the column holds no codes."""
    field = "tag" if column == "tags" else column
    if not isinstance(value, str) or field not in _coded():
        return None
    return [label(field, part, language) for part in value.split("；")]


@lru_cache(maxsize=1)
def _coded() -> frozenset[str]:
    return frozenset(row["field"] for row in shipped().table("labels"))


@lru_cache(maxsize=2)
def _labels(language: str) -> dict[tuple[str, str], str]:
    return {(row["field"], row["value"]): row[language] for row in shipped().table("labels")}


def values_of(field: str, language: str) -> list[tuple[str, str]]:
    """The values of a field with their names, in the contract's order."""
    return [(value, name) for (of, value), name in _labels(language).items() if of == field]
