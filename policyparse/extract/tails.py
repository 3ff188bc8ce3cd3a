"""Who is responsible, from the form that notices put it in: bracket tails and labelled lines after an item.

In: the text, its layout and sections, the vocabulary. Out: Tails: where one stands, what item it closes,
and its units by role. Touches nothing.

    …持续推进。（责任单位：A、B；配合单位：C）      a bracket that begins with a label
    …持续推进。（A牵头，B、C按职责分工负责）       a bracket whose parts end in a predicate
    牵头单位：A                                    a line of its own

annotation.md §7: one record a role; the task is the item that the tail closes, its title included; a later
tail in the same item takes the words since the one before; a document's own rule (逗号前为牵头单位) is applied.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from policyparse.extract.heads import Names
from policyparse.extract.sentences import body_start, layout, trim
from policyparse.model import Role, Section
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

# A tail longer than this is a paragraph in brackets, not a list of units (the longest in the corpus has 412 characters).
_LONGEST = 700
# After a label, a part that does not end as organs do is still a unit's name if it is short (镇经发, 各村); else it is prose.
_SHORT = 8
_NO_UNIT = re.compile(
    "并|应|谁|结合|完善|提高|加强|推进|推动|进一步|丰富|做好|持续|强化|开展|落实|定期|及时|确保|按|以|在|于"
)
# Any other label (适用范围：, 目标：): what follows is no unit
_OTHER_LABEL = re.compile("[一-鿿]{2,6}[:：]")
# The next item's number, where a bracket was never closed and the lines have run together
_NEXT_ITEM = re.compile(r"(?<=[）)局委厅处室会院部])\s*\d{1,2}[.．、](?=[一-鿿])")
_FOLLOWING = re.compile(
    r"(以下(?:各项|所有)?(?:工作|任务|事项|措施)?|以上(?:各项)?(?:工作|任务|事项)?)[，,]?均?(?:需|须|由|涉及)"
)
_RULE = re.compile(
    r"(逗号|分号|顿号|句号)(?:之)?前(?:的)?(?:单位|部门)?(?:均)?(?:为|是)(?:总)?牵头"
    r"|(?:排名?|排序|列)(?:在)?(?:第一|首|最前)(?:位)?(?:的)?(?:单位|部门)?(?:均)?(?:为|是)(?:总)?牵头"
    r"|(?:首|第一)(?:个|位)?(?:单位|部门)(?:均)?(?:为|是)(?:总)?牵头"
)
_BRACKETS = ("（", "(", "〔", "【", "［", "[")
_LINE_END = re.compile("[。\\n]")
_AFTER = re.compile(r"[。；;]?\s*(?:\n|$)|[。；;]?\s*(?:\d|[（(一二三四五六七八九十])")
_REST_SUPPORT = re.compile(r"(?:其他|其余|之?后)[^，,。；;）)〕]{0,10}(?:为|是)?(?:配合|协办|协助|参与)")


@dataclass(frozen=True, slots=True)
class Party:
    """Units in one role, as a tail names them."""

    role: Role
    units: tuple[str, ...]
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Tail:
    """A bracket tail or labelled line: its span, its parties, and the item [task_start, task_end) that it closes."""

    start: int
    end: int
    parties: tuple[Party, ...]
    task_start: int
    task_end: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Grammar:
    labels: dict[str, str]
    label: re.Pattern[str]
    line: re.Pattern[str]
    predicate: re.Pattern[str]
    together: re.Pattern[str]
    roles: dict[str, Role]
    names: Names
    keywords: re.Pattern[str]


@cache
def grammar(vocabulary: Vocabulary) -> _Grammar:
    """The patterns made of the vocabulary, compiled once for each vocabulary."""
    labels = {row["label"]: row["role"] for row in vocabulary.table("responsibility_labels")}
    roles: dict[str, Role] = {}
    for row in vocabulary.table("responsibility_predicates"):
        roles[row["predicate"]] = _role(row["role"])
    words = [row["word"] for row in vocabulary.table("responsibility_words") if "manner" in row["use"].split()]
    manner = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    predicates = "|".join(sorted(map(re.escape, roles), key=len, reverse=True))
    names = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    together = "|".join(map(re.escape, vocabulary.terms("responsibility_words", use="together")))
    return _Grammar(
        labels=labels,
        label=re.compile(rf"\s*(?:主要|具体)?({names})\s*(?:（[^（）]{{0,12}}）)?\s*[:：]\s*"),
        line=re.compile(
            rf"(?:^[ \t　]*(?:[（(]?\d{{1,2}}[)）.．、])?(?:[•●\-—]+)?|(?<=。)[ \t　]*|[（(〔【［\[]\s*)({names})\s*[:：]",
            re.M,
        ),
        predicate=re.compile(rf"^(.*?)(?:(?:{manner})[，,]?)*({predicates})$", re.S),
        together=re.compile(rf"(?<=.)(?:{together})(?=.)"),
        roles=roles,
        names=Names(vocabulary),
        keywords=re.compile("牵头|负责|责任|配合|单位|部门|处室|落实|承办|主办|协办"),
    )


def _role(word: str) -> Role:
    return "lead" if word == "lead" else "support" if word == "support" else "responsible"


@dataclass(slots=True)
class _Reading:
    """Units gathered while a tail is read part by part."""

    roles: list[Role] = field(default_factory=list)
    parts: dict[Role, list[str]] = field(default_factory=dict)

    def add(self, role: Role, text: str) -> None:
        if role not in self.parts:
            self.roles.append(role)
        self.parts.setdefault(role, []).append(text)


def parse(
    content: str, vocabulary: Vocabulary, lead_first: str | None = None, closing: bool = False
) -> list[Party] | None:
    """The parties of a tail's `content` (without its brackets), or None when it is no tail.

    closing: it stands where only a tail stands (after a full stop, at the line's end), so that a bare list of
    organs is one.
    lead_first: the document's own rule, "，" when the units before the first comma lead, "1" when the first
    unit does; a "+" after it says that the others support.
    """
    g = grammar(vocabulary)
    found = _FOLLOWING.search(content)
    following: list[Party] = []
    if found:
        rest = re.split(r"(?:共同|分别)?(?:落实|负责|实施|组织|[，,。]|不再)", content[found.end() :])[0]
        units = g.names.units(rest)
        if units:
            following = [Party("responsible", tuple(units), found.group(1))]
        content = content[: found.start()].rstrip("，,。；; \n")
    rule = _RULE.search(content)
    if rule:
        content = content[: rule.start()].rstrip("，,。；; \n")
    reading, sure = _read(content, g, lead_first, closing)
    if not sure:
        return following or None
    parties: list[Party] = []
    everything: list[str] = []
    for role in reading.roles:
        everything += reading.parts[role]
    for role in reading.roles:
        units = g.names.units("、".join(reading.parts[role]))
        if units:
            parties.append(Party(role, tuple(units)))
    return parties + following


def _read(content: str, g: _Grammar, lead_first: str | None, closing: bool) -> tuple[_Reading, bool]:
    reading, sure = _Reading(), False
    role: Role = "responsible"
    skip = labelled = False
    pending: list[str] = []
    first = True
    for part in re.split(r"(?<=[，,；;。])|(?<=\n)", content):
        stop = part[-1:] if part[-1:] in "，,；;。\n" else ""
        part = part.rstrip("，,；;。\n 　").strip()
        while match := g.label.search(part) if part else None:
            before = part[: match.start()].strip("，,；;、 （(〔【［[")
            if before and not skip:
                pending.append(before)
            if pending and not skip:
                reading.add(role, "、".join(pending))
            pending = []
            kind = g.labels[match.group(1)]
            skip, labelled, sure = kind in ("deadline", "other"), True, sure or kind not in ("deadline", "other")
            role = _role(kind)
            part = part[match.end() :]
        other = _OTHER_LABEL.match(part)
        if other and re.search("分工|责任|负责|单位|部门", other.group()):
            part = part[other.end() :]  # 分工方案：
        elif other:
            skip = True
        if not part or skip:
            continue
        match = g.predicate.match(part)
        if match:
            body, predicate = match.group(1), g.roles[match.group(2)]
            if labelled and predicate == "responsible":
                predicate = role
            own = not body or g.names.is_organ(body) or bool(pending)
            if own or g.names.is_generic(body):
                sure = True
                pieces = g.together.split(body)
                pending.append(pieces[0])
                whole = "、".join(piece for piece in pending if piece)
                head, sign, others = whole.partition("、")
                if labelled and predicate == "support" and sign and not reading.roles:
                    before, _, last = whole.rpartition("、")
                    reading.add(role, before)  # 责任部门：A、B、C配合
                    reading.add(predicate, last)
                elif lead_first and lead_first[0] == "1" and first and predicate == "responsible" and sign:
                    reading.add("lead", head)  # A、B负责，排在第一位的为牵头部门: B helps
                    reading.add("support", others)
                else:
                    reading.add(predicate, whole)
                if len(pieces) > 1:
                    reading.add("support", "、".join(pieces[1:]))
                pending = []
            first = False
            continue
        listed = labelled and any(map(g.names.is_organ, part.split("、")))  # 责任单位：甲局、乙水务
        if g.names.is_organ(part) or listed or (labelled and len(part) <= _SHORT and not _NO_UNIT.match(part)):
            pending.append(part)
            if lead_first and first and role == "responsible" and (lead_first[0] == "1" or (stop and stop in "，,")):
                head, _, tail = part.partition("、") if lead_first[0] == "1" else (part, "", "")
                reading.add("lead", head)
                pending = [tail] if tail else []
                role = "support" if lead_first.endswith("+") else role
                sure = True
            first = False
    if pending and not skip:
        body = "、".join(pending)
        if sure or all(g.names.is_organ(piece) for piece in re.split("[、，,]", body) if piece):
            reading.add(role, body)
            sure = sure or labelled or closing
    return reading, sure


def bracket_tails(outline: Outline, vocabulary: Vocabulary) -> list[Tail]:
    """Every tail of the document, in order, with the item that it closes."""
    text, g = outline.text, grammar(vocabulary)
    laid = layout(text)
    rule = _RULE.search(text)
    lead_first = None
    if rule:
        lead_first = ("，" if rule.group(1) else "1") + ("+" if _REST_SUPPORT.match(text, rule.end() + 1) else "")
        if _REST_SUPPORT.search(text, rule.end(), min(len(text), rule.end() + 30)):
            lead_first = lead_first[0] + "+"
    raw: list[tuple[int, int, tuple[Party, ...], str]] = []
    for bracket in laid.brackets:
        if bracket.depth or not 4 <= bracket.end - bracket.start <= _LONGEST:
            continue
        if outline.in_title(bracket.start, bracket.end):
            continue
        closing = text[bracket.start - 1 : bracket.start] in ("。", "；", ";") and bool(_AFTER.match(text, bracket.end))
        if not closing and g.keywords.search(text, bracket.start, bracket.end) is None:
            continue
        parties = parse(text[bracket.start + 1 : bracket.end - 1], vocabulary, lead_first, closing)
        if parties is not None:
            raw.append((bracket.start, bracket.end, tuple(parties), "bracket-tail"))
    ends = [bracket.end for bracket in laid.brackets if not bracket.depth]
    starts = [bracket.start for bracket in laid.brackets if not bracket.depth]
    for match in g.line.finditer(text):
        inside = bisect_right(starts, match.start(1)) - 1
        if inside >= 0 and match.start(1) < ends[inside]:
            continue  # in a bracket that closes: read above
        begin = match.end() + text.startswith("\n", match.end())  # a label alone: its units stand on the next line
        stop = _LINE_END.search(text, begin, begin + _LONGEST)
        start, end = match.start(1), stop.start() if stop else min(len(text), begin + _LONGEST)
        following = _NEXT_ITEM.search(text, match.end(), end)
        end = following.start() if following else end
        if end - start <= _LONGEST:
            parties = parse(text[start:end], vocabulary, lead_first) or []
            raw.append((start - (text[start - 1 : start] in _BRACKETS), end, tuple(parties), "labelled-line"))
    raw.sort(key=lambda item: item[0])
    return _with_items(raw, outline, _Tree(outline.sections))


class _Tree:
    """The section that holds an offset, and its elders."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = sorted(sections, key=lambda section: (section.start, -section.end))
        self.starts = [section.start for section in self.sections]
        self.by_id = {section.id: section for section in self.sections}
        self.first_child: dict[str, int] = {}
        for section in self.sections:
            if section.parent:
                self.first_child.setdefault(section.parent, section.start)

    def at(self, offset: int) -> Section | None:
        index = bisect_right(self.starts, offset) - 1
        section = self.sections[index] if index >= 0 else None
        while section is not None and section.end <= offset:
            section = self.by_id.get(section.parent) if section.parent else None
        return section

    def climb(self, section: Section, since: int) -> Section | None:
        """The parent, where it began after `since` and an elder child of it has stood in between without a tail."""
        parent = self.by_id.get(section.parent) if section.parent else None
        if parent is None or parent.start < since or self.first_child.get(parent.id, section.start) >= section.start:
            return None
        return parent


def _with_items(raw: Sequence[tuple[int, int, tuple[Party, ...], str]], outline: Outline, tree: _Tree) -> list[Tail]:
    text = outline.text
    out: list[Tail] = []
    last_end, last_task = 0, (0, 0)
    for start, end, parties, rule in raw:
        if last_task[1] and not text[last_end:start].strip("，,。；;、 　\n\t"):
            task = last_task  # two tails in a row close the same item
        else:
            line = text.rfind("\n", 0, start) + 1
            section = tree.at(max(start - 1, 0))
            begin = section.start if section else line
            own_line = not text[line:start].strip()
            # a tail after a run of inline items (一是…二是…) that have none of their own closes all of them
            while section and (parent := tree.climb(section, last_end)) is not None:
                inline = bool(text[text.rfind("\n", 0, section.start) + 1 : section.start].strip())
                if not inline and (not own_line or parent.level < 2):
                    break
                section, begin = parent, parent.start
            if not section and own_line and line > 1:
                begin = text.rfind("\n", 0, line - 1) + 1
            begin = max(begin, last_end)
            begin = body_start(text, begin, start)
            task = trim(text, begin, start)
        out.append(Tail(start, end, parties, task[0], task[1], rule))
        last_end, last_task = end, task
    return out
