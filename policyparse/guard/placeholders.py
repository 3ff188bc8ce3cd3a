"""Blanks and placeholders that were left in: XX, ××, ____, 〔20 〕号, 【】, 待定.

In: a Draft. Out: a Finding for each different placeholder, its other places in `also`. Touches nothing.

The patterns are vocabulary (vocab/guard_placeholders.csv). A blank that others are to fill in is none of the
drafter's: in a table, in a form, in a line of blanks behind the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.passing import PolicyparseError
from policyparse.structure import lines as roles
from policyparse.vocabulary import Row, Vocabulary

# What stands in a form and not in a text: who signs, fills in, seals.
_FORM = re.compile(r"盖章|签[字名]|填[报表写]|申请人|经办人|联系人|联系电话|身份证|负责人[:：]|单位[:：（(]|电话[:：]")
# The word for what XX is the name of, or a date's.
_UNIT = re.compile(r"自治[县州]|街道|社区|[省市县区镇乡村局委办年月日]")
# A name that a publisher hides everywhere is no blank that was forgotten, but the document's way of writing.
_HIDDEN = 6
#: A cell of a table that says so much beside its blank is no form's.
_SAYS = 4


@cache
def patterns(vocabulary: Vocabulary) -> tuple[tuple[re.Pattern[str], Row], ...]:
    """The compiled patterns with their rows. Raises PolicyparseError for one that is not well formed."""
    out = []
    for row in vocabulary.table("guard_placeholders"):
        try:
            out.append((re.compile(row["pattern"], re.MULTILINE), row))
        except re.error as error:
            raise PolicyparseError(
                f"guard_placeholders.csv: the pattern {row['pattern']} is not well formed ({error}) — mend it"
            ) from None
    return tuple(out)


def placeholders(draft: Draft) -> Iterator[Finding]:
    """Every placeholder, the same words once."""
    forms = _Forms(draft)
    spans: list[tuple[int, int, Row]] = []
    taken: set[int] = set()
    for pattern, row in patterns(draft.vocabulary):
        for match in pattern.finditer(draft.text):
            start, end = match.span()
            if start in taken or start == end or (row["blank"] and forms.has(start, end)):
                continue
            taken.update(range(start, end))
            spans.append((*_with_unit(draft.text, start, end), row))
    found: dict[str, list[tuple[int, int, Row]]] = {}
    for start, end, row in _joined(spans):
        found.setdefault(draft.text[start:end], []).append((start, end, row))
    for words, places in found.items():
        start, end, row = places[0]
        sure = float(row["sure"])
        if draft.document.masked and len(places) >= _HIDDEN:
            sure = min(sure, 0.6)
        yield draft.finding(
            "placeholder",
            start,
            end,
            Said(
                f"“{words}” is {row['what_en']}" + (f", at {len(places)} places" if len(places) > 1 else ""),
                f"“{words}”是{row['what']}，没有填写" + (f"，共{len(places)}处" if len(places) > 1 else ""),
            ),
            Said("fill in what belongs there, or delete it", "补上应填的内容，或者删去"),
            sure,
            also=[(a, b) for a, b, _ in places[1:]],
        )


def _with_unit(text: str, start: int, end: int) -> tuple[int, int]:
    """The placeholder with the word that it stands for a name of: XX → XX镇."""
    unit = _UNIT.match(text, end)
    return (start, unit.end()) if unit and text[end - 1 : end] not in "〕】》）)]号_＿" else (start, end)


def _joined(spans: list[tuple[int, int, Row]]) -> list[tuple[int, int, Row]]:
    """The blanks of one date (×月×日) as one."""
    out: list[tuple[int, int, Row]] = []
    for start, end, row in sorted(spans, key=lambda span: span[:2]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]), out[-1][2])
        else:
            out.append((start, end, row))
    return out


class _Forms:
    """Which blanks are for others to fill in. A line and a cell are looked at once, however many blanks they have."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._lines: dict[int, bool] = {}
        self._cells: dict[tuple[int, int], int] = {}

    def has(self, start: int, end: int) -> bool:
        """Whether the blank [start, end) is one that others fill in."""
        draft = self._draft
        line = draft.line_at(start)
        if line.start not in self._lines:
            self._lines[line.start] = bool(_FORM.search(line.text))
        if self._lines[line.start]:
            return True
        if line.role == roles.TABLE or "\t" in line.text:
            cell_start = max(draft.text.rfind("\t", line.start, start) + 1, line.start)
            cell_end = draft.text.find("\t", end, line.end)
            cell = cell_start, cell_end if cell_end >= 0 else line.end
            if cell not in self._cells:
                self._cells[cell] = _letters(draft.text[slice(*cell)])
            return self._cells[cell] - _letters(draft.text[start:end]) < _SAYS
        return start >= draft.annex_from and "。" not in line.text


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
