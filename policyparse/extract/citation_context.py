"""What a citation is to its document: who issued the cited one, when, whether from above, and in which relation.

In: the document's text and facts, where a citation stands, its title and number, the vocabulary.
Out: Cited. Touches nothing.

The issuer is read off the title (关于 stands behind it), the words before 《 (省政府《关于…》), or the number's code
(发文机关代字: vocab/document_codes.csv, document_code_places.csv).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from policyparse.model import LEVELS, Level, Relation
from policyparse.passing import Facts
from policyparse.places import LEVEL_WORDS, gazetteer
from policyparse.vocabulary import Vocabulary

_REACH = 120
_SENTENCE_START = re.compile(r"[。；;！？\n]")
_MARKED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)?》|[（(][^（()）]{0,40}[）)]")
# The verb of a basis, then at most an organ's name and 关于 before the cited title.
_BASIS = re.compile(
    r"(?:根据|依据|依照|按照|遵照|对照|参照|贯彻落实|贯彻执行|贯彻|落实|执行)(?:了|好)?[^，,：:]{0,30}?[、和及与以]{0,2}[^，,：:]{0,24}$"
)
_REPEALED = re.compile(
    r"[^。；\n]{0,24}?(?:同时|即行|相应|自行|予以|一并)?(?:(?<!不予)(?<![拟未])废止(?!和修改)|停止执行|不再执行|自行失效)"
)
_REPEALING = re.compile(r"(?<!不予)(?<![拟未])废止(?:了)?[^。；，]{0,12}$")
_ANSWERED = re.compile(r"(?:请示|报告|函|来函|来信|申请|建议|提案)[》）)〕]?$")
_RECEIVED = re.compile(r"[^。\n]{0,60}?(?:收悉|收到|已收|悉[。，])")
_TITLE_ISSUER = re.compile(r"^(?P<organ>[^《》]{2,40}?)(?:关于|印发|转发|批转)")
_BEFORE = re.compile(
    r"(?P<organ>[一-鿿]{0,14}?(?:国务院|中共中央|党中央|中央|(?:人民政府|委员会)(?:办公[室厅])?|[省市州县区旗镇乡](?:委|政府)"
    r"|[部委局厅](?:办公[室厅])?))(?:关于|印发的?|下发的?|发布的?|制定的?|出台的?|的)?$"
)
_NO_ORGAN = re.compile(r"[，,、：:和及与]|根据|依据|依照|按照|遵照|贯彻|落实|执行|结合|以及|由|经|对|在|将")
_CODE = re.compile(r"(?:中华人民共和国(?=国务院))?(?P<code>[^〔]+?令(?=第)|[^〔]+)")
_STATUTE = re.compile(r"(?<!办)(?<!方)法(?:[（(].{1,12}[）)])?$")  # only the National People's Congress makes a 法
_YEAR = re.compile(r"〔((?:19|20)\d\d)〕")
_OWN_ORGAN = re.compile(r"(?:中共)?(?:我|本)?([省市州县区旗镇乡])(?:委|政府|人民政府|[一-鿿]{1,8}[局厅部委办会])")
_CLOSING = re.compile(r"[^（(《\n。]{0,24}[）)]")
_DATE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(?:(\d{1,2})日)?")
_CENTRAL = re.compile(
    r"^(?:国务院|中共中央|中央|党中央|国家|全国人|中华人民共和国|最高人民|财政部|[一-鿿]{2,8}(?:部|总局|总署)$)"
)


@dataclass(frozen=True, slots=True)
class Cited:
    """issuer, level: of the cited document; date: as printed, or its number's year; superior: above the citing one."""

    issuer: str | None
    level: Level | None
    date: str | None
    superior: bool | None
    relation: Relation


def cited(
    text: str, start: int, end: int, title: str, number: str | None, facts: Facts, vocabulary: Vocabulary
) -> Cited:
    """What the citation text[start:end] is to the document that has these facts."""
    since = max(0, start - _REACH)
    for mark in _SENTENCE_START.finditer(text, since, start):
        since = mark.end()
    before = _MARKED.sub("", text[since:start])
    issuer, level = _issuer(before, title, number, facts, vocabulary)
    superior = None
    if level is not None and facts.level is not None:
        superior = LEVELS.index(level) < LEVELS.index(facts.level)
    relation = _relation(text, before, end, title, facts)
    return Cited(issuer, level, _date(text, start, end, number), superior, relation)


def _relation(text: str, before: str, end: int, title: str, facts: Facts) -> Relation:
    if facts.cover_title is not None and title and title == re.sub(r"\s", "", facts.title):
        return "carries"
    if _ANSWERED.search(title) and (facts.kind == "reply" or _RECEIVED.match(text, end)):
        return "answers"
    following = text[end : end + 80]
    stop = re.search(r"[。；\n]", following)
    after = _MARKED.sub("", following[: stop.start()] if stop else following)
    if _REPEALED.match(after) or _REPEALING.search(before):
        return "repeals"
    return "basis" if _BASIS.search(before) else "mention"


def _date(text: str, start: int, end: int, number: str | None) -> str | None:
    """The date printed inside the citation's brackets, else the year of its number."""
    bracket = _CLOSING.match(text, end)
    if found := _DATE.search(text, start, bracket.end() if bracket else end):
        return "-".join(part.zfill(2) for part in found.groups() if part)
    year = _YEAR.search(number or "")
    return year[1] if year else None


def _issuer(
    before: str, title: str, number: str | None, facts: Facts, vocabulary: Vocabulary
) -> tuple[str | None, Level | None]:
    """The issuer's name as far as it is proven, and the level that it stands at."""
    name = level = None
    if number and (code := _CODE.match(number)):
        name, level = _of_code(code["code"], facts, vocabulary)
    if found := _TITLE_ISSUER.match(title):
        printed = found["organ"]
        if (of_title := _level_of_organ(printed, facts, vocabulary)) is not None:
            return printed, of_title
    if name is None and title and (found := _BEFORE.search(before)):
        printed = _NO_ORGAN.split(found["organ"])[-1]
        if (of_words := _level_of_organ(printed, facts, vocabulary)) is not None:
            return printed, of_words
    if level is None and title:
        level = _level_of(title, vocabulary)  # 《广东省…条例》: whose it is, if not who made it
    return name, level


def _level_of(words: str, vocabulary: Vocabulary) -> Level | None:
    """The level of the organ or place with which `words` begin."""
    if _CENTRAL.match(words) or _STATUTE.search(words):
        return "nation"
    places = gazetteer(vocabulary)
    at, path = 0, ""
    for start, end, name in places.find(words[:24]):
        if start != at:
            break
        at, path = end, f"{path}/{name}" if path else name
    return places.level_of(path) if path else None


def _level_of_organ(words: str, facts: Facts, vocabulary: Vocabulary) -> Level | None:
    """As `_level_of`, and of an organ whose place is the document's (省政府, 县委办)."""
    if (level := _level_of(words, vocabulary)) is not None:
        return level
    own = _OWN_ORGAN.match(words)
    if own is None:
        return None
    if own[1] == "市" and facts.level == "province":
        return "province"  # a municipality under the central government
    return LEVEL_WORDS[own[1]]


@dataclass(frozen=True, slots=True)
class _Codes:
    """central: codes of central organs; local: the second half of local ones; places: with which these begin;
    signs: central codes behind which a department's own follows (财预: 财 and a department)."""

    central: dict[str, tuple[str, Level]]
    local: dict[str, str]
    places: dict[str, str]
    signs: tuple[str, ...]


def _level(word: str) -> Level:
    return next(level for level in LEVELS if level == word)


@cache
def _codes(vocabulary: Vocabulary) -> _Codes:
    rows = vocabulary.table("document_codes")
    central = {row["code"]: (row["issuer"], _level(row["level"])) for row in rows if row["level"] != "local"}
    local = {row["code"]: row["issuer"] for row in rows if row["level"] == "local"}
    places = {row["code"]: row["place"] for row in vocabulary.table("document_code_places")}
    signs = tuple(row["code"] for row in rows if row["sign"] == "yes")
    return _Codes(central, local, places, signs)


def _of_code(code: str, facts: Facts, vocabulary: Vocabulary) -> tuple[str | None, Level | None]:
    """粤府办 → 广东省人民政府办公厅, province; 东府 in a document of 广东省/东莞市/石龙镇 → 东莞市人民政府, prefecture."""
    codes = _codes(vocabulary)
    if code in codes.central:
        return codes.central[code]
    own = (facts.place or "").split("/")
    for size in (2, 1):
        organ = codes.local.get(code[size:])
        if organ is None or (size == 2 and code[:2] not in codes.places):
            continue
        path = codes.places.get(code[:size], "")
        if not path or path.rsplit("/", 1)[-1][0] == code[0]:
            # the document's own superior with this sign comes before a namesake far away
            near = [part for part in own if code[0] in (part[:1], part[-1:])]
            path = "/".join(own[: own.index(near[-1]) + 1]) if near else path
        if not path:
            return None, None
        place = path.rsplit("/", 1)[-1]
        level = gazetteer(vocabulary).level_of(path)
        if organ.endswith("办公室") and level == "province":
            organ = organ.removesuffix("室") + "厅"
        party = organ.startswith("委员会")
        return ("中共" if party else "") + place + organ, level
    sign = next((sign for sign in codes.signs if code.startswith(sign)), None)
    return codes.central[sign] if sign else (None, None)
