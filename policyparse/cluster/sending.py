"""A corpus directory to an OpenSearch: what has changed there since the last time, or everything.

In: a corpus that is open for writing, a Store. Out: Sent. Touches: the network; the corpus' list of changes.

The directory stays the truth; the OpenSearch is a copy that can be filled again at any time. Ids are those of documents and
clauses, so that sending twice makes nothing twice; how far it came the copy itself says, so that sending goes on where it
was broken off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from policyparse.cluster.mapping import (
    CLAUSES,
    DOCUMENTS,
    FIELDS_VERSION,
    INSTITUTIONS,
    document_body,
    institution_bodies,
    passage_bodies,
)
from policyparse.cluster.store import Store
from policyparse.corpus import Corpus, words_of
from policyparse.corpus.changes import Change, Changes
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import shipped
from policyparse.words import segmenter

#: Documents after which the copy writes down how far it is.
_AT_ONCE = 200
#: The size of one bulk request; OpenSearch's guide says 5 to 15 MB.
_BULK_ACTIONS, _BULK_BYTES = 2_000, 8 * 2**20


@dataclass
class Sent:
    """documents, passages: written; removed: documents taken out; whole: whether the copy was filled anew."""

    documents: int = 0
    passages: int = 0
    removed: int = 0
    whole: bool = False


def send(
    corpus: Corpus, store: Store, *, anew: bool = False, progress: Callable[[int, int], None] | None = None
) -> Sent:
    """Brings the copy of `corpus` in `store` up to date.

    anew:     fill new indices, and let them take the place of the old ones when they are whole
    progress: hears how many documents are done, and of how many
    Raises PolicyparseError, also where the store holds another corpus.
    """
    corpus.commit()
    changes = Changes(corpus.database)
    identity = changes.watch()
    meta = store.meta()
    if meta is not None and meta.get("corpus") != identity:
        raise PolicyparseError(
            f"{store.address}: another corpus than {corpus.directory} is kept under this name — give another name"
        )
    sent = Sent(whole=anew or meta is None or meta.get("fields") != FIELDS_VERSION)
    reached = 0 if sent.whole else int((meta or {}).get("reached", 0))
    if reached > changes.sent(str(store.address)):  # the corpus was put back from an older copy of itself
        sent.whole, reached = True, 0
    ours = {"fields": FIELDS_VERSION, "corpus": identity, "made_by": str(corpus.manifest.get("made_by", "?"))}
    if sent.whole:
        names = store.create(ours)
    else:
        names = {kind: store.alias(kind) for kind in (DOCUMENTS, CLAUSES, INSTITUTIONS)}
    total = changes.count(reached)
    words = words_of(corpus.vocabulary)
    if total and not sent.whole and (meta or {}).get("words") != words:
        words = ""  # some documents with these words and some with others: none can be relied on
        store.note(names[DOCUMENTS], {**ours, "reached": reached, "words": words})
    done = 0
    for some in changes.after(reached, _AT_ONCE):
        _send(corpus, store, names, some, sent)
        changes.note_sent(str(store.address), some[-1].number)
        store.note(names[DOCUMENTS], {**ours, "reached": some[-1].number, "words": words})
        done += len(some)
        if progress:
            progress(done, total)
    with store.said():
        store.client.indices.refresh(index=",".join(names.values()))
    if sent.whole:
        store.publish(names)
    return sent


def _send(corpus: Corpus, store: Store, names: dict[str, str], some: Sequence[Change], sent: Sent) -> None:
    revision = some[-1].number
    gone = [change.document for change in some if change.order is None]
    kept = [change for change in some if change.order is not None]
    _bulk(store, _actions(corpus, names, kept, revision, sent))
    if sent.whole:  # of new indices there is nothing to take out
        return
    with store.said():
        store.client.indices.refresh(index=names[CLAUSES])
        # what a document had and has no longer goes after what it has is there, so that it is never missing
        stale = {
            "bool": {
                "filter": [{"terms": {"document": [change.document for change in some]}}],
                "must_not": [{"range": {"revision": {"gte": revision}}}],
            }
        }
        store.client.delete_by_query(index=names[CLAUSES], body={"query": stale}, conflicts="proceed")
    if gone:
        _bulk(
            store,
            ({"_op_type": "delete", "_index": names[DOCUMENTS], "_id": identity} for identity in gone),
        )
        sent.removed += len(gone)


def _actions(
    corpus: Corpus, names: dict[str, str], some: Sequence[Change], revision: int, sent: Sent
) -> Iterator[dict[str, Any]]:
    words, vocabulary = segmenter(corpus.vocabulary), corpus.vocabulary or shipped()
    known: set[str] = set()
    for change in some:
        document = corpus.store.document(change.document)
        if document is None or change.order is None:
            continue
        yield _index(names[DOCUMENTS], document.id, document_body(document, change.order))
        for identity, body in passage_bodies(document, change.order, revision, words, vocabulary):
            yield _index(names[CLAUSES], identity, body)
            sent.passages += 1
        for identity, body in institution_bodies(document):
            if identity not in known:
                known.add(identity)
                yield _index(names[INSTITUTIONS], identity, body)
        sent.documents += 1


def _index(index: str, identity: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"_op_type": "index", "_index": index, "_id": identity, "_source": body}


def _bulk(store: Store, actions: Iterator[dict[str, Any]]) -> None:
    """Sends actions in requests of a good size; one that is refused stops it, but for deleting what is not there."""
    from opensearchpy.helpers import streaming_bulk

    with store.said():
        for _, answer in streaming_bulk(
            store.client, actions, chunk_size=_BULK_ACTIONS, max_chunk_bytes=_BULK_BYTES, max_retries=5,
            raise_on_error=False,
        ):  # fmt: skip
            (kind, item), *_ = answer.items()
            if item.get("status", 500) >= 300 and not (kind == "delete" and item.get("status") == 404):
                error = item.get("error")
                reason = error.get("reason") if isinstance(error, dict) else error
                raise PolicyparseError(
                    f"{store.address}: OpenSearch refused {item.get('_id')} ({' '.join(str(reason).split())[:200]}) — "
                    "what was sent stays, and the same command goes on where it was"
                )
