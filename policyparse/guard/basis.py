"""The documents that a draft rests on: repealed, expired, replaced, cited with another title or number.

In: a Draft, a corpus (or none). Out: Findings. Touches: reads the corpus through library.py.

What a corpus says is taken for the day of the draft: a basis that was repealed later was in force then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from policyparse.corpus import Corpus
from policyparse.guard import library
from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said, SourceClause
from policyparse.guard.library import Known, code_of, number_key, same_title, title_key
from policyparse.model import Citation, Document

_CHECK = Said("check the document itself, and correct the citation", "查对原文，改正引用")
_YEAR = re.compile(r"〔((?:19|20)\d\d)〕")
#: Two titles that agree so far are one, misprinted.
_MISPRINT = 0.6


def later_than_draft(draft: Draft) -> Iterator[Finding]:
    """A basis whose number is of a later year than the draft."""
    if not draft.document.date:
        return
    written = int(draft.document.date[:4])
    for citation in draft.document.citations:
        match = _YEAR.search(citation.doc_number or "")
        if match and int(match[1]) > written:
            yield draft.finding(
                "basis", citation.start, citation.end,
                Said(
                    f"the number is of {match[1]}, later than the document, which is of {written}",
                    f"所引文件的文号是{match[1]}年，晚于本文件的{written}年",
                ),
                _CHECK, 0.9,
            )  # fmt: skip


def contradicting(draft: Draft) -> Iterator[Finding]:
    """One title with two numbers, or one number with two titles, within the draft."""
    numbers: dict[str, Citation] = {}
    titles: dict[str, Citation] = {}
    for citation in draft.document.citations:
        if not citation.title or not citation.doc_number:
            continue
        title, number = title_key(citation.title), number_key(citation.doc_number)
        before = titles.setdefault(title, citation)
        if number_key(before.doc_number or "") != number and same_title(before.title, citation.title):
            yield _contradiction(draft, citation, before, "number")
            continue
        other = numbers.setdefault(number, citation)
        if not same_title(other.title, citation.title):
            yield _contradiction(draft, citation, other, "title")


def _contradiction(draft: Draft, citation: Citation, before: Citation, what: str) -> Finding:
    en, zh = ("number", "文号") if what == "number" else ("title", "标题")
    return draft.finding(
        "basis", citation.start, citation.end,
        Said(f"cited before with another {en}: {before.text}", f"同一文件前文引作{before.text}，{zh}不一致"),
        _CHECK, 0.85, also=[(before.start, before.end)],
    )  # fmt: skip


def bases(draft: Draft, corpus: Corpus) -> Iterator[Finding]:
    """What the corpus knows of each cited document: at most one finding a document, the gravest."""
    done: dict[tuple[str, str], list[Citation]] = {}
    meant: dict[tuple[str, str], str] = {}
    cited = corpus.store.references.cited(draft.document)
    for place, citation in enumerate(draft.document.citations):
        if citation.doc_number or len(citation.title) >= 6:
            key = title_key(citation.title), citation.doc_number or ""
            done.setdefault(key, []).append(citation)
            if place in cited:
                meant.setdefault(key, cited[place])
    own = {number_key(draft.document.doc_number or "")} - {""}
    for key, places in done.items():
        citation = places[0]
        if number_key(key[1]) in own or any(
            same_title(citation.title, title) for title in library.own_titles(draft.document)
        ):
            continue  # the document itself
        known = library.known(
            corpus, citation.title, citation.doc_number, draft.document.id, draft.vocabulary, meant.get(key)
        )
        for judge in (_repealed, _other_title, _other_number, _expired, _replaced, _usually):
            found = judge(draft, citation, known, corpus)
            if found is not None:
                reason, sure, sources = found
                yield draft.finding(
                    "basis", citation.start, citation.end, reason, _CHECK, sure,
                    also=[(place.start, place.end) for place in places[1:]], sources=sources,
                )  # fmt: skip
                break


_Judged = tuple[Said, float, Sequence[SourceClause]] | None


def _after(draft: Draft, date: str | None) -> bool:
    """Whether `date` is surely after the draft's."""
    return bool(draft.document.date and date and date[: len(draft.document.date)] > draft.document.date[: len(date)])


def _named(document: Document) -> str:
    return f"《{document.title}》" + (f"（{document.doc_number}）" if document.doc_number else "")


def _repealed(draft: Draft, citation: Citation, known: Known, corpus: Corpus) -> _Judged:
    for hit in known.repeals:
        if _after(draft, hit.date) or hit.document == draft.document.id:
            continue
        by = f"《{hit.title}》" + (f"（{hit.doc_number}）" if hit.doc_number else "")
        on = f"（{hit.date}）" if hit.date else ""
        # without a date of either nobody can say which came first
        sure = 0.9 if draft.document.date and hit.date else 0.6
        return Said(f"repealed by {by}", f"已被{by}{on}废止"), sure, [library.hit_source(hit)]
    return None


def _other_title(draft: Draft, citation: Citation, known: Known, corpus: Corpus) -> _Judged:
    if not citation.title or not citation.doc_number:
        return None
    number = number_key(citation.doc_number)
    bearing = [document for document in known.own if number_key(document.doc_number or "") == number]
    titles = [title for document in bearing for title in library.own_titles(document)]
    if not titles or any(same_title(citation.title, title) for title in titles):
        return None
    document = bearing[0]
    alike = max(SequenceMatcher(None, title_key(citation.title), title_key(title), False).ratio() for title in titles)
    return (
        Said(
            f"{citation.doc_number} is the number of “{document.title}”",
            f"语料库中{citation.doc_number}的标题是《{document.cover_title or document.title}》，与所引标题不同",
        ),
        0.9 if alike >= _MISPRINT else 0.75,
        [library.as_source(document)],
    )


def _other_number(draft: Draft, citation: Citation, known: Known, corpus: Corpus) -> _Judged:
    if not citation.title or not citation.doc_number:
        return None
    number = number_key(citation.doc_number)
    bearing = [
        document
        for document in known.own
        if document.doc_number and any(same_title(citation.title, title) for title in library.own_titles(document))
    ]
    if not bearing or any(number_key(document.doc_number or "") == number for document in bearing):
        return None
    same_code = [document for document in bearing if code_of(document.doc_number or "") == code_of(number)]
    # 关于印发工作要点的通知 is a title that every county has
    if not same_code and citation.title.startswith("关于"):
        return None
    document = (same_code or bearing)[0]
    return (
        Said(
            f"“{document.title}” bears the number {document.doc_number}",
            f"语料库中《{document.title}》的文号是{document.doc_number}，与所引文号不同",
        ),
        0.9 if same_code else 0.6,
        [library.as_source(document)],
    )


def _expired(draft: Draft, citation: Citation, known: Known, corpus: Corpus) -> _Judged:
    if not draft.document.date:
        return None
    for document in known.own:
        end = library.expiry(document) if _is_cited(citation, document) else None
        if end and end < draft.document.date:
            return (
                Said(f"it was valid until {end}", f"{_named(document)}有效期到{end}，本文件印发时已经届满"),
                0.8,
                [library.as_source(document)],
            )
    return None


def _is_cited(citation: Citation, document: Document) -> bool:
    if citation.doc_number and document.doc_number:
        return number_key(citation.doc_number) == number_key(document.doc_number)
    return any(
        library.bare_title(citation.title) == library.bare_title(title) for title in library.own_titles(document)
    )


def _replaced(draft: Draft, citation: Citation, known: Known, corpus: Corpus) -> _Judged:
    """A later edition of the cited document: the same title but for 试行 and the like, the same place."""
    cited = [document for document in known.own if _is_cited(citation, document) and document.date]
    if not cited:
        return None
    old = max(cited, key=lambda document: document.date or "")
    bare = library.bare_title(old.title)
    if len(bare) < 8 or re.search(r"\d{4}年|要点|总结|报告", old.title):
        return None  # each year has its own
    for new in known.own:
        later = new.date and old.date and new.date > old.date and new.doc_number != old.doc_number
        if later and library.bare_title(new.title) == bare and new.place == old.place and not _after(draft, new.date):
            return (
                Said(
                    f"there is a later edition: {_named(new)} of {new.date}",
                    f"有更新的{_named(new)}（{new.date}），核对是否应引用新文件",
                ),
                0.65,
                [library.as_source(new)],
            )
    return None


def _usually(draft: Draft, citation: Citation, known: Known, corpus: Corpus) -> _Judged:
    """How most other documents cite it; where the document itself is in the corpus, that has been looked at before."""
    if not citation.title or not citation.doc_number:
        return None
    title, number = title_key(citation.title), number_key(citation.doc_number)
    numbers = Counter(number_key(claim.number) for claim in known.claims if title_key(claim.title) == title)
    if numbers and numbers.most_common(1)[0][1] >= 2 and numbers.most_common(1)[0][1] > numbers[number]:
        usual, times = numbers.most_common(1)[0]
        printed = next(claim.number for claim in known.claims if number_key(claim.number) == usual)
        if code_of(usual) == code_of(number) or numbers[number] == 0:
            return (
                Said(
                    f"{times} documents cite it as {printed}",
                    f"语料库中{times}份文件引用它时写作{printed}，与此处文号不同",
                ),
                0.75 if times >= 3 else 0.65,
                [_claimed(claim, corpus) for claim in known.claims if number_key(claim.number) == usual][:3],
            )
    titles = Counter(title_key(claim.title) for claim in known.claims if number_key(claim.number) == number)
    if titles and titles.most_common(1)[0][1] >= 2 and not any(same_title(citation.title, other) for other in titles):
        usual, times = titles.most_common(1)[0]
        claim = next(claim for claim in known.claims if title_key(claim.title) == usual)
        return (
            Said(
                f"{times} documents cite that number with “{claim.title}”",
                f"语料库中{times}份文件把{claim.number}引作《{claim.title}》",
            ),
            0.75 if times >= 3 else 0.65,
            [_claimed(claim, corpus)],
        )
    return None


def _claimed(claim: library.Claim, corpus: Corpus) -> SourceClause:
    return library.as_source(corpus.document(claim.document))
