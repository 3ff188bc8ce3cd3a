"""The second measure: documents of ../shared that were labelled by the guide, blind, set after set; a part of them is sealed.

    python tests/benchmarks/second.py SHARED [--half open|sealed] [--errors KIND]
    python tests/benchmarks/second.py SHARED --take LABELS… --half HALF      (puts gold-format labels into the project)

tests/second … fifth/*.json hold the labels without any text: each string is kept as stretches [start, length] of the source's
characters without white space and markup, and the source's hash says whether they still fit. `--take` makes them from
files in the gold's format; otherwise they are turned back into that format and SHARED/score/score.py compares.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import opencc

import policyparse

#: Labelled blind one after another, each before the rules were widened once more; `tests/fifth` after that, sealed whole.
SETS = ("second", "third", "fourth", "fifth")
ROOT = Path(__file__).parents[1]
# Facts and values are kept as they are; everything that quotes the document becomes stretches.
QUOTED = {
    "first", "last", "title", "cover_title", "text", "item", "quote", "task", "departments", "from", "to", "label",
}  # fmt: skip


_SIMPLER = opencc.OpenCC("t2s")
# 轉(zhuǎn): how a character is read, put behind it by the site
_GLOSS = re.compile(r"\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*\)")
LAWS = tempfile.TemporaryDirectory()


def source_path(shared: Path, name: str) -> Path:
    """The source called `name`: a file of the corpus or the seeds, or a law, which is unpacked."""
    for kind in ("corpus", "seeds"):
        for path in (shared / kind).rglob(name):
            return path
    out = Path(LAWS.name) / name
    if not out.exists():
        with tarfile.open(shared / "corpus" / "laws.tar.gz") as laws:
            (member,) = (m for m in laws if m.isfile() and Path(m.name).name == name)
            held = laws.extractfile(member)
            assert held is not None
            out.write_bytes(held.read())
    return out


def squeezed(path: Path) -> str:
    """The source's characters without markup and white space."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if path.suffix == ".html":
        text = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", "", text, flags=re.DOTALL | re.IGNORECASE))
    text = re.sub(r"\s", "", _GLOSS.sub("", text))
    simplified = _SIMPLER.convert(text)
    # the guide's labels are in Simplified characters, also those of a Traditional source
    return simplified if sum(a != b for a, b in zip(text, simplified, strict=False)) > 0.05 * len(text) else text


def stretches(words: str, source: str) -> list[list[int]]:
    """`words` as [start, length] stretches of `source`, the longest first from the left; a sign it lacks is [-code, 1]."""
    words = re.sub(r"\s", "", words)
    out: list[list[int]] = []
    at = 0
    while at < len(words):
        low, high, found = 1, len(words) - at, -1
        while low <= high:
            middle = (low + high) // 2
            where = source.find(words[at : at + middle])
            if where >= 0:
                found, best, low = where, middle, middle + 1
            else:
                high = middle - 1
        if found < 0:
            out.append([-ord(words[at]), 1])
            at += 1
        else:
            out.append([found, best])
            at += best
    return out


def hide(value: Any, source: str, key: str = "") -> Any:
    """Labels with every quoted string as stretches."""
    if isinstance(value, dict):
        return {k: hide(v, source, k) for k, v in value.items()}
    if isinstance(value, list):
        return [hide(v, source, key) for v in value]
    return stretches(value, source) if key in QUOTED and isinstance(value, str) else value


def show(value: Any, source: str, key: str = "") -> Any:
    """The gold's format again."""
    if isinstance(value, dict):
        return {k: show(v, source, k) for k, v in value.items()}
    if key in QUOTED and isinstance(value, list):
        if value and isinstance(value[0], list) and value[0] and isinstance(value[0][0], list):
            return [show(v, source, key) for v in value]
        if key in ("departments", "from", "to") and not value:
            return []
        return "".join(chr(-start) if start < 0 else source[start : start + length] for start, length in value)
    return [show(v, source, key) for v in value] if isinstance(value, list) else value


def labels_of(half: str, sets: Sequence[str] = SETS) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The label files of a half, with what they hold."""
    for name in sets:
        for file in sorted((ROOT / name).glob("*.json")):
            labels = json.loads(file.read_text("utf-8"))
            if labels["half"] == half:
                yield file, labels


def take(files: list[Path], shared: Path, half: str, into: str) -> None:
    for file in files:
        gold = json.loads(file.read_text("utf-8"))
        path = source_path(shared, gold["source"])
        source = squeezed(path)
        kept = hide(gold, source) | {
            "half": half,
            "sha256": hashlib.sha256(source.encode()).hexdigest(),
        }
        assert show(kept["institutions"], source) == [
            {**row, "text": re.sub(r"\s", "", row["text"])} for row in gold["institutions"]
        ]
        (ROOT / into).mkdir(exist_ok=True)
        name = path.stem if gold["part"] == 1 else f"{path.stem}-{gold['part']}"
        (ROOT / into / f"{name}.json").write_text(json.dumps(kept, ensure_ascii=False) + "\n", "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--half", choices=("open", "sealed"))
    parser.add_argument("--set", choices=SETS, dest="of", help="one of the sets alone")
    parser.add_argument("--errors")
    parser.add_argument("--take", nargs="+", type=Path)
    options = parser.parse_args()
    if options.take:
        take(options.take, options.shared, options.half, options.of or SETS[-1])
        return 0
    for half in [options.half] if options.half else ["open", "sealed"]:
        with tempfile.TemporaryDirectory() as folder:
            predictions = Path(folder) / "predictions.jsonl"
            seen: set[Path] = set()
            count = 0
            with predictions.open("w", encoding="utf-8") as out:
                for file, labels in labels_of(half, [options.of] if options.of else SETS):
                    path = source_path(options.shared, labels["source"])
                    source = squeezed(path)
                    if hashlib.sha256(source.encode()).hexdigest() != labels["sha256"]:
                        print(f"{file.name}: the source has changed, its labels do not fit", file=sys.stderr)
                        return 1
                    (Path(folder) / file.name).write_text(json.dumps(show(labels, source), ensure_ascii=False), "utf-8")
                    count += 1
                    if path in seen:  # its documents stand there already
                        continue
                    seen.add(path)
                    for document in policyparse.parse(path):
                        out.write(document.model_dump_json() + "\n")
            print(f"{half} half: {count} documents", flush=True)
            if count:
                extra = ["--errors", options.errors] if options.errors else []
                gold = sorted(str(path) for path in Path(folder).glob("*.json"))
                scorer = [
                    sys.executable,
                    str(options.shared / "score/score.py"),
                    *gold,
                    "--predictions",
                    str(predictions),
                ]
                subprocess.run([*scorer, *extra], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
