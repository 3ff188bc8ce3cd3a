"""The search page under load: people who search at once, on a corpus of so many clauses, over the loopback.

    python tests/benchmarks/bench_web.py [--clauses 100000] [--corpus DIR] [--people 20] [--seconds 20] [--json]

The corpus is the one of bench_search.py, made in a temporary directory, or DIR (made there if it is not there, so that
it can be used again). The page is served by a process of its own, as `policyparse serve` does; it is asked once it has learned
from the corpus what precedents need (half a minute when it is new, and searches take longer meanwhile). Each person asks for
the page of one to three words, now and then with a filter or for a second page, waits for the whole answer and goes on: in
the row `no pause` at once, in the row `reading` after one to five seconds, as people do. p50 and p99 are milliseconds on
the clock, from the request's first byte to the answer's last; `processor` is what an answer cost the server, which
does not grow with what else the machine does; `memory` is the server's (anonymous pages, MiB) before and
after. The people are threads of this process, which share the processors with the server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from bench_search import CLAUSES_A_DOCUMENT, LAWS, WORDS, documents, paragraphs

from policyparse.corpus import Corpus

_SERVE = "import sys; from policyparse.cli import main; main(sys.argv[1:])"
#: No run takes longer, whatever is asked for.
_MOST_SECONDS = 120


def build(directory: Path, clauses: int, laws: Path, seconds: float) -> bool:
    """Makes the corpus, or goes on with it, for so many seconds; whether it is whole."""
    began = time.monotonic()
    with Corpus.open(directory, create=True) as corpus:
        have = corpus.store.counts()["documents"]
        if have >= clauses // CLAUSES_A_DOCUMENT:
            return True
        for document in islice(documents(paragraphs(laws), clauses), have, None):
            corpus.add(document)
            if time.monotonic() - began > seconds:
                print(f"{corpus.store.counts()['clauses']:,} of {clauses:,} clauses", file=sys.stderr)
                return False
    return True


@contextmanager
def server(directory: Path) -> Iterator[tuple[int, int]]:
    """The page, served; gives its port and its process."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, "serve", "--corpus", str(directory), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = re.search(r":(\d+)/", process.stdout.readline())
        assert port, "the page did not start"
        yield int(port[1]), process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def rest(process: int) -> None:
    """Waits until the server does nothing."""
    end = time.monotonic() + _MOST_SECONDS
    spent = -1000.0
    while processor(process) - spent > 50 and time.monotonic() < end:
        spent = processor(process)
        time.sleep(1)


def target(dice: random.Random) -> str:
    """What a person asks for."""
    fields: list[tuple[str, str]] = [("q", " ".join(dice.sample(WORDS, dice.choice((1, 2, 2, 3)))))]
    if dice.random() < 0.2:
        fields.append(("year", f"{dice.randrange(2000, 2012)}-{dice.randrange(2012, 2024)}"))
    if dice.random() < 0.2:
        fields.append(("place", dice.choice(("广东", "浙江省", "湖北", "遵义"))))
    if dice.random() < 0.15:
        fields.append(("page", "2"))
    return "/?" + urlencode(fields)


def load(port: int, people: int, seconds: float, pause: tuple[float, float], seed: int) -> tuple[list[float], int]:
    """The times of all answers in milliseconds, and how many were none."""
    times: list[float] = []
    failed = 0
    lock = threading.Lock()
    end = time.monotonic() + min(seconds, _MOST_SECONDS)

    def person(number: int) -> None:
        nonlocal failed
        dice = random.Random(seed * 1000 + number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(dice.uniform(0, pause[1] / 2))
        while time.monotonic() < end:
            began = time.perf_counter()
            try:
                connection.request("GET", target(dice), headers={"accept-language": "zh"})
                answer = connection.getresponse()
                whole = answer.read()
                good = answer.status == 200 and b"<main" in whole
            except (OSError, http.client.HTTPException):
                connection.close()
                good = False
            took = (time.perf_counter() - began) * 1000
            with lock:
                if good:
                    times.append(took)
                else:
                    failed += 1
            time.sleep(dice.uniform(*pause))
        connection.close()

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failed


def memory(process: int) -> float:
    """Anonymous memory of a process in MiB: what it holds itself, without the index's mapped files."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else float("nan")


def processor(process: int) -> float:
    """Processor time of a process in milliseconds, all threads."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clauses", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--laws", type=Path, default=LAWS)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--build-seconds", type=float, default=3600, help="build no longer, and go on the next time")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        directory = options.corpus or Path(folder) / "corpus"
        if not build(directory, options.clauses, options.laws, options.build_seconds):
            sys.exit("the corpus is not whole yet — run the same command again, it goes on")
        with Corpus.open(directory) as corpus:
            clauses = corpus.store.counts()["clauses"]
        rows = []
        with server(directory) as (port, process):
            rest(process)
            load(port, 4, 3, (0, 0), 0)  # so that the first to come does not pay for all
            for name, pause in (("reading", (1.0, 5.0)), ("no pause", (0.0, 0.0))):
                before = memory(process)
                began, spent = time.monotonic(), processor(process)
                times, failed = load(port, options.people, options.seconds, pause, len(rows) + 1)
                took, spent = time.monotonic() - began, processor(process) - spent
                cuts = statistics.quantiles(times, n=100)
                rows.append(
                    {
                        "people": name, "answers": len(times), "failed": failed, "a second": round(len(times) / took, 1),
                        "p50 ms": round(statistics.median(times), 1), "p99 ms": round(cuts[98], 1),
                        "processor ms": round(spent / max(1, len(times)), 1),
                        "memory before": round(before), "memory after": round(memory(process)),
                    }
                )  # fmt: skip
    if options.json:
        print(json.dumps({"clauses": clauses, "people": options.people, "rows": rows}, ensure_ascii=False))
        return
    print(f"{clauses:,} clauses, {options.people} people, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print("  ".join(f"{name:>13}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{value!s:>13}" for value in row.values()))


if __name__ == "__main__":
    main()
