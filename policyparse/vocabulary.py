"""Loads vocab/: what a domain expert edits, without programming.

In: CSV files shipped in `policyparse/vocab/`, overlaid with a user's own folder.
Out: Vocabulary, whose tables are tuples of rows (dicts of the CSV's columns).
Touches: reads files, nothing else.

Every CSV has a head row. A row whose first cell begins with `#` is a comment. In an
overlay folder a file of the same name adds its rows after the shipped ones; a row
with the same first cell replaces the shipped one, and one whose first cell begins
with `-` takes the entry out.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from policyparse.passing import PolicyparseError

SHIPPED = Path(__file__).parent / "vocab"

Row = Mapping[str, str]


class Vocabulary:
    """The shipped tables, overlaid with those in `overlay` (a folder of CSV files) if given.

    Compared by identity, so that patterns compiled from it can be cached by it.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        if overlay is not None and not overlay.is_dir():
            raise PolicyparseError(f"{overlay}: no such folder of vocabulary files — give one with --vocab")
        self.overlay = overlay
        self._tables: dict[str, tuple[Row, ...]] = {}

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of vocab/`name`.csv. Raises PolicyparseError when the file is missing or malformed."""
        if name not in self._tables:
            rows = dict(_read(SHIPPED / f"{name}.csv"))
            own = self.overlay / f"{name}.csv" if self.overlay else None
            if own and own.is_file():
                for key, row in _read(own):
                    if key.startswith("-"):
                        rows.pop(key[1:], None)
                    else:
                        rows[key] = row
            self._tables[name] = tuple(rows.values())
        return self._tables[name]

    def terms(self, name: str, **where: str) -> tuple[str, ...]:
        """The first column of table `name`, of the rows whose columns equal `where`."""
        return tuple(
            next(iter(row.values()))
            for row in self.table(name)
            if all(row.get(column) == value for column, value in where.items())
        )


def _read(path: Path) -> list[tuple[str, Row]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            fields = reader.fieldnames or []
            if not fields:
                raise PolicyparseError(f"{path}: the file is empty — a vocabulary file begins with a head row")
            out: list[tuple[str, Row]] = []
            for row in reader:
                if (row[fields[0]] or "").lstrip().startswith("#"):
                    continue
                if None in row or None in row.values():
                    raise PolicyparseError(
                        f"{path}, line {reader.line_num}: the row has not {len(fields)} cells — "
                        "put a cell with a comma in double quotes"
                    )
                key = row[fields[0]].strip()
                if key:
                    out.append((key, {name: (cell or "").strip() for name, cell in row.items()}))
            return out
    except FileNotFoundError:
        raise PolicyparseError(f"{path}: vocabulary file missing — reinstall policyparse") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise PolicyparseError(f"{path}: not a UTF-8 CSV file ({error}) — save it as “CSV UTF-8”") from None


@cache
def shipped() -> Vocabulary:
    """The vocabulary as shipped, loaded once."""
    return Vocabulary()
