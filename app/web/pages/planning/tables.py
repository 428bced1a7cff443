"""Files of deliveries as spreadsheets write them, made into the one form that the API reads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from app.pipeline.delivery_file import OPTIONAL, REQUIRED, Row
from app.rules.spreadsheet import as_meant, as_text

COLUMNS = (*REQUIRED, *OPTIONAL)
REASONS = "reasons"
"""The column of what is wrong, in what is handed out to be mended."""
_SEPARATORS = ",;\t|"
_STATED = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text of a file; and False where it was not UTF-8, but what Windows writes.

    As UTF-16 are read those that say so; every other file can be read as Windows-1252.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), True
    try:
        return raw.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), False


def plain(text: str) -> str:
    """The same table with commas, our names of columns, and without what we added ourselves.

    Rows without any cell filled are left out. What is no table comes back as it is.
    """
    text = text.lstrip("\ufeff")
    lines = text.splitlines(keepends=True)
    if lines and (stated := _STATED.fullmatch(lines[0])):
        return _plain("".join(lines[1:]), stated[1])
    return _plain(text, _separator(lines[0] if lines else ""))


def written(names: Sequence[str], rows: Iterable[tuple[Row, str]]) -> str:
    """These rows as a file with a column of reasons, in which no cell can be a formula."""
    out = io.StringIO()
    to = csv.writer(out, lineterminator="\r\n")
    to.writerow([*names, REASONS])
    for row, why in rows:
        to.writerow([as_text(cell) for cell in [*_cells(row, names), why]])
    return out.getvalue()


def kept(names: Sequence[str], rows: Iterable[Row]) -> str:
    """These rows as ``plain`` writes a table."""
    return _joined([list(names), *(_cells(row, names) for row in rows)])


def _plain(text: str, separator: str) -> str:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return text
    if not rows:
        return text
    names = [_name(cell) for cell in rows[0]]
    ours = {place for place, name in enumerate(names) if name == REASONS}
    told = [
        [as_meant(cell.strip()) for place, cell in enumerate(row) if place not in ours]
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
    return _joined([[name for name in names if name != REASONS], *told])


def _name(cell: str) -> str:
    plainly = re.sub(r"[\s-]+", "_", cell.strip().lower())
    return plainly if plainly in (*COLUMNS, REASONS) else cell.strip()


def _separator(header: str) -> str:
    def known(separator: str) -> int:
        return sum(
            _name(cell) in COLUMNS for cell in next(csv.reader([header], delimiter=separator), [])
        )

    return max(_SEPARATORS, key=known)


def _cells(row: Mapping[str | None, str | list[str] | None], names: Sequence[str]) -> list[str]:
    more = row.get(None) or []
    return [str(row.get(name) or "") for name in names] + [str(each) for each in more]


def _joined(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def header(text: str) -> list[str]:
    """The names of the columns of what ``plain`` made."""
    return next(csv.reader(io.StringIO(text, newline="")), [])
