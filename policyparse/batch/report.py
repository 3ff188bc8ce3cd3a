"""The morning report of an import: what came in, what did not, why, and what to do.

In: an open Corpus and a run. Out: Report, whose sections are rows. Touches: reads the corpus.

Every row is a mapping column → value, in the order of `Section.columns`, so that a table, a web page, a CSV file and a
workbook are made of the same.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from policyparse.corpus import Corpus, Imported, Run

Value = str | int | float | None
Row = dict[str, Value]

#: How many of the slowest files are named.
SLOWEST = 20

#: What stands over a column: in English, in Chinese, and its width in a sheet (in characters).
COLUMNS: dict[str, tuple[str, str, int]] = {
    "what": ("what", "项目", 24), "value": ("value", "数值", 40),
    "folder": ("folder", "文件夹", 50), "format": ("format", "格式", 10), "files": ("files", "文件数", 8),
    "done": ("imported", "已导入", 8), "skipped": ("passed over", "略过", 10), "failed": ("failed", "失败", 8),
    "documents": ("documents", "公文数", 10), "megabytes": ("MB", "MB", 8), "seconds": ("seconds", "秒", 8),
    "memory": ("memory, MB", "内存 MB", 10), "status": ("status", "状态", 10), "code": ("code", "代码", 14),
    "reason": ("reason", "原因", 50), "remedy": ("what to do", "怎么办", 40), "path": ("file", "文件", 60),
    "group": ("group", "组", 6), "document": ("document", "公文编号", 20), "title": ("title", "标题", 40),
    "date": ("date", "日期", 12), "how": ("how", "关系", 24), "missing": ("not found", "未找到", 24),
    "newer": ("newer", "新版", 20), "since": ("since", "时间", 20), "sha256": ("SHA-256", "SHA-256", 20),
}  # fmt: skip

#: Name → title in English and Chinese, columns.
_SECTIONS: dict[str, tuple[str, str, str]] = {
    "summary": ("Import {run}", "第 {run} 次导入", "what value"),
    "reasons": ("Why not", "没有读成或略过的原因", "status code files reason remedy path"),
    "folders": ("By folder", "按文件夹", "folder files done skipped failed documents megabytes seconds"),
    "formats": ("By format", "按格式", "format files done skipped failed documents megabytes seconds"),
    "failed": ("Failed", "失败的文件", "path format megabytes code reason remedy seconds memory"),
    "slowest": ("Slowest", "最慢的文件", "path format megabytes seconds memory"),
    "same": ("The same document in several files", "同一公文见于多个文件", "group document title path format how"),
    "near": ("Nearly the same documents", "近似公文", "group document title date path"),
    "gaps": (
        "Documents without date, issuer or structure",
        "缺日期、发文机关或结构的公文",
        "document title path missing",
    ),
    "versions": ("New versions", "有新版的公文", "document title newer path since"),
    "vanished": ("No longer in their folder", "已不在原处的文件", "path status documents since"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report. `title`: in English and in Chinese."""

    name: str
    title: tuple[str, str]
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the files of a run, as sections; empty ones are left out.

    summary, reasons, folders, formats, failed, slowest, same, near, gaps, versions, vanished
    """

    run: Run
    sections: list[Section] = field(default_factory=list)

    def rows(self, name: str) -> list[Row]:
        """The rows of a section; none where there is nothing to say."""
        return next((section.rows for section in self.sections if section.name == name), [])


def report(corpus: Corpus, run: int | None = None) -> Report:
    """The report of a run, of the last one if None. Raises PolicyparseError when there is none."""
    found = corpus.runs.get(run)
    totals = _Totals()
    for record in corpus.imports.of_run(found.id):
        totals.add(record)
    rows: dict[str, list[Row]] = {
        "summary": _summary(found),
        "folders": totals.table("folder", totals.folders),
        "formats": totals.table("format", totals.formats),
        "reasons": totals.reasons(),
        "failed": totals.failed,
        "slowest": [_file_row(record) for record in totals.slowest()],
        "same": list(_same(corpus, found.id)),
        "near": list(_near(corpus, found.id)),
        "gaps": list(_gaps(corpus, found.id)),
        "versions": list(_versions(corpus, found)),
        "vanished": list(_vanished(corpus, found)),
    }
    sections = []
    for name, (english, chinese, columns) in _SECTIONS.items():
        if rows[name]:
            title = (english.format(run=found.id), chinese.format(run=found.id))
            sections.append(Section(name, title, tuple(columns.split()), rows[name]))
    return Report(found, sections)


def file_rows(corpus: Corpus, run: int) -> Iterator[Row]:
    """A row for every file that the run settled, by path."""
    for record in corpus.imports.of_run(run):
        yield _file_row(record)


#: The columns of `file_rows`.
FILE_COLUMNS = (
    "path", "status", "code", "reason", "remedy", "format", "documents", "megabytes", "seconds", "memory", "sha256",
)  # fmt: skip


def _file_row(record: Imported) -> Row:
    return {
        "path": record.path, "status": record.status, "code": record.code, "reason": record.reason,
        "remedy": record.remedy, "format": record.format, "documents": record.documents,
        "megabytes": _megabytes(record.size), "seconds": record.seconds, "memory": _megabytes(record.memory),
        "sha256": record.sha256,
    }  # fmt: skip


def _megabytes(size: int | float | None) -> float | None:
    return None if size is None else round(size / 1e6, 2)


def _summary(run: Run) -> list[Row]:
    counts = run.counts
    found: list[tuple[str, Value]] = [
        ("run", run.id), ("state", run.state + (f": {run.reason}" if run.reason else "")), ("began", run.began),
        ("ended", run.ended), ("last heard of", run.heard if run.state in ("killed", "running") else None),
        ("sources", " ".join(run.sources)),
    ]  # fmt: skip
    names = ("done", "known", "skipped", "failed", "pending", "vanished")
    found += [(f"files {name}", counts.get(name)) for name in names if counts.get(name)]
    found += [
        ("new documents", counts.get("new")), ("documents with a new version", counts.get("versions") or None),
        ("megabytes read", _megabytes(counts.get("bytes"))), ("seconds", counts.get("seconds")),
        ("memory of the import, MB", _megabytes(counts.get("memory"))),
        ("memory of a worker, MB", _megabytes(counts.get("worker_memory"))),
    ]  # fmt: skip
    return [{"what": what, "value": value} for what, value in found if value is not None]


class _Totals:
    """Sums over the files of a run."""

    def __init__(self) -> None:
        self.folders: dict[str, Counter[str]] = {}
        self.formats: dict[str, Counter[str]] = {}
        self.failed: list[Row] = []
        self._reasons: dict[tuple[str, str], tuple[int, Imported]] = {}
        self._slow: list[Imported] = []

    def add(self, record: Imported) -> None:
        member = record.size is None and record.status == "failed"
        for table, key in ((self.folders, os.path.dirname(record.path)), (self.formats, record.format or "?")):
            if member:
                continue
            sums = table.setdefault(key, Counter())
            sums["files"] += 1
            sums[record.status] += 1
            sums["documents"] += record.documents if record.status == "done" else 0
            sums["bytes"] += record.size or 0
            sums["milliseconds"] += round((record.seconds or 0) * 1000)
        if record.status == "failed":
            self.failed.append(_file_row(record))
        if record.code:
            number, first = self._reasons.get((record.status, record.code), (0, record))
            self._reasons[record.status, record.code] = (number + 1, first)
        if record.seconds:
            self._slow.append(record)
            if len(self._slow) > 50 * SLOWEST:
                self._slow = self.slowest()

    def slowest(self) -> list[Imported]:
        return sorted(self._slow, key=lambda record: (-(record.seconds or 0), record.path))[:SLOWEST]

    def table(self, name: str, sums: dict[str, Counter[str]]) -> list[Row]:
        return [
            {
                name: key, "files": found["files"], "done": found["done"], "skipped": found["skipped"],
                "failed": found["failed"], "documents": found["documents"], "megabytes": _megabytes(found["bytes"]),
                "seconds": found["milliseconds"] / 1000,
            }
            for key, found in sorted(sums.items())
        ]  # fmt: skip

    def reasons(self) -> list[Row]:
        found = sorted(self._reasons.items(), key=lambda item: (item[0][0], -item[1][0]))
        return [
            {
                "status": status, "code": code, "files": number, "reason": first.reason, "remedy": first.remedy,
                "path": first.path,
            }
            for (status, code), (number, first) in found
        ]  # fmt: skip


def _same(corpus: Corpus, run: int) -> Iterator[Row]:
    """Documents of the run that several files have, a group each, with what the files are to each other."""
    for group, (document, title, files) in enumerate(corpus.findings.in_several_files(run), 1):
        first = files[0]
        for source in files:
            record = corpus.imports.of(source.path) or corpus.imports.top_of(Imported(source.path, ""))
            how = []
            if source is not first:
                if source.sha256 == first.sha256:
                    how.append("same bytes")
                elif (source.format or "") != (first.format or ""):
                    how.append("another format")
                else:
                    how.append("another file of the same text")
            if source.siblings:
                how.append(f"compiled with {source.siblings} other" + ("s" if source.siblings > 1 else ""))
            if record.path != source.path:
                how.append("in an archive")
            yield {
                "group": group, "document": document, "title": title, "path": source.path, "format": source.format,
                "how": ", ".join(how) or "kept",
            }  # fmt: skip


def _near(corpus: Corpus, run: int) -> Iterator[Row]:
    for group, members in enumerate(corpus.findings.families(run), 1):
        for document, title, date, path in members:
            yield {"group": group, "document": document, "title": title, "date": date, "path": path}


def _gaps(corpus: Corpus, run: int) -> Iterator[Row]:
    for document, title, path, missing in corpus.findings.gaps(run):
        yield {"document": document, "title": title, "path": path, "missing": ", ".join(missing)}


def _versions(corpus: Corpus, run: Run) -> Iterator[Row]:
    for version in corpus.store.versions.all():
        if run.began <= version.since <= (run.ended or version.since):
            old = corpus.store.as_parsed(version.document)
            yield {
                "document": version.document, "title": old.title if old else "", "newer": version.newer,
                "path": version.path, "since": version.since,
            }  # fmt: skip


def _vanished(corpus: Corpus, run: Run) -> Iterator[Row]:
    for record in corpus.imports.vanished(run.began, run.ended):
        yield {
            "path": record.path, "status": record.status, "documents": record.documents, "since": record.vanished,
        }  # fmt: skip
