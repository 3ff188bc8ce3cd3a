"""How well taken passages are found: 60 pairs of documents with known passages among 2,000 others.

    python tests/benchmarks/reuse_pairs.py [--others 2000] [--seed 1] [--held-out] [--show-false 10] [--json]

The documents are made of corpora/clauses and nothing else. A taker has four passages from its source, at 100, 70 or
40 % of their words, rewritten in one of two manners: `scattered` (each word is kept or not by lot) or `stretches`
(runs of about six words are kept, what lies between is written anew). A word that is not kept is exchanged for a
synonym or another word, left out, or has a word put before it; sentences change places in every third passage; half
of the passages stand inside longer clauses. The 2,000 others, and the rest of the pairs, are written by a chain of
words that was learned from the clauses (so they share the genre's phrases by chance), and every document holds two of
forty clauses that everyone uses.

--held-out: documents on which nothing was tuned, three times as many: words that are not kept are all exchanged for
others (`synonyms`), all left out (`dropped`), all kept but thinned with new words until they are the rate's share of the
whole (`inserted`), or kept by lot while the half-sentences stand in another order (`turned`); and every document keeps to
one of forty subjects, whose words come again and again in it, so that documents of one subject are alike without reuse.
Written before the alignment of scattered words was, with seeds that are used for nothing else.

found:  planted passages of which at least half is covered by what is reported for the pair, on both sides
span:   characters of the planted and of the reported stretches: precision, recall, F1, in the taker
false:  reported passages that touch no planted one, in whatever pair
direction: by what the documents say: signed (both dates), half (one date, the other speaks of years), spoken (neither
        has a date), cites (no date, but one cites the other), nothing (no word of time: unknown is the right answer)
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from policyparse.model import Document
from policyparse.reuse import Pair, reuse
from policyparse.words import cut

ROOT = Path(__file__).parents[2]
CLAUSES = ROOT / "corpora" / "clauses"
PAIRS, PASSAGES = 60, 4
RATES = (1.0, 0.7, 0.4)
MANNERS = ("scattered", "stretches")
HELD_OUT, HELD_OUT_SEEDS = ("synonyms", "dropped", "inserted", "turned"), (101, 102, 103)
SUBJECTS, OF_SUBJECT = 40, 150
DATES = ("signed", "half", "spoken", "cites", "nothing")
STOP = "。；！？"

Span = tuple[int, int]

SYNONYMS = {
    "推进": "推动", "加强": "强化", "建立": "构建", "完善": "健全", "提高": "提升", "确保": "保证", "负责": "承担", "下放": "交给",
    "设立": "成立", "制定": "出台", "实施": "施行", "落实": "贯彻", "开展": "组织", "办理": "经办", "审批": "核准", "县": "市",
    "镇": "乡", "市": "区", "统一": "一律", "全部": "全额", "应当": "要", "必须": "须", "有关": "相关", "部门": "单位",
    "工作": "事务", "鼓励": "支持", "扩大": "拓宽", "解决": "处理", "群众": "居民", "农民": "村民", "企业": "厂商", "资金": "经费",
    "每年": "按年", "不得": "禁止", "以内": "之内", "进行": "予以", "纳入": "列入", "报": "送", "和": "与", "及": "和", "对": "就",
}  # fmt: skip


@dataclass
class Planted:
    """Where a passage stands in the source and in the taker, and how it was taken."""

    source: tuple[int, int]
    taker: tuple[int, int]
    rate: float
    manner: str
    kept: float


@dataclass
class Made:
    """The documents, the passages of each (source id, taker id), and what each pair says of its time."""

    documents: list[Document] = field(default_factory=list)
    planted: dict[tuple[str, str], list[Planted]] = field(default_factory=dict)
    dates: dict[tuple[str, str], str] = field(default_factory=dict)


class Writer:
    """Writes clauses by a chain of words: what follows a word in the clauses follows it here, or any word does."""

    #: Where a word has few followers the chain would copy whole sentences; every third step is therefore free.
    FREE = 0.35

    def __init__(self, texts: Sequence[str], dice: random.Random) -> None:
        self.dice = dice
        self.subject: list[str] = []
        self.next: dict[str, list[str]] = defaultdict(list)
        self.all: list[str] = []
        for text in texts:
            last = "。"
            for word in cut(text):
                self.next[last].append(word)
                self.all.append(word)
                last = word
        self.by_length: dict[int, list[str]] = defaultdict(list)
        for word in self.all:
            if word.isalpha():
                self.by_length[len(word)].append(word)

    def sentence(self, least: int) -> str:
        words: list[str] = []
        last, length = "。", 0
        while length < least or (words[-1] not in STOP and length < 3 * least):
            free = self.dice.random() < self.FREE or last not in self.next
            last = self.dice.choice((self.subject or self.all) if free else self.next[last])
            words.append(last)
            length += len(last)
        return "".join(words).strip(STOP) + "。"

    def clause(self) -> str:
        return "".join(self.sentence(self.dice.randrange(20, 60)) for _ in range(self.dice.randrange(1, 4)))

    def other(self, word: str) -> str:
        return SYNONYMS.get(word) or self.dice.choice(self.by_length.get(len(word)) or self.all)

    def rewritten(self, text: str, rate: float, manner: str) -> tuple[str, float]:
        """`text` with the share `rate` of its words kept; the share that really was."""
        if rate == 1.0:
            return text, 1.0
        if manner in HELD_OUT:
            return self._otherwise(text, rate, manner)
        sentences = [part + "。" for part in text.strip("。").split("。") if part]
        if len(sentences) > 1 and self.dice.random() < 1 / 3:
            self.dice.shuffle(sentences)
        words = [word for sentence in sentences for word in cut(sentence)]
        keep = self._lot(len(words), rate, manner)
        out: list[str] = []
        for word, kept in zip(words, keep, strict=True):
            if kept or not word.isalnum():
                out.append(word)
            elif (way := self.dice.random()) < 0.5:
                out.append(self.other(word))
            elif way < 0.75:
                out += (self.dice.choice(self.all).strip(STOP), self.other(word))
        letters = [(word, kept) for word, kept in zip(words, keep, strict=True) if word.isalnum()]
        return "".join(out), sum(kept for _, kept in letters) / max(1, len(letters))

    def _otherwise(self, text: str, rate: float, manner: str) -> tuple[str, float]:
        """`rewritten` in one of the manners that are held out."""
        parts = [part + "，" for part in text.replace("。", "，").split("，") if part]
        if manner == "turned":
            self.dice.shuffle(parts)
        words = [word for part in parts for word in cut(part)] if manner == "turned" else cut(text)
        out: list[str] = []
        new = kept = 0
        for word in words:
            if not word.isalnum():
                out.append(word)
            elif manner == "inserted":
                while new < (kept + 1) * (1 - rate) / rate - self.dice.random():
                    out.append(self.dice.choice(self.all).strip(STOP))
                    new += 1
                out.append(word)
                kept += 1
            elif self.dice.random() < rate:
                out.append(word)
                kept += 1
            else:
                out += [] if manner == "dropped" else [self.other(word)]
                new += 1
        return "".join(out).strip("，"), kept / max(1, kept + new)

    def _lot(self, number: int, rate: float, manner: str) -> list[bool]:
        if manner == "scattered":
            return [self.dice.random() < rate for _ in range(number)]
        keep: list[bool] = []
        while len(keep) < number:
            run = self.dice.randrange(4, 9)
            keep += [True] * run + [False] * max(1, round(run * (1 - rate) / rate + self.dice.uniform(-1, 1)))
        shift = self.dice.randrange(6)
        return (keep + keep)[shift : shift + number]


def made(others: int, seed: int, manners: Sequence[str] = MANNERS) -> Made:
    """All documents, the same for the same seed and manners."""
    dice = random.Random(seed)
    rows = [json.loads(line) for path in sorted(CLAUSES.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    texts = [row["text"] for row in rows]
    dice.shuffle(texts)
    long = [text for text in texts if 60 <= len(text) <= 300]
    held, everyones = long[: PAIRS * PASSAGES], long[PAIRS * PASSAGES : PAIRS * PASSAGES + 40]
    writer = Writer([text for text in texts if text not in set(held)], dice)
    whole = Made()
    subjects = [dice.sample(writer.all, OF_SUBJECT) for _ in range(SUBJECTS)] if manners is HELD_OUT else [[]]
    for number in range(others):
        writer.subject = subjects[number % len(subjects)]
        clauses = [writer.clause() for _ in range(dice.randrange(8, 20))]
        whole.documents.append(document(f"o{number}", mixed(clauses, everyones, dice), dice=dice))
    for number in range(PAIRS):
        writer.subject = subjects[number % len(subjects)]
        rate, manner = RATES[number % len(RATES)], manners[number // len(RATES) % len(manners)]
        passages = held[number * PASSAGES : (number + 1) * PASSAGES]
        a_pair(number, passages, rate, manner, everyones, writer, whole)
    dice.shuffle(whole.documents)
    return whole


def mixed(clauses: list[str], everyones: Sequence[str], dice: random.Random) -> list[str]:
    for text in dice.sample(everyones, 2):
        clauses.insert(dice.randrange(len(clauses)), text)
    return clauses


def a_pair(
    number: int, passages: Sequence[str], rate: float, manner: str, everyones: Sequence[str], writer: Writer, whole: Made
) -> None:  # fmt: skip
    dice = writer.dice
    dates = DATES[number % len(DATES)]
    ours = mixed([writer.clause() for _ in range(10)], everyones, dice)
    theirs = mixed([writer.clause() for _ in range(10)], everyones, dice)
    marks: list[tuple[str, str, float]] = []
    for text in passages:
        taken, kept = writer.rewritten(text, rate, manner)
        inside = dice.random() < 0.5
        ours.insert(dice.randrange(len(ours)), writer.sentence(20) + text + writer.sentence(20) if inside else text)
        theirs.insert(
            dice.randrange(len(theirs)), writer.sentence(20) + taken + writer.sentence(20) if inside else taken
        )
        marks.append((text, taken, kept))
    year = dice.randrange(2002, 2022)
    source = document(f"s{number}", ours, dates=dates, year=year, first=True, dice=dice)
    taker = document(f"t{number}", theirs, dates=dates, year=year + dice.randrange(1, 4), first=False, dice=dice)
    whole.documents += [source, taker]
    whole.dates[source.id, taker.id] = dates
    whole.planted[source.id, taker.id] = [
        Planted(place(source.text, text), place(taker.text, taken), rate, manner, kept) for text, taken, kept in marks
    ]


def place(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def document(
    name: str, clauses: Sequence[str], *, dice: random.Random, dates: str = "", year: int = 0, first: bool = False
) -> Document:
    at, found = 0, []
    for number, text in enumerate(clauses, 1):
        found.append({"id": f"c{number}", "start": at, "end": at + len(text), "text": text})
        at += len(text) + 1
    facts: dict[str, Any] = {}
    span = {"start": 0, "end": 1, "clause": "c1"}
    if not dates:
        facts["date"] = f"{dice.randrange(1999, 2024)}-05-01" if dice.random() < 0.7 else None
    elif dates == "signed" or (dates == "half" and first):
        facts["date"] = f"{year}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    elif dates in ("half", "spoken"):
        facts["time_points"] = [
            {"text": f"{year - 1}年", "type": "date", "value": f"{year - 1}" if first else f"{year}", **span},
            {"text": f"{year}年底前", "type": "deadline", "value": f"../{year}-12-31", **span},
        ]
    elif dates == "cites":
        number = f"云政发〔2001〕{name[1:]}号"
        if first:
            facts["title"] = f"云台市第{name[1:]}号试点工作实施方案"
        else:
            title = f"云台市第{name[1:]}号试点工作实施方案"
            facts["citations"] = [{"text": f"《{title}》", "title": title, "doc_number": None, **span}]
        del number
    return Document.model_validate(
        {
            "id": name,
            "source": {"path": f"{name}.txt", "sha256": "0", "media_type": "text/plain"},
            "title": name,
            "text": "\n".join(clauses),
            "clauses": found,
            **facts,
        }
    )


@dataclass
class Figures:
    """What was found of what was planted, in one or more runs.

    rows: by rate and manner; false: passages that touch no planted one; ways: directions by what the documents say
    """

    rows: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    false: list[str] = field(default_factory=list)
    ways: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reported: int = 0

    def judge(self, whole: Made, pairs: Sequence[Pair]) -> None:
        """Adds one run."""
        self.reported += sum(len(pair.passages) for pair in pairs)
        reported = {frozenset((pair.source.id, pair.taker.id)): pair for pair in pairs}
        self.false += [
            f"{pair.source.id}→{pair.taker.id} {passage.shared}: {passage.from_text} | {passage.to_text}"
            for key, pair in reported.items()
            if tuple(sorted(key)) not in whole.planted
            for passage in pair.passages
        ]
        for (source, taker), planted in whole.planted.items():
            pair = reported.get(frozenset((source, taker)))
            right = pair is not None and pair.source.id == source
            spans = list(_oriented(pair, right)) if pair else []
            way = "not found"
            if pair is not None:
                way = "unknown" if pair.direction.forward is None else "right" if right else "wrong"
            self.ways[whole.dates[source, taker]][way] += 1
            for each in planted:
                self._count(each, spans)
            for one, other in spans:
                if not any(_covered(each.source, [one]) and _covered(each.taker, [other]) for each in planted):
                    self.false.append(f"{source}→{taker} (pair) {one} {other}")

    def _count(self, each: Planted, spans: Sequence[tuple[Span, Span]]) -> None:
        ours = _covered(each.source, [span for span, _ in spans])
        theirs = _covered(each.taker, [span for _, span in spans])
        for name in (f"{each.rate:.0%} {each.manner}", f"{each.rate:.0%}", "all"):
            row = self.rows[name]
            row["planted"] += 1
            row["kept"] += round(1000 * each.kept)
            row["found"] += 2 * ours >= _size(each.source) and 2 * theirs >= _size(each.taker)
            row["touched"] += theirs > 0
            row["hit"] += theirs
            row["whole"] += _size(each.taker)
            row["said"] += sum(_size(span) for _, span in spans if _covered(each.taker, [span]))


def _oriented(pair: Pair, right: bool) -> Iterator[tuple[Span, Span]]:
    for passage in pair.passages:
        one, other = (passage.from_start, passage.from_end), (passage.to_start, passage.to_end)
        yield (one, other) if right else (other, one)


def _size(span: Span) -> int:
    return span[1] - span[0]


def _covered(span: Span, spans: Sequence[Span]) -> int:
    return len({at for start, end in spans for at in range(max(start, span[0]), min(end, span[1]))})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--others", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--show-false", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = Figures()
    for seed in HELD_OUT_SEEDS if arguments.held_out else (arguments.seed,):
        whole = made(arguments.others, seed, HELD_OUT if arguments.held_out else MANNERS)
        began = time.process_time()
        result = reuse(whole.documents)
        seconds = time.process_time() - began
        figures.judge(whole, result.pairs)
        if not arguments.json:
            print(f"{len(whole.documents)} documents, {result.clauses} clauses; {seconds:.1f} s of processor time; "
                  f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB; "
                  f"copies folded: {len(result.folded)}", flush=True)  # fmt: skip
    if arguments.json:
        print(json.dumps(asdict(figures), ensure_ascii=False))
    else:
        show(figures, arguments.show_false)


def show(figures: Figures, some: int) -> None:
    print(f"{'words kept':18}{'planted':>8}{'really':>8}{'found':>7}{'touched':>8}   span: {'P':>5}{'R':>6}{'F1':>6}")
    for name, row in sorted(figures.rows.items(), key=lambda each: (each[0] == "all", len(each[0]), each[0])):
        precision, recall = row["hit"] / max(1, row["said"]), row["hit"] / row["whole"]
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{name:18}{row['planted']:>8}{row['kept'] / row['planted'] / 1000:>8.2f}{row['found'] / row['planted']:>7.2f}"
              f"{row['touched'] / row['planted']:>8.2f}         {precision:>5.2f}{recall:>6.2f}{f1:>6.2f}")  # fmt: skip
    print("direction: " + "; ".join(
        f"{name}: " + ", ".join(f"{number} {what}" for what, number in sorted(row.items()))
        for name, row in figures.ways.items()
    ))  # fmt: skip
    print(f"false passages: {len(figures.false)} of {figures.reported} reported")
    for line in figures.false[:some]:
        print("   " + line)


if __name__ == "__main__":
    main()
