"""What an OpenSearch has of a corpus: three indices, their fields, and the documents that are sent.

In: Documents. Out: mappings, and a JSON object for every document, passage and name of an institution.
Touches: nothing.

    NAME-documents      a document as in the JSON Schema (`document`), with the fields by which one looks through a list
    NAME-clauses        the passages that search finds: clauses, and the lines that are none
    NAME-institutions   every institution as it is printed and in full

Words come cut already, by the same segmenter and into the same fields as in a corpus directory (corpus/entries.py), and
are split at spaces here. So the same query finds the same clauses in both, and no plug-in for Chinese is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from policyparse.corpus.entries import KEYWORDS, NUMBERS, RUNS, SETS, entries
from policyparse.corpus.index import INDEX_VERSION
from policyparse.corpus.passages import Passage, passages
from policyparse.model import SCHEMA_VERSION, Document
from policyparse.vocabulary import Vocabulary
from policyparse.words import Segmenter, normal

DOCUMENTS, CLAUSES, INSTITUTIONS = KINDS = ("documents", "clauses", "institutions")

#: Goes up when what is below changes; indices of another number are filled anew.
_MAPPING_VERSION = 1
FIELDS_VERSION = f"{_MAPPING_VERSION}/{INDEX_VERSION}/{SCHEMA_VERSION}"

#: Longer keywords are not found (Lucene holds at most 32,766 bytes).
_LONGEST = 8_191

_KEYWORD = {"type": "keyword", "ignore_above": _LONGEST}
#: Handed back as it is, never searched.
_SHOWN = {"type": "object", "enabled": False}
_SPACES = {"analyzer": {"spaces": {"type": "custom", "tokenizer": "whitespace"}}}


def _words(options: str, norms: bool) -> dict[str, Any]:
    return {"type": "text", "analyzer": "spaces", "index_options": options, "norms": norms}


_FIELDS: dict[str, dict[str, Any]] = {
    DOCUMENTS: {
        "document": _SHOWN,
        "order": {"type": "long"},
        "date": {"type": "date", "format": "yyyy||yyyy-MM||yyyy-MM-dd", "ignore_malformed": True},
        **dict.fromkeys(("id", "title", "kind", "doc_number", "issuers", "place", "level", "path", "sha256"), _KEYWORD),
    },
    CLAUSES: {
        **{name: _words("positions", True) for name in RUNS},
        **{name: _words("docs", False) for name in SETS},
        **dict.fromkeys(KEYWORDS, _KEYWORD),
        **{name: {"type": "long"} for name in (*NUMBERS, "order", "start", "revision")},
        "shown": _SHOWN,
    },
    INSTITUTIONS: dict.fromkeys(("printed", "full", "printed_normal", "full_normal", "reversed"), _KEYWORD),
}


def index_body(kind: str, replicas: int, meta: dict[str, Any]) -> dict[str, Any]:
    """Settings and mapping of the index of a kind; `meta`: what the index is to say of itself."""
    mapping: dict[str, Any] = {"dynamic": "strict", "_meta": {"policyparse": meta}, "properties": _FIELDS[kind]}
    if kind == CLAUSES:  # the words are found, not handed back: `shown` has the text
        mapping["_source"] = {"excludes": [*RUNS, *SETS]}
    return {"settings": {"index": {"number_of_replicas": replicas}, "analysis": _SPACES}, "mappings": mapping}


def document_body(document: Document, order: int) -> dict[str, Any]:
    """A document of NAME-documents. `order`: its place among all documents."""
    return {
        "id": document.id,
        "document": document.model_dump(mode="json", by_alias=True),
        "order": order,
        "title": document.title,
        "kind": document.kind,
        "doc_number": document.doc_number,
        "issuers": document.issuers,
        "date": document.date,
        "place": document.place,
        "level": document.level,
        "path": document.source.path,
        "sha256": document.source.sha256,
    }


def passage_bodies(
    document: Document, order: int, revision: int, segmenter: Segmenter, vocabulary: Vocabulary
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id and the body of every passage of a document. `revision`: grows with each sending."""
    parts = passages(document)
    for part, fields in zip(parts, entries(document, parts, segmenter, vocabulary), strict=True):
        body: dict[str, Any] = {
            name: values[0] if len(values) == 1 else list(values) for name, values in fields.items() if values
        }
        body |= {"order": order, "start": part.start, "revision": revision, "shown": _shown(document, part)}
        name = part.clause or f"{part.start}-{part.end}"
        yield f"{document.id}#{name}", body


def _shown(document: Document, part: Passage) -> dict[str, Any]:
    """What a hit shows (search/engine.py, Found)."""
    return {
        "path": list(part.path),
        "end": part.end,
        "text": part.text,
        "tags": [[tag, score] for tag, score in part.tags],
        "title": document.title,
        "doc_number": document.doc_number,
        "date": document.date,
        "place": document.place,
        "issuers": document.issuers,
    }


def institution_bodies(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id and the body of every institution that a document mentions."""
    for printed, full in sorted({(mention.text, mention.canonical) for mention in document.institutions}):
        identity = blake2b(f"{printed}\n{full}".encode("utf-8", "replace"), digest_size=12).hexdigest()
        yield (
            identity,
            {
                "printed": printed,
                "full": full,
                "printed_normal": normal(printed),
                "full_normal": normal(full),
                "reversed": normal(full)[::-1],
            },
        )
