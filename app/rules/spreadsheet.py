"""Text that a spreadsheet must show and never compute."""

from __future__ import annotations

import re

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
