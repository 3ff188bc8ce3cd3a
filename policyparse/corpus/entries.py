"""What a search index has of a passage: fields and their values, the same for every engine.

In: a Document and its passages. Out: an Entry for each: field → terms (text is cut already) and numbers.
Touches: nothing.

Fields with words hold them with spaces between, to be split at spaces: `words` and `head` the words of jieba, by which hits
are ranked; the *pairs the overlapping pairs of characters, in which a phrase of any length is a run of neighbours; `signs`
single characters. All others are keywords or numbers as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from policyparse.corpus.passages import Passage
from policyparse.model import Document
from policyparse.vocabulary import Vocabulary
from policyparse.words import Segmenter, normal, pairs, squeezed

Entry = Mapping[str, Sequence[str | int]]

#: Fields of words that rank: how often a word stands in them counts.
RANKED = ("words", "head")
#: Fields of words of which only the order counts, by which phrases are found,
RUNS = ("pairs", "title_pairs", "heading_pairs", "item_pairs", "number_pairs", "issuer_pairs")
#: and those of which only counts whether a word is there.
SETS = ("signs",)
KEYWORDS = (
    "document", "what", "tag", "main_tag", "kind", "level", "place", "region", "issuer", "institution", "mode", "role",
    "clause", "place_order",
)  # fmt: skip
#: around: the years that an undated document speaks of, so that a search by year does not lose it
NUMBERS = ("fold", "year", "around", "date", "date_order", "oldest_order", "deadline")


def entries(
    document: Document, parts: Iterable[Passage], segmenter: Segmenter, vocabulary: Vocabulary
) -> Iterator[Entry]:
    """The entries of the passages `parts` of `document`, in their order."""
    shared = _facts(document, vocabulary)
    own = _clause_facts(document)
    title_words = segmenter.terms(document.title)
    heads: dict[tuple[str, ...], tuple[str, str]] = {}
    for part in parts:
        whole = normal(part.text)
        text = "".join(whole.split())
        if part.path not in heads:
            headings = normal(" ".join(part.path))
            words = " ".join([*title_words, *segmenter.terms_of_normal(headings)])
            heads[part.path] = (words, _pairs(headings))
        yield {
            "fold": [part.fold],
            "what": [part.what],
            "words": [" ".join(segmenter.terms_of_normal(whole))],
            "head": [heads[part.path][0]],
            "pairs": [" ".join(pairs(text))],
            "signs": [" ".join(set(text))],
            "heading_pairs": [heads[part.path][1]],
            **shared,
            **(own.get(part.clause, {}) if part.clause else {}),
        }


def _facts(document: Document, vocabulary: Vocabulary) -> Entry:
    """The fields that all passages of a document share."""
    facts: dict[str, Sequence[str | int]] = {
        "document": [document.id],
        "title_pairs": [_pairs(document.title)],
        "issuer_pairs": [_pairs(issuer) for issuer in document.issuers],
        "kind": [document.kind],
        "issuer": [normal(issuer) for issuer in document.issuers],
        "place_order": [document.place or "\U0010ffff"],
        "date_order": [day_number(document.date or "") or 0],
        "oldest_order": [day_number(document.date or "") or 99999999],  # what has no date comes last either way
    }
    if document.doc_number:
        facts["number_pairs"] = [_pairs(document.doc_number)]
    if document.level:
        facts["level"] = [document.level]
    if document.place:
        facts["place"] = place_terms(document.place, vocabulary)
        parts = document.place.split("/")
        facts["region"] = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    date = day_number(document.date or "")
    if date:
        facts["date"] = [date]
        facts["year"] = [date // 10000]
    else:
        facts["around"] = sorted({year for point in document.time_points if (year := _year(point.value))})
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
        if clause.tags:
            note(clause.id, "main_tag", clause.tags[0].tag)
    for mention in document.institutions:
        note(mention.clause, "institution", normal(mention.canonical))
    for moved in document.delegations:
        note(moved.clause, "item_pairs", _pairs(moved.item))
        for mode in moved.mode:
            note(moved.clause, "mode", mode)
    for task in document.responsibilities:
        note(task.clause, "role", task.role)
    for point in document.time_points:
        if point.type == "deadline":
            last = day_number(point.value.rpartition("/")[2], latest=True)
            if last:
                note(point.clause, "deadline", last)
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
    terms: dict[str, None] = {}
    for end in range(1, len(parts) + 1):
        terms["/".join(parts[:end])] = None
        for start in range(end):
            terms["".join(parts[start:end])] = None
        terms[_short(parts[end - 1], vocabulary)] = None
    return list(terms)


def _short(name: str, vocabulary: Vocabulary) -> str:
    for suffix in _suffixes(vocabulary):
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


@lru_cache(maxsize=4)
def _suffixes(vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(sorted(vocabulary.terms("places_suffixes"), key=len, reverse=True))
