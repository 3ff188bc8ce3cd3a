"""Organs that do not belong: names that were given up before the document's year, another kind of place's organs.

In: a Draft, its Home. Out: Findings. Touches nothing.

When a name was in use is vocabulary (institutions_functions.csv, institutions_abbreviations.csv and institutions_names.csv,
columns from and to; guard_successors.csv says what came after). Reforms take a year or two to reach the counties, so
that a name counts as given up two years after. A document of a 区 that speaks of 县政府 or 我县 was written for a 县.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.guard.home import COUNTY, PREFECTURE, PROVINCE, TOWN, Home
from policyparse.structure import lines as roles
from policyparse.vocabulary import Vocabulary

#: Years after the central reform by which its last county has followed (2018 → spring 2019; 2013 → 2015).
_FOLLOWED = 2
_ENDING = re.compile(r"(?:局|厅|办公室|办|部门)(?:[一-鿿]{2,4}(?:分局|所|支队|大队))?$")
_LEVEL_END = ("政府", "省", "自治区", "市", "州", "盟", "县", "区", "旗", "镇", "乡", "街道")
_FORMER = re.compile(r"原|撤销|更名|改名|整合|合并|组建|划入|划转|不再保留")


class _Given(NamedTuple):
    """A name that was given up: the pattern's key, the last year of its use, what came after."""

    last: int
    successor: str


@cache
def _given_up(vocabulary: Vocabulary) -> tuple[dict[str, _Given], dict[str, _Given], frozenset[str]]:
    """Function word → when given up; full or short name → when given up; all function words."""
    after = {row["function"]: row["successor"] for row in vocabulary.table("guard_successors")}
    rows = vocabulary.table("institutions_functions")
    functions = {
        row["function"]: _Given(int(row["to"]), after[row["function"]])
        for row in rows
        if row["to"] and row["function"] in after
    }
    names = {
        row["name"]: _Given(int(row["to"]), "")
        for row in vocabulary.table("institutions_names")
        if row["to"] and (row["name"].startswith("国家") or row["name"].endswith(("部", "总局", "总署")))
    }
    return functions, names, frozenset(row["function"] for row in rows)


def _when_given_up(name: str, vocabulary: Vocabulary) -> _Given | None:
    """When an organ's name was given up, by its function word (县｜国土资源｜局); None where it is in use."""
    functions, names, every = _given_up(vocabulary)
    if name in names:
        return names[name]
    ending = _ENDING.search(name)
    if ending is None:
        return None
    stem = name[: ending.start()]
    for size in range(min(len(stem), 16), 1, -1):  # the longest: 住房和城乡建设 and not 建设
        function = stem[-size:]
        if function in every:
            before = stem[:-size]
            return functions.get(function) if not before or before.endswith(_LEVEL_END) else None
    return None


def former_organs(draft: Draft) -> Iterator[Finding]:
    """Organs under a name that was given up before the document's year, each name once."""
    year = draft.year
    if year is None:
        return
    found: dict[str, tuple[_Given, list[tuple[int, int]]]] = {}
    for mention in draft.document.institutions:
        given = _when_given_up(mention.text, draft.vocabulary)
        if given is None or year < given.last + _FOLLOWED:
            continue
        line = draft.line_at(mention.start)
        around = draft.text[max(line.start, mention.start - 8) : mention.start]
        behind = draft.text[mention.end : mention.end + 8]
        if (
            _FORMER.search(around)
            or _FORMER.search(mention.text)
            or re.match(r"[^。，；]{0,4}(?:更名|撤销|合并)", behind)
        ):
            continue
        found.setdefault(mention.text, (given, []))[1].append((mention.start, mention.end))
    for name, (given, places) in found.items():
        start, end = places[0]
        successor = f"，职能归{given.successor}" if given.successor else ""
        yield draft.finding(
            "organ", start, end,
            Said(
                f"“{name}” is a name that was given up by {given.last}; this document is of {year}",
                f"“{name}”是{given.last}年机构改革前的名称{successor}，而本文件是{year}年的",
            ),
            Said("use the organ's present name", "改用现行机构名称"),
            0.85, also=places[1:],
        )  # fmt: skip


_SELF = r"(?:[我本](?P<a>县|区|镇|乡|街道)(?![级域委组别间块段])|全(?P<b>县|镇|乡|街道)(?![级域委]))"
_ACTS = r"(?:人民政府|政府|党委|委(?=[、，,。；办书常]|组织部|宣传部|编办|统战部|政法委)|财政|编办|纪委|人大|政协|法院|检察院)"
_ORGAN = rf"(?P<c>县|区)(?={_ACTS}|[一-鿿]{{2,10}}?(?:局|办公室|编办|法院|检察院))"
_LEVEL_WORD = re.compile(rf"(?<![各市省区县镇乡、（(/和或与及级社园城小山林牧矿郊地景]){_ORGAN}|{_SELF}")


def level_words(draft: Draft, home: Home) -> Iterator[Finding]:
    """县政府, 我县 in a document of a 区, 我镇 in one of a 街道: words for another kind of place."""
    kinds = _kinds(home)
    if not kinds:
        return
    found: dict[str, list[tuple[int, int]]] = {}
    right = 0
    for match in _LEVEL_WORD.finditer(draft.text):
        start, end = match.span()
        word = match["a"] or match["b"] or match["c"]
        line = draft.line_at(start)
        if line.role not in (roles.BODY, roles.ADDRESSEE, roles.SUBTITLE) or _in_title(draft.text, line.start, start):
            continue
        group = "town" if word in ("镇", "乡", "街道") else "county"
        if group not in kinds:
            continue
        if match["c"]:
            if not (draft.starts_organ(start, start + 1) or re.match(_ACTS, draft.text[end : end + 4])):
                continue
            end = max(draft.organ_end(start), end)
        if word in kinds[group]:
            right += 1
        else:
            found.setdefault(word, []).append((start, end))
    for word, places in found.items():
        start, end = places[0]
        own = kinds["town" if word in ("镇", "乡", "街道") else "county"]
        sure = 0.85 if len(places) <= right or len(places) < 3 else 0.6
        yield draft.finding(
            "organ", start, end,
            Said(
                f"{home.path.replace('/', '')} is in no {word}: this was written for a {word}",
                f"本文件是{home.path.replace('/', '')}的，不属于“{word}”，此处称“{draft.text[start:end]}”不符",
            ),
            Said(f"change {word} to {own[0]}", f"把“{word}”改为“{own[0]}”"),
            sure, also=places[1:],
        )  # fmt: skip


def _kinds(home: Home) -> dict[str, tuple[str, ...]]:
    """What the document's own county and town are called: 县 or 区, 镇 or 街道; a group that cannot be told is left out."""
    out: dict[str, tuple[str, ...]] = {}
    county = home.steps.get(COUNTY)
    if county:
        if county.endswith("县"):
            out["county"] = ("县",)
        elif county.endswith("区") and not county.endswith(("开发区", "新区", "林区", "特区")):
            out["county"] = ("区",)
        elif county.endswith("市"):
            out["county"] = ("市",)
    elif home.deepest == TOWN and PREFECTURE in home.steps:
        out["county"] = ("市",)  # 珠浦市荷湾镇: nothing stands between
    if "区" not in out.get("county", ()) and home.steps.get(PROVINCE, "").endswith("自治区"):
        out.pop("county", None)  # 我区 is the autonomous region
    town = home.steps.get(TOWN)
    if town:
        kind = next((word for word in ("街道", "镇", "乡") if town.endswith(word)), "")
        if kind:
            out["town"] = (kind,)
    return out


def _in_title(text: str, line: int, offset: int) -> bool:
    opened = text.rfind("《", line, offset)
    return opened >= 0 and "》" not in text[opened:offset]
