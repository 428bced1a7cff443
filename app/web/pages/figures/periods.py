"""The days of a report, each by itself or, where they are many, by weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates

from app.web.api.metric_shapes import DayOut, OutcomeOut, RateOut, ReportOut
from app.web.words import gettext as _
from app.web.words import locale_here

_MOST_DAYS = 62
"""Beyond these, days are summed up to weeks."""
_FEW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Period:
    """A day, or a week as far as it was asked for."""

    first: date
    days: int
    label: str
    """Short, for an axis."""
    name: str
    outcome: OutcomeOut


def periods(report: ReportOut) -> list[Period]:
    """The report's days, or weeks from Monday to Sunday."""
    if len(report.by_day) <= _MOST_DAYS:
        return by_day(report)
    weeks: dict[date, list[DayOut]] = {}
    for each in report.by_day:
        weeks.setdefault(each.day - timedelta(days=each.day.weekday()), []).append(each)
    return [
        Period(
            days[0].day,
            len(days),
            _said(days[0].day, "MMMd"),
            _("week of %(day)s", day=_said(monday, "yMMMd")),
            _together([each.outcome for each in days]),
        )
        for monday, days in weeks.items()
    ]


def by_day(report: ReportOut) -> list[Period]:
    """Each day by itself."""
    short = "Ed" if len(report.by_day) <= _FEW_DAYS else "MMMd"
    return [
        Period(each.day, 1, _said(each.day, short), day_in_full(each.day), each.outcome)
        for each in report.by_day
    ]


def day_in_full(day: date) -> str:
    """As Mon, 2 Mar 2026."""
    return _said(day, "yMMMEd")


def label_of(day: date, days: int) -> str:
    """Short, for an axis of so many days."""
    return _said(day, "Ed" if days <= _FEW_DAYS else "MMMd")


def _said(day: date, skeleton: str) -> str:
    return str(dates.format_skeleton(skeleton, day, locale=locale_here()))


def _together(outcomes: list[OutcomeOut]) -> OutcomeOut:
    def rate(name: str) -> RateOut:
        found = [getattr(each, name) for each in outcomes]
        hits, of = sum(each.hits for each in found), sum(each.of for each in found)
        return RateOut(hits=hits, of=of, share=hits / of if of else None)

    return OutcomeOut(
        deliveries=sum(each.deliveries for each in outcomes),
        cancelled=sum(each.cancelled for each in outcomes),
        success=rate("success"),
        first_time=rate("first_time"),
        reach=rate("reach"),
        instructed=rate("instructed"),
    )
