"""The repair desk: edits a text and keeps the way back to its source.

In: a source text and edits. Out: the mended text, its repairs, and where each stretch of it stood.
Touches nothing.

A Mending is a piece table: each piece is either a stretch of the source left as it
was or a stretch that stands in its place. Undoing every repair gives the source back,
character for character (`undo`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from policyparse.model import Repair


class Edit(NamedTuple):
    """Put `text` (one character, or none) in the place of [start, end) of the text as it stands now."""

    start: int
    end: int
    text: str
    reason: str


class _Piece(NamedTuple):
    source_start: int
    source_end: int
    text: str | None  # None: the source's own characters
    reason: str

    @property
    def length(self) -> int:
        return self.source_end - self.source_start if self.text is None else len(self.text)


class Mending:
    """A text under repair. `text` is how it stands now."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source
        self._pieces = [_Piece(0, len(source), None, "")] if source else []

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make `edits`: in order of start, not overlapping, offsets into `text` as it is before the call."""
        out: list[_Piece] = []
        pieces = iter(self._pieces)
        piece = next(pieces, None)
        at = 0  # text offset at which `piece` begins
        for edit in edits:
            if edit.start >= edit.end:
                continue
            while piece is not None and at + piece.length <= edit.start:
                out.append(piece)
                at += piece.length
                piece = next(pieces, None)
            if piece is None:
                raise ValueError("an edit beyond the end of the text")
            # A repaired piece is one character at most, so only a piece of the source is ever cut.
            source_start = piece.source_start + edit.start - at
            if source_start > piece.source_start:
                out.append(_Piece(piece.source_start, source_start, None, ""))
            source_end = source_start
            while piece is not None and at < edit.end:
                if at + piece.length <= edit.end:
                    source_end = piece.source_end
                    at += piece.length
                    piece = next(pieces, None)
                else:
                    source_end = piece.source_start + edit.end - at
                    piece = _Piece(source_end, piece.source_end, None, "")
                    at = edit.end
            out.append(_Piece(source_start, source_end, edit.text, edit.reason))
        while piece is not None:
            out.append(piece)
            piece = next(pieces, None)
        self._pieces = out
        self.text = "".join(self.source[p.source_start : p.source_end] if p.text is None else p.text for p in out)

    def cut(self, start: int, end: int) -> tuple[Mending, int]:
        """A Mending of text[start:end] alone, and where its source begins in this one's source."""
        kept: list[_Piece] = []
        at = 0
        for piece in self._pieces:
            stop = at + piece.length
            if stop > start and at < end:
                if piece.text is None:
                    first = piece.source_start + max(start - at, 0)
                    kept.append(_Piece(first, piece.source_start + min(end - at, piece.length), None, ""))
                else:
                    kept.append(piece)
            elif kept and at < end and not piece.length:
                kept.append(piece)  # something taken out within the stretch
            at = stop
        base = kept[0].source_start if kept else 0
        part = Mending(self.source[base : kept[-1].source_end] if kept else "")
        part._pieces = [
            piece._replace(source_start=piece.source_start - base, source_end=piece.source_end - base) for piece in kept
        ]
        part.text = self.text[start:end]
        return part, base

    def repairs(self) -> tuple[Repair, ...]:
        """What was changed, in order; neighbours with one reason are one repair."""
        out: list[Repair] = []
        at = 0
        for piece in self._pieces:
            end = at + piece.length
            if piece.text is not None:
                before = self.source[piece.source_start : piece.source_end]
                if out and out[-1].end == at and out[-1].reason == piece.reason:
                    last = out.pop()
                    out.append(Repair(start=last.start, end=end, before=last.before + before, reason=piece.reason))
                else:
                    out.append(Repair(start=at, end=end, before=before, reason=piece.reason))
            at = end
        return tuple(out)

    def alignment(self) -> list[tuple[int, int]]:
        """(text offset, source offset) at the start of each piece that is not empty in the text.

        Within a piece the two go on side by side.
        """
        out = []
        at = 0
        for piece in self._pieces:
            if piece.length:
                out.append((at, piece.source_start))
            at += piece.length
        return out


def undo(text: str, repairs: Iterable[Repair]) -> str:
    """The source's characters: `text` with every repair taken back."""
    out = []
    at = 0
    for repair in repairs:
        out += [text[at : repair.start], repair.before]
        at = repair.end
    out.append(text[at:])
    return "".join(out)


def source_offset(alignment: list[tuple[int, int]], offset: int) -> int:
    """The source offset of the character at `offset` of the mended text (see Mending.alignment)."""
    index = bisect_right(alignment, (offset, 1 << 60)) - 1
    if index < 0:
        return 0
    start, source = alignment[index]
    ahead = offset - start
    if index + 1 < len(alignment):
        ahead = min(ahead, max(alignment[index + 1][1] - source - 1, 0))
    return source + ahead
