"""Comparison: documents side by side, and the tables of the town pilots.

In: Documents. Out: aligned clauses with their changes; rows of pilot tables, each with its clause.
Touches: nothing.

align.py (clauses, headings, changed characters) · pilots.py (下放事项目录, 责任分工表, 时间节点) ·
clause_tables.py (机构设置, 财政条款, 编码表)
"""

from policyparse.compare.align import Comparison, Pair, by_section, by_tag, compare
from policyparse.compare.clause_tables import CLAUSE_TABLES, bodies, coding, shares
from policyparse.compare.pilots import MENTION_TABLES, delegated_items, responsibilities, timeline
from policyparse.compare.rows import PilotTable
from policyparse.words import Change, changes

#: Name on the command line → table.
PILOT_TABLES: dict[str, PilotTable] = {**MENTION_TABLES, **CLAUSE_TABLES}

__all__ = [
    "PILOT_TABLES",
    "Change",
    "Comparison",
    "Pair",
    "PilotTable",
    "bodies",
    "by_section",
    "by_tag",
    "changes",
    "coding",
    "compare",
    "delegated_items",
    "responsibilities",
    "shares",
    "timeline",
]
