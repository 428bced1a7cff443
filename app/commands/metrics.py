"""`delauto metrics`: what a range of days came to, for people or for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.commands.surroundings import database, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT
from app.pipeline import analytics
from app.pipeline.analytics import Report
from app.pipeline.analytics.figures import Outcome, Rate
from app.rules.spreadsheet import as_text

Cell = Rate | int | float | str | None
_PAPER = 140
"""Characters in a line where no terminal says how wide it is."""
_OUTCOME = ("deliveries", "cancelled", "success", "first time", "reach", "instructions")


@dataclass(frozen=True, slots=True)
class Part:
    """One table: what its rows are of, its columns, and the rows with their names."""

    of: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, tuple[Cell, ...]]]


@click.command()
@click.option("--from", "first", help="First day, as 2026-03-02; Monday of last week unless given.")
@click.option("--to", "last", help="Last day, included; six days after the first unless given.")
@click.option("--time-zone", help="Whose days; the company's unless given.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@click.option(
    "--csv",
    "file",
    type=click.File("w", encoding="utf-8", lazy=True),
    help="Write one line a figure to this file instead; - for standard output.",
)
@plainly
def metrics(
    first: str | None, last: str | None, time_zone: str | None, tenant_id: str, file: TextIO | None
) -> None:
    """Print what a range of days came to: how many were reached, what it helped, what it cost.

    docs/metrics.md says what each figure means.
    """
    with database(tenant_id):
        zone = time_zone or analytics.zone_of(tenant_id)
        days = _day(first, "--from"), _day(last, "--to")
        span = analytics.span_of(*days, zone, now=datetime.now(UTC))
        report = analytics.report(tenant_id, span)
        names = analytics.names_of(tenant_id, [each.agent_id for each in report.by_agent])
    parts = list(_parts(report, names))
    if file is not None:
        _write(parts, file)
        return
    _print(report, parts)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PermanentError(f"{option} must be a day, as 2026-03-02") from None


def _parts(report: Report, names: Mapping[str, str]) -> Iterator[Part]:
    days = [(f"{each.day:%a} {each.day}", _cells(each.outcome)) for each in report.by_day]
    yield Part("day", _OUTCOME, [*days, ("all", _cells(report.total))])
    agents = [
        (names.get(each.agent_id, each.agent_id) if each.agent_id else "nobody", each.outcome)
        for each in report.by_agent
    ]
    yield Part("agent", _OUTCOME, [(name, _cells(outcome)) for name, outcome in agents])
    first = report.first_time
    yield Part(
        "first tries",
        ("first time",),
        [("with instructions", (first.with_instructions,)), ("without", (first.without,))],
    )
    hours = [(f"{each.hour:02}:00", (each.answered, each.instructed)) for each in report.by_hour]
    yield Part("hour of call", ("answered", "instructions"), hours)
    attempts = [(str(each.attempts), (each.customers,)) for each in report.attempts]
    yield Part("attempts until reached", ("customers",), attempts)
    kinds = [(each.kind, (each.deliveries, each.first_time)) for each in report.by_kind]
    yield Part("instruction", ("deliveries", "first time"), kinds)
    told = report.told
    waits = (told.calls, told.mean, told.median, told.p95, told.longest)
    columns = ("calls", "mean s", "median s", "19 of 20 s", "longest s")
    yield Part("hang-up to driver", columns, [("all", waits)])
    costs: list[tuple[str, tuple[Cell, ...]]] = [
        (each.currency, (f"{each.amount}", each.calls)) for each in report.costs
    ]
    yield Part("cost of calls", ("amount", "calls"), costs)
    yield Part("calls with a price", ("share",), [("all", (report.priced,))])


def _cells(outcome: Outcome) -> tuple[Cell, ...]:
    return (
        outcome.deliveries,
        outcome.cancelled,
        outcome.success,
        outcome.first_time,
        outcome.reach,
        outcome.instructed,
    )


def _print(report: Report, parts: Sequence[Part]) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = _PAPER
    age = datetime.now(UTC) - report.computed_at
    console.print(
        Text(
            f"{report.first} to {report.last}, {report.time_zone}; "
            f"as of {max(0, round(age.total_seconds()))} seconds ago"
        )
    )
    for part in parts:
        if not part.rows:
            continue
        table = Table(part.of, title_justify="left")
        for column in part.columns:
            table.add_column(column, justify="right")
        for name, cells in part.rows:
            table.add_row(Text(_visible(name)), *(Text(_shown(cell)) for cell in cells))
        console.print(table)


def _visible(name: str) -> str:
    """A name without what would steer a terminal."""
    return "".join(each if each.isprintable() else " " for each in name)


def _shown(cell: Cell) -> str:
    if isinstance(cell, Rate):
        share = cell.share
        return "–" if share is None else f"{share:.1%} ({cell.hits:,} of {cell.of:,})"
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return "–" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell


def _write(parts: Sequence[Part], file: TextIO) -> None:
    """One line a figure: a share has what it is of beside it."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(("table", "row", "figure", "value", "of"))
    for part in parts:
        for name, cells in part.rows:
            for column, cell in zip(part.columns, cells, strict=True):
                value, of = (cell.hits, cell.of) if isinstance(cell, Rate) else (cell, None)
                writer.writerow((part.of, as_text(name), column, value, of))
