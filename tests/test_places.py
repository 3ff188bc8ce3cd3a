"""The gazetteer: rows of tests/cases/places.yaml, its tables, and what must hold for any text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.model import LEVELS
from policyparse.places import Gazetteer, gazetteer
from policyparse.vocabulary import Vocabulary, shipped

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "places.yaml").read_text("utf-8")
)
PLACES = gazetteer(shipped())


def rows(part: str) -> list[Any]:
    return [pytest.param(row, id=row.get("name") or row["text"]) for row in CASES[part]]


@pytest.mark.parametrize("row", rows("paths"))
def test_path_of(row: dict[str, Any]) -> None:
    assert PLACES.path_of(row["text"], row.get("date"), row.get("within")) == row["path"]


@pytest.mark.parametrize("row", rows("levels"))
def test_level_of(row: dict[str, Any]) -> None:
    assert PLACES.level_of(row["text"]) == row["level"]


@pytest.mark.parametrize("row", rows("found"))
def test_find(row: dict[str, Any]) -> None:
    found = PLACES.find(row["text"])
    assert [name for *_, name in found] == row["found"]


def test_tables_are_sound() -> None:
    """Every path's parents are listed, every level is one, years are in order, a successor is a listed path."""
    tables = [shipped().table(name) for name in ("places", "places_zones", "places_history")]
    paths = {row["path"] for table in tables for row in table}
    for table in tables:
        for row in table:
            assert row["level"] in LEVELS, f"{row['path']}: 级别 {row['level']} 不是 {', '.join(LEVELS)} 之一"
            parent = row["path"].rpartition("/")[0]
            assert not parent or parent in paths, f"{row['path']}: 上级 {parent} 不在名录里"
            first, last = row["from"] or "0", row.get("to") or "9999"
            assert int(first) <= int(last), f"{row['path']}: from {first} 晚于 to {last}"
            successor = row.get("successor")
            assert not successor or successor in paths, f"{row['path']}: 接续的 {successor} 不在名录里"
    for row in shipped().table("places_towns"):
        assert row["path"] in paths, f"{row['path']}: 不在名录里"


def test_an_expert_adds_a_place(tmp_path: Path) -> None:
    """An overlay's row is found like a shipped one, and a row with - takes one out."""
    (tmp_path / "places_zones.csv").write_text(
        "path,short,level,from\n广东省/佛山市/三龙湾示范区,三龙湾,county,2018\n-河北省/雄安新区,,,\n", "utf-8"
    )
    own = Gazetteer(Vocabulary(tmp_path))
    assert own.path_of("三龙湾") == "广东省/佛山市/三龙湾示范区"
    assert own.path_of("雄安新区") is None


WORDS = st.sampled_from(
    [
        "广东省",
        "佛山市",
        "佛山",
        "顺德区",
        "顺德",
        "容桂街道",
        "容桂",
        "清溪河镇",
        "XX",
        "某",
        "----",
        "镇",
        "市",
        "区",
        "县",
        "的",
        "，",
        "\n",
        "a",
        "城区",
        "阳泉市",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=30).map("".join), st.text(max_size=150)))
def test_any_text(text: str) -> None:
    """Offsets cut their text, nothing overlaps, twice is the same, and look-ups never raise."""
    found = PLACES.find(text)
    assert found == PLACES.find(text)
    end = 0
    for start, stop, name in found:
        assert start >= end
        assert stop > start
        assert text[start:stop] == name
        end = stop
    path = PLACES.path_of(text[:40], "2010-01-01", "广东省")
    assert path is None or path
    assert PLACES.level_of(text[:40]) in (None, *LEVELS)
