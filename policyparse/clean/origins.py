"""Leads the mended text back to the source's blocks.

In: a Mending's alignment and the blocks it was made of. Out: places for stretches of the text. Touches nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from policyparse.clean.mending import source_offset
from policyparse.passing import Block, Trace


class BlockMap:
    """Where each block begins in the file's joined text (blocks are joined by one line end)."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.starts: list[int] = []
        at = 0
        for block in blocks:
            self.starts.append(at)
            at += len(block.text) + 1

    def block_at(self, offset: int) -> int:
        """The index of the block that holds the character at `offset` of the joined text."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def trace_at(self, text_offset: int, offset: int) -> Trace:
        """Where the character at `offset` of the joined text stood; it is at `text_offset` of the mended text."""
        index = self.block_at(offset)
        place = self.blocks[index].origin
        return Trace(text_offset, place, (place.start or 0) + offset - self.starts[index])


def trace(text: str, alignment: list[tuple[int, int]], base: int, blocks: BlockMap) -> tuple[Trace, ...]:
    """A Trace wherever the way back changes; `base` is the document's start in the joined text."""
    out = []
    delta = None
    block = -1
    starts = blocks.starts
    for index, (offset, source) in enumerate(alignment):
        end = alignment[index + 1][0] if index + 1 < len(alignment) else len(text)
        at = source + base
        here = blocks.block_at(at)
        if at - offset != delta or here != block:
            out.append(blocks.trace_at(offset, at))
            delta, block = at - offset, here
        while block + 1 < len(starts) and starts[block + 1] < at + end - offset:
            block += 1
            out.append(blocks.trace_at(starts[block] - at + offset, starts[block]))
    return tuple(out)


def line_blocks(text: str, alignment: list[tuple[int, int]], base: int, blocks: BlockMap) -> list[tuple[int, int, int]]:
    """(start, end, block index) of each line of `text`, by the block that its first character comes from."""
    out = []
    at = 0
    for line in text.split("\n"):
        out.append((at, at + len(line), blocks.block_at(source_offset(alignment, at) + base)))
        at += len(line) + 1
    return out
