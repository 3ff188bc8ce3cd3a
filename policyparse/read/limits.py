"""The reading room's limits: how much of a hostile file is looked at before it is refused, and how it may be read.

In: nothing. Out: `Limits`. Touches nothing. Seconds and memory are held by the process that reads
(`policyparse.batch`), because nothing inside a process can stop a hang in C.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. The defaults take every honest file of the trade (the largest we met: 60 MB scans).

    max_bytes:        size of the file itself
    max_pages:        pages of a PDF or OFD
    max_nesting:      archives within archives (1: a zip in a zip is opened, a third is not)
    max_depth:        elements within elements of an XML or HTML file; tables within tables
    max_unpacked:     decompressed bytes of all members of one zip container (docx, xlsx, odt, ofd, zip)
    max_ratio:        decompressed to compressed size of one member; DEFLATE cannot pass 1032:1, and honest
                      XML stays below 100:1. Only members that unpack above 16 MiB are held to it
    max_xml:          bytes of one XML part (its tree takes about six times as much memory)
    max_members:      members of one archive
    max_cells:        cells of all sheets or tables of one file, merged cells counted as often as they are repeated
    max_characters:   characters of text handed on
    ocr:              whether pages that are pictures are recognised, where the extra for it is installed
    passwords:        tried in turn on a file or member that is locked
    """

    max_bytes: int = 256 * 2**20
    max_pages: int = 5_000
    max_nesting: int = 1
    max_depth: int = 200
    max_unpacked: int = 1024 * 2**20
    max_ratio: int = 200
    max_xml: int = 96 * 2**20
    max_members: int = 20_000
    max_cells: int = 2_000_000
    max_characters: int = 50_000_000
    ocr: bool = True
    passwords: tuple[str, ...] = field(default=(), repr=False)
