"""A name found in a text, and what its place or level looks like: shared by the grammar, the judge and the namer.

In: nothing. Out: Candidate, LEVELS, ZONE, SECTIONS, MAX_NAME. Touches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policyparse.extract.institutions_lexicon import Head

# The longest names of the genre (…工作领导小组办公室 with its place) have about 45 characters.
MAX_NAME = 48

# The last words of an organ's sections, which belong to the organ whose document names them.
SECTIONS = ("处", "科", "股", "室")

# Levels that stand for a place in front of a name (市财政局). Two-character ones first.
LEVELS = re.compile(
    r"(?:试点镇|试点乡镇|自治区|自治州|街道|省级|市级|县级|区级|镇级|州级|全国|国家|兵团|[省市县区州盟旗镇乡])$"
)
ZONE = re.compile(
    r"(?:开发区|新区|园区|高新区|经开区|片区|示范区|度假区|保税区|试验区|合作区|工业园|产业园|管理区|景区|港区|功能区|集聚区|保护区|投资区|集中区|经济区|自贸区|临空区|新城)$"
)


@dataclass(slots=True)
class Candidate:
    """A name in the text.

    prefix:      where its place or level ends (== start: none); `prefix_sort` says which: "place", "level" (市),
                 "zone" (高新区), "foreign", or ""
    functions, unknown: how many function words and characters of no known word stand before the head
    parent:      the organ that the head continues (县委|办公室)
    elided:      the sibling in the list whose place it shares (省编办、|财政厅)
    rejected:    why it is no mention; "" where it is one
    """

    start: int
    end: int
    head: Head
    head_start: int
    prefix: int
    prefix_sort: str = ""
    functions: int = 0
    unknown: int = 0
    parent: Candidate | None = None
    elided: Candidate | None = None
    rejected: str = ""
