"""A printed page as the readers of PDF, OFD and scans hand it on: its lines in reading order and its ruled tables.

In: nothing. Out: `Page`, `Grid`. Touches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from policyparse.read.grid import Cell
from policyparse.read.layout import Line


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: its place, its columns' edges, its cells (one object wherever a merged cell covers)."""

    top: float
    bottom: float
    edges: tuple[float, ...]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number (from 1), its size, and what is printed on it in reading order; `aside` stands askew."""

    number: int
    width: float
    height: float
    lines: list[Line]
    grids: list[Grid] = field(default_factory=list)
    aside: str = ""
