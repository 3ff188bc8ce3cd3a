"""Chinese numerals ↔ int: 二十三, 廿三, 二○○九, 两千零五, 3万, 第十二.

In: a numeral as printed (or an int). Out: an int (or a numeral). Touches nothing.

The digits are those of GB/T 15835-2011 (〇 is the standard zero of a year), with the
look-alikes that real files hold in its place (○ ◯ О O and 零), the financial forms
(壹贰叁…), the contracted tens (廿 卅 卌) and full-width digits.
"""

from __future__ import annotations

import re

DIGITS: dict[str, int] = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **dict(zip("0123456789", range(10), strict=True)),
    **dict(zip("０１２３４５６７８９", range(10), strict=True)),
    **dict.fromkeys("○◯〇Οο０OОｏ０", 0),
    "两": 2,
    "兩": 2,
    "貳": 2,
    "叄": 3,
    "參": 3,
    "陸": 6,
    "幺": 1,
}

TENS: dict[str, int] = {"廿": 20, "卄": 20, "卅": 30, "卌": 40}
UNITS: dict[str, int] = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS: dict[str, int] = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}

ZERO = "〇○◯零ΟοOО"
"""Every sign that is printed for 〇 in Chinese dates, for use inside a character class."""

_SKIP = re.compile(r"[\s,，第]+")


def chinese_to_int(numeral: str) -> int:
    """The value of `numeral`: Chinese, Arabic, full-width, or mixed (3万, 1千2百).

    A leading 第 and white space do not count. Digits without units are read one by
    one (二○○九 is 2009). A last digit right after 百/千/万 has its spoken sense:
    一百二 is 120, 两万五 is 25,000; 一百零二 is 102.
    Raises ValueError if it is no numeral.
    """
    text = _SKIP.sub("", numeral)
    if not text:
        raise ValueError(f"not a numeral: {numeral!r}")
    if text.isascii() and text.isdigit():
        return int(text)
    if all(c in DIGITS for c in text):
        value = 0
        for c in text:
            value = value * 10 + DIGITS[c]
        return value
    return _with_units(text, numeral)


def _with_units(text: str, numeral: str) -> int:
    total = section = digit = 0
    unit, run, has_digit = 1, False, False
    for c in text:
        if c in DIGITS:
            # Arabic runs inside a mixed form: 12万
            digit = digit * 10 + DIGITS[c] if run else DIGITS[c]
            if DIGITS[c] == 0 and not run:
                unit = 1  # 一百零二: the zero ends the spoken short form
            run = has_digit = True
            continue
        if c in TENS:
            section += TENS[c]
            digit, unit = 0, 10
        elif c in UNITS:
            unit = UNITS[c]
            section += (digit if has_digit and (digit or run) else 1) * unit
            digit = 0
        elif c in MYRIADS:
            unit = MYRIADS[c]
            amount = section + digit
            total = (total + amount) * unit if unit > total > 0 else total + (amount or 1) * unit
            section = digit = 0
        else:
            raise ValueError(f"not a numeral: {numeral!r}")
        run = has_digit = False
    if digit and unit >= 100 and digit < 10 and _spoken(text):
        digit *= unit // 10  # 一百二, 两万五
    return total + section + digit


def _spoken(text: str) -> bool:
    """Whether the last digit stands right after a unit of 百 or more (一百二, not 一百零二, not 2百50)."""
    return (
        len(text) > 1
        and (text[-2] in MYRIADS or text[-2] in "百佰千仟")
        and text[-1] not in "0123456789０１２３４５６７８９"
    )


_FIGURES = "零一二三四五六七八九"


def int_to_chinese(number: int) -> str:
    """`number` as a Chinese cardinal: 105 → 一百零五, 10 → 十. Raises ValueError below 0 and from 10**16 on."""
    if not 0 <= number < 10**16:
        raise ValueError(f"no Chinese numeral for {number}: give 0 to 9,999,999,999,999,999")
    if number == 0:
        return "零"
    out, gap = "", False
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        part, number = divmod(number, size)
        if part:
            out += ("零" if out and (part < 1000 or gap) else "") + _below_myriad(part) + name
            gap = False
        elif out:
            gap = True
    return out[1:] if out.startswith("一十") else out


def _below_myriad(number: int) -> str:
    out, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            out += ("零" if out and gap else "") + _FIGURES[digit] + name
            gap = False
        elif out:
            gap = True
    return out


def year_to_chinese(year: int) -> str:
    """`year` as GB/T 15835 prints it: 2009 → 二〇〇九."""
    return "".join("〇" if c == "0" else _FIGURES[int(c)] for c in str(year))
