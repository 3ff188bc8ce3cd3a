"""Tests the vocabulary against its own examples: `policyparse vocab check`.

In: a Vocabulary (shipped, or with a user's folder laid over it). Out: one plain sentence for each example that does
not do what its entry says. Touches nothing.

What an example must show depends on its table: an institution's name must be found in a sentence, a delegation verb's
sentence must give a delegation, a piece of furniture must match its pattern; a counter-example must not. Tables that
are not named here are read, which checks their form; their examples are for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from policyparse.extract import time_check
from policyparse.extract.delegations import delegations
from policyparse.extract.institutions import institutions
from policyparse.extract.responsibilities import responsibilities
from policyparse.passing import CleanText, Outline
from policyparse.structure import structure
from policyparse.vocabulary import SHIPPED, Row, Vocabulary

INSTITUTIONS = ("institutions_functions", "institutions_kinds", "institutions_bodies", "institutions_names")
Check = Callable[[str, Row, Vocabulary], str | None]


def failures(vocabulary: Vocabulary) -> Iterator[str]:
    """A sentence for each entry whose example or counter-example does not do what the entry says, table by table."""
    for table in sorted(path.stem for path in SHIPPED.glob("*.csv")):
        vocabulary.table(table)  # says which file is malformed, and where
    for table in INSTITUTIONS:
        # a class of names without a head word, and an example with a blank (某局), show nothing that can be found
        rows = [row for row in vocabulary.table(table) if row.get("class") != "none"]
        yield from _each(table, rows, "example", _named, vocabulary)
        yield from _each(table, rows, "counter_example", _not_named, vocabulary)
    moving = [row for row in vocabulary.table("delegation_verbs") if row["use"] != "still"]
    yield from _each("delegation_verbs", moving, "example", _delegates, vocabulary)
    yield from _each("delegation_verbs", vocabulary.table("delegation_verbs"), "counter_example", _no_move, vocabulary)
    yield from _each("task_verbs", vocabulary.table("task_verbs"), "example", _assigns, vocabulary)
    yield from _each("furniture", vocabulary.table("furniture"), "example", _matches, vocabulary)
    yield from _each("furniture", vocabulary.table("furniture"), "counter_example", _no_match, vocabulary)
    yield from _each("guard_placeholders", vocabulary.table("guard_placeholders"), "example", _found, vocabulary)
    yield from _each(
        "guard_placeholders", vocabulary.table("guard_placeholders"), "counter_example", _absent, vocabulary
    )
    yield from time_check.failures(vocabulary)


def _each(table: str, rows: object, column: str, check: Check, vocabulary: Vocabulary) -> Iterator[str]:
    for row in rows:  # type: ignore[attr-defined]
        text = row.get(column, "")
        if text and "某" not in text and (failure := check(text, row, vocabulary)):
            yield f"{table}.csv, row “{next(iter(row.values()))}”, {column}: {failure}"


def _outline(text: str, vocabulary: Vocabulary) -> Outline:
    # a title line first and a full stop last, so that the sentence itself is body text
    return structure(CleanText(f"关于有关工作的意见\n{text}" + ("" if text[-1] in "。！？；" else "。")), vocabulary)


def _names(text: str, vocabulary: Vocabulary) -> list[str]:
    return [mention.text for mention in institutions(_outline(text, vocabulary), vocabulary)]


def _said(words: list[str]) -> str:
    return "、".join(f"“{word}”" for word in words) if words else "nothing"


def _named(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    found = _names(f"成立{text}，会同{text}办理。", vocabulary)
    if text in found:
        return None
    return f"“{text}” is not recognised ({_said(found)} found) — are its function word and its ending in the tables?"


def _not_named(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    if text not in _names(f"{text}。", vocabulary):
        return None
    return f"“{text}” is taken for an institution — add the sign that follows to not_before"


def _records(text: str, vocabulary: Vocabulary) -> tuple[int, int]:
    outline = _outline(text, vocabulary)
    organs = institutions(outline, vocabulary)
    return len(delegations(outline, organs, vocabulary)), len(responsibilities(outline, organs, [], vocabulary))


def _delegates(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    if _records(text, vocabulary)[0]:
        return None
    return f"“{text}” gives no delegated item — write it out in full: what moves, and to whom"


def _no_move(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    return f"“{text}” gives a delegated item" if _records(text, vocabulary)[0] else None


def _assigns(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    if _records(text, vocabulary)[1]:
        return None
    return f"“{text}” gives no responsibility — write an organ, the verb, and what is done"


def _hit(text: str, row: Row) -> bool:
    """Whether a furniture row's pattern matches as its place asks: anywhere, at the line's end, or the whole line."""
    pattern = {"cut": row["pattern"], "opening": rf"(?<=..)(?:{row['pattern']})$"}.get(row["place"])
    if pattern is None:
        return re.fullmatch(row["pattern"], text, re.IGNORECASE) is not None
    return re.search(pattern, text) is not None


def _matches(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    try:
        return None if _hit(text, row) else f"“{text}” does not match"
    except re.error as error:
        return f"the pattern is not well formed ({error}) — mend it"


def _no_match(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    return f"“{text}” matches the pattern — make it narrower" if _hit(text, row) else None


def _found(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    try:
        return None if re.search(row["pattern"], text, re.MULTILINE) else f"“{text}” holds nothing that matches"
    except re.error as error:
        return f"the pattern is not well formed ({error}) — mend it"


def _absent(text: str, row: Row, vocabulary: Vocabulary) -> str | None:
    # a pattern that is not well formed has been said with its example
    matches = _found(text, row, vocabulary) is None
    return f"“{text}” holds what matches the pattern — make it narrower" if matches else None
