"""The tables behind the plots, with words in the reader's language; for the page and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

from app.rules.spreadsheet import as_text
from app.web.api.metric_shapes import OutcomeOut, RateOut, ReportOut
from app.web.pages.figures.periods import Period, by_day, day_in_full, periods
from app.web.words import gettext as _
from app.web.words import marked

Cell = RateOut | int | float | Decimal | str | None
KEYS = ("days", "first-tries", "instructions", "hours", "attempts", "waits", "costs", "agents")
KINDS = {
    "leave_at": marked("Leave it at a place"),
    "leave_with": marked("Leave it with somebody"),
    "hand_over": marked("Hand it over"),
    "time_window": marked("A time"),
    "unavailable": marked("Not at home"),
    "reschedule": marked("Another day"),
    "redirect": marked("Another address"),
    "access": marked("How to get in"),
    "contact": marked("Ring or call"),
    "avoid": marked("What not to do"),
    "caution": marked("A warning"),
    "handling": marked("How to handle it"),
    "cancel": marked("Not wanted any more"),
    "wrong_number": marked("Wrong number"),
    "opt_out": marked("No more calls"),
    "speak_to_human": marked("Wants a person"),
    "question": marked("A question"),
    "confirm": marked("All fine"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by their names."""

    key: str
    of: str
    """What a row is."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def tables(report: ReportOut, *, whole: bool = False) -> dict[str, Table]:
    """All tables by their keys; ``whole`` has each day, even where the page sums up weeks."""
    found = (
        _days(by_day(report) if whole else periods(report)),
        _first_tries(report),
        _instructions(report),
        _hours(report),
        _attempts(report),
        _waits(report),
        _costs(report),
        _agents(report),
    )
    return {each.key: each for each in found}


def text(table: Table) -> str:
    """The table as CSV (RFC 4180), with a mark by which spreadsheets know that it is UTF-8.

    A share takes two cells, so many and of so many. Nothing in it can be taken for a formula.
    """
    first = table.rows[0][1] if table.rows else ("",) * len(table.columns)
    shares = [any(isinstance(row[1][n], RateOut) for row in table.rows) for n in range(len(first))]
    heads = [table.of]
    for column, share in zip(table.columns, shares, strict=True):
        heads += [column, _("%(what)s: of", what=column)] if share else [column]
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([as_text(head) for head in heads])
    for name, cells in table.rows:
        writer.writerow([as_text(name), *_plain(cells, shares)])
    return "\ufeff" + written.getvalue()


def _plain(cells: Sequence[Cell], shares: Sequence[bool]) -> Iterator[str]:
    for cell, share in zip(cells, shares, strict=True):
        if isinstance(cell, RateOut):
            yield from (str(cell.hits), str(cell.of))
        elif share:
            yield from ("", "")
        elif isinstance(cell, str):
            yield as_text(cell)
        else:
            yield "" if cell is None else f"{cell}"


def outcome_columns() -> tuple[str, ...]:
    """What is counted of deliveries."""
    return (
        _("Deliveries"),
        _("Cancelled"),
        _("Delivered"),
        _("At the first try"),
        _("Reached"),
        _("Gave instructions"),
    )


def _cells(outcome: OutcomeOut) -> tuple[Cell, ...]:
    return (
        outcome.deliveries,
        outcome.cancelled,
        outcome.success,
        outcome.first_time,
        outcome.reach,
        outcome.instructed,
    )


def _days(found: Sequence[Period]) -> Table:
    weeks = any(each.days > 1 for each in found)
    rows = tuple((each.name, _cells(each.outcome)) for each in found)
    return Table("days", _("Week") if weeks else _("Day"), outcome_columns(), rows)


def _first_tries(report: ReportOut) -> Table:
    first = report.first_time
    rows: tuple[tuple[str, tuple[Cell, ...]], ...] = (
        (_("With instructions"), (first.with_instructions,)),
        (_("Without instructions"), (first.without,)),
    )
    return Table("first-tries", _("First tries"), (_("Delivered"),), rows)


def _instructions(report: ReportOut) -> Table:
    rows = tuple(
        (_(KINDS[each.kind]) if each.kind in KINDS else each.kind,
         (each.deliveries, each.first_time))
        for each in report.by_kind
    )  # fmt: skip
    columns = (_("Deliveries"), _("At the first try"))
    return Table("instructions", _("Instruction"), columns, rows)


def _hours(report: ReportOut) -> Table:
    rows = tuple(
        (f"{each.hour:02}:00", (each.answered, each.instructed)) for each in report.by_hour
    )
    columns = (_("Answered by a person"), _("Gave instructions"))
    return Table("hours", _("Hour of the call"), columns, rows)


def _attempts(report: ReportOut) -> Table:
    everybody = sum(each.customers for each in report.attempts)
    rows = tuple((f"{each.attempts}", (_rate(each.customers, everybody),))
                 for each in report.attempts)  # fmt: skip
    return Table(
        "attempts", _("Calls until reached"), (_("Of all who were reached by a call"),), rows
    )


def _waits(report: ReportOut) -> Table:
    rows = tuple((_within(each.within), (_rate(each.calls, report.told.calls),))
                 for each in report.waits)  # fmt: skip
    columns = (_("Of all calls of which a driver was told"),)
    return Table("waits", _("From hang-up to the driver"), columns, rows)


def _rate(hits: int, of: int) -> RateOut:
    return RateOut(hits=hits, of=of, share=hits / of if of else None)


def _within(seconds: int | None) -> str:
    if seconds is None:
        return _("more than an hour")
    if seconds <= 60:
        return _("up to %(n)s s", n=seconds)
    return _("up to %(n)s min", n=seconds // 60)


def _costs(report: ReportOut) -> Table:
    rows = tuple(
        (day_in_full(each.day), (each.currency, each.amount, each.calls))
        for each in report.costs_by_day
    )
    return Table("costs", _("Day"), (_("Currency"), _("Cost"), _("Calls with a price")), rows)


def _agents(report: ReportOut) -> Table:
    rows = tuple(
        (each.name or (each.agent_id if each.agent_id else _("Nobody")), _cells(each.outcome))
        for each in report.by_agent
    )
    return Table("agents", _("Driver"), outcome_columns(), rows)
