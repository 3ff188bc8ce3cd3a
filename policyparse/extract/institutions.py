"""Institutions: the organs, units and bodies that a text names (annotation guide §4).

In: Outline, Vocabulary. Out: a list of Institution, in text order, none overlapping. Pure.

Order, and why: what is no text (the document's own title lines, 《…》, document numbers) is blanked first, so that
no later step has to ask; places are found, because a name begins with one; the grammar reads names from their
last word to the left; the context says which of them count; last, the canonical names, which need all mentions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyparse.extract.annex_titles import annex_titles
from policyparse.extract.confidence import made_by
from policyparse.extract.institutions_candidate import Candidate
from policyparse.extract.institutions_canonical import canonical_names
from policyparse.extract.institutions_context import Judge, blank
from policyparse.extract.institutions_departments import Departments
from policyparse.extract.institutions_grammar import Walker
from policyparse.extract.institutions_lexicon import Head, Lexicon, lexicon
from policyparse.extract.institutions_places import Places
from policyparse.extract.institutions_tails import listed
from policyparse.extract.tails import Tail, bracket_tails
from policyparse.model import Institution
from policyparse.passing import Outline
from policyparse.places import gazetteer
from policyparse.vocabulary import Vocabulary

_BOOK = re.compile(r"《[^《》]{0,200}(?:《[^《》]{0,120}》[^《》]{0,120}){0,3}》")
# 东府办〔2009〕145号, 国发(1981)88号: the letters before the year are an organ's mark, not a mention.
# 西藏自治区人民政府要按照|国办发〔1993〕71号: the mark begins after the words that lead to it.
_NUMBER = re.compile(
    r"(?:(?!按照|根据|依据|依照|遵照|执行|落实|贯彻|关于|[印下转批]发|[要由对以按据见经在与和及的])[一-鿿]){0,8}"
    r"[〔\[［【(（](?:19|20)[0-9]{2}[〕\]］】)）](?:第)?\s?[0-9]{1,5}\s?号"
)

_ALIAS = re.compile(r"[（(]以下(?:简|统)?称[：:]?[“\"‘']?([^“”\"’'（）()，。、；\s]{2,12})[”\"’']?[）)]")
_LABEL_WORDS = ("编", "章", "节", "条", "款", "项", "是", "要")
_COUNT = re.compile(r"[一二三四五六七八九十两几数多各0-9]+个")  # 三个镇 is no place, 三个中心 none of its bodies
_CENTRE = re.compile(r"(?<=[，。；、：\n到由经向在])中心(?![^，。；、\n]{0,2}(?:工作|任务|环节|内容))")
# Each short name is looked for through the whole text: a bound keeps that linear.
_MAX_ALIASES = 40


def institutions(outline: Outline, vocabulary: Vocabulary, tails: Sequence[Tail] | None = None) -> list[Institution]:
    """Every mention of a definite organ, unit or body, with its full official name as far as the document proves it.

    tails: the document's bracket tails, if they were found before.
    """
    words = lexicon(vocabulary)
    places = gazetteer(vocabulary)
    spans = [match.span() for match in _BOOK.finditer(outline.text)]
    spans += [match.span() for match in _NUMBER.finditer(outline.text)]
    spans += list(outline.title_spans)
    spans += annex_titles(outline.text)
    spans += _label_ends(outline)
    text = blank(outline.text, spans)
    found = places.find(text)
    ends = {end: start for start, end, _ in found if not _COUNT.fullmatch(text, start, end)}
    for part in (outline.facts.place or "").split("/"):
        for name in {part, re.sub("(?:街道|镇|乡)$", "", part)}:
            _add_place(text, name, ends)
    own = Places(outline, places)
    candidates = Walker(text, ends, words).candidates()
    Judge(text, words, outline.facts, own.lowest, own.zone).judge(candidates)
    everything = candidates + Departments(text, words, outline.facts.level, ends).find(candidates)
    tails = bracket_tails(outline, vocabulary) if tails is None else tails
    everything += listed(tails, text, words, vocabulary, everything)
    kept = _longest([candidate for candidate in everything if not candidate.rejected])
    kept = _longest(_aliases(text, kept) + _short_centre(text, kept, outline.facts.title, words) + kept)
    names = canonical_names(outline, own, kept, words)
    return [
        Institution(
            text=outline.text[candidate.start : candidate.end],
            canonical=name,
            start=candidate.start,
            end=candidate.end,
            clause=outline.clause_at(candidate.start),
            **made_by("institutions", _rule(candidate), vocabulary),
        )
        for candidate, name in zip(kept, names, strict=True)
    ]


def _label_ends(outline: Outline) -> list[tuple[int, int]]:
    """The last character of labels that end in a word (第六条|市大数据中心): a sign, as it were, for what follows."""
    ends = (section.start + len(section.label) for section in outline.sections)
    return [(end - 1, end) for end in ends if outline.text[end - 1 : end] in _LABEL_WORDS]


def _rule(candidate: Candidate) -> str:
    """What made it a name: the sort of its head, what stands before it, and whether words of it are unknown."""
    before = "listed" if candidate.elided and not candidate.prefix_sort else candidate.prefix_sort or "bare"
    return f"{candidate.head.sort}/{before}" + ("/unknown-words" if candidate.unknown else "")


def _add_place(text: str, name: str, ends: dict[int, int]) -> None:
    """The document's own place, which the gazetteer may not have (a town that was merged)."""
    if len(name) < 2 or _COUNT.fullmatch(name):
        return
    at = text.find(name)
    while at >= 0:
        ends.setdefault(at + len(name), at)
        at = text.find(name, at + len(name))


def _aliases(text: str, kept: list[Candidate]) -> list[Candidate]:
    """The mentions by a short name that the document gives: …有限责任公司（以下简称杏林公司）."""
    out: list[Candidate] = []
    given: set[str] = set()
    starts = {candidate.start: candidate for candidate in kept if not candidate.prefix_sort}
    for full in kept:
        match = _ALIAS.match(text, full.end)
        if match is None or "\0" in match[1] or match[1] in given or len(given) >= _MAX_ALIASES:
            continue
        if not set(match[1]) & set(text[full.start : full.end]) or match[1][0] in "各两三":
            continue  # （以下统称各地）, （以下简称甲方）
        given.add(match[1])
        head = Head(match[1], "alias")
        at = match.start(1)
        while at >= 0:
            short = Candidate(at, at + len(match[1]), head, at, at, parent=full)
            out.append(short)
            longer = starts.get(at)
            apart = longer is not None and longer.head_start >= short.end  # not 协调委|员会
            if longer is not None and apart and (not longer.parent or longer.parent.end == short.end):
                longer.parent = short  # 协调委|办公室
            at = text.find(match[1], at + len(match[1]))
    return out


def _short_centre(text: str, kept: list[Candidate], title: str, words: Lexicon) -> list[Candidate]:
    """中心 alone in the rules of one centre (…政务服务中心首问责任制度): the centre that the title names."""
    own = next((c for c in kept if c.head.word.endswith("中心") and text[c.start : c.end] in title), None)
    stop = words.heads["中心"][0].stop if own is not None else None
    if own is None or stop is None:
        return []
    found = (match for match in _CENTRE.finditer(text) if not stop.match(text, match.end()))
    return [Candidate(*m.span(), Head("中心", "alias"), m.start(), m.start(), parent=own) for m in found]


def _longest(candidates: list[Candidate]) -> list[Candidate]:
    """In text order, without overlaps; the longer of two that overlap stays."""
    out: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.start, -c.end)):
        if out and candidate.start < out[-1].end:
            if candidate.end - candidate.start > out[-1].end - out[-1].start:
                out[-1] = candidate
            continue
        out.append(candidate)
    return out
