"""Metrics: what a range of days came to, and how calling goes minute by minute."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from app.pipeline import analytics
from app.pipeline.analytics.series import SeriesError, series
from app.pipeline.analytics.system import METRICS
from app.rules.permissions import Permission
from app.web.api.asking import Ask
from app.web.api.metric_shapes import (
    KnownReportOut,
    OneSeriesOut,
    ReportAsked,
    ReportOut,
    SeriesAsked,
    SeriesOut,
)
from app.web.api.operations import Resource
from app.web.api.problems import Fault, invalid, of_error

resource = Resource("Metrics", "What a range of days came to, and how calling goes.")
_A_DAY = timedelta(days=1)


@resource.get("/metrics/report", may=Permission.METRICS_READ, answer=ReportOut)
def read_report(ask: Ask, query: ReportAsked) -> ReportOut:
    """Read the figures of a range of days.

    Success by day and agent, customers reached, instructions, attempts, hours of calls, first tries
    with and without instructions, the time from hang-up to the driver, and what calls cost.
    Without days, those of the last full week. docs/metrics.md says what each figure means.
    """
    agent_id = ObjectId(query.agent_id) if query.agent_id else None
    try:
        return _shown(ask, analytics.report(ask.tenant_id, _span(ask, query), agent_id=agent_id))
    except analytics.SpanError as error:
        raise invalid(Fault(detail=of_error(error), source="query")) from error


@resource.get("/metrics/report/known", may=Permission.METRICS_READ, answer=KnownReportOut)
def read_known_report(ask: Ask, query: ReportAsked) -> KnownReportOut:
    """Read the same figures as they were last counted.

    Nothing is counted for it, so it answers at once; null where nobody has asked for these days in
    the last quarter of an hour.
    """
    agent_id = ObjectId(query.agent_id) if query.agent_id else None
    try:
        found = analytics.known(ask.tenant_id, _span(ask, query), agent_id)
    except analytics.SpanError as error:
        raise invalid(Fault(detail=of_error(error), source="query")) from error
    return KnownReportOut(report=_shown(ask, found) if found else None)


def _span(ask: Ask, query: ReportAsked) -> analytics.Span:
    zone = query.time_zone or analytics.zone_of(ask.tenant_id)
    return analytics.span_of(query.first, query.last, zone, now=ask.now)


def _shown(ask: Ask, found: analytics.Report) -> ReportOut:
    """With the agents' names beside their figures."""
    names = analytics.names_of(ask.tenant_id, (each.agent_id for each in found.by_agent))
    shown = ReportOut.model_validate(found)
    agents = [
        each.model_copy(update={"name": names.get(each.agent_id or "")}) for each in shown.by_agent
    ]
    return shown.model_copy(update={"by_agent": agents})


@resource.get("/metrics/series", may=Permission.METRICS_READ, answer=SeriesOut)
def read_series(ask: Ask, query: SeriesAsked) -> SeriesOut:
    """Read a metric over time.

    Metrics are measured each minute and kept for 400 days. Without times, those of the last day.
    """
    until = query.until or (query.since + _A_DAY if query.since else ask.now)
    since = query.since or until - _A_DAY
    try:
        found = series(ask.tenant_id, query.metric, since, until, most=query.points)
    except SeriesError as error:
        raise invalid(Fault(detail=of_error(error), source="query")) from error
    return SeriesOut(
        metric=query.metric,
        unit=METRICS[query.metric].unit,
        series=[OneSeriesOut.model_validate(each) for each in found],
    )
