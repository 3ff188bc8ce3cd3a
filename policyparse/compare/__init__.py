"""Comparison: documents side by side, and the tables of the town pilots.

In: Documents. Out: aligned clauses with their changes; rows of pilot tables, each with its clause.
Touches: nothing.

align.py (clauses, headings, changed characters) · pilots.py (下放事项目录, 责任分工表, 时间节点)
"""

from policyparse.compare.align import Change, Comparison, Pair, by_section, by_tag, changes, compare
from policyparse.compare.pilots import PILOT_TABLES, PilotTable, delegated_items, responsibilities, timeline

__all__ = [
    "PILOT_TABLES",
    "Change",
    "Comparison",
    "Pair",
    "PilotTable",
    "by_section",
    "by_tag",
    "changes",
    "compare",
    "delegated_items",
    "responsibilities",
    "timeline",
]
