"""Which days and whose are asked for, what they are compared with, and ranges to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.web.words import gettext as _

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Choice:
    """Days from ``first`` to ``last``, both included, and one agent or all (empty)."""

    first: date
    last: date
    agent_id: str = ""

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> dict[str, str]:
        """For an address, or for what the API is asked."""
        whose = {"agent_id": self.agent_id} if self.agent_id else {}
        return {"first": self.first.isoformat(), "last": self.last.isoformat(), **whose}

    @property
    def before(self) -> Choice:
        """As many days before, whole weeks earlier, so that the same days of a week compare."""
        weeks = -(-self.days // 7) * _WEEK
        return Choice(self.first - weeks, self.last - weeks, self.agent_id)


@dataclass(frozen=True, slots=True)
class Preset:
    """A range by its name."""

    label: str
    choice: Choice
    here: bool


class ChoiceError(Exception):
    """What was asked for is no range of days; the message says what to do."""


def asked(given: Mapping[str, str], today: date) -> Choice:
    """What an address asks for; without days those of the last full week. Raises ChoiceError."""
    monday = today - timedelta(days=today.weekday())
    usual = Choice(monday - _WEEK, monday - timedelta(days=1))
    first, last = (_day(given.get(name, "")) for name in ("first", "last"))
    if first is None and last is None:
        first, last = usual.first, usual.last
    elif first is None or last is None:
        raise ChoiceError(_("Choose both the first and the last day."))
    if last < first:
        raise ChoiceError(_("The last day lies before the first one."))
    return Choice(first, last, given.get("agent_id", "").strip())


def week_of(day: date, today: date, agent_id: str) -> Choice:
    """The week in which a day lies, up to today."""
    monday = day - timedelta(days=day.weekday())
    return Choice(monday, min(monday + _WEEK - timedelta(days=1), today), agent_id)


def presets(today: date, chosen: Choice | None) -> Iterator[Preset]:
    """Ranges that people ask for, of the same agent; the shorter before the longer."""
    monday, of_month = today - timedelta(days=today.weekday()), today.replace(day=1)
    before = of_month - timedelta(days=1)
    yesterday, whose = today - timedelta(days=1), chosen.agent_id if chosen else ""
    for label, first, last in (
        (_("This week"), monday, today),
        (_("Last week"), monday - _WEEK, monday - timedelta(days=1)),
        (_("This month"), of_month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("Last 30 days"), today - timedelta(days=30), yesterday),
        (_("Last 52 weeks"), monday - 52 * _WEEK, monday - timedelta(days=1)),
    ):
        choice = Choice(first, last, whose)
        yield Preset(label, choice, choice == chosen)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ChoiceError(_("Write days as 2026-03-02: year, month, day.")) from None
