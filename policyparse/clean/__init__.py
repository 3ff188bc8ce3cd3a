"""The cleaning room: what a file holds → the documents in it, mended.

In: RawDocument (blocks with their place). Out: a CleanText for each document of the file, in order, with
every repair and the way back to the source. Touches nothing.

Order, and why: script first, so that all patterns see Simplified text; then the page's furniture, which may
stand between documents; then the cut into documents; then glosses, stray numbers, wrapped lines and white
space within each, which need to know the document's own habits.

Guarantees: `undo(text, repairs)` gives back the source's characters from the document's first line to its
last; cleaning a cleaned text changes nothing; lines of `text` are paragraphs, none empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policyparse.clean import furniture, parts, wrapping
from policyparse.clean.mending import Edit, Mending
from policyparse.clean.origins import BlockMap, line_blocks, trace
from policyparse.clean.script import is_traditional, simplify
from policyparse.clean.spelling import glosses, spaces, stray_numbers
from policyparse.passing import Block, CleanText, RawDocument
from policyparse.vocabulary import Vocabulary

__all__ = ["clean"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the source that stays: [start, end) without the white space around it, and its block."""

    start: int
    end: int
    block: int
    cuts: tuple[tuple[int, int], ...] = ()


def clean(raw: RawDocument, vocabulary: Vocabulary) -> list[CleanText]:
    """The documents of a file, in order; none if it holds nothing but furniture."""
    blocks = [block for block in raw.blocks if block.kind != "furniture" and block.text.strip()]
    source = "\n".join(block.text for block in blocks)
    simplified = simplify(source) if is_traditional(source) else source
    lines, reasons = _lines(blocks, simplified, vocabulary)
    texts = [simplified[line.start : line.end] for line in lines]
    cuts = parts.split(texts)
    places = BlockMap(blocks)
    documents = []
    for number, part in enumerate(cuts, 1):
        kept = lines[part.start : part.end]
        if part.heading_cut:
            kept[0] = replace(kept[0], cuts=((0, part.heading_cut),))
        if kept:
            document = _mend(places, source, simplified, kept, reasons, raw)
            documents.append(replace(document, part=number, parts=len(cuts), metadata=dict(raw.metadata)))
    return documents


def _lines(
    blocks: Sequence[Block], simplified: str, vocabulary: Vocabulary
) -> tuple[list[_Line], dict[int, str]]:
    """The lines that stay, and for those that go: source offset → reason."""
    found: list[_Line] = []
    at = 0
    for number, block in enumerate(blocks):
        for text in block.text.split("\n"):
            raw = simplified[at : at + len(text)]
            left = len(raw) - len(raw.lstrip())
            found.append(_Line(at + left, at + max(len(raw.rstrip()), left), number))
            at += len(text) + 1
    verdicts = furniture.judge([simplified[line.start : line.end] for line in found], vocabulary)
    kept = [replace(line, cuts=verdict.cuts) for line, verdict in zip(found, verdicts, strict=True) if verdict.keep]
    reasons = {
        line.start: verdict.reason
        for line, verdict in zip(found, verdicts, strict=True)
        if not verdict.keep and verdict.reason
    }
    return kept, reasons


def _mend(
    blocks: BlockMap,
    source: str,
    simplified: str,
    lines: Sequence[_Line],
    reasons: dict[int, str],
    raw: RawDocument,
) -> CleanText:
    base, end = lines[0].start, lines[-1].end
    mending = Mending(source[base:end])
    if source is not simplified:
        pairs = enumerate(zip(source[base:end], simplified[base:end], strict=True))
        mending.apply(Edit(i, i + 1, new, "traditional") for i, (old, new) in pairs if old != new)
    mending.apply(_between(lines, base, source, reasons))
    mending.apply(glosses(mending.text))
    mending.apply(stray_numbers(mending.text))
    if any(blocks.blocks[line.block].kind == "line" for line in lines):
        mending.apply(_joins(mending.text))
    mending.apply(spaces(mending.text))
    return _finish(blocks, base, mending, raw)


def _between(lines: Sequence[_Line], base: int, source: str, reasons: dict[int, str]) -> list[Edit]:
    """Takes out what stands between the lines that stay (but one line end), and what is cut out of them."""
    edits = []
    previous = lines[0].start
    for line in lines:
        if line.start > previous:
            gap = source[previous : line.start]
            keep = gap.index("\n")  # the first line end stays
            inside = [reasons[at] for at in range(previous, line.start) if at in reasons] if len(gap) > 2 else []
            if keep:
                edits.append(Edit(previous - base, previous - base + keep, "", "space"))
            reason = inside[0] if inside else "space"
            edits.append(Edit(previous - base + keep + 1, line.start - base, "", reason))
        for start, end in line.cuts:
            edits.append(Edit(line.start + start - base, line.start + end - base, "", "web-furniture"))
        previous = line.end
    return edits


def _joins(text: str) -> list[Edit]:
    lines = text.split("\n")
    if any(not line for line in lines):
        return []
    edits = []
    at = 0
    for line, joined in zip(lines, wrapping.joins(lines), strict=True):
        at += len(line)
        if joined:
            edits.append(Edit(at, at + 1, "", "wrapped-line"))
        at += 1
    return edits


def _finish(blocks: BlockMap, base: int, mending: Mending, raw: RawDocument) -> CleanText:
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
        warnings=raw.warnings,
    )
