"""What may stand inside or in front of a name besides words: brackets, and the year and number of an event.

In: a text, where a name begins so far, Lexicon. Out: where it begins. Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.institutions_lexicon import Lexicon

# （高新区）, （集团）, no list of levels. `form`: what a company's own form puts in brackets.
BRACKETED = re.compile(r"[（(](?:(?P<form>集团|控股|股份|中国)|[一-鿿]{2,6})[)）]$")
# 2008年, 第29届, 2026年第二十届
_EDITION = re.compile(
    r"(?:(?:(?:19|20)[0-9]{2}|[一二][九〇○零][〇○零一二三四五六七八九]{2})年)?"
    r"(?:第[0-9一二三四五六七八九十百]{1,4}[届次])?$"
)


def event_start(text: str, start: int, head_start: int, lexicon: Lexicon) -> int:
    """Where the name of an event's committee begins: with the year or number of the event.

    [2008年]北京奥运会…协调委员会, [第3届]…博览会组委会. `start` where the name holds no event.
    """
    if not lexicon.events.search(text, start, head_start):
        return start
    edition = _EDITION.search(text, max(0, start - 14), start)
    return edition.start() if edition else start
