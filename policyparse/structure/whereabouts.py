"""Which place a document governs or reforms, and at which level its issuer stands (annotation guide, 2).

In: title, issuers, text, date, vocabulary. Out: a path "省/市/县/镇" and a level. Touches nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from policyparse.model import LEVELS, Level
from policyparse.places import LEVEL_WORDS, MASKED, gazetteer
from policyparse.vocabulary import Vocabulary

# How much of the text is searched for the place when title and issuer do not have it.
OPENING = 6000
_NATIONAL = re.compile(
    r"^(?:国务院|中共中央|中央|国家|全国|中华人民共和国|最高人民|[一-鿿]{2,14}(?:部|总局|总署)(?:办公厅)?$)"
)
# A place that acts: its name stands before one of its organs, or as the pilot.
_ACTS = r"(?=党委|党工委|委|人民政府|政府|办事处|人大|管委会|简政强镇|扩权强镇|强镇扩权)"
# A city or county that the tables do not have, where a name can begin: at the beginning, behind a higher place or a
# word that takes a place; its characters hold none that build phrases instead (全市, 各县, 试点县).
_UNLISTED = re.compile(
    r"(?:^|(?<=[省市州：“《、，（\s于])|(?<=中共)|(?<=自治区)|(?<=同意)|(?<=关于)|(?<=印发)|(?<=转发)|(?<=支持))"
    r"(?P<place>[^\W\d_a-zA-Z各本该全每和与及或是等我以给为的不由向把对到在于从被按照较大小强试点级城乡镇街村新旧省市县区州旗委]{2,3}"
    r"(?:市|县|区|旗))(?=[一-鿿]|\d|/|$)(?![级直属域长委城容场民政])"
)
_TOWN_BELOW = re.compile(r"[^\W\d_a-zA-Z各本该全每和与及或是等级城乡镇街村省市县区下放]{2,3}(?:镇|乡(?!镇)|街道)")
_TOWN = 3
_RANKS = (("省", "自治区"), ("市", "自治州", "盟"), ("县", "区", "旗"), ("镇", "乡", "街道"))


def place_of(
    title: str,
    cover: str | None,
    issuers: Sequence[str],
    speaker: str,
    text: str,
    date: str | None,
    vocabulary: Vocabulary,
) -> str | None:
    """The path of the place governed or reformed, None where neither title, issuer nor text prove one."""
    for source in (title, cover or "", *issuers, speaker):
        paths = _paths(source, text, date, vocabulary)
        if len(paths) > 1:
            return _common(paths)
        if paths:
            return _masked_above(_below_issuer(paths[0], cover, issuers, text, date, vocabulary), text, vocabulary)
    if issuer_level(issuers, date, vocabulary) == "nation":
        return None  # what a central organ's text names in passing is not what it governs
    name = _acting(text[:OPENING], vocabulary)
    return _masked_above(_path(name, text, date, vocabulary), text, vocabulary) if name else None


def _below_issuer(
    path: str, cover: str | None, issuers: Sequence[str], text: str, date: str | None, vocabulary: Vocabulary
) -> str:
    """Puts a place that the tables do not have below the one that its issuer names: 青溪县 + 石桥镇."""
    first = path.split("/")[0]
    if _rank(first) == 0 or gazetteer(vocabulary).places(first) or MASKED.match(first):
        return path
    for source in (cover or "", *issuers):
        for above in _paths(source, text, date, vocabulary):
            if _rank(above) < _rank(first) and first not in above:
                return f"{above}/{path}"
    return path


def _acting(text: str, vocabulary: Vocabulary) -> str | None:
    """The deepest place that `text` names often, or twice with an organ of its own; None if nothing stands out."""
    counts: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    for _start, end, name in gazetteer(vocabulary).find(text):
        counts[name] += 1
        acts[name] += bool(re.match(_ACTS, text[end : end + 6]))
    leading = [
        name for name, count in counts.items() if count >= 4 or (count >= 2 and (acts[name] or MASKED.fullmatch(name)))
    ]
    return max(leading, key=lambda name: (_depth(name, vocabulary), counts[name]), default=None)


def _depth(name: str, vocabulary: Vocabulary) -> int:
    level = gazetteer(vocabulary).level_of(name)
    return LEVELS.index(level) if level else -1


def _paths(source: str, text: str, date: str | None, vocabulary: Vocabulary) -> list[str]:
    """The paths of the places that `source` names; names set together (东莞市石龙镇) are one."""
    hits = gazetteer(vocabulary).find(source)
    covered = [(start, end) for start, end, _ in hits]
    for match in _UNLISTED.finditer(source):
        start, end = match.span("place")
        if not any(start < b and a < end for a, b in covered):
            hits.append((start, end, match["place"]))
            covered.append((start, end))
            below = _TOWN_BELOW.match(source, end)
            if below and not any(below.start() < b and a < below.end() for a, b in covered):
                hits.append((below.start(), below.end(), below.group()))
    runs: list[str] = []
    previous = -1
    for start, end, name in sorted(hits):
        if start == previous and runs:
            runs[-1] += "/" + name
        else:
            runs.append(name)
        previous = end
    paths = [path for run in dict.fromkeys(runs) if (path := _run_path(run.split("/"), text, date, vocabulary))]
    # a place that another one lies in says nothing new; one that the tables do not have lies in the one before it
    out: list[str] = []
    for path in paths:
        if out and _rank(out[-1]) < _rank(path.split("/")[0]) and not _known(path.split("/")[0], vocabulary):
            out[-1] += "/" + path
        else:
            out.append(path)
    return [path for path in out if not any(other != path and other.startswith(path + "/") for other in out)]


def _path(name: str, text: str, date: str | None, vocabulary: Vocabulary) -> str:
    """The path of one name: below the place that the text prints right before it, else as the tables have it."""
    atlas = gazetteer(vocabulary)
    above = None
    for match in re.finditer(re.escape(name), text[: 2 * OPENING]):
        before = text[max(match.start() - 14, 0) : match.start()]
        found = [entry for entry in atlas.find(before) if entry[1] == len(before)]
        if found:
            above = atlas.path_of(found[-1][2], date)
            break
    path = atlas.path_of(name, date, above)
    if path is None:
        return f"{above}/{name}" if above else name
    if above is None and _rank(name) == _TOWN and not any(step[:-1] in text for step in path.split("/")[:-1]):
        return name  # many towns bear one name: the text must prove whose it is
    return path


def _known(name: str, vocabulary: Vocabulary) -> bool:
    return gazetteer(vocabulary).path_of(name) is not None


def _run_path(parts: list[str], text: str, date: str | None, vocabulary: Vocabulary) -> str:
    """The path of places printed one behind the other: what the tables have, then the rest as printed."""
    path = _path(parts[0], text, date, vocabulary)
    for number, part in enumerate(parts[1:], 1):
        joined = gazetteer(vocabulary).path_of("".join(parts[: number + 1]), date)
        path = joined if joined and joined.endswith("/" + part) and joined.startswith(path) else f"{path}/{part}"
    return path


def _common(paths: Sequence[str]) -> str | None:
    shared = []
    for steps in zip(*(path.split("/") for path in paths), strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return "/".join(shared) or None


def _masked_above(path: str, text: str, vocabulary: Vocabulary) -> str:
    """Puts the higher places that the text masks or names in front of a masked one: XX区 → 广东省/XX市/XX区."""
    first = path.split("/")[0]
    if not MASKED.fullmatch(first):
        return path
    own = _rank(first)
    above: dict[int, str] = {}
    for _start, _end, name in gazetteer(vocabulary).find(text[:OPENING]):
        rank = _rank(name)
        if rank < own and (MASKED.fullmatch(name) or rank == 0):
            above.setdefault(rank, name)
    return "/".join([*(above[rank] for rank in sorted(above)), path])


def _rank(name: str) -> int:
    """0 for a province, 1 a prefecture, 2 a county, 3 a town, by the name's last word."""
    return next((rank for rank, suffixes in enumerate(_RANKS) if name.endswith(suffixes)), len(_RANKS))


def issuer_level(issuers: Sequence[str], date: str | None, vocabulary: Vocabulary) -> Level | None:
    """The level of the first issuer (or path) that shows one: its last place, a level word (区委), a central organ."""
    atlas = gazetteer(vocabulary)
    for issuer in issuers:
        name = issuer.removeprefix("中共")
        if "/" in name:
            return atlas.level_of(name) or _by_word(name.rsplit("/", 1)[1])
        levels = []
        for _start, _end, place in atlas.find(name):
            path = atlas.path_of(place, date)
            level = atlas.level_of(path or place) or _by_word(place)
            if level:
                levels.append(level)
        if levels:
            return max(levels, key=LEVELS.index)
        if _NATIONAL.match(name):
            return "nation"
        if unlisted := _UNLISTED.match(name):
            return _by_word(unlisted["place"])
        if level := _by_word(name[:2]) or _by_word(name[:1]):
            return level
    return None


def _by_word(name: str) -> Level | None:
    for word, level in LEVEL_WORDS.items():
        if name.endswith(word) or name == word:
            return level
    return next((level for word, level in LEVEL_WORDS.items() if name.startswith(word)), None)


_OURS = re.compile(
    r"我(省|市|县|区|旗|镇|乡|街道)(?![长民场级区])|全(省|市|县|区|镇|乡|街道)(?=[^，。；\n]{0,16}(?:会|工作|改革))"
)
# One 我市 may be quoted from another; a text that means its own place says so again.
_SAID = 2


def spoken_level(title: str, text: str) -> Level | None:
    """The level of which a text without issuer and place speaks as its own (我市, 全市…工作); None where it does not."""
    said = Counter(match[1] or match[2] for match in _OURS.finditer(f"{title}\n{text}", 0, OPENING))
    if not said:
        return None
    word, times = said.most_common(1)[0]
    return LEVEL_WORDS.get(word) if times >= _SAID else None
