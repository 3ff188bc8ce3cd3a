"""Scores the gold of ../shared and holds the floors: `make score`, `make gate`, `make floors`.

    python tests/benchmarks/score.py SHARED [--gate FLOORS.json | --take FLOORS.json] [--errors KIND]

Parses the gold's sources with the shipped vocabulary and model, runs SHARED/score/score.py on what comes out, prints
its table. With --gate each figure is held against its floor; a floor is never lowered silently: FLOORS.json says
beside the figures on which gold (a hash of its files) they were taken, and another gold asks for new floors. With
--take they are written anew, each figure cut to two decimals, less SLACK, and every floor that is lower than before
is named.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import policyparse

# A rule that is right for the world may cost a record of the gold: so much may go without new floors.
SLACK = 0.01


def gold_sources(shared: Path) -> list[Path]:
    """The files that the gold speaks of."""
    names = {json.loads(path.read_text("utf-8"))["source"] for path in (shared / "gold").glob("*.json")}
    return sorted(path for folder in ("seeds", "corpus") for path in (shared / folder).rglob("*") if path.name in names)


def fingerprint(gold: Path) -> str:
    """A hash of all gold files, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(gold.glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def figures(result: dict[str, Any]) -> dict[str, float]:
    """The scorer's JSON as flat figures, the names that FLOORS.json uses."""
    out = {
        f"{kind}.f1": result[kind]["f1"] for kind in result if isinstance(result[kind], dict) and "f1" in result[kind]
    }
    out["headings.titles"] = result["headings"]["title_accuracy"]
    out["institutions.canonical"] = result["institutions"]["canonical_accuracy"]
    out["time_points.values"] = result["time_points"]["value_recall"]
    out |= {f"facts.{name}": fact["accuracy"] for name, fact in result["facts"].items()}
    out |= {f"tags.{name}": result["tags"][name] for name in ("main_accuracy", "micro_f1", "macro_f1")}
    return out


def take(path: Path, gold: str, now: dict[str, float]) -> None:
    """Writes the floors of `now`, and names those that are lower than the old ones."""
    old = json.loads(path.read_text("utf-8"))["floors"] if path.is_file() else {}
    floors = {name: math.floor(now[name] * 100 + 1e-9) / 100 - SLACK for name in sorted(now)}
    path.write_text(
        json.dumps({"gold": gold, "floors": {n: round(f, 2) for n, f in floors.items()}}, indent=2) + "\n", "utf-8"
    )
    for name, floor in floors.items():
        if floor < old.get(name, 0.0) - 1e-9:
            print(f"LOWER {name:28} {floor:.2f}  before {old[name]:.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--gate", type=Path)
    parser.add_argument("--take", type=Path)
    parser.add_argument("--errors")
    options = parser.parse_args()
    shared: Path = options.shared
    if not (shared / "gold").is_dir():
        print(f"{shared}/gold: not there; the score is taken where the project's shared folder is", file=sys.stderr)
        return 2
    scorer = [sys.executable, str(shared / "score" / "score.py"), str(shared / "gold"), "--predictions"]
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        with predictions.open("w", encoding="utf-8") as out:
            for source in gold_sources(shared):
                for document in policyparse.parse(source):
                    out.write(document.model_dump_json() + "\n")
        extra = ["--errors", options.errors] if options.errors else []
        subprocess.run([*scorer, str(predictions), *extra], check=True)
        if not options.gate and not options.take:
            return 0
        taken = subprocess.run([*scorer, str(predictions), "--json"], check=True, capture_output=True, text=True)
    now = figures(json.loads(taken.stdout))
    if options.take:
        take(options.take, fingerprint(shared / "gold"), now)
        return 0
    if not options.gate.is_file():
        print(f"{options.gate}: no floors there; take them with --take (make floors)", file=sys.stderr)
        return 2
    floors = json.loads(options.gate.read_text("utf-8"))
    if floors["gold"] != fingerprint(shared / "gold"):
        print(f"the gold has changed (now {fingerprint(shared / 'gold')}): take new floors", file=sys.stderr)
        return 1
    below = {name: floor for name, floor in floors["floors"].items() if now[name] < floor - 1e-9}
    for name, floor in sorted(floors["floors"].items()):
        print(f"{'BELOW' if name in below else 'ok':5} {name:28} {now[name]:.3f}  floor {floor:.3f}")
    return 1 if below else 0


if __name__ == "__main__":
    raise SystemExit(main())
