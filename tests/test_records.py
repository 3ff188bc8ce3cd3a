"""Citations, delegations and responsibilities: rows of cases/*.yaml, and what must always hold.

A row's text is one small document: its sections come from the labels at the heads of its lines and from 一是…,
its mentions and time points are those that the row lists, so that this file tests no other room.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.extract.citations import citations
from policyparse.extract.confidence import ANY, VERSIONS, made_by
from policyparse.extract.delegations import delegations
from policyparse.extract.responsibilities import responsibilities
from policyparse.extract.sentences import layout
from policyparse.model import Clause, Institution, Section, Table, TimePoint
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import SHIPPED, shipped

CASES = Path(__file__).parent / "cases"
LABEL = re.compile(
    r"^(?:([一二三四五六七八九十]+、)|([（(][一二三四五六七八九十]+[）)])|(\d+\.))|(?<=[。；])([一二三四五六七八九十]是)",
    re.M,
)


def cases(name: str) -> list[Any]:
    rows = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
    return [pytest.param(row, id=row["name"]) for row in rows]


def sections(text: str) -> list[Section]:
    out: list[dict[str, Any]] = []
    open_: list[tuple[int, str]] = []
    for match in LABEL.finditer(text):
        kind = match.lastindex or 0
        while open_ and open_[-1][0] >= kind:
            open_.pop()
        row = {"id": f"s{len(out) + 1}", "parent": open_[-1][1] if open_ else None, "level": len(open_) + 1}
        out.append({**row, "label": match.group(), "title": "", "start": match.start(), "end": len(text)})
        open_.append((kind, str(row["id"])))
    for number, row in enumerate(out):
        row["end"] = next((later["start"] for later in out[number + 1 :] if later["level"] <= row["level"]), len(text))
    return [Section(**row) for row in out]


def outline(text: str, kind: str = "plan", **more: Any) -> Outline:
    clauses = [Clause(id="c1", start=0, end=len(text), text=text)] if text else []
    facts = Facts(kind=kind, doc_number=more.pop("doc_number", None), level=more.pop("level", None))  # type: ignore[arg-type]
    return Outline(
        text=text, sections=sections(text), clauses=clauses, tables=more.pop("tables", ()), facts=facts, **more
    )


def mentions(text: str, names: list[str]) -> list[Institution]:
    if not names:
        return []
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    return [
        Institution(text=m.group(), canonical=m.group(), start=m.start(), end=m.end()) for m in pattern.finditer(text)
    ]


def times(text: str, rows: list[list[Any]]) -> list[TimePoint]:
    return [
        TimePoint(text=word, type=kind, value=str(value), start=text.index(word), end=text.index(word) + len(word))
        for word, kind, value in rows
    ]


@pytest.mark.parametrize("row", cases("delegations"))
def test_delegations(row: dict[str, Any]) -> None:
    text = row["text"]
    found = delegations(outline(text, level=row.get("level")), mentions(text, row.get("institutions", [])), shipped())
    expected = [{"from": [], "to": [], **want} for want in row["expect"]]
    assert [{"item": d.item, "from": d.from_, "to": d.to, "mode": d.mode} for d in found] == expected


@pytest.mark.parametrize("row", cases("responsibilities"))
def test_responsibilities(row: dict[str, Any]) -> None:
    text = row["text"]
    found = responsibilities(
        outline(text, row.get("kind", "plan")),
        mentions(text, row.get("institutions", [])),
        times(text, row.get("time_points", [])),
        shipped(),
    )
    keys = ("departments", "role", "task", "deadline")
    expected = [{"deadline": None, **want} for want in row["expect"]]
    assert [{key: getattr(r, key) for key in keys} for r in found] == expected


@pytest.mark.parametrize("row", cases("citation_relations"))
def test_what_a_citation_is_to_its_document(row: dict[str, Any]) -> None:
    facts = Facts(**{"place": "广东省/佛山市/顺德区", "level": "county", "kind": "plan", **row.get("facts", {})})
    text = row["text"]
    found = citations(Outline(text, (), (), (), facts), shipped())
    assert len(found) == len(row["expect"]), found
    for citation, expected in zip(found, row["expect"], strict=True):
        assert {name: getattr(citation, name) for name in expected} == expected


@pytest.mark.parametrize("row", cases("citations"))
def test_citations(row: dict[str, Any]) -> None:
    text = row["text"]
    spans = tuple((text.index(line), text.index(line) + len(line)) for line in row.get("title_lines", []))
    found = citations(outline(text, title_spans=spans, doc_number=row.get("doc_number")), shipped())
    assert len(found) == len(row["expect"]), found
    for citation, want in zip(found, row["expect"], strict=True):
        assert {key: getattr(citation, key) for key in want} == want


def test_a_bare_verb_assigns_nothing_in_a_speech() -> None:
    text = "县教育局组织校舍检查。"
    organs = mentions(text, ["县教育局"])
    assert responsibilities(outline(text, "plan"), organs, [], shipped())
    assert not responsibilities(outline(text, "speech"), organs, [], shipped())


def test_rows_of_an_annexed_list() -> None:
    rows = [
        ["1", "户外广告设置审批", "市城管局", "白石镇政府", "委托"],
        ["2", "乡村道路养护", "市交通局", "白石镇政府", "下放"],
    ]
    header = ["序号", "事项名称", "原实施机关", "承接单位", "下放方式"]
    text = "附件\n" + "\n".join("\t".join(row) for row in rows)
    found = delegations(outline(text, tables=[Table(header=header, rows=rows, clause="c1")]), [], shipped())
    assert [(d.item, d.from_, d.to, d.mode) for d in found] == [
        ("户外广告设置审批", ["市城管局"], ["白石镇政府"], ["entrust"]),
        ("乡村道路养护", ["市交通局"], ["白石镇政府"], ["devolve"]),
    ]
    assert all(
        text[d.start : d.end].startswith(str(n + 1)) and d.item in text[d.start : d.end] for n, d in enumerate(found)
    )


def test_a_row_of_a_table_is_its_own_line() -> None:
    """The words of a row (1, 审批) stand long before the table too: its place is the table's line."""
    rows = [
        ["1", "户外广告审批", "市城管局", "白石镇政府", "委托"],
        ["2", "道路养护", "市交通局", "白石镇政府", "委托"],
    ]
    header = ["序号", "事项名称", "原实施机关", "承接单位", "下放方式"]
    body = "根据桐政发〔2012〕18号文件，户外广告审批、道路养护等按2011年的办法办理。\n"
    table = "\n".join("\t".join(row) for row in [header, *rows])
    clauses = [
        Clause(id="c1", start=0, end=len(body) - 1, text=body[:-1]),
        Clause(id="c2", start=len(body), end=len(body) + len(table), text=table),
    ]
    page = Outline(
        text=body + table, sections=[], clauses=clauses, tables=[Table(header=header, rows=rows, clause="c2")],
        facts=Facts(kind="plan"),
    )  # fmt: skip
    found = [record for record in delegations(page, [], shipped()) if record.rule.startswith("item-table@")]
    assert [page.text[d.start : d.end] for d in found] == ["\t".join(row) for row in rows]


def test_a_row_that_runs_over_lines_is_found_by_its_longest_cell() -> None:
    header = ["工作任务", "牵头单位"]
    rows = [["编制办事指南", "县审批局\n县司法局"], ["开设帮办窗口", "县政务办"]]
    text = "1.编制办事指南\n" + "\n".join("\t".join(row) for row in [header, *rows])
    page = outline(text, tables=[Table(header=header, rows=rows, clause="c1")])
    found = [record for record in responsibilities(page, [], [], shipped()) if record.rule.startswith("task-table@")]
    assert [text[r.start : r.end].split("\t")[0] for r in found] == ["编制办事指南", "开设帮办窗口"]


def test_rows_of_a_task_table() -> None:
    rows = [["1", "编制服务指南", "县审批局", "县司法局、县财政局"], ["2", "开设帮办窗口", "县政务办", ""]]
    header = ["序号", "工作任务", "牵头单位", "配合单位"]
    text = "任务分工表\n" + "\n".join("\t".join(row) for row in rows)
    found = responsibilities(outline(text, tables=[Table(header=header, rows=rows, clause="c1")]), [], [], shipped())
    assert [(r.departments, r.role, r.task) for r in found] == [
        (["县审批局"], "lead", "编制服务指南"),
        (["县司法局", "县财政局"], "support", "编制服务指南"),
        (["县政务办"], "lead", "开设帮办窗口"),
    ]


def test_a_table_of_something_else_makes_no_record() -> None:
    table = Table(header=["项目", "金额"], rows=[["办公费", "3"]], clause="c1")
    text = "预算表\n办公费\t3"
    assert not delegations(outline(text, tables=[table]), [], shipped())
    assert not responsibilities(outline(text, tables=[table]), [], [], shipped())


VOCABULARIES = sorted(
    path
    for pattern in ("delegation_*", "responsibility_*", "citation_*", "task_verbs", "organ_endings")
    for path in SHIPPED.glob(f"{pattern}.csv")
)


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_no_word_stands_twice_in_a_vocabulary(path: Path) -> None:
    """A later row would silently replace the earlier one."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        words = [row[0] for row in csv.reader(handle) if row and not row[0].startswith("#")]
    assert sorted({word for word in words if words.count(word) > 1}) == []


ORGAN = re.compile(
    "[省市县区镇乡](?:(?:人民政府|政府|党委)(?!办公室)"
    "|[一-鿿]{1,12}?(?:局|办公室|办|小组|社|联|队|站|中心|馆|校)(?!局|办|委|小组|室)|委(?!办|员|组|书|编|宣))"
)


def examples(name: str, column: str, **where: str) -> list[Any]:
    """The filled cells of a vocabulary's column, in rows whose `use` or `role` is not among those left out."""
    key, *_ = shipped().table(name)[0]
    return [
        pytest.param(row[column], id=f"{name}:{row[key]}")
        for row in shipped().table(name)
        if row[column] and not any(row[field] in left_out.split() for field, left_out in where.items())
    ]


def read(text: str) -> tuple[list[Any], list[Any]]:
    page, organs = outline(text), mentions(text, [m.group() for m in ORGAN.finditer(text)])
    return delegations(page, organs, shipped()), responsibilities(page, organs, [], shipped())


@pytest.mark.parametrize("text", examples("delegation_verbs", "example", use="still"))
def test_a_delegation_verb_does_what_its_example_says(text: str) -> None:
    assert read(text)[0], "the example must give a delegation: write it out in full (什么事项、给谁)"


@pytest.mark.parametrize("text", examples("delegation_verbs", "counter_example"))
def test_a_delegation_verb_leaves_its_counter_example(text: str) -> None:
    assert not read(text)[0]


@pytest.mark.parametrize("text", examples("task_verbs", "example"))
def test_a_task_verb_does_what_its_example_says(text: str) -> None:
    assert read(text)[1], "the example must give a responsibility: 某单位 + 动词 + 某事"


@pytest.mark.parametrize(
    "text",
    examples("responsibility_labels", "example", role="deadline other")
    + [case for case in examples("responsibility_predicates", "example") if str(case.values[0]).startswith("（")],
)
def test_a_tail_does_what_its_example_says(text: str) -> None:
    item = "1.开展试点。" + ("" if text[0] in "（〔" else "\n") + text
    found = read(item)[1]
    assert found, "the example must be a tail: （责任单位：某局） or （某局负责）"
    assert all(record.task == "开展试点" for record in found)


@pytest.mark.parametrize("text", examples("responsibility_labels", "counter_example"))
def test_a_label_leaves_its_counter_example(text: str) -> None:
    assert not [r for r in read("1.开展试点。\n" + text)[1] if r.rule in ("bracket-tail", "labelled-line")]


PIECES = st.sampled_from(
    [
        "县财政局",
        "县民政局",
        "试点镇",
        "街道",
        "镇政府",
        "市司法局",
        "审批权限",
        "行政执法权",
        "人事任免",
        "由",
        "将",
        "把",
        "向",
        "下放",
        "到",
        "给",
        "委托",
        "授权",
        "赋予",
        "返还",
        "留用",
        "负责",
        "牵头",
        "配合",
        "会同",
        "要",
        "应",
        "的",
        "和",
        "、",
        "，",
        "。",
        "；",
        "：",
        "（",
        "）",
        "〔",
        "〕",
        "《",
        "》",
        "“",
        "”",
        "责任单位：",
        "牵头单位：",
        "青府〔2011〕3号",
        "以下简称",
        "6月底前",
        "一是",
        "（一）",
        "1.",
        "各部门",
        "等部门",
        "任免",
        "征求",
        "意见",
        "纳入",
        "财政收入",
        "属地管理",
        "自主",
        "成立",
        "发挥",
        "作用",
        "\n",
        "\t",
        "。\n",
        "调整为",
        "原由",
        "划归",
        "交由",
        "扩大",
        "自主权",
        "X",
        "１",
        "\ue000",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)
ORGANS = ["县财政局", "县民政局", "镇政府", "市司法局"]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_record_stands_in_the_text(text: str) -> None:
    """Spans lie in the text, records are ordered and speak in the text's words; the same text gives the same records."""
    page, organs = outline(text), mentions(text, ORGANS)
    moved = delegations(page, organs, shipped())
    tasks = responsibilities(page, organs, [], shipped())
    cited = citations(page, shipped())
    for records in (moved, tasks, cited):
        assert all(0 <= record.start <= record.end <= len(text) for record in records)
        assert [record.start for record in records] == sorted(record.start for record in records)
        assert all(record.clause == page.clause_at(record.start) for record in records)
    for move in moved:
        assert all((move.item, move.mode, move.rule))
        assert len(set(move.mode)) == len(move.mode)
    for task in tasks:
        assert all((task.departments, len(task.task) >= 2, task.rule))
        assert all(name and name in text for name in task.departments)
    for citation in cited:
        assert text[citation.start : citation.end] == citation.text
        assert citation.title or citation.doc_number
    assert moved == delegations(page, organs, shipped())
    assert tasks == responsibilities(page, organs, [], shipped())


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_segments_cover_the_text_in_order(text: str) -> None:
    """No character but stops and white space is outside the segments, and none is in two."""
    laid = layout(text)
    end = 0
    for segment in laid.segments:
        assert segment.start >= end
        assert not text[end : segment.start].strip("。！？；; \n\t")
        end = segment.end
    assert not text[end:].strip("。！？；; \n\t")
    assert all(text[b.start] in "（(〔【[" and text[b.end - 1] in "）)〕】]" for b in laid.brackets)


def test_a_long_line_is_read_in_one_pass() -> None:
    """A long line without a stop neither fails nor finds what is not there."""
    text = "由县财政局" * 2000 + "（" * 2000
    assert responsibilities(outline(text), mentions(text, ["县财政局"]), [], shipped()) is not None
    assert delegations(outline("将下放到" * 2000), [], shipped()) == []


def test_confidences_are_those_of_the_rules_as_they_are() -> None:
    """A table counted for other versions of the rules promises nothing; the shipped one is counted for these."""
    kinds = {"institutions", "time_points", "delegations", "responsibilities"}  # nobody has labelled citations' issuers
    assert all(made_by(kind, ANY, shipped())["confidence"] is not None for kind in kinds)  # type: ignore[arg-type]
    assert made_by("citations", "titled", shipped()) == {"rule": "titled@1", "confidence": None}
    counted = {
        row["rule"].partition(":")[0] + "@" + row["rule"].partition("@")[2] for row in shipped().table("confidence")
    }
    assert counted == {f"{kind}@{VERSIONS[kind]}" for kind in kinds}  # type: ignore[index]
    assert all(0 <= float(row["confidence"]) <= 1 for row in shipped().table("confidence"))
