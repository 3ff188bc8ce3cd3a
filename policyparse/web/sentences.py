"""What the rooms below say, in the reader's language.

In: an English sentence of an error or advice. Out: the same in Chinese where sentences.csv has it, else itself.
Touches: web/sentences.csv.

The rooms below speak English (and the command line shows it); a page for Chinese offices may not. Each row of the table is a
sentence with {} for what changes from one time to the next.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path


def in_language(sentence: str | None, language: str) -> str:
    """`sentence` for a reader of `language`."""
    if not sentence or language == "en":
        return sentence or ""
    for pattern, chinese in _table():
        match = pattern.fullmatch(sentence)
        if match:
            return chinese.format(*match.groups())
    return sentence


@lru_cache(maxsize=1)
def _table() -> list[tuple[re.Pattern[str], str]]:
    with (Path(__file__).parent / "sentences.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        (re.compile("([\\s\\S]+?)".join(map(re.escape, row["english"].split("{}")))), row["chinese"]) for row in rows
    ]
