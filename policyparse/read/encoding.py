"""Bytes of unknown encoding → text: what the text and the HTML reader share.

In: bytes, and what the file itself says of its encoding, if anything. Out: `Decoded`. Touches nothing.

Why not a detector library: charset-normalizer errs on short GB18030, chardet on fragments of Big5 and UTF-16 without
BOM, and none decodes EUC-TW. A BOM decides; then strict UTF-8; then each candidate decodes and the one whose result
is the likeliest Chinese wins (`vocab/common_characters.csv`: character frequencies, Simplified and Traditional).
chardet is asked last, when none of them reads like Chinese.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import chardet

from policyparse.read.euctw import decode_euctw
from policyparse.vocabulary import shipped

_BOMS = (  # the longer first: a UTF-32 BOM begins like a UTF-16 one
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a page calls its encoding → the superset that browsers use for it (WHATWG Encoding Standard) and our name
_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "gb18030": "gb18030", "big5": "big5", "big5-hkscs": "big5", "cp950": "big5", "x-x-big5": "big5",
    "euc-tw": "euc-tw", "x-euc-tw": "euc-tw", "utf8": "utf-8", "utf-8": "utf-8",
    "utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
_CANDIDATES = ("gb18030", "big5", "euc-tw", "utf-16-le", "utf-16-be", "utf-8")
# Python's codecs behind our name, in the order tried: cp950 is what Windows writes, HKSCS adds Hong Kong's characters
_CODECS = {"big5": ("cp950", "big5hkscs")}

_SAMPLE = 16_384
_TELLING = 200  # bytes above ASCII, of which a hundred characters are sure to tell
_HIGH = re.compile(rb"[\x80-\xff]")
_ASCII = bytes(range(128))
_PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·　％０１２３４５６７８９"
# Natural logarithms over a character drawn evenly from the 20,000 of the CJK block (50 in a million)
_EVEN = 50.0
_WEIGHT_PUNCTUATION = 3.0
_WEIGHT_RARE = -3.0  # a character of the block beyond the 2,000 common ones (about 4 % of running text)
_WEIGHT_OTHER = -4.0  # kana, bopomofo, signs, other scripts
_WEIGHT_BROKEN = -8.0  # no character, private use, control
# Measured on 200 fragments of 20–200 characters in each encoding: the right reading comes to 2.2 at least, a wrong
# one to −0.2 at most (EUC-TW as GB18030, which share their code space)
_CHINESE = 0.0
_SURE = 1.0
# In more bytes than this, nothing but the right reading comes to so much: the other candidates need not be tried
_CERTAIN, _LONG = 1.5, 1_000
# Of the sampled characters: above this a file is no text. Old WPS text has a few control bytes a page
_CONTROLS = 0.02
_BROKEN = 0.02
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


class UndecodableError(ValueError):
    """The bytes are no text in any encoding that we know."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` without its BOM; `encoding` by its standard name; `warnings` say what was replaced or guessed."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of `data`. `declared` is what the file says of itself; it is believed when the result bears it out.

    Raises UndecodableError when no encoding gives text.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            text, broken = _decode_whole(data[len(bom) :], name)
            if len(_CONTROL.findall(text[:_SAMPLE])) + broken > max(_BROKEN * len(text), 1):
                raise UndecodableError
            return Decoded(text, name, _warning(broken, name))
    if data.isascii() and b"\0" not in data:
        return Decoded(_not_noise(data.decode("ascii")), "utf-8")
    utf8 = _strict(data, "utf-8")
    if utf8 is not None and "\0" not in utf8 and _WIDE.search(utf8):
        return Decoded(_not_noise(utf8), "utf-8")
    claimed = _SUPERSETS.get(declared.strip().lower()) if declared else None
    if claimed and likelihood(_sample(data, claimed)) > _SURE:
        return _checked(data, claimed)
    scores: dict[str, float] = {}
    for name in _CANDIDATES:
        scores[name] = likelihood(_sample(data, name))
        if scores[name] > _CERTAIN and len(data) > _LONG:
            break
    best = max(scores, key=lambda name: scores[name])
    if scores[best] > _CHINESE:
        return _checked(data, best)
    if utf8 is not None and "\0" not in utf8:
        return Decoded(_not_noise(utf8), "utf-8")
    return _by_nulls(data) or _last_resort(data, claimed)


def likelihood(text: str) -> float:
    """How much text reads like Chinese: the mean over its non-ASCII characters of the logarithm of each one's
    frequency over an even spread. Above 2 for running text, mostly below −2 for its bytes misread."""
    weights = _weights()
    total, count = 0.0, 0
    for character, number in Counter(text).items():
        weight = weights.get(character)
        if weight is None:
            weight = _weight_of_other(character)
        if weight:
            total += weight * number
            count += number
    return total / count if count else _WEIGHT_BROKEN


@cache
def _weights() -> dict[str, float]:
    weights = dict.fromkeys(_PUNCTUATION, _WEIGHT_PUNCTUATION)
    for row in shipped().table("common_characters"):
        for character in row["character"] + row["traditional"]:
            weights.setdefault(character, math.log(max(float(row["per_million"]), 1.0) / _EVEN) or 0.01)
    return weights


def _weight_of_other(character: str) -> float:
    """0 for the signs of ASCII, which say nothing."""
    if " " <= character <= "~" or character in "\t\r\n\f\v":
        return 0.0
    if "\u4e00" <= character <= "\u9fff":
        return _WEIGHT_RARE
    if (
        character < "\xa0"
        or "\ue000" <= character <= "\uf8ff"
        or character >= "\ufff0"
        or "\ud800" <= character < "\ue000"
    ):
        return _WEIGHT_BROKEN
    return _WEIGHT_OTHER


def _sample(data: bytes, name: str) -> str:
    """Up to 16 KiB decoded, from the first line that is not ASCII."""
    part = data[:_SAMPLE] if name.startswith("utf-16") else _telling(data)
    if name == "euc-tw":
        return decode_euctw(part)
    codec = _CODECS.get(name, (name,))[-1]
    return codecs.getincrementaldecoder(codec)("replace").decode(part)


def _telling(data: bytes) -> bytes:
    """The part of `data` to judge by: from the first line that is not ASCII, or all such lines where that is poor."""
    high = _HIGH.search(data)
    if not high:
        return data[:_SAMPLE]
    start = max(data.rfind(b"\n", 0, high.start()) + 1, high.start() - _SAMPLE // 2)
    part = data[start : start + _SAMPLE]
    if start + _SAMPLE < len(data) and len(part.translate(None, _ASCII)) < _TELLING:
        part = b"\n".join(line for line in data[start:].split(b"\n") if not line.isascii())[:_SAMPLE]
    return part


def _checked(data: bytes, name: str) -> Decoded:
    """All of `data` by `name`; raises UndecodableError when more than a stray byte is broken."""
    text, broken = _decode_whole(data, name)
    if broken > max(1, _BROKEN * len(text)):
        raise UndecodableError
    return Decoded(_not_noise(text), name, _warning(broken, name))


def _decode_whole(data: bytes, name: str) -> tuple[str, int]:
    """(text, how many characters could not be decoded and became U+FFFD)"""
    if name == "euc-tw":
        text = decode_euctw(data)
        return text, text.count("\ufffd")
    tried = _CODECS.get(name, (name,))
    for codec in tried:
        strict = _strict(data, codec)
        if strict is not None:
            return strict, 0
    text = data.decode(tried[0], "replace")
    return text, text.count("\ufffd")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


# A character that took three or four bytes in UTF-8, of a script that we expect: such a run is hardly ever chance
_WIDE = re.compile("[\u2000-\ud7ff\uf900-\uffff\U00010000-\U0010ffff]")


def _by_nulls(data: bytes) -> Decoded | None:
    """UTF-16 without BOM of Latin text: every other byte is 0."""
    part = data[:_SAMPLE]
    for name, nulls in (("utf-16-le", part[1::2]), ("utf-16-be", part[::2])):
        if nulls and nulls.count(0) > 0.7 * len(nulls) and part.count(0) < 0.6 * len(part):
            return _checked(data, name)
    return None


def _last_resort(data: bytes, declared: str | None) -> Decoded:
    """What chardet says, if the result has no control characters to speak of."""
    name = chardet.detect(data[: 4 * _SAMPLE]).get("encoding") or declared
    if not name:
        raise UndecodableError
    try:
        text = data.decode(name)
    except (UnicodeDecodeError, LookupError):
        raise UndecodableError from None
    return Decoded(_not_noise(text), name.lower(), (f"the encoding was guessed as {name}: check the text",))


def _not_noise(text: str) -> str:
    part = text[:_SAMPLE]
    if len(_CONTROL.findall(part)) > _CONTROLS * len(part):
        raise UndecodableError
    return text


def _warning(broken: int, name: str) -> tuple[str, ...]:
    if not broken:
        return ()
    return (f"{broken} characters could not be decoded as {name} and stand as \ufffd in the text",)
