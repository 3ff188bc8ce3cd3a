"""What a corpus knows of a document that a draft cites: the document itself, how others cite it, who has repealed it.

In: an open corpus, a title and a number. Out: Known. Touches: reads the corpus, three phrase searches a document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from policyparse.corpus import Corpus
from policyparse.extract.citations import citations
from policyparse.guard.calendar import first_day, last_day
from policyparse.guard.findings import SourceClause
from policyparse.model import Citation, Document
from policyparse.numerals import chinese_to_int
from policyparse.passing import Facts, Outline
from policyparse.search import Hit, search
from policyparse.vocabulary import Vocabulary
from policyparse.words import squeezed

#: Passages looked at for one title or number: more than a basis is cited in one county's files.
_LOOKED_AT = 60
_LONGEST_PHRASE = 40
_REPEALED = re.compile(
    r"^[^。；;]{0,160}?(?:废止|停止执行|停止施行|失效|不再执行|不再适用|停止使用)(?!的(?:依据|条件|程序|建议))"
)
#: Words one of which a clause that repeals has; how a search asks for them.
_REPEALING = '(废止 OR 失效 OR "停止执行" OR "停止施行" OR "停止使用" OR "不再执行" OR "不再适用")'
_NOT_REPEALED = re.compile(r"继续有效|不(?:予)?废止|未废止|尚未|是否|拟")
# The words of a sentence that stand next to a citation, other titles apart, and how far they are looked at.
_STOP, _BREAK, _TITLE = re.compile(r"[。；;\n]"), re.compile(r"[。；;，,\n]"), re.compile(r"《[^《》]*》")
_NOT_BEFORE, _NOT_AFTER = 160, 60
_VALID = re.compile(
    r"有效期(?:为|是|限为|至)?\s*(?:(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,2})年|(?:至|到)?(?P<until>\d{4}年\d{1,2}月\d{1,2}日))"
)
_STATUS = re.compile(r"[（(](?:试行|暂行|修订|修正|修改|\d{4}年?(?:版|修订|修正))[)）]")
_SIGNS = re.compile(r"[^\w〔〕]")


@dataclass(frozen=True, slots=True)
class Claim:
    """How a document of the corpus cites: a title with a number."""

    title: str
    number: str
    document: str


@dataclass
class Known:
    """What the corpus has on a cited document.

    own:     documents of the corpus that bear the number or the title
    claims:  how other documents cite the title or the number (one a document)
    repeals: clauses that repeal it
    """

    own: list[Document] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    repeals: list[Hit] = field(default_factory=list)


def title_key(title: str) -> str:
    """A title as it is compared: without signs, spaces, and the issuer before 关于."""
    bare = _SIGNS.sub("", squeezed(title))
    return bare[bare.index("关于") :] if "关于" in bare[1:40] else bare


def bare_title(title: str) -> str:
    """A title without what says which edition it is (试行, 2019年修订), for finding its successors."""
    return _SIGNS.sub("", squeezed(_STATUS.sub("", title)))


def same_title(one: str, other: str) -> bool:
    """Whether two titles name one document: equal but for signs and the issuer, or one within the other's 印发…的通知."""
    a, b = title_key(one), title_key(other)
    if not a or not b or not _same_issuer(one, other):
        return False
    short, long = sorted((a, b), key=len)
    return short == long or (len(short) >= 6 and short in long and (long.endswith(short) or _carried(long, short)))


def _same_issuer(one: str, other: str) -> bool:
    """Whether the issuers before 关于 can be the same; a citation may leave its own out."""
    a, b = (_SIGNS.sub("", squeezed(title)).partition("关于")[0] for title in (one, other))
    return not a or not b or a == b or a in b or b in a or not ("关于" in one and "关于" in other)


def _carried(long: str, short: str) -> bool:
    return bool(re.search(rf"(?:印发|转发|批转|公布|发布|下发|颁布){re.escape(short)}的?(?:通知|决定|公告|令)?$", long))


def number_key(number: str) -> str:
    """A number as it is compared: brackets and spaces made one."""
    return re.sub(r"[\[\]()（）【】第]", "", squeezed(number))


def code_of(number: str) -> str:
    """The code of a number, which names its issuer: 浙政发."""
    return re.split(r"\d", number_key(number), maxsplit=1)[0]


def quoted(words: str) -> str:
    """A query for exactly these words."""
    return '"' + words.replace("\\", "").replace('"', "”") + '"'


def known(
    corpus: Corpus, title: str, number: str | None, leave: str, vocabulary: Vocabulary, meant: str | None = None
) -> Known:
    """What `corpus` has on the document that is cited by `title` ("" for none) and `number`.

    leave: the draft's own id; meant: the id of the document that the corpus takes the citation for
    """
    found = Known()
    hits: dict[tuple[str, int], Hit] = {}
    phrases = [quoted(number)] if number else []
    if len(title) >= 6:
        phrases.append(quoted(title[-_LONGEST_PHRASE:]))
    # what hundreds cite has its repeal among them: it is asked for by itself
    for query in [*phrases, f"({' OR '.join(phrases)}) {_REPEALING}"] if phrases else []:
        for hit in search(corpus, query, limit=_LOOKED_AT, fold=False, synonyms=False, facets=()).hits:
            if hit.document != leave:
                hits[hit.document, hit.start] = hit
    owners: dict[str, None] = {} if meant is None else {meant: None}
    for hit in hits.values():
        if _is_own(hit, title, number):
            owners[hit.document] = None
    claims: dict[tuple[str, str, str], Claim] = {}
    for hit in hits.values():
        for cited in cited_in(hit.text, vocabulary):
            about = (title and cited.title and same_title(cited.title, title)) or (
                number and cited.doc_number and number_key(cited.doc_number) == number_key(number)
            )
            if not about:
                continue
            if hit.document not in owners and _repeals(cited, hit.text):
                found.repeals.append(hit)
            if cited.title and cited.doc_number and hit.document not in owners:
                key = (hit.document, title_key(cited.title), number_key(cited.doc_number))
                claims[key] = Claim(cited.title, cited.doc_number, hit.document)
    found.claims = list(claims.values())
    found.own = list(corpus.documents(list(owners)))
    return found


def _repeals(cited: Citation, text: str) -> bool:
    """Whether the passage repeals what it cites; a long list of titles has the word only behind its last one."""
    before = _TITLE.sub("", _BREAK.split(text[max(cited.start - _NOT_BEFORE, 0) : cited.start])[-1])
    after = text[cited.end :]
    if _NOT_REPEALED.search(before) or _NOT_REPEALED.search(_STOP.split(after, maxsplit=1)[0][:_NOT_AFTER]):
        return False
    return cited.relation == "repeals" or _REPEALED.match(after) is not None


def _is_own(hit: Hit, title: str, number: str | None) -> bool:
    if number and hit.doc_number and number_key(hit.doc_number) == number_key(number):
        return True
    return bool(title) and hit.what in ("title", "line", "heading") and same_title(hit.title, title)


def own_titles(document: Document) -> list[str]:
    """The titles that a document can be cited by: its own, its cover notice's."""
    return [title for title in (document.title, document.cover_title) if title]


def expiry(document: Document) -> str | None:
    """The last day (ISO) of a document that says how long it is valid (有效期5年); None where it does not say."""
    said = list(_VALID.finditer(document.text))
    if not said:
        return None
    match = said[-1]
    if match["until"]:
        parts = re.findall(r"\d+", match["until"])
        return f"{parts[0]}-{int(parts[1]):02d}-{int(parts[2]):02d}"
    begins = next(
        (
            point.value.partition("/")[0]
            for point in reversed(document.time_points)
            if point.type == "start" and re.match(r"[^。]{0,6}(?:施行|实施|执行|生效)", document.text[point.end :])
        ),
        document.date or "",
    )
    day = first_day(begins)
    if day is None:
        return None
    years = chinese_to_int(match["years"])
    end = last_day(f"{day.year + years}-{day.month:02d}")
    return None if end is None else f"{day.year + years}-{day.month:02d}-{min(day.day, end.day):02d}"


def as_source(document: Document) -> SourceClause:
    """A document as what a finding refers to."""
    return SourceClause(document.id, document.title, None, "", document.doc_number, document.date)


def hit_source(hit: Hit) -> SourceClause:
    """A passage as what a finding refers to."""
    return SourceClause(hit.document, hit.title, hit.clause, hit.text, hit.doc_number, hit.date)


def cited_in(text: str, vocabulary: Vocabulary) -> list[Citation]:
    """The documents that a passage cites."""
    return citations(Outline(text, (), (), (), Facts()), vocabulary)
