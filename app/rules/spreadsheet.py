"""Tables as spreadsheets write them, and text that a spreadsheet must show and never compute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from difflib import SequenceMatcher

from app.saying import Saying

_SEPARATORS = ",;\t|"
_STATED = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
_NEAR = 0.7
_COMMON_WORD = 0.4
_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
"""OWASP, CSV Injection (owasp.org/www-community/attacks/CSV_Injection), with the full-width forms
that some spreadsheets read alike, and behind spaces, which some leave out."""


def as_text(value: str) -> str:
    """A cell that a spreadsheet takes as text: what could begin a formula gets an apostrophe."""
    plain = value.replace("\0", "")
    return f"'{plain}" if _FORMULA.match(plain) else plain


def as_meant(cell: str) -> str:
    """The value that ``as_text`` made safe; any other cell as it is."""
    behind = cell.removeprefix("'")
    return behind if behind != cell and _FORMULA.match(behind) else cell


def rows_of(text: str, columns: Collection[str]) -> list[list[str]]:
    """The rows of a CSV text, the header first; those at the end that are empty are left out.

    What separates the cells is what a first line such as ``sep=;`` names, else that by which most
    of the header's names are among ``columns``. Cells have no spaces around them. Raises csv.Error,
    also for a quote that is never closed: all that follows it would be taken for its text.
    """
    text = text.lstrip("\ufeff")
    first = next(iter(text.splitlines(keepends=True)), "")
    if stated := _STATED.fullmatch(first):
        text, separator = text.removeprefix(first), stated[1]
    else:
        separator = _separator(first, columns)
    if row := _unclosed(text, separator):
        raise csv.Error(Saying("the quote that opens in row %(row)s is never closed", row=row))
    rows = [
        [cell.strip() for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows or [[]]


def _unclosed(text: str, separator: str) -> int:
    """In which row a quote opens that is open at the end; 0 for none."""
    row = 0
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            row += 1
    except csv.Error as error:
        # What else is not strictly CSV can be read all the same.
        return row + 1 if "unexpected end" in str(error) else 0
    return 0


def plain_name(cell: str, columns: Collection[str]) -> str:
    """A name in the header: ours however it is written, another's as it stands."""
    plainly = re.sub(r"[\s-]+", "_", cell.strip().lower())
    return plainly if plainly in columns else cell.strip()


def nearest(name: str, columns: Collection[str]) -> str | None:
    """The column for which this name may be meant; None where it is like none of them."""

    def likeness(column: str) -> float:
        plainly = re.sub(r"[\s-]+", "_", name.strip().lower())
        common = set(plainly.split("_")) & set(column.split("_"))
        return SequenceMatcher(None, plainly, column).ratio() + (_COMMON_WORD if common else 0)

    best = max(columns, key=likeness, default=None)
    return best if best is not None and likeness(best) >= _NEAR else None


def _separator(header: str, columns: Collection[str]) -> str:
    def known(separator: str) -> int:
        cells = next(csv.reader([header], delimiter=separator), [])
        return sum(plain_name(cell, columns) in columns for cell in cells)

    return max(_SEPARATORS, key=known)
