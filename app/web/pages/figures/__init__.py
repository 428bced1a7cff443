"""The manager's page: what a range of days came to, as plots with the tables behind them.

It never waits for a count: what was counted last is shown at once with its age, and counting is
asked for by the page itself. Without a script, a link counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request

from app.rules.permissions import Permission
from app.rules.shares import FEW, interval
from app.web import guard
from app.web.api.metric_shapes import RateOut, ReportOut
from app.web.api.problems import KINDS, Problem
from app.web.pages import asking
from app.web.pages.figures import shown
from app.web.pages.figures.choice import Choice, ChoiceError, asked, presets
from app.web.pages.figures.latest import latest, opened
from app.web.pages.figures.periods import day_in_full
from app.web.pages.figures.tables import KEYS, tables, text
from app.web.words import gettext as _
from app.web.words import zone_here

blueprint = Blueprint("figures", __name__, template_folder="templates")
guard.protect(blueprint)
_FRESH = 60
"""Seconds; older figures are counted again while they are shown."""
_MOST_AGENTS = 200


@dataclass
class Found:
    """What there is to show of a choice, and what is to be counted next."""

    report: ReportOut | None = None
    before: ReportOut | None = None
    count: str = ""
    """``report`` or ``before``; empty: nothing."""
    faults: list[str] = field(default_factory=list)
    status: int = 200
    """Of the page: what cannot be counted is no success."""


@guard.page(blueprint, "/figures", Permission.METRICS_READ)
def page() -> tuple[str, int]:
    """The figures of a range of days, as far as they are known."""
    today = datetime.now(ZoneInfo(zone_here())).date()
    choice, found, moved = None, Found(), False
    try:
        choice = usual = asked(request.args, today)
        if not (request.args.get("first") or request.args.get("last")):
            choice = opened(usual, today)
            moved = choice != usual
        found = _found(choice, request.args.get("count", ""))
    except ChoiceError as error:
        found.faults.append(str(error))
        found.status = 422
    person = guard.person_here()
    drawn = render_template(
        "figures/page.html",
        person=person,
        choice=choice,
        moved=moved,
        given=request.args,
        agents=_agents(),
        **_context(choice, found, today),
    )
    return drawn, found.status


@guard.page(
    blueprint, "/figures/report", Permission.METRICS_READ, script=True, part_of="figures.page"
)
def report() -> str:
    """The part with the figures, after counting what ``count`` names."""
    today = datetime.now(ZoneInfo(zone_here())).date()
    try:
        choice = asked(request.args, today)
    except ChoiceError as error:
        abort(400, str(error))
    found = _found(choice, request.args.get("count", ""))
    return render_template("figures/_report.html", choice=choice, **_context(choice, found, today))


@guard.page(blueprint, "/figures/<table>.csv", Permission.METRICS_READ)
def table_as_csv(table: str) -> Response:
    """One of the tables for a spreadsheet, each day by itself."""
    if table not in KEYS:
        abort(404)
    try:
        choice = asked(request.args, datetime.now(ZoneInfo(zone_here())).date())
    except ChoiceError as error:
        abort(400, str(error))
    counted: ReportOut = asking.ask("read_report", query=choice.query)
    written = text(tables(counted, whole=True)[table])
    name = f"delauto-{table}-{counted.first}-{counted.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written, headers=headers, content_type="text/csv; charset=utf-8")


def _found(choice: Choice, count: str) -> Found:
    """What is known, and after ``count`` what it names; ``now`` counts both."""
    found = Found()
    try:
        if count in ("report", "now"):
            found.report = asking.ask("read_report", query=choice.query)
        else:
            found.report = asking.ask("read_known_report", query=choice.query).report
    except Problem as problem:
        found.faults += [fault.detail for fault in problem.errors] or [problem.detail]
        found.status = KINDS[problem.kind].status
        return found
    before = choice.before.query
    try:
        if count in ("before", "now"):
            found.before = asking.ask("read_report", query=before)
        else:
            found.before = asking.ask("read_known_report", query=before).report
    except Problem:
        # What lies before may be too long ago to be counted: then nothing is compared.
        return found
    if found.report is None or (not count and _age(found.report) > _FRESH):
        found.count = "report"
    elif found.before is None:
        found.count = "before"
    return found


def _age(report: ReportOut) -> float:
    return (datetime.now(UTC) - report.computed_at).total_seconds()


def _context(choice: Choice | None, found: Found, today: date) -> dict[str, object]:
    """What the part with the figures is drawn from."""
    ways = {"presets": list(presets(today, choice)), "this_week": _("This week")}
    if found.report is None or choice is None:
        return {**ways, "found": found, "report": None}
    counted = found.report
    empty = not counted.total.deliveries and not counted.by_hour and not counted.costs
    return {
        **ways,
        "found": found,
        "report": counted,
        "empty": empty,
        "latest": latest(today, choice.agent_id) if empty else None,
        "headlines": shown.headlines(counted, found.before),
        "tables": tables(counted),
        "deliveries_plot": shown.deliveries_plot(counted),
        "reach_plot": shown.reach_plot(counted),
        "hours_plot": shown.hours_plot(counted),
        "cost_plots": list(shown.cost_plots(counted)),
        "show": shown,
        "is_rate": lambda cell: isinstance(cell, RateOut),
        "interval": lambda rate: interval(rate.hits, rate.of),
        "few": FEW,
        "day_in_full": day_in_full,
    }


def _agents() -> list[tuple[str, str]]:
    """Whose figures can be asked for, by id and name."""
    found = asking.ask("list_agents", query={"limit": _MOST_AGENTS, "sort": "name"})
    return [(each.id, each.name) for each in found.items]


__all__ = ["blueprint"]
