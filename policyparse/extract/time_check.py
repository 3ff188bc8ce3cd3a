"""Tests the time vocabulary against its own examples: the part of `policyparse vocab check` that is about time.

In: a Vocabulary. Out: one plain sentence for each example that is not read as it is marked. Touches nothing.

An example marks with 【】 each time point that must be found in it; one without marks must give none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyparse.extract.time_points import time_points
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import Row, Vocabulary

TABLES = (
    "time_limits",
    "time_lengths",
    "time_units",
    "time_relative",
    "time_plans",
    "time_frequencies",
    "time_not_length",
    "time_not_edge",
)
DATE = "2030-06-15"
"""The date of the document that the examples are imagined to stand in."""

_MARKED = re.compile("【(.*?)】")


def failures(vocabulary: Vocabulary) -> Iterator[str]:
    """A sentence for each failing example of the tables time_*.csv, in the tables' order."""
    for table in TABLES:
        for row in vocabulary.table(table):
            for column in ("example", "counter_example"):
                failure = check_row(vocabulary, row, column)
                if failure:
                    yield f"{table}.csv, row “{next(iter(row.values()))}”, {column}: {failure}"


def check_row(vocabulary: Vocabulary, row: Row, column: str) -> str | None:
    """What is wrong with the example in `column` of `row`, or None."""
    marked = row.get(column, "")
    text = marked.replace("【", "").replace("】", "")
    expected = _MARKED.findall(marked)
    found = [point.text for point in time_points(Outline(text, (), (), (), Facts(date=DATE)), vocabulary)]
    if found == expected:
        return None
    return (
        f"in “{text}” {_said(found)} found, but the example marks {_said(expected)} — mend the entry or its 【】 marks"
    )


def _said(words: list[str]) -> str:
    return "、".join(f"“{word}”" for word in words) if words else "nothing"
