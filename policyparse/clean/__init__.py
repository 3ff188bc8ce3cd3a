"""The cleaning room: what a file holds → the documents in it, mended.

In: RawDocument (blocks with their place). Out: a CleanText for each document of the file, in order, with
every repair and the way back to the source. Touches nothing.

Order, and why: script first, so that all patterns see Simplified text; then the page's furniture, which may
stand between documents; then the cut into documents; then glosses, stray numbers, wrapped lines and white
space within each, which need to know the document's own habits.

Guarantees: `undo(text, repairs)` gives back the source's characters from the document's first line to its
last; cleaning a cleaned text changes nothing; lines of `text` are paragraphs or rows of a table (cells parted by tabs),
none empty.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policyparse.clean import furniture, parts, wrapping
from policyparse.clean.mending import Edit, Mending
from policyparse.clean.origins import BlockMap, line_blocks, trace
from policyparse.clean.script import is_traditional, simplify
from policyparse.clean.spelling import WHITE, glosses, spaces, stray_numbers
from policyparse.passing import CleanText, RawDocument
from policyparse.vocabulary import Vocabulary

__all__ = ["clean"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file's text that stays: [start, end) without the white space around it."""

    start: int
    end: int
    cuts: tuple[tuple[int, int], ...] = ()


def clean(raw: RawDocument, vocabulary: Vocabulary) -> list[CleanText]:
    """The documents of a file, in order; none if it holds nothing but furniture."""
    blocks = [block for block in raw.blocks if block.kind != "furniture" and block.text.strip(WHITE)]
    file = Mending("\n".join(block.text for block in blocks))
    if is_traditional(file.text):
        pairs = enumerate(zip(file.text, simplify(file.text), strict=True))
        file.apply([Edit(i, i + 1, new, "traditional") for i, (old, new) in pairs if old != new])
    file.apply(glosses(file.text))
    lines, reasons = _lines(file.text, vocabulary)
    places = BlockMap(blocks)
    documents = []
    cuts = parts.split([file.text[line.start : line.end] for line in lines])
    for number, part in enumerate(cuts, 1):
        kept = lines[part.start : part.end]
        if part.heading_cut:
            kept[0] = replace(kept[0], cuts=((0, part.heading_cut),))
        document = _mend(file, kept, reasons, places)
        documents.append(
            replace(document, part=number, parts=len(cuts), metadata=dict(raw.metadata), warnings=raw.warnings)
        )
    return documents


def _lines(text: str, vocabulary: Vocabulary) -> tuple[list[_Line], dict[int, str]]:
    """The lines that stay, and for those that go: where they begin → why."""
    found: list[_Line] = []
    at = 0
    for raw in text.split("\n"):
        left = len(raw) - len(raw.lstrip(WHITE))
        found.append(_Line(at + left, at + max(len(raw.rstrip(WHITE)), left)))
        at += len(raw) + 1
    verdicts = furniture.judge([text[line.start : line.end] for line in found], vocabulary)
    judged = list(zip(found, verdicts, strict=True))
    kept = [replace(line, cuts=verdict.cuts) if verdict.cuts else line for line, verdict in judged if verdict.keep]
    return kept, {line.start: verdict.reason for line, verdict in judged if verdict.reason}


def _mend(file: Mending, lines: Sequence[_Line], reasons: dict[int, str], places: BlockMap) -> CleanText:
    start, end = lines[0].start, lines[-1].end
    mending, base = file.cut(start, end)
    printed = any(
        places.blocks[number].kind == "line"
        for _, _, number in line_blocks(mending.text, mending.alignment(), base, places)
    )
    mending.apply(_between(lines, start, file.text, reasons))
    mending.apply(_outside(stray_numbers(mending.text), _rows(mending, base, places)))
    mending.apply(_joins(mending.text, printed))
    mending.apply(spaces(mending.text, {start for start, _ in _rows(mending, base, places)}))
    return _finish(places, base, mending)


def _between(lines: Sequence[_Line], base: int, text: str, reasons: dict[int, str]) -> list[Edit]:
    """Takes out what stands between the lines that stay (but one line end), and what is cut out of them."""
    edits = []
    previous = lines[0].start
    for line in lines:
        if line.start > previous:
            gap = text[previous : line.start]
            keep = gap.index("\n")  # the first line end stays
            why = next((reasons[at] for at in range(previous, line.start) if at in reasons), "space")
            edits.append(Edit(previous - base, previous - base + keep, "", "space"))
            edits.append(Edit(previous - base + keep + 1, line.start - base, "", why))
        for start, end in line.cuts:
            edits.append(Edit(line.start + start - base, line.start + end - base, "", "web-furniture"))
        previous = line.end
    return edits


def _rows(mending: Mending, base: int, places: BlockMap) -> list[tuple[int, int]]:
    """The lines that are rows of a table, (start, end) in the mended text as it is now."""
    if not any(block.rows for block in places.blocks):
        return []
    lines = line_blocks(mending.text, mending.alignment(), base, places)
    return [(start, end) for start, end, number in lines if places.blocks[number].rows]


def _outside(edits: Sequence[Edit], spans: Sequence[tuple[int, int]]) -> list[Edit]:
    """The edits that begin in none of `spans` (sorted)."""
    starts = [start for start, _ in spans]
    out = []
    for edit in edits:
        index = bisect_right(starts, edit.start) - 1
        if index < 0 or edit.start >= spans[index][1]:
            out.append(edit)
    return out


def _joins(text: str, printed: bool) -> list[Edit]:
    """Takes out line ends within paragraphs; `printed`: the source has lines, and not paragraphs of its own."""
    lines = text.split("\n")
    if not all(lines):
        return []
    edits = []
    at = 0
    joins = wrapping.joins(lines) if printed else wrapping.broken_off(lines)
    for line, joined in zip(lines, joins, strict=True):
        at += len(line)
        if joined:
            edits.append(Edit(at, at + 1, "", "wrapped-line"))
        at += 1
    return edits


def _finish(blocks: BlockMap, base: int, mending: Mending) -> CleanText:
    alignment = mending.alignment()
    headings: dict[int, int] = {}
    tables: list[tuple[int, int, tuple[tuple[str, ...], ...]]] = []
    previous = -1
    for start, end, number in line_blocks(mending.text, alignment, base, blocks):
        block = blocks.blocks[number]
        if block.heading is not None and number != previous:
            headings[start] = block.heading
        if block.rows:
            if number == previous and tables:
                tables[-1] = (tables[-1][0], end, block.rows)
            else:
                tables.append((start, end, block.rows))
        previous = number
    return CleanText(
        text=mending.text,
        repairs=mending.repairs(),
        origins=trace(mending.text, alignment, base, blocks),
        tables=tuple(tables),
        headings=headings,
    )
