"""Time points: rows of tests/cases/time_points.yaml, the vocabulary's own examples, and what must always hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.extract.time_check import TABLES, check_row, failures
from policyparse.extract.time_points import time_points
from policyparse.model import Clause, Section, TimePoint
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import SHIPPED, Vocabulary, shipped

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "time_points.yaml").read_text(encoding="utf-8"))
_DATE = r"(?:\d{4}|XXXX|\d{3}X)(?:-(?:0[1-9]|1[0-2]|XX)(?:-(?:0[1-9]|[12]\d|3[01]|XX))?)?(?:T\d\d:\d\d)?"
_DURATION = r"P(?:\d+(?:\.\d+)?(?:Y|M|W|D|BD)(?:\d+M)?|T\d+(?:\.\d+)?[HM])"
GRAMMAR = {
    "date": re.compile(_DATE),
    "range": re.compile(f"{_DATE}/{_DATE}"),
    "deadline": re.compile(rf"\.\./{_DATE}"),
    "start": re.compile(rf"{_DATE}/\.\."),
    "duration": re.compile(f"{_DURATION}(?:/{_DURATION})?"),
    "frequency": re.compile(f"R/{_DURATION}"),
}
"""ISO 8601 / EDTF level 1, as the contract prints each type."""


def outline(
    text: str,
    date: str | None = None,
    *,
    title: str = "",
    number: str | None = None,
    titles: tuple[tuple[int, int], ...] = (),
    clauses: tuple[Clause, ...] = (),
) -> Outline:
    """An outline of `text` with the given facts and nothing else."""
    return Outline(text, (), clauses, (), Facts(title=title, date=date, doc_number=number), titles)


def read(text: str, date: str | None = None, **facts: str) -> list[TimePoint]:
    return time_points(outline(text, date, **facts), shipped())  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict) -> None:
    facts = {key: case[key] for key in ("title", "number") if key in case}
    date = str(case["date"]) if "date" in case else None
    points = read(case["text"], date, **facts)
    assert [[p.text, p.type, p.value] for p in points] == [[str(cell) for cell in row] for row in case["points"]]


def test_case_names_are_unique() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))


EXAMPLES = [
    pytest.param(table, row, column, id=f"{table}-{next(iter(row.values()))}-{column}")
    for table in TABLES
    for row in shipped().table(table)
    for column in ("example", "counter_example")
    if row[column]
]


@pytest.mark.parametrize(("table", "row", "column"), EXAMPLES)
def test_vocabulary_examples(table: str, row: dict[str, str], column: str) -> None:
    """Each entry's example gives what stands in 【】 in it, and nothing else."""
    assert check_row(shipped(), row, column) is None, f"vocab/{table}.csv"


def test_every_entry_has_an_example() -> None:
    assert not [(table, row) for table in TABLES for row in shipped().table(table) if not row["example"]]


def test_failing_example_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "time_frequencies.csv").write_text(
        "word,value,not_before,example,counter_example\n每学期,R/P6M,,【每学年】,\n", encoding="utf-8"
    )
    assert list(failures(Vocabulary(tmp_path))) == [
        "time_frequencies.csv, row “每学期”, example: in “每学年” nothing found, but the example marks “每学年” "
        "— mend the entry or its 【】 marks"
    ]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("time_frequencies", "每学期,R/P6M,,【每学期】检查一次,"),
        ("time_not_length", "滚动,near,三年滚动推进,"),
        ("time_limits", "至晚于,before,deadline,,,【至晚于6月30日】报送,"),
        ("time_plans", "十七五,2036,2040,no,,【“十七五”】期间,"),
    ],
)
def test_what_the_readme_tells_the_expert_works(tmp_path: Path, table: str, row: str) -> None:
    """vocab/README-time.md's sample rows, added by an overlay."""
    head = ",".join(shipped().table(table)[0])
    (tmp_path / f"{table}.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert list(failures(Vocabulary(tmp_path))) == []
    readme = (SHIPPED / "README-time.md").read_text(encoding="utf-8")
    assert row.split(",")[0] in readme


def test_own_title_lines_hold_no_mention_but_their_bracketed_date() -> None:
    title = "柳川市2023年改革工作要点"
    text = f"{title}（2023年4月11日）\n2023年全市工作如下。"
    points = time_points(outline(text, "2023-04-11", titles=((0, len(title) + 12),)), shipped())
    assert [(p.text, p.start) for p in points] == [("2023年4月11日", len(title) + 1), ("2023年", len(title) + 13)]


def test_upload_date_under_the_title_is_no_time_point() -> None:
    text = "关于扩权强镇的实施方案\n2009-08-05\n12月底前完成。"
    assert [p.text for p in read(text)] == ["12月底前"]
    assert [p.text for p in read(text, "2009-08-05")] == ["2009-08-05", "12月底前"]


def test_year_of_the_heading_over_it() -> None:
    review, plan = "一、2025年工作回顾\n9月，新校区投用。\n", "二、2026年重点任务\n9月底前建成。"
    sections = (
        Section(id="s1", level=1, label="一、", title="2025年工作回顾", start=0, end=len(review)),
        Section(id="s2", level=1, label="二、", title="2026年重点任务", start=len(review), end=len(review + plan)),
    )
    text = review + plan
    points = time_points(Outline(text, sections, (), (), Facts(date="2026-01-20")), shipped())
    assert [p.value for p in points] == ["2025", "2025-09", "2026", "../2026-09-30"]


def test_clause_of_a_point() -> None:
    text = "标题\n今年完成。"
    clause = Clause(id="c1", start=3, end=8, text=text[3:8])
    points = time_points(outline(text, "2011-01-01", clauses=(clause,)), shipped())
    assert [p.clause for p in points] == ["c1"]


def test_overlay_adds_and_takes_out(tmp_path: Path) -> None:
    """A user's own folder changes what is found, without programming."""
    (tmp_path / "time_frequencies.csv").write_text(
        "word,value,not_before,example,counter_example\n每学期,R/P6M,,【每学期】,\n-每月,,,,\n", encoding="utf-8"
    )
    points = time_points(outline("每学期检查，每月通报。"), Vocabulary(tmp_path))
    assert [(p.text, p.value) for p in points] == [("每学期", "R/P6M")]


# --- what must always hold

_PIECES = st.sampled_from(
    [
        *"年月日号底末初前后内至到—-自从起每按第上中下半个多零〇一二三十百0123456789０９年年月月日《》“”()（）。，\n 　",
        *(
            "2009年",
            "十二月",
            "31日",
            "季度",
            "半年",
            "工作日",
            "小时",
            "以内",
            "不超过",
            "今年",
            "次月",
            "“十二五”",
            "一次",
        ),
        *(
            "之日起",
            "自印发",
            "二〇一〇年",
            "2012.5",
            "2012-13-40",
            "99999999",
            "年底",
            "旬",
            "同期",
            "期间",
            "年代",
            "每隔",
        ),
    ]
)
_TEXTS = st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=40).map("".join))
_DATES = st.sampled_from([None, "2009", "2012-02", "2012-02-29"])


@settings(max_examples=400, deadline=None)
@given(text=_TEXTS, date=_DATES)
def test_never_raises_and_holds_its_promises(text: str, date: str | None) -> None:
    points = read(text, date)
    floor = 0
    for point in points:
        assert floor <= point.start < point.end <= len(text)
        assert text[point.start : point.end] == point.text
        assert GRAMMAR[point.type].fullmatch(point.value), point
        floor = point.end
    assert points == read(text, date)


@settings(max_examples=60, deadline=None)
@given(text=_TEXTS, cut=st.integers(0, 80))
def test_any_title_spans(text: str, cut: int) -> None:
    spans = ((0, min(cut, len(text))),)
    for point in time_points(outline(text, "2012-02-29", titles=spans), shipped()):
        assert point.start >= cut or point.type == "date"
