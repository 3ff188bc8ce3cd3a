"""The words of a task: what stands behind the organ that takes it, and the matter in front of 由.

In: the text and offsets into it. Out: the words, as printed, without what only joins them. Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyparse.extract.assignment_grammar import DANGLING, IN_FORCE, OTHERS_HELP, OWN_SENTENCE, Grammar
from policyparse.extract.sentences import trim

_CLASS = re.compile("(?:有关|相关|各|其他)(?:职能|主管|业务)?(?:部门|单位|处室|科室)$")  # 县直相关部门


def task_words(text: str, start: int, stop: int) -> str:
    """The words of a task in [start, stop): up to a semicolon in brackets, without a half bracket or a 由 at the end."""
    a, b = trim(text, start, stop)
    words = DANGLING.sub("", re.split("[；;。]", text[a:b], maxsplit=1)[0]).rstrip("，,、 ")
    if words.count("（") + words.count("〔") + words.count("(") < words.count("）") + words.count("〕") + words.count(
        ")"
    ):
        words = words.rstrip("）〕)")
    words = re.sub("^(?:主要|具体)?负责(?=.{2})", "", words)
    return "" if OTHERS_HELP.fullmatch(words) else words


def definite(names: Sequence[str], g: Grammar) -> tuple[str, ...]:
    """The names without classes (各地, 各成员单位); 各X政府 stays beside a definite one."""
    definite = [name for name in names if not name.startswith(("各", "有关", "相关")) and not _CLASS.search(name)]
    return tuple(name for name in names if name in definite or g.names.is_governments(name)) if definite else ()


def shared_matter(text: str, begin: int, end: int) -> str:
    """The matter of a 由 earlier in the sentence, which the short verb of a second organ shares."""
    at = text.rfind("由", begin, end)
    return re.sub("的$", "", matter_before(text, begin, at)) if at > begin else ""


def matter_before(text: str, begin: int, end: int) -> str:
    """The matter in front of 由: its own clause, or the one before when 由 begins a clause."""
    a, b = trim(text, begin, end)
    words = text[a:b]
    words = re.sub(
        r"(?:并|也|均|统一|具体|(?<![细规法原守总])则|(?<![供响效])应|(?<![纪需主重])要|(?<!许)可|，)+$", "", words
    )
    if not words:
        return ""
    clauses = [clause for clause in re.split("[，,](?![^（(]*[)）])", words) if clause]
    while clauses and re.match(
        "(?:按照|按|根据|依据|为|在|经|对于|从|自|由|通过|以|每|同时|此外|另外|其中|原则上|今后|首先|然后|最后|具体$|如|若|遇|当)",
        clauses[-1],
    ):
        if len(clauses) == 1:
            return ""
        clauses.pop()
    matter = IN_FORCE.sub("", clauses[-1]) if clauses else ""
    return "" if OWN_SENTENCE.match(matter) else matter
