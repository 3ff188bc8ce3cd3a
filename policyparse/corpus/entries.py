"""What a search index has of a passage: fields and their values, the same for every engine.

In: a Document and its passages. Out: an Entry for each: field → terms (text is cut already) and numbers.
Touches: nothing.

Fields with words hold them with spaces between, to be split at spaces. `text` has a passage's overlapping pairs of
characters, in which a phrase of any length is a run of neighbours, and behind them every word of three characters and more
that jieba's dictionary finds anywhere in it, and every two frequent words beside each other. So what was typed is found
whatever a segmentation would make of the text, and mostly by one term: a word of two characters is a pair, a longer one of
the dictionary a term, anything else a run. `head` has the same terms of the title and the headings above, each once; the
*_pairs the pairs of other texts. All others are keywords or numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from policyparse.corpus.passages import Passage
from policyparse.model import Document
from policyparse.vocabulary import Vocabulary
from policyparse.words import Segmenter, normal, pairs, squeezed

Entry = Mapping[str, Sequence[str | int]]

#: Fields of words in which the order counts, by which phrases are found (`text` ranks, too),
RUNS = ("text", "title_pairs", "item_pairs", "cites_pairs", "number_pairs", "issuer_pairs")
#: and those of which only counts whether a word is there.
SETS = ("head",)
#: title, number: squeezed, to be looked through for those that have some words
KEYWORDS = (
    "document", "what", "tag", "kind", "level", "place", "region", "issuer", "institution", "mode", "role", "item",
    "title", "number", "cites", "clause", "place_order",
)  # fmt: skip
#: years: its own, or all that an undated document speaks of, so that a search by year does not lose it
NUMBERS = ("fold", "year", "years", "date", "date_order", "oldest_order", "deadline", "deadline_year")

#: A heading is so short that BM25 would rank it before the clauses that it is over: it is made as long as a clause, whose
#: middle length this is (tests/benchmarks/disk.py prints it), with a word that nobody types.
_LENGTH = 60
_FILLER = "¶¶¶"


def entries(
    document: Document, parts: Iterable[Passage], segmenter: Segmenter, vocabulary: Vocabulary
) -> Iterator[Entry]:
    """The entries of the passages `parts` of `document`, in their order."""
    shared = _facts(document, vocabulary)
    own = _clause_facts(document)
    title = set(_terms(normal(document.title), segmenter))
    heads: dict[tuple[str, ...], str] = {}
    for part in parts:
        if part.path not in heads:
            terms = title.union(*(_terms(normal(heading), segmenter) for heading in part.path))
            heads[part.path] = " ".join(sorted(terms))
        terms_here = _terms(normal(part.text), segmenter)
        if part.what != "clause":
            terms_here += [_FILLER] * (_LENGTH - len(terms_here))
        yield {
            "fold": [part.fold],
            "what": [part.what],
            "text": [" ".join(terms_here)],
            "head": [heads[part.path]],
            **shared,
            **(own.get(part.clause, {}) if part.clause else {}),
        }


def _terms(whole: str, segmenter: Segmenter) -> list[str]:
    """The terms of a text in its normal form. A letter at its end stands alone too: so every letter begins a term."""
    text = "".join(whole.split())
    end = [text[-1]] if len(text) > 1 and text[-1].isalnum() else []
    grams = pairs(text)
    return [*grams, *end, *segmenter.long_words(whole), *segmenter.set_phrases(grams)]


def _facts(document: Document, vocabulary: Vocabulary) -> Entry:
    """The fields that all passages of a document share."""
    facts: dict[str, Sequence[str | int]] = {
        "document": [document.id],
        "title_pairs": [_pairs(document.title)],
        "title": [squeezed(document.title)],
        "issuer_pairs": [_pairs(issuer) for issuer in document.issuers],
        "kind": [document.kind],
        "issuer": [normal(issuer) for issuer in document.issuers],
        "place_order": [document.place or "\U0010ffff"],
        "date_order": [day_number(document.date or "") or 0],
        "oldest_order": [day_number(document.date or "") or 99999999],  # what has no date comes last either way
    }
    if document.doc_number:
        facts["number_pairs"] = [_pairs(document.doc_number)]
        facts["number"] = [squeezed(document.doc_number)]
    if document.level:
        facts["level"] = [document.level]
    if document.place:
        facts["place"] = place_terms(document.place, vocabulary)
        parts = document.place.split("/")
        facts["region"] = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    date = day_number(document.date or "")
    if date:
        facts["date"] = [date]
        facts["year"] = facts["years"] = [date // 10000]
    else:
        facts["years"] = sorted({year for point in document.time_points if (year := _year(point.value))})
    return facts


def _clause_facts(document: Document) -> Mapping[str, Entry]:
    """Clause → the fields that it has by its tags and records."""
    facts: dict[str, dict[str, dict[str | int, None]]] = {}

    def note(clause: str | None, name: str, value: str | int) -> None:
        if clause is not None:
            facts.setdefault(clause, {}).setdefault(name, {})[value] = None

    for clause in document.clauses:
        note(clause.id, "clause", clause.id)
        for tag in clause.tags:
            note(clause.id, "tag", tag.tag)
    for mention in document.institutions:
        note(mention.clause, "institution", normal(mention.canonical))
    for moved in document.delegations:
        note(moved.clause, "item_pairs", _pairs(moved.item))
        note(moved.clause, "item", squeezed(moved.item))
        for mode in moved.mode:
            note(moved.clause, "mode", mode)
    for cited in document.citations:
        for words in (cited.title, cited.doc_number):
            if words:
                note(cited.clause, "cites", squeezed(words))
                note(cited.clause, "cites_pairs", _pairs(words))
    for task in document.responsibilities:
        note(task.clause, "role", task.role)
    for point in document.time_points:
        if point.type == "deadline":
            last = day_number(point.value.rpartition("/")[2], latest=True)
            if last:
                note(point.clause, "deadline", last)
                note(point.clause, "deadline_year", last // 10000)
    return {clause: {name: list(values) for name, values in own.items()} for clause, own in facts.items()}


def _pairs(text: str) -> str:
    return " ".join(pairs(squeezed(text)))


def day_number(value: str, latest: bool = False) -> int | None:
    """An ISO date (2010, 2010-04, 2010-04-27) as 20100427; an unprinted part is the first, or the latest."""
    parts = value.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4 or len(parts) > 3:
        return None
    month, day = (12, 31) if latest else (1, 1)
    if len(parts) > 1:
        month = int(parts[1])
    if len(parts) > 2:
        day = int(parts[2])
    return int(parts[0]) * 10000 + month * 100 + day


def _year(value: str) -> int | None:
    """The first year that a time point's value names."""
    for part in value.split("/"):
        day = day_number(part)
        if day:
            return day // 10000
    return None


def place_terms(place: str, vocabulary: Vocabulary) -> list[str]:
    """All ways in which a place that lies on the path `place` is asked for.

    广东省/佛山市/顺德区 → 广东省, 广东, 广东省/佛山市, 广东省佛山市, 佛山市, 佛山, …
    """
    parts = [part for part in normal(place).split("/") if part]
    ends = range(1, len(parts) + 1)
    return list(dict.fromkeys(term for end in ends for term in place_names("/".join(parts[:end]), vocabulary)))


@lru_cache(maxsize=20_000)
def place_names(place: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """All ways in which the place at the end of the path `place` is asked for: its path, its names with those above, its
    short name."""
    parts = [part for part in normal(place).split("/") if part]
    if not parts:
        return ()
    return ("/".join(parts), *("".join(parts[start:]) for start in range(len(parts))), _short(parts[-1], vocabulary))


def _short(name: str, vocabulary: Vocabulary) -> str:
    for suffix in _suffixes(vocabulary):
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


@lru_cache(maxsize=4)
def _suffixes(vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(sorted(vocabulary.terms("places_suffixes"), key=len, reverse=True))
