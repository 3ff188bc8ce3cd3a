"""The written clauses: every row valid, none twice, enough of each tag, nothing copied from ../shared."""

from __future__ import annotations

import json
import os
import re
import tarfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from policyparse.model import KINDS, LEVELS, TAGS

HERE = Path(__file__).parent.parent / "corpora" / "clauses"
SHARED = Path(__file__).parent.parent.parent / "shared"
FILES = sorted(HERE.glob("*.jsonl"))
FIELDS = {"text", "tags", "headings", "kind", "level", "year", "province", "document", "position"}
LEAST_A_TAG = 150
# Two rows of which the smaller shares more than this part of its runs of six signs are the same clause twice.
NEAR = 0.6
# What stands in thousands of documents word for word, and is nobody's sentence.
FORMULAS = (
    "以习近平新时代中国特色社会主义思想为指导",
    "以邓小平理论和三个代表重要思想为指导",
    "以邓小平理论三个代表重要思想科学发展观为指导",
    "深入贯彻落实科学发展观",
    "高举中国特色社会主义伟大旗帜",
    "全面贯彻党的十八大和十八届三中四中五中全会精神",
    "全面贯彻落实党的二十大精神",
    "全面贯彻党的二十大精神",
    "全面贯彻党的十九大精神",
    "全面贯彻党的十九大和十九届历次全会精神",
    "中国共产党第",
    "省自治区直辖市人民政府国务院各部委各直属机构",
    "法律行政法规另有规定的从其规定",
    "构成犯罪的依法追究刑事责任",
    "对直接负责的主管人员和其他直接责任人员依法给予处分",
)


@cache
def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def every() -> Iterator[tuple[str, dict]]:
    for path in FILES:
        for number, row in enumerate(rows(path), 1):
            yield f"{path.name}:{number}", row


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] in "LN")


def fault(row: dict) -> str | None:
    """What is wrong with a row, or None."""
    if set(row) != FIELDS:
        return f"fields differ: {sorted(set(row) ^ FIELDS)}"
    checks = {
        "text is empty or has line breaks or white space around it": row["text"].strip() == row["text"] != ""
        and "\n" not in row["text"],
        "tags: one to four different ones of the twenty": 1 <= len(row["tags"]) <= 4
        and len(set(row["tags"])) == len(row["tags"])
        and set(row["tags"]) <= set(TAGS),
        "headings: a list of non-empty strings": isinstance(row["headings"], list)
        and all(isinstance(h, str) and h.strip() for h in row["headings"]),
        "kind unknown": row["kind"] in KINDS,
        "level unknown": row["level"] in LEVELS,
        "year outside 1949–2026": isinstance(row["year"], int) and 1949 <= row["year"] <= 2026,
        "document: small letters, digits, hyphens": bool(re.fullmatch(r"[a-z0-9-]+", row["document"])),
        "position outside 0–1": 0 <= row["position"] <= 1,
        "the clause's own title repeated in headings": not any(
            len(h) > 6 and h in row["text"] for h in row["headings"]
        ),
    }
    return next((what for what, ok in checks.items() if not ok), None)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_row_is_valid(path: Path) -> None:
    faults = [f"{path.name}:{n}: {fault(row)}" for n, row in enumerate(rows(path), 1) if fault(row)]
    if path.stem in TAGS:
        mains = [row["tags"][0] for row in rows(path)]
        faults += [f"{path.name}:{n}: main tag is {tag}" for n, tag in enumerate(mains, 1) if tag != path.stem]
    assert not faults, "\n".join(faults)


def test_one_document_has_one_kind_level_year_and_province() -> None:
    facts = defaultdict(set)
    for _, row in every():
        facts[row["document"]].add((row["kind"], row["level"], row["year"], row["province"]))
    mixed = {name: sorted(map(str, f)) for name, f in facts.items() if len(f) > 1}
    assert not mixed, mixed


def test_enough_clauses_of_each_tag() -> None:
    count = Counter(row["tags"][0] for _, row in every())
    short = {tag: count[tag] for tag in TAGS if count[tag] < LEAST_A_TAG}
    assert not short, f"write more clauses: {short}"


def test_no_clause_twice() -> None:
    exact, holders, sizes = {}, defaultdict(list), {}
    twice = []
    for where, row in every():
        text = bare(row["text"])
        if text in exact and (exact[text][1]["headings"] == row["headings"] or len(text) > 20):
            twice.append(f"{where} = {exact[text][0]}: {row['text'][:30]}")
        exact[text] = (where, row)
        runs = {text[i : i + 6] for i in range(len(text) - 5)}
        sizes[where] = len(runs)
        shared = Counter(other for run in runs for other in holders[run])
        twice += [
            f"{where} ≈ {other}: {row['text'][:30]}"
            for other, n in shared.items()
            if min(sizes[where], sizes[other]) >= 15 and n / min(sizes[where], sizes[other]) > NEAR
        ]
        for run in runs:
            holders[run].append(where)
    assert not twice, f"{len(twice)} clauses are there twice:\n" + "\n".join(twice[:40])


def shared_texts() -> Iterator[tuple[str, str, int]]:
    """(name, text, step) of ../shared: every position of the small folders, every eighth of the laws."""
    folders = [SHARED / "seeds", SHARED / "gold", *(SHARED / "corpus").glob("[!e]*")]
    for path in sorted(p for f in folders for p in (f.rglob("*") if f.is_dir() else [])):
        if path.suffix in {".txt", ".html", ".json", ".md"}:
            data = path.read_bytes()
            for encoding in ("utf-8", "gb18030"):
                try:
                    yield path.name, re.sub(r"<[^>]{0,200}>", "", data.decode(encoding)), 1
                    break
                except UnicodeDecodeError:
                    continue
    with tarfile.open(SHARED / "corpus" / "laws.tar.gz") as archive:
        for member in archive:
            handle = archive.extractfile(member) if member.isfile() and member.name.endswith(".md") else None
            if handle:
                yield member.name, handle.read().decode("utf-8", "replace"), 8


LETTERS = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]+")


def own(text: str) -> str:
    """The letters of a text without document titles in 《》 and without standing formulas (each becomes a break)."""
    text = re.sub(r"《[^》]{0,80}》", "|", unicodedata.normalize("NFKC", text))
    text = LETTERS.sub("", text.replace("|", "龘"))
    for formula in FORMULAS:
        text = text.replace(formula, "龘")
    return text


def test_nothing_is_copied_from_the_measured_documents() -> None:
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: nothing to compare with")
    if os.environ.get("CI"):
        assert (SHARED / "seeds").is_dir(), "../shared is there but has no seeds"
    owner = {}
    for where, row in every():
        for part in own(row["text"]).split("龘"):
            for i in range(len(part) - 19):
                owner[part[i : i + 20]] = where
    copied = {}
    for name, text, step in shared_texts():
        letters = LETTERS.sub("", unicodedata.normalize("NFKC", text))
        for i in range(0, len(letters) - 19, step):
            run = letters[i : i + 20]
            if run in owner:
                copied.setdefault(owner[run], (name, run))
    assert not copied, f"{len(copied)} clauses share 20 signs with ../shared:\n" + "\n".join(
        f"{where}: {run} ({name})" for where, (name, run) in sorted(copied.items())[:40]
    )
