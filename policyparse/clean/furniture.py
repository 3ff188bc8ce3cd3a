"""What of a file is page, not document: site names, upload notices, teasers, page numbers, repeated titles.

In: the file's lines (Simplified, stripped). Out: a verdict a line. Patterns are data: vocab/furniture.csv.
Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from policyparse.passing import PolicyparseError
from policyparse.vocabulary import Vocabulary

# A pattern for the head of a page holds in its first third, one for the tail after its first third:
# the shares of the file's characters within which the client's five files have theirs, with room to spare.
HEAD_SHARE = 0.34
TAIL_SHARE = 0.34
# A printed page number on a line of its own: — 12 —, - 3 -, ·4·, 第5页, or a bare number (judged by its neighbours)
PAGE_NUMBER = re.compile(r"[—–―－-]{1,2}\s*\d{1,4}\s*[—–―－-]{1,2}|[·•]\s*\d{1,4}\s*[·•]|第\s*\d{1,4}\s*页")
BARE_NUMBER = re.compile(r"\d{1,4}")
# A line of furniture is short; a paragraph that happens to contain its words is not tested at all.
LONGEST = 160


class Verdict(NamedTuple):
    """What becomes of a line: keep it, but for `cuts` (offsets into the line), or drop it for `reason`."""

    keep: bool = True
    reason: str = ""
    cuts: tuple[tuple[int, int], ...] = ()


class _Patterns(NamedTuple):
    whole: re.Pattern[str]
    by_group: dict[str, tuple[str, str]]  # group name → (place, reason)


def _compiled(pattern: str, vocabulary: Vocabulary) -> re.Pattern[str]:
    """All patterns as one; a row that is not well formed is named in one sentence."""
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        for row in vocabulary.table("furniture"):
            try:
                re.compile(row["pattern"])
            except re.error as error:
                raise PolicyparseError(
                    f"furniture.csv, row “{row['pattern']}”: the pattern is not well formed ({error}) — mend it"
                ) from None
        raise


@cache
def _patterns(vocabulary: Vocabulary) -> _Patterns:
    parts, by_group = [], {}
    for number, row in enumerate(vocabulary.table("furniture")):
        if row["place"] not in ("cut", "opening"):
            name = f"p{number}"
            by_group[name] = (row["place"], row["reason"])
            parts.append(f"(?P<{name}>{row['pattern']})")
    return _Patterns(_compiled("|".join(parts), vocabulary), by_group)


@cache
def _cuts(vocabulary: Vocabulary) -> re.Pattern[str] | None:
    patterns = [row["pattern"] for row in vocabulary.table("furniture") if row["place"] == "cut"]
    return _compiled("|".join(patterns), vocabulary) if patterns else None


@cache
def _openings(vocabulary: Vocabulary) -> re.Pattern[str] | None:
    """What may stand behind a title at the end of its line; at least two characters of title come before."""
    patterns = [row["pattern"] for row in vocabulary.table("furniture") if row["place"] == "opening"]
    return _compiled(rf"(?<=..)(?:{'|'.join(patterns)})$", vocabulary) if patterns else None


def judge(lines: Sequence[str], vocabulary: Vocabulary) -> list[Verdict]:
    """A verdict for each of `lines` (stripped; empty ones are dropped without a reason)."""
    verdicts = [Verdict() if line else Verdict(keep=False) for line in lines]
    total = sum(map(len, lines)) or 1
    before = 0
    patterns, cuts, openings = _patterns(vocabulary), _cuts(vocabulary), _openings(vocabulary)
    places: dict[int, tuple[str, str]] = {}
    for index, line in enumerate(lines):
        share = before / total
        before += len(line)
        if not line or len(line) > LONGEST:
            continue
        if PAGE_NUMBER.fullmatch(line):
            verdicts[index] = Verdict(keep=False, reason="page-number")
            continue
        if openings and share < HEAD_SHARE and (words := openings.search(line)):
            for earlier in range(index):
                verdicts[earlier] = Verdict(keep=False, reason="web-furniture")
            verdicts[index] = Verdict(cuts=((words.start(), words.end()),))
            continue
        match = patterns.whole.fullmatch(line)
        if match is None:
            if cuts and (found := tuple((m.start(), m.end()) for m in cuts.finditer(line))):
                verdicts[index] = Verdict(cuts=found)
            continue
        place, reason = patterns.by_group[match.lastgroup or ""]
        if place == "line":
            verdicts[index] = Verdict(keep=False, reason=reason)
        elif place == "head" and share < HEAD_SHARE:
            for earlier in range(index + 1):
                verdicts[earlier] = Verdict(keep=False, reason=reason)
        elif place == "tail" and share >= TAIL_SHARE:
            for later in range(index, len(lines)):
                verdicts[later] = Verdict(keep=False, reason=reason)
            break
        elif place in ("first", "last"):
            places[index] = (place, reason)
    _edges(verdicts, places)
    _bare_page_numbers(lines, verdicts)
    _repeated_titles(lines, verdicts)
    return verdicts


def _edges(verdicts: list[Verdict], places: dict[int, tuple[str, str]]) -> None:
    """Drop `first` and `last` lines where nothing that stays stands before (after) them."""
    for order, wanted in ((range(len(verdicts)), "first"), (range(len(verdicts) - 1, -1, -1), "last")):
        for index in order:
            if not verdicts[index].keep:
                continue
            place, reason = places.get(index, ("", ""))
            if place != wanted:
                break
            verdicts[index] = Verdict(keep=False, reason=reason)


def _bare_page_numbers(lines: Sequence[str], verdicts: list[Verdict]) -> None:
    """Drop lines that are a bare number where at least two such run upwards through the file."""
    found = [(i, int(lines[i])) for i, v in enumerate(verdicts) if v.keep and BARE_NUMBER.fullmatch(lines[i])]
    run: list[tuple[int, int]] = []
    for index, number in found:
        if not run or run[-1][1] < number <= run[-1][1] + 3:
            run.append((index, number))
    if len(run) >= 2 and len(run) >= 0.7 * len(found) and run[1][0] - run[0][0] > 1:
        for index, _ in run:
            verdicts[index] = Verdict(keep=False, reason="page-number")


def _repeated_titles(lines: Sequence[str], verdicts: list[Verdict]) -> None:
    """Of a title printed several times in a row, keep the last."""
    previous = -1
    for index, line in enumerate(lines):
        if not verdicts[index].keep:
            continue
        if previous >= 0 and lines[previous] == line and 6 <= len(line) <= 80 and line[-1] not in "。；;！!，,、：:":
            verdicts[previous] = Verdict(keep=False, reason="repeated-line")
        previous = index
