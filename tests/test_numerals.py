"""Numerals: rows of tests/cases/numerals.yaml, and the round trip."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policyparse.numerals import chinese_to_int, int_to_chinese, year_to_chinese

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "numerals.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict) -> None:
    assert chinese_to_int(case["text"]) == case["value"]
    if "chinese" in case:
        assert int_to_chinese(case["value"]) == case["chinese"]


@pytest.mark.parametrize("text", ["", "  ", "第", "年", "一年", "1.5", "三甲", "abc", "-1", "½"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        chinese_to_int(text)


@pytest.mark.parametrize("number", [-1, 10**16])
def test_what_has_no_numeral_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no Chinese numeral"):
        int_to_chinese(number)


def test_year() -> None:
    assert year_to_chinese(2009) == "二〇〇九"
    assert chinese_to_int(year_to_chinese(1981)) == 1981


@given(st.integers(0, 10**16 - 1))
def test_round_trip(number: int) -> None:
    assert chinese_to_int(int_to_chinese(number)) == number


@given(st.text(alphabet="一二三四五六七八九十百千万亿零〇两廿第0123456789０９ ,", max_size=12))
def test_a_number_or_a_value_error(text: str) -> None:
    value = None
    with contextlib.suppress(ValueError):
        value = chinese_to_int(text)
    assert value is None or value >= 0
