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

#: Goes up when the rules of a kind change in what they find. The table is counted for these versions: what was counted
#: for others is no longer read, until `confidence.py --take` has counted again.
VERSIONS: dict[RecordKind, int] = {
    "institutions": 1,
    "time_points": 1,
    "delegations": 1,
    "responsibilities": 1,
    "citations": 1,
}
#: The row of a kind as a whole.
ANY = "*"


def row_name(kind: RecordKind, rule: str) -> str:
    """The name of a rule in the table: `delegations:grant@1`."""
    return f"{kind}:{rule}@{VERSIONS[kind]}"


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
    return f"{rule}@{VERSIONS[kind]}", table.get(row_name(kind, rule), table.get(row_name(kind, ANY)))


def made_by(kind: RecordKind, rule: str, vocabulary: Vocabulary) -> Made:
    """`rule` with its version, and the confidence of what it finds, as the fields of a record.

    A rule that was never counted has the confidence of its kind; a kind that was not, or not in this version, None.
    """
    name, confidence = _made_by(kind, rule, vocabulary)
    return {"rule": name, "confidence": confidence}
