"""The words of passages as few bytes: some neighbours in one block, small enough to be opened for a single hit.

In: texts. Out: bytes, and from them the same texts. Touches: reads words.zdict, once.

A block is a Zstandard frame over UTF-16 with a dictionary of what such texts have in common, trained on the project's own
clauses and samples (corpora/build_dictionary.py). A block of some five hundred characters takes a third of what its text
takes in UTF-8, and is opened in a few millionths of a second; without the dictionary it would have to be ten times as
long for that. Each has Zstandard's checksum: a bit that the disk has lost is found, and the words are not shown.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from importlib.resources import files

import zstandard

#: Characters from which on a block is full.
_FULL = 450

#: Of the codecs that make two bytes of a Chinese character, Python decodes this one nine times as fast as GB 18030.
_CODEC = "utf-16-le"

#: Beyond this zstandard takes ten times as long for a hundredth of the room.
_LEVEL = 19

#: No block is longer when it is opened: a clause is no longer than its document, which the readers limit.
_MOST = 1 << 30


class Damaged(ValueError):
    """Stored bytes that are not what was written."""


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    """Part of the format: blocks that were packed with it can be opened with no other."""
    return zstandard.ZstdCompressionDict(files(__package__).joinpath("words.zdict").read_bytes())


class _Mine(threading.local):
    """Each thread's own: one that packs or opens lets other threads go on, and must not be used by them meanwhile."""

    @cached_property
    def compressor(self) -> zstandard.ZstdCompressor:
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary(), write_checksum=True, write_dict_id=False)

    @cached_property
    def decompressor(self) -> zstandard.ZstdDecompressor:
        return zstandard.ZstdDecompressor(dict_data=_dictionary())


_MINE = _Mine()


def blocks(texts: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """(place of its first text among `texts`, block) of the blocks that hold `texts`, in order."""
    first, size = 0, 0
    for at, text in enumerate(texts):
        size += len(text)
        if size >= _FULL or at == len(texts) - 1:
            yield first, pack_block(texts[first : at + 1])
            first, size = at + 1, 0


def pack_block(texts: Sequence[str]) -> bytes:
    """A sign that none of the texts has, and the texts, that sign between them."""
    whole = "".join(texts)
    sign = next(sign for sign in map(chr, range(0x1F, 0xD800)) if sign not in whole)
    return _MINE.compressor.compress((sign + sign.join(texts)).encode(_CODEC))


def opened(decompressor: zstandard.ZstdDecompressor, data: bytes) -> bytes:
    """What a Zstandard frame holds; its own word on how much that is takes no memory before it is there.

    Raises Damaged for one that is cut off or says that it holds too much, ZstdError for what is no frame.
    """
    if zstandard.frame_content_size(data) > _MOST:
        raise Damaged("it says that it is longer than anything stored")
    frame = decompressor.decompressobj()
    whole = frame.decompress(data)
    if not frame.eof or frame.unused_data:
        raise Damaged("it is cut off")
    return whole


def unpack_block(data: bytes) -> list[str]:
    """The texts of a block. Raises Damaged."""
    try:
        whole = opened(_MINE.decompressor, data).decode(_CODEC)
    except (zstandard.ZstdError, UnicodeDecodeError) as error:
        raise Damaged(f"a block of its words is not what was written ({error})") from None
    return whole[1:].split(whole[:1])


def words_in(block: bytes, place: int) -> str:
    """A text of a block: the SQL function of this name, by which views show the words. Raises Damaged."""
    return unpack_block(block)[place]
