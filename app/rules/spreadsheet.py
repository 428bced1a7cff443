"""Text that a spreadsheet must show and never compute."""

from __future__ import annotations

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""OWASP, CSV Injection (owasp.org/www-community/attacks/CSV_Injection), with the full-width forms
that some spreadsheets read alike."""


def as_text(value: str) -> str:
    """A cell that a spreadsheet takes as text: what could begin a formula gets an apostrophe."""
    # A spreadsheet may leave out spaces at the beginning.
    plain = value.replace("\0", "")
    return f"'{plain}" if plain.lstrip(" \u00a0\ufeff").startswith(_BEGINS_A_FORMULA) else plain
