"""What every reader of this room gives back to its entry.

In: nothing. Out: `Reading`. Touches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from policyparse.passing import Block


@dataclass(frozen=True, slots=True)
class Reading:
    """One file's contents as a reader found them.

    blocks:   in reading order; furniture (page numbers, running heads) is marked, not dropped
    metadata: facts printed or stored outside the text (索引号, 发文机关, 成文日期, 发文字号, 标题)
    warnings: one plain sentence each: what was lost or guessed
    encoding: of the bytes where the format leaves it open (text, HTML, RTF), else None
    """

    blocks: tuple[Block, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    encoding: str | None = None
