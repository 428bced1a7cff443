"""Files of deliveries as spreadsheets write them, made into the one form that the API reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from app.pipeline.delivery_file import COLUMNS, Row
from app.rules.spreadsheet import as_meant, as_text, plain_name, rows_of

REASONS = "reasons"
"""The column of what is wrong, in what is handed out to be mended."""
_KNOWN = (*COLUMNS, REASONS)


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

    Empty rows stay, but at its end, so that rows keep their numbers. What is no table comes back
    as it is.
    """
    try:
        header, *rows = rows_of(text, _KNOWN)
    except csv.Error:
        return text
    names = [plain_name(cell, _KNOWN) for cell in header]
    if not names:
        return text
    ours = {place for place, name in enumerate(names) if name == REASONS}
    told = [
        [as_meant(cell) for place, cell in enumerate(row) if place not in ours] if any(row) else []
        for row in rows
    ]
    return _joined([[name for name in names if name != REASONS], *told])


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


def _cells(row: Mapping[str | None, str | list[str] | None], names: Sequence[str]) -> list[str]:
    more = row.get(None) or []
    return [str(row.get(name) or "") for name in names] + [str(each) for each in more]


def _joined(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
