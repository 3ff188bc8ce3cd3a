"""How an office program writes the number of a list item: value and number format → characters.

In: an integer and a format's name (ECMA-376 ST_NumberFormat, §17.18.59). Out: characters. Touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CHICAGO = "*†‡§"


# After these a list's tab or space is only a distance; after a digit or a letter it keeps label and text apart.
_CLOSED = frozenset("、）)．。：】〕")


def parted(label: str) -> str:
    """A number with what parts it from its text: nothing after 、 or ）, a space after 1. or 第一条."""
    return label if not label or label[-1] in _CLOSED else label + " "


def written_label(text: str) -> str:
    """A number that the file itself writes out (Word 2003's wx:t, RTF's \\listtext), parted from its text; no bullets."""
    text = text.strip()
    if not any(character.isalnum() or "\u2460" <= character <= "\u24ff" for character in text):
        return ""
    return parted(text)


def count(value: int, style: str) -> str:
    """The characters of `value` in the number format `style`; an unknown format counts in decimals, as Word does."""
    if style in ("none", "bullet"):
        return ""
    # A counter is set by the file: beyond these bounds no format but decimals is meant.
    if not 0 <= value <= 99_999:
        return str(value)
    return _STYLES.get(style, str)(value)


def _chinese(digits: str, units: str, bare_ten: bool) -> Callable[[int], str]:
    """Place-value numerals: 一百零五, 十五 (bare_ten) or 壹拾伍."""

    def write(value: int) -> str:
        if value == 0:
            return digits[0]
        words, gap, ten_thousands = "", False, value // 10_000
        if ten_thousands:
            words = digits[ten_thousands] + "万" if ten_thousands < 10 else str(ten_thousands) + "万"
            gap = value % 10_000 < 1000
        for power in (1000, 100, 10, 1):
            digit = value // power % 10
            if not digit:
                gap = gap or bool(words)
                continue
            if gap and words:
                words += "零"
            gap = False
            if not (bare_ten and digit == 1 and power == 10 and not words):
                words += digits[digit]
            words += units[{1000: 3, 100: 2, 10: 1, 1: 0}[power]].strip()
        return words

    return write


def _each_digit(digits: str) -> Callable[[int], str]:
    return lambda value: "".join(digits[int(digit)] for digit in str(value))


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda value: signs[(value - 1) % len(signs)] if value else ""


def _sexagenary(value: int) -> str:
    return _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12] if value else ""


def _letters(first: str) -> Callable[[int], str]:
    """a … z, aa … zz, aaa: Word repeats the letter."""

    def write(value: int) -> str:
        if not value:
            return ""
        return chr(ord(first) + (value - 1) % 26) * min((value - 1) // 26 + 1, 30)

    return write


def _roman(value: int) -> str:
    words = ""
    for size, sign in _ROMAN:
        words += sign * (value // size)
        value %= size
    return words


def _circled(value: int) -> str:
    if 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if 21 <= value <= 35:
        return chr(0x3251 + value - 21)
    if 36 <= value <= 50:
        return chr(0x32B1 + value - 36)
    return str(value) if value else "⓪"


def _from_block(first: int, last: int) -> Callable[[int], str]:
    """One sign a number from a Unicode block (⑴ … ⒇); decimals beyond it."""
    return lambda value: chr(first + value - 1) if 1 <= value <= last else str(value)


def _ordinal(value: int) -> str:
    if value % 100 in (11, 12, 13):
        return f"{value}th"
    return f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th') }"


_COUNTING = _chinese(_DIGITS, " 十百千", bare_ten=True)
_STYLES: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02d}",
    "decimalFullWidth": lambda value: str(value).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "decimalFullWidth2": lambda value: str(value).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "decimalHalfWidth": str,
    "numberInDash": lambda value: f"- {value} -",
    "ordinal": _ordinal,
    "hex": lambda value: f"{value:X}",
    "chicago": lambda value: _CHICAGO[(value - 1) % 4] * min((value - 1) // 4 + 1, 30) if value else "",
    "upperLetter": _letters("A"),
    "lowerLetter": _letters("a"),
    "upperRoman": lambda value: _roman(value).upper(),
    "lowerRoman": _roman,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _from_block(0x2488, 20),
    "decimalEnclosedParen": _from_block(0x2474, 20),
    "ideographEnclosedCircle": _from_block(0x3280, 10),
    # 一 … 十, 十一, 二十, 一百零五
    "chineseCounting": _COUNTING,
    "chineseCountingThousand": _COUNTING,
    "japaneseCounting": _COUNTING,
    "taiwaneseCounting": _COUNTING,
    "taiwaneseCountingThousand": _COUNTING,
    # 一二三 … 一〇, 一一
    "ideographDigital": _each_digit(_DIGITS),
    "japaneseDigitalTenThousand": _each_digit(_DIGITS),
    "taiwaneseDigital": _each_digit("○一二三四五六七八九"),
    "koreanDigital2": _each_digit(_DIGITS),
    # 壹, 贰 … 壹拾伍
    "chineseLegalSimplified": _chinese(_LEGAL, " 拾佰仟", bare_ten=False),
    "japaneseLegal": _chinese(_LEGAL_TRADITIONAL, " 拾百阡", bare_ten=False),
    "ideographLegalTraditional": _chinese(_LEGAL_TRADITIONAL, " 拾佰仟", bare_ten=False),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
}
