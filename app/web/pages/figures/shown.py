"""A report as the page shows it: headline figures, what changed, and the plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from app.rules.shares import FEW, clearly_apart
from app.web.api.metric_shapes import HourOut, OutcomeOut, RateOut, ReportOut
from app.web.pages.figures.periods import day_in_full, label_of, periods
from app.web.pages.figures.plots import Key, Plot, Share, Tick, columns, points, steps
from app.web.words import gettext as _
from app.web.words import number, percent


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure in large type, what it is of, and how it was before."""

    title: str
    value: str
    of: str
    before: str
    trend: str = ""
    """``up``, ``down``, or ``same`` where chance alone may explain the difference; empty: no share,
    and not judged."""


def headlines(report: ReportOut, before: ReportOut | None) -> list[Headline]:
    """What a manager asks first."""
    now, then = report.total, before.total if before else None
    shares = (
        (_("Customers reached"), "reach"),
        (_("Gave instructions"), "instructed"),
        (_("Delivered at the first try"), "first_time"),
        (_("Delivered"), "success"),
    )
    return [
        *(_share(title, name, now, then) for title, name in shares),
        _told(report, before),
        *_costs(report, before),
    ]


def share_of(rate: RateOut) -> str:
    """A share in per cent; so many of so many where they are too few for that."""
    if rate.share is None:
        return "–"
    if rate.of < FEW:
        return counted(rate)
    return percent(rate.share)


def counted(rate: RateOut) -> str:
    """So many of so many."""
    return _("%(hits)s of %(of)s", hits=number(rate.hits), of=number(rate.of))


def seconds(value: float | None) -> str:
    """A short time in the unit that fits."""
    if value is None:
        return "–"
    if value < 120:
        return _("%(n)s s", n=number(value))
    if value < 7200:
        return _("%(n)s min", n=number(value / 60))
    return _("%(n)s h", n=number(value / 3600, 1))


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, to a hundredth, or finer where it is less."""
    digits = 2 if amount >= 1 or not amount else 4
    return f"{number(float(amount), digits)} {_unit(currency)}"


def _unit(currency: str) -> str:
    return _("(currency unknown)") if currency == "unknown" else currency


def _share(title: str, name: str, now: OutcomeOut, then: OutcomeOut | None) -> Headline:
    rate: RateOut = getattr(now, name)
    few = rate.share is not None and rate.of < FEW
    of = _("too few for a percentage") if few else counted(rate)
    before: RateOut | None = getattr(then, name) if then else None
    if before is None:
        return Headline(title, share_of(rate), of, "")
    told = f"{share_of(before)} ({counted(before)})" if before.of >= FEW else share_of(before)
    if rate.share is None or before.share is None:
        return Headline(title, share_of(rate), of, _("before: %(share)s", share=told))
    apart = clearly_apart((rate.hits, rate.of), (before.hits, before.of))
    if not apart:
        says = _("no clear difference from before: %(share)s", share=told)
        return Headline(title, share_of(rate), of, says, "same")
    up = rate.share > before.share
    says = _("more than before: %(share)s") if up else _("less than before: %(share)s")
    return Headline(title, share_of(rate), of, says % {"share": told}, "up" if up else "down")


def _told(report: ReportOut, before: ReportOut | None) -> Headline:
    told, then = report.told, before.told if before else None
    of = _("half of %(n)s calls within this time; 19 of 20 within %(p95)s",
           n=number(told.calls), p95=seconds(told.p95))  # fmt: skip
    return Headline(
        _("From hang-up to the driver"),
        seconds(told.median),
        of if told.calls else _("no driver was told of a call"),
        _("before: %(share)s", share=seconds(then.median)) if then and then.calls else "",
    )


def _costs(report: ReportOut, before: ReportOut | None) -> Iterator[Headline]:
    then = {each.currency: each for each in before.costs} if before else {}
    priced = _("%(calls)s of all calls have a price", calls=counted(report.priced))
    for each in report.costs:
        single = money(each.amount / each.calls, each.currency) if each.calls else "–"
        was = then.get(each.currency)
        yield Headline(
            _("Cost of calls"),
            money(each.amount, each.currency),
            _("%(single)s a call; %(priced)s", single=single, priced=priced),
            _("before: %(share)s", share=money(was.amount, was.currency)) if was else "",
        )
    if not report.costs:
        yield Headline(_("Cost of calls"), "–", priced, "")


def deliveries_plot(report: ReportOut) -> Plot:
    """What became of each day's deliveries."""
    keys = (
        Key("one", _("Delivered")),
        Key("two", _("Failed")),
        Key("three", _("Not over yet")),
        Key("four", _("Cancelled")),
    )
    rows = []
    for each in periods(report):
        done = each.outcome.success
        amounts = (
            done.hits,
            done.of - done.hits,
            max(0, each.outcome.deliveries - done.of - each.outcome.cancelled),
            each.outcome.cancelled,
        )
        said = ", ".join(f"{key.label}: {n}" for key, n in zip(keys, amounts, strict=True) if n)
        rows.append((each.label, f"{each.name}: {said or 0}", amounts))
    return columns(("plot-deliveries", _("Deliveries by day")), keys, rows)


def reach_plot(report: ReportOut) -> Plot:
    """Who was reached and who gave instructions, by day."""
    keys = (Key("one", _("Reached")), Key("two", _("Gave instructions")))
    rows = [
        (each.label,
         (_said(each.name, keys[0], each.outcome.reach),
          _said(each.name, keys[1], each.outcome.instructed)))
        for each in periods(report)
    ]  # fmt: skip
    return points(("plot-reach", _("Customers reached, by day")), keys, rows, _shares())


def hours_plot(report: ReportOut) -> Plot:
    """When calls are answered."""
    keys = (Key("one", _("Answered by a person")), Key("two", _("Gave instructions")))
    rows = []
    found = {each.hour: each for each in report.by_hour}
    none = RateOut(hits=0, of=0, share=None)
    for hour in range(min(found), max(found) + 1) if found else ():
        each = found.get(hour) or HourOut(hour=hour, answered=none, instructed=none)
        name = f"{each.hour:02}:00"
        shares = (_said(name, keys[0], each.answered), _said(name, keys[1], each.instructed))
        rows.append((f"{each.hour:02}", shares))
    return points(("plot-hours", _("Calls by the hour of the day")), keys, rows, _shares())


def cost_plots(report: ReportOut) -> Iterator[Plot]:
    """What each day's calls cost, one plot for each currency."""
    key = Key("one", _("Cost of calls"))
    ordered = sorted(report.costs_by_day, key=lambda each: each.currency)
    days = [each.day for each in report.by_day]
    for currency, found in groupby(ordered, key=lambda each: each.currency):
        paid = {each.day: each.amount for each in found}
        rows = [
            (label_of(day, len(days)),
             f"{day_in_full(day)}: {money(paid.get(day, Decimal(0)), currency)}",
             (float(paid.get(day, 0)),))
            for day in days
        ]  # fmt: skip
        top = float(max(paid.values(), default=Decimal(1))) or 1.0
        marks = [Tick(each, number(each, 2 if top < 20 else 0)) for each in steps(top)]
        title = _("Cost of calls by day, %(currency)s", currency=_unit(currency))
        yield columns((f"plot-cost-{currency}", title), (key,), rows, marks)


def _said(name: str, key: Key, rate: RateOut) -> Share:
    counts = counted(rate)
    share = f"{counts} ({percent(rate.share)})" if rate.share is not None and rate.of >= FEW else ""
    return Share(rate.hits, rate.of, f"{name}, {key.label}: {share or counts}")


def _shares() -> list[Tick]:
    return [Tick(each, percent(each)) for each in (0, 0.5, 1)]
