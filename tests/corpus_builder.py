"""Builds Documents for the tests of corpus, search, export and compare, with defaults for all that a test is not about.

A line of `text` is a paragraph; lines that begin with a label (一、 （一） 1.) open sections; lines with a full stop
are clauses. The texts are written for the tests.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from policyparse.model import Document

_LABEL = re.compile(r"([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、])")
_DEPTHS = {"、": 1, "）": 2}


def document(
    text: str,
    *,
    title: str | None = None,
    tags: dict[int, list[str]] | None = None,
    institutions: list[tuple[str, str]] | None = None,
    delegations: list[dict[str, Any]] | None = None,
    responsibilities: list[dict[str, Any]] | None = None,
    time_points: list[tuple[str, str, str]] | None = None,
    citations: list[dict[str, Any]] | None = None,
    path: str = "a.txt",
    **facts: Any,
) -> Document:
    """`tags`: clause number → tags; mentions are found in the text by their words, records by their `quote`."""
    sections: list[dict[str, Any]] = []
    clauses: list[dict[str, Any]] = []
    open_sections: list[dict[str, Any]] = []
    at = 0
    for line in text.split("\n"):
        label = _LABEL.match(line)
        if label:
            depth = 1 if label[1][0] in "一二三四五六七八九十" else 2 if label[1][0] == "（" else 3
            open_sections = [section for section in open_sections if section["level"] < depth]
            rest = line[label.end() :]
            name = re.split("[。：；]", rest)[0] if "。" in rest[:20] or "。" not in rest else ""
            section = {
                "id": f"s{len(sections) + 1}",
                "parent": open_sections[-1]["id"] if open_sections else None,
                "level": depth,
                "label": label[1],
                "title": name,
                "start": at,
                "end": at + len(line),
            }
            sections.append(section)
            open_sections.append(section)
        for section in open_sections:
            section["end"] = at + len(line)
        if "。" in line:
            number = len(clauses) + 1
            clauses.append(
                {
                    "id": f"c{number}",
                    "section": open_sections[-1]["id"] if open_sections else None,
                    "start": at,
                    "end": at + len(line),
                    "text": line,
                    "tags": [{"tag": tag, "score": 0.9} for tag in (tags or {}).get(number, [])],
                }
            )
        at += len(line) + 1

    def clause_at(start: int) -> str | None:
        return next((c["id"] for c in clauses if c["start"] <= start < c["end"]), None)

    def spans(words: str) -> list[dict[str, Any]]:
        return [
            {"start": m.start(), "end": m.end(), "clause": clause_at(m.start())}
            for m in re.finditer(re.escape(words), text)
        ]

    def record(fields: dict[str, Any]) -> dict[str, Any]:
        rest = dict(fields)
        return {**spans(rest.pop("quote"))[0], **rest}

    first = text.split("\n", 1)[0]
    digest = sha256(text.encode()).hexdigest()
    return Document.model_validate(
        {
            "id": facts.pop("id", digest[:16]),
            "source": {"path": path, "sha256": sha256((path + text).encode()).hexdigest(), "media_type": "text/plain"},
            "title": first if title is None else title,
            "text": text,
            "sections": sections,
            "clauses": clauses,
            "institutions": [
                {"text": words, "canonical": full, **span}
                for words, full in institutions or []
                for span in spans(words)
            ],
            "time_points": [
                {"text": words, "type": kind, "value": value, **span}
                for words, kind, value in time_points or []
                for span in spans(words)
            ],
            "delegations": [record(fields) for fields in delegations or []],
            "responsibilities": [record(fields) for fields in responsibilities or []],
            "citations": [record(fields) for fields in citations or []],
            **facts,
        }
    )


def pilot_corpus() -> list[Document]:
    """Six documents of invented places: a plan, an adapted one, a speech, a reply, a copy of the plan, an undated briefing."""
    plan = document(
        "青岭县柳溪镇扩权强镇试点实施方案\n"
        "一、指导思想\n"
        "以增强镇级统筹发展能力为主线，理顺县镇权责关系，建设服务型镇政府。\n"
        "二、主要任务\n"
        "（一）下放管理权限。县政府将乡村建设规划许可、小型水利工程审批等权限下放到柳溪镇，由县发改局与柳溪镇签订委托协议书。\n"
        "（二）完善财政体制。从2009年起，土地出让净收益的百分之七十返还柳溪镇，由县财政局在每季度末拨付。\n"
        "（三）整合机构。设立便民服务中心，人员从现有编制中调剂。\n"
        "三、保障措施\n"
        "县委组织部负责督促检查，2010年6月底前完成评估。\n",
        tags={1: ["guidance"], 2: ["delegation"], 3: ["finance"], 4: ["organization"], 5: ["supervision", "schedule"]},
        institutions=[
            ("县发改局", "青岭县发展和改革局"),
            ("县财政局", "青岭县财政局"),
            ("县委组织部", "中共青岭县委员会组织部"),
            ("便民服务中心", "便民服务中心"),
        ],
        delegations=[
            {
                "item": "乡村建设规划许可权限", "from": ["县政府"], "to": ["柳溪镇"], "mode": ["devolve", "entrust"],
                "quote": "县政府将乡村建设规划许可、小型水利工程审批等权限下放到柳溪镇，由县发改局与柳溪镇签订委托协议书。",
            }
        ],
        responsibilities=[
            {
                "departments": ["县委组织部"], "role": "responsible", "task": "督促检查", "deadline": "../2010-06-30",
                "quote": "县委组织部负责督促检查，2010年6月底前完成评估。",
            }
        ],
        time_points=[("从2009年起", "start", "2009/.."), ("2010年6月底前", "deadline", "../2010-06-30")],
        kind="plan", level="town", place="浙江省/青岭市/青岭县/柳溪镇", date="2009-03-12",
        issuers=["青岭县人民政府"], doc_number="青政发〔2009〕18号", path="plan.txt",
    )  # fmt: skip
    adapted = document(
        "枫林市大桥镇强镇扩权工作方案\n"
        "一、下放管理权限\n"
        "市政府将乡村建设规划许可、小型水利工程审批等权限下放到大桥镇，由市发改委与大桥镇签订委托协议书。\n"
        "二、财政支持\n"
        "新增建设用地有偿使用费地方留成部分全额安排给大桥镇使用。\n",
        tags={1: ["delegation"], 2: ["finance"]},
        institutions=[("市发改委", "枫林市发展和改革委员会")],
        kind="plan", level="town", place="湖北省/枫林市/大桥镇", date="2012-11", issuers=["枫林市人民政府"], path="adapted.txt",
    )  # fmt: skip
    speech = document(
        "在全省小城镇建设座谈会上的讲话\n"
        "同志们：\n"
        "要继续推进简政放权，把该放的权放到位。市发展和改革委员会要牵头做好衔接工作。\n"
        "谢谢大家！\n",
        tags={1: ["leadership"]},
        institutions=[("市发展和改革委员会", "市发展和改革委员会")],
        kind="speech", level="province", place="湖北省", date="2015", path="speech.txt",
    )  # fmt: skip
    reply = document(
        "关于同意柳溪镇设立综合执法队的批复\n"
        "同意柳溪镇设立综合执法队，赋予其县级行政处罚权。\n",
        tags={1: ["delegation", "organization"]},
        kind="reply", level="county", place="浙江省/青岭市/青岭县", date="2009-12-01", issuers=["青岭县机构编制委员会"], path="reply.txt",
    )  # fmt: skip
    copy = document(plan.text.replace("三、保障措施\n", "三、保障措施（转载）\n"), title=plan.title, path="copy.txt",
                    tags={1: ["guidance"], 2: ["delegation"], 3: ["finance"], 4: ["organization"], 5: ["supervision"]},
                    kind="plan", level="town", place="浙江省/青岭市/青岭县/柳溪镇", date="2009-03-12")  # fmt: skip
    undated = document(
        "某县农村综合改革工作简报\n"
        "自2013年1月1日起，宅基地审批由镇人民政府办理。\n",
        time_points=[("自2013年1月1日起", "start", "2013-01-01/..")], kind="briefing", path="undated.txt",
    )  # fmt: skip
    return [plan, adapted, speech, reply, copy, undated]
