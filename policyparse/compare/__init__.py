"""Comparison: documents side by side, and the tables of the town pilots.

In: Documents. Out: aligned clauses with their changes; rows of pilot tables, each with its clause; DataFrames.
Touches: nothing.

align.py (clauses, headings, changed characters) · pilots.py (下放事项目录, item × town, event history, 责任分工表) with items.py
(items of one meaning) · timeline.py (时间节点) · clause_tables.py (机构设置, 财政条款, 编码表) · copying.py (who copied whom, as
tables) · sources.py (where each row comes from) · frames.py (pandas)
"""

from policyparse.compare.align import Comparison, Pair, by_section, by_tag, compare
from policyparse.compare.clause_tables import bodies, coding, shares
from policyparse.compare.frames import PILOT_TABLES, TABLE_NAMES, frame, make
from policyparse.compare.pilots import delegated_items, history, item_matrix, responsibilities
from policyparse.compare.rows import Made, PilotTable
from policyparse.compare.timeline import timeline
from policyparse.words import Change, changes

__all__ = [
    "PILOT_TABLES",
    "TABLE_NAMES",
    "Change",
    "Comparison",
    "Made",
    "Pair",
    "PilotTable",
    "bodies",
    "by_section",
    "by_tag",
    "changes",
    "coding",
    "compare",
    "delegated_items",
    "frame",
    "history",
    "item_matrix",
    "make",
    "responsibilities",
    "shares",
    "timeline",
]
