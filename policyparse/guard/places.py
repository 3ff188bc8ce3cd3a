"""Names of other places that were left in: the plan of 荷湾镇 that still says 石桥镇.

In: a Draft, its Home, names that the corpus knows. Out: a Finding for each foreign name. Touches nothing.

A name is foreign when it cannot lie in, above or beside the document's place (home.py). It is a leftover and no
comparison when the text makes it act: an organ of it, a power given to it, a title, a signature. What a document says
of others (借鉴…经验, 毗邻…, …高速公路) is none; the words that tell are vocabulary (vocab/guard_context.csv).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.guard.home import COUNTY, PREFECTURE, TOWN, Home, Mention
from policyparse.places import MASKED, gazetteer
from policyparse.structure import lines as roles
from policyparse.vocabulary import Vocabulary
from policyparse.words import segmenter

# A name that the tables lack: no sign, no figure, none of the characters that build phrases instead (as in places.py).
_NAME = r"[^\W\d_a-zA-Z各本该全每和与及或了是等我以给为的不要由向把对到在于从被按照较大小强试点级城乡镇街村新旧老古名中重建农省市县区年月日条第这那件已经]{2,3}"
#: How far before and after a name the words stand that tell why it is named.
_BEFORE, _AFTER = 16, 10
_SENTENCE = re.compile(r"[。；;！？!?\n]")
_LIST = re.compile(r"[、,，和及与至到/／—–-]")
#: A name that comes so often, and so many different ones, are what the document is about.
_SUBJECT, _MANY = 5, 4


@dataclass(frozen=True, slots=True)
class _Words:
    before: re.Pattern[str]
    after: re.Pattern[str]
    take: re.Pattern[str]
    act: re.Pattern[str]
    within: re.Pattern[str]
    branch: str
    not_names: tuple[str, ...]


@cache
def _words(vocabulary: Vocabulary) -> _Words:
    used: dict[str, list[str]] = {}
    for row in vocabulary.table("guard_context"):
        used.setdefault(row["use"], []).append(re.escape(row["word"]))
    either = {use: "|".join(sorted(words, key=len, reverse=True)) for use, words in used.items()}
    return _Words(
        re.compile(either["before"]),
        re.compile(either["after"]),
        re.compile(rf"(?:{either['take']})$"),
        re.compile(either["act"]),
        re.compile(either["within"]),
        either["branch"],
        tuple(used["not-name"]),
    )


def mentions(draft: Draft, known: Iterable[str] = ()) -> list[Mention]:
    """The full names of places in the text, names printed one behind the other as one.

    known: further names to look for (places of the corpus's documents)
    """
    atlas = gazetteer(draft.vocabulary)
    suffixes = draft.vocabulary.terms("places_suffixes")
    spans = [
        (a, b, name)
        for a, b, name in atlas.find(draft.text)
        if len(name) > 2 and name.endswith(suffixes) and not MASKED.search(name)
    ]
    # a large corpus knows tens of thousands; those that the draft has are few
    more = [name for name in known if len(name) >= 3 and name in draft.text and name.endswith(suffixes)]
    if more:
        pattern = re.compile("|".join(map(re.escape, sorted(more, key=lambda name: (-len(name), name)))))
        spans += [(match.start(), match.end(), match[0]) for match in pattern.finditer(draft.text)]
    return _chained(spans)


def _chained(spans: Sequence[tuple[int, int, str]]) -> list[Mention]:
    out: list[Mention] = []
    for start, end, name in sorted(spans, key=lambda span: (span[0], -span[1])):
        if out and start < out[-1].end:
            continue
        if out and start == out[-1].end:
            out[-1] = Mention(out[-1].start, end, (*out[-1].names, name))
        else:
            out.append(Mention(start, end, (name,)))
    return out


def foreign_places(draft: Draft, home: Home, found: Sequence[Mention]) -> Iterator[Finding]:
    """A Finding for each name of another place: its surest place first, the others in `also`."""
    words = _words(draft.vocabulary)
    every = _chained([*((m.start, m.end, "".join(m.names)) for m in found), *_unlisted(draft, home, words)])
    own = {m.start: m for m in found}
    judged: dict[str, list[tuple[float, Mention, Said]]] = {}
    foreign = [own.get(m.start, m) for m in every if home.relation(own.get(m.start, m)) in ("other", "sibling")]
    count: dict[str, int] = {}
    for mention in foreign:
        count[mention.names[-1]] = count.get(mention.names[-1], 0) + 1
    beside = _beside(draft, home)
    for mention in foreign:
        name = mention.names[-1]
        sure, why = _judge(draft, home, mention, words, beside)
        if sure < 0.8 and (len(count) >= _MANY or count[name] >= _SUBJECT):
            continue
        if sure >= 0.5:
            judged.setdefault(name, []).append((sure, mention, why))
    for name, places in judged.items():
        yield from _finding(draft, home, name, places, words)


def _finding(
    draft: Draft, home: Home, name: str, places: list[tuple[float, Mention, Said]], words: _Words
) -> Iterator[Finding]:
    sure, first, why = max(places, key=lambda place: (place[0], -place[1].start))
    also = [(mention.start, mention.end) for _, mention, _ in places if mention is not first]
    short = home.short(name)
    if short != name and short not in home.names:  # 石桥镇 … 石桥分局
        branches = re.finditer(rf"{re.escape(short)}(?={words.branch})", draft.text)
        also += [match.span() for match in branches]
    place = home.path.replace("/", "")
    yield draft.finding(
        "place", first.start, first.end,
        Said(f"this is a document of {place}; “{name}” is another place, {why.en}", f"本文件是{place}的，“{name}”是外地，{why.zh}"),
        Said("change it to this document's place, or delete it", "改成本地名称；与本地无关的删去"),
        sure, also=sorted(also),
    )  # fmt: skip


def _judge(
    draft: Draft, home: Home, mention: Mention, words: _Words, beside: tuple[set[int], set[int]]
) -> tuple[float, Said]:
    """How sure it is that the name was left over, and why; 0 where the text has a reason to name it."""
    text = draft.text
    line = draft.line_at(mention.start)
    before = _SENTENCE.split(text[max(line.start, mention.start - _BEFORE) : mention.start])[-1]
    after = _SENTENCE.split(text[mention.end : min(line.end, mention.end + _AFTER)])[0]
    sibling = home.relation(mention) == "sibling"
    if line.role in (roles.SIGNATURE, *draft.titles):
        where = (
            Said("in the signature", "却在落款里")
            if line.role == roles.SIGNATURE
            else Said("in the title", "却在标题里")
        )
        return (0.6 if sibling else 0.95), where
    if words.before.search(before) or words.after.search(after):
        return 0.0, Said("", "")
    listed = _in_list(text, mention, beside)
    title = _cited_title(text, line.start, mention.start)
    if title is not None:
        if text[title : mention.start].strip("《〈“") or listed:
            return 0.0, Said("", "")  # a title about another place, not issued by it
        return 0.85, Said("and the basis is that place's document", "引用的是外地文件")
    sure, why = 0.6, Said("and nothing says why it is named", "上下文没有说明为什么提到它")
    if words.act.match(after) or draft.starts_organ(mention.start, mention.end):
        sure, why = 0.9, Said("and the text makes its organ act", "正文却让外地的机构办事")
    elif words.within.match(after):
        sure, why = 0.9, Said("and the text treats it as its own", "正文却把它当作本地")
    elif words.take.search(before):
        sure, why = 0.8, Said("and the text treats it as its own", "正文却把它当作本地")
    elif not before or not "一" <= before[-1] <= "鿿":
        sure = 0.65
        town = home.rank(mention.names[-1]) >= TOWN
        if (
            town
            and not listed
            and not _coined(home.short(mention.names[-1]))
            and home.rank(mention.names[-1]) not in home.steps
        ):
            return 0.0, Said("", "")  # 发展乡村特色产业
    else:
        return 0.0, Said("", "")  # within a word: 推进新城镇建设, 相应城市
    if home.rank(mention.names[-1]) in home.steps:
        sure += 0.05
    if sibling:
        sure -= 0.3
    if draft.document.kind in ("speech", "briefing", "other"):
        sure -= 0.1
    if listed:
        sure -= 0.4
    return sure, why


def _beside(draft: Draft, home: Home) -> tuple[set[int], set[int]]:
    """Where names of other places end and begin, short ones too (深圳、珠海市政府)."""
    spans = [
        (start, end) for start, end, name in home.atlas.find(draft.text) if home.short(name) not in home.names
    ]  # fmt: skip
    return {end for _, end in spans}, {start for start, _ in spans}


def _in_list(text: str, mention: Mention, beside: tuple[set[int], set[int]]) -> bool:
    """Whether another place's name stands right beside it: 东莞市、中山市."""
    ends, starts = beside
    at = mention.start - 1
    if at >= 0 and _LIST.match(text, at) and at in ends:
        return True
    return bool(_LIST.match(text, mention.end) and mention.end + 1 in starts)


def _cited_title(text: str, line: int, offset: int) -> int | None:
    """Where the 《…》 begins that holds `offset`; None where it is in none."""
    opened = text.rfind("《", line, offset)
    return opened if opened >= 0 and "》" not in text[opened:offset] else None


def _unlisted(draft: Draft, home: Home, words: _Words) -> Iterator[tuple[int, int, str]]:
    """Names that the tables lack and that look like the document's own place's: another 某某镇, 某某县.

    A town's name can stand anywhere where a name can begin; a county's or city's only where an organ of it follows.
    """
    ambiguous = set(draft.vocabulary.terms("places_ambiguous"))
    for rank, step in home.steps.items():
        if rank not in (PREFECTURE, COUNTY, TOWN):
            continue
        suffix = next((s for s in ("街道", "镇", "乡", "县", "区", "市") if step.endswith(s)), "")
        if not suffix:
            continue
        follows = "" if rank == TOWN else rf"(?=(?:{words.act.pattern}|{words.within.pattern}|全面|机构))"
        for match in re.finditer(rf"({_NAME}){suffix}{follows}", draft.text):
            name = match[0]
            start = match.start()
            for size in range(2, len(match[1]) + 1):  # the shortest ending that a word before it takes: 把｜白石镇
                at = match.end(1) - size
                if _begins(draft.text, at, words):
                    start, name = at, draft.text[at : match.end()]
                    break
            else:
                continue
            stem = name.removesuffix(suffix)
            if name in ambiguous or stem.endswith(words.not_names) or stem.startswith(words.not_names):
                continue
            if name.endswith(tuple(home.names)) or not (
                _taken(draft.text, start, words) > (0 if rank != TOWN and len(stem) == 2 else 1)
                or _coined(stem)
                or draft.line_at(start).start == start
            ):
                continue
            yield start, match.end(), name


def _begins(text: str, at: int, words: _Words) -> bool:
    """Whether a name can begin at `at`: a line, a sign, or a word that takes a place stands before it."""
    return at == 0 or not ("一" <= text[at - 1] <= "鿿" or text[at - 1].isdigit()) or _taken(text, at, words) > 0


def _taken(text: str, at: int, words: _Words) -> int:
    """The length of the word before `at` that takes a place (下放到: 3; 在: 1); 0 for none."""
    match = words.take.search(text, max(0, at - 4), at)
    return len(match[0]) if match else 0


def _coined(stem: str) -> bool:
    """Whether a name holds no word of the dictionary (整合｜镇内设机构): only then it can stand without a word that takes it."""
    dictionary = segmenter()
    parts = {stem, stem[1:], stem[:2]} if len(stem) > 2 else {stem}
    return not any(len(part) > 1 and dictionary.knows(part) for part in parts)
