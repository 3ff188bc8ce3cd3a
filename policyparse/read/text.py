"""Plain text and Markdown → lines.

In: a file's bytes. Out: a Reading, one block a printed line. Touches nothing.
Why no library: a line is a line; what is hard is the encoding (`encoding.py`).

A line keeps its characters, white space at its ends included: mending is the next room's work. Its origin is its
range of code points in the decoded text (without the BOM), so that `decoded[start:end] == block.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.encoding import Decoded, UndecodableError, decode
from policyparse.read.limits import Limits
from policyparse.read.reading import Reading

# Every sign that ends a line: CR, LF, form feed, vertical tab, NEL, LINE and PARAGRAPH SEPARATOR
_LINE = re.compile("[^\r\n\f\v\x85\u2028\u2029]+")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd")
_FRONT_MATTER = "---"
# CommonMark 4.2: up to three spaces, one to six #, a space; closing #s are no part of the heading
_HEADING_MARK = re.compile(r" {0,3}(#{1,6})(?:[ \t\u3000]+|$)")
_CLOSING_MARK = re.compile(r"(?<=[ \t])#+$")


def read_text(data: bytes, path: str, limits: Limits) -> Reading:
    """The lines of a text or (by the suffix of `path`) Markdown file; blank lines are no blocks.

    Raises ReadError: empty, no-text, too-large, unknown-format (no text in any encoding we know).
    """
    decoded = decoded_text(data, path, limits)
    lines = _markdown_blocks(decoded.text) if path.lower().endswith(_MARKDOWN_SUFFIXES) else _line_blocks(decoded.text)
    blocks = tuple(lines)
    if not blocks:
        raise ReadError(path, "empty", "the file holds nothing but white space", "leave it out or get it again")
    if all(block.kind == "furniture" for block in blocks):
        raise ReadError(path, "no-text", "the file holds only its generator's metadata", "leave it out")
    return Reading(blocks, warnings=decoded.warnings, encoding=decoded.encoding)


def decoded_text(data: bytes, path: str, limits: Limits, declared: str | None = None) -> Decoded:
    """`data` decoded within `limits`, or the ReadError that says why not."""
    if not data:
        raise ReadError(path, "empty", "the file is empty", "leave it out or get it again")
    if len(data) > limits.max_bytes:
        raise ReadError(path, "too-large", f"the file has more than {limits.max_bytes:,} bytes", "split it")
    try:
        decoded = decode(data, declared)
    except UndecodableError:
        raise ReadError(
            path, "unknown-format", "the bytes are no text in any encoding that we know",
            "open it in the program that made it and save it as UTF-8 text or as .docx",
        ) from None  # fmt: skip
    if len(decoded.text) > limits.max_characters:
        raise ReadError(path, "too-large", f"the text has more than {limits.max_characters:,} characters", "split it")
    return decoded


def _line_blocks(text: str) -> Iterator[Block]:
    for match in _LINE.finditer(text):
        line = match.group()
        if not line.isspace():
            yield Block(line, Origin(start=match.start(), end=match.end()), kind="line")


def _markdown_blocks(text: str) -> Iterator[Block]:
    """Headings without their marks; front matter and a line that is a comment are furniture; all else as it stands.

    A single # heading that opens the file is its title, and the others' depths are counted from it.
    """
    blocks = list(_line_blocks(text))
    front = _front_matter(blocks)
    yield from (Block(block.text, block.origin, kind="furniture") for block in blocks[:front])
    blocks = blocks[front:]
    marks = [_HEADING_MARK.match(block.text) for block in blocks]
    depths = [len(mark.group(1)) for mark in marks if mark]
    titled = depths.count(1) == 1 and depths[0] == 1
    for block, mark in zip(blocks, marks, strict=True):
        if mark:
            depth = len(mark.group(1)) - titled
            yield from _part(block, mark.end(), _heading_end(block.text), depth)
        elif block.text.startswith("<!--") and block.text.rstrip().endswith("-->"):
            yield Block(block.text, block.origin, kind="furniture")
        else:
            yield block


def _front_matter(blocks: list[Block]) -> int:
    """How many lines at the head are metadata of the site generator, between two lines of ---."""
    fences = [index for index, block in enumerate(blocks[:50]) if block.text.rstrip() == _FRONT_MATTER]
    return fences[1] + 1 if len(fences) > 1 and fences[0] == 0 else 0


def _heading_end(line: str) -> int:
    closing = _CLOSING_MARK.search(line.rstrip())
    return len(line[: closing.start()].rstrip()) if closing else len(line.rstrip())


def _part(block: Block, start: int, end: int, depth: int) -> Iterator[Block]:
    if start < end and block.origin.start is not None:
        place = Origin(start=block.origin.start + start, end=block.origin.start + end)
        yield Block(block.text[start:end], place, kind="line", heading=depth)
