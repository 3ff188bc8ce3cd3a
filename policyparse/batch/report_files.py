"""The report of an import as files: CSV (a line a file), an Excel workbook, one web page.

In: a Report. Out: files, each there only when it is whole. Touches: the files that it is told to write.

The page stands alone: no script, no picture, nothing fetched; every word of a document or path is escaped, since a file
may be named `<script>`.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from policyparse.batch.report import COLUMNS, FILE_COLUMNS, Report, Row, Value, file_rows
from policyparse.batch.report_words import headline, in_words
from policyparse.corpus import Corpus
from policyparse.export import Workbook, table_writer
from policyparse.export.text import text_file
from policyparse.export.writing import whole

#: Rows of a section that the page shows; the workbook has them all.
_ON_THE_PAGE = 2_000


def write_csv(corpus: Corpus, report: Report, path: Path) -> None:
    """A line for every file of the run."""
    with whole(path) as part, text_file(part, "csv") as stream:
        writer = table_writer(stream, "csv", {name: COLUMNS[name][2] for name in FILE_COLUMNS})
        for row in file_rows(corpus, report.run.id):
            writer.write(row)


def write_xlsx(corpus: Corpus, report: Report, path: Path) -> None:
    """A sheet for each section, and one with every file."""
    with whole(path) as part:
        book = Workbook(part)
        for section in report.sections:
            book.add_sheet(section.name, {name: COLUMNS[name][2] for name in section.columns})
            for row in section.rows:
                book.write(section.name, row)
        book.add_sheet("files", {name: COLUMNS[name][2] for name in FILE_COLUMNS})
        for row in file_rows(corpus, report.run.id):
            book.write("files", row)
        book.close()


def html(report: Report, chinese: bool = False) -> str:
    """The report as one web page."""
    environment = Environment(
        loader=PackageLoader("policyparse.batch"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["shown"] = _shown
    at = 1 if chinese else 0
    below = report.run.sources[0].rstrip("/") + "/" if len(report.run.sources) == 1 else ""
    return environment.get_template("report.html").render(
        language="zh-CN" if chinese else "en",
        title=report.sections[0].title[at],
        headline=headline(report, chinese),
        below=below,
        sections=[
            (section, [_below(in_words(row, chinese), below) for row in section.rows[:_ON_THE_PAGE]])
            for section in report.sections
        ],
        heads={name: words[at] for name, words in COLUMNS.items()},
        at=at,
    )


def _below(row: Row, source: str) -> Row:
    """The row with paths as they are below the one source of the run: what all begin with need not be read in each."""
    return {
        name: (value[len(source) :] or ".") if isinstance(value, str) and source and value.startswith(source) else value
        for name, value in row.items()
    }


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}" if value >= 100 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)


def write_html(report: Report, path: Path, chinese: bool = False) -> None:
    """Writes the web page."""
    with whole(path) as part:
        part.write_text(html(report, chinese), encoding="utf-8", errors="replace")
