"""The reader of plain text and Markdown: encodings, lines and their places.

The fragments are cut, with a fixed seed, from sentences of our own in the genre's manner.
"""

from __future__ import annotations

import random
from pathlib import Path

import opencc
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.passing import ReadError
from policyparse.read.encoding import decode, likelihood
from policyparse.read.euctw import planes
from policyparse.read.limits import Limits
from policyparse.read.text import read_text

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "read_text.yaml").read_text(encoding="utf-8"))
SIMPLIFIED = "".join(CASES["sentences"])
TRADITIONAL = opencc.OpenCC("s2tw").convert(SIMPLIFIED)


def euctw(text: str) -> bytes:
    """The bytes of `text` in EUC-TW; '?' for what planes 1 and 2 have not."""
    one, two = planes()
    out = bytearray()
    for character in text:
        if character < "\x80":
            out += character.encode("ascii")
        elif (place := one.find(character)) >= 0:
            out += bytes((place // 94 + 0xA1, place % 94 + 0xA1))
        elif (place := two.find(character)) >= 0:
            out += bytes((0x8E, 0xA2, place // 94 + 0xA1, place % 94 + 0xA1))
        else:
            out += b"?"
    return bytes(out)


def big5(text: str) -> bytes:
    return text.encode("cp950", "replace")


ENCODERS = {
    "utf-8": (SIMPLIFIED, "utf-8", lambda text: text.encode("utf-8")),
    "utf-8 with BOM": (SIMPLIFIED, "utf-8", lambda text: text.encode("utf-8-sig")),
    "gb18030": (SIMPLIFIED, "gb18030", lambda text: text.encode("gb18030")),
    "gb18030, traditional": (TRADITIONAL, "gb18030", lambda text: text.encode("gb18030")),
    "big5": (TRADITIONAL, "big5", big5),
    "euc-tw": (TRADITIONAL, "euc-tw", euctw),
    "utf-16 little-endian with BOM": (SIMPLIFIED, "utf-16-le", lambda text: b"\xff\xfe" + text.encode("utf-16-le")),
    "utf-16 big-endian with BOM": (SIMPLIFIED, "utf-16-be", lambda text: b"\xfe\xff" + text.encode("utf-16-be")),
    "utf-16 little-endian": (SIMPLIFIED, "utf-16-le", lambda text: text.encode("utf-16-le")),
    "utf-16 big-endian": (SIMPLIFIED, "utf-16-be", lambda text: text.encode("utf-16-be")),
    "utf-16 little-endian, traditional": (TRADITIONAL, "utf-16-le", lambda text: text.encode("utf-16-le")),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_short_fragments_are_decoded(name: str) -> None:
    source, encoding, encode = ENCODERS[name]
    chance = random.Random(20)
    wrong = []
    for _ in range(200):
        length = chance.randint(20, 200)
        start = chance.randrange(len(source) - length)
        fragment = source[start : start + length]
        data = encode(fragment)
        decoded = decode(data)
        if decoded.encoding != encoding or encode(decoded.text) != data:
            wrong.append((fragment, decoded))
    assert len(wrong) <= 2, wrong[:3]


@pytest.mark.parametrize("case", CASES["files"], ids=lambda case: case["name"])
def test_lines(case: dict[str, object]) -> None:
    data = str(case["text"]).encode(str(case.get("encoding", "utf-8")))
    reading = read_text(data, str(case.get("path", "a.txt")), Limits())
    assert [block.text for block in reading.blocks if block.kind == "line"] == case["lines"]
    assert [block.heading for block in reading.blocks if block.heading is not None] == case.get("headings", [])
    assert [block.text for block in reading.blocks if block.kind == "furniture"] == case.get("furniture", [])


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_refused(case: dict[str, str]) -> None:
    with pytest.raises(ReadError) as error:
        read_text(bytes.fromhex(case["hex"]), "a.txt", Limits())
    assert error.value.code == case["code"]


def test_noise_is_no_text() -> None:
    chance = random.Random(5)
    for size in (40, 400, 40_000):
        with pytest.raises(ReadError) as error:
            read_text(chance.randbytes(size), "noise.txt", Limits())
        assert error.value.code == "unknown-format"


def test_limits_are_held() -> None:
    with pytest.raises(ReadError) as error:
        read_text(b"a" * 11, "a.txt", Limits(max_bytes=10))
    assert error.value.code == "too-large"
    with pytest.raises(ReadError) as error:
        read_text(b"a" * 11, "a.txt", Limits(max_characters=10))
    assert error.value.code == "too-large"


def test_a_stray_byte_does_not_cost_the_file() -> None:
    data = SIMPLIFIED.encode("gb18030")
    reading = read_text(data[:400] + b"\xff" + data[400:], "a.txt", Limits())
    assert reading.encoding == "gb18030"
    assert "could not be decoded" in reading.warnings[0]


def test_euctw_known_characters() -> None:
    """Places of CNS 11643 as glibc gives them: 一 1-4421, 中 1-4463, 國 1-594F; 乂 2-2121."""
    one, two = planes()
    for character, row, cell in (("一", 0x44, 0x21), ("中", 0x44, 0x63), ("國", 0x59, 0x4F)):
        assert one[(row - 0x21) * 94 + cell - 0x21] == character, character
    assert two[0] == "乂"


def test_running_text_reads_likelier_than_the_same_bytes_misread() -> None:
    assert likelihood(SIMPLIFIED) > 1.0
    assert likelihood(SIMPLIFIED.encode("gb18030").decode("big5", "replace")) < -1.0


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.md"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_lines_or_a_code(data: bytes, path: str) -> None:
    try:
        reading = read_text(data, path, Limits())
    except ReadError:
        return
    text = decode(data).text
    for block in reading.blocks:
        assert text[block.origin.start : block.origin.end] == block.text


@given(st.text(min_size=1, max_size=300), st.sampled_from(["a.txt", "a.md"]))
@settings(max_examples=200, deadline=None)
def test_blocks_are_their_places(text: str, path: str) -> None:
    data = text.encode("utf-8", "ignore")
    try:
        reading = read_text(data, path, Limits())
    except ReadError:
        return
    decoded = decode(data).text
    ends = [0]
    for block in reading.blocks:
        assert decoded[block.origin.start : block.origin.end] == block.text
        assert block.origin.start >= ends[-1]
        ends.append(block.origin.end or 0)
