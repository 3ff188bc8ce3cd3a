"""What the standard prints around the body: addressees, copies, printing date, annex list (GB/T 9704—2012, 7.3–7.4),
and a speech's speaker, post and occasion.

In: a document's lines with their roles, its kind. Out: Elements. Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyparse.model import Annex, Kind, Speech
from policyparse.passing import Elements
from policyparse.structure import lines as roles
from policyparse.structure.facts import iso
from policyparse.structure.lines import Line, bare

_COPIES = re.compile(r"^\s*(?:抄\s*送|抄\s*报|主\s*送|分\s*送|印\s*送|发|报)\s*[:：]\s*(?P<organs>.+)$")
_PRINTED = re.compile(r"\d\s*日\s*印\s*发\s*$")
# 附件：1.… ; 附件2：…; 2.… as the list goes on
_ENTRY = re.compile(
    r"^\s*(?:(?P<label>附\s*件\s*(?P<of>[\d一二三四五六七八九十]{0,3}))\s*[:：.．、]?\s*)?(?:(?P<number>\d{1,2})\s*[.．、]\s*)?(?P<title>.*)$"
)
_LABEL_ALONE = re.compile(r"^\s*附\s*件\s*(?P<of>[\d一二三四五六七八九十]{0,3})\s*[:：]?\s*$")
_OMITTED = re.compile(r"[（(]\s*(?:略|另附|此略|不予公开|另发)\s*[）)].*$")
_NAME = r"(?P<name>[一-鿿]{2,4}|[一-鿿][ 　]{1,4}[一-鿿](?:[ 　]{1,4}[一-鿿])?|[一-鿿]{1,8}·[一-鿿·]{1,12})"
_POST = r"(?P<post>[^，。、（(]{0,40}?(?:书记|主席|省长|州长|市长|县长|区长|旗长|镇长|乡长|主任|局长|部长|厅长|会长|院长|校长|总理|秘书长|常委))"
_POST_NAME = re.compile(rf"^[（(—\-–\s]*(?P<posts>(?:[^，。（(]{{2,30}}、)*){_POST}\s*{_NAME}(?:同志)?[）)\s]*$")
_NAME_ALONE = re.compile(rf"^[（(—\-–\s]*{_NAME}(?:同志)?[）)\s]*$")
# 沈立民同志在…会上的讲话, 区长在…会讲话
_GIVEN = r"(?P<occasion>[^，。]{3,60}?)上?的?(?:重要|交流|典型|表态)?(?:讲话|发言|致辞|报告|汇报|经验介绍|交流材料)"
_IN_TITLE = re.compile(rf"^(?:{_POST})?(?:{_NAME}(?:同志)?)?在{_GIVEN}")
_OCCASION = re.compile(
    r"在(?P<occasion>[^，。]{3,60}?(?:会议?|大会|会上|论坛|仪式|座谈会|培训班|研讨班|现场会))上?[）)]?$"
)
_TITLE_OCCASION = re.compile(f"在{_GIVEN}")
_FILE_NAME = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|rar|zip)$", re.IGNORECASE)


def elements(lines: Sequence[Line], title: str, kind: Kind) -> Elements:
    """The elements of a document whose lines have their roles.

    Addressees and copies are given as printed, cut at the commas with which the standard sets groups apart.
    """
    imprint = [line for line in lines if line.role == roles.IMPRINT]
    return Elements(
        addressees=tuple(
            part for line in lines if line.role == roles.ADDRESSEE for part in _groups(line.text.rstrip("：: "))
        ),
        copied_to=tuple(
            part
            for line in imprint
            if (found := _COPIES.match(line.text)) and not line.text.lstrip().startswith("主")
            for part in _groups(found["organs"].rstrip("。 "))
        ),
        printed=next((iso(line.text) for line in imprint if _PRINTED.search(line.text)), None),
        annexes=tuple(_annexes(lines)),
        speech=_speech(lines, title) if kind == "speech" else None,
    )


def _groups(text: str) -> Iterator[str]:
    """各区人民政府，市政府各部门、各直属机构 → two groups; commas inside brackets are no borders."""
    depth = start = 0
    for index, sign in enumerate(text):
        if sign in "（(":
            depth += 1
        elif sign in "）)":
            depth = max(0, depth - 1)
        elif sign in "，,；;。" and not depth:
            if part := text[start:index].strip():
                yield part
            start = index + 1
    if part := text[start:].strip():
        yield part


def _annexes(lines: Sequence[Line]) -> Iterator[Annex]:
    """The annexes that the annex note lists, each with the offset of the line under which it is printed."""
    listed: list[tuple[str, str, int]] = []
    at_list = False
    for index, line in enumerate(lines):
        if line.role != roles.ANNEX:
            continue
        alone = _LABEL_ALONE.match(line.text)
        if alone:
            following = lines[index + 1] if index + 1 < len(lines) else None
            at_list = following is not None and following.role == roles.ANNEX and not _LABEL_ALONE.match(following.text)
            continue
        entry = _ENTRY.match(line.text)
        if entry is None or not (entry["label"] or (entry["number"] and (listed or at_list))):
            continue
        title = _OMITTED.sub("", entry["title"]).strip(" 。；;")
        if title.startswith("《") and "》" in title:
            title = title[: title.index("》")]  # what stands behind is the signature, run into the line
        title = _FILE_NAME.sub("", title.strip("《》"))
        number = entry["number"] or entry["of"] or ""
        if title:
            listed.append((f"附件{number}", title, line.end))
    for label, title, end in listed:
        yield Annex(label=label, title=title, start=_printed_at(lines, label, title, end))


def _printed_at(lines: Sequence[Line], label: str, title: str, after: int) -> int | None:
    """Where the annex itself begins: its label on a line of its own, else its title as a line."""
    words = bare(title)
    heads = {"附件", "附件1"} if label == "附件1" else {label}  # the first of several is often headed 附件 alone
    for line in lines:
        if line.start <= after:
            continue
        alone = _LABEL_ALONE.match(line.text)
        if alone and f"附件{alone['of']}" in heads:
            return line.start
        if line.role != roles.ANNEX and len(words) >= 4 and bare(line.text) == words:
            return line.start
    return None


def _speech(lines: Sequence[Line], title: str) -> Speech:
    speaker = post = occasion = None
    for line in lines:
        if line.role not in (roles.SPEAKER, roles.SUBTITLE, roles.DATE):
            continue
        if line.role != roles.DATE and speaker is None:
            if found := _POST_NAME.match(line.text):
                speaker, post = _closed(found["name"]), (found["posts"] + found["post"]).strip()
            elif line.role == roles.SPEAKER and (found := _NAME_ALONE.match(line.text)):
                speaker = _closed(found["name"])
        if occasion is None and (found := _OCCASION.search(line.text)):
            occasion = found["occasion"]
    if found := _IN_TITLE.match(title):
        speaker, post = speaker or (_closed(found["name"]) if found["name"] else None), post or found["post"]
    if occasion is None and (found := _TITLE_OCCASION.search(title)):
        occasion = found["occasion"]
    return Speech(speaker=speaker, post=post, occasion=occasion)


def _closed(name: str) -> str:
    """龚 正 is printed apart so that names of two and three characters are of one width."""
    return re.sub(r"[ 　]+", "", name)
