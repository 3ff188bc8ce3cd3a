"""The reuse guard measured: drafts with written-down mistakes, twenty clean ones; and what it says of real documents.

    python tests/benchmarks/guard_drafts.py [--set tune|held|sealed|clean|all] [--show] [--speed] [SHARED]

The drafts are made from corpora/samples by guard_drafts.yaml, and checked against the small corpus of
guard_corpus.yaml. A mistake counts as found when a finding of its kind (or of one of its kinds) touches its words; a
finding that touches no expected words is false. --show prints what was missed and what was false, --speed
the processor time for drafts of two, twenty and two hundred pages.

With SHARED (../shared) also every document in seeds/ and twenty of corpus/notices-2023 (every sixth, by name): each
finding was read and judged once; guard_verdicts.jsonl keeps the verdicts, a hash of document, kind and words each, no text.
A finding that nobody has judged is counted as such (--show prints it with its hash).
"""

from __future__ import annotations

import argparse
import io
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import yaml

import policyparse
from policyparse import guard
from policyparse.corpus import Corpus
from policyparse.model import Document

HERE = Path(__file__).parent
SETS = ("tune", "held", "sealed", "clean")
SAMPLES = HERE.parents[1] / "corpora" / "samples"
VERDICTS = HERE / "guard_verdicts.jsonl"


@dataclass(frozen=True)
class Draft:
    """A draft: its name, its text, its mistakes as (kinds, words)."""

    name: str
    text: str
    mistakes: list[tuple[list[str], list[str]]]


def sample(number: str) -> str:
    """The clean text of a sample document: "01", or "06-2" for the second document of its file."""
    name, _, part = number.partition("-")
    path = next(SAMPLES.glob(f"{name}-*"))
    return policyparse.parse(path)[int(part or 1) - 1].text


def drafts(which: str) -> Iterator[Draft]:
    """The drafts of a set (tune, held, sealed, clean). Raises ValueError where the file does not fit the samples."""
    specs = yaml.safe_load((HERE / "guard_drafts.yaml").read_text(encoding="utf-8"))[which]
    for number, spec in enumerate(specs, 1):
        name = f"{which}-{number:02d} from {spec['from']}"
        text = sample(spec["from"])
        for old, new in spec.get("all", ()):
            text = text.replace(old, new)
        for old, new in spec.get("edit", ()):
            if old not in text:
                raise ValueError(f"{name}: “{old}” is not in the sample")
            text = text.replace(old, new, 1)
        mistakes = []
        for expected in spec.get("expect", ()):
            ((kinds, words),) = expected.items()
            alternatives = words.split("|")
            if not any(words in text for words in alternatives):
                raise ValueError(f"{name}: none of {alternatives} is in the draft")
            mistakes.append((kinds.split("|"), alternatives))
        yield Draft(name, text, mistakes)


def word_file(text: str) -> bytes:
    """The draft as a clerk has it: a Word file, a paragraph a line, lines with tabs as a table."""
    file = docx.Document()
    table = None
    for line in text.split("\n"):
        cells = line.split("\t")
        if len(cells) == 1:
            file.add_paragraph(line)
            table = None
            continue
        table = table or file.add_table(0, len(cells))
        row = table.add_row()
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = words
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def corpus_in(directory: Path) -> Corpus:
    """The corpus that the drafts are compared with."""
    corpus = Corpus.open(directory, create=True)
    for entry in yaml.safe_load((HERE / "guard_corpus.yaml").read_text(encoding="utf-8")):
        for document in policyparse.parse(entry["name"], entry["text"].encode()):
            corpus.add(document)
    corpus.commit()
    return corpus


def touches(finding: guard.Finding, document: Document, kinds: list[str], alternatives: list[str]) -> bool:
    """Whether a finding is of one of `kinds` and touches one of the words."""
    if finding.kind not in kinds:
        return False
    spans = ((finding.start, finding.end), *finding.also)
    for words in alternatives:  # white space apart, which cleaning takes out
        match = re.search(r"\s*".join(re.escape(sign) for sign in words if not sign.isspace()), document.text)
        if match and any(start < match.end() and match.start() < end for start, end in spans):
            return True
    return False


def measure(which: str, corpus: Corpus, show: bool) -> dict[str, Any]:
    """How many mistakes of a set were found, by kind, and how many findings were false."""
    found: Counter[str] = Counter()
    written: Counter[str] = Counter()
    false = 0
    number = 0
    for draft in drafts(which):
        number += 1
        (document,) = policyparse.parse(f"{draft.name}.docx", word_file(draft.text))
        report = guard.check(document, corpus)
        right = set()
        for kinds, words in draft.mistakes:
            written[kinds[0]] += 1
            hits = [at for at, finding in enumerate(report.findings) if touches(finding, document, kinds, words)]
            right.update(hits)
            found[kinds[0]] += bool(hits)
            if show and not hits:
                print(f"  missed  {draft.name}: {'|'.join(kinds)} {'|'.join(words)!r}")
        for at, finding in enumerate(report.findings):
            if at not in right:
                false += 1
                if show:
                    print(
                        f"  false   {draft.name}: {finding.kind} {finding.sure} {finding.quote!r} {finding.reason.zh}"
                    )
    return {"drafts": number, "written": written, "found": found, "false": false}


def real(shared: Path, show: bool) -> None:
    """What the guard says of real documents, beside the verdicts on it."""
    verdicts = {}
    if VERDICTS.exists():
        verdicts = {row["finding"]: row["right"] for row in map(json.loads, VERDICTS.read_text().splitlines())}
    notices = sorted((shared / "corpus" / "notices-2023").iterdir())[::6][:20]
    for name, paths in (("seeds", sorted((shared / "seeds").iterdir())), ("notices-2023", notices)):
        counts: Counter[str] = Counter()
        kinds: Counter[tuple[str, str]] = Counter()
        documents = 0
        for path in paths:
            for document in policyparse.parse(path):
                documents += 1
                for finding in guard.check(document).findings:
                    key = sha256(f"{document.id}|{finding.kind}|{finding.quote}".encode()).hexdigest()[:16]
                    verdict = {True: "right", False: "wrong", None: "not judged"}[verdicts.get(key)]
                    counts[verdict] += 1
                    kinds[finding.kind, verdict] += 1
                    if show:
                        at = max(finding.line.find(finding.quote) - 30, 0)
                        print(f"  {verdict:10} {key} {path.name} {finding.kind} {finding.sure} {finding.quote!r} "
                              f"{finding.reason.zh} | {finding.line[at : at + 90]}")  # fmt: skip
        print(f"{name}: {documents} documents, {sum(counts.values())} findings: "
              + ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("right", "wrong", "not judged")))  # fmt: skip
        for (kind, verdict), count in sorted(kinds.items()):
            print(f"  {kind:12} {verdict:10} {count}")


def speed(corpus: Corpus) -> None:
    """Processor time for drafts of about two, twenty and two hundred pages (700 characters a page, GB/T 9704)."""
    lines = [line for number in ("01", "13", "08", "07") for line in sample(number).split("\n")[5:40]]
    for pages in (2, 20, 200):
        text = ["安吉县梅溪镇综合改革总体方案"]
        while sum(map(len, text)) < 700 * pages:
            text += [f"第{len(text)}段{line.replace('石桥镇', '梅溪镇').replace('青溪县', '安吉县')}" for line in lines]
        whole = "\n".join([*text, "安吉县人民政府", "2021年5月18日"])[: 700 * pages]
        (document,) = policyparse.parse("draft.txt", whole.encode())
        times = []
        for against in (None, corpus):
            start = time.process_time()
            guard.check(document, against)
            times.append(time.process_time() - start)
        print(
            f"speed: {pages} pages, {len(document.clauses)} clauses: {times[0]:.2f} s, against the corpus {times[1]:.2f} s"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path)
    parser.add_argument("--set", dest="which", choices=(*SETS, "all"), default="all")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, corpus_in(Path(folder) / "corpus") as corpus:
        for which in SETS if arguments.which == "all" else (arguments.which,):
            result = measure(which, corpus, arguments.show)
            written, found = result["written"], result["found"]
            line = f"{which}: {result['drafts']} drafts, {result['false']} false findings"
            if written:
                recall = found.total() / written.total()
                line += f", recall {recall:.3f} ({found.total()} of {written.total()})"
            print(line)
            for kind in sorted(written):
                print(f"  {kind:12} {found[kind]} of {written[kind]}")
        if arguments.speed:
            speed(corpus)
    if arguments.shared:
        real(arguments.shared, arguments.show)


if __name__ == "__main__":
    main()
