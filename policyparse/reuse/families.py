"""Copies of one document, which are folded into one: they are printings of it, and nobody copied from anybody.

In: the documents' facts and shingles. Out: families, and which document of each is kept. Touches: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from policyparse.model import Document
from policyparse.reuse.direction import Facts, facts
from policyparse.reuse.letters import Letters
from policyparse.reuse.letters import letters as letters_of
from policyparse.reuse.shingles import Shingles, near_copies, shingles

#: Two documents are one and the same in two printings when they have this share of their shingles in common (Jaccard)
#: and neither place nor date says otherwise: retyped copies keep 0.9, another town's plan after one template 0.3–0.6.
SAME_DOCUMENT = 0.75


def one_of_each(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """(those that are kept, the other printings of them), both in their order."""
    once = list({document.id: document for document in documents}.values())
    letters = letters_of(once)
    _, kept = folded([facts(each) for each in once], letters, shingles(letters))
    wanted = {once[number].id for number in kept}
    return [each for each in once if each.id in wanted], [each for each in once if each.id not in wanted]


def folded(known: Sequence[Facts], letters: Letters, found: Shingles) -> tuple[list[tuple[Facts, ...]], list[int]]:
    """Families of more than one printing, the one that is kept first; and the numbers of the documents that are kept."""
    head = list(range(len(known)))

    def root(number: int) -> int:
        while head[number] != number:
            head[number] = head[head[number]]
            number = head[number]
        return number

    for one, other, _ in near_copies(letters, found, SAME_DOCUMENT):
        if _may_be_one(known[one], known[other]):
            a, b = sorted((root(one), root(other)))
            head[b] = a
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(len(known)):
        members[root(number)].append(number)
    families, kept = [], []
    for some in members.values():
        # the one that says most about itself stands for all
        some.sort(key=lambda number: (known[number].dated.basis != "signed", known[number].place is None, number))
        kept.append(some[0])
        if len(some) > 1 or len(known[some[0]].files) > 1:
            families.append(tuple(known[number] for number in some))
    return families, sorted(kept)


def _may_be_one(one: Facts, other: Facts) -> bool:
    """Not when both name a place, or both a day, and not the same: then the second was adapted from the first."""
    places = one.place, other.place
    dates = one.date, other.date
    return (not all(places) or places[0] == places[1]) and (
        not all(dates) or str(dates[0]).startswith(str(dates[1])) or str(dates[1]).startswith(str(dates[0]))
    )
