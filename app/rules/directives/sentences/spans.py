"""Days and hours as each language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from app.rules.analysis import SlotValue
from app.rules.directives.sentences.tables import Table
from app.rules.texts import moments


def span(slots: Mapping[str, SlotValue], table: Table, *, by: bool = False) -> str:
    """When, with a space before it: `` on Monday 16 November from 18:00``; empty for no time.

    ``by``: an end alone is a time to keep, and not one until when something lasts.
    """
    texts = table.section("spans")
    values = {
        name: hour(str(slots[name]), table.code) for name in ("start", "end") if name in slots
    }
    if table.code == "es":
        values |= {f"{name}_the": _article(str(slots[name])) for name in tuple(values)}
        values["at"] = f"a {values.get('start_the', '')}"
    said = ""
    if "date" in slots:
        said = str(texts["date"]).format(day=_day(str(slots["date"]), table.code))
    form = _form(slots)
    if by and form == "until":
        form = "by"
    if table.code == "de" and form == "between":
        values["start"] = values["start"].removesuffix(" Uhr")
    if said and form and table.code == "de":
        said += ","
    return said + (str(texts[form]).format_map(values) if form else "")


def hour(clock: str, language: str) -> str:
    """``HH:MM`` as the language writes it: ``13:30``, ``13h30``, ``13:30 Uhr``."""
    at = _time(clock)
    if at is None:
        return clock
    if language == "fr":
        return f"{at.hour}h{at:%M}" if at.minute else f"{at.hour}h"
    if language == "de":
        return f"{at.hour}:{at:%M} Uhr" if at.minute else f"{at.hour} Uhr"
    return f"{at.hour}:{at:%M}" if language == "es" else clock


def _form(slots: Mapping[str, SlotValue]) -> str:
    start, end = slots.get("start"), slots.get("end")
    if start and start == end:
        return "at"
    if start and end:
        return "between"
    return "from" if start else "until" if end else ""


def _article(clock: str) -> str:
    """One o'clock alone is singular in Spanish."""
    at = _time(clock)
    return "la" if at and at.hour == 1 else "las"


def _time(clock: str) -> time | None:
    """None for what is no time of day, as "24:00": it is told as it stands."""
    try:
        return time.fromisoformat(clock)
    except ValueError:
        return None


def _day(iso: str, language: str) -> str:
    try:
        return moments.named(date.fromisoformat(iso), language)
    except ValueError:
        return iso
