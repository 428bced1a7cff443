"""Labelled answers for the tests, and how a directive is compared with its label."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.analysis import BESIDE, Analysis

ROOT = Path(__file__).parents[3]
OWN = Path(__file__).with_name("answers.jsonl")
LABELLED = Path(os.environ.get("DELAUTO_SHARED", ROOT.parent / "shared")) / "data"
CALLED_AT = datetime(2026, 11, 18, 11, 0, tzinfo=ZoneInfo("Europe/London"))
"""A Wednesday morning: when the customers of ``answers.jsonl`` were called."""


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def own_answers() -> list[dict[str, Any]]:
    """The answers of this folder."""
    return lines_of(OWN)


def unpunctuated(text: str) -> str:
    """What a recogniser without capitals, punctuation and apostrophes would have written."""
    plain = re.sub(r"(?<!\d)[,.?!;](?!\d)|[?!]|,$", "", text.lower())
    return re.sub(r"\b(don|won|can|isn|doesn|mustn|didn)'t\b", r"\1t", plain)


def bare(directives: list[dict[str, Any]], *, without: tuple[str, ...] = ()) -> list[str]:
    """Directives as sorted strings of kind and slots, for comparing whatever their order."""
    ignored = {*BESIDE, *without} - {"kind"}
    return sorted(
        json.dumps({key: value for key, value in one.items() if key not in ignored}, sort_keys=True)
        for one in directives
    )


def found(analysis: Analysis, *, without: tuple[str, ...] = ()) -> list[str]:
    """What an analysis holds, to be compared with ``bare`` labels."""
    return bare(analysis.as_dict()["directives"], without=without)
