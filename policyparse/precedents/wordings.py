"""The same wording once: who uses it, since when, and what was changed in it.

In: ranked clauses. Out: Wordings. Touches: through candidates.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from policyparse.labels import label_at
from policyparse.precedents.candidates import Clauses, Row
from policyparse.precedents.ranking import Ranked
from policyparse.words import Change, changes

#: Two clauses are one wording when their pairs of characters, without names, overlap by this share (Jaccard): the
#: search folds hits by the same measure, where names count.
SAME = 0.85

#: Uses of a wording that are named; all are counted.
_NAMED = 50


@dataclass(frozen=True, slots=True)
class Use:
    """A clause of the corpus that has a wording.

    id:       `document#c7`; `article` as printed before it: 第八条, （三）
    text:     as it stands there
    printings: how many more documents of the corpus are printings of this one
    """

    id: str
    document: str
    clause: str
    title: str
    doc_number: str | None
    article: str | None
    path: list[str]
    issuers: list[str]
    date: str | None
    place: str | None
    kind: str
    text: str
    printings: int = 0

    @property
    def source(self) -> str:
        """《标题》（文号）第八条，发文机关，日期: what is known of it."""
        number = f"（{self.doc_number}）" if self.doc_number else ""
        parts = (f"《{self.title}》{number}{self.article or ''}", "、".join(self.issuers), self.date)
        return "，".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Wording:
    """A clause as one or more documents have it.

    text:    that of the use that is most like the clause asked for
    score:   0 to 1; `parts`: words (BM25), characters (overlap), meaning (learned vectors), each 0 to 1
    changes: from the clause asked for to `text`; the pieces joined give both
    uses:    who uses it, the earliest first, at most fifty; `count` of them in all
    since:   the date of the earliest
    """

    text: str
    score: float
    parts: dict[str, float]
    changes: list[Change]
    uses: list[Use]
    count: int
    since: str | None

    @property
    def best(self) -> Use:
        """The use that `text` is of."""
        return next((use for use in self.uses if use.text == self.text), self.uses[0])


def grouped(
    text: str, ranked: Sequence[Ranked], clauses: Clauses, limit: int, without: str | None = None
) -> list[Wording]:
    """The first `limit` wordings among `ranked`, in its order, each with all clauses of the corpus that have it."""
    groups: list[list[Ranked]] = []
    for each in ranked:
        group = next((group for group in groups if same(group[0], each)), None)
        if group is not None:
            group.append(each)
        elif len(groups) < limit:
            groups.append([each])
    return [_wording(text, group, clauses, without) for group in groups]


def same(one: Ranked, other: Ranked) -> bool:
    """Whether two clauses are one wording, whatever the names in it."""
    mine, its = one.read.pairs, other.read.pairs
    if not SAME * len(mine) <= len(its) <= len(mine) / SAME:
        return False
    shared = len(mine & its)
    return shared >= SAME * (len(mine) + len(its) - shared)


def _wording(text: str, group: Sequence[Ranked], clauses: Clauses, without: str | None) -> Wording:
    first = group[0]
    numbers = {each.row["seq"] for each in group}
    numbers.update(clauses.copies([each.row["fold"] for each in group], _NAMED))
    rows = [row for row in clauses.rows(sorted(numbers)).values() if row["clause"] and row["document"] != without]
    families: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["date"] or "9999", row["seq"])):
        families.setdefault(row["family"], []).append(row)
    uses = [_use(alike[0], len({row["document"] for row in alike}) - 1) for alike in families.values()]
    return Wording(
        text=first.row["text"],
        score=round(first.score, 3),
        parts=first.parts,
        changes=differences(text, first.row["text"]),
        uses=uses,
        count=len(uses),
        since=next((use.date for use in uses if use.date), None),
    )


def differences(one: str, other: str) -> list[Change]:
    """`changes`, in which a single character that two changes happen to share is one with them: it is no likeness."""
    found: list[Change] = []
    parts = changes(one, other)
    for at, part in enumerate(parts):
        alone = part.kind == "equal" and len(part.one) == 1 and part.one.isalnum() and 0 < at < len(parts) - 1
        if found and found[-1].kind == "replace" and (part.kind != "equal" or alone):
            found[-1] = Change("replace", found[-1].one + part.one, found[-1].other + part.other)
        elif alone:  # after a piece that only one side has
            before = found.pop()
            found.append(Change("replace", before.one + part.one, before.other + part.other))
        else:
            found.append(part)
    return found


def _use(row: Row, printings: int) -> Use:
    path = row["path"]
    label = label_at(row["text"]) or (label_at(path[-1]) if path else None)
    return Use(
        id=f"{row['document']}#{row['clause']}",
        document=row["document"],
        clause=row["clause"],
        title=row["title"],
        doc_number=row["doc_number"],
        article=label.text if label else None,
        path=path,
        issuers=json.loads(row["issuers"]),
        date=row["date"],
        place=row["place"],
        kind=row["kind"],
        text=row["text"],
        printings=printings,
    )
