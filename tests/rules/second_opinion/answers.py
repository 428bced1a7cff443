"""Answers of a second reader, as JSON, with every slot that the schema asks for."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.analysis import SLOTS, Kind

AT = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Europe/London"))
"""A Friday."""


def directive(kind: str, quote: str, **slots: Any) -> dict[str, Any]:
    """One directive; what is not given is null."""
    names = (*SLOTS[Kind(kind)], "condition")
    return {"kind": kind, "quote": quote, **dict.fromkeys(names), **slots}


def answer(*directives: dict[str, Any]) -> str:
    return json.dumps({"directives": list(directives)})
