"""Passages of the draft that stand word for word in documents of the corpus.

In: a Draft, a corpus. Out: Findings of level note: to copy is no mistake, but a clerk must know from where.
Touches: reads the corpus.

The index names the documents that have a clause with the same words; what a passage is, and what everyone uses and
nobody copied, is reuse's to say. A document that is the draft's own other printing (its number, its title) is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from policyparse.corpus import Corpus
from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said, SourceClause
from policyparse.guard.library import number_key, quoted, same_title
from policyparse.model import Document
from policyparse.precedents.candidates import Clauses
from policyparse.reuse import Facts, Pair, Passage, reuse
from policyparse.search import search
from policyparse.words import segmenter

#: Documents that are compared with the draft letter by letter, those with most clauses of the same words.
_COMPARED = 20
#: A clause of the corpus that has so much of a draft's clause, by BM25, may hold a passage of it.
_LIKELY = 0.3
#: A clause shorter than this holds no passage (reuse asks for twenty letters of its own).
_SHORTEST = 20
#: A passage is worth a word from so many letters on that fill so much of its clause; less is a turn of phrase.
_LEAST, _SHARE = 24, 0.4
#: Words that stand in so many documents of the corpus are everyone's; so many of a run's letters are asked for.
_EVERYONES, _PHRASE = 5, 30
#: From this share on the draft is made of the other document, which is said once.
_MOST = 0.5
#: How sure it is that a copied passage must be changed: it need not be.
_SURE = 0.4
_LOOK = Said(
    "see whether it fits this place, and whether names and figures were changed",
    "核对是否适合本地，地名、数字是否都已改过",
)


def copied(draft: Draft, corpus: Corpus) -> Iterator[Finding]:
    """A Finding for each passage, its source in `sources` with the share of the draft's clause that stands there."""
    found = likely_sources(draft, corpus)
    if not found:
        return
    ours = draft.document
    shared = reuse([ours, *found], vocabulary=draft.vocabulary)
    for family in shared.folded:
        others = [facts for facts in family if facts.id != ours.id]
        if len(others) < len(family):
            yield _whole(draft, others[0])
    taken: list[tuple[int, int]] = []
    theirs = {document.id: document for document in found}
    for pair in shared.pairs:
        if ours.id not in (pair.source.id, pair.taker.id):
            continue
        mine = [_seen(pair, passage, ours.id) for passage in pair.passages]
        share = pair.to_share if pair.taker.id == ours.id else pair.from_share
        if share >= _MOST and len(mine) > 1:
            taken += [(each.start, each.end) for each in mine]
            yield _whole(draft, pair.source if pair.taker.id == ours.id else pair.taker, share, mine)
            continue
        for each in mine:
            if any(each.start < end and start < each.end for start, end in taken):
                continue
            finding = _finding(draft, each, theirs)
            if (
                each.passage.shared >= _LEAST
                and (finding.sources[0].share or 0) >= _SHARE
                and not _everyones(draft, each, corpus)
            ):
                taken.append((each.start, each.end))
                yield finding


def likely_sources(draft: Draft, corpus: Corpus) -> list[Document]:
    """The documents of the corpus that have most clauses in the words of the draft's, without the draft's own copies."""
    clauses = Clauses(corpus)
    words = segmenter(corpus.vocabulary)
    numbers: Counter[int] = Counter()
    for clause in draft.document.clauses:
        if len(clause.text) >= _SHORTEST:
            for candidate in clauses.with_words(words.terms(clause.text), 4):
                if candidate.words >= _LIKELY:
                    numbers[candidate.seq] += 1
    rows = clauses.rows(list(numbers))
    documents = Counter({row["document"]: 0 for row in rows.values()})
    for seq, times in numbers.items():
        if seq in rows:
            documents[rows[seq]["document"]] += times
    documents.pop(draft.document.id, None)
    found = corpus.documents([identity for identity, _ in documents.most_common(_COMPARED)])
    return [document for document in found if not _same(draft.document, document)]


def _same(draft: Document, other: Document) -> bool:
    """Whether `other` is the draft's own other printing."""
    if draft.doc_number and other.doc_number and number_key(draft.doc_number) == number_key(other.doc_number):
        return True
    return draft.place == other.place and same_title(draft.title, other.title)


class _Seen(NamedTuple):
    """A passage as the draft sees it: its own span, the longest run in it, the other document, where it stands there."""

    passage: Passage
    start: int
    end: int
    run: tuple[int, int]
    other: Facts
    clause: str
    at: int
    text: str


def _seen(pair: Pair, passage: Passage, ours: str) -> _Seen:
    longest = max(passage.runs, key=lambda run: run[1] - run[0])
    if pair.taker.id == ours:
        return _Seen(
            passage, passage.to_start, passage.to_end, longest[2:], pair.source, passage.from_clause,
            passage.from_start, passage.from_text,
        )  # fmt: skip
    return _Seen(
        passage, passage.from_start, passage.from_end, longest[:2], pair.taker, passage.to_clause, passage.to_start,
        passage.to_text,
    )  # fmt: skip


def _everyones(draft: Draft, seen: _Seen, corpus: Corpus) -> bool:
    """Whether the words stand in so many documents that nobody has them from another (认真贯彻执行)."""
    words = quoted(draft.text[slice(*seen.run)][:_PHRASE])
    hits = search(corpus, words, limit=4 * _EVERYONES, fold=False, synonyms=False, facets=()).hits
    return len({hit.document for hit in hits}) >= _EVERYONES


def _finding(draft: Draft, seen: _Seen, theirs: Mapping[str, Document]) -> Finding:
    whole = draft.clause_at(seen.start)
    letters = sum(sign.isalnum() for sign in (whole.text if whole else draft.text[seen.start : seen.end]))
    share = round(min(1.0, seen.passage.shared / max(letters, 1)), 2)
    other = seen.other
    where = Draft(theirs[other.id], draft.vocabulary).where(seen.at)
    clause = seen.clause.partition("#")[2] or None
    return draft.finding(
        "copied", seen.start, seen.end,
        Said(
            f"{seen.passage.shared} letters, {share:.0%} of the clause, stand word for word in “{other.title}”, {where.en}",
            f"这一段有{seen.passage.shared}个字（占本条{share:.0%}）与{_cited(other)}{where.zh}相同",
        ),
        _LOOK, _SURE,
        sources=[SourceClause(other.id, other.title, clause, seen.text, other.doc_number, other.date, share)],
    )  # fmt: skip


def _cited(facts: Facts) -> str:
    return f"《{facts.title}》" + (f"（{facts.doc_number}）" if facts.doc_number else "")


def _whole(draft: Draft, other: Facts, share: float | None = None, passages: Sequence[_Seen] = ()) -> Finding:
    """Most of the draft is another document; `also` are the passages."""
    line = next((line for line in draft.lines if line.role in draft.titles), draft.lines[0])
    part = "nearly the whole text stands" if share is None else f"{share:.0%} of the text stand"
    part_zh = (
        f"全文与{_cited(other)}基本相同"
        if share is None
        else f"全文有{share:.0%}与{_cited(other)}相同，共{len(passages)}段"
    )
    return draft.finding(
        "copied", line.start, line.end, Said(f"{part} word for word in “{other.title}”", part_zh), _LOOK, _SURE,
        also=[(each.start, each.end) for each in passages],
        sources=[SourceClause(other.id, other.title, None, "", other.doc_number, other.date, share)],
    )  # fmt: skip
