"""The query language: what a person types, as a tree.

In: a query. Out: Word, Phrase, Field, And, Or, Not. Touches: nothing.

    权限下放 镇             both (words beside each other are joined by AND)
    "委托协议书" “委托”      exactly this, in either kind of quotes; \\" inside straight quotes is a quote
    A OR B, A AND B, NOT A, -A, ( … )
    place:广东 year:2009-2012 tag:delegation     field:value, also with ： and with Chinese field names
    授权*                   words that begin so
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from policyparse.passing import PolicyparseError


class QueryError(PolicyparseError):
    """A query that cannot be understood, said in one sentence; `chinese`: the same in Chinese."""

    def __init__(self, english: str, chinese: str = "") -> None:
        super().__init__(english)
        self.chinese = chinese or english


@dataclass(frozen=True, slots=True)
class Word:
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


Node = Word | Phrase | Field | Not | And | Or

#: Field names as typed → field. The English ones are the contract's.
FIELDS = {
    "tag": "tag", "标签": "tag", "kind": "kind", "文种": "kind", "level": "level", "层级": "level",
    "place": "place", "地区": "place", "地方": "place", "issuer": "issuer", "发文机关": "issuer",
    "year": "year", "年份": "year", "date": "date", "日期": "date",
    "institution": "institution", "机构": "institution", "部门": "institution",
    "title": "title", "标题": "title", "heading": "heading", "小标题": "heading",
    "number": "number", "doc_number": "number", "文号": "number", "item": "item", "事项": "item",
    "mode": "mode", "方式": "mode", "role": "role", "角色": "role",
    "deadline": "deadline", "期限": "deadline", "document": "document", "文件": "document",
    "cites": "cites", "引用": "cites", "依据": "cites",
}  # fmt: skip

#: Deeper brackets than any person types; the parser recurses once a level.
_DEEPEST = 50

_CLOSING = {'"': '"', "“": "”", "「": "」"}
_OPEN, _CLOSE = "(（", ")）"
#: What a word, and a field's value, reaches as far as.
_WORD = re.compile(r"[^\s()（）\"“「]+")
_VALUE = re.compile(r"[^\s()（）]+")


class _Token(NamedTuple):
    kind: str  # word, phrase, field, (, ), AND, OR, NOT
    text: str
    value: str = ""


def parse_query(query: str) -> Node | None:
    """The tree of `query`; None when it is empty. Raises QueryError."""
    tokens = _tokens(query)
    if not tokens:
        return None
    parser = _Parser(tokens)
    tree = parser.either(0)
    if parser.at < len(tokens):
        raise QueryError(
            "the query has a closing bracket too many — take it out, or put the words in quotes",
            "查询式多了一个右括号——请删去，或把词语放进引号",
        )
    return tree


def _tokens(query: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(query)
    while at < end:
        sign = query[at]
        if sign.isspace():
            at += 1
        elif sign in _OPEN or sign in _CLOSE:
            tokens.append(_Token("(" if sign in _OPEN else ")", sign))
            at += 1
        elif sign in _CLOSING:
            text, at = _quoted(query, at)
            tokens.append(_Token("phrase", text))
        elif sign in "-－" and at + 1 < end and not query[at + 1].isspace() and _stands_free(query, at):
            tokens.append(_Token("NOT", sign))
            at += 1
        else:
            at = _bare(query, at, tokens)
    return tokens


def _stands_free(query: str, at: int) -> bool:
    return at == 0 or query[at - 1].isspace() or query[at - 1] in _OPEN


def _bare(query: str, at: int, tokens: list[_Token]) -> int:
    """Reads a word, an operator or field:value from `at`; returns where it ends."""
    word = _reach(_WORD, query, at)
    before, colon, _ = word.replace("：", ":").partition(":")
    name = FIELDS.get(before.lower()) if colon else None
    if name is None:
        tokens.append(_Token(word if word in ("AND", "OR", "NOT") else "word", word))
        return at + len(word)
    at += len(before) + 1
    if query[at : at + 1] in _CLOSING:
        value, at = _quoted(query, at)
    else:
        value = _reach(_VALUE, query, at)
        at += len(value)
    if not value.strip():
        raise QueryError(
            f"{name}: has no value — write it behind the colon, as in {name}:…",
            f"{name}: 后面没有值——请写在冒号后，如 {name}:…",
        )
    tokens.append(_Token("field", name, value.strip()))
    return at


def _reach(pattern: re.Pattern[str], query: str, at: int) -> str:
    found = pattern.match(query, at)
    return found[0] if found else ""


def _quoted(query: str, at: int) -> tuple[str, int]:
    opening = query[at]
    closing = _CLOSING[opening]
    text: list[str] = []
    at += 1
    while at < len(query):
        sign = query[at]
        if sign == "\\" and opening == '"' and query[at + 1 : at + 2] in ('"', "\\"):
            text.append(query[at + 1])
            at += 2
        elif sign == closing:
            return "".join(text), at + 1
        else:
            text.append(sign)
            at += 1
    raise QueryError(
        f"the query has an opening quote {opening} without its closing {closing} — add it, or take both out",
        f"查询式的引号 {opening} 没有对应的 {closing}——请补上，或一并删去",
    )


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def either(self, depth: int) -> Node:
        parts = [self.all(depth)]
        while self._next("OR"):
            parts.append(self.all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self.at < len(self.tokens) and self.tokens[self.at].kind not in (")", "OR"):
            self._next("AND")
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise QueryError(
                "the query has too many brackets inside each other — make it simpler",
                "查询式括号层数太多——请写得简单些",
            )
        if self.at >= len(self.tokens):
            raise QueryError(
                "the query ends where a word should follow — take the last AND, OR, NOT or - out",
                "查询式末尾缺少词语——请删去最后的 AND、OR、NOT 或 -",
            )
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "NOT":
            return Not(self.one(depth + 1))
        if token.kind == "(":
            inside = self.either(depth + 1)
            if not self._next(")"):
                raise QueryError(
                    "the query has an opening bracket without its closing one — add it, or use quotes",
                    "查询式的左括号没有对应的右括号——请补上，或把词语放进引号",
                )
            return inside
        if token.kind == "phrase":
            return Phrase(token.text)
        if token.kind == "field":
            return Field(token.text, token.value)
        if token.kind == "word":
            return Word(token.text)
        if token.kind == ")":
            raise QueryError(
                "the query has a closing bracket where a word should stand — check the brackets",
                "查询式在应有词语的地方是右括号——请检查括号",
            )
        raise QueryError(
            f"the query has {token.kind} where a word should stand — write the word {token.kind} in quotes",
            f"查询式在应有词语的地方是 {token.kind}——如要查这个词本身，请加引号",
        )

    def _next(self, kind: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].kind == kind:
            self.at += 1
            return True
        return False
