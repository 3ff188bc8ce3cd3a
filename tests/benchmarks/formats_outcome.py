"""What becomes of every file of a folder: the table of formats × outcome.

In: folders or files (without arguments ../shared/corpus). Out: a table on standard output; with --list each file that
was not read, with its code and sentence. Touches nothing.

Each file is read in a process of its own, with a limit of time and of memory, so that a hang or a crash is an outcome
and not the end. `crashed` or `timed-out` above zero is a fault of the reading room.

Usage: python tests/benchmarks/formats_outcome.py [--seconds 600] [--mib 1024] [--list] [PATH …]
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import multiprocessing.connection
import resource
import sys
import time
from pathlib import Path

from policyparse.passing import ReadError
from policyparse.read import Limits, read_all, sniff

_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
_ORDER = ("read", "no-text", "empty", "encrypted", "unknown-format", "damaged", "too-large", "archive")


def work(path: Path, mib: int, pipe: multiprocessing.connection.Connection) -> None:
    """Read one file and send (kind, [(outcome, sentence)], characters, warnings, peak MiB)."""
    resource.setrlimit(resource.RLIMIT_AS, (4 * mib * 2**20, 4 * mib * 2**20))  # address space; the heap is measured
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes, characters, warnings = [], 0, 0
    kind = sniff(path.read_bytes(), path)
    for found in read_all(path, limits=Limits()):
        if isinstance(found, ReadError):
            outcomes.append((found.code, str(found)))
        else:
            outcomes.append(("read", ""))
            characters += sum(len(block.text) for block in found.blocks)
            warnings += bool(found.warnings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((kind, outcomes, characters, warnings, max(peak, before) / 1024))


def run(path: Path, seconds: float, mib: int) -> tuple[str, list[tuple[str, str]], int, int, float, float]:
    """(kind, outcomes, characters, files with warnings, peak MiB, seconds) of one file."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(path, mib, theirs))
    begun = time.perf_counter()
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            process.kill()
            return "?", [("timed-out", f"{path}: more than {seconds:.0f} s")], 0, 0, 0.0, seconds
        kind, outcomes, characters, warnings, peak = ours.recv()
    except EOFError:
        kind, outcomes, characters, warnings, peak = "?", [("crashed", f"{path}: the process died")], 0, 0, 0.0
    finally:
        process.join()
        ours.close()
    return kind, outcomes, characters, warnings, peak, time.perf_counter() - begun


def _named(path: Path) -> str:
    return path.suffix.lower().lstrip(".") or "(none)"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, default=[_CORPUS])
    parser.add_argument("--seconds", type=float, default=600, help="a scan of 25 pages takes minutes")
    parser.add_argument("--mib", type=int, default=1024, help="memory that a reader may come to")
    parser.add_argument("--list", action="store_true", help="print each file that was not read")
    options = parser.parse_args()
    files = []
    for path in options.paths:
        files += sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    if not files:
        print(f"no files in {', '.join(map(str, options.paths))}", file=sys.stderr)
        return 2
    # the libraries are loaded once, before the forks
    for module in ("docx", "doc", "rtf", "odt", "sheet", "text", "html", "pdf", "ofd"):
        try:
            __import__(f"policyparse.read.{module}")
        except ImportError as error:
            print(f"without {module}: {error}", file=sys.stderr)
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    slowest: dict[str, tuple[float, str]] = {}
    peaks: dict[str, float] = collections.defaultdict(float)
    times: dict[str, float] = collections.defaultdict(float)
    sizes: dict[str, int] = collections.defaultdict(int)
    texts: dict[str, int] = collections.defaultdict(int)
    faults, over = 0, 0
    for path in files:
        kind, outcomes, characters, _, peak, seconds = run(path, options.seconds, options.mib)
        name = _named(path)
        for outcome, sentence in outcomes or [("read", "")]:
            table[name][outcome] += 1
            if outcome in ("crashed", "timed-out"):
                faults += 1
                print(f"{outcome}: {sentence}")
            elif options.list and outcome != "read":
                print(f"{outcome} [{kind}]: {sentence}")
        if peak > options.mib:
            over += 1
            print(f"memory: {path}: {peak:.0f} MiB")
        slowest[name] = max(slowest.get(name, (0.0, "")), (seconds, path.name))
        peaks[name] = max(peaks[name], peak)
        times[name] += seconds
        sizes[name] += path.stat().st_size
        texts[name] += characters
    columns = [code for code in _ORDER if any(row[code] for row in table.values())]
    columns += sorted({code for row in table.values() for code in row} - set(columns))
    print("| suffix | files | " + " | ".join(columns) + " | characters | MB/s | slowest s | peak MiB |")
    print("| --- |" + " ---: |" * (len(columns) + 5))
    for name in sorted(table):
        row = table[name]
        cells = [str(row[code] or "") for code in columns]
        rate = sizes[name] / 1e6 / times[name] if times[name] else 0
        print(
            f"| {name} | {sum(row.values())} | {' | '.join(cells)} | {texts[name]:,} | {rate:.1f} "
            f"| {slowest[name][0]:.1f} ({slowest[name][1]}) | {peaks[name]:.0f} |"
        )
    print(f"{len(files)} files; {faults} crashed or timed out; {over} over {options.mib} MiB")
    return 1 if faults or over else 0


if __name__ == "__main__":
    sys.exit(main())
