"""What the rooms below say, in the reader's language.

In: an English sentence: an error, the reason why a file was left, advice. Out: the same in Chinese, itself where the
table has it not. Touches: web/sentences.csv.

The rooms below speak English, and the page of a Chinese office may not. A row of the table is a sentence, or the part of one
before or behind its dash, with {} for what changes from one time to the next ({1} in the Chinese names the second of them).
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "sentences.csv"


def in_language(sentence: str | None, language: str) -> str:
    """`sentence` for a reader of `language`; what the table lacks stays as it is."""
    if not sentence or language == "en":
        return sentence or ""
    whole = _chinese(sentence)
    if whole is not None:
        return whole
    reason, dash, remedy = sentence.partition(" — ")
    return _part(reason) + ("——" + _part(remedy) if dash else "")


def _part(part: str) -> str:
    """A part of a sentence, which may begin with the name of a file and a colon."""
    found = _chinese(part)
    if found is not None:
        return found
    name, colon, rest = part.partition(": ")
    after = _chinese(rest) if colon else None
    return part if after is None else f"{name}：{after}"


@lru_cache(maxsize=2000)
def _chinese(sentence: str) -> str | None:
    fixed, patterns = _table()
    if sentence in fixed:
        return fixed[sentence]
    if len(sentence) > 500:
        return None
    for pattern, chinese in patterns:
        match = pattern.fullmatch(sentence)
        if match:
            return chinese.format(*match.groups())
    return None


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Sentences without a gap; and those with gaps, the longest first, since a short one may fit too much."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [(row["english"], row["chinese"]) for row in csv.DictReader(lines)]
    fixed = {english: chinese for english, chinese in rows if "{}" not in english}
    gaps = sorted((row for row in rows if "{}" in row[0]), key=lambda row: -len(row[0].replace("{}", "")))
    return fixed, [
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), chinese) for english, chinese in gaps
    ]
