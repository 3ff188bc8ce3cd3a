"""Time extraction beside JioNLP's on the same text in the same run: characters a second, and points found.

    python tests/benchmarks/bench_time.py [FILE…] [--chars N] [--json]

Without files the text is made of sentences of tests/cases/time_points.yaml and plain
filler of the genre, in a fixed order. JioNLP (`pip install jionlp`) is left out with a word when it is not installed; as it is
far slower, it gets the beginning of the text only (--jionlp-chars), in sentences: its extractor is superlinear.
Linearity: ours is timed on the text once, and ten times over.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from policyparse.extract.time_points import time_points
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import shipped

CASES = Path(__file__).parents[1] / "cases" / "time_points.yaml"
FILLER = (
    "各镇人民政府要切实加强组织领导，明确责任分工，细化工作措施，确保各项改革任务落到实处。",
    "按照权责一致、能放即放的原则，把量大面广、镇级能够承接的管理事项交由试点镇办理。",
    "县级有关部门要做好业务培训和指导监督，建立健全事中事后监管机制，防止出现管理空档。",
)


def sample(chars: int) -> str:
    """`chars` characters or a little more: one time sentence to three of filler, as in a typical document."""
    choice = random.Random(9)
    sentences = [case["text"] for case in yaml.safe_load(CASES.read_text(encoding="utf-8"))]
    lines: list[str] = []
    size = 0
    while size < chars:
        line = choice.choice(sentences) + "".join(choice.sample(FILLER, 3))
        lines.append(line)
        size += len(line) + 1
    return "\n".join(lines)


def timed(run: Callable[[], int], repeats: int = 3) -> tuple[float, int]:
    """The best of `repeats` runs, in seconds of this process (others share the machine), and what the run counted."""
    best, found = float("inf"), 0
    for _ in range(repeats):
        begin = time.process_time()
        found = run()
        best = min(best, time.process_time() - begin)
    return best, found


def ours(text: str) -> int:
    return len(time_points(Outline(text, (), (), (), Facts(date="2012-05-06")), shipped()))


def jionlp(text: str) -> int | None:
    """Points that JioNLP finds, sentence by sentence; None where it is not installed."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            from jionlp import ner
        logging.getLogger().setLevel(logging.CRITICAL)  # it logs a traceback for what it cannot read
    except ImportError:
        return None
    base = {"year": 2012, "month": 5, "day": 6}
    return sum(len(ner.extract_time(line, time_base=base) or ()) for line in text.split("\n") if line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--chars", type=int, default=200_000)
    parser.add_argument("--jionlp-chars", type=int, default=5_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    text = "\n".join(path.read_text(encoding="utf-8") for path in given.files) or sample(given.chars)
    ours(text[:2000])  # compiles the grammar
    seconds, found = timed(lambda: ours(text))
    ten, _ = timed(lambda: ours(text * 10))
    report: dict[str, object] = {
        "characters": len(text),
        "ours_chars_per_second": round(len(text) / seconds),
        "ours_points": found,
        "ours_tenfold_text_takes_times": round(ten / seconds, 1),
    }
    part = text[: given.jionlp_chars]
    if jionlp(part[:50]) is None:
        report["jionlp"] = "not installed (pip install jionlp)"
    else:
        theirs, theirs_found = timed(lambda: jionlp(part) or 0, repeats=1)
        same, same_found = timed(lambda: ours(part))
        report |= {
            "shared_characters": len(part),
            "jionlp_chars_per_second": round(len(part) / theirs),
            "jionlp_points": theirs_found,
            "ours_points_there": same_found,
            "ours_times_faster_there": round(theirs / same),
        }
    if given.json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            print(f"{name.replace('_', ' '):32}{value:>14,}" if isinstance(value, int) else f"{name:32}{value!s:>14}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
