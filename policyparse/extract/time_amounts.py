"""Amounts of time: 30个工作日, 3到5年, 一年半, 两三天 → ISO 8601 durations; 两年一次 → their repetition.

In: a match of the grammar's `length`, `every` or `once` branch. Out: a value, or None where it is no amount.
Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.time_grammar import Grammar
from policyparse.extract.time_values import duration
from policyparse.numerals import chinese_to_int

_VAGUE = ("几", "数", "好")
_SMALLER, _LARGER = "一二两三四五六七八", "二两三四五六七八九"


def length_value(rules: Grammar, match: re.Match[str]) -> str | None:
    """P30BD, P3Y/P5Y, PT24H, … of a `length` match; None for a zero or falling pair (20日至15日)."""
    if match["lh"]:
        unit = match["lhu"] or match["lhv"]
        return duration(0.5, {"年": "Y", "月": "M", "小时": "H"}.get(unit, "D"))
    if match["lm"]:
        return duration(amount(match["lm"]) + 0.5, "M" if match["lmu"] == "月" else "H")
    unit, size = rules.units[match["lu"]]
    figures = match["ln"]
    if match["lq"] == "几" or (figures[0] in "十百千" and match.string[match.start() - 1 : match.start()] in _VAGUE):
        return None  # 十几年, 几十年
    if not match["la"] and len(figures) == 2 and figures[0] in _SMALLER and figures[1] in _LARGER:
        low, high = amount(figures[0]), amount(figures[1])  # 两三年, 三五天
        return f"{duration(low * size, unit)}/{duration(high * size, unit)}" if low < high else None
    number = amount(figures) + (0.5 if match["lr"] else 0)
    if not number:
        return None
    value = duration(number * size, unit)
    if match["lz"] and unit == "Y":
        value += f"{chinese_to_int(match['lz'])}M"
    if match["la"]:
        low = amount(match["la"])
        return f"{duration(low * size, unit)}/{value}" if 0 < low < number else None
    return value


def every_value(rules: Grammar, match: re.Match[str]) -> str | None:
    """R/P5Y of 每5年."""
    number, (unit, size) = amount(match["en"]), rules.units[match["eu"]]
    return "R/" + duration(number * size, unit) if number else None


def once_value(match: re.Match[str]) -> str | None:
    """R/P2Y of 两年一次, R/P6M of 一年两次: the stretch divided by the times, in the largest unit that divides it."""
    sign = match["ou"][0]
    unit, size = {"年": ("M", 12), "月": ("M", 1), "季": ("M", 3), "周": ("D", 7), "旬": ("D", 10)}.get(sign, ("D", 1))
    number = (0.5 if match["on"] == "半" else amount(match["on"])) * size / chinese_to_int(match["ot"])
    if not number:
        return None
    if unit == "M" and number % 12 == 0:
        number, unit = number / 12, "Y"
    elif unit == "D" and number % 7 == 0:
        number, unit = number / 7, "W"
    elif unit == "M" and number != int(number):
        number, unit = round(number * 30), "D"
    return "R/" + duration(number, unit)


def amount(numeral: str) -> float:
    """The number of a numeral; 0 where it is none."""
    try:
        return float(numeral) if "." in numeral else chinese_to_int(numeral)
    except ValueError:
        return 0
