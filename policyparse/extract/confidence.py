"""Which rule made a record, and how far such records can be trusted.

In: the kind of a record, the rule's name, the vocabulary (vocab/confidence.csv). Out: `rule` and `confidence` of a
record. Touches nothing.

The confidence of a rule is the share of its records that were right on labelled documents, drawn towards the share
of its whole kind where few were counted (`python tests/benchmarks/confidence.py` counts and writes the table).
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypedDict

from policyparse.vocabulary import Vocabulary

RecordKind = Literal["institutions", "time_points", "delegations", "responsibilities", "citations"]

#: Goes up when the rules of a kind change in what they find; the table counts for one version.
VERSIONS: dict[RecordKind, int] = {
    "institutions": 2,
    "time_points": 2,
    "delegations": 3,
    "responsibilities": 3,
    "citations": 2,
}
#: The row of a kind as a whole.
ANY = "*"


class Made(TypedDict):
    """The two fields of a record."""

    rule: str
    confidence: float | None


@cache
def _table(vocabulary: Vocabulary) -> dict[str, float]:
    return {row["rule"]: float(row["confidence"]) for row in vocabulary.table("confidence")}


@cache
def _made_by(kind: RecordKind, rule: str, vocabulary: Vocabulary) -> tuple[str, float | None]:
    table = _table(vocabulary)
    return f"{rule}@{VERSIONS[kind]}", table.get(f"{kind}:{rule}", table.get(f"{kind}:{ANY}"))


def made_by(kind: RecordKind, rule: str, vocabulary: Vocabulary) -> Made:
    """`rule` with its version, and the confidence of what it finds, as the fields of a record.

    A rule that was never counted has the confidence of its kind; a kind that was not, None.
    """
    name, confidence = _made_by(kind, rule, vocabulary)
    return {"rule": name, "confidence": confidence}
