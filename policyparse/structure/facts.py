"""Document facts: title, kind, number, issuers, date, place, level (annotation guide, 2).

In: a clean text and its lines with roles. Out: Facts. Touches nothing.

Facts are read where the genre prints them: number under the title, issuers and date in the signature, a speaker
under a speech's title; the source's own table of facts (CleanText.metadata) fills what the text does not print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from policyparse.model import Kind, Level
from policyparse.numerals import chinese_to_int
from policyparse.passing import CleanText, Facts
from policyparse.places import MASKED
from policyparse.structure import lines as roles
from policyparse.structure.lines import Line, title_end
from policyparse.structure.whereabouts import issuer_level, place_of, spoken_level
from policyparse.vocabulary import Vocabulary

_BRACKETS = re.compile(r"[（(《<〈][^（()）]{0,24}[）)》>〉]$")
_TITLE_ISSUER = re.compile(r"^(?P<organs>.{2,70}?)(?:关于|印发|转发|批转|公布|就《)")
_ET_AL = re.compile(r"等(?:\d+|[一二三四五六七八九十]+|有关)?(?:个)?(?:部门|单位|部委)?$")
_REPRESENTS = re.compile(r"(?:我|谨|仅)代表(?P<organs>[^，。,；]{2,30}?)(?:向|，|,|表示|对|作)")
# 中共某市委某市人民政府: two organs without a sign between them
_PARTY_AND_GOVERNMENT = re.compile(r"^(中共[一-鿿]{2,14}?委(?:员会)?(?:办公[室厅])?)(?=[一-鿿]{2,12}政府)")
_OUR_ORGAN = re.compile(r"(?:我们|作为)(?P<organ>[一-鿿]{2,10}?(?:局|委员会|办公室|中心|公司))")
_OF_POST = re.compile(
    r"(?P<organ>[一-鿿XＸ×]{0,24}?(?:党工委|党委|[省市县区镇乡州盟旗]委|[局厅部委院署办]|委员会|政府|办公室|管委会|街道|公司))"
    r"(?:副)?(?:书记|局长|厅长|部长|主任|院长|署长|主席|秘书长|组长)"
)
_HEAD_OF_GOVERNMENT = re.compile(
    r"(?P<place>[一-鿿XＸ×]{0,16}?)(?:代)?(?P<post>[省市县区镇乡州]长|自治区主席|自治州州长)"
)
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2}|[一二][〇○Ο零0一二三四五六七八九]{3})\s*年\s*(?P<m>\d{1,2}|[一二三四五六七八九十]{1,3})\s*月"
    r"(?:\s*(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?"
)


def facts(clean: CleanText, lines: Sequence[Line], vocabulary: Vocabulary) -> Facts:
    """The facts of a document whose lines have their roles."""
    title = _joined(line for line in lines if line.role == roles.TITLE)
    cover = _joined(line for line in lines if line.role == roles.COVER_TITLE) or None
    if cover is not None and roles.bare(cover) == roles.bare(title):
        cover = None  # the source prints the title of what is carried above its notice
    if not title:
        title = clean.metadata.get("标题", "") or next((line.text for line in lines), "")[:80]
    kind = kind_of(title, lines, vocabulary)
    front_to = next((i for i, line in enumerate(lines) if line.role == roles.TITLE), 0)
    carrying = any(line.role == roles.COVER_TITLE for line in lines)
    front = lines[:front_to] if carrying else lines
    date = _date(lines, front, kind, carrying, clean.metadata)
    issuers = _issuers(front, lines, title, cover, kind, clean.metadata, clean.text)
    speaker = " ".join(line.text for line in lines if line.role in (roles.SPEAKER, roles.SUBTITLE))
    place = place_of(title, cover, issuers, speaker, clean.text, date, vocabulary)
    if kind == "speech" and place and issuers and not _has_place(issuers[0]):
        issuers = [place.rsplit("/", 1)[-1] + issuers[0]]
    level = issuer_level(issuers, date, vocabulary) or _place_level(place, vocabulary)
    if level is None and place is None:
        level = spoken_level(title, clean.text)
    if level == "prefecture" and place and "/" not in place and _place_level(place, vocabulary) == "province":
        level = "province"  # 市人民政府 of a municipality under the central government
    return Facts(
        title=title,
        cover_title=cover,
        kind=kind,
        doc_number=_number(front, clean.metadata),
        issuers=tuple(issuers),
        date=date,
        place=place,
        level=level,
        masked=bool((place and MASKED.search(place)) or len(MASKED.findall(clean.text, 0, 4000)) >= 3),
    )


def _has_place(organ: str) -> bool:
    """区委, 市教育局, 容桂街道党工委: the organ's name says which level, at least. 卫生局 does not."""
    return bool(re.match(r"[一-鿿]{0,12}?[省市县区镇乡州盟旗]|.*街道|国|中央|自治区|[-X×某]", organ))


def _place_level(place: str | None, vocabulary: Vocabulary) -> Level | None:
    return issuer_level([place], None, vocabulary) if place else None


def _joined(lines: Iterable[Line]) -> str:
    out = ""
    for line in lines:
        words = line.text[: title_end(line.text)].strip()
        out += words
    return out


@cache
def _endings(vocabulary: Vocabulary) -> tuple[tuple[str, Kind], ...]:
    rows = sorted(vocabulary.table("document_kinds"), key=lambda row: -len(row["ending"]))
    return tuple((row["ending"], row["kind"]) for row in rows)  # type: ignore[misc]


_DOING = re.compile(r"完成|成效|初显|推进|实现|开展|取得|走出|探索|打造|建设|做法|纪实|显著|突出")


def kind_of(title: str, lines: Sequence[Line], vocabulary: Vocabulary) -> Kind:
    """The kind that a title's last words name; else what the document's make-up shows."""
    words = title.strip("《》 ")
    while match := _BRACKETS.search(words):
        words = words[: match.start()].strip()
    for ending, kind in _endings(vocabulary):
        if words.endswith(ending):
            return kind
    if any(line.role == roles.SALUTATION for line in lines):
        return "speech"
    return "briefing" if _DOING.search(title) and "关于" not in title else "other"


def _date(
    lines: Sequence[Line], front: Sequence[Line], kind: Kind, carrying: bool, metadata: dict[str, str]
) -> str | None:
    dated = [line for line in front if line.role in (roles.DATE, roles.SIGNATURE) and _DATE.search(line.text)]
    if dated:
        body = next((i for i, line in enumerate(front) if line.role == roles.BODY), len(front))
        back = [line for line in dated if line.start > (front[body].start if body < len(front) else -1)]
        chosen = back[-1] if back else dated[0]
        return iso(chosen.text)
    enacted = [
        match["date"]
        for line in lines
        if line.role == roles.ENACTED
        and (match := roles.ENACTED_LINE.fullmatch(line.text))
        and not match["act"].endswith(("施行", "实施", "废止"))
    ]
    if days := [day for date in enacted if (day := iso(date))]:
        return max(days)
    for line in front[:8]:
        if line.role in (roles.TITLE, roles.COVER_TITLE) and title_end(line.text) < len(line.text):
            return iso(line.text[title_end(line.text) :])
        if kind == "speech" and line.role in (roles.SUBTITLE, roles.SPEAKER) and _DATE.search(line.text):
            return iso(line.text)
    if carrying:
        later = [line for line in lines if line.role in (roles.DATE, roles.SIGNATURE) and _DATE.search(line.text)]
        if later:
            return iso(later[-1].text)
    for key in ("成文日期", "发文日期", "生成日期"):
        if value := metadata.get(key):
            return iso(value)
    for line in lines:
        if line.role == roles.IMPRINT and _DATE.search(line.text):
            return iso(line.text)
    return None


def iso(text: str) -> str | None:
    """The first date in `text` as ISO 8601, as precise as printed; None if there is none."""
    match = _DATE.search(text)
    if match is None:
        plain = re.search(r"((?:19|20)\d{2})[-./](\d{1,2})(?:[-./](\d{1,2}))?", text)
        if plain is None:
            return None
        return "-".join(part.zfill(2) for part in plain.groups() if part)
    parts = [chinese_to_int(part) for part in match.groups() if part]
    return f"{parts[0]:04d}" + "".join(f"-{part:02d}" for part in parts[1:])


def _number(front: Sequence[Line], metadata: dict[str, str]) -> str | None:
    for line in front:
        if line.role == roles.NUMBER:
            match = roles.NUMBER_LINE.fullmatch(line.text)
            if match:
                return f"{re.sub(r'[ ()（）]', '', match['organ'])}〔{match['year']}〕{match['number']}号"
    stored = metadata.get("发文字号") or metadata.get("文号") or ""
    match = roles.NUMBER_LINE.fullmatch(stored.strip())
    if match:
        return f"{match['organ']}〔{match['year']}〕{match['number']}号"
    return stored.strip() or None


def _issuers(
    front: Sequence[Line],
    lines: Sequence[Line],
    title: str,
    cover: str | None,
    kind: Kind,
    metadata: dict[str, str],
    text: str,
) -> list[str]:
    if kind == "speech":
        return _speaker(lines, title, text)
    signed: list[str] = []
    for line in front:
        if line.role == roles.SIGNATURE:
            match = roles.signature(line.text)
            signed += _organs(match["organ"] if match else line.text)
    if not signed and len(front) < len(lines):
        for line in lines:
            if line.role == roles.SIGNATURE:
                signed += _organs(line.text)
    if signed:
        return list(dict.fromkeys(signed))
    if enacted := _enacting(lines):
        return enacted
    if stored := metadata.get("发文机关") or metadata.get("发布机构"):
        return _organs(stored)
    match = _TITLE_ISSUER.match(cover or title)
    return _organs(_ET_AL.sub("", match["organs"])) if match else []


# 中华人民共和国主席令 promulgates what the congress has passed
_ENACTING = re.compile(
    r"(?:经)?(?P<organ>.{2,40}?)(?:第[一二三四五六七八九十百零〇\d]+(?:届|次)|令|公告|审判委员会|部务|常务会议|$)"
)
_SESSION = re.compile(r"第[一二三四五六七八九十百零〇\d]+届")
_CONGRESS = re.compile(r"^(?:[一-鿿]{2,16})?(?:人民代表大会(?:常务委员会)?)")


def _enacting(lines: Sequence[Line]) -> list[str]:
    """Who made a statute: who promulgated it, unless that is the head of state; else who passed it; else who approved."""
    acts: dict[str, str] = {}
    for line in lines:
        match = roles.ENACTED_LINE.fullmatch(line.text) if line.role == roles.ENACTED else None
        if match is None:
            continue
        body = re.sub(r"《.*|关于.*", "", match["body"]).strip("　 ，,")
        words = _SESSION.sub("", body, count=1)
        congress = _CONGRESS.match(words)
        found = None if congress else _ENACTING.match(words)
        organ = congress[0] if congress else found["organ"].strip("　 ") if found else ""
        organ = re.sub(r"^(?:中华人民共和国)(?=国务院)|^经", "", organ)
        if organ.startswith("人民代表大会"):
            organ = "全国" + organ
        if organ and not organ.endswith("主席") and roles.ORGAN_END.search(organ.replace("国务院", "政府")):
            acts.setdefault(match["act"], organ)
    for act in ("公布", "发布", "颁布", "公告", "通过", "修订", "修正", "批准"):
        if act in acts and not (act == "公告" and "通过" in acts):
            return [acts[act]]
    return []


def _organs(text: str) -> list[str]:
    """The organs that a signature or a title's beginning names."""
    text = _PARTY_AND_GOVERNMENT.sub(r"\1 ", text.strip())
    parts = [piece for part in re.split(r"[、，,]|[ \t　]+", text) if part for piece in _side_by_side(part)]
    if len(parts) > 1 and not all(roles.ORGAN_END.search(part) for part in parts):
        parts = [text.replace(" ", "")]
    return [part for part in parts if roles.ORGAN_END.search(part)]


_CENTRAL = ("国家", "中国", "中华", "中共", "国务院")


def _side_by_side(text: str) -> list[str]:
    """Organs that a signature sets side by side without a sign: 上海市商务委员会上海海关.

    A new one begins where the first one's place or a central organ's name comes again; a central organ's branch
    (国家税务总局上海市税务局) is one.
    """
    again = "|".join(map(re.escape, (text[:2], *_CENTRAL)))
    pieces = re.split(rf"(?<=[会局厅部院署办府行室关])(?={again})", text)
    out: list[str] = []
    for piece in pieces:
        if out and out[-1].startswith(_CENTRAL) and not piece.startswith(_CENTRAL):
            out[-1] += piece
        else:
            out.append(piece)
    return out if all(roles.ORGAN_END.search(piece) for piece in out) else [text]


def _represented(text: str) -> list[str]:
    """The organ in whose name a speech is given: 我代表某市人民政府，向大会作工作报告."""
    match = _REPRESENTS.search(text, 0, max(len(text) // 5, 1500))
    return _organs(match["organs"].removesuffix("党委政府")) if match else []


def _speaker(lines: Sequence[Line], title: str, text: str) -> list[str]:
    """The organ that the speaker leads, if stated: in the line under the title, in the title, or by 代表."""
    under = [line.text for line in lines if line.role in (roles.SPEAKER, roles.SUBTITLE)]
    for source in [*under, title.split("在")[0]]:
        posts = [match for match in _OF_POST.finditer(source) if match["organ"]]
        if posts:
            # the last post is the one that the speech is given in: 区委常委、街道党工委书记
            return [re.sub(r"^.*[、 ]", "", posts[-1]["organ"])]
        if head := _HEAD_OF_GOVERNMENT.search(source):
            if organs := _represented(text):
                return organs
            place = head["place"].strip().removesuffix("人民政府") or head["post"][0]
            if head["post"] in ("自治区主席", "自治州州长") and not head["place"]:
                place = head["post"][:3]
            return [f"{place}人民政府" if len(place) > 1 else f"{place}政府"]
    if organs := _represented(text):
        return organs
    own = _OUR_ORGAN.search(text)
    return [own["organ"]] if own else []
